package zendesktest

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/sources/sourcestest"
)

func text(id int64) string { return strconv.FormatInt(id, 10) }

// change is one of a ticket's: each gives it a new place in the export.
type change struct {
	at     int64 // its generated_timestamp
	next   int64 // when the ticket changes again
	ticket int   // of the world's
}

// listChanges returns the changes of all tickets, in the order of the export.
func (d *Desk) listChanges() []change {
	var all []change
	for i, t := range d.world.Tickets {
		at := t.CreatedAt.Unix()
		for _, e := range t.Events {
			all = append(all, change{at: at, next: e.At.Unix(), ticket: i})
			at = e.At.Unix()
		}
		all = append(all, change{at: at, next: math.MaxInt64, ticket: i})
	}
	slices.SortFunc(all, func(a, b change) int { return cmp.Or(cmp.Compare(a.at, b.at), a.ticket-b.ticket) })
	return all
}

// incrementalTickets is the cursor-based export of tickets. A ticket has one
// place in it, behind what changed before: when it changes it leaves that place
// and is told of again.
func (d *Desk) incrementalTickets(q query) (any, *refusal) {
	asked, refused := q.number("per_page")
	if refused != nil {
		return nil, refused
	}
	from, refused := d.startOfTickets(q)
	if refused != nil {
		return nil, refused
	}
	size := d.size(asked, incrementalPage)
	now, settled := q.now.Unix(), q.settled()
	answer := object{"after_cursor": orNull(q.Get("cursor")), "after_url": nil, "before_cursor": nil, "before_url": nil, "end_of_stream": true}
	tickets := []any{}
	for _, c := range d.changes()[from:] {
		if c.at > settled {
			break
		}
		if c.next <= now || !d.inScope(q, c.ticket) {
			continue
		}
		if len(tickets) == size {
			answer["end_of_stream"] = false
			break
		}
		answer["after_cursor"] = d.cursor(c)
		tickets = append(tickets, d.ticket(q, c.ticket, q.now))
	}
	if after, ok := answer["after_cursor"].(string); ok {
		ask := q.with("cursor", after)
		ask.Del("start_time")
		answer["after_url"] = address(q.endpoint, ask)
	}
	if before := q.Get("cursor"); before != "" {
		answer["before_cursor"], answer["before_url"] = before, address(q.endpoint, q.Values)
	}
	answer["tickets"] = tickets
	return answer, nil
}

// startOfTickets returns the first change that is of interest.
func (d *Desk) startOfTickets(q query) (int, *refusal) {
	if q.Get("cursor") != "" {
		return d.behind(q.Get("cursor"))
	}
	start, refused := q.startTime()
	if refused != nil {
		return 0, refused
	}
	if q.tooRecent(start) {
		return 0, invalid(http.StatusBadRequest, "StartTimeTooRecent", "Start time is too recent, it must be more than one minute in the past")
	}
	from, _ := slices.BinarySearchFunc(d.changes(), start, func(c change, at int64) int { return cmp.Compare(c.at, at) })
	return from, nil
}

// cursor names the place of a change.
func (d *Desk) cursor(c change) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "%d.%d||%d|", c.at, d.issue, d.world.Tickets[c.ticket].ID))
}

// behind returns the first change behind the place that a cursor names.
func (d *Desk) behind(cursor string) (int, *refusal) {
	var at, id int64
	var issue int
	text, err := base64.StdEncoding.DecodeString(cursor)
	_, scanned := fmt.Sscanf(string(text), "%d.%d||%d|", &at, &issue, &id)
	d.mu.Lock()
	current := issue == d.issue
	d.mu.Unlock()
	if err != nil || scanned != nil || !current {
		return 0, invalid(http.StatusBadRequest, "InvalidValue", "cursor is not valid")
	}
	place, found := slices.BinarySearchFunc(d.changes(), at, func(c change, at int64) int {
		return cmp.Or(cmp.Compare(c.at, at), cmp.Compare(d.world.Tickets[c.ticket].ID, id))
	})
	if found {
		place++
	}
	return place, nil
}

// inScope reports whether an export was asked for this kind of ticket.
func (d *Desk) inScope(q query, ticket int) bool {
	t := d.world.Tickets[ticket]
	if q.Get("exclude_deleted") == "true" {
		if s := d.world.At(t, q.now); s.Status == desk.StatusDeleted || s.Status == desk.StatusSpam {
			return false
		}
	}
	switch q.Get("support_type_scope") {
	case "all":
		return true
	case "ai_agent":
		return slices.Contains(d.o.AIOnly, t.ID)
	default:
		return !slices.Contains(d.o.AIOnly, t.ID)
	}
}

func (d *Desk) showMany(q query) (any, *refusal) {
	ids := strings.Split(q.Get("ids"), ",")
	if len(ids) > 100 {
		return nil, invalid(http.StatusBadRequest, "TooManyIds", "ids takes up to 100 ids")
	}
	tickets := []any{}
	for _, text := range ids {
		id, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return nil, invalid(http.StatusBadRequest, "InvalidValue", "ids is no list of ids")
		}
		i, known := slices.BinarySearchFunc(d.world.Tickets, id, func(t *sourcestest.Ticket, id int64) int { return cmp.Compare(t.ID, id) })
		if known && d.shown(i, q.now) {
			tickets = append(tickets, d.ticket(q, i, q.now))
		}
	}
	return object{"tickets": tickets, "count": len(tickets), "next_page": nil, "previous_page": nil}, nil
}

// shown reports whether agents still find a ticket.
func (d *Desk) shown(ticket int, at time.Time) bool {
	s := d.world.At(d.world.Tickets[ticket], at)
	return s.Exists && s.Status != desk.StatusDeleted && s.Status != desk.StatusSpam
}

// statusName returns what the desk calls a status. A merged ticket is a closed
// one, spam is deleted.
func statusName(s desk.Status) string {
	switch s {
	case desk.StatusNew:
		return "new"
	case desk.StatusOpen:
		return "open"
	case desk.StatusPending:
		return "pending"
	case desk.StatusOnHold:
		return "hold"
	case desk.StatusSolved:
		return "solved"
	case desk.StatusDeleted, desk.StatusSpam:
		return "deleted"
	default:
		return "closed"
	}
}

// channels are what the desk calls the channels.
var channels = map[string]string{
	"email": "email", "web": "web", "chat": "chat", "api": "api", "phone": "voice", "sms": "sms",
	"messaging": "native_messaging", "social": "twitter", "other": "any_channel",
}

// ticket shows a ticket as it is at a time.
func (d *Desk) ticket(q query, i int, now time.Time) object {
	t := d.world.Tickets[i]
	s := d.world.At(t, now)
	status := statusName(s.Status)
	o := object{
		"url": Host + "/api/v2/tickets/" + text(t.ID) + ".json", "id": t.ID, "external_id": nil,
		"created_at": stamp(t.CreatedAt), "updated_at": stamp(userChange(t, s)), "generated_timestamp": s.UpdatedAt.Unix(),
		"type": "question", "subject": "Subject " + text(t.ID), "raw_subject": "Subject " + text(t.ID), "description": "Text",
		"priority": orNull(s.Priority), "status": status, "custom_status_id": customStatus(t, status), "recipient": nil,
		"requester_id": t.Requester, "submitter_id": cmp.Or(t.Agent, t.Requester), "assignee_id": orNull(s.Agent),
		"organization_id": nil, "group_id": orNull(s.Group), "collaborator_ids": []any{}, "follower_ids": []any{}, "email_cc_ids": []any{},
		"brand_id": 11, "ticket_form_id": 21, "problem_id": nil, "has_incidents": false, "is_public": true, "due_at": nil,
		"allow_channelback": false, "allow_attachments": true, "from_messaging_channel": t.Channel == "messaging",
		"tags": tags(s), "via": via(t), "satisfaction_rating": rating(t, s), "custom_fields": []any{object{"id": 27642, "value": nil}},
		"fields": []any{object{"id": 27642, "value": nil}}, "followup_ids": []any{}, "sharing_agreement_ids": []any{},
		"support_type": d.supportType(t.ID),
	}
	if status == "deleted" {
		o["subject"], o["raw_subject"], o["description"] = "SCRUBBED", "SCRUBBED", "SCRUBBED"
		o["priority"], o["assignee_id"], o["group_id"], o["satisfaction_rating"] = nil, nil, nil, nil
	}
	if slices.Contains(strings.Split(q.Get("include"), ","), "metric_sets") {
		o["metric_set"] = nil
		if status != "deleted" {
			o["metric_set"] = d.metricSet(t, s)
		}
	}
	return o
}

// userChange returns the last change that made a ticket event. The automation
// that closes tickets makes none: it is a change of the system.
func userChange(t *sourcestest.Ticket, s sourcestest.State) time.Time {
	n := len(s.Events)
	switch {
	case s.ClosedAt.IsZero():
		return s.UpdatedAt
	case n > 1:
		return s.Events[n-2].At
	default:
		return t.CreatedAt
	}
}

func customStatus(t *sourcestest.Ticket, status string) any {
	if status == "hold" && t.ID%2 == 0 {
		return makersStatus
	}
	return orNull(statusIDs[status])
}

func (d *Desk) supportType(id int64) string {
	if slices.Contains(d.o.AIOnly, id) {
		return "ai_agent"
	}
	return "agent"
}

func tags(s sourcestest.State) []any {
	if s.Status == desk.StatusMerged {
		return []any{"billing", "closed_by_merge"}
	}
	return []any{"billing"}
}

// via tells by which way a ticket came, and of mail from whom.
func via(t *sourcestest.Ticket) object {
	from, to := object{}, object{}
	if t.Channel == "email" {
		customer := "customer" + text(t.Requester)
		from = object{"address": customer + "@example.com", "name": customer}
		to = object{"address": "support@acme.example", "name": "Acme"}
	}
	return object{"channel": channels[t.Channel], "source": object{"from": from, "to": to, "rel": nil}}
}

func rating(t *sourcestest.Ticket, s sourcestest.State) object {
	switch {
	case s.Score > 0:
		return object{"id": ratingID(t), "score": ratingScore(s.Score), "comment": nil}
	case len(s.Solves) > 0:
		return object{"score": "offered"}
	default:
		return object{"score": "unoffered"}
	}
}
