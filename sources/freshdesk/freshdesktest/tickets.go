package freshdesktest

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/sources/sourcestest"
)

// The numbers of statuses. A desk begins with the last two, and calls them as
// fields says.
const (
	open         = 2
	pending      = 3
	resolved     = 4
	closed       = 5
	onCustomer   = 6
	onThirdParty = 7
)

// The due times of every ticket.
const (
	firstResponseIn = 4 * time.Hour
	nextResponseIn  = 8 * time.Hour
	resolutionIn    = 24 * time.Hour
)

// shown is a ticket as it is at a time.
type shown struct {
	*sourcestest.Ticket
	sourcestest.State
}

// at returns all tickets that there are, with what is to be seen of them.
func (d *Desk) at(now time.Time) []*shown {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.seen != nil && d.seenAt.Equal(now) {
		return d.seen
	}
	all := []*shown{}
	for _, t := range d.world.Tickets {
		if s := d.world.At(t, now); s.Exists {
			all = append(all, &shown{t, s})
		}
	}
	sortTickets(all, "updated_at", false)
	d.seen, d.seenAt = all, now
	return all
}

// one returns the ticket that a path names, unless there is none.
func (d *Desk) one(q ask) (shown, bool) {
	id, err := strconv.ParseInt(q.PathValue("id"), 10, 64)
	if err != nil {
		return shown{}, false
	}
	t := d.world.Ticket(id)
	if t == nil {
		return shown{}, false
	}
	s := shown{t, d.world.At(t, q.now)}
	return s, s.Exists
}

// tickets lists tickets. Without updated_since it goes back thirty days; those
// that are deleted, or spam, are listed only where they are asked for.
func (d *Desk) tickets(q ask) answer {
	since, bad := q.instant("updated_since")
	for _, b := range []*answer{
		bad,
		q.oneOf("filter", "new_and_my_open", "watching", "spam", "deleted"),
		q.oneOf("order_by", "created_at", "due_by", "updated_at", "status"),
		q.oneOf("order_type", "asc", "desc"),
		q.oneOf("include", "requester", "stats", "company", "description", "requester,stats", "stats,requester"),
	} {
		if b != nil {
			return *b
		}
	}
	all := d.at(q.now)
	if !since.IsZero() {
		first, _ := slices.BinarySearchFunc(all, since, func(t *shown, at time.Time) int { return t.UpdatedAt.Compare(at) })
		all = all[first:]
	}
	found := tickets{stats: strings.Contains(q.query.Get("include"), "stats")}
	for _, t := range all {
		inTime := d.since(t.UpdatedAt, since)
		if since.IsZero() {
			inTime = !t.CreatedAt.Before(q.now.AddDate(0, 0, -30))
		}
		if inTime && t.listedBy(q.query.Get("filter")) {
			found.all = append(found.all, t)
		}
	}
	order, descending := cmp.Or(q.query.Get("order_by"), "created_at"), q.query.Get("order_type") != "asc"
	if order != "updated_at" || descending {
		sortTickets(found.all, order, descending)
	}
	return answer{list: found, pages: 300}
}

// tickets are rows of a list.
type tickets struct {
	all   []*shown
	stats bool
}

func (l tickets) length() int   { return len(l.all) }
func (l tickets) row(i int) any { return l.all[i].row(l.stats) }

// listedBy reports whether a filter lets a ticket pass.
func (t *shown) listedBy(filter string) bool {
	switch filter {
	case "spam":
		return t.Status == desk.StatusSpam
	case "deleted":
		return t.Status == desk.StatusDeleted
	default:
		return t.Status != desk.StatusSpam && t.Status != desk.StatusDeleted
	}
}

func sortTickets(tickets []*shown, by string, descending bool) {
	slices.SortFunc(tickets, func(a, b *shown) int {
		var c int
		switch by {
		case "updated_at":
			c = a.UpdatedAt.Compare(b.UpdatedAt)
		case "status":
			c = cmp.Compare(a.code(), b.code())
		default: // a ticket is due a day after it was created
			c = a.CreatedAt.Compare(b.CreatedAt)
		}
		if descending {
			c = -c
		}
		return cmp.Or(c, cmp.Compare(a.ID, b.ID))
	})
}

// code returns the number of a ticket's status. The desk has no status for new
// tickets. Those that were merged into others are closed, and those that are
// deleted keep the status that they had.
func (t *shown) code() int {
	status := t.Status
	if status == desk.StatusDeleted || status == desk.StatusSpam {
		status = t.before()
	}
	switch status {
	case desk.StatusPending:
		return pending
	case desk.StatusOnHold:
		return onThirdParty
	case desk.StatusSolved:
		return resolved
	case desk.StatusClosed, desk.StatusMerged:
		return closed
	default:
		return open
	}
}

// before returns the status that a ticket had before it was withdrawn.
func (t *shown) before() desk.Status {
	w := &sourcestest.World{}
	return w.At(t.Ticket, t.Ticket.Events[len(t.State.Events)-1].At.Add(-time.Second)).Status
}

// ticket shows one ticket.
func (d *Desk) ticket(q ask) answer {
	t, ok := d.one(q)
	if !ok {
		return missing()
	}
	return answer{body: t.row(strings.Contains(q.query.Get("include"), "stats"))}
}

// sources are the numbers of channels. Tickets that come by the API are those of
// the portal unless they say otherwise.
var sources = map[string]int{"email": 1, "web": 2, "api": 2, "phone": 3, "social": 5, "chat": 7, "messaging": 13, "other": 11, "sms": 101}

const outboundEmail = 10

// row writes a ticket.
func (t *shown) row(withStats bool) map[string]any {
	source := sources[t.Channel]
	if t.ByAgent {
		source = outboundEmail
	}
	row := map[string]any{
		"id": t.ID, "subject": "Subject of " + strconv.FormatInt(t.ID, 10), "type": "Question", "status": t.code(),
		"priority": 1 + slices.Index([]string{"low", "normal", "high", "urgent"}, t.State.Priority), "source": source,
		"group_id": orNull(t.State.Group), "responder_id": orNull(t.State.Agent), "requester_id": t.Requester,
		"company_id": nil, "product_id": nil, "email_config_id": nil, "tags": []string{}, "spam": t.Status == desk.StatusSpam,
		"cc_emails": []string{}, "fwd_emails": []string{}, "reply_cc_emails": []string{}, "to_emails": nil,
		"fr_due_by": stamp(t.CreatedAt.Add(firstResponseIn)), "due_by": stamp(t.CreatedAt.Add(resolutionIn)), "nr_due_by": nil,
		"fr_escalated": false, "nr_escalated": false, "is_escalated": false, "association_type": nil,
		"created_at": stamp(t.CreatedAt), "updated_at": stamp(t.UpdatedAt), "form_id": 1,
		"custom_fields": map[string]any{"cf_region": []string{"north", "south"}[t.ID%2], "cf_order": nil},
	}
	if t.Status == desk.StatusDeleted {
		row["deleted"] = true
	}
	if !t.WaitingSince.IsZero() && !t.FirstReplyAt.IsZero() && t.Status.Open() {
		row["nr_due_by"] = stamp(t.WaitingSince.Add(nextResponseIn))
	}
	if withStats {
		row["stats"] = t.stats()
	}
	return row
}

// stats writes the times that the desk notes of a ticket. Reopening it takes the
// times of its end back.
func (t *shown) stats() map[string]any {
	var byAgent, byRequester, reopened, solved, ended, waits time.Time
	if len(t.Reopens) > 0 {
		reopened = t.Reopens[len(t.Reopens)-1]
	}
	for _, e := range t.State.Events {
		switch e.What {
		case sourcestest.AgentReply:
			byAgent = e.At
		case sourcestest.CustomerReply, sourcestest.Reopen:
			byRequester = e.At
		}
	}
	code := t.code()
	if len(t.Solves) > 0 && code >= resolved && code <= closed {
		solved = t.Solves[len(t.Solves)-1]
	}
	if ended = t.ClosedAt; t.Status == desk.StatusMerged {
		ended = t.StatusAt
	}
	if t.Status == desk.StatusPending {
		waits = t.StatusAt
	}
	if solved.IsZero() {
		solved = ended
	}
	return map[string]any{
		"agent_responded_at": orNever(byAgent), "requester_responded_at": orNever(byRequester), "first_responded_at": orNever(t.FirstReplyAt),
		"status_updated_at": stamp(t.StatusAt), "reopened_at": orNever(reopened), "resolved_at": orNever(solved), "closed_at": orNever(ended),
		"pending_since": orNever(waits),
	}
}

// condition is a part of a query that is understood: there are more.
var condition = regexp.MustCompile(`^\(?(status|priority|group_id):(\d+)\)?$`)

// search finds tickets by their fields. Its query stands in quotes, it shows
// thirty a page and no more than ten pages, but counts them all.
func (d *Desk) search(q ask) answer {
	text := q.query.Get("query")
	inner, quoted := strings.CutPrefix(text, `"`)
	inner, closed := strings.CutSuffix(inner, `"`)
	if !quoted || !closed || len(text) > 512 {
		return invalid("query", "Given query is invalid: it should be of the form \"field:value\" in quotes")
	}
	page := 1
	if text := q.query.Get("page"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > 10 {
			return invalid("page", "It should be a Positive Integer less than or equal to 10")
		}
		page = n
	}
	var found tickets
	for _, t := range d.at(q.now) {
		if t.Status == desk.StatusSpam || t.Status == desk.StatusDeleted {
			continue
		}
		match, ok := t.matches(inner)
		if !ok {
			return invalid("query", "Given query is invalid")
		}
		if match {
			found.all = append(found.all, t)
		}
	}
	results, n := []any{}, found.length()
	for i := min((page-1)*30, n); i < min(page*30, n); i++ {
		results = append(results, found.row(i))
	}
	return answer{body: map[string]any{"total": n, "results": results}}
}

// matches reports whether a ticket meets one of several conditions, and whether
// they are understood.
func (t *shown) matches(query string) (match, ok bool) {
	for part := range strings.SplitSeq(query, " OR ") {
		c := condition.FindStringSubmatch(strings.TrimSpace(part))
		if c == nil {
			return false, false
		}
		n, _ := strconv.ParseInt(c[2], 10, 64)
		switch c[1] {
		case "status":
			match = match || int64(t.code()) == n
		case "priority":
			match = match || int64(1+slices.Index([]string{"low", "normal", "high", "urgent"}, t.State.Priority)) == n
		default:
			match = match || t.State.Group == n
		}
	}
	return match, true
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

// orNever writes a time, null where it never was.
func orNever(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return stamp(t)
}

func orNull(id int64) any {
	if id == 0 {
		return nil
	}
	return id
}
