package web

import (
	"strings"
	"testing"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// served reads gauges as /metrics has them.
func served(t *testing.T, text string) []*dto.MetricFamily {
	t.Helper()
	typed := map[string]bool{}
	var b strings.Builder
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		name, _, _ := strings.Cut(line, "{")
		if !typed[name] {
			typed[name] = true
			b.WriteString("# TYPE " + name + " gauge\n")
		}
		b.WriteString(line + "\n")
	}
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	var all []*dto.MetricFamily
	for _, f := range families {
		all = append(all, f)
	}
	return all
}

// acme is one desk that brings everything, seen over a day.
func acme(t *testing.T, text string) Figures {
	return Figures{
		Window: "1d", Families: served(t, text), Surveys: map[string]bool{"csat": true, "nps": true, "ces": true},
		Desks: []Feeds{{Desk: "acme", Kinds: map[string]bool{kindTicket: true, kindCall: true, kindSurvey: true}}},
	}
}

// figureOf returns the figure with a title and what it is told for.
func figureOf(t *testing.T, d Desk, title, of string) Figure {
	t.Helper()
	for _, s := range d.Sections {
		for _, f := range s.Figures {
			if f.Title == title && f.Of == of {
				return f
			}
		}
	}
	t.Fatalf("no figure %q %q on the page of %s", title, of, d.Name)
	return Figure{}
}

func sectionOf(t *testing.T, d Desk, title string) Section {
	t.Helper()
	for _, s := range d.Sections {
		if s.Title == title {
			return s
		}
	}
	t.Fatalf("no section %q", title)
	return Section{}
}

const day = `
helpdesk_tickets_opened_in_window{desk="acme",team="",by="all",window="1d"} 1200
helpdesk_tickets_opened_in_window{desk="acme",team="",by="all",window="7d"} 7
helpdesk_tickets_opened_in_window{desk="acme",team="a",by="team",window="1d"} 8
helpdesk_tickets_opened_in_window{desk="brio",team="",by="all",window="1d"} 9
helpdesk_tickets_solved_in_window{desk="acme",team="",by="all",window="1d"} 50
helpdesk_ticket_reopen_ratio{desk="acme",team="",by="all",window="1d"} 0.125
helpdesk_tickets_open{desk="acme",team="a",status="open"} 3
helpdesk_tickets_open{desk="acme",team="b",status="new"} 4
helpdesk_tickets_awaiting_agent{desk="acme",team="a"} 2
helpdesk_ticket_oldest_open_age_seconds{desk="acme",team="",by="all"} 7500
helpdesk_first_response_quantile_seconds{desk="acme",team="",q="0.5",by="all",window="1d"} 120
helpdesk_first_response_quantile_seconds{desk="acme",team="",q="0.9",by="all",window="1d"} 7500
helpdesk_first_response_quantile_seconds{desk="acme",team="",q="0.95",by="all",window="1d"} 9000
helpdesk_first_response_observations{desk="acme",team="",by="all",window="1d"} 40
helpdesk_full_resolution_observations{desk="acme",team="",by="all",window="1d"} 3
helpdesk_csat_ratio{desk="acme",survey="after",team="",by="all",window="1d"} 0.6
helpdesk_csat_ratio{desk="acme",survey="after",team="a",by="team",window="1d"} 0.1
helpdesk_csat_responses{desk="acme",survey="after",team="",by="all",window="1d"} 30
helpdesk_csat_responses{desk="acme",survey="before",team="",by="all",window="7d"} 30
helpdesk_csat_responses{desk="acme",survey="other",team="",by="all",window="1d"} 0
helpdesk_csat_wilson_lower_ratio{desk="acme",survey="after",team="",by="all",window="1d"} 0.4234
helpdesk_csat_wilson_upper_ratio{desk="acme",survey="after",team="",by="all",window="1d"} 0.7541
helpdesk_nps{desk="acme",survey="relation",segment="",by="all",window="1d"} -12.5
helpdesk_nps_responses{desk="acme",survey="relation",segment="",by="all",window="1d"} 16
helpdesk_nps_margin_of_error{desk="acme",survey="relation",segment="",by="all",window="1d"} 41.3
`

func TestFiguresOfADesk(t *testing.T) {
	desks := DesksOf(acme(t, day))
	if len(desks) != 1 {
		t.Fatalf("%d desks, want one", len(desks))
	}
	d := desks[0]
	flow := sectionOf(t, d, "Tickets").Flow
	if plain(flow.Opened.Text) != "1 200" || flow.Solved.Text != "50" {
		t.Errorf("opened %q, solved %q: want those of all teams in the day", flow.Opened.Text, flow.Solved.Text)
	}
	if s := d.Summary; s.Open.Text != "7" || !s.Open.Known || s.Overdue.Known {
		t.Errorf("summary %+v: want 7 open, nothing known of promises", s)
	}
	if n := len(sectionOf(t, d, "Surveys").Figures); n != 4 {
		t.Errorf("%d figures of surveys, want those of two CSAT surveys in the day, NPS and CES", n)
	}
	for _, tt := range []struct {
		title, of, value, unit, beside, sample string
		known                                  bool
	}{
		{"Open now", "", "7", "", "oldest: 2 h 5 min|waiting for an agent: 2", "", true},
		{"First response", "", "2 min", "median", "90 % within 2 h 5 min", "n = 40 answers", true},
		{"Full resolution", "", "too few for a figure", "", "", "n = 3 solved tickets", false},
		{"Reopened", "", "12.5 %", "", "", "n = 50 solved tickets", true},
		{"First-contact resolution", "", "no sample yet", "", "", "", false},
		{"Satisfaction (CSAT)", "after", "60 %", "", "42.3 % to 75.4 % (95 % confidence)", "n = 30 answers", true},
		{"Satisfaction (CSAT)", "other", "no sample yet", "", "", "n = 0 answers", false},
		{"Net Promoter Score", "relation", "−12.5", "points", "± 41.3 (95 % confidence)", "n = 16 answers", true},
		{"Ease (CES)", "", "no sample yet", "", "", "", false},
		{"Abandonment", "", "no sample yet", "", "", "", false},
	} {
		f := figureOf(t, d, tt.title, tt.of)
		got := []string{plain(f.Value.Text), f.Unit, plain(strings.Join(f.Beside, "|")), plain(f.Sample)}
		if want := []string{tt.value, tt.unit, tt.beside, tt.sample}; strings.Join(got, "\n") != strings.Join(want, "\n") || f.Value.Known != tt.known {
			t.Errorf("%s %s: %q known %v, want %q known %v", tt.title, tt.of, got, f.Value.Known, want, tt.known)
		}
	}
}

func TestADeskShowsOnlyWhatItsSourcesBring(t *testing.T) {
	f := acme(t, day)
	f.Desks[0] = Feeds{Desk: "acme", Kinds: map[string]bool{kindTicket: true, kindCall: true}, Hidden: map[string]bool{kindCall: true}, Why: []string{"stale"}}
	d := DesksOf(f)[0]
	if len(d.Sections) != 1 || d.Sections[0].Title != "Tickets" || len(d.Hidden) != 1 {
		t.Errorf("sections %+v, hidden %q: want tickets alone, and why calls do not show", d.Sections, d.Hidden)
	}
	f = acme(t, day)
	f.Surveys = map[string]bool{"csat": true}
	for _, figure := range sectionOf(t, DesksOf(f)[0], "Surveys").Figures {
		if figure.Title != "Satisfaction (CSAT)" {
			t.Errorf("%q shows, and no such survey is configured", figure.Title)
		}
	}
}

func TestServiceLevelsAreComparedWithTheirObjective(t *testing.T) {
	text := `
helpdesk_service_level_ratio{desk="acme",policy="phone",threshold="20s",abandons="negative",queue="",by="all",window="1d"} 0.79
helpdesk_service_level_ratio{desk="acme",policy="phone",threshold="20s",abandons="ignored",queue="",by="all",window="1d"} 0.85
helpdesk_service_level_ratio{desk="acme",policy="chat",threshold="1m",abandons="negative",queue="",by="all",window="1d"} 0.5
helpdesk_service_level_ratio{desk="acme",policy="chat",threshold="1m",abandons="positive",queue="",by="all",window="1d"} 0.6
helpdesk_service_level_offered{desk="acme",policy="phone",threshold="20s",abandons="ignored",queue="",by="all",window="1d"} 100
helpdesk_service_level_objective_ratio{desk="acme",policy="phone",threshold="20s",abandons="ignored"} 0.8
`
	d := DesksOf(acme(t, text))[0]
	phone, chat := figureOf(t, d, "Service level", "phone"), figureOf(t, d, "Service level", "chat")
	if plain(phone.Value.Text) != "85 %" || phone.State != Good || phone.Word != "reached" || plain(phone.Beside[0]) != "objective 80 % within 20 s" {
		t.Errorf("phone: %+v, want the way to count that the objective is about", phone)
	}
	if plain(chat.Value.Text) != "50 %" || chat.State != "" {
		t.Errorf("chat: %+v, want the strictest way to count, and no judgement", chat)
	}
	if n := len(sectionOf(t, d, "Calls and chats").Figures); n != 5 {
		t.Errorf("%d figures, want one for each policy beside three", n)
	}
	missed := figureOf(t, DesksOf(acme(t, strings.ReplaceAll(text, "0.85", "0.799")))[0], "Service level", "phone")
	if missed.State != Bad || missed.Word != "missed" {
		t.Errorf("below the objective: %+v", missed)
	}
}

const promised = `
helpdesk_sla_attainment_ratio{desk="acme",policy="gold",target="resolution",team="",by="all",window="1d"} 0.9
helpdesk_sla_outcomes_in_window{desk="acme",policy="gold",target="resolution",outcome="met",team="",by="all",window="1d"} 18
helpdesk_sla_outcomes_in_window{desk="acme",policy="gold",target="resolution",outcome="breached",team="",by="all",window="1d"} 2
helpdesk_sla_error_budget_remaining_ratio{desk="acme",policy="gold",target="resolution",team="",by="all",window="1d"} 0.5
helpdesk_sla_objective_ratio{desk="acme",policy="gold"} 0.8
helpdesk_sla_overdue{desk="acme",policy="gold",target="resolution",team="a"} 1
helpdesk_sla_overdue{desk="acme",policy="gold",target="resolution",team="b"} 2
helpdesk_sla_overdue{desk="acme",policy="own",target="first_response",team="b"} 4
helpdesk_sla_at_risk{desk="acme",policy="gold",target="resolution",team="a",within="15m"} 1
helpdesk_sla_at_risk{desk="acme",policy="gold",target="resolution",team="a",within="1h"} 3
helpdesk_sla_at_risk{desk="acme",policy="gold",target="resolution",team="b",within="1h"} 1
helpdesk_sla_at_risk{desk="acme",policy="gold",target="resolution",team="b",within="4h"} 6
helpdesk_sla_at_risk{desk="acme",policy="own",target="first_response",team="b",within="4h"} 1
helpdesk_sla_next_due_timestamp_seconds{desk="acme",policy="gold",target="resolution",team="",by="all"} 1772453700
helpdesk_sla_next_due_timestamp_seconds{desk="acme",policy="gold",target="resolution",team="b",by="team"} 1772460000
helpdesk_sla_next_due_timestamp_seconds{desk="acme",policy="own",target="first_response",team="",by="all"} 1772460000
`

func TestPromises(t *testing.T) {
	p := sectionOf(t, DesksOf(acme(t, promised))[0], "Tickets").Promises
	due := time.Date(2026, 3, 2, 12, 15, 0, 0, time.UTC)
	if p.Overdue != 7 || p.In15m != 1 || p.In1h != 4 || p.In4h != 7 || !p.Next.Equal(due) {
		t.Errorf("overdue %v, due %v, %v and %v, next %v; want 7, 1, 4 and 7, next %v", p.Overdue, p.In15m, p.In1h, p.In4h, p.Next, due)
	}
	if len(p.Rows) != 2 {
		t.Fatalf("%d rows, want one for each target that was promised: %+v", len(p.Rows), p.Rows)
	}
	gold, own := p.Rows[0], p.Rows[1]
	if gold.Policy != "gold" || gold.Target != "resolution" || plain(gold.Attained.Text) != "90 %" || gold.Sample != "20" ||
		plain(gold.Objective.Text) != "80 %" || plain(gold.Budget.Text) != "50 %" || gold.Overdue != 3 || gold.In1h != 4 || gold.State != Good {
		t.Errorf("gold: %+v", gold)
	}
	if own.Policy != "own" || own.Target != "first response" || own.Attained.Known || own.Word != "no sample yet" || own.Overdue != 4 || own.State != "" {
		t.Errorf("own: %+v", own)
	}
}

func TestPromisesAreJudgedByTheirObjective(t *testing.T) {
	for name, tt := range map[string]struct {
		replace, by string
		state       State
		word        string
	}{
		"kept":              {"", "", Good, "on objective"},
		"just reached":      {"resolution\",team=\"\",by=\"all\",window=\"1d\"} 0.9", "resolution\",team=\"\",by=\"all\",window=\"1d\"} 0.8", Good, "on objective"},
		"below":             {"resolution\",team=\"\",by=\"all\",window=\"1d\"} 0.9", "resolution\",team=\"\",by=\"all\",window=\"1d\"} 0.7", Bad, "below objective"},
		"nearly spent":      {"window=\"1d\"} 0.5", "window=\"1d\"} 0.2", Warning, "little budget left"},
		"without objective": {"helpdesk_sla_objective_ratio{desk=\"acme\",policy=\"gold\"", "helpdesk_sla_objective_ratio{desk=\"acme\",policy=\"tin\"", "", "no objective"},
	} {
		t.Run(name, func(t *testing.T) {
			text := promised
			if tt.replace != "" {
				text = strings.Replace(promised, tt.replace, tt.by, 1)
			}
			row := sectionOf(t, DesksOf(acme(t, text))[0], "Tickets").Promises.Rows[0]
			if row.State != tt.state || row.Word != tt.word {
				t.Errorf("%q %q, want %q %q", row.State, row.Word, tt.state, tt.word)
			}
		})
	}
}

func TestTrendsFindTheirFigures(t *testing.T) {
	f := acme(t, day)
	trend := func(family string, identity map[string]string, values ...float64) Trend {
		tr := went(values...)
		tr.Family, tr.Identity = family, identity
		return *tr
	}
	f.Trends = map[string][]Trend{"acme": {
		trend("helpdesk_first_response_quantile_seconds", map[string]string{"q": "0.9"}, 60, 60),
		trend("helpdesk_first_response_quantile_seconds", map[string]string{"q": "0.5"}, 5, 65),
		trend("helpdesk_csat_ratio", map[string]string{"survey": "other"}, 1, 1),
		trend(openedFamily, none, 1, 2),
		trend(solvedFamily, none, 0, 2),
	}, "brio": {trend("helpdesk_csat_ratio", map[string]string{"survey": "after"}, 1, 1)}}
	d := DesksOf(f)[0]
	if svg := plain(string(figureOf(t, d, "First response", "").Picture)); !strings.Contains(svg, "First response, median, one bar an hour: from 5 s to 1 min 5 s, last 1 min 5 s.") {
		t.Errorf("%s", svg)
	}
	if svg := figureOf(t, d, "Satisfaction (CSAT)", "after").Picture; svg != "" {
		t.Errorf("the picture of another survey or desk: %s", svg)
	}
	flow := sectionOf(t, d, "Tickets").Flow
	if !strings.Contains(string(flow.Picture), "Opened: from 1 to 2, last 2. Solved: from 0 to 2, last 2.") || !flow.To.Equal(noon) {
		t.Errorf("%s until %v", flow.Picture, flow.To)
	}
}

func TestASampleOfOneIsTold(t *testing.T) {
	text := `helpdesk_csat_ratio{desk="acme",survey="after",by="all",window="1d"} 1
helpdesk_csat_responses{desk="acme",survey="after",by="all",window="1d"} 1`
	if f := figureOf(t, DesksOf(acme(t, text))[0], "Satisfaction (CSAT)", "after"); plain(f.Sample) != "n = 1 answer" {
		t.Errorf("%q", plain(f.Sample))
	}
}

func TestAMarginOfNothingIsNotShown(t *testing.T) {
	d := DesksOf(acme(t, strings.Replace(day, "} 41.3", "} 0", 1)))[0]
	if f := figureOf(t, d, "Net Promoter Score", "relation"); len(f.Beside) != 1 || f.Beside[0] != "sample too one-sided for a margin" {
		t.Errorf("%q", f.Beside)
	}
}

// Without figures of the whole desk its stocks can still be told, and nothing
// reads as if there were none of the others.
func TestADeskOfWhichOnlyPartsAreTold(t *testing.T) {
	var stocks strings.Builder
	for _, line := range strings.Split(day+promised, "\n") {
		if !strings.Contains(line, "by=") {
			stocks.WriteString(line + "\n")
		}
	}
	f := acme(t, stocks.String())
	f.Desks[0].Parts = true
	d := DesksOf(f)[0]
	if len(d.Sections) != 1 {
		t.Fatalf("sections %+v, want the tickets alone", d.Sections)
	}
	of := d.Sections[0]
	if len(of.Figures) != 1 || of.Figures[0].Value.Text != "7" || plain(strings.Join(of.Figures[0].Beside, "|")) != "waiting for an agent: 2" || of.Flow != nil {
		t.Errorf("%+v, want those that are open and that wait", of)
	}
	p := of.Promises
	if p == nil || p.Overdue != 7 || p.In4h != 7 || !p.Parts || len(p.Rows) != 2 {
		t.Fatalf("%+v, want what is overdue and due", p)
	}
	if row := p.Rows[0]; row.Attained.Known || row.Word != "not shown" {
		t.Errorf("%+v: want it to be left open what was kept", row)
	}
}

func TestPlacesOnThePageGoWithTheNames(t *testing.T) {
	f := acme(t, day)
	f.Desks = []Feeds{{Desk: "a"}, {Desk: "b"}}
	both := DesksOf(f)
	f.Desks = f.Desks[1:]
	if b := DesksOf(f)[0]; b.ID != both[1].ID || b.ID == both[0].ID {
		t.Errorf("the desk b is at %s, and was at %s beside one at %s", b.ID, both[1].ID, both[0].ID)
	}
	if IDOf("x", "a", "b") == IDOf("x", "ab") {
		t.Error("two names make the id of another one")
	}
}

func TestTheFirstDesksAreOpen(t *testing.T) {
	f := acme(t, day)
	f.Desks = nil
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		f.Desks = append(f.Desks, Feeds{Desk: name})
	}
	for i, d := range DesksOf(f) {
		if d.Open != (i < openDesks) {
			t.Errorf("desk %d is open: %v", i, d.Open)
		}
	}
}
