package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	dto "github.com/prometheus/client_model/go"
	promconfig "github.com/prometheus/common/config"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/sources"
)

// The tests of reloads run an exporter without its server, on the clock of a
// synctest bubble: time passes when all wait.

// stage holds what the sources of a test have to tell.
type stage struct {
	mu      sync.Mutex // guards all below
	records map[string][]desk.Record
	made    map[string]int           // sources, by name
	fetches map[string]int           // begun, by name
	curtain map[string]chan struct{} // a fetch waits until it is closed
}

func newStage() *stage {
	return &stage{
		records: map[string][]desk.Record{}, made: map[string]int{}, fetches: map[string]int{},
		curtain: map[string]chan struct{}{},
	}
}

// types are those of the sources that a stage plays.
func (s *stage) types() map[string]func() sources.Config {
	return map[string]func() sources.Config{"played": func() sources.Config { return &played{stage: s, HTTP: promconfig.DefaultHTTPClientConfig} }}
}

// tell lets a source report tickets of a channel from its next fetch on.
func (s *stage) tell(source, channel string, ids ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range ids {
		created := time.Now().Add(-time.Hour)
		s.records[source] = append(s.records[source], desk.Record{ID: id, Body: &desk.Ticket{
			CreatedAt: created, UpdatedAt: created, Status: desk.StatusOpen,
			Channel: channel, Team: "team of " + channel, FirstResponseAt: created.Add(10 * time.Minute),
		}})
	}
}

// count returns how many sources of a name were made, and how many fetches
// they have begun.
func (s *stage) count(source string) (made, fetches int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.made[source], s.fetches[source]
}

// lower makes the next fetch of a source wait until the curtain is closed as a
// channel is.
func (s *stage) lower(source string) chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.curtain[source] = make(chan struct{})
	return s.curtain[source]
}

// played is the configuration of a source that a stage plays.
type played struct {
	Common sources.Common              `yaml:",inline"`
	HTTP   promconfig.HTTPClientConfig `yaml:",inline"`
	Feed   string                      `yaml:"feed,omitempty"`
	Broken bool                        `yaml:"broken,omitempty"` // it cannot be made
	stage  *stage
}

func (p *played) Shared() *sources.Common { return &p.Common }

func (p *played) Validate() error { return p.HTTP.Validate() }

func (p *played) Feeds() []desk.Kind { return []desk.Kind{desk.KindTicket} }

func (p *played) New(sources.Options) (sources.Source, error) {
	if p.Broken {
		return nil, errors.New("broken: it cannot be made")
	}
	p.stage.mu.Lock()
	defer p.stage.mu.Unlock()
	p.stage.made[p.Common.Name]++
	return p, nil
}

// Fetch hands out one record a page. The cursor counts them.
func (p *played) Fetch(ctx context.Context, since desk.Cursor, until time.Time) (desk.Page, error) {
	name := p.Common.Name
	p.stage.mu.Lock()
	p.stage.fetches[name]++
	curtain := p.stage.curtain[name]
	delete(p.stage.curtain, name)
	records := p.stage.records[name]
	p.stage.mu.Unlock()
	if curtain != nil {
		select {
		case <-curtain:
		case <-ctx.Done():
			return desk.Page{}, ctx.Err()
		}
	}
	read, _ := strconv.Atoi(string(since))
	next := min(read+1, len(records))
	return desk.Page{
		Records: records[read:next], Cursor: desk.Cursor(strconv.Itoa(next)), More: next < len(records), AsOf: until,
	}, nil
}

// rig is an exporter in a bubble.
type rig struct {
	*App
	t       *testing.T
	stage   *stage
	handler http.Handler
	log     strings.Builder
	hangup  chan os.Signal
}

// newRig runs an exporter with a configuration until the test ends.
func newRig(t *testing.T, stage *stage, config string, change ...func(*Options)) *rig {
	t.Helper()
	r := &rig{t: t, stage: stage, hangup: make(chan os.Signal, 1)}
	o := Options{
		ConfigFile: filepath.Join(t.TempDir(), "config.yml"), TelemetryPath: "/metrics", EnableLifecycle: true,
		Logger: slog.New(slog.NewTextHandler(&r.log, nil)), Hangup: r.hangup, Types: stage.types(),
	}
	for _, f := range change {
		f(&o)
	}
	write(t, o.ConfigFile, config)
	var err error
	if r.App, err = New(o, time.Now()); err != nil {
		t.Fatal(err)
	}
	r.handler = r.App.handler()
	ctx, stop := context.WithCancel(t.Context())
	served, ended := make(chan error), make(chan error)
	go func() { ended <- r.run(ctx, served) }()
	t.Cleanup(func() {
		stop()
		served <- nil
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return r
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// ask sends a request and returns the answer.
func (r *rig) ask(method, path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	r.handler.ServeHTTP(w, httptest.NewRequest(method, path, nil))
	return w
}

// reloadWith has another configuration put in force.
func (r *rig) reloadWith(config string) {
	r.t.Helper()
	write(r.t, r.options.ConfigFile, config)
	if w := r.ask(http.MethodPost, "/-/reload"); w.Code != http.StatusOK {
		r.t.Fatalf("reload: %d %s", w.Code, w.Body)
	}
}

// figures is one gathering, by series: what it shows and since when.
type figures map[string]string

// gather returns the series under our prefix.
func (r *rig) gather() figures {
	r.t.Helper()
	families, err := r.Gather()
	if err != nil {
		r.t.Fatal(err)
	}
	all := figures{}
	for _, f := range families {
		if !strings.HasPrefix(f.GetName(), "helpdesk_") {
			continue
		}
		for _, m := range f.Metric {
			all[seriesName(f.GetName(), m.Label)] = valueOf(m)
		}
	}
	return all
}

func seriesName(family string, labels []*dto.LabelPair) string {
	var pairs []string
	for _, l := range labels {
		pairs = append(pairs, l.GetName()+"="+l.GetValue())
	}
	slices.Sort(pairs)
	return family + "{" + strings.Join(pairs, ",") + "}"
}

// valueOf writes all that a series shows.
func valueOf(m *dto.Metric) string {
	switch {
	case m.Counter != nil:
		return fmt.Sprintf("counter %v since %d", m.Counter.GetValue(), m.Counter.CreatedTimestamp.GetSeconds())
	case m.Gauge != nil:
		return fmt.Sprintf("gauge %v", m.Gauge.GetValue())
	default:
		h := m.Histogram
		var classic []uint64
		for _, b := range h.Bucket {
			classic = append(classic, b.GetCumulativeCount())
		}
		var native []string
		for _, s := range h.PositiveSpan {
			native = append(native, fmt.Sprint(s.GetOffset(), "+", s.GetLength()))
		}
		return fmt.Sprintf("histogram %d since %d: %v in %v, %v %v and %d of 0", h.GetSampleCount(), h.CreatedTimestamp.GetSeconds(),
			h.GetSampleSum(), classic, native, h.PositiveDelta, h.GetZeroCount())
	}
}

// of returns the series whose names contain all of the words.
func (f figures) of(words ...string) figures {
	found := figures{}
	for name, value := range f {
		if !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(name, w) }) {
			found[name] = value
		}
	}
	return found
}
