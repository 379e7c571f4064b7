package kpi

import (
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/tally"
)

// The measures of what it took customers to have an issue solved.
const (
	FirstContactResolution ID = iota + 110
	FirstContactSurvey
	ContactsToResolution
)

// The methods by which a first-contact resolution is told: from all that the
// desk knows, from the number of its answers, from what customers say.
const (
	methodOperational = "operational"
	methodOneTouch    = "one_touch"
	methodSurvey      = "survey"
)

func (c *Catalogue) addFirstContact() {
	method := []string{"method"}
	c.Measures = append(c.Measures,
		Measure{ID: FirstContactResolution, Kind: desk.KindTicket, Identity: method, Dims: c.Labels, Window: true},
		Measure{ID: FirstContactSurvey, Kind: desk.KindSurvey, Identity: method, Dims: c.Labels, Window: true},
		Measure{
			ID: ContactsToResolution, Kind: desk.KindTicket, Dims: []string{"channel", "team"}, Window: true,
			Total: &Total{
				Name:    "helpdesk_contacts_to_resolution",
				Help:    "Contacts that it took the customer until each solve of the ticket: the ticket, each time the customer wrote again after an answer, and calls about it. Observed when discovered.",
				Buckets: c.Buckets.Contacts,
			},
		},
	)
	for _, id := range []ID{FirstContactResolution, FirstContactSurvey} {
		c.addShare(share{
			of:          id,
			ratio:       "helpdesk_first_contact_resolution_ratio",
			help:        "Share of issues solved with one contact. operational: no further contact, reopening, escalation or transfer until horizons.fcr after the first solve; one_touch: at most one answer and no such reopening; survey: as customers say. Dated at the end of the horizon, or of the answer.",
			numerator:   "helpdesk_first_contact_resolutions",
			denominator: "helpdesk_first_contact_resolution_eligible",
		})
		c.Views = append(c.Views,
			WindowView{
				Name: "helpdesk_first_contact_resolution_wilson_lower_ratio", Of: []ID{id}, Value: c.sampled(wilsonLower),
				Help: "Lower bound of the 95 % Wilson interval of helpdesk_first_contact_resolution_ratio.",
			},
			WindowView{
				Name: "helpdesk_first_contact_resolution_wilson_upper_ratio", Of: []ID{id}, Value: c.sampled(wilsonUpper),
				Help: "Upper bound of the 95 % Wilson interval of helpdesk_first_contact_resolution_ratio.",
			},
		)
	}
	c.Views = append(c.Views,
		WindowView{
			Name: "helpdesk_contacts_to_resolution_mean", Of: []ID{ContactsToResolution}, Value: c.sampled(mean),
			Help: "Mean number of contacts of tickets solved in the window and not reopened or followed up since.",
		},
		WindowView{
			Name: "helpdesk_contacts_to_resolution_observations", Of: []ID{ContactsToResolution}, Value: number,
			Help: "Number of tickets that helpdesk_contacts_to_resolution_mean is of.",
		},
	)
	c.define(desk.KindTicket, c.Horizons.FCR,
		KPI{ID: "first_contact_resolution", Metric: "helpdesk_first_contact_resolution_ratio", Query: `helpdesk_first_contact_resolution_ratio{by="all", window="7d"}`},
	)
	c.define(desk.KindTicket, nil,
		KPI{ID: "calls_to_resolution", Metric: "helpdesk_contacts_to_resolution", Query: `helpdesk_contacts_to_resolution_mean{by="all", window="7d"}`},
	)
}

// effort collects what it took the customer to have the issue of a ticket
// solved. Where the desk tells of nothing but the ticket, nobody knows.
func (b *Contributions) effort(g Group, t *desk.Ticket, l *lifecycle, feeds Feed) {
	all := contactsOf(g, t)
	if all.told {
		b.contactsToResolution(g, l, all, feeds)
	}
	solved, ok := firstDated(l.solves)
	if !ok || feeds&FeedWindow == 0 || t.FollowupOf != "" {
		return // what follows up another ticket is that ticket's issue
	}
	end := solved.at.Add(b.catalogue.Horizons.FCR)
	back := cameBack(l, end)
	if all.told || t.Requester != "" {
		b.add(FirstContactResolution, FeedWindow, end, flag(!back && atOnce(g, t, all, end)), at(g.Record, solved), methodOperational)
	}
	if answers, known := answersOf(t, g.Merged); known {
		b.add(FirstContactResolution, FeedWindow, end, flag(!back && answers <= 1), at(g.Record, solved), methodOneTouch)
	}
}

func (b *Contributions) contactsToResolution(g Group, l *lifecycle, all contacts, feeds Feed) {
	for i, m := range l.solves {
		of := l.feedsOfSolve(i, feeds)
		if len(g.Followups) > 0 {
			of &^= FeedWindow // the issue was not solved with this ticket
		}
		if !m.at.IsZero() {
			b.add(ContactsToResolution, of, m.at, tally.Amount(max(all.until(m.at), 1))*one, at(g.Record, m))
		}
	}
}

// firstDated returns the first solve of which it is known when it was.
func firstDated(solves []moment) (moment, bool) {
	for _, m := range solves {
		if !m.at.IsZero() {
			return m, true
		}
	}
	return moment{}, false
}

// cameBack reports whether a ticket was reopened by an instant. What nobody
// dated may have been then.
func cameBack(l *lifecycle, by time.Time) bool {
	for _, m := range l.reopens {
		if !m.at.After(by) {
			return true
		}
	}
	return false
}

// atOnce reports whether one contact was all that it took until the end of the
// horizon: nobody else was asked, and the customer did not have to come again.
func atOnce(g Group, t *desk.Ticket, all contacts, end time.Time) bool {
	if all.until(end) > 1 || t.Transfers.Value > 0 {
		return false
	}
	if !t.EscalatedAt.IsZero() && !t.EscalatedAt.After(end) {
		return false
	}
	for _, f := range g.Followups {
		if at := f.Body.(*desk.Ticket).CreatedAt; !at.After(end) {
			return false
		}
	}
	return g.Next.IsZero() || g.Next.After(end)
}

// answersOf returns how many public answers agents gave to a ticket and those
// merged into it; false: none of them tells.
func answersOf(t *desk.Ticket, merged []*desk.Held) (n int, known bool) {
	for _, h := range merged {
		more, told := answersOf(h.Body.(*desk.Ticket), nil)
		n, known = n+more, known || told
	}
	if t.AgentReplies.Set {
		return n + t.AgentReplies.Value, true
	}
	for _, m := range t.Messages {
		if m.Public && m.Author == desk.RoleAgent {
			n++
		}
	}
	return n, known || len(t.Messages) > 0
}
