package poll

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/sources"
)

// The outcomes of a poll besides the reasons for which a fetch fails.
const (
	outcomeSuccess = "success"
	outcomeStorage = "storage" // what was read could not be kept
)

// Metrics is what all runners tell of their work.
type Metrics struct {
	up       *prometheus.GaugeVec
	polls    *prometheus.CounterVec
	duration *prometheus.HistogramVec
	records  *prometheus.CounterVec
	rejects  *prometheus.CounterVec
	drift    *prometheus.GaugeVec
	commits  prometheus.Histogram
}

// NewMetrics registers the metrics of polling.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	with := promauto.With(reg)
	source := func(labels ...string) []string { return append([]string{"desk", "source"}, labels...) }
	return &Metrics{
		up: with.NewGaugeVec(prometheus.GaugeOpts{
			Name: "helpdesk_source_up",
			Help: "Whether the last poll of the source was read to its end and kept.",
		}, source()),
		polls: with.NewCounterVec(prometheus.CounterOpts{
			Name: "helpdesk_source_polls_total",
			Help: "Polls of the source by their outcome.",
		}, source("outcome")),
		duration: with.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "helpdesk_source_poll_duration_seconds",
			Help:    "Time that a poll of the source took, all its pages together.",
			Buckets: []float64{0.01, 0.1, 0.5, 1, 5, 15, 60, 300, 1800},
		}, source()),
		records: with.NewCounterVec(prometheus.CounterOpts{
			Name: "helpdesk_source_records_total",
			Help: "States of records that the source reported, repeated ones included.",
		}, source("kind")),
		rejects: with.NewCounterVec(prometheus.CounterOpts{
			Name: "helpdesk_source_rejects_total",
			Help: "Records of the source that could not be read, by reason; they are kept under rejects/ in the storage path.",
		}, source("reason")),
		drift: with.NewGaugeVec(prometheus.GaugeOpts{
			Name: "helpdesk_source_drift_tickets",
			Help: "Open tickets of the source that are known here, less those that its desk counts itself; absent where it cannot count.",
		}, source()),
		commits: with.NewHistogram(prometheus.HistogramOpts{
			Name:    "helpdesk_storage_commit_duration_seconds",
			Help:    "Time to merge a page with what is held and to make it safe on disk.",
			Buckets: []float64{0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5},
		}),
	}
}

// Expect makes the series of a source exist before anything happens.
func (m *Metrics) Expect(deskName, source string, kinds []desk.Kind) {
	m.up.WithLabelValues(deskName, source)
	m.duration.WithLabelValues(deskName, source)
	for _, o := range outcomes() {
		m.polls.WithLabelValues(deskName, source, o)
	}
	for _, k := range kinds {
		m.records.WithLabelValues(deskName, source, k.String())
	}
	for _, r := range desk.Reasons() {
		m.rejects.WithLabelValues(deskName, source, string(r))
	}
}

func outcomes() []string {
	all := []string{outcomeSuccess, outcomeStorage}
	for _, r := range sources.Reasons() {
		all = append(all, string(r))
	}
	return all
}

func (m *Metrics) polled(r *Runner, outcome string, took time.Duration) {
	up := 0.0
	if outcome == outcomeSuccess {
		up = 1
	}
	m.up.WithLabelValues(r.Desk, r.Name).Set(up)
	m.polls.WithLabelValues(r.Desk, r.Name, outcome).Inc()
	m.duration.WithLabelValues(r.Desk, r.Name).Observe(took.Seconds())
}

func (m *Metrics) committed(r *Runner, page desk.Page, took time.Duration) {
	m.commits.Observe(took.Seconds())
	for _, record := range page.Records {
		m.records.WithLabelValues(r.Desk, r.Name, record.Body.Kind().String()).Inc()
	}
	for _, reject := range page.Rejects {
		m.rejects.WithLabelValues(r.Desk, r.Name, string(reject.Reason)).Inc()
	}
}

// uncounted takes back what was told of the drift of a source.
func (m *Metrics) uncounted(r *Runner) { m.drift.DeleteLabelValues(r.Desk, r.Name) }

// Forget removes the series of a source that is read no more.
func (m *Metrics) Forget(deskName, source string) {
	gone := prometheus.Labels{"desk": deskName, "source": source}
	for _, of := range []interface {
		DeletePartialMatch(labels prometheus.Labels) int
	}{m.up, m.polls, m.duration, m.records, m.rejects, m.drift} {
		of.DeletePartialMatch(gone)
	}
}
