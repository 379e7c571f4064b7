package book

import (
	"encoding/binary"
	"slices"
	"strings"
	"time"

	"helpdesk_exporter/kpi"
	"helpdesk_exporter/tally"
)

// other is the value that label values beyond the limits are folded into.
const other = "other"

// measure is one measure of one desk: every label set that was ever admitted.
type measure struct {
	*kpi.Measure
	bounds []tally.Amount   // of its histogram, nil for a counter
	leaves map[string]*leaf // by leafKey; for writers only
	shown  []*leaf          // for scrapes
	byKey  map[string]*leaf // the shown ones
	levels []level
	groups map[string]*group // by level and values
	since  time.Time         // its series have meant the same
	fresh  *kindBook         // of figures that are being built
}

// everything is the level at which no dimension is kept.
const everything = "all"

// level is one way to pool the dimensions of a measure.
type level struct {
	by   string
	dims []string
	keep []bool // by label: whether it is kept
}

// leaf is one label set with everything it adds up to.
type leaf struct {
	measure *measure
	labels  []string
	start   time.Time // start timestamp of the series; zero: that of the epoch
	total   *tally.Total
	groups  []*group // one a level
	mixed   bool     // several values were folded into one of its own
	*holdings
	fresh *holdings // of figures that are being built
}

// group is the leaves that one level pools.
type group struct {
	by     string
	labels []string
	leaves []*leaf
	always bool // everything together is shown even when it is nothing

	// What the leaves come to at a scrape.
	refs    int64
	counts  []tally.Count // by window
	before  []tally.Count // of the windows before, where they are known
	spreads []tally.Distribution
}

func (g *group) visible() bool { return g.always || g.refs > 0 }

func newMeasure(def *kpi.Measure, levels [][]string) *measure {
	m := &measure{
		Measure: def, leaves: map[string]*leaf{}, byKey: map[string]*leaf{}, groups: map[string]*group{},
	}
	if def.Total != nil {
		for _, b := range def.Total.Buckets {
			m.bounds = append(m.bounds, tally.Points(b))
		}
	}
	for _, dims := range levels {
		l := level{by: everything, dims: dims}
		if len(dims) > 0 {
			l.by = labelText(strings.Join(dims, "_"))
		}
		for _, name := range def.Labels() {
			l.keep = append(l.keep, slices.Contains(def.Identity, name) || slices.Contains(dims, name))
		}
		m.levels = append(m.levels, l)
		if len(dims) == 0 && len(def.Identity) == 0 {
			m.group(len(m.levels)-1, make([]string, len(l.keep))).always = true
		}
	}
	return m
}

// labelText is how a dimension's name reads as part of a label: attr.NAME has a
// dot that labels cannot have.
func labelText(name string) string { return strings.ReplaceAll(name, ".", "_") }

func appendLeafKey(b []byte, labels []string) []byte {
	for _, l := range labels {
		b = binary.AppendUvarint(b, uint64(len(l)))
		b = append(b, l...)
	}
	return b
}

func newLeaf(m *measure, labels []string, windows int) *leaf {
	l := &leaf{measure: m, labels: labels, holdings: newHoldings(m, windows)}
	if m.Total != nil {
		l.total = &tally.Total{}
	}
	return l
}

// show lets scrapes see the leaf.
func (m *measure) show(l *leaf) {
	m.shown = append(m.shown, l)
	m.byKey[string(appendLeafKey(nil, l.labels))] = l
	for i, level := range m.levels {
		if !m.belongs(l, level) {
			continue
		}
		labels := make([]string, len(l.labels))
		for j, keep := range level.keep {
			if keep {
				labels[j] = l.labels[j]
			}
		}
		g := m.group(i, labels)
		g.leaves = append(g.leaves, l)
		l.groups = append(l.groups, g)
	}
}

// belongs reports whether a leaf counts at a level. Of what is told apart by a
// dimension the parts count where it is kept, and the whole elsewhere.
func (m *measure) belongs(l *leaf, at level) bool {
	apart := slices.Index(m.Labels(), m.Apart)
	return apart < 0 || at.keep[apart] == (l.labels[apart] != "")
}

// like returns the group that has the labels of one of another measure, as far
// as this measure has these labels; with whole the one of everything together.
// It is nil where nothing has these labels, or where their level is not shown.
func (m *measure) like(other *measure, g *group, whole bool) *group {
	at := slices.IndexFunc(other.levels, func(l level) bool { return l.by == g.by })
	var dims []string
	for _, d := range other.levels[at].dims {
		if !whole && slices.Contains(m.Dims, d) {
			dims = append(dims, d)
		}
	}
	i := slices.IndexFunc(m.levels, func(l level) bool { return slices.Equal(l.dims, dims) })
	if i < 0 {
		return nil
	}
	names, labels := other.Labels(), make([]string, len(m.levels[i].keep))
	for j, name := range m.Labels() {
		if from := slices.Index(names, name); from >= 0 && m.levels[i].keep[j] {
			labels[j] = g.labels[from]
		}
	}
	return m.groups[string(appendLeafKey([]byte{byte(i)}, labels))]
}

// group returns the group of a level with the given labels.
func (m *measure) group(level int, labels []string) *group {
	key := string(appendLeafKey([]byte{byte(level)}, labels))
	g := m.groups[key]
	if g == nil {
		g = &group{by: m.levels[level].by, labels: labels}
		m.groups[key] = g
	}
	return g
}

// admit lets a value be shown under a label of the desk and reports whether it
// was new.
func (d *deskBook) admit(name, value string) bool {
	values := d.values[name]
	if values == nil {
		values = map[string]bool{}
		d.values[name] = values
	}
	if values[value] {
		return false
	}
	values[value] = true
	return true
}
