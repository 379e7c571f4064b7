package book

import (
	"slices"
	"strings"
	"time"

	"helpdesk_exporter/journal"
	"helpdesk_exporter/tally"
)

// admissions are the values and label sets that one piece of work let in. They
// are kept with it, or forgotten when it fails.
type admissions struct {
	book   *Book
	key    []byte // reused
	labels []journal.Label
	leaves []admitted
	mixed  []*leaf // into which values were folded
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
	told := labels
	labels = slices.Clone(labels)
	for i, name := range m.Labels() {
		if m.pooled(i) || slices.Contains(m.Named, name) {
			labels[i] = a.value(d, name, labels[i])
		}
	}
	if l := a.find(m, labels); l != nil {
		return a.mix(l)
	}
	if len(m.leaves) >= a.book.Catalogue.SeriesMax {
		a.fold("series")
		for i := range labels {
			if m.pooled(i) && labels[i] != "" {
				labels[i] = other
			}
		}
		if l := a.find(m, labels); l != nil {
			return a.mix(l)
		}
	}
	l := newLeaf(m, labels, len(a.book.Catalogue.Windows))
	l.start = start
	m.leaves[string(appendLeafKey(nil, labels))] = l
	a.leaves = append(a.leaves, admitted{desk: d, leaf: l})
	if !slices.Equal(told, labels) {
		a.mix(l)
	}
	for _, s := range m.Siblings {
		a.leaf(d, d.byID[s.ID], slices.Concat(labels[:s.Keep], s.Identity, labels[len(m.Identity):]), start)
	}
	return l
}

// mix notes that values were folded into a label set.
func (a *admissions) mix(l *leaf) *leaf {
	if l.measure.Apart != "" && !l.mixed && !slices.Contains(a.mixed, l) {
		a.mixed = append(a.mixed, l)
	}
	return l
}

// pooled reports whether a label of a measure is one whose values may be pooled:
// those of a table are few.
func (m *measure) pooled(label int) bool {
	return label >= len(m.Identity) && label < len(m.Identity)+len(m.Dims)-m.Table
}

func (a *admissions) find(m *measure, labels []string) *leaf {
	a.key = appendLeafKey(a.key[:0], labels)
	return m.leaves[string(a.key)]
}

// longest is how many bytes a label's value may have; what is longer is no
// name of a team or a channel.
const longest = 200

// value admits a label's value, or folds it.
func (a *admissions) value(d *deskBook, name, value string) string {
	value = strings.ToValidUTF8(value, "\uFFFD")
	switch {
	case value == "" || value == other || value == unset || d.values[name][value]:
		return value
	case len(value) > longest, len(d.values[name]) >= a.book.Catalogue.LabelValuesMax:
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

// nothing reports whether nothing was admitted.
func (a *admissions) nothing() bool { return len(a.labels) == 0 && len(a.leaves) == 0 }

// show lets scrapes see what was admitted. The caller holds the book's mutex.
func (a *admissions) show() {
	for _, n := range a.leaves {
		n.leaf.measure.show(n.leaf)
	}
	for _, l := range a.mixed {
		l.mixed = true
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
