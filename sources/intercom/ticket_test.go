package intercom

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"helpdesk_exporter/desk"
)

func TestTheDocumentedConversation(t *testing.T) {
	v, err := conversationOf(sample(t, "conversations_search.json", "conversations")[0])
	if err != nil {
		t.Fatal(err)
	}
	s := source(t, nobody)
	got := s.ticket(v, nil)
	want := &desk.Ticket{
		CreatedAt: at(1794993124), UpdatedAt: at(1795079524), Status: desk.StatusClosed, CreatedBy: desk.RoleCustomer,
		AcknowledgedAt: at(1794993604), Priority: "normal", Channel: "email", Agent: "991267715", Requester: "6762f14a1bb69f9f2193bbb3",
		FirstResponseAt: at(1794994804), FirstSolvedAt: at(1795002724), SolvedAt: at(1795079524), Reopens: desk.Some(1),
		FirstResponseBusiness: desk.Some(1680 * time.Second), ResolutionBusiness: desk.Some(28800 * time.Second),
		HandleTime: desk.Some(1300 * time.Second),
		SLA:        []desk.SLAEvent{{Target: "first_response", N: 1, Policy: "VIP", BreachedAt: at(1794994804)}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the ticket (-want +got):\n%s", diff)
	}
	survey := &desk.Survey{
		Survey: "intercom-csat", SentAt: at(1795079600), RespondedAt: at(1795079700), Score: desk.Some(5.0),
		Ticket: "515", Customer: "6762f14a1bb69f9f2193bbb3", Channel: "email",
	}
	if diff := cmp.Diff([]desk.Record{{ID: "rating/515", Body: survey}}, s.ratings(v, got)); diff != "" {
		t.Errorf("the rating (-want +got):\n%s", diff)
	}
}

func TestWhatTheFieldsMean(t *testing.T) {
	type field struct {
		name string
		of   func(*desk.Ticket) any
	}
	status := field{"status", func(t *desk.Ticket) any { return t.Status.String() }}
	channel := field{"channel", func(t *desk.Ticket) any { return t.Channel }}
	priority := field{"priority", func(t *desk.Ticket) any { return t.Priority }}
	began := field{"created by", func(t *desk.Ticket) any { return t.CreatedBy.String() }}
	handler := field{"handled by", func(t *desk.Ticket) any { return t.HandledBy.String() }}
	agent := field{"agent", func(t *desk.Ticket) any { return t.Agent }}
	requester := field{"requester", func(t *desk.Ticket) any { return t.Requester }}
	solved := field{"solved", func(t *desk.Ticket) any { return t.SolvedAt }}
	handled := field{"handle time", func(t *desk.Ticket) any { return t.HandleTime }}
	waits := field{"waits", func(t *desk.Ticket) any { return t.WaitingSince }}
	messages := field{"messages", func(t *desk.Ticket) any { return len(t.Messages) }}
	s := source(t, nobody)
	for _, tt := range []struct {
		patch string
		field field
		want  any
	}{
		{`{"state":"open"}`, status, "open"},
		{`{"state":"closed"}`, status, "closed"},
		{`{"state":"snoozed","waiting_since":null}`, status, "pending"},
		{`{"state":"snoozed","waiting_since":1000500}`, status, "on_hold"},
		{`{"state":null,"open":true}`, status, "open"},
		{`{"state":null,"open":false}`, status, "closed"},

		{`{"source":{"type":"conversation"}}`, channel, "chat"},
		{`{"source":{"type":"push"}}`, channel, "chat"},
		{`{"source":{"type":"email"}}`, channel, "email"},
		{`{"source":{"type":"facebook"}}`, channel, "social"},
		{`{"source":{"type":"instagram"}}`, channel, "social"},
		{`{"source":{"type":"twitter"}}`, channel, "social"},
		{`{"source":{"type":"whatsapp"}}`, channel, "messaging"},
		{`{"source":{"type":"sms"}}`, channel, "sms"},
		{`{"source":{"type":"phone_call"}}`, channel, "phone"},
		{`{"source":{"type":"phone_switch"}}`, channel, "phone"},
		{`{"source":{"type":"carrier_pigeon"}}`, channel, "other"},
		{`{"source":null}`, channel, ""},

		{`{"priority":"priority"}`, priority, "high"},
		{`{"priority":"not_priority"}`, priority, "normal"},
		{`{"priority":"none"}`, priority, ""},
		{`{"priority":null}`, priority, ""},

		{`{"source":{"delivered_as":"customer_initiated"}}`, began, "customer"},
		{`{"source":{"delivered_as":"admin_initiated"}}`, began, "agent"},
		{`{"source":{"delivered_as":"campaigns_initiated"}}`, began, "agent"},
		{`{"source":{"delivered_as":"operator_initiated"}}`, began, "agent"},
		{`{"source":{"delivered_as":"automated"}}`, began, "agent"},
		{`{"source":{"author":{"type":"lead"}}}`, began, "customer"},
		{`{"source":{"author":{"type":"bot"}}}`, began, "agent"},
		{`{"source":null}`, began, "unknown"},

		{`{"ai_agent_participated":true,"ai_agent":{"resolution_state":"assumed_resolution"}}`, handler, "bot"},
		{`{"ai_agent_participated":true,"ai_agent":{"resolution_state":"confirmed_resolution"}}`, handler, "bot"},
		{`{"ai_agent_participated":true,"ai_agent":{"resolution_state":"routed_to_team"}}`, handler, "unknown"},
		{`{"ai_agent_participated":false,"ai_agent":{"resolution_state":"assumed_resolution"}}`, handler, "unknown"},
		{`{"ai_agent_participated":null,"ai_agent":null}`, handler, "unknown"},

		{`{"admin_assignee_id":991}`, agent, "991"},
		{`{"admin_assignee_id":"991"}`, agent, "991"},
		{`{"admin_assignee_id":0}`, agent, ""},
		{`{"admin_assignee_id":null}`, agent, ""},

		{`{"contacts":{"contacts":[{"id":"c9"}]}}`, requester, "c9"},
		{`{"contacts":{"contacts":[]}}`, requester, "u1"},
		{`{"contacts":null,"source":{"author":{"type":"admin","id":"7"}}}`, requester, ""},

		{`{"state":"closed","statistics":{"last_close_at":1008000}}`, solved, at(1008000)},
		{`{"state":"open","statistics":{"last_close_at":1008000}}`, solved, time.Time{}},
		{`{"state":"closed","statistics":null}`, solved, time.Time{}},

		{`{"statistics":{"handling_time":720,"adjusted_handling_time":130}}`, handled, desk.Some(130 * time.Second)},
		{`{"statistics":{"handling_time":720,"adjusted_handling_time":null}}`, handled, desk.Some(720 * time.Second)},
		{`{"statistics":{"handling_time":-3}}`, handled, desk.Opt[time.Duration]{}},

		{`{"waiting_since":1000500}`, waits, at(1000500)},
		{`{"waiting_since":"1000500"}`, waits, at(1000500)},
		{`{"waiting_since":1000500.75}`, waits, at(1000500)},
		{`{"waiting_since":"2026-11-18T10:00:35+01:00"}`, waits, time.Date(2026, 11, 18, 9, 0, 35, 0, time.UTC)},
		{`{"waiting_since":100001258200}`, waits, at(100001258)}, // milliseconds
		{`{"waiting_since":0}`, waits, time.Time{}},
		{`{"waiting_since":9999999999}`, waits, time.Time{}}, // the end of time

		// Of what an agent began, the customer's first word is known without parts.
		{`{"source":{"delivered_as":"admin_initiated"},"statistics":{"first_contact_reply_at":1000500}}`, messages, 1},
		{`{"source":{"delivered_as":"admin_initiated"},"statistics":null}`, messages, 0},
		{`{"statistics":{"first_contact_reply_at":1000500}}`, messages, 0},
	} {
		if diff := cmp.Diff(tt.want, tt.field.of(s.ticket(read(t, tt.patch), nil))); diff != "" {
			t.Errorf("%s: %s (-want +got):\n%s", tt.patch, tt.field.name, diff)
		}
	}
}

func TestConversationsThatCannotBeUnderstood(t *testing.T) {
	for _, tt := range []struct {
		patch  string
		reason desk.Reason
	}{
		{`{"id":null}`, desk.ReasonMissingField},
		{`{"id":{}}`, desk.ReasonMalformed},
		{`{"created_at":null}`, desk.ReasonMissingField},
		{`{"created_at":"yesterday"}`, desk.ReasonBadTime},
		{`{"created_at":[1]}`, desk.ReasonBadTime},
		{`{"updated_at":0}`, desk.ReasonMissingField},
		{`{"statistics":{"count_reopens":"many"}}`, desk.ReasonBadNumber},
		{`{"statistics":[1]}`, desk.ReasonMalformed},
		{`{"state":"archived"}`, desk.ReasonUnknownValue},
		{`{"state":null,"open":null}`, desk.ReasonUnknownValue},
	} {
		raw := shown(t, tt.patch)
		_, err := conversationOf(raw)
		if err == nil {
			t.Errorf("%s: taken", tt.patch)
			continue
		}
		r := rejected("conversation 515", raw, err)
		if r.Reason != tt.reason || r.Detail == "" || r.Raw != string(raw) {
			t.Errorf("%s: got reason %q and detail %q, want %q", tt.patch, r.Reason, r.Detail, tt.reason)
		}
	}
	if _, err := conversationOf([]byte(`[7]`)); err == nil || errors.Is(err, errMissing) {
		t.Errorf("a list passes for a conversation: %v", err)
	}
}

func TestAttributesBecomeLabels(t *testing.T) {
	s := source(t, nobody, func(c *Config) {
		c.Attributes, c.TopicAttribute = map[string]string{"plan": "Plan name", "seats": "Seats", "vip": "VIP", "none": "None"}, "Issue type"
	})
	got := s.ticket(read(t, `{"custom_attributes":{"Plan name":" Gold ","Seats":12,"VIP":true,"None":null,"Issue type":"Billing","Else":{}}}`), nil)
	if diff := cmp.Diff(map[string]string{"plan": "Gold", "seats": "12", "vip": "true"}, got.Attrs); diff != "" {
		t.Errorf("attributes (-want +got):\n%s", diff)
	}
	if got.Topic != "Billing" {
		t.Errorf("topic %q", got.Topic)
	}
}

func TestOfficeHours(t *testing.T) {
	closed := `{"state":"closed","statistics":{"time_to_admin_reply":60,"time_to_last_close":600}}`
	reopened := `{"state":"open","statistics":{"time_to_admin_reply":60,"time_to_last_close":600}}`
	with, without := source(t, nobody), source(t, nobody, func(c *Config) { c.OfficeHours = false })
	if got := with.ticket(read(t, closed), nil); got.FirstResponseBusiness != desk.Some(time.Minute) || got.ResolutionBusiness != desk.Some(10*time.Minute) {
		t.Errorf("with office hours: %v and %v", got.FirstResponseBusiness, got.ResolutionBusiness)
	}
	if got := with.ticket(read(t, reopened), nil); got.ResolutionBusiness.Set {
		t.Errorf("reopened: %v", got.ResolutionBusiness)
	}
	if got := without.ticket(read(t, closed), nil); got.FirstResponseBusiness.Set || got.ResolutionBusiness.Set {
		t.Errorf("without office hours: %v and %v", got.FirstResponseBusiness, got.ResolutionBusiness)
	}
}

func TestRatings(t *testing.T) {
	s := source(t, nobody)
	for name, tt := range map[string]struct {
		patch string
		want  map[string]*desk.Survey
	}{
		"asked for": {
			`{"conversation_rating":{"rating":null,"created_at":1005000}}`,
			map[string]*desk.Survey{"rating/515": {Survey: "intercom-bot-csat", SentAt: at(1005000)}},
		},
		"asked for a teammate": {
			`{"admin_assignee_id":3,"conversation_rating":{"rating":null,"created_at":1005000}}`,
			map[string]*desk.Survey{"rating/515": {Survey: "intercom-csat", SentAt: at(1005000)}},
		},
		"without a time of its own": {
			`{"admin_assignee_id":3,"conversation_rating":{"rating":"4","created_at":1005000}}`,
			map[string]*desk.Survey{"rating/515": {Survey: "intercom-csat", SentAt: at(1005000), RespondedAt: at(1005000), Score: desk.Some(4.0)}},
		},
		"of nobody, and a teammate answered": {
			`{"conversation_rating":{"rating":4,"created_at":1005000,"updated_at":1005100,"teammate":null},"statistics":{"first_admin_reply_at":1000900}}`,
			map[string]*desk.Survey{"rating/515": {Survey: "intercom-csat", SentAt: at(1005000), RespondedAt: at(1005100), Score: desk.Some(4.0)}},
		},
		"of nobody, and the AI agent answered": {
			`{"ai_agent_participated":true,"ai_agent":{"rating":2,"updated_at":1005100},"conversation_rating":{"rating":2,"created_at":1005000,"updated_at":1005100}}`,
			map[string]*desk.Survey{"rating/515": {Survey: "intercom-bot-csat", SentAt: at(1005000), RespondedAt: at(1005100), Score: desk.Some(2.0)}},
		},
		"of both": {
			`{"ai_agent_participated":true,"ai_agent":{"rating":2,"created_at":1004000},
			  "conversation_rating":{"rating":5,"created_at":1005000,"updated_at":1005100,"teammate":{"id":7}}}`,
			map[string]*desk.Survey{
				"rating/515":    {Survey: "intercom-csat", SentAt: at(1005000), RespondedAt: at(1005100), Score: desk.Some(5.0)},
				"ai_rating/515": {Survey: "intercom-bot-csat", RespondedAt: at(1004000), Score: desk.Some(2.0)},
			},
		},
		"none": {`{"conversation_rating":null,"ai_agent":null}`, map[string]*desk.Survey{}},
	} {
		v := read(t, tt.patch)
		got := map[string]*desk.Survey{}
		for _, r := range s.ratings(v, s.ticket(v, nil)) {
			got[r.ID] = r.Body.(*desk.Survey)
		}
		for _, want := range tt.want {
			want.Ticket, want.Customer, want.Channel = "515", "u1", "email"
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
