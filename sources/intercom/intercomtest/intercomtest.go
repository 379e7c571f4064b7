// Package intercomtest is a stand-in for Intercom: an HTTP handler that shows
// the life of a made-up desk as Intercom documents that it would.
package intercomtest

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"helpdesk_exporter/sources/sourcestest"
)

// Absent is what never happens at a desk of Intercom's, for
// [sourcestest.Invention.Without]: there is neither spam nor merging in the
// version that is stood in for, nothing is ever more than closed, and a rating
// stays as it was given.
var Absent = []sourcestest.What{sourcestest.Spam, sourcestest.Merge, sourcestest.Close, sourcestest.Rerate}

// Options say what kind of a workspace it is.
type Options struct {
	Token     string           // of the Authorization header; empty: any is right
	Now       func() time.Time // time.Now where nil
	PerWindow int              // requests in 10 seconds, 0 for no limit
	// IndexLag is how late the search shows a change at most. Some changes show
	// sooner than others, so not in their order.
	IndexLag time.Duration
	// TokenLife is how long the token of a next page is good for; 0 is for ever.
	TokenLife time.Duration
	// PartsMost is how many parts of a conversation are given, the last ones; 500
	// where 0.
	PartsMost int
	// Gates has the status code that paths answer with which are not open, by how
	// the path begins.
	Gates map[string]int
	// Calls and Tickets are shown as they are, the calls in the order given.
	Calls, Tickets []map[string]any
	// Strange changes what is shown of a conversation.
	Strange func(id string, shown map[string]any)
}

// Desk stands in for one workspace.
type Desk struct {
	world *sourcestest.World
	o     Options

	mu       sync.Mutex // guards all below
	index    *index
	requests map[string]int
	window   int64 // the one that used counts
	used     int
}

// New returns a workspace in which happens what happens in a world.
func New(world *sourcestest.World, o Options) *Desk {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.PartsMost == 0 {
		o.PartsMost = 500
	}
	return &Desk{world: world, o: o, requests: map[string]int{}}
}

// Requests returns how many requests were made, by endpoint.
func (d *Desk) Requests() map[string]int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return maps.Clone(d.requests)
}

// ServeHTTP implements [http.Handler].
func (d *Desk) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	now := d.o.Now()
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.o.Token != "" && r.Header.Get("Authorization") != "Bearer "+d.o.Token {
		fail(w, http.StatusUnauthorized, "token_unauthorized", "The provided access token is not authorized")
		return
	}
	endpoint, serve := d.route(r)
	d.requests[endpoint]++
	if !d.admit(w, now) {
		return
	}
	for path, code := range d.o.Gates {
		if strings.HasPrefix(r.URL.Path, path) {
			fail(w, code, "api_plan_restricted", "Active subscription needed")
			return
		}
	}
	if r.Header.Get("Intercom-Version") == "" {
		fail(w, http.StatusBadRequest, "intercom_version_invalid", "The requested version could not be found")
		return
	}
	serve(w, r, now)
}

type serving func(http.ResponseWriter, *http.Request, time.Time)

func (d *Desk) route(r *http.Request) (string, serving) {
	path := r.URL.Path
	switch id, ofConversation := strings.CutPrefix(path, "/conversations/"); {
	case r.Method == http.MethodPost && path == "/conversations/search":
		return "POST " + path, d.searchConversations
	case r.Method == http.MethodPost && path == "/tickets/search":
		return "POST " + path, d.searchTickets
	case r.Method != http.MethodGet:
	case path == "/teams":
		return "GET " + path, d.teams
	case path == "/calls":
		return "GET " + path, d.calls
	case path == "/conversations/deleted" && deletedListed(r):
		return "GET " + path, d.deleted
	case ofConversation:
		return "GET /conversations/{id}", func(w http.ResponseWriter, _ *http.Request, now time.Time) { d.conversation(w, id, now) }
	}
	return "unknown", func(w http.ResponseWriter, _ *http.Request, _ time.Time) { notFound(w) }
}

// deletedListed reports whether the version asked for has a list of deleted
// conversations.
func deletedListed(r *http.Request) bool {
	version := r.Header.Get("Intercom-Version")
	minor, err := strconv.Atoi(strings.TrimPrefix(version, "2."))
	return version == "Unstable" || err == nil && minor >= 16
}

// window is the stretch of time that a limit is spread over.
const window = 10

// admit counts a request against the limit.
func (d *Desk) admit(w http.ResponseWriter, now time.Time) bool {
	if d.o.PerWindow == 0 {
		return true
	}
	if at := now.Unix() / window; at != d.window {
		d.window, d.used = at, 0
	}
	d.used++
	left := d.o.PerWindow - d.used
	w.Header().Set("X-RateLimit-Limit", strconv.Itoa(d.o.PerWindow))
	w.Header().Set("X-RateLimit-Remaining", strconv.Itoa(max(0, left)))
	w.Header().Set("X-RateLimit-Reset", strconv.FormatInt((d.window+1)*window, 10))
	if left < 0 {
		fail(w, http.StatusTooManyRequests, "rate_limit_exceeded", fmt.Sprintf("Exceeded rate limit of %d in 10_seconds", d.o.PerWindow))
		return false
	}
	return true
}

func answer(w http.ResponseWriter, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_ = json.NewEncoder(w).Encode(body)
}

func fail(w http.ResponseWriter, code int, word, message string) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(map[string]any{
		"type": "error.list", "request_id": "000b1ab4", "errors": []any{map[string]any{"code": word, "message": message}},
	})
}

func notFound(w http.ResponseWriter) {
	fail(w, http.StatusNotFound, "not_found", "Resource Not Found")
}
