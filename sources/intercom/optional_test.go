package intercom

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/internal/api"
	"helpdesk_exporter/sources"
	"helpdesk_exporter/sources/intercom/intercomtest"
	"helpdesk_exporter/sources/sourcestest"
)

// failing is a workspace that answers some requests otherwise, while it does.
type failing struct {
	http.Handler
	path   string
	query  string // which the request's has in it
	answer http.HandlerFunc
	asked  int
}

func (f *failing) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	if r.URL.Path != f.path || !strings.Contains("&"+r.URL.RawQuery+"&", f.query) {
		f.Handler.ServeHTTP(rw, r)
		return
	}
	f.asked++
	if f.answer == nil {
		f.Handler.ServeHTTP(rw, r)
		return
	}
	f.answer(rw, r)
}

func says(text string) http.HandlerFunc {
	return func(rw http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(rw, text) }
}

func refuses(code int) http.HandlerFunc {
	return func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(code) }
}

func everything(c *Config) { c.Tickets, c.APIVersion = true, "2.16" }

// What fails and is optional is left alone for five minutes, and nothing else
// waits for it or is missing once it is back.
func TestOptionalEndpointsThatFail(t *testing.T) {
	for path, gate := range map[string]string{
		"/teams": gateTeams, "/calls": gateCalls, "/conversations/deleted": gateDeleted, searchTickets: gateTickets,
	} {
		for name, answer := range map[string]http.HandlerFunc{
			"400": refuses(http.StatusBadRequest), "no list": says(`{"message":"x"}`),
		} {
			t.Run(path+" "+name, func(t *testing.T) {
				now := noon
				w := world(since(5*24*time.Hour), since(time.Hour), noon.Add(time.Minute), noon.Add(10*time.Minute))
				w.Tickets[0].Events = []sourcestest.Event{{At: since(24 * time.Hour), What: sourcestest.Delete, Agent: 3}}
				stays := map[string]any{
					"id": "77", "category": "Tracker", "created_at": since(9000 * time.Hour).Unix(), "updated_at": since(9000 * time.Hour).Unix(),
					"ticket_state": "in_progress", "open": true,
				}
				fake := workspace(w, intercomtest.Options{
					Now: func() time.Time { return now }, Calls: []map[string]any{called(9, time.Hour)}, Tickets: []map[string]any{stays},
				})
				h := &failing{Handler: fake, path: path, answer: answer}
				s := source(t, h, everything)
				var log bytes.Buffer
				s.gates.logger = slog.New(slog.NewTextHandler(&log, nil))

				d := drain(t, s, nil, now)
				if d.tickets()["2"] == nil || !d.asOf.Equal(now) || h.asked != 1 {
					t.Fatalf("complete as of %s with %v, asked %d times", d.asOf, d.tickets(), h.asked)
				}
				told := d.records
				now = noon.Add(4 * time.Minute)
				d = drain(t, s, d.cursor, now)
				if d.tickets()["3"] == nil || h.asked != 1 {
					t.Errorf("within five minutes come %v, asked %d times", d.tickets(), h.asked)
				}
				told = append(told, d.records...)
				now = noon.Add(5 * time.Minute)
				d = drain(t, s, d.cursor, now)
				if path != "/teams" && h.asked != 2 {
					t.Errorf("after five minutes: asked %d times", h.asked)
				}
				told = append(told, d.records...)
				unavailable := s.Capabilities()
				h.answer, now = nil, noon.Add(11*time.Minute)
				d = drain(t, s, d.cursor, now)
				told = append(told, d.records...)
				if available(unavailable, gate) || !available(s.Capabilities(), gate) {
					t.Errorf("capabilities %+v, then %+v", unavailable, s.Capabilities())
				}
				if d.tickets()["4"].Team != "Billing" {
					t.Errorf("the team is %q", d.tickets()["4"].Team)
				}
				var got []string
				for _, r := range told {
					if _, is := r.Body.(*desk.Call); is || r.Deleted || r.ID == "77" {
						got = append(got, r.ID)
					}
				}
				if slices.Sort(got); !slices.Equal(got, []string{"1", "77", "9"}) {
					t.Errorf("of the other streams come %v", got)
				}
				if warned, informed := strings.Count(log.String(), "WARN"), strings.Count(log.String(), "INFO"); warned != 1 || informed != 1 {
					t.Errorf("the log:\n%s", &log)
				}
			})
		}
	}
}

// A list that fails in its middle is read to its end all the same.
func TestAListThatFailsInItsMiddle(t *testing.T) {
	var calls []map[string]any
	for i := range 75 {
		calls = append(calls, called(i+1, time.Duration(i)*time.Hour))
	}
	h := &failing{Handler: workspace(world(), intercomtest.Options{Calls: calls}), path: "/calls", query: "&page=2&", answer: refuses(http.StatusBadRequest)}
	s := source(t, h)
	d := drain(t, s, nil, noon)
	first := d.callIDs()
	h.answer = nil
	d = drain(t, s, d.cursor, noon.Add(5*time.Minute))
	if len(first) != 25 || len(d.callIDs()) != 50 {
		t.Errorf("%d calls come, then %d", len(first), len(d.callIDs()))
	}
}

// The names of teams that are known are used while no others are to be had.
func TestKnownTeamsAreUsed(t *testing.T) {
	now := noon
	w := world(since(time.Hour), noon.Add(80*time.Minute))
	h := &failing{Handler: workspace(w, intercomtest.Options{Now: func() time.Time { return now }}), path: "/teams"}
	s := source(t, h)
	d := drain(t, s, nil, now)
	h.answer, now = refuses(http.StatusBadRequest), noon.Add(90*time.Minute)
	d = drain(t, s, d.cursor, now)
	if got := d.tickets()["2"]; got == nil || got.Team != "Billing" || available(s.Capabilities(), gateTeams) {
		t.Errorf("the ticket is %+v, capabilities %+v", got, s.Capabilities())
	}
}

func TestWhatIsPassedOver(t *testing.T) {
	answered := func(reason sources.Reason, code int) error {
		return &sources.Error{Reason: reason, Err: &api.StatusError{Code: code}}
	}
	for _, tt := range []struct {
		err  error
		want bool
	}{
		{answered(sources.ReasonUnreachable, 500), true},
		{answered(sources.ReasonUnreachable, 408), true},
		{answered(sources.ReasonBadAnswer, 400), true},
		{answered(sources.ReasonBadAnswer, 404), true},
		{answered(sources.ReasonRefused, 403), true},
		{answered(sources.ReasonRefused, 402), true},
		{&sources.Error{Reason: sources.ReasonUnreachable, Err: io.ErrUnexpectedEOF}, true},
		{answered(sources.ReasonRefused, 401), false},
		{answered(sources.ReasonRateLimited, 429), false},
		{fmt.Errorf("asked: %w", context.Canceled), false},
		{fmt.Errorf("asked: %w", context.DeadlineExceeded), false},
		{nil, false},
	} {
		if got := passable(tt.err); got != tt.want {
			t.Errorf("%v is passed over: %t", tt.err, got)
		}
	}
	h := &failing{Handler: workspace(world(since(time.Hour)), intercomtest.Options{}), path: "/calls", answer: refuses(http.StatusUnauthorized)}
	if _, err := fetchUntilError(t, source(t, h)); sources.ReasonOf(err) != sources.ReasonRefused {
		t.Errorf("credentials that are not known: %v", err)
	}
}

// Tickets that are too much at a time are asked for with smaller pages.
func TestTicketsThatAreTooMuch(t *testing.T) {
	h := &failing{Handler: workspace(world(since(time.Hour)), intercomtest.Options{}), path: searchTickets, answer: says(strings.Repeat(" ", 65<<20))}
	s := source(t, h, everything)
	d := drain(t, s, nil, noon)
	if s.size != pageSize/2 {
		t.Errorf("the next page asks for %d", s.size)
	}
	h.answer = nil
	if drain(t, s, d.cursor, noon.Add(5*time.Minute)); s.size != pageSize {
		t.Errorf("afterwards it asks for %d", s.size)
	}
}
