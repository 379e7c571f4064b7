package book_test

import (
	"strings"
	"testing"
	"time"

	"helpdesk_exporter/desk"
)

// families returns the names of what an exposition shows: of the gauges, and
// of the totals.
func (e *exposition) families() (gauges, totals map[string]bool) {
	gauges, totals = map[string]bool{}, map[string]bool{}
	for series := range e.values {
		name, _, _ := strings.Cut(series, "{")
		gauges[name] = true
	}
	for series := range e.totals {
		name, _, _ := strings.Cut(series, "{")
		totals[name] = true
	}
	return gauges, totals
}

func TestNothingShowsBeforeTheFirstSyncIsComplete(t *testing.T) {
	o := openOffice(t, "", withHistory(source("zen", "acme", desk.KindTicket)))
	o.commit("zen", desk.Page{Records: []desk.Record{ticket("1", monday, monday, desk.StatusOpen)}, AsOf: monday, More: true}, monday)
	if text := o.read(monday).text(); text != "\n" {
		t.Errorf("half a first sync shows\n%s", text)
	}
	o.poll("zen", monday)
	gauges, totals := o.read(monday).families()
	if !gauges["helpdesk_tickets_open"] || !totals["helpdesk_tickets_opened_total"] {
		t.Errorf("a complete first sync shows only %v and %v", gauges, totals)
	}
}

func TestGaugesRestOnEverySourceThatFeedsThem(t *testing.T) {
	o := openOffice(t, "", source("zen", "acme", desk.KindTicket), source("web", "acme", desk.KindTicket), source("pbx", "acme", desk.KindCall))
	o.poll("zen", monday, ticket("1", monday, monday, desk.StatusOpen))
	o.poll("pbx", monday, call("1", monday))
	gauges, totals := o.read(monday).families()
	if gauges["helpdesk_tickets_open"] || totals["helpdesk_tickets_opened_total"] {
		t.Error("tickets show though one of their sources has not been read")
	}
	if !gauges["helpdesk_calls_in_window"] {
		t.Error("calls wait for a source that does not feed them")
	}
	o.poll("web", monday)
	if gauges, _ := o.read(monday).families(); !gauges["helpdesk_tickets_open"] {
		t.Error("tickets do not show though all is read")
	}
}

func TestCountersDoNotWaitForASourceThatFails(t *testing.T) {
	o := openOffice(t, "", source("zen", "acme", desk.KindTicket), source("web", "acme", desk.KindTicket))
	o.poll("zen", monday, ticket("0", monday, monday, desk.StatusOpen))
	if _, totals := o.read(monday).families(); len(totals) > 0 {
		t.Errorf("%v show before the other source had its time", totals)
	}
	later := monday.Add(time.Hour + time.Second)
	o.poll("zen", later, ticket("1", monday, monday, desk.StatusOpen))
	o.poll("zen", later.Add(time.Minute), ticket("2", later, later, desk.StatusOpen))
	e := o.read(later.Add(time.Minute))
	if _, totals := e.families(); !totals["helpdesk_tickets_opened_total"] {
		t.Error("the counters wait for a source that has failed for longer than it may")
	}
	if gauges, _ := e.families(); gauges["helpdesk_tickets_open"] {
		t.Error("the stock shows though a part of it is not known")
	}
}

func TestCountersWaitForASlowFirstSync(t *testing.T) {
	o := openOffice(t, "", source("zen", "acme", desk.KindTicket), source("web", "acme", desk.KindTicket))
	now := monday
	for range 5 { // each page in time, all of them not
		now = now.Add(40 * time.Minute)
		o.commit("web", desk.Page{More: true, AsOf: now}, now)
		o.poll("zen", now, ticket("1", monday, now, desk.StatusOpen))
	}
	if _, totals := o.read(now).families(); len(totals) > 0 {
		t.Errorf("%v show though the first sync of the other source goes on", totals)
	}
}

func TestGaugesOfAStaleSourceVanishAndCountersStay(t *testing.T) {
	o := openOffice(t, "", source("zen", "acme", desk.KindTicket))
	o.poll("zen", monday)
	o.poll("zen", monday, ticket("1", monday, monday, desk.StatusOpen))
	fresh, stale := monday.Add(time.Hour), monday.Add(time.Hour+time.Second)
	if n := o.read(fresh).sum("helpdesk_tickets_open", "acme"); n != 1 {
		t.Errorf("%v tickets open within stale_after, want 1", n)
	}
	e := o.read(stale)
	if gauges, _ := e.families(); len(gauges) > 0 {
		t.Errorf("past stale_after there still are %v", gauges)
	}
	if n := e.sum("helpdesk_tickets_opened_total", "acme"); n != 1 {
		t.Errorf("past stale_after the counter says %v, want 1", n)
	}
	o.poll("zen", stale)
	if n := o.read(stale).sum("helpdesk_tickets_open", "acme"); n != 1 {
		t.Errorf("%v tickets open after the next poll, want 1", n)
	}
}

func TestASourceThatShouldHaveNewsIsStaleWithout(t *testing.T) {
	drops := source("drops", "acme", desk.KindTicket)
	drops.ExpectEvery = day
	o := openOffice(t, "", drops)
	o.poll("drops", monday, ticket("1", monday, monday, desk.StatusOpen))
	for now, want := range map[time.Time]bool{monday.Add(day): true, monday.Add(day + time.Minute): false} {
		o.poll("drops", now)
		if gauges, _ := o.read(now).families(); gauges["helpdesk_tickets_open"] != want {
			t.Errorf("%v after the last news, gauges show: %v, want %v", now.Sub(monday), !want, want)
		}
		if stale := o.Health(now)[0].Stale; stale == want {
			t.Errorf("%v after the last news, stale is %v", now.Sub(monday), stale)
		}
	}
}

func TestAFailedPageLeavesNoTraceAndMayComeAgain(t *testing.T) {
	o := openOffice(t, "", source("zen", "acme", desk.KindTicket))
	d := definitions()
	d.LabelValuesMax, d.SeriesMax = 2, 8 // four reasons of withdrawal a label set
	o.redefine(d)
	o.reopen(monday)
	o.poll("zen", monday)
	now := monday.Add(time.Hour)
	page := func(teams ...string) desk.Page {
		p := desk.Page{AsOf: now, Cursor: desk.Cursor("next")}
		for _, team := range teams {
			p.Records = append(p.Records, ticket(team, monday, monday, desk.StatusOpen, ofTeam(team)))
		}
		return p
	}
	o.failInTheMiddle("zen", page("garbled", "by", "the", "desk"), now)
	o.failInTheMiddle("zen", page("billing", "tech"), now)
	if c := o.Cursor("zen"); c != nil {
		t.Errorf("the cursor is %q", c)
	}
	o.commit("zen", page("billing", "tech"), now)
	if c := o.Cursor("zen"); string(c) != "next" {
		t.Errorf("the cursor is %q, want next", c)
	}
	for range 2 {
		e := o.read(now)
		for _, team := range []string{"billing", "tech"} {
			series := `helpdesk_tickets_opened_total{desk="acme",channel="email",priority="normal",team="` + team + `"}`
			if n := e.totals[series].n; n != 1 {
				t.Errorf("%s is %d, want 1", series, n)
			}
		}
		if folded := o.Folded(); len(folded) > 0 {
			t.Errorf("a failed page has taken the room: %v folded", folded)
		}
		o.reopen(now)
	}
}

func ofTeam(team string) func(*desk.Ticket) { return func(t *desk.Ticket) { t.Team = team } }

// call is a call that was answered at once, and took a minute.
func call(id string, arrived time.Time) desk.Record {
	return desk.Record{ID: id, Body: &desk.Call{
		ArrivedAt: arrived, AnsweredAt: arrived, EndedAt: arrived.Add(time.Minute), Talk: desk.Some(time.Minute),
	}}
}
