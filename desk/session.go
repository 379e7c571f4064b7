package desk

import "time"

// Session is one state of a visit to the web site or of a use of the product.
type Session struct {
	ID             string // of the visit: one with several goals is a record for each
	At             time.Time
	ConvertedAt    time.Time // the goal was reached
	Type           SessionType
	Action         string
	Source         string
	CampaignKind   string
	ContactChannel string // on which help was asked for
	LandingKind    string
	Engaged        Opt[time.Duration]
	Goal           string
	Customer       string
}

// Kind implements [Body].
func (s *Session) Kind() Kind { return KindSession }

// Changed implements [Body]: sessions carry no time of their last change.
func (s *Session) Changed() time.Time { return time.Time{} }

// Dims implements [Body].
func (s *Session) Dims() []Dim {
	return appendDims(make([]Dim, 0, 3), Dim{"action", s.Action}, Dim{"campaign_kind", s.CampaignKind}, Dim{"landing_kind", s.LandingKind})
}

// Newest implements [Body].
func (s *Session) Newest() time.Time { return newest(s.At, s.ConvertedAt) }

// shows says which facts this state lets see by itself.
func (s *Session) shows() Shows {
	if !s.ConvertedAt.IsZero() {
		return ShowsAnswer
	}
	return 0
}

// SessionType says where a session took place. Its numbers
// are stored: never reuse one.
type SessionType uint8

// The types of sessions.
const (
	SessionTypeUnknown SessionType = iota
	SessionTypeWeb
	SessionTypeProduct
)

var sessionTypeNames = [...]string{
	SessionTypeUnknown: "unknown", SessionTypeWeb: "web", SessionTypeProduct: "product",
}

// String returns the name that labels and configuration use.
func (s SessionType) String() string { return nameOf(s, sessionTypeNames[:]) }

// ParseSessionType reads one of the names.
func ParseSessionType(word string) (SessionType, bool) {
	return parseName(word, sessionTypeNames[:], SessionTypeUnknown)
}
