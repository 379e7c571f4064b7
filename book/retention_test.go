package book_test

import (
	"fmt"
	"testing"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/journal"
)

// afterExpiry is a desk whose one ticket, solved on monday, has expired.
func afterExpiry(t *testing.T, solved desk.Record) (o *office, now time.Time) {
	t.Helper()
	o = openOffice(t, "", source("zen", "acme", desk.KindTicket))
	o.poll("zen", monday)
	o.poll("zen", monday.Add(time.Hour), solved)
	if n := o.read(monday.Add(time.Hour)).sum("helpdesk_tickets_solved_total", "acme"); n != 1 {
		t.Fatalf("%v solves counted, want 1", n)
	}
	now = monday.Add(90 * day)
	o.poll("zen", now)
	if n := o.held(desk.KindTicket); n != 0 {
		t.Fatalf("%d tickets are held after their time", n)
	}
	return o, now.Add(time.Hour)
}

// held returns how many records of a kind the first source holds.
func (o *office) held(kind desk.Kind) (n int) {
	o.Helper()
	err := o.options.Journal.View(func(tx *journal.Tx) error {
		tx.Records(1, kind, "", func(journal.Raw) bool { n++; return true })
		return nil
	})
	if err != nil {
		o.Fatal(err)
	}
	return n
}

func TestAnExpiredRecordDeliveredAgainCountsNothing(t *testing.T) {
	solved := ticket("1", monday, monday.Add(time.Hour), desk.StatusSolved, solvedAt(monday.Add(time.Hour)))
	o, now := afterExpiry(t, solved)
	before := o.read(now).text()
	o.poll("zen", now, solved)
	if after := o.read(now).text(); after != before {
		t.Errorf("it changed the figures from\n%s to\n%s", before, after)
	}
	if n := o.Health(now)[0].Expired[desk.KindTicket]; n != 1 {
		t.Errorf("%d expired records noted, want 1", n)
	}
}

func TestAnExpiredTicketThatIsReopenedCountsTheReopeningOnly(t *testing.T) {
	solve := monday.Add(time.Hour)
	back := monday.Add(90*day + time.Hour)
	changes := func(to ...desk.StatusChange) func(*desk.Ticket) {
		return func(t *desk.Ticket) { t.StatusChanges = to }
	}
	for name, reopened := range map[string]func(*desk.Ticket){
		"the desk tells its status changes": changes(
			desk.StatusChange{At: monday, Status: desk.StatusNew}, desk.StatusChange{At: solve, Status: desk.StatusSolved},
			desk.StatusChange{At: back, Status: desk.StatusOpen}),
		"the desk tells the last solve":         solvedAt(solve),
		"the desk counts reopenings":            func(t *desk.Ticket) { t.Reopens = desk.Some(1) },
		"the desk tells the present state only": func(*desk.Ticket) {},
	} {
		t.Run(name, func(t *testing.T) {
			o, now := afterExpiry(t, ticket("1", monday, solve, desk.StatusSolved, solvedAt(solve)))
			before := o.read(now)
			o.poll("zen", now, ticket("1", monday, back, desk.StatusOpen, reopened))
			after := o.read(now)
			for family, want := range map[string]float64{
				"helpdesk_tickets_opened_total": 0, "helpdesk_tickets_solved_total": 0,
				"helpdesk_tickets_reopened_total": 1, "helpdesk_full_resolution_seconds": 0, "helpdesk_tickets_open": 1,
			} {
				if got := after.sum(family, "acme") - before.sum(family, "acme"); got != want {
					t.Errorf("%s went up by %v, want %v", family, got, want)
				}
			}
		})
	}
}

// What happens to an old ticket may be told before the ticket itself: then it is
// still one that was not held.
func TestAnOldTicketOfWhichAnEventIsToldFirstCountsWhatIsNewOnly(t *testing.T) {
	o := openOffice(t, "", source("zen", "acme", desk.KindTicket, desk.KindMessage))
	o.poll("zen", monday)
	now := monday.Add(90 * day)
	o.poll("zen", now) // there is a horizon now
	thanks := &desk.TicketEvents{Ticket: "1", Messages: []desk.Message{{ID: "9", At: now, Author: desk.RoleCustomer, Public: true}}}
	answer := desk.Message{ID: "2", At: monday.Add(30 * time.Minute), Author: desk.RoleAgent, Public: true}
	state := ticket("1", monday, now, desk.StatusSolved, solvedAt(monday.Add(time.Hour)), func(t *desk.Ticket) {
		t.Messages = []desk.Message{{ID: "1", At: monday, Author: desk.RoleCustomer, Public: true}, answer}
	})
	before := o.read(now)
	o.poll("zen", now.Add(time.Minute), desk.Record{ID: "events", Body: thanks}, state)
	after := o.read(now.Add(time.Minute))
	for _, family := range []string{"helpdesk_tickets_opened_total", "helpdesk_tickets_solved_total", "helpdesk_first_response_seconds", "helpdesk_reply_seconds"} {
		if got := after.sum(family, "acme") - before.sum(family, "acme"); got != 0 {
			t.Errorf("%s went up by %v, want 0", family, got)
		}
	}
}

func TestATicketFoundLateCountsItsUndatedReopenings(t *testing.T) {
	o := openOffice(t, "", source("zen", "acme", desk.KindTicket))
	o.poll("zen", monday)
	now := monday.Add(90 * day)
	o.poll("zen", now) // there is a horizon now
	o.poll("zen", now.Add(time.Hour), ticket("1", now, now.Add(time.Hour), desk.StatusOpen,
		func(t *desk.Ticket) { t.Reopens = desk.Some(2) }))
	if n := o.read(now.Add(time.Hour)).sum("helpdesk_tickets_reopened_total", "acme"); n != 2 {
		t.Errorf("%v reopenings counted, want 2", n)
	}
}

func TestWhatIsStillOpenNeverExpires(t *testing.T) {
	o := openOffice(t, "", source("zen", "acme", desk.KindTicket))
	o.poll("zen", monday, ticket("old", monday.Add(-400*day), monday.Add(-400*day), desk.StatusPending))
	now := monday.Add(90 * day)
	o.poll("zen", now)
	if n := o.read(now).sum("helpdesk_tickets_open", "acme"); n != 1 {
		t.Errorf("%v open tickets, want 1", n)
	}
}

func TestATicketOfWhichOnlyTheSolveTimeIsKnownExpires(t *testing.T) {
	o := openOffice(t, "", source("zen", "acme", desk.KindTicket))
	o.poll("zen", monday, ticket("1", monday, monday, desk.StatusUnknown, solvedAt(monday)))
	o.poll("zen", monday.Add(90*day))
	if n := o.held(desk.KindTicket); n != 0 {
		t.Errorf("%d tickets are held after their time", n)
	}
}

// The search for expired records looks at 2,000 a poll, whatever their kinds,
// and remembers over restarts where it goes on.
func TestTheSearchForExpiredRecordsComesPastAllKinds(t *testing.T) {
	o := openOffice(t, t.TempDir(), source("all", "brio", desk.KindSurvey, desk.KindTicket, desk.KindCall))
	defer o.close()
	var found []desk.Record
	add := func(n int, kept bool, make func(id string, at time.Time) desk.Record) {
		for i := range n {
			at := monday
			if kept && i%2 == 0 {
				at = monday.Add(80 * day)
			}
			// No id is UTF-8: the place to go on from must survive that.
			found = append(found, make(fmt.Sprintf("\xff\x80-%05d", i), at))
		}
	}
	add(2500, true, func(id string, at time.Time) desk.Record { return ticket(id, at, at, desk.StatusClosed, solvedAt(at)) })
	add(600, false, func(id string, at time.Time) desk.Record {
		return desk.Record{ID: id, Body: &desk.Call{ArrivedAt: at, EndedAt: at}}
	})
	add(1500, true, func(id string, at time.Time) desk.Record {
		return desk.Record{ID: id, Body: &desk.Survey{Survey: "csat", SentAt: at}}
	})
	o.poll("all", monday.Add(30*day), found...)
	now := monday.Add(90 * day)
	for range 3 {
		o.poll("all", now)
		o.reopen(now)
		now = now.Add(time.Minute)
	}
	for kind, want := range map[desk.Kind]int{desk.KindTicket: 1250, desk.KindCall: 0, desk.KindSurvey: 750} {
		if n := o.held(kind); n != want {
			t.Errorf("%d records of kind %s are held, want %d", n, kind, want)
		}
	}
}
