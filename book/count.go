package book

import (
	"iter"
	"slices"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/journal"
	"helpdesk_exporter/kpi"
	"helpdesk_exporter/sources"
)

// swap replaces a held record: nil stands for one that is not held. Whatever
// the record and those that belong to it gave before is taken back, what they
// give now is added, and facts that are new are counted.
func (c *change) swap(tx *journal.Tx, key journal.Key, old, new *desk.Held) error {
	c.before.Reset()
	c.after.Reset()
	c.leftOut = 0
	ledger, err := c.contribute(tx, key, old, new)
	if err != nil {
		return err
	}
	if new != nil {
		c.count(key.Kind, ledger, old, new)
	}
	before, after := uncommon(c.before.List(), c.after.List())
	for _, of := range before {
		c.move(of, -1)
	}
	for _, of := range after {
		c.move(of, 1)
	}
	if c.leftOut != 0 {
		c.move(groupTooLarge(), c.leftOut)
	}
	return nil
}

// uncommon returns two lists without what they begin and end with alike: most
// of what a record contributes stays as it is.
func uncommon(before, after []kpi.Contribution) (_, _ []kpi.Contribution) {
	for len(before) > 0 && len(after) > 0 && same(before[0], after[0]) {
		before, after = before[1:], after[1:]
	}
	for len(before) > 0 && len(after) > 0 && same(before[len(before)-1], after[len(after)-1]) {
		before, after = before[:len(before)-1], after[:len(after)-1]
	}
	return before, after
}

func same(x, y kpi.Contribution) bool {
	return x.Measure == y.Measure && x.Feeds == y.Feeds && x.Value == y.Value && x.At.Equal(y.At) &&
		slices.Equal(x.Labels, y.Labels)
}

// move notes that a contribution comes or goes, or several equal ones do.
func (c *change) move(of kpi.Contribution, sign int64) {
	if of.Feeds&(kpi.FeedWindow|kpi.FeedStock) == 0 {
		return
	}
	c.deltas = append(c.deltas, delta{leaf: c.leafOf(of), sign: sign, at: of.At, value: of.Value, feeds: of.Feeds})
}

func (c *change) leafOf(of kpi.Contribution) *leaf {
	m := c.source.book.byID[of.Measure]
	return c.leaf(c.source.book, m, of.Labels, c.birth(m))
}

// birth is the start timestamp of a series that begins now: the poll before its
// first fact, or, before the counters show at all, whatever the epoch begins
// with.
func (c *change) birth(m *measure) time.Time {
	switch {
	case !c.epochs[m.Kind].Founded:
		return time.Time{}
	case c.state.LastPoll.IsZero():
		return c.now
	case c.state.LastPoll.Before(m.since):
		return m.since
	default:
		return c.state.LastPoll
	}
}

// ticketFacts is how many kinds of facts a ticket mostly comes to.
const ticketFacts = 6

// count counts the facts that are new: those beyond what the record, or the
// group it belongs to, has ever given to the counters or showed before. The new
// record's ledger takes them up.
func (c *change) count(kind desk.Kind, ledger desk.Ledger, old, new *desk.Held) {
	own := slices.Grow(slices.Clone(new.Counted), ticketFacts)
	note := func(id kpi.ID, n uint32) {
		c.counts[id].known += n
		own.Add(uint8(id), n)
	}
	for _, e := range ledger {
		c.counts[e.Fact].known = e.N
	}
	for of := range c.facts(kind, c.before) {
		c.counts[of.Measure].before++
	}
	for of := range c.facts(kind, c.before) {
		// Facts from before the measure existed: nobody counted them, nor does
		// anybody now.
		if n := &c.counts[of.Measure]; n.before > n.known {
			note(of.Measure, n.before-n.known)
		}
	}
	var leftOut []kpi.Contribution
	for of := range c.facts(kind, c.after) {
		n := &c.counts[of.Measure]
		if n.after++; n.after <= n.known {
			continue
		}
		note(of.Measure, 1)
		if old == nil && c.isPast(of, new) {
			leftOut = append(leftOut, of)
		} else {
			c.fact(of)
		}
	}
	c.countReturn(leftOut)
	new.Counted = own
	c.clearCounts(ledger)
}

// isPast reports whether a fact lies before the source's horizon; one that
// nobody dated lies where the record begins.
func (c *change) isPast(of kpi.Contribution, h *desk.Held) bool {
	at := of.At
	if t, ok := h.Body.(*desk.Ticket); ok && at.IsZero() {
		at = t.CreatedAt
	}
	return at.Before(c.state.Horizon)
}

// facts yields the contributions of one kind of records that counters count.
func (c *change) facts(kind desk.Kind, list *kpi.Contributions) iter.Seq[kpi.Contribution] {
	return func(yield func(kpi.Contribution) bool) {
		for _, of := range list.List() {
			if of.Feeds&kpi.FeedTotal != 0 && c.source.book.byID[of.Measure].Kind == kind && !yield(of) {
				return
			}
		}
	}
}

func (c *change) clearCounts(ledger desk.Ledger) {
	for _, e := range ledger {
		c.counts[e.Fact] = counts{}
	}
	for _, list := range [...]*kpi.Contributions{c.before, c.after} {
		for _, of := range list.List() {
			c.counts[of.Measure] = counts{}
		}
	}
}

// countReturn keeps the flows in step with the stock: what was left out of a
// ticket lies before the horizon, where it was finished, or it would still be
// held. If that leaves it open, it has been reopened since, and nobody said so.
func (c *change) countReturn(leftOut []kpi.Contribution) {
	var opened kpi.Contribution
	open := 0
	for _, of := range leftOut {
		switch of.Measure {
		case kpi.TicketsOpened:
			opened = of
			open++
		case kpi.TicketsReopened:
			open++
		case kpi.TicketsSolved, kpi.TicketsWithdrawn:
			open--
		}
	}
	if open > 0 {
		opened.Measure, opened.At = kpi.TicketsReopened, time.Time{}
		c.fact(opened)
	}
}

// fact counts one fact. What a first sync finds is history: it goes to the
// counters only where the source says so and the desk has none to jump.
func (c *change) fact(of kpi.Contribution) {
	l := c.leafOf(of)
	epoch := c.epochs[l.measure.Kind]
	switch {
	case known(&c.state):
		if !of.At.IsZero() {
			c.lags = append(c.lags, c.now.Sub(of.At))
		}
	case c.source.History != sources.HistoryCounters || epoch.Founded:
		return
	case !of.At.IsZero() && (epoch.Oldest.IsZero() || of.At.Before(epoch.Oldest)):
		epoch.Oldest = of.At
		c.epochs[l.measure.Kind] = epoch
	}
	total := c.totals[l]
	if total == nil {
		total = l.total.Clone()
		c.totals[l] = total
	}
	total.Observe(of.Value, l.measure.bounds)
}
