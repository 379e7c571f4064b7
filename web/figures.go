package web

import (
	"maps"
	"slices"
	"strings"

	dto "github.com/prometheus/client_model/go"
)

// reading is one series: the labels that tell it from others of its family at
// its desk, and its value.
type reading struct {
	identity map[string]string
	value    float64
}

// figures is the series that the page needs, by family and desk.
type figures map[string]map[string][]reading

// figuresOf picks families out of those that are served: of figures over a
// window the one window that is shown, of figures at several levels those of
// the whole desk.
func figuresOf(families []*dto.MetricFamily, window string, wanted map[string]bool) figures {
	all := figures{}
	for _, family := range families {
		if !wanted[family.GetName()] {
			continue
		}
		byDesk := map[string][]reading{}
		for _, m := range family.Metric {
			if deskName, r, ok := readingOf(m, window); ok {
				byDesk[deskName] = append(byDesk[deskName], r)
			}
		}
		all[family.GetName()] = byDesk
	}
	return all
}

func readingOf(m *dto.Metric, window string) (deskName string, r reading, ok bool) {
	r = reading{identity: map[string]string{}, value: m.GetGauge().GetValue()}
	if m.Counter != nil {
		r.value = m.Counter.GetValue()
	}
	for _, l := range m.Label {
		switch name, value := l.GetName(), l.GetValue(); {
		case name == "desk":
			deskName = value
		case name == "by" && value != "all", name == "window" && value != window:
			return "", r, false
		case name == "by", name == "window", value == "": // what is pooled has no value
		default:
			r.identity[name] = value
		}
	}
	return deskName, r, true
}

// has reports whether a reading has all of the given labels.
func (r reading) has(labels map[string]string) bool {
	for name, value := range labels {
		if r.identity[name] != value {
			return false
		}
	}
	return true
}

// at returns the readings of a family at a desk that have all of the given
// labels.
func (f figures) at(family, deskName string, labels map[string]string) []reading {
	return slices.DeleteFunc(slices.Clone(f[family][deskName]), func(r reading) bool { return !r.has(labels) })
}

// one returns the figure of a family that has exactly the given labels.
func (f figures) one(family, deskName string, labels map[string]string) (float64, bool) {
	for _, r := range f[family][deskName] {
		if maps.Equal(r.identity, labels) {
			return r.value, true
		}
	}
	return 0, false
}

// sum adds up the figures of a stock that have all of the given labels; false
// where it does not show.
func (f figures) sum(family, deskName string, labels map[string]string) (float64, bool) {
	of := f.at(family, deskName, labels)
	var sum float64
	for _, r := range of {
		sum += r.value
	}
	return sum, len(of) > 0
}

// identities returns the different labels that the readings of some families
// have at a desk, those aside that are given.
func (f figures) identities(deskName string, aside map[string]string, families ...string) []map[string]string {
	seen, all := map[string]bool{}, []map[string]string(nil)
	for _, family := range families {
		for _, r := range f[family][deskName] {
			identity := maps.Clone(r.identity)
			maps.DeleteFunc(identity, func(name, _ string) bool { _, of := aside[name]; return of })
			if key := keyOf(identity); !seen[key] {
				seen[key] = true
				all = append(all, identity)
			}
		}
	}
	slices.SortFunc(all, func(x, y map[string]string) int { return strings.Compare(keyOf(x), keyOf(y)) })
	return all
}

// keyOf writes labels as one text, by which they can be told apart and sorted.
func keyOf(labels map[string]string) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		b.WriteString(name + "\x00" + labels[name] + "\x00")
	}
	return b.String()
}

// with returns labels with others beside them.
func with(labels, more map[string]string) map[string]string {
	all := maps.Clone(labels)
	maps.Copy(all, more)
	return all
}
