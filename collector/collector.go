// Package collector turns the book's figures into Prometheus metrics. It holds
// no figures of its own: a scrape reads memory, and what it reads is the
// catalogue of kpi, so a new KPI needs nothing here.
package collector

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"helpdesk_exporter/book"
	"helpdesk_exporter/kpi"
	"helpdesk_exporter/tally"
)

// Forms says in which forms histograms are given.
type Forms struct {
	Classic, Native bool
}

// Collector is a checked collector over a book.
type Collector struct {
	book  *book.Book
	forms Forms
	now   func() time.Time
	// started is when counters began that no journal keeps, folded what they
	// counted before this collector.
	started time.Time
	folded  map[string]uint64

	totals  map[kpi.ID]*family
	views   map[*kpi.WindowView]*family
	bests   map[*kpi.BestView]*family
	spreads map[*kpi.QuantileView]*family
	stocks  map[*kpi.StockView]*family
	sources sourceFamilies
	kpis    []kpi.KPI
}

// New returns the collector of a book; now is the clock.
func New(b *book.Book, forms Forms, now func() time.Time) *Collector {
	c := &Collector{
		book: b, forms: forms, now: now, started: now(),
		totals:  map[kpi.ID]*family{},
		views:   map[*kpi.WindowView]*family{},
		bests:   map[*kpi.BestView]*family{},
		spreads: map[*kpi.QuantileView]*family{},
		stocks:  map[*kpi.StockView]*family{},
		sources: newSourceFamilies(),
		kpis:    b.Catalogue.KPIs(),
	}
	catalogue := b.Catalogue
	for i := range catalogue.Measures {
		if m := &catalogue.Measures[i]; m.Total != nil {
			c.totals[m.ID] = familyOf(m.Total.Name, m.Total.Help, m)
		}
	}
	for i := range catalogue.Views {
		v := &catalogue.Views[i]
		extra := []string{"by", "window"}
		if v.Constant.Name != "" {
			extra = append(extra, v.Constant.Name)
		}
		c.views[v] = familyOf(v.Name, v.Help, catalogue.Measure(v.Of[0]), extra...)
	}
	for i := range catalogue.Bests {
		v := &catalogue.Bests[i]
		of := *catalogue.Measure(v.Of)
		without := func(name string) bool { return name == v.Over }
		of.Identity = slices.DeleteFunc(slices.Clone(of.Identity), without)
		of.Dims = slices.DeleteFunc(slices.Clone(of.Dims), without)
		c.bests[v] = familyOf(v.Name, v.Help, &of, "by", "window")
	}
	for i := range catalogue.Spreads {
		v := &catalogue.Spreads[i]
		c.spreads[v] = familyOf(v.Name, v.Help, catalogue.Measure(v.Of), "q", "by", "window")
	}
	for i := range catalogue.Stocks {
		v := &catalogue.Stocks[i]
		var extra []string
		if v.Extra != "" {
			extra = append(extra, v.Extra)
		}
		if v.ByLevel {
			extra = append(extra, "by")
		}
		c.stocks[v] = familyOf(v.Name, v.Help, catalogue.Measure(v.Of[0]), extra...)
	}
	return c
}

// Follow makes the counters that no journal keeps go on from those of another
// collector, whose place this one takes. What its book has folded so far it
// found in records that are held, most of which were folded before: only what
// exceeds that is new.
func (c *Collector) Follow(before *Collector) {
	c.started = before.started
	if c.book == before.book {
		c.folded = before.folded
		return
	}
	found := c.book.Folded()
	c.folded = before.foldings()
	for label, n := range c.folded {
		c.folded[label] = n - min(n, found[label])
	}
}

// foldings returns how often a value of each label was folded into other.
func (c *Collector) foldings() map[string]uint64 {
	folded := c.book.Folded()
	for label, n := range c.folded {
		folded[label] += n
	}
	return folded
}

func familyOf(name, help string, m *kpi.Measure, extra ...string) *family {
	labels := append([]string{"desk"}, m.Labels()...)
	for i, l := range labels {
		labels[i] = strings.ReplaceAll(l, ".", "_") // attr.NAME
	}
	return newFamily(name, help, append(labels, extra...)...)
}

// Describe implements [prometheus.Collector].
func (c *Collector) Describe(ch chan<- *prometheus.Desc) {
	for _, f := range c.totals {
		ch <- f.Desc
	}
	for _, f := range c.views {
		ch <- f.Desc
	}
	for _, f := range c.bests {
		ch <- f.Desc
	}
	for _, f := range c.spreads {
		ch <- f.Desc
	}
	for _, f := range c.stocks {
		ch <- f.Desc
	}
	for _, f := range c.sources.all() {
		ch <- f.Desc
	}
}

// Collect implements [prometheus.Collector].
func (c *Collector) Collect(ch chan<- prometheus.Metric) {
	now := c.now()
	s := &scrape{Collector: c}
	c.book.Read(now, s)
	s.health(c.book.Health(now))
	s.info()
	s.objectives()
	s.definitions()
	// The book is free again before a slow reader takes the first metric.
	for _, m := range s.metrics {
		ch <- m
	}
}

// scrape is one scrape; it implements [book.Reader].
type scrape struct {
	*Collector
	metrics []prometheus.Metric
}

func (s *scrape) add(m prometheus.Metric) { s.metrics = append(s.metrics, m) }

// labels returns the label values of a figure in the order of its family.
func labels(at book.Place, extra ...string) []string {
	values := make([]string, 0, 1+len(at.Labels)+len(extra))
	return append(append(append(values, at.Desk), at.Labels...), extra...)
}

// Total implements [book.Reader].
func (s *scrape) Total(m *kpi.Measure, at book.Place, start time.Time, total *tally.Total) {
	f := s.totals[m.ID]
	if m.Total.Buckets == nil {
		s.add(f.counter(total.Sum.Float(), start, labels(at)...))
		return
	}
	s.add(newHistogram(f, m.Total.Buckets, total, start, s.forms, labels(at)))
}

// Window implements [book.Reader].
func (s *scrape) Window(v *kpi.WindowView, at book.Place, window string, value float64) {
	extra := []string{at.By, window}
	if v.Constant.Name != "" {
		extra = append(extra, v.Constant.Value)
	}
	s.add(s.views[v].gauge(value, labels(at, extra...)...))
}

// Best implements [book.Reader].
func (s *scrape) Best(v *kpi.BestView, at book.Place, window string, value float64) {
	s.add(s.bests[v].gauge(value, labels(at, at.By, window)...))
}

// Quantile implements [book.Reader].
func (s *scrape) Quantile(v *kpi.QuantileView, at book.Place, window string, q, value float64) {
	s.add(s.spreads[v].gauge(value, labels(at, strconv.FormatFloat(q, 'f', -1, 64), at.By, window)...))
}

// Stock implements [book.Reader].
func (s *scrape) Stock(v *kpi.StockView, at book.Place, f kpi.Figure) {
	var extra []string
	if v.Extra != "" {
		extra = append(extra, f.Label)
	}
	if v.ByLevel {
		extra = append(extra, at.By)
	}
	s.add(s.stocks[v].gauge(f.Value, labels(at, extra...)...))
}
