package freshdesktest

import (
	"slices"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/sources/sourcestest"
)

// conversations lists the replies and notes of a ticket, as they were written.
// What it was opened with is not among them.
func (d *Desk) conversations(q ask) answer {
	t, ok := d.one(q)
	if !ok || t.Status == desk.StatusDeleted {
		return missing()
	}
	list := []any{}
	for i, e := range t.State.Events {
		entry := map[string]any{
			"id": t.ID*1000 + int64(i), "ticket_id": t.ID, "incoming": false, "private": false, "source": 0,
			"user_id": orNull(e.Agent), "body": "<div>said</div>", "body_text": "said", "to_emails": []string{}, "cc_emails": []string{},
			"bcc_emails": nil, "attachments": []any{}, "created_at": stamp(e.At), "updated_at": stamp(e.At),
		}
		switch e.What {
		case sourcestest.CustomerReply, sourcestest.Reopen:
			entry["incoming"], entry["user_id"] = true, t.Requester
		case sourcestest.AgentReply:
		case sourcestest.Note:
			entry["private"], entry["source"] = true, 2
		case sourcestest.Merge:
			entry["private"], entry["source"] = true, 2
			entry["body_text"] = "This ticket is closed and merged into another ticket"
		default:
			continue
		}
		list = append(list, entry)
	}
	return answer{list: made(list)}
}

// noted is the time that an agent notes for each answer.
const noted = 10 * time.Minute

func (t *shown) timeEntries() []any {
	list := []any{}
	for i, e := range t.State.Events {
		if e.What != sourcestest.AgentReply {
			continue
		}
		list = append(list, map[string]any{
			"id": t.ID*1000 + int64(i), "ticket_id": t.ID, "agent_id": e.Agent, "company_id": nil, "billable": true, "timer_running": false,
			"time_spent": "00:10", "time_spent_in_seconds": int(noted.Seconds()), "note": "", "executed_at": stamp(e.At),
			"start_time": stamp(e.At), "created_at": stamp(e.At), "updated_at": stamp(e.At),
		})
	}
	return list
}

// timeEntriesOf lists the time entries of a ticket.
func (d *Desk) timeEntriesOf(q ask) answer {
	t, ok := d.one(q)
	if !ok {
		return missing()
	}
	return answer{list: made(t.timeEntries())}
}

// timeEntries lists those of all tickets.
func (d *Desk) timeEntries(q ask) answer {
	after, bad := q.instant("executed_after")
	if bad != nil {
		return *bad
	}
	list := []any{}
	for _, t := range d.at(q.now) {
		for _, e := range t.timeEntries() {
			at, _ := time.Parse(time.RFC3339, e.(map[string]any)["executed_at"].(string)) // as stamp wrote it
			if d.since(at, after) {
				list = append(list, e)
			}
		}
	}
	return answer{list: made(list)}
}

// happiness are the ratings of a survey with five answers, from the worst.
var happiness = []int{-103, -102, 100, 102, 103}

// ratings lists what customers answered, the newest first. A customer who
// answers again changes the rating.
func (d *Desk) ratings(q ask) answer {
	since, bad := q.instant("created_since")
	if bad != nil {
		return *bad
	}
	var all given
	for _, t := range d.at(q.now) {
		for i := range t.State.Events {
			if e := &t.State.Events[i]; e.What == sourcestest.Rate && d.since(e.At, since) {
				all = append(all, rating{t, e})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b rating) int { return b.first.At.Compare(a.first.At) })
	return answer{list: all}
}

// rating is what the customer of a ticket answered, and how that began.
type rating struct {
	*shown
	first *sourcestest.Event
}

// given are ratings that are listed.
type given []rating

func (g given) length() int   { return len(g) }
func (g given) row(i int) any { return g[i].rating(g[i].first) }

func (t *shown) rating(e *sourcestest.Event) map[string]any {
	return map[string]any{
		"id": 43_000_000_000 + t.ID, "survey_id": 43_000_089_898, "ticket_id": t.ID, "user_id": t.Requester, "agent_id": orNull(t.State.Agent),
		"group_id": orNull(t.State.Group), "feedback": "", "ratings": map[string]any{"default_question": happiness[t.Score-1]},
		"created_at": stamp(e.At), "updated_at": stamp(t.RatedAt),
	}
}

// groups lists the groups of agents.
func (d *Desk) groups(ask) answer {
	list := []any{}
	for _, g := range d.world.Groups {
		list = append(list, map[string]any{
			"id": g.ID, "name": g.Name, "description": nil, "business_hour_id": nil, "escalate_to": nil, "unassigned_for": "30m",
			"created_at": stamp(d.world.Start), "updated_at": stamp(d.world.Start),
		})
	}
	return answer{list: made(list)}
}

// fields lists the fields of tickets: only that of the status is written in full.
func (d *Desk) fields(q ask) answer {
	all := []any{
		map[string]any{"id": 1, "name": "subject", "label": "Subject", "type": "default_subject"},
		map[string]any{
			"id": 2, "name": "status", "label": "Status", "type": "default_status", "choices": map[string]any{
				"2": []string{"Open", "Being Processed"}, "3": []string{"Pending", "Awaiting your Reply"},
				"4": []string{"Resolved", "This ticket has been Resolved"}, "5": []string{"Closed", "This ticket has been Closed"},
				"6": []string{"Waiting on Customer", "Awaiting your Reply"}, "7": []string{"Waiting on Third Party", "Being Processed"},
			},
		},
	}
	if kind := q.query.Get("type"); kind != "" {
		list := []any{}
		for _, f := range all {
			if f.(map[string]any)["type"] == kind {
				list = append(list, f)
			}
		}
		return answer{body: list}
	}
	return answer{body: all}
}
