package kpi_test

import (
	"testing"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/kpi"
)

// dueAt are the due times that a desk tells in a state of a ticket, in minutes; 0
// is none.
func dueAt(t desk.Ticket, first, next, end int) desk.Ticket {
	for at, m := range map[*time.Time]int{&t.FirstResponseDueAt: first, &t.NextResponseDueAt: next, &t.ResolutionDueAt: end} {
		if m != 0 {
			*at = minute(m)
		}
	}
	return t
}

func TestDueTimesOfTheDesk(t *testing.T) {
	const customer, human = desk.RoleCustomer, desk.RoleAgent
	for name, tt := range map[string]struct {
		states []desk.Ticket
		want   []string
	}{
		"none":                          {[]desk.Ticket{open(5)}, nil},
		"answered in time":              {[]desk.Ticket{dueAt(open(70, said(60, human)), 60, 0, 0)}, []string{"source first_response met 60"}},
		"answered late":                 {[]desk.Ticket{dueAt(open(70, said(61, human)), 60, 0, 0)}, []string{"source first_response breached 60"}},
		"answered, as only it tells":    {[]desk.Ticket{dueAt(answered(50, open(70)), 60, 0, 0)}, []string{"source first_response met 50"}},
		"an agent's, as only it tells":  {[]desk.Ticket{dueAt(by(human, answered(50, open(70))), 60, 0, 0)}, []string{"source first_response met 50"}},
		"not answered":                  {[]desk.Ticket{dueAt(open(70), 60, 0, 0)}, []string{"source first_response pending 60"}},
		"solved in time, no answer":     {[]desk.Ticket{dueAt(finishedAt(60), 60, 0, 0)}, nil},
		"solved late, no answer":        {[]desk.Ticket{dueAt(finishedAt(61), 60, 0, 0)}, []string{"source first_response breached 60"}},
		"answered, and told no more":    {[]desk.Ticket{dueAt(open(10), 60, 0, 0), open(70, said(60, human))}, []string{"source first_response met 60"}},
		"answered late, told no more":   {[]desk.Ticket{dueAt(open(10), 60, 0, 0), open(70, said(61, human))}, []string{"source first_response breached 60"}},
		"taken back":                    {[]desk.Ticket{dueAt(open(10), 60, 0, 90), open(70)}, nil},
		"solved, and told no more":      {[]desk.Ticket{dueAt(open(10), 0, 0, 90), dueAt(open(20), 0, 0, 60), finishedAt(60)}, []string{"source resolution met 60"}},
		"moved":                         {[]desk.Ticket{dueAt(open(10), 60, 0, 0), dueAt(open(20), 90, 0, 0)}, []string{"source first_response pending 90"}},
		"solved in time":                {[]desk.Ticket{dueAt(finishedAt(60), 0, 0, 60)}, []string{"source resolution met 60"}},
		"solved late":                   {[]desk.Ticket{dueAt(finishedAt(61), 0, 0, 60)}, []string{"source resolution breached 60"}},
		"not solved":                    {[]desk.Ticket{dueAt(open(61), 0, 0, 60)}, []string{"source resolution pending 60"}},
		"solved some time":              {[]desk.Ticket{dueAt(closedUndated(), 0, 0, 60)}, nil},
		"solved in time, and reopened":  {[]desk.Ticket{finishedAt(20), dueAt(open(30), 0, 0, 60)}, []string{"source resolution met 20 for the counters", "source resolution pending 60"}},
		"solved late, and reopened":     {[]desk.Ticket{finishedAt(61), dueAt(open(70), 0, 0, 60)}, []string{"source resolution breached 60"}},
		"solved twice, the second late": {[]desk.Ticket{finishedAt(20), open(30), dueAt(finishedAt(61), 0, 0, 60)}, []string{"source resolution met 20 for the counters", "source resolution breached 60"}},
		"both": {
			[]desk.Ticket{dueAt(open(70, said(5, human), said(20, customer)), 60, 50, 90)},
			[]string{"source first_response met 5", "source next_response pending 50", "source resolution pending 90"},
		},
	} {
		t.Run(name, func(t *testing.T) { wantPromises(t, catalogue(), tickets(tt.states...), tt.want...) })
	}
}

// A next response is due at 50 as of 20, and what later states say of it.
func TestDueTimesOfNextResponsesComeAndGo(t *testing.T) {
	const human = desk.RoleAgent
	first := said(1, human) // an answer long before
	next := func(m, due int, messages ...desk.Message) desk.Ticket { return dueAt(open(m, messages...), 0, due, 0) }
	ends := func(m int, messages ...desk.Message) desk.Ticket { return dueAt(finishedAt(m, messages...), 0, 0, 0) }
	spam := open(40)
	spam.Status = desk.StatusSpam
	back := open(45)
	for name, tt := range map[string]struct {
		states []desk.Ticket
		want   []string
	}{
		"it stays":                       {[]desk.Ticket{next(20, 50), next(70, 50)}, []string{"source next_response pending 50"}},
		"it goes with an answer":         {[]desk.Ticket{next(20, 50, first), open(45, said(40, human))}, []string{"source next_response met 40"}},
		"it goes with a late answer":     {[]desk.Ticket{next(20, 50, first), open(60, said(51, human))}, []string{"source next_response breached 50"}},
		"it goes, no messages known":     {[]desk.Ticket{next(20, 50), open(45)}, []string{"source next_response met 45"}},
		"it goes late, none known":       {[]desk.Ticket{next(20, 50), open(51)}, []string{"source next_response breached 50"}},
		"it goes without an answer":      {[]desk.Ticket{next(20, 50, first), open(45)}, nil},
		"late, without an answer":        {[]desk.Ticket{next(20, 50, first), open(51)}, []string{"source next_response breached 50"}},
		"it stays though it is answered": {[]desk.Ticket{next(20, 50, first), next(45, 50, said(40, human))}, []string{"source next_response met 40"}},
		"it moves":                       {[]desk.Ticket{next(20, 50), next(45, 90)}, []string{"source next_response pending 90"}},
		"it moves when it had passed":    {[]desk.Ticket{next(20, 50), next(51, 90)}, []string{"source next_response breached 50", "source next_response pending 90"}},
		"it moves with an answer":        {[]desk.Ticket{next(20, 50, first), next(45, 90, said(40, human))}, []string{"source next_response met 40", "source next_response pending 90"}},
		"it moves, and is answered then": {[]desk.Ticket{next(20, 50, first), next(45, 90), open(70, said(60, human))}, []string{"source next_response met 60"}},
		"it moves, then goes":            {[]desk.Ticket{next(20, 50), next(30, 60), open(55)}, []string{"source next_response met 55"}},
		"one after another":              {[]desk.Ticket{next(20, 50), open(45), next(60, 80), open(90)}, []string{"source next_response met 45", "source next_response breached 80"}},
		"it goes with the solve":         {[]desk.Ticket{next(20, 50), ends(45)}, nil},
		"it goes with a late solve":      {[]desk.Ticket{next(20, 50), ends(51)}, []string{"source next_response breached 50"}},
		"it outlives the solve":          {[]desk.Ticket{next(20, 50), dueAt(ends(45), 0, 50, 0)}, nil},
		"it goes with a withdrawal":      {[]desk.Ticket{next(20, 50), spam}, nil},
		"and does not come back":         {[]desk.Ticket{next(20, 50), spam, back}, nil},
	} {
		t.Run(name, func(t *testing.T) { wantPromises(t, catalogue(), tickets(tt.states...), tt.want...) })
	}
}

// event is what a desk tells of the n-th promise of a target: when it is due,
// was met and was broken, in minutes; 0 is none.
func event(target desk.Target, n, due, met, breached int) desk.SLAEvent {
	e := desk.SLAEvent{Target: target.String(), N: n, Policy: "theirs"}
	for at, m := range map[*time.Time]int{&e.DueAt: due, &e.MetAt: met, &e.BreachedAt: breached} {
		if m != 0 {
			*at = minute(m)
		}
	}
	return e
}

func TestEventsOfTheDesk(t *testing.T) {
	const human = desk.RoleAgent
	const first, next, end = desk.TargetFirstResponse, desk.TargetNextResponse, desk.TargetResolution
	with := func(t desk.Ticket, events ...desk.SLAEvent) desk.Ticket {
		t.SLA = events
		return t
	}
	for name, tt := range map[string]struct {
		ticket desk.Ticket
		want   []string
	}{
		"met":                        {with(open(90), event(first, 1, 60, 60, 0)), []string{"theirs first_response met 60"}},
		"met late":                   {with(open(90), event(first, 1, 60, 61, 0)), []string{"theirs first_response breached 60"}},
		"met late, in its eyes":      {with(open(90), event(first, 1, 60, 50, 70)), []string{"theirs first_response breached 60"}},
		"met, due nobody knows when": {with(open(90), event(first, 1, 0, 50, 0)), []string{"theirs first_response met 50"}},
		"pending":                    {with(open(90), event(next, 2, 95, 0, 0)), []string{"theirs next_response pending 95"}},
		"pending, its clock stands":  {with(open(90), event(end, 1, 0, 0, 0)), []string{"theirs resolution pending standing"}},
		"broken, to be made good":    {with(open(90), event(end, 1, 60, 0, 60)), []string{"theirs resolution pending 60"}},
		"broken at a time of its own": {
			with(open(90), event(end, 1, 0, 0, 60)), []string{"theirs resolution pending 60"},
		},
		"broken before its due time": {with(open(90), event(end, 1, 200, 0, 60)), []string{"theirs resolution pending 60"}},
		"broken, and ended in time":  {with(finishedAt(50), event(end, 1, 60, 0, 60)), []string{"theirs resolution breached 60"}},
		"the ticket shows the answer": {
			with(open(90, said(40, human)), event(first, 1, 60, 0, 0)), []string{"theirs first_response met 40"},
		},
		"the ticket shows the end":    {with(finishedAt(61), event(end, 1, 60, 0, 0)), []string{"theirs resolution breached 60"}},
		"of the second it does not":   {with(finishedAt(61), event(end, 2, 70, 0, 0)), nil},
		"nor of the second, too late": {with(finishedAt(71), event(end, 2, 70, 0, 0)), []string{"theirs resolution breached 70"}},
		"several": {
			with(open(90), event(next, 1, 30, 20, 0), event(next, 2, 60, 70, 0), event(next, 3, 99, 0, 0)),
			[]string{"theirs next_response met 20", "theirs next_response breached 60", "theirs next_response pending 99"},
		},
		"no policy named": {with(open(90), desk.SLAEvent{Target: "update", DueAt: minute(99)}), []string{"source update pending 99"}},
		"beside due times of other targets": {
			with(dueAt(open(90), 10, 0, 200), event(first, 1, 60, 50, 0)),
			[]string{"theirs first_response met 50", "source resolution pending 200"},
		},
	} {
		t.Run(name, func(t *testing.T) { wantPromises(t, catalogue(), ticket(tt.ticket), tt.want...) })
	}
}

// The counters know how many outcomes of a target they took, not which: they
// must come in the order in which they were decided.
func TestEventsCountInTheOrderInWhichTheyAreDecided(t *testing.T) {
	late, early := event(desk.TargetNextResponse, 1, 60, 0, 0), event(desk.TargetNextResponse, 2, 50, 40, 0)
	standing := event(desk.TargetNextResponse, 3, 0, 0, 0)
	waiting := open(70)
	waiting.SLA = []desk.SLAEvent{late, early, standing}
	g := ticket(waiting)
	g.Judged = minute(60)
	e := evaluate(t, catalogue(), g)
	counted := e.fed(kpi.SLAOutcomes, kpi.FeedTotal)
	if len(counted) != 2 || !counted[0].At.Equal(minute(40)) || !counted[1].At.Equal(minute(60)) {
		t.Errorf("counted are %v, want that of 40 before that of 60", counted)
	}
}

func TestWhatTheDeskPromisesIsNotPromisedBySomebodyElse(t *testing.T) {
	own := kpi.SLAPolicy{Name: "gold", Targets: [4]time.Duration{time.Hour, 0, 0, 2 * time.Hour}}
	c := promising(own)
	ofDesk := ticket(dueAt(open(5), 0, 0, 90))
	wantPromises(t, c, ofDesk, "source resolution pending 90")
	ofDesk.Clocks = &kpi.Clocks{}
	wantPromises(t, c, ofDesk, "source resolution pending 90")
	ofDesk.Clocks.OwnSLA = true
	wantPromises(t, c, ofDesk, "source resolution pending 90", "gold first_response pending 60", "gold resolution pending 120")
	wantPromises(t, c, ticket(open(5)), "gold first_response pending 60", "gold resolution pending 120")
	// What was due and lapsed was promised by the desk all the same.
	wantPromises(t, c, tickets(dueAt(open(5), 0, 50, 0), finishedAt(20)))
	wantPromises(t, c, ticket(dueAt(closedUndated(), 0, 0, 50)))
}

// Facts of own promises and of the desk's are told apart, each target's from the
// others'.
func TestEachKindOfPromiseHasItsOwnNumber(t *testing.T) {
	own := kpi.SLAPolicy{Name: "gold", Targets: [4]time.Duration{time.Hour, time.Hour, time.Hour, time.Hour}}
	told := dueAt(open(80, said(10, desk.RoleAgent), said(20, desk.RoleCustomer), said(70, desk.RoleAgent)), 60, 90, 90)
	told.SLA = []desk.SLAEvent{event(desk.TargetUpdate, 1, 60, 0, 0)}
	g := ticket(told)
	g.Judged, g.Clocks = minute(600), &kpi.Clocks{OwnSLA: true}
	facts := map[uint8]bool{}
	e := evaluate(t, promising(own), g)
	for _, of := range e.fed(kpi.SLAOutcomes, kpi.FeedTotal) {
		facts[of.Fact] = true
		if got := kpi.TargetOf(of.Fact).String(); got != of.Labels[1] {
			t.Errorf("fact %d is about %s, want %s", of.Fact, got, of.Labels[1])
		}
	}
	if len(facts) != 8 {
		t.Errorf("%d kinds of promises have numbers of their own, want 8", len(facts))
	}
}
