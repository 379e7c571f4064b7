package csv

import (
	"slices"
	"time"

	"helpdesk_exporter/desk"
)

// shiftFor returns how far a recording is shifted so that three quarters of it
// lie before now.
func shiftFor(scenes []scene, now time.Time) time.Duration {
	var first, last time.Time
	for _, s := range scenes {
		for _, t := range s.times {
			if first.IsZero() || t.Before(first) {
				first = t
			}
			if t.After(last) {
				last = t
			}
		}
	}
	return now.Sub(first.Add(last.Sub(first) / 4 * 3))
}

// changes reports whether the scene looks different at the later of two times,
// or is to be shown at all when nothing was shown before.
func (s scene) changes(from, to time.Time, first bool) bool {
	if len(s.times) == 0 {
		return first
	}
	for _, t := range s.times {
		if !t.After(to) && (first || t.After(from)) {
			return true
		}
	}
	return false
}

// timesOf lists the times at which a record looks different.
func timesOf(s *shape, body desk.Body) []time.Time {
	if c, ok := body.(*desk.Call); ok {
		return []time.Time{endOf(c)}
	}
	if s.period != nil {
		if _, end := s.period(body); !end.IsZero() {
			return []time.Time{*end} // sums are known when their period is over
		}
	}
	var times []time.Time
	for _, f := range s.fields {
		if f.at == nil || f.due {
			continue
		}
		if t := *f.at(body); !t.IsZero() {
			times = append(times, t)
		}
	}
	return times
}

// endOf returns when a call was over, as its times and its lengths tell it.
func endOf(c *desk.Call) time.Time {
	spent := c.Wait.Value + c.Talk.Value + c.Hold.Value
	if over := c.ArrivedAt.Add(spent); over.After(c.Newest()) {
		return over
	}
	return c.Newest()
}

// shift moves every time of a body.
func shift(s *shape, body desk.Body, by time.Duration) {
	for _, f := range s.fields {
		if f.at == nil {
			continue
		}
		if at := f.at(body); !at.IsZero() {
			*at = at.Add(by)
		}
	}
}

// shownAt returns a copy of a record as it looked at a time of the recording,
// without a body when there was nothing to be seen yet.
func shownAt(s *shape, rec desk.Record, now time.Time) desk.Record {
	switch b := rec.Body.(type) {
	case *desk.Ticket:
		rec.Body = ticketAt(s, *b, now)
	case *desk.Call:
		rec.Body = s.clone(b) // a call is shown when it is over, and then all of it
	case *desk.Survey:
		rec.Body = surveyAt(s, *b, now)
	default:
		rec.Body = otherAt(s, b, now)
	}
	return rec
}

// otherAt returns how a record of any other kind looked: what lies ahead is
// blank, and what begins ahead is not there. A record without times always was.
func otherAt(s *shape, was desk.Body, now time.Time) desk.Body {
	body, times := s.clone(was), timesOf(s, was)
	if !slices.ContainsFunc(times, func(t time.Time) bool { return !t.After(now) }) && len(times) > 0 {
		return nil
	}
	blankAhead(s, body, now)
	if c, ok := body.(*desk.Customer); ok && c.ChurnedAt.IsZero() {
		c.ChurnReason = ""
	}
	return body
}

// ticketAt returns how a ticket looked. What lies ahead is blank, and so are
// counts and lengths that only its end settles.
func ticketAt(s *shape, t desk.Ticket, now time.Time) desk.Body {
	if t.CreatedAt.After(now) {
		return nil
	}
	responseAhead := t.FirstResponseAt.After(now)
	solveAhead := t.FirstSolvedAt.After(now) || t.SolvedAt.After(now) ||
		t.SolvedAt.IsZero() && t.ClosedAt.After(now)
	closeAhead := t.ClosedAt.After(now)
	blankAhead(s, &t, now)
	if responseAhead {
		t.FirstResponseBusiness = desk.Opt[time.Duration]{}
	}
	switch {
	case solveAhead:
		none := desk.Opt[time.Duration]{}
		t.ResolutionBusiness, t.RequesterWait, t.RequesterWaitBusiness, t.HandleTime = none, none, none, none
		t.Reopens, t.AgentReplies, t.CustomerMessages, t.Transfers = desk.Opt[int]{}, desk.Opt[int]{}, desk.Opt[int]{}, desk.Opt[int]{}
	case closeAhead && t.Status == desk.StatusClosed:
		t.Status = desk.StatusSolved
	}
	switch unfinished := t.Status.Open() || solveAhead && t.Status.Finished(); {
	case unfinished && responseAhead:
		t.Status = desk.StatusNew
	case solveAhead && t.Status.Finished():
		t.Status = desk.StatusOpen
	}
	t.UpdatedAt = t.Newest()
	return &t
}

// surveyAt returns how a survey looked: sent, or answered.
func surveyAt(s *shape, answer desk.Survey, now time.Time) desk.Body {
	if answer.RespondedAt.After(now) {
		answer.Score, answer.Answer = desk.Opt[float64]{}, ""
	}
	blankAhead(s, &answer, now)
	if answer.SentAt.IsZero() && answer.RespondedAt.IsZero() {
		return nil
	}
	return &answer
}

// blankAhead clears the times of a body that lie ahead. Due times stay: they
// were known.
func blankAhead(s *shape, body desk.Body, now time.Time) {
	for _, f := range s.fields {
		if f.at == nil || f.due {
			continue
		}
		if at := f.at(body); at.After(now) {
			*at = time.Time{}
		}
	}
}
