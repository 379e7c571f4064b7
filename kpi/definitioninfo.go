package kpi

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"helpdesk_exporter/desk"
)

// DefinitionInfo is the name of the family that tells how the KPIs are defined.
const DefinitionInfo = "helpdesk_kpi_definition_info"

// KPI is one entry of the handbook as it is defined here and now.
type KPI struct {
	ID      string
	Kind    desk.Kind // what its figures rest on
	Version string    // of the formula; rises when the same records make another figure
	Hash    string    // of the settings that the figure depends on
}

// KPIs returns how each KPI is defined under these definitions, so that a
// change of definition can be seen beside the change of a figure.
func (d *Definitions) KPIs() []KPI {
	short := d.shortAbandons()
	of := func(kind desk.Kind, settings any, ids ...string) []KPI {
		var kpis []KPI
		for _, id := range ids {
			kpis = append(kpis, KPI{ID: id, Kind: kind, Version: "1", Hash: hashOf(settings)})
		}
		return kpis
	}
	var all []KPI
	for _, group := range [][]KPI{
		of(desk.KindTicket, nil, "ticket_volume", "open_cases", "closed_cases", "ticket_backlog", "clearance_rate", "reopen_rate", "unanswered_tickets", "oldest_unanswered_age", "escalation_rate", "complaint_volume",
			"complaint_resolution_time", "complaint_ack_time", "calls_to_resolution"),
		of(desk.KindTicket, d.Calendars, "first_response_time", "average_response_time", "resolution_time"),
		of(desk.KindTicket, d.FirstResponseTargets, "response_within_target"),
		of(desk.KindTicket, d.Horizons.FCR, "first_contact_resolution"),
		of(desk.KindContact, nil, "request_volume", "contact_volume_by_channel", "transfer_rate", "automation_share", "agent_workload", "team_performance", "channel_preference"),
		of(desk.KindContact, d.Horizons.FCR, "repeat_contact_rate"),
		of(desk.KindContact, d.Timezone.String(), "demand_pattern"),
		of(desk.KindCall, nil, "call_volume", "average_wait_time", "average_speed_of_answer", "hold_time", "talk_time", "wrap_up_time", "average_handle_time", "blockage"),
		of(desk.KindCall, short, "abandonment_rate", "short_abandons"),
		of(desk.KindCall, d.ServiceLevels, "service_level"),
		of(desk.KindSurvey, d.surveysOf(CSAT), "csat_ratio", "csat_mean_score"),
		of(desk.KindSurvey, d.surveysOf(NPS), "nps", "nps_segments"),
		of(desk.KindSurvey, d.surveysOf(CES), "ces"),
		of(desk.KindSurvey, d.surveysOf(AgentMood), "agent_satisfaction"),
		of(desk.KindSurvey, d.Horizons.Survey, "survey_response_rate"),
		of(desk.KindStaffing, nil, "staffing_adequacy"),
	} {
		all = append(all, group...)
	}
	return all
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
