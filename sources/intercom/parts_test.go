package intercom

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"helpdesk_exporter/desk"
)

// told returns a thread of parts, each given by the second, its type, its author
// and whether it has a text.
func told(parts ...part) *thread { return &thread{parts: parts, complete: true} }

func said(second int64, kind, by word, body ...bool) part {
	return part{Type: kind, CreatedAt: stamp{at(second)}, Author: author{Type: by}, Body: filled(len(body) > 0)}
}

func TestMessages(t *testing.T) {
	message := func(second int64, by desk.Role, public bool) desk.Message {
		return desk.Message{At: at(second), Author: by, Public: public}
	}
	question := message(1000000, desk.RoleCustomer, true)
	for name, tt := range map[string]struct {
		patch string
		parts []part
		want  []desk.Message
	}{
		"replies": {
			`{}`,
			[]part{said(1000010, "comment", "admin", true), said(1000020, "comment", "user"), said(1000030, "quick_reply", "lead"), said(1000040, "comment", "contact")},
			[]desk.Message{
				question, message(1000010, desk.RoleAgent, true), message(1000020, desk.RoleCustomer, true),
				message(1000030, desk.RoleCustomer, true), message(1000040, desk.RoleCustomer, true),
			},
		},
		"notes are not public": {
			`{}`,
			[]part{said(1000010, "note", "admin", true), said(1000011, "note_and_reopen", "admin", true), said(1000012, "note_and_unsnooze", "admin", true)},
			[]desk.Message{question, message(1000010, desk.RoleAgent, false), message(1000011, desk.RoleAgent, false), message(1000012, desk.RoleAgent, false)},
		},
		"bots are no agents": {
			`{}`,
			[]part{said(1000010, "comment", "bot", true)},
			[]desk.Message{question, message(1000010, desk.RoleBot, true)},
		},
		"a reply within a close, a customer's message within a reopening": {
			`{}`,
			[]part{said(1000010, "close", "admin", true), said(1000020, "open", "user", true), said(1000030, "assignment", "admin", true)},
			[]desk.Message{question, message(1000010, desk.RoleAgent, true), message(1000020, desk.RoleCustomer, true), message(1000030, desk.RoleAgent, true)},
		},
		"what says nothing": {
			`{}`,
			[]part{
				said(1000010, "close", "admin"), said(1000011, "assignment", "bot"), said(1000012, "conversation_rating_changed", "user", true),
				said(1000013, "comment", "", true),
				{Type: "comment", Author: author{Type: "admin"}},
			},
			[]desk.Message{question},
		},
		"an agent began": {
			`{"source":{"delivered_as":"admin_initiated","author":{"type":"admin"}}}`, nil,
			[]desk.Message{message(1000000, desk.RoleAgent, true)},
		},
		"a bot began": {
			`{"source":{"delivered_as":"automated","author":{"type":"bot"}}}`, nil,
			[]desk.Message{message(1000000, desk.RoleBot, true)},
		},
		"nobody knows who began": {`{"source":null}`, nil, nil},
	} {
		if diff := cmp.Diff(tt.want, told(tt.parts...).messages(read(t, tt.patch))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestStatusChanges(t *testing.T) {
	changes := func(statuses ...any) (all []desk.StatusChange) {
		all = append(all, desk.StatusChange{At: at(1000000), Status: desk.StatusOpen})
		for i := 0; i < len(statuses); i += 2 {
			all = append(all, desk.StatusChange{At: at(int64(statuses[i].(int))), Status: statuses[i+1].(desk.Status)})
		}
		return all
	}
	for name, tt := range map[string]struct {
		patch string
		parts []part
		want  []desk.StatusChange
	}{
		"open": {`{"state":"open"}`, nil, changes()},
		"closed, reopened and closed": {
			`{"state":"closed","statistics":{"count_reopens":1}}`,
			[]part{said(1000010, "close", "admin"), said(1000020, "open", "admin"), said(1000030, "close", "bot")},
			changes(1000010, desk.StatusClosed, 1000020, desk.StatusOpen, 1000030, desk.StatusClosed),
		},
		"snoozed for the customer, then for somebody else": {
			`{"state":"snoozed"}`,
			[]part{
				said(1000010, "comment", "admin"), said(1000020, "snoozed", "admin"), said(1000030, "comment", "user"),
				said(1000040, "snoozed", "admin"),
			},
			changes(1000020, desk.StatusPending, 1000030, desk.StatusOpen, 1000040, desk.StatusOnHold),
		},
		"all that ends a snooze or a close": {
			`{"state":"open","statistics":{"count_reopens":3}}`,
			[]part{
				said(1000010, "snoozed", "admin"), said(1000011, "unsnoozed", "admin"),
				said(1000020, "snoozed", "admin"), said(1000021, "timer_unsnooze", "bot"),
				said(1000030, "snoozed", "admin"), said(1000031, "assign_and_unsnooze", "admin"),
				said(1000040, "snoozed", "admin"), said(1000041, "note_and_unsnooze", "admin"),
				said(1000050, "close", "admin"), said(1000051, "note_and_reopen", "admin"),
				said(1000060, "close", "admin"), said(1000061, "assign_and_reopen", "admin"),
				said(1000070, "close", "admin"), said(1000071, "open", "user", true),
			},
			changes(
				1000010, desk.StatusOnHold, 1000011, desk.StatusOpen, 1000020, desk.StatusOnHold, 1000021, desk.StatusOpen,
				1000030, desk.StatusOnHold, 1000031, desk.StatusOpen, 1000040, desk.StatusOnHold, 1000041, desk.StatusOpen,
				1000050, desk.StatusClosed, 1000051, desk.StatusOpen, 1000060, desk.StatusClosed, 1000061, desk.StatusOpen,
				1000070, desk.StatusClosed, 1000071, desk.StatusOpen,
			),
		},
		"a customer's message opens": {
			`{"state":"open","statistics":{"count_reopens":1}}`,
			[]part{said(1000010, "close", "admin"), said(1000020, "comment", "user")},
			changes(1000010, desk.StatusClosed, 1000020, desk.StatusOpen),
		},
		"a customer's message does not open here": {
			`{"state":"closed","statistics":{"count_reopens":0}}`,
			[]part{said(1000010, "close", "admin"), said(1000020, "comment", "user")},
			changes(1000010, desk.StatusClosed),
		},
		"a customer's message did not open, as the count shows": {
			`{"state":"closed","statistics":{"count_reopens":0}}`,
			[]part{said(1000010, "close", "admin"), said(1000020, "comment", "user"), said(1000030, "close", "admin")},
			changes(1000010, desk.StatusClosed),
		},
		"the count is of something else": {
			`{"state":"closed","statistics":{"count_reopens":5}}`,
			[]part{said(1000010, "close", "admin"), said(1000020, "open", "admin"), said(1000030, "close", "admin")},
			changes(1000010, desk.StatusClosed, 1000020, desk.StatusOpen, 1000030, desk.StatusClosed),
		},
		"the parts do not end where the conversation is": {`{"state":"closed"}`, []part{said(1000010, "snoozed", "admin")}, nil},
	} {
		if diff := cmp.Diff(tt.want, told(tt.parts...).statusChanges(read(t, tt.patch))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	torn := &thread{parts: []part{said(1000010, "close", "admin")}}
	if got := torn.statusChanges(read(t, `{"state":"closed"}`)); got != nil {
		t.Errorf("without the oldest parts: %v", got)
	}
}

func TestSLAs(t *testing.T) {
	stats := `"statistics":{"first_admin_reply_at":1000900,"last_admin_reply_at":1002000,"last_close_at":1003000}`
	missed := told(said(1000600, targetMissed, "bot"), said(1001600, targetMissed, "bot"))
	for _, tt := range []struct {
		target, patch string
		parts         *thread
		want          desk.SLAEvent
	}{
		{"first_response", `"active"`, nil, desk.SLAEvent{}},
		{"first_response", `"hit"`, nil, desk.SLAEvent{MetAt: at(1000900)}},
		{"next_response", `"hit"`, nil, desk.SLAEvent{MetAt: at(1002000)}},
		{"resolution", `"hit"`, nil, desk.SLAEvent{MetAt: at(1003000)}},
		{"first_response", `"missed"`, missed, desk.SLAEvent{BreachedAt: at(1000600)}},
		{"first_response", `"missed"`, nil, desk.SLAEvent{BreachedAt: at(1000900)}},
		{"resolution", `"missed"`, &thread{}, desk.SLAEvent{BreachedAt: at(1003000)}},
	} {
		s := source(t, nobody, func(c *Config) { c.SLATarget = tt.target })
		tt.want.Target, tt.want.N, tt.want.Policy = tt.target, 1, "VIP"
		v := read(t, `{`+stats+`,"sla_applied":{"sla_name":"VIP","sla_status":`+tt.patch+`}}`)
		if diff := cmp.Diff([]desk.SLAEvent{tt.want}, s.promises(v, tt.parts)); diff != "" {
			t.Errorf("%s %s (-want +got):\n%s", tt.target, tt.patch, diff)
		}
	}
	s := source(t, nobody)
	unanswered := read(t, `{"sla_applied":{"sla_name":"VIP","sla_status":"missed"}}`)
	if got := s.promises(unanswered, nil); len(got) != 1 || !got[0].BreachedAt.Equal(at(1009000)) {
		t.Errorf("missed and not answered: %v", got)
	}
	for _, patch := range []string{`{"sla_applied":null}`, `{"sla_applied":{"sla_name":"VIP","sla_status":"cancelled"}}`} {
		if got := s.promises(read(t, patch), nil); got != nil {
			t.Errorf("%s: %v", patch, got)
		}
	}
}

// What Intercom sends is read or rejected, and nothing else happens.
func FuzzConversation(f *testing.F) {
	f.Add([]byte(`{"id":"1","created_at":1,"updated_at":"2","state":"open","statistics":{"count_reopens":1.5}}`))
	f.Add([]byte(`{"id":7,"created_at":1e11,"updated_at":"2026-11-18T10:00:35Z","open":"true","sla_applied":{"sla_status":"hit"}}`))
	f.Add([]byte(`{"id":"1","created_at":1e400}`))
	c := NewConfig().(*Config)
	s := &Source{config: c}
	f.Fuzz(func(t *testing.T, raw []byte) {
		h := headOf(raw, 5)
		if h.id == "" || h.changed.IsZero() {
			t.Fatalf("nothing to go by: %+v", h)
		}
		v, err := conversationOf(raw)
		if err != nil {
			if r := rejected("x", raw, err); r.Reason == "" || r.Detail == "" {
				t.Fatalf("rejected for no reason: %+v", r)
			}
			return
		}
		ticket := s.ticket(v, &thread{complete: true})
		s.ratings(v, ticket)
		if n := ticket.Newest(); n.Year() < earliestYear || n.Year() >= latestYear {
			t.Fatalf("a time beyond all bounds: %s", n)
		}
	})
}
