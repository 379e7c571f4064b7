package zendesk

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"helpdesk_exporter/desk"
)

// tickets is a last page of tickets.
func ticketsPage(list ...string) answers {
	return says(`{"tickets":[` + strings.Join(list, ",") + `],"after_cursor":"end","end_of_stream":true}`)
}

func TestRecordedTicketsAreTranslated(t *testing.T) {
	d := open(t, map[string]answers{ticketsPath: says(recorded(t, "incremental_tickets_cursor.json"))})
	got := drain(t, d.source(t, func(c *Config) {
		c.Attributes, c.TopicField = map[string]int64{"issue": 27642, "other": 1}, 27642
	}), nil, noon)
	created := at(t, "2026-11-18 09:12:04")
	want := &desk.Ticket{
		CreatedAt: created,
		UpdatedAt: time.Unix(1795079530, 0).UTC(), // the desk took notice later than it changed
		Status:    desk.StatusSolved, CreatedBy: desk.RoleCustomer, Channel: "email", Priority: "normal", Team: "Billing",
		Agent: "501", Requester: "7001", Type: "question", Topic: "vat_error", Attrs: map[string]string{"issue": "vat_error"},
		AcknowledgedAt:  at(t, "2026-11-18 09:20:04"),
		FirstResponseAt: created.Add(28 * time.Minute),
		FirstSolvedAt:   created.Add(160 * time.Minute), // it came back once, so its first solve is not the last
		SolvedAt:        at(t, "2026-11-19 09:12:04"),
		Reopens:         desk.Some(1), AgentReplies: desk.Some(3), Transfers: desk.Some(0),
		FirstResponseBusiness: desk.Some(28 * time.Minute), ResolutionBusiness: desk.Some(480 * time.Minute),
		RequesterWait: desk.Some(143 * time.Minute), RequesterWaitBusiness: desk.Some(88 * time.Minute),
	}
	if diff := cmp.Diff(want, body[*desk.Ticket](t, got, "90412")); diff != "" {
		t.Errorf("ticket 90412 (-want +got):\n%s", diff)
	}
	for _, r := range got.records {
		if r.Deleted != (r.ID == "90377") {
			t.Errorf("%s: deleted is %t", r.ID, r.Deleted)
		}
	}
	gone := body[*desk.Ticket](t, got, "90377")
	if want := time.Unix(1795079531, 0).UTC(); gone.Status != desk.StatusDeleted || !gone.UpdatedAt.Equal(want) {
		t.Errorf("the deleted ticket is %s as of %s, want deleted as of %s", gone.Status, gone.UpdatedAt, want)
	}
	if len(got.rejects) > 0 || !got.asOf.Equal(noon) {
		t.Errorf("rejects %+v, as of %s; want none, as of %s", got.rejects, got.asOf, noon)
	}
}

func TestTicketsComeInManyShapes(t *testing.T) {
	const created = `"created_at":"2026-11-18T09:00:00Z",`
	began := at(t, "2026-11-18 09:00:00")
	for _, tt := range []struct {
		name, fields string
		shows        func(*desk.Ticket) any
		want         any
	}{
		{"on hold", `"status":"hold"`, func(k *desk.Ticket) any { return k.Status }, desk.StatusOnHold},
		{"a status of its own", `"status":"waiting","custom_status_id":77`, func(k *desk.Ticket) any { return k.Status }, desk.StatusOnHold},
		{"no status but its own", `"custom_status_id":"77"`, func(k *desk.Ticket) any { return k.Status }, desk.StatusOnHold},
		{"merged", `"status":"closed","tags":["vip","closed_by_merge"]`, func(k *desk.Ticket) any { return k.Status }, desk.StatusMerged},
		{"an open one with the tag of a merge", `"status":"open","tags":["closed_by_merge"]`, func(k *desk.Ticket) any { return k.Status }, desk.StatusOpen},
		{"a rating that is text", `"status":"open","satisfaction_rating":"offered"`, func(k *desk.Ticket) any { return k.Status }, desk.StatusOpen},
		{"ids as text, times with fractions", `"status":"open","updated_at":"2026-11-18T10:00:00.250Z","assignee_id":"501"`, func(k *desk.Ticket) any { return text(k.UpdatedAt) + k.Agent }, text(at(t, "2026-11-18 10:00:00").Add(250*time.Millisecond)) + "501"},
		{"a clock that goes back", `"status":"open","updated_at":"2026-11-18T10:00:00Z","generated_timestamp":1795079530`, func(k *desk.Ticket) any { return k.UpdatedAt.Unix() }, int64(1795079530)},
		{"null all over", `"status":"new","priority":null,"group_id":null,"via":null,"tags":null,"custom_fields":null,"metric_set":null`, func(k *desk.Ticket) any { return k.Priority + k.Team + k.Channel + k.Agent }, ""},
		{"an unknown group", `"status":"new","group_id":99`, func(k *desk.Ticket) any { return k.Team }, ""},
		{"a follow-up", `"status":"new","via":{"channel":"web","source":{"rel":"follow_up","from":{"ticket_id":90001}}}`, func(k *desk.Ticket) any { return k.FollowupOf }, "90001"},
		{"an agent in the web form", `"status":"new","submitter_id":501,"requester_id":7001,"via":{"channel":"web"}`, func(k *desk.Ticket) any { return k.CreatedBy }, desk.RoleAgent},
		{"an agent who forwards a mail", `"status":"new","submitter_id":501,"requester_id":7001,"via":{"channel":"email"}`, func(k *desk.Ticket) any { return k.CreatedBy }, desk.RoleUnknown},
		{"a call", `"status":"new","submitter_id":-1,"requester_id":7001,"via":{"channel":"voice"}`, func(k *desk.Ticket) any { return k.CreatedBy }, desk.RoleUnknown},
		{"nobody submitted it", `"status":"new","requester_id":7001,"via":{"channel":"web"}`, func(k *desk.Ticket) any { return k.CreatedBy }, desk.RoleUnknown},
		{"a messaging chat", `"status":"new","from_messaging_channel":true,"via":{"channel":"chat"}`, func(k *desk.Ticket) any { return k.Channel }, "messaging"},
		{"an AI agent's", `"status":"solved","support_type":"ai_agent"`, func(k *desk.Ticket) any { return k.HandledBy }, desk.RoleBot},
		{"seconds of messaging", `"status":"open","via":{"channel":"native_messaging"},"metric_set":{"reply_time_in_minutes":{"calendar":0},"reply_time_in_seconds":{"calendar":42}}`, func(k *desk.Ticket) any { return k.FirstResponseAt.Sub(began) }, 42 * time.Second},
		{"seconds of no messaging", `"status":"open","via":{"channel":"web"},"metric_set":{"reply_time_in_minutes":{"calendar":2},"reply_time_in_seconds":{"calendar":42}}`, func(k *desk.Ticket) any { return k.FirstResponseAt.Sub(began) }, 2 * time.Minute},
		{"not answered yet", `"status":"open","metric_set":{"reply_time_in_minutes":{"calendar":null,"business":null}}`, func(k *desk.Ticket) any { return k.FirstResponseAt.IsZero() }, true},
		{"less than nothing", `"status":"open","metric_set":{"reopens":-1,"group_stations":0,"reply_time_in_minutes":{"calendar":-5,"business":99999999999}}`, func(k *desk.Ticket) any {
			return fmt.Sprint(k.Reopens.Set, k.Transfers.Value, k.FirstResponseAt.IsZero(), k.FirstResponseBusiness.Set)
		}, "false 0 true false"},
		{"one solve, to the second", `"status":"solved","metric_set":{"reopens":0,"solved_at":"2026-11-18T09:30:30Z","first_resolution_time_in_minutes":{"calendar":30}}`, func(k *desk.Ticket) any {
			return fmt.Sprint(k.FirstSolvedAt.IsZero(), k.SolvedAt.Sub(began))
		}, "true 30m30s"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := open(t, map[string]answers{ticketsPath: ticketsPage(`{"id":1,` + created + tt.fields + `}`)})
			got := drain(t, d.source(t), nil, noon)
			if len(got.rejects) > 0 {
				t.Fatalf("rejected: %+v", got.rejects)
			}
			if shown := tt.shows(body[*desk.Ticket](t, got, "1")); shown != tt.want {
				t.Errorf("got %v, want %v", shown, tt.want)
			}
		})
	}
}

func TestMetricsBesideTheTickets(t *testing.T) {
	d := open(t, map[string]answers{ticketsPath: says(`{"tickets":[{"id":1,"status":"open","created_at":"2026-11-18T09:00:00Z"}],
		"metric_sets":[{"ticket_id":1,"replies":4},{"ticket_id":2,"replies":9}],"after_cursor":"end","end_of_stream":true}`)})
	if got := body[*desk.Ticket](t, drain(t, d.source(t), nil, noon), "1").AgentReplies; got != desk.Some(4) {
		t.Errorf("replies: got %v, want 4", got)
	}
}

func TestBadTicketsAreRejectedOneByOne(t *testing.T) {
	good := `{"id":5,"status":"open","created_at":"2026-11-18T09:00:00Z"}`
	d := open(t, map[string]answers{ticketsPath: ticketsPage(
		`"a secret subject"`, `{"id":{"a secret":1}}`, `{"id":2,"status":"open"}`, `{"id":3,"status":"open","created_at":"a secret morning"}`,
		`{"id":4,"status":"a secret","created_at":"2026-11-18T09:00:00Z"}`, good,
	)})
	got := drain(t, d.source(t), nil, noon)
	if ids := got.ids(desk.KindTicket); len(ids) != 1 || ids[0] != "5" {
		t.Errorf("told of %v, want the good one", ids)
	}
	want := []struct {
		where  string
		reason desk.Reason
	}{
		{"ticket number 1 of a page", desk.ReasonMalformed},
		{"ticket number 2 of a page", desk.ReasonMalformed},
		{"ticket 2", desk.ReasonMissingField},
		{"ticket 3", desk.ReasonBadTime},
		{"ticket 4", desk.ReasonUnknownValue},
	}
	if len(got.rejects) != len(want) {
		t.Fatalf("rejects: %+v", got.rejects)
	}
	for i, r := range got.rejects {
		if r.Where != want[i].where || r.Reason != want[i].reason || r.Detail == "" || r.Raw == "" {
			t.Errorf("reject %d: got %+v, want %+v", i+1, r, want[i])
		}
		if strings.Contains(r.Where+r.Detail, "secret") {
			t.Errorf("reject %d quotes the record: %s %s", i+1, r.Where, r.Detail)
		}
	}
}

func TestChannels(t *testing.T) {
	for via, want := range map[word]string{
		"": "", "email": "email", "mail": "email", "4": "email", "web": "web", "mobile": "web", "api": "api", "5": "api",
		"chat": "chat", "native_messaging": "messaging", "messaging": "messaging", "whatsapp": "messaging", "line": "messaging",
		"sunshine_conversations_api": "messaging", "sunshine_conversations_facebook_messenger": "social", "instagram_dm": "social",
		"facebook": "social", "twitter_dm": "social", "38": "social", "sms": "sms", "messagebird_sms": "sms", "voice": "phone",
		"phone": "phone", "voicemail": "phone", "sample_ticket": "other", "any_channel": "other", "999": "other",
	} {
		if got := channelOf(via); got != want {
			t.Errorf("%q is %q, want %q", via, got, want)
		}
	}
}

func TestAGroupThatCameLateIsKnownInTheNextRound(t *testing.T) {
	d := open(t, map[string]answers{ticketsPath: ticketsPage(`{"id":1,"status":"open","group_id":99,"created_at":"2026-11-18T09:00:00Z"}`)})
	s := d.source(t)
	drain(t, s, nil, noon)
	d.say(map[string]answers{"/groups": says(`{"groups":[{"id":99,"name":"Late"}]}`)})
	if team := body[*desk.Ticket](t, drain(t, s, nil, noon.Add(time.Minute)), "1").Team; team != "Late" {
		t.Errorf("team %q, want Late", team)
	}
	d.questions("/groups")
	drain(t, s, nil, noon.Add(2*time.Minute))
	if asked := d.questions("/groups"); len(asked) > 0 {
		t.Errorf("all groups are known, and it asked %q", asked)
	}
}

// A first answer given while a round is under way is told by the metric events of
// the next one, to the second: the minutes of the ticket would come before them.
func TestAFirstAnswerOfTheLastMinuteIsLeftToTheEvents(t *testing.T) {
	for _, tt := range []struct {
		name, fields string
		answered     time.Duration // before the target; 0: it is left out
		code         int           // of the metric events
	}{
		{"long ago", `"reply_time_in_minutes":{"calendar":58}`, 2 * time.Minute, 200},
		{"a minute before the target", `"reply_time_in_minutes":{"calendar":59}`, time.Minute, 200},
		{"behind that", `"reply_time_in_minutes":{"calendar":60}`, 0, 200},
		{"of messaging, to the second", `"reply_time_in_seconds":{"calendar":3590}`, 10 * time.Second, 200},
		{"without metric events", `"reply_time_in_minutes":{"calendar":59.5}`, 30 * time.Second, http.StatusForbidden},
	} {
		d := open(t, map[string]answers{ticketsPath: ticketsPage(
			`{"id":1,"status":"open","from_messaging_channel":true,"created_at":"2026-11-20T11:00:00Z","metric_set":{` + tt.fields + `}}`)})
		if tt.code != http.StatusOK {
			d.say(map[string]answers{eventsPath: refuses(tt.code)})
		}
		want := time.Time{}
		if tt.answered > 0 {
			want = noon.Add(-tt.answered)
		}
		if got := body[*desk.Ticket](t, drain(t, d.source(t), nil, noon), "1").FirstResponseAt; !got.Equal(want) {
			t.Errorf("%s: answered at %s, want %s", tt.name, got, want)
		}
	}
}

func TestGroupsAreReadWhenThereIsNeed(t *testing.T) {
	d := open(t, map[string]answers{ticketsPath: ticketsPage(
		`{"id":1,"status":"open","group_id":31,"created_at":"2026-11-18T09:00:00Z"}`,
		`{"id":2,"status":"open","group_id":99,"created_at":"2026-11-18T09:00:00Z"}`,
	)})
	s := d.source(t)
	for _, step := range []struct {
		name  string
		until time.Time
		group int
		asked int
		team  string
	}{
		{"the first time", noon, 31, 1, "Billing"},
		{"in the same round", noon, 31, 0, "Billing"},
		{"a group that was not listed, in the next round", noon.Add(time.Minute), 99, 1, ""},
		{"and in that same round", noon.Add(time.Minute), 99, 0, ""},
		{"an hour later", noon.Add(61 * time.Minute), 31, 1, "Billing"},
		{"a new group", noon.Add(62 * time.Minute), 32, 1, ""},
	} {
		d.say(map[string]answers{ticketsPath: ticketsPage(fmt.Sprintf(
			`{"id":1,"status":"open","group_id":%d,"created_at":"2026-11-18T09:00:00Z"},{"id":2,"status":"open","group_id":99,"created_at":"2026-11-18T09:00:00Z"}`, step.group))})
		got := drain(t, s, nil, step.until)
		if team := body[*desk.Ticket](t, got, "1").Team; team != step.team {
			t.Errorf("%s: team %q, want %q", step.name, team, step.team)
		}
		if asked := len(d.questions("/groups")); asked != step.asked {
			t.Errorf("%s: %d requests for groups, want %d", step.name, asked, step.asked)
		}
	}
}
