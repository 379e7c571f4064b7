package kpi

import (
	"time"

	"helpdesk_exporter/desk"
)

// TicketAges is the measure of how long the open tickets have been open.
const TicketAges ID = 30

func (c *Catalogue) addBacklog() {
	c.Measures = append(c.Measures,
		Measure{ID: TicketAges, Kind: desk.KindTicket, Dims: c.Labels, Stock: true, Aged: true},
	)
	c.Stocks = append(c.Stocks,
		StockView{
			Name: "helpdesk_ticket_backlog", Of: []ID{TicketAges}, Extra: "age_bucket", ZeroOf: TicketsOpened, Figures: backlogByAge,
			Help: "Open tickets by their age since creation; the buckets do not overlap and add up to helpdesk_tickets_open.",
		},
		StockView{
			Name: "helpdesk_ticket_backlog_older_than", Of: []ID{TicketAges}, Extra: "threshold", ZeroOf: TicketsOpened, Figures: backlogOlderThan,
			Help: "Open tickets older than the threshold since creation; never sum over thresholds.",
		},
		StockView{
			Name: "helpdesk_ticket_oldest_open_age_seconds", Of: []ID{TicketAges}, ByLevel: true, Figures: oldestAge,
			Help: "Time since the creation of the oldest open ticket; absent where none is open.",
		},
	)
	c.define(desk.KindTicket, nil,
		KPI{ID: "ticket_backlog", Metric: "helpdesk_ticket_backlog", Query: `sum by (age_bucket) (helpdesk_ticket_backlog)`},
	)
}

const day = 24 * time.Hour

// ageLimit is an edge between two age buckets of the backlog.
type ageLimit struct {
	name string
	age  time.Duration
}

func ageLimits() []ageLimit {
	return []ageLimit{{"1d", day}, {"3d", 3 * day}, {"7d", 7 * day}, {"14d", 14 * day}, {"30d", 30 * day}}
}

// backlogByAge counts open tickets by age: a ticket as old as a limit is in
// the bucket below it.
func backlogByAge(s Stock, now time.Time) []Figure {
	var figures []Figure
	from, left := "0d", float64(s.N)
	for _, older := range backlogOlderThan(s, now) {
		figures = append(figures, Figure{Label: from + "-" + older.Label, Value: left - older.Value})
		from, left = older.Label, older.Value
	}
	return append(figures, Figure{Label: from + "+", Value: left})
}

func backlogOlderThan(s Stock, now time.Time) []Figure {
	var figures []Figure
	for _, limit := range ageLimits() {
		older := 0
		if s.Ages != nil {
			older = s.Ages.Before(now.Add(-limit.age).UnixNano())
		}
		figures = append(figures, Figure{Label: limit.name, Value: float64(older)})
	}
	return figures
}

func oldestAge(s Stock, now time.Time) []Figure {
	if s.Oldest.IsZero() {
		return nil
	}
	return []Figure{{Value: max(now.Sub(s.Oldest).Seconds(), 0)}}
}
