package kpi

import (
	"cmp"
	"slices"
	"time"

	"helpdesk_exporter/desk"
)

// SLASource is what the promises of a desk are called that names no policy.
const SLASource = "source"

// deskPromises returns what the desk itself says that it promised a ticket, in
// events where it tells of them, else in due times; false where it says nothing.
func deskPromises(s *ticketStory) ([]promise, bool) {
	t := s.ticket
	var all []promise
	told := false
	for _, target := range desk.Targets() {
		of := s.clockPromises(target)
		switch events := slaEvents(t, target); {
		case len(of) > 0:
			slices.SortStableFunc(of, earlierDecided)
		case len(events) > 0:
			for _, e := range events {
				of = append(of, s.event(target, e))
			}
			slices.SortStableFunc(of, earlierDecided) // the counters take them one after another
		case target == desk.TargetFirstResponse:
			of = s.firstResponseDue()
		case target == desk.TargetNextResponse && s.hasNextDue():
			told = true // even where it came to nothing
			of = s.nextResponsesDue()
		case target == desk.TargetResolution:
			due := s.resolutionDue()
			told = told || !due.IsZero() // even where nobody says when the ticket was solved
			of = s.resolutionsDue(due)
		}
		told = told || len(of) > 0
		all = append(all, of...)
	}
	return all, told
}

// promiseOf is a promise of the desk that named its due time.
func promiseOf(target desk.Target, of span, due time.Time) promise {
	return promise{target: target, policy: SLASource, due: due, kept: of.kept, outcome: of.decide(due)}
}

// slaEvents returns what the desk tells of one target, in its order.
func slaEvents(t *desk.Ticket, target desk.Target) []desk.SLAEvent {
	var events []desk.SLAEvent
	for _, e := range t.SLA {
		if e.Target == target.String() {
			events = append(events, e)
		}
	}
	return events
}

// event makes a promise of what the desk tells of it. That it was broken is the
// desk's word; that it was kept may show in the ticket first.
func (s *ticketStory) event(target desk.Target, e desk.SLAEvent) promise {
	of := s.end(time.Time{})
	if of.kept = e.MetAt; of.kept.IsZero() && e.N <= 1 {
		switch target {
		case desk.TargetFirstResponse:
			of = s.answer()
		case desk.TargetResolution:
			of = s.lastSolve()
		}
	}
	p := promiseOf(target, of, e.DueAt)
	p.policy = cmp.Or(e.Policy, SLASource)
	if e.BreachedAt.IsZero() {
		return p
	}
	if p.due.IsZero() || p.due.After(e.BreachedAt) {
		p.due = e.BreachedAt
	}
	if p.outcome != running {
		p.outcome = broken // else it is overdue, until somebody makes it good
	}
	return p
}

// earlierDecided orders promises by when they were kept or broken. Where one
// whose clock stands comes makes no difference.
func earlierDecided(x, y promise) int {
	decided := func(p promise) time.Time {
		if p.outcome == met {
			return p.kept
		}
		return p.due
	}
	return decided(x).Compare(decided(y))
}

// answer is the time until the first answer.
func (s *ticketStory) answer() span {
	of := s.end(s.ticket.CreatedAt)
	var answered bool
	if of.kept, answered = answeredAt(s.ticket); !answered {
		of.kept = s.ticket.FirstResponseAt // as the desk counts, whoever began
	}
	return of
}

// firstResponseDue is the due time of the first answer, as the desk tells it or,
// once it was given, has told it last.
func (s *ticketStory) firstResponseDue() []promise {
	of, due := s.answer(), s.ticket.FirstResponseDueAt
	if !of.kept.IsZero() {
		due = s.lastTold(due, func(state *desk.State) time.Time { return state.FirstDueAt })
	}
	if due.IsZero() {
		return nil
	}
	return []promise{promiseOf(desk.TargetFirstResponse, of, due)}
}

// resolutionDue is when the ticket had to be solved, as the desk tells it or,
// once it was, has told it last.
func (s *ticketStory) resolutionDue() time.Time {
	due := s.ticket.ResolutionDueAt
	if s.life.phase == finished {
		due = s.lastTold(due, func(state *desk.State) time.Time { return state.ResolutionDueAt })
	}
	return due
}

// lastTold returns a due time or, where the desk tells it no more, the last that
// any state told.
func (s *ticketStory) lastTold(due time.Time, told func(*desk.State) time.Time) time.Time {
	for i := len(s.held.States) - 1; i >= 0 && due.IsZero(); i-- {
		due = told(&s.held.States[i])
	}
	return due
}

// lastSolve is the time until the solve that stands.
func (s *ticketStory) lastSolve() span {
	of := s.end(s.ticket.CreatedAt)
	of.kept = of.ended
	return of
}

// resolutionsDue are the solves of a ticket with one due time: that it was
// solved in time before it came back is replaced by what became of it then.
func (s *ticketStory) resolutionsDue(due time.Time) []promise {
	if due.IsZero() {
		return nil
	}
	var all []promise
	for _, spell := range s.life.spells() {
		if spell.solved && spell.at.IsZero() {
			continue // nobody says when that was
		}
		p := promiseOf(desk.TargetResolution, span{kept: spell.at}, due)
		if n := len(all); n > 0 {
			all[n-1].replaced = true
		}
		if all = append(all, p); p.outcome == broken {
			break
		}
	}
	return all
}

// hasNextDue reports whether any state tells when a next response was due.
func (s *ticketStory) hasNextDue() bool {
	return slices.ContainsFunc(s.held.States, func(state desk.State) bool { return !state.NextDueAt.IsZero() })
}

// nextResponsesDue are the due times of next responses that the states of a
// ticket told one after another. What a due time that is gone came to shows in
// the messages or, where there are none, in that nothing took its place.
func (s *ticketStory) nextResponsesDue() []promise {
	var all []promise
	var due, since time.Time
	settle := func(of span) {
		if p := promiseOf(desk.TargetNextResponse, of, due); p.outcome != lapsed {
			all = append(all, p)
		}
		due = time.Time{}
	}
	for i := range s.held.States {
		state := &s.held.States[i]
		if !due.IsZero() && !state.NextDueAt.Equal(due) {
			of := span{from: since, kept: s.saidBetween(since, state.At), over: true, ended: state.At}
			gone := state.NextDueAt.IsZero() && phaseOf(statusOf(*state)) == open
			if of.kept.IsZero() && gone && len(s.ticket.Messages) == 0 {
				of.kept = state.At
			}
			settle(of)
		}
		if due.IsZero() {
			due, since = state.NextDueAt, state.At
		}
	}
	if !due.IsZero() {
		of := s.end(since)
		of.kept = s.saidBetween(since, time.Time{})
		settle(of)
	}
	return all
}

// saidBetween returns when an agent first answered in public after an instant
// and no later than another, zero for no end.
func (s *ticketStory) saidBetween(after, until time.Time) time.Time {
	for _, m := range s.ticket.Messages {
		if m.Public && m.Author == desk.RoleAgent && m.At.After(after) && (until.IsZero() || !m.At.After(until)) {
			return m.At
		}
	}
	return time.Time{}
}
