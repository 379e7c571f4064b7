package book_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"helpdesk_exporter/desk"
)

// Four answers of a team hide behind five of another only as long as the five
// cannot be taken from the nine.
func TestAFewAnswersOfAgentsCannotBeSubtractedFromTheRest(t *testing.T) {
	o := openOffice(t, "", source("pulse", "acme", desk.KindSurvey))
	answer := func(id int, team string) desk.Record {
		return desk.Record{ID: fmt.Sprint(id), Body: &desk.Survey{
			Survey: "mood", RespondedAt: monday, Score: desk.Some(float64(id % 11)), Team: team,
		}}
	}
	var answers []desk.Record
	for i := range 9 {
		answers = append(answers, answer(i, map[bool]string{true: "small", false: "large"}[i < 4]))
	}
	shown := func() (all, teams int) {
		for series := range o.read(monday.Add(time.Minute)).values {
			switch {
			case !strings.HasPrefix(series, "helpdesk_agent_s") && !strings.HasPrefix(series, "helpdesk_agent_enps"):
			case strings.Contains(series, `by="all"`):
				all++
			default:
				teams++
			}
		}
		return all, teams
	}
	o.poll("pulse", monday, answers...)
	if all, teams := shown(); all != 9 || teams != 0 { // three families, three windows
		t.Errorf("with four answers of a team %d figures of all and %d of teams show, want 9 and 0", all, teams)
	}
	o.poll("pulse", monday, answer(9, "small"))
	if all, teams := shown(); all != 9 || teams != 18 {
		t.Errorf("with five answers of each team %d figures of all and %d of teams show, want 9 and 18", all, teams)
	}
}
