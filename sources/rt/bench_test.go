package rt

import (
	"context"
	"maps"
	"slices"
	"testing"
	"time"

	"helpdesk_exporter/sources/rt/rttest"
	"helpdesk_exporter/sources/sourcestest"
)

// BenchmarkFirstSync counts the requests of a first sync of 100,000 tickets, and
// of the polls behind it.
func BenchmarkFirstSync(b *testing.B) {
	const day = 24 * time.Hour
	w := sourcestest.Invent(1, sourcestest.Invention{
		Tickets: 98_000, From: ago(28 * day), To: now.Add(2 * time.Hour), Old: 2_000, Without: []sourcestest.What{sourcestest.Close, sourcestest.Spam},
	})
	for b.Loop() {
		p := &played{TB: b, until: now}
		d := rttest.New(w, rttest.Options{Version: "5.0.3", Token: token, Now: func() time.Time { return p.until }})
		p.read(d, func(c *Config) { c.Statuses = map[string]string{"waiting": "on_hold"} })
		records := p.count()
		asked := d.Asked()
		b.Logf("first sync: %d records, requests %v, %d in all", records, asked, sum(asked))
		records = 0
		for range 60 {
			p.until = p.until.Add(time.Minute)
			records += p.count()
		}
		asked = d.Asked()
		b.Logf("an hour of polls every minute: %d records, requests %v, %.1f a poll", records, asked, float64(sum(asked))/60)
		b.ReportMetric(float64(len(p.cursor)), "cursor-bytes")
	}
}

// count reads all that is new and returns how many records it is.
func (p *played) count() int {
	records := 0
	for {
		page, err := p.Fetch(context.Background(), p.cursor, p.until)
		if err != nil {
			p.Fatal(err)
		}
		records += len(page.Records)
		if p.cursor = page.Cursor; !page.More {
			return records
		}
	}
}

func sum(of map[string]int) int {
	n := 0
	for _, v := range slices.Collect(maps.Values(of)) {
		n += v
	}
	return n
}
