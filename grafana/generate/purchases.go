package main

import "github.com/grafana/grafana-foundation-sdk/go/cog"

// Money of different currencies is never added up.
const perCurrency = " Currencies are never added up."

// worth is what customers buy, what they are worth and what they cost.
func worth() []panel {
	perHead := func(level func(string, ...string) string, by ...string) string {
		return pooled(level("helpdesk_customer_lifetime_value"), level("helpdesk_customer_lifetime_value_customers"), by...)
	}
	bySegment := func(metric string, matchers ...string) string { return atLevel("segment", metric, matchers...) }
	won, kept := overWindow("helpdesk_acquisition_spend"), overWindow("helpdesk_retention_spend")
	return []panel{
		course{log: true, figure: figure{
			title: "Customer lifetime value", unit: "none", width: 8, decimals: cog.ToPtr(2.0), none: untold,
			about: "What a customer is worth by three models. Basic: revenue of the window by customers, for as long as they stay at its churn; predictive: that times the gross margin; " +
				"historic: gross profit of the window by those who bought. Desks are weighted with their customers." + perCurrency,
			queries: []query{{expr: perHead(overWindow, "model", "currency"), legend: "{{model}}, {{currency}}"}},
		}},
		course{figure: figure{
			title: "Repeat purchases over time", unit: "percentunit", width: 8, none: untold,
			about:   "Customers with two purchases or more in the window divided by those with one or more.",
			queries: []query{{expr: boughtAgain(overWindow), legend: "bought again"}},
		}},
		course{figure: figure{
			title: "Purchases of a customer in a year", unit: "none", width: 8, decimals: cog.ToPtr(1.0), none: untold,
			about: "Purchases of the window divided by the customers there at its end, for a year of 365.25 days. Desks are weighted with their customers.",
			queries: []query{{
				expr: pooled(overWindow("helpdesk_purchases_per_customer_year"), overWindow("helpdesk_purchase_frequency_customers")), legend: "purchases",
			}},
		}},
		grid{
			title: "Purchases by currency", width: 12, height: 6, sorted: "Revenue", none: untold,
			about: "Purchases of the window, their mean amount, revenue less what was given back, the gross margin of what it is known of, and what up-sells and cross-sells add up to." + perCurrency,
			keys:  []key{{label: "currency", name: "Currency"}},
			columns: []column{
				{name: "Purchases", unit: "none", expr: sum(overWindow("helpdesk_purchases_in_window"), "currency")},
				{
					name: "Mean amount", unit: "none", decimals: cog.ToPtr(2.0),
					expr: pooled(overWindow("helpdesk_purchase_value_mean"), overWindow("helpdesk_purchases_in_window"), "currency"),
				},
				{name: "Revenue", unit: "short", decimals: cog.ToPtr(1.0), expr: sum(overWindow("helpdesk_revenue"), "currency")},
				{
					name: "Gross margin", unit: "percentunit", decimals: cog.ToPtr(1.0),
					expr: share(overWindow("helpdesk_gross_profit"), overWindow("helpdesk_gross_margin_revenue"), "currency"),
				},
				{name: "Upsell revenue", unit: "short", decimals: cog.ToPtr(1.0), expr: sum(overWindow("helpdesk_upsell_revenue"), "currency")},
				{name: "Upsells", unit: "none", expr: sum(overWindow("helpdesk_upsell_purchases"), "currency")},
			},
		},
		grid{
			title: "What customers cost", width: 12, height: 6, sorted: "Acquisition", none: untold,
			about: "What was spent in the window to win customers, that divided by the new ones, what was spent to keep them, and that divided by those who stayed; " +
				"at the desks that tell of such costs. Of the period of each cost the part that lies in the window counts." + perCurrency,
			keys: []key{{label: "currency", name: "Currency"}},
			columns: []column{
				{name: "Acquisition", unit: "short", decimals: cog.ToPtr(1.0), expr: sum(won, "currency")},
				{name: "Per new customer", unit: "none", decimals: cog.ToPtr(2.0), expr: each(won, oneByOne("helpdesk_customers_new"), "currency")},
				{name: "Retention", unit: "short", decimals: cog.ToPtr(1.0), expr: sum(kept, "currency")},
				{name: "Per retained one", unit: "none", decimals: cog.ToPtr(2.0), expr: each(kept, oneByOne("helpdesk_customers_retained"), "currency")},
			},
		},
		grid{
			title: "Value by segment", height: 7, sorted: "Revenue", none: untold,
			about: "One line for each segment and currency: revenue of the window, gross margin, mean amount of a purchase, and the lifetime value of a customer by the three models." + perCurrency,
			keys:  []key{{label: "segment", name: "Segment"}, {label: "currency", name: "Currency"}},
			columns: []column{
				{name: "Revenue", unit: "short", decimals: cog.ToPtr(1.0), expr: sum(bySegment("helpdesk_revenue"), "segment", "currency")},
				{
					name: "Gross margin", unit: "percentunit", decimals: cog.ToPtr(1.0),
					expr: share(bySegment("helpdesk_gross_profit"), bySegment("helpdesk_gross_margin_revenue"), "segment", "currency"),
				},
				{
					name: "Mean amount", unit: "none", decimals: cog.ToPtr(2.0),
					expr: pooled(bySegment("helpdesk_purchase_value_mean"), bySegment("helpdesk_purchases_in_window"), "segment", "currency"),
				},
				{name: "CLV, basic", unit: "none", decimals: cog.ToPtr(0.0), expr: perHead(ofModel(bySegment, "basic"), "segment", "currency")},
				{name: "CLV, predictive", unit: "none", decimals: cog.ToPtr(0.0), expr: perHead(ofModel(bySegment, "predictive"), "segment", "currency")},
				{name: "CLV, historic", unit: "none", decimals: cog.ToPtr(0.0), expr: perHead(ofModel(bySegment, "historic"), "segment", "currency")},
			},
		},
	}
}

// ofModel narrows a level to one model of the lifetime value.
func ofModel(level func(string, ...string) string, model string) func(string, ...string) string {
	return func(metric string, matchers ...string) string {
		return level(metric, append(matchers, `model="`+model+`"`)...)
	}
}

// boughtAgain returns the share of buyers that bought more than once.
func boughtAgain(level func(string, ...string) string, by ...string) string {
	return share(level("helpdesk_repeat_purchase_customers"), level("helpdesk_purchase_customers"), by...)
}
