package kpi_test

import (
	"slices"
	"testing"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/kpi"
)

// efforts are the contacts to each solve, as the histogram observes them.
func (e *evaluation) efforts() []float64 {
	var n []float64
	for _, of := range e.fed(kpi.ContactsToResolution, kpi.FeedTotal) {
		n = append(n, of.Value.Float())
	}
	return n
}

func TestContactsToResolution(t *testing.T) {
	customer, agent := desk.RoleCustomer, desk.RoleAgent
	solvedLately := adapt(func(t *desk.Ticket) { t.SolvedAt = ago(3 * day) })
	call := func(at time.Time, contact string) desk.Call { return desk.Call{ArrivedAt: at, Contact: contact} }
	for name, tt := range map[string]struct {
		change func(*kpi.Group, *desk.Ticket)
		want   float64
	}{
		"one message":                       {wrote(public(customer, asked())), 1},
		"two messages of one run":           {wrote(public(customer, asked()), public(customer, hour(1)), public(agent, hour(2))), 1},
		"a run after an answer":             {wrote(public(customer, asked()), public(agent, hour(1)), public(customer, hour(2)), public(customer, hour(3))), 2},
		"a run that came after the solve":   {wrote(public(customer, asked()), public(agent, hour(1)), public(customer, ago(2*day))), 1},
		"a count of messages":               {customerMessages(3), 3},
		"a count of none is one contact":    {customerMessages(0), 1},
		"the call that opened it":           {called(call(hour(-1), "")), 1},
		"that call and another":             {called(call(hour(-1), ""), call(hour(5), "")), 2},
		"a call after the solve":            {called(call(ago(2*day), "")), 1},
		"legs of one call":                  {called(call(hour(5), "c"), call(hour(6), "c"), call(hour(7), "d")), 3},
		"legs of the call that opened it":   {called(call(hour(1), "c"), call(hour(-1), "c")), 1},
		"one was merged into it":            {merged(hour(4)), 2},
		"a merged one that came afterwards": {merged(ago(2 * day)), 1},
		"one run to both of two merged ones": {func(g *kpi.Group, t *desk.Ticket) {
			merged(hour(1))(g, t)
			wrote(public(customer, asked()), public(agent, hour(2)), public(customer, hour(3)))(g, t)
			other := g.Merged[0].Body.(*desk.Ticket)
			other.Messages = []desk.Message{public(customer, hour(1)), public(customer, hour(4))}
		}, 3},
		"opened by an agent, who was called": {adapt(func(t *desk.Ticket) {
			t.CreatedBy, t.Channel, t.CustomerMessages = agent, "phone", desk.Some(1)
		}), 1},
		"called, and wrote after the answer": {func(g *kpi.Group, t *desk.Ticket) {
			t.CreatedBy, t.Channel = agent, "phone"
			wrote(public(agent, hour(1)), public(customer, hour(2)))(g, t)
		}, 2},
		"opened by an agent, answered twice": {func(g *kpi.Group, t *desk.Ticket) {
			t.CreatedBy = agent
			wrote(public(agent, asked()), public(customer, hour(1)), public(agent, hour(2)), public(customer, hour(3)))(g, t)
		}, 2},
	} {
		e := evaluate(t, catalogue(), issue(solvedLately, tt.change))
		if got := e.efforts(); !slices.Equal(got, []float64{tt.want}) {
			t.Errorf("%s: it took %v contacts, want %v", name, got, tt.want)
		}
		e.is("helpdesk_contacts_to_resolution_mean", tt.want, 0)
		e.is("helpdesk_contacts_to_resolution_observations", 1, 0)
	}
}

func TestOfATicketAloneNobodyKnowsHowManyContactsItTook(t *testing.T) {
	if got := evaluate(t, catalogue(), issue()).efforts(); len(got) != 0 {
		t.Errorf("it took %v contacts", got)
	}
}

// Three tickets of one issue: all that came before counts for the last one, and
// only that solved the issue.
func TestAnIssueGoesOnInItsFollowups(t *testing.T) {
	part := func(id, of string, came time.Time) desk.Record {
		return desk.Record{ID: id, Body: &desk.Ticket{
			CreatedAt: came, UpdatedAt: came.Add(time.Hour), SolvedAt: came.Add(time.Hour), Status: desk.StatusSolved, FollowupOf: of,
		}}
	}
	a, b, c := held(part("a", "", ago(5*day))), held(part("b", "a", ago(4*day))), held(part("c", "b", ago(3*day)))
	e := evaluate(t, catalogue(),
		kpi.Group{Record: a, Followups: []*desk.Held{b}},
		kpi.Group{Record: b, Earlier: []*desk.Held{a}, Followups: []*desk.Held{c}},
		kpi.Group{Record: c, Earlier: []*desk.Held{b, a}})
	if got := e.efforts(); !slices.Equal(got, []float64{2, 3}) { // of a alone nobody knows
		t.Errorf("it took %v contacts, want 2 and 3", got)
	}
	e.is("helpdesk_contacts_to_resolution_mean", 3, 0)
	e.is("helpdesk_contacts_to_resolution_observations", 1, 0)
}

func TestEachSolveOfATicketReopenedTwiceTookMore(t *testing.T) {
	customer, agent := desk.RoleCustomer, desk.RoleAgent
	e := evaluate(t, catalogue(), issue(
		wrote(public(customer, ago(5*day)), public(agent, ago(4*day)), public(customer, ago(3*day-time.Hour)),
			public(agent, ago(2*day)), public(customer, ago(day-time.Hour))),
		adapt(func(t *desk.Ticket) {
			t.CreatedAt, t.SolvedAt, t.UpdatedAt = ago(5*day), time.Time{}, ago(time.Hour)
			for _, c := range []struct {
				before time.Duration
				status desk.Status
			}{
				{4 * day, desk.StatusSolved},
				{3*day - time.Hour, desk.StatusOpen},
				{2 * day, desk.StatusSolved},
				{day - time.Hour, desk.StatusOpen},
				{time.Hour, desk.StatusSolved},
			} {
				t.StatusChanges = append(t.StatusChanges, desk.StatusChange{At: ago(c.before), Status: c.status})
			}
		})))
	if got := e.efforts(); !slices.Equal(got, []float64{1, 2, 3}) {
		t.Errorf("it took %v contacts, want 1, 2 and 3", got)
	}
	e.is("helpdesk_contacts_to_resolution_mean", 3, 0)
}

// Desks that close what others are merged into would look very fast: the
// survivor began with the first of them and was answered with the first answer
// to any.
func TestMergedTicketsAreOneStory(t *testing.T) {
	first := held(desk.Record{ID: "0", Body: &desk.Ticket{
		CreatedAt: ago(4 * day), AcknowledgedAt: ago(4*day - time.Minute), FirstResponseAt: ago(4*day - time.Hour),
		Status: desk.StatusClosed, MergedInto: "1",
	}})
	e := evaluate(t, catalogue(), kpi.Group{
		Record: held(desk.Record{ID: "1", Body: &desk.Ticket{
			CreatedAt: ago(3 * day), FirstResponseAt: ago(2 * day), SolvedAt: ago(day), UpdatedAt: ago(day), Status: desk.StatusSolved,
		}}),
		Merged: []*desk.Held{first},
	}, kpi.Group{Record: first})
	e.is("helpdesk_first_response_mean_seconds", 3600, 0)
	e.is("helpdesk_full_resolution_mean_seconds", 3*86400, 0)
	e.is("helpdesk_acknowledgement_mean_seconds", 60, 0)
	e.is("helpdesk_tickets_solved_in_window", 1, 0)
	e.is("helpdesk_tickets_opened_in_window", 1, 0)
	if got := e.excluded("merged"); got != 1 {
		t.Errorf("%d tickets are left out as merged, want 1", got)
	}
}
