package book

import (
	"fmt"
	"maps"
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
// nothing of the page counts, but for the rare case that the page is safe and
// the windows could not be built anew: then the page may come again, and does
// not count twice.
func (b *Book) Commit(name string, page desk.Page, now time.Time) error {
	b.writer.Lock()
	defer b.writer.Unlock()
	c := b.newChange(b.sources[name], now)
	if !c.first {
		c.deltas = make([]delta, 0, len(page.Records)*deltasPerRecord)
	}
	err := b.Journal.Update(func(tx *journal.Tx) error {
		for _, r := range page.Records {
			if err := c.record(tx, r); err != nil {
				return fmt.Errorf("%s %q: %w", r.Body.Kind(), r.ID, err)
			}
		}
		if err := c.countAwaited(tx); err != nil {
			return err
		}
		return c.finish(tx, page)
	})
	if err != nil {
		c.forget()
		return fmt.Errorf("source %q: keep a page: %w", name, err)
	}
	var anew *figures
	if c.first && known(&c.state) || b.regresses(c) {
		if anew, err = b.rebuild(now, c); err != nil {
			err = fmt.Errorf("source %q: build windows anew: %w", name, err)
		}
	}
	b.tellOfHistory(c)
	b.apply(c, anew)
	return err
}

// tellOfHistory says so where a history was to go into counters that show
// already: they do not jump.
func (b *Book) tellOfHistory(c *change) {
	if !c.first || !known(&c.state) || c.source.History != sources.HistoryCounters {
		return
	}
	for _, kind := range c.source.kinds {
		if c.source.book.kind(kind).epoch.Founded {
			b.Logger.Info("The desk counts such records already: what the first reading found is in windows and stocks, and not in the counters",
				"desk", c.source.Desk, "source_name", c.source.Name, "kind", kind.String())
		}
	}
}

// change is what one page does to the figures, until it is safe on disk.
type change struct {
	admissions
	source *source
	state  journal.Source
	now    time.Time
	// first says that the source's history is still being read: nothing of it
	// shows, and its windows and stocks are built when it is there as a whole.
	first bool
	// history says that what is found now happened before anything was counted.
	history bool
	deltas  []delta
	dues    map[*source][]dueMove
	// unjudged are the tickets that became unjudged, with the earliest due time,
	// and those that are judged now, without.
	unjudged map[*source]map[string]time.Time
	opened   map[*source]int // tickets, how many more are open
	judged   *journal.Source // another source whose tickets this one's messages have decided about
	totals   map[*leaf]*tally.Total
	epochs   map[desk.Kind]journal.Epoch
	lags     []time.Duration

	before, after collected
	counts        [256]counts // by fact, of the record at hand
	awaited       []awaited   // contacts whose facts are still to be counted
	awaits        map[journal.Key]bool
	expired       map[desk.Kind]int
}

// counts are how many facts of one number are known, and how many a record
// showed before and shows after a change.
type counts struct{ known, before, after uint32 }

// deltasPerRecord is how many contributions a new ticket mostly makes: room for
// a page is taken at once.
const deltasPerRecord = 16

func (b *Book) newChange(s *source, now time.Time) *change {
	c := &change{
		admissions: admissions{book: b},
		source:     s, state: s.state, now: now, first: !known(&s.state), history: !known(&s.state),
		totals: map[*leaf]*tally.Total{}, dues: map[*source][]dueMove{}, opened: map[*source]int{}, unjudged: map[*source]map[string]time.Time{},
		epochs: map[desk.Kind]journal.Epoch{}, expired: map[desk.Kind]int{},
	}
	of := kpi.FeedAny
	if c.first {
		of = kpi.FeedTotal | kpi.FeedDue | kpi.FeedJudged
	}
	c.before, c.after = b.newCollected(of), b.newCollected(of)
	for _, kind := range s.kinds {
		c.epochs[kind] = s.book.kind(kind).epoch
	}
	if s.state.LastSuccess.After(s.state.LastPoll) {
		maps.Copy(c.expired, s.expired) // a page of the same poll came before
	}
	return c
}

// newCollected returns an empty collection, of the record's own contributions
// those that feed any of the given figures.
func (b *Book) newCollected(of kpi.Feed) collected {
	return collected{own: b.Catalogue.NewContributions(of), others: b.Catalogue.NewContributions(kpi.FeedAny)}
}

// finish notes how far the source has been read, and lets the counters of its
// kinds begin when that was the last to wait for.
func (c *change) finish(tx *journal.Tx, page desk.Page) error {
	s := &c.state
	if page.Snapshot != (desk.Origin{}) {
		if err := c.gone(tx, page.Snapshot); err != nil {
			return err
		}
	}
	s.Cursor = page.Cursor
	if page.AsOf.After(s.AsOf) {
		s.AsOf = page.AsOf
	}
	for _, r := range page.Records {
		at := r.Body.Newest()
		if at.After(c.now) {
			at = c.now // the end of a period may lie ahead
		}
		if at.After(s.LastEvent) {
			s.LastEvent = at
		}
	}
	if len(page.Records) > 0 {
		s.LastNews = c.now
	}
	s.LastSuccess = c.now
	if !page.More {
		if s.AsOf.IsZero() && s.Empty.IsZero() {
			s.Empty = c.now
		}
		s.Synced, s.LastPoll = true, c.now
		if err := c.judge(tx); err != nil {
			return err
		}
		c.found()
		if err := c.expire(tx); err != nil {
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
// its first sync. A source that has brought nothing for longer than it may is
// not waited for.
func (c *change) found() {
	if c.state.AsOf.IsZero() {
		return // it has found nothing that the counters could begin with
	}
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
		lastSign := c.book.Now
		if s.state.LastSuccess.After(lastSign) {
			lastSign = s.state.LastSuccess
		}
		given := s == c.source || s.state.Synced || c.now.Sub(lastSign) > s.StaleAfter
		if s.feeds(kind) && !given {
			return false
		}
	}
	return true
}

// regresses reports whether a change lets windows end earlier than they do, so
// that they must be built anew: a second source has completed its first sync
// and is not read as far as the first.
func (b *Book) regresses(c *change) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, kind := range c.source.kinds {
		end := c.source.book.endOf(kind, c.now, c)
		if end.Before(c.source.book.kind(kind).end) && end.Before(c.now) {
			return true
		}
	}
	return false
}

// apply lets a change take effect that is safe on disk. Where windows and
// stocks were built anew, they hold it already.
func (b *Book) apply(c *change, anew *figures) {
	b.mu.Lock()
	defer b.mu.Unlock()
	c.show()
	c.source.state = c.state
	if c.judged != nil {
		b.numbers[c.judged.Number].state = *c.judged
	}
	if c.state.LastNews.Equal(c.now) {
		c.source.expired = c.expired // what the last poll with records brought
	}
	if anew != nil {
		anew.install()
	} else {
		for _, kind := range c.source.kinds {
			c.source.book.kind(kind).advance(c.source.book.endOf(kind, c.now, nil))
		}
		for _, d := range c.deltas {
			c.source.book.kind(d.leaf.measure.Kind).add(d.leaf.holdings, d)
		}
		for s, moves := range c.dues {
			for _, m := range moves {
				s.dues.move(m)
			}
		}
		for s, n := range c.opened {
			s.open += n
		}
		for s, tickets := range c.unjudged {
			s.note(tickets)
		}
	}
	for kind, epoch := range c.epochs {
		c.source.book.kind(kind).epoch = epoch
	}
	for l, total := range c.totals {
		l.total = total
	}
	if b.Lag != nil {
		for _, lag := range c.lags {
			b.Lag(c.source.Desk, c.source.Name, lag)
		}
	}
}
