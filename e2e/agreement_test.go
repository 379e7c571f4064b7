package e2e

import (
	"fmt"
	"maps"
	"math"
	"os"
	"regexp"
	"strings"
	"time"
)

// agreements are figures that the boards work out anew, so that they hold for
// several desks, and that the exporter gives for one, over the chosen window: of
// one desk the two are the same.
var agreements = map[string]string{
	"satisfaction.json: CSAT and its bounds: A":     `helpdesk_csat_ratio{by="all"}`,
	"satisfaction.json: CSAT and its bounds: B":     `helpdesk_csat_wilson_lower_ratio{by="all"}`,
	"satisfaction.json: CSAT and its bounds: C":     `helpdesk_csat_wilson_upper_ratio{by="all"}`,
	"satisfaction.json: Net Promoter Score: A":      `helpdesk_nps{by="all"}`,
	"satisfaction.json: NPS margin of error: A":     `helpdesk_nps_margin_of_error{by="all"}`,
	"satisfaction.json: Easy answers (CES): A":      `helpdesk_ces_easy_ratio{by="all"}`,
	"satisfaction.json: Easy answers (CES): B":      `helpdesk_ces_easy_wilson_lower_ratio{by="all"}`,
	"overview.json: Clearance: A":                   `helpdesk_ticket_clearance_ratio{by="all"}`,
	"overview.json: FCR: A":                         `helpdesk_first_contact_resolution_ratio{by="all", method="operational"}`,
	"overview.json: Response, p90: A":               `helpdesk_first_response_quantile_seconds{by="all", q="0.9"}`,
	"overview.json: Error budget: A":                `min(helpdesk_sla_error_budget_remaining_ratio{by="all"})`,
	"overview.json: Service level: A":               `helpdesk_service_level_ratio{by="all", abandons="negative"}`,
	"backlog.json: Reopen ratio: A":                 `helpdesk_ticket_reopen_ratio{by="all"}`,
	"backlog.json: Transfers: A":                    `helpdesk_transfer_ratio{by="all"}`,
	"backlog.json: Automated: A":                    `helpdesk_contacts_automated_ratio{by="all"}`,
	"backlog.json: Contacts / agent: A":             `helpdesk_contacts_per_agent{by="all"}`,
	"contact-centre.json: Abandonment: A":           `helpdesk_abandonment_ratio{by="all"}`,
	"contact-centre.json: Speed of answer (ASA): A": `helpdesk_speed_of_answer_mean_seconds{by="all"}`,
	"customers.json: Repeat contacts: A":            `helpdesk_repeat_contact_ratio{by="all"}`,
	"customers.json: Contacts per resolution: A":    `helpdesk_contacts_to_resolution_mean{by="all"}`,
}

// agrees holds the boards' figures of one desk to the exporter's own.
func (p *prometheus) agrees(boards []board) {
	p.t.Helper()
	now, compared := time.Now(), 0
	for _, b := range boards {
		chosen := maps.Clone(b.everything)
		chosen["desk"] = "demo"
		questions, err := b.questions(chosen)
		if err != nil {
			p.t.Error(err)
		}
		for _, q := range questions {
			own, ok := agreements[q.where]
			if !ok {
				continue
			}
			compared++
			of := fmt.Sprintf(`by="all", desk="demo", window=%q`, chosen["window"])
			p.agree(q.where, q.expr, strings.Replace(own, `by="all"`, of, 1), now)
		}
	}
	if compared != len(agreements) {
		p.t.Errorf("%d figures of the boards were compared, want %d", compared, len(agreements))
	}
}

func (p *prometheus) agree(where, expr, own string, at time.Time) {
	p.t.Helper()
	got, err := p.at(expr, at)
	if err != nil {
		p.t.Errorf("%s: %v", where, err)
		return
	}
	want, err := p.at(own, at)
	if err != nil {
		p.t.Errorf("%s: %s: %v", where, own, err)
		return
	}
	if len(got) != 1 || len(want) != 1 {
		p.t.Errorf("%s: %d figures, %s has %d", where, len(got), own, len(want))
		return
	}
	if g, w := got[0].values[0], want[0].values[0]; math.Abs(g-w) > 1e-5*max(1, math.Abs(w)) {
		p.t.Errorf("%s is %v, %s is %v", where, g, own, w)
	}
}

// answersTheReadme asks the queries that the README gives for the ten KPIs.
func (p *prometheus) answersTheReadme() {
	p.t.Helper()
	text, err := os.ReadFile("../README.md")
	if err != nil {
		p.t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(text), "\n## Ten KPIs")
	section, _, _ = strings.Cut(section, "\n#")
	rows := regexp.MustCompile("(?m)^\\| [^|]* \\| `([^`]+)`").FindAllStringSubmatch(section, -1)
	if len(rows) != 10 {
		p.t.Errorf("the README has %d KPIs with a query, want 10", len(rows))
	}
	for _, row := range rows {
		q := question{where: "README.md", expr: row[1], instant: true}
		if err := p.fault(q); err != nil {
			p.t.Errorf("README.md: %v: %s", err, row[1])
		}
	}
}
