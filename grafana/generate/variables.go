package main

import (
	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
)

// variable is a choice above a board whose options Prometheus knows.
type variable struct {
	name, label, about string
	query              string
	// all is the pattern for all of them; empty where one has to be chosen.
	all string
	// first is chosen at the beginning where one has to be.
	first string
	// carried only hands what was chosen on another board to the next.
	carried bool
}

// Dimensions of tickets are configurable. A figure that does not have one has
// to match all the same, and so "all" matches nothing as well.
const anyOrNone = ".*"

// everywhere are the choices that every board has, so that links carry them on.
func everywhere() []variable {
	return []variable{
		{
			name: "job", label: "Job", about: "The scrape job of the exporter.", all: ".+",
			query: `label_values(helpdesk_exporter_build_info, job)`,
		},
		{
			name: "instance", label: "Instance", about: "The exporters to read. Two that read the same desk count it twice: choose one.", all: ".+",
			query: `label_values(helpdesk_exporter_build_info{job=~"$job"}, instance)`,
		},
		{
			name: "desk", label: "Desk", about: "The help desks to look at.", all: ".+",
			query: `label_values(helpdesk_source_info{job=~"$job", instance=~"$instance"}, desk)`,
		},
	}
}

// The choices of the boards that have them.
var (
	window = variable{
		name: "window", label: "Window", first: "1d",
		about: "How far the figures over a recent time look back, whatever the time range is.",
		query: `label_values({__name__=~"helpdesk_.+", ` + scope + `, window!=""}, window)`,
	}
	channel = variable{
		name: "channel", label: "Channel", all: anyOrNone,
		about: "Narrows what is split by channel, and all counts and distributions.",
		query: `label_values(helpdesk_contacts_total{` + scope + `}, channel)`,
	}
	team = variable{
		name: "team", label: "Team", all: anyOrNone,
		about: "Narrows what is split by team, and all counts and distributions.",
		query: `label_values(helpdesk_contacts_total{` + scope + `}, team)`,
	}
	priority = variable{
		name: "priority", label: "Priority", all: anyOrNone,
		about: "Narrows what is split by priority, and all counts and distributions.",
		query: `label_values(helpdesk_tickets_opened_total{` + scope + `}, priority)`,
	}
	queue = variable{
		name: "queue", label: "Queue", all: anyOrNone,
		about: "Narrows what is split by queue, and all counts and distributions.",
		query: `label_values(helpdesk_calls_total{` + scope + `}, queue)`,
	}
	policy = variable{
		name: "policy", label: "Policy", all: ".+",
		about: "The SLA policies to look at; source is what the desk itself promises.",
		query: `label_values(helpdesk_sla_objective_ratio{` + scope + `}, policy)`,
	}
	target = variable{
		name: "target", label: "Target", all: ".+",
		about: "What is promised: a first response, the next one, an update or the resolution.",
		query: `label_values(helpdesk_sla_outcomes_total{` + scope + `}, target)`,
	}
)

func (v variable) build() *dashboard.QueryVariableBuilder {
	builder := dashboard.NewQueryVariableBuilder(v.name).
		Label(v.label).
		Description(v.about).
		Datasource(source()).
		Definition(v.query).
		Query(dashboard.StringOrMap{Map: map[string]any{
			"qryType": 5, // a query as it is written, in the form of before Grafana 10
			"query":   v.query,
			"refId":   "PrometheusVariableQueryEditor-VariableQuery",
		}}).
		Refresh(dashboard.VariableRefreshOnTimeRangeChanged).
		Sort(dashboard.VariableSortAlphabeticalAsc)
	if v.carried {
		builder = builder.Hide(dashboard.VariableHideHideVariable)
	}
	if v.all == "" {
		return builder.Current(option(v.first, v.first))
	}
	return builder.Multi(true).IncludeAll(true).AllValue(v.all).Current(dashboard.VariableOption{
		Selected: cog.ToPtr(true),
		Text:     dashboard.StringOrArrayOfString{ArrayOfString: []string{"All"}},
		Value:    dashboard.StringOrArrayOfString{ArrayOfString: []string{"$__all"}},
	})
}

func option(text, value string) dashboard.VariableOption {
	return dashboard.VariableOption{
		Selected: cog.ToPtr(true),
		Text:     dashboard.StringOrArrayOfString{String: &text},
		Value:    dashboard.StringOrArrayOfString{String: &value},
	}
}

// dataSource lets the reader choose the Prometheus. Dashboards that ask for one
// when they are imported cannot be provisioned from files.
func dataSource() *dashboard.DatasourceVariableBuilder {
	return dashboard.NewDatasourceVariableBuilder("datasource").
		Label("Data source").
		Type("prometheus").
		Current(option("default", "default"))
}
