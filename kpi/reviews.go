package kpi

import (
	"maps"
	"slices"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/tally"
)

// The measures of what colleagues judge of the work.
const (
	ReviewScore ID = iota + 185
	ReviewCategory
	ReviewsOfTickets // those that say which ticket they judge
	TicketsReviewed
)

// passes is where on a scale from 0 to 1 a critical category stops failing the
// whole review.
const passes = 0.5

func (c *Catalogue) addReviews() {
	dims, team, category := []string{"team", "reviewer_kind"}, []string{"team"}, []string{"category"}
	c.Measures = append(c.Measures,
		Measure{ID: ReviewScore, Kind: desk.KindReview, Dims: dims, Window: true},
		Measure{ID: ReviewCategory, Kind: desk.KindReview, Identity: category, Named: category, Dims: dims, Window: true},
		Measure{ID: ReviewsOfTickets, Kind: desk.KindReview, Dims: team, Window: true},
		Measure{ID: TicketsReviewed, Kind: desk.KindTicket, Dims: team, Window: true},
	)
	c.Views = append(c.Views,
		WindowView{
			Name: "helpdesk_iqs_ratio", Of: []ID{ReviewScore}, Value: c.sampled(mean),
			Help: "Internal quality score: mean score, from 0 to 1, of the reviews made in the window. A review's score is the weighted mean of its rated categories, and 0 where a critical one is below half of its scale.",
		},
		WindowView{
			Name: "helpdesk_iqs_reviews", Of: []ID{ReviewScore}, Value: number,
			Help: "Denominator of helpdesk_iqs_ratio: reviews made in the window; a ticket that was reviewed twice has two.",
		},
		WindowView{
			Name: "helpdesk_iqs_category_ratio", Of: []ID{ReviewCategory}, Value: c.sampled(mean),
			Help: "Mean score in a category, from 0 to 1 of its scale, of the reviews made in the window that rate it; the lowest shows where training helps most.",
		},
		WindowView{
			Name: "helpdesk_iqs_category_ratings", Of: []ID{ReviewCategory}, Value: number,
			Help: "Denominator of helpdesk_iqs_category_ratio: reviews made in the window that rate the category.",
		},
	)
	c.addCoverage()
	c.define(desk.KindReview, c.Scorecards,
		KPI{ID: "iqs", Metric: "helpdesk_iqs_ratio", Query: `helpdesk_iqs_ratio{by="all", window="7d"}`},
		KPI{ID: "conversation_quality", Metric: "helpdesk_iqs_category_ratio", Query: `bottomk(1, helpdesk_iqs_category_ratio{by="all", window="7d"})`},
	)
}

// addCoverage adds how much of the work was looked at. It is told by tickets, but
// rests on the reviews as well: while they are out of date it shows nothing.
func (c *Catalogue) addCoverage() {
	of := []ID{TicketsReviewed, ReviewsOfTickets}
	c.Views = append(c.Views,
		WindowView{
			Name: "helpdesk_iqs_review_coverage_ratio", Of: of, Seen: ReviewsOfTickets, Value: c.sampled(mean),
			Help: "Share of tickets solved in the window that were reviewed, then or since; absent while no kept review names its ticket. Its denominator is helpdesk_tickets_solved_in_window.",
		},
		WindowView{
			Name: "helpdesk_tickets_reviewed", Of: of, Seen: ReviewsOfTickets, Value: amount,
			Help: "Numerator of helpdesk_iqs_review_coverage_ratio: distinct tickets solved in the window that were reviewed.",
		},
	)
}

// review collects what a review says. The team that it leaves open is that of
// its ticket.
func (b *Contributions) review(g Group, r *desk.Review) {
	if g.Record.Deleted {
		b.excluded(ExcludedReviews, "deleted")
		return
	}
	v, fault := b.catalogue.judge(r)
	if fault != "" {
		b.excluded(ExcludedReviews, fault)
		return
	}
	dims := seenIn(g.Record, desk.ShowsAnswer)
	if g.Ticket != nil {
		dims.also = asOf(g.Ticket, r.ReviewedAt).states
	}
	b.add(ReviewScore, FeedWindow, r.ReviewedAt, tally.Points(v.score), dims)
	for _, c := range v.ratings {
		b.add(ReviewCategory, FeedWindow, r.ReviewedAt, tally.Points(c.place), dims, c.Name)
	}
	if r.Ticket != "" {
		b.add(ReviewsOfTickets, FeedWindow, r.ReviewedAt, one, dims)
	}
}

// reviewed collects whether a solved ticket was reviewed, at desks that tell of
// reviews.
func (b *Contributions) reviewed(solved time.Time, reviewed desk.Opt[bool], dims dimensions) {
	if reviewed.Set {
		b.add(TicketsReviewed, FeedWindow, solved, flag(reviewed.Value), dims)
	}
}

// verdict is what a review comes to, on a scale from 0 to 1.
type verdict struct {
	score   float64
	ratings []rating // by name
}

// rating is a category with the place that a review gives it on its scale.
type rating struct {
	Category
	place float64
}

// judge works out what a review comes to, or why it comes to nothing.
func (d *Definitions) judge(r *desk.Review) (v verdict, fault string) {
	card, known := d.scorecard(r.Scorecard)
	if !known {
		return verdict{}, "unknown_scorecard"
	}
	if v.ratings, fault = card.rate(r.Categories); fault != "" {
		return verdict{}, fault
	}
	score, rated := weighted(v.ratings)
	if !rated && r.Score.Set {
		if score, rated = placeOn(card.Min, card.Max, r.Score.Value); !rated {
			return verdict{}, "bad_scale"
		}
	}
	failed := r.Critical.Value || slices.ContainsFunc(v.ratings, func(c rating) bool { return c.Critical && c.place < passes })
	switch {
	case failed:
		v.score = 0
	case rated:
		v.score = score
	default:
		return verdict{}, "no_score"
	}
	return v, ""
}

// scorecard returns the one that a review names, or the first where it names
// none.
func (d *Definitions) scorecard(name string) (Scorecard, bool) {
	if len(d.Scorecards) == 0 {
		return DefaultScorecard(), true
	}
	i := slices.IndexFunc(d.Scorecards, func(s Scorecard) bool { return name == "" || s.Name == name })
	if i < 0 {
		return Scorecard{}, false
	}
	return d.Scorecards[i], true
}

// rate puts the scores of single categories into their places. Those that a
// review leaves out are not applicable, and do not count as bad.
func (s *Scorecard) rate(scores map[string]float64) (ratings []rating, fault string) {
	for _, name := range slices.Sorted(maps.Keys(scores)) {
		c, known := s.category(name)
		if !known {
			return nil, "unknown_category"
		}
		place, ok := placeOn(c.Min, c.Max, scores[name])
		if !ok {
			return nil, "bad_scale"
		}
		ratings = append(ratings, rating{c, place})
	}
	return ratings, ""
}

// category returns the one with a name. A scorecard that lists none takes them
// all for the same: on its own scale, and each as important as the others.
func (s *Scorecard) category(name string) (Category, bool) {
	if len(s.Categories) == 0 {
		return Category{Name: name, Weight: 1, Min: s.Min, Max: s.Max}, true
	}
	i := slices.IndexFunc(s.Categories, func(c Category) bool { return c.Name == name })
	if i < 0 {
		return Category{}, false
	}
	return s.Categories[i], true
}

// placeOn is the place of a score on a scale from 0 to 1, false for one that is
// not on it.
func placeOn(least, most, score float64) (float64, bool) {
	return (score - least) / (most - least), score >= least && score <= most
}

// weighted is the weighted mean of ratings, false without any.
func weighted(ratings []rating) (float64, bool) {
	var sum, weight float64
	for _, c := range ratings {
		sum += c.Weight * c.place
		weight += c.Weight
	}
	return sum / weight, weight > 0
}
