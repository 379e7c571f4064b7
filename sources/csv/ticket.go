package csv

import (
	"time"

	"helpdesk_exporter/desk"
)

// ticketShape lists what a row can tell of a ticket. The times that a time
// does not come before settle which of two instants an ambiguous one is.
func ticketShape() *shape {
	type T = *desk.Ticket
	roles := namesOf(desk.RoleCustomer, desk.RoleSystem)
	return &shape{
		kind:   desk.KindTicket,
		keyed:  true,
		blank:  func() desk.Body { return &desk.Ticket{} },
		clone:  clone[desk.Ticket],
		family: &family{prefix: "attr.", what: "label", example: "plan", field: attr},
		fields: []field{
			required(instant("created_at", func(t T) *time.Time { return &t.CreatedAt })),
			instant("acknowledged_at", func(t T) *time.Time { return &t.AcknowledgedAt }, "created_at"),
			instant("waiting_since", func(t T) *time.Time { return &t.WaitingSince }, "created_at"),
			instant("first_response_at", func(t T) *time.Time { return &t.FirstResponseAt }, "created_at"),
			instant("escalated_at", func(t T) *time.Time { return &t.EscalatedAt }, "created_at"),
			instant("first_solved_at", func(t T) *time.Time { return &t.FirstSolvedAt }, "created_at", "first_response_at"),
			instant("solved_at", func(t T) *time.Time { return &t.SolvedAt }, "created_at", "first_response_at", "first_solved_at"),
			instant("closed_at", func(t T) *time.Time { return &t.ClosedAt }, "created_at", "first_response_at", "first_solved_at", "solved_at"),
			instant("updated_at", func(t T) *time.Time { return &t.UpdatedAt }, "created_at", "acknowledged_at", "waiting_since",
				"first_response_at", "escalated_at", "first_solved_at", "solved_at"),
			due("first_response_due_at", func(t T) *time.Time { return &t.FirstResponseDueAt }, "created_at"),
			due("next_response_due_at", func(t T) *time.Time { return &t.NextResponseDueAt }, "created_at"),
			due("resolution_due_at", func(t T) *time.Time { return &t.ResolutionDueAt }, "created_at"),

			word("status", func(t T) *desk.Status { return &t.Status }, desk.ParseStatus, namesOf(desk.StatusNew, desk.StatusTest)),
			word("created_by", func(t T) *desk.Role { return &t.CreatedBy }, desk.ParseRole, roles),
			word("handled_by", func(t T) *desk.Role { return &t.HandledBy }, desk.ParseRole, roles),
			word("priority", func(t T) *string { return &t.Priority }, desk.ParsePriority, desk.Priorities()),
			channel(func(t T) *string { return &t.Channel }),
			word("kind", func(t T) *string { return &t.Type }, desk.ParseTicketType, desk.TicketTypes()),
			text("team", func(t T) *string { return &t.Team }),
			text("agent", func(t T) *string { return &t.Agent }),
			text("requester", func(t T) *string { return &t.Requester }),
			text("topic", func(t T) *string { return &t.Topic }),
			text("merged_into", func(t T) *string { return &t.MergedInto }),
			text("followup_of", func(t T) *string { return &t.FollowupOf }),

			count("reopens", func(t T) *desk.Opt[int] { return &t.Reopens }),
			count("agent_replies", func(t T) *desk.Opt[int] { return &t.AgentReplies }),
			count("customer_messages", func(t T) *desk.Opt[int] { return &t.CustomerMessages }),
			count("transfers", func(t T) *desk.Opt[int] { return &t.Transfers }),
			span("first_response_business_seconds", func(t T) *desk.Opt[time.Duration] { return &t.FirstResponseBusiness }),
			span("resolution_business_seconds", func(t T) *desk.Opt[time.Duration] { return &t.ResolutionBusiness }),
			span("requester_wait_seconds", func(t T) *desk.Opt[time.Duration] { return &t.RequesterWait }),
			span("requester_wait_business_seconds", func(t T) *desk.Opt[time.Duration] { return &t.RequesterWaitBusiness }),
			span("handle_seconds", func(t T) *desk.Opt[time.Duration] { return &t.HandleTime }),
		},
	}
}

// attr is the field that feeds one custom field of a ticket.
func attr(name, word string) field {
	return field{name: name, bind: func(m mapping) putter {
		known := newLexicon(m, readText)
		return func(b desk.Body, text []byte) *fault {
			value, ok := known.read(text)
			if !ok {
				return nulFault(name)
			}
			t := b.(*desk.Ticket)
			if t.Attrs == nil {
				t.Attrs = map[string]string{}
			}
			if value != "" {
				t.Attrs[word] = value
			}
			return nil
		}
	}}
}

// channel is the field of all records that came by one. A channel that is not
// known is the channel other, so no row is rejected for it.
func channel[B desk.Body](at func(B) *string) field {
	parse := func(word string) (string, bool) { return desk.ParseChannel(word), true }
	return word("channel", at, parse, desk.Channels())
}
