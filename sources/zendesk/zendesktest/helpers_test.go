package zendesktest

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"helpdesk_exporter/sources/sourcestest"
)

// monday is nine o'clock on a Monday, when the office opens.
var monday = time.Date(2026, time.March, 2, 9, 0, 0, 0, time.UTC)

// at returns so many minutes after the office opened.
func at(minutes float64) time.Time { return monday.Add(time.Duration(minutes * float64(time.Minute))) }

// clock is a time that a test sets.
type clock struct{ now time.Time }

func (c *clock) set(minutes float64) { c.now = at(minutes) }

// ticket returns a customer's ticket of normal priority that was created when
// the office opened.
func ticket(id int64, events ...sourcestest.Event) *sourcestest.Ticket {
	return &sourcestest.Ticket{
		ID: id, CreatedAt: monday, Channel: "email", Priority: "normal", Group: 31, Requester: 7001, Events: events,
	}
}

// happened is what an agent or the customer did so many minutes after the office
// opened.
func happened(minutes float64, what sourcestest.What) sourcestest.Event {
	return sourcestest.Event{At: at(minutes), What: what, Agent: 501}
}

// open returns a desk of some tickets, with a clock that stands two hours after
// the office opened.
func open(o Options, tickets ...*sourcestest.Ticket) (*Desk, *clock) {
	c := &clock{now: at(120)}
	o.Now = func() time.Time { return c.now }
	return New(&sourcestest.World{
		Start:   monday,
		Groups:  []sourcestest.Group{{ID: 31, Name: "Billing"}, {ID: 32, Name: "Technical"}},
		Agents:  []sourcestest.Agent{{ID: 501, Login: "agent501", Group: 31}},
		Tickets: tickets,
	}, o), c
}

// answer is what a desk answered.
type answer struct {
	status int
	header http.Header
	object
}

// ask asks a desk for an endpoint; ask are the names and values of parameters.
func ask(t *testing.T, d *Desk, endpoint string, parameters ...string) answer {
	t.Helper()
	return request(t, d, "Bearer s3cret", endpoint, parameters...)
}

func request(t *testing.T, d *Desk, authorization, endpoint string, parameters ...string) answer {
	t.Helper()
	q := url.Values{}
	for i := 0; i < len(parameters); i += 2 {
		q.Set(parameters[i], parameters[i+1])
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/api/v2/"+endpoint+"?"+q.Encode(), nil)
	r.Header.Set("Authorization", authorization)
	w := httptest.NewRecorder()
	d.ServeHTTP(w, r)
	a := answer{status: w.Code, header: w.Header()}
	if err := json.Unmarshal(w.Body.Bytes(), &a.object); err != nil {
		t.Fatalf("%s: answer %q is no object: %v", endpoint, w.Body, err)
	}
	return a
}

// list returns the objects of a list.
func (a answer) list(t *testing.T, name string) []object {
	t.Helper()
	items, ok := a.object[name].([]any)
	if a.status != http.StatusOK || !ok {
		t.Fatalf("answer %d %v has no %s", a.status, a.object, name)
	}
	var all []object
	for _, item := range items {
		all = append(all, item.(object))
	}
	return all
}

// ids returns the ids of a list.
func (a answer) ids(t *testing.T, name string) []int64 {
	t.Helper()
	ids := []int64{}
	for _, o := range a.list(t, name) {
		ids = append(ids, int64(o["id"].(float64)))
	}
	return ids
}

// nested returns a value within objects.
func nested(o object, names ...string) any {
	for _, name := range names[:len(names)-1] {
		inner, ok := o[name].(object)
		if !ok {
			return nil
		}
		o = inner
	}
	return o[names[len(names)-1]]
}
