package csv

import (
	"time"

	"helpdesk_exporter/desk"
)

// costShape lists what a row can tell of a cost.
func costShape() *shape {
	type C = *desk.Cost
	return &shape{
		kind:   desk.KindCost,
		period: func(b desk.Body) (start, end *time.Time) { return &b.(C).PeriodStart, &b.(C).PeriodEnd },
		blank:  func() desk.Body { return &desk.Cost{} },
		clone:  clone[desk.Cost],
		fields: []field{
			required(instant(periodStart, func(c C) *time.Time { return &c.PeriodStart })),
			required(end(periodEnd, func(c C) *time.Time { return &c.PeriodEnd }, periodStart)),
			text("category", func(c C) *string { return &c.Category }),
			number("amount", func(c C) *desk.Opt[float64] { return &c.Amount }),
			text("currency", func(c C) *string { return &c.Currency }),
			text("team", func(c C) *string { return &c.Team }),
			channel(func(c C) *string { return &c.Channel }),
		},
	}
}
