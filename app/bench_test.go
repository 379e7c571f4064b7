package app

import (
	"bytes"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"
	"time"
)

const ticketColumns = `
sources:
  - name: tickets
    desk: acme
    type: csv
    files: [tickets.csv]
    record: ticket
    settle: 0s
    time_format: "2006-01-02T15:04:05Z07:00"
    columns: {id: id, created_at: created, updated_at: updated, status: status, priority: priority, channel: channel, team: team, agent: agent, requester: requester, first_response_at: responded, solved_at: solved, reopens: reopens}
`

// writeTickets writes n tickets of the last four weeks, one in so many still
// open, for as many teams.
func writeTickets(b *testing.B, path string, n, open, teams int, until time.Time) {
	b.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	var text bytes.Buffer
	text.WriteString("id,created,updated,status,priority,channel,team,agent,requester,responded,solved,reopens\n")
	span := 27 * 24 * time.Hour
	stamp := func(t time.Time) string { return t.UTC().Format(time.RFC3339) }
	pick := func(of ...string) string { return of[random.IntN(len(of))] }
	for i := range n {
		created := until.Add(-span + time.Duration(i)*(span/time.Duration(n)))
		responded := created.Add(time.Duration(random.ExpFloat64() * float64(time.Hour)))
		solved := responded.Add(time.Duration(random.ExpFloat64() * float64(8*time.Hour)))
		status, updated := "closed", solved
		answer, end := stamp(responded), stamp(solved)
		if solved.After(until) || i%open == 0 {
			status, updated, answer, end = "open", created, "", ""
		}
		fmt.Fprintf(&text, "T%08d,%s,%s,%s,%s,%s,team %d,agent %d,r%d,%s,%s,0\n", i, stamp(created), stamp(updated), status,
			pick("low", "normal", "high", "urgent"), pick("email", "chat", "web", "phone"),
			random.IntN(teams), random.IntN(40), random.IntN(200_000), answer, end)
	}
	if err := os.WriteFile(path, text.Bytes(), 0o600); err != nil {
		b.Fatal(err)
	}
}

// newBench returns an exporter over a drop of n tickets that it has not read.
func newBench(b *testing.B, n, teams int) *App {
	b.Helper()
	dir := b.TempDir()
	writeTickets(b, filepath.Join(dir, "tickets.csv"), n, 20, teams, time.Now().Add(-time.Minute))
	return newConfigured(b, dir, "global: {label_values_max: 1000}\n"+ticketColumns)
}

// newConfigured returns an exporter with a configuration in a folder.
func newConfigured(b *testing.B, dir, config string) *App {
	b.Helper()
	now := time.Now()
	if err := os.WriteFile(filepath.Join(dir, "config.yml"), []byte(config), 0o600); err != nil {
		b.Fatal(err)
	}
	a, err := New(Options{
		ConfigFile: filepath.Join(dir, "config.yml"), StoragePath: filepath.Join(dir, "data"),
		TelemetryPath: "/metrics", Logger: slog.New(slog.DiscardHandler),
	}, now)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = a.journal.Close() })
	return a
}

// BenchmarkIngest reads a drop end to end: parsed, merged, kept, counted. The
// budget is 100,000 rows a second.
func BenchmarkIngest(b *testing.B) {
	const rows = 100_000
	for b.Loop() {
		b.StopTimer()
		a := newBench(b, rows, 6)
		b.StartTimer()
		if err := a.readers[0].Poll(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(rows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

// simulated is a desk whose tickets have messages, changes, calls and surveys.
const simulated = `
sources: [{name: desk, type: simulate, past: 7d, tickets_per_day: 1500, calls_per_day: 1500}]
surveys:
  - {name: after-ticket, kind: csat}
  - {name: relation, kind: nps}
`

// BenchmarkSimulatedWeek takes in a week of an invented desk: records that
// belong together, as those of an API do.
func BenchmarkSimulatedWeek(b *testing.B) {
	var records float64
	for b.Loop() {
		b.StopTimer()
		a := newConfigured(b, b.TempDir(), simulated)
		b.StartTimer()
		if err := a.readers[0].Poll(b.Context()); err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		records += recordsRead(b, a)
		b.StartTimer()
	}
	b.ReportMetric(records/b.Elapsed().Seconds(), "records/s")
}

func recordsRead(b *testing.B, a *App) (n float64) {
	b.Helper()
	families, err := a.Gather()
	if err != nil {
		b.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == "helpdesk_source_records_total" {
			for _, m := range f.Metric {
				n += m.GetCounter().GetValue()
			}
		}
	}
	return n
}

// BenchmarkUnchangedDrop polls a drop that was read before.
func BenchmarkUnchangedDrop(b *testing.B) {
	a := newBench(b, 10_000, 6)
	if err := a.readers[0].Poll(b.Context()); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if err := a.readers[0].Poll(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkScrape serves /metrics; its cost must follow the samples, which the
// number of teams drives, and not the tickets. The budgets are 15 ms at 5,000
// samples and 150 ms at 50,000.
func BenchmarkScrape(b *testing.B) {
	for _, size := range []struct{ tickets, teams int }{{10_000, 3}, {100_000, 3}, {100_000, 60}} {
		b.Run("tickets="+strconv.Itoa(size.tickets)+"/teams="+strconv.Itoa(size.teams), func(b *testing.B) {
			a := newBench(b, size.tickets, size.teams)
			if err := a.readers[0].Poll(b.Context()); err != nil {
				b.Fatal(err)
			}
			scrape(b, a)
		})
	}
}

// promised is what every ticket of a desk is promised: an answer and an end,
// half of them in the hours of an office.
const promised = `
calendars:
  - {name: office, timezone: Europe/Athens, hours: [{days: [mon, tue, wed, thu, fri], from: "09:00", to: "17:00"}]}
sla_policies:
  - {name: urgent, match: {priority: [urgent]}, targets: {first_response: 1h, resolution: 8h}, rematch_on: [priority], objective: 0.9}
  - {name: high, match: {priority: [high]}, targets: {first_response: 4h, resolution: 1d}, rematch_on: [priority], objective: 0.9}
  - {name: normal, match: {priority: [normal]}, calendar: office, targets: {first_response: 8h, resolution: 24h}, pause_on: [pending], objective: 0.8}
  - {name: low, calendar: office, targets: {first_response: 16h, resolution: 40h}, pause_on: [pending], objective: 0.8}
`

// BenchmarkScrapeUnderSLA serves /metrics of a desk with many open tickets, to
// each of which two things are promised, and of the same desk without promises.
func BenchmarkScrapeUnderSLA(b *testing.B) {
	for _, open := range promisedSizes() {
		for _, sla := range []struct{ name, config string }{{"without", ""}, {"with", promised}} {
			b.Run("open="+strconv.Itoa(open)+"/"+sla.name, func(b *testing.B) {
				dir := b.TempDir()
				writeTickets(b, filepath.Join(dir, "tickets.csv"), open, 1, 6, time.Now().Add(-time.Minute))
				a := newConfigured(b, dir, sla.config+ticketColumns)
				if err := a.readers[0].Poll(b.Context()); err != nil {
					b.Fatal(err)
				}
				scrape(b, a)
			})
		}
	}
}

func promisedSizes() []int {
	if os.Getenv("HELPDESK_BENCH_LARGE") != "" {
		return []int{200_000, 1_000_000}
	}
	return []int{200_000}
}

// scrape has Prometheus ask again and again, and says how much there is.
func scrape(b *testing.B, a *App) {
	b.Helper()
	handler := a.handler()
	request := httptest.NewRequest(http.MethodGet, "/metrics", nil)
	request.Header.Set("Accept", "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited")
	for b.Loop() {
		handler.ServeHTTP(httptest.NewRecorder(), request)
	}
	families, err := a.generation.registry.Gather()
	if err != nil {
		b.Fatal(err)
	}
	samples := 0
	for _, f := range families {
		for _, m := range f.Metric {
			samples += max(1, len(m.GetHistogram().GetBucket()))
		}
	}
	b.ReportMetric(float64(samples), "samples")
	var memory runtime.MemStats
	families = nil
	runtime.GC()
	runtime.ReadMemStats(&memory)
	b.ReportMetric(float64(memory.HeapAlloc)/(1<<20), "heap-MB")
}
