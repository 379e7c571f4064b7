package book_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"helpdesk_exporter/book"
	"helpdesk_exporter/desk"
	"helpdesk_exporter/kpi"
)

func TestTheListOfWhatIsDue(t *testing.T) {
	web, brio := source("web", "acme", desk.KindTicket), source("brio", "brio", desk.KindTicket)
	o := withinAnHour(t, t.TempDir(), zen(), web, brio)
	defer func() { o.close() }()
	o.poll("zen", minute(10), asked("1", 0), ticket("2", minute(-30), minute(1), desk.StatusOpen), asked("3", 5, reply(5)),
		ticket("4", monday, minute(5), desk.StatusSolved, solvedAt(minute(5))), ticket("5", monday, minute(5), desk.StatusSpam))
	o.poll("web", minute(10), ticket("1", monday, minute(2), desk.StatusOpen, func(t *desk.Ticket) {
		t.FirstResponseDueAt, t.ResolutionDueAt = minute(20), minute(90)
	}))
	o.poll("brio", minute(10), asked("1", 0))
	entry := func(deskName, source, ticket, policy string, target desk.Target, m float64) book.Due {
		return book.Due{Desk: deskName, Source: source, Ticket: ticket, Policy: policy, Target: target, At: minute(m)}
	}
	all := []book.Due{
		entry("acme", "web", "1", "source", desk.TargetFirstResponse, 20),
		entry("acme", "zen", "2", "gold", desk.TargetFirstResponse, 30),
		entry("brio", "brio", "1", "gold", desk.TargetFirstResponse, 60),
		entry("acme", "zen", "1", "gold", desk.TargetFirstResponse, 60),
		entry("acme", "web", "1", "source", desk.TargetResolution, 90),
	}
	want := func(o *office, options book.DueOptions, want ...book.Due) {
		t.Helper()
		options.Now = minute(31)
		if diff := cmp.Diff(want, o.Due(options)); diff != "" && len(want)+len(o.Due(options)) > 0 {
			t.Errorf("%+v (-want +got):\n%s", options, diff)
		}
	}
	for range 2 { // and after a restart
		want(o, book.DueOptions{Overdue: 100, Pending: 100}, all...)
		want(o, book.DueOptions{Overdue: 1, Pending: 2}, all[1:4]...)
		want(o, book.DueOptions{Overdue: 100}, all[:2]...)
		want(o, book.DueOptions{Pending: 100}, all[2:]...)
		want(o, book.DueOptions{})
		want(o, book.DueOptions{Desk: "acme", Overdue: 100, Pending: 100}, all[0], all[1], all[3], all[4])
		want(o, book.DueOptions{Source: "zen", Overdue: 100, Pending: 100}, all[1], all[3])
		want(o, book.DueOptions{Desk: "acme", Source: "brio", Overdue: 100, Pending: 100})
		for source, n := range map[string]int{"zen": 3, "web": 1, "brio": 1} {
			if got, known := o.OpenTickets(source); got != n || !known {
				t.Errorf("%d tickets of %s are open (known: %v), want %d", got, source, known, n)
			}
		}
		o.reopen(minute(11))
	}
	// It stays until somebody makes it good.
	o.poll("zen", minute(70))
	want(o, book.DueOptions{Source: "zen", Overdue: 100, Pending: 100}, all[1], all[3])
	o.poll("zen", minute(71), asked("1", 71, reply(71)), ticket("2", minute(-30), minute(71), desk.StatusSolved, solvedAt(minute(71))))
	want(o, book.DueOptions{Source: "zen", Overdue: 100, Pending: 100})
	if got, _ := o.OpenTickets("zen"); got != 2 {
		t.Errorf("%d tickets are open, want 2", got)
	}
}

func TestOpenTicketsAreUnknownBeforeTheFirstSync(t *testing.T) {
	o := openPromising(t, "", nil, zen())
	o.commit("zen", desk.Page{Records: []desk.Record{asked("1", 0)}, More: true}, minute(1))
	if n, known := o.OpenTickets("zen"); known {
		t.Errorf("%d tickets are open before the source is read", n)
	}
	o.poll("zen", minute(2))
	if n, known := o.OpenTickets("zen"); n != 1 || !known {
		t.Errorf("%d tickets are open (known: %v), want 1", n, known)
	}
}

func TestClocksTellWhoseHoursDurationsAreIn(t *testing.T) {
	everyDay := []time.Weekday{0, 1, 2, 3, 4, 5, 6}
	d := definitions()
	d.Calendars = []kpi.Schedule{{Name: "office", Timezone: "UTC", Hours: []kpi.Hours{{Days: everyDay, From: 540, To: 1020}}}}
	office, told, none := zen(), source("web", "acme", desk.KindTicket), source("brio", "brio", desk.KindTicket)
	office.Calendar, told.Told = "office", desk.BusinessResolution
	o := openOffice(t, "", office, told, none, log())
	o.redefine(d)
	o.reopen(monday)
	want := []book.ClockInfo{
		{Desk: "acme", Duration: "first_response", From: "calendar", Calendar: "office"},
		{Desk: "acme", Duration: "reply", From: "calendar", Calendar: "office"},
		{Desk: "acme", Duration: "full_resolution", From: "source"}, // one of two tells it: then all do
		{Desk: "acme", Duration: "requester_wait", From: "calendar", Calendar: "office"},
	}
	if diff := cmp.Diff(want, o.Clocks()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
