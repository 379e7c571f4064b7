package e2e

import (
	"fmt"
	"testing"
	"time"
)

// What a Prometheus that knows start timestamps must never see is the same
// facts counted again under a later start: it would add them up. These tests
// follow start and total through all that can happen to an exporter.

// ticketRow is a ticket created, answered and solved within an hour of noon on
// a day in March 2026.
func ticketRow(id string, day int, channel string) string {
	return fmt.Sprintf("%s,2026-03-%02d 12:00,2026-03-%02d 13:00,solved,normal,%s,billing,2026-03-%02d 12:10,2026-03-%02d 13:00",
		id, day, day, channel, day, day)
}

// oldest is when the first of the restart tests' tickets was created.
var oldest = time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC)

// restartSite has four tickets to begin with.
func restartSite(t *testing.T, config string) *site {
	t.Helper()
	s := newSite(t, config)
	s.drop("drops/tickets/first.csv", ticketHeader,
		ticketRow("T1", 1, "email"), ticketRow("T2", 2, "email"), ticketRow("T3", 3, "chat"), ticketRow("T4", 4, "chat"))
	return s
}

// more drops three more tickets.
func (s *site) more() {
	s.t.Helper()
	s.drop("drops/tickets/second.csv", ticketHeader,
		ticketRow("T5", 5, "email"), ticketRow("T6", 6, "email"), ticketRow("T7", 7, "chat"))
}

// cumulative is what the restart tests look at. Every ticket of theirs counts
// once in each.
var cumulative = []string{"helpdesk_tickets_opened_total", "helpdesk_tickets_solved_total", "helpdesk_first_response_seconds"}

// expectTotals wants each family to come to total, all series since start.
func (f figures) expectTotals(t *testing.T, when string, total float64, start time.Time) {
	t.Helper()
	for _, family := range cumulative {
		if got := f.sum(family); got != total {
			t.Errorf("%s: %s is %v, want %v", when, family, got, total)
		}
		for _, m := range f.series(family) {
			if got := begins(m); !got.Equal(start) {
				t.Errorf("%s: %s starts at %s, want %s", when, name(family, m), got, start)
			}
		}
	}
}

// commonStart returns when all series start.
func (f figures) commonStart(t *testing.T) time.Time {
	t.Helper()
	all := f.series(cumulative[0])
	if len(all) == 0 {
		t.Fatalf("no series of %s", cumulative[0])
	}
	return begins(all[0])
}

func TestTotalsAndStartsOutliveRestartsAndRedeliveries(t *testing.T) {
	t.Parallel()
	s := restartSite(t, configOf(ticketSource))
	e := s.start()
	e.synced().expectTotals(t, "history in the counters", 4, oldest)

	e.stop()
	e = s.start()
	e.scrape().expectTotals(t, "a restart, before any poll need be over", 4, oldest)
	e.polled().expectTotals(t, "a restart", 4, oldest)

	s.more()
	e.polled().expectTotals(t, "new facts", 7, oldest)

	e.kill()
	e = s.start()
	e.polled().expectTotals(t, "a kill", 7, oldest)

	s.drop("drops/tickets/first-again.csv", ticketHeader,
		ticketRow("T1", 1, "email"), ticketRow("T2", 2, "email"), ticketRow("T3", 3, "chat"), ticketRow("T4", 4, "chat"))
	s.move("drops/tickets/second.csv", "drops/tickets/renamed.csv")
	e.polled().expectTotals(t, "the same drops under other names", 7, oldest)

	e.stop()
	s.loseState()
	e = s.start()
	e.synced().expectTotals(t, "lost state: a first sync", 7, oldest)
}

func TestHistoryInWindowsOnlyStartsTheCountersAtZero(t *testing.T) {
	t.Parallel()
	s := restartSite(t, configOf(ticketSource+"    history: windows\n"))
	before := time.Now()
	e := s.start()
	f := e.synced()
	start := f.commonStart(t)
	if start.Before(before) || start.After(time.Now()) {
		t.Errorf("counting starts at %s, want the time of the first sync, from %s on", start, before)
	}
	f.expectTotals(t, "the first sync", 0, start)
	f.expect(t, map[string]string{"helpdesk_tickets_opened_in_window{by=all,window=7d}": "4"})

	e.stop()
	e = s.start()
	e.polled().expectTotals(t, "a restart", 0, start)
	s.more()
	e.polled().expectTotals(t, "new facts", 3, start)

	e.stop()
	s.loseState()
	e = s.start()
	f = e.synced()
	again := f.commonStart(t)
	if !again.After(start) {
		t.Errorf("after the state was lost counting starts at %s, want later than %s", again, start)
	}
	f.expectTotals(t, "lost state: a true reset", 0, again)
	f.expect(t, map[string]string{"helpdesk_tickets_opened_in_window{by=all,window=7d}": "7"})
}

func TestMemoryOnlyCountsFromItsOwnFirstSync(t *testing.T) {
	t.Parallel()
	s := restartSite(t, configOf(ticketSource))
	s.storage = ""
	e := s.start()
	f := e.synced()
	start := f.commonStart(t)
	f.expectTotals(t, "the first sync", 0, start)
	s.more()
	e.polled().expectTotals(t, "new facts", 3, start)

	e.stop()
	e = s.start()
	f = e.synced()
	again := f.commonStart(t)
	if !again.After(start) {
		t.Errorf("the next exporter counts from %s, want later than %s", again, start)
	}
	f.expectTotals(t, "a restart", 0, again)
	f.expect(t, map[string]string{"helpdesk_tickets_opened_in_window{by=all,window=7d}": "7"})
}

func TestSeriesBornLaterStartAtThePollBeforeTheirFirstFact(t *testing.T) {
	t.Parallel()
	s := restartSite(t, configOf(ticketSource))
	e := s.start()
	e.synced()
	e.polled()
	polledAt := func(f figures) float64 { return f.sum("helpdesk_source_last_success_timestamp_seconds") }
	before := polledAt(e.scrape())
	s.drop("drops/tickets/sms.csv", ticketHeader, ticketRow("T8", 8, "sms"))
	found := e.await("the series of the new channel", func(f figures) bool {
		return f.has("helpdesk_tickets_opened_total", "channel=sms")
	})
	born := begins(found.series("helpdesk_tickets_opened_total", "channel=sms")[0])
	if at := float64(born.UnixNano()) / 1e9; at < before-0.001 || at >= polledAt(found) {
		t.Errorf("the series starts at %f, want from %f on and before %f, when its fact was read", at, before, polledAt(found))
	}
	for _, family := range cumulative {
		for _, m := range found.series(family, "channel=sms") {
			if !begins(m).Equal(born) || found.sum(family, "channel=sms") != 1 {
				t.Errorf("%s starts at %s with %v, want %s and 1", name(family, m), begins(m), found.sum(family, "channel=sms"), born)
			}
		}
		for _, m := range found.series(family, "channel=email") {
			if !begins(m).Equal(oldest) {
				t.Errorf("%s starts at %s, want still %s", name(family, m), begins(m), oldest)
			}
		}
	}

	e.stop()
	e = s.start()
	after := e.polled().series("helpdesk_tickets_opened_total", "channel=sms")
	if len(after) != 1 || !begins(after[0]).Equal(born) {
		t.Errorf("after a restart the series is %v, want it to start at %s", after, born)
	}
}
