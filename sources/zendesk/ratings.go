package zendesk

import (
	"context"
	"encoding/json"
	"net/url"
	"strings"

	"helpdesk_exporter/desk"
)

const ratingsPath = "/satisfaction_ratings"

// rating is a rating that a customer was asked for, in the older of the desk's
// two surveys: good or bad.
type rating struct {
	ID        ident `json:"id"`
	Ticket    ident `json:"ticket_id"`
	Group     ident `json:"group_id"`
	Requester ident `json:"requester_id"`
	Score     word  `json:"score"`
	CreatedAt stamp `json:"created_at"`
	UpdatedAt stamp `json:"updated_at"`
}

// The scores of good and bad ratings.
const (
	scoreBad  = 0
	scoreGood = 1
)

// readRatings reads the ratings that were asked for since the last round, given
// or not.
func (r *round) readRatings(ctx context.Context) (done bool, err error) {
	from := r.From
	if !r.Ratings.Mark.IsZero() {
		from = r.Ratings.Mark.Add(-lateness)
	}
	query := url.Values{"start_time": {unix(from.Unix())}}
	return r.ratings(ctx, &r.Ratings, query, "", func(t *rating) stamp { return t.CreatedAt })
}

// readGood reads the good ratings again, for those that were given, or changed,
// long after they were asked for.
func (r *round) readGood(ctx context.Context) (done bool, err error) {
	return r.rerated(ctx, &r.Good, "good")
}

// readBad does the same with the bad ones.
func (r *round) readBad(ctx context.Context) (done bool, err error) {
	return r.rerated(ctx, &r.Bad, "bad")
}

func (r *round) rerated(ctx context.Context, at *listing, score string) (done bool, err error) {
	if r.rests(at) {
		return true, nil
	}
	query := url.Values{"start_time": {unix(r.since(at).Unix())}, "score": {score}}
	return r.ratings(ctx, at, query, score, func(t *rating) stamp { return t.UpdatedAt })
}

// ratings reads a page of ratings and tells those that are new by the time that
// counts, and whose score begins as is asked.
func (r *round) ratings(ctx context.Context, at *listing, query url.Values, score string, changed func(*rating) stamp) (done bool, err error) {
	return r.list(ctx, ratingsPath, "satisfaction_ratings", at, query, func(page []json.RawMessage) error {
		if err := r.nameGroups(ctx, groupsOf(page)); err != nil {
			return err
		}
		take(&r.page, "satisfaction rating", page, at.flawed, func(t rating) error {
			switch {
			case !strings.HasPrefix(string(t.Score), score):
				return nil // told with the others
			case t.ID == "":
				return without("id")
			case t.CreatedAt.IsZero():
				return without("created_at")
			}
			survey, err := r.survey(&t)
			if survey != nil && at.news(string(t.ID), changed(&t).Time) {
				r.page.Records = append(r.page.Records, desk.Record{ID: string(t.ID), Body: survey})
			}
			return err
		})
		return nil
	})
}

// survey translates a rating; nil: the customer was not asked.
func (r *round) survey(t *rating) (*desk.Survey, error) {
	told := &desk.Survey{
		Survey: r.config.Survey, SentAt: t.CreatedAt.Time, Ticket: string(t.Ticket), Customer: string(t.Requester), Team: r.teamOf(t.Group),
	}
	switch {
	case t.Score == "" || t.Score == "unoffered":
		return nil, nil
	case t.Score == "offered":
		return told, nil
	case strings.HasPrefix(string(t.Score), "good"):
		told.Score = desk.Some[float64](scoreGood)
	case strings.HasPrefix(string(t.Score), "bad"):
		told.Score = desk.Some[float64](scoreBad)
	default:
		return nil, &flaw{desk.ReasonUnknownValue, "its score is neither good nor bad"}
	}
	told.RespondedAt = latest(t.CreatedAt.Time, t.UpdatedAt.Time)
	return told, nil
}

// groupsOf returns the groups that records name.
func groupsOf(list []json.RawMessage) []ident {
	var groups []ident
	for _, raw := range list {
		var of struct {
			Group     ident `json:"group_id"`
			CallGroup ident `json:"call_group_id"`
		}
		if json.Unmarshal(raw, &of) == nil {
			groups = append(groups, of.Group, of.CallGroup)
		}
	}
	return groups
}
