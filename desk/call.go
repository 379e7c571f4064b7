package desk

import "time"

// Call is one state of a phone call or a live chat, or of one leg of it; or the
// sums that a carrier reports for a period, which then has both its ends.
type Call struct {
	ArrivedAt  time.Time
	QueuedAt   time.Time // the wait starts here, after the menu
	AnsweredAt time.Time
	EndedAt    time.Time
	Contact    string // legs that share it are one contact
	Outcome    Outcome
	Direction  Direction

	Channel     string
	Queue       string
	Team        string
	Agent       string
	Topic       string
	Ticket      string
	Customer    string
	CustomerTZ  string
	BlockReason string
	HandledBy   Role

	Wait      Opt[time.Duration]
	Talk      Opt[time.Duration]
	Hold      Opt[time.Duration]
	WrapUp    Opt[time.Duration]
	Transfers Opt[int]

	PeriodStart time.Time // of the sums
	PeriodEnd   time.Time // the first instant behind the period
	Attempts    Opt[int]  // to get through in the period, the blocked ones among them
	Blocked     Opt[int]
}

// Kind implements [Body].
func (c *Call) Kind() Kind { return KindCall }

// Changed implements [Body]: calls carry no time of their last change.
func (c *Call) Changed() time.Time { return time.Time{} }

// Dims implements [Body].
func (c *Call) Dims() []Dim {
	return appendDims(make([]Dim, 0, 4), Dim{"channel", c.Channel}, Dim{"queue", c.Queue}, Dim{"team", c.Team}, Dim{"topic", c.Topic})
}

// shows says which facts this state lets see by itself.
func (c *Call) shows() Shows {
	if c.Outcome != OutcomeUnknown || !c.AnsweredAt.IsZero() || !c.EndedAt.IsZero() {
		return ShowsAnswer
	}
	return 0
}

// Newest implements [Body].
func (c *Call) Newest() time.Time {
	return newest(c.ArrivedAt, c.QueuedAt, c.AnsweredAt, c.EndedAt, c.PeriodEnd)
}

// Outcome is how a call ended. Its numbers are stored: never reuse one.
type Outcome uint8

// The outcomes of a call.
const (
	OutcomeUnknown      Outcome = iota
	OutcomeAnswered             // by an agent or a bot that handles it
	OutcomeAbandoned            // hung up in the queue
	OutcomeAbandonedIVR         // hung up in the menu, before any queue
	OutcomeBlocked              // never let in
	OutcomeVoicemail
	OutcomeCallback // asked to be called back
	OutcomeFailed
)

var outcomeNames = [...]string{
	OutcomeUnknown: "unknown", OutcomeAnswered: "answered", OutcomeAbandoned: "abandoned",
	OutcomeAbandonedIVR: "abandoned_ivr", OutcomeBlocked: "blocked", OutcomeVoicemail: "voicemail",
	OutcomeCallback: "callback", OutcomeFailed: "failed",
}

// String returns the name that labels and configuration use.
func (o Outcome) String() string {
	return nameOf(o, outcomeNames[:])
}

// Direction says who called. Its numbers are stored: never reuse one.
type Direction uint8

// The directions of a call.
const (
	DirectionUnknown Direction = iota
	DirectionInbound
	DirectionOutbound
)

// String returns the name that labels and configuration use; a call that does
// not say is none.
func (d Direction) String() string {
	switch d {
	case DirectionInbound:
		return "inbound"
	case DirectionOutbound:
		return "outbound"
	default:
		return "none"
	}
}
