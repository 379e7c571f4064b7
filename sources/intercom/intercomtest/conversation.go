package intercomtest

import (
	"fmt"
	"iter"
	"net/http"
	"strconv"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/sources/sourcestest"
)

// shows reports whether Intercom has what an event does. An automation that
// closes what is solved finds it closed already.
func shows(what sourcestest.What) bool { return what != sourcestest.Close }

// ends reports whether an event takes the conversation away.
func ends(what sourcestest.What) bool {
	return what == sourcestest.Delete || what == sourcestest.Spam || what == sourcestest.Merge
}

// promised is within what time urgent conversations are promised an answer, by
// the SLA of that name.
const (
	promised = time.Hour
	slaName  = "Urgent"
)

// missedAt returns when the SLA of a conversation is broken, zero if never.
func missedAt(t *sourcestest.Ticket) time.Time {
	due := t.CreatedAt.Add(promised)
	if t.Priority != "urgent" || t.ByAgent {
		return time.Time{}
	}
	for _, e := range t.Events {
		if e.At.After(due) {
			break
		}
		if e.What == sourcestest.AgentReply || ends(e.What) {
			return time.Time{}
		}
	}
	return due
}

// changes yields when a conversation changes, in no particular order.
func changes(t *sourcestest.Ticket) iter.Seq[time.Time] {
	return func(yield func(time.Time) bool) {
		if at := missedAt(t); !at.IsZero() && !yield(at) {
			return
		}
		for _, e := range t.Events {
			if shows(e.What) && !yield(e.At) {
				return
			}
		}
	}
}

// stateOf returns the state and the openness of a conversation.
func stateOf(s *sourcestest.State) (string, bool) {
	switch s.Status {
	case desk.StatusSolved, desk.StatusClosed:
		return "closed", false
	case desk.StatusPending, desk.StatusOnHold:
		return "snoozed", true
	default:
		return "open", true
	}
}

// gone reports whether a conversation is not there any more.
func gone(s *sourcestest.State) bool { return s.Status.Withdrawn() }

// goneBy reports the same of a second. What takes a conversation away is the last
// that happens to it.
func goneBy(t *sourcestest.Ticket, at int64) bool {
	n := len(t.Events)
	return n > 0 && ends(t.Events[n-1].What) && t.Events[n-1].At.Unix() <= at
}

// sourceTypes has what Intercom calls the channels.
var sourceTypes = map[string]string{
	"email": "email", "chat": "conversation", "phone": "phone_call", "web": "conversation", "social": "facebook",
	"messaging": "whatsapp", "sms": "sms", "api": "api", "other": "conversation",
}

// render shows a conversation as it is at a time, without its parts.
func (d *Desk) render(t *sourcestest.Ticket, at time.Time) map[string]any {
	s := d.world.At(t, at)
	state, open := stateOf(&s)
	updated := t.CreatedAt
	for change := range changes(t) {
		if !change.After(at) && change.After(updated) {
			updated = change
		}
	}
	priority := "not_priority"
	if s.Priority == "high" || s.Priority == "urgent" {
		priority = "priority"
	}
	var snoozed any
	if state == "snoozed" {
		snoozed = s.StatusAt.Add(24 * time.Hour).Unix()
	}
	id := strconv.FormatInt(t.ID, 10)
	shown := map[string]any{
		"type": "conversation", "id": id, "title": nil, "created_at": t.CreatedAt.Unix(), "updated_at": updated.Unix(),
		"waiting_since": unix(s.WaitingSince), "snoozed_until": snoozed, "open": open, "state": state, "read": true,
		"priority": priority, "admin_assignee_id": orNull(s.Agent), "team_assignee_id": orNull(s.Group),
		"source":     d.source(t),
		"contacts":   map[string]any{"type": "contact.list", "contacts": []any{map[string]any{"type": "contact", "id": contactID(t)}}},
		"tags":       map[string]any{"type": "tag.list", "tags": []any{}},
		"statistics": statistics(t, &s), "conversation_rating": rating(t, &s), "sla_applied": slaApplied(t, &s, at),
		"ai_agent_participated": false, "ai_agent": nil, "custom_attributes": map[string]any{},
	}
	if d.o.Strange != nil {
		d.o.Strange(id, shown)
	}
	return shown
}

func (d *Desk) source(t *sourcestest.Ticket) map[string]any {
	delivered, author := "customer_initiated", customer(t)
	if t.ByAgent {
		delivered, author = "admin_initiated", admin(t.Agent)
	}
	return map[string]any{
		"type": sourceTypes[t.Channel], "id": "1" + strconv.FormatInt(t.ID, 10), "delivered_as": delivered,
		"subject": "", "body": "<p>Hello</p>", "author": author, "attachments": []any{}, "url": nil, "redacted": false,
	}
}

func contactID(t *sourcestest.Ticket) string { return fmt.Sprintf("%024x", t.Requester) }

func customer(t *sourcestest.Ticket) map[string]any {
	return map[string]any{"type": "user", "id": contactID(t), "name": "Kim", "email": "kim@example.com"}
}

func admin(id int64) map[string]any {
	return map[string]any{"type": "admin", "id": strconv.FormatInt(id, 10), "name": "Sam", "email": "sam@example.com"}
}

// statistics shows what was measured. A conversation without a word of the
// customer has none.
func statistics(t *sourcestest.Ticket, s *sourcestest.State) any {
	if s.CustomerMessages == 0 {
		return nil
	}
	asked := firstMessage(t, s)
	shown := map[string]any{
		"type": "conversation_statistics", "first_contact_reply_at": asked.Unix(), "count_reopens": len(s.Reopens),
		"first_admin_reply_at": unix(s.FirstReplyAt), "time_to_admin_reply": nil, "count_assignments": s.Assigns,
		"count_conversation_parts": len(s.Events), "first_close_at": nil, "last_close_at": nil,
		"time_to_first_close": nil, "time_to_last_close": nil, "handling_time": nil, "adjusted_handling_time": nil,
		"first_assignment_at": nil, "last_admin_reply_at": nil,
	}
	if !s.FirstReplyAt.IsZero() {
		shown["time_to_admin_reply"] = max(0, s.FirstReplyAt.Unix()-asked.Unix())
	}
	for _, e := range s.Events {
		switch e.What {
		case sourcestest.Assign:
			if shown["first_assignment_at"] == nil {
				shown["first_assignment_at"] = e.At.Unix()
			}
		case sourcestest.AgentReply:
			shown["last_admin_reply_at"] = e.At.Unix()
		}
	}
	if n := len(s.Solves); n > 0 {
		shown["first_close_at"], shown["time_to_first_close"] = s.Solves[0].Unix(), s.Solves[0].Unix()-t.CreatedAt.Unix()
		shown["last_close_at"], shown["time_to_last_close"] = s.Solves[n-1].Unix(), s.Solves[n-1].Unix()-t.CreatedAt.Unix()
	}
	return shown
}

// firstMessage returns when the customer wrote first.
func firstMessage(t *sourcestest.Ticket, s *sourcestest.State) time.Time {
	if !t.ByAgent {
		return t.CreatedAt
	}
	for _, e := range s.Events {
		if e.What == sourcestest.CustomerReply || e.What == sourcestest.Reopen {
			return e.At
		}
	}
	return time.Time{}
}

// rating shows what the customer answered when asked behind the last close. It is
// of whom the conversation is with, else of who closed it.
func rating(t *sourcestest.Ticket, s *sourcestest.State) any {
	if s.Score == 0 {
		return nil
	}
	teammate := s.Agent
	for _, e := range s.Events {
		if s.Agent == 0 && e.What == sourcestest.Solve {
			teammate = e.Agent
		}
	}
	return map[string]any{
		"rating": s.Score, "remark": nil, "created_at": s.RatedAt.Unix() - 1, "updated_at": s.RatedAt.Unix(),
		"contact":  map[string]any{"type": "contact", "id": contactID(t)},
		"teammate": map[string]any{"type": "admin", "id": teammate},
	}
}

func slaApplied(t *sourcestest.Ticket, s *sourcestest.State, at time.Time) any {
	if t.Priority != "urgent" || t.ByAgent {
		return nil
	}
	status := "active"
	switch missed := missedAt(t); {
	case !missed.IsZero() && !missed.After(at):
		status = "missed"
	case !s.FirstReplyAt.IsZero():
		status = "hit"
	}
	return map[string]any{"type": "conversation_sla_summary", "sla_name": slaName, "sla_status": status}
}

// conversation serves one conversation with its parts.
func (d *Desk) conversation(w http.ResponseWriter, id string, now time.Time) {
	n, err := strconv.ParseInt(id, 10, 64)
	t := d.world.Ticket(n)
	if err != nil || t == nil {
		notFound(w)
		return
	}
	s := d.world.At(t, now)
	if !s.Exists || gone(&s) {
		notFound(w)
		return
	}
	parts := d.parts(t, &s, now)
	total := len(parts)
	shown := d.render(t, now)
	shown["conversation_parts"] = map[string]any{
		"type": "conversation_part.list", "conversation_parts": parts[max(0, total-d.o.PartsMost):], "total_count": total,
	}
	answer(w, shown)
}

// parts shows what has happened in a conversation, the oldest first.
func (d *Desk) parts(t *sourcestest.Ticket, s *sourcestest.State, now time.Time) []map[string]any {
	parts := []map[string]any{}
	add := func(at time.Time, kind string, author map[string]any, body any) {
		parts = append(parts, map[string]any{
			"type": "conversation_part", "id": fmt.Sprintf("%d%03d", t.ID, len(parts)), "part_type": kind, "body": body,
			"created_at": at.Unix(), "updated_at": at.Unix(), "notified_at": at.Unix(), "author": author,
			"assigned_to": nil, "attachments": []any{}, "external_id": nil, "redacted": false,
		})
	}
	missed := missedAt(t)
	bot := map[string]any{"type": "bot", "id": "1", "name": "Operator"}
	tell := func(until time.Time) {
		if !missed.IsZero() && !missed.After(until) {
			add(missed, "conversation_sla_target_missed", bot, nil)
			missed = time.Time{}
		}
	}
	for _, e := range s.Events {
		tell(e.At)
		switch e.What {
		case sourcestest.CustomerReply:
			add(e.At, "comment", customer(t), "<p>And?</p>")
		case sourcestest.AgentReply:
			add(e.At, "comment", admin(e.Agent), "<p>Like this.</p>")
		case sourcestest.Note:
			add(e.At, "note", admin(e.Agent), "<p>Ask Robin.</p>")
		case sourcestest.Pend, sourcestest.Hold:
			add(e.At, "snoozed", admin(e.Agent), nil)
		case sourcestest.Open:
			add(e.At, "unsnoozed", admin(e.Agent), nil)
		case sourcestest.Solve:
			add(e.At, "close", admin(e.Agent), nil)
		case sourcestest.Reopen:
			d.reopen(t, e, add)
		case sourcestest.Assign:
			add(e.At, "assignment", bot, nil)
		case sourcestest.Prioritise:
			add(e.At, "priority_changed", admin(e.Agent), nil)
		case sourcestest.Rate:
			add(e.At, "conversation_rating_changed", customer(t), nil)
		}
	}
	tell(now)
	return parts
}

// reopen shows a customer's message on a closed conversation: some desks have it
// in the part that opens the conversation, some in one of its own.
func (d *Desk) reopen(t *sourcestest.Ticket, e sourcestest.Event, add func(time.Time, string, map[string]any, any)) {
	if t.ID%2 == 0 {
		add(e.At, "open", customer(t), "<p>It is back.</p>")
		return
	}
	add(e.At, "comment", customer(t), "<p>It is back.</p>")
	add(e.At, "open", map[string]any{"type": "bot", "id": "1", "name": "Operator"}, nil)
}

func unix(at time.Time) any {
	if at.IsZero() {
		return nil
	}
	return at.Unix()
}

func orNull(id int64) any {
	if id == 0 {
		return nil
	}
	return id
}
