package intercomtest_test

import (
	"net/http/httptest"
	"testing"
	"time"

	"github.com/prometheus/common/model"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/sources"
	"helpdesk_exporter/sources/intercom"
	"helpdesk_exporter/sources/intercom/intercomtest"
	"helpdesk_exporter/sources/sourcestest"
)

// morning is a working day at the desk.
var morning = time.Date(2026, 11, 18, 9, 0, 0, 0, time.UTC)

// BenchmarkFirstSync counts what the first sync of a hundred thousand
// conversations costs, and a poll after it.
func BenchmarkFirstSync(b *testing.B) {
	const month = 28 * 24 * time.Hour
	for _, parts := range []intercom.Parts{intercom.PartsChanged, intercom.PartsNone} {
		b.Run(string(parts), func(b *testing.B) {
			now := morning
			world := sourcestest.Invent(1, sourcestest.Invention{
				Tickets: 98_000, From: morning.Add(-month), To: morning.Add(time.Hour), Old: 2_000, Without: intercomtest.Absent,
			})
			for b.Loop() {
				now = morning
				fake := intercomtest.New(world, intercomtest.Options{Now: func() time.Time { return now }, Token: token})
				server := httptest.NewServer(fake)
				c := configured(server.URL)
				c.Parts = parts
				c.StartFrom(model.Duration(month))
				source, err := c.New(sources.Options{})
				if err != nil {
					b.Fatal(err)
				}
				cursor, records := read(b, source, nil, now)
				b.ReportMetric(float64(records), "records")
				b.ReportMetric(total(fake), "requests/sync")
				before := total(fake)
				const polls = 30
				for range polls {
					now = now.Add(time.Minute)
					cursor, _ = read(b, source, cursor, now)
				}
				b.ReportMetric((total(fake)-before)/polls, "requests/poll")
				b.ReportMetric(float64(len(cursor)), "B/cursor")
				server.Close()
			}
		})
	}
}

// read reads a source to the end of a round.
func read(tb testing.TB, source sources.Source, cursor desk.Cursor, now time.Time) (desk.Cursor, int) {
	tb.Helper()
	records := 0
	for {
		page, err := source.Fetch(tb.Context(), cursor, now.Add(-source.(sources.HoldsBack).HoldBack()))
		if err != nil {
			tb.Fatal(err)
		}
		records += len(page.Records)
		if cursor = page.Cursor; !page.More {
			return cursor, records
		}
	}
}

func total(fake *intercomtest.Desk) float64 {
	n := 0
	for _, made := range fake.Requests() {
		n += made
	}
	return float64(n)
}
