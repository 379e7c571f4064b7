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
// the record and those that it touches gave before is taken back, what they
// give now is added, and facts that are new are counted.
func (c *change) swap(tx *journal.Tx, key journal.Key, old, new *desk.Held) error {
	c.before.reset()
	c.after.reset()
	touched, err := c.touches(tx, key, old, new)
	if err != nil {
		return err
	}
	before := scene{book: c.book, tx: tx, key: key, held: old, blind: c.first}
	if err := c.collect(before, touched, true, &c.before); err != nil {
		return err
	}
	if err := c.rejoin(tx, key, old, new); err != nil {
		return err
	}
	after := scene{book: c.book, tx: tx, key: key, held: new, blind: c.first, after: true}
	if err := c.collect(after, touched, false, &c.after); err != nil {
		return err
	}
	switch unit := unitKey(key, new); {
	case new == nil:
	case unit != (journal.Key{}) && (old == nil || c.awaits[unit]):
		c.await(unit, touched.to.n == 0)
	default:
		found := old == nil || len(old.States) == 0 // only what happened to it was known
		c.count(touched.ledger, c.before.own.List(), c.after.own.List(), found, heldAt{key: key, held: new})
	}
	if err := c.countOthers(tx); err != nil {
		return err
	}
	c.replace(c.before.others, c.after.others)
	c.list(key, c.before.own.List(), -1)
	c.list(key, c.after.own.List(), 1)
	c.postpone(key, new, c.after.own.List(), c.judgedOf(key))
	if c.first { // windows and stocks will be built of the whole, the counters are there from now on
		for of := range facts(c.after.own.List()) {
			c.leafOf(of)
		}
		return nil
	}
	c.replace(c.before.own, c.after.own)
	if n := c.after.leftOut - c.before.leftOut; n != 0 {
		c.move(groupTooLarge(key.Kind), n)
	}
	return nil
}

// list notes what a ticket has on the list of what is due, and whether it is
// open, before or after the change.
func (c *change) list(key journal.Key, contributions []kpi.Contribution, sign int) {
	if key.Kind != desk.KindTicket {
		return
	}
	s := c.book.numbers[key.Source]
	for _, of := range contributions {
		if d, ok := dueOf(of); ok {
			c.dues[s] = append(c.dues[s], dueMove{due: d, sign: sign})
		}
		if of.Measure == kpi.TicketsOpen {
			c.opened[s] += sign
		}
	}
}

// replace notes what comes in the place of what goes.
func (c *change) replace(before, after *kpi.Contributions) {
	gone, came := uncommon(before.List(), after.List())
	for _, of := range gone {
		c.move(of, -1)
	}
	for _, of := range came {
		c.move(of, 1)
	}
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
		x.Until.Equal(y.Until) && x.Window == y.Window && x.Key == y.Key && slices.Equal(x.Labels, y.Labels)
}

// move notes that a contribution comes or goes, or several equal ones do.
func (c *change) move(of kpi.Contribution, sign int64) {
	if of.Feeds&(kpi.FeedWindow|kpi.FeedStock) == 0 {
		return
	}
	c.deltas = append(c.deltas, deltaOf(c.leafOf(of), of, sign))
}

func (c *change) leafOf(of kpi.Contribution) *leaf {
	m := c.source.book.byID[of.Measure]
	return c.leaf(c.source.book, m, of.Labels, c.birth(m))
}

// birth is the start timestamp of a series that begins now: the poll before its
// first fact, or, before the counters show at all, whatever the epoch begins
// with.
func (c *change) birth(m *measure) time.Time {
	epoch, own := c.epochs[m.Kind]
	if !own { // a record of another kind tells something of this one
		epoch = c.source.book.kind(m.Kind).epoch
	}
	switch {
	case !epoch.Founded:
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

// countOthers counts what a change of one record makes known of the tickets
// that it touches.
func (c *change) countOthers(tx *journal.Tx) error {
	for i, after := range c.after.tickets {
		h := after.held
		ledger := h.Counted
		c.count(ledger, c.before.of(c.before.tickets[i]), c.after.of(after), false, heldAt{key: after.key, held: h})
		c.list(after.key, c.before.of(c.before.tickets[i]), -1)
		c.list(after.key, c.after.of(after), 1)
		was := h.Unjudged
		c.postpone(after.key, h, c.after.of(after), c.judgedOf(after.key))
		if slices.Equal(ledger, h.Counted) && was == h.Unjudged {
			continue
		}
		if err := tx.PutRecord(after.key, h); err != nil {
			return err
		}
	}
	return nil
}

// count counts the facts that are new: those beyond what the record, or the
// group it belongs to, has ever given to the counters or showed before. The
// record's ledger takes them up. found: it was not held before.
func (c *change) count(ledger desk.Ledger, before, after []kpi.Contribution, found bool, r heldAt) {
	h := r.held
	own := slices.Grow(slices.Clone(h.Counted), ticketFacts)
	note := func(fact uint8, n uint32) {
		c.counts[fact].known += n
		own.Add(fact, n)
	}
	for _, e := range ledger {
		c.counts[e.Fact].known = e.N
	}
	for of := range facts(before) {
		c.counts[of.Fact].before++
	}
	for of := range facts(before) {
		// Facts from before the measure existed: nobody counted them, nor does
		// anybody now.
		if n := &c.counts[of.Fact]; n.before > n.known {
			note(of.Fact, n.before-n.known)
		}
	}
	var leftOut []kpi.Contribution
	for of := range facts(knownFirst(h, before, after)) {
		n := &c.counts[of.Fact]
		if n.after++; n.after <= n.known {
			continue
		}
		note(of.Fact, 1)
		if found && c.isPast(of, h) {
			leftOut = append(leftOut, of)
		} else {
			c.fact(of, dateOf(of, h), r.key)
		}
	}
	c.countReturn(leftOut, r.key)
	h.Counted = own
	c.clearCounts(ledger, before, after)
}

// isPast reports whether a fact lies before the source's horizon.
func (c *change) isPast(of kpi.Contribution, h *desk.Held) bool {
	return dateOf(of, h).Before(c.state.Horizon)
}

// dateOf is when a fact of a record happened; one that nobody dated lies where
// the record begins.
func dateOf(of kpi.Contribution, h *desk.Held) time.Time {
	if t, ok := h.Body.(*desk.Ticket); ok && of.At.IsZero() {
		return t.CreatedAt
	}
	return of.At
}

// facts yields the contributions that counters count.
func facts(list []kpi.Contribution) iter.Seq[kpi.Contribution] {
	return func(yield func(kpi.Contribution) bool) {
		for _, of := range list {
			if of.Feeds&kpi.FeedTotal != 0 && !yield(of) {
				return
			}
		}
	}
}

func (c *change) clearCounts(ledger desk.Ledger, before, after []kpi.Contribution) {
	for _, e := range ledger {
		c.counts[e.Fact] = counts{}
	}
	for _, list := range [...][]kpi.Contribution{before, after} {
		for _, of := range list {
			c.counts[of.Fact] = counts{}
		}
	}
}

// countReturn keeps the flows in step with the stock: what was left out of a
// ticket lies before the horizon, where it was finished, or it would still be
// held. If that leaves it open, it has been reopened since, and nobody said so.
func (c *change) countReturn(leftOut []kpi.Contribution, key journal.Key) {
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
		began := opened.At
		opened.Measure, opened.At = kpi.TicketsReopened, time.Time{}
		c.fact(opened, began, key)
	}
}

// fact counts one fact of a record. What a first sync finds is history: it goes to the
// counters only where the source says so and the desk has none to jump.
func (c *change) fact(of kpi.Contribution, date time.Time, key journal.Key) {
	l := c.leafOf(of)
	epoch := c.epochs[l.measure.Kind]
	news := !c.history || epoch.Founded && c.isNew(date)
	switch {
	case news:
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
	if news && c.book.Exemplars {
		c.exemplify(total, of, key)
	}
}

// isNew reports whether something in the first drop of a folder happened after
// the folder was found empty: then it is no history that came late.
func (c *change) isNew(date time.Time) bool {
	return !c.state.Empty.IsZero() && date.After(c.state.Empty)
}
