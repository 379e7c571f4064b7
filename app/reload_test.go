package app

import (
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// The sources of these tests. Their first syncs count, so that figures are
// there to be lost.
const (
	tickets = "  - {name: tickets, desk: acme, type: played, history: counters}\n"
	branch  = "  - {name: branch, desk: acme, type: played, history: counters}\n"
	globex  = "  - {name: globex, type: played, history: counters}\n"
)

func configOf(sources ...string) string { return "sources:\n" + strings.Join(sources, "") }

// pollOnce lets every source be polled once more.
func pollOnce() {
	time.Sleep(time.Minute) // of the bubble
	synctest.Wait()
}

// cumulative are the figures that no reload may disturb: counters, histograms
// with their buckets, and since when.
func (f figures) cumulative() figures {
	all := figures{}
	for name, value := range f {
		if strings.HasPrefix(value, "counter ") || strings.HasPrefix(value, "histogram ") {
			all[name] = value
		}
	}
	return all
}

// shows reports whether there is one series, and what it shows begins so.
func (f figures) shows(value string) bool {
	for _, v := range f {
		return len(f) == 1 && strings.HasPrefix(v, value)
	}
	return false
}

// expectSame compares two gatherings series by series.
func expectSame(t *testing.T, want, got figures) {
	t.Helper()
	if len(want) == 0 {
		t.Fatal("there is nothing to compare")
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if got[name] != want[name] {
			t.Errorf("%s is\n%s\nwant\n%s", name, got[name], want[name])
		}
	}
	for _, name := range slices.Sorted(maps.Keys(got)) {
		if _, ok := want[name]; !ok {
			t.Errorf("%s is new: %s", name, got[name])
		}
	}
}

const (
	loadedAt   = "helpdesk_config_last_reload_success_timestamp_seconds{}"
	successful = "helpdesk_config_last_reload_successful{}"
)

func TestAReloadThatChangesNothingDisturbsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage()
		s.tell("tickets", "email", "1", "2", "3")
		r := newRig(t, s, "global: {label_values_max: 1}\n"+configOf(tickets))
		synctest.Wait()
		s.tell("tickets", "chat", "4") // folded, and with a lag
		pollOnce()
		before, book := r.gather(), r.gate.book
		if before["helpdesk_label_values_folded_total{label=channel}"] == "" {
			t.Fatal("no channel was folded")
		}
		for _, text := range []string{"global: {label_values_max: 1}\n" + configOf(tickets), "# The same.\nglobal:\n  label_values_max: 1\n" + configOf(tickets)} {
			r.reloadWith(text)
			synctest.Wait()
			after := r.gather()
			if after[loadedAt] == before[loadedAt] {
				t.Error("the time of the reload is not told")
			}
			delete(before, loadedAt)
			delete(after, loadedAt)
			expectSame(t, before, after)
		}
		if r.gate.book != book {
			t.Error("the figures were built anew")
		}
		if made, fetches := s.count("tickets"); made != 3 || fetches != 4 {
			t.Errorf("%d sources were made and %d fetches begun: want 3, of which the first alone fetched, each of its records", made, fetches)
		}
	})
}

// A change of the figures opens the book anew; what was counted stays.
func TestAReloadThatChangesWindowsKeepsTheCounters(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage()
		s.tell("tickets", "email", "1", "2", "3")
		r := newRig(t, s, "global: {label_values_max: 1, windows: [1d]}\n"+configOf(tickets))
		synctest.Wait()
		s.tell("tickets", "chat", "4")
		pollOnce()
		before := r.gather()
		r.reloadWith("global: {label_values_max: 1, windows: [2h], rollups: [[], [team]]}\n" + configOf(tickets))
		after := r.gather()
		expectSame(t, before.cumulative(), after.cumulative())
		if len(after.of("window=1d")) > 0 || len(after.of("window=2h")) == 0 {
			t.Error("the windows have not changed")
		}
		s.tell("tickets", "phone", "5")
		pollOnce()
		const folded = "helpdesk_label_values_folded_total{label=channel}"
		if later := r.gather(); later[folded] == after[folded] {
			t.Errorf("a folded channel does not count after the reload: still %s", later[folded])
		}
		before = r.gather().cumulative()
		r.reloadWith("global: {label_values_max: 1, windows: [2h], rollups: [[], [team]]}\n" + configOf(tickets))
		expectSame(t, before, r.gather().cumulative())
	})
}

func TestAFailedReloadKeepsWhatIsInForce(t *testing.T) {
	for name, test := range map[string]struct {
		config string
		says   []string
	}{
		"unknown key":       {"global:\n  windws: [1d]\n" + configOf(tickets), []string{"config.yml:2: global.windws: "}},
		"a bad source":      {configOf(tickets) + "  - {name: two, type: none}\n", []string{"config.yml:3: sources[1].type: "}},
		"no source":         {"global: {}\n", []string{"config.yml:1: sources: "}},
		"cannot be made":    {configOf(tickets, strings.Replace(branch, "type: played", "type: played, broken: true", 1)), []string{"config.yml: source ", "broken: it cannot be made"}},
		"several mistakes":  {"global:\n  windws: [1d]\n  labels: [colour]\n" + configOf(tickets), []string{":2: global.windws", ":3: global.labels[0]"}},
		"records kept less": {"global: {windows: [90d]}\n" + configOf(tickets), []string{"90d", "--storage.retention"}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStage()
				s.tell("tickets", "email", "1", "2")
				r := newRig(t, s, configOf(tickets), func(o *Options) { o.StorageRetention = 60 * 24 * time.Hour })
				synctest.Wait()
				before, inForce := r.gather(), r.ask(http.MethodGet, "/config").Body.String()
				write(t, r.options.ConfigFile, test.config)
				w := r.ask(http.MethodPost, "/-/reload")
				if w.Code != http.StatusInternalServerError {
					t.Fatalf("answered %d %s", w.Code, w.Body)
				}
				synctest.Wait()
				for _, want := range test.says {
					if !strings.Contains(w.Body.String(), want) {
						t.Errorf("the answer says nothing of %q:\n%s", want, w.Body)
					}
					if !strings.Contains(r.log.String(), want) {
						t.Errorf("the log says nothing of %q:\n%s", want, r.log.String())
					}
				}
				after := r.gather()
				if after[successful] != "gauge 0" {
					t.Errorf("%s is %s, want 0", successful, after[successful])
				}
				before[successful] = after[successful]
				expectSame(t, before, after)
				if got := r.ask(http.MethodGet, "/config").Body.String(); got != inForce {
					t.Errorf("in force is\n%s\nwant\n%s", got, inForce)
				}
				r.reloadWith(configOf(tickets))
				if got := r.gather()[successful]; got != "gauge 1" {
					t.Errorf("%s is %s after a reload that went well, want 1", successful, got)
				}
			})
		})
	}
}

// The journal is the last thing that can fail: by then readers were halted.
func TestAReloadThatTheJournalRefusesLetsTheHaltedRunAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage()
		r := newRig(t, s, configOf(tickets, branch), func(o *Options) { o.StoragePath = t.TempDir() })
		synctest.Wait()
		before := r.gather().of("source=branch")
		if err := r.journal.Close(); err != nil {
			t.Fatal(err)
		}
		_, polls := s.count("branch")
		write(t, r.options.ConfigFile, configOf(tickets))
		w := r.ask(http.MethodPost, "/-/reload")
		if w.Code != http.StatusInternalServerError || !strings.Contains(w.Body.String(), "database not open") {
			t.Fatalf("answered %d %s", w.Code, w.Body)
		}
		if after := r.gather().of("source=branch"); len(after) != len(before) {
			t.Errorf("the source tells %v, want the series of before", after)
		}
		pollOnce()
		if _, now := s.count("branch"); now <= polls {
			t.Errorf("the halted source was polled %d times before the reload and %d times by now", polls, now)
		}
	})
}

func TestAReloadAddsAndRemovesSources(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage()
		s.tell("tickets", "email", "1", "2")
		s.tell("branch", "chat", "1")
		s.tell("globex", "chat", "1")
		r := newRig(t, s, configOf(tickets))
		synctest.Wait()
		first := r.gather()

		r.reloadWith(configOf(tickets, branch, globex))
		added := r.gather()
		if got := added["helpdesk_source_polls_total{desk=globex,outcome=success,source=globex}"]; got == "" {
			t.Error("the polls of a new source do not exist before the first")
		}
		expectSame(t, first.of("source=tickets"), added.of("source=tickets"))
		synctest.Wait()
		pollOnce()
		both := r.gather()
		const opened = "helpdesk_tickets_opened_total"
		if len(both.of(opened, "desk=globex", "channel=chat")) != 1 || len(both.of("helpdesk_event_lag_seconds", "source=globex")) != 0 {
			t.Errorf("the new desk counts %v", both.of(opened, "desk=globex"))
		}
		s.tell("globex", "chat", "2")
		s.tell("branch", "chat", "2")
		pollOnce()
		if got := r.gather().of("helpdesk_event_lag_seconds", "source=globex"); len(got) != 1 {
			t.Errorf("a fact found late is told as %v", got)
		}
		last := r.gather()

		r.reloadWith(configOf(tickets))
		left := r.gather()
		for _, gone := range []string{"source=branch", "source=globex", "desk=globex"} {
			if found := left.of(gone); len(found) > 0 {
				t.Errorf("%s is gone and still tells %v", gone, found)
			}
		}
		expectSame(t, last.cumulative().of("desk=acme", opened), left.of("desk=acme", opened))
		_, polls := s.count("globex")
		pollOnce()
		if _, now := s.count("globex"); now != polls {
			t.Error("a source that is gone is still polled")
		}
		if made, fetches := s.count("tickets"); made != 3 || fetches != 5 {
			// Two records of the first sync and a poll in each of three minutes: nothing began anew.
			t.Errorf("the source that stayed was made %d times and fetched %d times", made, fetches)
		}
	})
}

func TestAChangedSourceIsReadAnewFromItsCursorAndKeepsItsHealth(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage()
		s.tell("tickets", "email", "1", "2")
		r := newRig(t, s, configOf(tickets))
		synctest.Wait()
		before := r.gather().cumulative()
		r.reloadWith(configOf(strings.Replace(tickets, "type: played", "type: played, feed: other", 1)))
		synctest.Wait()
		if _, fetches := s.count("tickets"); fetches != 3 {
			t.Errorf("%d fetches, want two of the first sync and one of the changed source", fetches)
		}
		after := r.gather().cumulative()
		expectSame(t, before.of("_tickets_"), after.of("_tickets_"))
		if polls := after.of("helpdesk_source_polls_total", "outcome=success"); !polls.shows("counter 2 ") {
			t.Errorf("polls are told as %v, want that of before and that of now", polls)
		}
	})
}

func TestFamiliesThatChangeStartAgainAtZeroAndTheLogSaysSo(t *testing.T) {
	for name, test := range map[string]struct{ change, family, other string }{
		"labels":  {"global: {labels: [team]}\n", "helpdesk_tickets_opened_total", ""},
		"buckets": {"buckets: {default: [60, 3600]}\n", "helpdesk_first_response_seconds", "helpdesk_tickets_opened_total"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStage()
				s.tell("tickets", "email", "1", "2")
				r := newRig(t, s, configOf(tickets))
				synctest.Wait()
				pollOnce()
				before := r.gather()
				now := time.Now().Unix()
				r.reloadWith(test.change + configOf(tickets))
				after := r.gather()
				if test.other != "" {
					expectSame(t, before.of(test.other), after.of(test.other))
				}
				s.tell("tickets", "email", "3")
				pollOnce()
				for series, value := range r.gather().of(test.family) {
					counter, histogram := fmt.Sprintf("counter 1 since %d", now), fmt.Sprintf("histogram 1 since %d", now)
					if !strings.HasPrefix(value, counter) && !strings.HasPrefix(value, histogram) {
						t.Errorf("%s is %s: want the one fact since the reload, %d", series, value, now)
					}
				}
				if len(r.gather().of(test.family)) == 0 {
					t.Error("there is nothing to look at")
				}
				if want := "starts again at 0\" family=" + test.family; !strings.Contains(r.log.String(), want) {
					t.Errorf("the log says nothing of %q:\n%s", want, r.log.String())
				}
			})
		})
	}
}

// A page that was on its way when the books were exchanged goes to the new one.
func TestAReloadInTheMiddleOfAPage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage()
		s.tell("tickets", "email", "1", "2", "3")
		curtain := s.lower("tickets")
		r := newRig(t, s, configOf(tickets))
		synctest.Wait()
		r.reloadWith("global: {windows: [2d]}\n" + configOf(tickets, branch))
		synctest.Wait()
		if made, fetches := s.count("tickets"); made != 2 || fetches != 1 {
			t.Errorf("%d sources made, %d fetches begun: the one that hangs was not left alone", made, fetches)
		}
		close(curtain)
		synctest.Wait()
		got := r.gather()
		if opened := got.of("helpdesk_tickets_opened_total"); !opened.shows("counter 3 ") {
			t.Errorf("counted are %v, want 3", opened)
		}
		if len(got.of("helpdesk_tickets_opened_in_window", "window=2d", "by=all")) != 1 {
			t.Error("the page is not in the new book")
		}
	})
}

// The same in a source that the reload removes: its page is read again when
// the source comes back.
func TestAReloadDoesNotWaitForAPageOfASourceThatGoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage()
		s.tell("branch", "email", "1")
		s.lower("branch")
		r := newRig(t, s, configOf(tickets, branch))
		synctest.Wait()
		r.reloadWith(configOf(tickets))
		synctest.Wait()
		if found := r.gather().of("source=branch"); len(found) > 0 {
			t.Errorf("still told: %v", found)
		}
		r.reloadWith(configOf(tickets, branch))
		synctest.Wait()
		if opened := r.gather().of("helpdesk_source_records_total", "source=branch"); !opened.shows("counter 1 ") {
			t.Errorf("the page that was given up did not come again: %v", opened)
		}
	})
}

func TestSIGHUPReloads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage()
		r := newRig(t, s, configOf(tickets))
		synctest.Wait()
		write(t, r.options.ConfigFile, configOf(tickets, globex))
		r.hangup <- syscall.SIGHUP
		synctest.Wait()
		if _, fetches := s.count("globex"); fetches != 1 {
			t.Errorf("the new source was fetched %d times, want once", fetches)
		}
		write(t, r.options.ConfigFile, "sources: []\n")
		r.hangup <- syscall.SIGHUP
		synctest.Wait()
		if got := r.gather()[successful]; got != "gauge 0" || !strings.Contains(r.log.String(), "config.yml:1: sources: ") {
			t.Errorf("%s is %s, and the log\n%s", successful, got, r.log.String())
		}
	})
}

func TestReloadingOverHTTPMustBeAllowed(t *testing.T) {
	for _, c := range []struct {
		method  string
		allowed bool
		code    int
		says    string
	}{
		{http.MethodPost, true, http.StatusOK, "Reloaded."},
		{http.MethodPut, true, http.StatusOK, "Reloaded."},
		{http.MethodGet, true, http.StatusMethodNotAllowed, "POST or PUT"},
		{http.MethodDelete, true, http.StatusMethodNotAllowed, "POST or PUT"},
		{http.MethodPost, false, http.StatusForbidden, "--web.enable-lifecycle"},
		{http.MethodPut, false, http.StatusForbidden, "--web.enable-lifecycle"},
		{http.MethodGet, false, http.StatusMethodNotAllowed, "POST or PUT"},
	} {
		synctest.Test(t, func(t *testing.T) {
			r := newRig(t, newStage(), configOf(tickets), func(o *Options) { o.EnableLifecycle = c.allowed })
			synctest.Wait()
			before := r.gather()[loadedAt]
			time.Sleep(time.Second) // of the bubble
			w := r.ask(c.method, "/-/reload")
			if w.Code != c.code || !strings.Contains(w.Body.String(), c.says) {
				t.Errorf("%s, allowed %v: %d %s", c.method, c.allowed, w.Code, w.Body)
			}
			if reloaded := r.gather()[loadedAt] != before; reloaded != (c.code == http.StatusOK) {
				t.Errorf("%s, allowed %v: reloaded is %v", c.method, c.allowed, reloaded)
			}
		})
	}
}

func TestRejectsOfSourcesGoWhereTheirNamesSay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := t.TempDir()
		r := newRig(t, newStage(), configOf(tickets), func(o *Options) { o.StoragePath = path })
		r.reloadWith(configOf(tickets, globex))
		for _, reader := range r.readers {
			if want := filepath.Join(path, "rejects", reader.Name, "rejects.jsonl"); reader.Rejects.File != want {
				t.Errorf("%s keeps its rejects in %s, want %s", reader.Name, reader.Rejects.File, want)
			}
		}
		synctest.Wait()
	})
}

// Whatever begins with hunter is a secret.
const guarded = `
sources:
  - name: tickets
    type: played
    basic_auth: {username: ann, password: hunter_password}
    proxy_url: http://hunter_user:hunter_proxy@proxy.example
    http_headers: {X-Key: {values: [hunter_header], secrets: [hunter_other]}}
`

func TestTheConfigurationInForceIsShownWithoutSecrets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, newStage(), guarded)
		synctest.Wait()
		w := r.ask(http.MethodGet, "/config")
		if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "text/plain; charset=utf-8" {
			t.Fatalf("answered %d as %s", w.Code, w.Header().Get("Content-Type"))
		}
		for _, want := range []string{"windows: [1d, 7d, 28d]", "name: tickets", "username: ann", "password: <secret>", "http://<secret>@proxy.example"} {
			if !strings.Contains(w.Body.String(), want) {
				t.Errorf("nothing is shown of %q:\n%s", want, w.Body)
			}
		}
		write(t, r.options.ConfigFile, guarded+"    bearer_token: hunter_token\n    proxy_connect_header: hunter_list\n")
		failed := r.ask(http.MethodPost, "/-/reload")
		if failed.Code != http.StatusInternalServerError {
			t.Fatalf("answered %d %s", failed.Code, failed.Body)
		}
		write(t, r.options.ConfigFile, strings.Replace(guarded, "proxy_url: http:", "proxy_url: http:[", 1))
		again := r.ask(http.MethodPost, "/-/reload")
		synctest.Wait()
		for what, text := range map[string]string{
			"/config": w.Body.String(), "an answer": failed.Body.String(), "another answer": again.Body.String(), "the log": r.log.String(),
		} {
			if strings.Contains(text, "hunter") {
				t.Errorf("%s shows a secret:\n%s", what, text)
			}
		}
	})
}

// All that a reload would find before it touches anything, a check finds.
func TestACheckOfTheConfigurationMakesItsSources(t *testing.T) {
	s := newStage()
	o := Options{ConfigFile: filepath.Join(t.TempDir(), "config.yml"), Logger: slog.New(slog.DiscardHandler), Types: s.types()}
	write(t, o.ConfigFile, configOf(
		strings.Replace(tickets, "type: played", "type: played, broken: true", 1), branch,
		strings.Replace(globex, "type: played", "type: played, broken: true", 1),
	))
	err := CheckConfig(o)
	if err == nil {
		t.Fatal("sources that cannot be made pass")
	}
	for _, want := range []string{`source "tickets": broken: `, `source "globex": broken: `} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("nothing is said of %s: %v", want, err)
		}
	}
	if _, fetches := s.count("branch"); fetches != 0 {
		t.Error("a check of the configuration reads a help desk")
	}
}
