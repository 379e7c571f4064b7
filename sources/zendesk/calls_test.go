package zendesk

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"helpdesk_exporter/desk"
)

func TestRecordedCallsAreTranslated(t *testing.T) {
	d := open(t, map[string]answers{
		callsPath: says(recorded(t, "talk_incremental_calls.json")), legsPath: says(recorded(t, "talk_incremental_legs.json")),
	})
	s := d.source(t)
	got := drain(t, s, nil, noon)
	arrived := at(t, "2026-11-18 10:00:00")
	answered := &desk.Call{
		ArrivedAt: arrived, QueuedAt: arrived.Add(13 * time.Second), AnsweredAt: arrived.Add(35 * time.Second), EndedAt: arrived.Add(9 * time.Minute),
		Contact: "360001", Outcome: desk.OutcomeAnswered, Direction: desk.DirectionInbound, Channel: "phone", Queue: "Billing", Team: "Billing",
		Agent: "501", Ticket: "90500", HandledBy: desk.RoleAgent,
		Wait: desk.Some(22 * time.Second), Talk: desk.Some(7 * time.Minute), Hold: desk.Some(30 * time.Second), WrapUp: desk.Some(time.Minute),
	}
	if diff := cmp.Diff(answered, body[*desk.Call](t, got, "360001")); diff != "" {
		t.Errorf("the answered call (-want +got):\n%s", diff)
	}
	arrived = at(t, "2026-11-18 10:05:00")
	abandoned := &desk.Call{
		ArrivedAt: arrived, QueuedAt: arrived.Add(13 * time.Second), EndedAt: arrived.Add(95 * time.Second),
		Contact: "360002", Outcome: desk.OutcomeAbandoned, Direction: desk.DirectionInbound, Channel: "phone", Queue: "Billing", Team: "Billing",
		Ticket: "90501", Wait: desk.Some(82 * time.Second),
	}
	if diff := cmp.Diff(abandoned, body[*desk.Call](t, got, "360002")); diff != "" {
		t.Errorf("the abandoned call (-want +got):\n%s", diff)
	}
	if ids := got.ids(desk.KindCall); !slices.Equal(ids, []string{"360001", "360002"}) {
		t.Errorf("told of %v: the leg of the one who took the call is part of it", ids)
	}
	if again := drain(t, s, got.cursor, noon); len(again.records) > 0 || string(again.cursor) != string(got.cursor) {
		t.Errorf("told again: %+v", again.records)
	}
}

func TestHowCallsEnd(t *testing.T) {
	for _, tt := range []struct {
		fields string
		want   desk.Outcome
	}{
		{`"completion_status":"completed","agent_id":501`, desk.OutcomeAnswered},
		{`"completion_status":"completed","voicemail":true`, desk.OutcomeVoicemail},
		{`"completion_status":"completed","callback":true,"agent_id":null,"talk_time":0`, desk.OutcomeCallback},
		{`"completion_status":"completed","callback":true,"agent_id":501,"talk_time":90`, desk.OutcomeAnswered},
		{`"completion_status":"abandoned_in_queue"`, desk.OutcomeAbandoned},
		{`"completion_status":"abandoned_in_voicemail"`, desk.OutcomeAbandoned},
		{`"completion_status":"abandoned_in_ivr"`, desk.OutcomeAbandonedIVR},
		{`"completion_status":"abandoned_on_hold","agent_id":501`, desk.OutcomeAnswered},
		{`"completion_status":"pending_voicemail"`, desk.OutcomeVoicemail},
		{`"completion_status":"not_available"`, desk.OutcomeFailed},
		{`"completion_status":"failed"`, desk.OutcomeFailed},
		{`"completion_status":"transmogrified","duration":10,"time_to_answer":5`, desk.OutcomeAnswered},
		{`"completion_status":"transmogrified","duration":10,"agent_id":501,"talk_time":7`, desk.OutcomeAnswered},
		{`"completion_status":"agent_missed_call","duration":10,"agent_id":501,"talk_time":0,"time_to_answer":0`, desk.OutcomeFailed},
		{`"completion_status":"transmogrified","duration":10,"talk_time":7`, desk.OutcomeFailed},
		{`"completion_status":null,"duration":10,"time_to_answer":5,"talk_time":-1`, desk.OutcomeUnknown},
	} {
		d := open(t, map[string]answers{callsPath: says(`{"calls":[{"id":1,"created_at":"2026-11-18T10:00:00Z",` + tt.fields + `}],"count":1,"end_time":1795000000}`)})
		c := body[*desk.Call](t, drain(t, d.source(t), nil, noon), "1")
		if c.Outcome != tt.want {
			t.Errorf("%s: %s, want %s", tt.fields, c.Outcome, tt.want)
		}
		if c.Outcome == desk.OutcomeUnknown && (!c.AnsweredAt.IsZero() || !c.EndedAt.IsZero()) {
			t.Errorf("%s: %+v: a call of which nobody knows how it ended counts as one that did", tt.fields, c)
		}
	}
}

func TestLegsTellWhomACallWasPassedOnTo(t *testing.T) {
	leg := func(id, fields string) string {
		return `{"id":` + id + `,"call_id":1,"agent_id":50` + id + `,"created_at":"2026-11-18T10:00:0` + id + `Z","updated_at":"2026-11-18T10:05:00Z",` + fields + `}`
	}
	d := open(t, map[string]answers{
		callsPath: says(`{"calls":[{"id":1,"created_at":"2026-11-18T10:00:00Z","completion_status":"completed","agent_id":501}],"end_time":1795000000}`),
		legsPath: says(`{"legs":[` + strings.Join([]string{
			leg("1", `"type":"agent","completion_status":"completed","transferred_from":null`),
			leg("2", `"type":"agent","completion_status":"completed","transferred_from":501`),
			leg("3", `"type":"agent","completion_status":"agent_declined","transferred_from":501`),
			leg("4", `"type":"customer","completion_status":"completed","transferred_from":501`),
		}, ",") + `],"end_time":1795000000}`),
	})
	got := drain(t, d.source(t), nil, noon)
	if ids := got.ids(desk.KindCall); !slices.Equal(ids, []string{"1", "leg/2"}) {
		t.Fatalf("told of %v", ids)
	}
	want := &desk.Call{
		ArrivedAt: at(t, "2026-11-18 10:00:02"), Contact: "1", Outcome: desk.OutcomeAnswered, Channel: "phone", Agent: "502", HandledBy: desk.RoleAgent,
	}
	if diff := cmp.Diff(want, body[*desk.Call](t, got, "leg/2")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestWithoutLegsNobodyKnowsOfTransfers(t *testing.T) {
	d := open(t, map[string]answers{callsPath: says(recorded(t, "talk_incremental_calls.json")), legsPath: refuses(http.StatusForbidden)})
	s := d.source(t)
	if c := body[*desk.Call](t, drain(t, s, nil, noon), "360001"); c.Contact != "" {
		t.Errorf("contact %q: a call of its own says that it was not passed on", c.Contact)
	}
	if capability(t, s, canLegs).Available {
		t.Error("the legs are said to be available")
	}
}

func TestTheQueueIsToldWhenItChanges(t *testing.T) {
	d := open(t, map[string]answers{queuePath: says(recorded(t, "current_queue_activity.json"))})
	s := d.source(t)
	var cursor desk.Cursor
	for _, step := range []struct {
		minutes int
		agents  string
		told    int
	}{{0, "4", 1}, {0, "4", 0}, {1, "4", 0}, {2, "3", 1}, {61, "3", 0}, {62, "3", 1}, {63, `"5"`, 1}, {64, "null", 0}, {65, "0", 1}} {
		d.say(map[string]answers{queuePath: says(`{"current_queue_activity":{"agents_online":` + step.agents + `,"current_timestamp":1795000000}}`)})
		until := noon.Add(time.Duration(step.minutes) * time.Minute)
		got := drain(t, s, cursor, until)
		cursor = got.cursor
		if n := len(got.ids(desk.KindStaffing)); n != step.told {
			t.Errorf("minute %d, %s agents: told %d times, want %d", step.minutes, step.agents, n, step.told)
		}
		if step.told > 0 {
			if q := body[*desk.Staffing](t, got, "talk"); !q.At.Equal(until) || q.Channel != "phone" || !q.Available.Set {
				t.Errorf("minute %d: %+v", step.minutes, q)
			}
		}
	}
}

// Legs that fail just now come later: a call that is told without its contact
// would then count beside them.
func TestLegsThatFailComeLater(t *testing.T) {
	call := says(`{"calls":[{"id":1,"created_at":"2026-11-18T10:00:00Z","completion_status":"completed","agent_id":501}],"end_time":1795000000}`)
	d := open(t, map[string]answers{callsPath: call, legsPath: refuses(http.StatusBadRequest)})
	s := d.source(t)
	first := drain(t, s, nil, noon)
	if c := body[*desk.Call](t, first, "1"); c.Contact != "1" {
		t.Errorf("contact %q, want its own", c.Contact)
	}
	d.say(map[string]answers{legsPath: says(`{"legs":[{"id":2,"call_id":1,"agent_id":502,"created_at":"2026-11-18T10:00:02Z","type":"agent","completion_status":"completed","transferred_from":501}],"end_time":1795000000}`)})
	later := drain(t, s, first.cursor, noon.Add(retryAside))
	if ids := later.ids(desk.KindCall); !slices.Equal(ids, []string{"leg/2"}) {
		t.Errorf("told of %v, want the leg", ids)
	}
}
