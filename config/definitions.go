package config

import (
	"slices"
	"time"

	"helpdesk_exporter/kpi"
)

// Definitions returns what the figures need to know. Every target of an SLA is
// an edge of the histograms, so that who was in time can be read off them
// exactly.
func (c *Config) Definitions() kpi.Definitions {
	d := kpi.Definitions{
		Labels:               slices.Clone(c.Global.Labels),
		Windows:              make([]kpi.Window, len(c.Global.Windows)),
		MinSample:            int(c.Global.MinSample),
		LabelValuesMax:       int(c.Global.LabelValuesMax),
		SeriesMax:            int(c.Global.SeriesMax),
		FirstResponseTargets: c.Targets.ascending(),
		SLAObjectives:        c.objectives(),
		Timezone:             c.Global.Timezone.Location,
		Horizons: kpi.Horizons{
			FCR:    time.Duration(c.Global.Horizons.FCR),
			Survey: time.Duration(c.Global.Horizons.Survey),
		},
	}
	for _, level := range c.Global.Rollups {
		d.Rollups = append(d.Rollups, slices.Clone(level))
	}
	for i, w := range c.Global.Windows {
		d.Windows[i] = kpi.Window(w)
	}
	for _, calendar := range c.Calendars {
		d.Calendars = append(d.Calendars, calendar.definition())
	}
	edges := slices.Clone(d.FirstResponseTargets)
	for _, p := range c.SLAPolicies {
		for _, target := range p.Targets {
			edges = append(edges, time.Duration(target))
		}
		d.SLAPolicies = append(d.SLAPolicies, p.definition())
	}
	d.Buckets.Default = withEdges(c.Buckets.Default, edges)
	var thresholds []time.Duration
	for _, s := range c.ServiceLevels {
		thresholds = append(thresholds, time.Duration(s.Threshold))
		d.ServiceLevels = append(d.ServiceLevels, s.definition())
	}
	d.Buckets.Calls = withEdges(c.Buckets.Calls, thresholds)
	d.Buckets.Contacts = slices.Clone(c.Buckets.Contacts)
	for _, s := range c.Surveys {
		d.Surveys = append(d.Surveys, s.definition())
	}
	return d
}

func (s ServiceLevel) definition() kpi.ServiceLevel {
	return kpi.ServiceLevel{
		Name:         s.Name,
		Channels:     slices.Clone(s.Match.Channel),
		Queues:       slices.Clone(s.Match.Queue),
		Threshold:    time.Duration(s.Threshold),
		ShortAbandon: time.Duration(s.ShortAbandon),
		Abandons:     s.Abandons,
		Objective:    float64(s.Objective),
	}
}

func (s Survey) definition() kpi.Survey {
	return kpi.Survey{
		Name:     s.Name,
		Kind:     s.Kind,
		Min:      s.Scale.Min,
		Max:      s.Scale.Max,
		Positive: slices.Clone(s.Positive),
		Effort:   s.Direction == DirectionEffort,
	}
}

// withEdges returns the bounds with the durations among them, ascending and
// each once.
func withEdges(bounds []float64, edges []time.Duration) []float64 {
	all := slices.Clone(bounds)
	for _, e := range edges {
		all = append(all, e.Seconds())
	}
	slices.Sort(all)
	return slices.Compact(all)
}
