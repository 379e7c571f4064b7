package e2e

import (
	"fmt"
	"maps"
	"math"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"
)

// agreements are figures that the boards work out anew, so that they hold for
// several desks, and that the exporter gives for one, over the chosen window: of
// one desk the two are the same, for each currency, goal or segment.
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

	"satisfaction.json: IQS: A":                              `helpdesk_iqs_ratio{by="all"}`,
	"satisfaction.json: Reviewed: A":                         `helpdesk_iqs_review_coverage_ratio{by="all"}`,
	"satisfaction.json: Quality by category: A":              `helpdesk_iqs_category_ratio{by="all"}`,
	"backlog.json: Cost per resolution: A":                   `helpdesk_cost_per_resolution{by="all"}`,
	"backlog.json: Cost by team: C":                          `helpdesk_cost_per_resolution{by="team"}`,
	"customers.json: Retention: A":                           `helpdesk_customer_retention_ratio{by="all", method="cohort"}`,
	"customers.json: Retention over time: A":                 `helpdesk_customer_retention_ratio{by="all"}`,
	"customers.json: Customers by segment: E":                `helpdesk_customer_churn_ratio{by="segment", method="cohort"}`,
	"customers.json: Customers by segment: F":                `helpdesk_customer_lifespan_seconds{by="segment"}`,
	"customers.json: Repeat purchases: A":                    `helpdesk_repeat_purchase_ratio{by="all"}`,
	"customers.json: Purchases of a customer in a year: A":   `helpdesk_purchases_per_customer_year{by="all"}`,
	"customers.json: Purchases by currency: D":               `helpdesk_gross_margin_ratio{by="all"}`,
	"customers.json: Customer lifetime value: A":             `helpdesk_customer_lifetime_value{by="all"}`,
	"customers.json: What customers cost: B":                 `helpdesk_customer_acquisition_cost{by="all"}`,
	"customers.json: What customers cost: D":                 `helpdesk_customer_retention_cost{by="all"}`,
	"customers.json: Engagement: A":                          `helpdesk_customer_engagement_score{by="all"}`,
	"customers.json: Revenue uplift of engaged customers: A": `helpdesk_engaged_revenue_uplift_ratio{by="all"}`,
	"customers.json: Referrals: B":                           `helpdesk_referrer_customer_ratio{by="all"}`,
	"customers.json: Conversion by goal: A":                  `helpdesk_conversion_ratio{by="all"}`,
	"customers.json: Campaigns: C":                           `helpdesk_conversion_ratio{by="campaign_kind"}`,
	"customers.json: Views per contact: A":                   `helpdesk_article_views_per_contact{by="all"}`,
	"customers.json: Contacts after reading: A":              `helpdesk_article_contact_ratio{by="all"}`,
	"customers.json: Positive feedback: A":                   `helpdesk_feedback_positive_ratio{by="all"}`,
	"customers.json: Feedback answered: A":                   `helpdesk_feedback_response_ratio{by="all"}`,
	"customers.json: Replies to calls and messages: A":       `helpdesk_outreach_reply_ratio{by="all"}`,
	"customers.json: Replies to calls and messages: B":       `helpdesk_outreach_reply_wilson_lower_ratio{by="all"}`,
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
			of := fmt.Sprintf(`{desk="demo", window=%q, `, chosen["window"])
			p.agree(q.where, q.expr, strings.Replace(own, "{", of, 1), now)
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
	if len(got) == 0 || len(got) != len(want) {
		p.t.Errorf("%s: %d figures, %s has %d", where, len(got), own, len(want))
		return
	}
	for _, g := range got {
		i := slices.IndexFunc(want, func(w line) bool { return among(g.labels, w.labels) })
		if i < 0 {
			p.t.Errorf("%s has %v, %s has not", where, g.labels, own)
			continue
		}
		if g, w := g.values[0], want[i].values[0]; math.Abs(g-w) > 1e-5*max(1, math.Abs(w)) {
			p.t.Errorf("%s is %v of %v, %s is %v", where, g, want[i].labels, own, w)
		}
	}
}

// among reports whether labels are among others.
func among(labels, others map[string]string) bool {
	for name, value := range labels {
		if others[name] != value {
			return false
		}
	}
	return true
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
