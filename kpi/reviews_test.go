package kpi_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/kpi"
)

func review(r desk.Review) kpi.Group {
	if r.ReviewedAt.IsZero() {
		r.ReviewedAt = ago(day)
	}
	return kpi.Group{Record: held(desk.Record{ID: "r", Body: &r})}
}

// scorecards are those of voices, with a criterion that must not fail, and of
// mails, of which only the scale of the whole is known.
func scorecards() *kpi.Catalogue {
	d := definitions()
	d.Scorecards = []kpi.Scorecard{
		{Name: "voice", Min: 0, Max: 10, Categories: []kpi.Category{
			{Name: "tone", Weight: 1, Min: 1, Max: 5},
			{Name: "solution", Weight: 3, Min: 0, Max: 100},
			{Name: "privacy", Weight: 2, Min: 0, Max: 10, Critical: true},
		}},
		{Name: "mail", Min: 1, Max: 4},
	}
	return kpi.NewCatalogue(d)
}

// T15: reviews of 100, 9.91, 63.96, 90.99 and 0 % are 2.6486 by 5.
func TestT15InternalQualityScore(t *testing.T) {
	var groups []kpi.Group
	for _, score := range []float64{100, 9.91, 63.96, 90.99, 0} {
		groups = append(groups, review(desk.Review{Score: desk.Some(score)}))
	}
	e := evaluate(t, catalogue(), groups...)
	e.is("helpdesk_iqs_ratio", 0.52972, 1e-9)
	e.is("helpdesk_iqs_reviews", 5, 0)
	e.absent("helpdesk_iqs_category_ratio", "category", "tone")
}

// A 4 of 1 to 5 is 3/4 of the way, 50 of 100 a half, 5 of 10 a half.
func TestAReviewIsTheWeightedMeanOfWhatItRates(t *testing.T) {
	type ratings = map[string]float64
	for name, tt := range map[string]struct {
		review desk.Review
		want   float64
	}{
		"all rated, (1*0.75 + 3*0.5 + 2*0.5) / 6":       {desk.Review{Scorecard: "voice", Categories: ratings{"tone": 4, "solution": 50, "privacy": 5}}, 3.25 / 6},
		"what is not applicable leaves both sums":       {desk.Review{Scorecard: "voice", Categories: ratings{"tone": 4, "solution": 50}}, 2.25 / 4},
		"a critical category at half of its scale":      {desk.Review{Scorecard: "voice", Categories: ratings{"tone": 5, "privacy": 5}}, 2.0 / 3},
		"a critical category below half of its scale":   {desk.Review{Scorecard: "voice", Categories: ratings{"tone": 5, "privacy": 4.9}}, 0},
		"another category below half of its scale":      {desk.Review{Scorecard: "voice", Categories: ratings{"tone": 1, "privacy": 10}}, 2.0 / 3},
		"a critical fault":                              {desk.Review{Scorecard: "voice", Categories: ratings{"tone": 5}, Critical: desk.Some(true)}, 0},
		"a critical fault, and no score":                {desk.Review{Scorecard: "voice", Critical: desk.Some(true)}, 0},
		"no critical fault":                             {desk.Review{Scorecard: "voice", Score: desk.Some(4.0), Critical: desk.Some(false)}, 0.4},
		"categories decide":                             {desk.Review{Scorecard: "voice", Categories: ratings{"tone": 5}, Score: desk.Some(4.0)}, 1},
		"no scorecard named: the first":                 {desk.Review{Score: desk.Some(4.0)}, 0.4},
		"3 of 1 to 4":                                   {desk.Review{Scorecard: "mail", Score: desk.Some(3.0)}, 2.0 / 3},
		"no categories listed: they are all of a scale": {desk.Review{Scorecard: "mail", Categories: ratings{"spelling": 1, "tact": 4}}, 0.5},
	} {
		t.Run(name, func(t *testing.T) {
			evaluate(t, scorecards(), review(tt.review)).is("helpdesk_iqs_ratio", tt.want, 1e-9)
		})
	}
}

func TestReviewsThatCannotBeUsedAreCountedByReason(t *testing.T) {
	for reason, r := range map[string]desk.Review{
		"unknown_scorecard": {Scorecard: "chat", Score: desk.Some(1.0)},
		"unknown_category":  {Scorecard: "voice", Categories: map[string]float64{"tone": 5, "wit": 5}},
		"bad_scale":         {Scorecard: "voice", Score: desk.Some(10.5)},
		"no_score":          {Scorecard: "voice", Critical: desk.Some(false)},
	} {
		e := evaluate(t, scorecards(), review(r))
		if got := e.excluded(reason); got != 1 || len(e.list) != 1 {
			t.Errorf("%s: left out %d times, contributes %+v", reason, got, e.list)
		}
	}
	e := evaluate(t, scorecards(), review(desk.Review{Categories: map[string]float64{"tone": 0.9}}))
	if got := e.excluded("bad_scale"); got != 1 {
		t.Errorf("a rating below the scale is left out %d times", got)
	}
}

func TestAWithdrawnReviewIsLeftOut(t *testing.T) {
	g := review(desk.Review{Score: desk.Some(80.0)})
	g.Record = desk.Merge(g.Record, desk.Record{ID: "r", Deleted: true, Body: &desk.Review{}})
	e := evaluate(t, catalogue(), g)
	e.absent("helpdesk_iqs_ratio")
	if got := e.excluded("deleted"); got != 1 {
		t.Errorf("%d reviews are left out, want 1", got)
	}
}

// The tone was rated 1 and 4 of 1 to 5, the solution once: 0.375 is the mean of 0
// and 0.75. That a review fails for another fault does not make its ratings
// worse.
func TestCategoriesShowWhereTrainingHelps(t *testing.T) {
	e := evaluate(t, scorecards(),
		review(desk.Review{Categories: map[string]float64{"tone": 1, "solution": 90}, Team: "front"}),
		review(desk.Review{Categories: map[string]float64{"tone": 4}, Team: "back", Critical: desk.Some(true)}),
		review(desk.Review{Categories: map[string]float64{"tone": 5}, ReviewedAt: ago(8 * day)}))
	e.is("helpdesk_iqs_category_ratio", 0.375, 1e-9, "category", "tone")
	e.is("helpdesk_iqs_category_ratio", 0.75, 1e-9, "category", "tone", "team", "back")
	e.is("helpdesk_iqs_category_ratings", 2, 0, "category", "tone")
	e.is("helpdesk_iqs_category_ratio", 0.9, 1e-9, "category", "solution")
	e.is("helpdesk_iqs_category_ratings", 1, 0, "category", "solution")
	e.absent("helpdesk_iqs_category_ratio", "category", "privacy")
}

// Of four tickets that were solved, two were reviewed, one of them twice; the
// review of a ticket that is still open counts as a review.
func TestCoverageIsOfSolvedTickets(t *testing.T) {
	solved := func(reviewed bool) kpi.Group {
		g := ticket(desk.Ticket{CreatedAt: ago(2 * day), Status: desk.StatusSolved, SolvedAt: ago(day), Team: "front"})
		g.Reviewed = desk.Some(reviewed)
		return g
	}
	open := ticket(desk.Ticket{CreatedAt: ago(2 * day), Status: desk.StatusOpen})
	open.Reviewed = desk.Some(true)
	tickets := []kpi.Group{solved(true), solved(true), solved(false), solved(false), open}
	e := evaluate(t, catalogue(), append(tickets,
		review(desk.Review{Ticket: "1", Score: desk.Some(100.0)}), review(desk.Review{Ticket: "1", Score: desk.Some(50.0)}),
		review(desk.Review{Ticket: "2", Score: desk.Some(60.0)}), review(desk.Review{Ticket: "5", Score: desk.Some(10.0)}))...)
	e.is("helpdesk_tickets_reviewed", 2, 0)
	e.is("helpdesk_iqs_review_coverage_ratio", 0.5, 0)
	e.is("helpdesk_iqs_review_coverage_ratio", 0.5, 0, "team", "front")
	e.is("helpdesk_iqs_reviews", 4, 0)
	e.is("helpdesk_iqs_ratio", 0.55, 1e-9) // 2.2 by 4

	nobody := evaluate(t, catalogue(), append(tickets, review(desk.Review{Score: desk.Some(100.0)}))...)
	nobody.absent("helpdesk_iqs_review_coverage_ratio")
	nobody.absent("helpdesk_tickets_reviewed")
}

func TestAReviewTakesItsTeamFromItsTicket(t *testing.T) {
	of := tickets(
		desk.Ticket{CreatedAt: minute(0), UpdatedAt: minute(10), Team: "front"},
		desk.Ticket{CreatedAt: minute(0), UpdatedAt: minute(25), Team: "back"}).Record
	reviewed := func(r desk.Review) *evaluation {
		r.ReviewedAt, r.Score = minute(20), desk.Some(70.0)
		g := review(r)
		g.Ticket = of
		return evaluate(t, catalogue(), g)
	}
	reviewed(desk.Review{}).is("helpdesk_iqs_reviews", 1, 0, "team", "front", "reviewer_kind", "none")
	reviewed(desk.Review{Team: "voice", ReviewerKind: "peer"}).is("helpdesk_iqs_reviews", 1, 0, "team", "voice", "reviewer_kind", "peer")
}

func TestAReviewLiesBetweenItsWorstAndItsBestRating(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		d := definitions()
		card := kpi.Scorecard{Name: "card", Max: 100}
		ratings, places := map[string]float64{}, map[string]float64{}
		for name := range rapid.MapOfN(rapid.StringMatching("[a-z]{1,3}"), rapid.Bool(), 1, 6).Draw(r, "categories") {
			c := kpi.Category{
				Name: name, Weight: rapid.Float64Range(0.1, 10).Draw(r, "weight"),
				Min: rapid.Float64Range(-5, 5).Draw(r, "min"),
			}
			c.Max = c.Min + rapid.Float64Range(1, 10).Draw(r, "width")
			ratings[name] = rapid.Float64Range(c.Min, c.Max).Draw(r, "rating")
			places[name] = (ratings[name] - c.Min) / (c.Max - c.Min)
			card.Categories = append(card.Categories, c)
		}
		d.Scorecards = []kpi.Scorecard{card}
		e := evaluate(t, kpi.NewCatalogue(d), review(desk.Review{Categories: ratings}))
		got, ok := e.window("helpdesk_iqs_ratio")
		worst, best := slices.Min(slices.Collect(maps.Values(places))), slices.Max(slices.Collect(maps.Values(places)))
		if !ok || got < worst-1e-9 || got > best+1e-9 {
			r.Fatalf("%v (%v) of ratings from %v to %v", got, ok, worst, best)
		}
	})
}

func TestAReviewIsDatedWhenItWasMade(t *testing.T) {
	e := evaluate(t, catalogue(),
		review(desk.Review{Score: desk.Some(90.0), ReviewedAt: ago(7*day - time.Second)}),
		review(desk.Review{Score: desk.Some(10.0), ReviewedAt: ago(7 * day)}))
	e.is("helpdesk_iqs_ratio", 0.9, 1e-9)
}
