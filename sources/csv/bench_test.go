package csv

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"helpdesk_exporter/desk"
)

// BenchmarkFetch reads a file of tickets with ten columns, of which four are
// times.
func BenchmarkFetch(b *testing.B) {
	const rows = 200_000
	d := newDesktop(b, `
directory: .
record: ticket
time_format: "2006-01-02 15:04:05"
timezone: Europe/Athens
columns: {id: id, created_at: created, first_response_at: responded, solved_at: solved, updated_at: updated,
  status: status, priority: priority, channel: channel, team: team, requester: customer}
`)
	var text strings.Builder
	text.WriteString("id,created,responded,solved,updated,status,priority,channel,team,customer\n")
	for i := range rows {
		fmt.Fprintf(&text, "%d,2025-03-%02d 10:%02d:00,2025-03-%02d 11:%02d:07,2025-03-20 10:00:00,2025-03-20 10:00:00,solved,high,email,team %d,customer %d\n",
			i, i%20+1, i%60, i%20+1, i%60, i%7, i%50_000)
	}
	d.drop("tickets.csv", text.String(), noon.AddDate(0, 0, -1))
	b.SetBytes(int64(text.Len()))
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		for cursor := desk.Cursor(nil); ; {
			page, err := d.source.Fetch(context.Background(), cursor, noon)
			if err != nil {
				b.Fatal(err)
			}
			n += len(page.Records)
			if cursor = page.Cursor; !page.More {
				break
			}
		}
		if n != rows {
			b.Fatalf("read %d rows", n)
		}
	}
	b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}
