package e2e

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"
)

// exampleSite is a copy of what the repository gives a newcomer, and nothing
// else.
func exampleSite(t *testing.T) *site {
	t.Helper()
	config, err := os.ReadFile("../config.example.yml")
	if err != nil {
		t.Fatal(err)
	}
	s := newSite(t, string(config))
	if err := os.CopyFS(s.path("examples/drops"), os.DirFS("../examples/drops")); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestTheExampleShowsKPIsThatMove(t *testing.T) {
	t.Parallel()
	e := exampleSite(t).start()
	first := e.synced()
	for _, family := range []string{
		"helpdesk_tickets_opened_total", "helpdesk_tickets_open", "helpdesk_first_response_seconds", "helpdesk_full_resolution_mean_seconds",
		"helpdesk_calls_total", "helpdesk_service_level_ratio", "helpdesk_abandonment_ratio",
		"helpdesk_csat_ratio", "helpdesk_nps", "helpdesk_ces_ease_score",
	} {
		for _, desk := range []string{"desk=demo", "desk=csv"} {
			if !first.has(family, desk) {
				t.Errorf("%s{%s} is not there", family, desk)
			}
		}
	}
	// What only the invented desk can tell.
	for _, family := range []string{
		"helpdesk_agent_satisfaction_ratio", "helpdesk_agents_available", "helpdesk_call_blockage_ratio",
		"helpdesk_channel_preference_ratio", "helpdesk_complaints_in_window", "helpdesk_contacts_automated_ratio",
		"helpdesk_first_contact_resolution_ratio", "helpdesk_reply_mean_seconds",
	} {
		if !first.has(family, "desk=demo") {
			t.Errorf("%s{desk=demo} is not there", family)
		}
	}
	first.expect(t, map[string]string{
		"helpdesk_source_up":            "4",
		"helpdesk_source_rejects_total": "0",
	})
	began := time.Now()
	within(t, time.Minute, "a ticket, a solve, a call or an answer", func() bool { return happened(e.scrape(), "desk=demo") > happened(first, "desk=demo") })
	t.Logf("the first figure moved after %s", time.Since(began))
}

// hidden lists the families that the example does not show, with the reason.
var hidden = map[string]string{
	"helpdesk_label_values_folded_total":         "no label has too many values",
	"helpdesk_source_capability":                 "it asks no API",
	"helpdesk_source_catch_up_timestamp_seconds": "it has nothing to catch up with",
	"helpdesk_source_rate_limit_remaining":       "it asks no API",
	"helpdesk_source_requests_total":             "it asks no API",
}

// Whoever tries the example sees every family there is, but for those that tell
// of APIs or of trouble.
func TestTheExampleShowsEveryFamily(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../docs/metrics.md")
	if err != nil {
		t.Fatal(err)
	}
	documented := map[string]string{} // the type of each
	for _, row := range regexp.MustCompile("(?m)^\\| `(helpdesk_\\w+)` \\| (\\w+) \\|").FindAllStringSubmatch(string(page), -1) {
		documented[row[1]] = row[2]
	}
	e := exampleSite(t).start()
	e.synced()
	shown := e.await("a fact from behind the first sync", func(f figures) bool { return f.has("helpdesk_event_lag_seconds") })
	for name, kind := range documented {
		f, ok := shown[name]
		switch {
		case ok == (hidden[name] != ""):
			t.Errorf("%s is there: %v; why it is not to be: %q", name, ok, hidden[name])
		case ok && strings.ToLower(f.GetType().String()) != kind:
			t.Errorf("%s is a %s, and documented as a %s", name, strings.ToLower(f.GetType().String()), kind)
		}
	}
	for name := range hidden {
		if documented[name] == "" {
			t.Errorf("%s is hidden, and no family", name)
		}
	}
	for name := range shown {
		if strings.HasPrefix(name, "helpdesk_") && documented[name] == "" {
			t.Errorf("%s is shown, and not documented", name)
		}
	}
}

// happened counts what has happened at the desk of the labels.
func happened(f figures, labels ...string) float64 {
	return f.sum("helpdesk_tickets_opened_total", labels...) + f.sum("helpdesk_tickets_solved_total", labels...) +
		f.sum("helpdesk_calls_total", labels...) + f.sum("helpdesk_survey_responses_total", labels...)
}

func TestPromtoolHasNoFinding(t *testing.T) {
	t.Parallel()
	promtool := os.Getenv("PROMTOOL")
	if promtool == "" {
		var err error
		if promtool, err = exec.LookPath("promtool"); err != nil {
			t.Skipf("neither PROMTOOL nor the PATH has one: %v", err)
		}
	}
	e := exampleSite(t).start()
	e.synced()
	check := exec.CommandContext(t.Context(), promtool, "check", "metrics")
	check.Stdin = strings.NewReader(string(e.in(asText)))
	if out, err := check.CombinedOutput(); err != nil {
		t.Errorf("promtool check metrics: %v\n%s", err, out)
	}
}
