// Package kpi says what help desk records are worth: which facts a record
// contributes to which measures, and the formulas that make figures of them.
//
// Everything here is pure. What a record contributes is a function of the
// record as it is held (and of the ticket it belongs to), so that a correction
// is the new contributions less the old ones. The names, labels and formulas
// are those of docs/kpis.md.
package kpi

import (
	"fmt"
	"slices"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/tally"
)

// ID names a measure. Its numbers are stored with every record: never reuse
// one.
type ID uint8

// Measure is one thing that records contribute to. The same contributions may
// feed a cumulative family, the trailing windows and a stock.
type Measure struct {
	ID       ID
	Kind     desk.Kind // what feeds it: records of this kind, or of those that it pools
	Joins    desk.Kind // what its figures are wrong without, at desks that have it; 0: nothing
	Identity []string  // labels that are always there and never pooled
	Named    []string  // those of them whose values the desk chooses, as many as it likes
	Dims     []string  // labels that can be pooled

	Total    *Total // the cumulative family, nil for none
	Window   bool   // counts and sums over the trailing windows
	Spread   bool   // and distributions, for quantiles
	Stock    bool   // how many there are now
	Aged     bool   // and since when
	Distinct bool   // how many keys there are, in the windows or now
	Latest   bool   // a stock of which the newest value holds; with Window for each window by itself
	Span     bool   // each contribution holds from an instant until another: in its window, or now
	Accrues  bool   // each contribution accrues evenly over a period, of which the windows hold a part
	Before   bool   // the windows before the windows are kept as well
	Siblings []Sibling

	// Apart is a dimension of which only the contributions without a value count
	// where it is rolled up: somebody who did three things is one, and not three.
	Apart string
	// Table is how many of the last dimensions make a table: they are a level of
	// their own, together, and part of no other.
	Table int
}

// Total is a cumulative family: a counter or, with Buckets, a histogram of
// seconds.
type Total struct {
	Name, Help string
	Buckets    []float64 // classic upper bounds, ascending
}

// Sibling is a measure whose series exist from the moment that the first
// series of another does, so that increase() sees their first step.
type Sibling struct {
	ID       ID
	Keep     int      // how many of the first one's identity labels are the sibling's first as well
	Identity []string // the values of the rest of its identity labels
}

// Labels returns all label names of the measure, identity first.
func (m *Measure) Labels() []string {
	return append(append([]string(nil), m.Identity...), m.Dims...)
}

// Contribution is what one record gives to one measure.
type Contribution struct {
	Measure ID
	Labels  []string     // values in the order of Measure.Labels
	At      time.Time    // when it happened, or began to hold; zero: not known
	Until   time.Time    // of a span or a period: its end; zero: of a span that does not end by itself
	Window  uint8        // the number of the only window that it is for, from 1; 0: for all
	Value   tally.Amount // what is summed and spread
	Key     string       // what a distinct measure tells apart, or who is due
	Fact    uint8        // under which number the record's ledger counts it
	Feeds   Feed
}

// Feed says which figures of its measure a contribution goes to.
type Feed uint8

// The figures that a contribution can go to.
const (
	FeedTotal  Feed = 1 << iota // counts once, when discovered
	FeedWindow                  // as long as the record says so
	FeedStock
	FeedDue    // the list of what time alone will decide
	FeedJudged // FeedTotal, once all is known that could have kept a promise

	FeedAny = FeedTotal | FeedWindow | FeedStock | FeedDue | FeedJudged
)

// WindowView is a family of gauges over the trailing windows of one or more
// measures. It has the labels of the first; of another one those that both
// have. Several views may share a name: each gives its own series.
type WindowView struct {
	Name, Help string
	Of         []ID
	// Whole takes the last measure at the level of all together.
	Whole bool
	// Seen is a measure without which nobody would know whether there is
	// nothing to tell or nobody to tell it: while no held record contributes to
	// it, the view shows nothing. 0: it always shows.
	Seen ID
	// Fewest is how many contributions hide each of those who gave them, 0 for
	// figures about nobody. Where a part of a level has fewer, none of the level
	// shows: the rest could be subtracted from the whole.
	Fewest int64
	// Before gives the formula the counts of the windows before the windows as
	// well, behind the others; it shows only where records are kept for so long.
	Before bool
	// Constant is one more label, with the same value throughout; empty for none.
	Constant desk.Dim
	// Value makes the figure from the counts of the measures; false: there is
	// none, for want of a sample.
	Value func(counts []tally.Count, window time.Duration) (float64, bool)
	// ValueAt does so, in the place of Value, where the formula depends on the
	// labels.
	ValueAt func(labels []string, counts []tally.Count) (float64, bool)
}

// BestView is a family of gauges over the trailing windows that tell which value
// of one label does best.
type BestView struct {
	Name, Help string
	Of         ID
	Over       string // the label
	// Best makes the figure of the values and their counts; false: there is none.
	Best func(values []string, counts []tally.Count) (float64, bool)
}

// QuantileView is a family of gauges of window quantiles.
type QuantileView struct {
	Name, Help string
	Of         ID
	Waiting    ID // the aged stock of those still waiting, 0: finished cases only
}

// StockView is a family of gauges of what there is now.
type StockView struct {
	Name, Help string
	Of         []ID
	Extra      string     // one more label, empty for none
	ByLevel    bool       // the figure does not add up over labels
	Per        ID         // a stock with the same labels that is handed to Figures beside each, 0: none
	ZeroOf     ID         // label sets of this measure show 0 where there is nothing
	Zeros      [][]string // with each of these values of the identity labels
	Figures    func(s Stock, now time.Time) []Figure
}

// Stock is what a stock holds at one label set or level.
type Stock struct {
	N      int64       // of a distinct measure: of keys
	Sum    tally.Sum   // what they add up to
	Per    tally.Count // what the stock beside it holds
	Latest tally.Count // of a latest measure
	Oldest time.Time   // zero without ages
	Next   time.Time   // the first that is not before now; at a level only
	Ages   *tally.Ages // nil at a level
	Until  time.Time   // where the windows end: how far all that happened is known
}

// Figure is one value of a stock; Label is the value of its extra label.
type Figure struct {
	Label string
	Value float64
}

// Quantiles are the quantiles that every quantile family shows.
func Quantiles() []float64 { return []float64{0.5, 0.9, 0.95} }

// Catalogue is every measure and every family made of them, as the definitions
// have it.
type Catalogue struct {
	Definitions
	Measures []Measure // by ascending ID
	Views    []WindowView
	Bests    []BestView
	Spreads  []QuantileView
	Stocks   []StockView

	kpis      []KPI
	byID      [256]*Measure
	grids     []tally.Grid // of the windows
	surveys   map[string]Survey
	calendars map[string]*Calendar
	lists     []policyList // by when they came into force
}

// NewCatalogue lays out all figures for the given definitions.
func NewCatalogue(d Definitions) *Catalogue {
	if d.Timezone == nil {
		d.Timezone = time.UTC
	}
	c := &Catalogue{Definitions: d, surveys: map[string]Survey{}}
	for _, w := range d.Windows {
		c.grids = append(c.grids, tally.NewGrid(w.Length, WindowSlots))
	}
	for _, s := range d.Surveys {
		c.surveys[s.Name] = s
	}
	c.addTickets()
	c.addFirstResponse()
	c.addResolution()
	c.addBusiness()
	c.addBacklog()
	c.addCalls()
	c.addServiceLevel()
	c.addSurveys()
	c.addContacts()
	c.addFirstContact()
	c.addComplaints()
	c.addBlockage()
	c.addStaffing()
	c.addSLA()
	c.addReviews()
	c.addBrand()
	c.addCustomers()
	c.addRisk()
	c.addPurchases()
	c.addLifetimeValue()
	c.addPrograms()
	c.addReferrals()
	c.addUsage()
	c.addEngagement()
	c.addFeedback()
	c.addSocial()
	c.addSessions()
	c.addOutreach()
	c.addArticles()
	c.addCosts()
	c.addExcluded()
	c.addTargets()
	c.addHealth()
	for i := range c.Measures {
		m := &c.Measures[i]
		if c.byID[m.ID] != nil {
			panic(fmt.Sprintf("two measures have the number %d", m.ID))
		}
		c.byID[m.ID] = m
	}
	if err := c.Remember([]PolicyList{c.PoliciesInForce()}); err != nil {
		panic(fmt.Sprintf("definitions are checked: %v", err))
	}
	return c
}

// Measure returns the measure with the given number, nil where there is none.
func (c *Catalogue) Measure(id ID) *Measure { return c.byID[id] }

// WindowSlots is how many slots a trailing window is divided into at least.
const WindowSlots = 288

// Levels returns the groups of dimensions at which a window family of a measure
// is shown.
func (c *Catalogue) Levels(m *Measure) [][]string {
	dims := m.Dims[:len(m.Dims)-m.Table]
	var levels [][]string
	if c.Rollups == nil {
		levels = append(levels, nil)
		for _, d := range dims {
			levels = append(levels, []string{d})
		}
	}
	for _, level := range c.Rollups {
		if within(level, dims) {
			levels = append(levels, level)
		}
	}
	if m.Table > 0 {
		levels = append(levels, m.Dims[len(dims):])
	}
	return levels
}

func within(level, dims []string) bool {
	for _, l := range level {
		if !slices.Contains(dims, l) {
			return false
		}
	}
	return true
}
