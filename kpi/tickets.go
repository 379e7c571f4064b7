package kpi

import (
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/tally"
)

// The measures of tickets coming and going.
const (
	TicketsOpened ID = iota + 1
	TicketsSolved
	TicketsReopened
	TicketsWithdrawn
	TicketsOpen
	TicketsAwaitingAgent
	CustomersAwaitingAgent
	TicketsEscalated
	EscalationSeen
)

func (c *Catalogue) addTickets() {
	var statuses [][]string
	for _, s := range desk.OpenStatuses() {
		statuses = append(statuses, []string{s.String()})
	}
	var withdrawn []Sibling
	for _, s := range desk.WithdrawnStatuses() {
		withdrawn = append(withdrawn, Sibling{ID: TicketsWithdrawn, Identity: []string{s.String()}})
	}
	c.Measures = append(c.Measures,
		Measure{
			ID: TicketsOpened, Kind: desk.KindTicket, Dims: c.Labels, Window: true,
			Total: &Total{
				Name: "helpdesk_tickets_opened_total",
				Help: "Tickets that came in, counted when discovered. Plus reopened, less solved and withdrawn, it moves as helpdesk_tickets_open does.",
			},
			Siblings: append(withdrawn, Sibling{ID: TicketsSolved}, Sibling{ID: TicketsReopened}),
		},
		Measure{
			ID: TicketsSolved, Kind: desk.KindTicket, Dims: c.Labels, Window: true,
			Total: &Total{
				Name: "helpdesk_tickets_solved_total",
				Help: "Solves of tickets, each one of a ticket solved again included, counted when discovered.",
			},
		},
		Measure{
			ID: TicketsReopened, Kind: desk.KindTicket, Dims: c.Labels, Window: true,
			Total: &Total{
				Name: "helpdesk_tickets_reopened_total",
				Help: "Times that a solved or withdrawn ticket was opened again, counted when discovered.",
			},
		},
		Measure{
			ID: TicketsWithdrawn, Kind: desk.KindTicket, Identity: []string{"reason"}, Dims: c.Labels,
			Total: &Total{
				Name: "helpdesk_tickets_withdrawn_total",
				Help: "Open tickets that were deleted, merged, or found to be spam or a test, counted when discovered.",
			},
		},
		Measure{ID: TicketsOpen, Kind: desk.KindTicket, Identity: []string{"status"}, Dims: c.Labels, Stock: true},
		Measure{ID: TicketsAwaitingAgent, Kind: desk.KindTicket, Dims: c.Labels, Stock: true},
		Measure{ID: CustomersAwaitingAgent, Kind: desk.KindTicket, Stock: true, Distinct: true},
		Measure{ID: TicketsEscalated, Kind: desk.KindTicket, Dims: c.Labels, Window: true},
		Measure{ID: EscalationSeen, Kind: desk.KindTicket, Window: true},
	)
	c.Views = append(c.Views,
		WindowView{
			Name: "helpdesk_tickets_opened_in_window", Of: []ID{TicketsOpened}, Value: number,
			Help: "Tickets created in the window; spam, tests, deleted and merged ones left out.",
		},
		WindowView{
			Name: "helpdesk_tickets_opened_per_day", Of: []ID{TicketsOpened}, Value: perDay,
			Help: "Tickets created in the window by days of the window.",
		},
		WindowView{
			Name: "helpdesk_tickets_solved_in_window", Of: []ID{TicketsSolved}, Value: number,
			Help: "Distinct tickets solved in the window and not reopened since, by their last solve.",
		},
		WindowView{
			Name: "helpdesk_tickets_reopened_in_window", Of: []ID{TicketsReopened}, Value: number,
			Help: "Distinct tickets reopened in the window, by their last reopening.",
		},
		WindowView{
			Name: "helpdesk_ticket_reopen_ratio", Of: []ID{TicketsSolved, TicketsReopened}, Value: c.sampled(quotient),
			Help: "Tickets reopened in the window by tickets solved in the window; above 1 where more came back than went.",
		},
		WindowView{
			Name: "helpdesk_ticket_clearance_ratio", Of: []ID{TicketsOpened, TicketsSolved}, Value: c.sampled(quotient),
			Help: "Tickets solved in the window by tickets created in the window; above 1 where the backlog shrinks.",
		},
		WindowView{
			Name: "helpdesk_escalation_ratio", Of: []ID{TicketsEscalated}, Seen: EscalationSeen, Value: c.sampled(mean),
			Help: "Share of tickets solved in the window that had been escalated; absent while no kept ticket was. Its denominator is helpdesk_tickets_solved_in_window.",
		},
		WindowView{
			Name: "helpdesk_tickets_escalated", Of: []ID{TicketsEscalated}, Seen: EscalationSeen, Value: amount,
			Help: "Numerator of helpdesk_escalation_ratio.",
		},
	)
	c.Stocks = append(c.Stocks,
		StockView{
			Name: "helpdesk_tickets_open", Of: []ID{TicketsOpen}, ZeroOf: TicketsOpened, Zeros: statuses, Figures: stockNumber,
			Help: "Tickets that are neither finished nor withdrawn, by their present labels.",
		},
		StockView{
			Name: "helpdesk_tickets_awaiting_agent", Of: []ID{TicketsAwaitingAgent}, ZeroOf: TicketsOpened, Figures: stockNumber,
			Help: "Open tickets whose next step is the agent's: the customer wrote last or, where messages are not known, the status is new or open.",
		},
		StockView{
			Name: "helpdesk_customers_awaiting_agent", Of: []ID{CustomersAwaitingAgent}, Figures: stockNumber,
			Help: "Distinct customers with a ticket whose next step is the agent's; tickets of unknown customers are left out.",
		},
	)
	c.define(desk.KindTicket, nil,
		KPI{ID: "ticket_volume", Metric: "helpdesk_tickets_opened_total", Query: `sum by (channel) (increase(helpdesk_tickets_opened_total[1d]))`},
		KPI{ID: "closed_cases", Metric: "helpdesk_tickets_solved_total", Query: `sum by (team) (increase(helpdesk_tickets_solved_total[1d]))`},
		KPI{ID: "open_cases", Metric: "helpdesk_tickets_open", Query: `sum by (status) (helpdesk_tickets_open)`},
		KPI{ID: "clearance_rate", Metric: "helpdesk_ticket_clearance_ratio", Query: `helpdesk_ticket_clearance_ratio{by="all", window="7d"}`},
		KPI{ID: "reopen_rate", Metric: "helpdesk_ticket_reopen_ratio", Query: `helpdesk_ticket_reopen_ratio{by="all", window="7d"}`},
		KPI{ID: "escalation_rate", Metric: "helpdesk_escalation_ratio", Query: `helpdesk_escalation_ratio{by="all", window="7d"}`},
	)
}

func stockNumber(s Stock, _ time.Time) []Figure { return []Figure{{Value: float64(s.N)}} }

// ticket collects what a ticket contributes. A withdrawn ticket has left the
// windows; the counters keep what it gave while it counted, if it ever did.
func (b *Contributions) ticket(g Group, own *desk.Ticket) {
	h, l := g.Record, lifecycleOf(g.Record, own)
	feeds := FeedTotal | FeedWindow
	if l.phase == withdrawn {
		b.excluded(ExcludedTickets, l.status.String())
		feeds = FeedTotal
	}
	if !l.opened {
		return
	}
	t := united(own, g.Merged)
	b.flows(h, own, l, feeds)
	sound := b.firstResponse(h, t, l, feeds)
	sound = b.resolution(h, t, l, feeds) && sound
	sound = b.business(g, t, l, feeds) && sound
	b.replies(h, t, feeds)
	b.acknowledgement(h, t, feeds)
	b.complaint(h, t, l, feeds)
	b.asContact(g, own, l, feeds)
	b.sla(g, t, l, feeds)
	if g.Crowded && l.phase != withdrawn {
		b.excluded(ExcludedTickets, groupTooLarge)
	} else {
		b.effort(g, own, l, feeds)
	}
	switch {
	case !sound && l.phase != withdrawn:
		b.excluded(ExcludedTickets, "negative_duration")
	case l.phase == finished && len(l.solves) > 0 && l.solves[len(l.solves)-1].at.IsZero():
		b.excluded(ExcludedTickets, "no_timestamp")
	}
	if l.phase == open {
		b.waiting(h, t, l.status)
	}
	if l.phase != withdrawn {
		b.customer(t, l)
	}
}

// customer collects whether a ticket's customer waits for an agent. Those of
// whom the desk could tell and who do not have no key.
func (b *Contributions) customer(t *desk.Ticket, l *lifecycle) {
	switch {
	case t.Requester == "":
	case l.phase == open && awaitsAgent(t, l.status):
		b.addDistinct(CustomersAwaitingAgent, FeedStock, t.CreatedAt, t.Requester, dimensions{})
	default:
		b.add(CustomersAwaitingAgent, FeedStock, t.CreatedAt, one, dimensions{})
	}
}

// asContact collects what a ticket contributes as a contact of its customer
// and, with its last solve, as one that was handled.
func (b *Contributions) asContact(g Group, t *desk.Ticket, l *lifecycle, feeds Feed) {
	h := g.Record
	if at, ok := contactAt(t); ok {
		b.contact(feeds, at, t.Requester, g.Next, firstCounted(h))
		if t.FollowupOf == "" && feeds&FeedWindow != 0 {
			b.prefers(ChannelOfTickets, at, "tickets", firstCounted(h))
		}
	}
	if feeds&FeedWindow == 0 {
		return
	}
	if answered, ok := answeredAt(t); ok {
		b.active(answered, t.Agent, seenAt(h, answered))
	}
	if n := len(l.solves); n > 0 && l.phase == finished {
		last := l.solves[n-1]
		dims := at(h, last)
		b.active(last.at, t.Agent, dims)
		b.transferred(last.at, t.Transfers, dims)
		b.completed(last.at, handlerOf(united(t, g.Merged)), dims)
		b.resolved(last.at, dims)
		b.reviewed(last.at, g.Reviewed, dims)
		b.add(TicketsEscalated, FeedWindow, last.at, flag(!t.EscalatedAt.IsZero()), dims)
		if !t.EscalatedAt.IsZero() {
			b.add(EscalationSeen, FeedWindow, last.at, one, dims)
		}
	}
}

// handlerOf returns who handled a ticket to its end: as the desk says, else by
// who answered.
func handlerOf(t *desk.Ticket) desk.Role {
	if t.HandledBy != desk.RoleUnknown {
		return t.HandledBy
	}
	if _, answered := answeredAt(t); answered {
		return desk.RoleAgent
	}
	for _, m := range t.Messages {
		if m.Public && m.Author == desk.RoleBot {
			return desk.RoleBot
		}
	}
	return desk.RoleUnknown
}

// flows collects the comings and goings of a ticket.
func (b *Contributions) flows(h *desk.Held, t *desk.Ticket, l *lifecycle, feeds Feed) {
	b.add(TicketsOpened, feeds, t.CreatedAt, one, firstCounted(h))
	for i, m := range l.solves {
		b.add(TicketsSolved, l.feedsOfSolve(i, feeds), m.at, one, at(h, m))
	}
	for i, m := range l.reopens {
		of := FeedTotal
		if i == len(l.reopens)-1 {
			of = feeds // the window counts a ticket once
		}
		b.add(TicketsReopened, of, m.at, one, at(h, m))
	}
	for _, w := range l.withdrawals {
		b.add(TicketsWithdrawn, FeedTotal, w.at, one, lastNamed(h, w.state), w.reason.String())
	}
}

// firstCounted returns the dimensions as of the first state in which the ticket
// counted.
func firstCounted(h *desk.Held) dimensions {
	for i := range h.States {
		if !h.States[i].Status.Withdrawn() {
			return dimensions{states: h.States[i:]}
		}
	}
	return present(h)
}

// at returns the dimensions as of a moment of the ticket's life.
func at(h *desk.Held, m moment) dimensions { return dimensions{states: h.States[m.state:]} }

// lastNamed returns the dimensions as of a state or, for a tombstone that names
// none, those that the ticket had before.
func lastNamed(h *desk.Held, state int) dimensions {
	for state > 0 && len(h.States[state].Dims) == 0 {
		state--
	}
	return dimensions{states: h.States[state:]}
}

// waiting collects the stocks that an open ticket is part of.
func (b *Contributions) waiting(h *desk.Held, t *desk.Ticket, status desk.Status) {
	now := present(h)
	b.add(TicketsOpen, FeedStock, t.CreatedAt, one, now, status.String())
	b.add(TicketAges, FeedStock, t.CreatedAt, one, now)
	b.add(TicketsOpenOfTeam, FeedStock, t.CreatedAt, one, now)
	if awaitsAgent(t, status) {
		b.add(TicketsAwaitingAgent, FeedStock, t.CreatedAt, one, now)
	}
	asked, ok := askedAt(t)
	if _, answered := answeredAt(t); ok && !answered {
		b.add(TicketsUnanswered, FeedStock, asked, one, now)
	}
}

// awaitsAgent reports whether the next step is the agent's: the desk says that
// the customer waits, or the customer wrote last, or, where no messages are
// known, the status says so.
func awaitsAgent(t *desk.Ticket, status desk.Status) bool {
	if !t.WaitingSince.IsZero() {
		return true
	}
	for i := len(t.Messages) - 1; i >= 0; i-- {
		m := t.Messages[i]
		switch {
		case !m.Public:
		case m.Author == desk.RoleCustomer:
			return true
		case m.Author == desk.RoleAgent:
			return false
		}
	}
	return status == desk.StatusNew || status == desk.StatusOpen
}

// duration collects a span of time and reports whether it is one: what ended
// before it began is left out.
func (b *Contributions) duration(id ID, feeds Feed, from, to time.Time, dims dimensions) bool {
	if to.Before(from) {
		return false
	}
	b.add(id, feeds, to, tally.Seconds(to.Sub(from)), dims)
	return true
}
