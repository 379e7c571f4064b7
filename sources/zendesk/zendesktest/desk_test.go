package zendesktest

import (
	"encoding/base64"
	"fmt"
	"maps"
	"net/http"
	"testing"
)

func TestOnlyTheTokenIsLetIn(t *testing.T) {
	d, _ := open(Options{Token: "s3cret"})
	basic := func(user string) string { return "Basic " + base64.StdEncoding.EncodeToString([]byte(user)) }
	for authorization, want := range map[string]int{
		"Bearer s3cret":                   http.StatusOK,
		basic("kim@example/token:s3cret"): http.StatusOK,
		basic("kim@example:s3cret"):       http.StatusUnauthorized,
		basic("kim@example/token:other"):  http.StatusUnauthorized,
		"Bearer other":                    http.StatusUnauthorized,
		"":                                http.StatusUnauthorized,
	} {
		a := request(t, d, authorization, "groups")
		if a.status != want {
			t.Errorf("with %q: got status %d, want %d", authorization, a.status, want)
		}
		if want == http.StatusUnauthorized && a.object["error"] != "Couldn't authenticate you" {
			t.Errorf("with %q: got %v, want the documented error", authorization, a.object)
		}
	}
}

// TestErrorsHaveFourShapes holds the ways in which endpoints are missing against
// the shapes that were seen.
func TestErrorsHaveFourShapes(t *testing.T) {
	for gate, want := range map[Gate]string{
		NoSuchEndpoint: "404 InvalidEndpoint",
		NoSuchRecord:   "404 RecordNotFound",
		NotInPlan:      "403 map[message:You do not have access to this page. Please contact the account owner of this help desk for further help. title:Forbidden]",
		MissingScope:   "403 Forbidden",
		Coded:          "403 Forbidden",
	} {
		d, _ := open(Options{Gates: map[string]Gate{"slas/policies": gate}})
		a := ask(t, d, "slas/policies.json")
		said := a.object["error"]
		if gate == Coded {
			said = a.object["errors"].([]any)[0].(object)["code"]
		}
		if got := fmt.Sprint(a.status, " ", said); got != want {
			t.Errorf("gate %d: got %s, want %s", gate, got, want)
		}
	}
}

func TestWhatIsNoEndpointIsNotFound(t *testing.T) {
	d, _ := open(Options{})
	if a := ask(t, d, "tickets/unheard_of"); a.status != http.StatusNotFound || a.object["error"] != "InvalidEndpoint" {
		t.Errorf("got %d %v", a.status, a.object)
	}
}

// TestIncrementalExportsShareTenAMinute: "10 requests per minute to these
// endpoints", with Retry-After.
func TestIncrementalExportsShareTenAMinute(t *testing.T) {
	d, c := open(Options{})
	c.now = at(120.75) // fifteen seconds are left of the minute
	for i := range 10 {
		endpoint := []string{"incremental/tickets/cursor", "incremental/ticket_metric_events.json"}[i%2]
		a := ask(t, d, endpoint, "start_time", "1")
		want := fmt.Sprintf("total=10; remaining=%d; resets=15", 9-i)
		if got := a.header.Get("zendesk-ratelimit-incremental-exports"); a.status != http.StatusOK || got != want {
			t.Errorf("request %d: got status %d and %q, want 200 and %q", i+1, a.status, got, want)
		}
	}
	a := ask(t, d, "incremental/tickets/cursor", "start_time", "1")
	if a.status != http.StatusTooManyRequests || a.header.Get("Retry-After") != "15" || a.object["error"] != "APIRateLimitExceeded" {
		t.Errorf("request 11: got %d, Retry-After %q, %v", a.status, a.header.Get("Retry-After"), a.object)
	}
	if a := ask(t, d, "groups"); a.status != http.StatusOK {
		t.Errorf("groups: got %d, want what is no export to go on", a.status)
	}
	if a := ask(t, d, "channels/voice/stats/incremental/calls", "start_time", "1"); a.status != http.StatusOK {
		t.Errorf("calls: got %d, want Talk to have a limit of its own", a.status)
	}
	c.set(121)
	if a := ask(t, d, "incremental/tickets/cursor", "start_time", "1"); a.status != http.StatusOK {
		t.Errorf("in the next minute: got %d, want 200", a.status)
	}
}

func TestTheAccountHasALimit(t *testing.T) {
	d, _ := open(Options{PerMinute: 2})
	ask(t, d, "groups")
	a := ask(t, d, "groups")
	for name, want := range map[string]string{
		"X-Rate-Limit": "2", "X-Rate-Limit-Remaining": "0", "ratelimit-limit": "2", "ratelimit-remaining": "0", "ratelimit-reset": "60",
	} {
		if got := a.header.Get(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	if a := ask(t, d, "groups"); a.status != http.StatusTooManyRequests || a.header.Get("Retry-After") != "60" {
		t.Errorf("over the limit: got %d, Retry-After %q", a.status, a.header.Get("Retry-After"))
	}
}

func TestRequestsAreCountedByEndpoint(t *testing.T) {
	d, _ := open(Options{Token: "s3cret"})
	ask(t, d, "groups")
	ask(t, d, "groups.json")
	request(t, d, "", "search/count")
	want := map[string]int{"groups": 2, "search/count": 1}
	if got := d.Requests(); !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// TestListsPageByCursors: page[size] is at most 100, has_more and links.next say
// that there is more.
func TestListsPageByCursors(t *testing.T) {
	d, _ := open(Options{})
	first := ask(t, d, "groups", "page[size]", "1")
	if nested(first.object, "meta", "has_more") != true || len(first.ids(t, "groups")) != 1 {
		t.Fatalf("first page: got %v", first.object)
	}
	after := nested(first.object, "meta", "after_cursor").(string)
	next := ask(t, d, "groups", "page[size]", "1", "page[after]", after)
	if got := next.ids(t, "groups"); nested(next.object, "meta", "has_more") != false || got[0] != 32 {
		t.Errorf("second page: got %v", next.object)
	}
	if a := ask(t, d, "groups", "page[size]", "1", "page[after]", "x"); a.status != http.StatusBadRequest {
		t.Errorf("with a cursor of nowhere: got %d, want 400", a.status)
	}
}

func TestListsPageByNumbers(t *testing.T) {
	d, _ := open(Options{})
	first := ask(t, d, "groups", "per_page", "1")
	if first.object["next_page"] != Host+"/api/v2/groups.json?page=2&per_page=1" || first.object["count"] != 2.0 {
		t.Errorf("first page: got %v", first.object)
	}
	last := ask(t, d, "groups", "per_page", "1", "page", "2")
	if last.object["next_page"] != nil || last.ids(t, "groups")[0] != 32 {
		t.Errorf("last page: got %v", last.object)
	}
}

func TestTheAccountTellsHowItIsSetUp(t *testing.T) {
	d, _ := open(Options{SLA: Policy{Title: "Standard", Targets: []Target{{Priority: "normal", Metric: "first_reply_time", Minutes: 60, Business: true}}}})
	policy := ask(t, d, "slas/policies").list(t, "sla_policies")[0]
	if m := policy["policy_metrics"].([]any)[0].(object); m["target"] != 60.0 || m["metric"] != "first_reply_time" || m["business_hours"] != true {
		t.Errorf("policy: got %v", m)
	}
	// Minutes since Sunday: Monday, 9 to 17.
	schedule := ask(t, d, "business_hours/schedules").list(t, "schedules")[0]
	if m := schedule["intervals"].([]any)[0].(object); m["start_time"] != 1980.0 || m["end_time"] != 2460.0 {
		t.Errorf("schedule: got %v", m)
	}
	for _, s := range ask(t, d, "custom_statuses").list(t, "custom_statuses") {
		if s["id"] == 6.0 && s["status_category"] != "hold" {
			t.Errorf("custom status: got %v", s)
		}
	}
}
