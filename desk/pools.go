package desk

// Kinds of figures that rest on records of several kinds. No record is of one of
// them.
const (
	// KindContact is what customers bring, be it as a ticket or as a call.
	KindContact Kind = 100 + iota
	// KindEngagement is what customers do besides asking for help.
	KindEngagement
	// KindRisk is what shows that a customer may leave.
	KindRisk
)

// Pool returns the kinds of records that figures of a kind rest on: itself, but
// for those that rest on several.
func (k Kind) Pool() []Kind {
	switch k {
	case KindContact:
		return []Kind{KindTicket, KindCall}
	case KindEngagement:
		return engaging
	case KindRisk:
		return risky
	default:
		return []Kind{k}
	}
}

var (
	engaging = []Kind{KindCustomer, KindPurchase, KindFeedback, KindSession, KindOutreach, KindEnrolment}
	risky    = append([]Kind{KindTicket, KindSurvey}, engaging...)
)

// Pools returns the kinds that rest on records of several kinds.
func Pools() []Kind { return []Kind{KindContact, KindEngagement, KindRisk} }
