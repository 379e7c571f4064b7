package book

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"time"

	"helpdesk_exporter/journal"
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
}

// level is one way to pool the dimensions of a measure.
type level struct {
	by   string
	keep []bool // by label: whether it is kept
}

// leaf is one label set with everything it adds up to.
type leaf struct {
	measure *measure
	labels  []string
	start   time.Time // start timestamp of the series; zero: that of the epoch
	total   *tally.Total
	groups  []*group // one a level

	refs    int64 // contributions that the held records make now
	stock   int64
	ages    *tally.Ages
	windows []tally.Window
	spreads []tally.DistributionWindow
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
		l := level{by: "all"}
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

// signature tells whether the series that were kept still mean the same.
func (m *measure) signature() string {
	s := strings.Join(m.Labels(), ",")
	if m.Total != nil {
		s += fmt.Sprintf(" %s %v", m.Total.Name, m.Total.Buckets)
	}
	return s
}

func appendLeafKey(b []byte, labels []string) []byte {
	for _, l := range labels {
		b = binary.AppendUvarint(b, uint64(len(l)))
		b = append(b, l...)
	}
	return b
}

func newLeaf(m *measure, labels []string, windows int) *leaf {
	l := &leaf{measure: m, labels: labels}
	if m.Total != nil {
		l.total = &tally.Total{}
	}
	l.clear(windows)
	return l
}

// clear empties what the held records make; what was counted stays.
func (l *leaf) clear(windows int) {
	l.refs, l.stock, l.ages, l.windows, l.spreads = 0, 0, nil, nil, nil
	if l.measure.Aged {
		l.ages = &tally.Ages{}
	}
	if l.measure.Window {
		l.windows = make([]tally.Window, windows)
	}
	if l.measure.Spread {
		l.spreads = make([]tally.DistributionWindow, windows)
	}
}

// show lets scrapes see the leaf.
func (m *measure) show(l *leaf) {
	m.shown = append(m.shown, l)
	m.byKey[string(appendLeafKey(nil, l.labels))] = l
	for i, level := range m.levels {
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

// loadRegistry reads the admitted values and label sets with their totals.
// Series of measures that have changed since start anew.
func (b *Book) loadRegistry(tx *journal.Tx) error {
	labels, err := tx.Labels()
	if err != nil {
		return err
	}
	for _, l := range labels {
		if d := b.desks[l.Desk]; d != nil {
			d.admit(l.Name, l.Value)
		}
	}
	changed, err := b.checkSignatures(tx)
	if err != nil {
		return err
	}
	var gone []journal.Series
	err = tx.AllSeries(func(s journal.Series, state journal.SeriesState) error {
		if changed[s.Measure] || b.Catalogue.Measure(kpi.ID(s.Measure)) == nil {
			gone = append(gone, s)
			return nil
		}
		if d := b.desks[s.Desk]; d != nil {
			m := d.byID[s.Measure]
			l := newLeaf(m, s.Labels, len(b.Catalogue.Windows))
			l.start = state.Start
			if l.total != nil {
				*l.total = state.Total
			}
			m.leaves[string(appendLeafKey(nil, s.Labels))] = l
			m.show(l)
		}
		return nil
	})
	for _, s := range gone {
		if err == nil {
			err = tx.DropSeries(s)
		}
	}
	return err
}

// checkSignatures returns the measures whose kept series no longer mean what
// they did.
func (b *Book) checkSignatures(tx *journal.Tx) (map[uint8]bool, error) {
	changed := map[uint8]bool{}
	for i := range b.Catalogue.Measures {
		m := newMeasure(&b.Catalogue.Measures[i], nil)
		id, signature := uint8(m.ID), m.signature()
		stored := tx.Signature(id)
		if stored == signature {
			continue
		}
		if stored != "" {
			changed[id] = true
			if m.Total != nil {
				b.Logger.Warn("The labels or buckets of a family have changed: it starts again at 0", "family", m.Total.Name)
			}
		}
		if err := tx.PutSignature(id, signature); err != nil {
			return nil, err
		}
	}
	return changed, nil
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

// admissions are the values and label sets that one piece of work let in. They
// are kept with it, or forgotten when it fails.
type admissions struct {
	book   *Book
	key    []byte // reused
	labels []journal.Label
	leaves []admitted
	folded map[string]uint64
}

type admitted struct {
	desk *deskBook
	leaf *leaf
}

// leaf returns the label set that a contribution goes to. A label set seen for
// the first time is admitted, or folded where it would be one too many. start
// is the start timestamp of a series that begins now.
func (a *admissions) leaf(d *deskBook, m *measure, labels []string, start time.Time) *leaf {
	a.key = appendLeafKey(a.key[:0], labels)
	if l := m.leaves[string(a.key)]; l != nil {
		return l
	}
	labels = slices.Clone(labels)
	for i := len(m.Identity); i < len(labels); i++ {
		labels[i] = a.value(d, m.Dims[i-len(m.Identity)], labels[i])
	}
	if l := a.find(m, labels); l != nil {
		return l
	}
	if len(m.leaves) >= a.book.Catalogue.SeriesMax {
		a.fold("series")
		for i := len(m.Identity); i < len(labels); i++ {
			labels[i] = other
		}
		if l := a.find(m, labels); l != nil {
			return l
		}
	}
	l := newLeaf(m, labels, len(a.book.Catalogue.Windows))
	l.start = start
	m.leaves[string(appendLeafKey(nil, labels))] = l
	a.leaves = append(a.leaves, admitted{desk: d, leaf: l})
	for _, s := range m.Siblings {
		a.leaf(d, d.byID[s.ID], append(slices.Clone(s.Identity), labels[len(m.Identity):]...), start)
	}
	return l
}

func (a *admissions) find(m *measure, labels []string) *leaf {
	a.key = appendLeafKey(a.key[:0], labels)
	return m.leaves[string(a.key)]
}

// value admits a label's value, or folds it.
func (a *admissions) value(d *deskBook, name, value string) string {
	switch {
	case value == other || value == unset || d.values[name][value]:
		return value
	case len(d.values[name]) >= a.book.Catalogue.LabelValuesMax:
		a.fold(name)
		return other
	}
	d.admit(name, value)
	a.labels = append(a.labels, journal.Label{Desk: d.name, Name: name, Value: value})
	return value
}

// unset is the value of a dimension that nobody named; it takes no room among
// the admitted ones.
const unset = "none"

func (a *admissions) fold(label string) {
	if a.folded == nil {
		a.folded = map[string]uint64{}
	}
	a.folded[labelText(label)]++
}

// keep writes what was admitted to the journal.
func (a *admissions) keep(tx *journal.Tx) error {
	for _, l := range a.labels {
		if err := tx.PutLabel(l); err != nil {
			return err
		}
	}
	for _, n := range a.leaves {
		if err := putSeries(tx, n.desk, n.leaf, n.leaf.total); err != nil {
			return err
		}
	}
	return nil
}

func putSeries(tx *journal.Tx, d *deskBook, l *leaf, total *tally.Total) error {
	state := journal.SeriesState{Start: l.start}
	if total != nil {
		state.Total = *total
	}
	return tx.PutSeries(journal.Series{Desk: d.name, Measure: uint8(l.measure.ID), Labels: l.labels}, state)
}

// show lets scrapes see what was admitted. The caller holds the book's mutex.
func (a *admissions) show() {
	for _, n := range a.leaves {
		n.leaf.measure.show(n.leaf)
	}
	for label, n := range a.folded {
		a.book.folded[label] += n
	}
}

// forget takes back what was admitted.
func (a *admissions) forget() {
	for _, l := range a.labels {
		delete(a.book.desks[l.Desk].values[l.Name], l.Value)
	}
	for _, n := range a.leaves {
		delete(n.leaf.measure.leaves, string(appendLeafKey(nil, n.leaf.labels)))
	}
}
