package intercomtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"helpdesk_exporter/sources/sourcestest"
)

var start = time.Date(2026, 11, 18, 9, 0, 0, 0, time.UTC)

// asked is what the desk answers.
type asked struct {
	code   int
	header http.Header
	body   map[string]any
}

func ask(t *testing.T, d *Desk, method, path, body string) asked {
	t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer t0ken")
	r.Header.Set("Intercom-Version", "2.16")
	return send(t, d, r)
}

func send(t *testing.T, d *Desk, r *http.Request) asked {
	t.Helper()
	w := httptest.NewRecorder()
	d.ServeHTTP(w, r)
	a := asked{code: w.Code, header: w.Header()}
	if err := json.Unmarshal(w.Body.Bytes(), &a.body); err != nil {
		t.Fatalf("%s %s: %v", r.Method, r.URL, err)
	}
	return a
}

// found returns the ids that a search finds.
func (a asked) found() []string {
	ids := []string{}
	list, _ := a.body["conversations"].([]any)
	for _, item := range list {
		ids = append(ids, item.(map[string]any)["id"].(string))
	}
	return ids
}

func (a asked) next() string {
	next, _ := a.body["pages"].(map[string]any)["next"].(map[string]any)
	token, _ := next["starting_after"].(string)
	return token
}

// three is a world of three conversations, a minute apart.
func three() *sourcestest.World {
	w := &sourcestest.World{Groups: []sourcestest.Group{{ID: 5, Name: "Billing"}}}
	for i := range 3 {
		w.Tickets = append(w.Tickets, &sourcestest.Ticket{ID: int64(i + 1), CreatedAt: start.Add(time.Duration(i) * time.Minute), Channel: "email", Requester: 9})
	}
	return w
}

func search(conditions string, size int, token string) string {
	return fmt.Sprintf(`{"query":%s,"pagination":{"per_page":%d,"starting_after":%q},"sort":{"field":"updated_at","order":"ascending"}}`, conditions, size, token)
}

func TestSearchesAreByTheSecondAndPaged(t *testing.T) {
	now := start.Add(time.Hour)
	d := New(three(), Options{Token: "t0ken", Now: func() time.Time { return now }, TokenLife: time.Minute})
	all := fmt.Sprintf(`{"operator":"AND","value":[{"field":"updated_at","operator":">","value":%d},{"field":"updated_at","operator":"<","value":%d}]}`, start.Unix()-1, start.Unix()+121)
	first := ask(t, d, "POST", "/conversations/search", search(all, 2, ""))
	if diff := cmp.Diff([]string{"1", "2"}, first.found()); diff != "" || first.body["total_count"] != 3.0 || first.next() == "" {
		t.Errorf("the first page: %s, of %v, next %q", diff, first.body["total_count"], first.next())
	}
	second := ask(t, d, "POST", "/conversations/search", search(all, 2, first.next()))
	if diff := cmp.Diff([]string{"3"}, second.found()); diff != "" || second.next() != "" {
		t.Errorf("the second page: %s, next %q", diff, second.next())
	}
	now = now.Add(2 * time.Minute)
	if a := ask(t, d, "POST", "/conversations/search", search(all, 2, first.next())); a.code != http.StatusBadRequest {
		t.Errorf("a token of another poll: %d", a.code)
	}
	later := fmt.Sprintf(`{"operator":"AND","value":[{"field":"updated_at","operator":">","value":%d}]}`, start.Unix())
	if diff := cmp.Diff([]string{"2", "3"}, ask(t, d, "POST", "/conversations/search", search(later, 9, "")).found()); diff != "" {
		t.Errorf("after the first second: %s", diff)
	}
}

func TestConditions(t *testing.T) {
	w := three()
	w.Tickets[0].Events = []sourcestest.Event{{At: start.Add(time.Minute), What: sourcestest.Solve}}
	w.Tickets[1].Events = []sourcestest.Event{{At: start.Add(5 * time.Minute), What: sourcestest.Pend}}
	d := New(w, Options{Now: func() time.Time { return start.Add(time.Hour) }})
	for conditions, want := range map[string][]string{
		`{"field":"open","operator":"=","value":true}`:                                                                                                              {"3", "2"},
		`{"field":"open","operator":"!=","value":true}`:                                                                                                             {"1"},
		`{"field":"state","operator":"=","value":"snoozed"}`:                                                                                                        {"2"},
		`{"field":"state","operator":"IN","value":["open","closed"]}`:                                                                                               {"1", "3"},
		`{"field":"state","operator":"NIN","value":["open","closed"]}`:                                                                                              {"2"},
		`{"operator":"OR","value":[{"field":"state","operator":"=","value":"closed"},{"field":"id","operator":"=","value":"3"}]}`:                                   {"1", "3"},
		`{"operator":"AND","value":[{"field":"open","operator":"=","value":true},{"field":"priority","operator":"=","value":"priority"}]}`:                          {},
		`{"operator":"AND","value":[{"operator":"OR","value":[{"field":"id","operator":"=","value":"1"}]},{"field":"source.type","operator":"=","value":"email"}]}`: {"1"},
	} {
		got := ask(t, d, "POST", "/conversations/search", search(conditions, 20, "")).found()
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", conditions, diff)
		}
	}
	for _, body := range []string{
		search(`{"field":"updated_at","operator":">=","value":1}`, 20, ""),
		search(`{"field":"mood","operator":"=","value":1}`, 20, ""),
		search(`{"field":"id","operator":"=","value":"1"}`, 151, ""),
		search(`{"field":"id","operator":"=","value":"1"}`, 20, "nonsense"),
		search(`{"operator":"AND","value":[{"operator":"AND","value":[{"operator":"AND","value":[]}]}]}`, 20, ""),
		search(`{"operator":"AND","value":[`+strings.Repeat(`{"field":"id","operator":"=","value":"1"},`, 15)+`{"field":"id","operator":"=","value":"1"}]}`, 20, ""),
		`{`,
	} {
		if a := ask(t, d, "POST", "/conversations/search", body); a.code != http.StatusBadRequest || a.body["type"] != "error.list" {
			t.Errorf("%s: %d", body, a.code)
		}
	}
}

// The search is told late of what happens, and not in the order of it; the
// conversation itself shows it at once.
func TestTheSearchIsLate(t *testing.T) {
	w := three()
	now := start
	d := New(w, Options{Now: func() time.Time { return now }, IndexLag: 100 * time.Second})
	everything := search(`{"field":"updated_at","operator":">","value":0}`, 20, "")
	late := time.Time{}
	for ; late.IsZero(); now = now.Add(time.Second) {
		if len(ask(t, d, "POST", "/conversations/search", everything).found()) > 0 {
			late = now
		}
		if ask(t, d, "GET", "/conversations/1", "").code != http.StatusOK {
			t.Fatal("the conversation itself is late")
		}
	}
	if lag := late.Sub(start); lag == 0 || lag > 100*time.Second {
		t.Errorf("the first conversation shows after %s", lag)
	}
	now = start.Add(2*time.Minute + 100*time.Second)
	if got := ask(t, d, "POST", "/conversations/search", everything).found(); len(got) != 3 {
		t.Errorf("in the end it shows %v", got)
	}
}

func TestAChangedConversationMovesToTheEnd(t *testing.T) {
	w := three()
	w.Tickets[0].Events = []sourcestest.Event{{At: start.Add(time.Hour), What: sourcestest.AgentReply, Agent: 3}}
	d := New(w, Options{Now: func() time.Time { return start.Add(2 * time.Hour) }})
	got := ask(t, d, "POST", "/conversations/search", search(`{"field":"updated_at","operator":">","value":0}`, 20, "")).found()
	if diff := cmp.Diff([]string{"2", "3", "1"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestDeletedConversationsAreListedAndGone(t *testing.T) {
	w := three()
	w.Tickets[1].Events = []sourcestest.Event{{At: start.Add(time.Hour), What: sourcestest.Delete}}
	d := New(w, Options{Now: func() time.Time { return start.Add(2 * time.Hour) }})
	if got := ask(t, d, "GET", "/conversations/deleted?per_page=60", "").found(); !cmp.Equal(got, []string{"2"}) {
		t.Errorf("deleted are %v", got)
	}
	if a := ask(t, d, "GET", "/conversations/2", ""); a.code != http.StatusNotFound {
		t.Errorf("it answers %d", a.code)
	}
	if got := ask(t, d, "POST", "/conversations/search", search(`{"field":"updated_at","operator":">","value":0}`, 20, "")).found(); !cmp.Equal(got, []string{"1", "3"}) {
		t.Errorf("the search finds %v", got)
	}
	r := httptest.NewRequest("GET", "/conversations/deleted", nil)
	r.Header.Set("Intercom-Version", "2.15")
	if a := send(t, d, r); a.code != http.StatusNotFound {
		t.Errorf("an older version answers %d", a.code)
	}
}

func TestOnlyTheLastPartsAreGiven(t *testing.T) {
	w := three()
	for i := range 7 {
		w.Tickets[0].Events = append(w.Tickets[0].Events, sourcestest.Event{At: start.Add(time.Duration(i+1) * time.Minute), What: sourcestest.Note, Agent: 3})
	}
	d := New(w, Options{Now: func() time.Time { return start.Add(time.Hour) }, PartsMost: 5})
	parts := ask(t, d, "GET", "/conversations/1", "").body["conversation_parts"].(map[string]any)
	list := parts["conversation_parts"].([]any)
	if len(list) != 5 || parts["total_count"] != 7.0 || list[4].(map[string]any)["created_at"] != float64(start.Add(7*time.Minute).Unix()) {
		t.Errorf("of %v parts these are given: %v", parts["total_count"], list)
	}
}

// A limit holds for ten seconds and tells when they are over, in Unix time; how
// long to wait it does not tell otherwise.
func TestTheLimit(t *testing.T) {
	now := start.Add(3 * time.Second)
	d := New(three(), Options{Now: func() time.Time { return now }, PerWindow: 2})
	for _, want := range []int{http.StatusOK, http.StatusOK, http.StatusTooManyRequests} {
		if a := ask(t, d, "GET", "/teams", ""); a.code != want || a.header.Get("X-RateLimit-Limit") != "2" ||
			a.header.Get("X-RateLimit-Reset") != fmt.Sprint(start.Unix()+10) || a.header.Get("Retry-After") != "" {
			t.Errorf("got %d, want %d; %v", a.code, want, a.header)
		}
	}
	now = start.Add(10 * time.Second)
	if a := ask(t, d, "GET", "/teams", ""); a.code != http.StatusOK || a.header.Get("X-RateLimit-Remaining") != "1" {
		t.Errorf("in the next window: %d, %v", a.code, a.header)
	}
}

func TestWrongCredentialsAndMissingVersions(t *testing.T) {
	d := New(three(), Options{Token: "t0ken", PerWindow: 9})
	r := httptest.NewRequest("GET", "/teams", nil)
	if a := send(t, d, r); a.code != http.StatusUnauthorized || a.header.Get("X-RateLimit-Limit") != "" {
		t.Errorf("without a token: %d, %v", a.code, a.header)
	}
	r.Header.Set("Authorization", "Bearer t0ken")
	if a := send(t, d, r); a.code != http.StatusBadRequest {
		t.Errorf("without a version: %d", a.code)
	}
	if got := d.Requests(); !cmp.Equal(got, map[string]int{"GET /teams": 1}) {
		t.Errorf("counted %v", got)
	}
}

func TestConversationsWithoutACustomersWordHaveNoStatistics(t *testing.T) {
	w := three()
	w.Tickets[0].ByAgent, w.Tickets[0].Agent = true, 3
	w.Tickets[1].ByAgent, w.Tickets[1].Agent = true, 3
	w.Tickets[1].Events = []sourcestest.Event{{At: start.Add(time.Hour), What: sourcestest.CustomerReply}}
	d := New(w, Options{Now: func() time.Time { return start.Add(2 * time.Hour) }})
	if got := ask(t, d, "GET", "/conversations/1", "").body["statistics"]; got != nil {
		t.Errorf("statistics %v", got)
	}
	got, _ := ask(t, d, "GET", "/conversations/2", "").body["statistics"].(map[string]any)
	if got["first_contact_reply_at"] != float64(start.Add(time.Hour).Unix()) {
		t.Errorf("statistics %v", got)
	}
}
