package book

import (
	"slices"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/journal"
	"helpdesk_exporter/kpi"
)

// collected is what a record and those that it touches contribute, before or
// after a change.
type collected struct {
	own     *kpi.Contributions // of the record, or of the contact it is a leg of: the facts that may be new
	others  *kpi.Contributions
	tickets []part // of the others, those whose facts may be new as well
	leftOut int64  // legs of contacts of too many
}

// part is what one ticket contributes among others.
type part struct {
	key  journal.Key
	held *desk.Held
	from int // in the list of the others
	to   int
}

func (c *collected) of(p part) []kpi.Contribution { return c.others.List()[p.from:p.to] }

func (c *collected) reset() {
	c.own.Reset()
	c.others.Reset()
	c.tickets, c.leftOut = c.tickets[:0], 0
}

// touched is what a change of one record touches.
type touched struct {
	members  []journal.Key // what belongs to a ticket
	opinions []*desk.Held  // those of them that judge it: surveys and reviews
	records  []journal.Key // others whose figures need the record
	from, to others        // the other legs of the unit that a record was and is part of
	moved    bool          // from one unit to another
	dossiers []opened      // of the customers that it spoke and speaks of
	ledger   desk.Ledger   // what all of them have given to the counters
}

// touches finds out what a change of one record touches.
func (c *change) touches(tx *journal.Tx, key journal.Key, old, new *desk.Held) (t touched, err error) {
	if old != nil {
		t.ledger = old.Counted
	}
	now := scene{book: c.book, tx: tx}
	switch key.Kind {
	case desk.KindTicket:
		t.members = now.members(key)
		if t.opinions, err = now.records(ofKind(t.members, desk.KindSurvey, desk.KindReview)); err == nil {
			err = c.relatives(now, key, old, new, &t)
		}
	case desk.KindCall, desk.KindReview:
		for _, h := range [...]*desk.Held{old, new} {
			t.add(key, c.book.subjectOf(key, h))
		}
	}
	if err == nil && inUnits(key.Kind) {
		err = c.legs(tx, key, old, new, &t)
	}
	if err == nil {
		c.neighbours(now, key, old, new, &t)
		c.opens(now, key, old, new, &t)
	}
	return t, err
}

// subjectOf returns the ticket whose figures need a call about it or a review of
// it, no key for none.
func (b *Book) subjectOf(key journal.Key, h *desk.Held) journal.Key {
	if h == nil {
		return journal.Key{}
	}
	switch body := h.Body.(type) {
	case *desk.Call:
		return b.ticketOf(key.Source, body.Ticket)
	case *desk.Review:
		return b.ticketOf(key.Source, body.Ticket)
	default:
		return journal.Key{}
	}
}

// add notes a record that is touched by a change of the one with the given key.
func (t *touched) add(by, key journal.Key) {
	if key != (journal.Key{}) && key != by && !slices.Contains(t.records, key) {
		t.records = append(t.records, key)
	}
}

// relatives notes the tickets that a ticket was or is merged into, that it
// follows up, and that follow it up.
func (c *change) relatives(now scene, key journal.Key, old, new *desk.Held, t *touched) error {
	for _, h := range [...]*desk.Held{old, new} {
		if h == nil {
			continue
		}
		ticket := h.Body.(*desk.Ticket)
		t.add(key, c.book.ticketOf(key.Source, ticket.FollowupOf))
		survivor := c.book.ticketOf(key.Source, ticket.MergedInto)
		for range chainMax {
			if survivor == (journal.Key{}) {
				break
			}
			t.add(key, survivor)
			h, err := now.record(survivor)
			if err != nil {
				return err
			}
			if h == nil {
				break
			}
			survivor = c.book.ticketOf(survivor.Source, h.Body.(*desk.Ticket).MergedInto)
		}
	}
	seen := map[journal.Key]bool{key: true}
	behind := ofKind(t.members, desk.KindTicket)
	for range chainMax {
		var further []journal.Key
		for _, member := range behind {
			if !seen[member] {
				seen[member] = true
				t.add(key, member)
				further = append(further, ofKind(now.members(member), desk.KindTicket)...)
			}
		}
		behind = further
	}
	return nil
}

// neighbours notes the contacts of the same customer before the places where
// the record was and is, if those differ: for them it is the next one. Of the
// source whose history is being read nothing shows that they could change.
func (c *change) neighbours(now scene, key journal.Key, old, new *desk.Held, t *touched) {
	from, to := c.book.spotOf(key, old), c.book.spotOf(key, new)
	if from == to {
		return
	}
	for _, spot := range [...]journal.Spot{from, to} {
		if spot.IsZero() {
			continue
		}
		previous, ok := now.tx.PreviousSpot(spot, c.book.another(spot))
		unit := previous.Unit
		own := unit != (journal.Key{}) && (unit == unitKey(key, old) || unit == unitKey(key, new))
		if ok && !own && !(c.first && previous.Key.Source == c.state.Number) {
			t.add(key, previous.Key)
		}
	}
}

// collect adds up what the record of a scene contributes, with all that it
// touches. before tells on which side of the change the scene is.
func (c *change) collect(s scene, t touched, before bool, to *collected) error {
	switch {
	case inUnits(s.key.Kind):
		c.units(s, t, before, to)
	case s.held == nil:
	case s.key.Kind == desk.KindTicket:
		g := kpi.Group{Record: s.held}
		if err := s.ticket(s.key, s.held.Body.(*desk.Ticket), t.members, &g); err != nil {
			return err
		}
		to.own.Add(g)
	default:
		g, err := s.groupOf(s.key, s.held)
		if err != nil {
			return err
		}
		to.own.Add(g)
	}
	for _, opinion := range t.opinions {
		to.others.Add(kpi.Group{Record: opinion, Ticket: s.held})
	}
	if err := c.dossiers(s, t, before, to.others); err != nil {
		return err
	}
	for _, key := range t.records {
		if err := c.other(s, key, to); err != nil {
			return err
		}
	}
	return nil
}

// other adds what another record contributes.
func (c *change) other(s scene, key journal.Key, to *collected) error {
	s.blind = false
	h, err := s.record(key)
	if err != nil || h == nil {
		return err
	}
	if key.Kind == desk.KindCall {
		legs, err := othersOf(s.tx, unitKey(key, h), key)
		if err != nil || legs.n >= groupMax {
			return err
		}
		to.others.Add(s.unit(key, h, legs))
		return nil
	}
	from := len(to.others.List())
	g, err := s.groupOf(key, h)
	to.others.Add(g)
	to.tickets = append(to.tickets, part{key: key, held: h, from: from, to: len(to.others.List())})
	return err
}

// rejoin moves a record from the groups and the place on its customer's line
// that it had to those that it has now.
func (c *change) rejoin(tx *journal.Tx, key journal.Key, old, new *desk.Held) error {
	return moveRecord(tx, key,
		c.book.groupsOf(key, old), c.book.groupsOf(key, new), c.book.spotOf(key, old), c.book.spotOf(key, new))
}

func moveRecord(tx *journal.Tx, key journal.Key, left, joined []journal.Key, from, to journal.Spot) error {
	for _, group := range left {
		if !slices.Contains(joined, group) {
			if err := tx.Leave(group, key); err != nil {
				return err
			}
		}
	}
	for _, group := range joined {
		if !slices.Contains(left, group) {
			if err := tx.Join(group, key); err != nil {
				return err
			}
		}
	}
	if from == to {
		return nil
	}
	if !from.IsZero() {
		if err := tx.DropSpot(from); err != nil {
			return err
		}
	}
	if to.IsZero() {
		return nil
	}
	return tx.PutSpot(to)
}

// groupsOf returns what a record belongs to: the ticket that it speaks of, that
// it follows up or was merged into, the unit that it is a leg of, and the
// dossiers of the customers it speaks of.
func (b *Book) groupsOf(key journal.Key, h *desk.Held) []journal.Key {
	if h == nil {
		return nil
	}
	var groups []journal.Key
	add := func(group journal.Key) {
		ofItself := group == key && key.Kind == desk.KindTicket // a contact may have the id of one of its legs
		if group != (journal.Key{}) && !ofItself && !slices.Contains(groups, group) {
			groups = append(groups, group)
		}
	}
	switch body := h.Body.(type) {
	case *desk.Survey:
		add(b.ticketOf(key.Source, body.Ticket))
	case *desk.Call, *desk.Review:
		add(b.subjectOf(key, h))
	case *desk.Ticket:
		add(b.ticketOf(key.Source, body.FollowupOf))
		add(b.ticketOf(key.Source, body.MergedInto))
	}
	add(unitKey(key, h))
	for _, d := range b.dossiersOf(key, h) {
		add(d.key)
	}
	return groups
}
