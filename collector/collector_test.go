package collector

import (
	"log/slog"
	"os"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	dto "github.com/prometheus/client_model/go"

	"helpdesk_exporter/book"
	"helpdesk_exporter/desk"
	"helpdesk_exporter/journal"
	"helpdesk_exporter/kpi"
	"helpdesk_exporter/sources"
)

var (
	noon    = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	created = noon.Add(-3 * time.Hour)
)

// newCollector returns the collector of a book that knows three tickets, two
// calls and two answers, as of noon.
func newCollector(t *testing.T, forms Forms) *Collector {
	t.Helper()
	b := openBook(t, false)
	if err := b.Commit("all", desk.Page{Records: records(), AsOf: noon}, noon); err != nil {
		t.Fatal(err)
	}
	return New(b, forms, func() time.Time { return noon })
}

func openBook(t *testing.T, exemplars bool) *book.Book {
	t.Helper()
	j, err := journal.Open("")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	b, err := book.Open(book.Options{
		Journal: j, Logger: slog.New(slog.DiscardHandler), Now: noon, Retention: 60 * 24 * time.Hour, Exemplars: exemplars,
		Catalogue: kpi.NewCatalogue(kpi.Definitions{
			Labels: []string{"team"}, Windows: []kpi.Window{{Name: "1d", Length: 24 * time.Hour}},
			MinSample: 1, LabelValuesMax: 50, SeriesMax: 2000, Horizons: kpi.Horizons{Outreach: 2 * time.Hour}, OutreachMinAttempts: 1,
			Buckets:       kpi.Buckets{Default: []float64{600, 3600}, Calls: []float64{20, 60}, Contacts: []float64{1, 3}},
			Surveys:       []kpi.Survey{{Name: "after-ticket", Kind: kpi.CSAT, Min: 1, Max: 5}},
			ServiceLevels: []kpi.ServiceLevel{{Name: "phone", Threshold: 20 * time.Second, ShortAbandon: 5 * time.Second, Abandons: "negative", Objective: 0.8}},
		}),
		Sources: []book.SourceConfig{{
			Name: "all", Desk: "acme", Type: "csv", Feeds: []desk.Kind{desk.KindTicket, desk.KindMessage, desk.KindCall, desk.KindSurvey, desk.KindStaffing, desk.KindOutreach}, History: sources.HistoryCounters, StaleAfter: time.Hour,
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func records() []desk.Record {
	minutes := func(n int) time.Time { return created.Add(time.Duration(n) * time.Minute) }
	return []desk.Record{
		// Answered after 10 minutes, solved after 60.
		{ID: "1", Body: &desk.Ticket{CreatedAt: created, UpdatedAt: minutes(60), Status: desk.StatusSolved, Team: "a", FirstResponseAt: minutes(10), SolvedAt: minutes(60)}},
		// Answered after 50 minutes, still open.
		{ID: "2", Body: &desk.Ticket{CreatedAt: created, UpdatedAt: minutes(50), Status: desk.StatusPending, Team: "a", FirstResponseAt: minutes(50)}},
		// Not answered for three hours.
		{ID: "3", Body: &desk.Ticket{CreatedAt: created, Status: desk.StatusNew, Team: "b"}},
		{ID: "1", Body: &desk.Call{ArrivedAt: created, Outcome: desk.OutcomeAnswered, Wait: desk.Some(15 * time.Second), Talk: desk.Some(100 * time.Second)}},
		{ID: "2", Body: &desk.Call{ArrivedAt: created, Outcome: desk.OutcomeAbandoned, Wait: desk.Some(40 * time.Second)}},
		{ID: "1", Body: &desk.Survey{Survey: "after-ticket", RespondedAt: minutes(90), Score: desk.Some(5.0), Ticket: "1"}},
		{ID: "2", Body: &desk.Survey{Survey: "after-ticket", RespondedAt: minutes(90), Score: desk.Some(2.0), Ticket: "2"}},
		// Who could not be reached at noon answered in the evening.
		{ID: "1", Body: &desk.Outreach{At: created.Add(-20 * time.Hour), Channel: "phone"}},
		{ID: "2", Body: &desk.Outreach{At: created.Add(-12 * time.Hour), Channel: "phone", RepliedAt: created.Add(-11 * time.Hour)}},
	}
}

// Every figure in the file was checked by hand against the records above.
func TestTheWholeExposition(t *testing.T) {
	want, err := os.Open("testdata/exposition.prom")
	if err != nil {
		t.Fatal(err)
	}
	defer want.Close()
	reg := prometheus.NewPedanticRegistry()
	reg.MustRegister(newCollector(t, Forms{Classic: true, Native: true}))
	if err := testutil.GatherAndCompare(reg, want); err != nil {
		t.Error(err)
	}
}

func TestTheLinterFindsNothing(t *testing.T) {
	problems, err := testutil.CollectAndLint(newCollector(t, Forms{Classic: true, Native: true}))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
}

// histogramOf returns the first response histogram of team a.
func histogramOf(t *testing.T, c *Collector) *dto.Histogram {
	t.Helper()
	reg := prometheus.NewPedanticRegistry()
	reg.MustRegister(c)
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == "helpdesk_first_response_seconds" {
			return f.Metric[0].Histogram
		}
	}
	t.Fatal("no histogram of first responses")
	return nil
}

func TestAHistogramIsClassicAndNativeAtOnce(t *testing.T) {
	h := histogramOf(t, newCollector(t, Forms{Classic: true, Native: true}))
	if len(h.Bucket) != 2 || h.Bucket[0].GetCumulativeCount() != 1 || h.Bucket[1].GetCumulativeCount() != 2 {
		t.Errorf("classic buckets %v, want 1 up to 600 s and 2 up to 3600 s", h.Bucket)
	}
	// 600 s and 3000 s: log2 is 9.23 and 11.55, the eighths above it 74 and 93.
	if h.GetSchema() != 3 || len(h.PositiveSpan) != 2 ||
		h.PositiveSpan[0].GetOffset() != 74 || h.PositiveSpan[1].GetOffset() != 93-74-1 {
		t.Errorf("native schema %d, spans %v; want buckets 74 and 93 of schema 3", h.GetSchema(), h.PositiveSpan)
	}
	if h.GetSampleSum() != 3600 || h.GetSampleCount() != 2 {
		t.Errorf("sum %v of %d, want 3600 of 2", h.GetSampleSum(), h.GetSampleCount())
	}
	if got := h.CreatedTimestamp.AsTime(); !got.Equal(created) {
		t.Errorf("counts since %v, want the oldest fact's time %v", got, created)
	}
}

func TestEitherFormCanBeLeftOut(t *testing.T) {
	classic := histogramOf(t, newCollector(t, Forms{Classic: true}))
	if classic.Schema != nil || len(classic.PositiveSpan) > 0 || len(classic.Bucket) != 2 {
		t.Errorf("classic only: %v", classic)
	}
	native := histogramOf(t, newCollector(t, Forms{Native: true}))
	if native.Schema == nil || len(native.Bucket) > 0 {
		t.Errorf("native only: %v", native)
	}
}

func TestAnEmptyNativeHistogramIsStillNative(t *testing.T) {
	h := &dto.Histogram{}
	addNative(h, nil)
	if len(h.PositiveSpan) != 1 || h.PositiveSpan[0].GetLength() != 0 {
		t.Errorf("spans %v: without an empty span it reads as a classic histogram", h.PositiveSpan)
	}
}
