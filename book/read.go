package book

import (
	"slices"
	"strings"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/kpi"
	"helpdesk_exporter/tally"
)

// Reader takes the figures of one scrape. The slices it is handed are read
// only, the totals belong to it for the call.
type Reader interface {
	Total(m *kpi.Measure, at Place, start time.Time, total *tally.Total)
	Window(v *kpi.WindowView, at Place, window string, value float64)
	Best(v *kpi.BestView, at Place, window string, value float64)
	Quantile(v *kpi.QuantileView, at Place, window string, q, value float64)
	Stock(v *kpi.StockView, at Place, f kpi.Figure)
}

// Place is where a figure stands: its desk, the values of its measure's
// labels, and for a pooled figure the level.
type Place struct {
	Desk   string
	Labels []string
	By     string
}

// Read hands all figures of now to r. Counters show once the first syncs are
// complete, for good; gauges only while every source that they rest on is
// complete and fresh.
func (b *Book) Read(now time.Time, r Reader) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, d := range b.sortedDesks() {
		for kind, k := range d.kinds {
			k.advance(d.endOf(kind, now, nil))
		}
		s := &scrape{book: b, desk: d, now: now, r: r}
		for _, m := range d.measures {
			s.totals(m)
			s.pool(m)
		}
		for i := range b.Catalogue.Views {
			s.window(&b.Catalogue.Views[i])
		}
		for i := range b.Catalogue.Bests {
			s.best(&b.Catalogue.Bests[i])
		}
		for i := range b.Catalogue.Spreads {
			s.quantiles(&b.Catalogue.Spreads[i])
		}
		for i := range b.Catalogue.Stocks {
			s.stock(&b.Catalogue.Stocks[i])
		}
	}
}

// scrape is one reading of one desk.
type scrape struct {
	book *Book
	desk *deskBook
	now  time.Time
	r    Reader
}

// gauges reports whether the gauges of a measure may show.
func (s *scrape) gauges(m *measure) bool {
	return s.fresh(m.Kind) && (m.Joins == 0 || !s.desk.fed(m.Joins) || s.fresh(m.Joins))
}

// fresh reports whether there are sources of a kind, and each is known and not
// out of date.
func (s *scrape) fresh(kind desk.Kind) bool {
	fed := false
	for _, src := range s.desk.sources {
		if !src.feeds(kind) {
			continue
		}
		if !src.state.Synced || src.reading() || src.stale(s.now) {
			return false
		}
		fed = true
	}
	return fed
}

func (s *scrape) totals(m *measure) {
	epoch := s.desk.kind(m.Kind).epoch
	if m.Measure.Total == nil || !epoch.Founded {
		return
	}
	for _, l := range m.shown {
		start := l.start
		if start.IsZero() {
			start = epoch.Start
		}
		s.r.Total(m.Measure, Place{Desk: s.desk.name, Labels: l.labels}, start, l.total)
	}
}

// pool adds up what a measure's leaves hold at each level.
func (s *scrape) pool(m *measure) {
	if !s.gauges(m) {
		return
	}
	windows := len(s.book.Catalogue.Windows)
	for _, g := range m.groups {
		g.refs = 0
		g.counts = append(g.counts[:0], make([]tally.Count, windows)...)
		if m.Before {
			g.before = append(g.before[:0], make([]tally.Count, windows)...)
		}
		g.spreads = append(g.spreads[:0], make([]tally.Distribution, windows)...)
	}
	k := s.desk.kind(m.Kind)
	for _, l := range m.shown {
		k.settle(l)
		if l.mixed && l.apart() {
			continue // who did several of the things that it mixes is several in it
		}
		for _, g := range l.groups {
			g.refs += l.refs
			for i := range g.counts {
				g.counts[i].Merge(l.count(k, i))
			}
			for i := range l.before {
				g.before[i].Merge(l.countBefore(i))
			}
			for i := range l.spreads {
				g.spreads[i].Merge(l.spreads[i].Total(), 1)
			}
		}
	}
	if m.Distinct && m.Window {
		m.distinguish()
	}
}

// apart reports whether a leaf is one of the parts that its measure tells apart.
func (l *leaf) apart() bool {
	return l.labels[slices.Index(l.measure.Labels(), l.measure.Apart)] != ""
}

// count returns what a leaf comes to in the i-th window. What is there now
// counts in each of them.
func (l *leaf) count(k *kindBook, i int) tally.Count {
	switch {
	case l.windows != nil:
		return l.windows[i].Total()
	case l.measure.Stock:
		return l.stockCount()
	case l.spans != nil:
		return l.spans[i].Total()
	case l.accruals != nil:
		return l.accruals.Within(k.windows[i].window.Begin(k.end).UnixNano(), k.end.UnixNano())
	case l.latest != nil:
		c, _ := l.latest[i].At(k.end.UnixNano())
		return c
	default:
		return tally.Count{}
	}
}

// stockCount returns what there is now of a leaf.
func (l *leaf) stockCount() tally.Count {
	if l.spans != nil {
		return l.spans[0].Total()
	}
	return l.stock
}

// countBefore returns what a leaf comes to in the window before the i-th one.
func (l *leaf) countBefore(i int) tally.Count {
	c, now := l.before[i].Total(), l.windows[i].Total()
	c.N -= now.N
	c.Sum.Less(now.Sum)
	return c
}

// distinguish counts the distinct keys of each group, which do not add up.
func (m *measure) distinguish() {
	for _, g := range m.groups {
		for i := range g.counts {
			keys := map[string]struct{}{}
			for _, l := range g.leaves {
				l.distinct[i].Union(keys)
			}
			g.counts[i] = tally.Count{N: int64(len(keys))}
		}
	}
}

// window shows a family over the trailing windows.
func (s *scrape) window(v *kpi.WindowView) {
	if v.Seen != 0 && !s.desk.byID[v.Seen].told() {
		return
	}
	for _, id := range v.Of {
		if !s.gauges(s.desk.byID[id]) {
			return
		}
	}
	counts := make([]tally.Count, len(v.Of), 2*len(v.Of))
	first := s.desk.byID[v.Of[0]]
	exposed := first.exposed(v.Fewest)
	for _, g := range first.groups {
		if !g.visible() || v.Whole && g.by == everything {
			continue
		}
		beside := s.beside(v, g)
		for i, w := range s.book.Catalogue.Windows {
			if v.Before && s.book.Retention < 2*w.Length {
				continue
			}
			if len(exposed) > 0 && exposed[slice{g.by, first.identityOf(g), i}] {
				continue
			}
			counts[0] = g.counts[i]
			for j, also := range beside {
				counts[j+1] = tally.Count{}
				if also != nil {
					counts[j+1] = also.counts[i]
				}
			}
			if v.Before {
				counts = appendBefore(counts[:len(v.Of)], i, g, beside)
			}
			if value, ok := figure(v, g.labels, counts, w.Length); ok {
				s.r.Window(v, s.place(g), w.Name, value)
			}
		}
	}
}

// appendBefore appends what groups come to in the window before the i-th one.
func appendBefore(counts []tally.Count, i int, g *group, beside []*group) []tally.Count {
	counts = append(counts, g.before[i])
	for _, also := range beside {
		var c tally.Count
		if also != nil {
			c = also.before[i]
		}
		counts = append(counts, c)
	}
	return counts
}

func figure(v *kpi.WindowView, labels []string, counts []tally.Count, window time.Duration) (float64, bool) {
	if v.ValueAt != nil {
		return v.ValueAt(labels, counts)
	}
	return v.Value(counts, window)
}

// slice is one level of one identity in one window.
type slice struct {
	by, identity string
	window       int
}

// exposed returns the slices of which a part has so few contributions that one
// could tell whose they are.
func (m *measure) exposed(fewest int64) map[slice]bool {
	if fewest == 0 {
		return nil
	}
	exposed := map[slice]bool{}
	for _, g := range m.groups {
		for i, c := range g.counts {
			if c.N > 0 && c.N < fewest {
				exposed[slice{g.by, m.identityOf(g), i}] = true
			}
		}
	}
	return exposed
}

// identityOf returns the values of a group's identity labels in one text.
func (m *measure) identityOf(g *group) string {
	return string(appendLeafKey(nil, g.labels[:len(m.Identity)]))
}

// told reports whether any held record contributes to the measure.
func (m *measure) told() bool {
	return slices.ContainsFunc(m.shown, func(l *leaf) bool { return l.refs > 0 })
}

// beside returns the groups of the view's further measures that go with one of
// the first.
func (s *scrape) beside(v *kpi.WindowView, g *group) []*group {
	groups := make([]*group, 0, len(v.Of)-1)
	for j, id := range v.Of[1:] {
		groups = append(groups, s.desk.byID[id].like(s.desk.byID[v.Of[0]], g, v.Whole && j == len(v.Of)-2))
	}
	return groups
}

// best shows which value of a label does best.
func (s *scrape) best(v *kpi.BestView) {
	m := s.desk.byID[v.Of]
	if !s.gauges(m) {
		return
	}
	over := slices.Index(m.Labels(), v.Over)
	rivals := map[string][]*group{}
	for _, g := range m.groups {
		if g.visible() && g.labels[over] != "" {
			key := string(appendLeafKey([]byte(g.by), without(g.labels, over)))
			rivals[key] = append(rivals[key], g)
		}
	}
	for _, groups := range rivals {
		slices.SortFunc(groups, func(x, y *group) int { return strings.Compare(x.labels[over], y.labels[over]) })
		values, counts := make([]string, len(groups)), make([]tally.Count, len(groups))
		for i, w := range s.book.Catalogue.Windows {
			for j, g := range groups {
				values[j], counts[j] = g.labels[over], g.counts[i]
			}
			if value, ok := v.Best(values, counts); ok {
				s.r.Best(v, Place{Desk: s.desk.name, Labels: without(groups[0].labels, over), By: groups[0].by}, w.Name, value)
			}
		}
	}
}

// without returns labels but for the one at an index.
func without(labels []string, at int) []string {
	return slices.Concat(labels[:at], labels[at+1:])
}

func (s *scrape) place(g *group) Place {
	return Place{Desk: s.desk.name, Labels: g.labels, By: g.by}
}

func (s *scrape) quantiles(v *kpi.QuantileView) {
	m := s.desk.byID[v.Of]
	if !s.gauges(m) {
		return
	}
	least := int64(max(s.book.Catalogue.MinSample, 1))
	waits := s.waiting(v)
	for key, g := range m.groups {
		waiting := waits[key]
		for i, w := range s.book.Catalogue.Windows {
			if g.spreads[i].N() < least {
				continue
			}
			for _, q := range kpi.Quantiles() {
				value, ok := quantile(v, g.spreads[i], waiting, q)
				if ok {
					s.r.Quantile(v, s.place(g), w.Name, q, value)
				}
			}
		}
	}
}

func quantile(v *kpi.QuantileView, d, waiting tally.Distribution, q float64) (float64, bool) {
	if v.Waiting == 0 {
		return d.Quantile(q)
	}
	return d.CensoredQuantile(q, waiting)
}

// waiting is how long those have waited that a censored quantile counts, by the
// key of their group.
func (s *scrape) waiting(v *kpi.QuantileView) map[string]tally.Distribution {
	if v.Waiting == 0 {
		return nil
	}
	m := s.desk.byID[v.Waiting]
	ofLeaf := make(map[*leaf]tally.Distribution, len(m.shown))
	for _, l := range m.shown {
		var d tally.Distribution
		l.ages.Since(s.now.UnixNano(), &d)
		ofLeaf[l] = d
	}
	waits := make(map[string]tally.Distribution, len(m.groups))
	for key, g := range m.groups {
		var d tally.Distribution
		for _, l := range g.leaves {
			d.Merge(ofLeaf[l], 1)
		}
		waits[key] = d
	}
	return waits
}

func (s *scrape) stock(v *kpi.StockView) {
	for _, id := range v.Of {
		m := s.desk.byID[id]
		switch {
		case !s.gauges(m):
		case v.ByLevel:
			s.levels(v, m)
		default:
			for _, l := range m.shown {
				if stock, ok := l.now(s.now); ok {
					stock.Until, stock.Per = s.desk.kind(m.Kind).end, s.per(v, l)
					s.figures(v, Place{Desk: s.desk.name, Labels: l.labels}, stock)
				}
			}
			s.zeros(v, m)
		}
	}
}

// per returns what the stock beside a leaf holds that a family sets it against.
func (s *scrape) per(v *kpi.StockView, l *leaf) tally.Count {
	if v.Per == 0 {
		return tally.Count{}
	}
	beside := s.desk.byID[v.Per].byKey[string(appendLeafKey(nil, l.labels))]
	if beside == nil {
		return tally.Count{}
	}
	return beside.stockCount()
}

// now returns what a leaf holds now, false for nothing.
func (l *leaf) now(now time.Time) (kpi.Stock, bool) {
	switch {
	case l.present != nil: // that nobody is there is news where somebody could be
		return kpi.Stock{N: int64(l.present.Distinct())}, l.refs > 0
	case l.latest != nil:
		latest, ok := l.latest[0].At(now.UnixNano())
		return kpi.Stock{Latest: latest}, ok
	case l.spans != nil: // as is that nothing holds
		c := l.stockCount()
		return kpi.Stock{N: c.N, Sum: c.Sum}, l.refs > 0
	default:
		return kpi.Stock{N: l.stock.N, Sum: l.stock.Sum, Ages: l.ages}, l.stock.N != 0
	}
}

// zeros shows nothing as 0 for the label sets that have records.
func (s *scrape) zeros(v *kpi.StockView, m *measure) {
	if v.ZeroOf == 0 {
		return
	}
	identities := v.Zeros
	if identities == nil {
		identities = [][]string{nil}
	}
	for _, known := range s.desk.byID[v.ZeroOf].shown {
		if known.refs == 0 {
			continue
		}
		for _, identity := range identities {
			labels := append(append([]string(nil), identity...), known.labels...)
			if l := m.byKey[string(appendLeafKey(nil, labels))]; l == nil || l.stockCount().N == 0 {
				s.figures(v, Place{Desk: s.desk.name, Labels: labels}, kpi.Stock{})
			}
		}
	}
}

// levels shows what does not add up over labels, at each level.
func (s *scrape) levels(v *kpi.StockView, m *measure) {
	for _, g := range m.groups {
		var pooled kpi.Stock
		for _, l := range g.leaves {
			c := l.stockCount()
			pooled.N += c.N
			pooled.Sum.Merge(c.Sum)
			if l.ages != nil {
				pooled.Oldest = earlier(pooled.Oldest)(l.ages.Oldest())
				pooled.Next = earlier(pooled.Next)(l.ages.From(s.now.UnixNano()))
			}
		}
		s.figures(v, s.place(g), pooled)
	}
}

// earlier returns the earlier of two instants, of which the second may not be
// there, and the first be zero for none.
func earlier(first time.Time) func(nano int64, ok bool) time.Time {
	return func(nano int64, ok bool) time.Time {
		if second := time.Unix(0, nano); ok && (first.IsZero() || second.Before(first)) {
			return second
		}
		return first
	}
}

func (s *scrape) figures(v *kpi.StockView, at Place, stock kpi.Stock) {
	for _, f := range v.Figures(stock, s.now) {
		s.r.Stock(v, at, f)
	}
}
