package kpi_test

import (
	"slices"
	"testing"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/kpi"
)

func survey(s desk.Survey) kpi.Group {
	return kpi.Group{Record: held(desk.Record{ID: "s", Body: &s})}
}

func TestAnswersOffTheScaleAreLeftOut(t *testing.T) {
	e := evaluate(t, catalogue(), slices.Concat(
		answers("nps", 1, 11), answers("nps", 1, 8.5), answers("nps", 1, -1), answers("csat", 1, 0), answers("nps", 1, 10))...)
	if got := e.excluded("bad_scale"); got != 4 {
		t.Errorf("%d answers are left out, want 4", got)
	}
	e.is("helpdesk_nps", 100, 0)
	e.absent("helpdesk_csat_ratio")
	e.counts(map[string]int{"helpdesk_survey_responses_total": 1})
}

func TestAnswersThatCannotBeUsedAreCountedByReason(t *testing.T) {
	score := desk.Some(5.0)
	for reason, s := range map[string]desk.Survey{
		"unknown_survey": {Survey: "mood", RespondedAt: ago(day), Score: score},
		"no_timestamp":   {Survey: "csat", Score: score},
		"bad_scale":      {Survey: "csat", RespondedAt: ago(day), Answer: "great"},
	} {
		e := evaluate(t, catalogue(), survey(s))
		if got := e.excluded(reason); got != 1 || len(e.list) != 1 {
			t.Errorf("%s: left out %d times, contributes %+v", reason, got, e.list)
		}
	}
}

func TestAnInvitationWithoutAnAnswerIsNotWrong(t *testing.T) {
	if e := evaluate(t, catalogue(), survey(desk.Survey{Survey: "mood", SentAt: ago(day)})); len(e.list) != 0 {
		t.Errorf("it contributes %+v", e.list)
	}
}

func TestAWithdrawnAnswerIsLeftOut(t *testing.T) {
	g := answers("csat", 1, 5)[0]
	g.Record = desk.Merge(g.Record, desk.Record{ID: "x", Deleted: true, Body: &desk.Survey{}})
	e := evaluate(t, catalogue(), g)
	e.absent("helpdesk_csat_ratio")
	if got := e.excluded("deleted"); got != 1 {
		t.Errorf("%d answers are left out, want 1", got)
	}
}

func TestOfAChangedAnswerTheLastCounts(t *testing.T) {
	given := desk.Survey{Survey: "csat", RespondedAt: ago(2 * day), Score: desk.Some(5.0)}
	changed := desk.Survey{Survey: "csat", RespondedAt: ago(day), Score: desk.Some(1.0)}
	e := evaluate(t, catalogue(), kpi.Group{Record: held(
		desk.Record{ID: "s", Body: &given}, desk.Record{ID: "s", Body: &changed})})
	e.is("helpdesk_csat_ratio", 0, 0)
	e.is("helpdesk_csat_responses", 1, 0)
}

// A list of positive answers takes the place of the rule of 0.75: here 3 is
// positive, and 4 is not.
func TestAListOfPositiveAnswersIsTakenAtItsWord(t *testing.T) {
	d := definitions()
	d.Surveys = []kpi.Survey{{Name: "csat", Kind: kpi.CSAT, Min: 1, Max: 5, Positive: []float64{3, 5}}}
	e := evaluate(t, kpi.NewCatalogue(d), slices.Concat(answers("csat", 1, 3), answers("csat", 1, 4), answers("csat", 2, 5))...)
	e.is("helpdesk_csat_ratio", 0.75, 0)
}

func TestGoodOrBadHasNoMean(t *testing.T) {
	d := definitions()
	d.Surveys = []kpi.Survey{{Name: "csat", Kind: kpi.CSAT, Min: 0, Max: 1}}
	e := evaluate(t, kpi.NewCatalogue(d), append(answers("csat", 3, 1), answers("csat", 1, 0)...)...)
	e.is("helpdesk_csat_ratio", 0.75, 0)
	e.absent("helpdesk_csat_score_mean")
	e.absent("helpdesk_csat_score_normalized_ratio")
}

// A score of 2 reads as much ease or as little effort, depending on the
// question; the scale of the figure is 1 to 7 in any case.
func TestEaseByDirectionAndScale(t *testing.T) {
	for _, tt := range []struct {
		max    float64
		effort bool
		score  float64
		ease   float64
		easy   float64
	}{
		{7, false, 2, 2, 0},
		{7, true, 2, 6, 1},
		{7, false, 5, 5, 1},
		{7, true, 3, 5, 1},
		{7, true, 4, 4, 0},
		{5, false, 2, 2.5, 0}, // a quarter of the way from 1 to 7
		{5, true, 2, 5.5, 1},
		{5, true, 5, 1, 0},
		{5, false, 5, 7, 1},
	} {
		d := definitions()
		d.Surveys = []kpi.Survey{{Name: "ces", Kind: kpi.CES, Min: 1, Max: tt.max, Effort: tt.effort}}
		e := evaluate(t, kpi.NewCatalogue(d), answers("ces", 1, tt.score)...)
		e.is("helpdesk_ces_ease_score", tt.ease, 1e-9)
		e.is("helpdesk_ces_easy_ratio", tt.easy, 0)
	}
}

func TestAnAnswerTakesFromItsTicketWhatItLeavesOpen(t *testing.T) {
	of := tickets(
		desk.Ticket{CreatedAt: minute(0), UpdatedAt: minute(10), Team: "front", Channel: "email"},
		desk.Ticket{CreatedAt: minute(0), UpdatedAt: minute(25), Team: "back", Channel: "email", Priority: "low"}).Record
	answered := func(m int) *evaluation {
		g := survey(desk.Survey{Survey: "csat", RespondedAt: minute(m), Score: desk.Some(5.0), Channel: "web"})
		g.Ticket = of
		return evaluate(t, catalogue(), g)
	}
	for m, team := range map[int]string{5: "front", 20: "front", 25: "back", 90: "back"} {
		// The priority was named later and is filled in.
		if len(answered(m).inWindow(kpi.CSATPositive, "channel", "web", "team", team, "priority", "low")) != 1 {
			t.Errorf("an answer of minute %d does not go to the team %s of that time", m, team)
		}
	}
	e := answered(20)
	if got := e.total("helpdesk_survey_responses_total", "channel", "web", "team", "none", "priority", "none"); got != 1 {
		t.Error("the counter does not go by the answer alone")
	}
}

// An average of one answer says little, and the bounds say how little.
func TestBoundsOfSmallSamplesStayWithinZeroAndOne(t *testing.T) {
	all := evaluate(t, catalogue(), answers("csat", 3, 5)...)
	all.is("helpdesk_csat_wilson_lower_ratio", 0.4385, 5e-5) // of 3 in 3
	all.is("helpdesk_csat_wilson_upper_ratio", 1, 0)
	none := evaluate(t, catalogue(), answers("csat", 5, 1)...)
	none.is("helpdesk_csat_wilson_lower_ratio", 0, 0)
	none.is("helpdesk_csat_wilson_upper_ratio", 0.4345, 5e-5) // of 0 in 5
	old := evaluate(t, catalogue(), survey(desk.Survey{Survey: "csat", RespondedAt: ago(8 * day), Score: desk.Some(5.0)}))
	old.absent("helpdesk_csat_wilson_upper_ratio")
}

func TestMarginsNarrowWithTheSample(t *testing.T) {
	for n, want := range map[int]float64{3: 23.7, 100: 4.1} { // of 30 and of 1000 answers
		e := evaluate(t, catalogue(), slices.Concat(answers("nps", 7*n, 9), answers("nps", 2*n, 7), answers("nps", n, 1))...)
		e.is("helpdesk_nps_margin_of_error", want, 0.05)
	}
}

func TestAnAnswerIsDatedWhenItWasGiven(t *testing.T) {
	e := evaluate(t, catalogue(), survey(desk.Survey{
		Survey: "csat", SentAt: ago(9 * day), RespondedAt: ago(time.Hour), Score: desk.Some(4.0),
	}))
	e.is("helpdesk_csat_responses", 1, 0)
}
