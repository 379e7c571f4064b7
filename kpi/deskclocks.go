package kpi

import (
	"iter"
	"time"

	"helpdesk_exporter/desk"
)

// run is one run of a clock that a desk keeps for a ticket.
type run struct {
	clock   desk.Clock
	n       int
	events  []desk.ClockEvent // in order, none of them taken back
	promise *desk.ClockEvent  // the SLA it was put under last
	breach  *desk.ClockEvent
	stopped time.Time // zero: not so far
	told    *desk.ClockEvent
}

// runsOf yields the runs of a ticket's clocks, clock by clock.
func runsOf(clocks []desk.ClockEvent) iter.Seq[run] {
	return func(yield func(run) bool) {
		for start := 0; start < len(clocks); {
			end := start
			for end < len(clocks) && clocks[end].Clock == clocks[start].Clock && clocks[end].N == clocks[start].N {
				end++
			}
			if r := runOf(clocks[start:end]); len(r.events) > 0 && !yield(r) {
				return
			}
			start = end
		}
	}
}

func runOf(events []desk.ClockEvent) run {
	r := run{clock: events[0].Clock, n: events[0].N}
	for i := range events {
		e := &events[i]
		if e.Undone {
			continue
		}
		switch e.Move {
		case desk.MoveStart:
			r.stopped = time.Time{} // some desks let it go on after its end
		case desk.MovePromise:
			r.promise = e
		case desk.MoveBreach:
			if r.breach == nil {
				r.breach = e
			}
		case desk.MoveStop:
			r.stopped = e.At
		case desk.MoveTell:
			r.told = e
		}
		r.events = append(r.events, *e)
	}
	return r
}

// target returns which target a run is about.
func (r run) target() desk.Target {
	switch {
	case r.clock == desk.ClockReply && r.n <= 1:
		return desk.TargetFirstResponse
	case r.clock == desk.ClockReply:
		return desk.TargetNextResponse
	case r.clock == desk.ClockUpdate, r.clock == desk.ClockPausableUpdate:
		return desk.TargetUpdate
	default:
		return desk.TargetResolution
	}
}

// clockPromises returns what a desk promised a ticket by putting its clocks
// under SLAs. That one is broken the desk says itself: a due time that is worked
// out serves to warn, for the desk may have hours of its own.
func (s *ticketStory) clockPromises(target desk.Target) []promise {
	var all []promise
	for r := range runsOf(s.ticket.Clocks) {
		if r.promise == nil || r.target() != target {
			continue
		}
		of := s.end(time.Time{})
		of.kept = r.stopped
		p := promiseOf(target, of, time.Time{})
		p.policy = r.promise.Policy
		if p.policy == "" {
			p.policy = SLASource
		}
		switch {
		case r.breach != nil:
			p.due = r.breach.At
			if p.outcome != running {
				p.outcome = broken // else it is overdue, until somebody makes it good
			}
		case p.outcome == running:
			p.due, p.estimate = r.due(s.calendar), true
		}
		all = append(all, p)
	}
	return all
}

// due returns when a run that goes on will have taken as long as was promised,
// zero while it is paused. A promise in business hours runs in those of the
// calendar; without one nobody can tell.
func (r run) due(calendar *Calendar) time.Time {
	if r.promise.Business && calendar == nil || r.promise.Target <= 0 {
		return time.Time{}
	}
	left, from := r.promise.Target, time.Time{}
	for _, e := range r.events {
		switch {
		case e.Move == desk.MoveStart && from.IsZero():
			from = e.At
		case (e.Move == desk.MovePause || e.Move == desk.MoveStop) && !from.IsZero():
			left -= r.passed(calendar, from, e.At)
			from = time.Time{}
		}
	}
	switch {
	case from.IsZero():
		return time.Time{}
	case left <= 0 || !r.promise.Business:
		return from.Add(left)
	default:
		due, _ := calendar.Add(from, left)
		return due
	}
}

// passed returns how long a run was going on the clock of its promise.
func (r run) passed(calendar *Calendar, from, to time.Time) time.Duration {
	if r.promise.Business {
		return calendar.Between(from, to)
	}
	return to.Sub(from)
}

// clockTurn is a solve or a reopening that the resolution clock of a ticket shows.
type clockTurn struct {
	at    time.Time
	solve bool
	n     int // the n-th solve or reopening of the ticket, from 0
}

// turns returns the solves and reopenings of which the resolution clock tells: it
// starts with the ticket and with each reopening, and its runs are numbered.
func turns(clocks []desk.ClockEvent) []clockTurn {
	var all []clockTurn
	solves, starts := 0, 0
	for r := range runsOf(clocks) {
		if r.clock != desk.ClockResolution {
			continue
		}
		solves, starts = max(solves, r.n-1), max(starts, r.n-1)
		running := false
		for _, e := range r.events {
			switch {
			case e.Move == desk.MoveStart && !running:
				if starts > 0 {
					all = append(all, clockTurn{at: e.At, n: starts - 1})
				}
				starts, running = starts+1, true
			case e.Move == desk.MoveStop:
				all = append(all, clockTurn{at: e.At, solve: true, n: solves})
				solves, running = solves+1, false
			}
		}
	}
	return all
}

// reopensBy returns how many times a ticket was reopened by an instant, as far as
// its turns tell.
func reopensBy(shown []clockTurn, at time.Time) int {
	n := 0
	for _, t := range shown {
		if !t.at.After(at) {
			n = max(n, t.n+boolInt(!t.solve))
		}
	}
	return n
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// repliesTold yields the answers of which the desk says how long they took in
// business hours.
func repliesTold(clocks []desk.ClockEvent) iter.Seq2[time.Time, time.Duration] {
	return func(yield func(answered time.Time, took time.Duration) bool) {
		for r := range runsOf(clocks) {
			told := r.clock == desk.ClockReply && !r.stopped.IsZero() && r.told != nil && r.told.TookBusiness.Set
			if told && !yield(r.stopped, r.told.TookBusiness.Value) {
				return
			}
		}
	}
}
