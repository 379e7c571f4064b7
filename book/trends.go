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
	Until        time.Time // how far all that happened is known: at the most a slot before the last step's end
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
// from the slots of the shortest window that reaches back a day, and end with
// it: so they are there right after a start, and the steps of a window of a day
// hold all that it holds and nothing else. There are none where no
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
		if m := t.desk.byID[id]; !m.counts() || m.Before || m.Kind != first.Kind || !t.gauges(m) {
			return
		}
	}
	k := t.desk.kind(first.Kind)
	steps, ok := newDaySteps(k.windows[t.window].window, k.end)
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
	if v.Waiting != 0 || !t.gauges(m) {
		return
	}
	k := t.desk.kind(m.Kind)
	steps, ok := newDaySteps(k.windows[t.window].spread, k.end)
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

// daySteps is the steps of a day on the grid of a window.
type daySteps struct {
	tally.Steps
	grid  tally.Grid
	until time.Time
}

// newDaySteps lays out as many steps as a day has room for, so that the last of
// them ends with the last slot of the window that ends at until.
func newDaySteps(grid tally.Grid, until time.Time) (daySteps, bool) {
	slots := max(int64((trendStep+grid.Grain()/2)/grid.Grain()), 1)
	step := time.Duration(slots) * grid.Grain()
	if until.IsZero() || step > longestStep {
		return daySteps{}, false
	}
	n := int64(trendSpan / step)
	first := grid.Slot(until.Add(1)) + 1 - n*slots // the window's last slot may just have begun
	return daySteps{Steps: tally.Steps{First: first, Slots: slots, N: int(n)}, grid: grid, until: until}, true
}

func (s daySteps) step() time.Duration { return s.grid.Grain() * time.Duration(s.Slots) }
