package freshdesktest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"helpdesk_exporter/sources/freshdesk/freshdesktest"
	"helpdesk_exporter/sources/sourcestest"
)

// morning is the time at the desk of these tests.
var morning = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

// life is a desk with one ticket of each kind.
func life() *sourcestest.World {
	ago := func(d time.Duration) time.Time { return morning.Add(-d) }
	event := func(d time.Duration, what sourcestest.What) sourcestest.Event {
		return sourcestest.Event{At: ago(d), What: what, Agent: 300, Score: 5}
	}
	ticket := func(id int64, created time.Duration, events ...sourcestest.Event) *sourcestest.Ticket {
		return &sourcestest.Ticket{ID: id, CreatedAt: ago(created), Channel: "email", Priority: "high", Group: 41, Requester: 7, Events: events}
	}
	const day = 24 * time.Hour
	return &sourcestest.World{
		Start: ago(90 * day), Groups: []sourcestest.Group{{ID: 41, Name: "First line"}},
		Tickets: []*sourcestest.Ticket{
			ticket(1, 90*day, event(80*day, sourcestest.AgentReply)),
			ticket(2, 20*day, event(19*day, sourcestest.AgentReply), event(18*day, sourcestest.Solve), event(17*day, sourcestest.Rate),
				event(16*day, sourcestest.Reopen), event(15*day, sourcestest.Note)),
			ticket(3, 10*day, event(9*day, sourcestest.Spam)),
			ticket(4, 10*day, event(8*day, sourcestest.Delete)),
			ticket(5, 5*day, event(4*day, sourcestest.Hold)),
			ticket(6, 3*day, event(2*day, sourcestest.Merge)),
		},
	}
}

// asked asks a desk and returns the status, the headers and the answer.
func asked(t *testing.T, d http.Handler, path string) (int, http.Header, any) {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, "/api/v2/"+path, nil)
	r.SetBasicAuth(key, "X")
	w := httptest.NewRecorder()
	d.ServeHTTP(w, r)
	var body any
	if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return w.Code, w.Header(), body
}

func ids(body any) string {
	list, _ := body.([]any)
	var all []any
	for _, row := range list {
		all = append(all, row.(map[string]any)["id"])
	}
	return fmt.Sprint(all)
}

func newDesk(o freshdesktest.Options) *freshdesktest.Desk {
	o.Key, o.Now = key, func() time.Time { return morning }
	return freshdesktest.New(life(), o)
}

func TestListsOfTickets(t *testing.T) {
	ever := "updated_since=2000-01-01T00:00:00Z&"
	at := url.QueryEscape(morning.Add(-4 * 24 * time.Hour).Format(time.RFC3339))
	for _, tt := range []struct {
		query, want string
		o           freshdesktest.Options
	}{
		{"", "[6 5 2]", freshdesktest.Options{}}, // created in thirty days, the newest first, none withdrawn
		{ever, "[6 5 2 1]", freshdesktest.Options{}},
		{ever + "order_by=updated_at&order_type=asc", "[1 2 5 6]", freshdesktest.Options{}},
		{ever + "order_by=updated_at&order_type=asc&per_page=2&page=2", "[5 6]", freshdesktest.Options{}},
		{ever + "filter=spam", "[3]", freshdesktest.Options{}},
		{ever + "filter=deleted", "[4]", freshdesktest.Options{}},
		{"updated_since=" + at, "[6 5]", freshdesktest.Options{}},
		{"updated_since=" + at, "[6]", freshdesktest.Options{Exclusive: true}},
	} {
		if _, _, body := asked(t, newDesk(tt.o), "tickets?"+tt.query); ids(body) != tt.want {
			t.Errorf("%s: got %s, want %s", tt.query, ids(body), tt.want)
		}
	}
}

func TestWrongQuestionsAreRefused(t *testing.T) {
	for path, want := range map[string]int{
		"tickets?page=300": 200, "tickets?page=301": 400, "tickets?per_page=101": 400, "tickets?page=0": 400, "tickets?filter=mine": 400,
		"tickets?order_by=id": 400, "tickets?updated_since=yesterday": 400, "tickets/99": 404, "tickets/4/conversations": 404,
		"search/tickets?query=status:2": 400, "search/tickets?query=%22status:2%22&page=11": 400, "search/tickets?query=%22colour:2%22": 400,
	} {
		if got, _, _ := asked(t, newDesk(freshdesktest.Options{}), path); got != want {
			t.Errorf("%s: got %d, want %d", path, got, want)
		}
	}
	r := httptest.NewRequest(http.MethodGet, "/api/v2/tickets", nil)
	r.SetBasicAuth("another", "X")
	w := httptest.NewRecorder()
	newDesk(freshdesktest.Options{}).ServeHTTP(w, r)
	if w.Code != http.StatusUnauthorized {
		t.Errorf("a wrong key: got %d", w.Code)
	}
	if got, _, _ := asked(t, newDesk(freshdesktest.Options{Gates: map[string]int{"groups": 403}}), "groups"); got != 403 {
		t.Errorf("a gate: got %d", got)
	}
}

func TestTicketsShowWhatBecameOfThem(t *testing.T) {
	_, _, body := asked(t, newDesk(freshdesktest.Options{}), "tickets?include=stats&order_by=updated_at&order_type=asc&updated_since=2000-01-01T00:00:00Z")
	rows := map[float64]map[string]any{}
	for _, row := range body.([]any) {
		rows[row.(map[string]any)["id"].(float64)] = row.(map[string]any)
	}
	stats := rows[2]["stats"].(map[string]any)
	for what, pair := range map[string][2]any{
		"a reopened ticket's status":          {rows[2]["status"], 2.0},
		"when it was answered":                {stats["first_responded_at"], "2026-11-01T09:00:00Z"},
		"when it was reopened":                {stats["reopened_at"], "2026-11-04T09:00:00Z"},
		"when it was solved, which is undone": {stats["resolved_at"], nil},
		"its priority":                        {rows[2]["priority"], 3.0},
		"one that waits for others":           {rows[5]["status"], 7.0},
		"one that was merged":                 {rows[6]["status"], 5.0},
		"one without stats":                   {rows[5]["deleted"], nil},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s: got %v, want %v", what, pair[0], pair[1])
		}
	}
	if _, _, plain := asked(t, newDesk(freshdesktest.Options{}), "tickets"); plain.([]any)[0].(map[string]any)["stats"] != nil {
		t.Error("stats come unasked")
	}
	_, _, said := asked(t, newDesk(freshdesktest.Options{}), "tickets/2/conversations")
	if ids(said) != "[2000 2003 2004]" || said.([]any)[1].(map[string]any)["incoming"] != true || said.([]any)[2].(map[string]any)["private"] != true {
		t.Errorf("what was said: %v", said)
	}
	_, _, found := asked(t, newDesk(freshdesktest.Options{}), "search/tickets?query="+url.QueryEscape(`"status:2 OR status:7"`))
	if total := found.(map[string]any)["total"]; total != 3.0 {
		t.Errorf("the search counts %v", total)
	}
	_, _, ratings := asked(t, newDesk(freshdesktest.Options{}), "surveys/satisfaction_ratings?created_since=2026-11-01T00:00:00Z")
	if ids(ratings) != "[4.3000000002e+10]" {
		t.Errorf("ratings: %v", ratings)
	}
}

func TestLimitsAreToldAndKept(t *testing.T) {
	d := newDesk(freshdesktest.Options{PerMinute: 7, ListPerMinute: 2})
	for _, tt := range []struct {
		path, left string
		status     int
	}{
		{"tickets?include=stats", "4", 200}, // the stats cost two more
		{"tickets?filter=spam", "3", 200},
		{"tickets", "", 429}, // two lists a minute
		{"groups", "1", 200},
	} {
		status, header, _ := asked(t, d, tt.path)
		if status != tt.status || status == 200 && header.Get("X-RateLimit-Remaining") != tt.left || status == 429 && header.Get("Retry-After") != "60" {
			t.Errorf("%s: got %d, %v", tt.path, status, header)
		}
	}
	n, credits := d.Requests()
	if n["tickets"] != 2 || n["tickets?filter=spam"] != 1 || credits != 6 {
		t.Errorf("counted %v, %d credits", n, credits)
	}
}
