package kpi_test

import (
	"testing"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/kpi"
)

func said(m int, who desk.Role) desk.Message {
	return desk.Message{At: minute(m), Author: who, Public: true}
}

func TestBotsNoticesAndNotesAreNoResponse(t *testing.T) {
	ticketWith := func(last ...desk.Message) kpi.Group {
		messages := []desk.Message{
			said(0, desk.RoleCustomer), said(1, desk.RoleAuto), said(2, desk.RoleBot),
			{At: minute(3), Author: desk.RoleAgent}, // a note among agents
		}
		return ticket(desk.Ticket{
			CreatedAt: minute(0), UpdatedAt: minute(9), Status: desk.StatusOpen, Messages: append(messages, last...),
		})
	}
	e := evaluate(t, catalogue(), ticketWith())
	e.is("helpdesk_first_response_observations", 0, 0)
	if got := e.stock("helpdesk_tickets_unanswered")[""]; got != 1 {
		t.Errorf("%v tickets are unanswered, want 1", got)
	}
	if got := e.stock("helpdesk_tickets_awaiting_agent")[""]; got != 1 {
		t.Errorf("%v tickets wait for an agent, want 1", got)
	}
	e = evaluate(t, catalogue(), ticketWith(said(4, desk.RoleAgent)))
	e.is("helpdesk_first_response_mean_seconds", 240, 0)
	if got := e.stock("helpdesk_tickets_awaiting_agent")[""]; got != 0 {
		t.Errorf("%v tickets wait for an agent", got)
	}
}

func TestAResponseBeforeItsQuestionIsLeftOutAndCountedOnce(t *testing.T) {
	e := evaluate(t, catalogue(), ticket(desk.Ticket{
		CreatedAt: minute(10), FirstResponseAt: minute(5), SolvedAt: minute(7), Status: desk.StatusSolved,
	}))
	e.is("helpdesk_first_response_observations", 0, 0)
	e.is("helpdesk_first_response_target_eligible", 0, 0)
	e.is("helpdesk_full_resolution_observations", 0, 0)
	e.counts(map[string]int{"helpdesk_first_response_seconds": 0, "helpdesk_tickets_solved_total": 1})
	if got := e.excluded("negative_duration"); got != 1 {
		t.Errorf("it is counted %d times as left out, want once", got)
	}
}

// The clock of a ticket that an agent opened begins with the customer's first
// words; the agent's own before them answer nothing.
func TestATicketByAnAgentWaitsFromTheCustomersFirstWords(t *testing.T) {
	byAgent := func(first time.Time, messages ...desk.Message) kpi.Group {
		return ticket(desk.Ticket{
			CreatedAt: minute(0), UpdatedAt: minute(50), CreatedBy: desk.RoleAgent, Status: desk.StatusOpen,
			FirstResponseAt: first, Messages: messages,
		})
	}
	for name, tt := range map[string]struct {
		group      kpi.Group
		responses  float64
		unanswered float64
		oldest     time.Time
	}{
		"the customer never wrote": {byAgent(minute(0), said(0, desk.RoleAgent)), 0, 0, time.Time{}},
		"the customer waits":       {byAgent(minute(0), said(0, desk.RoleAgent), said(20, desk.RoleCustomer)), 0, 1, minute(20)},
		"answered": {
			byAgent(time.Time{}, said(0, desk.RoleAgent), said(20, desk.RoleCustomer), said(30, desk.RoleAgent)), 1, 0, time.Time{},
		},
		"answered, as only the desk tells": {byAgent(minute(30), said(0, desk.RoleAgent), said(20, desk.RoleCustomer)), 1, 0, time.Time{}},
		"answered, and the desk takes the first words for the answer": {
			byAgent(minute(0), said(0, desk.RoleAgent), said(20, desk.RoleCustomer), said(30, desk.RoleAgent)), 1, 0, time.Time{},
		},
	} {
		t.Run(name, func(t *testing.T) {
			e := evaluate(t, catalogue(), tt.group)
			e.is("helpdesk_first_response_observations", tt.responses, 0)
			if tt.responses > 0 {
				e.is("helpdesk_first_response_mean_seconds", 600, 0)
			}
			if got := e.stock("helpdesk_tickets_unanswered")[""]; got != tt.unanswered {
				t.Errorf("%v tickets are unanswered, want %v", got, tt.unanswered)
			}
			if !tt.oldest.IsZero() {
				if got, want := e.stock("helpdesk_ticket_oldest_unanswered_age_seconds")[""], now().Sub(tt.oldest).Seconds(); got != want {
					t.Errorf("the oldest waits for %v s, want %v", got, want)
				}
			}
			if got := e.excluded("negative_duration"); got != 0 {
				t.Errorf("%d tickets are left out for a negative duration", got)
			}
		})
	}
}

// A desk that says since when the customer waits knows better than the status.
func TestWhoeverWaitsIsWaitedFor(t *testing.T) {
	e := evaluate(t, catalogue(),
		ticket(desk.Ticket{CreatedAt: minute(0), Status: desk.StatusPending, WaitingSince: minute(5)}),
		ticket(desk.Ticket{CreatedAt: minute(0), Status: desk.StatusOnHold}),
		ticket(desk.Ticket{CreatedAt: minute(0), Status: desk.StatusNew}))
	if got := e.stock("helpdesk_tickets_awaiting_agent")[""]; got != 2 {
		t.Errorf("%v tickets wait for an agent, want 2", got)
	}
}

// Solved half an hour in, without an answer: the hour was not up yet.
func TestATicketSolvedInTimeWithoutAnAnswerNeitherMetNorMissedATarget(t *testing.T) {
	e := evaluate(t, catalogue(), ticket(desk.Ticket{
		CreatedAt: ago(5 * time.Hour), SolvedAt: ago(270 * time.Minute), Status: desk.StatusSolved,
	}))
	e.is("helpdesk_first_response_target_eligible", 0, 0)
	e.is("helpdesk_first_response_observations", 0, 0)
	if got := e.stock("helpdesk_tickets_unanswered")[""]; got != 0 {
		t.Errorf("%v tickets are unanswered", got)
	}
}

// Four hours without an answer against a target of one, then closed: closing
// what is overdue must not raise the ratio.
func TestClosingAnOverdueTicketDoesNotUndoItsMiss(t *testing.T) {
	e := evaluate(t, catalogue(), ticket(desk.Ticket{
		CreatedAt: ago(5 * time.Hour), SolvedAt: ago(time.Hour), Status: desk.StatusSolved,
	}))
	e.is("helpdesk_first_response_target_eligible", 1, 0)
	e.is("helpdesk_first_response_within_target_ratio", 0, 0)
}

func TestATargetIsMissedWhenItsTimeHasCome(t *testing.T) {
	waits := func(age time.Duration, answered desk.Ticket) *evaluation {
		answered.CreatedAt, answered.Status = ago(age), desk.StatusOpen
		return evaluate(t, catalogue(), ticket(answered))
	}
	young := waits(59*time.Minute, desk.Ticket{})
	young.is("helpdesk_first_response_target_eligible", 0, 0)
	overdue := waits(61*time.Minute, desk.Ticket{})
	overdue.is("helpdesk_first_response_within_target_ratio", 0, 0)
	onTheDot := waits(3*time.Hour, desk.Ticket{FirstResponseAt: ago(2 * time.Hour)})
	onTheDot.is("helpdesk_first_response_within_target_ratio", 1, 0)
	// Missed a week ago and answered today: the miss left the window, the answer
	// is in it.
	late := waits(8*day, desk.Ticket{FirstResponseAt: ago(time.Hour)})
	late.is("helpdesk_first_response_target_eligible", 0, 0)
	late.is("helpdesk_first_response_observations", 1, 0)
}

// Two questions in a row are one run; the clock begins with the first of them.
func TestEachRunOfQuestionsIsAnsweredOnce(t *testing.T) {
	e := evaluate(t, catalogue(), ticket(desk.Ticket{
		CreatedAt: minute(0), UpdatedAt: minute(50), Status: desk.StatusOpen,
		Messages: []desk.Message{
			said(0, desk.RoleCustomer), said(4, desk.RoleCustomer), said(5, desk.RoleBot), said(10, desk.RoleAgent),
			said(11, desk.RoleAgent), said(20, desk.RoleCustomer), said(22, desk.RoleAgent), said(40, desk.RoleCustomer),
		},
	}))
	e.counts(map[string]int{"helpdesk_reply_seconds": 2})
	e.is("helpdesk_reply_mean_seconds", 360, 0) // 10 and 2 minutes
}

func TestBelowTheSmallestSampleThereIsNoMean(t *testing.T) {
	d := definitions()
	d.MinSample = 2
	answered := ticket(desk.Ticket{CreatedAt: minute(0), FirstResponseAt: minute(1), Status: desk.StatusOpen})
	one := evaluate(t, kpi.NewCatalogue(d), answered)
	one.absent("helpdesk_first_response_mean_seconds")
	one.is("helpdesk_first_response_observations", 1, 0)
	evaluate(t, kpi.NewCatalogue(d), answered, answered).is("helpdesk_first_response_mean_seconds", 60, 0)
}
