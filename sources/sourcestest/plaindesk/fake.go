// Package plaindesk is a help desk of no vendor, and the smallest adapter that
// reads such a one over HTTP and keeps all promises. It is there to try the
// tests of adapters on, and to be read by whoever writes one.
package plaindesk

import (
	"cmp"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"time"

	"helpdesk_exporter/sources/sourcestest"
)

// Fake returns a desk that shows a world. Its tickets come in the order of
// their last change, and of their ids where that is the same:
//
//	GET /tickets?since=SECONDS&after=ID   what changed behind that, with where to go on
//	GET /groups
//	GET /count                            of open tickets
//
// Every request needs the token as a bearer.
func Fake(w *sourcestest.World, now func() time.Time, token string) http.Handler {
	f := &fake{world: w, now: now}
	for _, t := range w.Tickets {
		f.changes = append(f.changes, change{t.CreatedAt.Unix(), t})
		for _, e := range t.Events {
			f.changes = append(f.changes, change{e.At.Unix(), t})
		}
	}
	slices.SortFunc(f.changes, func(a, b change) int { return a.behind(b.at, b.ticket.ID) })
	mux := http.NewServeMux()
	mux.HandleFunc("GET /tickets", f.tickets)
	mux.HandleFunc("GET /groups", f.groups)
	mux.HandleFunc("GET /count", f.count)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+token {
			http.Error(w, `{"error":"who are you?"}`, http.StatusUnauthorized)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

type fake struct {
	world   *sourcestest.World
	now     func() time.Time
	changes []change // of all time, in order
}

// change is that a ticket changed, in seconds since 1970.
type change struct {
	at     int64
	ticket *sourcestest.Ticket
}

// behind compares the place of a change with another place.
func (c change) behind(at, id int64) int {
	return cmp.Or(cmp.Compare(c.at, at), cmp.Compare(c.ticket.ID, id))
}

// most is how many tickets a page holds.
const most = 100

// item is a ticket as the desk writes it.
type item struct {
	ID        int64  `json:"id"`
	Created   int64  `json:"created"`
	Updated   int64  `json:"updated"`
	Status    string `json:"status"`
	Channel   string `json:"channel"`
	Priority  string `json:"priority"`
	Group     int64  `json:"group,omitempty"`
	Agent     int64  `json:"agent,omitempty"`
	Requester int64  `json:"requester"`
	ByAgent   bool   `json:"by_agent"`
	Into      int64  `json:"merged_into,omitempty"`
	Rating    int    `json:"rating,omitempty"`
	Rated     int64  `json:"rated,omitempty"` // first
	Turns     []turn `json:"turns"`
}

// turn is a public message or a new status, or both.
type turn struct {
	At     int64  `json:"at"`
	By     string `json:"by,omitempty"` // who wrote: customer or agent
	Status string `json:"status,omitempty"`
}

// place is where to go on.
type place struct {
	Since int64 `json:"since"`
	After int64 `json:"after"`
}

func (f *fake) tickets(w http.ResponseWriter, r *http.Request) {
	now := f.now()
	next := place{Since: number(r, "since"), After: number(r, "after")}
	from, _ := slices.BinarySearchFunc(f.changes, next, func(c change, p place) int { return c.behind(p.Since, p.After+1) })
	items := []item{}
	for _, c := range f.changes[from:] {
		if c.at > now.Unix() || len(items) == most {
			break
		}
		state := f.world.At(c.ticket, now)
		if state.UpdatedAt.Unix() != c.at {
			continue // it changed again, and comes later
		}
		items = append(items, f.item(c.ticket, state))
		next = place{Since: c.at, After: c.ticket.ID}
	}
	write(w, map[string]any{"tickets": items, "next": next, "more": len(items) == most})
}

// item writes a ticket.
func (f *fake) item(t *sourcestest.Ticket, s sourcestest.State) item {
	i := item{
		ID: t.ID, Created: t.CreatedAt.Unix(), Updated: s.UpdatedAt.Unix(), Status: s.Status.String(),
		Channel: t.Channel, Priority: s.Priority, Group: s.Group, Agent: s.Agent, Requester: t.Requester,
		ByAgent: t.ByAgent, Into: s.Into, Rating: s.Score,
	}
	first := turn{At: i.Created, By: "customer", Status: "new"}
	if t.ByAgent {
		first.By, first.Status = "agent", "open"
	}
	i.Turns = append(i.Turns, first)
	status := first.Status
	for _, e := range s.Events {
		var said turn
		switch e.What {
		case sourcestest.CustomerReply, sourcestest.Reopen:
			said.By = "customer"
		case sourcestest.AgentReply:
			said.By = "agent"
		case sourcestest.Rate:
			i.Rated = e.At.Unix()
		}
		if turned := f.world.At(t, e.At).Status.String(); turned != status {
			status, said.Status = turned, turned
		}
		if said != (turn{}) {
			said.At = e.At.Unix()
			i.Turns = append(i.Turns, said)
		}
	}
	return i
}

func (f *fake) groups(w http.ResponseWriter, _ *http.Request) {
	names := map[string]string{}
	for _, g := range f.world.Groups {
		names[strconv.FormatInt(g.ID, 10)] = g.Name
	}
	write(w, names)
}

func (f *fake) count(w http.ResponseWriter, _ *http.Request) {
	n, now := 0, f.now()
	for _, t := range f.world.Tickets {
		if s := f.world.At(t, now); s.Status.Open() {
			n++
		}
	}
	write(w, map[string]int{"open": n})
}

func number(r *http.Request, name string) int64 {
	n, _ := strconv.ParseInt(r.FormValue(name), 10, 64)
	return n
}

func write(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}
