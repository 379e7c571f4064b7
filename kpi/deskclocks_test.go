package kpi_test

import (
	"fmt"
	"testing"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/kpi"
)

// clock is an event of the n-th run of a clock, at a minute.
func clock(c desk.Clock, n, m int, move desk.Move) desk.ClockEvent {
	return desk.ClockEvent{ID: fmt.Sprint(c, n, m, move), Clock: c, N: n, At: minute(m), Move: move}
}

// onTerms puts the n-th run of a clock under the policy gold.
func onTerms(c desk.Clock, n, m, minutes int) desk.ClockEvent {
	e := clock(c, n, m, desk.MovePromise)
	e.Policy, e.Target = "gold", time.Duration(minutes)*time.Minute
	return e
}

func undone(e desk.ClockEvent) desk.ClockEvent {
	e.Undone = true
	return e
}

func clocked(t desk.Ticket, events ...desk.ClockEvent) []desk.Ticket {
	t.Clocks = events
	return []desk.Ticket{t}
}

func TestPromisesOfClocks(t *testing.T) {
	const reply, update, pausable, end = desk.ClockReply, desk.ClockUpdate, desk.ClockPausableUpdate, desk.ClockResolution
	const start, pause, breach, stop = desk.MoveStart, desk.MovePause, desk.MoveBreach, desk.MoveStop
	for name, tt := range map[string]struct {
		states []desk.Ticket
		want   []string
	}{
		"no SLA":               {clocked(open(70), clock(reply, 1, 0, start), clock(reply, 1, 50, stop)), nil},
		"kept":                 {clocked(open(70), clock(reply, 1, 0, start), onTerms(reply, 1, 0, 60), clock(reply, 1, 50, stop)), []string{"gold first_response met 50"}},
		"broken":               {clocked(open(70), clock(reply, 1, 0, start), onTerms(reply, 1, 0, 60), clock(reply, 1, 60, breach), clock(reply, 1, 65, stop)), []string{"gold first_response breached 60"}},
		"late, by the figures": {clocked(open(70), clock(reply, 1, 0, start), onTerms(reply, 1, 0, 60), clock(reply, 1, 65, stop)), []string{"gold first_response met 65"}},
		"broken and running":   {clocked(open(70), clock(reply, 1, 0, start), onTerms(reply, 1, 0, 60), clock(reply, 1, 60, breach)), []string{"gold first_response pending 60"}},
		"breach taken back":    {clocked(open(70), clock(reply, 1, 0, start), onTerms(reply, 1, 0, 60), undone(clock(reply, 1, 60, breach)), clock(reply, 1, 65, stop)), []string{"gold first_response met 65"}},
		"running":              {clocked(open(30), clock(reply, 1, 0, start), onTerms(reply, 1, 0, 60)), []string{"gold first_response estimated 60"}},
		"target changed":       {clocked(open(30), clock(reply, 1, 0, start), onTerms(reply, 1, 0, 60), onTerms(reply, 1, 5, 90)), []string{"gold first_response estimated 90"}},
		"the next answer":      {clocked(open(30), clock(reply, 2, 20, start), onTerms(reply, 2, 20, 60)), []string{"gold next_response estimated 80"}},
		"an update":            {clocked(open(30), clock(update, 1, 10, start), onTerms(update, 1, 10, 60), clock(pausable, 1, 10, start), onTerms(pausable, 1, 10, 30)), []string{"gold update estimated 40", "gold update estimated 70"}},
		"paused":               {clocked(open(30), clock(end, 1, 0, start), onTerms(end, 1, 0, 60), clock(end, 1, 20, pause)), []string{"gold resolution pending standing"}},
		"goes on":              {clocked(open(30), clock(end, 1, 0, start), onTerms(end, 1, 0, 60), clock(end, 1, 20, pause), clock(end, 1, 25, start)), []string{"gold resolution estimated 65"}},
		"past, no breach yet":  {clocked(open(70), clock(end, 1, 0, start), onTerms(end, 1, 0, 60)), []string{"gold resolution estimated 60"}},
		"solved":               {clocked(finishedAt(50), clock(end, 1, 0, start), onTerms(end, 1, 0, 60), clock(end, 1, 50, stop)), []string{"gold resolution met 50"}},
		"solved, unanswered":   {clocked(finishedAt(50), clock(reply, 1, 0, start), onTerms(reply, 1, 0, 60)), nil},
		"clock goes on after its end": {
			clocked(open(70), clock(end, 1, 0, start), onTerms(end, 1, 0, 60), clock(end, 1, 20, stop), clock(end, 1, 30, start)),
			[]string{"gold resolution estimated 70"},
		},
		"business hours of which nobody knows": {
			clocked(open(30), clock(reply, 1, 0, start), inHours(onTerms(reply, 1, 0, 60))), []string{"gold first_response pending standing"},
		},
	} {
		t.Run(name, func(t *testing.T) { wantPromises(t, catalogue(), tickets(tt.states...), tt.want...) })
	}
}

func inHours(e desk.ClockEvent) desk.ClockEvent {
	e.Business = true
	return e
}

// A promise in business hours is worked out in those of the calendar: the ticket
// came on a Sunday at noon.
func TestAPromiseInBusinessHoursRunsInThoseOfTheCalendar(t *testing.T) {
	g := byTheOffice(t, tickets(clocked(open(20), clock(desk.ClockReply, 1, 0, desk.MoveStart), inHours(onTerms(desk.ClockReply, 1, 0, 45)))...))
	wantPromises(t, catalogue(), g, fmt.Sprintf("gold first_response estimated %d", 21*60+45))
}

func TestOwnPoliciesHoldWhereTheClocksOfADeskAreUnderNone(t *testing.T) {
	g := tickets(clocked(open(70), clock(desk.ClockReply, 1, 0, desk.MoveStart), clock(desk.ClockReply, 1, 50, desk.MoveStop))...)
	wantPromises(t, promising(promise(desk.TargetFirstResponse, 60)), g, "gold first_response met 50")
}

func TestTheReplyClockTellsOfMessages(t *testing.T) {
	state := open(90)
	state.Clocks = []desk.ClockEvent{
		clock(desk.ClockReply, 1, 0, desk.MoveStart), clock(desk.ClockReply, 1, 10, desk.MoveStop),
		clock(desk.ClockReply, 2, 30, desk.MoveStart), clock(desk.ClockReply, 2, 50, desk.MoveStop),
		clock(desk.ClockReply, 3, 60, desk.MoveStart),
	}
	e := evaluate(t, catalogue(), tickets(state))
	e.counts(map[string]int{"helpdesk_first_response_seconds": 1, "helpdesk_reply_seconds": 2})
	e.is("helpdesk_first_response_mean_seconds", 600, 0)
	e.is("helpdesk_reply_mean_seconds", 900, 0)
	if got := e.stock("helpdesk_tickets_awaiting_agent"); got[""] != 1 {
		t.Errorf("the customer who wrote last does not wait: %v", got)
	}
}

func TestBusinessHoursOfAnswersAreTheDesksOwn(t *testing.T) {
	state := open(90)
	tell := clock(desk.ClockReply, 1, 10, desk.MoveTell)
	tell.TookBusiness = desk.Some(6 * time.Minute)
	state.Clocks = []desk.ClockEvent{
		clock(desk.ClockReply, 1, 0, desk.MoveStart), clock(desk.ClockReply, 1, 10, desk.MoveStop), tell,
		clock(desk.ClockReply, 2, 30, desk.MoveStart), clock(desk.ClockReply, 2, 50, desk.MoveStop), // nothing told of it
	}
	e := evaluate(t, catalogue(), byTheDesk(t, tickets(state)))
	e.counts(map[string]int{"helpdesk_reply_business_seconds": 1, "helpdesk_reply_seconds": 2})
	e.is("helpdesk_reply_business_mean_seconds", 360, 0)
}

func TestWholeMinutesGiveWayToTheMessageItself(t *testing.T) {
	second := func(m, s int) time.Time { return minute(m).Add(time.Duration(s) * time.Second) }
	for name, tt := range map[string]struct {
		told, said time.Time
		want       float64
	}{
		"told too early":         {minute(28), second(28, 36), 28*60 + 36},
		"rounded up":             {minute(29), second(28, 36), 28*60 + 36},
		"another message":        {minute(20), second(28, 36), 20 * 60},
		"told in seconds":        {second(28, 10), second(28, 36), 28*60 + 10},
		"exactly a minute later": {minute(28), minute(29), 28 * 60},
	} {
		t.Run(name, func(t *testing.T) {
			state := open(90, desk.Message{At: tt.said, Author: desk.RoleAgent, Public: true})
			state.FirstResponseAt = tt.told
			evaluate(t, catalogue(), tickets(state)).is("helpdesk_first_response_mean_seconds", tt.want, 0)
		})
	}
}

func TestAReopeningIsDatedAsTheDeskDatesIt(t *testing.T) {
	first, again := finishedAt(20), finishedAt(40)
	again.ReopenedAt = minute(30)
	e := evaluate(t, catalogue(), tickets(first, again))
	e.counts(map[string]int{"helpdesk_tickets_reopened_total": 1, "helpdesk_tickets_solved_total": 2})
	for _, of := range e.fed(kpi.TicketsReopened, kpi.FeedWindow) {
		if !of.At.Equal(minute(30)) {
			t.Errorf("reopened at minute %s, want 30", minuteOf(of.At))
		}
	}
}
