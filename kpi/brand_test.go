package kpi_test

import (
	"testing"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/kpi"
)

func trackers() *kpi.Catalogue {
	d := definitions()
	d.Surveys = append(d.Surveys, kpi.Survey{Name: "brand", Kind: kpi.Brand, Min: 1, Max: 10})
	return kpi.NewCatalogue(d)
}

// Answers of 3, 8 and 10 are 21 by 3, in points of the scale; 11 is none of it,
// and an answer to another survey is not about the brand.
func TestWhatPeopleThinkOfTheBrand(t *testing.T) {
	asked := func(s desk.Survey) kpi.Group {
		s.RespondedAt = ago(day)
		return survey(s)
	}
	e := evaluate(t, trackers(),
		asked(desk.Survey{Survey: "brand", Score: desk.Some(3.0), Segment: "trial"}),
		asked(desk.Survey{Survey: "brand", Score: desk.Some(8.0)}),
		asked(desk.Survey{Survey: "brand", Score: desk.Some(10.0)}),
		asked(desk.Survey{Survey: "brand", Score: desk.Some(11.0)}),
		asked(desk.Survey{Survey: "csat", Score: desk.Some(5.0)}),
		survey(desk.Survey{Survey: "brand", SentAt: ago(day)}),
		survey(desk.Survey{Survey: "brand", Score: desk.Some(1.0)}))
	e.is("helpdesk_brand_perception_score", 7, 1e-9, "survey", "brand")
	e.is("helpdesk_brand_perception_responses", 3, 0, "survey", "brand")
	e.is("helpdesk_brand_perception_score", 3, 1e-9, "survey", "brand", "segment", "trial")
	e.absent("helpdesk_brand_perception_score", "survey", "csat")
	for reason, want := range map[string]int{"bad_scale": 1, "no_timestamp": 1} {
		if got := e.excluded(reason); got != want {
			t.Errorf("%d answers are left out for %s, want %d", got, reason, want)
		}
	}
	e.counts(map[string]int{"helpdesk_survey_responses_total": 4})
}

// The segment is the one that the customer is in now, whatever the answer says.
func TestABrandAnswerBelongsToTheSegmentOfItsCustomer(t *testing.T) {
	e := evaluate(t, trackers())
	e.dossier("c",
		held(desk.Record{ID: "c", Body: &desk.Customer{AcquiredAt: ago(90 * day), Segment: "gold"}}),
		held(desk.Record{ID: "s", Body: &desk.Survey{
			Survey: "brand", Customer: "c", RespondedAt: ago(day), Score: desk.Some(9.0), Segment: "trial",
		}}))
	e.is("helpdesk_brand_perception_score", 9, 1e-9, "survey", "brand", "segment", "gold")
	e.absent("helpdesk_brand_perception_score", "survey", "brand", "segment", "trial")
}

// What a known customer answers is held to the same rules.
func TestACustomerAnswersAboutTheBrandToo(t *testing.T) {
	said := func(id, survey string, at time.Time, score float64) *desk.Held {
		return held(desk.Record{ID: id, Body: &desk.Survey{Survey: survey, Customer: "c", RespondedAt: at, Score: desk.Some(score)}})
	}
	e := evaluate(t, trackers()).dossier("c", said("1", "brand", ago(day), 4), said("2", "brand", ago(2*day), 5),
		said("3", "brand", ago(day), 0.5), said("4", "brand", time.Time{}, 9), said("5", "csat", ago(day), 5))
	e.is("helpdesk_brand_perception_score", 4.5, 1e-9, "survey", "brand")
	if got := len(e.fed(kpi.BrandScore, kpi.FeedAny)); got != 2 {
		t.Errorf("%d answers are held, want 2", got)
	}
}
