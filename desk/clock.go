package desk

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// ClockEvent is one thing that a desk tells of a clock that it runs for a
// ticket: such desks do not tell of messages and due times, but of what they
// measure. What the events of a clock amount to is worked out from all of them.
type ClockEvent struct {
	ID    string // the desk's own, by which it takes an event back
	Clock Clock
	N     int // the n-th run of the clock, from 1
	At    time.Time
	Move  Move

	// Of a promise.
	Policy   string
	Target   time.Duration
	Business bool // the target runs in business hours

	// Of a measurement.
	Took, TookBusiness Opt[time.Duration]

	// Undone says that the desk has taken the event back. That is its last word.
	Undone bool
}

// Clock is what a desk measures of a ticket. Its numbers are stored: never
// reuse one.
type Clock uint8

// The clocks of a ticket.
const (
	ClockReply          Clock = iota + 1 // from a customer's message to the public answer; the first run is the first response
	ClockUpdate                          // from one public answer to the next
	ClockPausableUpdate                  // the same, but not while the customer is waited for
	ClockResolution                      // from the creation, or a reopening, to the solve
	ClockRequesterWait                   // to the solve, while the customer waits for the desk or for others
	ClockAgentWork                       // to the solve, while the desk works
)

// Move is what happened to a clock. Its numbers are stored: never reuse one.
type Move uint8

// The moves of a clock.
const (
	MoveStart   Move = iota + 1 // or it goes on after a pause
	MovePromise                 // it was put under an SLA, or under another one
	MovePause
	MoveBreach // it ran longer than was promised
	MoveStop   // what it waited for happened
	MoveTell   // the desk says how long the run took
)

// TicketEvents is what happened to a ticket, told without the ticket. It is
// never held by itself: see [Attach].
type TicketEvents struct {
	Ticket        string
	Messages      []Message
	StatusChanges []StatusChange
	Clocks        []ClockEvent
}

// Kind implements [Body]: to the desk such events are messages about a ticket.
func (e *TicketEvents) Kind() Kind { return KindMessage }

// Changed implements [Body].
func (e *TicketEvents) Changed() time.Time { return time.Time{} }

// Dims implements [Body]: the dimensions are the ticket's.
func (e *TicketEvents) Dims() []Dim { return nil }

// Newest implements [Body].
func (e *TicketEvents) Newest() time.Time { return newestEvent(e.asTicket()) }

func (e *TicketEvents) shows() Shows { return 0 }

// asTicket returns a ticket of which nothing is known but the events.
func (e *TicketEvents) asTicket() *Ticket {
	return &Ticket{Messages: e.Messages, StatusChanges: e.StatusChanges, Clocks: e.Clocks}
}

// newestEvent returns the newest instant in the lists of a ticket.
func newestEvent(t *Ticket) time.Time {
	var n time.Time
	for _, m := range t.Messages {
		n = newest(n, m.At)
	}
	for _, c := range t.StatusChanges {
		n = newest(n, c.At)
	}
	for _, e := range t.SLA {
		n = newest(n, e.MetAt, e.BreachedAt)
	}
	for _, c := range t.Clocks {
		n = newest(n, c.At)
	}
	return n
}

// compareClocks orders the events of clocks: clock by clock and run by run, as
// they happened. Of one instant, what starts a run comes before what ends it.
func compareClocks(x, y ClockEvent) int {
	return cmp.Or(cmp.Compare(x.Clock, y.Clock), x.N-y.N, x.At.Compare(y.At), cmp.Compare(x.Move, y.Move), strings.Compare(x.ID, y.ID))
}

// uniteClocks returns all events, each once: of two words about one event the
// newer holds, but what was taken back stays so.
func uniteClocks(older, newer []ClockEvent) []ClockEvent {
	if len(older) == 0 && len(newer) == 0 {
		return nil
	}
	last := map[string]ClockEvent{}
	for _, e := range slices.Concat(older, newer) {
		if !last[e.ID].Undone {
			last[e.ID] = e
		}
	}
	u := make([]ClockEvent, 0, len(last))
	for _, e := range last {
		u = append(u, e)
	}
	slices.SortFunc(u, compareClocks)
	return u
}

// clockMessage begins the ids of messages that are known from clocks only.
const clockMessage = "clock/"

// spoken returns the messages that the reply clock knows of: it starts with the
// first of a run of customer messages and stops with the answer. Those that are
// known so far are replaced, for events may have been taken back.
func spoken(messages []Message, clocks []ClockEvent) []Message {
	if len(clocks) == 0 {
		return messages
	}
	all := slices.DeleteFunc(slices.Clone(messages), func(m Message) bool { return strings.HasPrefix(m.ID, clockMessage) })
	for _, e := range clocks {
		author := RoleCustomer
		switch {
		case e.Clock != ClockReply || e.Undone || e.Move != MoveStart && e.Move != MoveStop:
			continue
		case e.Move == MoveStop:
			author = RoleAgent
		}
		all = append(all, Message{ID: clockMessage + e.ID, At: e.At, Author: author, Public: true})
	}
	return uniteMessages(all, nil)
}
