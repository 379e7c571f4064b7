package desk

import "time"

// Outreach is one state of an attempt to reach a customer who did not ask.
type Outreach struct {
	At           time.Time
	DeliveredAt  time.Time
	OpenedAt     time.Time
	ClickedAt    time.Time
	RepliedAt    time.Time
	CampaignKind string
	Channel      string
	Type         OutreachType
	Customer     string
	CustomerTZ   string
	MachineOpen  Opt[bool] // a program opened it, and perhaps nobody else
}

// Kind implements [Body].
func (o *Outreach) Kind() Kind { return KindOutreach }

// Changed implements [Body]: attempts carry no time of their last change.
func (o *Outreach) Changed() time.Time { return time.Time{} }

// Dims implements [Body].
func (o *Outreach) Dims() []Dim {
	return appendDims(make([]Dim, 0, 2), Dim{"campaign_kind", o.CampaignKind}, Dim{"channel", o.Channel})
}

// Newest implements [Body].
func (o *Outreach) Newest() time.Time {
	return newest(o.At, o.DeliveredAt, o.OpenedAt, o.ClickedAt, o.RepliedAt)
}

// shows says which facts this state lets see by itself.
func (o *Outreach) shows() Shows {
	if !o.RepliedAt.IsZero() {
		return ShowsAnswer
	}
	return 0
}

// OutreachType says how a customer was to be reached. Its numbers
// are stored: never reuse one.
type OutreachType uint8

// The types of outreach.
const (
	OutreachTypeUnknown OutreachType = iota
	OutreachTypeCall
	OutreachTypeMessage  // to one customer
	OutreachTypeCampaign // the same to many
	OutreachTypeRecommendation
)

var outreachTypeNames = [...]string{
	OutreachTypeUnknown: "unknown", OutreachTypeCall: "call", OutreachTypeMessage: "message",
	OutreachTypeCampaign: "campaign", OutreachTypeRecommendation: "recommendation",
}

// String returns the name that labels and configuration use.
func (o OutreachType) String() string { return nameOf(o, outreachTypeNames[:]) }

// ParseOutreachType reads one of the names.
func ParseOutreachType(word string) (OutreachType, bool) {
	return parseName(word, outreachTypeNames[:], OutreachTypeUnknown)
}
