package freshdesk

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"helpdesk_exporter/desk"
)

// ticket is a ticket as the desk writes it, but for the texts of people.
type ticket struct {
	ID        word    `json:"id"`
	Status    word    `json:"status"`
	Priority  word    `json:"priority"`
	Source    word    `json:"source"`
	Type      text    `json:"type"`
	Group     word    `json:"group_id"`
	Responder word    `json:"responder_id"`
	Requester word    `json:"requester_id"`
	Spam      flag    `json:"spam"`
	Deleted   flag    `json:"deleted"`
	CreatedAt instant `json:"created_at"`
	UpdatedAt instant `json:"updated_at"`

	FirstResponseDue instant `json:"fr_due_by"`
	NextResponseDue  instant `json:"nr_due_by"`
	ResolutionDue    instant `json:"due_by"`

	Custom json.RawMessage `json:"custom_fields"`
	Stats  *stats          `json:"stats"`
}

// stats are the times that the desk notes of a ticket, each the last of its kind
// but the first answer.
type stats struct {
	AgentResponded     instant `json:"agent_responded_at"`
	RequesterResponded instant `json:"requester_responded_at"`
	FirstResponded     instant `json:"first_responded_at"`
	Reopened           instant `json:"reopened_at"`
	Resolved           instant `json:"resolved_at"`
	Closed             instant `json:"closed_at"`
}

// readTicket reads a row; what is wrong with it comes back as a reason and what
// to do.
func readTicket(r row) (t ticket, reason desk.Reason, detail string) {
	err := json.Unmarshal(r.raw, &t)
	switch {
	case errors.Is(err, errTime):
		return t, desk.ReasonBadTime, "a time is none: compare the ticket with the desk's documentation of its API"
	case err != nil:
		return t, desk.ReasonMalformed, "a field is not of its type: compare the ticket with the desk's documentation of its API"
	case t.ID == "":
		return t, desk.ReasonMissingField, "id is missing"
	case t.CreatedAt.IsZero():
		return t, desk.ReasonMissingField, "created_at is missing"
	case t.UpdatedAt.IsZero():
		return t, desk.ReasonMissingField, "updated_at is missing"
	default:
		return t, "", ""
	}
}

// ticket reports the ticket of a row, with its messages where they are wanted.
func (f *fetching) ticket(ctx context.Context, r row) error {
	t, reason, detail := readTicket(r)
	if reason != "" {
		f.reject(r, "ticket", reason, detail)
		return nil
	}
	status, err := f.status(ctx, t.Status, f.now)
	if err != nil {
		return err
	}
	if f.first() && t.UpdatedAt.Before(f.Start) && !unfinished(status) {
		return nil
	}
	body, err := f.translate(ctx, &t, status)
	if err != nil {
		return err
	}
	if err := f.addMessages(ctx, &t, body); err != nil {
		return err
	}
	if err := f.addTime(ctx, &t, body); err != nil {
		return err
	}
	f.page.Records = append(f.page.Records, desk.Record{ID: string(t.ID), Deleted: t.Deleted.yes, Body: body})
	return nil
}

// unfinished reports whether a ticket still wants work, for all that is known.
func unfinished(s desk.Status) bool { return !s.Finished() && s != desk.StatusTest }

// tombstone reports a ticket that was listed as deleted, or as spam. A ticket
// that says that it is not, is not.
func (f *fetching) tombstone(r row, status desk.Status) {
	t, reason, detail := readTicket(r)
	switch {
	case reason != "":
		f.reject(r, "ticket", reason, detail)
		return
	case status == desk.StatusDeleted && t.Deleted.said && !t.Deleted.yes,
		status == desk.StatusSpam && t.Spam.said && !t.Spam.yes:
		return
	}
	f.page.Records = append(f.page.Records, desk.Record{
		ID: string(t.ID), Deleted: status == desk.StatusDeleted,
		Body: &desk.Ticket{CreatedAt: t.CreatedAt.Time, UpdatedAt: t.UpdatedAt.Time, Status: status},
	})
}

// translate brings a ticket into the neutral form.
func (f *fetching) translate(ctx context.Context, t *ticket, status desk.Status) (*desk.Ticket, error) {
	team, err := f.groups.name(ctx, f.Source, string(t.Group), f.now)
	if err != nil {
		return nil, err
	}
	body := &desk.Ticket{
		CreatedAt: t.CreatedAt.Time, UpdatedAt: t.UpdatedAt.Time, Status: status, CreatedBy: creatorOf(t.Source),
		Priority: priorityOf(t.Priority), Channel: channelOf(t.Source), Team: team, Type: typeOf(t.Type),
		Agent: string(t.Responder), Requester: string(t.Requester),
	}
	if t.Spam.yes {
		body.Status = desk.StatusSpam
	}
	if s := t.Stats; s != nil {
		body.FirstResponseAt, body.ReopenedAt = s.FirstResponded.Time, s.Reopened.Time
		body.SolvedAt, body.ClosedAt = s.Resolved.Time, s.Closed.Time
	}
	t.promise(body)
	f.addCustom(t, body)
	return body, nil
}

// promise adds the due times. While a ticket waits for others its clocks stand,
// and the desk moves what is due when they run again: until then it is due at no
// time. That of the first answer stays once it was given.
func (t *ticket) promise(body *desk.Ticket) {
	stands := body.Status == desk.StatusPending || body.Status == desk.StatusOnHold
	if !stands || !body.FirstResponseAt.IsZero() {
		body.FirstResponseDueAt = t.FirstResponseDue.Time
	}
	if !stands {
		body.NextResponseDueAt, body.ResolutionDueAt = t.NextResponseDue.Time, t.ResolutionDue.Time
	}
}

// addCustom adds the custom fields that the configuration names.
func (f *fetching) addCustom(t *ticket, body *desk.Ticket) {
	if len(f.config.Attributes) == 0 && f.config.TopicField == "" {
		return
	}
	var fields map[string]json.RawMessage
	_ = json.Unmarshal(t.Custom, &fields) // a ticket may have none
	body.Topic = customText(fields[f.config.TopicField])
	for name, field := range f.config.Attributes {
		if value := customText(fields[field]); value != "" {
			if body.Attrs == nil {
				body.Attrs = map[string]string{}
			}
			body.Attrs[name] = value
		}
	}
}

// customText returns the value of a custom field: a text, a number, true or
// false; empty for anything else.
func customText(value json.RawMessage) string {
	var v any
	if json.Unmarshal(value, &v) != nil {
		return ""
	}
	switch v := v.(type) {
	case string:
		return v
	case float64, bool:
		return string(value)
	default:
		return ""
	}
}

// lastWord returns when somebody last wrote on a ticket after its beginning.
func (s *stats) lastWord() time.Time {
	if s.AgentResponded.After(s.RequesterResponded.Time) {
		return s.AgentResponded.Time
	}
	return s.RequesterResponded.Time
}
