package kpi_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/kpi"
)

// turn is a status that a ticket took on at a minute.
type turn struct {
	minute int
	status desk.Status
}

// The statuses of the stories, short.
const (
	nowOpen    = desk.StatusOpen
	nowPending = desk.StatusPending
	nowOnHold  = desk.StatusOnHold
	nowSolved  = desk.StatusSolved
	nowSpam    = desk.StatusSpam
)

// seen is a ticket of minute 0 of which a state was seen at each turn.
func seen(messages []desk.Message, turns ...turn) kpi.Group {
	var states []desk.Ticket
	for _, turn := range turns {
		states = append(states, desk.Ticket{
			CreatedAt: minute(0), UpdatedAt: minute(turn.minute), Status: turn.status, Messages: messages,
		})
	}
	return tickets(states...)
}

// reported is the same ticket where its desk reports the turns themselves: only
// the last state was seen, later.
func reported(messages []desk.Message, turns ...turn) kpi.Group {
	last := desk.Ticket{
		CreatedAt: minute(0), UpdatedAt: minute(turns[len(turns)-1].minute + 3), Status: turns[len(turns)-1].status, Messages: messages,
	}
	for _, turn := range turns {
		last.StatusChanges = append(last.StatusChanges, desk.StatusChange{At: minute(turn.minute), Status: turn.status})
	}
	return tickets(last)
}

// eachWay tries a story as either kind of desk tells it.
func eachWay(t *testing.T, name string, c *kpi.Catalogue, messages []desk.Message, turns []turn, want []string) {
	t.Helper()
	for manner, g := range map[string]kpi.Group{
		"seen": seen(messages, turns...), "reported": reported(messages, turns...),
	} {
		t.Run(name+", "+manner, func(t *testing.T) { wantPromises(t, c, g, want...) })
	}
}

// An end within 100 minutes, as reopenings are treated.
func TestAReopeningRestartsResumesOrIsIgnored(t *testing.T) {
	solvedOnce := []turn{{1, nowOpen}, {40, nowSolved}}
	reopened := append(slices.Clone(solvedOnce), turn{60, nowOpen})
	again := func(m int) []turn { return append(slices.Clone(reopened), turn{m, nowSolved}) }
	late := []turn{{1, nowOpen}, {101, nowSolved}, {110, nowOpen}, {115, nowSolved}}
	restart, resume, ignore := kpi.ReopenRestarts, kpi.ReopenResumes, kpi.ReopenIgnored
	for name, tt := range map[string]struct {
		turns []turn
		want  map[kpi.Reopen]string
	}{
		"solved":      {solvedOnce, map[kpi.Reopen]string{restart: "met 40", resume: "met 40", ignore: "met 40"}},
		"solved late": {late[:2], map[kpi.Reopen]string{restart: "breached 100", resume: "breached 100", ignore: "breached 100"}},
		"solved at the very instant": {
			[]turn{{100, nowSolved}}, map[kpi.Reopen]string{restart: "met 100", resume: "met 100", ignore: "met 100"},
		},
		"not solved": {solvedOnce[:1], map[kpi.Reopen]string{restart: "pending 100", resume: "pending 100", ignore: "pending 100"}},
		// 100 minutes from the reopening; 40 of the 100 are used up; 40 is the word.
		"reopened": {reopened, map[kpi.Reopen]string{
			restart: "met 40, pending 160", resume: "met 40 for the counters, pending 120", ignore: "met 40",
		}},
		"solved again": {again(120), map[kpi.Reopen]string{
			restart: "met 40, met 120", resume: "met 40 for the counters, met 120", ignore: "met 40",
		}},
		"solved again, late for one clock": {again(121), map[kpi.Reopen]string{
			restart: "met 40, met 121", resume: "met 40 for the counters, breached 120", ignore: "met 40",
		}},
		"solved again, late for both": {again(161), map[kpi.Reopen]string{
			restart: "met 40, breached 160", resume: "met 40 for the counters, breached 120", ignore: "met 40",
		}},
		"solved late, and once more": {late, map[kpi.Reopen]string{
			restart: "breached 100, met 115", resume: "breached 100", ignore: "breached 100",
		}},
		"reopened twice": {append(again(70), turn{80, nowOpen}), map[kpi.Reopen]string{
			restart: "met 40, met 70, pending 180", // 40 and 10 minutes are used up
			resume:  "met 40 for the counters, met 70 for the counters, pending 130", ignore: "met 40",
		}},
		// It was open all the while, but the clock stood from 20 to 50.
		"spam for a while": {[]turn{{1, nowOpen}, {20, nowSpam}, {50, nowOpen}}, map[kpi.Reopen]string{
			restart: "pending 130", resume: "pending 130", ignore: "pending 130",
		}},
	} {
		for reopen, want := range tt.want {
			p := promise(desk.TargetResolution, 100)
			p.Reopen = reopen
			eachWay(t, fmt.Sprintf("%s, %s", name, reopen), promising(p), nil, tt.turns, gold(want, "resolution"))
		}
	}
}

// Nobody says when the ticket was first solved, only that it came back once.
func TestASolveThatNobodyDatedHasNoOutcome(t *testing.T) {
	again := finishedAt(90)
	again.Reopens = desk.Some(1)
	for reopen, want := range map[kpi.Reopen][]string{
		kpi.ReopenRestarts: nil, // nor when the clock restarted
		kpi.ReopenResumes:  {"gold resolution met 90"},
		kpi.ReopenIgnored:  nil,
	} {
		p := promise(desk.TargetResolution, 100)
		p.Reopen = reopen
		t.Run(string(reopen), func(t *testing.T) { wantPromises(t, promising(p), ticket(again), want...) })
	}
	wantPromises(t, promising(promise(desk.TargetResolution, 100)), ticket(closedUndated()))
	back := open(90)
	back.Reopens = desk.Some(1)
	wantPromises(t, promising(promise(desk.TargetResolution, 100)), ticket(back))
}

// The clock of 100 minutes stands while the ticket is pending.
func TestAPauseMovesTheDueTime(t *testing.T) {
	for name, tt := range map[string]struct {
		turns []turn
		want  string
	}{
		"half an hour":                        {[]turn{{1, nowOpen}, {30, nowPending}, {60, nowOpen}}, "pending 130"},
		"two of them":                         {[]turn{{30, nowPending}, {60, nowOpen}, {70, nowPending}, {75, nowOpen}}, "pending 135"},
		"it lasts":                            {[]turn{{1, nowOpen}, {30, nowPending}}, "pending standing"},
		"from the last instant":               {[]turn{{1, nowOpen}, {100, nowPending}}, "pending 100"},
		"too late":                            {[]turn{{1, nowOpen}, {101, nowPending}, {150, nowOpen}}, "pending 100"},
		"another status":                      {[]turn{{1, nowOpen}, {30, nowOnHold}, {60, nowOpen}}, "pending 100"},
		"solved in it":                        {[]turn{{1, nowOpen}, {99, nowPending}, {500, nowSolved}}, "met 500"},
		"solved after it, in time":            {[]turn{{1, nowOpen}, {30, nowPending}, {60, nowOpen}, {130, nowSolved}}, "met 130"},
		"solved after it, late":               {[]turn{{1, nowOpen}, {30, nowPending}, {60, nowOpen}, {131, nowSolved}}, "breached 130"},
		"from the first instant":              {[]turn{{0, nowPending}, {60, nowOpen}}, "pending 160"},
		"solved and reopened into it":         {[]turn{{40, nowSolved}, {60, nowPending}}, "met 40, pending standing"},
		"solved and reopened into it, it end": {[]turn{{40, nowSolved}, {60, nowPending}, {80, nowOpen}}, "met 40, pending 180"},
	} {
		p := promise(desk.TargetResolution, 100)
		p.PauseOn = []desk.Status{nowPending}
		eachWay(t, name, promising(p), nil, tt.turns, gold(tt.want, "resolution"))
	}
}

// The customer writes at 40, in the middle of a pause from 30 to 60.
func TestAClockThatStartsInAPauseRunsFromItsEnd(t *testing.T) {
	p := promise(desk.TargetNextResponse, 30)
	p.PauseOn = []desk.Status{nowPending, nowOnHold}
	messages := []desk.Message{said(1, desk.RoleAgent), said(40, desk.RoleCustomer)}
	paused := []turn{{1, nowOpen}, {30, nowPending}}
	eachWay(t, "no pause", promising(p), messages, []turn{{1, nowOpen}}, []string{"gold next_response pending 70"})
	eachWay(t, "it lasts", promising(p), messages, paused, []string{"gold next_response pending standing"})
	eachWay(t, "it ends", promising(p), messages, append(paused, turn{60, nowOpen}), []string{"gold next_response pending 90"})
	eachWay(t, "into another", promising(p), messages, append(paused, turn{60, nowOnHold}, turn{61, nowOpen}),
		[]string{"gold next_response pending 91"})
}

// The state that shows the solve of minute 90 is seen at 300. Had the clock run
// until then, the update of minute 100 would be overdue.
func TestTheClockStandsFromTheSolveNotFromItsSight(t *testing.T) {
	end := finishedAt(90, said(40, desk.RoleAgent))
	end.UpdatedAt = minute(300)
	back := open(400, said(40, desk.RoleAgent))
	wantPromises(t, promising(promise(desk.TargetUpdate, 60)), tickets(open(50), end, back), "gold update pending 410")
}

// The changes are known until 60 only; the state of 80 goes beyond them, and
// those seen before do not count beside them.
func TestTheNewestStateGoesBeyondTheChangesThatWereReported(t *testing.T) {
	p := promise(desk.TargetResolution, 100)
	p.PauseOn = []desk.Status{nowPending}
	first := open(45)
	first.Status = nowPending // contradicts what is reported of 45
	last := open(80)
	last.Status = nowPending
	last.StatusChanges = []desk.StatusChange{{At: minute(1), Status: nowOpen}, {At: minute(30), Status: nowPending}, {At: minute(60), Status: nowOpen}}
	wantPromises(t, promising(p), tickets(first, last), "gold resolution pending standing")
	taken := open(90)
	wantPromises(t, promising(p), tickets(first, last, taken), "gold resolution pending 130") // 80 to 90 is unknown to the desk's list
}

// Weekdays from 9 to 17 o'clock UTC. The ticket comes on Sunday at noon: minute
// 1260 is Monday at 9.
func TestAClockRunsInTheHoursOfItsCalendar(t *testing.T) {
	d := definitions()
	d.Calendars = []kpi.Schedule{{Name: "office", Timezone: "UTC", Hours: officeHours()}}
	p := promise(desk.TargetResolution, 60)
	p.Calendar, p.PauseOn = "office", []desk.Status{nowPending}
	longer := promise(desk.TargetResolution, 9*60) // an hour of Tuesday
	longer.Calendar = "office"
	for name, tt := range map[string]struct {
		policy kpi.SLAPolicy
		turns  []turn
		want   string
	}{
		"over the weekend":            {p, []turn{{1, nowOpen}}, "pending 1320"},
		"solved before work":          {p, []turn{{1, nowOpen}, {1000, nowSolved}}, "met 1000"},
		"solved at the very instant":  {p, []turn{{1, nowOpen}, {1320, nowSolved}}, "met 1320"},
		"solved late":                 {p, []turn{{1, nowOpen}, {1321, nowSolved}}, "breached 1320"},
		"paused over an hour of work": {p, []turn{{1, nowOpen}, {1290, nowPending}, {1350, nowOpen}}, "pending 1380"},
		"paused outside of work":      {p, []turn{{1, nowOpen}, {600, nowPending}, {1200, nowOpen}}, "pending 1320"},
		"paused into work":            {p, []turn{{1, nowOpen}, {600, nowPending}, {1270, nowOpen}}, "pending 1330"},
		"overnight":                   {longer, []turn{{1, nowOpen}}, "pending 2760"},
	} {
		d.SLAPolicies = []kpi.SLAPolicy{tt.policy}
		eachWay(t, name, kpi.NewCatalogue(d), nil, tt.turns, gold(tt.want, "resolution"))
	}
}

// What was said before the ticket began, as clocks that differ have it, does not
// keep a clock from running.
func TestAClockMayStartBeforeTheTicket(t *testing.T) {
	early := open(5, desk.Message{At: minute(-20), Author: desk.RoleAgent, Public: true},
		desk.Message{At: minute(-10), Author: desk.RoleCustomer, Public: true})
	wantPromises(t, promising(promise(desk.TargetNextResponse, 30)), ticket(answered(-30, early)), "gold next_response pending 20")
}

// The four targets of one policy are promises of their own.
func TestATicketHasThePromisesOfAllTargets(t *testing.T) {
	p := kpi.SLAPolicy{Name: "gold", Targets: [4]time.Duration{time.Hour, 30 * time.Minute, 2 * time.Hour, 8 * time.Hour}}
	wantPromises(t, promising(p), ticket(open(100, said(10, desk.RoleAgent), said(20, desk.RoleCustomer))),
		"gold first_response met 10", "gold next_response pending 50", "gold update pending 130", "gold resolution pending 480")
}
