package csv

import (
	"time"

	"helpdesk_exporter/desk"
)

// customerShape lists what a row can tell of a customer, or of how many there
// were in a period.
func customerShape() *shape {
	type C = *desk.Customer
	return &shape{
		kind:   desk.KindCustomer,
		keyed:  true,
		sums:   true,
		period: func(b desk.Body) (start, end *time.Time) { return &b.(C).PeriodStart, &b.(C).PeriodEnd },
		blank:  func() desk.Body { return &desk.Customer{} },
		clone:  clone[desk.Customer],
		fields: []field{
			required(instant("acquired_at", func(c C) *time.Time { return &c.AcquiredAt })),
			instant("churned_at", func(c C) *time.Time { return &c.ChurnedAt }, "acquired_at"),
			instant("reactivated_at", func(c C) *time.Time { return &c.ReactivatedAt }, "acquired_at", "churned_at"),
			instant(periodStart, func(c C) *time.Time { return &c.PeriodStart }),
			end(periodEnd, func(c C) *time.Time { return &c.PeriodEnd }, periodStart),

			text("churn_reason", func(c C) *string { return &c.ChurnReason }),
			text("segment", func(c C) *string { return &c.Segment }),
			text("timezone", func(c C) *string { return &c.Timezone }),
			count("customers_start", func(c C) *desk.Opt[int] { return &c.AtStart }),
			count("customers_new", func(c C) *desk.Opt[int] { return &c.New }),
			count("customers_end", func(c C) *desk.Opt[int] { return &c.AtEnd }),
			count("customers_lost", func(c C) *desk.Opt[int] { return &c.Lost }),
		},
	}
}
