package intercom

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/sources"
	"helpdesk_exporter/sources/intercom/intercomtest"
	"helpdesk_exporter/sources/sourcestest"
)

// since is how long before noon something was.
func since(ago time.Duration) time.Time { return noon.Add(-ago) }

// world returns one whose tickets were created at the given times.
func world(created ...time.Time) *sourcestest.World {
	w := &sourcestest.World{Groups: []sourcestest.Group{{ID: 5, Name: "Billing"}}}
	slices.SortFunc(created, time.Time.Compare)
	for i, at := range created {
		w.Tickets = append(w.Tickets, &sourcestest.Ticket{ID: int64(i + 1), CreatedAt: at, Channel: "email", Group: 5, Requester: 9})
	}
	return w
}

// closed lets a ticket be closed.
func closed(t *sourcestest.Ticket, at time.Time) {
	t.Events = append(t.Events, sourcestest.Event{At: at, What: sourcestest.Solve, Agent: 3})
}

// workspace returns a stand-in at noon, or when told so.
func workspace(w *sourcestest.World, o intercomtest.Options) *intercomtest.Desk {
	o.Token = token
	if o.Now == nil {
		o.Now = func() time.Time { return noon }
	}
	return intercomtest.New(w, o)
}

const until = 2 * time.Minute // before noon

func TestManyChangesInOneSecond(t *testing.T) {
	second := since(time.Hour)
	created := slices.Repeat([]time.Time{second}, 470)
	created = append(created, since(2*time.Hour), since(30*time.Minute))
	for _, parts := range []Parts{PartsChanged, PartsNone} {
		fake := workspace(world(created...), intercomtest.Options{})
		s := source(t, fake, func(c *Config) { c.Parts = parts })
		d := drain(t, s, nil, since(until))
		if got := len(d.tickets()); got != len(created) || len(d.records) != got {
			t.Errorf("parts %s: got %d tickets in %d records, want %d", parts, got, len(d.records), len(created))
		}
		if !d.asOf.Equal(since(until)) {
			t.Errorf("parts %s: complete as of %s", parts, d.asOf)
		}
		again := drain(t, s, d.cursor, since(until))
		if len(again.records) > 0 || string(again.cursor) != string(d.cursor) {
			t.Errorf("parts %s: an unchanged workspace tells %d records more, and the cursor is\n%s\n%s", parts, len(again.records), d.cursor, again.cursor)
		}
	}
}

// However changes and their sizes fall, each conversation is told of once.
func TestNoPageSkips(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		ages := rapid.SliceOfN(rapid.IntRange(150, 400), 1, 60).Draw(rt, "seconds before noon")
		var created []time.Time
		for _, age := range ages {
			created = append(created, since(time.Duration(age)*time.Second))
		}
		s := source(t, workspace(world(created...), intercomtest.Options{}))
		s.size = rapid.IntRange(1, 9).Draw(rt, "page")
		d := drain(t, s, nil, since(until))
		if len(d.tickets()) != len(created) || len(d.records) != len(created) {
			rt.Fatalf("got %d tickets in %d records, want %d", len(d.tickets()), len(d.records), len(created))
		}
	})
}

func TestTheFirstSyncBringsWhatIsUnfinishedHoweverOld(t *testing.T) {
	const year = 365 * 24 * time.Hour
	w := world(since(3*year), since(2*year), since(year), since(time.Hour))
	closed(w.Tickets[0], since(3*year-time.Hour))
	w.Tickets[1].Events = []sourcestest.Event{{At: since(2*year - time.Hour), What: sourcestest.Pend, Agent: 3}}
	closed(w.Tickets[3], since(30*time.Minute))
	fake := workspace(w, intercomtest.Options{})
	got := drain(t, source(t, fake), nil, since(until)).tickets()
	if got["1"] != nil || got["2"] == nil || got["3"] == nil || got["4"] == nil {
		t.Fatalf("got the tickets %v", got)
	}
	if got["2"].Status != desk.StatusOnHold || got["3"].Team != "Billing" {
		t.Errorf("the old ones are %s and of %q", got["2"].Status, got["3"].Team)
	}
	if got["3"].Messages == nil || got["4"].Messages != nil {
		t.Error("the parts are not read of the unfinished ones only")
	}
	if n := fake.Requests()["GET /conversations/{id}"]; n != 2 {
		t.Errorf("%d conversations were read by themselves", n)
	}
}

func TestOfWhichConversationsThePartsAreRead(t *testing.T) {
	for parts, want := range map[Parts][2]string{PartsChanged: {"open", "open shut"}, PartsAll: {"open shut", "open shut"}, PartsNone: {"", ""}} {
		now := noon
		w := world(since(2*time.Hour), since(time.Hour), noon.Add(time.Hour), noon.Add(2*time.Hour))
		closed(w.Tickets[0], since(90*time.Minute))
		closed(w.Tickets[2], noon.Add(90*time.Minute))
		s := source(t, workspace(w, intercomtest.Options{Now: func() time.Time { return now }}), func(c *Config) { c.Parts = parts })
		first := drain(t, s, nil, since(until))
		now = noon.Add(3 * time.Hour)
		later := drain(t, s, first.cursor, now.Add(-until))
		if got := withParts(first); got != want[0] {
			t.Errorf("parts %s: the first sync reads those of %q, want %q", parts, got, want[0])
		}
		if got := withParts(later); got != want[1] || len(later.tickets()) != 2 {
			t.Errorf("parts %s: then those of %q are read, want %q", parts, got, want[1])
		}
	}
}

// withParts says of which conversations the parts are known.
func withParts(d drained) string {
	var known []string
	for _, ticket := range d.tickets() {
		switch {
		case ticket.Messages == nil:
		case ticket.Status.Finished():
			known = append(known, "shut")
		default:
			known = append(known, "open")
		}
	}
	slices.Sort(known)
	return strings.Join(known, " ")
}

// What the search shows minutes late, behind what happened after it, is read all
// the same.
func TestWhatComesLateAndOutOfOrderIsRead(t *testing.T) {
	now := noon
	var created []time.Time
	for i := range 200 {
		created = append(created, noon.Add(time.Duration(i)*7*time.Second))
	}
	s := source(t, workspace(world(created...), intercomtest.Options{Now: func() time.Time { return now }, IndexLag: 8 * time.Minute}))
	d := drain(t, s, nil, now.Add(-until))
	known := d.tickets()
	for range 40 {
		now = now.Add(time.Minute)
		d = drain(t, s, d.cursor, now.Add(-until))
		maps.Copy(known, d.tickets())
	}
	if len(known) != len(created) {
		t.Errorf("of %d conversations %d are known", len(created), len(known))
	}
}

// Snoozed conversations that Intercom would not call open are found all the same.
func TestSnoozedAndNotOpen(t *testing.T) {
	w := world(since(365 * 24 * time.Hour))
	w.Tickets[0].Events = []sourcestest.Event{{At: since(364 * 24 * time.Hour), What: sourcestest.Pend, Agent: 3}}
	fake := workspace(w, intercomtest.Options{Strange: func(_ string, shown map[string]any) { shown["open"] = false }})
	// The stand-in searches by what is so, not by what is shown.
	h := http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if strings.Contains(string(body), `"open"`) {
			_, _ = io.WriteString(rw, `{"conversations":[],"total_count":0}`)
			return
		}
		r.Body = io.NopCloser(strings.NewReader(string(body)))
		fake.ServeHTTP(rw, r)
	})
	if got := drain(t, source(t, h), nil, since(until)).tickets(); got["1"] == nil {
		t.Error("the snoozed conversation is missing")
	}
}

func TestASearchThatRefusesSnoozedIsDoneWithout(t *testing.T) {
	fake := workspace(world(since(365*24*time.Hour)), intercomtest.Options{})
	h := http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if strings.Contains(string(body), `"state"`) {
			rw.WriteHeader(http.StatusBadRequest)
			return
		}
		r.Body = io.NopCloser(strings.NewReader(string(body)))
		fake.ServeHTTP(rw, r)
	})
	s := source(t, h)
	if got := drain(t, s, nil, since(until)).tickets(); got["1"] == nil {
		t.Error("the open conversation is missing")
	}
	if n, err := s.CountOpen(t.Context()); n != 1 || err != nil {
		t.Errorf("counted %d, %v", n, err)
	}
}

func TestTheDayAfterEverythingOpenIsReadAgain(t *testing.T) {
	now := noon
	w := world(since(365*24*time.Hour), since(20*time.Hour))
	closed(w.Tickets[1], since(19*time.Hour))
	fake := workspace(w, intercomtest.Options{Now: func() time.Time { return now }})
	s := source(t, fake)
	d := drain(t, s, nil, since(until))
	now = noon.Add(23 * time.Hour)
	if d = drain(t, s, d.cursor, now); len(d.records) > 0 {
		t.Errorf("within a day %d records come again", len(d.records))
	}
	now = noon.Add(24 * time.Hour)
	d = drain(t, s, d.cursor, now)
	if len(d.tickets()) != 1 || d.tickets()["1"] == nil {
		t.Errorf("after a day come %v", d.tickets())
	}
	// Had something changed since, the conversations of the day before come too.
	w.Tickets[0].Events = []sourcestest.Event{{At: noon.Add(25 * time.Hour), What: sourcestest.Note, Agent: 3}}
	now = noon.Add(49 * time.Hour)
	fresh := source(t, workspace(w, intercomtest.Options{Now: func() time.Time { return now }}))
	d = drain(t, fresh, d.cursor, now)
	if len(d.tickets()) != 1 {
		t.Errorf("after two days come %v", d.tickets())
	}
}

// What the search shows a whole hour late is found the day after.
func TestTheDayAfterWhatCameLateIsFound(t *testing.T) {
	now, late := noon, true
	w := world(since(2*time.Hour), since(3*time.Minute))
	closed(w.Tickets[0], since(time.Hour))
	fake := workspace(w, intercomtest.Options{Now: func() time.Time { return now }})
	s := source(t, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		answer := httptest.NewRecorder()
		fake.ServeHTTP(answer, r)
		var f map[string]any
		if late && r.Method == http.MethodPost && json.Unmarshal(answer.Body.Bytes(), &f) == nil {
			f["conversations"] = slices.DeleteFunc(f["conversations"].([]any), func(v any) bool { return v.(map[string]any)["id"] == "1" })
			_ = json.NewEncoder(rw).Encode(f)
			return
		}
		_, _ = rw.Write(answer.Body.Bytes())
	}))
	d := drain(t, s, nil, now)
	late, now = false, noon.Add(time.Hour)
	if d = drain(t, s, d.cursor, now); len(d.tickets()) > 0 {
		t.Errorf("after an hour come %v", d.tickets())
	}
	now = noon.Add(24 * time.Hour)
	if d = drain(t, s, d.cursor, now); d.tickets()["1"] == nil {
		t.Errorf("after a day come %v", d.tickets())
	}
}

// A round that another poll goes on with is complete up to when it began.
func TestARoundIsCompleteUpToItsOwnTarget(t *testing.T) {
	s := source(t, workspace(world(since(time.Hour)), intercomtest.Options{}))
	page, err := s.Fetch(t.Context(), nil, since(until))
	if err != nil || !page.More || !page.AsOf.IsZero() {
		t.Fatalf("the first page: %+v, %v", page, err)
	}
	if d := drain(t, s, page.Cursor, noon.Add(time.Hour)); !d.asOf.Equal(since(until)) {
		t.Errorf("complete as of %s", d.asOf)
	}
}

// A conversation that does not say when it changed is rejected once, though it is
// read again.
func TestRejectsAreToldOnce(t *testing.T) {
	now := noon
	w := world(since(10*time.Minute), since(9*time.Minute), since(8*time.Minute), noon.Add(time.Minute))
	fake := workspace(w, intercomtest.Options{Now: func() time.Time { return now }, Strange: func(id string, shown map[string]any) {
		if id < "3" {
			shown["updated_at"] = []int{1}
		}
		if id == "1" {
			delete(shown, "id")
		}
	}})
	s := source(t, fake)
	d := drain(t, s, nil, since(until))
	if len(d.tickets()) != 1 || len(d.rejects) != 2 {
		t.Errorf("got %d tickets and the rejects %+v", len(d.tickets()), d.rejects)
	}
	now = noon.Add(5 * time.Minute)
	if d = drain(t, s, d.cursor, now.Add(-until)); len(d.tickets()) != 1 || len(d.rejects) > 0 {
		t.Errorf("then come %v and again %+v", d.tickets(), d.rejects)
	}
}

func TestAPageThatIsTooMuchIsHalved(t *testing.T) {
	var created []time.Time
	for i := range 120 {
		created = append(created, since(time.Hour-time.Duration(i)*time.Second))
	}
	fake := workspace(world(created...), intercomtest.Options{})
	asked := 0
	h := http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		var q query
		if json.Unmarshal(body, &q) == nil && q.Pagination.PerPage > 20 {
			asked++
			_, _ = io.WriteString(rw, strings.Repeat(" ", 65<<20)) // too large
			return
		}
		r.Body = io.NopCloser(strings.NewReader(string(body)))
		fake.ServeHTTP(rw, r)
	})
	s := source(t, h, func(c *Config) { c.Parts = PartsNone })
	for range 2 { // 50, 25
		if _, err := s.Fetch(t.Context(), nil, since(until)); sources.ReasonOf(err) != sources.ReasonBadAnswer {
			t.Fatalf("got error %v", err)
		}
	}
	if d := drain(t, s, nil, since(until)); len(d.tickets()) != len(created) {
		t.Errorf("got %d tickets, want %d", len(d.tickets()), len(created))
	}
	if asked != 2 || s.size != 24 {
		t.Errorf("asked for too much %d times, and for %d at the end", asked, s.size)
	}
}

// The messages of a conversation come in the record that tells of it first: what
// comes later than that would be news.
func TestMessagesComeWithTheirTicket(t *testing.T) {
	const year = 365 * 24 * time.Hour
	now := since(time.Hour)
	w := world(slices.Repeat([]time.Time{since(year)}, 3*partsAtOnce)...)
	for _, ticket := range w.Tickets {
		closed(ticket, since(year-time.Hour))
		// All change in one second, too late to be relied on.
		ticket.Events = append(ticket.Events, sourcestest.Event{At: since(until / 2), What: sourcestest.Note, Agent: 3})
	}
	fake := workspace(w, intercomtest.Options{Now: func() time.Time { return now }})
	s := source(t, fake)
	d := drain(t, s, nil, now)
	if len(d.records) > 0 {
		t.Fatalf("at first come %v", d.records)
	}
	now = noon
	for _, target := range []time.Time{since(until), noon} {
		d = drain(t, s, d.cursor, target)
		if len(d.records) != len(w.Tickets) {
			t.Errorf("up to %s come %d records", target, len(d.records))
		}
		for id, ticket := range d.tickets() {
			if len(ticket.Messages) != 2 || len(ticket.StatusChanges) != 2 {
				t.Fatalf("ticket %s comes with %d messages and %d changes", id, len(ticket.Messages), len(ticket.StatusChanges))
			}
		}
	}
}

// A page says how far it has come only where it has come across something.
func TestHowFarAFirstSyncHasCome(t *testing.T) {
	for _, w := range []*sourcestest.World{world(), world(since(30 * 24 * time.Hour))} {
		s := source(t, workspace(w, intercomtest.Options{}))
		for cursor := desk.Cursor(nil); ; {
			page, err := s.Fetch(t.Context(), cursor, since(until))
			if err != nil {
				t.Fatal(err)
			}
			if at := page.Reached; !at.IsZero() && at.Before(since(30*24*time.Hour)) {
				t.Errorf("of %d conversations: %s", len(w.Tickets), at)
			}
			if cursor = page.Cursor; !page.More {
				break
			}
		}
	}
}
