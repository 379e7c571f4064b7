package kpi

import (
	"cmp"

	"helpdesk_exporter/desk"
)

// The measures of who recommends the company, and of what comes of it.
const (
	Referrals ID = iota + 239
	ReferralConversion
	RewardsDue // and whether they were granted
	RewardsGranted
	AffiliateConversions
	AffiliateCommission
	ReferredNewCustomers
	ReferrerCustomers
)

func (c *Catalogue) addReferrals() {
	program := []string{"program"}
	counted := func(id ID, name, help string, identity ...string) Measure {
		return Measure{ID: id, Kind: desk.KindReferral, Identity: append(program[:1:1], identity...), Named: program, Total: &Total{Name: name, Help: help}}
	}
	referrals := counted(Referrals, "helpdesk_referrals_total", "Referrals, organic or by affiliates, counted when discovered.", "referral_kind")
	due := counted(RewardsDue, "helpdesk_referral_rewards_due_total",
		"Rewards for referrals, counted when the record first tells when they are due, which may lie ahead; by that time helpdesk_referral_rewards_due_in_window counts them.")
	referrals.Window, due.Window = true, true
	due.Siblings = []Sibling{{ID: RewardsGranted, Keep: 1}}
	commission := Measure{ID: AffiliateCommission, Kind: desk.KindReferral, Identity: []string{"program", "currency"}, Window: true}
	commission.Named = commission.Identity
	c.Measures = append(c.Measures,
		referrals, due, commission,
		Measure{ID: ReferralConversion, Kind: desk.KindReferral, Identity: program, Named: program, Dims: []string{"referral_source"}, Window: true},
		counted(RewardsGranted, "helpdesk_referral_rewards_granted_total", "Rewards granted for referrals, counted when discovered."),
		counted(AffiliateConversions, "helpdesk_affiliate_conversions_total", "Referrals by affiliates that made a customer, counted when discovered."),
		Measure{
			ID: ReferredNewCustomers, Kind: desk.KindCustomer, Identity: []string{"program", "referral_kind"}, Named: program, Window: true, Span: true,
		},
		Measure{ID: ReferrerCustomers, Kind: desk.KindReferral, Joins: desk.KindCustomer, Window: true, Span: true},
	)
	c.addReferrerViews()
	c.addReferralShares()
	c.Views = append(c.Views, WindowView{
		Name: "helpdesk_affiliate_commission_amount", Of: []ID{AffiliateCommission}, Value: moneyAmount,
		Help: "Commission for the referrals by affiliates in the window, in the currency: dated when they made a customer, else when they were made.",
	})
	c.define(desk.KindReferral, nil,
		KPI{ID: "referral_rate", Metric: "helpdesk_referral_new_customer_ratio", Query: `helpdesk_referral_new_customer_ratio{by="all", window="7d"}`, Records: []desk.Kind{desk.KindReferral, desk.KindCustomer}},
		KPI{ID: "referral_conversion", Metric: "helpdesk_referral_conversion_ratio", Query: `helpdesk_referral_conversion_ratio{by="all", window="7d"}`},
		KPI{ID: "affiliate_performance", Metric: "helpdesk_affiliate_conversions_total", Query: `sum by (program) (increase(helpdesk_affiliate_conversions_total[1d]))`},
	)
}

// addReferrerViews adds who was referred, and who refers. Referred customers are
// counted as all new ones are, and rest on the referrals as well.
func (c *Catalogue) addReferrerViews() {
	c.Views = append(c.Views,
		WindowView{
			Name: "helpdesk_referral_new_customer_ratio", Of: []ID{ReferredNewCustomers, CustomersNew, Referrals}, Value: c.portion,
			Help: "Share of the new customers of the window that were referred, by the earliest referral that names them. Denominator: helpdesk_customers_new.",
		},
		WindowView{
			Name: "helpdesk_referred_new_customers", Of: []ID{ReferredNewCustomers, Referrals}, Value: number,
			Help: "Numerator of helpdesk_referral_new_customer_ratio: customers there when the window ended and not when it began that somebody referred.",
		},
		WindowView{
			Name: "helpdesk_referrer_customer_ratio", Of: []ID{ReferrerCustomers, CustomersEnd}, Seen: Referrals, Value: c.portion,
			Help: "Share of the customers there at the end of the window that referred somebody in it. Denominator: helpdesk_customers_end.",
		},
		WindowView{
			Name: "helpdesk_referrer_customers", Of: []ID{ReferrerCustomers}, Seen: Referrals, Value: number,
			Help: "Numerator of helpdesk_referrer_customer_ratio: customers that referred somebody in the window.",
		},
	)
}

func (c *Catalogue) addReferralShares() {
	c.addShare(share{
		of:          ReferralConversion,
		ratio:       "helpdesk_referral_conversion_ratio",
		help:        "Share of the referrals made in the window that have made a customer so far.",
		numerator:   "helpdesk_referrals_converted",
		denominator: "helpdesk_referrals_in_window",
		counts:      "referrals made in the window",
	})
	c.addShare(share{
		of:          RewardsDue,
		ratio:       "helpdesk_referral_reward_granted_ratio",
		help:        "Share of the rewards for referrals due in the window that have been granted so far.",
		numerator:   "helpdesk_referral_rewards_granted_in_window",
		denominator: "helpdesk_referral_rewards_due_in_window",
		counts:      "rewards for referrals due in the window",
	})
}

// referralKind is how a label names what sort of referral it is.
func referralKind(r *desk.Referral) string {
	if r.Type == desk.ReferralTypeUnknown {
		return unset
	}
	return r.Type.String()
}

// referral collects a referral and what came of it.
func (b *Contributions) referral(h *desk.Held, r *desk.Referral) {
	if h.Deleted {
		b.customerExcluded(h, "deleted")
		return
	}
	program, dims := programOf(r.Program), dimensions{states: h.States}
	b.add(Referrals, FeedTotal|FeedWindow, r.At, one, dims, program, referralKind(r))
	b.add(ReferralConversion, FeedWindow, r.At, flag(!r.ConvertedAt.IsZero()), dims, program)
	b.reward(h, r, program)
	if r.Type == desk.ReferralTypeAffiliate {
		b.affiliate(r, program)
	}
}

// reward collects what the referrer gets. That a reward is due is known before
// it is: as a fact it is dated no later than what else the record tells.
func (b *Contributions) reward(h *desk.Held, r *desk.Referral, program string) {
	if !r.RewardDueAt.IsZero() {
		b.add(RewardsDue, FeedTotal, earliest(r.RewardDueAt, h.Newest()), one, dimensions{}, program)
		b.add(RewardsDue, FeedWindow, r.RewardDueAt, flag(!r.RewardGrantedAt.IsZero()), dimensions{}, program)
	}
	if !r.RewardGrantedAt.IsZero() {
		b.add(RewardsGranted, FeedTotal, r.RewardGrantedAt, one, dimensions{}, program)
	}
}

// affiliate collects what an affiliate brought, and what that cost.
func (b *Contributions) affiliate(r *desk.Referral, program string) {
	if !r.ConvertedAt.IsZero() {
		b.add(AffiliateConversions, FeedTotal, r.ConvertedAt, one, dimensions{}, program)
	}
	if !r.Commission.Set {
		return
	}
	if paid, ok := cash(r.Commission.Value); ok {
		at := r.ConvertedAt
		if at.IsZero() {
			at = r.At
		}
		b.add(AffiliateCommission, FeedWindow, at, paid, dimensions{}, program, currencyOf(r.Currency))
	}
}

// broughtBy returns the first referral that names a customer as the one who was
// referred, nil for none.
func broughtBy(p *profile) *desk.Referral {
	var first *desk.Referral
	for _, h := range p.records {
		r, ok := h.Body.(*desk.Referral)
		if ok && r.Referred == p.Customer && (first == nil || compareReferrals(r, first) < 0) {
			first = r
		}
	}
	return first
}

func compareReferrals(x, y *desk.Referral) int {
	return cmp.Or(x.At.Compare(y.At), cmp.Compare(x.Program, y.Program), cmp.Compare(x.Type, y.Type))
}

// referrer says whether the customer referred somebody, and whether he was
// referred himself.
func (g *glimpse) referrer() {
	if g.present() && g.count(deedReferral, "").N > 0 {
		g.hold(ReferrerCustomers, one, desk.Dim{})
	}
	if r := g.referred; r != nil && g.atEnd && !g.atStart {
		g.hold(ReferredNewCustomers, one, desk.Dim{}, programOf(r.Program), referralKind(r))
	}
}
