package kpi

import (
	"time"

	"helpdesk_exporter/desk"
)

// The measures of records that figures leave out.
const (
	ExcludedTickets ID = iota + 90
	ExcludedCalls
	ExcludedSurveys
	ExcludedReviews
	ExcludedCustomers
	ExcludedPurchases
	ExcludedSessions
	ExcludedViews
	ExcludedCosts
	ExcludedOfCustomers // records of a customer of whom there are too many
)

// groupTooLarge is the reason for which a record with too many that belong to
// it leaves the figures about them all.
const groupTooLarge = "group_too_large"

// customerTooLarge is the reason for which a record of a customer with too many
// leaves the figures that count customers. It may leave others for another.
const customerTooLarge = "customer_too_large"

// ExcludedFamily is the name of the family of excluded records.
const ExcludedFamily = "helpdesk_records_excluded"

func (c *Catalogue) addExcluded() {
	view := StockView{
		Name: ExcludedFamily, Figures: stockNumber,
		Help: "Held records that a figure leaves out, by reason.",
	}
	for _, m := range []Measure{
		{ID: ExcludedTickets, Kind: desk.KindTicket},
		{ID: ExcludedCalls, Kind: desk.KindCall},
		{ID: ExcludedSurveys, Kind: desk.KindSurvey},
		{ID: ExcludedReviews, Kind: desk.KindReview},
		{ID: ExcludedCustomers, Kind: desk.KindCustomer},
		{ID: ExcludedPurchases, Kind: desk.KindPurchase},
		{ID: ExcludedSessions, Kind: desk.KindSession},
		{ID: ExcludedViews, Kind: desk.KindArticleView},
		{ID: ExcludedCosts, Kind: desk.KindCost},
		{ID: ExcludedOutreach, Kind: desk.KindOutreach},
		{ID: ExcludedArticles, Kind: desk.KindArticle},
		{ID: ExcludedOfCustomers, Kind: desk.KindEngagement},
	} {
		m.Identity, m.Stock = []string{"kind", "reason"}, true
		c.Measures = append(c.Measures, m)
		view.Of = append(view.Of, m.ID)
	}
	c.Stocks = append(c.Stocks, view)
	c.define(0, nil,
		KPI{ID: "excluded_records", Metric: "helpdesk_records_excluded", Query: `sum by (kind, reason) (helpdesk_records_excluded)`},
	)
}

// excluded notes that a figure leaves the record out.
func (b *Contributions) excluded(id ID, reason string) {
	b.add(id, FeedStock, time.Time{}, one, dimensions{}, b.catalogue.byID[id].Kind.String(), reason)
}
