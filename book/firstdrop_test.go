package book_test

import (
	"testing"
	"time"

	"helpdesk_exporter/desk"
)

// A folder is watched before its first drop comes, or before it is mounted:
// polls succeed and tell nothing, not even up to when.
func TestTheFirstDropOfAFolderThatWasEmptyIsItsHistory(t *testing.T) {
	old := ticket("1", monday, monday.Add(time.Hour), desk.StatusSolved, solvedAt(monday.Add(time.Hour)))
	now := monday.Add(10 * day)
	for name, expect := range map[string]struct {
		counters bool
		solved   float64
	}{
		"history: windows":  {false, 0},
		"history: counters": {true, 1},
	} {
		zen := source("zen", "acme", desk.KindTicket)
		if expect.counters {
			zen = withHistory(zen)
		}
		o := openOffice(t, "", zen)
		o.commit("zen", desk.Page{}, monday)
		if _, totals := o.read(monday).families(); len(totals) > 0 {
			t.Errorf("%s: %v show before there is anything to count from", name, totals)
		}
		o.poll("zen", now, old)
		e := o.read(now)
		if got := e.sum("helpdesk_tickets_solved_total", "acme"); got != expect.solved {
			t.Errorf("%s: %v solves counted, want %v", name, got, expect.solved)
		}
		o.poll("zen", now.Add(time.Hour), ticket("2", now, now.Add(time.Minute), desk.StatusSolved, solvedAt(now)))
		if got := o.read(now.Add(time.Hour)).sum("helpdesk_tickets_solved_total", "acme"); got != expect.solved+1 {
			t.Errorf("%s: %v solves counted after a new one, want %v", name, got, expect.solved+1)
		}
	}
}

func TestTheFirstDropOfAnAddedFolderIsNoJumpOfCountersThatShow(t *testing.T) {
	o := openOffice(t, "", withHistory(source("zen", "acme", desk.KindTicket)), withHistory(source("web", "acme", desk.KindTicket)))
	o.commit("web", desk.Page{}, monday)
	o.poll("zen", monday, ticket("1", monday, monday, desk.StatusOpen))
	if got := o.read(monday).sum("helpdesk_tickets_opened_total", "acme"); got != 1 {
		t.Fatalf("%v tickets counted, want 1", got)
	}
	later := monday.Add(time.Hour)
	o.poll("web", later, ticket("7", monday, monday, desk.StatusOpen), ticket("8", monday, monday, desk.StatusOpen))
	e := o.read(later)
	if got := e.sum("helpdesk_tickets_opened_total", "acme"); got != 1 {
		t.Errorf("the counter jumped to %v", got)
	}
	if got := e.sum("helpdesk_tickets_open", "acme"); got != 3 {
		t.Errorf("%v tickets are open, want 3", got)
	}
}

// What happened after the folder was found empty is no history that came late:
// it counts as it would if something had been in the folder before.
func TestWhatHappensAfterAFolderWasFoundEmptyCounts(t *testing.T) {
	o := openOffice(t, "", source("zen", "acme", desk.KindTicket), source("web", "acme", desk.KindTicket))
	o.commit("web", desk.Page{}, monday)
	o.commit("web", desk.Page{}, monday.Add(2*time.Hour)) // the first time is what matters
	o.poll("zen", monday, ticket("1", monday, monday, desk.StatusOpen))
	later := monday.Add(3 * time.Hour)
	o.poll("web", later,
		ticket("7", monday, later, desk.StatusOpen), // at the very moment: history
		ticket("8", monday.Add(time.Second), later, desk.StatusOpen),
		ticket("9", monday.Add(time.Hour), later, desk.StatusSolved)) // nobody says when it was solved
	for range 2 {
		e := o.read(later)
		if got := e.sum("helpdesk_tickets_opened_total", "acme"); got != 2 {
			t.Errorf("%v tickets counted, want 2", got)
		}
		if got := e.sum("helpdesk_tickets_solved_total", "acme"); got != 1 {
			t.Errorf("%v solves counted, want 1", got)
		}
		o.reopen(later)
	}
}
