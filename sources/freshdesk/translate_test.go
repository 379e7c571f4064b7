package freshdesk

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"helpdesk_exporter/desk"
)

func TestDocumentedAnswersAreTranslated(t *testing.T) {
	h := script(map[string]string{
		"/tickets": sample(t, "tickets"), "/tickets/20881/conversations": sample(t, "ticket_conversations"),
		"/surveys/satisfaction_ratings": sample(t, "satisfaction_ratings"), "/tickets/20881/time_entries": sample(t, "time_entries"),
		"/groups": groups, "/ticket_fields": fields,
	})
	s := source(t, h, func(c *Config) {
		c.Conversations, c.TimeEntries = ConversationsAll, true
		c.Attributes, c.TopicField = map[string]string{"order": "cf_order", "plan": "cf_plan"}, "cf_order"
	})
	got := drain(t, s, nil, noon)
	want := []desk.Record{
		{ID: "20881", Body: &desk.Ticket{
			CreatedAt: at(t, "2026-11-18T09:12:04Z"), UpdatedAt: at(t, "2026-11-19T09:15:00Z"), Status: desk.StatusClosed,
			CreatedBy: desk.RoleCustomer, Priority: "normal", Channel: "email", Team: "Payments", Agent: "43028290928",
			Type: "question", Requester: "43028420064", Topic: "A-1", Attrs: map[string]string{"order": "A-1"},
			FirstResponseAt: at(t, "2026-11-18T09:40:04Z"), SolvedAt: at(t, "2026-11-19T09:12:04Z"),
			ClosedAt: at(t, "2026-11-19T09:15:00Z"), ReopenedAt: at(t, "2026-11-19T08:05:04Z"),
			FirstResponseDueAt: at(t, "2026-11-18T13:12:04Z"), ResolutionDueAt: at(t, "2026-11-18T17:12:04Z"),
			HandleTime: desk.Some(25 * time.Minute),
			Messages: []desk.Message{
				{At: at(t, "2026-11-18T09:12:04Z"), Author: desk.RoleCustomer, Public: true},
				{ID: "43880", At: at(t, "2026-11-18T09:40:04Z"), Author: desk.RoleAgent, Public: true},
				{ID: "43881", At: at(t, "2026-11-19T08:05:04Z"), Author: desk.RoleCustomer, Public: true},
				{ID: "43882", At: at(t, "2026-11-19T08:30:00Z"), Author: desk.RoleAgent},
			},
		}},
		{ID: "43006810853/default_question", Body: &desk.Survey{
			Survey: "freshdesk-csat", RespondedAt: at(t, "2026-11-19T12:00:00Z"), Score: desk.Some(3.0),
			Ticket: "20881", Customer: "43028420064", Team: "Payments",
		}},
	}
	if diff := cmp.Diff(want, got.records); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if len(got.rejects) > 0 || !got.asOf.Equal(noon) {
		t.Errorf("rejects %+v, as of %s", got.rejects, got.asOf)
	}
	if again := drain(t, s, got.cursor, noon); len(again.records) > 0 || string(again.cursor) != string(got.cursor) {
		t.Errorf("read again: %d records, cursor\n%s\n%s", len(again.records), got.cursor, again.cursor)
	}
}

// Of one ticket, with some of its fields changed.
func TestTicketsAreTranslated(t *testing.T) {
	for name, tt := range map[string]struct {
		fields map[string]any
		check  func(*desk.Ticket) (got, want any)
	}{
		"while it waits, nothing is due": {
			map[string]any{"status": 3, "nr_due_by": "2026-11-20T13:00:00Z"},
			func(b *desk.Ticket) (any, any) {
				return []time.Time{b.NextResponseDueAt, b.ResolutionDueAt}, []time.Time{{}, {}}
			},
		},
		"the answer that was given was due, whatever it waits for": {
			map[string]any{"status": 7},
			func(b *desk.Ticket) (any, any) { return b.FirstResponseDueAt, at(t, "2026-11-18T13:12:04Z") },
		},
		"while it waits for a third party, not even the first answer is due": {
			map[string]any{"status": "7", "stats.first_responded_at": nil},
			func(b *desk.Ticket) (any, any) { return b.FirstResponseDueAt, time.Time{} },
		},
		"an open ticket has its due times": {
			map[string]any{"status": "2", "nr_due_by": "2026-11-20T13:00:00Z"},
			func(b *desk.Ticket) (any, any) {
				return []any{b.Status, b.NextResponseDueAt, b.ResolutionDueAt},
					[]any{desk.StatusOpen, at(t, "2026-11-20T13:00:00Z"), at(t, "2026-11-18T17:12:04Z")}
			},
		},
		"an e-mail that an agent began with": {
			map[string]any{"source": 10},
			func(b *desk.Ticket) (any, any) {
				return []any{b.CreatedBy, b.Channel, b.Messages[0].Author}, []any{desk.RoleAgent, "email", desk.RoleAgent}
			},
		},
		"a status of the desk's own": {
			map[string]any{"status": 6},
			func(b *desk.Ticket) (any, any) { return b.Status, desk.StatusPending },
		},
		"no status": {
			map[string]any{"status": nil},
			func(b *desk.Ticket) (any, any) { return b.Status, desk.StatusUnknown },
		},
		"a status by name": {
			map[string]any{"status": "Resolved"},
			func(b *desk.Ticket) (any, any) { return b.Status, desk.StatusSolved },
		},
		"no group, nobody, no priority": {
			map[string]any{"group_id": nil, "responder_id": nil, "priority": nil},
			func(b *desk.Ticket) (any, any) { return []string{b.Team, b.Agent, b.Priority}, []string{"", "", ""} },
		},
		"a group that nobody knows": {
			map[string]any{"group_id": 5},
			func(b *desk.Ticket) (any, any) { return b.Team, "" },
		},
		"fractions of seconds": {
			map[string]any{"updated_at": "2026-11-19T09:15:00.512Z"},
			func(b *desk.Ticket) (any, any) { return b.UpdatedAt, at(t, "2026-11-19T09:15:00.512Z") },
		},
		"no stats": {
			map[string]any{"stats": nil},
			func(b *desk.Ticket) (any, any) { return []any{b.SolvedAt, len(b.Messages)}, []any{time.Time{}, 4} },
		},
		"nobody wrote again": {
			map[string]any{"stats.agent_responded_at": nil, "stats.requester_responded_at": nil},
			func(b *desk.Ticket) (any, any) {
				return b.Messages, []desk.Message{{At: at(t, "2026-11-18T09:12:04Z"), Author: desk.RoleCustomer, Public: true}}
			},
		},
		"a mark that it is spam": {
			map[string]any{"spam": true},
			func(b *desk.Ticket) (any, any) { return b.Status, desk.StatusSpam },
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := source(t, script(map[string]string{
				"/tickets": ticketWith(t, tt.fields), "/tickets/20881/conversations": sample(t, "ticket_conversations"),
				"/groups": groups, "/ticket_fields": fields,
			}), func(c *Config) { c.Conversations = ConversationsAll })
			all := drain(t, s, nil, noon)
			if len(all.records) != 1 {
				t.Fatalf("%d records, rejects %+v", len(all.records), all.rejects)
			}
			got, want := tt.check(all.records[0].Body.(*desk.Ticket))
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestWhatIsWithdrawnComesAsSuch(t *testing.T) {
	one := func(fields map[string]any) string { return ticketWith(t, fields) }
	h := script(map[string]string{
		"/tickets?spam":    one(map[string]any{"id": 1, "spam": true}),
		"/tickets?deleted": one(map[string]any{"id": 2, "deleted": true}),
	})
	s := source(t, h)
	first := drain(t, s, nil, noon)
	spam, deleted := first.tickets()["1"], first.tickets()["2"]
	if len(first.records) != 2 || spam.Deleted || spam.Body.(*desk.Ticket).Status != desk.StatusSpam {
		t.Errorf("spam: got %+v", spam)
	}
	if !deleted.Deleted || !deleted.Body.Changed().Equal(at(t, "2026-11-19T09:15:00Z")) {
		t.Errorf("deleted: got %+v", deleted)
	}
	// A desk that does not filter says of each ticket what it is.
	h.say("/tickets?spam", one(map[string]any{"id": 3, "spam": false, "updated_at": "2026-11-20T11:00:00Z"}))
	h.say("/tickets?deleted", one(map[string]any{"id": 3, "deleted": false, "updated_at": "2026-11-20T11:00:00Z"}))
	if next := drain(t, s, first.cursor, noon); len(next.records) > 0 {
		t.Errorf("what is neither is reported: %+v", next.records[0])
	}
}

func TestEntriesThatAreNoPartOfWhatIsSaidAreNotPublic(t *testing.T) {
	h := script(map[string]string{
		"/tickets": ticketWith(t, map[string]any{"status": 2, "source": 7}),
		"/tickets/20881/conversations": `[
			{"id":1,"incoming":true,"private":false,"source":0,"created_at":"2026-11-18T09:12:04Z"},
			{"id":2,"incoming":false,"private":false,"source":8,"created_at":"2026-11-18T10:00:00Z"},
			{"id":3,"incoming":true,"private":false,"source":6,"created_at":"2026-11-18T11:00:00Z"},
			{"id":4,"incoming":"false","private":null,"source":"2","created_at":1794999600},
			{"id":5,"incoming":{},"created_at":"2026-11-18T11:00:00Z"},
			{"id":6,"incoming":true}]`,
	})
	got := drain(t, source(t, h), nil, noon)
	want := []desk.Message{
		{ID: "1", At: at(t, "2026-11-18T09:12:04Z"), Author: desk.RoleCustomer, Public: true}, // the opening itself, of a chat
		{ID: "2", At: at(t, "2026-11-18T10:00:00Z"), Author: desk.RoleAgent},                  // sent on to others
		{ID: "3", At: at(t, "2026-11-18T11:00:00Z"), Author: desk.RoleCustomer},               // with a rating
		{ID: "4", At: at(t, "2026-11-18T11:00:00Z"), Author: desk.RoleAgent, Public: true},    // a note that the customer sees
	}
	if diff := cmp.Diff(want, got.tickets()["20881"].Body.(*desk.Ticket).Messages); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if len(got.rejects) != 2 || !strings.Contains(got.rejects[0].Where, "20881") {
		t.Errorf("rejects: %+v", got.rejects)
	}
}

func TestRatingsAreAnswersByQuestion(t *testing.T) {
	h := script(map[string]string{"/groups": groups, "/surveys/satisfaction_ratings": `[
		{"id":1,"ticket_id":7,"user_id":8,"agent_id":null,"group_id":null,"ratings":{"default_question":-102,"question_9":100,"question_10":null},"created_at":"2026-11-19T10:00:00Z","updated_at":"2026-11-19T11:00:00Z"},
		{"id":"2","ticket_id":"7","ratings":"103","created_at":"2026-11-19T11:00:00Z"},
		{"id":3,"ticket_id":7,"ratings":{"default_question":5},"created_at":"2026-11-19T11:00:00Z"},
		{"id":4,"ticket_id":7,"ratings":["good"],"created_at":"2026-11-19T11:00:00Z"},
		{"id":5,"ticket_id":7,"ratings":null,"created_at":"2026-11-19T11:00:00Z"},
		{"id":6,"ticket_id":7,"ratings":{"default_question":103},"created_at":"soon"},
		{"ticket_id":7,"ratings":{"default_question":103},"created_at":"2026-11-19T11:00:00Z"}]`})
	got := drain(t, source(t, h), nil, noon)
	want := []desk.Record{
		{ID: "1/default_question", Body: &desk.Survey{Survey: "freshdesk-csat", RespondedAt: at(t, "2026-11-19T10:00:00Z"), Score: desk.Some(-2.0), Ticket: "7", Customer: "8"}},
		{ID: "1/question_9", Body: &desk.Survey{Survey: "freshdesk-csat_question_9", RespondedAt: at(t, "2026-11-19T10:00:00Z"), Score: desk.Some(0.0), Ticket: "7", Customer: "8"}},
		{ID: "2/default_question", Body: &desk.Survey{Survey: "freshdesk-csat", RespondedAt: at(t, "2026-11-19T11:00:00Z"), Score: desk.Some(3.0), Ticket: "7"}},
	}
	if diff := cmp.Diff(want, got.records); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	reasons := []desk.Reason{}
	for _, r := range got.rejects {
		reasons = append(reasons, r.Reason)
	}
	if diff := cmp.Diff([]desk.Reason{desk.ReasonUnknownValue, desk.ReasonMalformed, desk.ReasonBadTime, desk.ReasonMissingField}, reasons); diff != "" {
		t.Errorf("rejects: -want +got:\n%s", diff)
	}
}

func TestTheHandleTimeIsWholeOrLeftOut(t *testing.T) {
	for name, tt := range map[string]struct {
		status  int
		entries string
		want    desk.Opt[time.Duration]
		rejects int
	}{
		"all of them":              {4, `[{"time_spent":"01:10"},{"time_spent_in_seconds":1500,"time_spent":"00:25"}]`, desk.Some(95 * time.Minute), 0},
		"a timer that runs":        {5, `[{"time_spent":"01:10"},{"time_spent":"00:05","timer_running":true}]`, desk.Some(70 * time.Minute), 0},
		"none":                     {5, `[]`, desk.Some(time.Duration(0)), 0},
		"one that nobody can add":  {5, `[{"time_spent":"01:10"},{"time_spent":"long"}]`, desk.Opt[time.Duration]{}, 1},
		"of a ticket in work":      {2, `[{"time_spent":"01:10"}]`, desk.Opt[time.Duration]{}, 0},
		"of a ticket that is gone": {5, `404`, desk.Opt[time.Duration]{}, 0},
	} {
		h := script(map[string]string{"/tickets": ticketWith(t, map[string]any{"status": tt.status}), "/tickets/20881/time_entries": tt.entries})
		got := drain(t, source(t, h, func(c *Config) { c.TimeEntries = true }), nil, noon)
		if time := got.tickets()["20881"].Body.(*desk.Ticket).HandleTime; time != tt.want || len(got.rejects) != tt.rejects {
			t.Errorf("%s: got %+v and %d rejects, want %+v and %d", name, time, len(got.rejects), tt.want, tt.rejects)
		}
	}
}

func TestATicketThatCannotBeReadIsRejectedWithItsID(t *testing.T) {
	for name, tt := range map[string]struct {
		fields map[string]any
		reason desk.Reason
		where  string
	}{
		"no time":      {map[string]any{"due_by": "soon"}, desk.ReasonBadTime, "ticket 20881"},
		"a wrong type": {map[string]any{"status": []int{2}}, desk.ReasonMalformed, "ticket 20881"},
		"never born":   {map[string]any{"created_at": nil}, desk.ReasonMissingField, "ticket 20881"},
		"never seen":   {map[string]any{"updated_at": nil}, desk.ReasonMissingField, "ticket 20881"},
		"nameless":     {map[string]any{"id": nil}, desk.ReasonMissingField, "ticket without an id, near 2026-11-19T09:15:00Z"},
	} {
		s := source(t, script(map[string]string{"/tickets": ticketWith(t, tt.fields)}))
		got := drain(t, s, nil, noon)
		if len(got.records) > 0 || len(got.rejects) != 1 {
			t.Errorf("%s: %d records, rejects %+v", name, len(got.records), got.rejects)
			continue
		}
		r := got.rejects[0]
		if r.Reason != tt.reason || r.Where != tt.where || !strings.Contains(r.Raw, "Card declined") || strings.Contains(r.Detail, "soon") {
			t.Errorf("%s: got %+v", name, r)
		}
		if again := drain(t, s, got.cursor, noon); len(again.rejects) > 0 {
			t.Errorf("%s: it is rejected again", name)
		}
	}
}
