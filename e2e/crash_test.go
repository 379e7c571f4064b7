package e2e

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	dto "github.com/prometheus/client_model/go"
)

// kills is how many exporters die while the drop is being read.
const kills = 55

// However often the exporter is killed while it reads, what it shows in the end
// is what one shows that was left in peace.
func TestKillsAtRandomMomentsChangeNoFigure(t *testing.T) {
	b := newBulk(36_000, 20_000)
	s := newSite(t, configOf(ticketSource, callSource, surveySource))
	s.write("drops/tickets/bulk.csv", text(ticketHeader, b.tickets))
	s.write("drops/calls/bulk.csv", text(callHeader, b.calls))
	s.write("drops/answers/bulk.csv", text(surveyHeader, b.answers))

	began := time.Now()
	e := s.start()
	want := e.synced()
	undisturbed := time.Since(began)
	e.stop()
	want.expect(t, map[string]string{
		"helpdesk_tickets_opened_total":    fmt.Sprint(b.opened),
		"helpdesk_tickets_solved_total":    fmt.Sprint(b.solved),
		"helpdesk_tickets_reopened_total":  fmt.Sprint(b.reopened),
		"helpdesk_tickets_withdrawn_total": fmt.Sprint(b.withdrawn),
		"helpdesk_tickets_open":            fmt.Sprint(b.opened + b.reopened - b.solved - b.withdrawn),
		"helpdesk_calls_total":             fmt.Sprint(len(b.calls)),
		"helpdesk_survey_responses_total":  fmt.Sprint(len(b.answers)),
	})

	s.loseState()
	killed := &killer{t: t, site: s, dice: rand.New(rand.NewPCG(3, 4)), page: undisturbed / 16}
	killed.repeatedly()
	e = s.start()
	if progress(e.scrape()) == 1 {
		t.Fatalf("the last of %d kills came when all was read; at most %d landed before: make the drop larger", kills, killed.before)
	}
	got := e.synced()
	t.Logf("%d rows: %s undisturbed; %d kills landed while the read was incomplete, %d of them before the exporter listened; %s with them",
		len(b.tickets)+len(b.calls)+len(b.answers), undisturbed, kills, killed.early, time.Since(began)-undisturbed)
	sameKPIs(t, got, want)

	e.stop()
	e = s.start()
	sameKPIs(t, e.synced(), want)
}

// killer starts exporters on one storage path and kills each at a random moment.
type killer struct {
	t      *testing.T
	site   *site
	dice   *rand.Rand
	page   time.Duration // about how long a page takes
	at     float64       // how much had been read when last seen
	before int           // kills that surely landed while the read was incomplete
	early  int           // exporters that were killed before they listened
}

// repeatedly spreads the kills over the read: each waits until the read has come
// to a place of its own, and then for a random part of a page, a small one where
// the read is ahead of its places. The last fifth holds no place, so that even a
// late kill finds the read incomplete.
func (k *killer) repeatedly() {
	places := make([]float64, kills)
	for i := range places {
		places[i] = 0.8 * k.dice.Float64()
	}
	slices.Sort(places)
	for i, place := range places {
		e := k.site.launch()
		most := k.page / 2
		if k.dice.IntN(5) > 0 {
			eventually(k.t, "listening", e.listens)
			eventually(k.t, "the next place in the drop", func() bool { return k.reached(e, i, place) })
			most = time.Duration(max(0.1, 1-10*(k.at-place)) * float64(k.page))
		}
		select {
		case <-time.After(time.Duration(k.dice.Int64N(int64(most)))):
		case <-e.done:
			k.t.Fatal("the exporter ended by itself")
		}
		if !strings.Contains(e.logged(), "Listening on") {
			k.early++
		}
		e.kill()
	}
}

// reached reports whether the read has come to a place. As long as it is not at
// its end, all kills until now landed within it.
func (k *killer) reached(e *exporter, done int, place float64) bool {
	f := e.scrape()
	k.at = progress(f)
	if k.at == 1 {
		k.t.Fatalf("all was read after %d kills, of which %d surely landed before: make the drop larger", done, k.before)
	}
	k.before = done
	if f.has("helpdesk_tickets_opened_total") || f.has("helpdesk_tickets_open") {
		k.t.Fatal("figures of tickets show before their first sync is complete")
	}
	return k.at >= place
}

// progress returns how much of the tickets has been read, from 0 to 1. Only
// when all of it has, it is 1.
func progress(f figures) float64 {
	tickets := []string{"source=tickets"}
	if f.sum("helpdesk_source_sync_complete", tickets...) == 1 {
		return 1
	}
	last := f.sum("helpdesk_source_last_event_timestamp_seconds", tickets...)
	return max(0, min(0.99, (last-float64(bulkStart.Unix()))/bulkSpan.Seconds()))
}

// sameKPIs compares all figures of the desk.
func sameKPIs(t *testing.T, got, want figures) {
	t.Helper()
	g, w := got.kpis(), want.kpis()
	for _, series := range slices.Sorted(maps.Keys(w)) {
		if g[series] != w[series] {
			t.Errorf("%s\n got %s\nwant %s", series, g[series], w[series])
		}
	}
	for _, series := range slices.Sorted(maps.Keys(g)) {
		if w[series] == "" {
			t.Errorf("%s is there, and should not be", series)
		}
	}
	if len(w) < 500 {
		t.Errorf("only %d series to compare", len(w))
	}
}

// kpis returns every series that tells of the desk rather than of the exporter
// and its sources, with all its parts. Ages run with the clock: that there is
// one must do.
func (f figures) kpis() map[string]string {
	all := map[string]string{}
	for family, metrics := range f {
		if !strings.HasPrefix(family, "helpdesk_") || ofTheExporter(family) {
			continue
		}
		for _, m := range metrics.GetMetric() {
			value := fmt.Sprintf("%v since %s", m.GetCounter().GetValue()+m.GetGauge().GetValue(), begins(m))
			switch {
			case strings.HasSuffix(family, "_age_seconds"):
				value = "an age"
			case m.GetHistogram() != nil:
				value = (&dto.Metric{Histogram: m.GetHistogram()}).String()
			}
			all[name(family, m)] = value
		}
	}
	return all
}

func ofTheExporter(family string) bool {
	return slices.ContainsFunc([]string{"config_", "event_lag_", "exporter_", "source_", "storage_"}, func(topic string) bool {
		return strings.HasPrefix(family, "helpdesk_"+topic)
	})
}
