package zendesk

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/sources"
)

// A round that a restart interrupts goes on to its own target, and not further.
func TestARoundKeepsItsTarget(t *testing.T) {
	d := open(t, map[string]answers{ticketsPath: ticketsPage(aTicket)})
	first, err := d.source(t).Fetch(t.Context(), nil, noon)
	if err != nil {
		t.Fatal(err)
	}
	if !first.More || !first.AsOf.IsZero() || first.Reached.IsZero() || len(first.Records) == 0 {
		t.Fatalf("the first page: %+v, want one that goes on", first)
	}
	rest := drain(t, d.source(t), first.Cursor, noon.Add(time.Hour))
	if !rest.asOf.Equal(noon) {
		t.Errorf("as of %s, want the target of the round, %s", rest.asOf, noon)
	}
	if next := drain(t, d.source(t), rest.cursor, noon.Add(time.Hour)); !next.asOf.Equal(noon.Add(time.Hour)) {
		t.Errorf("the next round is as of %s", next.asOf)
	}
}

func TestAQuietRoundIsOnePage(t *testing.T) {
	d := open(t, nil)
	s := d.source(t)
	page, err := s.Fetch(t.Context(), drain(t, s, nil, noon).cursor, noon.Add(time.Minute))
	if err != nil || page.More || !page.AsOf.Equal(noon.Add(time.Minute)) {
		t.Errorf("got %+v, %v", page, err)
	}
}

func TestCursorsOfOthersAreNotUnderstood(t *testing.T) {
	d := open(t, nil)
	for _, cursor := range []string{`{"version":2}`, `{}`, `nonsense`, `[1]`, `{"version":1,"target":"2026-11-20T12:00:00Z","stage":"dreams"}`} {
		_, err := d.source(t).Fetch(t.Context(), desk.Cursor(cursor), noon)
		if err == nil || sources.ReasonOf(err) != sources.ReasonInternal || !strings.Contains(err.Error(), "remove the source's state") {
			t.Errorf("%s: got %v, want advice", cursor, err)
		}
	}
}

func TestACanceledFetchIsOver(t *testing.T) {
	d := open(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := d.source(t).Fetch(ctx, nil, noon); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if n := len(d.asked); n > 0 {
		t.Errorf("%d requests", n)
	}
}

func TestCountOpen(t *testing.T) {
	d := open(t, nil)
	s := d.source(t)
	if n, err := s.CountOpen(t.Context()); n != 137 || err != nil {
		t.Errorf("got %d, %v", n, err)
	}
	if asked := d.questions(countPath); !slices.Equal(asked, []string{"query=type:ticket status<solved"}) {
		t.Errorf("asked %q", asked)
	}
	d.say(map[string]answers{countPath: says(`{"count":null}`)})
	if _, err := s.CountOpen(t.Context()); sources.ReasonOf(err) != sources.ReasonBadAnswer || err == nil {
		t.Errorf("got %v, want a bad answer", err)
	}
	d.say(map[string]answers{countPath: refuses(http.StatusForbidden)})
	for range 2 {
		if _, err := s.CountOpen(t.Context()); !errors.Is(err, sources.ErrUncounted) {
			t.Errorf("got %v, want that it is not counted", err)
		}
	}
	if n := len(d.questions(countPath)); n != 2 {
		t.Errorf("asked %d times, want no more once it was refused", n)
	}
	if c := capability(t, s, canCount); c.Available || c.Why == "" {
		t.Errorf("capability %+v", c)
	}
}

func TestProbeTriesEverythingOnce(t *testing.T) {
	d := open(t, map[string]answers{ticketsPath: ticketsPage(aTicket), responsesPath: refuses(http.StatusNotFound)})
	s := d.source(t)
	newest, err := s.Probe(t.Context(), noon)
	if want := time.Unix(1795079530, 0).UTC(); err != nil || !newest.Equal(want) {
		t.Errorf("got %s, %v; want %s", newest, err, want)
	}
	var closed []string
	for _, c := range s.Capabilities() {
		if !c.Available {
			closed = append(closed, c.Name)
		}
	}
	if want := []string{canQueue, canResponses}; !slices.Equal(closed, want) {
		t.Errorf("withheld: %v, want %v", closed, want)
	}
	seen := map[string]int{}
	for _, q := range d.asked {
		path, _, _ := strings.Cut(q, "?")
		seen[path]++
	}
	for path := range quiet() {
		if want := 1; path != showManyPath && seen[path] != want {
			t.Errorf("%s was asked %d times", path, seen[path])
		}
	}
}

func TestProbeOfAQuietDeskLooksFurtherBack(t *testing.T) {
	d := open(t, nil)
	if newest, err := d.source(t).Probe(t.Context(), noon); err != nil || !newest.IsZero() {
		t.Errorf("got %s, %v", newest, err)
	}
	asked := d.questions(ticketsPath)
	if len(asked) != 2 || !strings.HasSuffix(asked[1], unix(noon.Add(-10*day).Unix())) {
		t.Errorf("asked %q", asked)
	}
}

func TestWithoutTalkNothingIsAskedOfIt(t *testing.T) {
	d := open(t, nil)
	s := d.source(t, func(c *Config) { c.Calls = false })
	drain(t, s, nil, noon)
	if _, err := s.Probe(t.Context(), noon); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{callsPath, legsPath, queuePath} {
		if asked := d.questions(path); len(asked) > 0 {
			t.Errorf("%s was asked for %q", path, asked)
		}
	}
	for _, c := range s.Capabilities() {
		if slices.Contains([]string{canCalls, canLegs, canQueue}, c.Name) {
			t.Errorf("there is a capability %s", c.Name)
		}
	}
}

// A desk whose clock is behind takes the end of the last round for too recent.
func TestAStartThatIsTooRecentIsLeftForLater(t *testing.T) {
	exports := []string{eventsPath, callsPath, legsPath, ticketsPath}
	page := func(key string) answers {
		return says(`{"` + key + `":[{"id":1,"ticket_id":1,"call_id":1}],"end_time":` + unix(noon.Unix()) + `,"end_of_stream":true}`)
	}
	d := open(t, map[string]answers{eventsPath: page("ticket_metric_events"), callsPath: page("calls"), legsPath: page("legs"), ticketsPath: says(
		`{"tickets":[{"id":1,"status":"open","created_at":"2026-11-18T09:00:00Z","generated_timestamp":` + unix(noon.Unix()) + `}],"end_of_stream":true}`)})
	s := d.source(t)
	first := drain(t, s, nil, noon)
	for _, path := range exports {
		d.say(map[string]answers{path: refuses(http.StatusUnprocessableEntity)})
	}
	later := drain(t, s, first.cursor, noon.Add(time.Minute))
	for _, c := range s.Capabilities() {
		if !c.Available && c.Name != canQueue {
			t.Errorf("%+v: it is there, and will answer again", c)
		}
	}
	d.say(quiet())
	d.asked = nil
	drain(t, s, later.cursor, noon.Add(2*time.Minute))
	for _, path := range exports {
		if asked := d.questions(path); len(asked) == 0 || !strings.Contains(asked[0], "start_time="+unix(noon.Unix())) {
			t.Errorf("%s was then asked %q, want to go on from where it was", path, asked)
		}
	}
	for _, path := range exports {
		d.say(map[string]answers{path: refuses(http.StatusUnprocessableEntity)})
	}
	if _, err := d.source(t).Fetch(t.Context(), nil, noon); sources.ReasonOf(err) != sources.ReasonBadAnswer {
		t.Errorf("got %v, want a bad answer where no start is taken", err)
	}
}
