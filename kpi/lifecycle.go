package kpi

import (
	"slices"
	"time"

	"helpdesk_exporter/desk"
)

// lifecycle is the story of a ticket: how often it was solved, reopened and
// withdrawn. By its making, opened + reopened - solved - withdrawn is 1 for a
// ticket that is open and 0 for any other; and of a ticket that was never
// withdrawn, one more state, wherever it belongs, never makes it tell of fewer
// solves or reopenings.
type lifecycle struct {
	status      desk.Status // the last one
	phase       phase
	left        phase // what a withdrawn ticket was before
	opened      bool
	solves      []moment
	reopens     []moment
	withdrawals []withdrawal

	// undone are the solves that the desk dates and that did not last, reopened
	// the reopenings that it dates.
	undone, reopened []time.Time
}

// moment is when something happened, zero where nobody said, and the state
// that first showed it.
type moment struct {
	at    time.Time
	state int
	// restored says of a reopening that it undid a withdrawal, not a solve.
	restored bool
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
	if len(t.StatusChanges) > 0 {
		l.follow(h, t.StatusChanges)
		return l
	}
	shown := turns(t.Clocks)
	for i, s := range h.States {
		l.observe(s, i, reopensBy(shown, s.At))
	}
	l.correct(t)
	l.dateBy(shown)
	return l
}

// follow takes in the status changes that the desk reports, and the newest
// state unless they go beyond it.
func (l *lifecycle) follow(h *desk.Held, changes []desk.StatusChange) {
	state, last := 0, len(h.States)-1
	if changes[0].Status.Withdrawn() && phaseOf(statusOf(h.States[0])) == open {
		l.enter(desk.StatusOpen, moment{}) // some desks do not report that a ticket began
	}
	for _, c := range changes {
		for state < last && h.States[state].At.Before(c.At) {
			state++
		}
		l.enter(c.Status, moment{at: c.At, state: state})
	}
	newest, known := h.States[last], changes[len(changes)-1].At
	status, now := statusOf(newest), moment{at: stateTime(newest), state: last}
	if status.Finished() && newest.SolvedAt.After(known) {
		now.at = newest.SolvedAt
	}
	again := func(c desk.StatusChange) bool { return c.Status.Withdrawn() && !c.At.Before(newest.At) }
	if !newest.At.Before(known) || status.Withdrawn() && !slices.ContainsFunc(changes, again) {
		l.enter(status, now)
	}
}

// dateBy gives the solves and reopenings the times that the clocks of the ticket
// tell. Those of which the desk tells no state yet are left out: what made a clock
// stop may have been a merge.
func (l *lifecycle) dateBy(shown []clockTurn) {
	var reopens []*moment
	for i := range l.reopens {
		if !l.reopens[i].restored {
			reopens = append(reopens, &l.reopens[i])
		}
	}
	for _, t := range shown {
		switch {
		case t.solve && t.n < len(l.solves):
			l.solves[t.n].at = t.at
		case !t.solve && t.n < len(reopens):
			reopens[t.n].at = t.at
		}
	}
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
// happened between two states shows in solve times and reopen counts, and in the
// reopenings that clocks tell of until then.
func (l *lifecycle) observe(s desk.State, i, clocked int) {
	status := statusOf(s)
	next := phaseOf(status)
	now := moment{at: stateTime(s), state: i}
	if next == withdrawn {
		l.enter(status, now)
		return
	}
	l.restore(next, now)
	l.noteUndone(s, next)
	dated := l.noteReopened(s)
	reopens := max(len(l.undone), len(l.reopened))
	if s.Reopens.Set {
		reopens = s.Reopens.Value
	}
	reopens = max(reopens, clocked)
	if l.phase == finished && next == open {
		reopens-- // the one to come
	}
	l.catchUp(reopens, moment{state: i})
	l.enter(status, now)
	if n := len(l.reopens); dated && n > 0 && l.reopens[n-1].state == i && !l.reopens[n-1].restored {
		l.reopens[n-1].at = s.ReopenedAt
	}
	l.date(s, i)
}

// noteReopened notes a reopening that a state dates, and reports whether it is
// news.
func (l *lifecycle) noteReopened(s desk.State) bool {
	if s.ReopenedAt.IsZero() || s.ReopenedAt.After(s.At) || slices.ContainsFunc(l.reopened, s.ReopenedAt.Equal) {
		return false
	}
	l.reopened = append(l.reopened, s.ReopenedAt)
	return true
}

// noteUndone notes the solves that a state dates and that were followed by a
// reopening: all that lie before an open state, and the first of several. The
// rows of some exports know the future, so a solve must not lie ahead of its
// state; and a desk that counts reopenings needs no such guess.
func (l *lifecycle) noteUndone(s desk.State, next phase) {
	if s.Reopens.Set {
		return
	}
	note := func(at time.Time) {
		if !at.IsZero() && !at.After(s.At) && !slices.ContainsFunc(l.undone, at.Equal) {
			l.undone = append(l.undone, at)
		}
	}
	if next == open && s.Timed {
		note(s.FirstSolvedAt)
		note(s.SolvedAt)
	}
	if next == finished && s.FirstSolvedAt.Before(s.SolvedAt) && !s.SolvedAt.After(s.At) {
		note(s.FirstSolvedAt)
	}
}

// catchUp adds the reopenings that no state showed, each with the solve that
// goes with it. They have no times.
func (l *lifecycle) catchUp(reopens int, unseen moment) {
	for len(l.reopens) < reopens {
		if l.phase == finished {
			l.enter(desk.StatusOpen, unseen)
			l.enter(desk.StatusSolved, unseen)
		} else {
			l.enter(desk.StatusSolved, unseen)
			l.enter(desk.StatusOpen, unseen)
		}
	}
}

// enter moves the ticket into the phase of a status.
func (l *lifecycle) enter(s desk.Status, m moment) {
	next := phaseOf(s)
	l.restore(next, m)
	switch {
	case next == l.phase:
	case next == withdrawn:
		l.left = l.phase
		if l.phase == open {
			l.withdrawals = append(l.withdrawals, withdrawal{moment: m, reason: s})
		}
	case next == finished:
		l.solves = append(l.solves, m)
	case l.phase == finished:
		l.reopens = append(l.reopens, m)
	}
	l.status, l.phase = s, next
	l.opened = l.opened || next != withdrawn
}

// restore makes a withdrawn ticket again what it was. One that was open counts
// as reopened, for its withdrawal has been counted.
func (l *lifecycle) restore(next phase, m moment) {
	if l.phase != withdrawn || next == withdrawn {
		return
	}
	l.phase = l.left
	if l.phase != open {
		return
	}
	m.restored = true
	if next != open {
		m.at = time.Time{} // of the solve that followed
	}
	l.reopens = append(l.reopens, m)
}

// date gives the last solve the time that its state tells, or a later one where
// that did not. A finished state that tells none was at least finished by then.
func (l *lifecycle) date(s desk.State, i int) {
	if len(l.solves) == 0 {
		return
	}
	solve := &l.solves[len(l.solves)-1]
	told := !s.SolvedAt.IsZero() && !(s.Timed && s.SolvedAt.After(s.At)) && !l.stale(s.SolvedAt)
	switch {
	case told && (solve.state == i || solve.at.IsZero()):
		solve.at = s.SolvedAt
	case solve.state == i && solve.at.IsZero() && l.phase == finished:
		solve.at = stateTime(s)
	}
}

// stale reports whether a solve time is one that the desk did not move when it
// solved the ticket again.
func (l *lifecycle) stale(solved time.Time) bool {
	n := len(l.reopens)
	return l.phase == finished && n > 0 && solved.Before(l.reopens[n-1].at)
}

// correct puts the newest word of the desk on its first and last solve into
// the story.
func (l *lifecycle) correct(t *desk.Ticket) {
	n := len(l.solves)
	if n == 0 {
		return
	}
	solved := t.SolvedAt
	if solved.IsZero() && t.FirstSolvedAt.IsZero() {
		solved = t.ClosedAt
	}
	if l.phase == finished && !solved.IsZero() && !l.stale(solved) {
		l.solves[n-1].at = solved
	}
	if !t.FirstSolvedAt.IsZero() && (n > 1 || t.SolvedAt.IsZero()) {
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

// endedBy reports whether a ticket that nobody answered was finished by the
// given instant, so that it neither met nor missed a target due then. Closing
// it later does not undo the miss; a solve that nobody dated gets the benefit
// of the doubt.
func (l *lifecycle) endedBy(due time.Time) bool {
	return l.phase == finished && !l.solves[len(l.solves)-1].at.After(due)
}
