// Package zendesktest is a Zendesk to test against: a handler that shows of a
// made-up desk what Zendesk would show at the time, in the way in which its
// reference documents it. Where the reference says nothing, Options has a switch
// or the answer is the one that asks most of who reads it.
package zendesktest

import (
	"maps"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"helpdesk_exporter/sources/sourcestest"
)

// Host begins the addresses that answers tell, wherever the desk is served.
const Host = "https://acme.zendesk.com"

// withheld is how long the incremental exports keep what is new to themselves.
const withheld = time.Minute

// Options says what kind of account it is.
type Options struct {
	// Token is the only one that is let in, as a bearer token or as the API token
	// of basic authentication; empty lets everybody in.
	Token string
	Now   func() time.Time // nil is the clock
	// PageSize caps how much goes on a page, below what the vendor allows.
	PageSize int
	// Gates are the endpoints that the account does not have, by their path
	// behind /api/v2/ and without ".json".
	Gates map[string]Gate
	// NewCSAT says that customers are asked by the new surveys: there are no
	// satisfaction ratings then, else no survey responses.
	NewCSAT bool
	// SLA is the one policy; without targets there is none.
	SLA Policy
	// Calls are what Talk tells of, in any order.
	Calls []Call
	// AIOnly are the tickets that no person had a part in.
	AIOnly []int64

	PerMinute            int // requests of the account; 0 is 400
	IncrementalPerMinute int // among them those to the incremental exports; 0 is 10

	// NewRuns lets what a reopened ticket is measured by go on under the next
	// instance_id; else the fulfilled instance is activated again. The reference
	// can be read either way.
	NewRuns bool
	// SolvesAnswer lets a solve without a public comment fulfill the reply time.
	// The reference names the comment only.
	SolvesAnswer bool
	// WithoutEnd leaves end_of_stream out of the ticket metric events, as the
	// example of their reference does.
	WithoutEnd bool
}

// Desk is the account. It may be asked from many goroutines.
type Desk struct {
	world *sourcestest.World
	o     Options
	hours hours

	// Worked out when they are first needed.
	changes  func() []change
	tellings func() []telling
	byTime   func() []telling
	asked    func() []*asked

	mu       sync.Mutex
	limits   map[string]*window
	requests map[string]int
	issue    int // of cursors: older ones are not taken any more
}

// New returns the account of a world.
func New(world *sourcestest.World, o Options) *Desk {
	if o.Now == nil {
		o.Now = time.Now
	}
	d := &Desk{world: world, o: o, hours: officeHours(), limits: newLimits(o), requests: map[string]int{}}
	d.changes = sync.OnceValue(d.listChanges)
	d.tellings = sync.OnceValue(d.tellClocks)
	d.byTime = sync.OnceValue(d.listByTime)
	d.asked = sync.OnceValue(d.listAsked)
	return d
}

// Requests returns how many requests there were so far, by the path behind
// /api/v2/; those that were turned away count.
func (d *Desk) Requests() map[string]int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return maps.Clone(d.requests)
}

// ForgetCursors makes the cursors of the incremental exports invalid that were
// given out so far.
func (d *Desk) ForgetCursors() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.issue++
}

// query is what one request asks.
type query struct {
	url.Values
	endpoint string
	now      time.Time
}

// settled is the last second of which the incremental exports tell.
func (q query) settled() int64 { return q.now.Add(-withheld).Unix() }

// endpoints lists what can be asked.
func (d *Desk) endpoints() map[string]func(query) (any, *refusal) {
	return map[string]func(query) (any, *refusal){
		"business_hours/schedules":                    d.schedules,
		"channels/voice/stats/current_queue_activity": d.queueActivity,
		"channels/voice/stats/incremental/calls":      d.calls,
		"channels/voice/stats/incremental/legs":       d.legs,
		"custom_statuses":                             d.customStatuses,
		"groups":                                      d.groups,
		"guide/survey_responses":                      d.surveyResponses,
		"incremental/ticket_metric_events":            d.metricEvents,
		"incremental/tickets/cursor":                  d.incrementalTickets,
		"satisfaction_ratings":                        d.satisfactionRatings,
		"search/count":                                d.searchCount,
		"search/export":                               d.searchExport,
		"slas/policies":                               d.slaPolicies,
		"tickets/show_many":                           d.showMany,
	}
}

// ServeHTTP implements [http.Handler].
func (d *Desk) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q := query{Values: r.URL.Query(), now: d.o.Now()}
	q.endpoint = strings.TrimSuffix(strings.TrimPrefix(r.URL.Path, "/api/v2/"), ".json")
	body, refused := d.answer(w.Header(), r, q)
	if refused != nil {
		refused.write(w)
		return
	}
	write(w, http.StatusOK, body)
}

// answer lets a request through what stands before every endpoint.
func (d *Desk) answer(h http.Header, r *http.Request, q query) (any, *refusal) {
	d.mu.Lock()
	d.requests[q.endpoint]++
	d.mu.Unlock()
	if !d.knows(r) {
		return nil, refuse(http.StatusUnauthorized, object{"error": "Couldn't authenticate you"})
	}
	if refused := d.spend(h, q); refused != nil {
		return nil, refused
	}
	endpoint := d.endpoints()[q.endpoint]
	switch gate, gated := d.o.Gates[q.endpoint]; {
	case gated:
		return nil, gate.refusal()
	case endpoint == nil:
		return nil, NoSuchEndpoint.refusal()
	case r.Method != http.MethodGet:
		return nil, refuse(http.StatusMethodNotAllowed, object{"error": "MethodNotAllowed"})
	}
	return endpoint(q)
}

// knows reports whether a request comes with the account's token.
func (d *Desk) knows(r *http.Request) bool {
	user, password, basic := r.BasicAuth()
	return d.o.Token == "" || r.Header.Get("Authorization") == "Bearer "+d.o.Token ||
		basic && strings.HasSuffix(user, "/token") && password == d.o.Token
}
