package csv

import (
	"time"

	"helpdesk_exporter/desk"
)

// referralShape lists what a row can tell of a referral.
func referralShape() *shape {
	type R = *desk.Referral
	return &shape{
		kind:  desk.KindReferral,
		blank: func() desk.Body { return &desk.Referral{} },
		clone: clone[desk.Referral],
		fields: []field{
			required(instant("at", func(r R) *time.Time { return &r.At })),
			instant("converted_at", func(r R) *time.Time { return &r.ConvertedAt }, "at"),
			due("reward_due_at", func(r R) *time.Time { return &r.RewardDueAt }, "at"),
			instant("reward_granted_at", func(r R) *time.Time { return &r.RewardGrantedAt }, "at"),

			text("source", func(r R) *string { return &r.Source }),
			text("program", func(r R) *string { return &r.Program }),
			word("kind", func(r R) *desk.ReferralType { return &r.Type }, desk.ParseReferralType, namesOf(desk.ReferralTypeOrganic, desk.ReferralTypeAffiliate)),
			text("referrer", func(r R) *string { return &r.Referrer }),
			text("referred", func(r R) *string { return &r.Referred }),
			number("commission", func(r R) *desk.Opt[float64] { return &r.Commission }),
			text("currency", func(r R) *string { return &r.Currency }),
		},
	}
}
