package kpi_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/kpi"
)

// The vectors are those of the handbook, by their numbers.

// T01: 30 positive of 50 are 0.60, within 0.4618 and 0.7239.
func TestT01ShareOfSatisfiedAnswers(t *testing.T) {
	e := evaluate(t, catalogue(), append(answers("csat", 30, 5), answers("csat", 20, 3)...)...)
	e.is("helpdesk_csat_ratio", 0.60, 1e-9)
	e.is("helpdesk_csat_responses", 50, 0)
	e.is("helpdesk_csat_positive_responses", 30, 0)
	e.is("helpdesk_csat_wilson_lower_ratio", 0.4618, 5e-5)
	e.is("helpdesk_csat_wilson_upper_ratio", 0.7239, 5e-5)
	// The mean of thirty 5s and twenty 3s, by hand: 4.2, which is 0.8 of the way
	// from 1 to 5.
	e.is("helpdesk_csat_score_mean", 4.2, 1e-9, "scale", "1-5")
	e.is("helpdesk_csat_score_normalized_ratio", 0.8, 1e-9)
	e.is("helpdesk_csat_score_responses", 50, 0)
	e.counts(map[string]int{"helpdesk_survey_responses_total": 50})
}

// T02: 70 promoters, 20 passives and 10 detractors are +60, with a margin of
// 13.0; neither -60 nor 75.
func TestT02NetPromoterScore(t *testing.T) {
	e := evaluate(t, catalogue(), slices.Concat(answers("nps", 40, 10), answers("nps", 30, 9),
		answers("nps", 15, 8), answers("nps", 5, 7), answers("nps", 7, 6), answers("nps", 3, 0))...)
	e.is("helpdesk_nps", 60, 1e-9)
	e.is("helpdesk_nps_margin_of_error", 13.0, 0.05)
	e.is("helpdesk_nps_responses", 100, 0)
	e.is("helpdesk_nps_segment_ratio", 0.7, 1e-9, "nps_segment", "promoter")
	e.is("helpdesk_nps_segment_ratio", 0.2, 1e-9, "nps_segment", "passive")
	e.is("helpdesk_nps_segment_ratio", 0.1, 1e-9, "nps_segment", "detractor")
	e.is("helpdesk_nps_segment_responses", 10, 0, "nps_segment", "detractor")
}

// waited is an inbound call of yesterday that waited in the queue.
func waited(outcome desk.Outcome, wait time.Duration) desk.Call {
	return desk.Call{
		ArrivedAt: ago(day), Direction: desk.DirectionInbound, Outcome: outcome, Wait: desk.Some(wait),
	}
}

// T08: 500 minutes of waiting by 200 calls are 150 s.
func TestT08QueueWait(t *testing.T) {
	e := evaluate(t, catalogue(), calls(200, waited(desk.OutcomeAnswered, 150*time.Second))...)
	e.is("helpdesk_queue_wait_mean_seconds", 150, 1e-9)
	e.is("helpdesk_queue_wait_observations", 200, 0)
}

// T09: 160 answered after 320 minutes together, 40 given up after 180.
func TestT09SpeedOfAnswerIsNotTheWaitOfEverybody(t *testing.T) {
	e := evaluate(t, catalogue(), append(
		calls(160, waited(desk.OutcomeAnswered, 2*time.Minute)),
		calls(40, waited(desk.OutcomeAbandoned, 270*time.Second))...)...)
	e.is("helpdesk_speed_of_answer_mean_seconds", 120, 1e-9)
	e.is("helpdesk_queue_wait_mean_seconds", 150, 1e-9)
	e.is("helpdesk_abandon_wait_mean_seconds", 270, 1e-9)
}

// T10: 40 of 100 gave up, all after 5 s or more, the shortest wait that counts.
func TestT10Abandonment(t *testing.T) {
	e := evaluate(t, catalogue(), append(
		calls(60, waited(desk.OutcomeAnswered, time.Minute)),
		calls(40, waited(desk.OutcomeAbandoned, 5*time.Second))...)...)
	e.is("helpdesk_abandonment_ratio", 0.40, 1e-9)
	e.is("helpdesk_contacts_abandoned_in_window", 40, 0)
	e.is("helpdesk_contacts_offered", 100, 0)
	e.counts(map[string]int{"helpdesk_contacts_abandoned_total": 40, "helpdesk_contacts_short_abandoned_total": 0})
}

// T13: 8 replied after 240 minutes together, 5 of them resolved: 1800 s, and
// not the 2880 s that a division by the resolved ones gives.
func TestT13FirstResponseIsByTheAnswered(t *testing.T) {
	var groups []kpi.Group
	for i := range 8 {
		replied := desk.Ticket{CreatedAt: ago(day), FirstResponseAt: ago(day - 30*time.Minute), Status: desk.StatusOpen}
		if i < 5 {
			replied.Status, replied.SolvedAt = desk.StatusSolved, ago(time.Hour)
		}
		groups = append(groups, ticket(replied))
	}
	e := evaluate(t, catalogue(), groups...)
	e.is("helpdesk_first_response_mean_seconds", 1800, 1e-9)
	e.is("helpdesk_first_response_observations", 8, 0)
}

// T14: of 100 calls 70 were answered within the threshold, 10 given up within
// it (after 5 s or more), 20 answered late.
func TestT14ServiceLevelByTreatmentOfAbandons(t *testing.T) {
	e := evaluate(t, catalogue(), slices.Concat(
		calls(70, waited(desk.OutcomeAnswered, 20*time.Second)), // within means not longer
		calls(10, waited(desk.OutcomeAbandoned, 20*time.Second)),
		calls(20, waited(desk.OutcomeAnswered, 21*time.Second)))...)
	e.is("helpdesk_service_level_ratio", 0.70, 1e-9, "abandons", "negative", "policy", "phone", "threshold", "20s")
	e.is("helpdesk_service_level_ratio", 0.7778, 5e-5, "abandons", "ignored")
	e.is("helpdesk_service_level_ratio", 0.80, 1e-9, "abandons", "positive")
	e.is("helpdesk_service_level_offered", 100, 0, "abandons", "negative")
	e.is("helpdesk_service_level_offered", 90, 0, "abandons", "ignored")
	e.is("helpdesk_service_level_met", 70, 0, "abandons", "ignored")
	e.is("helpdesk_service_level_met", 80, 0, "abandons", "positive")
}

// T17: efforts of 1, 2 and 7 on a scale to 7 are an ease of 7, 6 and 1: 14/3 in
// the mean, and two of three easy.
func TestT17EaseIsTheOppositeOfEffort(t *testing.T) {
	e := evaluate(t, catalogue(), slices.Concat(answers("effort", 1, 1), answers("effort", 1, 2), answers("effort", 1, 7))...)
	e.is("helpdesk_ces_ease_score", 4.667, 5e-4)
	e.is("helpdesk_ces_easy_ratio", 2.0/3, 1e-9)
	e.is("helpdesk_ces_easy_responses", 2, 0)
	e.is("helpdesk_ces_responses", 3, 0)
}

// T19: 4 answered after an hour, 6 open for 10 hours without an answer.
func TestT19TheMeanLooksBestWhenServiceCollapses(t *testing.T) {
	var groups []kpi.Group
	for range 4 {
		groups = append(groups, ticket(desk.Ticket{
			CreatedAt: ago(10 * time.Hour), FirstResponseAt: ago(9 * time.Hour), Status: desk.StatusPending,
		}))
	}
	for range 6 {
		groups = append(groups, ticket(desk.Ticket{CreatedAt: ago(10 * time.Hour), Status: desk.StatusNew}))
	}
	e := evaluate(t, catalogue(), groups...)
	e.is("helpdesk_first_response_mean_seconds", 3600, 1e-9)
	e.is("helpdesk_first_response_within_target_ratio", 0.40, 1e-9, "threshold", "1h")
	e.is("helpdesk_first_response_within_target", 4, 0, "threshold", "1h")
	e.is("helpdesk_first_response_target_eligible", 10, 0, "threshold", "1h")
	if got := e.stock("helpdesk_ticket_oldest_unanswered_age_seconds")[""]; got != 36000 {
		t.Errorf("the oldest waits for %v s, want 36000", got)
	}
	if got := e.stock("helpdesk_tickets_unanswered")[""]; got != 6 {
		t.Errorf("%v are unanswered, want 6", got)
	}
	// The survival is 0.6 at one hour, and never less.
	const censored = "helpdesk_first_response_censored_quantile_seconds"
	if got, ok := e.quantile(censored, 0.4); !ok || math.Abs(got-3600) > 0.045*3600 {
		t.Errorf("the 40 %% quantile is %v, %v; want 3600", got, ok)
	}
	for _, q := range []float64{0.41, 0.5} {
		if got, ok := e.quantile(censored, q); ok {
			t.Errorf("the quantile %v is %v, want it absent", q, got)
		}
	}
	if got, ok := e.quantile("helpdesk_first_response_quantile_seconds", 0.5); !ok || math.Abs(got-3600) > 0.045*3600 {
		t.Errorf("the median of those answered is %v, %v; want 3600", got, ok)
	}
}

// T21: which answers are positive from 0.75 of the scale.
func TestT21PositiveAnswersOfEachScale(t *testing.T) {
	for _, tt := range []struct {
		max  float64
		want []float64
	}{
		{2, []float64{2}},
		{3, []float64{3}},
		{5, []float64{4, 5}},
		{7, []float64{6, 7}},
		{10, []float64{8, 9, 10}},
	} {
		d := definitions()
		d.Surveys = []kpi.Survey{{Name: "csat", Kind: kpi.CSAT, Min: 1, Max: tt.max}}
		c := kpi.NewCatalogue(d)
		var positive []float64
		for score := 1.0; score <= tt.max; score++ {
			if share, ok := evaluate(t, c, answers("csat", 1, score)...).window("helpdesk_csat_ratio"); ok && share == 1 {
				positive = append(positive, score)
			}
		}
		if !slices.Equal(positive, tt.want) {
			t.Errorf("of %v points %v are positive, want %v", tt.max, positive, tt.want)
		}
	}
}
