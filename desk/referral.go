package desk

import "time"

// Referral is one state of a recommendation that brings a new customer.
type Referral struct {
	At              time.Time
	ConvertedAt     time.Time // the new customer bought
	RewardDueAt     time.Time
	RewardGrantedAt time.Time
	Source          string
	Program         string
	Type            ReferralType
	Referrer        string
	Referred        string
	Commission      Opt[float64]
	Currency        string
}

// Kind implements [Body].
func (r *Referral) Kind() Kind { return KindReferral }

// Changed implements [Body]: referrals carry no time of their last change.
func (r *Referral) Changed() time.Time { return time.Time{} }

// Dims implements [Body].
func (r *Referral) Dims() []Dim {
	return appendDims(make([]Dim, 0, 1), Dim{"referral_source", r.Source})
}

// Newest implements [Body].
func (r *Referral) Newest() time.Time { return newest(r.At, r.ConvertedAt, r.RewardGrantedAt) }

// shows says which facts this state lets see by itself.
func (r *Referral) shows() Shows {
	if !r.ConvertedAt.IsZero() {
		return ShowsAnswer
	}
	return 0
}

// ReferralType says whether somebody is paid for referring. Its numbers
// are stored: never reuse one.
type ReferralType uint8

// The types of referrals.
const (
	ReferralTypeUnknown ReferralType = iota
	ReferralTypeOrganic
	ReferralTypeAffiliate
)

var referralTypeNames = [...]string{
	ReferralTypeUnknown: "unknown", ReferralTypeOrganic: "organic", ReferralTypeAffiliate: "affiliate",
}

// String returns the name that labels and configuration use.
func (r ReferralType) String() string { return nameOf(r, referralTypeNames[:]) }

// ParseReferralType reads one of the names.
func ParseReferralType(word string) (ReferralType, bool) {
	return parseName(word, referralTypeNames[:], ReferralTypeUnknown)
}
