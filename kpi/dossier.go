package kpi

import (
	"cmp"
	"slices"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/tally"
)

// Dossier is the records of a desk that speak of one customer. Figures about
// customers need all of them: who bought twice is one customer, and whether he
// is still there is told by another record than his purchases.
type Dossier struct {
	Customer string // empty: a record by itself that names none
	Records  []*desk.Held
	// Crowded says that there are more records than are looked at together, and
	// that those here are only what each of them is by itself.
	Crowded bool
	// Fed reports whether the desk has a source of records of a kind.
	Fed func(desk.Kind) bool
}

// Parties returns the customers of whom a record speaks.
func Parties(h *desk.Held) []string {
	var ids [2]string
	switch body := h.Body.(type) {
	case *desk.Customer:
		if !body.AcquiredAt.IsZero() {
			ids[0] = h.ID
		}
	case *desk.Purchase:
		ids[0] = body.Customer
	case *desk.Feedback:
		ids[0] = body.Customer
	case *desk.Session:
		ids[0] = body.Customer
	case *desk.Outreach:
		ids[0] = body.Customer
	case *desk.Enrolment:
		ids[0] = body.Customer
	case *desk.Survey:
		ids[0] = body.Customer
	case *desk.Referral:
		ids = [2]string{body.Referrer, body.Referred}
	case *desk.Ticket:
		if body.Type == complaint {
			ids[0] = body.Requester
		}
	}
	return slices.DeleteFunc(slices.Compact(ids[:]), func(id string) bool { return id == "" })
}

// AddDossier collects what the records of one customer contribute together:
// what needs to know who he is, and what he is himself.
func (b *Contributions) AddDossier(d Dossier) {
	if b.of&(FeedWindow|FeedStock) == 0 {
		return
	}
	p := b.profile(d)
	for _, h := range p.records {
		b.ofCustomer(p, h)
		if d.Crowded {
			b.add(ExcludedOfCustomers, FeedStock, time.Time{}, one, dimensions{}, h.Body.Kind().String(), customerTooLarge)
		}
	}
	if d.Customer == "" || d.Crowded {
		return
	}
	b.usage(p)
	if b.of&FeedWindow != 0 {
		for i := range b.catalogue.grids {
			b.slide(p, i)
		}
	}
	b.risks(p)
}

// nobody collects what a record contributes that is of a customer's kind and
// names none.
func (b *Contributions) nobody(g Group) {
	if !g.Follows && len(Parties(g.Record)) == 0 {
		b.AddDossier(Dossier{Records: []*desk.Held{g.Record}})
	}
}

// ofCustomer collects what one record contributes by itself, at its customer's
// segment.
func (b *Contributions) ofCustomer(p *profile, h *desk.Held) {
	switch body := h.Body.(type) {
	case *desk.Customer:
		b.lost(p, h, body)
	case *desk.Purchase:
		b.purchase(p, h, body)
	case *desk.Feedback:
		b.interaction(body.At, interactionOf(body))
	case *desk.Outreach:
		b.outreach(p, h, body)
	case *desk.Enrolment:
		b.enrolment(p, h, body)
	case *desk.Survey:
		b.brand(p, h, body)
	}
}

// profile is what the records say of a customer as a whole.
type profile struct {
	Dossier
	records  []*desk.Held // without those that the desk has no more
	told     bool         // a customer record says that he is one
	segment  string
	timezone *time.Location // nil: not told
	turns    []crossing     // when he became a customer and ceased to be one, in order
	deeds    []deed         // what he did, in order
	referred *desk.Referral // the first that names him as the one who was referred; nil: none
}

// crossing is when somebody became a customer or ceased to be one.
type crossing struct {
	at   time.Time
	here bool
}

// deed is something that a customer did which figures about customers count.
type deed struct {
	at time.Time
	what
	value tally.Amount
}

// what tells one sort of deeds from others.
type what struct {
	kind deedKind
	word string // the action, the currency, the program; empty: whichever
}

func (b *Contributions) profile(d Dossier) *profile {
	p := &profile{Dossier: d}
	for _, h := range d.Records {
		if !h.Deleted {
			p.records = append(p.records, h)
		}
	}
	if !d.Crowded {
		b.character(p)
		for _, h := range p.records {
			p.deeds = append(p.deeds, b.deedsOf(p, h)...)
		}
		p.deeds = append(p.deeds, visitDeeds(p.records)...)
		slices.SortStableFunc(p.deeds, func(x, y deed) int { return x.at.Compare(y.at) })
		p.referred = broughtBy(p)
	}
	if p.segment == "" {
		p.segment = newestSegment(p.records)
	}
	return p
}

// character takes in what the customer record says; of several the first that
// tells something.
func (b *Contributions) character(p *profile) {
	for _, h := range p.records {
		c, ok := h.Body.(*desk.Customer)
		if !ok || p.told {
			continue
		}
		p.told, p.segment = true, c.Segment
		p.turns = append(p.turns, crossing{c.AcquiredAt, true})
		if !c.ChurnedAt.IsZero() {
			p.turns = append(p.turns, crossing{c.ChurnedAt, false})
		}
		if !c.ReactivatedAt.IsZero() {
			p.turns = append(p.turns, crossing{c.ReactivatedAt, true})
		}
		slices.SortStableFunc(p.turns, func(x, y crossing) int { return x.at.Compare(y.at) })
		p.timezone = b.zone(c.Timezone)
	}
}

// newestSegment is the segment that the newest record with one names.
func newestSegment(records []*desk.Held) string {
	var segment string
	var newest time.Time
	for _, h := range records {
		if len(h.States) == 0 {
			continue
		}
		named, at := h.States[len(h.States)-1].Dim("segment"), h.Newest()
		if named != "" && (segment == "" || at.After(newest) || at.Equal(newest) && named < segment) {
			segment, newest = named, at
		}
	}
	return segment
}

// at returns the dimensions of a record at its customer's segment.
func (p *profile) at(h *desk.Held) dimensions {
	d := dimensions{}
	if h != nil {
		d.states = h.States
	}
	d.fixed[0] = desk.Dim{Name: "segment", Value: cmp.Or(p.segment, unset)}
	return d
}
