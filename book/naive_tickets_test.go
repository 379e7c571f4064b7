package book_test

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"helpdesk_exporter/desk"
)

// step is one change of a ticket's status, and the state that shows it.
type step struct {
	at     time.Time
	status desk.Status
	state  int
}

func (h history) steps() []step {
	var steps []step
	if len(h.ticket().StatusChanges) > 0 {
		for _, c := range h.ticket().StatusChanges {
			steps = append(steps, step{c.At, c.Status, h.stateAt(c.At)})
		}
		if h.last().Deleted || h.ticket().MergedInto != "" { // of which the changes tell nothing
			steps = append(steps, step{h.ticketAt(len(h) - 1).UpdatedAt, h.status(len(h) - 1), len(h) - 1})
		}
		return steps
	}
	for i := range h {
		steps = append(steps, step{h.ticketAt(i).UpdatedAt, h.status(i), i})
	}
	return steps
}

// life is when a ticket was solved and when it was opened again.
func (h history) life() (solves, reopenings []step) {
	solved, gone := false, false
	for _, s := range h.steps() {
		switch {
		case s.status.Withdrawn():
			gone = true
			continue
		case s.status.Open() && (gone || solved):
			reopenings = append(reopenings, s)
			solved = false
		case s.status.Finished() && !solved:
			if gone {
				reopenings = append(reopenings, step{}) // nobody saw when it came back
			}
			if at := h.ticketAt(s.state).SolvedAt; !at.IsZero() {
				s.at = at
			}
			solves = append(solves, s)
			solved = true
		}
		gone = false
	}
	if now := h.ticket(); !h.withdrawn() && now.Status.Finished() && !now.SolvedAt.IsZero() {
		solves[len(solves)-1].at = now.SolvedAt
	}
	return solves, reopenings
}

// firstSight is the state in which a ticket first counted.
func (h history) firstSight() int {
	return h.firstState(func(i int) bool { return !h.status(i).Withdrawn() })
}

// told returns a ticket with all its messages: its own and those that were told
// without it.
func (t *truth) told(h history) desk.Ticket {
	now := h.ticket()
	now.Messages = slices.Clone(now.Messages)
	for _, m := range t.messages {
		message := m.last().Body.(*desk.TicketMessage)
		if message.Ticket == h[0].record.ID {
			now.Messages = append(now.Messages, message.Message)
		}
	}
	inOrder(now.Messages)
	return now
}

func inOrder(messages []desk.Message) {
	slices.SortStableFunc(messages, func(a, b desk.Message) int {
		public := func(m desk.Message) int { return strings.Count("p", map[bool]string{true: "p"}[m.Public]) }
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Author, b.Author), public(a)-public(b))
	})
}

// mergedInto returns the tickets that were merged into one, by whatever way.
func (t *truth) mergedInto(h history) []history {
	seen := map[string]bool{h[0].record.ID: true}
	var all []history
	for found := true; found; {
		found = false
		for id, other := range t.tickets {
			if into := other.ticket().MergedInto; !seen[id] && into != "" && seen[into] {
				seen[id], found = true, true
				all = append(all, other)
			}
		}
	}
	return all
}

// united is a ticket together with those that were merged into it: it began
// with the first of them, was answered with the first answer to any.
func (t *truth) united(h history) desk.Ticket {
	all := t.told(h)
	began := all.CreatedAt
	for _, m := range t.mergedInto(h) {
		other := t.told(m)
		if other.CreatedAt.Before(began) {
			began, all.CreatedBy = other.CreatedAt, other.CreatedBy
		}
		if at := other.FirstResponseAt; !at.IsZero() && (all.FirstResponseAt.IsZero() || at.Before(all.FirstResponseAt)) {
			all.FirstResponseAt = at
		}
		all.Messages = append(all.Messages, other.Messages...)
	}
	all.CreatedAt = began
	inOrder(all.Messages)
	return all
}

// askedAt is when the customer asked: with the ticket, or with the first
// message where an agent opened it; never, where there is none.
func askedAt(t desk.Ticket) time.Time {
	if t.CreatedBy != desk.RoleAgent {
		return t.CreatedAt
	}
	for _, m := range t.Messages {
		if m.Public && m.Author == desk.RoleCustomer {
			return m.At
		}
	}
	return time.Time{}
}

// answeredAt is when an agent answered first; what an agent says before the
// customer asks is no answer.
func answeredAt(t desk.Ticket) time.Time {
	asked := askedAt(t)
	if asked.IsZero() {
		return time.Time{}
	}
	if at := t.FirstResponseAt; !at.IsZero() && (t.CreatedBy != desk.RoleAgent || !at.Before(asked)) {
		return at
	}
	for _, m := range t.Messages {
		if m.Public && m.Author == desk.RoleAgent && !m.At.Before(asked) {
			return m.At
		}
	}
	return time.Time{}
}

func showsAnswer(t *desk.Ticket) bool {
	return !t.FirstResponseAt.IsZero() || slices.ContainsFunc(t.Messages, func(m desk.Message) bool {
		return m.Public && m.Author == desk.RoleAgent
	})
}

// answerState is the state that first shows the answer, else, where only
// messages of their own tell of it, the first one since.
func (h history) answerState(at time.Time) int {
	for i := range h {
		if showsAnswer(h.ticketAt(i)) {
			return i
		}
	}
	return h.stateAt(at)
}

// ticketEvents are those of the families of tickets alone.
func (t *truth) ticketEvents() []event {
	var events []event
	for _, h := range t.tickets {
		if h.withdrawn() {
			continue
		}
		add := func(family string, at time.Time, value time.Duration, state int) {
			events = append(events, event{
				desk: h.desk(), family: family, at: at, value: value.Seconds(), labels: h.labels(state, "channel", "priority", "team"),
			})
		}
		now, all := h.ticket(), t.united(h)
		add("opened", now.CreatedAt, 0, h.firstSight())
		solves, reopenings := h.life()
		if n := len(reopenings); n > 0 {
			add("reopened", reopenings[n-1].at, 0, reopenings[n-1].state)
		}
		if now.Status.Finished() {
			solve := solves[len(solves)-1]
			add("solved", solve.at, 0, solve.state)
			if took := solve.at.Sub(all.CreatedAt); took >= 0 {
				add("resolution", solve.at, took, solve.state)
			}
			escalated := time.Duration(0)
			if !now.EscalatedAt.IsZero() {
				escalated = time.Second
				add("escalation seen", solve.at, 0, solve.state)
			}
			add("escalated", solve.at, escalated, solve.state)
		}
		if at := answeredAt(all); !at.IsZero() && !at.Before(askedAt(all)) {
			add("response", at, at.Sub(askedAt(all)), h.answerState(at))
		}
	}
	return append(events, t.effortEvents()...)
}
