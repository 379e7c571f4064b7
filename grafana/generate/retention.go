package main

import "github.com/grafana/grafana-foundation-sdk/go/cog"

// Each customer by himself, or by the sums of a period: the two are never mixed.
const retentionMethods = " By cohort, each customer by himself; by snapshot, from the sums of the newest period that is as long as the window."

// cohort picks the figures of customers that are told of one by one.
const cohort = `method="cohort"`

// stayed returns the share of customers that were there when the window began and
// when it ended.
func stayed(level func(string, ...string) string, by ...string) string {
	return share(level("helpdesk_customers_retained"), level("helpdesk_customers_start"), by...)
}

// lifespan is how long customers stay at the churn of the window: its length,
// which the figure of a desk has in it, by the share that all desks together lost.
func lifespan(level func(string, ...string) string, by ...string) string {
	start, gone := level("helpdesk_customers_start", cohort), level("helpdesk_customers_churned", cohort)
	length := largest(level("helpdesk_customer_lifespan_seconds") + "\n* ignoring (method) " + gone + "\n/ ignoring (method) " + start)
	return share(start, gone, by...) + "\n* on () group_left ()\n" + length
}

// oneByOne returns customers that are counted by cohort, of desks that only know
// the sums of periods by these.
func oneByOne(metric string) string {
	return "(" + overWindow(metric, cohort) + "\nor ignoring (method)\n" + overWindow(metric, `method="snapshot"`) + ")"
}

func comeAndGo() []panel {
	bySegment := func(metric string, matchers ...string) string { return atLevel("segment", metric, matchers...) }
	lost := atLevel("churn_reason", "helpdesk_customers_lost_in_window")
	return []panel{
		course{from: 0.9, figure: figure{
			title: "Retention over time", unit: "percentunit", width: 8, most: cog.ToPtr(1.0), none: untold,
			about:   "Customers there when the window began and when it ended divided by those there when it began." + retentionMethods,
			queries: []query{{expr: stayed(overWindow, "method"), legend: "{{method}}"}},
		}}.against("max", "retention_ratio"),
		course{figure: figure{
			title: "Customers who came and who left", unit: "none", width: 8, none: untold,
			about: "Customers there when the window ended that were not when it began, won or won back; and those there when it began that were gone when it ended." + retentionMethods,
			queries: []query{
				{expr: sum(overWindow("helpdesk_customers_new"), "method"), legend: "new, {{method}}"},
				{expr: sum(overWindow("helpdesk_customers_churned"), "method"), legend: "gone, {{method}}"},
			},
		}},
		ranks{figure{
			title: "Customers at risk, now", unit: "none", none: untold,
			about:   "Customers that are at risk of leaving by each of the risk_rules in the configuration. One may be so by several, so they do not add up.",
			queries: []query{{expr: "sort_desc(" + sum(selector("helpdesk_customers_at_risk"), "risk_rule") + ")", legend: "{{risk_rule}}"}},
		}},
		grid{
			title: "Customers by segment", width: 16, sorted: "At the end", none: untold,
			about: "One line for each segment, of customers told of one by one: those there when the window began and when it ended, new ones, those that stayed and those that left " +
				"divided by those at the beginning, how long customers stay at that churn, and those at risk now by the rule that most of them are.",
			keys: []key{{label: "segment", name: "Segment"}},
			columns: []column{
				{name: "At the beginning", unit: "none", expr: sum(bySegment("helpdesk_customers_start", cohort), "segment")},
				{name: "New", unit: "none", expr: sum(bySegment("helpdesk_customers_new", cohort), "segment")},
				{name: "At the end", unit: "none", expr: sum(bySegment("helpdesk_customers_end", cohort), "segment")},
				{name: "Retention", unit: "percentunit", decimals: cog.ToPtr(1.0), expr: share(bySegment("helpdesk_customers_retained", cohort), bySegment("helpdesk_customers_start", cohort), "segment")},
				{name: "Churn", unit: "percentunit", decimals: cog.ToPtr(1.0), expr: share(bySegment("helpdesk_customers_churned", cohort), bySegment("helpdesk_customers_start", cohort), "segment")},
				{name: "Lifespan", unit: "s", expr: lifespan(bySegment, "segment")},
				{name: "At risk", unit: "none", expr: largest(sum(selector("helpdesk_customers_at_risk"), "segment", "risk_rule"), "segment")},
			},
		},
		ranks{figure{
			title: "Why customers left", unit: "none", none: "Nobody left",
			about:   "Customers that left in the window by the reason that the desk has for it, those included that had come in it.",
			queries: []query{{expr: "sort_desc(" + sum(lost, "churn_reason") + " > 0)", legend: "{{churn_reason}}"}},
		}},
	}
}
