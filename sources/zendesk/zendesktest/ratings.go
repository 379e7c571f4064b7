package zendesktest

import (
	"cmp"
	"net/http"
	"slices"
	"sort"
	"strings"
	"time"

	"helpdesk_exporter/sources/sourcestest"
)

// asked is a customer who was asked what a ticket was like: when it was solved
// for the first time. What is answered then, and later, is the same record's.
type asked struct {
	ticket *sourcestest.Ticket
	at     time.Time
}

func (d *Desk) listAsked() []*asked {
	var all []*asked
	for _, t := range d.world.Tickets {
		first := slices.IndexFunc(t.Events, func(e sourcestest.Event) bool { return e.What == sourcestest.Solve })
		if first >= 0 {
			all = append(all, &asked{ticket: t, at: t.Events[first].At})
		}
	}
	slices.SortFunc(all, func(a, b *asked) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.ticket.ID, b.ticket.ID)) })
	return all
}

// askedFrom returns who was asked between two times, in order.
func (d *Desk) askedFrom(from, to time.Time) []*asked {
	all := d.asked()
	start := sort.Search(len(all), func(i int) bool { return !all[i].at.Before(from) })
	end := sort.Search(len(all), func(i int) bool { return all[i].at.After(to) })
	return all[start:max(start, end)]
}

func ratingID(t *sourcestest.Ticket) int64 { return 800_000 + t.ID }

// ratingScore is what a score of 1 to 5 is in the older of the two surveys.
func ratingScore(score int) string {
	if score > 3 {
		return "good"
	}
	return "bad"
}

// period reads from when to when records shall have been created; what is not
// given has no bound.
func (q query) period(from, to string, unit time.Duration) (start, end time.Time, refused *refusal) {
	first, refused := q.number(from)
	if refused != nil {
		return start, end, refused
	}
	last, refused := q.number(to)
	if refused != nil {
		return start, end, refused
	}
	end = q.now
	if last >= 0 {
		end = time.Unix(0, 0).Add(time.Duration(last) * unit)
	}
	return time.Unix(0, 0).Add(time.Duration(max(0, first)) * unit), end, nil
}

func (d *Desk) satisfactionRatings(q query) (any, *refusal) {
	from, to, refused := q.period("start_time", "end_time", time.Second)
	if refused != nil {
		return nil, refused
	}
	all := d.askedFrom(from, to)
	switch score := q.Get("score"); {
	case d.o.NewCSAT:
		all = nil
	case score != "":
		all = slices.DeleteFunc(slices.Clone(all), func(a *asked) bool { return !scoreMatches(score, a.scoreAt(q.now)) })
	}
	return d.list(q, "satisfaction_ratings", len(all), func(i int) any { return d.satisfactionRating(all[i], q.now) })
}

// scoreAt returns what was answered by then.
func (a *asked) scoreAt(now time.Time) string {
	score := "offered"
	for _, e := range a.ticket.Events {
		if e.Score > 0 && !e.At.After(now) {
			score = ratingScore(e.Score)
		}
	}
	return score
}

// scoreMatches reports whether a score is among those that were asked for.
func scoreMatches(asked, score string) bool {
	switch asked = strings.TrimSuffix(asked, "_without_comment"); asked {
	case "received":
		return score != "offered"
	default:
		return score == asked
	}
}

func (d *Desk) satisfactionRating(a *asked, now time.Time) object {
	t, s := a.ticket, d.world.At(a.ticket, now)
	o := object{
		"id": ratingID(t), "url": Host + "/api/v2/satisfaction_ratings/" + text(ratingID(t)) + ".json",
		"assignee_id": orNull(s.Agent), "group_id": orNull(s.Group), "requester_id": t.Requester, "ticket_id": t.ID,
		"score": a.scoreAt(now), "comment": nil, "reason": "No reason provided", "reason_id": 0, "reason_code": 0,
		"created_at": stamp(a.at), "updated_at": stamp(a.at),
	}
	if s.Score > 0 {
		o["updated_at"] = stamp(s.RatedAt)
	}
	return o
}

func (d *Desk) surveyResponses(q query) (any, *refusal) {
	if !d.o.NewCSAT {
		return nil, NoSuchEndpoint.refusal()
	}
	from, to, refused := q.period("filter[created_at_start]", "filter[created_at_end]", time.Millisecond)
	if refused != nil {
		return nil, refused
	}
	all := slices.Clone(d.askedFrom(from, to))
	switch q.Get("sort") {
	case "", "id":
	case "-id":
		slices.Reverse(all)
	default:
		return nil, refuse(http.StatusBadRequest, object{"errors": []any{object{
			"code": "InvalidSort", "title": "Invalid sort", "detail": "sort must be one of id, -id",
		}}})
	}
	return d.list(q, "survey_responses", len(all), func(i int) any { return d.surveyResponse(all[i], q.now) })
}

// surveyResponse shows a response of the new survey. It has no time of its own:
// its answers have.
func (d *Desk) surveyResponse(a *asked, now time.Time) object {
	s := d.world.At(a.ticket, now)
	zrn := "zen:ticket:" + text(a.ticket.ID)
	answers := []any{}
	if s.Score > 0 {
		answers = surveyAnswers(s)
	}
	return object{
		"id": ulid(a.at, a.ticket.ID), "responder_id": a.ticket.Requester, "expires_at": milliStamp(a.at.Add(28 * 24 * time.Hour)),
		"subject_zrns": []any{zrn}, "subjects": []any{object{"id": text(a.ticket.ID), "type": "ticket", "zrn": zrn}},
		"survey":  object{"id": "01J58KJ9RAE0D2EK7HRVM7Z8F2", "version": 3, "state": "enabled"},
		"answers": answers,
	}
}

func surveyAnswers(s sourcestest.State) []any {
	rated := slices.IndexFunc(s.Events, func(e sourcestest.Event) bool { return e.What == sourcestest.Rate })
	created, updated := milliStamp(s.Events[rated].At), milliStamp(s.RatedAt)
	headline := func(text string) object { return object{"type": "static", "value": text} }
	category := []string{"bad", "bad", "neutral", "good", "good"}[s.Score-1]
	return []any{
		object{
			"type": "rating_scale", "rating": s.Score, "rating_category": category, "created_at": created, "updated_at": updated,
			"question": object{
				"id": "01J2Q0M6T5N3Z6J0Y4T1A7R8KD", "type": "rating_scale_numeric", "sub_type": "customer_satisfaction",
				"alias": "customer satisfaction", "headline": headline("How would you rate the support you received?"),
			},
		},
		object{
			"type": "skipped", "created_at": created, "updated_at": updated,
			"question": object{
				"id": "01GFYBENPDGN1R6NAA4WRDNVFR", "type": "open_ended", "alias": "comment",
				"headline": headline("Anything else you would like to share about your experience?"),
			},
		},
	}
}

// ulid returns an id that begins with the time of what it names.
func ulid(at time.Time, n int64) string {
	const letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	id := make([]byte, 26)
	for part, value := range map[[2]int]int64{{0, 10}: at.UnixMilli(), {10, 26}: n} {
		for i := part[1] - 1; i >= part[0]; i-- {
			id[i] = letters[value%32]
			value /= 32
		}
	}
	return string(id)
}
