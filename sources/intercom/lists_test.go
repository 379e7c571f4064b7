package intercom

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/sources/intercom/intercomtest"
	"helpdesk_exporter/sources/sourcestest"
)

func TestTheDocumentedCall(t *testing.T) {
	v, err := callOf(sample(t, "calls.json", "data")[0])
	if err != nil {
		t.Fatal(err)
	}
	arrived := time.Date(2026, 11, 18, 10, 0, 0, 0, time.UTC)
	want := &desk.Call{
		ArrivedAt: arrived, AnsweredAt: arrived.Add(35 * time.Second), EndedAt: arrived.Add(8 * time.Minute),
		Outcome: desk.OutcomeAnswered, Direction: desk.DirectionInbound, Channel: "phone", Agent: "991267715", Ticket: "516",
		Customer: "6762f14a1bb69f9f2193bbb3", Wait: desk.Some(35 * time.Second), Talk: desk.Some(445 * time.Second),
	}
	if diff := cmp.Diff(want, v.translate()); diff != "" {
		t.Errorf("the call (-want +got):\n%s", diff)
	}
}

func TestHowCallsEnd(t *testing.T) {
	for _, tt := range []struct {
		fields  string
		outcome desk.Outcome
		going   bool
	}{
		{`"answered_at":20,"ended_at":30`, desk.OutcomeAnswered, false},
		{`"answered_at":20,"ended_at":30,"ended_reason":"completed"`, desk.OutcomeAnswered, false},
		{`"answered_at":20,"ended_at":30,"ended_reason":"voicemail"`, desk.OutcomeVoicemail, false},
		{`"ended_at":30,"ended_reason":"voicemail_left"`, desk.OutcomeVoicemail, false},
		{`"ended_at":30,"ended_reason":"requested_callback"`, desk.OutcomeCallback, false},
		{`"ended_at":30,"state":"failed"`, desk.OutcomeFailed, false},
		{`"ended_at":30`, desk.OutcomeAbandoned, false},
		{`"state":"missed"`, desk.OutcomeAbandoned, false},
		{`"ended_at":30,"direction":"outbound"`, desk.OutcomeUnknown, false},
		{`"answered_at":20,"state":"in_progress"`, desk.OutcomeAnswered, true},
		{`"state":"queued"`, desk.OutcomeAbandoned, true},
		{`"state":null`, desk.OutcomeAbandoned, true},
	} {
		v, err := callOf(json.RawMessage(`{"id":1,"initiated_at":10,"direction":"inbound",` + tt.fields + `}`))
		if err != nil {
			t.Fatal(err)
		}
		if got := v.translate(); got.Outcome != tt.outcome || v.underWay() != tt.going {
			t.Errorf("%s: %s and under way %t, want %s and %t", tt.fields, got.Outcome, v.underWay(), tt.outcome, tt.going)
		}
	}
}

// called returns a call that began some time before noon and took a minute.
func called(id int, ago time.Duration) map[string]any {
	began := since(ago)
	return map[string]any{
		"id": fmt.Sprint(id), "initiated_at": began.Unix(), "answered_at": began.Unix() + 5, "ended_at": began.Unix() + 60,
		"updated_at": began.Unix() + 60, "state": "completed", "direction": "inbound",
	}
}

func (d drained) callIDs() []string {
	ids := []string{}
	for _, r := range d.records {
		if r.Body.Kind() == desk.KindCall {
			ids = append(ids, r.ID)
		}
	}
	slices.Sort(ids)
	return ids
}

// Calls are found whichever end of the list is the newest, down to the start and
// no further than need be.
func TestCalls(t *testing.T) {
	for _, newestFirst := range []bool{true, false} {
		now := noon
		var calls []map[string]any
		for i := range 120 {
			calls = append(calls, called(i+1, time.Duration(i)*time.Hour))
		}
		calls = append(calls, called(900, 29*24*time.Hour)) // before the start
		o := intercomtest.Options{Now: func() time.Time { return now }, Calls: calls}
		if !newestFirst {
			slices.Reverse(o.Calls)
		}
		fake := workspace(world(), o)
		s := source(t, fake)
		d := drain(t, s, nil, noon)
		if got := d.callIDs(); len(got) != 120 || slices.Contains(got, "900") {
			t.Errorf("newest first %t: got the %d calls %v", newestFirst, len(got), got)
		}
		before := fake.Requests()["GET /calls"]
		again := drain(t, s, d.cursor, noon)
		if len(again.records) > 0 || string(again.cursor) != string(d.cursor) {
			t.Errorf("newest first %t: unchanged, it tells %v and goes from\n%s to\n%s", newestFirst, again.callIDs(), d.cursor, again.cursor)
		}
		if n := fake.Requests()["GET /calls"] - before; n > 2 {
			t.Errorf("newest first %t: a poll without news takes %d requests", newestFirst, n)
		}
	}
}

// A call that is under way is told of when it is over, however much came since.
func TestCallsThatAreUnderWay(t *testing.T) {
	long := called(1, 3*time.Hour)
	ended, state := long["ended_at"], long["state"]
	long["ended_at"], long["state"] = nil, "in_progress"
	calls := []map[string]any{called(3, time.Minute), called(2, time.Hour), long}
	s := source(t, workspace(world(), intercomtest.Options{Calls: calls}))
	d := drain(t, s, nil, noon)
	if diff := cmp.Diff([]string{"2", "3"}, d.callIDs()); diff != "" {
		t.Errorf("while it goes on (-want +got):\n%s", diff)
	}
	long["ended_at"], long["state"] = ended, state
	d = drain(t, s, d.cursor, noon)
	if diff := cmp.Diff([]string{"1"}, d.callIDs()); diff != "" {
		t.Errorf("when it is over (-want +got):\n%s", diff)
	}
	if d = drain(t, s, d.cursor, noon); len(d.callIDs()) > 0 {
		t.Errorf("and then again: %v", d.callIDs())
	}
}

func TestCallsThatCannotBeUnderstood(t *testing.T) {
	calls := []map[string]any{called(3, time.Minute), {"id": "2"}, {"id": map[string]any{}}, called(1, time.Hour)}
	s := source(t, workspace(world(), intercomtest.Options{Calls: calls}))
	d := drain(t, s, nil, noon)
	if diff := cmp.Diff([]string{"1", "3"}, d.callIDs()); diff != "" {
		t.Errorf("the others (-want +got):\n%s", diff)
	}
	if len(d.rejects) != 2 || d.rejects[0].Where != "call 2" || d.rejects[0].Reason != desk.ReasonMissingField {
		t.Errorf("rejects %+v", d.rejects)
	}
	if again := drain(t, s, d.cursor, noon); len(again.rejects) > 0 {
		t.Errorf("rejected once more: %+v", again.rejects)
	}
}

func TestDeletedConversations(t *testing.T) {
	w := world(since(5*24*time.Hour), since(4*24*time.Hour))
	w.Tickets[0].Events = []sourcestest.Event{{At: since(24 * time.Hour), What: sourcestest.Delete, Agent: 3}}
	fake := workspace(w, intercomtest.Options{})
	newer := func(c *Config) { c.APIVersion = "2.16" }
	d := drain(t, source(t, fake, newer), nil, since(until))
	deleted := 0
	for _, r := range d.records {
		if !r.Deleted {
			continue
		}
		deleted++
		if r.ID != "1" || !r.Body.Changed().Equal(since(24*time.Hour)) {
			t.Errorf("ticket %s was deleted at %s", r.ID, r.Body.Changed())
		}
	}
	if deleted != 1 {
		t.Errorf("%d tickets are deleted", deleted)
	}
	older := workspace(w, intercomtest.Options{})
	drain(t, source(t, older), nil, since(until))
	if n := older.Requests()["unknown"] + older.Requests()["GET /conversations/{id}"] - 1; n != 0 {
		t.Errorf("the older version is asked for its deleted conversations: %v", older.Requests())
	}
	if got := fake.Requests()["GET /conversations/deleted"]; got != 1 {
		t.Errorf("the list was read %d times", got)
	}
}

func TestVersions(t *testing.T) {
	for version, deleted := range map[string]bool{"2.14": false, "2.15": false, "2.16": true, "2.17": true, "Unstable": true} {
		c := &Config{APIVersion: version}
		if got := c.listsDeleted(); got != deleted {
			t.Errorf("%s lists deleted conversations: %t", version, got)
		}
	}
}

func TestTicketsThatAreNoConversations(t *testing.T) {
	ticket := func(id int, category, state string, changed time.Time) map[string]any {
		return map[string]any{
			"id": fmt.Sprint(id), "category": category, "created_at": changed.Add(-time.Hour).Unix(), "updated_at": changed.Unix(),
			"ticket_state": map[string]any{"category": state, "internal_label": "x"}, "open": state != "resolved",
			"admin_assignee_id": 0, "team_assignee_id": "5", "contacts": map[string]any{"contacts": []any{map[string]any{"id": "c1"}}},
			"ticket_attributes": map[string]any{"Area": "Stock"},
		}
	}
	const year = 365 * 24 * time.Hour
	old := since(year)
	flat := ticket(7, "Back-office", "in_progress", since(50*time.Minute))
	flat["ticket_state"] = "waiting_on_customer"
	shut := ticket(8, "Back-office", "in_progress", since(40*time.Minute))
	shut["open"] = false
	o := intercomtest.Options{Tickets: []map[string]any{
		ticket(1, "Back-office", "in_progress", old), ticket(2, "Back-office", "resolved", old), ticket(3, "Customer", "submitted", since(time.Hour)),
		ticket(4, "Tracker", "submitted", since(time.Hour)), ticket(5, "Back-office", "resolved", since(time.Hour)),
		{"id": "6", "category": "Tracker", "updated_at": since(time.Hour).Unix(), "open": true},
		flat, shut,
	}}
	s := source(t, workspace(world(), o), func(c *Config) { c.Tickets, c.TopicAttribute = true, "Area" })
	d := drain(t, s, nil, since(until))
	got := map[string]desk.Status{}
	for id, ticket := range d.tickets() {
		got[id] = ticket.Status
		if ticket.Team != "Billing" || ticket.Agent != "" || ticket.Requester != "c1" || ticket.Topic != "Stock" {
			t.Errorf("ticket %s: %+v", id, ticket)
		}
	}
	want := map[string]desk.Status{
		"1": desk.StatusOpen, "4": desk.StatusNew, "5": desk.StatusSolved, "7": desk.StatusPending, "8": desk.StatusClosed,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("statuses (-want +got):\n%s", diff)
	}
	if len(d.rejects) == 0 || d.rejects[0].Where != "ticket 6" {
		t.Errorf("rejects %+v", d.rejects)
	}
	if again := drain(t, s, d.cursor, since(until)); len(again.records)+len(again.rejects) > 0 || string(again.cursor) != string(d.cursor) {
		t.Errorf("unchanged, it tells %d records and %d rejects more", len(again.records), len(again.rejects))
	}

	o.Gates = map[string]int{"/tickets": http.StatusForbidden}
	gated := source(t, workspace(world(since(time.Hour)), o), func(c *Config) { c.Tickets = true })
	if d := drain(t, gated, nil, since(until)); len(d.tickets()) != 1 || available(gated.Capabilities(), gateTickets) {
		t.Errorf("where tickets are closed to us: %v, %+v", d.tickets(), gated.Capabilities())
	}
}

// Credentials show up in no request but as credentials, and what is asked is
// asked in the version that is configured.
func TestRequestsNameTheirVersion(t *testing.T) {
	fake := workspace(world(since(time.Hour)), intercomtest.Options{})
	s := source(t, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if got := r.Header.Get("Intercom-Version"); got != "2.15" {
			t.Errorf("%s names the version %q", r.URL.Path, got)
		}
		if strings.Contains(r.URL.String(), token) {
			t.Errorf("the address holds the token: %s", r.URL)
		}
		fake.ServeHTTP(rw, r)
	}))
	drain(t, s, nil, since(until))
}
