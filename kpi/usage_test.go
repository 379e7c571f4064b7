package kpi_test

import (
	"fmt"
	"testing"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/kpi"
)

// session is a row about a session, of yesterday unless it says when.
func session(id string, s desk.Session) *desk.Held {
	if s.At.IsZero() {
		s.At = ago(day)
	}
	return held(desk.Record{ID: id, Body: &s})
}

// used is a row about a session of the product.
func used(id, visit, action string) *desk.Held {
	return session(id, desk.Session{ID: visit, Type: desk.SessionTypeProduct, Action: action, Customer: "a"})
}

// One customer exported twice and imported once, in two sessions of which one
// has a row for each of two goals; another imported once, and last week.
func TestUsageCountsActionsAndWhoTookThem(t *testing.T) {
	late := session("late", desk.Session{At: ago(8 * day), Type: desk.SessionTypeProduct, Action: "import", Customer: "b"})
	e := evaluate(t, catalogue()).
		dossier("a", customer("a", regular()), used("1", "v", "export"), used("2", "v", "export"), used("3", "v", "import"), used("4", "w", "export")).
		dossier("b", customer("b", regular()), used("5", "x", "import"), late)
	e.is("helpdesk_customer_usage_events", 4, 0)
	e.is("helpdesk_customer_usage_events", 2, 0, "action", "export")
	e.is("helpdesk_customer_usage_events", 2, 0, "action", "import")
	e.is("helpdesk_customer_usage_customers", 2, 0)
	e.is("helpdesk_customer_usage_customers", 1, 0, "action", "export")
	e.is("helpdesk_customer_usage_customers", 2, 0, "action", "import")
	e.absent("helpdesk_customer_brand_interactions")
	evaluate(t, catalogue()).dossier("a", customer("a", regular())).absent("helpdesk_customer_usage_events")
}

func TestUseOfTheProductByNobodyInParticularIsLeftOut(t *testing.T) {
	row := func(id string, kind desk.SessionType, customer string) *desk.Held {
		return session(id, desk.Session{ID: "v", Type: kind, Customer: customer})
	}
	first, second := row("1", desk.SessionTypeProduct, ""), row("2", desk.SessionTypeProduct, "")
	e := evaluate(t, catalogue(), kpi.Group{Record: first, Legs: []*desk.Held{second}},
		kpi.Group{Record: second, Legs: []*desk.Held{first}, Follows: true},
		kpi.Group{Record: row("3", desk.SessionTypeProduct, "a")}, kpi.Group{Record: row("4", desk.SessionTypeWeb, "")})
	if n := e.excluded("no_customer"); n != 2 {
		t.Errorf("%d rows are left out, want 2", n)
	}
}

// Two visits, one of them with two goals, and three times feedback: of
// customers or not.
func TestInteractionsWithTheBrand(t *testing.T) {
	spoke := func(kind desk.FeedbackType, customer string) *desk.Held {
		return held(desk.Record{ID: fmt.Sprint(kind), Body: &desk.Feedback{At: ago(day), Type: kind, Customer: customer}})
	}
	named, unnamed := spoke(desk.FeedbackTypeReview, "a"), spoke(desk.FeedbackTypeQuestion, "")
	unsaid := spoke(desk.FeedbackTypeUnknown, "")
	signup := session("1", desk.Session{ID: "v", Goal: "signup", Customer: "a"})
	trial := session("2", desk.Session{ID: "v", Goal: "trial", Customer: "a"})
	e := evaluate(t, catalogue(),
		kpi.Group{Record: signup, Legs: []*desk.Held{trial}}, kpi.Group{Record: trial, Legs: []*desk.Held{signup}, Follows: true},
		kpi.Group{Record: session("3", desk.Session{})}, kpi.Group{Record: used("4", "w", "export")},
		kpi.Group{Record: named}, kpi.Group{Record: unnamed}, kpi.Group{Record: unsaid},
	).dossier("a", signup, trial, named)
	e.is("helpdesk_customer_brand_interactions", 5, 0)
	e.is("helpdesk_customer_brand_interactions", 2, 0, "interaction", "visit")
	e.is("helpdesk_customer_brand_interactions", 1, 0, "interaction", "review")
	e.is("helpdesk_customer_brand_interactions", 1, 0, "interaction", "question")
	e.is("helpdesk_customer_brand_interactions", 1, 0, "interaction", "none")
}
