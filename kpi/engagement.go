package kpi

import (
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/tally"
)

// The measures of how close customers are to the company.
const (
	EngagementScore  ID = iota + 250
	EngagedCustomers    // of all that have a score
	EngagedRevenue      // from those
	OtherRevenue        // from the rest of them
)

func (c *Catalogue) addEngagement() {
	segment, version, currency := []string{"segment"}, []string{"weights_version"}, []string{"currency"}
	revenue := func(id ID) Measure {
		return Measure{ID: id, Kind: desk.KindEngagement, Identity: currency, Named: currency, Dims: segment, Window: true, Span: true}
	}
	c.Measures = append(c.Measures,
		Measure{ID: EngagementScore, Kind: desk.KindEngagement, Identity: version, Dims: segment, Window: true, Span: true},
		Measure{ID: EngagedCustomers, Kind: desk.KindEngagement, Dims: segment, Window: true, Span: true},
		revenue(EngagedRevenue), revenue(OtherRevenue),
	)
	c.Views = append(c.Views,
		WindowView{
			Name: "helpdesk_customer_engagement_score", Of: []ID{EngagementScore}, Value: c.sampled(mean),
			Help: "Mean engagement of customers, from 0 to 1: the weighted mean of what each did in the window, as a part of what an engaged customer does, by engagement.weights. " +
				"What the desk has no records of is left out. Scores of different versions do not compare.",
		},
		WindowView{
			Name: "helpdesk_customer_engagement_customers", Of: []ID{EngagementScore}, Value: number,
			Help: "Customers in the mean of helpdesk_customer_engagement_score: those there at the end of the window, and people of whom no customer record tells that did something in it.",
		},
	)
	c.addEngagedViews("yes", amount, EngagedRevenue)
	c.addEngagedViews("no", rest, OtherRevenue)
	c.Views = append(c.Views, WindowView{
		Name: "helpdesk_engaged_revenue_uplift_ratio", Of: []ID{Revenue, EngagedRevenue, OtherRevenue, EngagedCustomers}, Value: c.uplift,
		Help: "By how much the mean revenue of the window from engaged customers is above that from the others, those who bought nothing included; 0 is the same, below 0 it is less.",
	})
	c.define(desk.KindEngagement, c.Engagement,
		KPI{ID: "customer_engagement", Metric: "helpdesk_customer_engagement_score", Query: `helpdesk_customer_engagement_score{by="all", window="7d"}`},
		KPI{ID: "engaged_revenue_uplift", Metric: "helpdesk_engaged_revenue_uplift_ratio", Query: `helpdesk_engaged_revenue_uplift_ratio{by="all", window="7d"}`, Records: []desk.Kind{desk.KindPurchase, desk.KindSession}},
	)
}

// addEngagedViews adds how many customers are engaged, or are not, and what they
// bring. Revenue of whomever says which currencies there are: none shows as 0.
func (c *Catalogue) addEngagedViews(engaged string, how func([]tally.Count, time.Duration) (float64, bool), revenue ID) {
	is := desk.Dim{Name: "engaged", Value: engaged}
	c.Views = append(c.Views,
		WindowView{
			Name: "helpdesk_engagement_revenue", Of: []ID{Revenue, revenue}, Constant: is, Value: amountBeside,
			Help: "Revenue of the window from customers that are engaged, by engagement.engaged_from, and from those that are not, in the currency.",
		},
		WindowView{
			Name: "helpdesk_engagement_customers", Of: []ID{EngagedCustomers}, Seen: EngagementScore, Constant: is, Value: how,
			Help: "Customers of helpdesk_customer_engagement_customers that are engaged, by engagement.engaged_from, and that are not.",
		},
	)
}

// rest is how many contributions of 0 and 1 are 0.
func rest(c []tally.Count, _ time.Duration) (float64, bool) {
	return float64(c[0].N) - c[0].Sum.Float(), true
}

// amountBeside is the money that the second measure comes to; 0 is a figure too.
func amountBeside(c []tally.Count, w time.Duration) (float64, bool) { return moneyAmount(c[1:], w) }

// uplift is the mean revenue from engaged customers by that from the others,
// less 1. The counts are of all revenue, of either, and of customers, the engaged
// among them being 1.
func (d *Definitions) uplift(c []tally.Count, _ time.Duration) (float64, bool) {
	least := float64(max(d.MinSample, 1))
	engaged := c[3].Sum.Float()
	others := float64(c[3].N) - engaged
	if engaged < least || others < least || c[2].Sum.Float() <= 0 {
		return 0, false
	}
	return c[1].Sum.Float()/engaged/(c[2].Sum.Float()/others) - 1, true
}

// engagement says how engaged the customer is, and what he brings. People of
// whom no record tells that they are customers count while they do something.
func (g *glimpse) engagement() {
	value, ok := g.score()
	if !ok || !g.atEnd && (g.told || value == 0) {
		return
	}
	e := &g.into.catalogue.Engagement
	score := tally.Points(value)
	engaged := score >= tally.Points(e.EngagedFrom)
	g.hold(EngagementScore, score, desk.Dim{}, e.Version)
	g.hold(EngagedCustomers, flag(engaged), desk.Dim{})
	revenue := OtherRevenue
	if engaged {
		revenue = EngagedRevenue
	}
	for _, currency := range g.words(deedRevenue) {
		if spent, ok := cash(money(g.count(deedRevenue, currency).Sum)); ok {
			g.hold(revenue, spent, desk.Dim{}, currency)
		}
	}
}

// score is the weighted mean of what the customer did in the window; false where
// the desk has records of none of it.
func (g *glimpse) score() (float64, bool) {
	var sum, weights float64
	for _, input := range EngagementInputs() {
		weight, counts := g.into.catalogue.Engagement.Weights[input]
		if !counts || !g.Fed(input.kind()) {
			continue
		}
		weights += weight.Weight
		sum += weight.Weight * min(1, float64(g.did(input))/(weight.PerWeek*g.weeks))
	}
	return sum / weights, weights > 0
}

// kind is the kind of records that tell of an input.
func (i EngagementInput) kind() desk.Kind {
	switch i {
	case EngagedProductUse, EngagedWebVisit:
		return desk.KindSession
	case EngagedPurchase:
		return desk.KindPurchase
	case EngagedFeedback:
		return desk.KindFeedback
	case EngagedProgram:
		return desk.KindEnrolment
	default:
		return desk.KindOutreach
	}
}

// did returns how often the customer did in the window what an input counts.
func (g *glimpse) did(i EngagementInput) int64 {
	of := func(kind deedKind) int64 { return g.count(kind, "").N }
	switch i {
	case EngagedProductUse:
		return of(deedProductUse)
	case EngagedWebVisit:
		return of(deedWebVisit)
	case EngagedPurchase:
		return of(deedPurchase)
	case EngagedOpen:
		return of(deedOpen)
	case EngagedClick:
		return of(deedClick)
	case EngagedReply:
		return of(deedReply)
	case EngagedFeedback:
		return of(deedFeedback)
	default:
		return of(deedLoyalty) + of(deedTraining)
	}
}
