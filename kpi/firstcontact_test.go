package kpi_test

import (
	"slices"
	"testing"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/kpi"
)

// The issue of these tests came in ten days ago and was solved a day later, so
// that its horizon ended two days ago, in the window.
func asked() time.Time { return ago(10 * day) }

func solved() time.Time { return ago(9 * day) }

func horizon() time.Time { return ago(2 * day) }

// issue is a solved ticket, which the changes adapt, with what belongs to it.
func issue(changes ...func(*kpi.Group, *desk.Ticket)) kpi.Group {
	t := &desk.Ticket{CreatedAt: asked(), UpdatedAt: ago(day), Status: desk.StatusSolved, SolvedAt: solved(), Requester: "ann"}
	var g kpi.Group
	for _, change := range changes {
		change(&g, t)
	}
	g.Record = held(desk.Record{ID: "1", Body: t})
	return g
}

// wrote adds messages to the ticket, each at its hour after the issue came in.
func wrote(messages ...desk.Message) func(*kpi.Group, *desk.Ticket) {
	return func(_ *kpi.Group, t *desk.Ticket) { t.Messages = append(t.Messages, messages...) }
}

func public(by desk.Role, at time.Time) desk.Message {
	return desk.Message{At: at, Author: by, Public: true}
}

// hour is so many hours after the issue came in.
func hour(n int) time.Time { return asked().Add(time.Duration(n) * time.Hour) }

// called adds calls about the ticket.
func called(calls ...desk.Call) func(*kpi.Group, *desk.Ticket) {
	return func(g *kpi.Group, _ *desk.Ticket) {
		for i := range calls {
			calls[i].Ticket = "1"
			g.Calls = append(g.Calls, held(desk.Record{ID: string(rune('a' + i)), Body: &calls[i]}))
		}
	}
}

func followed(at time.Time) func(*kpi.Group, *desk.Ticket) {
	return func(g *kpi.Group, _ *desk.Ticket) {
		g.Followups = append(g.Followups, ticket(desk.Ticket{CreatedAt: at, FollowupOf: "1", Status: desk.StatusOpen}).Record)
	}
}

func next(at time.Time) func(*kpi.Group, *desk.Ticket) {
	return func(g *kpi.Group, _ *desk.Ticket) { g.Next = at }
}

func adapt(change func(*desk.Ticket)) func(*kpi.Group, *desk.Ticket) {
	return func(_ *kpi.Group, t *desk.Ticket) { change(t) }
}

// reopened lets the ticket be solved, opened again and solved again.
func reopened(at time.Time) func(*kpi.Group, *desk.Ticket) {
	return adapt(func(t *desk.Ticket) {
		t.SolvedAt = time.Time{}
		t.StatusChanges = []desk.StatusChange{
			{At: solved(), Status: desk.StatusSolved}, {At: at, Status: desk.StatusOpen}, {At: at.Add(time.Hour), Status: desk.StatusSolved},
		}
	})
}

func escalated(at time.Time) func(*kpi.Group, *desk.Ticket) {
	return adapt(func(t *desk.Ticket) { t.EscalatedAt = at })
}

func transfers(n int) func(*kpi.Group, *desk.Ticket) {
	return adapt(func(t *desk.Ticket) { t.Transfers = desk.Some(n) })
}

func customerMessages(n int) func(*kpi.Group, *desk.Ticket) {
	return adapt(func(t *desk.Ticket) { t.CustomerMessages = desk.Some(n) })
}

func merged(at time.Time) func(*kpi.Group, *desk.Ticket) {
	return func(g *kpi.Group, _ *desk.Ticket) {
		g.Merged = append(g.Merged, ticket(desk.Ticket{CreatedAt: at, MergedInto: "1", Status: desk.StatusClosed}).Record)
	}
}

// mergedWith adds a ticket with messages of its own.
func mergedWith(messages ...desk.Message) func(*kpi.Group, *desk.Ticket) {
	return func(g *kpi.Group, t *desk.Ticket) {
		merged(hour(1))(g, t)
		g.Merged[len(g.Merged)-1].Body.(*desk.Ticket).Messages = messages
	}
}

// mergedByAgent adds a ticket that is no contact of the customer.
func mergedByAgent(g *kpi.Group, _ *desk.Ticket) {
	g.Merged = append(g.Merged, ticket(desk.Ticket{
		CreatedAt: hour(3), CreatedBy: desk.RoleAgent, MergedInto: "1", Status: desk.StatusClosed,
	}).Record)
}

func TestAnIssueIsSolvedAtFirstContactUnlessItTookMore(t *testing.T) {
	customer, agent := desk.RoleCustomer, desk.RoleAgent
	again := func(at time.Time) func(*kpi.Group, *desk.Ticket) {
		return wrote(public(customer, asked()), public(agent, hour(1)), public(customer, at))
	}
	const instant = time.Nanosecond
	outbound := desk.Call{ArrivedAt: hour(30), Direction: desk.DirectionOutbound}
	for name, tt := range map[string]struct {
		change func(*kpi.Group, *desk.Ticket)
		want   float64
	}{
		"one contact":                        {wrote(), 1},
		"several messages before the answer": {wrote(public(customer, asked()), public(customer, hour(1)), public(agent, hour(2))), 1},
		"a note is no message":               {wrote(public(customer, asked()), public(agent, hour(1)), desk.Message{At: hour(2), Author: customer}), 1},
		"wrote again after an answer":        {again(hour(2)), 0},
		"wrote again after the solve":        {again(solved().Add(day)), 0},
		"wrote again as the horizon ended":   {again(horizon()), 0},
		"wrote again after the horizon":      {again(horizon().Add(instant)), 1},
		"wrote again after a bot":            {wrote(public(customer, asked()), public(desk.RoleBot, hour(1)), public(customer, hour(2))), 0},
		"wrote once, by count":               {customerMessages(1), 1},
		"wrote twice, by count":              {customerMessages(2), 0},
		"the call that opened it":            {called(desk.Call{ArrivedAt: asked()}), 1},
		"two calls before it was opened":     {called(desk.Call{ArrivedAt: hour(-2)}, desk.Call{ArrivedAt: hour(-1)}), 0},
		"called about it":                    {called(desk.Call{ArrivedAt: hour(1)}), 0},
		"called about it after the horizon":  {called(desk.Call{ArrivedAt: horizon().Add(instant)}), 1},
		"was called about it":                {called(outbound), 1},
		"legs of the call that opened it":    {called(desk.Call{ArrivedAt: hour(-1), Contact: "c"}, desk.Call{ArrivedAt: hour(1), Contact: "c"}), 1},
		"legs, the later one listed first":   {called(desk.Call{ArrivedAt: hour(1), Contact: "c"}, desk.Call{ArrivedAt: hour(-1), Contact: "c"}), 1},
		"followed up as the horizon ended":   {followed(horizon()), 0},
		"followed up after the horizon":      {followed(horizon().Add(instant)), 1},
		"another was merged into it":         {merged(hour(3)), 0},
		"one by an agent was merged into it": {mergedByAgent, 1},
		"a later one was merged into it":     {merged(horizon().Add(instant)), 1},
		"escalated before the solve":         {escalated(hour(3)), 0},
		"escalated after the solve":          {escalated(solved().Add(day)), 0},
		"escalated after the horizon":        {escalated(horizon().Add(instant)), 1},
		"transferred":                        {transfers(1), 0},
		"not transferred":                    {transfers(0), 1},
		"reopened within the horizon":        {reopened(horizon()), 0},
		"reopened after the horizon":         {reopened(horizon().Add(instant)), 1},
		"reopened, nobody knows when":        {adapt(func(t *desk.Ticket) { t.Reopens = desk.Some(1) }), 0},
		"came again as the horizon ended":    {next(horizon()), 0},
		"came again before":                  {next(horizon().Add(-instant)), 0},
		"came again after":                   {next(horizon().Add(instant)), 1},
	} {
		t.Run(name, func(t *testing.T) {
			e := evaluate(t, catalogue(), issue(tt.change))
			e.is("helpdesk_first_contact_resolution_ratio", tt.want, 0, "method", "operational")
			e.is("helpdesk_first_contact_resolution_eligible", 1, 0, "method", "operational")
		})
	}
}

func TestIssuesOfWhichNobodyKnowsWhatTheyTookAreNotEligible(t *testing.T) {
	unknown := adapt(func(t *desk.Ticket) { t.Requester = "" })
	for name, changes := range map[string][]func(*kpi.Group, *desk.Ticket){
		"neither the customer nor any contact is known": {unknown},
		"a solve without a time":                        {adapt(func(t *desk.Ticket) { t.SolvedAt, t.UpdatedAt = time.Time{}, time.Time{} })},
		"not solved":                                    {adapt(func(t *desk.Ticket) { t.SolvedAt, t.Status = time.Time{}, desk.StatusOpen })},
		"the issue of the ticket it follows":            {adapt(func(t *desk.Ticket) { t.FollowupOf = "0" })},
		"spam":                                          {adapt(func(t *desk.Ticket) { t.Status = desk.StatusSpam })},
	} {
		if e := evaluate(t, catalogue(), issue(changes...)); len(e.fed(kpi.FirstContactResolution, kpi.FeedWindow)) != 0 {
			t.Errorf("%s: eligible, %+v", name, e.fed(kpi.FirstContactResolution, kpi.FeedWindow))
		}
	}
	e := evaluate(t, catalogue(), issue(unknown, customerMessages(1)))
	e.is("helpdesk_first_contact_resolution_ratio", 1, 0, "method", "operational")
}

func TestOneTouchIsAtMostOneAnswer(t *testing.T) {
	replies := func(n int) func(*kpi.Group, *desk.Ticket) {
		return adapt(func(t *desk.Ticket) { t.AgentReplies = desk.Some(n) })
	}
	agent := public(desk.RoleAgent, hour(1))
	note, second := desk.Message{At: hour(2), Author: desk.RoleAgent}, public(desk.RoleAgent, hour(2))
	for name, tt := range map[string]struct {
		changes []func(*kpi.Group, *desk.Ticket)
		want    float64
	}{
		"no answer, by count":             {[]func(*kpi.Group, *desk.Ticket){replies(0)}, 1},
		"one answer, by count":            {[]func(*kpi.Group, *desk.Ticket){replies(1)}, 1},
		"two answers, by count":           {[]func(*kpi.Group, *desk.Ticket){replies(2)}, 0},
		"the count beats the messages":    {[]func(*kpi.Group, *desk.Ticket){replies(1), wrote(agent, second)}, 1},
		"one answer and a note":           {[]func(*kpi.Group, *desk.Ticket){wrote(agent, note)}, 1},
		"two answers":                     {[]func(*kpi.Group, *desk.Ticket){wrote(agent, second)}, 0},
		"a bot's answers are not counted": {[]func(*kpi.Group, *desk.Ticket){wrote(public(desk.RoleBot, hour(1)), second)}, 1},
		"one answer, reopened":            {[]func(*kpi.Group, *desk.Ticket){replies(1), reopened(horizon())}, 0},
		"one to each of two merged":       {[]func(*kpi.Group, *desk.Ticket){wrote(agent), mergedWith(second)}, 0},
		"two to the merged one":           {[]func(*kpi.Group, *desk.Ticket){mergedWith(agent, second)}, 0},
		"one to the merged one":           {[]func(*kpi.Group, *desk.Ticket){mergedWith(agent)}, 1},
		"one answer, escalated":           {[]func(*kpi.Group, *desk.Ticket){replies(1), escalated(hour(3))}, 1},
	} {
		e := evaluate(t, catalogue(), issue(tt.changes...))
		if got, ok := e.window("helpdesk_first_contact_resolution_ratio", "method", "one_touch"); !ok || got != tt.want {
			t.Errorf("%s: %v, %v; want %v", name, got, ok, tt.want)
		}
	}
	evaluate(t, catalogue(), issue()).absent("helpdesk_first_contact_resolution_ratio", "method", "one_touch")
}

// What customers say is dated when they say it: 2 of 3, by hand.
func TestCustomersSayWhetherOneContactWasEnough(t *testing.T) {
	d := definitions()
	d.Surveys = append(d.Surveys, kpi.Survey{Name: "once", Kind: kpi.FCR, Min: 0, Max: 1})
	e := evaluate(t, kpi.NewCatalogue(d), slices.Concat(answers("once", 2, 1), answers("once", 1, 0))...)
	e.is("helpdesk_first_contact_resolution_ratio", 2.0/3, 1e-9, "method", "survey")
	e.is("helpdesk_first_contact_resolutions", 2, 0, "method", "survey")
	e.is("helpdesk_first_contact_resolution_eligible", 3, 0, "method", "survey")
	e.absent("helpdesk_first_contact_resolution_ratio", "method", "operational")
}

// The handbook's interval of 3 of 3.
func TestFirstContactResolutionHasItsInterval(t *testing.T) {
	e := evaluate(t, catalogue(), issue(), issue(), issue())
	e.is("helpdesk_first_contact_resolution_wilson_lower_ratio", 0.4385, 5e-5, "method", "operational")
	e.is("helpdesk_first_contact_resolution_wilson_upper_ratio", 1, 0, "method", "operational")
}
