package zendesktest

import (
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/sources/sourcestest"
)

// metricSet shows what the desk has measured of a ticket, as of its last change.
func (d *Desk) metricSet(t *sourcestest.Ticket, s sourcestest.State) object {
	created := t.CreatedAt
	solved, first := lastSolve(s), time.Time{}
	if len(s.Solves) > 0 {
		first = s.Solves[0]
	} else {
		first = solved
	}
	l := follow(t, s)
	return object{
		"url": Host + "/api/v2/ticket_metrics/" + text(metricSetID(t)) + ".json", "id": metricSetID(t), "ticket_id": t.ID,
		"created_at": stamp(created), "updated_at": stamp(s.UpdatedAt),
		"group_stations": l.groups, "assignee_stations": l.assignees, "reopens": len(s.Reopens), "replies": l.replies,
		"assignee_updated_at": stamp(l.byAgent), "requester_updated_at": stamp(l.byCustomer), "status_updated_at": stamp(s.StatusAt),
		"initially_assigned_at": stamp(l.firstAssigned), "assigned_at": stamp(l.assigned), "solved_at": stamp(solved),
		"latest_comment_added_at": stamp(l.comment), "custom_status_updated_at": stamp(s.StatusAt),
		"reply_time_in_minutes":            d.minutes(created, s.FirstReplyAt),
		"reply_time_in_seconds":            secondsOfMessaging(t, s),
		"first_resolution_time_in_minutes": d.minutes(created, first),
		"full_resolution_time_in_minutes":  d.minutes(created, solved),
		"agent_wait_time_in_minutes":       d.total(l.spans, desk.StatusPending),
		"requester_wait_time_in_minutes":   d.total(l.spans, desk.StatusNew, desk.StatusOpen, desk.StatusOnHold),
		"on_hold_time_in_minutes":          d.total(l.spans, desk.StatusOnHold),
	}
}

func metricSetID(t *sourcestest.Ticket) int64 { return 600_000 + t.ID }

// lastSolve returns when a ticket was solved last; being merged is that, too.
func lastSolve(s sourcestest.State) time.Time {
	switch {
	case s.Status == desk.StatusMerged:
		return s.StatusAt
	case len(s.Solves) > 0:
		return s.Solves[len(s.Solves)-1]
	default:
		return time.Time{}
	}
}

// secondsOfMessaging is told of messaging tickets only.
func secondsOfMessaging(t *sourcestest.Ticket, s sourcestest.State) object {
	if t.Channel != "messaging" || s.FirstReplyAt.IsZero() {
		return object{"calendar": nil}
	}
	return object{"calendar": int(s.FirstReplyAt.Sub(t.CreatedAt) / time.Second)}
}

// minutes shows how many whole minutes passed; null as long as there is no end.
func (d *Desk) minutes(from, to time.Time) object {
	if to.IsZero() {
		return object{"calendar": nil, "business": nil}
	}
	return object{"calendar": int(to.Sub(from) / time.Minute), "business": d.hours.between(from.Unix(), to.Unix()) / 60}
}

// log is what of the past of a ticket its state does not tell.
type log struct {
	groups, assignees, replies   int
	byAgent, byCustomer, comment time.Time
	firstAssigned, assigned      time.Time
	spans                        []span
}

// span is how long a ticket was in a status.
type span struct {
	status   desk.Status
	from, to time.Time
}

// follow goes through a life up to a state.
func follow(t *sourcestest.Ticket, s sourcestest.State) log {
	l := log{byCustomer: t.CreatedAt, comment: t.CreatedAt}
	group, agent := t.Group, t.Agent
	if group != 0 {
		l.groups = 1
	}
	if agent != 0 {
		l.assignees, l.firstAssigned, l.assigned, l.byAgent = 1, t.CreatedAt, t.CreatedAt, t.CreatedAt
	}
	for _, e := range s.Events {
		switch e.What {
		case sourcestest.CustomerReply, sourcestest.Reopen:
			l.byCustomer, l.comment = e.At, e.At
		case sourcestest.AgentReply:
			l.replies++
			l.byAgent, l.comment = e.At, e.At
		case sourcestest.Note:
			l.byAgent, l.comment = e.At, e.At
		case sourcestest.Assign:
			if e.Group != 0 && e.Group != group {
				l.groups++
			}
			if e.Agent != 0 && e.Agent != agent {
				l.assignees++
				l.assigned = e.At
				if l.firstAssigned.IsZero() {
					l.firstAssigned = e.At
				}
			}
			group, agent = e.Group, e.Agent
		}
	}
	l.spans = spansOf(t, s)
	return l
}

// spansOf returns the statuses of a ticket in turn, the last one up to its last
// change.
func spansOf(t *sourcestest.Ticket, s sourcestest.State) []span {
	status := desk.StatusNew
	if t.ByAgent {
		status = desk.StatusOpen
	}
	spans := []span{{status: status, from: t.CreatedAt, to: t.CreatedAt}}
	for _, e := range s.Events {
		last := &spans[len(spans)-1]
		last.to = e.At
		if next := after(last.status, e); next != last.status {
			spans = append(spans, span{status: next, from: e.At, to: e.At})
		}
	}
	return spans
}

// after returns the status that an event leaves a ticket in.
func after(status desk.Status, e sourcestest.Event) desk.Status {
	fresh := status == desk.StatusNew
	switch e.What {
	case sourcestest.CustomerReply:
		if fresh {
			return status
		}
		return desk.StatusOpen
	case sourcestest.AgentReply:
		if fresh {
			return desk.StatusOpen
		}
	case sourcestest.Assign:
		if fresh && e.Agent != 0 {
			return desk.StatusOpen
		}
	case sourcestest.Open, sourcestest.Reopen:
		return desk.StatusOpen
	case sourcestest.Pend:
		return desk.StatusPending
	case sourcestest.Hold:
		return desk.StatusOnHold
	case sourcestest.Solve:
		return desk.StatusSolved
	case sourcestest.Close:
		return desk.StatusClosed
	case sourcestest.Merge:
		return desk.StatusMerged
	case sourcestest.Delete, sourcestest.Spam:
		return desk.StatusDeleted
	}
	return status
}

// total shows how many whole minutes a ticket was in some statuses.
func (d *Desk) total(spans []span, statuses ...desk.Status) object {
	var calendar, business int64
	for _, s := range spans {
		for _, status := range statuses {
			if s.status == status {
				calendar += s.to.Unix() - s.from.Unix()
				business += d.hours.between(s.from.Unix(), s.to.Unix())
			}
		}
	}
	return object{"calendar": calendar / 60, "business": business / 60}
}
