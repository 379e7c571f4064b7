package book_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"helpdesk_exporter/book"
	"helpdesk_exporter/desk"
	"helpdesk_exporter/kpi"
)

// minute is so many minutes after monday.
func minute(m float64) time.Time { return monday.Add(time.Duration(m * float64(time.Minute))) }

// answerWithin is a policy for all tickets.
func answerWithin(name string, minutes int) kpi.SLAPolicy {
	p := kpi.SLAPolicy{Name: name}
	p.Targets[desk.TargetFirstResponse] = time.Duration(minutes) * time.Minute
	return p
}

func zen() book.SourceConfig { return source("zen", "acme", desk.KindTicket) }

func log() book.SourceConfig {
	s := source("log", "acme", desk.KindMessage)
	s.RefersTo = "zen"
	return s
}

// withinAnHour opens a desk that promises an answer within an hour, all of whose
// sources were empty at monday.
func withinAnHour(t *testing.T, path string, configs ...book.SourceConfig) *office {
	t.Helper()
	o := openPromising(t, path, []kpi.SLAPolicy{answerWithin("gold", 60)}, configs...)
	for _, s := range configs {
		o.poll(s.Name, monday)
	}
	return o
}

// asked is a ticket that came at monday, as it was at a minute.
func asked(id string, m float64, changes ...func(*desk.Ticket)) desk.Record {
	return ticket(id, monday, minute(m), desk.StatusOpen, changes...)
}

// reply is an answer of an agent.
func reply(m float64) func(*desk.Ticket) {
	return func(t *desk.Ticket) {
		t.Messages = append(t.Messages, desk.Message{At: minute(m), Author: desk.RoleAgent, Public: true})
	}
}

// replied is the same as another source tells it.
func replied(ticket string, m float64) desk.Record {
	message := desk.Message{At: minute(m), Author: desk.RoleAgent, Public: true}
	return desk.Record{
		ID: fmt.Sprint(ticket, m), Body: &desk.TicketMessage{Ticket: ticket, Message: message},
		Origin: desk.Origin{Dropped: minute(m), Name: "log.csv"},
	}
}

// promised tells all of a desk's promises in one line: what the counters have
// counted as met and as breached, what the longest window has, and what is
// pending, overdue and at risk within the hour.
func (o *office) promised(now time.Time) string {
	e := o.read(now)
	sum := func(name, having string) (n float64) {
		for series, t := range e.totals {
			if strings.HasPrefix(series, name+"{") && strings.Contains(series, having) {
				n += float64(t.n)
			}
		}
		for series, v := range e.values {
			if strings.HasPrefix(series, name+"{") && strings.Contains(series, having) {
				n += v
			}
		}
		return n
	}
	window := func(outcome string) float64 {
		return sum("helpdesk_sla_outcomes_in_window", fmt.Sprintf(`window="7d",outcome=%q`, outcome))
	}
	const total = "helpdesk_sla_outcomes_total"
	counted := fmt.Sprintf("counted %v+%v", sum(total, `outcome="met"`), sum(total, `outcome="breached"`))
	if _, shown := e.values[`helpdesk_tickets_opened_in_window{desk="acme",by="all",window="7d"}`]; !shown {
		return counted + ", no gauges"
	}
	levels := float64(1 + len(o.options.Catalogue.Labels)) // each pools all
	return fmt.Sprintf("%s, window %v+%v, pending %v, overdue %v, at risk %v", counted,
		window("met")/levels, window("breached")/levels, sum("helpdesk_sla_pending", ""), sum("helpdesk_sla_overdue", ""),
		sum("helpdesk_sla_at_risk", `within="1h"`))
}

func (o *office) wantPromised(m float64, want string) {
	o.Helper()
	if got := o.promised(minute(m)); got != want {
		o.Errorf("at minute %v: %s\nwant: %s", m, got, want)
	}
}

// readUpTo commits a whole poll of a source that lags behind the clock.
func (o *office) readUpTo(source string, asOf, now float64, records ...desk.Record) {
	o.Helper()
	o.commit(source, desk.Page{Records: records, AsOf: minute(asOf)}, minute(now))
}

func TestABreachWaitsUntilItsSourceIsReadPastTheDueTime(t *testing.T) {
	o := withinAnHour(t, "", zen())
	o.poll("zen", minute(1), asked("1", 0))
	o.wantPromised(1, "counted 0+0, window 0+0, pending 1, overdue 0, at risk 1")
	o.wantPromised(60, "counted 0+0, window 0+0, pending 1, overdue 0, at risk 1")
	o.wantPromised(60.5, "counted 0+0, window 0+0, pending 1, overdue 1, at risk 0")
	o.readUpTo("zen", 59, 61)
	o.wantPromised(61, "counted 0+0, window 0+0, pending 1, overdue 1, at risk 0")
	o.readUpTo("zen", 60, 62)
	o.wantPromised(62, "counted 0+1, window 0+1, pending 0, overdue 1, at risk 0")
	o.poll("zen", minute(63), asked("1", 0)) // told again
	o.poll("zen", minute(64))
	o.wantPromised(64, "counted 0+1, window 0+1, pending 0, overdue 1, at risk 0")
	// Somebody had answered in time all the same: the counter never falls.
	o.poll("zen", minute(65), asked("1", 65, reply(30)))
	o.wantPromised(65, "counted 0+1, window 1+0, pending 0, overdue 0, at risk 0")
}

func TestAReplyTenSecondsBeforeItsDueTimeSeenLaterWasGivenInTime(t *testing.T) {
	o := withinAnHour(t, "", zen())
	o.poll("zen", minute(1), asked("1", 0))
	o.poll("zen", minute(59))
	o.wantPromised(60.5, "counted 0+0, window 0+0, pending 1, overdue 1, at risk 0")
	o.readUpTo("zen", 59.5, 60.5) // it lags
	o.wantPromised(60.5, "counted 0+0, window 0+0, pending 1, overdue 1, at risk 0")
	answeredAt := 60 - 10.0/60
	o.poll("zen", minute(61.5), asked("1", answeredAt, reply(answeredAt)))
	o.wantPromised(61.5, "counted 1+0, window 1+0, pending 0, overdue 0, at risk 0")
	o.poll("zen", minute(70))
	o.wantPromised(70, "counted 1+0, window 1+0, pending 0, overdue 0, at risk 0")
}

// What is late in the record's own eyes may not be when all is known.
func TestAPromiseKeptLateIsJudgedLikeAnyOther(t *testing.T) {
	o := withinAnHour(t, "", zen(), log())
	o.poll("log", minute(15))
	o.poll("zen", minute(70), asked("1", 0), asked("2", 65, reply(65)), ticket("3", monday, minute(61), desk.StatusSolved, solvedAt(minute(61))))
	o.wantPromised(70, "counted 0+0, window 0+0, pending 1, overdue 1, at risk 0") // log is not read that far
	o.reopen(minute(70))
	o.wantPromised(70, "counted 0+0, window 0+0, pending 1, overdue 1, at risk 0")
	o.poll("log", minute(71))
	o.wantPromised(71, "counted 0+3, window 0+3, pending 0, overdue 1, at risk 0")
}

// A solve after the due time says nothing of an answer before it.
func TestAnAnswerReadAfterTheSolveWasGivenInTime(t *testing.T) {
	o := withinAnHour(t, t.TempDir(), zen(), log())
	defer func() { o.close() }()
	o.poll("log", minute(15))
	o.poll("zen", minute(70), asked("1", 0), ticket("1", monday, minute(65), desk.StatusSolved, solvedAt(minute(65))))
	o.wantPromised(70, "counted 0+0, window 0+0, pending 0, overdue 0, at risk 0")
	o.reopen(minute(70))
	o.poll("log", minute(71), replied("1", 55))
	o.wantPromised(71, "counted 1+0, window 1+0, pending 0, overdue 0, at risk 0")
	o.poll("zen", minute(72))
	o.wantPromised(72, "counted 1+0, window 1+0, pending 0, overdue 0, at risk 0")
}

// A drop that comes late tells of what lies long before the last judgement, row
// by row.
func TestWhatOnePollTellsIsJudgedTogether(t *testing.T) {
	open, answered := asked("1", 5), asked("1", 30, reply(30))
	for name, tt := range map[string]struct {
		pages []desk.Page
		want  string
	}{
		"in one page":        {[]desk.Page{{Records: []desk.Record{open, answered}}}, "counted 1+0, window 1+0, pending 0, overdue 0, at risk 0"},
		"in two pages":       {[]desk.Page{{Records: []desk.Record{open}, More: true}, {Records: []desk.Record{answered}}}, "counted 1+0, window 1+0, pending 0, overdue 0, at risk 0"},
		"and nobody answers": {[]desk.Page{{Records: []desk.Record{open}, More: true}, {}}, "counted 0+1, window 0+1, pending 0, overdue 1, at risk 0"},
		"and late": {[]desk.Page{
			{Records: []desk.Record{open}, More: true}, {Records: []desk.Record{asked("1", 61, reply(61))}},
		}, "counted 0+1, window 0+1, pending 0, overdue 0, at risk 0"},
	} {
		for _, restart := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, restarted %t", name, restart), func(t *testing.T) {
				o := withinAnHour(t, t.TempDir(), zen())
				defer func() { o.close() }()
				o.poll("zen", minute(200))
				for i, page := range tt.pages {
					if !page.More {
						page.AsOf = minute(201)
					}
					o.commit("zen", page, minute(201))
					if restart {
						o.reopen(minute(201))
					}
					if i < len(tt.pages)-1 && !strings.HasPrefix(o.promised(minute(201)), "counted 0+0") {
						t.Error("something is judged before the poll is over")
					}
				}
				o.wantPromised(201, tt.want)
				o.poll("zen", minute(202), tt.pages[0].Records...)
				o.wantPromised(202, tt.want)
			})
		}
	}
}

func TestTheExporterWasDownOverADueTime(t *testing.T) {
	for name, tt := range map[string]struct {
		found []desk.Record
		want  string
	}{
		"nobody answered":   {nil, "counted 0+1, window 0+1, pending 0, overdue 1, at risk 0"},
		"somebody had":      {[]desk.Record{asked("1", 55, reply(55))}, "counted 1+0, window 1+0, pending 0, overdue 0, at risk 0"},
		"somebody did late": {[]desk.Record{asked("1", 61, reply(61))}, "counted 0+1, window 0+1, pending 0, overdue 0, at risk 0"},
	} {
		t.Run(name, func(t *testing.T) {
			o := withinAnHour(t, t.TempDir(), zen())
			defer func() { o.close() }()
			o.poll("zen", minute(50), asked("1", 0))
			o.reopen(minute(105))
			o.wantPromised(105, "counted 0+0, window 0+0, pending 1, overdue 1, at risk 0")
			o.poll("zen", minute(106), tt.found...)
			o.wantPromised(106, tt.want)
			o.reopen(minute(107))
			o.poll("zen", minute(108), tt.found...)
			o.wantPromised(108, tt.want)
		})
	}
}

func TestTheSourceWasDownOverADueTime(t *testing.T) {
	o := withinAnHour(t, "", zen())
	o.poll("zen", minute(10), asked("1", 0))
	o.wantPromised(69, "counted 0+0, window 0+0, pending 1, overdue 1, at risk 0")
	o.wantPromised(71, "counted 0+0, no gauges") // stale
	o.poll("zen", minute(300))
	o.wantPromised(300, "counted 0+1, window 0+1, pending 0, overdue 1, at risk 0")
}

// Tickets are read past the due time, the messages about them are not.
func TestABreachWaitsForTheSourceOfMessages(t *testing.T) {
	for name, tt := range map[string]struct {
		found []desk.Record
		want  string
	}{
		"it brings the answer":      {[]desk.Record{replied("1", 55)}, "counted 1+0, window 1+0, pending 0, overdue 0, at risk 0"},
		"it brings a late answer":   {[]desk.Record{replied("1", 61)}, "counted 0+1, window 0+1, pending 0, overdue 0, at risk 0"},
		"it brings nothing":         {nil, "counted 0+1, window 0+1, pending 0, overdue 1, at risk 0"},
		"it brings another answer":  {[]desk.Record{replied("2", 55)}, "counted 0+1, window 0+1, pending 0, overdue 1, at risk 0"},
		"it brings the same twice":  {[]desk.Record{replied("1", 55), replied("1", 55)}, "counted 1+0, window 1+0, pending 0, overdue 0, at risk 0"},
		"it brings a second answer": {[]desk.Record{replied("1", 61), replied("1", 55)}, "counted 1+0, window 1+0, pending 0, overdue 0, at risk 0"},
	} {
		t.Run(name, func(t *testing.T) {
			o := withinAnHour(t, "", zen(), log())
			o.poll("zen", minute(1), asked("1", 0))
			o.poll("log", minute(50))
			o.poll("zen", minute(70))
			o.wantPromised(70, "counted 0+0, window 0+0, pending 1, overdue 1, at risk 0")
			o.reopen(minute(70))
			o.poll("log", minute(71), tt.found...)
			o.wantPromised(71, tt.want)
			o.poll("zen", minute(72))
			o.poll("log", minute(73), tt.found...)
			o.wantPromised(73, tt.want)
		})
	}
}

// The reverse: it is the tickets that are not read that far.
func TestABreachWaitsForTheSourceOfTickets(t *testing.T) {
	o := withinAnHour(t, "", zen(), log())
	o.poll("zen", minute(50), asked("1", 0))
	o.poll("log", minute(70))
	o.wantPromised(70, "counted 0+0, window 0+0, pending 1, overdue 1, at risk 0")
	o.poll("zen", minute(71), ticket("1", monday, minute(58), desk.StatusSolved, solvedAt(minute(58))))
	o.wantPromised(71, "counted 0+0, window 0+0, pending 0, overdue 0, at risk 0") // it lapsed
}

// A source of messages comes later, and reads its history while promises break.
func TestAPromiseThatBreaksWhileANewSourceIsReadCounts(t *testing.T) {
	o := withinAnHour(t, "", zen())
	o.poll("zen", minute(1), asked("1", 0), asked("2", 0))
	o.options.Sources = append(o.options.Sources, log())
	o.reopen(minute(30))
	o.poll("zen", minute(70))
	if got := o.promised(minute(70)); got != "counted 0+0, no gauges" {
		t.Errorf("while messages are read: %s", got)
	}
	o.commit("log", desk.Page{Records: []desk.Record{replied("2", 20)}, More: true}, minute(75))
	o.commit("log", desk.Page{AsOf: minute(80)}, minute(80))
	// Of the answer in the history of log nobody counts anything.
	o.wantPromised(80, "counted 0+1, window 1+1, pending 0, overdue 1, at risk 0")
}

// The page that judges is committed, and the next one never; then all comes
// again.
func TestAnExporterKilledBetweenPagesCountsEachBreachOnce(t *testing.T) {
	o := withinAnHour(t, t.TempDir(), zen())
	defer func() { o.close() }()
	o.poll("zen", minute(1), asked("1", 0), asked("2", 0))
	pages := []desk.Page{
		{Records: []desk.Record{asked("3", 5)}, More: true},
		{Records: []desk.Record{asked("2", 58, reply(58))}, AsOf: minute(61), More: true},
		{Records: []desk.Record{asked("4", 6, reply(6))}, AsOf: minute(62)},
	}
	for known := range len(pages) + 1 {
		for i, page := range pages[:known] {
			o.commit("zen", page, minute(70+float64(i)))
		}
		o.reopen(minute(75))
	}
	o.wantPromised(75, "counted 2+2, window 2+2, pending 0, overdue 2, at risk 0")
}

// A page that fails counts nothing, and the breach counts with the next one.
func TestAPageThatFailsJudgesNothing(t *testing.T) {
	o := withinAnHour(t, "", zen())
	o.poll("zen", minute(1), asked("1", 0))
	o.failInTheMiddle("zen", desk.Page{AsOf: minute(61)}, minute(61))
	o.wantPromised(61, "counted 0+0, window 0+0, pending 1, overdue 1, at risk 0")
	o.poll("zen", minute(62))
	o.wantPromised(62, "counted 0+1, window 0+1, pending 0, overdue 1, at risk 0")
}

// A source that says it is complete up to tomorrow is not believed.
func TestNothingIsJudgedAheadOfTheClock(t *testing.T) {
	o := withinAnHour(t, "", zen())
	o.readUpTo("zen", 600, 30, asked("1", 0))
	o.wantPromised(30, "counted 0+0, window 0+0, pending 1, overdue 0, at risk 1")
	o.poll("zen", minute(61), asked("1", 59, reply(59)))
	o.wantPromised(61, "counted 1+0, window 1+0, pending 0, overdue 0, at risk 0")
}

// A label set is there at 0 from the moment that something is promised, so that
// increase() sees its first breach.
func TestOutcomesAreThereBeforeTheFirst(t *testing.T) {
	o := withinAnHour(t, "", zen())
	o.poll("zen", minute(1), asked("1", 0))
	for _, outcome := range []string{"met", "breached"} {
		o.wantTotal(minute(1), fmt.Sprintf(
			`helpdesk_sla_outcomes_total{desk="acme",policy="gold",target="first_response",outcome=%q,channel="email",priority="normal",team="billing"}`,
			outcome), 0, monday)
	}
}
