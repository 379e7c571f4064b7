package simulate

import (
	"slices"
	"testing"
	"time"

	"helpdesk_exporter/desk"
)

// fourWeeks are the records of a desk after the four weeks of its past, by kind
// and id.
func fourWeeks(t *testing.T, s Settings) map[string]desk.Record {
	t.Helper()
	w := newWatch(t, newSource(t, s))
	w.fetch(noon)
	return w.newest
}

func ofKind[T desk.Body](records map[string]desk.Record) []T {
	var found []T
	for _, r := range records {
		if body, ok := r.Body.(T); ok {
			found = append(found, body)
		}
	}
	return found
}

// share returns which part of a list something holds for.
func share[T any](list []T, holds func(T) bool) float64 {
	n := 0
	for _, x := range list {
		if holds(x) {
			n++
		}
	}
	return float64(n) / float64(len(list))
}

// The bounds are wider than three standard deviations of a sample of this size,
// so that only a change of the model leaves them.
func TestFourWeeksLookLikeADesk(t *testing.T) {
	records := fourWeeks(t, Settings{TicketsPerDay: 500, CallsPerDay: 600})
	tickets, calls := ofKind[*desk.Ticket](records), ofKind[*desk.Call](records)
	surveys := ofKind[*desk.Survey](records)
	between := func(what string, got, least, most float64) {
		t.Helper()
		if !(got >= least && got <= most) {
			t.Errorf("%s is %.3f, want %.3f to %.3f", what, got, least, most)
		}
	}
	ticket := func(what string, least, most float64, holds func(*desk.Ticket) bool) {
		t.Helper()
		between(what, share(tickets, holds), least, most)
	}
	ticket("the share of tickets that came at a weekend", 0.13, 0.2, func(b *desk.Ticket) bool {
		return b.CreatedAt.Weekday() == time.Saturday || b.CreatedAt.Weekday() == time.Sunday
	})
	ticket("the share of tickets that came at night", 0.05, 0.12, func(b *desk.Ticket) bool { return b.CreatedAt.Hour() < 6 })
	ticket("the share of reopened tickets", 0.04, 0.09, func(b *desk.Ticket) bool { return b.Reopens.Value > 0 })
	ticket("the share of escalated tickets", 0.03, 0.07, func(b *desk.Ticket) bool { return !b.EscalatedAt.IsZero() })
	ticket("the share of transferred tickets", 0.08, 0.16, func(b *desk.Ticket) bool { return b.Transfers.Value > 0 })
	ticket("the share of merged tickets", 0.01, 0.05, func(b *desk.Ticket) bool { return b.MergedInto != "" })
	ticket("the share of follow-ups", 0.01, 0.03, func(b *desk.Ticket) bool { return b.FollowupOf != "" })
	ticket("the share of tickets that are none", 0.015, 0.035, func(b *desk.Ticket) bool {
		return b.Status.Withdrawn() && b.Status != desk.StatusMerged
	})
	ticket("the share that a bot handled alone", 0.04, 0.11, func(b *desk.Ticket) bool {
		return b.HandledBy == desk.RoleBot && b.Status.Finished()
	})
	ticket("the share of open tickets", 0.01, 0.06, func(b *desk.Ticket) bool { return b.Status.Open() })
	between("written tickets a day", share(tickets, func(b *desk.Ticket) bool {
		return b.CreatedBy == desk.RoleCustomer && b.FollowupOf == ""
	})*float64(len(tickets))/28, 500, 600)

	ended := func(channel string, outcome desk.Outcome) float64 {
		return share(calls, func(b *desk.Call) bool {
			return b.Channel == channel && b.Outcome == outcome && b.Direction == desk.DirectionInbound
		}) * float64(len(calls))
	}
	between("the share of callers that gave up", ended("phone", desk.OutcomeAbandoned)/
		(ended("phone", desk.OutcomeAbandoned)+ended("phone", desk.OutcomeAnswered)), 0.03, 0.12)
	for _, outcome := range []desk.Outcome{desk.OutcomeAbandonedIVR, desk.OutcomeBlocked, desk.OutcomeVoicemail, desk.OutcomeCallback} {
		between("calls that ended as "+outcome.String(), ended("phone", outcome), 20, 2000)
	}
	for _, reason := range []string{"closed", "network", "no_agent"} {
		between("calls blocked by "+reason, share(calls, func(b *desk.Call) bool { return b.BlockReason == reason }), 0.001, 0.1)
	}
	between("the share of outbound calls", share(calls, func(b *desk.Call) bool { return b.Direction == desk.DirectionOutbound }), 0.04, 0.1)
	between("the share of legs", share(calls, func(b *desk.Call) bool { return b.Contact != "" }), 0.1, 0.3)

	for _, name := range []string{surveyTicket, surveyEffort, surveySolved, surveyRelation, surveyTeam, surveyPreference} {
		sent := slices.DeleteFunc(slices.Clone(surveys), func(b *desk.Survey) bool { return b.Survey != name })
		most := 0.35
		if name == surveyTeam {
			most = 0.75
		}
		between("the share of answers to "+name, share(sent, func(b *desk.Survey) bool { return !b.RespondedAt.IsZero() }), 0.15, most)
	}
}

func TestAnswersAreSoonerWhereItIsUrgentAndAtDaytime(t *testing.T) {
	medians := map[string]time.Duration{}
	waits := map[string][]time.Duration{}
	for _, b := range ofKind[*desk.Ticket](fourWeeks(t, Settings{TicketsPerDay: 500})) {
		if at := firstAnswer(b); !at.IsZero() && b.Channel == "email" {
			waits[b.Priority] = append(waits[b.Priority], at.Sub(b.CreatedAt))
			hour := "day"
			if b.CreatedAt.Hour() < 6 {
				hour = "night"
			}
			waits[hour] = append(waits[hour], at.Sub(b.CreatedAt))
		}
	}
	for name, list := range waits {
		slices.Sort(list)
		medians[name] = list[len(list)/2]
	}
	for _, pair := range [][2]string{{"urgent", "high"}, {"high", "normal"}, {"normal", "low"}, {"day", "night"}} {
		if medians[pair[0]] >= medians[pair[1]] {
			t.Errorf("%s is answered after %s, %s after %s", pair[0], medians[pair[0]], pair[1], medians[pair[1]])
		}
	}
	if got := medians["normal"]; got < 40*time.Minute || got > 4*time.Hour {
		t.Errorf("half of the normal ones are answered within %s", got)
	}
}

func firstAnswer(b *desk.Ticket) time.Time {
	for _, m := range b.Messages {
		if m.Author == desk.RoleAgent && m.Public {
			return m.At
		}
	}
	return time.Time{}
}

func TestAnIncidentBringsMoreAndWorse(t *testing.T) {
	source := newSource(t, Settings{TicketsPerDay: 2000})
	w := newWatch(t, source)
	w.fetch(noon)
	l := source.eras[0]
	in, out := []*desk.Ticket{}, []*desk.Ticket{}
	for _, b := range ofKind[*desk.Ticket](w.newest) {
		if l.severity(b.CreatedAt) > 1 {
			in = append(in, b)
		} else {
			out = append(out, b)
		}
	}
	hours := 0.0
	for at := noon.Add(-28 * 24 * time.Hour); at.Before(noon); at = at.Add(time.Minute) {
		if l.severity(at) > 1 {
			hours += 1.0 / 60
		}
	}
	if hours < 5 || hours > 12 {
		t.Fatalf("%.1f hours of incidents in four weeks", hours)
	}
	if got := float64(len(in)) / hours / (float64(len(out)) / (28*24 - hours)); got < 2 {
		t.Errorf("an hour of an incident brings %.2f times as many tickets", got)
	}
	urgent := func(b *desk.Ticket) bool { return b.Priority == "urgent" }
	if a, b := share(in, urgent), share(out, urgent); a < 2*b {
		t.Errorf("%.3f are urgent in incidents, %.3f else", a, b)
	}
	if !(l.severity(noon) > 1) {
		t.Error("nothing is wrong at the first sync")
	}
}

// An hour at a speed of 24 has the events of a day, each 24 times as fast, and
// as much to do for the agents.
func TestSpeedMultipliesWhatHappensAndDividesHowLongItTakes(t *testing.T) {
	slow := ofKind[*desk.Ticket](fourWeeks(t, Settings{TicketsPerDay: 400, CallsPerDay: 1}))
	fast := ofKind[*desk.Ticket](fourWeeks(t, Settings{TicketsPerDay: 400, CallsPerDay: 1, Speed: 24, Past: days(28.0 / 24)}))
	if got := float64(len(fast)) / float64(len(slow)); got < 0.7 || got > 1.5 {
		t.Errorf("%d tickets in the 24th part of the time, %d in all of it", len(fast), len(slow))
	}
	mean := func(list []*desk.Ticket) time.Duration {
		sum, n := time.Duration(0), 0
		for _, b := range list {
			if b.Status.Finished() && !b.SolvedAt.IsZero() {
				sum += b.SolvedAt.Sub(b.CreatedAt)
				n++
			}
		}
		return sum / time.Duration(n)
	}
	if got := float64(mean(slow)) / float64(mean(fast)); got < 18 || got > 32 {
		t.Errorf("solves take %s at the usual speed, %s at 24 times it", mean(slow), mean(fast))
	}
}

func TestEveryWordIsOneThatTheExporterKnows(t *testing.T) {
	records := fourWeeks(t, Settings{TicketsPerDay: 300, CallsPerDay: 300})
	known := func(what, word string, words []string) {
		t.Helper()
		if !slices.Contains(words, word) {
			t.Errorf("%s %q is unknown", what, word)
		}
	}
	for _, b := range ofKind[*desk.Ticket](records) {
		known("channel", b.Channel, desk.Channels())
		known("priority", b.Priority, desk.Priorities())
		known("kind", b.Type, desk.TicketTypes())
		if b.Status == desk.StatusUnknown || b.CreatedBy == desk.RoleUnknown {
			t.Errorf("a ticket of status %s, created by %s", b.Status, b.CreatedBy)
		}
	}
	for _, b := range ofKind[*desk.Call](records) {
		known("channel", b.Channel, desk.Channels())
		if b.Outcome == desk.OutcomeUnknown || b.Direction == desk.DirectionUnknown {
			t.Errorf("a call %s, %s", b.Outcome, b.Direction)
		}
		if (b.Outcome == desk.OutcomeBlocked) != (b.BlockReason != "") {
			t.Errorf("a call %s for the reason %q", b.Outcome, b.BlockReason)
		}
	}
	for _, b := range ofKind[*desk.Survey](records) {
		if b.Survey == surveyPreference && b.Answer != "" {
			known("preference", b.Answer, desk.Channels())
		}
	}
}
