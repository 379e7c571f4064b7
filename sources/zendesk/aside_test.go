package zendesk

import (
	"bytes"
	"context"
	"log/slog"
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

// spared are the parts that the tickets can be read without.
var spared = map[string]string{
	ratingsPath: canRatings, responsesPath: canResponses, callsPath: canCalls, legsPath: canLegs, queuePath: canQueue,
	"/groups": canGroups, "/custom_statuses": canStatuses,
}

// wants are a ticket that wants all names, and a queue.
func wants(t *testing.T) map[string]answers {
	return map[string]answers{
		ticketsPath: ticketsPage(strings.Replace(aTicket, `"open"`, `"?","custom_status_id":77,"group_id":31`, 1), strings.Replace(aTicket, `:1,`, `:2,`, 1)),
		queuePath:   says(recorded(t, "current_queue_activity.json")),
	}
}

func TestWhatFailsIsSetAside(t *testing.T) {
	for _, fails := range []answers{says(`{}`), says(`{"error":"something"}`), says(`null`), refuses(http.StatusBadRequest)} {
		for path, name := range spared {
			d := open(t, wants(t))
			d.say(map[string]answers{path: fails})
			s := d.source(t)
			var log bytes.Buffer
			s.logger = slog.New(slog.NewTextHandler(&log, nil))
			said := func(what string) int { return strings.Count(log.String(), what) }
			var last drained
			for minute := range 10 {
				d.asked = nil
				last = drain(t, s, last.cursor, noon.Add(time.Duration(minute)*time.Minute))
				if ids := last.ids(desk.KindTicket); !slices.Contains(ids, "2") {
					t.Fatalf("%s: tickets %v in minute %d, want the second", path, ids, minute)
				}
				if asked := d.questions(path); minute%5 == 0 != (len(asked) > 0) {
					t.Errorf("%s: asked %q in minute %d, want every fifth", path, asked, minute)
				}
			}
			if c := capability(t, s, name); c.Available || c.Why == "" {
				t.Errorf("%s: %+v, want it to be missing", path, c)
			}
			if said("WARN") != 1 || said("INFO") != 0 {
				t.Errorf("%s: logged %s\nwant one warning", path, log.String())
			}
			d.say(quiet())
			d.say(wants(t))
			drain(t, s, last.cursor, noon.Add(10*time.Minute))
			if c := capability(t, s, name); !c.Available || said("WARN") != 1 || said("INFO") != 1 {
				t.Errorf("%s: %+v, want it back; logged %s", path, c, log.String())
			}
		}
	}
}

// The page behind the first one fails: what was told is not told again, and the
// rest comes when it can be read.
func TestAListThatIsSetAsideGoesOnWhereItWas(t *testing.T) {
	broken := true
	d := open(t, map[string]answers{responsesPath: func(q url.Values) (int, string) {
		response := func(id string) string {
			return `{"survey_responses":[{"id":"` + id + `","answers":[{"type":"rating_scale","rating":4,"updated_at":"2026-11-19T11:00:00Z"}]}],"meta":`
		}
		switch {
		case !q.Has("page[after]"):
			return 200, response("A") + `{"has_more":true,"after_cursor":"x"}}`
		case broken:
			return 200, `{}`
		default:
			return 200, response("B") + `{"has_more":false}}`
		}
	}})
	s := d.source(t)
	first := drain(t, s, nil, noon)
	if ids := first.ids(desk.KindSurvey); !slices.Equal(ids, []string{"A"}) {
		t.Errorf("at first: %v", ids)
	}
	broken = false
	d.questions(responsesPath)
	later := drain(t, s, first.cursor, noon.Add(retryAside))
	if ids := later.ids(desk.KindSurvey); !slices.Equal(ids, []string{"B"}) {
		t.Errorf("later: %v", ids)
	}
	if asked := d.questions(responsesPath); len(asked) != 1 || !strings.Contains(asked[0], "page[after]=x") {
		t.Errorf("asked %q, want to go on where it was", asked)
	}
}

// A list whose second page is never taken is read from its beginning once, and
// then left for later.
func TestAListWhoseCursorNeverLastsIsSetAside(t *testing.T) {
	d := open(t, map[string]answers{responsesPath: func(q url.Values) (int, string) {
		if q.Has("page[after]") {
			return http.StatusBadRequest, `{}`
		}
		return 200, `{"survey_responses":[{"id":"A","answers":[]}],"meta":{"has_more":true,"after_cursor":"x"}}`
	}})
	s := d.source(t)
	if got := drain(t, s, nil, noon); !got.asOf.Equal(noon) || capability(t, s, canResponses).Available {
		t.Errorf("as of %s, want a round that ends, without survey responses", got.asOf)
	}
	if asked := d.questions(responsesPath); len(asked) != 4 {
		t.Errorf("asked %q, want both pages twice", asked)
	}
}

func TestWhatIsWrongWithAllOfTheDeskFailsThePoll(t *testing.T) {
	for path := range spared {
		d := open(t, wants(t))
		d.say(map[string]answers{path: refuses(http.StatusUnauthorized)})
		s := d.source(t)
		var cursor desk.Cursor
		var err error
		for more := true; more && err == nil; {
			var page desk.Page
			page, err = s.Fetch(t.Context(), cursor, noon)
			cursor, more = page.Cursor, page.More
		}
		if err == nil || sources.ReasonOf(err) != sources.ReasonRefused {
			t.Errorf("%s: got %v, want that the credentials are refused", path, err)
		}
	}
}

func TestWhichFailuresAreOfOnePartAlone(t *testing.T) {
	over, cancel := context.WithCancel(t.Context())
	cancel()
	failed := func(reason sources.Reason, code int) error {
		return &sources.Error{Reason: reason, Err: &api.StatusError{Code: code}}
	}
	for _, tt := range []struct {
		name  string
		ctx   context.Context
		err   error
		pause time.Duration // 0: the poll fails
	}{
		{"an error of the desk", t.Context(), failed(sources.ReasonUnreachable, http.StatusInternalServerError), retryAside},
		{"no answer in time", t.Context(), &sources.Error{Reason: sources.ReasonUnreachable, Err: errCursor}, retryAside},
		{"a page of HTML", t.Context(), badAnswer(queuePath, "no JSON"), retryAside},
		{"a right that is missing", t.Context(), failed(sources.ReasonRefused, http.StatusForbidden), retryRefused},
		{"no such endpoint", t.Context(), failed(sources.ReasonBadAnswer, http.StatusNotFound), retryRefused},
		{"credentials that are not known", t.Context(), failed(sources.ReasonRefused, http.StatusUnauthorized), 0},
		{"no token to be had", t.Context(), &sources.Error{Reason: sources.ReasonRefused, Err: errCursor}, 0},
		{"the limit of the account", t.Context(), failed(sources.ReasonRateLimited, http.StatusTooManyRequests), 0},
		{"a fetch that is over", over, over.Err(), 0},
		{"a fetch that is over, and a right that is missing", over, failed(sources.ReasonRefused, http.StatusForbidden), 0},
	} {
		s := open(t, nil).source(t)
		r := &round{Source: s, cursor: begin(noon)}
		r.Target = noon
		err := r.spare(tt.ctx, canQueue, tt.err)
		switch {
		case tt.pause == 0 && (err == nil || !s.can.due(canQueue, noon)):
			t.Errorf("%s: got %v, want the poll to fail", tt.name, err)
		case tt.pause > 0 && (err != nil || s.can.due(canQueue, noon.Add(tt.pause-time.Second)) || !s.can.due(canQueue, noon.Add(tt.pause))):
			t.Errorf("%s: got %v, want a pause of %s", tt.name, err, tt.pause)
		}
	}
}
