package book

import (
	"maps"
	"slices"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/journal"
)

// judge counts the promises that were not kept in time: those due by the
// instant up to which it is now known what did not happen.
func (c *change) judge(tx *journal.Tx) error {
	first := c.first
	defer func() { c.first = first }()
	for _, s := range c.source.book.sources {
		until := c.source.book.knownUntil(s, c)
		if s != c.source && s.state.Number != c.source.tickets || !s.brings(desk.KindTicket) || !until.After(s.state.Judged) {
			continue
		}
		c.first = s.state.Judged.IsZero() // what was due before anything was judged is history
		for _, ticket := range c.dueBetween(s, s.state.Judged, until) {
			key := journal.Key{Source: s.state.Number, Kind: desk.KindTicket, ID: ticket}
			if err := c.judgeTicket(tx, key, until); err != nil {
				return err
			}
		}
		if s == c.source {
			c.state.Judged = until
			continue
		}
		state := s.state
		state.Judged = until
		if err := tx.PutSource(state); err != nil {
			return err
		}
		c.judged = &state
	}
	return nil
}

// knownUntil returns up to when it is known what did not happen to the tickets
// of a source: as far as it has been read, and the sources of messages about
// them; zero while one of them was never read to its end. A change that is
// about to take effect, nil for none, speaks for its source.
func (d *deskBook) knownUntil(s *source, c *change) time.Time {
	var least time.Time
	for _, o := range d.sources {
		if o != s && !(o.brings(desk.KindMessage) && o.tickets == s.state.Number) {
			continue
		}
		state := &o.state
		if c != nil && c.source == o {
			state = &c.state
		}
		if !known(state) {
			return time.Time{}
		}
		if least.IsZero() || state.AsOf.Before(least) {
			least = state.AsOf
		}
	}
	if c != nil && least.After(c.now) {
		return c.now
	}
	return least
}

// dueBetween returns the tickets with a promise due after an instant and no
// later than another, before this change or with it.
func (c *change) dueBetween(s *source, after, until time.Time) []string {
	tickets := map[string]bool{}
	s.dues.between(after, until, func(d due) { tickets[d.ticket] = true })
	for _, m := range c.dues[s] {
		if m.sign > 0 && m.at > after.UnixNano() && m.at <= until.UnixNano() {
			tickets[m.ticket] = true
		}
	}
	return slices.Sorted(maps.Keys(tickets))
}

// judgeTicket counts what has become certain about a ticket.
func (c *change) judgeTicket(tx *journal.Tx, key journal.Key, until time.Time) error {
	held, err := tx.Record(key)
	if err != nil || held == nil {
		return err
	}
	c.before.reset()
	c.after.reset()
	s := scene{book: c.book, tx: tx}
	before, err := s.groupOf(key, held)
	if err != nil {
		return err
	}
	after := before
	after.Judged = until
	c.before.own.Add(before)
	c.after.own.Add(after)
	counted := held.Counted
	c.count(counted, c.before.own.List(), c.after.own.List(), false, held)
	if slices.Equal(counted, held.Counted) {
		return nil
	}
	return tx.PutRecord(key, held)
}
