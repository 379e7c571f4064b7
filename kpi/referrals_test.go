package kpi_test

import (
	"fmt"
	"testing"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/kpi"
)

// referral is a referral of which one state was reported, made yesterday unless
// it says when.
func referral(id string, r desk.Referral) *desk.Held {
	if r.At.IsZero() {
		r.At = ago(day)
	}
	return held(desk.Record{ID: id, Body: &r})
}

func referrals(of ...desk.Referral) []kpi.Group {
	var groups []kpi.Group
	for i, r := range of {
		groups = append(groups, kpi.Group{Record: referral(fmt.Sprint(i), r)})
	}
	return groups
}

// Of four new customers two were referred, one of them twice: by what was first.
// Who came back after a referral is new as well.
func TestNewCustomersWereReferredByWhatWasFirst(t *testing.T) {
	came := desk.Customer{AcquiredAt: ago(2 * day)}
	back := desk.Customer{AcquiredAt: ago(90 * day), ChurnedAt: ago(60 * day), ReactivatedAt: ago(day)}
	friend := referral("1", desk.Referral{At: ago(9 * day), Program: "friends", Type: desk.ReferralTypeOrganic, Referrer: "z", Referred: "a"})
	partner := referral("2", desk.Referral{At: ago(3 * day), Program: "partners", Type: desk.ReferralTypeAffiliate, Referrer: "y", Referred: "a"})
	winback := referral("3", desk.Referral{At: ago(2 * day), Program: "friends", Type: desk.ReferralTypeOrganic, Referrer: "a", Referred: "b"})
	old := referral("4", desk.Referral{At: ago(2 * day), Program: "friends", Type: desk.ReferralTypeOrganic, Referrer: "c", Referred: "z"})
	e := evaluate(t, catalogue()).
		dossier("a", customer("a", came), partner, friend, winback).
		dossier("b", customer("b", back), winback).
		dossier("c", customer("c", came), old).
		dossier("d", customer("d", came)).
		dossier("z", customer("z", regular()), friend, old)
	for _, h := range []*desk.Held{friend, partner, winback, old} {
		e.list = append(e.list, contributionsOf(e.Catalogue, kpi.Group{Record: h})...)
	}
	e.as("cohort").is("helpdesk_customers_new", 4, 0)
	e.is("helpdesk_referred_new_customers", 2, 0, "program", "friends", "referral_kind", "organic")
	e.is("helpdesk_referral_new_customer_ratio", 0.5, 0, "program", "friends", "referral_kind", "organic")
	e.is("helpdesk_referred_new_customers", 0, 0, "program", "partners", "referral_kind", "affiliate")
	// a and c referred somebody this week; z did so before, and was referred.
	e.is("helpdesk_referrer_customers", 2, 0)
	e.is("helpdesk_referrer_customer_ratio", 0.4, 1e-9)
	e.counts(map[string]int{"helpdesk_referrals_total": 4})
	if n := e.total("helpdesk_referrals_total", "program", "friends", "referral_kind", "organic"); n != 3 {
		t.Errorf("friends made %d referrals, want 3", n)
	}
	evaluate(t, catalogue()).dossier("a", customer("a", came)).absent("helpdesk_referrer_customers")
}

// Two of the three referrals of this week have made a customer, one of them
// after it; the one of last week did so this week.
func TestReferralsConvertInTheWindowInWhichTheyWereMade(t *testing.T) {
	e := evaluate(t, catalogue(), referrals(
		desk.Referral{Program: "p", Source: "mail", ConvertedAt: ago(time.Hour)},
		desk.Referral{Program: "p", Source: "mail"},
		desk.Referral{Program: "p", ConvertedAt: ago(time.Hour)},
		desk.Referral{At: ago(8 * day), Program: "p", Source: "mail", ConvertedAt: ago(day)},
	)...)
	e.is("helpdesk_referral_conversion_ratio", 2.0/3, 1e-9, "program", "p")
	e.is("helpdesk_referrals_in_window", 3, 0, "program", "p")
	e.is("helpdesk_referrals_converted", 2, 0, "program", "p")
	e.is("helpdesk_referral_conversion_ratio", 0.5, 0, "program", "p", "referral_source", "mail")
	e.is("helpdesk_referrals_in_window", 1, 0, "program", "p", "referral_source", "none")
}

// Of two rewards due this week one was granted. One is due next week: it counts
// as due from the first, but in no window yet.
func TestRewardsAreDueAndGranted(t *testing.T) {
	e := evaluate(t, catalogue(), referrals(
		desk.Referral{Program: "p", RewardDueAt: ago(time.Hour), RewardGrantedAt: ago(2 * time.Hour)},
		desk.Referral{Program: "p", RewardDueAt: ago(time.Hour)},
		desk.Referral{Program: "p", ConvertedAt: ago(2 * time.Hour), RewardDueAt: now().Add(7 * day)},
		desk.Referral{Program: "p", RewardGrantedAt: ago(time.Hour)},
		desk.Referral{Program: "p"},
	)...)
	e.counts(map[string]int{"helpdesk_referral_rewards_due_total": 3, "helpdesk_referral_rewards_granted_total": 2})
	e.is("helpdesk_referral_rewards_due_in_window", 2, 0, "program", "p")
	e.is("helpdesk_referral_rewards_granted_in_window", 1, 0, "program", "p")
	e.is("helpdesk_referral_reward_granted_ratio", 0.5, 0, "program", "p")
	for _, of := range e.fed(kpi.RewardsDue, kpi.FeedTotal) {
		if of.At.After(now()) {
			t.Errorf("a reward counts as of %v, which is still to come", of.At)
		}
	}
}

// Affiliates made two customers this week, for 10 and 5 euros, and one last
// week; who was not paid for it is no affiliate.
func TestAffiliatesConvertForACommission(t *testing.T) {
	of := func(r desk.Referral, commission float64) desk.Referral {
		r.Program, r.Type, r.Commission, r.Currency = "p", desk.ReferralTypeAffiliate, desk.Some(commission), "EUR"
		return r
	}
	e := evaluate(t, catalogue(), referrals(
		of(desk.Referral{ConvertedAt: ago(time.Hour)}, 10),
		of(desk.Referral{At: ago(20 * day), ConvertedAt: ago(day)}, 5),
		of(desk.Referral{At: ago(20 * day), ConvertedAt: ago(8 * day)}, 100),
		of(desk.Referral{}, 1), // paid for the referral itself
		desk.Referral{Program: "p", Type: desk.ReferralTypeOrganic, ConvertedAt: ago(day), Commission: desk.Some(7.0), Currency: "EUR"},
	)...)
	e.counts(map[string]int{"helpdesk_affiliate_conversions_total": 3})
	e.is("helpdesk_affiliate_commission_amount", 16, 1e-9, "program", "p", "currency", "EUR")
}

func TestADeletedReferralCountsNowhere(t *testing.T) {
	h := referral("1", desk.Referral{Program: "p", ConvertedAt: ago(time.Hour), Referrer: "a", Referred: "b"})
	h.Deleted = true
	e := evaluate(t, catalogue(), kpi.Group{Record: h}).dossier("a", customer("a", regular()), h).
		dossier("b", customer("b", desk.Customer{AcquiredAt: ago(day)}), h)
	e.counts(map[string]int{"helpdesk_referrals_total": 0})
	for _, id := range []kpi.ID{kpi.Referrals, kpi.ReferralConversion, kpi.ReferredNewCustomers, kpi.ReferrerCustomers} {
		if n := len(e.fed(id, kpi.FeedWindow)); n != 0 {
			t.Errorf("it contributes to measure %d", id)
		}
	}
	if n := e.excluded("deleted"); n != 1 {
		t.Errorf("%d are excluded as deleted, want 1", n)
	}
}
