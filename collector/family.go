package collector

import (
	"slices"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// family is a metric family that makes its own const metrics: those of the
// library check and sort the same label names for every sample of every scrape,
// which is most of what a large scrape costs.
type family struct {
	*prometheus.Desc
	labels []string // in the order of the values
	sorted []int    // positions of the labels, by name
}

func newFamily(name, help string, labels ...string) *family {
	f := &family{Desc: prometheus.NewDesc(name, help, labels, nil), labels: labels}
	for i := range labels {
		f.sorted = append(f.sorted, i)
	}
	slices.SortFunc(f.sorted, func(a, b int) int { return strings.Compare(labels[a], labels[b]) })
	return f
}

// pairs returns the labels as the registry wants them: sorted by name. They
// point into values.
func (f *family) pairs(values []string) []*dto.LabelPair {
	backing := make([]dto.LabelPair, len(values))
	pairs := make([]*dto.LabelPair, len(values))
	for i, at := range f.sorted {
		backing[i].Name, backing[i].Value = &f.labels[at], &values[at]
		pairs[i] = &backing[i]
	}
	return pairs
}

// sample is a gauge, or with a start a counter.
type sample struct {
	family *family
	pairs  []*dto.LabelPair
	value  float64
	start  *timestamppb.Timestamp
}

func (f *family) gauge(value float64, labels ...string) prometheus.Metric {
	return &sample{family: f, pairs: f.pairs(labels), value: value}
}

func (f *family) counter(value float64, start time.Time, labels ...string) prometheus.Metric {
	return &sample{family: f, pairs: f.pairs(labels), value: value, start: timestamppb.New(start)}
}

// Desc implements [prometheus.Metric].
func (s *sample) Desc() *prometheus.Desc { return s.family.Desc }

// Write implements [prometheus.Metric].
func (s *sample) Write(m *dto.Metric) error {
	m.Label = s.pairs
	if s.start == nil {
		m.Gauge = &dto.Gauge{Value: &s.value}
	} else {
		m.Counter = &dto.Counter{Value: &s.value, CreatedTimestamp: s.start}
	}
	return nil
}
