package main

import "github.com/grafana/grafana-foundation-sdk/go/cog"

// closeness is how engaged customers are, what they do, and who takes part in
// programs.
func closeness() []panel {
	use, users := atLevel("action", "helpdesk_customer_usage_events"), atLevel("action", "helpdesk_customer_usage_customers")
	met := atLevel("interaction", "helpdesk_customer_brand_interactions")
	there := overWindow("helpdesk_customers_end", cohort)
	active, trained := overWindow("helpdesk_loyalty_active_customers"), overWindow("helpdesk_training_participants")
	return []panel{
		course{figure: figure{
			title: "Engagement score", unit: "percentunit", width: 8, decimals: cog.ToPtr(1.0), none: untold,
			about: "Mean engagement of customers, from 0 % to 100 %: the weighted mean of what each did in the window, as a part of what an engaged customer does. " +
				"Desks are weighted with their customers. Scores by different versions of the weights do not compare.",
			queries: []query{{expr: engaged(overWindow), legend: "version {{weights_version}}"}},
		}},
		course{figure: figure{
			title: "Revenue uplift of engaged customers", unit: "percentunit", width: 8, decimals: cog.ToPtr(0.0), none: untold,
			about: "By how much the mean revenue of the window from engaged customers is above that from the others, in each currency. " +
				"Below 0 it is less. Who buys is engaged by that as well, so it proves no cause.",
			queries: []query{{expr: revenueOf("yes") + "\n/\n(" + revenueOf("no") + " > 0)\n- 1", legend: "{{currency}}"}},
		}},
		grid{
			title: "Engaged customers and others", width: 8, sorted: "Revenue", none: untold,
			about: "Revenue of the window from customers that are engaged by engagement.engaged_from of the configuration, and from those that are not, how many they are, and revenue divided by customers." + perCurrency,
			keys:  []key{{label: "engaged", name: "Engaged"}, {label: "currency", name: "Currency"}},
			columns: []column{
				{name: "Revenue", unit: "short", decimals: cog.ToPtr(1.0), expr: sum(overWindow("helpdesk_engagement_revenue"), "engaged", "currency")},
				{
					name: "Customers", unit: "none",
					expr: "0 * " + sum(overWindow("helpdesk_engagement_revenue"), "engaged", "currency") +
						"\n+ on (engaged) group_left ()\n" + sum(overWindow("helpdesk_engagement_customers"), "engaged"),
				},
				{
					name: "Per customer", unit: "none", decimals: cog.ToPtr(2.0),
					expr: each(overWindow("helpdesk_engagement_revenue"), overWindow("helpdesk_engagement_customers"), "currency", "engaged"),
				},
			},
		},
		grid{
			title: "Use of the product", width: 8, sorted: "Times", none: untold,
			about: "What customers did in sessions of the product in the window: how often, how many of them, and how often each of those. " +
				"Who did several things is in several lines.",
			keys: []key{{label: "action", name: "Action"}},
			columns: []column{
				{name: "Times", unit: "none", expr: sum(use, "action")},
				{name: "Customers", unit: "none", expr: sum(users, "action")},
				{name: "Times each", unit: "none", decimals: cog.ToPtr(1.0), expr: share(use, users, "action")},
			},
		},
		ranks{figure{
			title: "How customers meet the brand", unit: "none", none: untold,
			about:   "Visits to the web site and feedback by its kind in the window, of customers and of people whom nobody knows.",
			queries: []query{{expr: "sort_desc(" + sum(met, "interaction") + ")", legend: "{{interaction}}"}},
		}},
		grid{
			title: "Programs", width: 8, sorted: "Active", none: untold,
			about: "One line for each program of loyalty or training: customers enrolled now, which is told of loyalty alone; customers active in it in the window, " +
				"which for training is to attend or complete; and those divided by the customers there at the end of the window.",
			keys: []key{{label: "program", name: "Program"}},
			columns: []column{
				{name: "Enrolled", unit: "none", expr: sum(selector("helpdesk_loyalty_enrolled_customers"), "program")},
				{name: "Active", unit: "none", expr: sum(active, "program") + "\nor\n" + sum(trained, "program")},
				{name: "Share", unit: "percentunit", decimals: cog.ToPtr(1.0), expr: each(active, there, "program") + "\nor\n" + each(trained, there, "program")},
			},
		},
	}
}

// engaged returns the mean engagement of customers, by each version of the weights:
// scores of different ones do not compare.
func engaged(level func(string, ...string) string) string {
	return pooled(level("helpdesk_customer_engagement_score"), level("helpdesk_customer_engagement_customers"), "weights_version")
}

// revenueOf is what each engaged customer brought, or each of the others.
func revenueOf(engaged string) string {
	are := `engaged="` + engaged + `"`
	return each(overWindow("helpdesk_engagement_revenue", are), overWindow("helpdesk_engagement_customers", are), "currency")
}
