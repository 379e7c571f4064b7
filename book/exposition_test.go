package book_test

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"helpdesk_exporter/book"
	"helpdesk_exporter/kpi"
	"helpdesk_exporter/tally"
)

// exposition is everything that a book hands out, by series as a scrape would
// name it; it implements [book.Reader]. Labels that are rolled up are left out.
type exposition struct {
	catalogue *kpi.Catalogue
	values    map[string]float64
	totals    map[string]total
	doubled   []string // series that came more than once
}

// total is a cumulative series: its value or number of observations, the rest
// of a histogram as text, and its start timestamp.
type total struct {
	n     int64
	shape string
	start time.Time
}

// show takes one gauge.
func (e *exposition) show(series string, value float64) {
	if _, shown := e.values[series]; shown {
		e.doubled = append(e.doubled, series)
	}
	e.values[series] = value
}

func (e *exposition) series(name string, at book.Place, labels []string, extra ...string) string {
	pairs := []string{"desk=" + strconv.Quote(at.Desk)}
	if at.By != "" {
		pairs = append(pairs, "by="+strconv.Quote(at.By))
	}
	for i, value := range at.Labels {
		if value != "" {
			pairs = append(pairs, labels[i]+"="+strconv.Quote(value))
		}
	}
	for i := 0; i < len(extra); i += 2 {
		pairs = append(pairs, extra[i]+"="+strconv.Quote(extra[i+1]))
	}
	return name + "{" + strings.Join(pairs, ",") + "}"
}

func (e *exposition) Total(m *kpi.Measure, at book.Place, start time.Time, t *tally.Total) {
	entry := total{n: int64(t.Sum.Float()), start: start.UTC()}
	if m.Total.Buckets != nil {
		entry.n = t.N
		entry.shape = fmt.Sprintf(" sum %v classic %v native %v", t.Sum.Float(), t.Classic, t.Native)
	}
	e.totals[e.series(m.Total.Name, at, m.Labels())] = entry
}

func (e *exposition) Window(v *kpi.WindowView, at book.Place, window string, value float64) {
	extra := []string{"window", window}
	if v.Constant.Name != "" {
		extra = append(extra, v.Constant.Name, v.Constant.Value)
	}
	e.show(e.series(v.Name, at, e.catalogue.Measure(v.Of[0]).Labels(), extra...), value)
}

func (e *exposition) Best(v *kpi.BestView, at book.Place, window string, value float64) {
	labels := slices.DeleteFunc(e.catalogue.Measure(v.Of).Labels(), func(name string) bool { return name == v.Over })
	e.show(e.series(v.Name, at, labels, "window", window), value)
}

func (e *exposition) Quantile(v *kpi.QuantileView, at book.Place, window string, q, value float64) {
	e.show(e.series(v.Name, at, e.catalogue.Measure(v.Of).Labels(), "window", window, "q", fmt.Sprint(q)), value)
}

func (e *exposition) Stock(v *kpi.StockView, at book.Place, f kpi.Figure) {
	var extra []string
	if v.Extra != "" {
		extra = []string{v.Extra, f.Label}
	}
	e.show(e.series(v.Name, at, e.catalogue.Measure(v.Of[0]).Labels(), extra...), f.Value)
}

// read takes everything that the book shows at now.
func read(b *book.Book, now time.Time) *exposition {
	e := &exposition{catalogue: b.Catalogue, values: map[string]float64{}, totals: map[string]total{}}
	b.Read(now, e)
	return e
}

// text returns all series as sorted lines; start timestamps are left out.
func (e *exposition) text() string {
	var lines []string
	for series, t := range e.totals {
		lines = append(lines, fmt.Sprintf("%s %d%s", series, t.n, t.shape))
	}
	return sorted(append(lines, e.gauges()...))
}

// counts returns windows and stocks in full, and of the totals only how many
// there were.
func (e *exposition) counts() string {
	sums := map[string]int64{}
	for series, t := range e.totals {
		name, _, _ := strings.Cut(series, "{")
		sums[name+deskOf(series)] += t.n
	}
	lines := e.gauges()
	for name, n := range sums {
		lines = append(lines, fmt.Sprintf("%s %d", name, n))
	}
	return sorted(lines)
}

func deskOf(series string) string {
	_, labels, _ := strings.Cut(series, "{")
	name, _, _ := strings.Cut(labels, ",")
	return "{" + strings.TrimSuffix(name, "}") + "}"
}

func (e *exposition) gauges() []string {
	var lines []string
	for series, v := range e.values {
		lines = append(lines, fmt.Sprintf("%s %v", series, v))
	}
	return lines
}

func sorted(lines []string) string {
	slices.Sort(lines)
	return strings.Join(lines, "\n") + "\n"
}

// without leaves out the families whose names begin so.
func (e *exposition) without(prefixes ...string) *exposition {
	begins := func(series string) bool {
		return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(series, p) })
	}
	maps.DeleteFunc(e.totals, func(series string, _ total) bool { return begins(series) })
	maps.DeleteFunc(e.values, func(series string, _ float64) bool { return begins(series) })
	return e
}

// sum adds up all series of a family of totals or stocks of a desk.
func (e *exposition) sum(name, deskName string) float64 {
	of := name + "{desk=" + strconv.Quote(deskName)
	var sum float64
	for series, t := range e.totals {
		if strings.HasPrefix(series, of) {
			sum += float64(t.n)
		}
	}
	for series, v := range e.values {
		if strings.HasPrefix(series, of) {
			sum += v
		}
	}
	return sum
}

// counter counts the figures of a scrape; it implements [book.Reader].
type counter struct{ n int }

func (c *counter) Total(*kpi.Measure, book.Place, time.Time, *tally.Total)          { c.n++ }
func (c *counter) Window(*kpi.WindowView, book.Place, string, float64)              { c.n++ }
func (c *counter) Best(*kpi.BestView, book.Place, string, float64)                  { c.n++ }
func (c *counter) Quantile(*kpi.QuantileView, book.Place, string, float64, float64) { c.n++ }
func (c *counter) Stock(*kpi.StockView, book.Place, kpi.Figure)                     { c.n++ }
