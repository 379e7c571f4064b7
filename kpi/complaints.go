package kpi

import (
	"time"

	"helpdesk_exporter/desk"
)

// The measures of complaints, and of how soon customers learn that they were
// heard.
const (
	Complaints ID = iota + 115
	ComplaintResolution
	Acknowledgement
)

// complaint is the kind of ticket that these figures are about.
const complaint = "complaint"

func (c *Catalogue) addComplaints() {
	dims := []string{"channel", "team"}
	c.Measures = append(c.Measures,
		Measure{
			ID: Complaints, Kind: desk.KindTicket, Dims: dims, Window: true,
			Total: &Total{
				Name: "helpdesk_complaints_total",
				Help: "Tickets of the kind complaint that came in, counted when discovered.",
			},
		},
		Measure{
			ID: ComplaintResolution, Kind: desk.KindTicket, Dims: dims, Window: true, Spread: true,
			Total: &Total{
				Name:    "helpdesk_complaint_resolution_seconds",
				Help:    "Time from the creation or, if that was earlier, the escalation of a complaint to each of its solves, around the clock, observed when discovered.",
				Buckets: c.Buckets.Default,
			},
		},
		Measure{
			ID: Acknowledgement, Kind: desk.KindTicket, Dims: []string{"channel"}, Window: true, Spread: true,
			Total: &Total{
				Name:    "helpdesk_acknowledgement_seconds",
				Help:    "Time from a ticket's creation until its customer first heard of it, be it from a program or an agent, around the clock, observed when discovered.",
				Buckets: c.Buckets.Default,
			},
		},
	)
	c.Views = append(c.Views, WindowView{
		Name: "helpdesk_complaints_in_window", Of: []ID{Complaints}, Seen: Complaints, Value: number,
		Help: "Tickets of the kind complaint created in the window; absent while no kept record tells of one.",
	})
	c.addSpreadViews(ComplaintResolution, "helpdesk_complaint_resolution", "last solves in the window of complaints not reopened since")
	c.addSpreadViews(Acknowledgement, "helpdesk_acknowledgement", "tickets acknowledged in the window")
	c.define(desk.KindTicket, nil,
		KPI{ID: "complaint_volume", Metric: "helpdesk_complaints_total", Query: `sum(increase(helpdesk_complaints_total[1d]))`},
		KPI{ID: "complaint_resolution_time", Metric: "helpdesk_complaint_resolution_seconds", Query: `helpdesk_complaint_resolution_mean_seconds{by="all", window="7d"}`},
		KPI{ID: "complaint_ack_time", Metric: "helpdesk_acknowledgement_seconds", Query: `helpdesk_acknowledgement_mean_seconds{by="all", window="7d"}`},
	)
}

// complaint collects what a complaint contributes.
func (b *Contributions) complaint(h *desk.Held, t *desk.Ticket, l *lifecycle, feeds Feed) {
	if t.Type != complaint {
		return
	}
	b.add(Complaints, feeds, t.CreatedAt, one, firstCounted(h))
	for i, m := range l.solves {
		if !m.at.IsZero() {
			b.duration(ComplaintResolution, l.feedsOfSolve(i, feeds), earliest(t.CreatedAt, t.EscalatedAt), m.at, at(h, m))
		}
	}
}

// acknowledgement collects how soon the customer heard of a ticket.
func (b *Contributions) acknowledgement(h *desk.Held, t *desk.Ticket, feeds Feed) {
	asked, waits := askedAt(t)
	heard, ok := acknowledgedAt(t, asked)
	if waits && ok {
		b.duration(Acknowledgement, feeds, asked, heard, seenAt(h, heard))
	}
}

// acknowledgedAt is when the customer first heard of a ticket after asking. A
// first response alone does not tell it: a notice may have come before.
func acknowledgedAt(t *desk.Ticket, asked time.Time) (time.Time, bool) {
	var heard time.Time
	if !t.AcknowledgedAt.Before(asked) {
		heard = t.AcknowledgedAt
	}
	for _, m := range t.Messages {
		if m.Public && !m.At.Before(asked) && (m.Author == desk.RoleAgent || m.Author == desk.RoleBot || m.Author == desk.RoleAuto) {
			heard = earliest(heard, m.At)
		}
	}
	if heard.IsZero() {
		return heard, false
	}
	if !t.FirstResponseAt.Before(asked) {
		heard = earliest(heard, t.FirstResponseAt)
	}
	return heard, true
}
