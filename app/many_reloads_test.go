package app

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/exporter-toolkit/web"
)

// The desk of this test: two files that grow while they are read.
const (
	growing = `
sources:
  - name: tickets
    desk: acme
    type: csv
    files: [tickets.csv]
    record: ticket
    settle: 0s
    history: counters
    columns: {id: id, created_at: created, channel: channel, first_response_at: answered}
  - name: calls
    desk: acme
    type: csv
    files: [calls.csv]
    record: call
    settle: 0s
    history: counters
    columns: {id: id, arrived_at: arrived, wait_seconds: wait, outcome: outcome}
`
	unrelated = `
  - name: globex
    type: csv
    files: [tickets.csv]
    record: ticket
    settle: 0s
    columns: {id: id, created_at: created}
`
)

// reloads are the configurations that take turns.
var reloads = []struct {
	config string
	code   int
}{
	{"global: {poll_interval: 10ms, labels: [channel], windows: [1d]}" + growing, http.StatusOK},
	{"global: {poll_interval: 10ms, labels: [channel], windows: [1d]}" + growing + unrelated, http.StatusOK},
	{"global: {poll_interval: 10ms, labels: [channel], windows: [2d], rollups: [[], [channel]]}" + growing, http.StatusOK},
	{"global: {poll_interval: 10ms, labels: [channel], windows: [3d], nonsense: 1}" + growing, http.StatusInternalServerError},
}

// A thousand reloads, each while a scrape is under way, and files that are read
// every few milliseconds and grow meanwhile: no row counts twice or never, and
// no scrape sees a counter that falls, vanishes or begins anew.
func TestAThousandReloadsLoseNothing(t *testing.T) {
	dir := t.TempDir()
	manyReloads(t, 1000, dir, "")
}

// The same on disk, where a commit takes long, and fewer of them.
func TestReloadsOnDiskLoseNothing(t *testing.T) {
	dir := t.TempDir()
	manyReloads(t, 64, dir, filepath.Join(dir, "data"))
}

func manyReloads(t *testing.T, n int, dir, storage string) {
	address, no, none := []string{"127.0.0.1:0"}, false, ""
	o := Options{
		ConfigFile: filepath.Join(dir, "config.yml"), StoragePath: storage, TelemetryPath: "/metrics", EnableLifecycle: true,
		Logger: slog.New(slog.DiscardHandler),
		Web:    &web.FlagConfig{WebListenAddresses: &address, WebSystemdSocket: &no, WebConfigFile: &none},
	}
	write(t, o.ConfigFile, reloads[0].config)
	write(t, filepath.Join(dir, "tickets.csv"), "id,created,channel,answered\n")
	write(t, filepath.Join(dir, "calls.csv"), "id,arrived,wait,outcome\n")
	a, err := New(o, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	handler := a.handler()
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx) }()

	scrapes := make(chan struct{}, 2)
	var scraping sync.WaitGroup
	for range cap(scrapes) {
		w := &watch{t: t}
		scraping.Go(func() {
			for range scrapes {
				w.look(gatherAll(t, a))
			}
		})
	}
	day := time.Now().Add(-time.Hour).UTC().Format(time.DateTime)
	for i := range n {
		if i%4 == 0 {
			grow(t, filepath.Join(dir, "tickets.csv"), fmt.Sprintf("T%d,%s,%s,%s", i, day, []string{"email", "chat", "phone"}[i/4%3], day))
		}
		if i%8 == 0 {
			grow(t, filepath.Join(dir, "calls.csv"), fmt.Sprintf("C%d,%s,%d,answered", i, day, i))
		}
		next := reloads[i%len(reloads)]
		write(t, o.ConfigFile, next.config)
		scrapes <- struct{}{}
		answer := httptest.NewRecorder()
		handler.ServeHTTP(answer, httptest.NewRequest(http.MethodPost, "/-/reload", nil))
		if answer.Code != next.code {
			t.Fatalf("reload %d: %d %s", i, answer.Code, answer.Body)
		}
	}
	// A poll reads all that is there; the next one to end may have begun before.
	polls := func(families []*dto.MetricFamily) float64 {
		return min(sumOf(families, "helpdesk_source_polls_total", "source=tickets"), sumOf(families, "helpdesk_source_polls_total", "source=calls"))
	}
	last := gatherAll(t, a)
	for first := polls(last); polls(last) < first+4 && !t.Failed(); {
		last = gatherAll(t, a)
	}
	close(scrapes)
	scraping.Wait()
	for family, want := range map[string]int{
		"helpdesk_tickets_opened_total": n / 4, "helpdesk_first_response_seconds": n / 4,
		"helpdesk_calls_total": n / 8, "helpdesk_queue_wait_seconds": n / 8,
	} {
		if got := sumOf(last, family, "desk=acme"); got != float64(want) {
			t.Errorf("%s has counted %v, want %v", family, got, want)
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// grow appends a row to a file.
func grow(t *testing.T, path, row string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString(row + "\n"); err != nil {
		t.Fatal(err)
	}
}

func gatherAll(t *testing.T, a *App) []*dto.MetricFamily {
	families, err := a.Gather()
	if err != nil {
		t.Error(err)
	}
	return families
}

// sumOf adds up what the series of a family count that have a label.
func sumOf(families []*dto.MetricFamily, family, label string) float64 {
	name, value, _ := strings.Cut(label, "=")
	var sum float64
	for _, f := range families {
		if f.GetName() != family {
			continue
		}
		for _, m := range f.Metric {
			if labelOf(m, name) == value {
				sum += m.GetCounter().GetValue() + float64(m.GetHistogram().GetSampleCount())
			}
		}
	}
	return sum
}

func labelOf(m *dto.Metric, name string) string {
	for _, l := range m.Label {
		if l.GetName() == name {
			return l.GetValue()
		}
	}
	return ""
}

// watch compares each scrape with the one before.
type watch struct {
	t    *testing.T
	seen map[string]counted
}

type counted struct {
	value float64
	start time.Time
}

// look reports what no scrape may show.
func (w *watch) look(families []*dto.MetricFamily) {
	now := map[string]counted{}
	windows := map[string]bool{}
	told := map[string][]string{}
	for _, f := range families {
		for _, m := range f.Metric {
			if window := labelOf(m, "window"); window != "" {
				windows[window] = true
			}
			if source := labelOf(m, "source"); source != "" && !slices.Contains(told[f.GetName()], source) {
				told[f.GetName()] = append(told[f.GetName()], source)
			}
			if labelOf(m, "desk") != "acme" {
				continue
			}
			name := seriesName(f.GetName(), m.Label)
			switch {
			case m.Counter != nil:
				now[name] = counted{m.Counter.GetValue(), m.Counter.CreatedTimestamp.AsTime()}
			case m.Histogram != nil:
				now[name] = counted{float64(m.Histogram.GetSampleCount()), m.Histogram.CreatedTimestamp.AsTime()}
			}
		}
	}
	if len(windows) > 1 || windows["3d"] {
		w.t.Errorf("windows of several configurations at once, or of a broken one: %v", windows)
	}
	// The book tells of its sources, the polls of theirs: they must be the same.
	polled, known := told["helpdesk_source_up"], told["helpdesk_source_info"]
	slices.Sort(polled)
	slices.Sort(known)
	if !slices.Equal(polled, known) || !strings.HasPrefix(strings.Join(known, " "), "calls") {
		w.t.Errorf("%v are polled, %v are known", polled, known)
	}
	for name, before := range w.seen {
		if after, ok := now[name]; !ok || after.value < before.value || !after.start.Equal(before.start) {
			w.t.Errorf("%s was %v and is %v", name, before, after)
		}
	}
	w.seen = now
}
