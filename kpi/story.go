package kpi

import (
	"cmp"
	"slices"
	"time"

	"helpdesk_exporter/desk"
)

// united returns a ticket as its customer lived it, together with those that
// were merged into it: it began with the first of them, and all their messages
// are its own.
func united(t *desk.Ticket, merged []*desk.Held) *desk.Ticket {
	if len(merged) == 0 {
		return t
	}
	u := *t
	u.Messages = slices.Clone(t.Messages)
	for _, h := range merged {
		m := h.Body.(*desk.Ticket)
		if m.CreatedAt.Before(u.CreatedAt) {
			u.CreatedAt, u.CreatedBy = m.CreatedAt, m.CreatedBy
		}
		u.FirstResponseAt = earliest(u.FirstResponseAt, m.FirstResponseAt)
		u.AcknowledgedAt = earliest(u.AcknowledgedAt, m.AcknowledgedAt)
		u.EscalatedAt = earliest(u.EscalatedAt, m.EscalatedAt)
		u.Messages = append(u.Messages, m.Messages...)
	}
	slices.SortStableFunc(u.Messages, func(x, y desk.Message) int {
		return cmp.Or(x.At.Compare(y.At), cmp.Compare(x.Author, y.Author))
	})
	return &u
}

// earliest returns the earlier of two times, zero being no time.
func earliest(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// contactAt is when a ticket was a customer's contact with the desk: its
// creation, or the customer's first message where an agent opened it. What an
// agent notes of a phone call is the caller's contact. false: the customer has
// not said a word.
func contactAt(t *desk.Ticket) (time.Time, bool) {
	if t.Channel == "phone" {
		return t.CreatedAt, true
	}
	return askedAt(t)
}

// contacts are the times at which a customer made contact about an issue.
type contacts struct {
	dated   []time.Time
	undated int  // more of them, of which nobody says when they were
	told    bool // the desk tells of more contacts than the first
}

// until returns how many of the contacts lie no later than an instant.
func (c contacts) until(at time.Time) int {
	n := c.undated
	for _, d := range c.dated {
		if !d.After(at) {
			n++
		}
	}
	return n
}

// contactsOf collects the contacts about the issue of a ticket: of the ticket
// with those merged into it, of each that it follows, and the calls that name
// it.
func contactsOf(g Group, t *desk.Ticket) contacts {
	var c contacts
	tickets := []*desk.Ticket{t}
	for _, h := range g.Merged {
		tickets = append(tickets, h.Body.(*desk.Ticket))
	}
	c.ofTickets(tickets)
	for _, h := range g.Earlier {
		c.ofTickets([]*desk.Ticket{h.Body.(*desk.Ticket)})
	}
	c.told = c.told || len(g.Merged)+len(g.Earlier) > 0
	c.ofCalls(g.Calls, t)
	return c
}

// turn is one turn of a conversation: the customer's or an answer to it.
type turn struct {
	at      time.Time
	opening bool // of a ticket
	answer  bool
}

// ofTickets adds the contacts of tickets that are one conversation: each
// opening, and each time that the customer wrote again after an answer. Messages
// that follow one another without one are a single contact, and what an agent
// says before the first is no answer.
func (c *contacts) ofTickets(tickets []*desk.Ticket) {
	var turns []turn
	for _, t := range tickets {
		opened, ok := contactAt(t)
		if ok {
			turns = append(turns, turn{at: opened, opening: true})
		}
		c.told = c.told || len(t.Messages) > 0 || t.CustomerMessages.Set
		if len(t.Messages) == 0 {
			c.undated += max(t.CustomerMessages.Value-1, 0)
		}
		for _, m := range t.Messages {
			answer := m.Author == desk.RoleAgent || m.Author == desk.RoleBot
			if m.Public && !m.At.Before(opened) && (answer || m.Author == desk.RoleCustomer) {
				turns = append(turns, turn{at: m.At, answer: answer})
			}
		}
	}
	slices.SortStableFunc(turns, func(x, y turn) int { return x.at.Compare(y.at) }) // an opening comes before its message
	answered := false
	for _, turn := range turns {
		switch {
		case turn.answer:
			answered = true
		case turn.opening || answered:
			c.dated = append(c.dated, turn.at)
			answered = false
		}
	}
}

// ofCalls adds the calls about a ticket. One that came no later than the ticket
// opened it, and is the contact that the ticket itself stands for.
func (c *contacts) ofCalls(calls []*desk.Held, t *desk.Ticket) {
	slices.SortFunc(calls, compareLegs) // the first leg of a call tells when it was
	opened := false
	legs := map[string]bool{}
	for _, h := range calls {
		call := h.Body.(*desk.Call)
		if h.Deleted || call.Direction == desk.DirectionOutbound || call.Contact != "" && legs[call.Contact] {
			continue
		}
		legs[call.Contact] = true
		c.told = true
		if !opened && !call.ArrivedAt.After(t.CreatedAt) {
			opened = true
			continue
		}
		c.dated = append(c.dated, call.ArrivedAt)
	}
}
