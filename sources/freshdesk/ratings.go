package freshdesk

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"time"

	"helpdesk_exporter/desk"
)

// Customers may rate again. As ratings are listed by when they were first given,
// those of some days are looked through now and then for changed ones.
const (
	lookEvery = 6 * time.Hour
	lookBack  = 14 * 24 * time.Hour
)

// rating is what a customer answered to a survey.
type rating struct {
	ID        word            `json:"id"`
	Ticket    word            `json:"ticket_id"`
	User      word            `json:"user_id"`
	Group     word            `json:"group_id"`
	Ratings   json.RawMessage `json:"ratings"`
	CreatedAt instant         `json:"created_at"`
	UpdatedAt instant         `json:"updated_at"`
}

// defaultQuestion is the question that every survey asks.
const defaultQuestion = "default_question"

// ratings reads a page of the ratings.
func (f *fetching) ratings(ctx context.Context) (done bool, err error) {
	if !f.gates.open(capRatings, f.now) {
		return f.setAside(nil)
	}
	stream := &f.Streams[turnRatings]
	f.placeOfRatings(stream)
	l := listing{path: "/surveys/satisfaction_ratings", since: "created_since", by: "created_at"}
	w, err := f.read(ctx, l, *f.Place)
	if passed, err := f.gates.pass(capRatings, err, f.now); !passed {
		return f.setAside(err)
	}
	from := f.Place.From
	if !f.first() {
		from = from.Add(-overlap)
	}
	for _, r := range f.dated(w.rows) {
		created := r.at
		r.at = changedAt(r)
		stream.reach(r.at, f.Target)
		if created = earlier(created, f.Target); created.After(stream.Created) {
			stream.Created = created
		}
		if r.at.Before(from) || !stream.news(r) {
			continue
		}
		if err := f.rating(ctx, r); err != nil {
			return false, err
		}
	}
	if done = f.goOn(stream, w); done {
		f.endOfRatings()
	}
	return done, nil
}

// placeOfRatings begins the turn of the ratings.
func (f *fetching) placeOfRatings(stream *stream) {
	if f.resume(stream); f.Place != nil {
		return
	}
	since := stream.Created.Add(-overlap)
	if f.now.Sub(f.lookedFor) >= lookEvery {
		since = stream.Created.Add(-lookBack)
	}
	if f.first() {
		since = f.Start
	}
	f.Place = &place{From: stream.Newest, Since: asked(since), Page: 1}
}

// endOfRatings notes that the ratings were looked through, if they were.
func (f *fetching) endOfRatings() {
	if f.now.Sub(f.lookedFor) >= lookEvery {
		f.lookedFor = f.now
	}
}

// changedAt returns when a rating was last changed, or else when it was given.
func changedAt(r row) time.Time {
	var fields struct {
		UpdatedAt instant `json:"updated_at"`
	}
	_ = json.Unmarshal(r.raw, &fields) // it is rejected when it is translated
	if fields.UpdatedAt.IsZero() {
		return r.at
	}
	return fields.UpdatedAt.Time
}

// rating reports the answers of a row, one for each question.
func (f *fetching) rating(ctx context.Context, r row) error {
	var g rating
	err := json.Unmarshal(r.raw, &g)
	switch {
	case errors.Is(err, errTime):
		f.reject(r, "rating", desk.ReasonBadTime, "a time is none: compare the rating with the desk's documentation of its API")
		return nil
	case err != nil:
		f.reject(r, "rating", desk.ReasonMalformed, "a field is not of its type: compare the rating with the desk's documentation of its API")
		return nil
	case g.ID == "" || g.CreatedAt.IsZero():
		f.reject(r, "rating", desk.ReasonMissingField, "id or created_at is missing")
		return nil
	}
	team, err := f.groups.name(ctx, f.Source, string(g.Group), f.now)
	if err != nil {
		return err
	}
	answers, ok := g.answers()
	if !ok {
		f.reject(r, "rating", desk.ReasonMalformed, "ratings are not numbers by question")
		return nil
	}
	for _, question := range slices.Sorted(maps.Keys(answers)) {
		score, ok := scoreOf(answers[question])
		if !ok {
			f.reject(r, "rating", desk.ReasonUnknownValue, "an answer is none of the desk's ratings, from 103 to -103")
			continue
		}
		f.page.Records = append(f.page.Records, desk.Record{ID: string(g.ID) + "/" + question, Body: &desk.Survey{
			Survey: f.surveyOf(question), RespondedAt: g.CreatedAt.Time, Score: desk.Some(score),
			Ticket: string(g.Ticket), Customer: string(g.User), Team: team,
		}})
	}
	return nil
}

// answers returns what was answered, by question. A question that was left out
// is none of them.
func (g *rating) answers() (map[string]word, bool) {
	var one word
	if bytes.HasPrefix(bytes.TrimSpace(g.Ratings), []byte("{")) {
		var all map[string]word
		err := json.Unmarshal(g.Ratings, &all)
		maps.DeleteFunc(all, func(_ string, w word) bool { return w == "" })
		return all, err == nil
	}
	if len(g.Ratings) == 0 || isNull(g.Ratings) {
		return nil, true
	}
	if json.Unmarshal(g.Ratings, &one) != nil {
		return nil, false
	}
	return map[string]word{defaultQuestion: one}, true
}

// surveyOf returns the name of the survey that a question makes up: all but the
// default one have their own.
func (f *fetching) surveyOf(question string) string {
	if question == defaultQuestion {
		return f.config.Survey
	}
	return f.config.Survey + "_" + question
}

// The desk's ratings lie around a neutral 100: 101 to 103 for ever happier
// customers, -101 to -103 for ever unhappier ones.
const (
	neutral  = 100
	furthest = 3
)

// scoreOf brings a rating to the scale from -3, extremely unhappy, to 3.
func scoreOf(w word) (float64, bool) {
	n, ok := w.number()
	if n < 0 {
		n, ok = -n, ok && n != -neutral
		return -float64(n - neutral), ok && n > neutral && n <= neutral+furthest
	}
	return float64(n - neutral), ok && n >= neutral && n <= neutral+furthest
}
