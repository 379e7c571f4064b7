package csv

import (
	"time"

	"helpdesk_exporter/desk"
)

// outreachShape lists what a row can tell of an attempt to reach a customer.
func outreachShape() *shape {
	type O = *desk.Outreach
	return &shape{
		kind:  desk.KindOutreach,
		blank: func() desk.Body { return &desk.Outreach{} },
		clone: clone[desk.Outreach],
		fields: []field{
			required(instant("at", func(o O) *time.Time { return &o.At })),
			instant("delivered_at", func(o O) *time.Time { return &o.DeliveredAt }, "at"),
			instant("opened_at", func(o O) *time.Time { return &o.OpenedAt }, "at", "delivered_at"),
			instant("clicked_at", func(o O) *time.Time { return &o.ClickedAt }, "at", "delivered_at"),
			instant("replied_at", func(o O) *time.Time { return &o.RepliedAt }, "at", "delivered_at"),

			text("campaign_kind", func(o O) *string { return &o.CampaignKind }),
			channel(func(o O) *string { return &o.Channel }),
			word("kind", func(o O) *desk.OutreachType { return &o.Type }, desk.ParseOutreachType, namesOf(desk.OutreachTypeCall, desk.OutreachTypeRecommendation)),
			text("customer", func(o O) *string { return &o.Customer }),
			text("customer_timezone", func(o O) *string { return &o.CustomerTZ }),
			truth("machine_open", func(o O) *desk.Opt[bool] { return &o.MachineOpen }),
		},
	}
}
