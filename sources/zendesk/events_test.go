package zendesk

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/sources"
)

func TestRecordedEventsAreTranslated(t *testing.T) {
	// The desk's events begin on the 18th at 09:12:04; the one that says that
	// something is measured tells nothing.
	once := recorded(t, "incremental_ticket_metric_events.json")
	d := open(t, map[string]answers{eventsPath: says(once)})
	s := d.source(t)
	got := drain(t, s, nil, noon)
	began := at(t, "2026-11-18 09:12:04")
	event := func(id string, n int, move desk.Move, at time.Time) desk.ClockEvent {
		return desk.ClockEvent{ID: id, Clock: desk.ClockReply, N: n, At: at, Move: move}
	}
	promise := event("1002", 1, desk.MovePromise, began)
	promise.Policy, promise.Target, promise.Business = "Standard", time.Hour, true
	first := event("1004", 1, desk.MoveTell, began.Add(28*time.Minute))
	first.Took, first.TookBusiness = desk.Some(28*time.Minute), desk.Some(28*time.Minute)
	second := event("1008", 2, desk.MoveTell, at(t, "2026-11-18 11:50:04"))
	second.Took, second.TookBusiness = desk.Some(48*time.Minute), desk.Some(48*time.Minute)
	want := &desk.TicketEvents{Ticket: "90412", Clocks: []desk.ClockEvent{
		event("1001", 1, desk.MoveStart, began), promise,
		event("1003", 1, desk.MoveStop, began.Add(28*time.Minute)), first,
		event("1005", 2, desk.MoveStart, at(t, "2026-11-18 11:02:04")),
		event("1006", 2, desk.MoveBreach, at(t, "2026-11-18 11:32:04")),
		event("1007", 2, desk.MoveStop, at(t, "2026-11-18 11:50:04")), second,
	}}
	if diff := cmp.Diff(want, body[*desk.TicketEvents](t, got, "events/90412")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if asked := d.questions(eventsPath)[0]; asked != "include_changes=true&start_time="+unix(noon.Add(-10*day-askedBefore).Unix()) {
		t.Errorf("asked %s", asked)
	}
}

func TestOddEvents(t *testing.T) {
	const head = `"ticket_id":"7","metric":"resolution_time","instance_id":"2","time":"2026-11-18T09:00:00Z"`
	for _, tt := range []struct {
		name, event string
		shows       func(desk.ClockEvent) any
		want        any
	}{
		{"taken back", `"id":1,"type":"activate","deleted":true,` + head, func(e desk.ClockEvent) any { return e.Undone }, true},
		{"a target in seconds", `"id":1,"type":"apply_sla","sla":{"target":1,"target_in_seconds":90,"policy":null},` + head, func(e desk.ClockEvent) any { return e.Target }, 90 * time.Second},
		{"a promise of nobody", `"id":1,"type":"apply_sla","sla":null,` + head, func(e desk.ClockEvent) any { return fmt.Sprint(e.Move, e.Target) }, fmt.Sprint(desk.MovePromise, time.Duration(0))},
		{"half a measurement", `"id":1,"type":"update_status","status":{"calendar":null,"business":3},` + head, func(e desk.ClockEvent) any { return fmt.Sprint(e.Took.Set, e.TookBusiness.Value) }, "false 3m0s"},
	} {
		d := open(t, map[string]answers{eventsPath: eventsPage(0, `{`+tt.event+`}`)})
		got := body[*desk.TicketEvents](t, drain(t, d.source(t), nil, noon), "events/7").Clocks
		if len(got) != 1 || got[0].Clock != desk.ClockResolution || got[0].N != 2 || tt.shows(got[0]) != tt.want {
			t.Errorf("%s: got %+v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestEventsOfNoInterest(t *testing.T) {
	const ticket = `"ticket_id":7,"time":"2026-11-18T09:00:00Z"`
	d := open(t, map[string]answers{eventsPath: eventsPage(
		0,
		`{"id":1,"metric":"reply_time","instance_id":0,"type":"measure",`+ticket+`}`,
		`{"id":2,"metric":"reply_time","instance_id":0,"type":"activate",`+ticket+`}`,
		`{"id":3,"metric":"group_ownership_time","instance_id":1,"type":"activate",`+ticket+`}`,
		`{"id":4,"metric":"reply_time","instance_id":1,"type":"apply_group_sla",`+ticket+`}`,
		`{"id":5,"metric":"reply_time","instance_id":1,"type":"activate","ticket_id":7}`,
	)})
	got := drain(t, d.source(t), nil, noon)
	if n := len(got.ids(desk.KindMessage)); n != 0 {
		t.Errorf("%d records, want none", n)
	}
	if len(got.rejects) != 1 || got.rejects[0].Where != "ticket metric event 5" {
		t.Errorf("rejects: %+v, want that of the event without a time", got.rejects)
	}
	if again := drain(t, d.source(t), got.cursor, noon); len(again.rejects) > 0 {
		t.Errorf("it is rejected again: %+v", again.rejects)
	}
}

// eventsPage is a page of events that ends with a second.
func eventsPage(end int64, list ...string) answers {
	return says(fmt.Sprintf(`{"ticket_metric_events":[%s],"count":%d,"end_time":%d}`, strings.Join(list, ","), len(list), end))
}

func started(id int, when time.Time) string {
	return fmt.Sprintf(`{"id":%d,"ticket_id":%d,"metric":"reply_time","instance_id":1,"type":"activate","time":%q}`, id, id, when.Format(time.RFC3339))
}

func TestAFullPageThatDoesNotMoveIsAnError(t *testing.T) {
	from := noon.Add(-10*day - askedBefore)
	list := make([]string, fullPage)
	for i := range list {
		list[i] = started(i+1, from)
	}
	d := open(t, map[string]answers{eventsPath: eventsPage(from.Unix(), list...)})
	_, err := d.source(t).Fetch(t.Context(), nil, noon)
	if sources.ReasonOf(err) != sources.ReasonBadAnswer || err == nil || !strings.Contains(err.Error(), "for ever") {
		t.Errorf("got %v, want a bad answer", err)
	}
}

func TestBreachesToComeAreToldInTheirTime(t *testing.T) {
	due := noon.Add(3 * time.Hour)
	breach := fmt.Sprintf(`{"id":9,"ticket_id":9,"metric":"reply_time","instance_id":1,"type":"breach","time":%q}`, due.Format(time.RFC3339))
	begin := started(8, noon.Add(-time.Hour))
	d := open(t, map[string]answers{eventsPath: func(q url.Values) (int, string) {
		from, _ := strconv.ParseInt(q.Get("start_time"), 10, 64)
		list := []string{breach}
		if from <= noon.Add(-time.Hour).Unix() {
			list = []string{begin, breach}
		}
		return eventsPage(due.Unix(), list...)(q)
	}})
	s := d.source(t)
	first := drain(t, s, nil, noon)
	if ids := first.ids(desk.KindMessage); !slices.Equal(ids, []string{"events/8"}) {
		t.Errorf("before it is due: %v", ids)
	}
	d.questions(eventsPath)
	later := drain(t, s, first.cursor, due.Add(time.Minute))
	if asked := d.questions(eventsPath); !strings.HasSuffix(asked[0], "start_time="+unix(noon.Unix())) {
		t.Errorf("asked %q: what comes late is skipped where the reading goes beyond its target", asked)
	}
	if ids := later.ids(desk.KindMessage); !slices.Equal(ids, []string{"events/9"}) {
		t.Errorf("when it is due: %v", ids)
	}
	if ids := drain(t, s, later.cursor, due.Add(2*time.Minute)).ids(desk.KindMessage); len(ids) > 0 {
		t.Errorf("and once more: %v", ids)
	}
}

// Whatever shares seconds and however long the pages are, each event is told
// once, also when the reading stops and goes on, and events come in between.
func TestEachEventIsToldOnce(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		gaps := rapid.SliceOfN(rapid.IntRange(0, 2), 0, 40).Draw(r, "gaps")
		size := rapid.IntRange(1, 5).Draw(r, "page size")
		ends := rapid.Bool().Draw(r, "says where the stream ends")
		begin := noon.Add(-time.Hour)
		times := make([]time.Time, len(gaps))
		last := begin
		for i, gap := range gaps {
			last = last.Add(time.Duration(gap) * time.Second)
			times[i] = last
		}
		shown := rapid.IntRange(0, len(times)).Draw(r, "shown at first")
		d := open(t, map[string]answers{eventsPath: func(q url.Values) (int, string) {
			return pageOfEvents(times[:shown], size, ends)(q)
		}})
		s := d.source(t)
		told := map[string]int{}
		count := func(of drained) {
			for _, rec := range of.records {
				if e, ok := rec.Body.(*desk.TicketEvents); ok {
					for _, c := range e.Clocks {
						told[c.ID]++
					}
				}
			}
		}
		first := drain(t, s, nil, noon)
		count(first)
		shown = len(times)
		count(drain(t, d.source(t), first.cursor, noon.Add(time.Minute)))
		for i := range times {
			if n := told[strconv.Itoa(i+1)]; n != 1 {
				r.Fatalf("event %d at %s was told %d times", i+1, times[i], n)
			}
		}
	})
}

// pageOfEvents makes pages as the desk does: from a second on, as many events as
// a page holds, and those that share the second of its last one. A page holds
// more than happens in a second.
func pageOfEvents(times []time.Time, size int, ends bool) answers {
	return func(q url.Values) (int, string) {
		from, _ := strconv.ParseInt(q.Get("start_time"), 10, 64)
		var list []string
		end := from
		more := false
		for i, when := range times {
			switch {
			case when.Unix() < from:
			case len(list) >= size && when.Unix() > end && end > from:
				more = true
			default:
				list, end = append(list, started(i+1, when)), when.Unix()
			}
		}
		page := fmt.Sprintf(`{"ticket_metric_events":[%s],"count":%d,"end_time":%d,"next_page":"https://acme.zendesk.com/x?start_time=%d"`, strings.Join(list, ","), len(list), end, end)
		if ends {
			page += fmt.Sprintf(`,"end_of_stream":%t`, !more)
		}
		return 200, page + "}"
	}
}
