package kpi_test

import (
	"fmt"
	"math"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/kpi"
)

// visit is a visit of which each of the given rows was reported once.
func visit(rows ...desk.Session) kpi.Group {
	var g kpi.Group
	for i := range rows {
		s := rows[i]
		h := held(desk.Record{ID: fmt.Sprint(s.ID, "/", s.Goal, i), Body: &s})
		if i == 0 {
			g.Record = h
		} else {
			g.Legs = append(g.Legs, h)
		}
	}
	return g
}

// visits are n visits by themselves that look the same.
func visits(n int, s desk.Session) []kpi.Group {
	var groups []kpi.Group
	for range n {
		groups = append(groups, visit(s))
	}
	return groups
}

// T11 of the handbook: 200 of 400 visits convert. A threshold for what is healthy
// is none of the exporter's business.
func TestConversionIsTheShareOfVisitsThatReachTheGoal(t *testing.T) {
	reached := desk.Session{At: ago(day), Goal: "purchase", ConvertedAt: ago(day - time.Hour)}
	e := evaluate(t, catalogue(), append(visits(200, reached), visits(200, desk.Session{At: ago(day)})...)...)
	e.is("helpdesk_conversion_ratio", 0.5, 0, "goal", "purchase")
	e.is("helpdesk_conversions", 200, 0, "goal", "purchase")
	e.is("helpdesk_web_sessions", 400, 0)
}

// One visit with rows for three goals, and a visit without a goal: the first of two
// visits signed up and bought, for all that another row knows not, and did not
// subscribe.
func TestAVisitWithSeveralGoalsIsOneVisit(t *testing.T) {
	at := ago(day)
	g := visit(
		desk.Session{ID: "v", At: at, CampaignKind: "email", Goal: "signup", ConvertedAt: at.Add(time.Minute), Engaged: desk.Some(80 * time.Second)},
		desk.Session{ID: "v", At: at, Goal: "purchase", ConvertedAt: at.Add(time.Hour), Engaged: desk.Some(200 * time.Second)},
		desk.Session{ID: "v", At: at, Goal: "purchase"},
		desk.Session{ID: "v", At: at, Goal: "newsletter", Engaged: desk.Some(80 * time.Second)},
	)
	follows := kpi.Group{Record: g.Legs[0], Legs: []*desk.Held{g.Record}, Follows: true}
	e := evaluate(t, catalogue(), g, follows, visit(desk.Session{At: at, CampaignKind: "search"}))
	e.is("helpdesk_web_sessions", 2, 0)
	for goal, want := range map[string]float64{"signup": 0.5, "purchase": 0.5, "newsletter": 0} {
		e.is("helpdesk_conversion_ratio", want, 0, "goal", goal)
		e.is("helpdesk_conversions", 2*want, 0, "goal", goal)
	}
	// Of the visits that a mail brought it is the only one.
	e.is("helpdesk_conversion_ratio", 1, 0, "goal", "purchase", "campaign_kind", "email")
	e.absent("helpdesk_conversion_ratio", "goal", "purchase", "campaign_kind", "none")
	// The longest of what its rows say, once.
	e.is("helpdesk_web_session_engaged_mean_seconds", 200, 0)
	e.counts(map[string]int{"helpdesk_web_session_engaged_seconds": 1})
}

// A purchase after the end of the window counts for the visit that led to it, and
// not for those that began before the window.
func TestAConversionCountsWhereItsVisitBegan(t *testing.T) {
	e := evaluate(t, catalogue(),
		visit(desk.Session{At: ago(8 * day), Goal: "purchase", ConvertedAt: ago(day)}),
		visit(desk.Session{At: ago(9 * day), Goal: "purchase", ConvertedAt: ago(day)}),
		visit(desk.Session{At: ago(day), Goal: "purchase", ConvertedAt: now().Add(day)}),
		visit(desk.Session{At: ago(day), ConvertedAt: ago(day)}),
	)
	e.is("helpdesk_conversion_ratio", 0.5, 0, "goal", "purchase")
	e.is("helpdesk_conversions", 1, 0, "goal", "none")
}

// 20 s and 100 s: the mean is 60 s.
func TestTimeOnSite(t *testing.T) {
	e := evaluate(t, catalogue(),
		visit(desk.Session{At: ago(day), LandingKind: "pricing", Engaged: desk.Some(20 * time.Second)}),
		visit(desk.Session{At: ago(day), Type: desk.SessionTypeWeb, LandingKind: "blog", Engaged: desk.Some(100 * time.Second)}),
		visit(desk.Session{At: ago(day), LandingKind: "blog"}),
		visit(desk.Session{At: ago(day), LandingKind: "blog", Engaged: desk.Some(-time.Second)}),
		visit(desk.Session{At: ago(day), Type: desk.SessionTypeProduct, Engaged: desk.Some(time.Hour)}),
	)
	e.is("helpdesk_web_session_engaged_mean_seconds", 60, 0)
	e.is("helpdesk_web_session_engaged_mean_seconds", 100, 0, "landing_kind", "blog")
	e.is("helpdesk_web_session_engaged_observations", 2, 0)
	if p50, ok := e.quantile("helpdesk_web_session_engaged_quantile_seconds", 0.5); !ok || math.Abs(p50/20-1) > 0.045 {
		t.Errorf("the median of 20 and 100 is %v, %v; want 20", p50, ok)
	}
	e.counts(map[string]int{"helpdesk_web_session_engaged_seconds": 2})
	e.is("helpdesk_web_sessions", 4, 0)
	if n := e.excluded("negative_duration"); n != 1 {
		t.Errorf("%d visits have a negative duration, want 1", n)
	}
}

func TestSessionsOfTheProductAreNoVisits(t *testing.T) {
	e := evaluate(t, catalogue(), visits(3, desk.Session{At: ago(day), Type: desk.SessionTypeProduct, Goal: "export", ConvertedAt: ago(day)})...)
	e.absent("helpdesk_web_sessions")
	e.absent("helpdesk_conversion_ratio", "goal", "export")
}

func TestAffiliateVisitsAreCountedByWhoBroughtThem(t *testing.T) {
	at := ago(day)
	e := evaluate(t, catalogue(),
		visit(
			desk.Session{ID: "v", At: at, Goal: "signup"},
			desk.Session{ID: "v", At: at, Goal: "trial", CampaignKind: "affiliate", Source: "partners"},
		),
		visit(desk.Session{At: at, CampaignKind: "affiliate", Source: "bloggers"}),
		visit(desk.Session{At: at, CampaignKind: "affiliate"}),
		visit(desk.Session{At: at, CampaignKind: "email", Source: "partners"}),
		visit(desk.Session{At: at, Type: desk.SessionTypeProduct, CampaignKind: "affiliate", Source: "partners"}),
	)
	for program, want := range map[string]int{"partners": 1, "bloggers": 1, "none": 1} {
		if got := e.total("helpdesk_affiliate_visits_total", "program", program); got != want {
			t.Errorf("%s brought %d visits, want %d", program, got, want)
		}
	}
	e.counts(map[string]int{"helpdesk_affiliate_visits_total": 3})
}

// What is left of a visit whose first row was deleted is still one.
func TestDeletedRowsAreNoPartOfTheVisit(t *testing.T) {
	g := visit(
		desk.Session{ID: "v", At: ago(2 * day), Goal: "purchase", ConvertedAt: ago(2 * day)},
		desk.Session{ID: "v", At: ago(day), Goal: "signup", ConvertedAt: ago(day)},
	)
	g.Record.Deleted = true
	gone := visit(desk.Session{At: ago(day)})
	gone.Record.Deleted = true
	e := evaluate(t, catalogue(), g, gone)
	e.is("helpdesk_web_sessions", 1, 0)
	e.is("helpdesk_conversions", 1, 0, "goal", "signup")
	e.is("helpdesk_conversions", 0, 0, "goal", "purchase")
	if n := e.excluded("deleted"); n != 2 {
		t.Errorf("%d rows are excluded as deleted, want 2", n)
	}
}

// Whichever row of a visit speaks for it, it says the same. What each row tells of
// its customer is no part of that.
func TestAVisitIsTheSameWhicheverRowComesFirst(t *testing.T) {
	c := catalogue()
	rapid.Check(t, func(t *rapid.T) {
		var rows []*desk.Held
		for i := range rapid.IntRange(1, 5).Draw(t, "rows") {
			s := &desk.Session{
				ID: "v", Customer: "c", At: ago(time.Duration(rapid.IntRange(1, 3).Draw(t, "hours ago")) * time.Hour),
				Goal:         rapid.SampledFrom([]string{"", "signup", "trial"}).Draw(t, "goal"),
				CampaignKind: rapid.SampledFrom([]string{"", "affiliate", "email"}).Draw(t, "campaign"),
				Source:       rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, "source"),
				Type:         rapid.SampledFrom([]desk.SessionType{desk.SessionTypeUnknown, desk.SessionTypeWeb, desk.SessionTypeProduct}).Draw(t, "kind"),
			}
			if rapid.Bool().Draw(t, "converted") {
				s.ConvertedAt = s.At
			}
			if rapid.Bool().Draw(t, "measured") {
				s.Engaged = desk.Some(time.Duration(rapid.IntRange(-1, 90).Draw(t, "seconds")) * time.Second)
			}
			rows = append(rows, held(desk.Record{ID: fmt.Sprint(i), Body: s}))
		}
		other := rapid.Permutation(rows).Draw(t, "order")
		want := contributionsOf(c, kpi.Group{Record: rows[0], Legs: rows[1:]})
		if got := contributionsOf(c, kpi.Group{Record: other[0], Legs: other[1:]}); !reflect.DeepEqual(got, want) {
			t.Fatalf("in another order the visit is\n%v\nand not\n%v", got, want)
		}
	})
}
