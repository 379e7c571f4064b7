package simulate

import (
	"slices"
	"time"

	"helpdesk_exporter/desk"
)

// The words of the web site and of the product.
var (
	campaigns = []lot[string]{{0.34, ""}, {0.28, "search"}, {0.14, "affiliate"}, {0.12, "social"}, {0.12, "email"}}
	landings  = []lot[string]{{0.35, "home"}, {0.25, "product"}, {0.15, "pricing"}, {0.15, "article"}, {0.1, "blog"}}
	goals     = []lot[string]{{0.45, "download"}, {0.3, "signup"}, {0.25, "purchase"}}
	actions   = []lot[string]{{0.4, "login"}, {0.25, "report"}, {0.2, "export"}, {0.1, "invite"}, {0.05, "integrate"}}
	asked     = []lot[string]{{0.5, "chat"}, {0.25, "phone"}, {0.25, "email"}}

	// goalChance is how often visits that a campaign brings reach a goal.
	goalChance = map[string]float64{"": 0.07, "search": 0.05, "affiliate": 0.08, "social": 0.03, "email": 0.1}
)

// sourceOf says where visits of a campaign come from: those of affiliates from
// their program.
func (l *life) sourceOf(campaign string) string {
	switch campaign {
	case "affiliate":
		return choose(l.dice, []lot[string]{{0.6, byBlog.program}, {0.4, byComparing.program}})
	case "search":
		return choose(l.dice, []lot[string]{{0.8, "google"}, {0.2, "bing"}})
	case "social":
		return choose(l.dice, platformsOfSocial)
	case "email":
		return "newsletter"
	default:
		return "direct"
	}
}

// visit tells of a visit to the web site, and of what it leads to.
func (l *life) visit(k key, at time.Time) {
	v := desk.Session{At: at, Type: desk.SessionTypeWeb, CampaignKind: choose(l.dice, campaigns), LandingKind: choose(l.dice, landings)}
	v.Source = l.sourceOf(v.CampaignKind)
	engaged := l.dice.around(75*time.Second, 0.9)
	v.Engaged = desk.Some(engaged)
	c, known := l.someone(at)
	if known = known && l.dice.chance(0.35); known {
		v.Customer = c.id()
	}
	if l.dice.chance(0.03 * l.severity(at)) {
		v.ContactChannel = choose(l.dice, asked)
	}
	var reached []string
	for chance := goalChance[v.CampaignKind]; l.dice.chance(chance); chance = 0.15 {
		goal := choose(l.dice, goals)
		if goal == "signup" && known || goal == "purchase" && !known || slices.Contains(reached, goal) {
			break // customers need not sign up, and nobody else buys
		}
		reached = append(reached, goal)
	}
	l.session(k, v, reached)
	if slices.Contains(reached, "purchase") {
		l.buy(k, c, at.Add(engaged), choose(l.dice, orders))
	}
}

// session tells of a visit when it is over: a record for each goal that was
// reached, or one without.
func (l *life) session(k key, s desk.Session, reached []string) {
	over := s.At.Add(s.Engaged.Value)
	if len(reached) == 0 {
		e := l.enterWhole(k, &s, over)
		s.ID = e.id()
		e.name = s.ID
		return
	}
	s.ID = k.child(l.entries).id()
	for i, goal := range reached {
		s.Goal = goal
		s.ConvertedAt = s.At.Add(s.Engaged.Value * time.Duration(i+1) / time.Duration(len(reached)))
		one := s
		l.enterWhole(k, &one, over).name = s.ID + "\x00" + goal
	}
}

// signUp tells of the visit in which somebody becomes a customer.
func (l *life) signUp(k key, c customer, came wayIn) {
	engaged := l.dice.between(2*time.Minute, 20*time.Minute)
	s := desk.Session{
		At: c.acquired.Add(-engaged), Type: desk.SessionTypeWeb, CampaignKind: came.campaign, Source: l.sourceOf(came.campaign),
		LandingKind: "pricing", Engaged: desk.Some(engaged), Customer: c.id(),
	}
	if came.kind == desk.ReferralTypeAffiliate {
		s.Source = came.program
	}
	l.session(k, s, []string{"signup"})
}

// use tells of a customer who uses the product.
func (l *life) use(k key, at time.Time) {
	c, ok := l.someone(at)
	if !ok {
		return
	}
	l.session(k, desk.Session{
		At: at, Type: desk.SessionTypeProduct, Action: choose(l.dice, actions),
		Engaged: desk.Some(l.dice.around(6*time.Minute, 0.8)), Customer: c.id(),
	}, nil)
}
