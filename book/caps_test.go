package book_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"helpdesk_exporter/desk"
)

// crowded is a desk with tickets of ten teams that came in after its first
// sync, under narrow limits.
func crowded(t *testing.T, path string, valuesMax, seriesMax int) (o *office, now time.Time) {
	t.Helper()
	o = openOffice(t, path, source("zen", "acme", desk.KindTicket))
	d := definitions()
	d.LabelValuesMax, d.SeriesMax = valuesMax, seriesMax
	o.redefine(d)
	o.reopen(monday)
	o.poll("zen", monday)
	now = monday.Add(time.Hour)
	for i := range 10 {
		o.poll("zen", now, ticket(fmt.Sprint(i), now, now, desk.StatusOpen, ofTeam(fmt.Sprintf("team-%d", i))))
	}
	return o, now
}

func TestLabelValuesBeyondTheLimitAreFoldedIntoOther(t *testing.T) {
	o, now := crowded(t, t.TempDir(), 4, 100)
	defer func() { o.close() }()
	for range 2 {
		e := o.read(now)
		if n := e.sum("helpdesk_tickets_opened_total", "acme"); n != 10 {
			t.Errorf("%v tickets counted in all, want 10", n)
		}
		if n := e.sum("helpdesk_tickets_open", "acme"); n != 10 {
			t.Errorf("%v tickets are open in all, want 10", n)
		}
		for team, want := range map[string]int64{"team-0": 1, "team-3": 1, "team-4": 0, "other": 6} {
			series := fmt.Sprintf(`helpdesk_tickets_opened_total{desk="acme",channel="email",priority="normal",team=%q}`, team)
			if n := e.totals[series].n; n != want {
				t.Errorf("%s is %d, want %d", series, n, want)
			}
		}
		if o.Folded()["team"] == 0 {
			t.Error("nothing is said of the folded values")
		}
		o.reopen(now) // the admitted values are remembered
	}
}

func TestLabelSetsBeyondTheLimitAreFoldedIntoOther(t *testing.T) {
	o, now := crowded(t, "", 50, 4)
	for range 2 {
		e := o.read(now)
		if n := e.sum("helpdesk_tickets_opened_total", "acme"); n != 10 {
			t.Errorf("%v tickets counted in all, want 10", n)
		}
		if n := e.totals[`helpdesk_tickets_opened_total{desk="acme",channel="other",priority="other",team="other"}`].n; n != 6 {
			t.Errorf("%d tickets folded, want 6", n)
		}
		sets := 0
		for series := range e.totals {
			if strings.HasPrefix(series, "helpdesk_tickets_opened_total{") {
				sets++
			}
		}
		if sets != 5 {
			t.Errorf("%d label sets, want the 4 that are let in and other", sets)
		}
		if o.Folded()["series"] == 0 {
			t.Error("nothing is said of the folded label sets")
		}
		o.reopen(now)
	}
}

// Label values come from people. What no scrape could show, or no store keep,
// must not stop the page it is in.
func TestLabelValuesThatAreNoNames(t *testing.T) {
	o := openOffice(t, t.TempDir(), source("zen", "acme", desk.KindTicket))
	defer o.close()
	o.poll("zen", monday)
	o.poll("zen", monday,
		ticket("1", monday, monday, desk.StatusOpen, ofTeam(strings.Repeat("x", 1<<16))),
		ticket("2", monday, monday, desk.StatusOpen, ofTeam("caf\xe9")),
		ticket("3", monday, monday, desk.StatusOpen, ofTeam("caf\xe8")))
	for range 2 {
		e := o.read(monday)
		for team, want := range map[string]int64{"other": 1, "caf\uFFFD": 2} {
			series := fmt.Sprintf(`helpdesk_tickets_opened_total{desk="acme",channel="email",priority="normal",team=%q}`, team)
			if n := e.totals[series].n; n != want {
				t.Errorf("%s is %d, want %d", series, n, want)
			}
		}
		o.reopen(monday)
	}
}

func TestAnIDOfAnyLengthIsKept(t *testing.T) {
	long := strings.Repeat("long", 1<<14)
	forms := source("forms", "acme", desk.KindSurvey)
	o := openOffice(t, t.TempDir(), source("zen", "acme", desk.KindTicket), forms, source("pbx", "acme", desk.KindCall))
	defer o.close()
	for range 2 {
		o.poll("zen", monday, ticket(long+"a", monday, monday, desk.StatusOpen), ticket(long+"b", monday, monday, desk.StatusOpen))
		o.poll("forms", monday, desk.Record{ID: long, Body: &desk.Survey{
			Survey: "csat", RespondedAt: monday, Score: desk.Some(5.0), Ticket: long + "a",
		}})
		leg := call(long, monday)
		leg.Body.(*desk.Call).Contact = long
		o.poll("pbx", monday, leg)
	}
	e := o.read(monday)
	for series, want := range map[string]float64{
		`helpdesk_tickets_opened_in_window{desk="acme",by="all",window="1d"}`:                     2,
		`helpdesk_csat_responses{desk="acme",by="team",survey="csat",team="billing",window="1d"}`: 1,
		`helpdesk_calls_in_window{desk="acme",by="all",window="1d"}`:                              1,
	} {
		if got := e.values[series]; got != want {
			t.Errorf("%s is %v, want %v", series, got, want)
		}
	}
}

// Who does ten things is one customer. Of the things that are folded into one it
// is not known any more who did which, so there is no figure of them.
func TestWhatIsFoldedIsNotToldApart(t *testing.T) {
	o := openOffice(t, t.TempDir(), source("app", "acme", desk.KindSession))
	defer func() { o.close() }()
	d := definitions()
	d.LabelValuesMax = 2
	o.redefine(d)
	o.reopen(monday)
	o.poll("app", monday)
	now := monday.Add(time.Hour)
	for i := range 10 {
		o.poll("app", now, desk.Record{ID: fmt.Sprint(i), Body: &desk.Session{
			At: now, Type: desk.SessionTypeProduct, Action: fmt.Sprintf("action-%d", i), Customer: "ann",
		}})
	}
	for range 2 {
		e := o.read(now)
		for level, want := range map[string]float64{
			`by="all",window="1d"`:                      1,
			`by="action",action="action-0",window="1d"`: 1,
			`by="action",action="action-1",window="1d"`: 1,
			`by="action",action="other",window="1d"`:    -1, // absent
			`by="action",action="action-2",window="1d"`: -1,
			`by="action",action="action-9",window="1d"`: -1,
		} {
			series := `helpdesk_customer_usage_customers{desk="acme",` + level + `}`
			got, ok := e.values[series]
			if ok != (want >= 0) || ok && got != want {
				t.Errorf("%s is %v, %v; want %v", series, got, ok, want)
			}
		}
		if n := e.values[`helpdesk_customer_usage_events{desk="acme",by="action",action="other",window="1d"}`]; n != 8 {
			t.Errorf("%v uses of other kinds, want 8", n)
		}
		o.reopen(now)
	}
}
