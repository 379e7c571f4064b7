package book

import (
	"container/heap"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/journal"
	"helpdesk_exporter/kpi"
	"helpdesk_exporter/tally"
)

// The slots that a window is divided into: the counts and sums finely, the
// distributions coarsely, for they take more room.
const (
	windowSlots = 288
	spreadSlots = 24
)

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
}

func newKindBook(epoch journal.Epoch, windows []kpi.Window) *kindBook {
	k := &kindBook{epoch: epoch}
	for _, w := range windows {
		k.windows = append(k.windows, grid{
			window: tally.NewGrid(w.Length, windowSlots),
			spread: tally.NewGrid(w.Length, spreadSlots),
		})
	}
	return k
}

// holdings is what the held records make of a leaf now: all of it can be built
// anew from them.
type holdings struct {
	refs    int64 // contributions that the held records make
	stock   int64
	ages    *tally.Ages
	windows []tally.Window
	spreads []tally.DistributionWindow

	// Of measures that count distinct keys, or hold the newest value.
	distinct []tally.DistinctWindow
	present  *tally.Multiset
	latest   *tally.Latest
}

func newHoldings(m *measure, windows int) *holdings {
	h := &holdings{}
	if m.Aged {
		h.ages = &tally.Ages{}
	}
	switch {
	case m.Distinct && m.Stock:
		h.present = &tally.Multiset{}
	case m.Distinct:
		h.distinct = make([]tally.DistinctWindow, windows)
	case m.Latest:
		h.latest = &tally.Latest{}
	case m.Window:
		h.windows = make([]tally.Window, windows)
	}
	if m.Spread {
		h.spreads = make([]tally.DistributionWindow, windows)
	}
	return h
}

// delta is one contribution that came or went.
type delta struct {
	leaf  *leaf
	sign  int64
	at    time.Time
	value tally.Amount
	key   string
	feeds kpi.Feed
}

// add lets a delta take effect on its leaf's holdings, or on those that are
// being built for it. What is dated after the end of the windows waits and
// enters in time.
func (k *kindBook) add(h *holdings, d delta) {
	h.refs += d.sign
	if d.feeds&kpi.FeedStock != 0 {
		h.stock += d.sign
		switch {
		case h.ages != nil:
			if !d.at.IsZero() {
				h.ages.Add(d.sign, d.at.UnixNano())
			}
		case h.present != nil:
			h.present.Add(d.sign, d.key)
		case h.latest != nil:
			h.latest.Add(d.at.UnixNano(), d.sign, d.value)
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

// enter puts a delta into the windows that reach back to it.
func (k *kindBook) enter(h *holdings, d delta) {
	for i := range k.windows {
		g := &k.windows[i]
		if slot := g.window.Slot(d.at); slot >= g.firstWindow {
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
