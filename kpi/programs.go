package kpi

import (
	"cmp"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/tally"
)

// The measures of who takes part in programs.
const (
	LoyaltyEnrolled ID = iota + 236
	LoyaltyActive
	TrainingParticipants
)

func (c *Catalogue) addPrograms() {
	program, segment := []string{"program"}, []string{"segment"}
	active := func(id ID) Measure {
		return Measure{ID: id, Kind: desk.KindEnrolment, Joins: desk.KindCustomer, Identity: program, Named: program, Dims: segment, Window: true, Span: true}
	}
	c.Measures = append(c.Measures,
		Measure{ID: LoyaltyEnrolled, Kind: desk.KindEnrolment, Joins: desk.KindCustomer, Identity: program, Named: program, Dims: segment, Stock: true, Distinct: true},
		active(LoyaltyActive), active(TrainingParticipants),
	)
	c.Stocks = append(c.Stocks, StockView{
		Name: "helpdesk_loyalty_enrolled_customers", Of: []ID{LoyaltyEnrolled}, Figures: stockNumber,
		Help: "Customers enrolled in a loyalty program, active or not; those who left the company are not.",
	})
	c.Views = append(c.Views,
		WindowView{
			Name: "helpdesk_loyalty_participation_ratio", Of: []ID{LoyaltyActive, CustomersEnd}, Value: c.portion,
			Help: "Share of the customers there at the end of the window that were active in a loyalty program in it; to be enrolled is not enough. Denominator: helpdesk_customers_end.",
		},
		WindowView{
			Name: "helpdesk_loyalty_active_customers", Of: []ID{LoyaltyActive}, Value: number,
			Help: "Numerator of helpdesk_loyalty_participation_ratio: customers last active in the program in the window.",
		},
		WindowView{
			Name: "helpdesk_training_participation_ratio", Of: []ID{TrainingParticipants, CustomersEnd}, Value: c.portion,
			Help: "Share of the customers there at the end of the window that attended or completed a training program in it. Denominator: helpdesk_customers_end.",
		},
		WindowView{
			Name: "helpdesk_training_participants", Of: []ID{TrainingParticipants}, Value: number,
			Help: "Numerator of helpdesk_training_participation_ratio: customers that attended or completed the program in the window.",
		},
	)
	c.define(desk.KindEnrolment, nil,
		KPI{ID: "loyalty_participation", Metric: "helpdesk_loyalty_participation_ratio", Query: `helpdesk_loyalty_participation_ratio{by="all", window="7d"}`, Records: []desk.Kind{desk.KindEnrolment, desk.KindCustomer}},
		KPI{ID: "training_participation", Metric: "helpdesk_training_participation_ratio", Query: `helpdesk_training_participation_ratio{by="all", window="7d"}`, Records: []desk.Kind{desk.KindEnrolment, desk.KindCustomer}},
	)
}

// portion is the number of the first measure by that of the second; nothing
// below the smallest sample of the second.
func (d *Definitions) portion(c []tally.Count, _ time.Duration) (float64, bool) {
	if c[1].N < int64(max(d.MinSample, 1)) {
		return 0, false
	}
	return float64(c[0].N) / float64(c[1].N), true
}

// programOf is how a label names a program.
func programOf(name string) string { return cmp.Or(name, unset) }

// enrolmentRow notes an enrolment that the figures leave out.
func (b *Contributions) enrolmentRow(h *desk.Held, e *desk.Enrolment) {
	switch {
	case h.Deleted:
		b.customerExcluded(h, "deleted")
	case e.Customer == "":
		b.customerExcluded(h, "no_customer")
	case e.Type == desk.EnrolmentTypeUnknown:
		b.customerExcluded(h, "no_kind")
	}
}

// customerExcluded notes that the figures about customers leave a record out.
func (b *Contributions) customerExcluded(h *desk.Held, reason string) {
	b.add(ExcludedOfCustomers, FeedStock, time.Time{}, one, dimensions{}, h.Body.Kind().String(), reason)
}

// enrolment collects that a customer is enrolled.
func (b *Contributions) enrolment(p *profile, h *desk.Held, e *desk.Enrolment) {
	if e.Type == desk.EnrolmentTypeLoyalty && !p.Crowded && p.stays() {
		b.addDistinct(LoyaltyEnrolled, FeedStock, e.EnrolledAt, p.Customer, p.at(h), programOf(e.Program))
	}
}

// stays reports whether the customer has not left. Where the desk tells of no
// customers at all, whoever does something is one.
func (p *profile) stays() bool {
	if p.Customer == "" {
		return false
	}
	return !p.Fed(desk.KindCustomer) || len(p.turns) > 0 && p.turns[len(p.turns)-1].here
}

// enrolmentDeeds returns what a customer did in a program. Of his activity only
// the last is told, and an end is one more unless it is that.
func enrolmentDeeds(e *desk.Enrolment) []deed {
	kind := deedLoyalty
	switch e.Type {
	case desk.EnrolmentTypeLoyalty:
	case desk.EnrolmentTypeTraining:
		kind = deedTraining
	default:
		return nil
	}
	var deeds []deed
	did := func(at time.Time) {
		deeds = append(deeds, deed{at, what{kind, ""}, one}, deed{at, what{kind, programOf(e.Program)}, one})
	}
	if !e.LastActiveAt.IsZero() {
		did(e.LastActiveAt)
	}
	if !e.CompletedAt.IsZero() && !e.CompletedAt.Equal(e.LastActiveAt) {
		did(e.CompletedAt)
	}
	return deeds
}

// participant says in which programs the customer took part.
func (g *glimpse) participant() {
	if !g.present() {
		return
	}
	for _, program := range g.words(deedLoyalty) {
		g.hold(LoyaltyActive, one, desk.Dim{}, program)
	}
	for _, program := range g.words(deedTraining) {
		g.hold(TrainingParticipants, one, desk.Dim{}, program)
	}
}

// present reports whether he is a customer at the end of the window. Where the
// desk tells of no customers at all, whoever does something is one.
func (g *glimpse) present() bool { return g.atEnd || !g.Fed(desk.KindCustomer) }
