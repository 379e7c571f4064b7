package zendesktest

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"testing"

	"helpdesk_exporter/sources/sourcestest"
)

const exported = "incremental/tickets/cursor"

func unixAt(minutes float64) string { return strconv.FormatInt(at(minutes).Unix(), 10) }

// TestStartTimeMustBeAMinuteOld: "start_time must be >1 min in the past".
func TestStartTimeMustBeAMinuteOld(t *testing.T) {
	d, _ := open(Options{})
	for _, row := range []struct {
		endpoint string
		minutes  float64
		want     string
	}{
		{exported, 119.5, "400 StartTimeTooRecent"},
		{exported, 119, "200 <nil>"},
		{"incremental/ticket_metric_events", 119.5, "422 InvalidValue"},
		{"incremental/ticket_metric_events", 119, "200 <nil>"},
	} {
		a := ask(t, d, row.endpoint, "start_time", unixAt(row.minutes))
		if got := fmt.Sprint(a.status, " ", a.object["error"]); got != row.want {
			t.Errorf("%s at minute %v: got %s, want %s", row.endpoint, row.minutes, got, row.want)
		}
	}
	if a := ask(t, d, exported); a.status != http.StatusBadRequest {
		t.Errorf("without start_time: got %d, want 400", a.status)
	}
}

// TestTheLastMinuteIsWithheld: "items that were created or changed within the
// minute prior to your request are excluded".
func TestTheLastMinuteIsWithheld(t *testing.T) {
	d, c := open(Options{}, ticket(1), ticket(2, happened(119.5, sourcestest.Note)))
	if got := ask(t, d, exported, "start_time", "1").ids(t, "tickets"); !slices.Equal(got, []int64{1}) {
		t.Errorf("half a minute after the change: got %v, want ticket 1 only", got)
	}
	c.set(120.5)
	if got := ask(t, d, exported, "start_time", "1").ids(t, "tickets"); !slices.Equal(got, []int64{1, 2}) {
		t.Errorf("a minute after the change: got %v, want both", got)
	}
}

// TestTicketsComeInTheOrderOfTheirChanges pages by one, while a ticket that was
// read already changes: it moves to the end, and comes again.
func TestTicketsComeInTheOrderOfTheirChanges(t *testing.T) {
	d, c := open(Options{},
		ticket(1, happened(30, sourcestest.Note), happened(125, sourcestest.Note)),
		ticket(2, happened(20, sourcestest.Note)), ticket(3, happened(40, sourcestest.Note)))
	var got []int64
	page := ask(t, d, exported, "start_time", "1", "per_page", "1")
	for {
		got = append(got, page.ids(t, "tickets")...)
		if page.object["end_of_stream"] == true {
			break
		}
		c.now = c.now.Add(2 * 60e9)
		page = ask(t, d, exported, "cursor", page.object["after_cursor"].(string), "per_page", "1")
	}
	if want := []int64{2, 1, 3}; !slices.Equal(got, want) {
		t.Fatalf("got %v, want %v", got, want)
	}
	c.set(126)
	page = ask(t, d, exported, "cursor", page.object["after_cursor"].(string))
	if got := page.ids(t, "tickets"); !slices.Equal(got, []int64{1}) || page.object["end_of_stream"] != true {
		t.Errorf("after the change: got %v, want ticket 1 again", got)
	}
	again := ask(t, d, exported, "cursor", page.object["after_cursor"].(string))
	if len(again.ids(t, "tickets")) != 0 || again.object["after_cursor"] != page.object["after_cursor"] {
		t.Errorf("with nothing new: got %v, want no ticket and the same cursor", again.object)
	}
}

// TestATicketThatChangedSinceLeavesItsPlace: what was changed before a page and
// will be told in a minute is not told as it was before.
func TestATicketThatChangedSinceLeavesItsPlace(t *testing.T) {
	d, _ := open(Options{}, ticket(1, happened(119.9, sourcestest.Solve)), ticket(2))
	if got := ask(t, d, exported, "start_time", "1").ids(t, "tickets"); !slices.Equal(got, []int64{2}) {
		t.Errorf("got %v, want ticket 2 only", got)
	}
}

func TestAfterURLNamesTheVendorsHost(t *testing.T) {
	d, _ := open(Options{}, ticket(1), ticket(2))
	a := ask(t, d, exported, "start_time", "1", "per_page", "1")
	want := Host + "/api/v2/incremental/tickets/cursor.json?cursor=" + url.QueryEscape(a.object["after_cursor"].(string)) + "&per_page=1"
	if a.object["after_url"] != want {
		t.Errorf("got %v, want %v", a.object["after_url"], want)
	}
}

func TestForgottenCursorsAreRefused(t *testing.T) {
	d, _ := open(Options{}, ticket(1))
	cursor := ask(t, d, exported, "start_time", "1").object["after_cursor"].(string)
	d.ForgetCursors()
	for _, c := range []string{cursor, "x", "!"} {
		if a := ask(t, d, exported, "cursor", c); a.status != http.StatusBadRequest {
			t.Errorf("cursor %q: got %d, want 400", c, a.status)
		}
	}
	cursor = ask(t, d, exported, "start_time", "1").object["after_cursor"].(string)
	if a := ask(t, d, exported, "cursor", cursor); a.status != http.StatusOK {
		t.Errorf("a new cursor: got %d, want 200", a.status)
	}
}

// TestMetricSetsComeOnDemand: nested in each ticket, with include=metric_sets.
func TestMetricSetsComeOnDemand(t *testing.T) {
	d, _ := open(Options{}, ticket(1,
		happened(10, sourcestest.AgentReply), happened(20, sourcestest.Pend), happened(50, sourcestest.CustomerReply),
		happened(55, sourcestest.Hold), happened(60, sourcestest.Open), happened(70, sourcestest.AgentReply),
		happened(80, sourcestest.Solve), happened(90, sourcestest.Reopen), happened(100.5, sourcestest.Solve)))
	if _, there := ask(t, d, exported, "start_time", "1").list(t, "tickets")[0]["metric_set"]; there {
		t.Error("there is a metric set that nobody asked for")
	}
	set := ask(t, d, exported, "start_time", "1", "include", "metric_sets").list(t, "tickets")[0]["metric_set"].(object)
	for name, want := range map[string]any{
		"ticket_id": 1.0, "reopens": 1.0, "replies": 2.0, "group_stations": 1.0, "assignee_stations": 0.0, "initially_assigned_at": nil,
		"solved_at": "2026-03-02T10:40:30Z", "latest_comment_added_at": "2026-03-02T10:30:00Z", "status_updated_at": "2026-03-02T10:40:30Z",
	} {
		if set[name] != want {
			t.Errorf("%s: got %v, want %v", name, set[name], want)
		}
	}
	for name, want := range map[string]float64{
		"reply_time_in_minutes": 10, "first_resolution_time_in_minutes": 80, "full_resolution_time_in_minutes": 100,
		"agent_wait_time_in_minutes": 30, "requester_wait_time_in_minutes": 20 + 30 + 10, "on_hold_time_in_minutes": 5,
	} {
		if got := nested(set, name, "calendar"); got != want {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
	}
}

// TestBusinessMinutesRunInOfficeHours: ninety minutes lie between 16:30 and 10
// o'clock of the next working day, over a weekend too.
func TestBusinessMinutesRunInOfficeHours(t *testing.T) {
	friday := 4*24*60 + 7.5*60
	of := ticket(1, happened(friday+3*24*60-6.5*60, sourcestest.AgentReply))
	of.CreatedAt = at(friday)
	d, c := open(Options{}, of)
	c.set(friday + 4*24*60)
	set := ask(t, d, exported, "start_time", "1", "include", "metric_sets").list(t, "tickets")[0]["metric_set"].(object)
	if got := nested(set, "reply_time_in_minutes", "business"); got != 90.0 {
		t.Errorf("business: got %v, want 90", got)
	}
	if got := nested(set, "reply_time_in_minutes", "calendar"); got != 3*24*60-6.5*60 {
		t.Errorf("calendar: got %v, want 3930", got)
	}
}

// TestSystemUpdatesKeepUpdatedAt: closing by an automation changes the
// generated_timestamp only, which is what is exported by.
func TestSystemUpdatesKeepUpdatedAt(t *testing.T) {
	d, _ := open(Options{}, ticket(1, happened(10, sourcestest.Solve), happened(100, sourcestest.Close)))
	o := ask(t, d, exported, "start_time", unixAt(90)).list(t, "tickets")[0]
	if o["status"] != "closed" || o["updated_at"] != "2026-03-02T09:10:00Z" || o["generated_timestamp"] != float64(at(100).Unix()) {
		t.Errorf("got %v, %v and %v", o["status"], o["updated_at"], o["generated_timestamp"])
	}
}

// TestDeletedTicketsAreScrubbed: they stay in the export, unless exclude_deleted.
func TestDeletedTicketsAreScrubbed(t *testing.T) {
	d, _ := open(Options{}, ticket(1, happened(10, sourcestest.Delete)), ticket(2, happened(11, sourcestest.Spam)))
	for _, o := range ask(t, d, exported, "start_time", "1", "include", "metric_sets").list(t, "tickets") {
		if o["status"] != "deleted" || o["subject"] != "SCRUBBED" || o["metric_set"] != nil || o["group_id"] != nil {
			t.Errorf("got %v", o)
		}
	}
	if got := ask(t, d, exported, "start_time", "1", "exclude_deleted", "true").ids(t, "tickets"); len(got) != 0 {
		t.Errorf("with exclude_deleted: got %v, want none", got)
	}
	if got := ask(t, d, "tickets/show_many", "ids", "1,2").ids(t, "tickets"); len(got) != 0 {
		t.Errorf("show_many: got %v, want none", got)
	}
}

// TestMergedTicketsAreClosed with a tag; nothing says into which.
func TestMergedTicketsAreClosed(t *testing.T) {
	d, _ := open(Options{}, ticket(1), ticket(2, sourcestest.Event{At: at(10), What: sourcestest.Merge, Into: 1}))
	o := ask(t, d, exported, "start_time", unixAt(5)).list(t, "tickets")[0]
	if o["status"] != "closed" || !slices.Contains(o["tags"].([]any), any("closed_by_merge")) {
		t.Errorf("got %v with tags %v", o["status"], o["tags"])
	}
}

// TestTicketsOfAIAgentsAreAbsentByDefault: support_type_scope is agent.
func TestTicketsOfAIAgentsAreAbsentByDefault(t *testing.T) {
	d, _ := open(Options{AIOnly: []int64{2}}, ticket(1), ticket(2))
	for scope, want := range map[string][]int64{"": {1}, "agent": {1}, "ai_agent": {2}, "all": {1, 2}} {
		if got := ask(t, d, exported, "start_time", "1", "support_type_scope", scope).ids(t, "tickets"); !slices.Equal(got, want) {
			t.Errorf("scope %q: got %v, want %v", scope, got, want)
		}
	}
}

func TestHoldIsTheCategoryOfTwoStatuses(t *testing.T) {
	d, _ := open(Options{}, ticket(1, happened(10, sourcestest.Hold)), ticket(2, happened(11, sourcestest.Hold)))
	for i, o := range ask(t, d, exported, "start_time", "1").list(t, "tickets") {
		if want := []float64{4, makersStatus}[i]; o["status"] != "hold" || o["custom_status_id"] != want {
			t.Errorf("got %v and %v, want hold and %v", o["status"], o["custom_status_id"], want)
		}
	}
}

func TestShowManyTakesAHundred(t *testing.T) {
	d, _ := open(Options{}, ticket(1), ticket(5))
	a := ask(t, d, "tickets/show_many", "ids", "5,3,1", "include", "metric_sets")
	if got := a.ids(t, "tickets"); !slices.Equal(got, []int64{5, 1}) || nested(a.list(t, "tickets")[0], "metric_set", "replies") != 0.0 {
		t.Errorf("got %v", a.object)
	}
	long := "1"
	for range 100 {
		long += ",1"
	}
	if a := ask(t, d, "tickets/show_many", "ids", long); a.status != http.StatusBadRequest {
		t.Errorf("101 ids: got %d, want 400", a.status)
	}
}

func TestSearchCounts(t *testing.T) {
	d, _ := open(Options{}, ticket(1), ticket(2, happened(10, sourcestest.Pend)), ticket(3, happened(10, sourcestest.Solve)),
		ticket(4, happened(10, sourcestest.Delete)), ticket(5, happened(119.5, sourcestest.Solve)))
	for query, want := range map[string]float64{
		"type:ticket status<solved": 3, "type:ticket": 4, "type:ticket status:pending": 1, "type:ticket status>=solved": 1,
	} {
		if got := ask(t, d, "search/count", "query", query).object["count"]; got != want {
			t.Errorf("%s: got %v, want %v", query, got, want)
		}
	}
}

// TestSearchExport: "Searches with type in the query string will result in an
// error", results come in the order of created_at, and a cursor "expires after
// one hour".
func TestSearchExport(t *testing.T) {
	d, c := open(Options{}, ticket(1), ticket(2), ticket(3, happened(10, sourcestest.Solve)), ticket(4))
	const endpoint = "search/export"
	for _, wrong := range [][]string{
		{"query", "status<solved"},
		{"query", "type:ticket status<solved", "filter[type]", "ticket"},
		{"query", "state<solved", "filter[type]", "ticket"},
	} {
		if a := ask(t, d, endpoint, wrong...); a.status != http.StatusUnprocessableEntity {
			t.Errorf("%v: got %d, want 422", wrong, a.status)
		}
	}
	right := []string{"query", "status<solved", "filter[type]", "ticket", "page[size]", "2"}
	first := ask(t, d, endpoint, right...)
	if got := first.ids(t, "results"); !slices.Equal(got, []int64{1, 2}) || nested(first.object, "meta", "has_more") != true {
		t.Fatalf("first page: got %v", first.object)
	}
	if o := first.list(t, "results")[0]; o["result_type"] != "ticket" || o["metric_set"] != nil {
		t.Errorf("got %v", o)
	}
	right = append(right, "page[after]", nested(first.object, "meta", "after_cursor").(string))
	c.set(180)
	next := ask(t, d, endpoint, right...)
	if got := next.ids(t, "results"); !slices.Equal(got, []int64{4}) || nested(next.object, "meta", "has_more") != false {
		t.Errorf("second page: got %v", next.object)
	}
	c.set(180.1)
	if a := ask(t, d, endpoint, right...); a.status != http.StatusBadRequest {
		t.Errorf("after an hour: got %d, want 400", a.status)
	}
}
