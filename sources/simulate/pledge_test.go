package simulate

import (
	"testing"
	"time"

	"helpdesk_exporter/desk"
)

// What the desk tells of next responses is what its messages show: each question
// after the first answer is due in the time that the first one was, and met by
// the next answer.
func TestNextResponsesAreToldAsTheMessagesShow(t *testing.T) {
	met, missed := 0, 0
	for _, b := range ofKind[*desk.Ticket](fourWeeks(t, Settings{TicketsPerDay: 300, CallsPerDay: 300})) {
		if b.FirstResponseDueAt.IsZero() && (len(b.SLA) > 0 || !b.NextResponseDueAt.IsZero()) {
			t.Fatalf("nothing is promised, and %+v is told", b.SLA)
		}
		promised := b.FirstResponseDueAt.Sub(b.CreatedAt)
		for i, e := range b.SLA {
			asked := e.DueAt.Add(-promised)
			var answer time.Time
			question, before := false, false
			for _, m := range b.Messages {
				switch {
				case m.At.Equal(asked):
					question = m.Author == desk.RoleCustomer
				case m.At.Before(asked):
					before = before || m.Public && m.Author == desk.RoleAgent
				case question && answer.IsZero() && m.Public && m.Author == desk.RoleAgent:
					answer = m.At
				}
			}
			if e.Target != "next_response" || e.N != i+1 || !question || !before {
				t.Fatalf("event %d is %+v, which no question behind an answer explains: %+v", i, e, b.Messages)
			}
			switch {
			case !e.MetAt.IsZero() && !e.MetAt.Equal(answer):
				t.Fatalf("met at %s, answered at %s", e.MetAt, answer)
			case !e.MetAt.IsZero() && !e.MetAt.After(e.DueAt):
				met++
			default:
				missed++
			}
		}
		open := len(b.SLA) > 0 && b.SLA[len(b.SLA)-1].MetAt.IsZero() && !b.WaitingSince.IsZero()
		if open != !b.NextResponseDueAt.IsZero() || open && !b.NextResponseDueAt.Equal(b.SLA[len(b.SLA)-1].DueAt) {
			t.Fatalf("due at %s, while the events are %+v and somebody waits since %s", b.NextResponseDueAt, b.SLA, b.WaitingSince)
		}
	}
	if met < 1000 || missed < 50 {
		t.Errorf("%d next responses in time, %d not: too few to tell", met, missed)
	}
}
