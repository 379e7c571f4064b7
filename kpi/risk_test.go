package kpi_test

import (
	"fmt"
	"testing"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/kpi"
)

// risky is a catalogue with a rule of each kind.
func risky() *kpi.Catalogue {
	d := definitions()
	d.RiskRules = []kpi.RiskRule{
		{Name: "detractor", Kind: kpi.RiskDetractor, After: 28 * day},
		{Name: "complaints", Kind: kpi.RiskComplaints, Count: 2},
		{Name: "inactive", Kind: kpi.RiskInactive, After: 28 * day},
	}
	return kpi.NewCatalogue(d)
}

// atRisk is how many are at risk by a rule now, of how many that are there.
func (e *evaluation) atRisk(rule string) (n float64, of int64) {
	return e.stock("helpdesk_customers_at_risk", "risk_rule", rule)[""], e.holding(kpi.CustomersAtRisk, "risk_rule", rule).N
}

// checkRisk checks of one customer with the given records that he is at risk by
// a rule, or that he is not.
func checkRisk(t *testing.T, name, rule string, want bool, records ...*desk.Held) {
	t.Helper()
	e := evaluate(t, risky()).dossier("a", append(records, customer("a", regular()))...)
	if got, of := e.atRisk(rule); (got == 1) != want || of != 1 {
		t.Errorf("%s: %v at risk of %d, want %t of 1", name, got, of, want)
	}
}

func TestADetractorIsAtRiskUntilHeSaysBetter(t *testing.T) {
	n := 0
	said := func(survey string, at time.Time, score float64) *desk.Held {
		n++
		return held(desk.Record{ID: fmt.Sprint(n), Body: &desk.Survey{Survey: survey, RespondedAt: at, Score: desk.Some(score), Customer: "a"}})
	}
	unasked := held(desk.Record{ID: "u", Body: &desk.Survey{Survey: "nps", SentAt: ago(day), Customer: "a"}})
	withdrawn := said("nps", ago(day), 9)
	withdrawn.Deleted = true
	for name, tt := range map[string]struct {
		answers []*desk.Held
		want    bool
	}{
		"a detractor":                       {[]*desk.Held{said("nps", ago(27*day), 6)}, true},
		"a passive":                         {[]*desk.Held{said("nps", ago(27*day), 7)}, false},
		"one of long ago":                   {[]*desk.Held{said("nps", ago(28*day), 6)}, false},
		"one of just now":                   {[]*desk.Held{said("nps", now(), 0)}, true},
		"who says better":                   {[]*desk.Held{said("nps", ago(day), 9), said("nps", ago(2*day), 0)}, false},
		"who says better and worse":         {[]*desk.Held{said("nps", ago(day), 9), said("nps", ago(2*day), 0), said("nps", ago(time.Hour), 3)}, true},
		"who says both at once":             {[]*desk.Held{said("nps", ago(day), 0), said("nps", ago(day), 9)}, true},
		"who took back that it is better":   {[]*desk.Held{said("nps", ago(2*day), 0), withdrawn}, true},
		"who was asked again":               {[]*desk.Held{said("nps", ago(2*day), 0), unasked}, true},
		"a bad answer to something else":    {[]*desk.Held{said("csat", ago(day), 1)}, false},
		"an answer that the scale has not":  {[]*desk.Held{said("nps", ago(day), -1)}, false},
		"an answer to a survey of nobody's": {[]*desk.Held{said("old", ago(day), 1)}, false},
	} {
		checkRisk(t, name, "detractor", tt.want, tt.answers...)
	}
}

func TestComplaintsPutAtRiskWhileTheyAreUnresolved(t *testing.T) {
	n := 0
	complained := func(states ...desk.Ticket) *desk.Held {
		n++
		var records []desk.Record
		for _, s := range states {
			s.CreatedAt, s.Type, s.Requester = ago(9*day), "complaint", "a"
			records = append(records, desk.Record{ID: fmt.Sprint(n), Body: &s})
		}
		return held(records...)
	}
	open := desk.Ticket{Status: desk.StatusOpen}
	pending := desk.Ticket{Status: desk.StatusPending, UpdatedAt: ago(3 * day)}
	solved := desk.Ticket{Status: desk.StatusSolved, SolvedAt: ago(day), UpdatedAt: ago(day)}
	again := desk.Ticket{Status: desk.StatusOpen, UpdatedAt: ago(time.Hour)}
	spam := desk.Ticket{Status: desk.StatusSpam, UpdatedAt: ago(day)}
	for name, tt := range map[string]struct {
		tickets []*desk.Held
		want    bool
	}{
		"two open ones":          {[]*desk.Held{complained(open), complained(pending)}, true},
		"one":                    {[]*desk.Held{complained(open)}, false},
		"one that was solved":    {[]*desk.Held{complained(open), complained(open, solved)}, false},
		"one that came back":     {[]*desk.Held{complained(open), complained(open, solved, again)}, true},
		"one that was spam":      {[]*desk.Held{complained(open), complained(open, spam)}, false},
		"three of which one was": {[]*desk.Held{complained(open), complained(solved), complained(pending)}, true},
	} {
		checkRisk(t, name, "complaints", tt.want, tt.tickets...)
	}
	question := held(desk.Record{ID: "q", Body: &desk.Ticket{CreatedAt: ago(9 * day), Status: desk.StatusOpen, Type: "question", Requester: "a"}})
	checkRisk(t, "a question", "complaints", false, complained(open), question)
}

func TestTheInactiveAreAtRisk(t *testing.T) {
	for name, tt := range map[string]struct {
		records []*desk.Held
		want    bool
	}{
		"nothing since he came":     {nil, true},
		"a visit":                   {[]*desk.Held{visited("1", "a")}, false},
		"a visit of long ago":       {[]*desk.Held{session("1", desk.Session{At: ago(28 * day), Customer: "a"})}, true},
		"a visit of almost so long": {[]*desk.Held{session("1", desk.Session{At: ago(28*day - 1), Customer: "a"})}, false},
		"a purchase":                {[]*desk.Held{bought("1", "a", euros(5))}, false},
		"an answer":                 {[]*desk.Held{held(desk.Record{ID: "1", Body: &desk.Survey{Survey: "csat", RespondedAt: ago(day), Score: desk.Some(1.0), Customer: "a"}})}, false},
		"a complaint":               {[]*desk.Held{held(desk.Record{ID: "1", Body: &desk.Ticket{CreatedAt: ago(day), Type: "complaint", Requester: "a"}})}, true},
		"a referral":                {[]*desk.Held{referral("1", desk.Referral{Referrer: "a"})}, false},
		"being referred":            {[]*desk.Held{referral("1", desk.Referral{Referred: "a"})}, true},
		"mail that he did not open": {[]*desk.Held{held(desk.Record{ID: "1", Body: &desk.Outreach{At: ago(day), DeliveredAt: ago(day), Customer: "a"}})}, true},
	} {
		checkRisk(t, name, "inactive", tt.want, tt.records...)
	}
}

// Two are there, of whom one has not been heard of for long; the third left, and
// the fourth is not known to be a customer.
func TestOnlyCustomersAreAtRisk(t *testing.T) {
	gone := regular()
	gone.ChurnedAt, gone.Segment = ago(day), "big"
	e := evaluate(t, risky()).
		dossier("a", customer("a", regular())).
		dossier("b", customer("b", regular()), visited("1", "b")).
		dossier("c", customer("c", gone)).
		dossier("d", session("2", desk.Session{At: ago(60 * day), Customer: "d"}))
	if n, of := e.atRisk("inactive"); n != 1 || of != 2 {
		t.Errorf("%v of %d are at risk, want 1 of 2", n, of)
	}
	if n := len(e.fed(kpi.CustomersAtRisk, kpi.FeedStock, "risk_rule", "inactive", "segment", "big")); n == 0 {
		t.Error("the segment of the one who left shows nothing, and not 0")
	}
}

// A rule about what the desk has no records of would see nobody, or everybody.
func TestARuleNeedsRecordsOfWhatItIsAbout(t *testing.T) {
	d := kpi.Dossier{Customer: "a", Records: []*desk.Held{customer("a", regular())}}
	for rule, needs := range map[string]desk.Kind{"detractor": desk.KindSurvey, "complaints": desk.KindTicket, "inactive": desk.KindOutreach} {
		for _, kind := range []desk.Kind{desk.KindSurvey, desk.KindTicket, desk.KindOutreach} {
			e := evaluate(t, risky()).fedBy(d, desk.KindCustomer, kind)
			if got := len(e.fed(kpi.CustomersAtRisk, kpi.FeedStock, "risk_rule", rule)) > 0; got != (kind == needs) {
				t.Errorf("with %ss the rule %s says something: %t", kind, rule, got)
			}
		}
	}
}
