package book_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"helpdesk_exporter/desk"
)

// flow is what came in less what went out, by the counters.
func flow(e *exposition, deskName string) float64 {
	return e.sum("helpdesk_tickets_opened_total", deskName) + e.sum("helpdesk_tickets_reopened_total", deskName) -
		e.sum("helpdesk_tickets_solved_total", deskName) - e.sum("helpdesk_tickets_withdrawn_total", deskName)
}

func TestTheBacklogMovesAsTheFlowsSay(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := dice{T: t}
		rounds := d.rounds(d.world(), 4)
		patient := worldSources()
		for i := range patient {
			patient[i].StaleAfter = 365 * day // the stock is read between the polls of a round
		}
		o := openOffice(t, "", patient...)
		o.deliverPlainly(rounds[0])
		first := o.read(rounds[0].now)
		// The history of acme is no part of its counters, that of brio is.
		start := map[string]float64{"acme": first.sum("helpdesk_tickets_open", "acme") - flow(first, "acme"), "brio": 0}
		for i, r := range rounds {
			for _, s := range worldSources() {
				o.commit(s.Name, desk.Page{Records: records(d.shuffle(r.found[s.Name], true)), AsOf: r.asOf[s.Name]}, r.now)
				e := o.read(r.now)
				open := e.sum("helpdesk_tickets_open", s.Desk)
				if want := start[s.Desk] + flow(e, s.Desk); open != want {
					t.Fatalf("round %d, %s: %v tickets are open, by the flows there should be %v", i, s.Name, open, want)
				}
			}
		}
	})
}

func TestAReplayedDeletionIsNoSecondWithdrawal(t *testing.T) {
	o := openOffice(t, "", source("zen", "acme", desk.KindTicket))
	o.poll("zen", monday)
	opened := ticket("1", monday, monday, desk.StatusOpen)
	gone := ticket("1", monday, monday.Add(time.Minute), desk.StatusOpen)
	gone.Deleted = true
	for _, now := range []time.Time{monday.Add(time.Minute), monday.Add(2 * time.Minute)} {
		o.poll("zen", now, opened, gone, gone)
		e := o.read(now)
		if n := e.sum("helpdesk_tickets_withdrawn_total", "acme"); n != 1 || flow(e, "acme") != 0 {
			t.Errorf("%v withdrawals, flow %v, want 1 and 0", n, flow(e, "acme"))
		}
	}
}
