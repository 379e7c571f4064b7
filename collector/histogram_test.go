package collector

import (
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	dto "github.com/prometheus/client_model/go"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/kpi"
	"helpdesk_exporter/tally"
)

// newCollectorWithExemplars returns the collector of a book that found nothing
// at first, and at noon what the other tests know and a ticket that was answered
// after two hours.
func newCollectorWithExemplars(t *testing.T, forms Forms) *Collector {
	t.Helper()
	b := openBook(t, true)
	answered := created.Add(2 * time.Hour)
	late := desk.Record{ID: `a "late" one`, Body: &desk.Ticket{
		CreatedAt: created, UpdatedAt: answered, Status: desk.StatusOpen, Team: "a", FirstResponseAt: answered,
	}}
	for _, page := range []desk.Page{{AsOf: created}, {Records: append(records(), late), AsOf: noon}} {
		if err := b.Commit("all", page, page.AsOf); err != nil {
			t.Fatal(err)
		}
	}
	return New(b, forms, func() time.Time { return noon })
}

// openMetrics returns the lines of a family as a scraper gets them that asks
// for OpenMetrics.
func openMetrics(t *testing.T, c *Collector, family string) string {
	t.Helper()
	reg := prometheus.NewPedanticRegistry()
	reg.MustRegister(c)
	r := httptest.NewRequest(http.MethodGet, "/metrics", nil)
	r.Header.Set("Accept", "application/openmetrics-text; version=1.0.0")
	w := httptest.NewRecorder()
	promhttp.HandlerFor(reg, promhttp.HandlerOpts{EnableOpenMetrics: true}).ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		t.Fatalf("status %d: %s", w.Code, w.Body)
	}
	var text strings.Builder
	for line := range strings.Lines(w.Body.String()) {
		if strings.Contains(line, family) {
			text.WriteString(line)
		}
	}
	return text.String()
}

// Checked by hand: 600 s lie on the edge of the first bucket, 3000 s in the
// second, 7200 s above all; all three were discovered at noon.
func TestTheExpositionWithExemplars(t *testing.T) {
	want, err := os.ReadFile("testdata/exemplars.openmetrics")
	if err != nil {
		t.Fatal(err)
	}
	got := openMetrics(t, newCollectorWithExemplars(t, Forms{Classic: true, Native: true}), "helpdesk_first_response_seconds")
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestWithoutExemplarsNothingOfThemShows(t *testing.T) {
	h := histogramOf(t, newCollector(t, Forms{Classic: true, Native: true}))
	if len(h.Bucket) != 2 || h.Exemplars != nil {
		t.Errorf("%d classic buckets, exemplars %v; want 2 and none", len(h.Bucket), h.Exemplars)
	}
}

// check compares exemplars with the tickets and values that are known.
func check(t *testing.T, got []*dto.Exemplar) {
	t.Helper()
	want := []struct {
		id    string
		value float64
	}{{"1", 600}, {"2", 3000}, {`a "late" one`, 7200}}
	if len(got) != len(want) {
		t.Fatalf("exemplars %v, want %v", got, want)
	}
	for i, e := range got {
		if len(e.Label) != 1 || e.Label[0].GetName() != "ticket_id" || e.Label[0].GetValue() != want[i].id ||
			e.GetValue() != want[i].value || !e.Timestamp.AsTime().Equal(noon) {
			t.Errorf("exemplar %d is %v, want %v", i, e, want[i])
		}
	}
}

func TestEachClassicBucketHasItsExemplar(t *testing.T) {
	h := histogramOf(t, newCollectorWithExemplars(t, Forms{Classic: true}))
	if len(h.Exemplars) > 0 {
		t.Errorf("exemplars of a native histogram: %v", h.Exemplars)
	}
	var got []*dto.Exemplar
	above := math.Inf(-1)
	for _, b := range h.Bucket {
		if v := b.Exemplar.GetValue(); v <= above || v > b.GetUpperBound() {
			t.Errorf("the exemplar of the bucket from %v to %v is %v", above, b.GetUpperBound(), v)
		}
		above = b.GetUpperBound()
		got = append(got, b.Exemplar)
	}
	check(t, got)
	if last := h.Bucket[len(h.Bucket)-1]; !math.IsInf(last.GetUpperBound(), 1) || last.GetCumulativeCount() != h.GetSampleCount() {
		t.Errorf("the last bucket is %v, want one above all bounds with all %d", last, h.GetSampleCount())
	}
}

func TestANativeHistogramHasItsExemplarsByValue(t *testing.T) {
	h := histogramOf(t, newCollectorWithExemplars(t, Forms{Native: true}))
	if len(h.Bucket) > 0 {
		t.Errorf("classic buckets: %v", h.Bucket)
	}
	check(t, h.Exemplars)
}

func BenchmarkHistogram(b *testing.B) {
	buckets := []float64{60, 300, 900, 3600, 14400, 28800, 86400, 259200, 604800}
	f := familyOf("helpdesk_first_response_seconds", "Help.", &kpi.Measure{Dims: []string{"channel", "team"}})
	var bounds []tally.Amount
	for _, bound := range buckets {
		bounds = append(bounds, tally.Points(bound))
	}
	var plain tally.Total
	for i := range 100 {
		plain.Observe(tally.Seconds(time.Duration(i*i)*time.Minute), bounds)
	}
	exemplified := plain.Clone()
	for _, bound := range bounds {
		exemplified.Exemplify(tally.Exemplar{ID: "4711", Value: bound, At: noon}, bounds)
	}
	for name, total := range map[string]*tally.Total{"plain": &plain, "exemplars": exemplified} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				newHistogram(f, buckets, total, noon, Forms{Classic: true, Native: true}, []string{"acme", "email", "billing"})
			}
		})
	}
}
