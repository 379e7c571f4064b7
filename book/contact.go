package book

import (
	"slices"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/journal"
	"helpdesk_exporter/kpi"
	"helpdesk_exporter/tally"
)

// legs finds the other legs of the contacts that a call was and is part of. A
// call that moves to another contact, or comes or goes, leaves one that stands
// without it, and joins one that stood without it.
func (c *change) legs(tx *journal.Tx, key journal.Key, old, new *desk.Held, t *touched) (err error) {
	from, to := contactKey(key, old), contactKey(key, new)
	if t.to, err = othersOf(tx, to, key); err != nil {
		return err
	}
	t.from = t.to
	t.ledger = sum(t.ledger, t.to.counted)
	if t.moved = from != to; !t.moved {
		return nil
	}
	if t.from, err = othersOf(tx, from, key); err != nil {
		return err
	}
	t.ledger = sum(t.ledger, t.from.counted)
	return nil
}

// contacts collects the contact that a call is part of in a scene and, of a
// call that moves, the one that stands without it.
func (c *change) contacts(s scene, t touched, before bool, to *collected) {
	with, without := t.to, t.from
	if before {
		with, without = without, with
	}
	s.addContact(s.held, with, to)
	if t.moved {
		s.addContact(nil, without, to)
	}
}

// addContact collects a contact: a call, nil for none, with the other legs. One
// of too many legs is left out.
func (s scene) addContact(call *desk.Held, others others, to *collected) {
	size := others.n
	if call != nil {
		size++
	}
	if size <= groupMax {
		to.own.Add(s.contact(s.key, call, others))
		return
	}
	to.own.Add(kpi.Group{Record: call, Follows: true})
	to.leftOut += int64(size)
}

// contact makes a contact of a call and the other legs; without the call the
// first that is not deleted stands for it. That others are deleted is noted
// where they are the call.
func (s scene) contact(key journal.Key, call *desk.Held, others others) kpi.Group {
	g := kpi.Group{Record: call, Legs: others.legs}
	keys := append([]journal.Key{key}, others.keys...)
	if call == nil {
		i := slices.IndexFunc(others.legs, func(leg *desk.Held) bool { return !leg.Deleted })
		if i < 0 {
			return kpi.Group{}
		}
		g.Record, g.Legs, keys = others.legs[i], others.legs[i+1:], others.keys[i:]
	}
	var first journal.Spot
	for i, leg := range append([]*desk.Held{g.Record}, g.Legs...) {
		g.OfTicket = g.OfTicket || !leg.Deleted && s.book.ofTicket(keys[i], leg)
		if s.blind {
			continue
		}
		if spot := s.book.spotOf(keys[i], leg); !spot.IsZero() && (first.IsZero() || spot.At.Before(first.At)) {
			first = spot
		}
	}
	g.Next = s.next(first)
	return g
}

// awaited is a contact that a page brings legs of. Its facts are counted when
// all legs of the page are there: exports tell of a transferred call row by row,
// and the first row alone may say that nobody answered it.
type awaited struct {
	unit   journal.Key
	before []kpi.Contribution // the facts that its other legs showed
	found  bool               // there were none
}

// await notes that a new leg came to a contact.
func (c *change) await(unit journal.Key, found bool) {
	if c.awaits[unit] {
		return
	}
	if c.awaits == nil {
		c.awaits = map[journal.Key]bool{}
	}
	c.awaits[unit] = true
	a := awaited{unit: unit, found: found}
	for of := range facts(c.before.own.List()) {
		a.before = append(a.before, kpi.Contribution{Measure: of.Measure, Fact: of.Fact, Feeds: of.Feeds})
	}
	c.awaited = append(c.awaited, a)
}

// countAwaited counts the facts of the contacts that the page brought legs of.
func (c *change) countAwaited(tx *journal.Tx) error {
	s := scene{book: c.book, tx: tx, blind: true}
	for _, a := range c.awaited {
		legs, err := othersOf(tx, a.unit, journal.Key{})
		if err != nil {
			return err
		}
		if legs.n == 0 || legs.n > groupMax {
			continue
		}
		key, first := legs.keys[0], legs.legs[0]
		c.after.reset()
		c.after.own.Add(s.contact(key, first, others{keys: legs.keys[1:], legs: legs.legs[1:]}))
		c.count(legs.counted, a.before, c.after.own.List(), a.found, heldAt{key: key, held: first})
		if err := tx.PutRecord(key, first); err != nil {
			return err
		}
	}
	return nil
}

// groupTooLarge is what a leg of a contact of too many gives instead of a part
// of the contact.
func groupTooLarge() kpi.Contribution {
	return kpi.Contribution{
		Measure: kpi.ExcludedCalls, Fact: uint8(kpi.ExcludedCalls), Labels: []string{desk.KindCall.String(), "group_too_large"},
		Value: tally.Points(1), Feeds: kpi.FeedStock,
	}
}

// contactKey returns the key under which the legs of a call's contact find each
// other, no key for a call that is a contact by itself.
func contactKey(key journal.Key, h *desk.Held) journal.Key {
	if h == nil {
		return journal.Key{}
	}
	call, ok := h.Body.(*desk.Call)
	if !ok || call.Contact == "" {
		return journal.Key{}
	}
	return journal.KeyOf(key.Source, key.Kind, call.Contact)
}

// others are the members of a contact but one. Of too many it is only known
// that they are.
type others struct {
	n       int
	keys    []journal.Key
	legs    []*desk.Held
	counted desk.Ledger // what they have given to the counters
}

func othersOf(tx *journal.Tx, contact, but journal.Key) (o others, err error) {
	if contact == (journal.Key{}) {
		return o, nil
	}
	members := tx.Members(contact, groupMax+1, func(k journal.Key) bool { return k != but && k.Source == contact.Source })
	if o.n = len(members); o.n > groupMax {
		return o, nil
	}
	for _, key := range members {
		leg, err := tx.Record(key)
		if err != nil {
			return o, err
		}
		o.counted = sum(o.counted, leg.Counted)
		o.keys, o.legs = append(o.keys, key), append(o.legs, leg)
	}
	return o, nil
}

func sum(x, y desk.Ledger) desk.Ledger {
	x = slices.Clone(x)
	for _, e := range y {
		x.Add(e.Fact, e.N)
	}
	return x
}
