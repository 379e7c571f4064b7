package zendesktest

import "time"

// Policy is an SLA policy.
type Policy struct {
	Title   string
	Targets []Target
}

// Target is what a policy promises the tickets of a priority.
type Target struct {
	Priority string
	Metric   string // as policies name it: first_reply_time, next_reply_time, total_resolution_time, ...
	Minutes  int
	Business bool
}

// policyID is that of the one policy.
const policyID = 9001

// setUp is when the account was set up, long before its first ticket.
var setUp = time.Date(2020, 1, 5, 8, 0, 0, 0, time.UTC)

func (d *Desk) slaPolicies(q query) (any, *refusal) {
	if len(d.o.SLA.Targets) == 0 {
		return d.listByNumber(q, "sla_policies", 0, nil)
	}
	metrics := []any{}
	for _, t := range d.o.SLA.Targets {
		metrics = append(metrics, object{
			"priority": t.Priority, "metric": t.Metric, "business_hours": t.Business,
			"target": t.Minutes, "target_in_seconds": t.Minutes * 60,
		})
	}
	return d.listByNumber(q, "sla_policies", 1, func(int) any {
		return object{
			"id": policyID, "url": Host + "/api/v2/slas/policies/9001.json", "title": d.o.SLA.Title, "description": nil,
			"position": 1, "filter": object{"all": []any{}, "any": []any{}}, "policy_metrics": metrics,
			"created_at": stamp(setUp), "updated_at": stamp(setUp),
		}
	})
}

func (d *Desk) schedules(query) (any, *refusal) {
	intervals := []any{}
	for _, span := range d.hours {
		intervals = append(intervals, object{"start_time": span[0] / 60, "end_time": span[1] / 60})
	}
	return object{"schedules": []any{object{
		"id": 401, "name": "Weekdays", "time_zone": "UTC", "intervals": intervals,
		"created_at": stamp(setUp), "updated_at": stamp(setUp),
	}}}, nil
}

func (d *Desk) groups(q query) (any, *refusal) {
	return d.list(q, "groups", len(d.world.Groups), func(i int) any {
		g := d.world.Groups[i]
		return object{
			"id": g.ID, "url": Host + "/api/v2/groups/" + text(g.ID) + ".json", "name": g.Name, "description": "",
			"default": i == 0, "deleted": false, "is_public": true, "created_at": stamp(setUp), "updated_at": stamp(setUp),
		}
	})
}

// makersStatus is the id of the status that the account made for itself.
const makersStatus = 6

// statusIDs are the ids of the statuses that every account has.
var statusIDs = map[string]int{"new": 1, "open": 2, "pending": 3, "hold": 4, "solved": 5, "closed": 5}

func (d *Desk) customStatuses(query) (any, *refusal) {
	status := func(id int, category, label string, standard bool) any {
		return object{
			"id": id, "url": Host + "/api/v2/custom_statuses/" + text(int64(id)) + ".json", "status_category": category,
			"agent_label": label, "raw_agent_label": label, "end_user_label": label, "raw_end_user_label": label,
			"description": "", "raw_description": "", "end_user_description": "", "raw_end_user_description": "",
			"active": true, "default": standard, "created_at": stamp(setUp), "updated_at": stamp(setUp),
		}
	}
	return object{"custom_statuses": []any{
		status(1, "new", "New", true), status(2, "open", "Open", true), status(3, "pending", "Pending", true),
		status(4, "hold", "On-hold", true), status(5, "solved", "Solved", true),
		status(makersStatus, "hold", "Waiting for the maker", false),
	}}, nil
}
