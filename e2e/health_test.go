package e2e

import (
	"bufio"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const polls = "helpdesk_source_polls_total"

func TestASourceThatFailsKeepsItsFiguresUntilTheyAreStaleAndStopsNoOther(t *testing.T) {
	t.Parallel()
	tickets := strings.Replace(ticketSource, "directory: drops/tickets", "files: [drops/tickets/a.csv]", 1) + "    stale_after: 2s\n"
	s := everyKind(t, configOf(tickets, callSource))
	e := s.start()
	e.synced().expect(t, map[string]string{
		"helpdesk_source_up{source=tickets}": "1",
		"helpdesk_tickets_open":              "2",
	})
	s.move("drops/tickets/a.csv", "drops/tickets/away")
	failed := e.await("a poll that fails", func(f figures) bool { return f.sum("helpdesk_source_up", "source=tickets") == 0 })
	failed.expect(t, map[string]string{
		"helpdesk_tickets_open":                               "2",
		"helpdesk_tickets_opened_total":                       "4",
		"helpdesk_tickets_opened_in_window{by=all,window=7d}": "4",
		"helpdesk_source_sync_complete{source=tickets}":       "1",
	})
	if log := e.logged(); !strings.Contains(log, "a.csv: no such file") {
		t.Errorf("the log does not say what is missing:\n%s", log)
	}
	bad := []string{"source=tickets", "outcome=unreadable"}
	e.await("failed polls to be counted", func(f figures) bool {
		return f.sum(polls, bad...) > failed.sum(polls, bad...)
	})

	stale := e.await("stale gauges to vanish", func(f figures) bool { return !f.has("helpdesk_tickets_open") })
	stale.expect(t, map[string]string{
		"helpdesk_tickets_opened_in_window":       absent,
		"helpdesk_first_response_mean_seconds":    absent,
		"helpdesk_ticket_oldest_open_age_seconds": absent,
		"helpdesk_tickets_opened_total":           "4",
		"helpdesk_first_response_seconds_count":   "2",
	})
	if !stale.has("helpdesk_source_last_success_timestamp_seconds", "source=tickets") {
		t.Error("nothing says when the tickets were last read")
	}
	good := []string{"source=calls", "outcome=success"}
	if stale.sum(polls, good...) <= failed.sum(polls, good...) {
		t.Error("the other source is not polled any more")
	}
	stale.expect(t, map[string]string{
		"helpdesk_source_up{source=calls}":           "1",
		"helpdesk_calls_in_window{by=all,window=7d}": "2",
	})

	s.move("drops/tickets/away", "drops/tickets/a.csv")
	e.await("the gauges to come back", func(f figures) bool { return f.has("helpdesk_tickets_open") }).expect(t, map[string]string{
		"helpdesk_source_up{source=tickets}": "1",
		"helpdesk_tickets_open":              "2",
		"helpdesk_tickets_opened_total":      "4",
	})
}

func TestADirectoryThatCannotBeReadIsNoEmptyOne(t *testing.T) {
	t.Parallel()
	s := newSite(t, configOf(ticketSource, callSource))
	s.drop("drops/calls/a.csv", callHeader, "C1,2026-03-03 10:00,answered,10,100,support")
	e := s.start()
	f := e.await("both to be polled", func(f figures) bool {
		return f.sum(polls, "source=tickets", "outcome=unreadable") > 0 && f.sum("helpdesk_source_up", "source=calls") == 1
	})
	f.expect(t, map[string]string{
		"helpdesk_source_up{source=tickets}":            "0",
		"helpdesk_source_sync_complete{source=tickets}": "0",
		"helpdesk_tickets_opened_total":                 absent,
		"helpdesk_tickets_open":                         absent,
		"helpdesk_calls_total":                          "1",
	})
	s.drop("drops/tickets/a.csv", ticketHeader, ticketRow("T1", 1, "email"))
	e.await("the directory to be found", figures.complete).expect(t, map[string]string{
		"helpdesk_source_up{source=tickets}": "1",
		"helpdesk_tickets_opened_total":      "1",
	})
}

func TestFiguresGoStaleWhenNothingNewComes(t *testing.T) {
	t.Parallel()
	s := everyKind(t, configOf(ticketSource+"    expect_every: 2s\n", callSource))
	e := s.start()
	e.synced().expect(t, map[string]string{"helpdesk_tickets_open": "2"})
	e.await("silence", func(f figures) bool { return !f.has("helpdesk_tickets_open") }).expect(t, map[string]string{
		"helpdesk_source_up{source=tickets}":         "1", // it can be read, and tells nothing
		"helpdesk_tickets_opened_total":              "4",
		"helpdesk_calls_in_window{by=all,window=7d}": "2",
	})
	s.append("drops/tickets/a.csv", ticketRow("T5", 5, "email"))
	e.await("news", func(f figures) bool { return f.has("helpdesk_tickets_open") }).expect(t, map[string]string{
		"helpdesk_tickets_open":         "2",
		"helpdesk_tickets_opened_total": "5",
	})
}

func TestABadRowIsCountedAndKeptAndStopsNothing(t *testing.T) {
	t.Parallel()
	s := newSite(t, configOf(ticketSource))
	s.drop("drops/tickets/a.csv", ticketHeader,
		ticketRow("T1", 1, "email"),
		"T2,yesterday,2026-03-02 13:00,solved,normal,email,billing,,",
		",2026-03-02 12:00,2026-03-02 13:00,solved,normal,email,billing,,",
		"T4,2026-03-02 12:00,2026-03-02 13:00,eaten,normal,email,billing,,",
		"T5,2026-03-02 12:00",
		ticketRow("T6", 2, "email"),
	)
	e := s.start()
	e.synced().expect(t, map[string]string{
		"helpdesk_tickets_opened_total":                       "2",
		"helpdesk_source_up":                                  "1",
		"helpdesk_source_rejects_total":                       "4",
		"helpdesk_source_rejects_total{reason=bad_time}":      "1",
		"helpdesk_source_rejects_total{reason=missing_field}": "1",
		"helpdesk_source_rejects_total{reason=unknown_value}": "1",
		"helpdesk_source_rejects_total{reason=malformed}":     "1",
	})
	e.polled().expect(t, map[string]string{"helpdesk_source_rejects_total": "4"})

	kept := s.rejects("tickets")
	for i, want := range []struct{ where, reason, raw string }{
		{"a.csv:3", "bad_time", "yesterday"},
		{"a.csv:4", "missing_field", ",2026-03-02"},
		{"a.csv:5", "unknown_value", "eaten"},
		{"a.csv:6", "malformed", "T5"},
	} {
		if i >= len(kept) {
			t.Fatalf("%d rejects were kept, want 4", len(kept))
		}
		if got := kept[i]; got.Where != want.where || got.Reason != want.reason || !strings.Contains(got.Raw, want.raw) || got.Detail == "" {
			t.Errorf("reject %d is %+v, want %+v", i, got, want)
		}
	}
	if strings.Contains(e.logged(), "eaten") || strings.Contains(e.logged(), "yesterday") {
		t.Error("the log shows what stood in the cells")
	}
}

// reject is a line of the file of rejects.
type reject struct{ Where, Reason, Detail, Raw string }

// rejects reads what was kept for a person to look at, and wants that nobody
// else can.
func (s *site) rejects(source string) []reject {
	s.t.Helper()
	var all []reject
	files := 0
	err := filepath.WalkDir(filepath.Join(s.storage, "rejects", source), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		files++
		if info, err := entry.Info(); err != nil || info.Mode().Perm() != 0o600 {
			s.t.Errorf("%s: mode %v, want 0600 (%v)", path, info.Mode(), err)
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		for lines := bufio.NewScanner(f); lines.Scan(); {
			var r reject
			if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
				return err
			}
			all = append(all, r)
		}
		return nil
	})
	if err != nil || files != 1 {
		s.t.Fatalf("%d files of rejects, want 1 (%v)", files, err)
	}
	return all
}
