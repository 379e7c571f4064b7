package simulate

import (
	"time"

	"helpdesk_exporter/desk"
)

// scheduled returns how many stories of a process begin in a minute where that
// is settled long before.
func (l *life) scheduled(p process, minute int64) int {
	from, to := timeOf(minute), timeOf(minute+1)
	switch p {
	case joins:
		return l.firstIn(from) + l.coming.before(to) - l.coming.before(from)
	case leaves:
		return l.leaving.before(to) - l.leaving.before(from)
	default:
		return l.articlesIn(minute) + l.costsIn(minute) + l.sumsIn(minute)
	}
}

// firstIn is how many customers the desk tells of in a minute because they were
// there before it.
func (l *life) firstIn(minute time.Time) int {
	if minute.Equal(l.since) {
		return l.Customers
	}
	return 0
}

// join tells of a customer whom the company has, or wins.
func (l *life) join(k key) {
	minute := timeOf(k.minute())
	first, n := l.firstIn(minute), k.number()
	if n < first {
		c := l.customer(n)
		l.register(k, c, minute)
		l.enrol(k, c, minute)
		return
	}
	n += l.coming.before(minute) - first
	l.win(k, l.customer(l.Customers+n), l.coming.at(n))
}

// win tells how somebody becomes a customer: hears of the company, signs up and
// mostly buys something.
func (l *life) win(k key, c customer, heard time.Time) {
	if c.early {
		l.register(k, c, c.acquired, c.churned)
	} else {
		l.register(k, c, c.acquired)
	}
	l.enrol(k, c, c.acquired)
	came := choose(l.dice, waysIn)
	l.signUp(k, c, came)
	var bought desk.Purchase
	if l.dice.chance(0.8) {
		bought = l.buy(k, c, c.acquired.Add(l.dice.between(time.Minute, 2*24*time.Hour)), desk.PurchaseTypeNew)
	}
	if came.kind != desk.ReferralTypeUnknown {
		l.refer(k, came, heard, c, bought)
	}
}

// wayIn is how somebody hears of the company.
type wayIn struct {
	kind     desk.ReferralType // unknown: nobody referred them
	program  string
	source   string
	campaign string // of their visits
}

var (
	byFriends   = wayIn{desk.ReferralTypeOrganic, "friends", "word_of_mouth", ""}
	byMail      = wayIn{desk.ReferralTypeOrganic, "friends", "email", "email"}
	bySharing   = wayIn{desk.ReferralTypeOrganic, "friends", "social", "social"}
	byBlog      = wayIn{desk.ReferralTypeAffiliate, "bloggers", "blog", "affiliate"}
	byComparing = wayIn{desk.ReferralTypeAffiliate, "comparison", "portal", "affiliate"}

	waysIn = []lot[wayIn]{
		{0.14, byFriends},
		{0.12, byMail},
		{0.1, bySharing},
		{0.14, byBlog},
		{0.08, byComparing},
		{0.22, wayIn{campaign: "search"}},
		{0.2, wayIn{}},
	}
	// Of those who are referred and never come more are told of in passing.
	waysToHear = []lot[wayIn]{{0.3, byFriends}, {0.2, byMail}, {0.25, bySharing}, {0.15, byBlog}, {0.1, byComparing}}
)

// refer tells of a referral. It converts with the first purchase, if there is
// one; then the reward is due, which is not always granted.
func (l *life) refer(k key, came wayIn, heard time.Time, c customer, bought desk.Purchase) {
	r := desk.Referral{
		At: heard, Source: came.source, Program: came.program, Type: came.kind,
		Referred: c.id(), ConvertedAt: bought.At,
	}
	if came.kind == desk.ReferralTypeOrganic { // affiliates are no customers
		r.Referrer = l.someID(heard, 1)
	}
	if !bought.At.IsZero() {
		r.RewardDueAt = bought.At.Add(l.part(5*24*time.Hour, 1))
		if l.dice.chance(0.8) {
			r.RewardGrantedAt = bought.At.Add(l.dice.between(24*time.Hour, 7*24*time.Hour))
		}
		if came.kind == desk.ReferralTypeAffiliate {
			r.Commission, r.Currency = desk.Some(cents(0.08*bought.Amount.Value)), bought.Currency
		}
	}
	l.enter(k, func(at time.Time) desk.Body {
		body := r
		if hide(at, &body.ConvertedAt, &body.RewardGrantedAt); body.ConvertedAt.IsZero() {
			body.RewardDueAt, body.Commission, body.Currency = time.Time{}, desk.Opt[float64]{}, ""
		}
		if c.acquired.After(at) {
			body.Referred = "" // who it is is known when they have signed up
		}
		return &body
	}, r.At, c.acquired, r.ConvertedAt, r.RewardGrantedAt)
}

// mention tells of a referral of which nothing comes.
func (l *life) mention(k key, at time.Time) {
	came := choose(l.dice, waysToHear)
	r := desk.Referral{At: at, Source: came.source, Program: came.program, Type: came.kind}
	if came.kind == desk.ReferralTypeOrganic {
		r.Referrer = l.someID(at, 1)
	}
	l.enterWhole(k, &r, at)
}

// leave tells of a customer who goes, and perhaps comes back.
func (l *life) leave(k key) {
	c := l.customer(l.leaving.before(timeOf(k.minute())) + k.number())
	if c.early {
		return // is told where they came
	}
	l.register(k, c, c.churned, c.back)
	if !c.back.IsZero() {
		l.buy(k, c, c.back.Add(l.dice.between(time.Minute, time.Hour)), desk.PurchaseTypeUnknown)
	}
}
