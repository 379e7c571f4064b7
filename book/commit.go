package book

import (
	"fmt"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/journal"
	"helpdesk_exporter/kpi"
	"helpdesk_exporter/sources"
	"helpdesk_exporter/tally"
)

// Cursor returns up to where a source has been read.
func (b *Book) Cursor(name string) desk.Cursor {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.sources[name].state.Cursor
}

// Commit takes in one page of a source, read at now. When it returns an error,
// nothing of the page counts.
func (b *Book) Commit(name string, page desk.Page, now time.Time) error {
	b.writer.Lock()
	defer b.writer.Unlock()
	c := b.newChange(b.sources[name], now)
	err := b.Journal.Update(func(tx *journal.Tx) error {
		for _, r := range page.Records {
			if err := c.record(tx, r); err != nil {
				return fmt.Errorf("%s %q: %w", r.Body.Kind(), r.ID, err)
			}
		}
		return c.finish(tx, page)
	})
	if err != nil {
		c.admissions.forget()
		return fmt.Errorf("source %q: keep a page: %w", name, err)
	}
	if regressed := b.apply(c); regressed {
		return b.rebuild(now)
	}
	return nil
}

// change is what one page does to the figures, until it is safe on disk.
type change struct {
	admissions
	source *source
	state  journal.Source
	now    time.Time
	deltas []delta
	totals map[*leaf]*tally.Total
	epochs map[desk.Kind]journal.Epoch
	lags   []time.Duration

	before, after *kpi.Contributions
	counts        [256]struct{ before, after uint32 }
	expired       map[desk.Kind]int
}

func (b *Book) newChange(s *source, now time.Time) *change {
	c := &change{
		admissions: admissions{book: b},
		source:     s, state: s.state, now: now,
		totals: map[*leaf]*tally.Total{}, epochs: map[desk.Kind]journal.Epoch{}, expired: map[desk.Kind]int{},
		before: b.Catalogue.NewContributions(), after: b.Catalogue.NewContributions(),
	}
	for _, kind := range s.Feeds {
		c.epochs[kind] = s.book.kind(kind).epoch
	}
	return c
}

// record merges one reported state into what is held.
func (c *change) record(tx *journal.Tx, r desk.Record) error {
	key := journal.Key{Source: c.state.Number, Kind: r.Body.Kind(), ID: r.ID}
	if !c.source.feeds(key.Kind) {
		return fmt.Errorf("the source does not say that it brings records of this kind")
	}
	old, err := tx.Record(key)
	if err != nil {
		return err
	}
	merged := desk.Merge(old, r)
	switch {
	case old == nil && c.isExpired(merged):
		c.expired[key.Kind]++
		return nil
	case old != nil && tx.Unchanged(key, merged):
		return nil
	}
	if err := c.swap(tx, key, old, merged); err != nil {
		return err
	}
	return tx.PutRecord(key, merged)
}

// isExpired reports whether all that a record tells lies before the source's
// horizon. What is still open never does.
func (c *change) isExpired(h *desk.Held) bool {
	if c.state.Horizon.IsZero() || !h.Newest().Before(c.state.Horizon) {
		return false
	}
	newest := h.States[len(h.States)-1]
	return h.Deleted || h.Body.Kind() != desk.KindTicket || newest.Status.Finished() || newest.Status.Withdrawn()
}

// swap replaces a held record: nil stands for one that is not held. Whatever
// the record and those that belong to it gave before is taken back, what they
// give now is added, and facts that are new are counted.
func (c *change) swap(tx *journal.Tx, key journal.Key, old, new *desk.Held) error {
	c.before.Reset()
	c.after.Reset()
	ledger, err := c.contribute(tx, key, old, new)
	if err != nil {
		return err
	}
	if new != nil {
		c.count(ledger, old, new)
	}
	for _, of := range c.before.List() {
		c.move(of, -1)
	}
	for _, of := range c.after.List() {
		c.move(of, 1)
	}
	return nil
}

// contribute collects what the record and those that belong to it contribute
// before and after the change. It returns the ledger of all of them.
func (c *change) contribute(tx *journal.Tx, key journal.Key, old, new *desk.Held) (desk.Ledger, error) {
	var ledger desk.Ledger
	if old != nil {
		ledger = old.Counted
	}
	switch key.Kind {
	case desk.KindTicket:
		c.before.Add(kpi.Group{Record: old})
		c.after.Add(kpi.Group{Record: new})
		return ledger, c.answersTo(tx, key, old, new)
	case desk.KindSurvey:
		return ledger, c.answer(tx, key, old, new)
	default:
		return c.legs(tx, key, old, new, ledger)
	}
}

// answersTo collects the surveys that speak of a ticket, with the ticket as it
// was and as it is.
func (c *change) answersTo(tx *journal.Tx, key journal.Key, old, new *desk.Held) error {
	if !c.source.book.joined {
		return nil
	}
	for _, member := range tx.Members(key) {
		survey, err := tx.Record(member)
		if err != nil {
			return err
		}
		c.before.Add(kpi.Group{Record: survey, Ticket: old})
		c.after.Add(kpi.Group{Record: survey, Ticket: new})
	}
	return nil
}

// answer collects a survey with the ticket that it speaks of.
func (c *change) answer(tx *journal.Tx, key journal.Key, old, new *desk.Held) error {
	for _, side := range []struct {
		held *desk.Held
		to   *kpi.Contributions
		note func(group, member journal.Key) error
	}{{old, c.before, tx.Leave}, {new, c.after, tx.Join}} {
		ticket, err := c.source.ticketOf(tx, side.held)
		if err != nil {
			return err
		}
		side.to.Add(kpi.Group{Record: side.held, Ticket: ticket})
		if group, ok := c.source.ticketKey(side.held); ok {
			if err := side.note(group, key); err != nil {
				return err
			}
		}
	}
	return nil
}

// ticketKey returns the key of the ticket that a survey speaks of.
func (s *source) ticketKey(survey *desk.Held) (journal.Key, bool) {
	if survey == nil || s.tickets == 0 {
		return journal.Key{}, false
	}
	id := survey.Body.(*desk.Survey).Ticket
	return journal.Key{Source: s.tickets, Kind: desk.KindTicket, ID: id}, id != ""
}

func (s *source) ticketOf(tx *journal.Tx, survey *desk.Held) (*desk.Held, error) {
	key, ok := s.ticketKey(survey)
	if !ok {
		return nil, nil
	}
	return tx.Record(key)
}

// legs collects a call together with the other legs of its contact.
func (c *change) legs(tx *journal.Tx, key journal.Key, old, new *desk.Held, ledger desk.Ledger) (desk.Ledger, error) {
	oldGroup, hadGroup := contactKey(key, old)
	newGroup, hasGroup := contactKey(key, new)
	others, held, err := others(tx, newGroup, hasGroup, key)
	if err != nil {
		return nil, err
	}
	if hasGroup {
		for _, e := range held {
			ledger = ledger.With(e.Fact, ledger.Of(e.Fact)+e.N)
		}
		if err := tx.Join(newGroup, key); err != nil {
			return nil, err
		}
	}
	if hadGroup && hasGroup && oldGroup == newGroup {
		c.before.Add(contactOf(old, others))
		c.after.Add(contactOf(new, others))
		return ledger, nil
	}
	// The call moves from one contact to another, or comes or goes: what
	// remains of the old contact stands without it, what was in the new one
	// stood without it.
	if hadGroup {
		left, _, err := othersOf(tx, oldGroup, key)
		if err != nil {
			return nil, err
		}
		if err := tx.Leave(oldGroup, key); err != nil {
			return nil, err
		}
		c.before.Add(contactOf(old, left))
		c.after.Add(contactOf(nil, left))
	} else {
		c.before.Add(contactOf(old, nil))
	}
	c.before.Add(contactOf(nil, others))
	c.after.Add(contactOf(new, others))
	return ledger, nil
}

func others(tx *journal.Tx, of journal.Key, is bool, but journal.Key) ([]*desk.Held, desk.Ledger, error) {
	if !is {
		return nil, nil, nil
	}
	return othersOf(tx, of, but)
}

// contactOf makes a contact of a call and the other legs; without the call the
// first of them stands for it.
func contactOf(call *desk.Held, others []*desk.Held) kpi.Group {
	if call == nil && len(others) > 0 {
		// Its own exclusion, were it deleted, does not change.
		return kpi.Group{Record: others[0], Legs: others[1:]}
	}
	return kpi.Group{Record: call, Legs: others}
}

// contactKey returns the key under which the legs of a call's contact find each
// other.
func contactKey(key journal.Key, call *desk.Held) (journal.Key, bool) {
	if call == nil {
		return journal.Key{}, false
	}
	contact := call.Body.(*desk.Call).Contact
	return journal.Key{Source: key.Source, Kind: key.Kind, ID: contact}, contact != ""
}

// othersOf returns the members of a contact but one, and what they have given
// to the counters.
func othersOf(tx *journal.Tx, of, but journal.Key) ([]*desk.Held, desk.Ledger, error) {
	var legs []*desk.Held
	var ledger desk.Ledger
	for _, member := range tx.Members(of) {
		if member == but {
			continue
		}
		leg, err := tx.Record(member)
		if err != nil {
			return nil, nil, err
		}
		for _, e := range leg.Counted {
			ledger = ledger.With(e.Fact, ledger.Of(e.Fact)+e.N)
		}
		legs = append(legs, leg)
	}
	return legs, ledger, nil
}

// count counts the facts that are new: those beyond what the record, or the
// group it belongs to, has ever given or showed before. The new record's ledger
// takes them up.
func (c *change) count(ledger desk.Ledger, old, new *desk.Held) {
	own := new.Counted
	for _, of := range c.before.List() {
		if of.Feeds&kpi.FeedTotal != 0 {
			c.counts[of.Measure].before++
		}
	}
	for _, of := range c.after.List() {
		if of.Feeds&kpi.FeedTotal == 0 {
			continue
		}
		n := &c.counts[of.Measure]
		if n.after++; n.after > max(n.before, ledger.Of(uint8(of.Measure))) {
			own = own.With(uint8(of.Measure), own.Of(uint8(of.Measure))+1)
			c.fact(of, old == nil)
		}
	}
	for _, list := range [][]kpi.Contribution{c.before.List(), c.after.List()} {
		for _, of := range list {
			c.counts[of.Measure].before, c.counts[of.Measure].after = 0, 0
		}
	}
	new.Counted = own
}

// fact counts one fact. What a first sync finds is history: it goes to the
// counters only where the source says so and the desk has none to jump. What
// lies before the horizon of a record that was not held was counted in its day.
func (c *change) fact(of kpi.Contribution, isNew bool) {
	m := c.source.book.byID[of.Measure]
	epoch := c.epochs[m.Kind]
	l := c.leaf(c.source.book, m, of.Labels, c.birth(epoch))
	if isNew && of.At.Before(c.state.Horizon) {
		return
	}
	if !c.state.Synced {
		if c.source.History != sources.HistoryCounters || epoch.Founded {
			return
		}
		if !of.At.IsZero() && (epoch.Oldest.IsZero() || of.At.Before(epoch.Oldest)) {
			epoch.Oldest = of.At
			c.epochs[m.Kind] = epoch
		}
	} else if !of.At.IsZero() {
		c.lags = append(c.lags, c.now.Sub(of.At))
	}
	total := c.totals[l]
	if total == nil {
		total = l.total.Clone()
		c.totals[l] = total
	}
	total.Observe(of.Value, m.bounds)
}

// birth is the start timestamp of a series that begins now: the poll before its
// first fact, or, before the counters show at all, whatever the epoch begins
// with.
func (c *change) birth(epoch journal.Epoch) time.Time {
	switch {
	case !epoch.Founded:
		return time.Time{}
	case c.state.LastPoll.IsZero():
		return c.now
	default:
		return c.state.LastPoll
	}
}

// move notes that a contribution comes or goes.
func (c *change) move(of kpi.Contribution, sign int64) {
	if of.Feeds&(kpi.FeedWindow|kpi.FeedStock) == 0 {
		return
	}
	m := c.source.book.byID[of.Measure]
	l := c.leaf(c.source.book, m, of.Labels, c.birth(c.epochs[m.Kind]))
	c.deltas = append(c.deltas, delta{leaf: l, sign: sign, at: of.At, value: of.Value, feeds: of.Feeds})
}

// finish notes how far the source has been read, and lets the counters of its
// kinds begin when that was the last to wait for.
func (c *change) finish(tx *journal.Tx, page desk.Page) error {
	s := &c.state
	s.Cursor = page.Cursor
	if page.AsOf.After(s.AsOf) {
		s.AsOf = page.AsOf
	}
	for _, r := range page.Records {
		if at := r.Body.Newest(); at.After(s.LastEvent) {
			s.LastEvent = at
		}
	}
	if len(page.Records) > 0 {
		s.LastNews = c.now
	}
	s.LastSuccess = c.now
	if !page.More {
		s.Synced, s.LastPoll = true, c.now
		c.found()
		if err := c.forget(tx); err != nil {
			return err
		}
	}
	if err := tx.PutSource(*s); err != nil {
		return err
	}
	for kind, epoch := range c.epochs {
		if epoch != c.source.book.kind(kind).epoch {
			if err := tx.PutEpoch(epoch); err != nil {
				return err
			}
		}
	}
	return c.keep(tx)
}

// keep writes the label sets that are new and the totals that moved.
func (c *change) keep(tx *journal.Tx) error {
	if err := c.admissions.keep(tx); err != nil {
		return err
	}
	for l, total := range c.totals {
		if err := putSeries(tx, c.source.book, l, total); err != nil {
			return err
		}
	}
	return nil
}

// found begins the counters of each kind for which every source has completed
// its first sync. A source that has failed for longer than it may is not
// waited for.
func (c *change) found() {
	for kind, epoch := range c.epochs {
		if epoch.Founded || !c.allSynced(kind) {
			continue
		}
		epoch.Founded, epoch.Start = true, c.now
		if !epoch.Oldest.IsZero() {
			epoch.Start = epoch.Oldest
		}
		c.epochs[kind] = epoch
	}
}

func (c *change) allSynced(kind desk.Kind) bool {
	for _, s := range c.source.book.sources {
		given := s == c.source || s.state.Synced || c.now.Sub(c.book.Now) > s.StaleAfter
		if s.feeds(kind) && !given {
			return false
		}
	}
	return true
}

// apply lets a change take effect that is safe on disk. It reports whether
// windows would have to end earlier than they do, so that they must be built
// anew.
func (b *Book) apply(c *change) (regressed bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	c.show()
	c.source.state = c.state
	c.source.expired = c.expired
	for kind, epoch := range c.epochs {
		c.source.book.kind(kind).epoch = epoch
	}
	for _, kind := range c.source.Feeds {
		k := c.source.book.kind(kind)
		end := c.source.book.endOf(kind, c.now)
		regressed = regressed || end.Before(k.end) && end.Before(c.now)
		k.advance(end)
	}
	for l, total := range c.totals {
		l.total = total
	}
	for _, d := range c.deltas {
		c.source.book.kind(d.leaf.measure.Kind).add(d)
	}
	if b.Lag != nil {
		for _, lag := range c.lags {
			b.Lag(c.source.Desk, c.source.Name, lag)
		}
	}
	return regressed
}
