package collector

import (
	"maps"
	"slices"
	"time"

	"github.com/prometheus/common/model"

	"helpdesk_exporter/book"
	"helpdesk_exporter/desk"
	"helpdesk_exporter/kpi"
)

// sourceFamilies tell how fresh the figures of a source are, and what was
// decided about them.
type sourceFamilies struct {
	synced, lastSuccess, asOf, lastEvent *family
	info, queue, folded, definition      *family
	objective, slaObjective, slaTarget   *family
	clock, target, benchmark             *family
}

func newSourceFamilies() sourceFamilies {
	source := func(name, help string) *family {
		return newFamily("helpdesk_source_"+name, help, "desk", "source")
	}
	return sourceFamilies{
		synced:      source("sync_complete", "Whether the first sync of the source is complete: before it no figure rests on the source."),
		lastSuccess: source("last_success_timestamp_seconds", "When the source was last read without an error."),
		asOf:        source("as_of_timestamp_seconds", "Up to when the source is known completely; windows end there."),
		lastEvent:   source("last_event_timestamp_seconds", "When the newest event happened that the source has told of."),
		info: newFamily("helpdesk_source_info",
			"What the source is: its value is always 1. url_host is empty for sources that are no servers.",
			"desk", "source", "type", "url_host"),
		queue: newFamily("helpdesk_source_queue_info",
			"Where people see what is waiting at the source, of those sources that are configured so. Its value is always 1.",
			"desk", "source", "queue_url"),
		folded: newFamily("helpdesk_label_values_folded_total",
			"Times that a label value, or under the label series a whole label set, went to other because there were too many.",
			"label"),
		objective: newFamily(kpi.ServiceLevelObjective,
			"Share of calls and chats that the service level is meant to reach, as configured.",
			"desk", "policy", "threshold", "abandons"),
		slaObjective: newFamily("helpdesk_sla_objective_ratio",
			"Share of promises that is to be kept under the policy, as configured.",
			"desk", "policy"),
		slaTarget: newFamily("helpdesk_sla_target_seconds",
			"How long a configured policy promises that it takes, on the clock of the policy.",
			"desk", "policy", "target"),
		clock: newFamily("helpdesk_business_clock_info",
			"Whose clock the durations in business hours run by: source where the desk itself tells them, calendar where they are worked out in the hours of the one that is named. Its value is always 1.",
			"desk", "duration", "from", "calendar"),
		definition: newFamily(kpi.DefinitionInfo,
			"How a KPI of the handbook is defined: the version of its formula and a hash of the settings that it depends on. Its value is always 1.",
			"desk", "kpi", "version", "config_hash"),
		target: newFamily("helpdesk_kpi_target",
			"What a KPI of the handbook is meant to reach, in the KPI's own unit, as configured. team is empty where the target is the whole desk's.",
			"desk", "kpi", "team"),
		benchmark: newFamily("helpdesk_benchmark_value",
			"What others reach in a KPI of the handbook, in the KPI's own unit, as configured.",
			"desk", "kpi", "benchmark"),
	}
}

func (f sourceFamilies) all() []*family {
	return []*family{
		f.synced, f.lastSuccess, f.asOf, f.lastEvent, f.info, f.queue, f.folded, f.definition,
		f.objective, f.slaObjective, f.slaTarget, f.clock, f.target, f.benchmark,
	}
}

// info adds what the sources are, and by whose clocks their desks run.
func (s *scrape) info() {
	for _, source := range s.book.Sources {
		s.add(s.sources.info.gauge(1, source.Desk, source.Name, source.Type, source.Host))
		if source.QueueURL != "" {
			s.add(s.sources.queue.gauge(1, source.Desk, source.Name, source.QueueURL))
		}
	}
	for _, clock := range s.book.Clocks() {
		s.add(s.sources.clock.gauge(1, clock.Desk, clock.Duration, clock.From, clock.Calendar))
	}
}

// health adds how the sources are doing. A time that is not known is absent.
func (s *scrape) health(sources []book.SourceHealth) {
	expired := map[[2]string]int{}
	for _, h := range sources {
		synced := 0.0
		if h.Synced {
			synced = 1
		}
		s.add(s.sources.synced.gauge(synced, h.Desk, h.Name))
		s.timestamp(s.sources.lastSuccess, h.LastSuccess, h)
		s.timestamp(s.sources.asOf, h.AsOf, h)
		s.timestamp(s.sources.lastEvent, h.LastEvent, h)
		for kind, n := range h.Expired {
			expired[[2]string{h.Desk, kind.String()}] += n
		}
	}
	s.expired(expired)
	for label, n := range s.foldings() {
		s.add(s.sources.folded.counter(float64(n), s.started, label))
	}
}

func (s *scrape) timestamp(f *family, at time.Time, h book.SourceHealth) {
	if !at.IsZero() {
		s.add(f.gauge(float64(at.UnixNano())/1e9, h.Desk, h.Name))
	}
}

// expired adds the records that came after their time to the family of
// excluded ones: they are not held, so no stock counts them.
func (s *scrape) expired(counts map[[2]string]int) {
	for view, f := range s.stocks {
		if view.Name != kpi.ExcludedFamily {
			continue
		}
		for at, n := range counts {
			s.add(f.gauge(float64(n), at[0], at[1], "expired"))
		}
	}
}

// objectives adds what the service levels are meant to reach, for every desk
// that has calls, and what the SLAs promise, for every desk that has tickets.
func (s *scrape) objectives() {
	for _, name := range s.book.DesksOf(desk.KindTicket) {
		s.promises(name)
	}
	for _, name := range s.book.DesksOf(desk.KindCall) {
		for _, level := range s.book.Catalogue.ServiceLevels {
			if level.Objective > 0 {
				s.add(s.sources.objective.gauge(level.Objective, name, level.Name,
					model.Duration(level.Threshold).String(), level.Abandons))
			}
		}
	}
}

// promises adds the targets and objectives of the SLAs of a desk. Objectives of
// policies that only some desk has of its own stand at every desk: which one is
// meant is not configured.
func (s *scrape) promises(deskName string) {
	objectives := s.book.Catalogue.SLAObjectives
	for _, policy := range slices.Sorted(maps.Keys(objectives)) {
		s.add(s.sources.slaObjective.gauge(objectives[policy], deskName, policy))
	}
	for _, p := range s.book.Catalogue.SLAPolicies {
		for _, t := range desk.Targets() {
			if p.Targets[t] > 0 {
				s.add(s.sources.slaTarget.gauge(p.Targets[t].Seconds(), deskName, p.Name, t.String()))
			}
		}
	}
}

// definitions adds how the KPIs are defined that each desk can have, and what
// they are compared with.
func (s *scrape) definitions() {
	for _, k := range s.kpis {
		for _, name := range s.book.DesksOf(k.Rests()...) {
			s.add(s.sources.definition.gauge(1, name, k.ID, k.Version, k.Hash))
			s.aims(name, k.ID)
		}
	}
}

// aims adds what a desk is meant to reach in a KPI, and what others do.
func (s *scrape) aims(deskName, id string) {
	for _, t := range s.book.Catalogue.Targets {
		if t.KPI == id {
			s.add(s.sources.target.gauge(t.Value, deskName, id, t.Team))
		}
	}
	for _, b := range s.book.Catalogue.Benchmarks {
		if b.KPI == id {
			s.add(s.sources.benchmark.gauge(b.Value, deskName, id, b.Name))
		}
	}
}
