package e2e

import (
	"strings"
	"testing"
	"time"
)

// What happens to the counters when the configuration changes between two
// exporters.

const branchSource = `
  - name: branch
    desk: acme
    type: csv
    directory: drops/branch
    settle: 0s
    record: ticket
    columns: {id: id, created_at: created, updated_at: updated, status: status, channel: channel, first_response_at: answered, solved_at: solved}
`

// A source that is added to a desk that has been counting for long is no jump
// of its counters.
func TestASourceAddedLaterDoesNotJump(t *testing.T) {
	t.Parallel()
	s := restartSite(t, configOf(ticketSource))
	e := s.start()
	e.synced()
	e.stop()

	s.configure(configOf(ticketSource, branchSource))
	s.drop("drops/branch/all.csv", ticketHeader, ticketRow("B1", 1, "email"), ticketRow("B2", 2, "email"))
	e = s.start()
	f := e.synced()
	f.expect(t, map[string]string{
		"helpdesk_tickets_opened_total":                       "4",
		"helpdesk_tickets_opened_in_window{by=all,window=7d}": "4", // T1, T2, B1, B2: of the branch nothing is known after the 2nd
	})
	s.append("drops/branch/all.csv", ticketRow("B3", 4, "email"))
	e.polled().expect(t, map[string]string{
		"helpdesk_tickets_opened_total":                       "5",
		"helpdesk_tickets_opened_in_window{by=all,window=7d}": "7",
	})
}

func TestASourceTakenAwayTakesItsWindowsAndLeavesTheCounters(t *testing.T) {
	t.Parallel()
	s := restartSite(t, configOf(ticketSource, branchSource))
	s.drop("drops/branch/all.csv", ticketHeader, ticketRow("B1", 3, "email"), ticketRow("B2", 4, "email"))
	e := s.start()
	e.synced().expectTotals(t, "two sources", 6, oldest)
	e.stop()

	s.configure(configOf(ticketSource))
	e = s.start()
	f := e.polled()
	f.expectTotals(t, "one source", 6, oldest)
	f.expect(t, map[string]string{
		"helpdesk_tickets_opened_in_window{by=all,window=7d}": "4",
		"helpdesk_source_up{source=branch}":                   absent,
		"helpdesk_source_sync_complete{source=branch}":        absent,
	})
}

// Totals by other labels are other totals: they cannot go on.
func TestChangedLabelsStartTheCountersAnewAndTheLogSaysSo(t *testing.T) {
	t.Parallel()
	s := restartSite(t, configOf(ticketSource))
	e := s.start()
	e.synced().expectTotals(t, "three labels", 4, oldest)
	e.stop()

	s.configure(strings.Replace(configOf(ticketSource), "global:\n", "global:\n  labels: [channel]\n", 1))
	before := time.Now()
	e = s.start()
	f := e.polled()
	start := f.commonStart(t)
	if start.Before(before) {
		t.Errorf("the new totals start at %s, want %s or later", start, before)
	}
	f.expectTotals(t, "one label", 0, start)
	f.expect(t, map[string]string{"helpdesk_tickets_opened_in_window{by=all,window=7d}": "4"})
	expectText(t, e.logged(), "starts again at 0", "family=helpdesk_tickets_opened_total", "family=helpdesk_first_response_seconds")
	s.more()
	e.polled().expectTotals(t, "new facts", 3, start)
}
