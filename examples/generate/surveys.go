package main

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"
)

// survey is one questionnaire that was sent, and perhaps answered.
type survey struct {
	name, ticket    string
	sent, responded time.Time
	score           int
}

// surveyDrop asks after solved tickets, and now and then customers in general.
func surveyDrop(d dice, tickets []*ticket) drop {
	// The first is sent as the span begins, the last is answered as it ends.
	asked := []survey{
		{name: "relation", sent: begin},
		{name: "relation", sent: end.Add(-26 * time.Hour), responded: end, score: 9},
	}
	for _, t := range tickets {
		if !t.firstSolved.IsZero() {
			asked = append(asked, askAfter(d, t)...)
		}
	}
	for day := begin; day.Before(end); day = day.AddDate(0, 0, 1) {
		if day.Weekday() != time.Saturday && day.Weekday() != time.Sunday {
			asked = append(asked, askAround(d, day.Add(6*time.Hour))...)
		}
	}
	asked = slices.DeleteFunc(asked, func(s survey) bool { return s.sent.After(end) })
	slices.SortStableFunc(asked, func(a, b survey) int { return a.sent.Compare(b.sent) })

	file := drop{
		name:   "surveys.csv",
		header: []string{"response_id", "survey", "sent_at", "responded_at", "score", "ticket_id"},
	}
	for i, s := range asked {
		at, score := s.sent, ""
		switch {
		case s.responded.IsZero():
		case s.responded.After(end):
			s.responded = time.Time{} // The answer is yet to come.
		default:
			at, score = s.responded, strconv.Itoa(s.score)
		}
		file.rows = append(file.rows, row{at, []string{
			fmt.Sprintf("s%04d", i+1), s.name, stamp(s.sent), stamp(s.responded), score, s.ticket,
		}})
	}
	return file
}

// askAfter asks how a solved ticket went. Who waited long is less content, and
// so is who had to come back.
func askAfter(d dice, t *ticket) []survey {
	grief := min(1, math.Log2(1+t.firstSolved.Sub(t.created).Hours()/6)/5)
	if t.reopened {
		grief += 0.35
	}
	s := survey{ticket: t.id, sent: t.firstSolved.Add(30 * time.Minute)}
	switch {
	case d.chance(0.55):
		s.name, s.score = "after-ticket", d.score(4.9-2.4*grief, 0.8, 1, 5)
	case d.chance(0.55):
		s.name, s.score = "effort", d.score(6.3-3*grief, 1.1, 1, 7)
	default:
		return nil
	}
	if d.chance(0.42 + 0.15*grief) {
		s.responded = s.sent.Add(d.around(3*time.Hour, 1.3))
	}
	return []survey{s}
}

// askAround asks a day's share of all customers whether they would recommend
// the firm.
func askAround(d dice, from time.Time) []survey {
	var asked []survey
	for range 32 {
		s := survey{name: "relation", score: d.score(8.4, 2, 0, 10)}
		s.sent = from.Add(time.Duration(d.IntN(8*60*60)) * time.Second)
		if d.chance(0.42) {
			s.responded = s.sent.Add(d.around(6*time.Hour, 1.2))
		}
		asked = append(asked, s)
	}
	return asked
}
