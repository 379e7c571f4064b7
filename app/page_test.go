package app

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"helpdesk_exporter/book"
	"helpdesk_exporter/desk"
	"helpdesk_exporter/kpi"
	"helpdesk_exporter/poll"
	"helpdesk_exporter/sources"
	"helpdesk_exporter/web"
)

// mood is a source that does what the test says. It is its own configuration.
type mood struct {
	Common sources.Common `yaml:",inline"`
	page   desk.Page      // what the next fetch brings
	err    error          // or how it fails
	lacks  []string       // capabilities
}

func (m *mood) Shared() *sources.Common { return &m.Common }

func (m *mood) Validate() error { return nil }

func (m *mood) Feeds() []desk.Kind { return []desk.Kind{desk.KindTicket, desk.KindSurvey} }

func (m *mood) New(sources.Options) (sources.Source, error) { return m, nil }

func (m *mood) Fetch(_ context.Context, _ desk.Cursor, until time.Time) (desk.Page, error) {
	page := m.page
	m.page = desk.Page{}
	if !page.More {
		page.AsOf = until
	}
	return page, m.err
}

func (m *mood) Capabilities() []sources.Capability {
	all := []sources.Capability{{Name: "groups", Available: true}}
	for _, name := range m.lacks {
		all = append(all, sources.Capability{Name: name, Why: "hunter"})
	}
	return all
}

// moods are the options of an exporter with one source, in memory.
func moods(t *testing.T, m *mood, global string) Options {
	t.Helper()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "config.yml"), "global: {"+global+"}\nsources: [{name: zen, desk: acme, type: mood, stale_after: 1h}]\n")
	return Options{
		ConfigFile: filepath.Join(dir, "config.yml"), TelemetryPath: "/metrics", Logger: slog.New(slog.DiscardHandler),
		Types: map[string]func() sources.Config{"mood": func() sources.Config { return m }},
	}
}

// newMood returns an exporter that nobody runs.
func newMood(t *testing.T, o Options) *App {
	t.Helper()
	a, err := New(o, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.journal.Close() })
	return a
}

func statusOf(t *testing.T, a *App) web.Page {
	t.Helper()
	page, err := a.statusPage(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return page
}

// textOf is all that notices say.
func textOf(notices []web.Notice) string {
	var b strings.Builder
	for _, n := range notices {
		about := n.Title
		if about == "" {
			about = "source " + n.Source + " of desk " + n.Desk
		}
		b.WriteString(n.Word + ": " + about + ". " + strings.Join(n.Says, " ") + " " + n.Do + " ")
		for _, l := range n.Manual {
			b.WriteString(l.Href + " ")
		}
		b.WriteString("\n")
	}
	return strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(b.String())
}

func expectWords(t *testing.T, text string, words ...string) {
	t.Helper()
	for _, want := range words {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in:\n%s", want, text)
		}
	}
}

func open(id string, created time.Time) desk.Record {
	return desk.Record{ID: id, Body: &desk.Ticket{CreatedAt: created, UpdatedAt: created, Status: desk.StatusOpen}}
}

// The bubble's clock begins at midnight, 1 January 2000.
func TestTheStatusPageFromTheFirstSyncToAFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &mood{}
		a := newMood(t, moods(t, m, "windows: [1h, 20h, 7d]"))
		page := statusOf(t, a)
		if s := page.Sources[0]; s.State != web.Warning || s.Word != "First sync" || s.Detail != "nothing read yet" || s.Type != "mood" {
			t.Errorf("before the first poll: %+v", s)
		}
		if d := page.Desks[0]; len(d.Sections) > 0 || len(d.Hidden) != 1 || d.Hidden[0] != "There are no figures on tickets and surveys: the first sync of source "+web.Quote("zen")+" is not complete." {
			t.Errorf("before the first poll: %+v", d)
		}
		if page.Window != "20\u00a0h" || page.Pictures != "" || page.Stored || len(page.Notices) > 0 {
			t.Errorf("before the first poll: window %s, %q, %v, %+v", page.Window, page.Pictures, page.Stored, page.Notices)
		}

		m.page = desk.Page{Records: []desk.Record{open("1", time.Now().Add(-90*time.Minute)), open("2", time.Now().Add(-time.Minute))}}
		if err := a.readers[0].Poll(t.Context()); err != nil {
			t.Fatal(err)
		}
		page = statusOf(t, a)
		if s := page.Sources[0]; s.State != web.Good || s.Word != "Up to date" || !s.Polled.Equal(time.Now()) || !s.Until.Equal(time.Now()) || s.Sync != nil {
			t.Errorf("after the first poll: %+v", s)
		}
		if d := page.Desks[0]; d.Summary.Open.Text != "2" || d.Summary.Opened.Text != "2" || len(d.Hidden) > 0 || len(d.Sections) == 0 {
			t.Errorf("after the first poll: %+v", d)
		}

		good := time.Now()
		time.Sleep(10 * time.Minute)
		m.err = &sources.Error{Reason: sources.ReasonRefused, Err: errors.New("hunter at desk.example")}
		for range 2 { // it fails since the first time
			_ = a.readers[0].Poll(t.Context())
			time.Sleep(10 * time.Minute)
		}
		page = statusOf(t, a)
		if s := page.Sources[0]; s.State != web.Bad || s.Word != "Failing" || s.Detail != "since 00:10:00\u00a0UTC" {
			t.Errorf("a source that fails: %+v", s)
		}
		expectWords(t, textOf(page.Notices), "Failing: source zen of desk acme.", "The desk refused the credentials",
			"failing since 00:10:00 UTC, 20 min ago", "The last good poll was at 00:00:00 UTC", "stay until 01:00:00 UTC, in 30 min",
			"helpdesk_exporter check", "./docs/runbooks#helpdesksourcedown")
		if d := page.Desks[0]; d.Summary.Open.Text != "2" {
			t.Errorf("the last good figures are gone: %+v", d)
		}

		time.Sleep(time.Until(good.Add(time.Hour + time.Second)))
		page = statusOf(t, a)
		if s := page.Sources[0]; s.Word != "Failing and stale" {
			t.Errorf("a source that has failed for too long: %+v", s)
		}
		expectWords(t, textOf(page.Notices), "Its gauges are hidden since 01:00:00 UTC; its counters stay.")
		if d := page.Desks[0]; len(d.Sections) > 0 || d.Summary.Open.Known || len(d.Hidden) != 1 || !strings.Contains(d.Hidden[0], "is stale") {
			t.Errorf("figures of a stale source: %+v", d)
		}
		if strings.Contains(textOf(page.Notices), "hunter") {
			t.Errorf("the failure's own words are told:\n%s", textOf(page.Notices))
		}
	})
}

func TestTheStatusPageShowsTheLastDayAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &mood{page: desk.Page{Records: []desk.Record{open("1", time.Now().Add(-90*time.Minute))}}}
		a := newMood(t, moods(t, m, "windows: [1d]"))
		if err := a.readers[0].Poll(t.Context()); err != nil {
			t.Fatal(err)
		}
		page := statusOf(t, a)
		if !strings.Contains(page.Pictures, "a bar for each hour") {
			t.Errorf("how pictures are read: %q", page.Pictures)
		}
		if flow := page.Desks[0].Sections[0].Flow; !strings.Contains(string(flow.Picture), "Opened: from 0 to 1") {
			t.Errorf("no picture of what came: %+v", flow)
		}
	})
}

func TestTheStatusPageTellsOfAFirstSync(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		m := &mood{page: desk.Page{More: true, Reached: start.Add(-time.Hour), Records: []desk.Record{open("1", start.Add(-time.Hour))}}}
		a := newMood(t, moods(t, m, ""))
		next := make(chan struct{})
		var page web.Page
		a.readers[0].Source = &paced{mood: m, next: next}
		go func() { _ = a.readers[0].Poll(t.Context()) }()
		next <- struct{}{}
		synctest.Wait()
		m.page = desk.Page{More: true, Reached: start.Add(-15 * time.Minute)}
		next <- struct{}{}
		synctest.Wait()
		page = statusOf(t, a)
		s := page.Sources[0]
		if s.Word != "First sync" || s.Sync == nil || s.Sync.Pages != 2 || !s.Sync.Reached.Equal(start.Add(-15*time.Minute)) {
			t.Fatalf("in the midst of the first sync: %+v %+v", s, s.Sync)
		}
		if done := s.Sync.Done(page.Now); done == nil || *done != 0.75 {
			t.Errorf("%v is done, want three quarters", done)
		}
		next <- struct{}{}
		synctest.Wait()
		if s := statusOf(t, a).Sources[0]; s.Word != "Up to date" || s.Sync != nil {
			t.Errorf("after the first sync: %+v", s)
		}
	})
}

// paced is a source each of whose fetches waits to be let go.
type paced struct {
	*mood
	next chan struct{}
}

func (p *paced) Fetch(ctx context.Context, since desk.Cursor, until time.Time) (desk.Page, error) {
	<-p.next
	return p.mood.Fetch(ctx, since, until)
}

func TestTheStatusPageTellsOfRejectsAndWhereTheyLie(t *testing.T) {
	for path, where := range map[string]string{
		"":          "only the log tells of them",
		t.TempDir(): "They lie in rejects/zen/rejects.jsonl under the storage path",
	} {
		m := &mood{page: desk.Page{Rejects: []desk.Reject{{Where: "ticket hunter", Reason: desk.ReasonBadTime, Detail: "hunter"}}}}
		o := moods(t, m, "")
		o.StoragePath = path
		a := newMood(t, o)
		if err := a.readers[0].Poll(t.Context()); err != nil {
			t.Fatal(err)
		}
		page := statusOf(t, a)
		if got := page.Sources[0].Rejects; len(got) != 1 || got[0] != (web.Tally{Of: "bad time", N: 1}) || page.Stored != (path != "") {
			t.Errorf("stored %v, rejects %v", page.Stored, got)
		}
		text := textOf(page.Notices)
		expectWords(t, text, "Rejected records", "bad time 1", where, "./docs/sources#rejected-rows")
		if strings.Contains(text, "hunter") || path != "" && strings.Contains(text, path) {
			t.Errorf("a record or a path of the machine is shown:\n%s", text)
		}
	}
}

func TestTheStatusPageTellsWhatADeskKeepsBackAndWhatIsLeftOfItsLimit(t *testing.T) {
	m := &mood{lacks: []string{"calls"}}
	a := newMood(t, moods(t, m, ""))
	if err := a.readers[0].Poll(t.Context()); err != nil {
		t.Fatal(err)
	}
	a.polls.Traffic("acme", "zen").Remaining(42)
	page := statusOf(t, a)
	if left := page.Sources[0].Budget; left == nil || *left != 42 {
		t.Errorf("left of the limit: %v, want 42", left)
	}
	text := textOf(page.Notices)
	expectWords(t, text, "Incomplete", "keeps back, or fails to give: calls.", "./docs/sources#what-the-plan-or-the-rights-keep-back")
	if strings.Contains(text, "groups") || strings.Contains(text, "hunter") {
		t.Errorf("more is told than what is kept back:\n%s", text)
	}
}

func TestTheStatusPageTellsOfAReloadThatFailed(t *testing.T) {
	o := moods(t, &mood{}, "")
	a := newMood(t, o)
	write(t, o.ConfigFile, "nonsense: [")
	if err := a.reload(t.Context(), time.Now()); err == nil {
		t.Fatal("nonsense was loaded")
	}
	expectWords(t, textOf(statusOf(t, a).Notices), "Reload failed", "A restart would fail.", "./docs/runbooks#helpdeskreloadfailed")
}

func TestTheStatusPageWithoutFiguresOfWholeDesks(t *testing.T) {
	a := newMood(t, moods(t, &mood{}, "rollups: [[team]]"))
	if err := a.readers[0].Poll(t.Context()); err != nil {
		t.Fatal(err)
	}
	d := statusOf(t, a).Desks[0]
	if len(d.Sections) != 1 || d.Sections[0].Figures[0].Title != "Open now" || len(d.Sections[0].Figures) != 1 ||
		len(d.Hidden) != 1 || !strings.Contains(d.Hidden[0], "global.rollups") {
		t.Errorf("sections %+v, hidden %q: want what is open, and to be told what to configure", d.Sections, d.Hidden)
	}
}

func TestTheStateOfASourceInWords(t *testing.T) {
	now := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	failed := poll.Status{Failure: errors.New("a secret"), Failing: now}
	for name, tt := range map[string]struct {
		health book.SourceHealth
		status poll.Status
		state  web.State
		word   string
	}{
		"new":             {book.SourceHealth{}, poll.Status{}, web.Warning, "First sync"},
		"first reading":   {book.SourceHealth{Stale: true}, poll.Status{Reading: true, Pages: 1}, web.Warning, "First sync"},
		"catching up":     {book.SourceHealth{Synced: true}, poll.Status{Reading: true, Pages: 2}, web.Good, "Catching up"},
		"one page":        {book.SourceHealth{Synced: true}, poll.Status{Reading: true, Pages: 1}, web.Good, "Up to date"},
		"synced":          {book.SourceHealth{Synced: true}, poll.Status{}, web.Good, "Up to date"},
		"stale":           {book.SourceHealth{Synced: true, Stale: true}, poll.Status{}, web.Bad, "Stale"},
		"failing":         {book.SourceHealth{Synced: true}, failed, web.Bad, "Failing"},
		"failing, stale":  {book.SourceHealth{Synced: true, Stale: true}, failed, web.Bad, "Failing and stale"},
		"never succeeded": {book.SourceHealth{Stale: true}, failed, web.Bad, "Failing"},
	} {
		t.Run(name, func(t *testing.T) {
			if state, word, _ := stateOf(tt.health, tt.status, now); state != tt.state || word != tt.word {
				t.Errorf("%s %q, want %s %q", state, word, tt.state, tt.word)
			}
		})
	}
}

// Each reason is told in words, and its link leads somewhere.
func TestEachFailureHasAnAdvice(t *testing.T) {
	p, err := web.New()
	if err != nil {
		t.Fatal(err)
	}
	all := []advice{storageAdvice}
	for _, reason := range sources.Reasons() {
		all = append(all, adviceOn[reason])
	}
	for _, failure := range failures() {
		all = append(all, adviceFor(failure))
	}
	for _, of := range all {
		page, anchor, _ := strings.Cut(strings.TrimPrefix(of.manual, "./docs/"), "#")
		w := httptest.NewRecorder()
		if found, err := p.ManualPage(w, page); !found || err != nil || !strings.Contains(w.Body.String(), `id="`+anchor+`"`) || of.says == "" || of.do == "" {
			t.Errorf("%+v: says too little, or leads nowhere", of)
		}
	}
}

func TestTheDayIsToldByTheNearestWindow(t *testing.T) {
	hours := func(n ...int) (windows []kpi.Window) {
		for _, h := range n {
			windows = append(windows, kpi.Window{Length: time.Duration(h) * time.Hour})
		}
		return windows
	}
	for want, windows := range map[int][]kpi.Window{24: hours(1, 24, 168), 20: hours(20, 48), 168: hours(168), 30: hours(12, 30)} {
		if got := dayWindow(windows); got.Length != time.Duration(want)*time.Hour {
			t.Errorf("of %v: %v, want %d h", windows, got.Length, want)
		}
	}
}

func TestThePagesAreServed(t *testing.T) {
	o := moods(t, &mood{}, "")
	handler := newMood(t, o).handler()
	for _, c := range []struct {
		path, body string
		status     int
	}{
		{"/", "<h1>Help desk exporter</h1>", http.StatusOK},
		{"/static/page.css", "prefers-color-scheme", http.StatusOK},
		{"/static/nothing.css", "404", http.StatusNotFound},
		{"/docs/", `href="./operations"`, http.StatusOK},
		{"/docs/runbooks", `id="helpdesksourcedown"`, http.StatusOK},
		{"/docs/nothing", "404", http.StatusNotFound},
		{"/docs", "", http.StatusPermanentRedirect},
	} {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, c.path, nil))
		if w.Code != c.status || !strings.Contains(w.Body.String(), c.body) {
			t.Errorf("%s: %d without %s:\n%s", c.path, w.Code, c.body, w.Body)
		}
	}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/docs", nil))
	if to := w.Header().Get("Location"); to != "docs/" {
		t.Errorf("/docs leads to %q: under a prefix that a proxy strips that is lost", to)
	}
	o.TelemetryPath = "/"
	handler = newMood(t, o).handler()
	w = httptest.NewRecorder()
	handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	if !strings.Contains(w.Body.String(), "# TYPE helpdesk_source_up gauge") {
		t.Error("with the metrics at / something else is there")
	}
}

func TestNoOtherSiteCanHaveTheConfigurationReloaded(t *testing.T) {
	for name, tt := range map[string]struct {
		headers map[string]string
		code    int
	}{
		"curl":                          {nil, http.StatusOK},
		"the exporter's own page":       {map[string]string{"Sec-Fetch-Site": "same-origin", "Origin": "http://example.com"}, http.StatusOK},
		"the own page over plain HTTP":  {map[string]string{"Origin": "http://example.com"}, http.StatusOK},
		"another site":                  {map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "http://evil.example"}, http.StatusForbidden},
		"another site over plain HTTP":  {map[string]string{"Origin": "http://evil.example"}, http.StatusForbidden},
		"another port of the same host": {map[string]string{"Sec-Fetch-Site": "same-site", "Origin": "http://example.com:81"}, http.StatusForbidden},
		"a page that hides its origin":  {map[string]string{"Origin": "null"}, http.StatusForbidden},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, newStage(), configOf(tickets))
				synctest.Wait()
				before := r.gather()[loadedAt]
				time.Sleep(time.Second) // of the bubble
				request := httptest.NewRequest(http.MethodPost, "http://example.com/-/reload", nil)
				for key, value := range tt.headers {
					request.Header.Set(key, value)
				}
				w := httptest.NewRecorder()
				r.handler.ServeHTTP(w, request)
				if reloaded := r.gather()[loadedAt] != before; w.Code != tt.code || reloaded != (tt.code == http.StatusOK) {
					t.Errorf("%d, reloaded %v: %s", w.Code, reloaded, w.Body)
				}
			})
		})
	}
}

func TestABrowserGetsThePageOfAReload(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, newStage(), configOf(tickets))
		synctest.Wait()
		ask := func() *httptest.ResponseRecorder {
			request := httptest.NewRequest(http.MethodPost, "/-/reload", nil)
			request.Header.Set("Accept", "text/html,*/*;q=0.8")
			w := httptest.NewRecorder()
			r.handler.ServeHTTP(w, request)
			return w
		}
		look := func() string {
			w := httptest.NewRecorder()
			r.handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
			return w.Body.String()
		}
		time.Sleep(2 * time.Second) // of the bubble
		now := `<dt>Configuration loaded</dt><dd><time datetime="` + time.Now().UTC().Format(time.RFC3339)
		if strings.Contains(look(), now) {
			t.Fatal("it was loaded before anybody asked")
		}
		if w := ask(); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "../" {
			t.Errorf("%d to %q: want it sent back to the page", w.Code, w.Header().Get("Location"))
		}
		if page := look(); !strings.Contains(page, now) {
			t.Errorf("the page that it is sent to is that of before: no %s in\n%s", now, page)
		}
		write(t, r.options.ConfigFile, "<b>: [")
		if w := ask(); w.Code != http.StatusInternalServerError || !strings.Contains(w.Body.String(), "the configuration in force stays") || strings.Contains(w.Body.String(), "<b>") {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	})
}
