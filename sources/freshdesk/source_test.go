package freshdesk

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/sources"
)

// talked is a ticket on which somebody wrote last at a time.
func talked(id, status int, updated, responded string) string {
	return fmt.Sprintf(`{"id":%d,"status":%d,"source":1,"created_at":"2026-11-01T00:00:00Z","updated_at":%q,"stats":{"requester_responded_at":%q}}`,
		id, status, updated, responded)
}

func TestConversationsAreReadWhereSomebodyWrote(t *testing.T) {
	for _, tt := range []struct {
		mode         Conversations
		first, later string // whose are read
	}{
		{ConversationsChanged, "1", "1 4"},
		{ConversationsAll, "1 2", "1 4"},
		{ConversationsNone, "", ""},
	} {
		h := script(map[string]string{"/tickets": "[" +
			talked(1, 2, "2026-11-20T10:00:00Z", "2026-11-20T10:00:00Z") + "," +
			talked(2, 4, "2026-11-20T11:00:00Z", "2026-11-20T10:00:00Z") + "]"})
		s := source(t, h, func(c *Config) { c.Conversations = tt.mode })
		first := drain(t, s, nil, noon)
		if got := h.conversations(); got != tt.first {
			t.Errorf("%s: the first sync reads those of %q, want %q", tt.mode, got, tt.first)
		}
		h.say("/tickets", "["+
			talked(2, 5, "2026-11-20T11:58:30Z", "2026-11-20T10:00:00Z")+","+ // only closed
			talked(3, 2, "2026-11-20T11:58:40Z", "")+","+ // new
			talked(1, 2, "2026-11-20T11:59:00Z", "2026-11-20T11:59:00Z")+","+
			talked(4, 4, "2026-11-20T11:59:30Z", "2026-11-20T11:59:10Z")+"]")
		later := drain(t, s, first.cursor, noon.Add(time.Minute))
		if got := h.conversations(); got != tt.later {
			t.Errorf("%s: a later round reads those of %q, want %q", tt.mode, got, tt.later)
		}
		if n := len(later.records); n != 4 {
			t.Errorf("%s: %d tickets", tt.mode, n)
		}
		if messages := later.tickets()["3"].Body.(*desk.Ticket).Messages; len(messages) == 1 != (tt.mode != ConversationsNone) {
			t.Errorf("%s: the new ticket has the messages %+v", tt.mode, messages)
		}
	}
}

// conversations returns of which tickets the conversations were asked for.
func (s *scripted) conversations() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var ids []string
	for _, asked := range s.asked {
		if id, rest, ok := strings.Cut(strings.TrimPrefix(asked, "/tickets/"), "/"); ok && strings.HasPrefix(rest, "conversations") {
			ids = append(ids, id)
		}
	}
	s.asked = nil
	return strings.Join(ids, " ")
}

// A page with many conversations is read in parts, each ticket with its messages.
func TestALongPageIsReadInParts(t *testing.T) {
	answers := map[string]string{}
	var rows []string
	for id := 1; id <= 50; id++ {
		rows = append(rows, talked(id, 2, time.Date(2026, 11, 20, 1, id, 0, 0, time.UTC).Format(time.RFC3339), "2026-11-20T01:00:00Z"))
		answers[fmt.Sprintf("/tickets/%d/conversations", id)] = `[{"id":7,"incoming":true,"created_at":"2026-11-20T01:00:00Z"}]`
	}
	answers["/tickets"] = "[" + strings.Join(rows, ",") + "]"
	h := script(answers)
	s := source(t, h)
	got := drain(t, s, nil, noon)
	if len(got.records) != 50 || got.pages != 3 {
		t.Errorf("%d records in %d pages, want each of 50 once, in 3", len(got.records), got.pages)
	}
	for _, r := range got.records {
		if len(r.Body.(*desk.Ticket).Messages) != 2 {
			t.Errorf("ticket %s has not its messages", r.ID)
		}
	}
	if n := h.forget("/tickets/"); n != 2*50 {
		t.Errorf("%d pages of conversations are asked for", n)
	}
}

// A customer who rates again shows when the last days are looked through, and a
// desk that is not changed shows nothing.
func TestChangedRatingsAreFound(t *testing.T) {
	row := `{"id":1,"ticket_id":7,"ratings":{"default_question":%d},"created_at":"2026-11-10T10:00:00Z","updated_at":%q}`
	newer := `,{"id":2,"ticket_id":8,"ratings":{"default_question":103},"created_at":"2026-11-20T11:00:00Z","updated_at":"2026-11-20T11:00:00Z"}]`
	h := script(map[string]string{"/surveys/satisfaction_ratings": "[" + fmt.Sprintf(row, 103, "2026-11-10T10:00:00Z") + newer})
	s := source(t, h)
	first := drain(t, s, nil, noon)
	if len(first.records) != 2 {
		t.Fatalf("%d records", len(first.records))
	}
	h.say("/surveys/satisfaction_ratings", "["+fmt.Sprintf(row, -103, "2026-11-20T13:00:00Z")+newer)
	h.forget("")
	drain(t, s, first.cursor, noon.Add(time.Minute))
	if n := h.forget("/surveys/satisfaction_ratings?created_since=2026-11-20T10%3A59%3A00Z&page=1"); n != 1 {
		t.Error("a usual round does not begin where the last one ended")
	}
	later := drain(t, s, first.cursor, noon.Add(lookEvery))
	if n := h.forget("/surveys/satisfaction_ratings?created_since=2026-11-06T11%3A00%3A00Z&page=1"); n != 1 {
		t.Error("the last days are not looked through")
	}
	if len(later.records) != 1 || later.records[0].Body.(*desk.Survey).Score != desk.Some(-3.0) {
		t.Errorf("got %+v", later.records)
	}
	if again := drain(t, source(t, h), later.cursor, noon.Add(lookEvery)); len(again.records) > 0 {
		t.Errorf("after a restart they are told again: %+v", again.records)
	}
}

func TestNamesAreAskedForAgainWhenOneIsUnknownOrAfterAnHour(t *testing.T) {
	h := script(map[string]string{"/groups": groups, "/tickets": ticketWith(t, map[string]any{"group_id": 43000596433})})
	s := source(t, h)
	c := drain(t, s, nil, noon).cursor
	change := func(after time.Duration, group int) string {
		until := noon.Add(after)
		h.say("/tickets", ticketWith(t, map[string]any{"group_id": group, "updated_at": until.Format(time.RFC3339)}))
		got := drain(t, s, c, until)
		c = got.cursor
		return got.tickets()["20881"].Body.(*desk.Ticket).Team
	}
	for _, step := range []struct {
		after time.Duration
		group int
		team  string
		asks  int
	}{
		{time.Minute, 43000596433, "Payments", 2}, // those of the first sync: a page, and nothing behind it
		{2 * time.Minute, 5, "", 2},
		{3 * time.Minute, 5, "", 0}, // nobody knows it
		{4 * time.Minute, 43000596433, "Payments", 0},
		{70 * time.Minute, 5, "", 2},
	} {
		if team := change(step.after, step.group); team != step.team {
			t.Errorf("after %s: team %q, want %q", step.after, team, step.team)
		}
		if n := h.forget("/groups"); n != step.asks {
			t.Errorf("after %s: asked %d times, want %d", step.after, n, step.asks)
		}
	}
}

// capabilities returns which are not available, each with why.
func capabilities(s *Source) map[string]string {
	missing := map[string]string{}
	for _, c := range s.Capabilities() {
		if !c.Available {
			missing[c.Name] = c.Why
		}
	}
	return missing
}

func TestWhatIsClosedIsDoneWithoutAndTriedAgainAfterAnHour(t *testing.T) {
	closed := map[string]string{
		"/tickets?spam": "403", "/tickets?deleted": "402", "/surveys/satisfaction_ratings": "404", "/groups": "403", "/ticket_fields": "403",
		"/tickets/1/conversations": "402", "/tickets/2/time_entries": "403",
		"/tickets": "[" + talked(1, 8, "2026-11-20T10:00:00Z", "2026-11-20T10:00:00Z") + "," + talked(2, 4, "2026-11-20T11:00:00Z", "2026-11-20T10:00:00Z") + "]",
	}
	closed["/tickets"] = strings.ReplaceAll(closed["/tickets"], `"source":1`, `"source":1,"group_id":5`)
	h := script(closed)
	s := source(t, h, func(c *Config) { c.TimeEntries = true })
	got := drain(t, s, nil, noon)
	if len(got.records) != 2 || len(got.rejects) > 0 {
		t.Errorf("%d tickets, rejects %+v", len(got.records), got.rejects)
	}
	missing := capabilities(s)
	for _, name := range []string{capSpam, capDeleted, capRatings, capGroups, capFields, capConversations, capTimeEntries} {
		if missing[name] == "" {
			t.Errorf("nobody says why %s is missing", name)
		}
	}
	if missing[capSearch] != "" || len(s.Capabilities()) != 8 {
		t.Errorf("capabilities: %+v", s.Capabilities())
	}
	h.forget("")
	drain(t, s, got.cursor, noon.Add(59*time.Minute))
	if n := h.forget("/tickets?filter=") + h.forget("/surveys"); n != 0 {
		t.Errorf("what is closed is asked %d times within the hour", n)
	}
	for path := range closed {
		if path != "/tickets" {
			h.say(path, "[]")
		}
	}
	drain(t, s, got.cursor, noon.Add(time.Hour))
	if n := h.forget("/tickets?filter="); n != 2 {
		t.Errorf("after an hour, %d of 2 are tried", n)
	}
	if missing := capabilities(s); missing[capSpam]+missing[capRatings]+missing[capDeleted] != "" {
		t.Errorf("what is open again is still missing: %v", missing)
	}
}

// A ticket may be deleted while it is read, or the desk stumble over it; where no
// ticket has a conversation, the desk has none.
func TestATicketWithoutAConversationIsNoGate(t *testing.T) {
	for answer, rejected := range map[string]int{"404": 0, "403": 1, "400": 1} {
		answers := map[string]string{}
		var rows []string
		for id := 1; id <= mostFailures; id++ {
			rows = append(rows, talked(id, 2, "2026-11-20T10:00:00Z", "2026-11-20T10:00:00Z"))
			answers[fmt.Sprintf("/tickets/%d/conversations", id)] = answer
		}
		answers["/tickets"] = "[" + strings.Join(rows[1:], ",") + "]"
		s := source(t, script(answers))
		got := drain(t, s, nil, noon)
		if len(got.records) != mostFailures-1 || len(capabilities(s)) > 0 {
			t.Errorf("%s: %d tickets, missing %v", answer, len(got.records), capabilities(s))
		}
		if len(got.rejects) != rejected*(mostFailures-1) {
			t.Errorf("%s: rejects %+v", answer, got.rejects)
		}
		for _, r := range got.rejects {
			if r.Reason != desk.ReasonMalformed || !strings.HasPrefix(r.Where, "conversations of ticket ") {
				t.Errorf("%s: reject %+v", answer, r)
			}
		}
		answers["/tickets"] = "[" + strings.Join(rows, ",") + "]"
		s = source(t, script(answers))
		if got := drain(t, s, nil, noon); len(got.records) != mostFailures || capabilities(s)[capConversations] == "" {
			t.Errorf("%s: %d tickets, missing %v", answer, len(got.records), capabilities(s))
		}
	}
}

// A ticket whose messages could not be read has them when it changes.
func TestAConversationThatFailedIsReadWithTheNextChange(t *testing.T) {
	h := script(map[string]string{
		"/tickets":                 "[" + talked(1, 2, "2026-11-20T10:00:00Z", "2026-11-20T10:00:00Z") + "," + talked(2, 2, "2026-11-20T10:00:00Z", "2026-11-20T10:00:00Z") + "]",
		"/tickets/1/conversations": "400",
		"/tickets/2/conversations": `[{"id":7,"incoming":true,"created_at":"2026-11-20T10:00:00Z"}]`,
	})
	s := source(t, h)
	first := drain(t, s, nil, noon)
	all := first.tickets()
	if len(all) != 2 || len(all["2"].Body.(*desk.Ticket).Messages) != 2 || len(all["1"].Body.(*desk.Ticket).Messages) != 0 {
		t.Fatalf("got %+v", first.records)
	}
	h.say("/tickets/1/conversations", `[{"id":8,"incoming":true,"created_at":"2026-11-20T10:00:00Z"}]`)
	h.say("/tickets", "["+talked(1, 2, "2026-11-20T12:00:00Z", "2026-11-20T12:00:00Z")+"]")
	later := drain(t, s, first.cursor, noon.Add(time.Minute))
	if n := len(later.tickets()["1"].Body.(*desk.Ticket).Messages); n != 2 || len(later.rejects) > 0 {
		t.Errorf("%d messages, rejects %+v", n, later.rejects)
	}
}

// What can be done without is set aside while it fails, and read on from where it
// was when it is well again.
func TestWhatFailsIsSetAside(t *testing.T) {
	rows := "[" + strings.ReplaceAll(talked(1, 8, "2026-11-20T10:00:00Z", "2026-11-20T10:00:00Z")+","+
		talked(2, 4, "2026-11-20T11:00:00Z", "2026-11-20T10:00:00Z"), `"source":1`, `"source":1,"group_id":43000596433`) + "]"
	broken := map[string]string{
		"/tickets?spam": "400", "/tickets?deleted": "400", "/surveys/satisfaction_ratings": "400", "/groups": "400", "/ticket_fields": "null",
		"/tickets/2/time_entries": "400",
	}
	h := script(maps.Clone(broken))
	h.say("/tickets", rows)
	var log strings.Builder
	s := source(t, h, func(c *Config) { c.TimeEntries = true })
	s.gates.logger = slog.New(slog.NewTextHandler(&log, nil))
	first := drain(t, s, nil, noon)
	if len(first.tickets()) != 2 || !first.asOf.Equal(noon) {
		t.Fatalf("got %+v as of %s", first.records, first.asOf)
	}
	missing := capabilities(s)
	for _, name := range []string{capSpam, capDeleted, capRatings, capGroups, capFields, capTimeEntries} {
		if missing[name] == "" {
			t.Errorf("nobody says why %s is missing", name)
		}
	}
	h.forget("")
	second := drain(t, s, first.cursor, noon.Add(4*time.Minute))
	if n := h.forget("/tickets?filter=") + h.forget("/surveys"); n != 0 {
		t.Errorf("what failed is asked %d times within five minutes", n)
	}
	third := drain(t, s, second.cursor, noon.Add(5*time.Minute))
	if n := h.forget("/tickets?filter="); n != 2 {
		t.Errorf("after five minutes %d of 2 are tried", n)
	}
	if n := strings.Count(log.String(), "level=WARN"); n != len(broken) {
		t.Errorf("%d warnings of %d parts:\n%s", n, len(broken), &log)
	}
	if string(third.cursor) != string(first.cursor) {
		t.Errorf("the cursor moves:\n%s\n%s", first.cursor, third.cursor)
	}
	h.say("/tickets?deleted", ticketWith(t, map[string]any{"id": 3, "updated_at": "2026-11-01T00:00:00Z"}))
	h.say("/tickets?spam", "[]")
	h.say("/surveys/satisfaction_ratings", sample(t, "satisfaction_ratings"))
	h.say("/groups", groups)
	h.say("/tickets", strings.ReplaceAll(rows, "2026-11-20T11:00:00Z", "2026-11-20T12:01:00Z"))
	last := drain(t, source(t, h), third.cursor, noon.Add(10*time.Minute))
	if r, ok := last.tickets()["3"]; !ok || !r.Deleted {
		t.Error("what was deleted in the meantime is not told")
	}
	if last.tickets()["2"].Body.(*desk.Ticket).Team != "Payments" {
		t.Error("the teams are not asked for again")
	}
	if n := len(last.records) - len(last.tickets()); n == 0 {
		t.Error("the ratings of the meantime are not told")
	}
	drain(t, s, third.cursor, noon.Add(10*time.Minute))
	if n := strings.Count(log.String(), "level=INFO"); n != 4 {
		t.Errorf("%d of 4 parts are said to be back:\n%s", n, &log)
	}
}

// A listing that fails halfway is read on from there, with what that needs: of
// ratings, which ones are older than what was read.
func TestAListingThatWasSetAsideGoesOnWhereItWas(t *testing.T) {
	var rows []string
	for i := range 150 {
		at := noon.Add(time.Duration(i-200) * time.Hour).Format(time.RFC3339)
		changed := at
		if i == 0 {
			changed = noon.Format(time.RFC3339) // rated again
		}
		rows = append(rows, fmt.Sprintf(`{"id":%d,"ticket_id":1,"ratings":{"default_question":103},"created_at":%q,"updated_at":%q}`, i+1, at, changed))
	}
	var asked int
	s := source(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "/satisfaction_ratings") {
			_, _ = w.Write([]byte("[]"))
			return
		}
		asked++
		if asked == 2 {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		var page []string
		for _, row := range rows {
			var of struct {
				At string `json:"created_at"`
			}
			_ = json.Unmarshal([]byte(row), &of)
			if of.At >= r.URL.Query().Get("created_since") && r.URL.Query().Get("page") == "1" && len(page) < perPage {
				page = append(page, row)
			}
		}
		_, _ = w.Write([]byte("[" + strings.Join(page, ",") + "]"))
	}))
	first := drain(t, s, nil, noon)
	later := drain(t, s, first.cursor, noon.Add(5*time.Minute))
	told := map[string]bool{}
	for _, r := range slices.Concat(first.records, later.records) {
		told[r.ID] = true
	}
	if len(first.records) != perPage || len(told) != len(rows) {
		t.Errorf("%d ratings, and %d in all, want %d", len(first.records), len(told), len(rows))
	}
}

// Wrong credentials are no matter of one endpoint.
func TestWrongCredentialsAreNotSetAside(t *testing.T) {
	s := source(t, script(map[string]string{"/tickets?spam": "401"}))
	if _, err := s.Fetch(t.Context(), nil, noon); sources.ReasonOf(err) != sources.ReasonRefused {
		t.Errorf("got %v", err)
	}
}

// Some desks cut pages shorter than they are asked to.
func TestWhatATicketHasIsReadToTheEndOfShortPages(t *testing.T) {
	lists := map[string][]string{
		"/groups": {`{"id":1,"name":"A"}`, `{"id":2,"name":"B"}`, `{"id":5,"name":"Payments"}`},
		"/tickets/1/conversations": {
			`{"id":1,"created_at":"2026-11-20T01:00:00Z"}`, `{"id":2,"created_at":"2026-11-20T02:00:00Z"}`, `{"id":3,"created_at":"2026-11-20T03:00:00Z"}`,
		},
		"/tickets/1/time_entries": {`{"time_spent":"01:00"}`, `{"time_spent":"00:30"}`, `{"time_spent":"00:12"}`},
		"/tickets":                {strings.Replace(talked(1, 4, "2026-11-20T10:00:00Z", "2026-11-20T10:00:00Z"), `"source":1`, `"source":1,"group_id":5`, 1)},
	}
	s := source(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		page, _ := strconv.Atoi(r.URL.Query().Get("page"))
		list := lists[strings.TrimPrefix(r.URL.Path, "/api/v2")]
		if r.URL.Query().Has("filter") {
			list = nil
		}
		from := min(2*(page-1), len(list))
		_, _ = w.Write([]byte("[" + strings.Join(list[from:min(from+2, len(list))], ",") + "]"))
	}), func(c *Config) { c.TimeEntries, c.Conversations = true, ConversationsAll })
	round := drain(t, s, nil, noon)
	got := round.tickets()["1"].Body.(*desk.Ticket)
	if len(got.Messages) != 4 || got.Team != "Payments" || got.HandleTime != desk.Some(102*time.Minute) {
		t.Errorf("%d messages, team %q, handle time %v", len(got.Messages), got.Team, got.HandleTime)
	}
}

// Where the desk as a whole is out of order, no ticket is told without its parts.
func TestAnOutageIsNotSetAside(t *testing.T) {
	var out atomic.Bool
	h := script(map[string]string{"/tickets": "[" + talked(1, 2, "2026-11-20T10:00:00Z", "2026-11-20T10:00:00Z") + "]"})
	s := source(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/conversations") {
			out.Store(true)
		}
		if out.Load() {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		h.ServeHTTP(w, r)
	}))
	if page, err := s.Fetch(t.Context(), nil, noon); err == nil {
		t.Errorf("got %+v", page)
	}
}

func TestTheDeskCountsWhatIsOpen(t *testing.T) {
	h := script(map[string]string{"/search/tickets": `{"total":412,"results":[]}`, "/ticket_fields": fields, "/groups": groups})
	s := source(t, h, func(c *Config) { c.Statuses = map[int]string{9: "on_hold", 10: "test", 7: "solved"} })
	drain(t, s, nil, noon)
	if n, err := s.CountOpen(t.Context()); n != 412 || err != nil {
		t.Errorf("got %d, %v", n, err)
	}
	if n := h.forget("/search/tickets?query=%22status%3A2+OR+status%3A3+OR+status%3A6+OR+status%3A9%22"); n != 1 {
		t.Error("the search is another one")
	}
	h.say("/search/tickets", "403")
	for range 2 {
		if _, err := s.CountOpen(t.Context()); !errors.Is(err, sources.ErrUncounted) {
			t.Errorf("got %v", err)
		}
	}
	if n := h.forget("/search"); n != 1 || capabilities(s)[capSearch] == "" {
		t.Errorf("a closed search is asked %d times; missing are %v", n, capabilities(s))
	}
}

func TestAProbeTriesEachEndpointOnce(t *testing.T) {
	h := script(map[string]string{"/tickets": sample(t, "tickets"), "/search/tickets": `{"total":1}`, "/ticket_fields": "403"})
	s := source(t, h, func(c *Config) { c.TimeEntries = true })
	newest, err := s.Probe(t.Context(), noon)
	if err != nil || !newest.Equal(at(t, "2026-11-19T09:15:00Z")) {
		t.Errorf("newest %s, %v", newest, err)
	}
	asked := map[string]int{}
	for _, a := range h.asked {
		path, query, _ := strings.Cut(a, "?")
		if strings.Contains(query, "filter=") {
			path += " " + query[strings.Index(query, "filter="):]
		}
		asked[path]++
	}
	want := map[string]int{
		"/tickets": 1, "/tickets filter=spam&per_page=1": 1, "/tickets filter=deleted&per_page=1": 1, "/groups": 1, "/ticket_fields": 1,
		"/surveys/satisfaction_ratings": 1, "/search/tickets": 1, "/tickets/20881/conversations": 1, "/tickets/20881/time_entries": 1,
	}
	if diff := cmp.Diff(want, asked); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if missing := capabilities(s); len(missing) != 1 || missing[capFields] == "" {
		t.Errorf("missing: %v", missing)
	}
}

// The configuration names no messages: they come with their tickets.
func TestEachRecordIsOfAKindThatIsFed(t *testing.T) {
	feeds := map[desk.Kind]bool{}
	for _, kind := range NewConfig().Feeds() {
		feeds[kind] = true
	}
	h := script(map[string]string{"/tickets": sample(t, "tickets"), "/surveys/satisfaction_ratings": sample(t, "satisfaction_ratings"), "/tickets?deleted": ticketWith(t, map[string]any{"id": 2})})
	for _, r := range drain(t, source(t, h), nil, noon).records {
		if !feeds[r.Body.Kind()] {
			t.Errorf("%s is a %s", r.ID, r.Body.Kind())
		}
	}
}
