package zendesktest

import (
	"net/http"
	"slices"
	"strconv"
	"testing"

	"helpdesk_exporter/sources/sourcestest"
)

func rated(minutes float64, what sourcestest.What, score int) sourcestest.Event {
	return sourcestest.Event{At: at(minutes), What: what, Score: score}
}

// TestRatingsAreOneRecordATicket: offered, then good or bad, then another, under
// one id and created_at.
func TestRatingsAreOneRecordATicket(t *testing.T) {
	d, c := open(Options{}, ticket(1, happened(10, sourcestest.Solve), rated(20, sourcestest.Rate, 3), rated(30, sourcestest.Rerate, 4)))
	for _, row := range []struct {
		minutes        float64
		score, updated string
	}{
		{15, "offered", "2026-03-02T09:10:00Z"}, {25, "bad", "2026-03-02T09:20:00Z"}, {35, "good", "2026-03-02T09:30:00Z"},
	} {
		c.set(row.minutes)
		r := ask(t, d, "satisfaction_ratings", "page[size]", "100").list(t, "satisfaction_ratings")[0]
		if r["score"] != row.score || r["updated_at"] != row.updated || r["created_at"] != "2026-03-02T09:10:00Z" || r["ticket_id"] != 1.0 {
			t.Errorf("at minute %v: got %v", row.minutes, r)
		}
	}
}

// TestRatingsAreFilteredByTheirCreation, not by their change.
func TestRatingsAreFilteredByTheirCreation(t *testing.T) {
	d, _ := open(Options{},
		ticket(1, happened(10, sourcestest.Solve), rated(50, sourcestest.Rate, 5)), ticket(2, happened(20, sourcestest.Solve)))
	const endpoint = "satisfaction_ratings"
	for _, row := range []struct {
		ask  []string
		want []int64
	}{
		{nil, []int64{800_001, 800_002}},
		{[]string{"start_time", unixAt(15)}, []int64{800_002}},
		{[]string{"start_time", unixAt(20), "end_time", unixAt(20)}, []int64{800_002}},
		{[]string{"end_time", unixAt(15)}, []int64{800_001}},
		{[]string{"score", "received"}, []int64{800_001}},
		{[]string{"score", "good"}, []int64{800_001}},
		{[]string{"score", "offered"}, []int64{800_002}},
	} {
		if got := ask(t, d, endpoint, row.ask...).ids(t, endpoint); !slices.Equal(got, row.want) {
			t.Errorf("%v: got %v, want %v", row.ask, got, row.want)
		}
	}
}

// TestOnlyOneOfTheSurveysIsActive: with the new one there are no ratings.
func TestOnlyOneOfTheSurveysIsActive(t *testing.T) {
	of := ticket(1, happened(10, sourcestest.Solve), rated(20, sourcestest.Rate, 3))
	d, _ := open(Options{NewCSAT: true}, of)
	if got := ask(t, d, "satisfaction_ratings", "page[size]", "100").list(t, "satisfaction_ratings"); len(got) != 0 {
		t.Errorf("ratings beside the new survey: got %v", got)
	}
	d, _ = open(Options{}, of)
	if a := ask(t, d, "guide/survey_responses"); a.status != http.StatusNotFound {
		t.Errorf("survey responses beside ratings: got %d, want 404", a.status)
	}
}

// TestSurveyResponses have their times in the answers, and are filtered by
// milliseconds.
func TestSurveyResponses(t *testing.T) {
	d, c := open(Options{NewCSAT: true},
		ticket(1, happened(10, sourcestest.Solve), rated(20, sourcestest.Rate, 3), rated(30, sourcestest.Rerate, 5)),
		ticket(2, happened(40, sourcestest.Solve)))
	const endpoint = "guide/survey_responses"
	all := ask(t, d, endpoint, "page[size]", "100").list(t, "survey_responses")
	if len(all) != 2 || len(all[1]["answers"].([]any)) != 0 {
		t.Fatalf("got %v, want one with answers and one without", all)
	}
	answer := all[0]["answers"].([]any)[0].(object)
	if answer["rating"] != 5.0 || answer["rating_category"] != "good" || answer["created_at"] != "2026-03-02T09:20:00.000Z" ||
		answer["updated_at"] != "2026-03-02T09:30:00.000Z" || nested(answer, "question", "sub_type") != "customer_satisfaction" {
		t.Errorf("got %v", answer)
	}
	if all[0]["subject_zrns"].([]any)[0] != "zen:ticket:1" || all[0]["subjects"].([]any)[0].(object)["id"] != "1" {
		t.Errorf("got %v", all[0])
	}
	c.set(25)
	first := ask(t, d, endpoint).list(t, "survey_responses")[0]["answers"].([]any)[0].(object)
	if first["rating"] != 3.0 || first["rating_category"] != "neutral" {
		t.Errorf("before it was changed: got %v", first)
	}
	c.set(120)
	since := strconv.FormatInt(at(30).UnixMilli(), 10)
	if got := ask(t, d, endpoint, "filter[created_at_start]", since).list(t, "survey_responses"); len(got) != 1 || got[0]["id"] != all[1]["id"] {
		t.Errorf("since minute 30: got %v", got)
	}
	if got := ask(t, d, endpoint, "sort", "-id").list(t, "survey_responses"); got[0]["id"] != all[1]["id"] {
		t.Errorf("the other way round: got %v", got)
	}
	if a := ask(t, d, endpoint, "sort", "updated_at"); a.status != http.StatusBadRequest {
		t.Errorf("by another order: got %d, want 400", a.status)
	}
}
