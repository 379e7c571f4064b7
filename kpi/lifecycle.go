package kpi

import (
	"time"

	"helpdesk_exporter/desk"
)

// lifecycle is the story of a ticket: how often it was solved, reopened and
// withdrawn. By its making, opened + reopened - solved - withdrawn is 1 for a
// ticket that is open and 0 for any other.
type lifecycle struct {
	phase       phase
	opened      bool
	solves      []moment
	reopens     []moment
	withdrawals []withdrawal
}

// moment is when something happened, zero where nobody said, and the state
// that first showed it.
type moment struct {
	at    time.Time
	state int
}

type withdrawal struct {
	moment
	reason desk.Status
}

type phase uint8

const (
	unborn phase = iota
	open
	finished
	withdrawn
)

func phaseOf(s desk.Status) phase {
	switch {
	case s.Finished():
		return finished
	case s.Withdrawn():
		return withdrawn
	default:
		return open
	}
}

// lifecycleOf tells the story of a ticket from its status changes where the
// desk reports them, else from the states that were seen.
func lifecycleOf(h *desk.Held, t *desk.Ticket) *lifecycle {
	l := &lifecycle{}
	last := len(h.States) - 1
	if n := len(t.StatusChanges); n > 0 {
		state := 0
		for _, c := range t.StatusChanges {
			for state < last && h.States[state].At.Before(c.At) {
				state++
			}
			l.enter(c.Status, moment{at: c.At, state: state})
		}
		newest := h.States[last]
		l.enter(statusOf(newest), moment{at: stateTime(newest), state: last})
		return l
	}
	for i, s := range h.States {
		s.Status = statusOf(s)
		l.observe(s, i)
	}
	l.correct(t)
	return l
}

// statusOf returns the status of a state; one that a desk does not name shows
// in whether the ticket was solved.
func statusOf(s desk.State) desk.Status {
	switch {
	case s.Status != desk.StatusUnknown:
		return s.Status
	case s.SolvedAt.IsZero():
		return desk.StatusOpen
	default:
		return desk.StatusSolved
	}
}

// stateTime is when a state began, as far as the desk says.
func stateTime(s desk.State) time.Time {
	if s.Timed {
		return s.At
	}
	return time.Time{}
}

// observe takes in one state of a ticket whose changes nobody reports. What
// happened between two states shows in solve times and reopen counts.
func (l *lifecycle) observe(s desk.State, i int) {
	now := moment{at: stateTime(s), state: i}
	switch {
	case s.Status.Finished():
		solved := now
		if !s.SolvedAt.IsZero() {
			solved.at = s.SolvedAt
		}
		if len(l.solves) == 0 && !s.FirstSolvedAt.IsZero() && s.FirstSolvedAt.Before(s.SolvedAt) {
			l.enter(s.Status, moment{at: s.FirstSolvedAt, state: i})
			l.enter(desk.StatusOpen, moment{state: i})
		}
		l.catchUp(s, i, 1)
		l.enter(s.Status, solved)
	case s.Status.Withdrawn():
		l.enter(s.Status, now)
	default:
		missed := !s.SolvedAt.IsZero() && !s.SolvedAt.After(s.At) && s.SolvedAt.After(l.lastSolve())
		if missed && l.phase != finished {
			l.enter(desk.StatusSolved, moment{at: s.SolvedAt, state: i})
		}
		l.enter(s.Status, now)
		l.catchUp(s, i, 0)
	}
}

// catchUp adds the reopenings that the desk counted and no state showed. They
// have no times. In a finished state the solve to come is not yet entered.
func (l *lifecycle) catchUp(s desk.State, i, toCome int) {
	if !s.Reopens.Set {
		return
	}
	for n := s.Reopens.Value; len(l.reopens) < n; {
		if l.phase == finished && toCome == 0 {
			l.enter(desk.StatusOpen, moment{state: i})
			continue
		}
		l.enter(desk.StatusSolved, moment{state: i})
		l.enter(desk.StatusOpen, moment{state: i})
	}
}

func (l *lifecycle) lastSolve() time.Time {
	if n := len(l.solves); n > 0 {
		return l.solves[n-1].at
	}
	return time.Time{}
}

// enter moves the ticket into the phase of a status.
func (l *lifecycle) enter(s desk.Status, m moment) {
	next := phaseOf(s)
	was := l.phase
	l.phase = next
	switch {
	case next == withdrawn:
		if was == open {
			l.withdrawals = append(l.withdrawals, withdrawal{moment: m, reason: s})
		}
	case next == open && (was == finished || was == withdrawn && l.opened):
		l.reopens = append(l.reopens, m)
	case next == finished && was == finished:
		return
	case next == finished && (was == open || !l.opened):
		l.solves = append(l.solves, m)
	}
	l.opened = l.opened || next != withdrawn
}

// correct puts the newest word of the desk on its first and last solve into
// the story.
func (l *lifecycle) correct(t *desk.Ticket) {
	n := len(l.solves)
	if n == 0 {
		return
	}
	last := t.SolvedAt
	if last.IsZero() && l.phase == finished {
		last = t.ClosedAt
	}
	if !last.IsZero() && (l.phase == finished || l.solves[n-1].at.IsZero()) {
		l.solves[n-1].at = last
	}
	if !t.FirstSolvedAt.IsZero() {
		l.solves[0].at = t.FirstSolvedAt
	}
}

// feedsOfSolve returns what the i-th solve feeds: the windows hold only the
// last one, and only while it stands.
func (l *lifecycle) feedsOfSolve(i int, feeds Feed) Feed {
	if i == len(l.solves)-1 && l.phase == finished {
		return feeds
	}
	return FeedTotal
}
