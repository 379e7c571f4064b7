package book_test

import (
	"slices"
	"time"

	"helpdesk_exporter/desk"
)

// fcr is the horizon of first contacts and repeated ones.
const fcr = 2 * day

// contactAt is when a ticket was its customer's contact, zero for one that an
// agent opened and no customer wrote to; what agents note of a call is one.
func contactAt(t desk.Ticket) time.Time {
	if t.Channel == "phone" {
		return t.CreatedAt
	}
	return askedAt(t)
}

// tries are the contacts about the issue of a ticket.
type tries struct {
	at      []time.Time
	undated int
	told    bool // the desk tells of more than the ticket
}

func (c *tries) until(at time.Time) int {
	n := c.undated
	for _, t := range c.at {
		if !t.After(at) {
			n++
		}
	}
	return n
}

// of adds what the customer of tickets that are one conversation said: opening
// each, and each time again after an answer.
func (c *tries) of(tickets ...desk.Ticket) {
	type word struct {
		at  time.Time
		who string
	}
	var said []word
	for _, t := range tickets {
		if at := contactAt(t); !at.IsZero() {
			said = append(said, word{at, "opening"})
		}
		c.told = c.told || len(t.Messages) > 0 || t.CustomerMessages.Set
		if len(t.Messages) == 0 {
			c.undated += max(0, t.CustomerMessages.Value-1)
		}
	}
	for _, t := range tickets {
		for _, m := range t.Messages {
			switch {
			case !m.Public || m.At.Before(contactAt(t)): // nobody has asked yet
			case m.Author == desk.RoleCustomer:
				said = append(said, word{m.At, "customer"})
			case m.Author == desk.RoleAgent || m.Author == desk.RoleBot:
				said = append(said, word{m.At, "answer"})
			}
		}
	}
	slices.SortStableFunc(said, func(x, y word) int { return x.at.Compare(y.at) })
	last := ""
	for _, w := range said {
		if w.who == "opening" || w.who == "customer" && last == "answer" {
			c.at = append(c.at, w.at)
		}
		last = w.who
	}
}

// triesOf collects the contacts about a ticket: with it, with those merged into
// it and those it follows up, and the calls that name it but the one that
// opened it.
func (t *truth) triesOf(h history) *tries {
	c := &tries{}
	conversation := []desk.Ticket{t.told(h)}
	for _, m := range t.mergedInto(h) {
		conversation = append(conversation, t.told(m))
		c.told = true
	}
	c.of(conversation...)
	seen := map[string]bool{h[0].record.ID: true}
	for id := h.ticket().FollowupOf; t.tickets[id] != nil && !seen[id]; id = t.tickets[id].ticket().FollowupOf {
		seen[id] = true
		c.of(t.told(t.tickets[id]))
		c.told = true
	}
	opened := false
	for _, legs := range t.contacts() {
		legs = slices.DeleteFunc(slices.Clone(legs), func(leg history) bool {
			call := leg.last().Body.(*desk.Call)
			return call.Ticket != h[0].record.ID || call.Direction == desk.DirectionOutbound
		})
		if len(legs) == 0 {
			continue
		}
		c.told = true
		if at := legs[0].last().Body.(*desk.Call).ArrivedAt; !opened && !at.After(h.ticket().CreatedAt) {
			opened = true
		} else {
			c.at = append(c.at, at)
		}
	}
	return c
}

// followups returns the tickets that follow one up and count.
func (t *truth) followups(h history) []desk.Ticket {
	var all []desk.Ticket
	for _, other := range t.tickets {
		if other.ticket().FollowupOf == h[0].record.ID && !other.withdrawn() {
			all = append(all, other.ticket())
		}
	}
	return all
}

// effortEvents tell what it took customers to have issues solved.
func (t *truth) effortEvents() []event {
	var events []event
	for _, h := range t.tickets {
		solves, _ := h.life()
		if h.withdrawn() || len(solves) == 0 {
			continue
		}
		add := func(family string, at time.Time, value float64, labels map[string]string) {
			events = append(events, event{desk: h.desk(), family: family, at: at, value: value, labels: labels})
		}
		now, all := t.told(h), t.triesOf(h)
		last, first := solves[len(solves)-1], solves[0]
		if now.Status.Finished() && all.told && len(t.followups(h)) == 0 {
			add("effort", last.at, float64(max(1, all.until(last.at))), h.labels(last.state, "channel", "team"))
		}
		if now.FollowupOf != "" {
			continue
		}
		end := first.at.Add(fcr)
		labels := h.labels(first.state, "channel", "priority", "team")
		stayed := !t.cameBack(h, end)
		if all.told || now.Requester != "" {
			add("first contact", end, share(stayed && t.atOnce(h, all, end)), labels)
		}
		if answers, known := t.answersTo(h); known {
			add("one touch", end, share(stayed && answers <= 1), labels)
		}
	}
	return events
}

func share(is bool) float64 {
	if is {
		return 1
	}
	return 0
}

func (t *truth) cameBack(h history, by time.Time) bool {
	_, reopenings := h.life()
	return slices.ContainsFunc(reopenings, func(s step) bool { return !s.at.After(by) })
}

// atOnce reports whether one contact was all that an issue took.
func (t *truth) atOnce(h history, all *tries, end time.Time) bool {
	now := h.ticket()
	next := t.nextContact(spotOfTicket(t, h))
	return all.until(end) <= 1 && now.Transfers.Value == 0 &&
		(now.EscalatedAt.IsZero() || now.EscalatedAt.After(end)) && (next.IsZero() || next.After(end)) &&
		!slices.ContainsFunc(t.followups(h), func(f desk.Ticket) bool { return !f.CreatedAt.After(end) })
}

// answersTo returns how many public answers agents gave to a ticket and those
// merged into it, as far as any of them tells.
func (t *truth) answersTo(h history) (n int, known bool) {
	for _, part := range append(t.mergedInto(h), h) {
		ticket, answers := t.told(part), 0
		for _, m := range ticket.Messages {
			if m.Public && m.Author == desk.RoleAgent {
				answers++
			}
		}
		if ticket.AgentReplies.Set {
			answers = ticket.AgentReplies.Value
		}
		n += answers
		known = known || ticket.AgentReplies.Set || len(ticket.Messages) > 0
	}
	return n, known
}
