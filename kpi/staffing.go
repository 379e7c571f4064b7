package kpi

import (
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/tally"
)

// AgentsAvailable is the measure of how many agents are there to work.
const AgentsAvailable ID = 130

func (c *Catalogue) addStaffing() {
	c.Measures = append(c.Measures, Measure{
		ID: AgentsAvailable, Kind: desk.KindStaffing, Dims: []string{"team", "channel"}, Stock: true, Latest: true,
	})
	c.Stocks = append(c.Stocks, StockView{
		Name: "helpdesk_agents_available", Of: []ID{AgentsAvailable}, Figures: newestAmount,
		Help: "Agents that were available when the desk last told of the team and channel.",
	})
	c.define(desk.KindStaffing, nil,
		KPI{ID: "staffing_adequacy", Metric: "helpdesk_agents_available", Query: `sum by (team) (helpdesk_agents_available)`},
	)
}

func (b *Contributions) staffing(h *desk.Held, s *desk.Staffing) {
	if !h.Deleted && s.Available.Set {
		b.add(AgentsAvailable, FeedStock, s.At, tally.Amount(s.Available.Value)*one, present(h))
	}
}

func newestAmount(s Stock, _ time.Time) []Figure {
	if s.Latest.N == 0 {
		return nil
	}
	return []Figure{{Value: s.Latest.Sum.Float()}}
}
