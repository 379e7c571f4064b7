package zendesk

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"helpdesk_exporter/desk"
)

// ticket is what is read of a ticket. Its subject and its texts are not.
type ticket struct {
	ID           ident `json:"id"`
	CreatedAt    stamp `json:"created_at"`
	UpdatedAt    stamp `json:"updated_at"`
	Generated    stamp `json:"generated_timestamp"`
	Status       word  `json:"status"`
	CustomStatus ident `json:"custom_status_id"`
	Priority     word  `json:"priority"`
	Type         word  `json:"type"`
	Group        ident `json:"group_id"`
	Assignee     ident `json:"assignee_id"`
	Requester    ident `json:"requester_id"`
	Submitter    ident `json:"submitter_id"`
	SupportType  word  `json:"support_type"`
	Via          via   `json:"via"`
	Messaging    flag  `json:"from_messaging_channel"`

	Tags   json.RawMessage `json:"tags"`
	Fields json.RawMessage `json:"custom_fields"`

	MetricSet *metricSet `json:"metric_set"`
}

// tell adds tickets to the page. Metrics that come beside them, and not within,
// belong to the ticket that they name.
func (r *round) tell(ctx context.Context, list, metrics []json.RawMessage) error {
	if err := r.nameAll(ctx, list); err != nil {
		return err
	}
	sets := map[ident]*metricSet{}
	for _, raw := range metrics {
		var m metricSet
		if json.Unmarshal(raw, &m) == nil && m.Ticket != "" {
			sets[m.Ticket] = &m
		}
	}
	take(&r.page, "ticket", list, nil, func(t ticket) error {
		if t.MetricSet == nil {
			t.MetricSet = sets[t.ID]
		}
		record, err := r.translate(&t)
		if err == nil {
			r.page.Records = append(r.page.Records, record)
		}
		return err
	})
	return nil
}

// nameAll learns the names that tickets need.
func (r *round) nameAll(ctx context.Context, list []json.RawMessage) error {
	var groups []ident
	strange := false
	for _, raw := range list {
		var t struct {
			Group  ident `json:"group_id"`
			Status word  `json:"status"`
		}
		if json.Unmarshal(raw, &t) != nil {
			continue
		}
		groups = append(groups, t.Group)
		strange = strange || statusOf(t.Status) == desk.StatusUnknown
	}
	if strange {
		if err := r.nameStatuses(ctx); err != nil {
			return err
		}
	}
	return r.nameGroups(ctx, groups)
}

// translate makes the neutral record of a ticket.
func (r *round) translate(t *ticket) (desk.Record, error) {
	switch {
	case t.ID == "":
		return desk.Record{}, without("id")
	case t.CreatedAt.IsZero() && t.Status != "deleted":
		return desk.Record{}, without("created_at")
	}
	status := statusOf(t.Status)
	if status == desk.StatusUnknown {
		status = statusOf(r.names.statuses[string(t.CustomStatus)])
	}
	if status == desk.StatusUnknown {
		return desk.Record{}, &flaw{desk.ReasonUnknownValue, "its status is none that Zendesk documents, and its custom status has no category"}
	}
	told := &desk.Ticket{
		CreatedAt: t.CreatedAt.Time, UpdatedAt: latest(t.UpdatedAt.Time, t.Generated.Time), Status: status,
		CreatedBy: t.createdBy(), HandledBy: r.handledBy(t),
		Channel: t.channel(), Team: r.teamOf(t.Group), Agent: string(t.Assignee), Requester: string(t.Requester),
		FollowupOf: t.followupOf(),
	}
	told.Priority, _ = desk.ParsePriority(string(t.Priority))
	told.Type, _ = desk.ParseTicketType(string(t.Type))
	if status.Finished() && t.tagged("closed_by_merge") {
		told.Status = desk.StatusMerged
	}
	r.addFields(told, t.Fields)
	t.MetricSet.addTo(told, r.exactFrom(), bool(t.Messaging) || told.Channel == "messaging")
	return desk.Record{ID: string(t.ID), Deleted: status == desk.StatusDeleted, Body: told}, nil
}

// exactFrom returns from when on the metric events of the next round tell of a
// first answer, and to the second; zero where the desk withholds them. What a
// ticket says of it is rounded to the minute.
func (r *round) exactFrom() time.Time {
	if !r.can.due(canEvents, r.Target) {
		return time.Time{}
	}
	return r.Target.Add(-time.Minute)
}

// statusOf returns what a status is called here.
func statusOf(status word) desk.Status {
	switch status {
	case "new":
		return desk.StatusNew
	case "open":
		return desk.StatusOpen
	case "pending":
		return desk.StatusPending
	case "hold", "on_hold", "on-hold":
		return desk.StatusOnHold
	case "solved":
		return desk.StatusSolved
	case "closed":
		return desk.StatusClosed
	case "deleted":
		return desk.StatusDeleted
	default:
		return desk.StatusUnknown
	}
}

// createdBy returns who began the ticket. People of the desk open tickets for
// customers in its own forms, as customers do; on other channels somebody else
// stands for the customer without having asked anything: the desk itself for a
// call, an agent who forwards a mail.
func (t *ticket) createdBy() desk.Role {
	switch {
	case t.Submitter == "" || t.Requester == "":
		return desk.RoleUnknown
	case t.Submitter == t.Requester:
		return desk.RoleCustomer
	case t.channel() == "web" || t.channel() == "api":
		return desk.RoleAgent
	default:
		return desk.RoleUnknown
	}
}

// handledBy returns who handles the ticket, where the desk says that it is none
// of its people.
func (r *round) handledBy(t *ticket) desk.Role {
	if t.SupportType == scopeAIAgent || r.config.Scope == scopeAIAgent {
		return desk.RoleBot
	}
	return desk.RoleUnknown
}

func (t *ticket) tagged(tag string) bool {
	var tags []phrase
	return json.Unmarshal(t.Tags, &tags) == nil && slices.Contains(tags, phrase(tag))
}

// followupOf returns the closed ticket that this one goes on with.
func (t *ticket) followupOf() string {
	if t.Via.Source.Rel != "follow_up" {
		return ""
	}
	return string(t.Via.Source.From.Ticket)
}

// addFields takes over the ticket fields that the configuration maps.
func (r *round) addFields(told *desk.Ticket, list json.RawMessage) {
	if len(r.config.Attributes) == 0 && r.config.TopicField == 0 {
		return
	}
	values := fieldValues(list)
	told.Topic = values[r.config.TopicField]
	for _, name := range slices.Sorted(maps.Keys(r.config.Attributes)) {
		if value := values[r.config.Attributes[name]]; value != "" {
			if told.Attrs == nil {
				told.Attrs = map[string]string{}
			}
			told.Attrs[name] = value
		}
	}
}

// fieldValues returns the values of ticket fields that have one, by their ids.
func fieldValues(list json.RawMessage) map[int64]string {
	var fields []struct {
		ID    json.Number     `json:"id"`
		Value json.RawMessage `json:"value"`
	}
	if json.Unmarshal(list, &fields) != nil {
		return nil
	}
	values := map[int64]string{}
	for _, f := range fields {
		id, err := f.ID.Int64()
		if value, ok := plain(f.Value); err == nil && ok && id > 0 {
			values[id] = strings.TrimSpace(value)
		}
	}
	return values
}

// latest returns the latest of instants.
func latest(times ...time.Time) time.Time {
	return slices.MaxFunc(times, time.Time.Compare)
}

// earliest returns the earlier of two instants.
func earliest(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
