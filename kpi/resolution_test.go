package kpi_test

import (
	"testing"

	"helpdesk_exporter/desk"
)

// Closed ten days ago, and then found to have been closed a day ago.
func TestACorrectedClosingMovesTheSolve(t *testing.T) {
	e := evaluate(t, catalogue(), tickets(
		desk.Ticket{CreatedAt: ago(20 * day), UpdatedAt: ago(10 * day), Status: desk.StatusClosed, ClosedAt: ago(10 * day)},
		desk.Ticket{CreatedAt: ago(20 * day), UpdatedAt: ago(day), Status: desk.StatusClosed, ClosedAt: ago(day)},
	))
	e.is("helpdesk_tickets_solved_in_window", 1, 0)
	e.is("helpdesk_full_resolution_mean_seconds", (19 * day).Seconds(), 0)
}
