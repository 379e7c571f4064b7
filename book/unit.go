package book

import (
	"slices"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/journal"
	"helpdesk_exporter/kpi"
	"helpdesk_exporter/tally"
)

// Some records are parts of one thing: the legs of a call that was passed on,
// the goals of one visit, the articles that somebody read in one go. The thing is
// a unit, and its parts are its legs.

// inUnits reports whether records of a kind can be legs of a unit.
func inUnits(kind desk.Kind) bool {
	return kind == desk.KindCall || kind == desk.KindSession || kind == desk.KindArticleView
}

// unitKey returns the key under which the legs of a record's unit find each
// other, no key for a record that is a unit by itself.
func unitKey(key journal.Key, h *desk.Held) journal.Key {
	if h == nil {
		return journal.Key{}
	}
	var id string
	switch body := h.Body.(type) {
	case *desk.Call:
		id = body.Contact
	case *desk.Session:
		id = body.ID
	case *desk.ArticleView:
		id = body.Session
	}
	if id == "" {
		return journal.Key{}
	}
	return journal.KeyOf(key.Source, key.Kind, id)
}

// legs finds the other legs of the units that a record was and is part of. One
// that moves to another unit, or comes or goes, leaves one that stands without
// it, and joins one that stood without it.
func (c *change) legs(tx *journal.Tx, key journal.Key, old, new *desk.Held, t *touched) (err error) {
	from, to := unitKey(key, old), unitKey(key, new)
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

// units collects the unit that a record is part of in a scene and, of one that
// moves, the one that stands without it.
func (c *change) units(s scene, t touched, before bool, to *collected) {
	with, without := t.to, t.from
	if before {
		with, without = without, with
	}
	s.addUnit(s.held, with, to)
	if t.moved {
		s.addUnit(nil, without, to)
	}
}

// addUnit collects a unit: a record, nil for none, with the other legs. One of
// too many legs is left out.
func (s scene) addUnit(leg *desk.Held, others others, to *collected) {
	size := others.n
	if leg != nil {
		size++
	}
	if size <= groupMax {
		to.own.Add(s.unit(s.key, leg, others))
		return
	}
	to.own.Add(kpi.Group{Record: leg, Follows: true})
	to.leftOut += int64(size)
}

// unit makes a unit of a record and the other legs; without the record the first
// that is not deleted stands for it. That others are deleted is noted where they
// are the record.
func (s scene) unit(key journal.Key, leg *desk.Held, others others) kpi.Group {
	g := kpi.Group{Record: leg, Legs: others.legs}
	keys := append([]journal.Key{key}, others.keys...)
	if leg == nil {
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
		of.Labels = slices.Clone(of.Labels)
		a.before = append(a.before, of)
	}
	c.awaited = append(c.awaited, a)
}

// countAwaited counts the facts of the contacts that the page brought legs of.
func (c *change) countAwaited(tx *journal.Tx) error {
	for len(c.awaited) > 0 {
		if err := c.countUnit(tx, c.awaited[0].unit); err != nil {
			return err
		}
	}
	return nil
}

// countUnit counts the facts of a contact that is awaited, as far as it is told.
func (c *change) countUnit(tx *journal.Tx, unit journal.Key) error {
	i := slices.IndexFunc(c.awaited, func(a awaited) bool { return a.unit == unit })
	a := c.awaited[i]
	c.awaited = slices.Delete(c.awaited, i, i+1)
	delete(c.awaits, unit)
	legs, err := othersOf(tx, unit, journal.Key{})
	if err != nil || legs.n == 0 || legs.n > groupMax {
		return err
	}
	key, first := legs.keys[0], legs.legs[0]
	c.after.reset()
	s := scene{book: c.book, tx: tx, blind: true}
	c.after.own.Add(s.unit(key, first, others{keys: legs.keys[1:], legs: legs.legs[1:]}))
	c.count(legs.counted, a.before, c.after.own.List(), a.found, heldAt{key: key, held: first})
	return tx.PutRecord(key, first)
}

// knownFirst returns what a unit shows in the order in which it became known,
// where each of its legs has facts of its own: a look at an article that is told
// late may be the first of its visit, and is still the one that is new.
func knownFirst(h *desk.Held, before, after []kpi.Contribution) []kpi.Contribution {
	if _, ok := h.Body.(*desk.ArticleView); !ok || len(before) == 0 {
		return after
	}
	var known, news []kpi.Contribution
	for _, of := range after {
		if slices.ContainsFunc(before, func(b kpi.Contribution) bool { return same(b, of) }) {
			known = append(known, of)
		} else {
			news = append(news, of)
		}
	}
	return append(known, news...)
}

// groupTooLarge is what a leg of a unit of too many gives instead of a part of
// the unit.
func groupTooLarge(kind desk.Kind) kpi.Contribution {
	excluded := kpi.ExcludedCalls
	switch kind {
	case desk.KindSession:
		excluded = kpi.ExcludedSessions
	case desk.KindArticleView:
		excluded = kpi.ExcludedViews
	}
	return kpi.Contribution{
		Measure: excluded, Fact: uint8(excluded), Labels: []string{kind.String(), "group_too_large"},
		Value: tally.Points(1), Feeds: kpi.FeedStock,
	}
}

// others are the members of a unit but one. Of too many it is only known
// that they are.
type others struct {
	n       int
	keys    []journal.Key
	legs    []*desk.Held
	counted desk.Ledger // what they have given to the counters
}

func othersOf(tx *journal.Tx, unit, but journal.Key) (o others, err error) {
	if unit == (journal.Key{}) {
		return o, nil
	}
	members := tx.Members(unit, groupMax+1, func(k journal.Key) bool { return k != but && k.Source == unit.Source })
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
