package main

import "github.com/grafana/grafana-foundation-sdk/go/cog"

// brought is who was referred by others, and what is given for that.
func brought() []panel {
	made, came := overWindow("helpdesk_referrals_in_window"), overWindow("helpdesk_referrals_converted")
	due, granted := overWindow("helpdesk_referral_rewards_due_in_window"), overWindow("helpdesk_referral_rewards_granted_in_window")
	referred, referrers := overWindow("helpdesk_referred_new_customers"), overWindow("helpdesk_referrer_customers")
	return []panel{
		course{figure: figure{
			title: "Referrals", unit: "percentunit", none: untold,
			about: "Customers that are new in the window and were referred divided by all new ones; customers that referred somebody in it divided by all there at its end, at the desks with referrals; " +
				"referrals made in the window that have made a customer so far; and rewards due in it that have been granted so far.",
			queries: []query{
				{expr: share(referred, ofDesksWith(referred, overWindow("helpdesk_customers_new", cohort))), legend: "of new customers"},
				{expr: share(referrers, ofDesksWith(referrers, overWindow("helpdesk_customers_end", cohort))), legend: "customers who refer"},
				{expr: share(came, made), legend: "made a customer"},
				{expr: share(granted, due), legend: "rewards granted"},
			},
		}},
		grid{
			title: "Programs of referrals", width: 12, sorted: "Referrals", none: untold,
			about: "One line for each program: referrals made in the window, the share that has made a customer so far, new customers of the window that it brought, " +
				"and rewards due in the window with the share granted so far.",
			keys: []key{{label: "program", name: "Program"}},
			columns: []column{
				{name: "Referrals", unit: "none", expr: sum(made, "program")},
				{name: "Converted", unit: "percentunit", decimals: cog.ToPtr(0.0), expr: share(came, made, "program")},
				{name: "New customers", unit: "none", expr: sum(referred, "program")},
				{name: "Due", unit: "none", expr: sum(due, "program")},
				{name: "Granted", unit: "percentunit", decimals: cog.ToPtr(0.0), expr: share(granted, due, "program")},
			},
		},
		grid{
			title: "Commission of affiliates", width: 8, sorted: "Commission", none: untold,
			about: "Commission for the referrals by affiliates that made a customer in the window, by program and currency." + perCurrency,
			keys:  []key{{label: "program", name: "Program"}, {label: "currency", name: "Currency"}},
			columns: []column{
				{name: "Commission", unit: "none", decimals: cog.ToPtr(2.0), expr: sum(overWindow("helpdesk_affiliate_commission_amount"), "program", "currency")},
			},
		},
		course{bars: true, names: true, below: []string{"made a customer"}, figure: figure{
			title: "Affiliates, per hour", unit: "short", width: 16, sparse: true, none: untold,
			about: "Visits to the web site that affiliates brought, by program, and below the line their referrals that made a customer, counted when discovered: the rate of the counters per hour.",
			queries: []query{
				{expr: perHour(selector("helpdesk_affiliate_visits_total"), "program"), legend: "{{program}}"},
				{expr: perHour(selector("helpdesk_affiliate_conversions_total")), legend: "made a customer"},
			},
		}},
	}
}

// visits are those to the web site, and what came of them.
func visits() []panel {
	byCampaign := func(metric string, matchers ...string) string { return atLevel("campaign_kind", metric, matchers...) }
	byLanding := func(metric string, matchers ...string) string { return atLevel("landing_kind", metric, matchers...) }
	reached := byCampaign("helpdesk_conversions")
	const took = "helpdesk_web_session_engaged_quantile_seconds"
	return []panel{
		course{figure: figure{
			title: "Conversion by goal", unit: "percentunit", width: 8, none: untold,
			about:   "Visits of the window that reached the goal, be it later, divided by all visits to the web site that began in it. A visit counts once for each goal.",
			queries: []query{{expr: each(overWindow("helpdesk_conversions"), overWindow("helpdesk_web_sessions"), "goal"), legend: "{{goal}}"}},
		}},
		grid{
			title: "Campaigns", width: 8, sorted: "Visits", none: untold,
			about: "One line for each campaign and goal: visits of the window that the campaign brought, those that reached the goal, and these divided by those.",
			keys:  []key{{label: "campaign_kind", name: "Campaign"}, {label: "goal", name: "Goal"}},
			columns: []column{
				{
					name: "Visits", unit: "none",
					expr: "0 * " + sum(reached, "campaign_kind", "goal") + "\n+ on (campaign_kind) group_left ()\n" + sum(byCampaign("helpdesk_web_sessions"), "campaign_kind"),
				},
				{name: "Reached", unit: "none", expr: sum(reached, "campaign_kind", "goal")},
				{name: "Conversion", unit: "percentunit", decimals: cog.ToPtr(1.0), expr: each(reached, byCampaign("helpdesk_web_sessions"), "goal", "campaign_kind")},
			},
		},
		grid{
			title: "Time on the site by landing page", width: 8, sorted: "Visits", none: untold,
			about: "How long visitors were engaged in the visits of the window by the kind of page that they came to: half and nine of ten of them no longer than this, at the desk where it is longest, " +
				"and the mean, desks weighted with their visits.",
			keys: []key{{label: "landing_kind", name: "Landing page"}},
			columns: []column{
				{name: "Visits", unit: "none", expr: sum(byLanding("helpdesk_web_session_engaged_observations"), "landing_kind")},
				{name: "p50", unit: "s", expr: largest(byLanding(took, at("0.5")), "landing_kind")},
				{name: "p90", unit: "s", expr: largest(byLanding(took, at("0.9")), "landing_kind")},
				{name: "Mean", unit: "s", expr: meanOf(byLanding, "web_session_engaged", "landing_kind")},
			},
		},
	}
}
