package kpi_test

import (
	"testing"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/kpi"
)

// weighed is a catalogue in which purchases weigh 3 and visits 1, each fully
// from two a week on, and half of that makes an engaged customer.
func weighed() *kpi.Catalogue {
	d := definitions()
	d.Engagement = kpi.Engagement{
		Version: "7", EngagedFrom: 0.5,
		Weights: map[kpi.EngagementInput]kpi.EngagementWeight{
			kpi.EngagedPurchase: {Weight: 3, PerWeek: 2},
			kpi.EngagedWebVisit: {Weight: 1, PerWeek: 2},
		},
	}
	return kpi.NewCatalogue(d)
}

func visited(id, customer string) *desk.Held { return session(id, desk.Session{Customer: customer}) }

func bought(id, customer string, p desk.Purchase) *desk.Held {
	p.Customer = customer
	return held(desk.Record{ID: id, Body: &p})
}

// a bought three times and visited once: (3x1 + 1x0.5) / 4 = 0.875. b visited
// once: 0.125. c did nothing: 0. The mean of the three is 1/3, and a is engaged.
// a brought 60, b and c 15 in the mean, through b's purchase of last week and
// c's of this one: 60 / 15 - 1 = 3. Had c not been asked, it would be 1.
func TestEngagementIsTheWeightedMeanOfWhatCustomersDo(t *testing.T) {
	before := euros(1000)
	before.At = ago(8 * day)
	e := evaluate(t, weighed()).
		dossier("a", customer("a", regular()), visited("1", "a"), bought("2", "a", euros(20)), bought("3", "a", euros(20)), bought("4", "a", euros(20))).
		dossier("b", customer("b", regular()), visited("5", "b"), bought("6", "b", before)).
		dossier("c", customer("c", regular()))
	e.is("helpdesk_customer_engagement_score", 1.0/3, 1e-9, "weights_version", "7")
	e.is("helpdesk_customer_engagement_customers", 3, 0, "weights_version", "7")
	e.as("yes").is("helpdesk_engagement_customers", 1, 0)
	e.as("no").is("helpdesk_engagement_customers", 2, 0)
	e.as("yes").is("helpdesk_engagement_revenue", 60, 1e-9, "currency", "EUR")
	e.as("no").is("helpdesk_engagement_revenue", 0, 0, "currency", "EUR")
	e.absent("helpdesk_engaged_revenue_uplift_ratio", "currency", "EUR") // by nothing

	e.dossier("d", customer("d", regular()), bought("7", "d", euros(45))) // 3x0.5 / 4 = 0.375
	e.as("no").is("helpdesk_engagement_revenue", 45, 1e-9, "currency", "EUR")
	e.is("helpdesk_engaged_revenue_uplift_ratio", 3, 1e-9, "currency", "EUR") // 60/1 by 45/3
}

// A score that is just the one asked for is that of an engaged customer: half of
// all purchases and all visits are (3x0.5 + 1) / 4 = 0.625, and with more than
// 0.625 asked for he is not engaged.
func TestEngagedFromTheScoreThatIsAskedFor(t *testing.T) {
	for from, want := range map[float64]float64{0.625: 1, 0.6251: 0} {
		c := weighed()
		c.Engagement.EngagedFrom = from
		e := evaluate(t, c).dossier("a", customer("a", regular()), bought("1", "a", euros(1)), visited("2", "a"), visited("3", "a"))
		e.is("helpdesk_customer_engagement_score", 0.625, 1e-9)
		e.as("yes").is("helpdesk_engagement_customers", want, 0)
	}
}

// What the desk has no records of is left out of the mean: without sessions a
// purchase is half of what there is.
func TestEngagementIsOfWhatTheDeskTells(t *testing.T) {
	d := kpi.Dossier{Customer: "a", Records: []*desk.Held{customer("a", regular()), bought("1", "a", euros(1))}}
	evaluate(t, weighed()).fedBy(d, desk.KindCustomer, desk.KindPurchase).is("helpdesk_customer_engagement_score", 0.5, 1e-9)
	evaluate(t, weighed()).fedBy(d, desk.KindCustomer, desk.KindPurchase, desk.KindSession).is("helpdesk_customer_engagement_score", 0.375, 1e-9)
	none := evaluate(t, weighed()).fedBy(d, desk.KindCustomer)
	none.absent("helpdesk_customer_engagement_score")
	none.as("no").absent("helpdesk_engagement_customers")
}

// Who left counts no more, though he still looks around; who is not known to be
// a customer counts while he does something.
func TestWhoIsInTheMeanOfEngagement(t *testing.T) {
	left := regular()
	left.ChurnedAt = ago(2 * day)
	late := session("1", desk.Session{At: ago(8 * day), Customer: "a"})
	for name, tt := range map[string]struct {
		records []*desk.Held
		want    float64
	}{
		"a customer":                  {[]*desk.Held{customer("a", regular())}, 1},
		"one who left":                {[]*desk.Held{customer("a", left), visited("1", "a")}, 0},
		"a stranger":                  {[]*desk.Held{visited("1", "a")}, 1},
		"a stranger of last week":     {[]*desk.Held{late}, 0},
		"one who gave something back": {[]*desk.Held{bought("1", "a", euros(-5))}, 0},
	} {
		e := evaluate(t, weighed()).dossier("a", tt.records...)
		if got, _ := e.window("helpdesk_customer_engagement_customers"); got != tt.want {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}

// Each input counts the records that it is about.
func TestInputsOfEngagement(t *testing.T) {
	yesterday := ago(day)
	outreach := func(o desk.Outreach) *desk.Held {
		o.At, o.DeliveredAt, o.Customer = yesterday.Add(-time.Hour), yesterday.Add(-time.Hour), "a"
		return held(desk.Record{ID: "1", Body: &o})
	}
	mail := desk.Outreach{Type: desk.OutreachTypeCampaign}
	opened, prefetched, clicked := mail, mail, mail
	opened.OpenedAt, prefetched.OpenedAt, clicked.ClickedAt = yesterday, yesterday, yesterday
	prefetched.MachineOpen = desk.Some(true)
	active := desk.Enrolment{Customer: "a", LastActiveAt: yesterday, CompletedAt: yesterday}
	loyal, trained := active, active
	loyal.Type, trained.Type = desk.EnrolmentTypeLoyalty, desk.EnrolmentTypeTraining
	for name, tt := range map[string]struct {
		record *desk.Held
		input  kpi.EngagementInput
		none   bool
	}{
		"use of the product":         {record: used("1", "v", "export"), input: kpi.EngagedProductUse},
		"a visit":                    {record: visited("1", "a"), input: kpi.EngagedWebVisit},
		"a purchase":                 {record: bought("1", "a", euros(5)), input: kpi.EngagedPurchase},
		"a refund":                   {record: bought("1", "a", euros(-5)), input: kpi.EngagedPurchase, none: true},
		"an open":                    {record: outreach(opened), input: kpi.EngagedOpen},
		"an open by a program":       {record: outreach(prefetched), input: kpi.EngagedOpen, none: true},
		"a click":                    {record: outreach(clicked), input: kpi.EngagedClick},
		"a reply":                    {record: outreach(desk.Outreach{Type: desk.OutreachTypeCall, RepliedAt: yesterday}), input: kpi.EngagedReply},
		"feedback":                   {record: held(desk.Record{ID: "1", Body: &desk.Feedback{At: yesterday, Customer: "a"}}), input: kpi.EngagedFeedback},
		"activity in loyalty":        {record: enrolled("1", loyal), input: kpi.EngagedProgram},
		"activity in training":       {record: enrolled("1", trained), input: kpi.EngagedProgram},
		"activity in who knows what": {record: enrolled("1", active), input: kpi.EngagedProgram, none: true},
	} {
		for _, input := range kpi.EngagementInputs() {
			d := definitions()
			d.Engagement = kpi.Engagement{Version: "1", Weights: map[kpi.EngagementInput]kpi.EngagementWeight{input: {Weight: 2, PerWeek: 4}}}
			want := 0.0
			if input == tt.input && !tt.none {
				want = 0.25 // once of four times
			}
			e := evaluate(t, kpi.NewCatalogue(d)).dossier("a", customer("a", regular()), tt.record)
			if got, ok := e.window("helpdesk_customer_engagement_score"); !ok || got != want {
				t.Errorf("%s is %v to %s, want %v", name, got, input, want)
			}
		}
	}
}
