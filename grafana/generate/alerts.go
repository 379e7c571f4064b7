package main

import "github.com/grafana/grafana-foundation-sdk/go/dashboard"

// alertList is Grafana's own list of the alerts that fire or are about to.
type alertList struct {
	figure
	named string // what their names have in common
}

func (a alertList) size() (uint32, uint32) { return a.figure.size(12, 8) }

func (a alertList) build() (dashboard.Panel, error) {
	return a.finish(dashboard.NewPanelBuilder().Type("alertlist").Options(map[string]any{
		"viewMode":        "list",
		"groupMode":       "default",
		"groupBy":         []string{},
		"maxItems":        20,
		"sortOrder":       3, // by importance
		"dashboardAlerts": false,
		"alertName":       a.named,
		"showInstances":   false,
		// Grafana compares a data source with its name, and knows no variable here.
		"alertInstanceLabelFilter": "",
		"folder":                   nil,
		"showInactiveAlerts":       false,
		"stateFilter": map[string]bool{
			"firing": true, "pending": true, "recovering": true, "noData": false, "normal": false, "error": true,
		},
	}).Build())
}

func alerts() panel {
	return alertList{named: "Helpdesk", figure: figure{
		title: "Alert list", unit: "short",
		about: "The alerts of prometheus/rules that are pending or firing, as Grafana knows them from its data sources; it can be told to manage them.",
	}}
}

// firing draws alerts of the chosen desks, and those that speak of no desk.
func firing() panel {
	return course{bars: true, figure: figure{
		title: "Firing alerts", unit: "short", none: "None has fired, or the rules are not loaded",
		about:   "How many alerts of prometheus/rules fired at each moment, by their name. Empty as well where the rules are not loaded.",
		queries: []query{{expr: `count by (alertname) (ALERTS{alertname=~"Helpdesk.+", alertstate="firing", job=~"$job|", desk=~"$desk|"})`, legend: "{{alertname}}"}},
	}}
}
