package kpi_test

import (
	"testing"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/kpi"
)

// Some exports hold a row for each status that a ticket went through, and each
// row already has the time of the solve to come.
func TestRowsThatKnowTheSolveToComeAreNotReopened(t *testing.T) {
	event := func(m int, s desk.Status) desk.Ticket {
		return desk.Ticket{CreatedAt: minute(0), UpdatedAt: minute(m), Status: s, SolvedAt: minute(30)}
	}
	e := evaluate(t, catalogue(), tickets(
		event(0, desk.StatusNew), event(5, desk.StatusOpen), event(30, desk.StatusSolved), event(45, desk.StatusClosed)))
	e.counts(map[string]int{
		"helpdesk_tickets_opened_total": 1, "helpdesk_tickets_solved_total": 1, "helpdesk_tickets_reopened_total": 0,
		"helpdesk_full_resolution_seconds": 1, "helpdesk_first_resolution_seconds": 1,
	})
	e.is("helpdesk_full_resolution_mean_seconds", 1800, 0)
	e.is("helpdesk_tickets_solved_in_window", 1, 0)
}

func TestASolveWithoutATimeCountsAndIsNotDated(t *testing.T) {
	drop := func(n int, s desk.Status) desk.Record {
		return desk.Record{
			ID: "1", Origin: desk.Origin{Dropped: minute(n), Name: "export.csv", Row: 1},
			Body: &desk.Ticket{CreatedAt: minute(0), Status: s},
		}
	}
	e := evaluate(t, catalogue(), kpi.Group{Record: held(
		drop(1, desk.StatusOpen), drop(2, desk.StatusSolved), drop(3, desk.StatusOpen), drop(4, desk.StatusSolved))})
	e.counts(map[string]int{
		"helpdesk_tickets_solved_total": 2, "helpdesk_tickets_reopened_total": 1, "helpdesk_full_resolution_seconds": 0,
	})
	e.is("helpdesk_tickets_solved_in_window", 0, 0)
	e.absent("helpdesk_full_resolution_mean_seconds")
	if got := e.excluded("no_timestamp"); got != 1 {
		t.Errorf("%d tickets without a time, want 1", got)
	}
}

func TestAReopenedTicketLeavesTheWindowOfSolves(t *testing.T) {
	solved := desk.Ticket{CreatedAt: minute(0), UpdatedAt: minute(10), SolvedAt: minute(10), Status: desk.StatusSolved}
	reopened := desk.Ticket{CreatedAt: minute(0), UpdatedAt: minute(20), SolvedAt: minute(10), Status: desk.StatusOpen}
	again := desk.Ticket{CreatedAt: minute(0), UpdatedAt: minute(40), SolvedAt: minute(40), Status: desk.StatusSolved}

	e := evaluate(t, catalogue(), tickets(solved, reopened))
	e.is("helpdesk_tickets_solved_in_window", 0, 0)
	e.absent("helpdesk_full_resolution_mean_seconds")
	e.is("helpdesk_tickets_reopened_in_window", 1, 0)
	if got := e.stock("helpdesk_tickets_open", "status", "open")[""]; got != 1 {
		t.Errorf("%v tickets are open, want 1", got)
	}

	e = evaluate(t, catalogue(), tickets(solved, reopened, again))
	e.is("helpdesk_full_resolution_mean_seconds", 2400, 0) // from minute 0 to 40
	e.is("helpdesk_ticket_reopen_ratio", 1, 0)
	e.counts(map[string]int{
		"helpdesk_full_resolution_seconds": 2, "helpdesk_first_resolution_seconds": 1, "helpdesk_tickets_solved_total": 2,
	})
}

func TestASolveThatNoPollSawCountsBesidesThoseSeen(t *testing.T) {
	e := evaluate(t, catalogue(), tickets(
		desk.Ticket{CreatedAt: minute(0), UpdatedAt: minute(6), SolvedAt: minute(5), Status: desk.StatusOpen},
		desk.Ticket{CreatedAt: minute(0), UpdatedAt: minute(8), SolvedAt: minute(8), Status: desk.StatusSolved},
		desk.Ticket{CreatedAt: minute(0), UpdatedAt: minute(9), Status: desk.StatusOpen}))
	e.counts(map[string]int{"helpdesk_tickets_solved_total": 2, "helpdesk_tickets_reopened_total": 2})
}

// One row at the end of a ticket's life: it was solved twice, as its two solve
// times tell.
func TestAFinishedExportTellsOfTwoSolvesByTheirTimes(t *testing.T) {
	e := evaluate(t, catalogue(), ticket(desk.Ticket{
		CreatedAt: minute(0), FirstSolvedAt: minute(10), SolvedAt: minute(40), Status: desk.StatusClosed,
	}))
	e.counts(map[string]int{"helpdesk_tickets_solved_total": 2, "helpdesk_tickets_reopened_total": 1})
	e.is("helpdesk_full_resolution_mean_seconds", 2400, 0)
}

// A desk that rounds the first solve and counts no reopening was asked once.
func TestACountOfReopeningsIsBelievedBeforeTimes(t *testing.T) {
	e := evaluate(t, catalogue(), ticket(desk.Ticket{
		CreatedAt: minute(0), UpdatedAt: minute(50), FirstSolvedAt: minute(10), SolvedAt: minute(10).Add(20 * time.Second),
		Status: desk.StatusClosed, Reopens: desk.Some(0),
	}))
	e.counts(map[string]int{"helpdesk_tickets_solved_total": 1, "helpdesk_tickets_reopened_total": 0})
	e.is("helpdesk_full_resolution_mean_seconds", 620, 0)
}

func TestASolveTimeThatTheDeskDidNotMoveIsNotTheNewOne(t *testing.T) {
	state := func(m int, s desk.Status) desk.Ticket {
		return desk.Ticket{CreatedAt: minute(0), UpdatedAt: minute(m), SolvedAt: minute(10), Status: s}
	}
	e := evaluate(t, catalogue(), tickets(
		state(10, desk.StatusSolved), state(20, desk.StatusOpen), state(40, desk.StatusSolved)))
	e.is("helpdesk_full_resolution_mean_seconds", 2400, 0)
}

func TestStatusChangesBeyondTheNewestStateAreNotUndoneByIt(t *testing.T) {
	e := evaluate(t, catalogue(), ticket(desk.Ticket{
		CreatedAt: minute(0), UpdatedAt: minute(5), Status: desk.StatusOpen,
		StatusChanges: []desk.StatusChange{{At: minute(0), Status: desk.StatusNew}, {At: minute(6), Status: desk.StatusSolved}},
	}))
	e.counts(map[string]int{"helpdesk_tickets_solved_total": 1, "helpdesk_tickets_reopened_total": 0})
	if got := e.stock("helpdesk_tickets_open")[""]; got != 0 {
		t.Errorf("%v tickets are open", got)
	}
}

func TestTheNewestStateGoesOnWhereStatusChangesEnd(t *testing.T) {
	e := evaluate(t, catalogue(), ticket(desk.Ticket{
		CreatedAt: minute(0), UpdatedAt: minute(50), SolvedAt: minute(40), Status: desk.StatusSolved,
		StatusChanges: []desk.StatusChange{{At: minute(0), Status: desk.StatusNew}},
	}))
	e.counts(map[string]int{"helpdesk_tickets_solved_total": 1})
	e.is("helpdesk_full_resolution_mean_seconds", 2400, 0)
}

// Pending time waits for the customer, so it is not the requester's wait.
func TestTheRequesterDoesNotWaitWhileTheDeskWaits(t *testing.T) {
	e := evaluate(t, catalogue(), ticket(desk.Ticket{
		CreatedAt: minute(0), UpdatedAt: minute(60), Status: desk.StatusSolved,
		StatusChanges: []desk.StatusChange{
			{At: minute(10), Status: desk.StatusPending}, {At: minute(30), Status: desk.StatusOnHold}, {At: minute(60), Status: desk.StatusSolved},
		},
	}))
	waits := e.fed(kpi.RequesterWait, kpi.FeedTotal)
	if len(waits) != 1 || waits[0].Value.Float() != 40*60 { // 10 new, 30 on hold
		t.Errorf("got %+v, want 2400 s", waits)
	}
}

func TestTheRequesterWaitsUntilASolveThatIsNoStatusChange(t *testing.T) {
	e := evaluate(t, catalogue(), ticket(desk.Ticket{
		CreatedAt: minute(0), UpdatedAt: minute(60), SolvedAt: minute(50), Status: desk.StatusSolved,
		StatusChanges: []desk.StatusChange{{At: minute(10), Status: desk.StatusPending}, {At: minute(30), Status: desk.StatusOpen}},
	}))
	waits := e.fed(kpi.RequesterWait, kpi.FeedTotal)
	if len(waits) != 1 || waits[0].Value.Float() != 30*60 { // 10 new, 20 open
		t.Errorf("got %+v, want 1800 s", waits)
	}
}

func TestTheBacklogByAgeAddsUpToTheOpenTickets(t *testing.T) {
	var groups []kpi.Group
	for _, age := range []time.Duration{time.Hour, day, 25 * time.Hour, 8 * day, 40 * day} {
		groups = append(groups, ticket(desk.Ticket{CreatedAt: ago(age), Status: desk.StatusOpen}))
	}
	e := evaluate(t, catalogue(), groups...)
	want := map[string]float64{"0d-1d": 2, "1d-3d": 1, "3d-7d": 0, "7d-14d": 1, "14d-30d": 0, "30d+": 1}
	got := e.stock("helpdesk_ticket_backlog")
	for bucket, n := range want {
		if got[bucket] != n {
			t.Errorf("%s: %v tickets, want %v", bucket, got[bucket], n)
		}
	}
	if older := e.stock("helpdesk_ticket_backlog_older_than"); older["1d"] != 3 || older["30d"] != 1 {
		t.Errorf("older than: %v", older)
	}
	if oldest := e.stock("helpdesk_ticket_oldest_open_age_seconds")[""]; oldest != (40 * day).Seconds() {
		t.Errorf("the oldest is %v s old", oldest)
	}
}

func TestTicketsOpenedByDay(t *testing.T) {
	var groups []kpi.Group
	for range 14 {
		groups = append(groups, ticket(desk.Ticket{CreatedAt: ago(6 * day), Status: desk.StatusOpen}))
	}
	groups = append(groups, ticket(desk.Ticket{CreatedAt: ago(7 * day), Status: desk.StatusOpen})) // before the window
	evaluate(t, catalogue(), groups...).is("helpdesk_tickets_opened_per_day", 2, 0)
}

func TestAReopeningAfterTheLastStatusChangeIsDatedByItsState(t *testing.T) {
	e := evaluate(t, catalogue(), ticket(desk.Ticket{
		CreatedAt: minute(0), UpdatedAt: minute(50), SolvedAt: minute(40), Status: desk.StatusOpen,
		StatusChanges: []desk.StatusChange{{At: minute(30), Status: desk.StatusSolved}},
	}))
	reopenings := e.fed(kpi.TicketsReopened, kpi.FeedWindow)
	if len(reopenings) != 1 || !reopenings[0].At.Equal(minute(50)) {
		t.Errorf("got %+v, want one of minute 50", reopenings)
	}
}
