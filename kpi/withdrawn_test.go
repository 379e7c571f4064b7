package kpi_test

import (
	"testing"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/kpi"
)

// stage is a state of a ticket that a team answered within its first minutes.
func stage(m int, s desk.Status) desk.Ticket {
	t := desk.Ticket{CreatedAt: minute(0), UpdatedAt: minute(m), Status: s, Team: "front", FirstResponseAt: minute(1)}
	if s.Finished() {
		t.SolvedAt = minute(m)
	}
	return t
}

func TestATicketWithdrawnWhileOpenLeavesStocksAndWindows(t *testing.T) {
	for _, status := range desk.WithdrawnStatuses() {
		t.Run(status.String(), func(t *testing.T) {
			e := evaluate(t, catalogue(), tickets(stage(5, desk.StatusOpen), stage(9, status)))
			e.counts(map[string]int{
				"helpdesk_tickets_opened_total": 1, "helpdesk_tickets_solved_total": 0,
				"helpdesk_tickets_withdrawn_total": 1, "helpdesk_first_response_seconds": 1,
			})
			if got := e.total("helpdesk_tickets_withdrawn_total", "reason", status.String(), "team", "front"); got != 1 {
				t.Errorf("%d withdrawn for that reason, want 1", got)
			}
			e.is("helpdesk_tickets_opened_in_window", 0, 0)
			e.absent("helpdesk_first_response_mean_seconds")
			if got := e.stock("helpdesk_tickets_open")[""]; got != 0 {
				t.Errorf("%v tickets are open", got)
			}
			if got := e.excluded(status.String()); got != 1 {
				t.Errorf("%d tickets are left out, want 1", got)
			}
		})
	}
}

func TestATicketDeletedAfterItsSolveWasNotWithdrawn(t *testing.T) {
	e := evaluate(t, catalogue(), tickets(
		stage(5, desk.StatusOpen), stage(9, desk.StatusSolved), stage(20, desk.StatusDeleted)))
	e.counts(map[string]int{
		"helpdesk_tickets_opened_total": 1, "helpdesk_tickets_solved_total": 1,
		"helpdesk_tickets_withdrawn_total": 0, "helpdesk_full_resolution_seconds": 1,
	})
	e.is("helpdesk_tickets_solved_in_window", 0, 0)
}

// A tombstone often names neither team nor channel; the withdrawal belongs where
// the ticket was.
func TestADeletionCountsWhereTheTicketWas(t *testing.T) {
	e := evaluate(t, catalogue(), tickets(
		stage(5, desk.StatusOpen), desk.Ticket{UpdatedAt: minute(9), Status: desk.StatusDeleted}))
	if got := e.total("helpdesk_tickets_withdrawn_total", "reason", "deleted", "team", "front"); got != 1 {
		t.Errorf("%d withdrawn from the team, want 1", got)
	}
}

func TestWhatWasSpamFromTheBeginningNeverCounted(t *testing.T) {
	e := evaluate(t, catalogue(), tickets(stage(5, desk.StatusSpam)))
	e.counts(map[string]int{
		"helpdesk_tickets_opened_total": 0, "helpdesk_tickets_withdrawn_total": 0, "helpdesk_first_response_seconds": 0,
	})
	if got := e.excluded("spam"); got != 1 {
		t.Errorf("%d tickets are left out, want 1", got)
	}
}

func TestSpamThatTurnsOutToBeATicketIsOpened(t *testing.T) {
	e := evaluate(t, catalogue(), tickets(stage(5, desk.StatusSpam), stage(9, desk.StatusOpen)))
	e.counts(map[string]int{"helpdesk_tickets_opened_total": 1, "helpdesk_tickets_reopened_total": 0})
	if got := e.stock("helpdesk_tickets_open", "status", "open", "team", "front")[""]; got != 1 {
		t.Errorf("%v tickets are open, want 1", got)
	}
	if got := e.excluded("spam"); got != 0 {
		t.Errorf("%d tickets are left out", got)
	}
}

func TestARestoredTicketGoesOnWithItsLife(t *testing.T) {
	for name, tt := range map[string]struct {
		states           []desk.Ticket
		want             map[string]int
		solved, reopened float64 // in the window
	}{
		"deleted while open": {
			[]desk.Ticket{stage(5, desk.StatusOpen), stage(6, desk.StatusDeleted), stage(7, desk.StatusOpen)},
			map[string]int{"helpdesk_tickets_withdrawn_total": 1, "helpdesk_tickets_reopened_total": 1, "helpdesk_tickets_solved_total": 0},
			0, 1,
		},
		"deleted while open, solved when seen again": {
			[]desk.Ticket{stage(5, desk.StatusOpen), stage(6, desk.StatusDeleted), stage(7, desk.StatusSolved)},
			map[string]int{"helpdesk_tickets_withdrawn_total": 1, "helpdesk_tickets_reopened_total": 1, "helpdesk_tickets_solved_total": 1},
			1, 0, // nobody knows when
		},
		"deleted after its solve": {
			[]desk.Ticket{stage(5, desk.StatusSolved), stage(6, desk.StatusDeleted), stage(7, desk.StatusSolved)},
			map[string]int{"helpdesk_tickets_withdrawn_total": 0, "helpdesk_tickets_reopened_total": 0, "helpdesk_tickets_solved_total": 1},
			1, 0,
		},
		"deleted after its solve, open when seen again": {
			[]desk.Ticket{stage(5, desk.StatusSolved), stage(6, desk.StatusDeleted), stage(7, desk.StatusOpen)},
			map[string]int{"helpdesk_tickets_withdrawn_total": 0, "helpdesk_tickets_reopened_total": 1, "helpdesk_tickets_solved_total": 1},
			0, 1,
		},
	} {
		t.Run(name, func(t *testing.T) {
			e := evaluate(t, catalogue(), tickets(tt.states...))
			e.counts(tt.want)
			e.is("helpdesk_tickets_solved_in_window", tt.solved, 0)
			e.is("helpdesk_tickets_reopened_in_window", tt.reopened, 0)
			e.is("helpdesk_tickets_opened_in_window", 1, 0)
		})
	}
}

func TestATicketOfUndatedSolvesStaysDeleted(t *testing.T) {
	e := evaluate(t, catalogue(), kpi.Group{Record: held(
		desk.Record{ID: "1", Body: &desk.Ticket{
			CreatedAt: minute(0), FirstSolvedAt: minute(3), SolvedAt: minute(9), Status: desk.StatusSolved,
		}},
		desk.Record{ID: "1", Body: &desk.Ticket{}, Deleted: true})})
	if got := e.excluded("deleted"); got != 1 {
		t.Errorf("%d tickets are left out, want 1", got)
	}
	e.is("helpdesk_tickets_solved_in_window", 0, 0)
}

// The tombstone has no time of its own, and a status change is newer than the
// state that it follows.
func TestADeletionCountsWhateverTheStatusChangesSay(t *testing.T) {
	e := evaluate(t, catalogue(), kpi.Group{Record: held(
		desk.Record{ID: "1", Body: &desk.Ticket{
			CreatedAt: minute(0), UpdatedAt: minute(5), Status: desk.StatusOpen,
			StatusChanges: []desk.StatusChange{{At: minute(6), Status: desk.StatusPending}},
		}},
		desk.Record{ID: "1", Body: &desk.Ticket{}, Deleted: true})})
	e.counts(map[string]int{"helpdesk_tickets_withdrawn_total": 1})
	if got := e.excluded("deleted"); got != 1 {
		t.Errorf("%d tickets are left out, want 1", got)
	}
}

func TestDimensionsAreThoseOfTheFirstSightAndFilledInLater(t *testing.T) {
	e := evaluate(t, catalogue(), tickets(
		desk.Ticket{CreatedAt: minute(0), UpdatedAt: minute(0), Status: desk.StatusNew, Channel: "email"},
		desk.Ticket{CreatedAt: minute(0), UpdatedAt: minute(5), Status: desk.StatusOpen, Channel: "phone", Team: "front"},
		desk.Ticket{CreatedAt: minute(0), UpdatedAt: minute(9), Status: desk.StatusOpen, Channel: "phone", Team: "back"}))
	if got := e.total("helpdesk_tickets_opened_total", "channel", "email", "team", "front", "priority", "none"); got != 1 {
		t.Error("it was not opened by e-mail, for the team that was named first")
	}
	if got := e.stock("helpdesk_tickets_open", "channel", "phone", "team", "back")[""]; got != 1 {
		t.Error("it is not open where it is now")
	}
}
