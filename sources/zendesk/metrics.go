package zendesk

import (
	"time"

	"helpdesk_exporter/desk"
)

// metricSet is what the desk has measured of a ticket, in whole minutes.
type metricSet struct {
	Ticket     ident  `json:"ticket_id"`
	Reopens    number `json:"reopens"`
	Replies    number `json:"replies"`
	Groups     number `json:"group_stations"`
	AssignedAt stamp  `json:"initially_assigned_at"`
	SolvedAt   stamp  `json:"solved_at"`

	Reply           clocks `json:"reply_time_in_minutes"`
	ReplySeconds    clocks `json:"reply_time_in_seconds"` // of messaging tickets
	FirstResolution clocks `json:"first_resolution_time_in_minutes"`
	FullResolution  clocks `json:"full_resolution_time_in_minutes"`
	RequesterWait   clocks `json:"requester_wait_time_in_minutes"`
}

// clocks is a duration around the clock and in business hours.
type clocks struct {
	Calendar number `json:"calendar"`
	Business number `json:"business"`
}

// addTo takes over what was measured of a ticket; nil: nothing was. A first answer
// behind exactFrom that is known to the minute is left to those who know better.
func (m *metricSet) addTo(t *desk.Ticket, exactFrom time.Time, messaging bool) {
	if m == nil {
		return
	}
	t.Reopens, t.AgentReplies = m.Reopens.count(), m.Replies.count()
	if stations := m.Groups.count(); stations.Set {
		t.Transfers = desk.Some(max(stations.Value-1, 0))
	}
	t.AcknowledgedAt, t.SolvedAt = m.AssignedAt.Time, m.SolvedAt.Time
	t.FirstResponseAt = after(t.CreatedAt, m.Reply.Calendar.times(time.Minute))
	if !exactFrom.IsZero() && t.FirstResponseAt.After(exactFrom) {
		t.FirstResponseAt = time.Time{}
	}
	if exact := m.ReplySeconds.Calendar.times(time.Second); messaging && exact.Set {
		t.FirstResponseAt = after(t.CreatedAt, exact)
	}
	// A ticket that never came back has one solve, and of that the desk tells the
	// very second.
	if t.SolvedAt.IsZero() || t.Reopens.Value > 0 {
		t.FirstSolvedAt = after(t.CreatedAt, m.FirstResolution.Calendar.times(time.Minute))
	}
	t.FirstResponseBusiness = m.Reply.Business.times(time.Minute)
	t.ResolutionBusiness = m.FullResolution.Business.times(time.Minute)
	t.RequesterWait = m.RequesterWait.Calendar.times(time.Minute)
	t.RequesterWaitBusiness = m.RequesterWait.Business.times(time.Minute)
}

// after returns an instant that lies some time after another, zero where either
// is not known.
func after(from time.Time, took desk.Opt[time.Duration]) time.Time {
	if from.IsZero() || !took.Set {
		return time.Time{}
	}
	return from.Add(took.Value)
}
