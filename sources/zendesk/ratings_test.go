package zendesk

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"helpdesk_exporter/desk"
)

// ratingsPage is a page of ratings, and the only one.
func ratingsPage(list ...string) string {
	return `{"satisfaction_ratings":[` + strings.Join(list, ",") + `],"meta":{"has_more":false,"after_cursor":null}}`
}

// rated is a rating that was asked for and changed at times of the 19th.
func rated(id int, score, asked, changed string) string {
	return fmt.Sprintf(`{"id":%d,"ticket_id":90412,"group_id":31,"requester_id":7001,"score":%q,"created_at":"2026-11-19T%sZ","updated_at":"2026-11-19T%sZ"}`, id, score, asked, changed)
}

func TestRecordedRatingsAreTranslated(t *testing.T) {
	d := open(t, map[string]answers{ratingsPath: says(recorded(t, "satisfaction_ratings.json"))})
	got := drain(t, d.source(t), nil, noon)
	want := &desk.Survey{
		Survey: "zendesk-csat", SentAt: at(t, "2026-11-19 10:00:00"), RespondedAt: at(t, "2026-11-19 10:01:12"),
		Score: desk.Some(1.0), Ticket: "90412", Customer: "7001", Team: "Billing",
	}
	if diff := cmp.Diff(want, body[*desk.Survey](t, got, "88001")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestScoresOfRatings(t *testing.T) {
	for score, want := range map[string]string{
		"good": "answered with 1", "bad": "answered with 0", "good_with_comment": "answered with 1", "offered": "only asked",
		"unoffered": "nothing", "excellent": "rejected",
	} {
		d := open(t, map[string]answers{ratingsPath: says(ratingsPage(rated(1, score, "10:00:00", "11:00:00")))})
		all := drain(t, d.source(t, func(c *Config) { c.Survey = "mine" }), nil, noon)
		got := "nothing"
		if len(all.rejects) == 1 {
			got = "rejected"
		}
		if len(all.ids(desk.KindSurvey)) > 0 {
			switch s := body[*desk.Survey](t, all, "1"); {
			case s.Score.Set && s.RespondedAt.Equal(at(t, "2026-11-19 11:00:00")) && s.Survey == "mine":
				got = fmt.Sprint("answered with ", s.Score.Value)
			case !s.Score.Set && s.RespondedAt.IsZero() && !s.SentAt.IsZero():
				got = "only asked"
			}
		}
		if got != want {
			t.Errorf("%s: %s, want %s", score, got, want)
		}
	}
}

// ratingDesk lists ratings as the desk does: of those asked for since a second,
// the ones with a score.
func ratingDesk(list *[]string) answers {
	return func(q url.Values) (int, string) {
		kept := slices.DeleteFunc(slices.Clone(*list), func(r string) bool {
			return q.Get("score") != "" && !strings.Contains(r, `"score":"`+q.Get("score"))
		})
		return 200, ratingsPage(kept...)
	}
}

func TestRatingsThatAreGivenLateOrAnew(t *testing.T) {
	list := []string{
		rated(1, "offered", "09:00:00", "09:00:00"), rated(2, "bad", "09:10:00", "09:20:00"), `{"id":3,"score":"good"}`,
		rated(4, "bad", "10:00:00", "10:30:00"),
	}
	d := open(t, map[string]answers{ratingsPath: ratingDesk(&list)})
	s := d.source(t)
	first := drain(t, s, nil, noon)
	if got := first.ids(desk.KindSurvey); !slices.Contains(got, "1") || !slices.Contains(got, "2") {
		t.Errorf("at first: %v", got)
	}
	d.questions(ratingsPath)
	quiet := drain(t, s, first.cursor, noon.Add(time.Minute))
	again := unix(noon.Add(time.Minute - 14*day).Unix())
	want := []string{
		"page[size]=100&start_time=" + unix(at(t, "2026-11-19 09:50:00").Unix()), // ten minutes before the last one that was asked for
		"page[size]=100&score=good&start_time=" + again, "page[size]=100&score=bad&start_time=" + again,
	}
	if asked := d.questions(ratingsPath); !slices.Equal(asked, want) {
		t.Errorf("asked %q, want %q", asked, want)
	}
	if len(quiet.records)+len(quiet.rejects) > 0 || string(quiet.cursor) != string(first.cursor) {
		t.Errorf("nothing changed, and there is news: %+v %+v\n%s\n%s", quiet.records, quiet.rejects, first.cursor, quiet.cursor)
	}
	list[0], list[1] = rated(1, "good", "09:00:00", "11:00:00"), rated(2, "good", "09:10:00", "11:30:00")
	later := drain(t, s, quiet.cursor, noon.Add(2*time.Minute))
	if got := later.ids(desk.KindSurvey); !slices.Equal(got, []string{"1", "2"}) {
		t.Errorf("later: %v, want both, once", got)
	}
	if k := body[*desk.Survey](t, later, "2"); k.Score.Value != scoreGood {
		t.Errorf("the second is %v, want it good by now", k.Score)
	}
}

func TestLongListsAreLeftAloneForAWhile(t *testing.T) {
	pages := func(q url.Values) (int, string) {
		if q.Get("score") != "good" || q.Get("page[after]") == "4" {
			return 200, ratingsPage()[:len(ratingsPage())-1] + `}`
		}
		next := len(q.Get("page[after]"))
		if next >= 4 {
			return 200, ratingsPage(rated(1, "good", "09:00:00", "09:30:00"))
		}
		return 200, strings.Replace(ratingsPage(rated(1, "good", "09:00:00", "09:30:00")), `"has_more":false,"after_cursor":null`,
			`"has_more":true,"after_cursor":"`+strings.Repeat("x", next+1)+`"`, 1)
	}
	d := open(t, map[string]answers{ratingsPath: pages})
	s := d.source(t)
	var cursor desk.Cursor
	var good []int
	for minute := range 7 {
		cursor = drain(t, s, cursor, noon.Add(time.Duration(minute)*time.Minute)).cursor
		n := 0
		for _, q := range d.questions(ratingsPath) {
			if strings.Contains(q, "score=good") {
				n++
			}
		}
		good = append(good, n)
	}
	if want := []int{5, 0, 0, 0, 0, 5, 0}; !slices.Equal(good, want) {
		t.Errorf("requests for the good ones, minute by minute: %v, want %v", good, want)
	}
}

func TestSurveyResponses(t *testing.T) {
	const scale = `"type":"rating_scale","created_at":"2026-11-19T10:00:00.000Z","updated_at":"2026-11-19T11:00:00.000Z"`
	response := func(id, answers string) string {
		return `{"id":"` + id + `","responder_id":7001,"subject_zrns":["zen:ticket:99"],"expires_at":"2026-12-01T00:00:00.000Z","answers":[` + answers + `]}`
	}
	list := []string{
		response("A", `{"type":"open_ended","value":"a secret"},{"question":{"sub_type":"effort"},"rating":2,`+scale+`},{"question":{"sub_type":"customer_satisfaction"},"rating":4,"rating_category":"good",`+scale+`}`),
		response("B", `{"type":"skipped"}`),
		response("C", `{"rating":null,`+scale+`}`),
		`{"id":"D","subjects":[{"type":"conversation","id":"x"},{"type":"ticket","id":98}],"answers":[{"rating":"1",` + scale + `}]}`,
	}
	d := open(t, map[string]answers{responsesPath: func(url.Values) (int, string) {
		return 200, `{"survey_responses":[` + strings.Join(list, ",") + `],"meta":{"has_more":false}}`
	}})
	s := d.source(t)
	got := drain(t, s, nil, noon)
	want := &desk.Survey{Survey: "zendesk-survey", RespondedAt: at(t, "2026-11-19 11:00:00"), Score: desk.Some(4.0), Ticket: "99", Customer: "7001"}
	if diff := cmp.Diff(want, body[*desk.Survey](t, got, "A")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if k := body[*desk.Survey](t, got, "D"); k.Ticket != "98" || k.Score != desk.Some(1.0) {
		t.Errorf("D: %+v", k)
	}
	if ids := got.ids(desk.KindSurvey); !slices.Equal(ids, []string{"A", "D"}) {
		t.Errorf("told of %v", ids)
	}
	if len(got.rejects) != 1 || got.rejects[0].Where != "survey response C" {
		t.Errorf("rejects: %+v", got.rejects)
	}
	if asked := d.questions(responsesPath); !slices.Equal(asked, []string{fmt.Sprintf("filter[created_at_start]=%d&page[size]=100", noon.Add(-10*day-changeable).UnixMilli())}) {
		t.Errorf("asked %q", asked)
	}
	again := drain(t, s, got.cursor, noon.Add(time.Minute))
	if len(again.records)+len(again.rejects) > 0 {
		t.Errorf("told again: %+v %+v", again.records, again.rejects)
	}
	if asked := d.questions(responsesPath); !slices.Equal(asked, []string{fmt.Sprintf("filter[created_at_start]=%d&page[size]=100", noon.Add(time.Minute-14*day).UnixMilli())}) {
		t.Errorf("asked %q behind the first sync", asked)
	}
}

func TestWhatTheDeskWithholdsIsDoneWithout(t *testing.T) {
	optional := map[string]string{
		eventsPath: canEvents, "/groups": canGroups, "/custom_statuses": canStatuses, ratingsPath: canRatings,
		responsesPath: canResponses, callsPath: canCalls, queuePath: canQueue, searchPath: canSearch,
	}
	for _, code := range []int{http.StatusPaymentRequired, http.StatusForbidden, http.StatusNotFound} {
		closed := map[string]answers{ticketsPath: ticketsPage(strings.Replace(aTicket, `"open"`, `"open","group_id":31`, 1), `{"id":2,"status":"?","custom_status_id":77,"created_at":"2026-11-18T09:00:00Z"}`)}
		for path := range optional {
			closed[path] = refuses(code)
		}
		d := open(t, closed)
		s := d.source(t)
		got := drain(t, s, nil, noon)
		if ids := got.ids(desk.KindTicket); !slices.Equal(ids, []string{"1"}) {
			t.Errorf("%d: tickets %v, want the one whose status is known", code, ids)
		}
		for _, name := range optional {
			if c := capability(t, s, name); c.Available || !strings.Contains(c.Why, fmt.Sprint(code)) {
				t.Errorf("%d: %+v, want it withheld", code, c)
			}
		}
		count := func(until time.Time) (n int) {
			drain(t, s, got.cursor, until)
			for path := range optional {
				n += len(d.questions(path))
			}
			return n
		}
		count(noon)
		if n := count(noon.Add(59 * time.Minute)); n > 0 {
			t.Errorf("%d: asked %d times within the hour", code, n)
		}
		for path := range optional {
			d.say(map[string]answers{path: quiet()[path]})
		}
		d.say(map[string]answers{queuePath: says(recorded(t, "current_queue_activity.json"))})
		if n := count(noon.Add(time.Hour)); n == 0 {
			t.Errorf("%d: not asked again after an hour", code)
		}
		for path, name := range optional {
			if c := capability(t, s, name); !c.Available && path != searchPath {
				t.Errorf("%d: %+v, want it available again", code, c)
			}
		}
	}
}

// Some lists number their pages.
func TestListsThatAreReadByNumber(t *testing.T) {
	d := open(t, map[string]answers{ratingsPath: func(q url.Values) (int, string) {
		if q.Get("page") == "2" {
			return 200, `{"satisfaction_ratings":[` + rated(2, "good", "10:00:00", "11:00:00") + `],"next_page":null}`
		}
		return 200, `{"satisfaction_ratings":[` + rated(1, "good", "10:00:00", "11:00:00") + `],"next_page":"https://elsewhere.example/api/v2/satisfaction_ratings.json?page=2&per_page=100"}`
	}})
	got := drain(t, d.source(t), nil, noon)
	if ids := got.ids(desk.KindSurvey); !slices.Equal(slices.Compact(slices.Sorted(slices.Values(ids))), []string{"1", "2"}) {
		t.Errorf("told of %v", ids)
	}
}
