package main

import "github.com/grafana/grafana-foundation-sdk/go/cog"

// serviceLevels is the board of promises: what breaks next, what broke, and how
// much may still break.
func serviceLevels() board {
	return board{
		name: "sla", title: "SLA and error budget",
		about:     "Which promises break next, how many were kept, how much of the error budget is left, and how fast it goes.",
		variables: []variable{window, policy, target, channel, team, priority},
		breaches:  true,
		rows: []row{
			{"What breaks next, of the chosen channels, teams and priorities", nextToBreak()},
			{"The last $window, all channels, teams and priorities together", promisesKept()},
			{"How fast the budget goes, of the chosen channels, teams and priorities", burning()},
			{"Where promises break, the last $window, each split narrowed by its own choice only", whereTheyBreak()},
			{"Desk by desk, the last $window, all channels, teams and priorities together", []panel{promisesOfDesks()}},
			{"What is promised, and what fires", []panel{targetsConfigured(), slaAlerts()}},
		},
	}
}

func nextToBreak() []panel {
	dueSoon := verdict{[]step{{colour: good}, {1, warning}}}
	atRisk := func(within string) string {
		return running("helpdesk_sla_at_risk", `within="`+within+`"`)
	}
	nextDue := selector("helpdesk_sla_next_due_timestamp_seconds", ofPromises(`by="all"`)...)
	return []panel{
		number{bare: true, figure: figure{
			title: "Next promise due", unit: "dateTimeFromNow", none: "Nothing is due",
			about:   "When the next promise of an open ticket is due, of all channels, teams and priorities. Clocks that stand have no due time.",
			queries: []query{{expr: aggregate("min", nextDue) + " * 1000", legend: "next"}},
		}},
		number{figure: figure{
			title: "Due within 15 minutes", unit: "none", judged: dueSoon,
			about:   "Promises of open tickets that are due within a quarter of an hour, those that are overdue left out.",
			queries: []query{{expr: sum(atRisk("15m")), legend: "due"}},
		}},
		number{figure: figure{
			title: "Due within an hour", unit: "none", judged: dueSoon,
			about:   "Promises of open tickets that are due within the next hour, those that are overdue left out.",
			queries: []query{{expr: sum(atRisk("1h")), legend: "due"}},
		}},
		number{figure: figure{
			title: "Due within 4 hours", unit: "none",
			about:   "Promises of open tickets that are due within the next four hours, those that are overdue left out.",
			queries: []query{{expr: sum(atRisk("4h")), legend: "due"}},
		}},
		number{figure: figure{
			title: "Overdue", unit: "none", judged: noneOf(),
			about:   "Promises of open tickets whose due time has passed and that are still to be kept, as known so far.",
			queries: []query{{expr: sum(running("helpdesk_sla_overdue")), legend: "overdue"}},
		}},
		number{figure: figure{
			title: "Pending", unit: "none",
			about: "Promises of open tickets that are neither kept nor broken for all that is known. Those whose clock stands, as while the customer " +
				"is to answer, are among them; a ticket that is held to two policies counts with both.",
			queries: []query{{expr: sum(running("helpdesk_sla_pending")), legend: "pending"}},
		}},
		grid{
			title: "Next due by policy and target", sorted: "Next due", ascending: true, width: 14, height: 12, none: "Nothing is promised",
			about: "What is due next under each policy, and how much. The times include one another. " +
				"Next due is of all channels, teams and priorities; the counts are of the chosen ones.",
			keys: []key{{label: "policy", name: "Policy"}, {label: "target", name: "Target"}},
			columns: []column{
				{name: "Next due", unit: "dateTimeFromNow", width: 140, expr: aggregate("min", nextDue, "policy", "target") + " * 1000"},
				{name: "In 15 min", unit: "none", judged: dueSoon, expr: promised(atRisk("15m"))},
				{name: "In 1 h", unit: "none", judged: dueSoon, expr: promised(atRisk("1h"))},
				{name: "In 4 h", unit: "none", expr: promised(atRisk("4h"))},
				{name: "Overdue", unit: "none", judged: noneOf(), expr: promised(running("helpdesk_sla_overdue"))},
				{name: "Pending", unit: "none", expr: promised(running("helpdesk_sla_pending"))},
			},
		},
		course{palette: map[string]string{"overdue": bad}, figure: figure{
			title: "Due soon and overdue", unit: "short", width: 10, height: 12,
			about: "Promises of open tickets that are overdue, and those that are due soon; each time includes the shorter ones.",
			queries: []query{
				{expr: sum(running("helpdesk_sla_overdue")), legend: "overdue"},
				{expr: sum(atRisk("4h")), legend: "within 4 h"},
				{expr: sum(atRisk("1h")), legend: "within 1 h"},
				{expr: sum(atRisk("15m")), legend: "within 15 min"},
			},
		}},
	}
}

func promisesKept() []panel {
	o := outcomesOverWindow()
	kept := overWindow("helpdesk_sla_outcomes_in_window", ofPromises(`outcome="met"`)...)
	promised := selector("helpdesk_sla_target_seconds", ofPromises()...)
	return []panel{
		grid{
			title: "Attainment by policy and target", sorted: "Margin", ascending: true, height: 12,
			about: "Attainment is kept, divided by kept and broken. " + marginIs + budgetIs + severalAre +
				" Promised is how long it may take, the longest of the desks; where the desk itself sets due times there is none.",
			keys: []key{{label: "policy", name: "Policy"}, {label: "target", name: "Target"}},
			columns: []column{
				{name: "Promised", unit: "s", expr: largest(promised, "policy", "target")},
				{name: "Kept", unit: "none", expr: sum(kept, "policy", "target")},
				{name: "Broken", unit: "none", expr: sum(o.broken, "policy", "target")},
				{name: "Attainment", unit: "percentunit", expr: o.attainment("policy", "target")},
				{name: "Objective", unit: "percentunit", expr: o.objective("policy", "target")},
				{name: "Margin", unit: points, judged: missedBelowZero, decimals: cog.ToPtr(1.0), expr: o.margin("policy", "target")},
				{name: "Budget left", unit: "percentunit", judged: budget, expr: o.budgetLeft("policy", "target")},
			},
		},
		course{objectives: "/^objective/", from: 0.5, figure: figure{
			title: "Attainment by policy", unit: "percentunit", height: 10, most: cog.ToPtr(1.0),
			about: "Promises kept, divided by promises kept and broken in the window, for each policy over the chosen targets; dashed, the objective of each. " + severalAre,
			queries: []query{
				{expr: o.attainment("policy"), legend: "{{policy}}"},
				{expr: o.objective("policy"), legend: "objective of {{policy}}"},
			},
		}},
		course{objective: spent, figure: figure{
			title: "Error budget left by policy", unit: "percentunit", height: 10,
			about: budgetIs + "All chosen desks together, of the target of each policy where it is least: at 0 the objective is just reached, below 0 it is missed.",
			queries: []query{
				{expr: aggregate("min", o.budgetLeft("policy", "target"), "policy"), legend: "{{policy}}"},
				{expr: "vector(0)", legend: spent},
			},
		}},
	}
}

// The names of lines that others are held against.
const (
	spent  = "all spent"
	agreed = "as agreed: 1"
	slow   = "slow alert: 1.5"
	fast   = "fast alert: 2.5"
)

func burning() []panel {
	dims := chosen("channel", "team", "priority")
	burn := func(span string, by ...string) string { return outcomesFound(span, dims...).burn(by...) }
	found := func(outcome string) string {
		return selector("helpdesk_sla_outcomes_total", ofPromises(append(dims, `outcome="`+outcome+`"`)...)...)
	}
	burnIs := "Broken, divided by breakable: the number of promises times 1 less objective, of those that came to an outcome in the time before. "
	return []panel{
		course{objectives: "/^(as agreed|slow|fast)/", palette: map[string]string{slow: warning, fast: bad}, figure: figure{
			title: "Burn rate", unit: "none", height: 10, decimals: cog.ToPtr(2.0),
			about: burnIs + "At 1 the budget lasts just as long as was agreed. Dashed, the factors from which the alerts on one policy and target fire: " +
				"2.5 over 6 hours is fast, 1.5 over 3 days is slow. They also ask for a short window, 2 hours or 1 day, and for 8 or 5 breaches, and judge each team.",
			queries: []query{
				{expr: burn("2h"), legend: "last 2 hours"},
				{expr: burn("6h"), legend: "last 6 hours"},
				{expr: burn("3d"), legend: "last 3 days"},
				{expr: "vector(1)", legend: agreed},
				{expr: "vector(1.5)", legend: slow},
				{expr: "vector(2.5)", legend: fast},
			},
		}},
		grid{
			title: "Burn rate by policy and target", sorted: "6 hours", width: 12, height: 10,
			about: burnIs + "Judged where alerts are: 6 hours from 2.5 on, 3 days from 1.5 on. These also ask for a least number of breaches, " +
				"as one of three promises tells little. Empty cells: nothing came to an outcome.",
			keys: []key{{label: "policy", name: "Policy"}, {label: "target", name: "Target"}},
			columns: []column{
				{name: "2 hours", unit: "none", decimals: cog.ToPtr(2.0), expr: burn("2h", "policy", "target")},
				{name: "6 hours", unit: "none", judged: fastPace, decimals: cog.ToPtr(2.0), expr: burn("6h", "policy", "target")},
				{name: "1 day", unit: "none", decimals: cog.ToPtr(2.0), expr: burn("1d", "policy", "target")},
				{name: "3 days", unit: "none", judged: slowPace, decimals: cog.ToPtr(2.0), expr: burn("3d", "policy", "target")},
			},
		},
		course{bars: true, palette: map[string]string{"kept": good, "broken": bad}, figure: figure{
			title: "Kept and broken, per hour", unit: "short", sparse: true, width: 24,
			about: "Promises that were found to be kept or broken: the rate of the counters by the hour. A breach is found once the source is known " +
				"completely past the due time.",
			queries: []query{
				{expr: perHour(found("breached")), legend: "broken"},
				{expr: perHour(found("met")), legend: "kept"},
			},
		}},
	}
}

func whereTheyBreak() []panel {
	by := func(dimension, title string) panel {
		o := outcomesOverWindowBy(dimension)
		return course{objective: "objective", from: 0.5, figure: figure{
			title: title, unit: "percentunit", width: 8, height: 10, most: cog.ToPtr(1.0),
			about: "Promises kept by promises kept and broken, for each " + dimension + " over the chosen policies and targets; dashed, the objective of all of them. " + severalAre,
			queries: []query{
				{expr: o.attainment(dimension), legend: "{{" + dimension + "}}"},
				{expr: o.objective(), legend: "objective"},
			},
		}}
	}
	teams := outcomesOverWindowBy("team")
	return []panel{
		ranks{figure{
			title: "Teams that break most", unit: "short", none: "None was broken",
			about:   "The ten teams with the most promises broken in the window.",
			queries: []query{{expr: "topk(10, " + sum(teams.broken, "team") + ")", legend: "{{team}}"}},
		}},
		grid{
			title: "Teams", sorted: "Margin", ascending: true, width: 16,
			about: "Attainment is kept, divided by kept and broken. " + marginIs + budgetIs + severalAre + " Overdue is of the chosen channels and priorities.",
			keys:  []key{{label: "team", name: "Team"}},
			columns: []column{
				{name: "Judged", unit: "none", expr: sum(teams.all, "team")},
				{name: "Broken", unit: "none", expr: sum(teams.broken, "team")},
				{name: "Attainment", unit: "percentunit", expr: teams.attainment("team")},
				{name: "Margin", unit: points, judged: missedBelowZero, decimals: cog.ToPtr(1.0), expr: teams.margin("team")},
				{name: "Budget left", unit: "percentunit", judged: budget, expr: teams.budgetLeft("team")},
				{name: "Overdue", unit: "none", judged: noneOf(), expr: sum(running("helpdesk_sla_overdue"), "team")},
			},
		},
		by("team", "Attainment by team"),
		by("channel", "Attainment by channel"),
		by("priority", "Attainment by priority"),
	}
}

func promisesOfDesks() panel {
	o := outcomesOverWindow()
	return grid{
		title: "Promises of the desks", sorted: "Margin", ascending: true,
		about: "One line for each desk, of the chosen policies and targets. Attainment is kept by kept and broken. " + marginIs + severalAre +
			" Budget left is that of the policy and target where it is least. Burn is broken divided by breakable of the last six hours, as found.",
		keys: []key{{label: "desk", name: "Desk", leads: "sla"}},
		columns: []column{
			{name: "Judged", unit: "none", expr: sum(o.all, "desk")},
			{name: "Broken", unit: "none", expr: sum(o.broken, "desk")},
			{name: "Attainment", unit: "percentunit", expr: o.attainment("desk")},
			{name: "Margin", unit: points, judged: missedBelowZero, decimals: cog.ToPtr(1.0), expr: o.margin("desk")},
			{name: "Budget left", unit: "percentunit", judged: budget, expr: aggregate("min", o.budgetLeft("desk", "policy", "target"), "desk")},
			{name: "Burn, 6 hours", unit: "none", judged: fastPace, decimals: cog.ToPtr(2.0), expr: outcomesFound("6h").burn("desk")},
			{name: "Due in 1 h", unit: "none", expr: sum(selector("helpdesk_sla_at_risk", ofPromises(`within="1h"`)...), "desk")},
			{name: "Overdue", unit: "none", judged: noneOf(), expr: sum(selector("helpdesk_sla_overdue", ofPromises()...), "desk")},
			{
				name: "Next due", unit: "dateTimeFromNow",
				expr: aggregate("min", selector("helpdesk_sla_next_due_timestamp_seconds", ofPromises(`by="all"`)...), "desk") + " * 1000",
			},
		},
	}
}

func targetsConfigured() panel {
	promised := selector("helpdesk_sla_target_seconds", ofPromises()...)
	return grid{
		title: "Targets as configured", sorted: "Desk", ascending: true, width: 12, none: "No policy is configured",
		about: "How long each configured policy promises that it takes, on the clock of the policy, and the share of these promises that is to be kept. " +
			"Due times that the desk itself sets are not configured.",
		keys: []key{{label: "desk", name: "Desk"}, {label: "policy", name: "Policy"}, {label: "target", name: "Target"}},
		columns: []column{
			{name: "Promised", unit: "s", expr: largest(promised, "desk", "policy", "target")},
			{name: "Objective", unit: "percentunit", expr: largest(of("("+promised+" >= bool 0)", objectiveOfPolicy()), "desk", "policy", "target")},
		},
	}
}

func slaAlerts() panel {
	return alertList{named: "HelpdeskSLA", figure: figure{
		title: "Alerts on promises", unit: "short",
		about: "The alerts of prometheus/rules/sla.yml that are pending or firing, as Grafana knows them from its data sources; it can be told to manage them.",
	}}
}
