package sourcestest

import (
	"cmp"
	"slices"
	"time"

	"helpdesk_exporter/desk"
)

// World is the life of a made-up help desk, told beforehand: fakes show of it
// what their vendor would show at a time, and [World.Truth] says what must come
// of it. All times are whole seconds of UTC, and nothing of it changes once it
// is made, so it may be read from many goroutines.
type World struct {
	Start   time.Time // from then on the desk is busy; some old tickets are older
	Groups  []Group
	Agents  []Agent
	Tickets []*Ticket // in order of CreatedAt and of ID; the ids have gaps
}

// Group is a team of agents.
type Group struct {
	ID   int64
	Name string
}

// Agent is one who answers tickets.
type Agent struct {
	ID    int64
	Login string
	Group int64
}

// Ticket is the whole life of a ticket. It is created by a public message: of
// the requester, as a new ticket of nobody, or of Agent, as an open ticket of
// that agent, if ByAgent.
type Ticket struct {
	ID        int64
	CreatedAt time.Time
	Channel   string // as desk.Ticket names them
	Priority  string // at its creation; as desk.Ticket names them
	Group     int64  // at its creation; 0 is none yet
	Requester int64
	ByAgent   bool
	Agent     int64   // who wrote it if ByAgent, else 0
	Events    []Event // in growing order of time, at least 2 s apart and after CreatedAt
}

// Event is one thing that happens to a ticket.
type Event struct {
	At       time.Time
	What     What
	Agent    int64  // who did it; of Assign: who works on it from now on, 0 is nobody yet
	Group    int64  // of Assign: where it goes
	Priority string // of Prioritise
	Score    int    // of Rate and Rerate: 1 to 5
	Into     int64  // of Merge: the ticket that it became part of
}

// What says what happens to a ticket.
type What uint8

// What can happen. Delete, Spam, Merge and Close end a life.
const (
	CustomerReply What = iota + 1 // a waiting ticket becomes open by it; never on a solved one
	AgentReply                    // in public; a new ticket becomes open by it
	Note                          // of an agent, not in public; changes no status
	Pend                          // the ticket waits for the customer
	Hold                          // it waits for somebody else
	Open                          // a waiting ticket becomes open without a message
	Solve                         // an agent sets it to solved
	Close                         // an automation closes what was solved days ago; many at one second
	Reopen                        // the customer writes on a solved ticket: a message, and it is open again
	Assign                        // to a group and, or not yet, to an agent; with an agent a new ticket becomes open
	Prioritise                    // another priority
	Delete
	Spam   // marked as such
	Merge  // into another ticket
	Rate   // the customer rates a solved ticket
	Rerate // and then differently: the first rating counts no more
)

// State is what is to be seen of a ticket at a time.
type State struct {
	Exists    bool // it was created by then; else nothing else is set
	Status    desk.Status
	Priority  string
	Group     int64 // 0 is none
	Agent     int64 // who works on it, 0 is nobody
	Into      int64 // what it was merged into
	UpdatedAt time.Time
	// StatusAt is when it took on its status.
	StatusAt time.Time

	CustomerMessages int // the first one among them, unless ByAgent
	AgentReplies     int // the first message among them if ByAgent
	Notes            int
	Assigns          int

	// FirstReplyAt is the first public answer of an agent after the creation.
	FirstReplyAt time.Time
	// Replies are the runs of customer messages that an agent answered, in the
	// order of the answers.
	Replies []Reply
	// WaitingSince is the first of the customer messages that nobody answered.
	WaitingSince time.Time

	Solves   []time.Time
	Reopens  []time.Time
	ClosedAt time.Time

	RatedAt time.Time // last
	Score   int       // of the last rating; 0 is none

	// Events are those that have happened.
	Events []Event
}

// Reply is a public answer to a run of customer messages.
type Reply struct {
	Asked, Answered time.Time
}

// Ticket returns the ticket with an id, whether it exists yet or not; nil if
// there never is one.
func (w *World) Ticket(id int64) *Ticket {
	i, ok := slices.BinarySearchFunc(w.Tickets, id, func(t *Ticket, id int64) int { return cmp.Compare(t.ID, id) })
	if !ok {
		return nil
	}
	return w.Tickets[i]
}

// Stop ends a world: nothing happens after an instant. It is called before the
// world is shown to anybody.
func (w *World) Stop(end time.Time) {
	w.Tickets = slices.DeleteFunc(w.Tickets, func(t *Ticket) bool { return t.CreatedAt.After(end) })
	for _, t := range w.Tickets {
		t.Events = slices.DeleteFunc(t.Events, func(e Event) bool { return e.At.After(end) })
	}
}

// At returns what is to be seen of a ticket now.
func (w *World) At(t *Ticket, now time.Time) State {
	if now.Before(t.CreatedAt) {
		return State{}
	}
	s := State{Exists: true, Status: desk.StatusNew, Priority: t.Priority, Group: t.Group, UpdatedAt: t.CreatedAt, StatusAt: t.CreatedAt}
	if t.ByAgent {
		s.Status, s.Agent, s.AgentReplies = desk.StatusOpen, t.Agent, 1
	} else {
		s.CustomerMessages, s.WaitingSince = 1, t.CreatedAt
	}
	n := 0
	for n < len(t.Events) && !t.Events[n].At.After(now) {
		s.apply(&t.Events[n])
		n++
	}
	s.Events = t.Events[:n:n]
	return s
}

// apply lets one event happen.
func (s *State) apply(e *Event) {
	s.UpdatedAt = e.At
	switch e.What {
	case CustomerReply:
		s.hear(e.At)
		if s.Status != desk.StatusNew {
			s.turn(desk.StatusOpen, e.At)
		}
	case AgentReply:
		s.answer(e.At)
		if s.Status == desk.StatusNew {
			s.turn(desk.StatusOpen, e.At)
		}
	case Note:
		s.Notes++
	case Pend:
		s.turn(desk.StatusPending, e.At)
	case Hold:
		s.turn(desk.StatusOnHold, e.At)
	case Open:
		s.turn(desk.StatusOpen, e.At)
	case Solve:
		s.Solves = append(s.Solves, e.At)
		s.turn(desk.StatusSolved, e.At)
	case Close:
		s.ClosedAt = e.At
		s.turn(desk.StatusClosed, e.At)
	case Reopen:
		s.hear(e.At)
		s.Reopens = append(s.Reopens, e.At)
		s.turn(desk.StatusOpen, e.At)
	case Assign:
		s.Group, s.Agent = e.Group, e.Agent
		s.Assigns++
		if s.Status == desk.StatusNew && e.Agent != 0 {
			s.turn(desk.StatusOpen, e.At)
		}
	case Prioritise:
		s.Priority = e.Priority
	case Delete:
		s.turn(desk.StatusDeleted, e.At)
	case Spam:
		s.turn(desk.StatusSpam, e.At)
	case Merge:
		s.Into = e.Into
		s.turn(desk.StatusMerged, e.At)
	case Rate, Rerate:
		s.RatedAt, s.Score = e.At, e.Score
	}
}

// turn takes on a status.
func (s *State) turn(status desk.Status, at time.Time) {
	if s.Status != status {
		s.Status, s.StatusAt = status, at
	}
}

// hear takes a message of the customer.
func (s *State) hear(at time.Time) {
	s.CustomerMessages++
	if s.WaitingSince.IsZero() {
		s.WaitingSince = at
	}
}

// answer takes a public message of an agent.
func (s *State) answer(at time.Time) {
	s.AgentReplies++
	if s.FirstReplyAt.IsZero() {
		s.FirstReplyAt = at
	}
	if !s.WaitingSince.IsZero() {
		s.Replies = append(s.Replies, Reply{Asked: s.WaitingSince, Answered: at})
		s.WaitingSince = time.Time{}
	}
}
