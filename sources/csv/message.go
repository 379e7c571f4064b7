package csv

import (
	"time"

	"helpdesk_exporter/desk"
)

// messageShape lists what a row can tell of a message of a ticket. Where a file
// does not say which messages the customer can see, it is one of those.
func messageShape() *shape {
	type M = *desk.TicketMessage
	return &shape{
		kind:  desk.KindMessage,
		keyed: true,
		key:   func(id string, b desk.Body) string { b.(M).ID = id; return id },
		blank: func() desk.Body { return &desk.TicketMessage{Message: desk.Message{Public: true}} },
		clone: clone[desk.TicketMessage],
		fields: []field{
			required(instant("at", func(m M) *time.Time { return &m.At })),
			required(text("ticket", func(m M) *string { return &m.Ticket })),
			word("author", func(m M) *desk.Role { return &m.Author }, desk.ParseRole, namesOf(desk.RoleCustomer, desk.RoleSystem)),
			choice("public", parseTruth, truthNames(), func(b desk.Body, public desk.Opt[bool]) {
				if public.Set {
					b.(M).Public = public.Value
				}
			}),
		},
	}
}
