package book

import (
	"math"
	"slices"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/journal"
	"helpdesk_exporter/kpi"
)

// groupMax is how many records may belong together: legs of a contact, calls
// about a ticket. What more of them share is no contact but a constant, and
// looking at all of them for each would not end.
const groupMax = 1000

// chainMax is how many tickets may follow up, or be merged into, one another.
const chainMax = 8

// scene is the journal as it is, but for one record that is about to take the
// place of what is held. Without a key it is just the journal.
type scene struct {
	book  *Book
	tx    *journal.Tx
	key   journal.Key
	held  *desk.Held
	blind bool // nobody asks when customers made contact next
	after bool // the change is not over: no ticket is judged yet
	// complete is a source whose history is known with the change that is about
	// to take effect, nil for none.
	complete *source
}

func (s scene) record(key journal.Key) (*desk.Held, error) {
	if key == s.key {
		return s.held, nil
	}
	return s.tx.Record(key)
}

// members returns the records that belong to another, up to groupMax besides
// its surveys, its reviews and one more, as far as their sources are configured.
func (s scene) members(group journal.Key) []journal.Key {
	others := 0
	return s.tx.Members(group, math.MaxInt, func(k journal.Key) bool {
		if s.book.numbers[k.Source] == nil {
			return false
		}
		opinion := k.Kind == desk.KindSurvey || k.Kind == desk.KindReview
		if !opinion {
			others++
		}
		return opinion || others <= groupMax+1
	})
}

// ofKind returns those of the keys that name records of some kinds.
func ofKind(keys []journal.Key, kinds ...desk.Kind) []journal.Key {
	var of []journal.Key
	for _, k := range keys {
		if slices.Contains(kinds, k.Kind) {
			of = append(of, k)
		}
	}
	return of
}

// groupOf collects a record with those that its figures need.
func (s scene) groupOf(key journal.Key, h *desk.Held) (kpi.Group, error) {
	g := kpi.Group{Record: h}
	if h == nil {
		return g, nil
	}
	var err error
	switch body := h.Body.(type) {
	case *desk.Ticket:
		err = s.ticket(key, body, s.members(key), &g)
	case *desk.Survey:
		g.Ticket, err = s.named(key, body.Ticket)
	case *desk.Review:
		g.Ticket, err = s.named(key, body.Ticket)
	}
	return g, err
}

// named returns the ticket that a record means by an id, nil for none.
func (s scene) named(key journal.Key, id string) (*desk.Held, error) {
	ticket := s.book.ticketOf(key.Source, id)
	if ticket == (journal.Key{}) {
		return nil, nil
	}
	return s.record(ticket)
}

// ticket adds to a ticket the calls about it, those that were merged into it,
// those before and behind it, and when its customer came next.
func (s scene) ticket(key journal.Key, t *desk.Ticket, members []journal.Key, g *kpi.Group) error {
	if source := s.book.numbers[key.Source]; source != nil {
		g.Clocks = source.clocks
		if !s.after && !g.Record.Unjudged {
			g.Judged = source.state.Judged
		}
	}
	var err error
	if g.Reviewed, err = s.reviewed(key, members); err != nil {
		return err
	}
	calls, tickets := ofKind(members, desk.KindCall), ofKind(members, desk.KindTicket)
	if len(calls)+len(tickets) > groupMax {
		g.Crowded = true
		return nil
	}
	if g.Calls, err = s.records(calls); err != nil {
		return err
	}
	if err = s.relatives(key, tickets, g); err != nil {
		return err
	}
	if g.Earlier, err = s.earlier(key, t); err != nil {
		return err
	}
	if !s.blind {
		g.Next = s.next(s.book.spotOf(key, g.Record))
	}
	return nil
}

// reviewed reports whether a ticket was reviewed, where its desk has a source of
// reviews.
func (s scene) reviewed(key journal.Key, members []journal.Key) (reviewed desk.Opt[bool], err error) {
	source := s.book.numbers[key.Source]
	if source == nil || !source.book.fed(desk.KindReview) {
		return reviewed, nil
	}
	reviews, err := s.records(ofKind(members, desk.KindReview))
	stands := func(h *desk.Held) bool { return !h.Deleted }
	return desk.Some(slices.ContainsFunc(reviews, stands)), err
}

func (s scene) records(keys []journal.Key) ([]*desk.Held, error) {
	var all []*desk.Held
	for _, key := range keys {
		h, err := s.record(key)
		if err != nil {
			return nil, err
		}
		if h != nil {
			all = append(all, h)
		}
	}
	return all, nil
}

// relatives adds the tickets that follow one up, and those that were merged
// into it, also by way of others.
func (s scene) relatives(key journal.Key, tickets []journal.Key, g *kpi.Group) error {
	seen := map[journal.Key]bool{key: true}
	var into func(journal.Key, []journal.Key, int) error
	into = func(key journal.Key, tickets []journal.Key, depth int) error {
		for _, member := range tickets {
			h, err := s.record(member)
			if err != nil {
				return err
			}
			if h == nil || seen[member] {
				continue
			}
			ticket := h.Body.(*desk.Ticket)
			if depth == 0 && s.book.ticketOf(member.Source, ticket.FollowupOf) == key && stands(h) {
				g.Followups = append(g.Followups, h)
			}
			if s.book.ticketOf(member.Source, ticket.MergedInto) != key || depth == chainMax || len(g.Merged) == groupMax {
				continue
			}
			seen[member] = true
			g.Merged = append(g.Merged, h)
			if err := into(member, ofKind(s.members(member), desk.KindTicket), depth+1); err != nil {
				return err
			}
		}
		return nil
	}
	return into(key, tickets, 0)
}

// stands reports whether a ticket is one to count.
func stands(h *desk.Held) bool {
	return len(h.States) > 0 && !h.States[len(h.States)-1].Status.Withdrawn()
}

// earlier returns the tickets that one follows up, the nearest first. A chain
// that comes back to where it was ends there.
func (s scene) earlier(key journal.Key, t *desk.Ticket) ([]*desk.Held, error) {
	var chain []*desk.Held
	seen := map[journal.Key]bool{{}: true, key: true}
	for range chainMax {
		key = s.book.ticketOf(key.Source, t.FollowupOf)
		if seen[key] {
			break
		}
		seen[key] = true
		h, err := s.record(key)
		if err != nil {
			return nil, err
		}
		if h == nil || len(h.States) == 0 { // only messages of it were told
			break
		}
		chain, t = append(chain, h), h.Body.(*desk.Ticket)
	}
	return chain, nil
}

// ticketOf returns the key of the ticket that a record of a source means by an
// id, no key where it means none.
func (b *Book) ticketOf(source uint32, id string) journal.Key {
	s := b.numbers[source]
	if s == nil || s.tickets == 0 || id == "" {
		return journal.Key{}
	}
	return journal.KeyOf(s.tickets, desk.KindTicket, id)
}

// spotOf returns where a record lies on the line of its customer's contacts,
// the zero spot for one that is no contact of its own.
func (b *Book) spotOf(key journal.Key, h *desk.Held) journal.Spot {
	s := b.numbers[key.Source]
	if h == nil || s == nil || b.ofTicket(key, h) {
		return journal.Spot{}
	}
	customer, topic, at, ok := kpi.Touch(h)
	if !ok {
		return journal.Spot{}
	}
	return journal.Spot{Line: journal.LineOf(s.Desk, customer, topic), At: at, Key: key, Unit: unitKey(key, h)}
}

// ofTicket reports whether a call is part of a ticket's story.
func (b *Book) ofTicket(key journal.Key, h *desk.Held) bool {
	call, ok := h.Body.(*desk.Call)
	return ok && b.ticketOf(key.Source, call.Ticket) != journal.Key{}
}

// next returns when the customer made contact next, zero for never.
func (s scene) next(spot journal.Spot) time.Time {
	if spot.IsZero() {
		return time.Time{}
	}
	found, ok := s.tx.NextSpot(spot, s.book.another(spot))
	if !ok {
		return time.Time{}
	}
	return found.At
}

// another reports of spots whether they are contacts that still count, and not
// legs of the given one.
func (b *Book) another(spot journal.Spot) func(journal.Spot) bool {
	return func(o journal.Spot) bool {
		return b.numbers[o.Key.Source] != nil && (o.Unit == journal.Key{} || o.Unit != spot.Unit)
	}
}
