package app

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/collectors/version"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"helpdesk_exporter/journal"
)

// metrics is what the exporter tells of itself.
type metrics struct {
	reloadSuccessful prometheus.Gauge
	reloadedAt       prometheus.Gauge
	lag              *prometheus.HistogramVec
}

func newMetrics(reg prometheus.Registerer) *metrics {
	reg.MustRegister(
		version.NewCollector("helpdesk_exporter"),
		// The memory statistics of old hold a gauge and a counter that are one
		// family in OpenMetrics; the runtime's own metrics say the same.
		collectors.NewGoCollector(
			collectors.WithGoCollectorMemStatsMetricsDisabled(),
			collectors.WithGoCollectorRuntimeMetrics(collectors.MetricsMemory),
		),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	with := promauto.With(reg)
	return &metrics{
		reloadSuccessful: with.NewGauge(prometheus.GaugeOpts{
			Name: "helpdesk_config_last_reload_successful",
			Help: "Whether the configuration in the file was last loaded successfully.",
		}),
		reloadedAt: with.NewGauge(prometheus.GaugeOpts{
			Name: "helpdesk_config_last_reload_success_timestamp_seconds",
			Help: "When the configuration in use was loaded.",
		}),
		lag: with.NewHistogramVec(prometheus.HistogramOpts{
			Name:                           "helpdesk_event_lag_seconds",
			Help:                           "How long after it happened a fact was discovered, the first sync of each source left out.",
			Buckets:                        []float64{10, 60, 300, 900, 3600, 14400, 86400, 604800},
			NativeHistogramBucketFactor:    1.1,
			NativeHistogramMaxBucketNumber: 160,
		}, []string{"desk", "source"}),
	}
}

func (m *metrics) reloaded(now time.Time) {
	m.reloadSuccessful.Set(1)
	m.reloadedAt.Set(float64(now.UnixNano()) / 1e9)
}

func (m *metrics) reloadFailed() { m.reloadSuccessful.Set(0) }

// forget removes the series of a source.
func (m *metrics) forget(deskName, source string) {
	m.lag.DeletePartialMatch(prometheus.Labels{"desk": deskName, "source": source})
}

func (m *metrics) observeLag(deskName, source string, lag time.Duration) {
	m.lag.WithLabelValues(deskName, source).Observe(max(lag, 0).Seconds())
}

func (m *metrics) registerStorage(reg prometheus.Registerer, j *journal.Journal) {
	promauto.With(reg).NewGaugeFunc(prometheus.GaugeOpts{
		Name: "helpdesk_storage_size_bytes",
		Help: "Bytes that the journal takes on disk, or in memory where there is no storage path.",
	}, func() float64 { return float64(j.Size()) })
}
