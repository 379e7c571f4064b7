package kpi_test

import (
	"testing"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/kpi"
)

// worked is a ticket of an agent that was answered and, unless it is open,
// solved yesterday.
func worked(agent, team string, s desk.Status) kpi.Group {
	t := desk.Ticket{CreatedAt: ago(2 * day), FirstResponseAt: ago(36 * time.Hour), Agent: agent, Team: team, Status: s}
	if s.Finished() {
		t.SolvedAt = ago(day)
	}
	return ticket(t)
}

// Three agents were active: x, y and z; six contacts came in, three tickets are
// open.
func TestWorkIsByTheAgentsThatWereActive(t *testing.T) {
	idle := ticket(desk.Ticket{CreatedAt: ago(day), Agent: "idle", Team: "front", Status: desk.StatusOpen})
	gone := worked("gone", "front", desk.StatusSpam)
	phoned := came(ago(time.Hour), func(c *desk.Call) { c.Agent, c.Team = "z", "back" })
	missed := came(ago(time.Hour), ended(desk.OutcomeAbandoned), func(c *desk.Call) { c.Agent, c.Team = "busy", "back" })
	e := evaluate(t, catalogue(), worked("x", "front", desk.StatusSolved), worked("x", "front", desk.StatusOpen),
		worked("y", "front", desk.StatusOpen), idle, gone, phoned, missed)
	e.is("helpdesk_agents_active", 3, 0)
	e.is("helpdesk_agents_active", 2, 0, "team", "front")
	e.is("helpdesk_agents_active", 1, 0, "team", "back")
	e.is("helpdesk_contacts_per_agent", 6.0/3, 0)
	e.is("helpdesk_contacts_per_agent", 4.0/2, 0, "team", "front")
	e.is("helpdesk_tickets_open_per_agent", 3.0/3, 0)
	e.is("helpdesk_tickets_open_per_agent", 3.0/2, 0, "team", "front")
	e.is("helpdesk_tickets_open_per_agent", 0, 0, "team", "back")
	evaluate(t, catalogue(), idle).absent("helpdesk_agents_active") // nobody tells of agents
}

func TestACustomerWithTwoTicketsWaitsOnce(t *testing.T) {
	of := func(customer string, s desk.Status) kpi.Group {
		return ticket(desk.Ticket{CreatedAt: ago(day), Requester: customer, Status: s, SolvedAt: time.Time{}})
	}
	for name, tt := range map[string]struct {
		groups []kpi.Group
		want   map[string]float64
	}{
		"two tickets of one customer":   {[]kpi.Group{of("ann", desk.StatusOpen), of("ann", desk.StatusNew), of("bob", desk.StatusOpen)}, map[string]float64{"": 2}},
		"one waits, the other does not": {[]kpi.Group{of("ann", desk.StatusPending), of("ann", desk.StatusNew)}, map[string]float64{"": 1}},
		"nobody waits":                  {[]kpi.Group{of("ann", desk.StatusPending), of("bob", desk.StatusSolved)}, map[string]float64{"": 0}},
		"unknown customers":             {[]kpi.Group{of("", desk.StatusOpen)}, nil},
		"an unknown one beside another": {[]kpi.Group{of("", desk.StatusOpen), of("ann", desk.StatusOpen)}, map[string]float64{"": 1}},
	} {
		e := evaluate(t, catalogue(), tt.groups...)
		if len(e.fed(kpi.CustomersAwaitingAgent, kpi.FeedStock)) == 0 {
			if tt.want != nil {
				t.Errorf("%s: nobody could tell, want %v", name, tt.want)
			}
			continue
		}
		if got := e.stock("helpdesk_customers_awaiting_agent"); tt.want == nil || got[""] != tt.want[""] {
			t.Errorf("%s: %v wait, want %v", name, got, tt.want)
		}
	}
}

func TestOfHeadCountsTheNewestHolds(t *testing.T) {
	row := func(id string, at time.Time, team string, n int) desk.Record {
		return desk.Record{ID: id, Body: &desk.Staffing{At: at, Team: team, Available: desk.Some(n)}}
	}
	told := func(records ...desk.Record) *evaluation {
		var groups []kpi.Group
		for _, r := range records {
			groups = append(groups, kpi.Group{Record: held(r)})
		}
		return evaluate(t, catalogue(), groups...)
	}
	corrected := kpi.Group{Record: held(row("1", ago(time.Hour), "a", 9), row("1", ago(time.Hour), "a", 4))}
	withdrawn := row("2", ago(time.Minute), "a", 7)
	withdrawn.Deleted = true
	unknown := desk.Record{ID: "3", Body: &desk.Staffing{At: ago(time.Minute), Team: "a"}}
	for name, tt := range map[string]struct {
		e    *evaluation
		want float64
	}{
		"the newest":                  {told(row("1", ago(2*time.Hour), "a", 3), row("2", ago(time.Hour), "a", 5)), 5},
		"two rows of one instant":     {told(row("1", ago(time.Hour), "a", 3), row("2", ago(time.Hour), "a", 5), row("3", ago(2*time.Hour), "a", 9)), 8},
		"a row of the future":         {told(row("1", ago(time.Hour), "a", 3), row("2", ago(-time.Second), "a", 5)), 3},
		"a row of now":                {told(row("1", ago(time.Hour), "a", 3), row("2", ago(0), "a", 5)), 5},
		"another team":                {told(row("1", ago(time.Hour), "a", 3), row("2", ago(0), "b", 5)), 3},
		"nobody is there":             {told(row("1", ago(2*time.Hour), "a", 3), row("2", ago(time.Hour), "a", 0)), 0},
		"a correction":                {evaluate(t, catalogue(), corrected), 4},
		"a row withdrawn, one unsaid": {told(row("1", ago(time.Hour), "a", 3), withdrawn, unknown), 3},
	} {
		if got := tt.e.stock("helpdesk_agents_available", "team", "a"); len(got) != 1 || got[""] != tt.want {
			t.Errorf("%s: %v agents, want %v", name, got, tt.want)
		}
	}
	if got := told(row("1", ago(-time.Hour), "a", 3)).stock("helpdesk_agents_available", "team", "a"); len(got) != 0 {
		t.Errorf("%v agents before anybody told of any", got)
	}
}

// 74 solved of 98 that came in (T16).
func TestT16Clearance(t *testing.T) {
	var groups []kpi.Group
	for i := range 98 {
		s := desk.Ticket{CreatedAt: ago(2 * day), Status: desk.StatusOpen}
		if i < 74 {
			s.Status, s.SolvedAt = desk.StatusSolved, ago(day)
		}
		groups = append(groups, ticket(s))
	}
	e := evaluate(t, catalogue(), groups...)
	e.is("helpdesk_ticket_clearance_ratio", 0.7551, 5e-5)
	evaluate(t, catalogue(), issue(solvedYesterday)).absent("helpdesk_ticket_clearance_ratio") // nothing came in
}

// Whatever labels the ticket families have, the open tickets of a team are told
// apart from those of all.
func TestOpenTicketsByTeamNeedNoTeamLabel(t *testing.T) {
	d := definitions()
	d.Labels = []string{"channel"}
	e := evaluate(t, kpi.NewCatalogue(d), worked("x", "front", desk.StatusOpen), worked("z", "back", desk.StatusSolved))
	e.is("helpdesk_tickets_open_per_agent", 1, 0, "team", "front")
	e.is("helpdesk_tickets_open_per_agent", 0, 0, "team", "back")
}
