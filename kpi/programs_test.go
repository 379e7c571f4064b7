package kpi_test

import (
	"testing"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/kpi"
)

// enrolled is a customer's part in a program.
func enrolled(id string, e desk.Enrolment) *desk.Held {
	if e.EnrolledAt.IsZero() {
		e.EnrolledAt = ago(60 * day)
	}
	return held(desk.Record{ID: id, Body: &e})
}

func regular() desk.Customer { return desk.Customer{AcquiredAt: ago(90 * day)} }

// Of four customers, one of whom left, two of those who stayed were active in the
// gold program this week: 2 of 3. To be enrolled, or active last week, is not
// enough; and who left counts nowhere.
func TestWhoTakesPartInALoyaltyProgramIsActiveInIt(t *testing.T) {
	gold := func(id string, active time.Time) *desk.Held {
		return enrolled(id, desk.Enrolment{Program: "gold", Type: desk.EnrolmentTypeLoyalty, Customer: id, LastActiveAt: active})
	}
	gone := regular()
	gone.ChurnedAt = ago(day)
	e := evaluate(t, catalogue()).
		dossier("a", customer("a", regular()), gold("a", ago(day))).
		dossier("b", customer("b", regular()), gold("b", ago(2*day)), gold("b2", ago(day))).
		dossier("c", customer("c", regular()), gold("c", ago(8*day))).
		dossier("d", customer("d", gone), gold("d", ago(2*day)))
	e.is("helpdesk_loyalty_active_customers", 2, 0, "program", "gold")
	e.is("helpdesk_loyalty_participation_ratio", 2.0/3, 1e-9, "program", "gold")
	if got := e.stock("helpdesk_loyalty_enrolled_customers", "program", "gold")[""]; got != 3 {
		t.Errorf("%v are enrolled, want 3: b is once", got)
	}
	if n := len(e.fed(kpi.TrainingParticipants, kpi.FeedAny)); n != 0 {
		t.Errorf("it is training to %d", n)
	}
}

// One attended a course this week and one completed it; a third only enrolled.
func TestWhoTakesPartInTrainingAttendedOrCompletedIt(t *testing.T) {
	course := func(id string, e desk.Enrolment) *desk.Held {
		e.Type, e.Customer = desk.EnrolmentTypeTraining, id
		return enrolled(id, e)
	}
	e := evaluate(t, catalogue()).
		dossier("a", customer("a", regular()), course("a", desk.Enrolment{LastActiveAt: ago(day)})).
		dossier("b", customer("b", regular()), course("b", desk.Enrolment{CompletedAt: ago(day), LastActiveAt: ago(9 * day)})).
		dossier("c", customer("c", regular()), course("c", desk.Enrolment{EnrolledAt: ago(day)})).
		dossier("d", customer("d", regular()))
	e.is("helpdesk_training_participants", 2, 0, "program", "none")
	e.is("helpdesk_training_participation_ratio", 0.5, 0, "program", "none")
	if n := len(e.fed(kpi.LoyaltyEnrolled, kpi.FeedAny)); n != 0 {
		t.Errorf("%d are enrolled in a loyalty program", n)
	}
}

// A desk that has no customer records knows who takes part, and not of how many.
func TestParticipantsOfADeskWithoutCustomerRecords(t *testing.T) {
	gold := enrolled("1", desk.Enrolment{Program: "gold", Type: desk.EnrolmentTypeLoyalty, Customer: "a", LastActiveAt: ago(day)})
	e := evaluate(t, catalogue()).fedBy(kpi.Dossier{Customer: "a", Records: []*desk.Held{gold}}, desk.KindEnrolment)
	e.is("helpdesk_loyalty_active_customers", 1, 0, "program", "gold")
	e.absent("helpdesk_loyalty_participation_ratio", "program", "gold")
	if got := e.stock("helpdesk_loyalty_enrolled_customers", "program", "gold")[""]; got != 1 {
		t.Errorf("%v are enrolled, want 1", got)
	}

	stranger := evaluate(t, catalogue()).dossier("a", gold) // the others are known, and he is none of them
	stranger.is("helpdesk_loyalty_active_customers", 0, 0, "program", "gold")
}

func TestEnrolmentsThatAreLeftOut(t *testing.T) {
	gold := desk.Enrolment{Program: "gold", Type: desk.EnrolmentTypeLoyalty, LastActiveAt: ago(day)}
	of := func(customer string, kind desk.EnrolmentType, deleted bool) kpi.Group {
		e := gold
		e.Customer, e.Type = customer, kind
		h := enrolled("1", e)
		h.Deleted = deleted
		return kpi.Group{Record: h}
	}
	e := evaluate(t, catalogue(), of("", desk.EnrolmentTypeLoyalty, false), of("a", desk.EnrolmentTypeUnknown, false),
		of("a", desk.EnrolmentTypeLoyalty, true), of("a", desk.EnrolmentTypeLoyalty, false))
	for _, reason := range []string{"no_customer", "no_kind", "deleted"} {
		if n := e.excluded(reason); n != 1 {
			t.Errorf("%d are left out for the reason %s, want 1", n, reason)
		}
	}
	if n := len(e.fed(kpi.LoyaltyEnrolled, kpi.FeedAny)); n != 0 {
		t.Errorf("they contribute %d times", n)
	}
}
