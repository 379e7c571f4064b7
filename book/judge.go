package book

import (
	"maps"
	"slices"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/journal"
	"helpdesk_exporter/kpi"
)

// judge counts the promises that were not kept in time, at the end of a poll:
// those due by the instant up to which it is now known what did not happen. Not
// sooner, for a drop may tell of a ticket in many rows and pages.
func (c *change) judge(tx *journal.Tx) error {
	found := c.history
	defer func() { c.history = found }()
	for _, s := range c.source.book.sources {
		until := c.source.book.knownUntil(s, c)
		if s != c.source && (s.state.Number != c.source.tickets || s.midst()) || !s.brings(desk.KindTicket) || until.IsZero() {
			continue
		}
		c.history = s.state.Judged.IsZero() // what was due before anything was judged is history
		for _, ticket := range c.certain(s, until) {
			key := journal.Key{Source: s.state.Number, Kind: desk.KindTicket, ID: ticket}
			if err := c.judgeTicket(tx, key, until); err != nil {
				return err
			}
		}
		if !until.After(s.state.Judged) {
			continue
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

// midst reports whether a poll of the source is not over: more of what it has to
// tell is on its way.
func (s *source) midst() bool { return s.state.LastSuccess.After(s.state.LastPoll) }

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

// certain returns the tickets about which something is certain now: those with
// a promise that came due since the last judgement, and those that told of a
// broken one since, or before without its being certain then.
func (c *change) certain(s *source, until time.Time) []string {
	tickets := map[string]bool{}
	after := s.state.Judged
	s.dues.between(after, until, func(d due) { tickets[d.ticket] = true })
	for _, m := range c.dues[s] {
		if m.sign > 0 && m.at > after.UnixNano() && m.at <= until.UnixNano() {
			tickets[m.ticket] = true
		}
	}
	for _, waiting := range [...]map[string]time.Time{s.unjudged, c.unjudged[s]} {
		for ticket, due := range waiting {
			if !due.IsZero() && !due.After(until) {
				tickets[ticket] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(tickets))
}

// postpone notes of a ticket whether its promises are to be judged when the poll
// is over, or later; judged is up to when that was done.
func (c *change) postpone(key journal.Key, h *desk.Held, contributions []kpi.Contribution, judged time.Time) {
	if key.Kind != desk.KindTicket {
		return
	}
	due, waits := unjudged(contributions, judged)
	if !waits && h != nil && !h.Unjudged {
		return
	}
	s := c.book.numbers[key.Source]
	if c.unjudged[s] == nil {
		c.unjudged[s] = map[string]time.Time{}
	}
	c.unjudged[s][key.ID] = due
	if h != nil {
		h.Unjudged = waits
	}
}

// judgedOf returns up to when the tickets of a record's source were judged.
func (c *change) judgedOf(key journal.Key) time.Time {
	return c.book.numbers[key.Source].state.Judged
}

// unjudged returns the earliest due time among what a ticket has to be judged
// for; false for nothing. What is due after the last judgement is on the list of
// dues, unless it was broken before.
func unjudged(contributions []kpi.Contribution, judged time.Time) (due time.Time, waits bool) {
	for _, of := range contributions {
		late := of.Feeds&kpi.FeedDue != 0 && !of.At.IsZero() && !of.At.After(judged)
		if (late || of.Feeds&kpi.FeedJudged != 0) && (!waits || of.At.Before(due)) {
			due, waits = of.At, true
		}
	}
	return due, waits
}

// note takes in which tickets became unjudged and which are judged.
func (s *source) note(tickets map[string]time.Time) {
	for ticket, due := range tickets {
		if due.IsZero() {
			delete(s.unjudged, ticket)
		} else {
			s.unjudged[ticket] = due
		}
	}
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
	counted, waited := held.Counted, held.Unjudged
	c.count(counted, c.before.own.List(), c.after.own.List(), true, heldAt{key: key, held: held})
	c.postpone(key, held, c.after.own.List(), time.Time{})
	if slices.Equal(counted, held.Counted) && waited == held.Unjudged {
		return nil
	}
	return tx.PutRecord(key, held)
}
