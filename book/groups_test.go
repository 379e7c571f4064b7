package book_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"helpdesk_exporter/book"
	"helpdesk_exporter/desk"
)

// leg is a leg of a contact, answered at once; later rows of the drop are
// newer versions of it.
func leg(id, contact string, arrived time.Time, row int64) desk.Record {
	r := call(id, arrived)
	r.Body.(*desk.Call).Contact = contact
	r.Origin.Row = row
	return r
}

func TestACallThatLeavesItsContactAndComesBackCountsTwice(t *testing.T) {
	o := openOffice(t, "", source("pbx", "acme", desk.KindCall))
	o.poll("pbx", monday)
	for i, step := range []struct {
		leg                     desk.Record
		counted, inWindow, talk float64
	}{
		{leg("1", "x", monday, 0), 1, 1, 60},
		{leg("2", "x", monday, 0), 1, 1, 120}, // one contact still
		{leg("2", "", monday, 1), 2, 2, 60},   // there are two
		{leg("2", "x", monday, 2), 2, 1, 120}, // no, one
		{leg("2", "y", monday, 3), 2, 2, 60},  // two again: counted before
		{leg("1", "y", monday, 1), 2, 1, 120}, // all of x is in y
		{leg("3", "x", monday, 0), 3, 2, 90},  // x is another contact
		{leg("2", "", monday, 4), 3, 3, 60},   // so is the call
		{leg("2", "y", monday, 5), 3, 2, 90},  // and not
		{leg("4", "", monday, 0), 4, 3, 80},   // others are not held back by all that
	} {
		now := monday.Add(time.Duration(i+1) * time.Minute)
		o.poll("pbx", now, step.leg)
		e := o.read(now)
		if got := e.sum("helpdesk_calls_total", "acme"); got != step.counted {
			t.Errorf("step %d: %v calls counted, want %v", i, got, step.counted)
		}
		if got := e.values[`helpdesk_calls_in_window{desk="acme",by="all",window="1d"}`]; got != step.inWindow {
			t.Errorf("step %d: %v calls in the window, want %v", i, got, step.inWindow)
		}
		if got := e.values[`helpdesk_call_talk_mean_seconds{desk="acme",by="all",window="1d"}`]; got != step.talk {
			t.Errorf("step %d: mean talk %v, want %v", i, got, step.talk)
		}
	}
}

func TestDeletedLegsAreExcludedOnceEach(t *testing.T) {
	o := openOffice(t, "", source("pbx", "acme", desk.KindCall))
	gone := func(id string, row int64) desk.Record {
		r := leg(id, "x", monday, row)
		r.Deleted = true
		return r
	}
	want := []float64{1, 2, 2, 2, 2}
	for i, r := range []desk.Record{
		gone("1", 0), gone("2", 0), leg("3", "x", monday, 0), leg("3", "y", monday, 1), leg("3", "x", monday, 2),
	} {
		o.poll("pbx", monday, r)
		for range 2 {
			if n := o.read(monday).sum("helpdesk_records_excluded", "acme"); n != want[i] {
				t.Errorf("step %d: %v deleted calls excluded, want %v", i, n, want[i])
			}
			o.reopen(monday)
		}
	}
}

// The desk is configured without the tickets that its surveys speak of, then
// with them, then with two sources of them.
func TestSurveysFindTheirTicketsThoughTheConfigurationChanges(t *testing.T) {
	forms := source("forms", "acme", desk.KindSurvey)
	zen, web := source("zen", "acme", desk.KindTicket), source("web", "acme", desk.KindTicket)
	o := openOffice(t, t.TempDir(), forms)
	defer func() { o.close() }()
	o.poll("forms", monday, desk.Record{ID: "s", Body: &desk.Survey{
		Survey: "csat", RespondedAt: monday, Score: desk.Some(5.0), Ticket: "1",
	}})
	wantTeam := func(team string) {
		t.Helper()
		series := `helpdesk_csat_responses{desk="acme",by="team",survey="csat",team="` + team + `",window="1d"}`
		for range 2 {
			if n := o.read(monday).values[series]; n != 1 {
				t.Errorf("%s is %v, want 1", series, n)
			}
			o.reopen(monday)
		}
	}
	wantTeam("none")

	o.options.Sources = []book.SourceConfig{forms, zen}
	o.reopen(monday)
	o.poll("zen", monday, ticket("1", monday, monday, desk.StatusOpen, ofTeam("zen team")))
	wantTeam("zen team")

	forms.RefersTo = "web"
	o.options.Sources = []book.SourceConfig{forms, zen, web}
	o.reopen(monday)
	o.poll("web", monday, ticket("1", monday, monday, desk.StatusOpen, ofTeam("web team")))
	wantTeam("web team")
	o.poll("zen", monday, ticket("1", monday, monday.Add(time.Minute), desk.StatusSolved, ofTeam("zen team")))
	wantTeam("web team")
}

func TestAReferenceThatCouldMeanTwoSourcesIsAnError(t *testing.T) {
	o := openOffice(t, "")
	o.options.Sources = []book.SourceConfig{
		source("zen", "acme", desk.KindTicket), source("web", "acme", desk.KindTicket), source("forms", "acme", desk.KindSurvey),
	}
	const want = `read journal: source "forms": desk "acme" has several sources of tickets: name the one that its references mean with refers_to`
	if _, err := book.Open(o.options); err == nil || err.Error() != want {
		t.Errorf("Open: %v, want %s", err, want)
	}
}

// A key that everybody shares is no contact. 1,000 legs still are one, 1,001
// leave the figures, and come back when one of them goes.
func TestAContactOfTooManyLegsIsLeftOut(t *testing.T) {
	o := openOffice(t, "", source("pbx", "acme", desk.KindCall))
	var legs []desk.Record
	for i := range 1000 {
		legs = append(legs, leg(fmt.Sprint(i), "unknown", monday, 0))
	}
	o.poll("pbx", monday)
	o.poll("pbx", monday, legs...)
	gone := leg("0", "unknown", monday, 1)
	gone.Deleted = true
	for i, step := range []struct {
		leg               desk.Record
		inWindow, leftOut float64
	}{
		{leg("1", "unknown", monday, 1), 1, 0},
		{leg("a", "unknown", monday, 0), 0, 1001},
		{leg("b", "unknown", monday, 0), 0, 1002},
		{leg("b", "unknown", monday, 1), 0, 1002},
		{gone, 0, 1002},
		{leg("c", "", monday, 0), 1, 1002},
		{leg("b", "", monday, 2), 2, 1001},
		{leg("a", "mine", monday, 1), 4, 0},
		{leg("a", "unknown", monday, 2), 2, 1001},
	} {
		now := monday.Add(time.Duration(i+1) * time.Minute)
		o.poll("pbx", now, step.leg)
		for range 2 {
			e := o.read(now)
			if got := e.values[`helpdesk_calls_in_window{desk="acme",by="all",window="1d"}`]; got != step.inWindow {
				t.Errorf("step %d: %v calls in the window, want %v", i, got, step.inWindow)
			}
			if got := e.values[`helpdesk_records_excluded{desk="acme",kind="call",reason="group_too_large"}`]; got != step.leftOut {
				t.Errorf("step %d: %v legs left out, want %v", i, got, step.leftOut)
			}
			o.reopen(now)
		}
	}
	if n := o.read(monday).sum("helpdesk_calls_total", "acme"); n != 4 {
		t.Errorf("%v calls counted, want 4: unknown, c, b and mine", n)
	}
}

// An export tells of a transferred call row by row. Its first row alone says
// that nobody answered it.
func TestTheLegsOfAPageAreCountedAsTheContactThatTheyAre(t *testing.T) {
	gaveUp := desk.Record{ID: "a", Body: &desk.Call{
		ArrivedAt: monday, Contact: "x", Queue: "one", Outcome: desk.OutcomeAbandoned, Wait: desk.Some(time.Minute),
	}}
	answered := desk.Record{ID: "b", Body: &desk.Call{
		ArrivedAt: monday.Add(time.Minute), Contact: "x", Queue: "two", Outcome: desk.OutcomeAnswered, Wait: desk.Some(2 * time.Minute),
	}}
	for name, legs := range map[string][]desk.Record{
		"in order": {gaveUp, answered}, "the other way": {answered, gaveUp}, "twice": {gaveUp, answered, gaveUp, answered},
	} {
		for _, live := range []bool{true, false} {
			o := openOffice(t, "", withHistory(source("pbx", "acme", desk.KindCall)))
			if live {
				o.poll("pbx", monday)
			}
			o.poll("pbx", monday.Add(time.Hour), legs...)
			o.poll("pbx", monday.Add(2*time.Hour), legs...)
			e := o.read(monday.Add(2 * time.Hour))
			want := map[string]string{
				`helpdesk_calls_total{desk="acme",direction="none",call_outcome="answered",channel="phone",queue="one"}`: "1",
				`helpdesk_queue_wait_seconds{desk="acme",channel="phone",queue="one",call_outcome="answered"}`:           "1 sum 180",
			}
			for series, total := range e.totals {
				counted := fmt.Sprint(total.n)
				if total.shape != "" {
					counted, _, _ = strings.Cut(counted+total.shape, " classic")
				}
				name, _, _ := strings.Cut(series, "{")
				ofOutcome := name == "helpdesk_calls_total" || name == "helpdesk_queue_wait_seconds"
				if ofOutcome && total.n > 0 && counted != want[series] {
					t.Errorf("%s, live %t: %s is %s, want %q", name, live, series, counted, want[series])
				}
				delete(want, series)
			}
			if len(want) > 0 {
				t.Errorf("%s, live %t: nothing of %v", name, live, want)
			}
		}
	}
}

// Of a history too it does not matter whether the ticket that was merged into
// another stands before or behind it.
func TestMergedTicketsOfAHistoryCountTheSameInEveryOrder(t *testing.T) {
	into := ticket("2", at(1), at(3), desk.StatusSolved, solvedAt(at(3)))
	merged := ticket("1", at(0.5), at(2), desk.StatusClosed, func(t *desk.Ticket) {
		t.MergedInto, t.FirstResponseAt = "2", at(2)
	})
	for name, page := range map[string][]desk.Record{"first": {merged, into}, "last": {into, merged}} {
		o := openOffice(t, "", withHistory(source("zen", "acme", desk.KindTicket)))
		o.poll("zen", at(4), page...)
		if n := o.read(at(4)).countsOf()["helpdesk_first_response_seconds"]; n != 1 {
			t.Errorf("the merged one %s: %d first responses, want 1", name, n)
		}
	}
}
