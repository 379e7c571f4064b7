package desk

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Message is one entry of a ticket's conversation, without its text.
type Message struct {
	At     time.Time
	Author Role
	Public bool

	// Of messages that came as records of their own.
	ID   string
	Said time.Time // when the drop that told it was written
}

// TicketMessage is a message as a record of its own, for desks whose tickets
// come without theirs. It is never held by itself: see [Attach].
type TicketMessage struct {
	Ticket string
	Message
}

// Kind implements [Body].
func (m *TicketMessage) Kind() Kind { return KindMessage }

// Changed implements [Body]: messages carry no time of their last change.
func (m *TicketMessage) Changed() time.Time { return time.Time{} }

// Dims implements [Body]: the dimensions are the ticket's.
func (m *TicketMessage) Dims() []Dim { return nil }

// Newest implements [Body].
func (m *TicketMessage) Newest() time.Time { return m.At }

func (m *TicketMessage) shows() Shows { return 0 }

// Attach returns the ticket that results from events that were told without it.
// old is nil for a ticket not held; it is not changed. What then results has no
// states: the ticket itself is still to be told of.
func Attach(old *Held, ticketID string, events *TicketEvents) *Held {
	h := &Held{Record: Record{ID: ticketID, Body: &Ticket{}}}
	if old != nil {
		*h = *old
	}
	t := h.Body.(*Ticket)
	h.Body = uniteTicket(t, t, events.asTicket())
	return h
}

// uniteMessages returns the sorted union of two lists. What was told of one id
// is one message, as it was told last.
func uniteMessages(a, b []Message) []Message {
	u := unite(a, b, compareMessages)
	if !slices.ContainsFunc(u, func(m Message) bool { return m.ID != "" }) {
		return u
	}
	last := map[string]Message{}
	for _, m := range u {
		if l, told := last[m.ID]; !told || compareTold(l, m) < 0 {
			last[m.ID] = m
		}
	}
	return slices.DeleteFunc(u, func(m Message) bool { return m.ID != "" && compareTold(m, last[m.ID]) != 0 })
}

// compareMessages orders messages by the conversation.
func compareMessages(x, y Message) int {
	return cmp.Or(x.At.Compare(y.At), cmp.Compare(x.Author, y.Author), boolInt(x.Public)-boolInt(y.Public),
		strings.Compare(x.ID, y.ID), x.Said.Compare(y.Said))
}

// compareTold orders what was told of one message, the last word last. Of two
// words of one instant the content decides, so that their order does not.
func compareTold(x, y Message) int {
	return cmp.Or(x.Said.Compare(y.Said), compareMessages(x, y))
}
