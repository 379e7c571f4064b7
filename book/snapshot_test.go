package book_test

import (
	"testing"
	"time"

	"helpdesk_exporter/desk"
)

// listed is a page that lists every open ticket, as a drop of the given time.
func listed(at time.Time, records ...desk.Record) desk.Page {
	list := desk.Origin{Dropped: at, Name: "open.csv", Row: int64(len(records))}
	for i := range records {
		records[i].Origin = desk.Origin{Dropped: at, Name: "open.csv", Row: int64(i)}
		records[i].Body.(*desk.Ticket).UpdatedAt = time.Time{}
	}
	return desk.Page{Records: records, AsOf: at, Snapshot: list}
}

// Of four tickets the second list has only one: another was solved before, and
// two are gone.
func TestAnOpenTicketThatAListDoesNotHaveIsGone(t *testing.T) {
	o := openOffice(t, t.TempDir(), source("zen", "acme", desk.KindTicket))
	defer func() { o.close() }()
	open := func(id string) desk.Record { return ticket(id, monday, monday, desk.StatusOpen) }
	o.poll("zen", monday)
	o.commit("zen", listed(at(1), open("stays"), open("goes"), open("goes too"),
		ticket("solved", monday, monday, desk.StatusSolved, solvedAt(at(0.5)))), at(1))
	for range 2 { // the second list comes twice
		o.commit("zen", listed(at(2), open("stays")), at(2))
		e := o.read(at(2))
		if got := e.sum("helpdesk_tickets_open", "acme"); got != 1 || got != flow(e, "acme") {
			t.Errorf("%v tickets are open, by the flows %v; want 1", got, flow(e, "acme"))
		}
		series := `helpdesk_tickets_withdrawn_total{desk="acme",reason="deleted",channel="email",priority="normal",team="billing"}`
		if got := e.totals[series].n; got != 2 {
			t.Errorf("%d tickets withdrawn, want 2", got)
		}
		e.wantValues(t, map[string]float64{
			`helpdesk_tickets_solved_in_window{desk="acme",by="all",window="1d"}`:   1,
			`helpdesk_tickets_opened_in_window{desk="acme",by="all",window="1d"}`:   2,
			`helpdesk_records_excluded{desk="acme",kind="ticket",reason="deleted"}`: 2,
		})
		o.reopen(at(2))
	}
	// One is listed again: it was only away.
	o.commit("zen", listed(at(3), open("stays"), open("goes")), at(3))
	e := o.read(at(3))
	if got := e.sum("helpdesk_tickets_open", "acme"); got != 2 || got != flow(e, "acme") {
		t.Errorf("%v tickets are open, by the flows %v; want 2", got, flow(e, "acme"))
	}
	if got := e.sum("helpdesk_tickets_reopened_total", "acme"); got != 1 {
		t.Errorf("%v tickets reopened, want 1", got)
	}
}

// What a list of another drop told later is no older than the list.
func TestAnOlderListTakesNothingAway(t *testing.T) {
	o := openOffice(t, "", source("zen", "acme", desk.KindTicket))
	o.poll("zen", monday)
	o.commit("zen", listed(at(2), ticket("1", monday, monday, desk.StatusOpen)), at(2))
	o.commit("zen", listed(at(1)), at(3))
	if got := o.read(at(3)).sum("helpdesk_tickets_open", "acme"); got != 1 {
		t.Errorf("%v tickets are open, want 1", got)
	}
}

// Lists may be read in another order than they were written.
func TestWhatAListDidNotHaveAndALaterDropHasCameBack(t *testing.T) {
	open := func() desk.Record { return ticket("1", monday, monday, desk.StatusOpen) }
	for name, pages := range map[string][]desk.Page{
		"in order":     {listed(at(1), open()), listed(at(2)), listed(at(3), open())},
		"out of order": {listed(at(1), open()), listed(at(3), open()), listed(at(2))},
	} {
		o := openOffice(t, "", source("zen", "acme", desk.KindTicket))
		o.poll("zen", monday)
		for _, page := range pages {
			o.commit("zen", page, at(4))
		}
		e := o.read(at(4))
		open, reopened := e.sum("helpdesk_tickets_open", "acme"), e.sum("helpdesk_tickets_reopened_total", "acme")
		if open != 1 || reopened != 1 || flow(e, "acme") != 1 {
			t.Errorf("%s: %v tickets are open, by the flows %v, and %v reopened; want 1 of each", name, open, flow(e, "acme"), reopened)
		}
	}
}
