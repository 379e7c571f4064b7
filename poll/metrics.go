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
	requests *prometheus.CounterVec
	remains  *prometheus.GaugeVec
	can      *prometheus.GaugeVec
	progress *prometheus.GaugeVec
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
		requests: with.NewCounterVec(prometheus.CounterOpts{
			Name: "helpdesk_source_requests_total",
			Help: "Requests to the desk of the source, retries included, by the status code of the answer, error where none came.",
		}, source("code")),
		remains: with.NewGaugeVec(prometheus.GaugeOpts{
			Name: "helpdesk_source_rate_limit_remaining",
			Help: "Requests that the desk still allows its account in the present period, as it last said; absent where it does not say.",
		}, source()),
		can: with.NewGaugeVec(prometheus.GaugeOpts{
			Name: "helpdesk_source_capability",
			Help: "Whether the desk lets the source see a part of what it could tell: 0 where the plan or a right is missing, and nothing comes of it.",
		}, source("capability")),
		progress: with.NewGaugeVec(prometheus.GaugeOpts{
			Name: "helpdesk_source_catch_up_timestamp_seconds",
			Help: "How far a reading of many pages has come through the past of the desk; absent when there is nothing to catch up with.",
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

// capable tells which parts of its desk a source can see.
func (m *Metrics) capable(r *Runner, capabilities []sources.Capability) {
	for _, c := range capabilities {
		available := 0.0
		if c.Available {
			available = 1
		}
		m.can.WithLabelValues(r.Desk, r.Name, c.Name).Set(available)
	}
}

// reached tells how far a reading has come that goes on after the page.
func (m *Metrics) reached(r *Runner, page desk.Page) {
	switch {
	case !page.More:
		m.progress.DeleteLabelValues(r.Desk, r.Name)
	case !page.Reached.IsZero():
		m.progress.WithLabelValues(r.Desk, r.Name).Set(float64(page.Reached.UnixNano()) / 1e9)
	}
}

// Traffic returns what a source is to tell of its requests to.
func (m *Metrics) Traffic(deskName, source string) sources.Traffic {
	return traffic{m, deskName, source}
}

type traffic struct {
	metrics      *Metrics
	desk, source string
}

// Requested implements [sources.Traffic].
func (t traffic) Requested(code string) {
	t.metrics.requests.WithLabelValues(t.desk, t.source, code).Inc()
}

// Remaining implements [sources.Traffic].
func (t traffic) Remaining(requests float64) {
	t.metrics.remains.WithLabelValues(t.desk, t.source).Set(requests)
}

// uncounted takes back what was told of the drift of a source.
func (m *Metrics) uncounted(r *Runner) { m.drift.DeleteLabelValues(r.Desk, r.Name) }

// Forget removes the series of a source that is read no more.
func (m *Metrics) Forget(deskName, source string) {
	gone := prometheus.Labels{"desk": deskName, "source": source}
	for _, of := range []interface {
		DeletePartialMatch(labels prometheus.Labels) int
	}{m.up, m.polls, m.duration, m.records, m.rejects, m.drift, m.requests, m.remains, m.can, m.progress} {
		of.DeletePartialMatch(gone)
	}
}
