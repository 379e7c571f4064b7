package desk

import (
	"slices"
	"strings"
	"time"
)

// Ticket is one state of a request that a help desk works on.
type Ticket struct {
	CreatedAt      time.Time
	UpdatedAt      time.Time
	Status         Status
	CreatedBy      Role
	HandledBy      Role
	WaitingSince   time.Time // the customer has been waiting for an answer since
	AcknowledgedAt time.Time

	Priority  string
	Channel   string
	Team      string
	Agent     string // an opaque id; never a label unless asked for
	Type      string // question, incident, problem, task, complaint, request
	Requester string // an opaque id that joins records; never a label
	Topic     string
	Attrs     map[string]string // mapped custom fields, by their attr name

	FirstResponseAt time.Time
	FirstSolvedAt   time.Time
	SolvedAt        time.Time
	ClosedAt        time.Time
	EscalatedAt     time.Time
	ReopenedAt      time.Time // last, for desks that do not tell of each time

	FirstResponseDueAt time.Time
	NextResponseDueAt  time.Time
	ResolutionDueAt    time.Time

	Reopens          Opt[int]
	AgentReplies     Opt[int]
	CustomerMessages Opt[int]
	Transfers        Opt[int]

	FirstResponseBusiness Opt[time.Duration]
	ResolutionBusiness    Opt[time.Duration]
	RequesterWait         Opt[time.Duration]
	RequesterWaitBusiness Opt[time.Duration]
	HandleTime            Opt[time.Duration]

	MergedInto string // the id of the ticket this one was merged into
	FollowupOf string

	// What an API tells of the past; the stored ticket holds the union of all
	// that was ever reported.
	Messages      []Message
	StatusChanges []StatusChange
	SLA           []SLAEvent
	Clocks        []ClockEvent
}

// StatusChange says that a ticket took on a status.
type StatusChange struct {
	At     time.Time
	Status Status
}

// SLAEvent is what the desk itself says of one target of one of its policies.
type SLAEvent struct {
	Target     string // first_response, next_response, update, resolution
	N          int    // the n-th of its target, from 1
	Policy     string
	DueAt      time.Time
	MetAt      time.Time
	BreachedAt time.Time
}

// Kind implements [Body].
func (t *Ticket) Kind() Kind { return KindTicket }

// Changed implements [Body].
func (t *Ticket) Changed() time.Time { return t.UpdatedAt }

// Dims implements [Body].
func (t *Ticket) Dims() []Dim {
	dims := make([]Dim, 0, 4+len(t.Attrs))
	dims = appendDims(dims, Dim{"channel", t.Channel}, Dim{"priority", t.Priority}, Dim{"team", t.Team}, Dim{"topic", t.Topic})
	n := len(dims)
	for name, value := range t.Attrs {
		dims = appendDims(dims, Dim{"attr." + name, value})
	}
	slices.SortFunc(dims[n:], func(a, b Dim) int { return strings.Compare(a.Name, b.Name) })
	return dims
}

// shows says which facts this state lets see by itself.
func (t *Ticket) shows() Shows {
	if !t.FirstResponseAt.IsZero() {
		return ShowsAnswer
	}
	for _, m := range t.Messages {
		if m.Public && m.Author == RoleAgent {
			return ShowsAnswer
		}
	}
	return 0
}

// Newest implements [Body].
func (t *Ticket) Newest() time.Time {
	n := newest(t.CreatedAt, t.UpdatedAt, t.WaitingSince, t.AcknowledgedAt, t.FirstResponseAt,
		t.FirstSolvedAt, t.SolvedAt, t.ClosedAt, t.EscalatedAt, t.ReopenedAt)
	return newest(n, newestEvent(t))
}

// Status is where a ticket stands. Its numbers are stored: never reuse one.
type Status uint8

// The statuses of a ticket. The first four are open; solved and closed are
// finished; the rest say that the ticket is not one to count.
const (
	StatusUnknown Status = iota
	StatusNew
	StatusOpen
	StatusPending // waits for the customer
	StatusOnHold  // waits for a third party
	StatusSolved
	StatusClosed
	StatusDeleted
	StatusSpam
	StatusMerged
	StatusTest
)

var statusNames = [...]string{
	StatusUnknown: "unknown", StatusNew: "new", StatusOpen: "open", StatusPending: "pending",
	StatusOnHold: "on_hold", StatusSolved: "solved", StatusClosed: "closed", StatusDeleted: "deleted",
	StatusSpam: "spam", StatusMerged: "merged", StatusTest: "test",
}

// String returns the name that labels and configuration use.
func (s Status) String() string {
	return nameOf(s, statusNames[:])
}

// Open reports whether the ticket still wants work.
func (s Status) Open() bool { return s >= StatusNew && s <= StatusOnHold }

// Finished reports whether the ticket was solved or closed.
func (s Status) Finished() bool { return s == StatusSolved || s == StatusClosed }

// Withdrawn reports whether the ticket is not one to count.
func (s Status) Withdrawn() bool { return s >= StatusDeleted && s <= StatusTest }

// OpenStatuses lists the statuses that a ticket can wait in.
func OpenStatuses() []Status {
	return []Status{StatusNew, StatusOpen, StatusPending, StatusOnHold}
}

// WithdrawnStatuses lists the ways in which a ticket stops counting.
func WithdrawnStatuses() []Status {
	return []Status{StatusDeleted, StatusSpam, StatusMerged, StatusTest}
}

// Role says who acted. Its numbers are stored: never reuse one.
type Role uint8

// The roles of those who act on a ticket or a call.
const (
	RoleUnknown  Role = iota
	RoleCustomer      // asks
	RoleAgent         // a human who answers
	RoleBot           // a program that answers
	RoleAuto          // an automatic notice: no answer
	RoleSystem        // the desk itself
)

var roleNames = [...]string{
	RoleUnknown: "unknown", RoleCustomer: "customer", RoleAgent: "agent",
	RoleBot: "bot", RoleAuto: "auto", RoleSystem: "system",
}

// String returns the role's name.
func (r Role) String() string {
	return nameOf(r, roleNames[:])
}
