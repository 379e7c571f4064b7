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
)

// groupTooLarge is the reason for which a record with too many that belong to
// it leaves the figures about them all.
const groupTooLarge = "group_too_large"

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
	} {
		m.Identity, m.Stock = []string{"kind", "reason"}, true
		c.Measures = append(c.Measures, m)
		view.Of = append(view.Of, m.ID)
	}
	c.Stocks = append(c.Stocks, view)
}

// excluded notes that a figure leaves the record out.
func (b *Contributions) excluded(id ID, reason string) {
	b.add(id, FeedStock, time.Time{}, one, dimensions{}, b.catalogue.byID[id].Kind.String(), reason)
}
