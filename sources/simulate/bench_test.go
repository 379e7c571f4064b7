package simulate

import (
	"testing"
	"time"

	"helpdesk_exporter/desk"
)

// BenchmarkFirstSync tells four weeks of a large desk.
func BenchmarkFirstSync(b *testing.B) {
	firstSync(b, Settings{TicketsPerDay: 3500, CallsPerDay: 3000})
}

// BenchmarkFirstSyncOfACompany tells four weeks of a company with more to tell
// than its desk has.
func BenchmarkFirstSyncOfACompany(b *testing.B) {
	firstSync(b, Settings{TicketsPerDay: 350, CallsPerDay: 300, Customers: 8000})
}

func firstSync(b *testing.B, s Settings) {
	b.ReportAllocs()
	records := 0
	for b.Loop() {
		source := newSource(b, s)
		for cursor := desk.Cursor(nil); ; {
			page, err := source.Fetch(b.Context(), cursor, noon)
			if err != nil {
				b.Fatal(err)
			}
			records += len(page.Records)
			if cursor = page.Cursor; !page.More {
				break
			}
		}
	}
	b.ReportMetric(float64(records)/float64(b.N), "records/op")
	b.ReportMetric(float64(records)/b.Elapsed().Seconds(), "records/s")
}

// BenchmarkPoll asks a large desk for what happened in ten seconds.
func BenchmarkPoll(b *testing.B) {
	source := newSource(b, Settings{TicketsPerDay: 100_000, CallsPerDay: 100_000, Past: days(1)})
	until := noon
	var cursor desk.Cursor
	records := 0
	fetch := func() {
		for {
			page, err := source.Fetch(b.Context(), cursor, until)
			if err != nil {
				b.Fatal(err)
			}
			records += len(page.Records)
			if cursor = page.Cursor; !page.More {
				return
			}
		}
	}
	fetch()
	records = 0
	b.ReportAllocs()
	for b.Loop() {
		until = until.Add(10 * time.Second)
		fetch()
	}
	b.ReportMetric(float64(records)/float64(b.N), "records/op")
}
