package freshdesk

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	promconfig "github.com/prometheus/common/config"
	"github.com/prometheus/common/model"
	"pgregory.net/rapid"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/sources"
	"helpdesk_exporter/sources/freshdesk/freshdesktest"
	"helpdesk_exporter/sources/sourcestest"
)

// ticking is a clock that moves on with each request.
type ticking struct {
	mu   sync.Mutex
	now  time.Time
	step func() time.Duration
}

func (c *ticking) tick() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(c.step())
	return c.now
}

func (c *ticking) pass(d time.Duration) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	return c.now
}

// bulk returns a desk at which people change many tickets at once: all that was
// drawn happens in a few seconds, most of it in the same ones.
func bulk(t *rapid.T, begin time.Time) *sourcestest.World {
	w := &sourcestest.World{Start: begin}
	w.Tickets = make([]*sourcestest.Ticket, rapid.IntRange(0, 450).Draw(t, "tickets"))
	for i := range w.Tickets {
		w.Tickets[i] = &sourcestest.Ticket{ID: int64(100 + i), CreatedAt: begin.Add(-40 * 24 * time.Hour), Channel: "email", Priority: "normal", Requester: 1}
	}
	what := []sourcestest.What{sourcestest.Pend, sourcestest.Open, sourcestest.Solve, sourcestest.Spam, sourcestest.Delete}
	for n := range rapid.IntRange(0, 6).Draw(t, "actions") {
		at := begin.Add(time.Duration(rapid.IntRange(0, 40).Draw(t, "second")) * time.Second)
		action := rapid.SampledFrom(what[:3+2*(n/5)]).Draw(t, "what")
		from, to := rapid.IntRange(0, len(w.Tickets)).Draw(t, "from"), rapid.IntRange(0, len(w.Tickets)).Draw(t, "to")
		for i := from; i < to; i++ {
			of := w.Tickets[i]
			last := of.CreatedAt
			if n := len(of.Events); n > 0 {
				last = of.Events[n-1].At
				if of.Events[n-1].What >= sourcestest.Delete {
					continue
				}
			}
			if at.Sub(last) >= 2*time.Second {
				of.Events = append(of.Events, sourcestest.Event{At: at, What: action, Agent: 5})
			}
		}
	}
	return w
}

// TestNothingIsSkippedWhileTheDeskChanges reads a desk whose tickets move to the
// end of the listing by the hundred, while it is read.
func TestNothingIsSkippedWhileTheDeskChanges(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		begin := noon.Add(-time.Hour)
		w := bulk(rt, begin)
		clock := &ticking{now: begin, step: func() time.Duration {
			return time.Duration(rapid.IntRange(0, 4).Draw(rt, "step")) * time.Second
		}}
		h := freshdesktest.New(w, freshdesktest.Options{Now: clock.tick, Exclusive: rapid.Bool().Draw(rt, "exclusive")})
		server := httptest.NewServer(h)
		defer server.Close()
		s := sourceOf(rt, server.URL)
		last := map[string]desk.Record{}
		var cursor desk.Cursor
		for range 4 {
			now := clock.pass(0)
			got := drain(rt, s, cursor, now.Add(-holdBack))
			for _, r := range got.records {
				if old, ok := last[r.ID]; !ok || !r.Body.Changed().Before(old.Body.Changed()) {
					last[r.ID] = r
				}
			}
			cursor = got.cursor
			clock.pass(40 * time.Second)
		}
		for _, of := range w.Tickets {
			state := w.At(of, clock.now)
			r, ok := last[strconv.FormatInt(of.ID, 10)]
			if !ok {
				rt.Fatalf("ticket %d, %s since %s, was never told", of.ID, state.Status, state.UpdatedAt)
			}
			if !r.Body.Changed().Equal(state.UpdatedAt) || r.Deleted != (state.Status == desk.StatusDeleted) {
				rt.Fatalf("ticket %d was told as of %s; it is %s since %s", of.ID, r.Body.Changed(), state.Status, state.UpdatedAt)
			}
		}
	})
}

func sourceOf(t interface {
	Helper()
	Fatalf(string, ...any)
}, url string,
) *Source {
	t.Helper()
	c := NewConfig().(*Config)
	c.API.URL, c.Start = url, model.Duration(28*24*time.Hour)
	c.API.HTTP.BasicAuth = &promconfig.BasicAuth{Username: "key", Password: "X"}
	made, err := c.New(sources.Options{})
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	return made.(*Source)
}

// A listing ends after 300 pages; a desk with more tickets is read all the same.
func TestADeskWithMoreTicketsThanPagesShowIsReadWhole(t *testing.T) {
	const tickets = 30_500
	w := &sourcestest.World{Start: noon.Add(-24 * time.Hour)}
	for i := range tickets {
		w.Tickets = append(w.Tickets, &sourcestest.Ticket{
			ID: int64(1 + i), CreatedAt: w.Start.Add(time.Duration(i) * time.Second), Channel: "email", Priority: "normal",
		})
	}
	got := drain(t, source(t, freshdesktest.New(w, freshdesktest.Options{Now: func() time.Time { return noon }})), nil, noon)
	if n := len(got.tickets()); n != tickets {
		t.Errorf("%d tickets of %d", n, tickets)
	}
}

// More tickets of one second than a page holds.
func TestTicketsOfOneSecondArePagedThrough(t *testing.T) {
	w := &sourcestest.World{Start: noon.Add(-time.Hour)}
	for i := range 1234 {
		w.Tickets = append(w.Tickets, &sourcestest.Ticket{ID: int64(1 + i), CreatedAt: w.Start, Channel: "email", Priority: "normal"})
	}
	d := freshdesktest.New(w, freshdesktest.Options{Now: func() time.Time { return noon }})
	s := source(t, d)
	got := drain(t, s, nil, noon)
	if n := len(got.tickets()); n != len(w.Tickets) || len(got.records) != n {
		t.Errorf("%d tickets of %d, in %d records", n, len(w.Tickets), len(got.records))
	}
	if asked, _ := d.Requests(); asked["tickets"] > 2*13+1 {
		t.Errorf("it took %d requests", asked["tickets"])
	}
}

// Some desks cut pages shorter than they are asked to, and say so nowhere.
func TestPagesThatAreCutShortAreReadToTheEnd(t *testing.T) {
	w := &sourcestest.World{Start: noon.Add(-time.Hour)}
	for i := range 40 {
		at := w.Start.Add(time.Duration(i/7*7) * time.Second)
		w.Tickets = append(w.Tickets, &sourcestest.Ticket{ID: int64(1 + i), CreatedAt: at, Channel: "email", Priority: "normal"})
	}
	for most := 1; most <= 5; most++ {
		now := noon
		d := freshdesktest.New(w, freshdesktest.Options{Now: func() time.Time { return now }, MostPerPage: most})
		s := source(t, d)
		got := drain(t, s, nil, noon)
		if n := len(got.tickets()); n != len(w.Tickets) {
			t.Errorf("%d a page: %d tickets of %d", most, n, len(w.Tickets))
		}
		before, _ := d.Requests()
		now = noon.Add(time.Minute)
		if again := drain(t, s, got.cursor, now); len(again.records) > 0 || string(again.cursor) != string(got.cursor) {
			t.Errorf("%d a page: %d records of an unchanged desk", most, len(again.records))
		}
		after, _ := d.Requests()
		if n := after["tickets?filter=spam"] - before["tickets?filter=spam"]; n != 1 {
			t.Errorf("%d a page: %d requests for no spam", most, n)
		}
	}
}

// What is known of a desk that cuts pages ends no reading of it.
func TestKnownRowsHideNoNewOnesBehindThem(t *testing.T) {
	w := &sourcestest.World{Start: noon.Add(-time.Hour)}
	for i := range 12 {
		w.Tickets = append(w.Tickets, &sourcestest.Ticket{ID: int64(1 + i), CreatedAt: noon.Add(time.Duration(i-10) * time.Second), Channel: "email", Priority: "normal"})
	}
	now := noon
	s := source(t, freshdesktest.New(w, freshdesktest.Options{Now: func() time.Time { return now }, MostPerPage: 2}))
	first := drain(t, s, nil, noon)
	now = noon.Add(10 * time.Second)
	if later := drain(t, s, first.cursor, now); len(first.tickets())+len(later.tickets()) != 12 {
		t.Errorf("%d tickets and %d more, want 12", len(first.tickets()), len(later.tickets()))
	}
}

// A quiet desk is asked once for each of its lists.
func TestAQuietDeskIsAskedOnce(t *testing.T) {
	w := &sourcestest.World{Start: noon.Add(-time.Hour)}
	for i := range 3 {
		w.Tickets = append(w.Tickets, &sourcestest.Ticket{ID: int64(1 + i), CreatedAt: w.Start.Add(time.Duration(i) * 5 * time.Minute), Channel: "email", Priority: "normal"})
	}
	d := freshdesktest.New(w, freshdesktest.Options{Now: func() time.Time { return noon }})
	s := source(t, d)
	cursor := drain(t, s, nil, noon).cursor
	before, _ := d.Requests()
	drain(t, source(t, d), cursor, noon)
	after, _ := d.Requests()
	if n := after["tickets"] - before["tickets"]; n != 1 {
		t.Errorf("%d requests", n)
	}
}

// A desk that shows the same page whatever is asked for has no end.
func TestAListingWithoutEndIsAnError(t *testing.T) {
	rows := make([]byte, 0, 1<<16)
	for i := range perPage {
		rows = append(rows, ',')
		rows = fmt.Appendf(rows, `{"id":%d,"created_at":"2026-11-19T09:00:00Z","updated_at":"2026-11-19T09:00:00Z"}`, i)
	}
	rows[0] = '['
	rows = append(rows, ']')
	s := source(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(rows) }))
	var cursor desk.Cursor
	for range 1000 {
		page, err := s.Fetch(t.Context(), cursor, noon)
		if err != nil {
			if got := sources.ReasonOf(err); got != sources.ReasonBadAnswer {
				t.Errorf("reason %s: %v", got, err)
			}
			return
		}
		cursor = page.Cursor
	}
	t.Error("it is read for ever")
}

// Two changes of one second are two states, although the time does not tell.
func TestASecondChangeOfTheSameSecondIsSeen(t *testing.T) {
	h := script(map[string]string{"/tickets": ticketWith(t, map[string]any{"status": 2})})
	s := source(t, h, func(c *Config) { c.Conversations = ConversationsNone })
	first := drain(t, s, nil, noon)
	h.say("/tickets", ticketWith(t, map[string]any{"status": 4}))
	second := drain(t, s, first.cursor, noon.Add(time.Minute))
	if len(second.records) != 1 || second.records[0].Body.(*desk.Ticket).Status != desk.StatusSolved {
		t.Errorf("got %+v", second.records)
	}
}

// What lies ahead of the target is told, but read again: others of that time may
// still turn up.
func TestTheCursorStaysBehindTheTarget(t *testing.T) {
	h := script(map[string]string{"/tickets": ticketWith(t, map[string]any{"updated_at": "2026-11-20T12:30:00Z"})})
	s := source(t, h)
	first := drain(t, s, nil, noon)
	if len(first.records) != 1 {
		t.Fatalf("%d records", len(first.records))
	}
	h.forget("")
	if again := drain(t, s, first.cursor, noon.Add(time.Minute)); len(again.records) > 0 {
		t.Error("it is told again")
	}
	if n := h.forget("/tickets?include=stats&order_by=updated_at&order_type=asc&page=1&per_page=100&updated_since=2026-11-20T11%3A59%3A00Z"); n != 1 {
		t.Errorf("%d requests begin a minute before the target", n)
	}
}

func TestTheFirstSyncReadsWhatIsUnfinishedHoweverOld(t *testing.T) {
	longAgo := noon.AddDate(-7, 0, 0)
	ends := []sourcestest.What{sourcestest.Pend, sourcestest.Solve, sourcestest.Hold, sourcestest.Solve, sourcestest.Spam}
	w := &sourcestest.World{Start: longAgo}
	for i, end := range ends {
		w.Tickets = append(w.Tickets, &sourcestest.Ticket{
			ID: int64(1 + i), CreatedAt: longAgo, Channel: "email", Priority: "normal",
			Events: []sourcestest.Event{{At: longAgo.Add(time.Duration(10+i) * time.Second), What: end}},
		})
	}
	s := source(t, freshdesktest.New(w, freshdesktest.Options{Now: func() time.Time { return noon }}))
	got := drain(t, s, nil, noon)
	var ids []string
	for _, r := range got.records {
		ids = append(ids, r.ID)
	}
	if !slices.Equal(ids, []string{"1", "3"}) {
		t.Errorf("got %v, want those that are unfinished", ids)
	}
	if again := drain(t, s, got.cursor, noon.Add(time.Hour)); len(again.records) > 0 {
		t.Errorf("the finished ones come after all: %+v", again.records)
	}
}

func TestACursorOfAnotherSourceIsAnError(t *testing.T) {
	s := source(t, script(nil))
	for _, cursor := range []string{`{}`, `{"version":2}`, `nonsense`, `{"version":1,"turn":9}`, `{"version":1,"place":{"page":0}}`} {
		_, err := s.Fetch(t.Context(), desk.Cursor(cursor), noon)
		if err == nil || sources.ReasonOf(err) != sources.ReasonInternal {
			t.Errorf("%s: %v", cursor, err)
		}
	}
}
