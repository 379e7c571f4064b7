package book_test

import (
	"testing"
	"time"

	"helpdesk_exporter/book"
	"helpdesk_exporter/desk"
)

// goldenSources are a desk that is told of by several systems, and another one.
func goldenSources() []book.SourceConfig {
	var all []book.SourceConfig
	for name, kind := range map[string]desk.Kind{"pbx": desk.KindCall, "log": desk.KindMessage} {
		s := source(name, "acme", kind)
		s.RefersTo = "zen"
		all = append(all, s)
	}
	return append(all, source("zen", "acme", desk.KindTicket), source("web", "acme", desk.KindTicket),
		source("roster", "acme", desk.KindStaffing), source("brio", "brio", desk.KindTicket))
}

// at is so many hours after monday.
func at(hours float64) time.Time { return monday.Add(time.Duration(hours * float64(time.Hour))) }

// wantValues compares series of gauges; -1 stands for one that is not there.
func (e *exposition) wantValues(t *testing.T, want map[string]float64) {
	t.Helper()
	for series, v := range want {
		got, there := e.values[series]
		switch {
		case v == -1 && there:
			t.Errorf("%s is %v, want it absent", series, got)
		case v != -1 && (!there || got != v):
			t.Errorf("%s is %v (shown: %v), want %v", series, got, there, v)
		}
	}
}

func from(requester, topic string) func(*desk.Ticket) {
	return func(t *desk.Ticket) { t.Requester, t.Topic = requester, topic }
}

// goldenDesk tells a story of three days:
//
//	hour  1  ann writes about her bill, by e-mail; x solves it in hour 3
//	hour  2  bob writes about a login, on the web, to tech; z solves it in hour 5
//	hour  4  cat writes; it is open still. Nobody is known to own it
//	hour 10  ann calls about her bill: she came again, within two days
//	hour 12  bob calls and names his ticket: no contact of its own
//
// The horizon of ann's and bob's tickets ends two days after their solves, in
// hours 51 and 53.
func goldenDesk(t *testing.T) *office {
	t.Helper()
	o := openOffice(t, "", goldenSources()...)
	for _, s := range goldenSources() {
		o.poll(s.Name, monday)
	}
	end := at(60)
	o.poll("zen", end,
		ticket("1", at(1), at(3), desk.StatusSolved, solvedAt(at(3)), from("ann", "bill"), agent("x")),
		ticket("2", at(2), at(5), desk.StatusSolved, solvedAt(at(5)), from("bob", "login"), agent("z"), ofTeam("tech"), byWeb))
	o.poll("web", end, ticket("1", at(4), at(4), desk.StatusNew, from("cat", "")))
	o.poll("pbx", end,
		desk.Record{ID: "1", Body: &desk.Call{ArrivedAt: at(10), AnsweredAt: at(10), EndedAt: at(10.5), Customer: "ann", Topic: "bill", Agent: "y"}},
		desk.Record{ID: "2", Body: &desk.Call{ArrivedAt: at(12), AnsweredAt: at(12), EndedAt: at(12.5), Customer: "bob", Topic: "login", Ticket: "2"}})
	o.poll("roster", end, head("1", 50, "billing", 3), head("2", 59, "billing", 2), head("3", 59, "billing", 2), head("4", 61, "billing", 9))
	o.poll("brio", end, ticket("1", at(1), at(1), desk.StatusOpen, from("ann", "bill")))
	o.poll("log", end)
	return o
}

func agent(id string) func(*desk.Ticket) { return func(t *desk.Ticket) { t.Agent = id } }

func byWeb(t *desk.Ticket) { t.Channel = "web" }

func head(id string, hour float64, team string, n int) desk.Record {
	return desk.Record{ID: id, Body: &desk.Staffing{At: at(hour), Team: team, Available: desk.Some(n)}}
}

func TestTheGoldenDesk(t *testing.T) {
	o := goldenDesk(t)
	end := at(60)
	for range 2 { // and after a restart
		e := o.read(end)
		e.wantValues(t, map[string]float64{
			// Three tickets and ann's call; two sources of tickets are one desk.
			`helpdesk_contacts_in_window{desk="acme",by="all",window="7d"}`:                        4,
			`helpdesk_contacts_in_window{desk="acme",by="team",team="billing",window="7d"}`:        2,
			`helpdesk_contacts_in_window{desk="acme",by="team",team="tech",window="7d"}`:           1,
			`helpdesk_contacts_in_window{desk="acme",by="team",team="none",window="7d"}`:           1,
			`helpdesk_contacts_in_window{desk="acme",by="channel",channel="phone",window="7d"}`:    1,
			`helpdesk_contact_channel_ratio{desk="acme",by="channel",channel="email",window="7d"}`: 0.5,
			`helpdesk_contact_channel_ratio{desk="acme",by="all",window="7d"}`:                     -1,
			`helpdesk_contacts_in_window{desk="brio",by="all",window="7d"}`:                        1,
			// Ann's ticket was followed by her call; of the last day nothing else is
			// known, for cat's horizon ended in hour 52 and ann's second one in 58.
			`helpdesk_repeat_contact_eligible{desk="acme",by="all",window="7d"}`:              4,
			`helpdesk_repeat_contacts{desk="acme",by="all",window="7d"}`:                      1,
			`helpdesk_repeat_contact_ratio{desk="acme",by="all",window="7d"}`:                 0.25,
			`helpdesk_repeat_contact_ratio{desk="acme",by="team",team="billing",window="7d"}`: 0.5,
			`helpdesk_repeat_contact_ratio{desk="brio",by="all",window="7d"}`:                 0,
			// Ann came again and bob called about his: none of two.
			`helpdesk_first_contact_resolution_eligible{desk="acme",by="all",method="operational",window="7d"}`: 2,
			`helpdesk_first_contact_resolution_ratio{desk="acme",by="all",method="operational",window="7d"}`:    0,
			// Only of bob's it is known what it took: the ticket; he called later.
			`helpdesk_contacts_to_resolution_mean{desk="acme",by="all",window="7d"}`:         1,
			`helpdesk_contacts_to_resolution_observations{desk="acme",by="all",window="7d"}`: 1,
			// x and z solved, y answered; the call names no team.
			`helpdesk_agents_active{desk="acme",by="all",window="7d"}`:                       3,
			`helpdesk_agents_active{desk="acme",by="team",team="tech",window="7d"}`:          1,
			`helpdesk_contacts_per_agent{desk="acme",by="team",team="billing",window="7d"}`:  2,
			`helpdesk_tickets_open_per_agent{desk="acme",by="team",team="tech",window="7d"}`: 0,
			`helpdesk_tickets_open_per_agent{desk="acme",by="team",team="none",window="7d"}`: 0,
			`helpdesk_agents_active{desk="brio",by="all",window="7d"}`:                       -1,
			// The newest two rows of one instant hold; one is still to come.
			`helpdesk_agents_available{desk="acme",team="billing",channel="none"}`: 4,
			`helpdesk_customers_awaiting_agent{desk="acme"}`:                       1,
			`helpdesk_customers_awaiting_agent{desk="brio"}`:                       1,
		})
		if n := e.sum("helpdesk_contacts_total", "acme"); n != 4 {
			t.Errorf("%v contacts counted, want 4", n)
		}
		o.reopen(end)
	}
}

// Levels are those of the configuration, whichever dimensions a family has.
func TestGoldenLevels(t *testing.T) {
	o := goldenDesk(t)
	d := definitions()
	d.Rollups = [][]string{nil, {"team"}, {"channel", "team"}}
	d.MinSample = 2
	o.redefine(d)
	o.reopen(at(60))
	o.read(at(60)).wantValues(t, map[string]float64{
		`helpdesk_contacts_in_window{desk="acme",by="all",window="7d"}`:                                           4,
		`helpdesk_contacts_in_window{desk="acme",by="team",team="billing",window="7d"}`:                           2,
		`helpdesk_contacts_in_window{desk="acme",by="channel_team",channel="email",team="billing",window="7d"}`:   2,
		`helpdesk_contacts_in_window{desk="acme",by="channel_team",channel="phone",team="none",window="7d"}`:      1,
		`helpdesk_contacts_in_window{desk="acme",by="channel",channel="email",window="7d"}`:                       -1,
		`helpdesk_agents_active{desk="acme",by="channel_team",team="tech",window="7d"}`:                           -1,
		`helpdesk_repeat_contact_ratio{desk="acme",by="channel_team",channel="email",team="billing",window="7d"}`: 0.5,
		// Below the smallest sample counts stay and ratios go.
		`helpdesk_repeat_contact_ratio{desk="acme",by="team",team="tech",window="7d"}`:    -1,
		`helpdesk_repeat_contact_eligible{desk="acme",by="team",team="tech",window="7d"}`: 1,
		`helpdesk_contacts_per_agent{desk="acme",by="team",team="tech",window="7d"}`:      -1,
		`helpdesk_contacts_to_resolution_mean{desk="acme",by="all",window="7d"}`:          -1,
		`helpdesk_contacts_to_resolution_observations{desk="acme",by="all",window="7d"}`:  1,
	})
}

// Messages come by a source of their own, one of them before its ticket: dan
// waits one hour, then half of one.
func TestGoldenMessages(t *testing.T) {
	o := goldenDesk(t)
	said := func(id string, hour float64, by desk.Role) desk.Record {
		return desk.Record{ID: id, Body: &desk.TicketMessage{
			Ticket: "dan's", Message: desk.Message{At: at(hour), Author: by, Public: true},
		}}
	}
	end := at(61)
	o.poll("log", end, said("1", 54, desk.RoleCustomer), said("4", 57.5, desk.RoleAgent))
	o.poll("zen", end, ticket("dan's", at(54), at(54), desk.StatusOpen))
	o.poll("log", end, said("2", 55, desk.RoleAgent), said("3", 57, desk.RoleCustomer))
	for _, name := range []string{"web", "pbx", "roster", "brio"} {
		o.poll(name, end)
	}
	for range 2 {
		o.read(end).wantValues(t, map[string]float64{
			`helpdesk_reply_observations{desk="acme",by="all",window="7d"}`:                                 2,
			`helpdesk_reply_mean_seconds{desk="acme",by="all",window="7d"}`:                                 2700,
			`helpdesk_first_response_mean_seconds{desk="acme",by="all",window="7d"}`:                        3600,
			`helpdesk_tickets_awaiting_agent{desk="acme",channel="email",priority="normal",team="billing"}`: 1, // cat's
		})
		o.reopen(end)
	}
}

func TestNobodyWaitsOrNobodyKnows(t *testing.T) {
	o := openOffice(t, "", source("zen", "acme", desk.KindTicket))
	const waiting = `helpdesk_customers_awaiting_agent{desk="acme"}`
	for i, step := range []struct {
		status desk.Status
		change func(*desk.Ticket)
		want   float64
	}{
		{desk.StatusOpen, from("", ""), -1},
		{desk.StatusOpen, from("ann", ""), 1},
		{desk.StatusPending, from("ann", ""), 0},
		{desk.StatusSolved, from("ann", ""), 0},
		{desk.StatusSpam, from("ann", ""), -1},
	} {
		now := at(float64(i))
		o.poll("zen", now, ticket("1", monday, now, step.status, step.change))
		o.read(now).wantValues(t, map[string]float64{waiting: step.want})
	}
}
