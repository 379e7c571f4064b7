package kpi

import (
	"time"

	"helpdesk_exporter/desk"
)

// The measures of what customers do of their own accord.
const (
	UsageEvents ID = iota + 247
	UsageCustomers
	BrandInteractions
)

func (c *Catalogue) addUsage() {
	use := []string{"action", "segment"}
	c.Measures = append(c.Measures,
		Measure{ID: UsageEvents, Kind: desk.KindSession, Dims: use, Window: true},
		Measure{ID: UsageCustomers, Kind: desk.KindSession, Dims: use, Apart: "action", Window: true, Span: true},
		Measure{ID: BrandInteractions, Kind: desk.KindEngagement, Dims: []string{"interaction"}, Window: true},
	)
	c.Views = append(c.Views,
		WindowView{
			Name: "helpdesk_customer_usage_events", Of: []ID{UsageEvents}, Seen: UsageEvents, Value: number,
			Help: "Actions of customers in sessions of the product in the window; one that a session repeats for several goals counts once. By helpdesk_customers_end it is how often a customer uses the product.",
		},
		WindowView{
			Name: "helpdesk_customer_usage_customers", Of: []ID{UsageCustomers}, Seen: UsageEvents, Value: number,
			Help: "Customers with the action in a session of the product in the window. Those who did several things are one where actions are rolled up.",
		},
		WindowView{
			Name: "helpdesk_customer_brand_interactions", Of: []ID{BrandInteractions}, Seen: BrandInteractions, Value: number,
			Help: "Visits to the web site (interaction=visit) and feedback by its kind in the window, of customers and of people whom nobody knows. By helpdesk_customers_end it is how often a customer meets the brand.",
		},
	)
	c.define(desk.KindSession, nil,
		KPI{ID: "usage_frequency", Metric: "helpdesk_customer_usage_events", Query: `helpdesk_customer_usage_events{by="action", window="7d"} / helpdesk_customer_usage_customers{by="action", window="7d"}`},
	)
	c.define(desk.KindEngagement, nil,
		KPI{ID: "brand_interaction_frequency", Metric: "helpdesk_customer_brand_interactions", Query: `helpdesk_customer_brand_interactions{by="interaction", window="7d"}`, Records: []desk.Kind{desk.KindSession, desk.KindFeedback}},
	)
}

// usage collects what a customer did in the product.
func (b *Contributions) usage(p *profile) {
	for _, d := range p.deeds {
		if d.kind == deedProductUse && d.word != "" {
			dims := p.at(nil)
			dims.fixed[1] = desk.Dim{Name: "action", Value: d.word}
			b.add(UsageEvents, FeedWindow, d.at, one, dims)
		}
	}
}

// unnamed notes which rows of a visit are uses of the product by nobody knows
// whom.
func (b *Contributions) unnamed(g Group) {
	if g.Follows {
		return
	}
	for _, h := range append([]*desk.Held{g.Record}, g.Legs...) {
		if s := h.Body.(*desk.Session); !h.Deleted && s.Type == desk.SessionTypeProduct && s.Customer == "" {
			b.excluded(ExcludedSessions, "no_customer")
		}
	}
}

// user says what the customer did in the product in the window.
func (g *glimpse) user() {
	actions := g.words(deedProductUse)
	if len(actions) > 0 {
		g.hold(UsageCustomers, one, desk.Dim{})
	}
	for _, action := range actions {
		g.hold(UsageCustomers, one, desk.Dim{Name: "action", Value: action})
	}
}

// interactionOf is how a label names feedback as an interaction.
func interactionOf(f *desk.Feedback) string {
	if f.Type == desk.FeedbackTypeUnknown {
		return unset
	}
	return f.Type.String()
}

// interaction collects that somebody met the brand.
func (b *Contributions) interaction(at time.Time, what string) {
	b.add(BrandInteractions, FeedWindow, at, one, dimensions{fixed: [2]desk.Dim{{Name: "interaction", Value: what}}})
}
