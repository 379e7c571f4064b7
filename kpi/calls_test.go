package kpi_test

import (
	"fmt"
	"testing"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/kpi"
)

// second is an instant of a call that came in yesterday.
func second(n int) time.Time { return ago(day).Add(time.Duration(n) * time.Second) }

func seconds(n int) desk.Opt[time.Duration] { return desk.Some(time.Duration(n) * time.Second) }

// legs joins calls to one contact, the first of them speaking for it.
func legs(all ...desk.Call) kpi.Group {
	var records []*desk.Held
	for i := range all {
		records = append(records, held(desk.Record{ID: fmt.Sprint(i), Body: &all[i]}))
	}
	return kpi.Group{Record: records[0], Legs: records[1:]}
}

// transferred is a call that waited 10 s in the first queue and 30 s in the
// second.
func transferred() (first, next desk.Call) {
	first = desk.Call{
		ArrivedAt: second(0), QueuedAt: second(0), AnsweredAt: second(10), EndedAt: second(70),
		Direction: desk.DirectionInbound, Queue: "front", Talk: seconds(60), WrapUp: seconds(5),
	}
	next = desk.Call{
		ArrivedAt: second(70), QueuedAt: second(70), AnsweredAt: second(100), EndedAt: second(400),
		Direction: desk.DirectionInbound, Queue: "back", Talk: seconds(240), Hold: seconds(60), WrapUp: seconds(15),
	}
	return first, next
}

func TestATransferredCallIsOneContact(t *testing.T) {
	first, next := transferred()
	e := evaluate(t, catalogue(), legs(first, next))
	e.is("helpdesk_contacts_offered", 1, 0)
	e.is("helpdesk_speed_of_answer_mean_seconds", 10, 0) // the second queue is no answer's speed
	e.is("helpdesk_queue_wait_mean_seconds", 40, 0)      // but it is a wait
	e.is("helpdesk_call_talk_mean_seconds", 300, 0)
	e.is("helpdesk_handle_mean_seconds", 380, 0) // 300 talk, 60 hold, 20 wrap-up
	e.is("helpdesk_service_level_ratio", 1, 0, "abandons", "negative")
	if got := e.total("helpdesk_calls_total", "call_outcome", "answered", "queue", "front", "channel", "phone"); got != 1 {
		t.Errorf("%d calls answered at the front, want 1", got)
	}
}

func TestTheLegThatSpeaksDoesNotChangeTheContact(t *testing.T) {
	first, next := transferred()
	a, b := evaluate(t, catalogue(), legs(first, next)), evaluate(t, catalogue(), legs(next, first))
	if got, want := fmt.Sprintf("%+v", b.list), fmt.Sprintf("%+v", a.list); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	follower := legs(next, first)
	follower.Follows = true
	if e := evaluate(t, catalogue(), follower); len(e.list) != 0 {
		t.Errorf("a leg for which another speaks contributes %+v", e.list)
	}
}

// The caller was answered once; giving up in the second queue is no abandonment
// of the contact, and a leg that still rings does not undo the answer.
func TestAnAnsweredContactStaysAnswered(t *testing.T) {
	first, next := transferred()
	next.AnsweredAt, next.Outcome = time.Time{}, desk.OutcomeAbandoned
	e := evaluate(t, catalogue(), legs(first, next))
	e.is("helpdesk_abandonment_ratio", 0, 0)
	e.is("helpdesk_call_talk_mean_seconds", 60, 0) // nobody talked in the second queue

	first.AnsweredAt, first.Outcome = time.Time{}, desk.OutcomeAbandoned // overflowed, then answered
	_, next = transferred()
	e = evaluate(t, catalogue(), legs(first, next))
	e.is("helpdesk_abandonment_ratio", 0, 0)
	e.is("helpdesk_speed_of_answer_mean_seconds", 100, 0) // 70 and 30
}

func TestACallThatHasNotEndedDoesNotCountYet(t *testing.T) {
	if e := evaluate(t, catalogue(), legs(desk.Call{ArrivedAt: second(0)})); len(e.list) != 0 {
		t.Errorf("it contributes %+v", e.list)
	}
}

func TestADeletedLegIsNoPartOfTheContact(t *testing.T) {
	first, next := transferred()
	g := legs(first, next)
	g.Legs[0] = desk.Merge(g.Legs[0], desk.Record{ID: "1", Deleted: true, Body: &desk.Call{}})
	evaluate(t, catalogue(), g).is("helpdesk_handle_mean_seconds", 65, 0)

	alone := legs(first)
	alone.Record = desk.Merge(alone.Record, desk.Record{ID: "0", Deleted: true, Body: &desk.Call{}})
	e := evaluate(t, catalogue(), alone)
	e.counts(map[string]int{"helpdesk_calls_total": 0})
	if got := e.excluded("deleted"); got != 1 {
		t.Errorf("%d calls are left out, want 1", got)
	}
}

func TestOnlyAnsweredAndAbandonedContactsAreOffered(t *testing.T) {
	for _, tt := range []struct {
		outcome desk.Outcome
		offered float64
		waits   float64
	}{
		{desk.OutcomeAnswered, 1, 1},
		{desk.OutcomeAbandoned, 1, 1},
		{desk.OutcomeAbandonedIVR, 0, 0}, // never in the queue
		{desk.OutcomeBlocked, 0, 0},      // never let in
		{desk.OutcomeVoicemail, 0, 1},
		{desk.OutcomeCallback, 0, 1},
		{desk.OutcomeFailed, 0, 1},
	} {
		t.Run(tt.outcome.String(), func(t *testing.T) {
			e := evaluate(t, catalogue(), calls(1, waited(tt.outcome, time.Minute))...)
			e.is("helpdesk_contacts_offered", tt.offered, 0)
			e.is("helpdesk_service_level_offered", tt.offered, 0, "abandons", "negative")
			e.is("helpdesk_queue_wait_observations", tt.waits, 0)
			e.is("helpdesk_calls_in_window", 1, 0, "call_outcome", tt.outcome.String())
		})
	}
}

func TestAnAbandonSoonerThanTheLimitIsShort(t *testing.T) {
	e := evaluate(t, catalogue(), append(
		calls(3, waited(desk.OutcomeAbandoned, 4999*time.Millisecond)),
		calls(2, waited(desk.OutcomeAbandoned, 5*time.Second))...)...)
	e.counts(map[string]int{"helpdesk_contacts_short_abandoned_total": 3, "helpdesk_contacts_abandoned_total": 2})
	e.is("helpdesk_contacts_offered", 2, 0)
	e.is("helpdesk_service_level_offered", 2, 0, "abandons", "negative")
	e.is("helpdesk_calls_in_window", 5, 0)

	d := definitions()
	d.ServiceLevels = nil // 5 s where no policy says otherwise
	e = evaluate(t, kpi.NewCatalogue(d), calls(1, waited(desk.OutcomeAbandoned, 4*time.Second))...)
	e.counts(map[string]int{"helpdesk_contacts_short_abandoned_total": 1})
}

func TestAPolicySpeaksOnlyOfItsChannelsAndQueues(t *testing.T) {
	d := definitions()
	d.ServiceLevels = []kpi.ServiceLevel{
		{Name: "sales", Queues: []string{"sales"}, Threshold: 10 * time.Second},
		{Name: "chats", Channels: []string{"chat"}, Threshold: time.Minute},
	}
	sale, chat := waited(desk.OutcomeAnswered, 15*time.Second), waited(desk.OutcomeAnswered, 15*time.Second)
	sale.Queue, chat.Channel = "sales", "chat"
	e := evaluate(t, kpi.NewCatalogue(d), append(calls(1, sale), calls(1, chat)...)...)
	e.is("helpdesk_service_level_ratio", 0, 0, "policy", "sales", "abandons", "negative")
	e.is("helpdesk_service_level_ratio", 1, 0, "policy", "chats", "abandons", "negative")
	e.is("helpdesk_service_level_offered", 1, 0, "policy", "chats", "abandons", "negative")
}

func TestAWaitThatNobodyToldIsNotJudged(t *testing.T) {
	unknown := desk.Call{ArrivedAt: second(0), Direction: desk.DirectionInbound}
	answered, abandoned := unknown, unknown
	answered.Outcome, abandoned.Outcome = desk.OutcomeAnswered, desk.OutcomeAbandoned
	e := evaluate(t, catalogue(), append(calls(1, answered), calls(1, abandoned)...)...)
	e.is("helpdesk_contacts_offered", 2, 0)
	e.is("helpdesk_abandonment_ratio", 0.5, 0) // nobody says that it was short
	e.is("helpdesk_queue_wait_observations", 0, 0)
	e.is("helpdesk_service_level_offered", 1, 0, "abandons", "negative")
	if got := e.excluded("no_wait"); got != 1 {
		t.Errorf("%d calls without a wait, want 1", got)
	}
}

func TestANegativeWaitIsLeftOutAndCountedOnce(t *testing.T) {
	e := evaluate(t, catalogue(), legs(desk.Call{
		ArrivedAt: second(30), AnsweredAt: second(20), EndedAt: second(90), Direction: desk.DirectionInbound, Talk: seconds(-4),
	}))
	e.is("helpdesk_queue_wait_observations", 0, 0)
	e.is("helpdesk_call_talk_observations", 0, 0)
	e.is("helpdesk_contacts_offered", 1, 0)
	if negative, noWait := e.excluded("negative_duration"), e.excluded("no_wait"); negative != 1 || noWait != 0 {
		t.Errorf("left out %d times for a negative duration and %d times for no wait", negative, noWait)
	}
}

func TestOutboundCallsDoNotQueue(t *testing.T) {
	outbound := desk.Call{
		ArrivedAt: second(0), AnsweredAt: second(9), EndedAt: second(69), Direction: desk.DirectionOutbound, Talk: seconds(60),
	}
	e := evaluate(t, catalogue(), legs(outbound))
	e.is("helpdesk_contacts_offered", 0, 0)
	e.is("helpdesk_queue_wait_observations", 0, 0)
	e.is("helpdesk_service_level_offered", 0, 0)
	e.is("helpdesk_handle_mean_seconds", 60, 0)
	if got := e.total("helpdesk_calls_total", "direction", "outbound"); got != 1 {
		t.Errorf("%d outbound calls, want 1", got)
	}
}

// The menu is no queue: the wait begins when the caller is queued.
func TestTheWaitBeginsInTheQueue(t *testing.T) {
	e := evaluate(t, catalogue(), legs(desk.Call{
		ArrivedAt: second(0), QueuedAt: second(40), EndedAt: second(70), Direction: desk.DirectionInbound,
	}))
	e.is("helpdesk_abandon_wait_mean_seconds", 30, 0)
}
