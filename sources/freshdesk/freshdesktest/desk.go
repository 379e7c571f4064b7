// Package freshdesktest is a stateful fake of Freshdesk: the endpoints that tell
// of support, as the vendor documents them, over a made-up desk that goes on
// living. It is written from the documentation and not from the adapter.
package freshdesktest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"helpdesk_exporter/sources/sourcestest"
)

// Options say what kind of desk it is.
type Options struct {
	// Now tells the desk's time; nil is the system's.
	Now func() time.Time
	// Key is the API key that every request must bring; empty takes any.
	Key string
	// PerMinute is how many credits the account has a minute, and ListPerMinute
	// how many lists of tickets; 0 is without end.
	PerMinute, ListPerMinute int
	// Exclusive makes updated_since and created_since leave out the very second
	// that is named: the vendor does not say.
	Exclusive bool
	// MostPerPage is how many entries a page has at most, whatever is asked for; 0
	// is as documented.
	MostPerPage int
	// Gates are the endpoints, as [Desk.Requests] names them, that the plan lacks
	// or the key has no right to: they answer with the status given.
	Gates map[string]int
}

// Desk is the fake. It implements [http.Handler].
type Desk struct {
	world *sourcestest.World
	o     Options
	mux   *http.ServeMux

	mu       sync.Mutex // guards what follows
	requests map[string]int
	credits  int
	minute   map[string]*minute
	seen     []*shown // at the time below, in the order of their last change
	seenAt   time.Time
}

// minute counts what was asked for in a minute.
type minute struct {
	from time.Time
	used int
}

// New returns a desk that lives as a world tells.
func New(w *sourcestest.World, o Options) *Desk {
	if o.Now == nil {
		o.Now = time.Now
	}
	d := &Desk{world: w, o: o, mux: http.NewServeMux(), requests: map[string]int{}, minute: map[string]*minute{}}
	for path, answer := range map[string]handler{
		"/api/v2/tickets":                      d.tickets,
		"/api/v2/tickets/{id}":                 d.ticket,
		"/api/v2/tickets/{id}/conversations":   d.conversations,
		"/api/v2/tickets/{id}/time_entries":    d.timeEntriesOf,
		"/api/v2/time_entries":                 d.timeEntries,
		"/api/v2/search/tickets":               d.search,
		"/api/v2/surveys/satisfaction_ratings": d.ratings,
		"/api/v2/groups":                       d.groups,
		"/api/v2/ticket_fields":                d.fields,
	} {
		d.mux.Handle("GET "+path, d.endpoint(strings.TrimPrefix(path, "/api/v2/"), answer))
	}
	d.mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) })
	return d
}

// ServeHTTP implements [http.Handler].
func (d *Desk) ServeHTTP(w http.ResponseWriter, r *http.Request) { d.mux.ServeHTTP(w, r) }

// Requests returns how often each endpoint was asked, by its path below
// /api/v2, with {id} for an id; lists of tickets that are filtered are counted
// apart, as "tickets?filter=spam". Credits are what all of them cost.
func (d *Desk) Requests() (byEndpoint map[string]int, credits int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	byEndpoint = map[string]int{}
	for name, n := range d.requests {
		byEndpoint[name] = n
	}
	return byEndpoint, d.credits
}

// ask is a request with the time at which it came.
type ask struct {
	*http.Request
	query url.Values
	now   time.Time
}

// handler answers a request by what is to be written as JSON.
type handler func(ask) answer

// answer is an answer: a list that is to be cut into pages, or something else.
type answer struct {
	status int // 0 is 200
	body   any
	list   rows // where it is not nil
	pages  int  // how many pages of it there are to be had; 0 is without end
}

// rows are what is listed. Each is made when it is written.
type rows interface {
	length() int
	row(i int) any
}

// made are rows that are there.
type made []any

func (m made) length() int   { return len(m) }
func (m made) row(i int) any { return m[i] }

// endpoint guards an endpoint by key, limits and gates.
func (d *Desk) endpoint(name string, h handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := ask{Request: r, query: r.URL.Query(), now: d.o.Now().UTC()}
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		if key, _, ok := r.BasicAuth(); !ok || d.o.Key != "" && key != d.o.Key {
			write(w, http.StatusUnauthorized, map[string]any{"code": "invalid_credentials", "message": "You have to be logged in to perform this action."})
			return
		}
		counted := name
		if filter := q.query.Get("filter"); name == "tickets" && filter != "" {
			counted += "?filter=" + filter
		}
		if wait := d.charge(w, counted, q); wait > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(wait))
			write(w, http.StatusTooManyRequests, map[string]any{"message": "You have exceeded the limit of requests per minute"})
			return
		}
		if status := d.o.Gates[counted]; status != 0 {
			write(w, status, map[string]any{"code": "access_denied", "message": "You are not authorized to perform this action."})
			return
		}
		a := h(q)
		if a.list != nil {
			a = a.paged(w, q, d.o.MostPerPage)
		}
		write(w, max(a.status, http.StatusOK), a.body)
	})
}

// charge counts a request and says what is left; what it returns is how many
// seconds to wait, 0 if it is allowed.
func (d *Desk) charge(w http.ResponseWriter, name string, q ask) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	cost := 1
	if name, _, _ := strings.Cut(name, "?"); name == "tickets" || name == "tickets/{id}" {
		if include := q.query.Get("include"); include != "" {
			cost += 2 * len(strings.Split(include, ","))
		}
	}
	d.requests[name]++
	d.credits += cost
	left := -1
	for _, limit := range []string{"account", "tickets"} { // what the second refuses counts for the first
		most := d.o.PerMinute
		if limit == "tickets" {
			most = d.o.ListPerMinute
		}
		if most == 0 || limit == "tickets" && !strings.HasPrefix(name+"?", "tickets?") {
			continue
		}
		m := d.minute[limit]
		if m == nil || q.now.Sub(m.from) >= time.Minute {
			m = &minute{from: q.now}
			d.minute[limit] = m
		}
		used := 1
		if limit == "account" {
			used = cost
		}
		if m.used+used > most {
			return max(1, int((time.Minute-q.now.Sub(m.from)).Seconds()+0.999))
		}
		if m.used += used; limit == "account" {
			left = most - m.used
		}
	}
	if left >= 0 {
		w.Header().Set("X-RateLimit-Total", strconv.Itoa(d.o.PerMinute))
		w.Header().Set("X-RateLimit-Remaining", strconv.Itoa(left))
		w.Header().Set("X-RateLimit-Used-CurrentRequest", strconv.Itoa(cost))
	}
	return 0
}

// paged returns the page of a list that was asked for.
func (a answer) paged(w http.ResponseWriter, q ask, most int) answer {
	page, size, bad := q.paging()
	if bad != nil {
		return *bad
	}
	if most > 0 {
		size = min(size, most)
	}
	if a.pages > 0 && page > a.pages {
		return invalid("page", fmt.Sprintf("You cannot access tickets beyond the %dth page. Please provide a smaller page number.", a.pages))
	}
	n := a.list.length()
	from := min((page-1)*size, n)
	to := min(from+size, n)
	if to < n {
		next := *q.URL
		query := q.URL.Query()
		query.Set("page", strconv.Itoa(page+1))
		next.RawQuery = query.Encode()
		w.Header().Set("Link", fmt.Sprintf(`<https://acme.freshdesk.com%s>; rel="next"`, next.RequestURI()))
	}
	body := []any{}
	for i := from; i < to; i++ {
		body = append(body, a.list.row(i))
	}
	return answer{body: body}
}

// paging returns which page is asked for, and how long it is.
func (q ask) paging() (page, size int, bad *answer) {
	page, size = 1, 30
	for name, n := range map[string]*int{"page": &page, "per_page": &size} {
		if text := q.query.Get(name); text != "" {
			v, err := strconv.Atoi(text)
			if err != nil || v < 1 || name == "per_page" && v > 100 {
				a := invalid(name, "It should be a Positive Integer less than or equal to 100")
				return 0, 0, &a
			}
			*n = v
		}
	}
	return page, size, nil
}

// instant returns a time that is asked for.
func (q ask) instant(name string) (at time.Time, bad *answer) {
	text := q.query.Get(name)
	if text == "" {
		return time.Time{}, nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		a := invalid(name, "It should be in the 'combined date and time ISO8601' format")
		return time.Time{}, &a
	}
	return at, nil
}

// oneOf says what is wrong with a word that is asked for, nil if nothing is.
func (q ask) oneOf(name string, words ...string) *answer {
	if text := q.query.Get(name); text != "" && !slices.Contains(words, text) {
		a := invalid(name, "It should be one of these values: '"+strings.Join(words, ",")+"'")
		return &a
	}
	return nil
}

func invalid(field, message string) answer {
	return answer{status: http.StatusBadRequest, body: map[string]any{
		"description": "Validation failed",
		"errors":      []any{map[string]any{"field": field, "message": message, "code": "invalid_value"}},
	}}
}

func missing() answer { return answer{status: http.StatusNotFound, body: map[string]any{}} }

func write(w http.ResponseWriter, status int, body any) {
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // nobody is there to tell
}

// since reports whether something happened in the time that is asked for.
func (d *Desk) since(at, since time.Time) bool {
	if d.o.Exclusive {
		return at.After(since)
	}
	return !at.Before(since)
}
