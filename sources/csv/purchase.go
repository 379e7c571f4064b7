package csv

import (
	"time"

	"helpdesk_exporter/desk"
)

// purchaseShape lists what a row can tell of a purchase.
func purchaseShape() *shape {
	type P = *desk.Purchase
	return &shape{
		kind:  desk.KindPurchase,
		blank: func() desk.Body { return &desk.Purchase{} },
		clone: clone[desk.Purchase],
		fields: []field{
			required(instant("at", func(p P) *time.Time { return &p.At })),
			text("customer", func(p P) *string { return &p.Customer }),
			number("amount", func(p P) *desk.Opt[float64] { return &p.Amount }),
			text("currency", func(p P) *string { return &p.Currency }),
			number("margin_ratio", func(p P) *desk.Opt[float64] { return &p.MarginRatio }),
			word("kind", func(p P) *desk.PurchaseType { return &p.Type }, desk.ParsePurchaseType, namesOf(desk.PurchaseTypeNew, desk.PurchaseTypeCrossSell)),
			text("segment", func(p P) *string { return &p.Segment }),
		},
	}
}
