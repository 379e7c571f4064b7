package book

import (
	"slices"
	"time"

	"helpdesk_exporter/kpi"
	"helpdesk_exporter/tally"
)

// Trend is how a figure of a whole desk went over the last day.
type Trend struct {
	Desk, Family string
	Identity     map[string]string // the labels that tell it from others of the family
	Q            float64           // of a quantile, else 0
	Start        time.Time         // of the first step
	Step         time.Duration
	Until        time.Time // how far all that happened is known; a step that ends later is not over
	Points       []Point   // one a step, the oldest first
}

// Point is the figure of one step; not known where the step has no sample.
type Point struct {
	Value float64
	Known bool
}

// The steps that a day is told in: as near to an hour as the slots of the
// windows allow. With longer ones than the longest there would be too few.
const (
	trendSpan   = 24 * time.Hour
	trendStep   = time.Hour
	longestStep = 4 * time.Hour
)

// Trends returns how the figures of the given families went over the last day:
// for every step what the family's formula makes of that step alone. They come
// from the slots of the shortest window that reaches back a day, so that they
// agree with it and are there right after a start. There are none where no
// window is that long or the family shows nothing now, none of figures that
// depend on distinct keys, other levels or the labels, and none of those about
// which so few tell that one could see who.
func (b *Book) Trends(now time.Time, families ...string) []Trend {
	window, ok := b.trendWindow()
	if !ok {
		return nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	t := &trending{window: window}
	for _, d := range b.sortedDesks() {
		for kind, k := range d.kinds {
			k.advance(d.endOf(kind, now, nil))
		}
		t.scrape = &scrape{book: b, desk: d, now: now}
		for i := range b.Catalogue.Views {
			if v := &b.Catalogue.Views[i]; slices.Contains(families, v.Name) {
				t.view(v)
			}
		}
		for i := range b.Catalogue.Spreads {
			if v := &b.Catalogue.Spreads[i]; slices.Contains(families, v.Name) {
				t.quantiles(v)
			}
		}
	}
	return t.trends
}

// trendWindow returns the number of the shortest window of at least a day.
func (b *Book) trendWindow() (int, bool) {
	shortest, windows := -1, b.Catalogue.Windows
	for i, w := range windows {
		if w.Length >= trendSpan && (shortest < 0 || w.Length < windows[shortest].Length) {
			shortest = i
		}
	}
	return shortest, shortest >= 0
}

// trending collects trends, those of one desk at a time.
type trending struct {
	*scrape
	window int
	trends []Trend
}

// view adds the trends of a family over the trailing windows.
func (t *trending) view(v *kpi.WindowView) {
	first := t.desk.byID[v.Of[0]]
	if v.Value == nil || v.Whole || v.Fewest > 0 || v.Seen != 0 && !t.desk.byID[v.Seen].told() {
		return
	}
	for _, id := range v.Of {
		if m := t.desk.byID[id]; m.Distinct || m.Kind != first.Kind || !t.gauges(m.Kind) {
			return
		}
	}
	k := t.desk.kind(first.Kind)
	steps, ok := newDaySteps(k.windows[t.window].window, k.windows[t.window].firstWindow, k.end)
	if !ok {
		return
	}
	for _, g := range first.together() {
		counts := [][]tally.Count{t.counts(g, steps)}
		for _, also := range t.beside(v, g) {
			counts = append(counts, t.counts(also, steps))
		}
		trend := t.trend(v.Name, first, g, steps)
		if v.Constant.Name != "" {
			trend.Identity[v.Constant.Name] = v.Constant.Value
		}
		of := make([]tally.Count, len(counts))
		for step := range steps.N {
			for i := range counts {
				of[i] = counts[i][step]
			}
			value, known := v.Value(of, steps.step())
			trend.Points = append(trend.Points, Point{value, known})
		}
		t.trends = append(t.trends, trend)
	}
}

// quantiles adds the trends of a family of quantiles.
func (t *trending) quantiles(v *kpi.QuantileView) {
	m := t.desk.byID[v.Of]
	if v.Waiting != 0 || !t.gauges(m.Kind) {
		return
	}
	k := t.desk.kind(m.Kind)
	steps, ok := newDaySteps(k.windows[t.window].spread, k.windows[t.window].firstSpread, k.end)
	if !ok {
		return
	}
	least := int64(max(t.book.Catalogue.MinSample, 1))
	for _, g := range m.together() {
		spreads := make([]tally.Distribution, steps.N)
		for _, l := range g.leaves {
			l.spreads[t.window].Steps(steps.Steps, spreads)
		}
		for _, q := range kpi.Quantiles() {
			trend := t.trend(v.Name, m, g, steps)
			trend.Q = q
			for _, d := range spreads {
				var p Point
				if d.N() >= least {
					p.Value, p.Known = d.Quantile(q)
				}
				trend.Points = append(trend.Points, p)
			}
			t.trends = append(t.trends, trend)
		}
	}
}

// counts adds up what the leaves of a group, nil for none, hold in each step.
func (t *trending) counts(g *group, steps daySteps) []tally.Count {
	counts := make([]tally.Count, steps.N)
	if g == nil {
		return counts
	}
	for _, l := range g.leaves {
		l.windows[t.window].Steps(steps.Steps, counts)
	}
	return counts
}

// trend returns the trend of a group, still without points.
func (t *trending) trend(family string, m *measure, g *group, steps daySteps) Trend {
	identity := map[string]string{}
	for i, name := range m.Identity {
		identity[name] = g.labels[i]
	}
	return Trend{
		Desk: t.desk.name, Family: family, Identity: identity,
		Start: steps.grid.Start(steps.First), Step: steps.step(), Until: steps.until,
	}
}

// together returns the groups that hold a measure with all of its dimensions
// pooled, one for each of its identities, in the order of their labels.
func (m *measure) together() []*group {
	held := func(l *leaf) bool { return l.refs > 0 }
	var groups []*group
	for _, g := range m.groups {
		if g.by == everything && (g.always || slices.ContainsFunc(g.leaves, held)) {
			groups = append(groups, g)
		}
	}
	slices.SortFunc(groups, func(x, y *group) int { return slices.Compare(x.labels, y.labels) })
	return groups
}

// daySteps is the steps of a day on the grid of a window. They are aligned to
// the epoch, as the grid is.
type daySteps struct {
	tally.Steps
	grid  tally.Grid
	until time.Time
}

// newDaySteps lays out the steps of the day before until of which a window, with
// the given first slot, still holds all; the last one may not be over.
func newDaySteps(grid tally.Grid, first int64, until time.Time) (daySteps, bool) {
	slots := max(int64((trendStep+grid.Grain()/2)/grid.Grain()), 1)
	if until.IsZero() || time.Duration(slots)*grid.Grain() > longestStep {
		return daySteps{}, false
	}
	row := tally.Steps{Slots: slots}
	oldest := max(first, grid.Slot(until.Add(-trendSpan))+1)
	row.First = row.Begin(oldest + slots - 1)
	row.N = int(max((row.Begin(grid.Slot(until))-row.First)/slots+1, 0))
	return daySteps{Steps: row, grid: grid, until: until}, true
}

func (s daySteps) step() time.Duration { return s.grid.Grain() * time.Duration(s.Slots) }
