package intercom

import (
	"time"

	"helpdesk_exporter/desk"
)

// sla is what Intercom tells of a conversation's SLA: its name and how it stands
// as a whole, but neither what it promises nor until when.
type sla struct {
	Name   word `json:"sla_name"`
	Status word `json:"sla_status"`
}

// promises translates the SLA of a conversation. All of it goes to the one
// target that the configuration names.
func (s *Source) promises(v *conversation, t *thread) []desk.SLAEvent {
	e := desk.SLAEvent{Target: s.config.SLATarget, N: 1, Policy: string(v.SLA.Name)}
	switch v.SLA.Status {
	case "active":
	case "hit":
		e.MetAt = v.kept(e.Target)
	case "missed":
		e.BreachedAt = v.broken(e.Target, t)
	default:
		return nil // cancelled, or none
	}
	return []desk.SLAEvent{e}
}

// kept returns when a target was met that was met; zero where it shows in the
// ticket anyhow, or nowhere.
func (v *conversation) kept(target string) time.Time {
	st := &v.Statistics
	switch target {
	case desk.TargetFirstResponse.String():
		return st.FirstAdminReplyAt.Time
	case desk.TargetResolution.String():
		return st.LastCloseAt.Time
	default:
		return st.LastAdminReplyAt.Time
	}
}

// broken returns when a target was broken at the latest: as a part tells, else
// when it was made good, else when the conversation changed last.
func (v *conversation) broken(target string, t *thread) time.Time {
	for _, at := range []time.Time{t.missed(), v.kept(target)} {
		if !at.IsZero() {
			return at
		}
	}
	return v.UpdatedAt.Time
}
