package kpi_test

import (
	"strings"
	"testing"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/kpi"
)

// named is a promise of an end within so many minutes to tickets that match the
// conditions, given as dimension, values parted by a bar.
func named(name string, minutes int, match ...string) kpi.SLAPolicy {
	p := promise(desk.TargetResolution, minutes)
	p.Name, p.Match = name, map[string][]string{}
	for i := 0; i < len(match); i += 2 {
		p.Match[match[i]] = strings.Split(match[i+1], "|")
	}
	return p
}

// rematching is the same, and a change of priority matters.
func rematching(p kpi.SLAPolicy) kpi.SLAPolicy {
	p.Rematch = []string{"priority"}
	return p
}

// of is a ticket of minute 0 as it was at a minute, with some dimensions.
func of(m int, priority, team, channel string) desk.Ticket {
	t := open(m)
	t.Priority, t.Team, t.Channel = priority, team, channel
	return t
}

func TestTheFirstPolicyThatMatchesHolds(t *testing.T) {
	c := promising(
		named("vip", 10, "attr.tier", "gold"), named("urgent", 20, "priority", "urgent|high", "channel", "web"),
		named("nobody's", 30, "priority", "none"), named("tech", 40, "team", "tech"), named("tech too", 50, "team", "tech"),
	)
	tiered := of(1, "urgent", "", "web")
	tiered.Attrs = map[string]string{"tier": "gold"}
	gone := of(1, "high", "", "web")
	gone.Status = desk.StatusSpam
	for name, tt := range map[string]struct {
		group kpi.Group
		want  []string
	}{
		"the first of two":               {ticket(tiered), []string{"vip resolution pending 10"}},
		"one of the values":              {ticket(of(1, "high", "tech", "web")), []string{"urgent resolution pending 20"}},
		"not all of the conditions":      {ticket(of(1, "high", "tech", "email")), []string{"tech resolution pending 40"}},
		"a dimension that nobody named":  {ticket(of(1, "", "", "web")), []string{"nobody's resolution pending 30"}},
		"nothing":                        {ticket(of(1, "low", "sales", "web")), nil},
		"named later":                    {tickets(of(1, "", "sales", "web"), of(5, "high", "", "")), []string{"urgent resolution pending 20"}},
		"named first":                    {tickets(of(1, "low", "tech", "web"), of(5, "high", "", "")), []string{"tech resolution pending 40"}},
		"not as it was before it counts": {tickets(gone, of(5, "low", "tech", "web")), []string{"tech resolution pending 44"}},
	} {
		t.Run(name, func(t *testing.T) { wantPromises(t, c, tt.group, tt.want...) })
	}
}

// An urgent end is promised within 60 minutes, any other one within 240.
func TestAChangedPriorityChoosesThePolicyAnew(t *testing.T) {
	urgent, other := named("urgent", 60, "priority", "urgent"), named("other", 240)
	both := promising(rematching(urgent), rematching(other))
	only := promising(rematching(urgent))
	low := func(m int) desk.Ticket { return of(m, "low", "", "") }
	high := func(m int) desk.Ticket { return of(m, "urgent", "", "") }
	end := func(m int, t desk.Ticket) desk.Ticket {
		t.Status, t.SolvedAt = desk.StatusSolved, minute(m)
		return t
	}
	spam := low(10)
	spam.Status = desk.StatusSpam
	for name, tt := range map[string]struct {
		c      *kpi.Catalogue
		states []desk.Ticket
		want   []string
	}{
		"raised in time":               {both, []desk.Ticket{low(1), high(30)}, []string{"urgent resolution pending 60"}},
		"raised after the new target":  {both, []desk.Ticket{low(1), high(100)}, []string{"urgent resolution pending 100"}},
		"raised, and solved at once":   {both, []desk.Ticket{low(1), high(100), end(100, high(100))}, []string{"other resolution met 100"}},
		"raised, and solved later":     {both, []desk.Ticket{low(1), high(100), end(101, high(101))}, []string{"urgent resolution breached 100"}},
		"raised when it was broken":    {both, []desk.Ticket{low(1), high(241)}, []string{"other resolution pending 240"}},
		"raised when it was kept":      {both, []desk.Ticket{low(1), end(50, low(50)), end(50, high(90))}, []string{"other resolution met 50"}},
		"lowered in time":              {both, []desk.Ticket{high(1), low(60)}, []string{"other resolution pending 240"}},
		"lowered when it was broken":   {both, []desk.Ticket{high(1), low(61)}, []string{"urgent resolution pending 60"}},
		"lowered and raised":           {both, []desk.Ticket{high(1), low(50), high(70)}, []string{"urgent resolution pending 70"}},
		"a state that names none":      {both, []desk.Ticket{high(1), of(30, "", "", "")}, []string{"urgent resolution pending 60"}},
		"lowered to no promise":        {only, []desk.Ticket{high(1), low(50)}, nil},
		"lowered to none, broken":      {only, []desk.Ticket{high(1), low(61)}, []string{"urgent resolution pending 60"}},
		"lowered to none, and raised":  {only, []desk.Ticket{high(1), low(50), high(70)}, []string{"urgent resolution pending 70"}},
		"raised from no promise":       {only, []desk.Ticket{low(1), high(30)}, nil},
		"it does not matter":           {promising(urgent, other), []desk.Ticket{low(1), high(30)}, []string{"other resolution pending 240"}},
		"another dimension":            {both, []desk.Ticket{of(1, "low", "tech", ""), of(9, "low", "sales", "")}, []string{"other resolution pending 240"}},
		"before it was one to count":   {both, []desk.Ticket{spam, high(90)}, []string{"urgent resolution pending 140"}}, // the clock stood for 80 minutes, and ran as new for 10
		"reopened, and the next is so": {both, []desk.Ticket{low(1), end(50, low(50)), high(70)}, []string{"other resolution met 50", "urgent resolution pending 130"}},
	} {
		t.Run(name, func(t *testing.T) { wantPromises(t, tt.c, tickets(tt.states...), tt.want...) })
	}
}

// A state of minute 10 said spam and low, and the desk's own list of changes
// knows nothing of that: the urgent ticket of 90 was urgent from the beginning.
func TestWhatAStateSaidBeforeTheTicketCountedChangesNoPriority(t *testing.T) {
	spam, high := of(10, "low", "", ""), of(90, "urgent", "", "")
	spam.Status = desk.StatusSpam
	high.StatusChanges = []desk.StatusChange{{At: minute(1), Status: desk.StatusOpen}}
	c := promising(rematching(named("urgent", 60, "priority", "urgent")), rematching(named("other", 240)))
	wantPromises(t, c, tickets(spam, high), "urgent resolution pending 60")
}

// The other dimensions count as they were first seen.
func TestAChangedPriorityIsNotAChangedTeam(t *testing.T) {
	c := promising(rematching(named("tech", 60, "priority", "urgent", "team", "tech")),
		rematching(named("sales", 90, "priority", "urgent", "team", "sales")), rematching(named("other", 240)))
	wantPromises(t, c, tickets(of(1, "low", "tech", ""), of(30, "urgent", "sales", "")), "tech resolution pending 60")
}

// since is a list of policies that came into force at a minute of the story, the
// first of them always was.
func since(m int, policies ...kpi.SLAPolicy) kpi.PolicyList {
	return kpi.PolicyList{Since: minute(m), Policies: policies}
}

// remembering is a catalogue whose last list is the one in force.
func remembering(t *testing.T, first []kpi.SLAPolicy, later ...kpi.PolicyList) *kpi.Catalogue {
	t.Helper()
	c := promising(later[len(later)-1].Policies...)
	if err := c.Remember(append([]kpi.PolicyList{{Policies: first}}, later...)); err != nil {
		t.Fatal(err)
	}
	return c
}

// The tickets come at minute 0.
func TestAPromiseStaysWhatItWasWhenItWasMade(t *testing.T) {
	sole := func(p kpi.SLAPolicy) []kpi.SLAPolicy { return []kpi.SLAPolicy{p} }
	for name, tt := range map[string]struct {
		c    *kpi.Catalogue
		want []string
	}{
		"another target":                {remembering(t, sole(named("a", 60)), since(10, named("a", 30))), []string{"a resolution pending 60"}},
		"another target before":         {remembering(t, sole(named("a", 60)), since(-10, named("a", 30))), []string{"a resolution pending 30"}},
		"another target just then":      {remembering(t, sole(named("a", 60)), since(0, named("a", 30))), []string{"a resolution pending 30"}},
		"it does not match any more":    {remembering(t, sole(named("a", 60)), since(10, named("a", 60, "team", "x"))), []string{"a resolution pending 60"}},
		"gone":                          {remembering(t, sole(named("a", 60)), since(10)), nil},
		"gone when it was broken":       {remembering(t, sole(named("a", 60)), since(61)), []string{"a resolution pending 60"}},
		"gone at the very due time":     {remembering(t, sole(named("a", 60)), since(60)), nil},
		"another name":                  {remembering(t, sole(named("a", 60)), since(10, named("b", 60))), []string{"b resolution pending 60"}},
		"another name, a short target":  {remembering(t, sole(named("a", 60)), since(40, named("b", 20))), []string{"b resolution pending 40"}},
		"another name, then a third":    {remembering(t, sole(named("a", 60)), since(10, named("b", 60)), since(20, named("c", 90))), []string{"c resolution pending 90"}},
		"gone, and back":                {remembering(t, sole(named("a", 60)), since(10), since(20, named("a", 60))), []string{"a resolution pending 60"}},
		"gone, and back too late":       {remembering(t, sole(named("a", 60)), since(10), since(90, named("a", 60))), []string{"a resolution pending 90"}},
		"added, first of the list":      {remembering(t, sole(named("a", 60)), since(10, named("b", 20), named("a", 60))), []string{"a resolution pending 60"}},
		"the first ever":                {remembering(t, nil, since(100, named("a", 60))), []string{"a resolution pending 60"}},
		"the first that matches":        {remembering(t, sole(named("a", 60, "team", "x")), since(100, named("b", 60, "team", "y")), since(200, named("c", 70))), []string{"c resolution pending 70"}},
		"the first ever, gone":          {remembering(t, nil, since(100, named("a", 200)), since(150)), nil},
		"the first ever, gone too late": {remembering(t, nil, since(100, named("a", 60)), since(150)), []string{"a resolution pending 60"}},
	} {
		t.Run(name, func(t *testing.T) { wantPromises(t, tt.c, ticket(open(5)), tt.want...) })
	}
}

// An answer within 30 minutes was given, an end within 60 was not, when the
// policy got another name.
func TestWhatWasDecidedUnderAPolicyThatIsGoneStands(t *testing.T) {
	both := func(name string, answer, end int) kpi.SLAPolicy {
		p := named(name, end)
		p.Targets[desk.TargetFirstResponse] = time.Duration(answer) * time.Minute
		return p
	}
	c := remembering(t, []kpi.SLAPolicy{both("old", 30, 60)}, since(40, both("new", 10, 90)))
	wantPromises(t, c, ticket(open(50, said(20, desk.RoleAgent))), "old first_response met 20", "new resolution pending 90")
	wantPromises(t, c, ticket(finishedAt(90, said(35, desk.RoleAgent))), "old first_response breached 30", "new resolution met 90")
	wantPromises(t, c, ticket(finishedAt(20)), "old resolution met 20")
}

// The solve of 20 was made under a policy that restarts, and its outcome stays
// though the policy of today would ignore the reopening.
func TestAReopeningIsTreatedAsPromisedWhenTheTicketWasSolved(t *testing.T) {
	old, new := named("old", 60), named("new", 60)
	old.Reopen, new.Reopen = kpi.ReopenRestarts, kpi.ReopenIgnored
	c := remembering(t, []kpi.SLAPolicy{old}, since(40, new))
	wantPromises(t, c, seen(nil, turn{1, nowOpen}, turn{20, nowSolved}, turn{25, nowOpen}, turn{35, nowSolved}),
		"old resolution met 20", "old resolution met 35")
	wantPromises(t, c, seen(nil, turn{1, nowOpen}, turn{50, nowSolved}, turn{55, nowOpen}), "new resolution met 50")
}

// The priority changes after the list has: the policy is looked for in the list
// in force.
func TestAPriorityIsMatchedAgainstTheListInForce(t *testing.T) {
	urgent := func(minutes int) kpi.SLAPolicy { return rematching(named("urgent", minutes, "priority", "urgent")) }
	c := remembering(t, []kpi.SLAPolicy{urgent(60), rematching(named("other", 240))},
		since(20, urgent(90), rematching(named("other", 240))))
	wantPromises(t, c, tickets(of(1, "low", "", ""), of(10, "urgent", "", "")), "urgent resolution pending 60")
	wantPromises(t, c, tickets(of(1, "low", "", ""), of(30, "urgent", "", "")), "urgent resolution pending 90")
}

// Weekdays from 9 to 17 o'clock: Monday at 10 is minute 1320. Whoever takes the
// calendar away does not mean the promises made in it.
func TestACalendarOutlivesItsConfiguration(t *testing.T) {
	office := kpi.Schedule{Name: "office", Timezone: "UTC", Hours: officeHours()}
	p := named("a", 60)
	p.Calendar = "office"
	c := promising(named("a", 60))
	lists := []kpi.PolicyList{{Policies: []kpi.SLAPolicy{p}, Calendars: []kpi.Schedule{office}}, since(10, named("a", 60))}
	if err := c.Remember(lists); err != nil {
		t.Fatal(err)
	}
	wantPromises(t, c, ticket(open(5)), "a resolution pending 1320")

	d := definitions() // it is still there, and Monday a holiday by now
	d.Calendars = []kpi.Schedule{office}
	d.Calendars[0].Holidays = []kpi.Holiday{{From: on(2026, time.March, 2), To: on(2026, time.March, 2)}}
	c = kpi.NewCatalogue(d)
	if err := c.Remember(lists); err != nil {
		t.Fatal(err)
	}
	wantPromises(t, c, ticket(open(5)), "a resolution pending 2760")

	lists[0].Calendars[0].Timezone = "Nowhere/Land"
	if err := promising().Remember(lists); err == nil || !strings.Contains(err.Error(), "SLA policies in force since") {
		t.Errorf("a calendar of no zone: %v", err)
	}
}

// The list of today names the calendars that its policies run in, and no other.
func TestTheListInForceHasItsCalendars(t *testing.T) {
	d := definitions()
	d.Calendars = []kpi.Schedule{{Name: "office", Timezone: "UTC", Hours: officeHours()}, {Name: "idle", Timezone: "UTC"}}
	p := named("a", 60)
	p.Calendar = "office"
	d.SLAPolicies = []kpi.SLAPolicy{p, named("b", 60)}
	list := kpi.NewCatalogue(d).PoliciesInForce()
	if len(list.Calendars) != 1 || list.Calendars[0].Name != "office" || len(list.Policies) != 2 || !list.Since.IsZero() {
		t.Errorf("in force is %+v", list)
	}
}
