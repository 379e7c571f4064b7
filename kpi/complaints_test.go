package kpi_test

import (
	"testing"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/kpi"
)

// T12: from Monday 16:00 to Wednesday 10:00 are 42 hours around the clock.
func TestT12AComplaintRunsFromItsCreationOrItsEscalation(t *testing.T) {
	monday, wednesday := time.Date(2026, 3, 2, 16, 0, 0, 0, time.UTC), time.Date(2026, 3, 4, 10, 0, 0, 0, time.UTC)
	for name, tt := range map[string]struct {
		escalated time.Time
		want      float64
	}{
		"never escalated":             {time.Time{}, 151200},
		"escalated afterwards":        {monday.Add(time.Hour), 151200},
		"escalated before it was one": {monday.Add(-time.Hour), 154800},
	} {
		e := evaluate(t, catalogue(), ticket(desk.Ticket{
			Type: "complaint", CreatedAt: monday, EscalatedAt: tt.escalated, SolvedAt: wednesday, Status: desk.StatusSolved,
		}))
		for _, feed := range []kpi.Feed{kpi.FeedTotal, kpi.FeedWindow} {
			of := e.fed(kpi.ComplaintResolution, feed)
			if len(of) != 1 || of[0].Value.Float() != tt.want || !of[0].At.Equal(wednesday) {
				t.Errorf("%s: %+v, want %v s on Wednesday", name, of, tt.want)
			}
		}
	}
}

func TestOnlyComplaintsAreComplaints(t *testing.T) {
	complaint := issue(solvedYesterday, adapt(func(t *desk.Ticket) { t.Type, t.CreatedAt = "complaint", ago(2*day) }))
	other := issue(solvedYesterday, adapt(func(t *desk.Ticket) { t.Type, t.CreatedAt = "question", ago(2*day) }))
	e := evaluate(t, catalogue(), complaint, other, other)
	e.is("helpdesk_complaints_in_window", 1, 0)
	e.is("helpdesk_complaint_resolution_mean_seconds", 86400, 0)
	e.counts(map[string]int{"helpdesk_complaints_total": 1, "helpdesk_complaint_resolution_seconds": 1})
	evaluate(t, catalogue(), other).absent("helpdesk_complaints_in_window") // nobody tells of any
}

func TestAComplaintThatCameBackIsNotSettled(t *testing.T) {
	e := evaluate(t, catalogue(), issue(adapt(func(t *desk.Ticket) {
		t.Type, t.SolvedAt, t.Status = "complaint", time.Time{}, desk.StatusOpen
		t.StatusChanges = []desk.StatusChange{{At: ago(2 * day), Status: desk.StatusSolved}, {At: ago(day), Status: desk.StatusOpen}}
	})))
	e.absent("helpdesk_complaint_resolution_mean_seconds")
	e.counts(map[string]int{"helpdesk_complaint_resolution_seconds": 1})
}

func TestACustomerHearsFirstOfAnyone(t *testing.T) {
	at := func(minutes int) time.Time { return minute(minutes) }
	state := func(change func(*desk.Ticket)) kpi.Group {
		t := desk.Ticket{CreatedAt: at(0), UpdatedAt: at(30), Status: desk.StatusOpen}
		change(&t)
		return ticket(t)
	}
	byAgent := func(t *desk.Ticket) {
		t.CreatedBy = desk.RoleAgent
		t.Messages = []desk.Message{said(0, desk.RoleAgent), said(5, desk.RoleCustomer), said(8, desk.RoleAgent)}
	}
	for name, tt := range map[string]struct {
		change func(*desk.Ticket)
		want   float64 // 0: nobody knows
	}{
		"the desk says when": {func(t *desk.Ticket) { t.AcknowledgedAt = at(2) }, 120},
		"an automatic notice": {func(t *desk.Ticket) {
			t.Messages = []desk.Message{said(0, desk.RoleCustomer), said(1, desk.RoleAuto), said(9, desk.RoleAgent)}
		}, 60},
		"a bot":                            {func(t *desk.Ticket) { t.Messages = []desk.Message{said(0, desk.RoleCustomer), said(3, desk.RoleBot)} }, 180},
		"an agent":                         {func(t *desk.Ticket) { t.Messages = []desk.Message{said(4, desk.RoleAgent)} }, 240},
		"the desk says, an agent sooner":   {func(t *desk.Ticket) { t.AcknowledgedAt, t.FirstResponseAt = at(9), at(6) }, 360},
		"a response, a notice may be lost": {func(t *desk.Ticket) { t.FirstResponseAt = at(6) }, 0},
		"a note is not heard":              {func(t *desk.Ticket) { t.Messages = []desk.Message{{At: at(1), Author: desk.RoleAgent}} }, 0},
		"opened by an agent":               {byAgent, 180},
		"its own first words, and a bot": {func(t *desk.Ticket) {
			byAgent(t)
			t.FirstResponseAt, t.Messages[2] = at(1), said(9, desk.RoleBot)
		}, 240},
		"before it began": {func(t *desk.Ticket) { t.AcknowledgedAt = at(-1) }, 0},
	} {
		e := evaluate(t, catalogue(), state(tt.change))
		got, ok := e.window("helpdesk_acknowledgement_mean_seconds")
		if got != tt.want || ok != (tt.want > 0) {
			t.Errorf("%s: heard after %v s (%v), want %v", name, got, ok, tt.want)
		}
	}
}

func blocked(reason string) kpi.Group {
	return came(ago(day), ended(desk.OutcomeBlocked), func(c *desk.Call) { c.BlockReason, c.Queue = reason, "sales" })
}

func inQueue(o desk.Outcome) kpi.Group {
	return came(ago(day), ended(o), func(c *desk.Call) { c.Queue = "sales" })
}

// One of five attempts was blocked for want of an agent, another by the network;
// what the desk itself dials is none.
func TestBlockageIsByAllAttempts(t *testing.T) {
	outbound := came(ago(day), func(c *desk.Call) { c.Direction = desk.DirectionOutbound })
	e := evaluate(t, catalogue(), blocked("no_agent"), blocked("network"), inQueue(desk.OutcomeAnswered),
		inQueue(desk.OutcomeAbandonedIVR), inQueue(desk.OutcomeFailed), outbound)
	e.is("helpdesk_call_blockage_ratio", 0.4, 0)
	e.is("helpdesk_call_blockage_ratio", 0.2, 0, "block_reason", "network")
	e.is("helpdesk_calls_blocked_in_window", 1, 0, "block_reason", "no_agent")
	e.is("helpdesk_call_attempts", 5, 0)
	evaluate(t, catalogue(), inQueue(desk.OutcomeAnswered)).absent("helpdesk_call_blockage_ratio") // nobody tells of any
}

// A carrier counts 7 blocked of 100 in the hour to yesterday noon, and 3 blocked
// without a number of attempts: 10 of 103, and no calls of the desk.
func TestACarrierCountsForAPeriod(t *testing.T) {
	period := func(id string, end time.Time, attempts desk.Opt[int], blocked int) kpi.Group {
		return kpi.Group{Record: held(desk.Record{ID: id, Body: &desk.Call{
			PeriodStart: end.Add(-time.Hour), PeriodEnd: end, Queue: "sales", BlockReason: "network", Attempts: attempts, Blocked: desk.Some(blocked),
		}})}
	}
	before := period("old", ago(7*day), desk.Some(50), 50) // ended as the window began
	e := evaluate(t, catalogue(), period("1", ago(day), desk.Some(100), 7), period("2", ago(0), desk.Opt[int]{}, 3), before)
	e.is("helpdesk_call_blockage_ratio", 10.0/103, 1e-12)
	e.is("helpdesk_calls_blocked_in_window", 10, 0, "block_reason", "network")
	e.is("helpdesk_call_attempts", 103, 0, "queue", "sales")
	e.is("helpdesk_calls_in_window", 0, 0)
	e.is("helpdesk_contacts_in_window", 0, 0)
	sum := 0.0
	for _, of := range e.fed(kpi.CallsBlocked, kpi.FeedTotal) {
		sum += of.Value.Float()
	}
	if sum != 60 {
		t.Errorf("%v blocked calls counted, want 60", sum)
	}
	quiet := evaluate(t, catalogue(), period("1", ago(day), desk.Some(100), 0))
	quiet.absent("helpdesk_call_blockage_ratio")
}
