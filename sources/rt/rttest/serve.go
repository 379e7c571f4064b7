package rttest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ServeHTTP answers as the real one does.
func (d *Desk) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.catchUp()
	path, ok := strings.CutPrefix(r.URL.Path, "/REST/2.0/")
	parts := strings.Split(path, "/")
	d.asked[parts[0]]++
	switch {
	case !ok:
		fail(w, http.StatusNotFound, "Not Found")
	case d.options.Token != "" && r.Header.Get("Authorization") != "token "+d.options.Token:
		fail(w, http.StatusUnauthorized, "Unauthorized")
	case path == "rt":
		answer(w, map[string]any{"Version": d.options.Version})
	case path == "queues/all":
		d.serveQueues(w, r.URL.Query())
	case path == "tickets":
		d.serveTickets(w, r.URL.Query())
	case path == "transactions":
		d.serveTransactions(w, r.URL.Query())
	case parts[0] == "user" && len(parts) == 2:
		d.serveUser(w, parts[1])
	case parts[0] == "ticket" && len(parts) == 3:
		d.serveTicket(w, parts[1], parts[2], r.URL.Query())
	default:
		fail(w, http.StatusNotFound, "Not Found")
	}
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_ = json.NewEncoder(w).Encode(v) // whoever asked has gone
}

func fail(w http.ResponseWriter, code int, message string) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(map[string]string{"message": message})
}

// paging is what a collection is asked for beside the query.
type paging struct{ size, page int }

func pagingOf(q url.Values) paging {
	size, _ := strconv.Atoi(q.Get("per_page"))
	page, _ := strconv.Atoi(q.Get("page"))
	if size <= 0 {
		size = 20
	}
	return paging{size: min(size, 100), page: max(page, 1)}
}

// cut returns the rows of a page. Behind the last one there are none or, from
// some version on, those of the last one.
func cut[R any](d *Desk, rows []R, p paging) []R {
	if last := (len(rows) + p.size - 1) / p.size; d.modern() && p.page > last && last > 0 {
		p.page = last
	}
	from := min((p.page-1)*p.size, len(rows))
	return rows[from:min(from+p.size, len(rows))]
}

// collection answers with a page; total below zero is not told.
func collection(w http.ResponseWriter, items []any, total int, p paging) {
	a := map[string]any{"items": items, "count": len(items), "per_page": p.size, "page": p.page, "total": nil, "pages": nil}
	if items == nil {
		a["items"] = []any{}
	}
	if total >= 0 {
		a["total"], a["pages"] = total, (total+p.size-1)/p.size
	}
	if total == 0 {
		a["pages"] = json.RawMessage("0.0")
	}
	answer(w, a)
}

func (d *Desk) serveQueues(w http.ResponseWriter, q url.Values) {
	p := pagingOf(q)
	var items []any
	for _, of := range cut(d, d.queues, p) {
		if d.seesQueue(of) {
			items = append(items, map[string]any{"id": strconv.FormatInt(of.id, 10), "type": "queue", "Name": of.name, "Lifecycle": "default"})
		}
	}
	collection(w, items, -1, p)
}

// reference is how a record is told of by another one; expanded it tells fields
// of its own.
func (d *Desk) reference(kind, id string, number int64, name string, q url.Values, field string) map[string]any {
	ref := map[string]any{"type": kind, "id": id, "_url": "http://rt/REST/2.0/" + kind + "/" + id}
	if d.options.Plain {
		return ref
	}
	for f := range strings.SplitSeq(q.Get("fields["+field+"]"), ",") {
		switch f {
		case "id":
			ref["id"] = number
		case "Name":
			ref["Name"] = name
		}
	}
	return ref
}

func (d *Desk) person(u *user, q url.Values, field string) map[string]any {
	return d.reference("user", u.login, u.id, u.login, q, field)
}

func (d *Desk) serveUser(w http.ResponseWriter, id string) {
	u := d.users[id]
	if u == nil {
		fail(w, http.StatusNotFound, "Not Found")
		return
	}
	privileged := 0
	if u.privileged {
		privileged = 1
	}
	answer(w, map[string]any{"Name": u.login, "Privileged": privileged, "EmailAddress": u.login, "RealName": nil})
}

// clock writes a time; none is the beginning of 1970.
func clock(t time.Time) string {
	if t.IsZero() {
		t = time.Unix(0, 0)
	}
	return t.UTC().Format(time.RFC3339)
}

func (d *Desk) serveTickets(w http.ResponseWriter, q url.Values) {
	wanted, err := parse(q.Get("query"), d.options.Loose, ticketFields())
	if err != nil {
		fail(w, http.StatusBadRequest, err.Error())
		return
	}
	p := pagingOf(q)
	var found []*ticket
	for _, t := range d.inOrder(q) {
		if d.finds(t) && wanted(t) {
			found = append(found, t)
		}
	}
	var items []any
	for _, t := range cut(d, found, p) {
		item := d.tell(t, q)
		if how := d.odd[t.id]; how != nil {
			how(item)
		}
		items = append(items, item)
	}
	total := len(found)
	if d.options.NoTotals {
		total = -1
	}
	collection(w, items, total, p)
}

// finds reports whether a search finds a ticket that it is about.
func (d *Desk) finds(t *ticket) bool {
	return t.status != "deleted" && t.effective == t.id && d.seesQueue(t.queue) && !d.late[t.log[0].id]
}

// inOrder returns all tickets in the order that is asked for.
func (d *Desk) inOrder(q url.Values) []*ticket {
	if q.Get("orderby") != "LastUpdated" {
		return d.tickets
	}
	if d.sorted == nil {
		d.sorted = slices.Clone(d.tickets)
		slices.SortFunc(d.sorted, func(x, y *ticket) int { return cmp.Or(x.updated.Compare(y.updated), cmp.Compare(x.id, y.id)) })
	}
	if q.Get("order") == "DESC" {
		down := slices.Clone(d.sorted)
		slices.Reverse(down)
		return down
	}
	return d.sorted
}

func (d *Desk) tell(t *ticket, q url.Values) map[string]any {
	id := strconv.FormatInt(t.id, 10)
	queueID := strconv.FormatInt(t.queue.id, 10)
	all := map[string]any{
		"Type": "ticket", "EffectiveId": id, "Status": t.status, "Subject": "Problem " + id,
		"Queue": d.reference("queue", queueID, t.queue.id, t.queue.name, q, "Queue"),
		"Owner": d.person(t.owner, q, "Owner"), "Creator": d.person(t.creator, q, "Creator"),
		"Requestor": []any{d.person(t.requestor, q, "Requestor")},
		"Created":   clock(t.created), "LastUpdated": clock(t.updated), "Resolved": clock(t.resolved),
		"Due": clock(time.Time{}), "Told": clock(time.Time{}),
		"Priority": strconv.Itoa(t.priority), "TimeWorked": strconv.Itoa(t.worked),
		"CustomFields": []any{
			map[string]any{"id": csatField, "name": "CSAT", "type": "customfield", "values": texts(t.csat)},
			map[string]any{"id": channelField, "name": "Channel", "type": "customfield", "values": texts(t.channel)},
		},
	}
	item := map[string]any{"id": id, "type": "ticket", "_url": "http://rt/REST/2.0/ticket/" + id}
	for f := range strings.SplitSeq(q.Get("fields"), ",") {
		if v, known := all[f]; known {
			item[f] = v
		} else if f != "" && f != "id" {
			item[f] = ""
		}
	}
	return item
}

func texts(s string) []string {
	if s == "" {
		return []string{}
	}
	return []string{s}
}

var (
	behindPattern = regexp.MustCompile(`\bid > (\d+)`)
	objectPattern = regexp.MustCompile(`ObjectId = '(\d+)'`)
)

// candidates returns the transactions among which those of a query are, so that
// not all have to be looked at.
func (d *Desk) candidates(query string) []*transaction {
	all := d.log
	if of := objectPattern.FindAllStringSubmatch(query, -1); of != nil && !d.options.Plain {
		all = nil
		for _, m := range of {
			id, _ := strconv.ParseInt(m[1], 10, 64)
			if t := d.byID[id]; t != nil {
				all = append(all, t.log...)
			}
		}
		slices.SortFunc(all, func(x, y *transaction) int { return cmp.Compare(x.id, y.id) })
	}
	if m := behindPattern.FindStringSubmatch(query); m != nil {
		after, _ := strconv.ParseInt(m[1], 10, 64)
		i, _ := slices.BinarySearchFunc(all, after+1, func(n *transaction, id int64) int { return cmp.Compare(n.id, id) })
		all = all[i:]
	}
	return all
}

func (d *Desk) serveTransactions(w http.ResponseWriter, q url.Values) {
	wanted, err := parse(q.Get("query"), d.options.Loose, d.transactionFields())
	if err != nil {
		fail(w, http.StatusBadRequest, err.Error())
		return
	}
	p := pagingOf(q)
	var found []*transaction
	for _, n := range d.candidates(q.Get("query")) {
		if !d.late[n.id] && wanted(n) {
			found = append(found, n)
		}
		if len(found) > p.size*p.page {
			break // there is a page behind the one that is asked for, and which it is does not matter
		}
	}
	d.serveLog(w, found, q)
}

// serveLog answers with a page of transactions, less those that are hidden: they
// are taken out when the page has been cut.
func (d *Desk) serveLog(w http.ResponseWriter, found []*transaction, q url.Values) {
	p := pagingOf(q)
	var items []any
	for _, n := range cut(d, found, p) {
		if !d.sees(n) {
			continue
		}
		id := strconv.FormatInt(n.id, 10)
		items = append(items, map[string]any{
			"id": id, "type": "transaction", "_url": "http://rt/REST/2.0/transaction/" + id,
			"Type": n.kind, "Field": n.field, "OldValue": n.old, "NewValue": n.new, "Data": "", "TimeTaken": "0",
			"Created": clock(n.created), "Creator": d.person(n.creator, q, "Creator"),
			"ObjectType": "RT::Ticket", "ObjectId": strconv.FormatInt(n.ticket.id, 10),
		})
	}
	collection(w, items, -1, p)
}

// serveTicket answers with what belongs to a ticket: to the one that it was
// merged into, with what belongs to all of them.
func (d *Desk) serveTicket(w http.ResponseWriter, id, part string, q url.Values) {
	number, _ := strconv.ParseInt(id, 10, 64)
	of := d.byID[number]
	if of == nil || !d.seesQueue(of.queue) {
		fail(w, http.StatusNotFound, "Not Found")
		return
	}
	var found []*transaction
	for _, t := range d.tickets {
		if t.effective == of.effective {
			found = append(found, t.log...)
		}
	}
	slices.SortFunc(found, func(x, y *transaction) int { return cmp.Compare(x.id, y.id) })
	switch part {
	case "history":
		d.serveLog(w, found, q)
	case "attachments":
		d.serveAttachments(w, of, found, q)
	default:
		fail(w, http.StatusNotFound, "Not Found")
	}
}

// interfaces are what the desk notes of how a first message came in.
var interfaces = map[string]string{"email": "Email", "web": "Web", "api": "REST"}

func (d *Desk) serveAttachments(w http.ResponseWriter, t *ticket, log []*transaction, q url.Values) {
	var items []any
	for _, n := range log {
		by := "Email"
		switch n.kind {
		case "Create":
			by = cmp.Or(interfaces[t.channel], "Mobile")
		case "Correspond":
		default:
			continue
		}
		items = append(items, map[string]any{
			"id": strconv.FormatInt(1000+n.id, 10), "type": "attachment", "TransactionId": strconv.FormatInt(n.id, 10),
			"Headers": fmt.Sprintf("Subject: x\nX-RT-Interface: %s\nContent-Length: 5", by),
		})
	}
	collection(w, items, -1, pagingOf(q))
}
