package kpi

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"helpdesk_exporter/desk"
)

// DefinitionInfo is the name of the family that tells how the KPIs are defined.
const DefinitionInfo = "helpdesk_kpi_definition_info"

// KPI is one entry of the handbook: what answers to it here, and how it is
// defined now.
type KPI struct {
	ID      string
	Metric  string      // the family that answers
	Query   string      // how to ask for it, in PromQL
	Kind    desk.Kind   // what its figures rest on; 0: on no records
	Records []desk.Kind // what it is made of, first what there is no figure without; nil: any of Kind.Pool()
	Version string      // of the formula; rises when the same records make another figure
	Hash    string      // of the settings that the figure depends on
}

// define enters KPIs of one kind that depend on the same settings.
func (c *Catalogue) define(kind desk.Kind, settings any, kpis ...KPI) {
	for _, k := range kpis {
		k.Kind, k.Hash = kind, hashOf(settings)
		if k.Version == "" {
			k.Version = "1"
		}
		c.kpis = append(c.kpis, k)
	}
}

// KPIs returns how each KPI is defined, so that a change of definition can be
// seen beside the change of a figure.
func (c *Catalogue) KPIs() []KPI { return c.kpis }

// IDs returns the ids of all KPIs that can have a target, in order: those that
// rest on records.
func IDs() []string {
	var ids []string
	for _, k := range NewCatalogue(Definitions{}).KPIs() {
		if k.Kind != 0 {
			ids = append(ids, k.ID)
		}
	}
	slices.Sort(ids)
	return ids
}

// Rests returns the kinds of records without any of which there is no figure.
func (k *KPI) Rests() []desk.Kind {
	switch {
	case k.Records != nil:
		return k.Records[:1]
	case k.Kind == 0:
		return nil
	default:
		return k.Kind.Pool()
	}
}

// addTargets enters what is not measured but configured.
func (c *Catalogue) addTargets() {
	c.define(0, nil,
		KPI{ID: "kpi_target_attainment", Metric: "helpdesk_kpi_target", Query: `helpdesk_csat_ratio{by="all", window="7d"} >= bool on (desk) group_left () helpdesk_kpi_target{kpi="csat_ratio", team=""}`},
		KPI{ID: "competitor_benchmark", Metric: "helpdesk_benchmark_value", Query: `helpdesk_csat_ratio{by="all", window="7d"} - on (desk) group_left () helpdesk_benchmark_value{kpi="csat_ratio"}`},
	)
}

// addHealth enters what the handbook asks of the exporter itself.
func (c *Catalogue) addHealth() {
	c.define(0, nil,
		KPI{ID: "data_freshness", Metric: "helpdesk_source_last_event_timestamp_seconds", Query: `time() - helpdesk_source_last_event_timestamp_seconds`},
		KPI{ID: "sync_success", Metric: "helpdesk_source_last_success_timestamp_seconds", Query: `time() - helpdesk_source_last_success_timestamp_seconds`},
		KPI{ID: "sync_up", Metric: "helpdesk_source_up", Query: `helpdesk_source_up`},
		KPI{ID: "rows_rejected", Metric: "helpdesk_source_rejects_total", Query: `sum by (desk, source, reason) (increase(helpdesk_source_rejects_total[1d]))`},
		KPI{ID: "definition_info", Metric: DefinitionInfo, Query: `helpdesk_kpi_definition_info`},
	)
}

// hashOf returns a short hash of settings; the text of plain data always has
// one form.
func hashOf(settings any) string {
	text, err := json.Marshal(settings)
	if err != nil {
		panic(fmt.Sprintf("definitions are plain data: %v", err))
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:4])
}

// surveysOf returns the questionnaires of one kind.
func (d *Definitions) surveysOf(kind SurveyKind) []Survey {
	var surveys []Survey
	for _, s := range d.Surveys {
		if s.Kind == kind {
			surveys = append(surveys, s)
		}
	}
	return surveys
}

// shortAbandons returns what decides when an abandoned call is a short one.
func (d *Definitions) shortAbandons() []ServiceLevel {
	var levels []ServiceLevel
	for _, l := range d.ServiceLevels {
		levels = append(levels, ServiceLevel{Channels: l.Channels, Queues: l.Queues, ShortAbandon: l.ShortAbandon})
	}
	return levels
}
