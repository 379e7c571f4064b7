package intercom

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/sources"
	"helpdesk_exporter/sources/intercom/intercomtest"
	"helpdesk_exporter/sources/sourcestest"
)

// badParts is a workspace in which one conversation cannot be read by itself.
func badParts(fake http.Handler, id string, answer http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/conversations/"+id {
			answer(rw, r)
			return
		}
		fake.ServeHTTP(rw, r)
	})
}

func TestOneConversationDoesNotKeepBackTheOthers(t *testing.T) {
	for name, answer := range map[string]http.HandlerFunc{
		"another conversation": func(rw http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(rw, `{"id":"7"}`) },
		"too large":            func(rw http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(rw, strings.Repeat(" ", 65<<20)) },
		"refused":              func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusUnprocessableEntity) },
	} {
		s := source(t, badParts(workspace(world(since(3*time.Hour), since(2*time.Hour), since(time.Hour)), intercomtest.Options{}), "2", answer))
		_, err := fetchUntilError(t, s)
		if sources.ReasonOf(err) != sources.ReasonBadAnswer {
			t.Errorf("%s: first comes %v", name, err)
		}
		d := drain(t, s, nil, since(until))
		got := d.tickets()
		if len(got) != 3 || got["2"].Messages != nil || got["3"].Messages == nil {
			t.Errorf("%s: then come %v", name, got)
		}
		if len(d.rejects) != 1 || d.rejects[0].Where != "conversation 2" || !strings.Contains(d.rejects[0].Raw, `"2"`) {
			t.Errorf("%s: the rejects are %+v", name, d.rejects)
		}
	}
}

// fetchUntilError drains a source until it fails.
func fetchUntilError(t *testing.T, s *Source) (cursor desk.Cursor, err error) {
	for range 100 {
		page, err := s.Fetch(t.Context(), cursor, since(until))
		if err != nil {
			return cursor, err
		}
		cursor = page.Cursor
		if !page.More {
			break
		}
	}
	t.Fatal("nothing fails")
	return nil, nil
}

// Reopenings are told only where no part is missing.
func TestConversationsOfManyParts(t *testing.T) {
	w := world(since(time.Hour))
	for i := range 6 {
		w.Tickets[0].Events = append(w.Tickets[0].Events, sourcestest.Event{At: since(time.Hour - time.Duration(i+1)*time.Minute), What: sourcestest.Note, Agent: 3})
	}
	for most, whole := range map[int]bool{5: false, 6: true} {
		d := drain(t, source(t, workspace(w, intercomtest.Options{PartsMost: most})), nil, since(until))
		ticket := d.tickets()["1"]
		if got := ticket.StatusChanges != nil; got != whole || len(ticket.Messages) != most+1 {
			t.Errorf("of 6 parts %d are given: %d messages, whole %t", most, len(ticket.Messages), got)
		}
	}
	for parts, whole := range map[int]bool{499: true, 500: false} {
		h := badParts(workspace(w, intercomtest.Options{}), "1", func(rw http.ResponseWriter, _ *http.Request) {
			list := strings.TrimSuffix(strings.Repeat(`{"part_type":"note"},`, parts), ",")
			_, _ = io.WriteString(rw, `{"id":1,"created_at":1,"updated_at":2,"state":"open","conversation_parts":{"conversation_parts":[`+list+`]}}`)
		})
		if got := drain(t, source(t, h), nil, since(until)).tickets()["1"].StatusChanges != nil; got != whole {
			t.Errorf("%d parts of nobody knows how many: whole %t", parts, got)
		}
	}
}

// A conversation that the search still shows and that is gone was deleted; where
// none can be read by itself, that says nothing.
func TestGoneConversations(t *testing.T) {
	w := world(since(3*time.Hour), since(2*time.Hour), since(time.Hour))
	d := drain(t, source(t, badParts(workspace(w, intercomtest.Options{}), "2", http.NotFound)), nil, since(until))
	for _, r := range d.records {
		if r.Deleted != (r.ID == "2") {
			t.Errorf("ticket %s: deleted %t", r.ID, r.Deleted)
		}
	}
	w = world(slices.Repeat([]time.Time{since(time.Hour)}, 7)...)
	for code, asked := range map[int]int{http.StatusNotFound: deniedMost, http.StatusForbidden: deniedMost, http.StatusPaymentRequired: 1} {
		gates := map[string]int{}
		for id := range 7 {
			gates[fmt.Sprintf("/conversations/%d", id+1)] = code
		}
		fake := workspace(w, intercomtest.Options{Gates: gates})
		s := source(t, fake)
		d := drain(t, s, nil, since(until))
		for _, r := range d.records {
			if r.Deleted {
				t.Errorf("%d: ticket %s is deleted", code, r.ID)
			}
		}
		if n := fake.Requests()["GET /conversations/{id}"]; len(d.tickets()) != 7 || n != asked {
			t.Errorf("%d: got %d tickets and asked %d times", code, len(d.tickets()), n)
		}
		if c := s.Capabilities(); available(c, gateParts) || !available(c, gateTeams) {
			t.Errorf("%d: capabilities %+v", code, c)
		}
	}
}

// A conversation that is kept from us says nothing of the others, however often
// it is asked for.
func TestOneConversationThatIsKeptFromUs(t *testing.T) {
	now := noon
	w := world(since(3*time.Hour), since(2*time.Hour), since(time.Hour))
	for i := range deniedMost {
		change := noon.Add(time.Duration(10*i+5) * time.Minute)
		w.Tickets[1].Events = append(w.Tickets[1].Events, sourcestest.Event{At: change, What: sourcestest.Note, Agent: 3})
	}
	s := source(t, badParts(workspace(w, intercomtest.Options{Now: func() time.Time { return now }}), "2", refuses(http.StatusForbidden)))
	d := drain(t, s, nil, since(until))
	if got := d.tickets(); len(got) != 3 || got["1"].Messages == nil || got["2"].Messages != nil || got["3"].Messages == nil {
		t.Errorf("got %v", got)
	}
	for range deniedMost {
		now = now.Add(10 * time.Minute)
		if d = drain(t, s, d.cursor, now.Add(-until)); d.tickets()["2"] == nil {
			t.Fatal("it does not come again")
		}
	}
	if c := s.Capabilities(); !available(c, gateParts) {
		t.Errorf("capabilities %+v", c)
	}
}

func available(all []sources.Capability, name string) bool {
	i := slices.IndexFunc(all, func(c sources.Capability) bool { return c.Name == name })
	return i >= 0 && all[i].Available && all[i].Why == ""
}

// What is closed to us is tried again every hour.
func TestClosedEndpointsAreTriedAgain(t *testing.T) {
	now, open := noon, false
	w := world(since(time.Hour))
	fake := workspace(w, intercomtest.Options{Now: func() time.Time { return now }})
	tried := 0
	h := http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/teams" || r.URL.Path == "/calls" {
			if r.URL.Path == "/calls" {
				tried++
			}
			if !open {
				rw.WriteHeader(http.StatusForbidden)
				return
			}
		}
		fake.ServeHTTP(rw, r)
	})
	s := source(t, h)
	d := drain(t, s, nil, now)
	if d.tickets()["1"].Team != "" {
		t.Errorf("the team is %q", d.tickets()["1"].Team)
	}
	open = true
	d = drain(t, s, d.cursor, now.Add(59*time.Minute))
	if c := s.Capabilities(); tried != 1 || available(c, gateCalls) || available(c, gateTeams) {
		t.Errorf("within the hour: tried %d times, capabilities %+v", tried, c)
	}
	drain(t, s, d.cursor, now.Add(time.Hour))
	if c := s.Capabilities(); tried != 2 || !available(c, gateCalls) {
		t.Errorf("after an hour: tried %d times, capabilities %+v", tried, c)
	}
}

func TestTeamsAreReadAgainWhereOneIsUnknown(t *testing.T) {
	now := noon
	w := world(
		since(time.Hour), noon.Add(2*time.Minute), noon.Add(3*time.Minute), noon.Add(4*time.Minute),
		noon.Add(5*time.Minute), noon.Add(6*time.Minute), noon.Add(80*time.Minute),
	)
	for i, group := range []int64{5, 6, 7, 8, 7, 8, 5} { // of which 7 and 8 are gone
		w.Tickets[i].Group = group
	}
	fake := workspace(w, intercomtest.Options{Now: func() time.Time { return now }})
	s := source(t, fake)
	d := drain(t, s, nil, now)
	w.Groups = append(w.Groups, sourcestest.Group{ID: 6, Name: "Returns"})
	now = noon.Add(10 * time.Minute)
	d = drain(t, s, d.cursor, now)
	if got := d.tickets(); got["2"].Team != "Returns" || got["3"].Team != "" {
		t.Errorf("the teams are %q and %q", got["2"].Team, got["3"].Team)
	}
	if n := fake.Requests()["GET /teams"]; n != 4 { // one for each new id
		t.Errorf("the teams were read %d times", n)
	}
	w.Groups[0].Name = "Invoices"
	now = noon.Add(90 * time.Minute)
	d = drain(t, s, d.cursor, now)
	if got := d.tickets()["7"].Team; got != "Invoices" {
		t.Errorf("after an hour the team is %q", got)
	}
}

func TestCursorsOfOtherVersions(t *testing.T) {
	s := source(t, nobody)
	for _, cursor := range []string{"{", `{"version":99}`, `[]`} {
		_, err := s.Fetch(t.Context(), desk.Cursor(cursor), noon)
		if sources.ReasonOf(err) != sources.ReasonInternal || !strings.Contains(fmt.Sprint(err), "another name") {
			t.Errorf("%s: got error %v", cursor, err)
		}
	}
}

func TestCountAndProbe(t *testing.T) {
	w := world(since(3*time.Hour), since(2*time.Hour), since(time.Hour))
	closed(w.Tickets[0], since(90*time.Minute))
	fake := workspace(w, intercomtest.Options{Gates: map[string]int{"/calls": http.StatusPaymentRequired}})
	s := source(t, fake, func(c *Config) { c.Tickets, c.APIVersion = true, "2.16" })
	if n, err := s.CountOpen(t.Context()); n != 2 || err != nil {
		t.Errorf("counted %d, %v", n, err)
	}
	newest, err := s.Probe(t.Context(), since(until))
	if err != nil || !newest.Equal(since(time.Hour)) {
		t.Errorf("the newest is of %s, %v", newest, err)
	}
	for _, name := range []string{gateTeams, gateParts, gateTickets, gateDeleted, gateCalls} {
		if got := available(s.Capabilities(), name); got != (name != gateCalls) {
			t.Errorf("capability %s: %t", name, got)
		}
	}
	for endpoint, n := range fake.Requests() {
		if n > 1 && endpoint != "POST /conversations/search" {
			t.Errorf("%s was asked %d times", endpoint, n)
		}
	}
}
