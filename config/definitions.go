package config

import (
	"slices"
	"time"

	"helpdesk_exporter/desk"
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
			FCR:      time.Duration(c.Global.Horizons.FCR),
			Survey:   time.Duration(c.Global.Horizons.Survey),
			Outreach: time.Duration(c.Global.Horizons.Outreach),
			Feedback: time.Duration(c.Global.Horizons.Feedback),
		},
		Engagement:          c.Engagement.definition(),
		Topics:              anyIfEmpty(c.Topics),
		Competitors:         anyIfEmpty(c.Competitors),
		Platforms:           anyIfEmpty(c.SocialPlatforms),
		OutreachMinAttempts: int(c.Outreach.MinAttempts),
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
	d.Buckets.Web = slices.Clone(c.Buckets.Web)
	for _, s := range c.Surveys {
		d.Surveys = append(d.Surveys, s.definition())
	}
	for _, s := range c.Scorecards {
		d.Scorecards = append(d.Scorecards, s.definition())
	}
	for _, t := range c.Targets.KPIs {
		d.Targets = append(d.Targets, t.definition())
	}
	for _, b := range c.Benchmarks {
		d.Benchmarks = append(d.Benchmarks, b.definition())
	}
	for _, r := range c.RiskRules {
		d.RiskRules = append(d.RiskRules, r.definition())
	}
	if c.GrossMarginRatio != nil {
		d.GrossMargin = desk.Some(*c.GrossMarginRatio)
	}
	return d
}

// anyIfEmpty returns the words, nil for an empty list: it tells all values
// apart.
func anyIfEmpty(words []string) []string {
	if len(words) == 0 {
		return nil
	}
	return slices.Clone(words)
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
