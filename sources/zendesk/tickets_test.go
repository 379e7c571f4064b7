package zendesk

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/internal/api"
	"helpdesk_exporter/sources"
)

const aTicket = `{"id":1,"status":"open","created_at":"2026-11-18T09:00:00Z","updated_at":"2026-11-18T09:00:00Z","generated_timestamp":1795079530}`

func TestTheCursorIsTheDesks(t *testing.T) {
	d := open(t, map[string]answers{ticketsPath: func(q url.Values) (int, string) {
		switch q.Get("cursor") {
		case "":
			return 200, `{"tickets":[` + aTicket + `],"after_cursor":null,"after_url":"https://elsewhere.example/api/v2/incremental/tickets/cursor.json?cursor=b%3D","end_of_stream":false}`
		case "b=":
			return 200, `{"tickets":[],"after_cursor":"c","end_of_stream":true}`
		default:
			return 200, `{"tickets":[],"after_cursor":null,"end_of_stream":true}`
		}
	}})
	s := d.source(t)
	first := drain(t, s, nil, noon)
	again := drain(t, s, first.cursor, noon.Add(time.Hour))
	want := []string{
		"include=metric_sets&per_page=1000&start_time=" + unix(noon.Add(-10*day).Unix()),
		"cursor=b=&include=metric_sets&per_page=1000",
		"cursor=c&include=metric_sets&per_page=1000",
	}
	if asked := d.questions(ticketsPath); !slices.Equal(asked, want) {
		t.Errorf("asked %q, want %q", asked, want)
	}
	if string(again.cursor) != string(first.cursor) {
		t.Errorf("nothing changed, and the cursor did:\n%s\n%s", first.cursor, again.cursor)
	}
}

func TestAForgottenCursorIsReplacedByATime(t *testing.T) {
	d := open(t, map[string]answers{ticketsPath: says(`{"tickets":[` + aTicket + `],"after_cursor":"old","end_of_stream":true}`)})
	s := d.source(t)
	first := drain(t, s, nil, noon)
	d.questions(ticketsPath)
	d.say(map[string]answers{ticketsPath: func(q url.Values) (int, string) {
		if q.Get("cursor") == "old" {
			return http.StatusUnprocessableEntity, `{"error":"InvalidValue"}`
		}
		return 200, `{"tickets":[` + aTicket + `],"after_cursor":"new","end_of_stream":true}`
	}})
	if ids := drain(t, s, first.cursor, noon.Add(time.Hour)).ids(desk.KindTicket); !slices.Equal(ids, []string{"1"}) {
		t.Errorf("read %v, want the ticket once more", ids)
	}
	if asked := d.questions(ticketsPath); len(asked) != 2 || !strings.HasSuffix(asked[1], "start_time=1795079530") {
		t.Errorf("asked %q, want to go on from the last change", asked)
	}
}

// A desk that goes on giving a cursor that it does not take is asked by time once
// in each poll.
func TestACursorThatIsRefusedAnewIsAnError(t *testing.T) {
	for _, code := range []int{http.StatusBadRequest, http.StatusNotFound} {
		lately := unix(noon.Add(-5 * time.Minute).Unix()) // no excuse that the start is too recent
		d := open(t, map[string]answers{ticketsPath: func(q url.Values) (int, string) {
			if q.Has("cursor") {
				return code, `{}`
			}
			return 200, `{"tickets":[{"id":1,"status":"open","created_at":"2026-11-18T09:00:00Z","generated_timestamp":` + lately + `}],"after_cursor":"AAAA","end_of_stream":false}`
		}})
		s := d.source(t)
		var cursor desk.Cursor
		for poll, want := range []int{4, 3} { // by time and by cursor, twice; then from the cursor
			var err error
			for range 10 {
				var page desk.Page
				if page, err = s.Fetch(t.Context(), cursor, noon); err != nil {
					break
				}
				cursor = page.Cursor
			}
			if err == nil || sources.ReasonOf(err) != sources.ReasonBadAnswer {
				t.Fatalf("%d, poll %d: got %v, want a bad answer", code, poll, err)
			}
			if asked := d.questions(ticketsPath); len(asked) != want {
				t.Errorf("%d, poll %d: asked %q, want %d requests", code, poll, asked, want)
			}
		}
		d.say(map[string]answers{ticketsPath: ticketsPage(aTicket)})
		if got := drain(t, s, cursor, noon); !got.asOf.Equal(noon) {
			t.Errorf("%d: it does not go on when the desk is well again", code)
		}
	}
}

func TestAStreamThatStaysWhereItIsIsAnError(t *testing.T) {
	d := open(t, map[string]answers{ticketsPath: says(`{"tickets":[` + aTicket + `],"end_of_stream":false}`)})
	_, err := d.source(t).Fetch(t.Context(), nil, noon)
	if err == nil || sources.ReasonOf(err) != sources.ReasonBadAnswer {
		t.Errorf("got %v, want a bad answer", err)
	}
}

func TestScopeOfAIAgents(t *testing.T) {
	d := open(t, map[string]answers{ticketsPath: ticketsPage(aTicket)})
	got := drain(t, d.source(t, func(c *Config) { c.Scope = scopeAIAgent }), nil, noon)
	if by := body[*desk.Ticket](t, got, "1").HandledBy; by != desk.RoleBot {
		t.Errorf("handled by %s, want a bot", by)
	}
	if asked := d.questions(ticketsPath)[0]; !strings.Contains(asked, "support_type_scope=ai_agent") {
		t.Errorf("asked %q", asked)
	}
}

func TestPagesShrinkWhereTheyAreTooMuch(t *testing.T) {
	p := newPageSize()
	slow := &api.StatusError{Code: http.StatusGatewayTimeout}
	for _, step := range []struct {
		err   error
		times int
		want  string
	}{{nil, 3, "1000"}, {slow, 1, "500"}, {slow, 2, "125"}, {nil, 9, "125"}, {nil, 1, "250"}, {slow, 9, "25"}, {&api.StatusError{Code: 404}, 1, "25"}, {nil, 100, "1000"}} {
		for range step.times {
			p.went(step.err)
		}
		if p.String() != step.want {
			t.Errorf("after %d times %v: %s, want %s", step.times, step.err, p.String(), step.want)
		}
	}
}

func TestUnfinishedTicketsAreFoundHoweverOld(t *testing.T) {
	old := func(id string) string {
		return `{"id":` + id + `,"status":"pending","created_at":"2020-01-01T09:00:00Z","updated_at":"2020-01-02T09:00:00Z"}`
	}
	d := open(t, map[string]answers{
		searchPath: func(q url.Values) (int, string) {
			switch q.Get("page[after]") {
			case "":
				return 200, `{"results":[` + old("1") + `],"meta":{"has_more":true,"after_cursor":"x"},"links":{"next":"https://elsewhere.example/?page[after]=y"}}`
			default:
				return 200, `{"results":[` + old("2") + `,` + old("3") + `],"meta":{"has_more":false,"after_cursor":"z"}}`
			}
		},
		showManyPath: func(q url.Values) (int, string) {
			if q.Get("ids") == "2,3" {
				return 200, `{"tickets":[{"id":3,"status":"open","created_at":"2020-01-01T09:00:00Z","metric_set":{"replies":7}}]}`
			}
			return http.StatusForbidden, `{}`
		},
	})
	s := d.source(t)
	got := drain(t, s, nil, noon)
	if ids := got.ids(desk.KindTicket); !slices.Equal(ids, []string{"1", "2", "3"}) {
		t.Errorf("found %v", ids)
	}
	if k := body[*desk.Ticket](t, got, "3"); k.AgentReplies != desk.Some(7) || k.Status != desk.StatusOpen {
		t.Errorf("ticket 3 is not the one that was shown: %+v", k)
	}
	want := []string{
		"filter[type]=ticket&page[size]=100&query=status<solved", "filter[type]=ticket&page[after]=x&page[size]=100&query=status<solved",
	}
	if asked := d.questions(searchPath); !slices.Equal(asked, want) {
		t.Errorf("asked %q, want %q", asked, want)
	}
	if drain(t, s, got.cursor, noon.Add(time.Hour)); len(d.questions(searchPath)) > 0 {
		t.Error("it was searched again, behind the first sync")
	}
	if !capability(t, s, canSearch).Available {
		t.Error("the search is said not to be available")
	}
}

func TestASearchThatBreaksOffBeginsAnew(t *testing.T) {
	broken := 0
	d := open(t, map[string]answers{searchPath: func(q url.Values) (int, string) {
		switch {
		case q.Get("page[after]") == "":
			return 200, `{"results":[` + aTicket + `],"meta":{"has_more":true,"after_cursor":"x"}}`
		case broken < 1:
			broken++
			return http.StatusBadRequest, `{}`
		default:
			return 200, `{"results":[],"meta":{"has_more":false}}`
		}
	}})
	if ids := drain(t, d.source(t), nil, noon).ids(desk.KindTicket); !slices.Equal(ids, []string{"1", "1"}) {
		t.Errorf("found %v, want the first page twice", ids)
	}
	broken = -10
	got := drain(t, d.source(t), nil, noon)
	if !strings.Contains(string(got.cursor), `"refused"`) {
		t.Errorf("a search that never ends is not given up: %s", got.cursor)
	}
}

func TestWithoutASearchAllTicketsAreRead(t *testing.T) {
	for _, code := range []int{http.StatusForbidden, http.StatusNotFound, http.StatusUnprocessableEntity, http.StatusBadRequest} {
		d := open(t, map[string]answers{
			searchPath: refuses(code),
			ticketsPath: func(q url.Values) (int, string) {
				switch q.Get("start_time") {
				case "0":
					return http.StatusUnprocessableEntity, `{}`
				case "1":
					return ticketsPage(aTicket)(q)
				default:
					return 200, `{"tickets":[],"after_cursor":"end","end_of_stream":true}`
				}
			},
		})
		s := d.source(t)
		got := drain(t, s, nil, noon)
		if ids := got.ids(desk.KindTicket); !slices.Equal(ids, []string{"1"}) {
			t.Errorf("%d: read %v, want the export from the first ticket on", code, ids)
		}
		later := d.source(t) // after a restart
		drain(t, later, got.cursor, noon.Add(time.Minute))
		for _, s := range []*Source{s, later} {
			if c := capability(t, s, canSearch); c.Available || c.Why == "" {
				t.Errorf("%d: capability %+v, want it to be withheld", code, c)
			}
		}
	}
}

func TestWithoutTicketsThereIsNothing(t *testing.T) {
	for code, want := range map[int]sources.Reason{
		http.StatusUnauthorized: sources.ReasonRefused, http.StatusForbidden: sources.ReasonRefused, http.StatusNotFound: sources.ReasonBadAnswer,
	} {
		d := open(t, map[string]answers{ticketsPath: refuses(code)})
		page, err := d.source(t).Fetch(t.Context(), nil, noon)
		if sources.ReasonOf(err) != want || err == nil || len(page.Cursor) > 0 {
			t.Errorf("%d: got %v, want %s", code, err, want)
		}
	}
}

func TestAnAnswerWithoutItsListIsNone(t *testing.T) {
	for _, path := range []string{eventsPath, searchPath, ticketsPath} {
		for _, answer := range []string{`{}`, `{"error":"something"}`, `null`} {
			d := open(t, map[string]answers{path: says(answer)})
			_, err := d.source(t).Fetch(t.Context(), nil, noon)
			if err == nil || sources.ReasonOf(err) != sources.ReasonBadAnswer {
				t.Errorf("%s from %s: got %v, want a bad answer", answer, path, err)
			}
		}
	}
}
