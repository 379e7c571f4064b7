package csv

import (
	"time"

	"helpdesk_exporter/desk"
)

// callShape lists what a row can tell of a call or a live chat, or of all that a
// carrier put through in a period. How the call ended is taken from the row where
// it says so, and derived nowhere.
func callShape() *shape {
	type C = *desk.Call
	return &shape{
		kind:   desk.KindCall,
		blank:  func() desk.Body { return &desk.Call{} },
		clone:  clone[desk.Call],
		sums:   true,
		period: func(b desk.Body) (start, end *time.Time) { return &b.(C).PeriodStart, &b.(C).PeriodEnd },
		fields: []field{
			required(instant("arrived_at", func(c C) *time.Time { return &c.ArrivedAt })),
			instant("queued_at", func(c C) *time.Time { return &c.QueuedAt }, "arrived_at"),
			instant("answered_at", func(c C) *time.Time { return &c.AnsweredAt }, "arrived_at", "queued_at"),
			instant("ended_at", func(c C) *time.Time { return &c.EndedAt }, "arrived_at", "queued_at", "answered_at"),
			instant(periodStart, func(c C) *time.Time { return &c.PeriodStart }),
			end(periodEnd, func(c C) *time.Time { return &c.PeriodEnd }, periodStart),

			word("outcome", func(c C) *desk.Outcome { return &c.Outcome }, desk.ParseOutcome, namesOf(desk.OutcomeAnswered, desk.OutcomeFailed)),
			word("direction", func(c C) *desk.Direction { return &c.Direction }, desk.ParseDirection,
				namesOf(desk.DirectionInbound, desk.DirectionOutbound)),
			word("handled_by", func(c C) *desk.Role { return &c.HandledBy }, desk.ParseRole, namesOf(desk.RoleCustomer, desk.RoleSystem)),
			channel(func(c C) *string { return &c.Channel }),
			text("contact", func(c C) *string { return &c.Contact }),
			text("queue", func(c C) *string { return &c.Queue }),
			text("team", func(c C) *string { return &c.Team }),
			text("agent", func(c C) *string { return &c.Agent }),
			text("topic", func(c C) *string { return &c.Topic }),
			text("ticket", func(c C) *string { return &c.Ticket }),
			text("customer", func(c C) *string { return &c.Customer }),
			text("customer_timezone", func(c C) *string { return &c.CustomerTZ }),
			text("block_reason", func(c C) *string { return &c.BlockReason }),

			span("wait_seconds", func(c C) *desk.Opt[time.Duration] { return &c.Wait }),
			span("talk_seconds", func(c C) *desk.Opt[time.Duration] { return &c.Talk }),
			span("hold_seconds", func(c C) *desk.Opt[time.Duration] { return &c.Hold }),
			span("wrap_up_seconds", func(c C) *desk.Opt[time.Duration] { return &c.WrapUp }),
			count("transfers", func(c C) *desk.Opt[int] { return &c.Transfers }),
			count("attempts", func(c C) *desk.Opt[int] { return &c.Attempts }),
			count("blocked", func(c C) *desk.Opt[int] { return &c.Blocked }),
		},
	}
}
