package book

import (
	"container/heap"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/journal"
	"helpdesk_exporter/kpi"
	"helpdesk_exporter/tally"
)

// spreadSlots is how many slots the windows of distributions are divided into:
// fewer than those of counts and sums, for they take more room.
const spreadSlots = 24

// kindBook is what all figures of one kind of records of a desk share: where
// their windows end and what waits to enter them.
type kindBook struct {
	epoch   journal.Epoch
	end     time.Time // of the windows; only moves forward
	windows []grid
	waiting waitingList
}

// grid is the division of one window, with the first slot that is still in it.
type grid struct {
	window, spread           tally.Grid
	firstWindow, firstSpread int64
	firstBefore              int64 // of the window before the window
}

func newKindBook(epoch journal.Epoch, windows []kpi.Window) *kindBook {
	k := &kindBook{epoch: epoch}
	for _, w := range windows {
		k.windows = append(k.windows, grid{
			window: tally.NewGrid(w.Length, kpi.WindowSlots),
			spread: tally.NewGrid(w.Length, spreadSlots),
		})
	}
	return k
}

// holdings is what the held records make of a leaf now: all of it can be built
// anew from them.
type holdings struct {
	refs    int64 // contributions that the held records make
	stock   tally.Count
	ages    *tally.Ages
	windows []tally.Window
	spreads []tally.DistributionWindow

	*special
}

// special is what only few measures need: those that count distinct keys, hold
// the newest value, count what lasts, let something accrue or know the windows
// before the windows.
type special struct {
	distinct []tally.DistinctWindow
	present  *tally.Multiset
	latest   []tally.Latest // by window, or one for what there is now
	spans    []tally.Spans  // the same
	accruals *tally.Accruals
	before   []tally.Window // with the windows themselves
}

// ordinary is the special part of all measures that need none.
var ordinary special

func newHoldings(m *measure, windows int) *holdings {
	h := &holdings{special: &ordinary}
	if m.Aged {
		h.ages = &tally.Ages{}
	}
	if m.Span || m.Latest || m.Accrues || m.Distinct || m.Before {
		h.special = newSpecial(m, windows)
	}
	if m.counts() {
		h.windows = make([]tally.Window, windows)
	}
	if m.Spread {
		h.spreads = make([]tally.DistributionWindow, windows)
	}
	return h
}

// counts reports whether a measure counts and sums up what happened in its
// windows.
func (m *measure) counts() bool {
	return m.Window && !m.Distinct && !m.Span && !m.Latest && !m.Accrues
}

func newSpecial(m *measure, windows int) *special {
	s := &special{}
	if m.Before {
		s.before = make([]tally.Window, windows)
	}
	lasting := windows
	if m.Stock {
		lasting = 1
	}
	switch {
	case m.Span:
		s.spans = make([]tally.Spans, lasting)
	case m.Latest:
		s.latest = make([]tally.Latest, lasting)
	case m.Accrues:
		s.accruals = &tally.Accruals{}
	case m.Distinct && m.Stock:
		s.present = &tally.Multiset{}
	case m.Distinct:
		s.distinct = make([]tally.DistinctWindow, windows)
	}
	return s
}

// delta is one contribution that came or went.
type delta struct {
	leaf   *leaf
	sign   int64
	at     time.Time
	until  time.Time
	window uint8
	value  tally.Amount
	key    string
	feeds  kpi.Feed
}

func deltaOf(l *leaf, of kpi.Contribution, sign int64) delta {
	return delta{
		leaf: l, sign: sign, at: of.At, until: of.Until, window: of.Window, value: of.Value, key: of.Key, feeds: of.Feeds,
	}
}

// add lets a delta take effect on its leaf's holdings, or on those that are
// being built for it. What is dated after the end of the windows waits and
// enters in time.
func (k *kindBook) add(h *holdings, d delta) {
	h.refs += d.sign
	switch {
	case h.spans != nil:
		k.span(h, d)
		return
	case h.accruals != nil:
		h.accruals.Add(d.at.UnixNano(), d.until.UnixNano(), d.sign, d.value)
		return
	case h.latest != nil:
		h.hold(d)
		return
	}
	if d.feeds&kpi.FeedStock != 0 {
		h.stock.Add(d.sign, d.value)
		switch {
		case h.ages != nil:
			if !d.at.IsZero() {
				h.ages.Add(d.sign, d.at.UnixNano())
			}
		case h.present != nil:
			h.present.Add(d.sign, d.key)
		}
	}
	if d.feeds&kpi.FeedWindow == 0 || d.at.IsZero() {
		return
	}
	if d.at.After(k.end) {
		heap.Push(&k.waiting, d)
		return
	}
	k.enter(h, d)
}

// span adds what holds from an instant until another.
func (k *kindBook) span(h *holdings, d delta) {
	for i := range h.spans {
		if d.window != 0 && int(d.window) != i+1 {
			continue
		}
		s := &h.spans[i]
		s.Advance(k.end.UnixNano())
		s.Begin(d.at.UnixNano(), d.sign, d.value)
		if !d.until.IsZero() {
			s.End(d.until.UnixNano(), d.sign, d.value)
		}
	}
}

// hold adds a value of which the newest holds.
func (h *holdings) hold(d delta) {
	for i := range h.latest {
		if d.window == 0 || int(d.window) == i+1 {
			h.latest[i].Add(d.at.UnixNano(), d.sign, d.value)
		}
	}
}

// enter puts a delta into the windows that reach back to it.
func (k *kindBook) enter(h *holdings, d delta) {
	for i := range k.windows {
		g := &k.windows[i]
		slot := g.window.Slot(d.at)
		if h.before != nil && slot >= g.firstBefore {
			h.before[i].Add(slot, d.sign, d.value)
		}
		if slot >= g.firstWindow {
			if h.distinct != nil {
				h.distinct[i].Add(slot, d.sign, d.key)
			} else {
				h.windows[i].Add(slot, d.sign, d.value)
			}
		}
		if h.spreads == nil {
			continue
		}
		if slot := g.spread.Slot(d.at); slot >= g.firstSpread {
			h.spreads[i].Add(slot, d.sign, d.value)
		}
	}
}

// advance moves the end of the windows forward.
func (k *kindBook) advance(end time.Time) {
	if !end.After(k.end) {
		return
	}
	k.end = end
	for i := range k.windows {
		g := &k.windows[i]
		g.firstWindow, g.firstSpread = g.window.First(end), g.spread.First(end)
		g.firstBefore = g.firstWindow - g.window.Parts()
	}
	for len(k.waiting) > 0 && !k.waiting[0].at.After(end) {
		d := heap.Pop(&k.waiting).(delta)
		k.enter(d.leaf.holdings, d)
	}
}

// settle lets what has become too old leave the windows of a leaf.
func (k *kindBook) settle(l *leaf) {
	for i := range l.windows {
		l.windows[i].Advance(k.windows[i].firstWindow)
	}
	for i := range l.before {
		l.before[i].Advance(k.windows[i].firstBefore)
	}
	for i := range l.spans {
		l.spans[i].Advance(k.end.UnixNano())
	}
	for i := range l.distinct {
		l.distinct[i].Advance(k.windows[i].firstWindow)
	}
	for i := range l.spreads {
		l.spreads[i].Advance(k.windows[i].firstSpread)
	}
}

// endOf returns where the windows of a kind of records end: at the least
// instant up to which the sources that feed it are complete, and never ahead of
// the clock. Before any first sync is complete it is as far as has been read.
// A change that is about to take effect, nil for none, speaks for its source.
func (d *deskBook) endOf(kind desk.Kind, now time.Time, c *change) time.Time {
	var least, most time.Time
	for _, s := range d.sources {
		state := &s.state
		if c != nil && c.source == s {
			state = &c.state
		}
		asOf := state.AsOf
		if !known(state) && state.LastEvent.After(asOf) {
			// A source tells how far it is complete when it has read all; until
			// then nothing must wait to enter windows that nobody sees.
			asOf = state.LastEvent
		}
		if !s.feeds(kind) || asOf.IsZero() {
			continue
		}
		if asOf.After(most) {
			most = asOf
		}
		if known(state) && (least.IsZero() || asOf.Before(least)) {
			least = asOf
		}
	}
	if least.IsZero() {
		least = most
	}
	if least.After(now) {
		return now
	}
	return least
}

// known reports whether a source's history is known. A folder whose first drop
// is still to come, or that is not mounted yet, is synced and tells nothing of
// how far it is complete: what it brings then is its history.
func known(s *journal.Source) bool { return s.Synced && !s.AsOf.IsZero() }

// waitingList is a heap of deltas, the earliest first; it implements
// [heap.Interface].
type waitingList []delta

func (w waitingList) Len() int           { return len(w) }
func (w waitingList) Less(i, j int) bool { return w[i].at.Before(w[j].at) }
func (w waitingList) Swap(i, j int)      { w[i], w[j] = w[j], w[i] }
func (w *waitingList) Push(d any)        { *w = append(*w, d.(delta)) }
func (w *waitingList) Pop() any {
	last := len(*w) - 1
	d := (*w)[last]
	(*w)[last] = delta{}
	*w = (*w)[:last]
	return d
}
