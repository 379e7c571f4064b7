package e2e

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	dto "github.com/prometheus/client_model/go"

	"helpdesk_exporter/app"
	"helpdesk_exporter/desk"
	"helpdesk_exporter/sources/sourcestest"
)

// opening is when the exporter is started.
var opening = time.Date(2026, 3, 4, 9, 0, 0, 0, time.UTC)

const days = 24 * time.Hour

// Whatever an API does wrong for a while, and although its desk never rests, the
// figures become what the tickets themselves tell; a restart changes nothing.
// With HELPDESK_E2E_LARGE the desks have 20,000 tickets.
func TestFiguresOverAPIsAreTheTruth(t *testing.T) {
	size, end := sourcestest.Invention{Tickets: 20_000, Old: 300}, opening.Add(6*time.Hour)
	if os.Getenv("HELPDESK_E2E_LARGE") == "" {
		size, end = sourcestest.Invention{Tickets: 1000, Old: 50}, opening.Add(time.Hour)
	}
	for _, v := range vendors() {
		t.Run(v.name, func(t *testing.T) {
			t.Parallel()
			size := size
			synctest.Test(t, func(t *testing.T) {
				time.Sleep(time.Until(opening)) // of the bubble
				size.From, size.To, size.Without = opening.Add(-35*days), end, v.without
				w := sourcestest.Invent(5, size)
				w.Stop(end)
				forget(w, opening.Add(-28*days))
				rescore(w, v.scores)
				read(t, v, w, end)
			})
		})
	}
}

// forget takes out the tickets of which desks tell too little: those that were
// merged before the time from which a first sync reads, for it does not see what
// was said in them, and those that were rated and then withdrawn, for some desks
// take their ratings with them.
func forget(w *sourcestest.World, before time.Time) {
	w.Tickets = slices.DeleteFunc(w.Tickets, func(t *sourcestest.Ticket) bool {
		rated := false
		for _, e := range t.Events {
			switch e.What {
			case sourcestest.Rate:
				rated = true
			case sourcestest.Merge:
				if rated || e.At.Before(before) {
					return true
				}
			case sourcestest.Delete, sourcestest.Spam:
				return rated
			}
		}
		return false
	})
}

// rescore puts other scores in the place of 1 to 5.
func rescore(w *sourcestest.World, scores []int) {
	for _, t := range w.Tickets {
		for i := range t.Events {
			if e := &t.Events[i]; e.Score != 0 && scores != nil {
				e.Score = scores[e.Score-1]
			}
		}
	}
}

// read runs the exporter over a desk until nothing happens there any more.
func read(t *testing.T, v vendor, w *sourcestest.World, end time.Time) {
	t.Helper()
	faults := &sourcestest.Faults{Seed: 1, Share: 0.05}
	x := &over{t: t, vendor: v, storage: t.TempDir(), config: filepath.Join(t.TempDir(), "config.yml")}
	x.dial = app.Options{Dial: sourcestest.Serve(t, faults.Wrap(v.fake(w, time.Now)))}
	config := "global: {labels: [team]}\nsurveys: [" + v.survey + "]\nsources: [{name: acme, url: 'http://desk.example', " + v.source + "}]\n"
	if err := os.WriteFile(x.config, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	x.start()
	first := x.await(opening.Add(-days), end.Sub(opening)/2)
	time.Sleep(time.Until(opening.Add(end.Sub(opening) / 2)))
	x.stop()
	x.start()
	time.Sleep(time.Until(end))
	last := x.await(end.Add(v.late), v.late+2*time.Hour)
	x.stop()
	if faults.Made() == 0 {
		t.Error("no answer was spoilt")
	}
	t.Logf("first sync: %s, complete as of %s; last reading as of %s; %d answers were spoilt",
		first.at.Sub(opening), first.asOf.Sub(opening), last.asOf.Sub(opening), faults.Made())
	x.compare(w, first, last)
}

// over is an exporter over an API.
type over struct {
	vendor
	t               *testing.T
	dial            app.Options
	storage, config string
	app             *app.App
	stop            func()
}

func (x *over) start() {
	x.t.Helper()
	a, err := app.New(app.Options{
		ConfigFile: x.config, StoragePath: x.storage, TelemetryPath: "/metrics",
		Logger: slog.New(slog.DiscardHandler), Types: x.types, Dial: x.dial.Dial,
	}, time.Now())
	if err != nil {
		x.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(x.t.Context())
	ended := make(chan error)
	go func() { ended <- a.Run(ctx) }()
	x.app, x.stop = a, sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil && !errors.Is(err, context.Canceled) {
			x.t.Error(err)
		}
	})
	x.t.Cleanup(x.stop)
}

// shown is what the exporter shows at a time.
type shown struct {
	at, asOf time.Time // when, and up to when it knows the desk
	series   map[string]float64
}

// await returns what is shown once the desk is known up to an instant.
func (x *over) await(asOf time.Time, patience time.Duration) shown {
	x.t.Helper()
	const knownUntil = "helpdesk_source_as_of_timestamp_seconds{desk=acme,source=acme}"
	for began := time.Now(); time.Since(began) < patience; time.Sleep(20 * time.Second) {
		series := x.gather()
		known := time.UnixMicro(int64(series[knownUntil] * 1e6)).UTC()
		if !known.Before(asOf) {
			return shown{at: time.Now().UTC(), asOf: known, series: series}
		}
	}
	for name, n := range x.gather() {
		if strings.HasPrefix(name, "helpdesk_source_") && n != 0 && !strings.Contains(name, "duration") {
			x.t.Logf("%s %v", name, n)
		}
	}
	x.t.Fatalf("nothing is read to its end within %s", patience)
	return shown{}
}

// gather returns all gauges and counters.
func (x *over) gather() map[string]float64 {
	x.t.Helper()
	families, err := x.app.Gather()
	if err != nil {
		x.t.Fatal(err)
	}
	series := map[string]float64{}
	for _, f := range families {
		for _, m := range f.Metric {
			series[seriesOf(f.GetName(), m)] = m.GetGauge().GetValue() + m.GetCounter().GetValue()
		}
	}
	return series
}

// seriesOf names a series by the labels that are not empty.
func seriesOf(family string, m *dto.Metric) string {
	var pairs []string
	for _, l := range m.Label {
		if l.GetValue() != "" {
			pairs = append(pairs, l.GetName()+"="+l.GetValue())
		}
	}
	slices.Sort(pairs)
	return family + "{" + strings.Join(pairs, ",") + "}"
}

// compare holds what is shown at the end against the truth.
func (x *over) compare(w *sourcestest.World, first, last shown) {
	x.t.Helper()
	for name, length := range map[string]time.Duration{"1d": days, "7d": 7 * days, "28d": 28 * days} {
		x.compareWindow(name, w.Truth(last.asOf, trailing(last.asOf, length)), last)
	}
	x.compareStock(w.Truth(last.asOf, days), last)
	x.compareCounters(w, first, last)
	for name, n := range last.series {
		if strings.HasPrefix(name, "helpdesk_source_rejects_total{") && n != 0 || strings.HasPrefix(name, "helpdesk_source_drift_tickets{") && n != 0 {
			x.t.Errorf("%s is %v", name, n)
		}
	}
}

// trailing returns how much of a window of a length counts at an instant: it is
// made of 288 parts, of which the oldest leaves as a whole.
func trailing(now time.Time, length time.Duration) time.Duration {
	part := int64(length / 288)
	return length - time.Duration(part-now.UnixNano()%part)
}

// compareWindow compares the figures of one window.
func (x *over) compareWindow(window string, want sourcestest.Truth, got shown) {
	x.t.Helper()
	desk := "{by=all,desk=acme,window=" + window + "}"
	answers := "{by=all,desk=acme,survey=csat,window=" + window + "}"
	x.equal("helpdesk_tickets_opened_in_window"+desk, got, float64(want.Opened))
	x.equal("helpdesk_tickets_solved_in_window"+desk, got, float64(want.Solved))
	x.equal("helpdesk_tickets_reopened_in_window"+desk, got, float64(want.Reopened))
	for family, sample := range map[string]sourcestest.Sample{
		"helpdesk_first_response": want.FirstResponses, "helpdesk_reply": want.Replies, "helpdesk_full_resolution": want.Resolutions,
	} {
		x.equal(family+"_observations"+desk, got, float64(sample.N))
		x.equal(family+"_mean_seconds"+desk, got, sample.Mean())
	}
	x.equal("helpdesk_csat_responses"+answers, got, float64(want.Ratings.N))
	x.equal("helpdesk_csat_score_normalized_ratio"+answers, got, (want.Ratings.Mean()-1)/4)
}

// equal compares one series. What has no sample has no value.
func (x *over) equal(name string, got shown, want float64) {
	x.t.Helper()
	value, ok := got.series[name]
	switch {
	case !ok && math.IsNaN(want):
	case !ok:
		x.t.Errorf("%s is not there, want %v", name, want)
	case !(math.Abs(value-want) <= 1e-6*math.Abs(want)):
		x.t.Errorf("%s is %v, want %v", name, value, want)
	}
}

// compareStock compares the open tickets by status and team.
func (x *over) compareStock(truth sourcestest.Truth, got shown) {
	x.t.Helper()
	want, shown := map[string]float64{}, map[string]float64{}
	for where, n := range truth.Open {
		want[fmt.Sprintf("{desk=acme,status=%s,team=%s}", where.Status, x.team(where.Group))] += float64(n)
	}
	for name, n := range got.series {
		if labels, ok := strings.CutPrefix(name, "helpdesk_tickets_open{"); ok {
			shown["{"+labels] += n
		}
	}
	want, shown = x.together(want), x.together(shown)
	for _, labels := range slices.Sorted(maps.Keys(want)) {
		if shown[labels] != want[labels] {
			x.t.Errorf("helpdesk_tickets_open%s is %v, want %v", labels, shown[labels], want[labels])
		}
		delete(shown, labels)
	}
	for labels, n := range shown {
		if n != 0 {
			x.t.Errorf("helpdesk_tickets_open%s is %v, want 0", labels, n)
		}
	}
}

// together adds up the series of statuses that the desk does not tell apart.
func (x *over) together(series map[string]float64) map[string]float64 {
	sums := map[string]float64{}
	for name, n := range series {
		for status, as := range x.alike {
			name = strings.Replace(name, "="+status.String()+",", "="+as.String()+",", 1)
		}
		sums[name] += n
	}
	return sums
}

// team returns the name of a group.
func (x *over) team(id int64) string {
	for _, g := range sourcestest.Invent(0, sourcestest.Invention{}).Groups {
		if g.ID == id {
			return g.Name
		}
	}
	return cmp.Or(x.nobody, "none")
}

// compareCounters expects that the counters count all that happened since the
// first sync and nothing from before it began. What happened while it was read
// may be among what it found.
func (x *over) compareCounters(w *sourcestest.World, first, last shown) {
	x.t.Helper()
	least := w.Truth(last.asOf, last.asOf.Sub(first.at))
	most := w.Truth(last.asOf, last.asOf.Sub(first.asOf))
	counted := func(family string, least, most int) {
		x.t.Helper()
		total := 0.0
		for name, n := range x.together(last.series) {
			if strings.HasPrefix(name, family) {
				total += n
			}
		}
		if total < float64(least) || total > float64(most) {
			x.t.Errorf("%s: %v in all, want %d to %d", family, total, least, most)
		}
	}
	counted("helpdesk_tickets_opened_total{", least.Created, most.Created)
	counted("helpdesk_tickets_solved_total{", least.Solves, most.Solves)
	counted("helpdesk_tickets_reopened_total{", least.Reopens, most.Reopens)
	gone := func(truth sourcestest.Truth, reason desk.Status) (n int) {
		for status, of := range truth.Withdrawn {
			if as, ok := x.alike[status]; status == reason || ok && as == reason {
				n += of
			}
		}
		return n
	}
	for _, reason := range []desk.Status{desk.StatusDeleted, desk.StatusSpam, desk.StatusMerged} {
		if _, ok := x.alike[reason]; !ok {
			counted("helpdesk_tickets_withdrawn_total{desk=acme,reason="+reason.String()+",", gone(least, reason), gone(most, reason))
		}
	}
}
