package kpi_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/kpi"
	"helpdesk_exporter/tally"
)

// now is when the figures of the tests are read, a Monday.
func now() time.Time { return time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC) }

// ago is so long before now.
func ago(d time.Duration) time.Time { return now().Add(-d) }

const day = 24 * time.Hour

// week is the only window of the tests.
func week() kpi.Window { return kpi.Window{Name: "7d", Length: 7 * day} }

func definitions() kpi.Definitions {
	return kpi.Definitions{
		Labels:    []string{"channel", "priority", "team"},
		Windows:   []kpi.Window{week()},
		MinSample: 1,
		Buckets:   kpi.Buckets{Default: []float64{60, 3600, 86400}, Calls: []float64{5, 20, 60}, Contacts: []float64{1, 2, 5}, Web: []float64{10, 60, 600}},
		Horizons:  kpi.Horizons{FCR: 7 * day, Survey: 7 * day},
		Surveys: []kpi.Survey{
			{Name: "csat", Kind: kpi.CSAT, Min: 1, Max: 5},
			{Name: "nps", Kind: kpi.NPS, Min: 0, Max: 10},
			{Name: "effort", Kind: kpi.CES, Min: 1, Max: 7, Effort: true},
		},
		ServiceLevels: []kpi.ServiceLevel{
			{Name: "phone", Threshold: 20 * time.Second, ShortAbandon: 5 * time.Second},
		},
		FirstResponseTargets: []time.Duration{time.Hour},
	}
}

func catalogue() *kpi.Catalogue { return kpi.NewCatalogue(definitions()) }

// evaluation sums contributions up in the most naive way.
type evaluation struct {
	t *testing.T
	*kpi.Catalogue
	list []kpi.Contribution
}

func evaluate(t *testing.T, c *kpi.Catalogue, groups ...kpi.Group) *evaluation {
	t.Helper()
	e := &evaluation{t: t, Catalogue: c}
	for _, g := range groups {
		e.list = append(e.list, contributionsOf(c, g)...)
	}
	return e
}

func contributionsOf(c *kpi.Catalogue, g kpi.Group) []kpi.Contribution {
	b := c.NewContributions(kpi.FeedAny)
	b.Add(g)
	return b.List()
}

// labelled reports whether a contribution has the labels, given as name, value.
func (e *evaluation) labelled(of kpi.Contribution, labels []string) bool {
	names := e.Measure(of.Measure).Labels()
	for i := 0; i < len(labels); i += 2 {
		j := slices.Index(names, labels[i])
		if j < 0 {
			e.t.Fatalf("measure %d has no label %s", of.Measure, labels[i])
		}
		if of.Labels[j] != labels[i+1] {
			return false
		}
	}
	return true
}

// fed returns the contributions to a measure that go to a kind of figure.
func (e *evaluation) fed(id kpi.ID, feed kpi.Feed, labels ...string) []kpi.Contribution {
	var list []kpi.Contribution
	for _, of := range e.list {
		if of.Measure == id && of.Feeds&feed != 0 && e.labelled(of, labels) {
			list = append(list, of)
		}
	}
	return list
}

// inWindow returns those that happened in (now - a week, now].
func (e *evaluation) inWindow(id kpi.ID, labels ...string) []kpi.Contribution {
	return slices.DeleteFunc(e.fed(id, kpi.FeedWindow, labels...), func(of kpi.Contribution) bool {
		return !of.At.After(now().Add(-week().Length)) || of.At.After(now())
	})
}

// window returns the figure of a window family; false: there is none. Of the
// views that share the name it is the first that has contributions.
func (e *evaluation) window(name string, labels ...string) (float64, bool) {
	e.t.Helper()
	views := slices.DeleteFunc(slices.Clone(e.Views), func(v kpi.WindowView) bool { return v.Name != name })
	if len(views) == 0 {
		e.t.Fatalf("there is no family %s", name)
	}
	view := views[0]
	for _, v := range slices.Backward(views) {
		if len(e.inWindow(v.Of[0], e.of(v.Of[0], labels)...)) > 0 {
			view = v
		}
	}
	if view.Seen != 0 && len(e.fed(view.Seen, kpi.FeedTotal|kpi.FeedWindow|kpi.FeedStock)) == 0 {
		return 0, false
	}
	var identity []string // as it is asked for
	for i, name := range labels {
		if i%2 == 1 && slices.Contains(e.Measure(view.Of[0]).Identity, labels[i-1]) {
			identity = append(identity, name)
		}
	}
	var counts []tally.Count
	for i, id := range view.Of {
		within := e.of(id, labels)
		if m := e.Measure(id); view.Whole && i == len(view.Of)-1 {
			within = slices.DeleteFunc(within, func(s string) bool { return len(m.Identity) == 0 })
			if len(m.Identity) > 0 {
				within = within[:2] // what is asked for comes identity first
			}
		}
		counts = append(counts, e.count(id, within))
	}
	if view.ValueAt != nil {
		return view.ValueAt(identity, counts)
	}
	return view.Value(counts, week().Length)
}

// of returns those of the labels that a measure has.
func (e *evaluation) of(id kpi.ID, labels []string) []string {
	names := e.Measure(id).Labels()
	var of []string
	for i := 0; i < len(labels); i += 2 {
		if slices.Contains(names, labels[i]) {
			of = append(of, labels[i], labels[i+1])
		}
	}
	return of
}

// count is what contributions come to: of a distinct measure, how many keys
// there are; what is there now counts in every window.
func (e *evaluation) count(id kpi.ID, labels []string) tally.Count {
	var count tally.Count
	m, keys := e.Measure(id), map[string]bool{}
	if m.Apart != "" && !slices.Contains(labels, m.Apart) {
		labels = append(slices.Clone(labels), m.Apart, "")
	}
	switch {
	case m.Span:
		return e.holding(id, labels...)
	case m.Accrues:
		return e.accrued(id, labels...)
	case m.Latest && m.Window:
		return e.newest(id, labels...)
	}
	all := e.inWindow(id, labels...)
	if m.Stock {
		all = e.fed(id, kpi.FeedStock, labels...)
	}
	for _, of := range all {
		count.Add(1, of.Value)
		keys[of.Key] = true
	}
	if m.Distinct {
		return tally.Count{N: int64(len(keys))}
	}
	return count
}

// quantile returns the figure of a quantile family.
func (e *evaluation) quantile(name string, q float64) (float64, bool) {
	e.t.Helper()
	i := slices.IndexFunc(e.Spreads, func(v kpi.QuantileView) bool { return v.Name == name })
	if i < 0 {
		e.t.Fatalf("there is no family %s", name)
	}
	view := e.Spreads[i]
	var finished, waiting tally.Distribution
	for _, of := range e.inWindow(view.Of) {
		finished.Add(1, of.Value)
	}
	if view.Waiting == 0 {
		return finished.Quantile(q)
	}
	for _, of := range e.fed(view.Waiting, kpi.FeedStock) {
		waiting.Add(1, tally.Seconds(now().Sub(of.At)))
	}
	return finished.CensoredQuantile(q, waiting)
}

// stock returns the figures of a stock by the value of their extra label.
func (e *evaluation) stock(name string, labels ...string) map[string]float64 {
	e.t.Helper()
	i := slices.IndexFunc(e.Stocks, func(v kpi.StockView) bool { return v.Name == name })
	if i < 0 {
		e.t.Fatalf("there is no family %s", name)
	}
	s := kpi.Stock{Until: now()}
	ages, latest, keys := &tally.Ages{}, &tally.Latest{}, &tally.Multiset{}
	for _, id := range e.Stocks[i].Of {
		m := e.Measure(id)
		if m.Span {
			held := e.holding(id, labels...)
			s.N, s.Sum = held.N, held.Sum
			continue
		}
		for _, of := range e.fed(id, kpi.FeedStock, labels...) {
			s.Sum.Add(of.Value)
			switch {
			case m.Distinct:
				keys.Add(1, of.Key)
				s.N = int64(keys.Distinct())
				continue
			case m.Latest:
				latest.Add(of.At.UnixNano(), 1, of.Value)
				s.Latest, _ = latest.At(now().UnixNano())
			}
			s.N++
			if of.At.IsZero() {
				continue
			}
			ages.Add(1, of.At.UnixNano())
			if next, ok := ages.From(now().UnixNano()); ok {
				s.Next = time.Unix(0, next)
			}
			if s.Oldest.IsZero() || of.At.Before(s.Oldest) {
				s.Oldest = of.At
			}
		}
	}
	if !e.Stocks[i].ByLevel {
		s.Ages = ages
	}
	figures := map[string]float64{}
	for _, f := range e.Stocks[i].Figures(s, now()) {
		figures[f.Label] = f.Value
	}
	return figures
}

// total returns how many facts a cumulative family counts.
func (e *evaluation) total(name string, labels ...string) int {
	e.t.Helper()
	for i := range e.Measures {
		if m := &e.Measures[i]; m.Total != nil && m.Total.Name == name {
			return len(e.fed(m.ID, kpi.FeedTotal, labels...))
		}
	}
	e.t.Fatalf("there is no family %s", name)
	return 0
}

// is checks a window figure, to the given precision.
func (e *evaluation) is(name string, want, precision float64, labels ...string) {
	e.t.Helper()
	got, ok := e.window(name, labels...)
	if !ok || math.Abs(got-want) > precision {
		e.t.Errorf("%s%v is %v, %v; want %v", name, labels, got, ok, want)
	}
}

// absent checks that a window figure is not there.
func (e *evaluation) absent(name string, labels ...string) {
	e.t.Helper()
	if got, ok := e.window(name, labels...); ok {
		e.t.Errorf("%s%v is %v, want it absent", name, labels, got)
	}
}

// counts checks cumulative families, given as name, number.
func (e *evaluation) counts(want map[string]int) {
	e.t.Helper()
	for name, n := range want {
		if got := e.total(name); got != n {
			e.t.Errorf("%s counts %d, want %d", name, got, n)
		}
	}
}

// excluded returns how many records figures leave out for a reason.
func (e *evaluation) excluded(reason string) int {
	e.t.Helper()
	return int(e.stock(kpi.ExcludedFamily, "reason", reason)[""])
}

// dossier sums up what the records of one customer contribute.
func (e *evaluation) dossier(customer string, records ...*desk.Held) *evaluation {
	b := e.NewContributions(kpi.FeedAny)
	b.AddDossier(kpi.Dossier{Customer: customer, Records: records, Fed: func(desk.Kind) bool { return true }})
	e.list = append(e.list, b.List()...)
	return e
}

// holding returns what holds now of a span measure in the window, by labels
// given as name, value: how many, and what they add up to.
func (e *evaluation) holding(id kpi.ID, labels ...string) tally.Count {
	var c tally.Count
	for _, of := range e.list {
		if of.Measure == id && !of.At.After(now()) && (of.Until.IsZero() || of.Until.After(now())) && e.labelled(of, labels) {
			c.Add(1, of.Value)
		}
	}
	return c
}

// accrued returns how much of the periods of a measure lies in the window.
func (e *evaluation) accrued(id kpi.ID, labels ...string) tally.Count {
	var c tally.Count
	from, to := now().Add(-week().Length), now()
	for _, of := range e.fed(id, kpi.FeedWindow, labels...) {
		begin, end := of.At, of.Until
		if begin.Before(from) {
			begin = from
		}
		if end.After(to) {
			end = to
		}
		if part := end.Sub(begin).Seconds() / of.Until.Sub(of.At).Seconds(); part > 0 {
			c.Add(1, tally.Points(of.Value.Float()*part))
		}
	}
	return c
}

// newest returns the latest values of a measure.
func (e *evaluation) newest(id kpi.ID, labels ...string) tally.Count {
	latest := &tally.Latest{}
	for _, of := range e.fed(id, kpi.FeedWindow, labels...) {
		latest.Add(of.At.UnixNano(), 1, of.Value)
	}
	c, _ := latest.At(now().UnixNano())
	return c
}

// as looks only at the views whose constant label has a value.
func (e *evaluation) as(value string) *evaluation {
	c := *e.Catalogue
	c.Views = slices.DeleteFunc(slices.Clone(c.Views), func(v kpi.WindowView) bool { return v.Constant.Value != value })
	return &evaluation{t: e.t, Catalogue: &c, list: e.list}
}

// fedBy sums up what a dossier contributes at a desk that has records of the
// given kinds only.
func (e *evaluation) fedBy(d kpi.Dossier, kinds ...desk.Kind) *evaluation {
	d.Fed = func(k desk.Kind) bool { return slices.Contains(kinds, k) }
	b := e.NewContributions(kpi.FeedAny)
	b.AddDossier(d)
	e.list = append(e.list, b.List()...)
	return e
}
