package e2e

import (
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"
)

const (
	opened     = "helpdesk_tickets_opened_total"
	reloadGood = "helpdesk_config_last_reload_successful"
	reloadTime = "helpdesk_config_last_reload_success_timestamp_seconds"
)

// post asks with POST.
func (e *exporter) post(path string) answer { return e.send(http.MethodPost, path, nil) }

// hangUp sends SIGHUP.
func (e *exporter) hangUp() {
	e.t.Helper()
	if err := e.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		e.t.Fatal(err)
	}
}

func TestSIGHUPPutsTheConfigurationInForceAnew(t *testing.T) {
	t.Parallel()
	s := restartSite(t, configOf(ticketSource))
	s.drop("drops/branch/all.csv", ticketHeader, ticketRow("B1", 3, "email"))
	e := s.start()
	before := e.synced()
	before.expectTotals(t, "before", 4, oldest)

	s.configure(configOf(ticketSource, branchSource))
	e.hangUp()
	both := e.await("the source that was added", func(f figures) bool {
		return f.has("helpdesk_source_up", "source=branch") && f.complete()
	})
	if before.sum(reloadTime) >= both.sum(reloadTime) {
		t.Errorf("the time of the reload is not told: %v, then %v", before.sum(reloadTime), both.sum(reloadTime))
	}
	// What the new source finds first is its history, no jump of the counters.
	both.expect(t, map[string]string{opened: "4"})
	expectText(t, string(e.get("/config", nil).body), "name: branch")

	s.configure("sources: [{name: tickets}]\n")
	e.hangUp()
	e.await("the failed reload", func(f figures) bool { return f.sum(reloadGood) == 0 })
	expectText(t, e.logged(), "Reload failed", s.path("config.yml")+":1: sources[0].type")
	s.more()
	kept := e.polled()
	kept.expect(t, map[string]string{opened: "7"})
	if kept.sum(reloadTime) != both.sum(reloadTime) || !kept.has("helpdesk_source_up", "source=branch") {
		t.Error("a failed reload has changed what is in force")
	}

	s.configure(configOf(ticketSource))
	e.hangUp()
	left := e.await("the source that was removed", func(f figures) bool { return !f.has("helpdesk_source_up", "source=branch") })
	left.expect(t, map[string]string{
		opened:     "7",
		reloadGood: "1",
		"helpdesk_source_polls_total{source=branch}":   absent,
		"helpdesk_source_records_total{source=branch}": absent,
		"helpdesk_source_info{source=branch}":          absent,
	})
	e.stop()
	// What a reload has begun outlives the exporter.
	s.start().scrape().expect(t, map[string]string{opened: "7"})
}

func TestReloadingOverHTTP(t *testing.T) {
	t.Parallel()
	s := restartSite(t, configOf(ticketSource))
	shut := s.start()
	if a := shut.post("/-/reload"); a.code != http.StatusForbidden || !strings.Contains(string(a.body), "--web.enable-lifecycle") {
		t.Errorf("without the flag: %d %s", a.code, a.body)
	}
	shut.stop()

	e := s.start("--web.enable-lifecycle")
	e.synced()
	if a := e.get("/-/reload", nil); a.code != http.StatusMethodNotAllowed {
		t.Errorf("GET answers %d, want 405", a.code)
	}
	s.configure(strings.Replace(configOf(ticketSource), "windows: [1d, 7d]", "windows: [2d]", 1))
	if a := e.post("/-/reload"); a.code != http.StatusOK {
		t.Fatalf("%d %s", a.code, a.body)
	}
	f := e.scrape()
	f.expectTotals(t, "other windows", 4, oldest)
	if f.has("helpdesk_tickets_opened_in_window", "window=7d") || !f.has("helpdesk_tickets_opened_in_window", "window=2d") {
		t.Error("the windows have not changed by the time of the answer")
	}
	s.configure("global:\n  windws: [1d]\n")
	a := e.post("/-/reload")
	if a.code != http.StatusInternalServerError {
		t.Errorf("a broken configuration: %d, want 500", a.code)
	}
	expectText(t, string(a.body), s.path("config.yml")+":2: global.windws: ", s.path("config.yml")+":1: sources: ")
	expectText(t, string(e.get("/config", nil).body), "windows: [2d]")
}

// Totals by other labels are other totals; those that do not change go on.
func TestAReloadWithOtherBucketsStartsTheirHistogramsAnew(t *testing.T) {
	t.Parallel()
	s := restartSite(t, configOf(ticketSource))
	e := s.start("--web.enable-lifecycle")
	e.synced().expectTotals(t, "before", 4, oldest)
	before := time.Now()
	s.configure("buckets: {default: [60, 3600]}\n" + configOf(ticketSource))
	if a := e.post("/-/reload"); a.code != http.StatusOK {
		t.Fatalf("%d %s", a.code, a.body)
	}
	s.more()
	f := e.polled()
	f.expect(t, map[string]string{
		"helpdesk_tickets_opened_total":                   "7",
		"helpdesk_first_response_seconds_count":           "3",
		"helpdesk_first_response_seconds_bucket{le=3600}": "3",
		"helpdesk_first_response_seconds_bucket{le=900}":  "0", // there is none any more
	})
	for _, m := range f.series("helpdesk_first_response_seconds") {
		if begins(m).Before(before) {
			t.Errorf("%s starts at %s, want the reload", name("helpdesk_first_response_seconds", m), begins(m))
		}
	}
	expectText(t, e.logged(), "starts again at 0", "family=helpdesk_first_response_seconds")
}
