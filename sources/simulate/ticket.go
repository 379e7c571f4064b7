package simulate

import (
	"cmp"
	"slices"
	"time"

	"helpdesk_exporter/desk"
)

// ticket is a ticket over its whole life: how it began, and what happened to it.
type ticket struct {
	reference
	first   desk.Ticket // as it came in
	events  []event
	pledges *pledges // what the desk promises for it; nil: nothing
	speed   float64
	unhappy float64 // what the customer holds against the desk, in points of five
}

// event is something that happens to a ticket.
type event struct {
	at     time.Time
	what   what
	author desk.Role   // of what was said
	status desk.Status // that the ticket took on
	word   string      // the team, the agent, the priority or the ticket that it is about
	work   time.Duration
}

type what uint8

const (
	said      what = iota
	noted          // among agents
	turned         // to another status
	assigned       // to an agent
	moved          // to a team
	escalated      // with a priority
	merged         // into a ticket
)

// pledges are how soon a customer is to be answered and to be helped.
type pledges struct{ answer, solution time.Duration }

var pledgesOf = map[string]*pledges{
	"urgent": {time.Hour, 8 * time.Hour},
	"high":   {4 * time.Hour, 2 * 24 * time.Hour},
	"normal": {8 * time.Hour, 4 * 24 * time.Hour},
	"low":    {24 * time.Hour, 7 * 24 * time.Hour},
}

// due is when something that was promised at an instant is due.
func (t *ticket) due(from time.Time, promised time.Duration) time.Time {
	return from.Add(time.Duration(float64(promised) / t.speed).Truncate(time.Millisecond))
}

// next implements tale.
func (t *ticket) next(after time.Time) time.Time {
	if t.first.CreatedAt.After(after) {
		return t.first.CreatedAt
	}
	for i := range t.events {
		if t.events[i].at.After(after) {
			return t.events[i].at
		}
	}
	return time.Time{}
}

// record implements tale.
func (t *ticket) record(at time.Time) desk.Record {
	seen := t.events
	for n := range t.events {
		if t.events[n].at.After(at) {
			seen = t.events[:n]
			break
		}
	}
	body := t.first
	body.Messages = make([]desk.Message, 0, len(seen))
	body.StatusChanges = make([]desk.StatusChange, 0, 4)
	body.Reopens, body.Transfers = desk.Some(0), desk.Some(0)
	body.AgentReplies, body.CustomerMessages = desk.Some(0), desk.Some(0)
	for i := range seen {
		apply(&body, &seen[i])
	}
	if t.pledges != nil {
		body.FirstResponseDueAt = t.due(body.CreatedAt, t.pledges.answer)
		body.ResolutionDueAt = t.due(body.CreatedAt, t.pledges.solution)
		body.SLA = t.nextResponses(seen)
		if n := len(body.SLA); n > 0 && !body.WaitingSince.IsZero() {
			body.NextResponseDueAt = body.SLA[n-1].DueAt
		}
	}
	return desk.Record{ID: t.id(), Deleted: body.Status == desk.StatusDeleted, Body: &body}
}

// nextResponses lists when the customer was to hear of the desk again, each time
// that it was the desk's turn after its first answer.
func (t *ticket) nextResponses(seen []event) []desk.SLAEvent {
	var all []desk.SLAEvent
	answered, waiting := false, false
	for i := range seen {
		e := &seen[i]
		switch {
		case e.what == said && e.author == desk.RoleCustomer && answered && !waiting:
			waiting = true
			all = append(all, desk.SLAEvent{
				Target: desk.TargetNextResponse.String(), N: len(all) + 1, DueAt: t.due(e.at, t.pledges.answer),
			})
		case e.what == said && e.author == desk.RoleAgent:
			if waiting {
				all[len(all)-1].MetAt = e.at
			}
			answered, waiting = true, false
		case (e.what == turned || e.what == merged) && !e.status.Open():
			waiting = false
		}
	}
	return all
}

// apply lets an event happen to a ticket.
func apply(t *desk.Ticket, e *event) {
	t.UpdatedAt = e.at
	if e.work > 0 {
		t.HandleTime = desk.Some(t.HandleTime.Value + e.work)
	}
	switch e.what {
	case said:
		t.Messages = append(t.Messages, desk.Message{At: e.at, Author: e.author, Public: true})
		heard(t, e)
	case noted:
		t.Messages = append(t.Messages, desk.Message{At: e.at, Author: e.author})
	case turned:
		turn(t, e)
	case assigned:
		t.Agent = e.word
	case moved:
		t.Team, t.Agent = e.word, ""
		t.Transfers.Value++
	case escalated:
		t.EscalatedAt, t.Priority = e.at, e.word
	case merged:
		t.MergedInto = e.word
		turn(t, e)
	}
}

// heard notes whose turn it is after something was said.
func heard(t *desk.Ticket, e *event) {
	switch e.author {
	case desk.RoleCustomer:
		t.CustomerMessages.Value++
		if t.WaitingSince.IsZero() {
			t.WaitingSince = e.at
		}
	case desk.RoleAgent:
		t.AgentReplies.Value++
		t.WaitingSince, t.HandledBy = time.Time{}, desk.RoleAgent
	case desk.RoleBot:
		t.HandledBy = cmp.Or(t.HandledBy, desk.RoleBot)
	default:
		if t.AcknowledgedAt.IsZero() {
			t.AcknowledgedAt = e.at
		}
	}
}

// turn gives a ticket another status.
func turn(t *desk.Ticket, e *event) {
	before := t.Status
	t.Status = e.status
	t.StatusChanges = append(t.StatusChanges, desk.StatusChange{At: e.at, Status: e.status})
	switch {
	case e.status.Open():
		if before.Finished() {
			t.Reopens.Value++
			t.SolvedAt = time.Time{}
		}
		return
	case e.status == desk.StatusSolved:
		t.SolvedAt = e.at
		if t.FirstSolvedAt.IsZero() {
			t.FirstSolvedAt = e.at
		}
	case e.status == desk.StatusClosed:
		t.ClosedAt = e.at
	}
	t.WaitingSince = time.Time{}
}

// end puts the events in order and leaves out what lies beyond the end, at which
// a ticket that is still open is closed.
func (t *ticket) end(limit time.Time) {
	slices.SortStableFunc(t.events, func(a, b event) int { return a.at.Compare(b.at) })
	for len(t.events) > 0 && t.events[len(t.events)-1].at.After(limit) {
		t.events = t.events[:len(t.events)-1]
	}
	if status, _ := t.last(); status.Open() || status == desk.StatusSolved {
		t.turn(limit, desk.StatusClosed)
	}
}

// last returns the last status of the ticket, and when it took it on.
func (t *ticket) last() (desk.Status, time.Time) {
	for i := len(t.events) - 1; i >= 0; i-- {
		if e := &t.events[i]; e.what == turned || e.what == merged {
			return e.status, e.at
		}
	}
	return desk.StatusUnknown, time.Time{}
}

// when returns the first time at which something happened, zero where it never
// did.
func (t *ticket) when(is func(*event) bool) time.Time {
	for i := range t.events {
		if is(&t.events[i]) {
			return t.events[i].at
		}
	}
	return time.Time{}
}

func (t *ticket) say(at time.Time, author desk.Role) {
	t.events = append(t.events, event{at: at, what: said, author: author})
}

func (t *ticket) turn(at time.Time, status desk.Status) {
	t.events = append(t.events, event{at: at, what: turned, status: status})
}

func (t *ticket) note(at time.Time, what what, word string) {
	t.events = append(t.events, event{at: at, what: what, word: word, author: desk.RoleAgent})
}

// reply lets an agent answer after some work.
func (t *ticket) reply(at time.Time, work time.Duration) {
	t.events = append(t.events, event{at: at, what: said, author: desk.RoleAgent, work: work})
}
