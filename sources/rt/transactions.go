package rt

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/internal/api"
)

const transactionsPath = "/transactions"

// ofTickets is the condition of transactions that any figure needs. Those of
// other types may be hidden, and a page is cut out before what is hidden is
// taken from it: a page of hidden ones would look like the end.
const ofTickets = "ObjectType = 'RT::Ticket' AND TicketType = 'ticket'"

// logFields is what is asked of each transaction.
const logFields = "Type,Field,OldValue,NewValue,Created,Creator,ObjectId"

// The types of transactions that are read.
const (
	typeCreate      = "Create"
	typeCorrespond  = "Correspond"
	typeStatus      = "Status"
	typeLink        = "AddLink"
	typeCustomField = "CustomField"
	typeSet         = "Set"
)

// The fields of transactions that count: the link between a merged ticket and
// the one that it became part of, and the queue of a ticket.
const (
	fieldMergedInto = "MergedInto"
	fieldQueue      = "Queue"
)

// transaction is one entry of the log. Encoding/json tells keys apart by their
// case only where there is a field for each.
type transaction struct {
	ID       text    `json:"id"`
	Kind     text    `json:"type"` // always transaction
	Type     text    `json:"Type"`
	Field    text    `json:"Field"`
	OldValue text    `json:"OldValue"`
	NewValue text    `json:"NewValue"`
	Created  instant `json:"Created"`
	Creator  ref     `json:"Creator"`
	ObjectID text    `json:"ObjectId"`
	Object   ref     `json:"Object"` // instead of ObjectId, where a single one is told

	number int64 // of ID
}

func decodeTransaction(raw json.RawMessage) (*transaction, error) {
	var t transaction
	if err := json.Unmarshal(raw, &t); err != nil {
		return nil, err
	}
	if t.ObjectID == "" {
		t.ObjectID = t.Object.ID
	}
	var ok bool
	t.number, ok = t.ID.number()
	switch {
	case !ok:
		return nil, fmt.Errorf("%w id that is a number", errMissing)
	case t.ObjectID == "":
		return nil, fmt.Errorf("%w ObjectId", errMissing)
	case t.Created.IsZero():
		return nil, fmt.Errorf("%w Created", errMissing)
	}
	return &t, nil
}

// transactionsQuery asks for the transactions of the types that are read, in
// order of their ids.
func (s *Source) transactionsQuery(condition string, size int) url.Values {
	types := []string{typeCreate, typeCorrespond, typeStatus, typeLink}
	if s.config.CSATField != "" {
		types = append(types, typeCustomField)
	}
	for i, t := range types {
		types[i] = "Type = " + quoted(t)
	}
	types = append(types, "(Type = "+quoted(typeSet)+" AND Field = "+quoted(fieldQueue)+")")
	return url.Values{
		"query":           {condition + " AND (" + strings.Join(types, " OR ") + ")"},
		"fields":          {logFields},
		"fields[Creator]": {"id,Name"}, // the login alone may be another one's id
		"orderby":         {"id"}, "order": {"ASC"},
		"per_page": {strconv.Itoa(size)},
	}
}

// transactions reads a page of the log.
func (s *Source) transactions(ctx context.Context, c *cursor, page *desk.Page) (done bool, err error) {
	items, err := s.logPage(ctx, c, c.Transactions.At, "")
	if err != nil {
		return false, err
	}
	last := max(c.Transactions.At, lastID(items))
	if len(items) < perPage {
		more, err := s.logBehind(ctx, c, last)
		if err != nil {
			return false, err
		}
		done = len(more) == 0
		items = append(items, more...)
	}
	b := batch{source: s, page: page, until: c.Target, events: map[string]*desk.TicketEvents{}}
	for _, raw := range items {
		if err := b.take(ctx, &c.Transactions, raw); err != nil {
			return false, err
		}
	}
	if err := b.finish(ctx); err != nil {
		return false, err
	}
	before := c.Transactions.At
	c.Transactions.At = max(last, lastID(items))
	c.Transactions.settle()
	page.Reached = c.Transactions.Newest
	return done || c.Transactions.At == before, nil
}

// logPage reads the transactions behind an id.
func (s *Source) logPage(ctx context.Context, c *cursor, after int64, condition string) ([]json.RawMessage, error) {
	query := fmt.Sprintf("%s AND id > %d", ofTickets, after) + condition
	if c.First {
		query += " AND Created >= " + literal(c.Start)
	}
	a, err := s.ask(ctx, transactionsPath, s.transactionsQuery(query, perPage))
	if err != nil {
		return nil, err
	}
	return *a.Items, nil
}

// logBehind reads the transactions behind a page that is not full. It may have
// been full, of such as are hidden because their queue is: so those of the
// queues that are seen are asked for. Desks that do not find transactions by
// their queue hide none.
func (s *Source) logBehind(ctx context.Context, c *cursor, after int64) ([]json.RawMessage, error) {
	items, err := s.logPage(ctx, c, after, " AND "+s.inQueues())
	if len(items) > 0 && s.queues.read.Before(c.Target) {
		// Something is hidden, and a queue may have been made in the meantime.
		if err := s.readQueues(ctx, c.Target, 0); err != nil {
			return nil, err
		}
		items, err = s.logPage(ctx, c, after, " AND "+s.inQueues())
	}
	if unsupported(err) {
		return s.logPage(ctx, c, after, "")
	}
	return items, err
}

// unsupported reports whether the desk does not understand a query.
func unsupported(err error) bool {
	switch api.StatusOf(err) {
	case http.StatusBadRequest, http.StatusRequestURITooLong:
		return true
	default:
		return false
	}
}

// lastID returns the greatest id of some records.
func lastID(items []json.RawMessage) int64 {
	var last int64
	for _, raw := range items {
		if id, ok := text(idOf(raw)).number(); ok {
			last = max(last, id)
		}
	}
	return last
}

// literal writes a time into a query. In this form the desk takes it for UTC; in
// that of RFC 3339, for the time of whoever asks.
func literal(at time.Time) string { return "'" + at.UTC().Format(time.DateTime) + "'" }

// settle moves the place from which the log is read again close behind the
// newest.
func (l *log) settle() {
	for id, at := range l.Seen {
		if n, err := strconv.ParseInt(id, 10, 64); err == nil && at.Before(l.Newest.Add(-overlap)) {
			l.After = max(l.After, n)
		}
	}
	for id, at := range l.Seen {
		// What came without an id is known by its content.
		if n, err := strconv.ParseInt(id, 10, 64); err == nil && n <= l.After || err != nil && at.Before(l.Newest.Add(-overlap)) {
			delete(l.Seen, id)
		}
	}
}

// batch is what becomes of a page of the log.
type batch struct {
	source *Source
	page   *desk.Page
	until  time.Time

	order  []string // of the tickets in events
	events map[string]*desk.TicketEvents
	gone   []*transaction // by which tickets were merged or deleted
	shown  []string       // tickets that came out of a queue that is hidden
	rest   []desk.Record  // what comes behind the events
}

// take takes in one transaction, unless it was seen.
func (b *batch) take(ctx context.Context, l *log, raw json.RawMessage) error {
	t, err := decodeTransaction(raw)
	if err != nil {
		id := idOf(raw)
		key := id
		if _, ok := text(id).number(); !ok {
			key = canonical(raw)
		}
		if l.Seen.Add(key, l.Newest) {
			b.page.Rejects = append(b.page.Rejects, rejected(where("transaction", id), raw, err))
		}
		return nil
	}
	if t.Created.After(l.Newest) {
		l.Newest = t.Created.Time
	}
	if !l.Seen.Add(strconv.FormatInt(t.number, 10), t.Created.Time) {
		return nil
	}
	e := b.events[string(t.ObjectID)]
	if e == nil {
		e = &desk.TicketEvents{Ticket: string(t.ObjectID)}
	}
	if err := b.source.tell(ctx, t, e, b.until); err != nil {
		return err
	}
	if b.events[e.Ticket] == nil && len(e.Messages)+len(e.StatusChanges) > 0 {
		b.events[e.Ticket] = e
		b.order = append(b.order, e.Ticket)
	}
	return b.besides(ctx, t)
}

// besides takes in what a transaction tells other than events.
func (b *batch) besides(ctx context.Context, t *transaction) error {
	switch {
	case t.deletes(), t.merges():
		b.gone = append(b.gone, t)
	case t.moves() && !b.source.queues.see(t.OldValue):
		b.shown = append(b.shown, string(t.ObjectID))
	case t.Type == typeCustomField:
		rating, err := b.source.rating(ctx, b.page, t, b.until)
		if err != nil || rating == nil {
			return err
		}
		b.rest = append(b.rest, *rating)
	}
	return nil
}

// merged returns the id of the ticket that a link leads to, as in
// fsck.com-rt://example.com/ticket/17.
func (t *transaction) merged() string {
	_, id, _ := strings.Cut(string(t.NewValue), "/ticket/")
	return id
}

func (t *transaction) deletes() bool {
	return t.Type == typeStatus && strings.EqualFold(string(t.NewValue), "deleted")
}

// merges reports whether the ticket became part of another one, which has the
// same link.
func (t *transaction) merges() bool {
	return t.Type == typeLink && t.Field == fieldMergedInto && t.merged() != "" && t.merged() != string(t.ObjectID)
}

func (t *transaction) moves() bool { return t.Type == typeSet && t.Field == fieldQueue }

// finish makes the records. A ticket that was merged or deleted is not found any
// more: its history tells what is known of it. What happened to a ticket before
// it was shown, the log has told nobody.
func (b *batch) finish(ctx context.Context) error {
	for _, id := range b.order {
		b.page.Records = append(b.page.Records, desk.Record{ID: id, Body: b.events[id]})
	}
	ids := b.shown
	for _, t := range b.gone {
		ids = append(ids, string(t.ObjectID))
	}
	pasts, err := b.source.histories(ctx, b.page, ids, b.until)
	if err != nil {
		return err
	}
	for _, id := range b.shown {
		if p := pasts[id]; p != nil {
			p.events.Ticket = id
			b.page.Records = append(b.page.Records, desk.Record{ID: id, Body: &p.events})
		}
	}
	for _, t := range b.gone {
		r := desk.Record{ID: string(t.ObjectID), Deleted: t.deletes()}
		gone := &desk.Ticket{CreatedAt: t.Created.Time, UpdatedAt: t.Created.Time, Status: desk.StatusDeleted}
		if t.merges() {
			gone.Status, gone.MergedInto = desk.StatusMerged, t.merged()
		}
		pasts[r.ID].into(gone)
		r.Body = gone
		b.page.Records = append(b.page.Records, r)
	}
	b.page.Records = append(b.page.Records, b.rest...)
	return nil
}

// tell adds what a transaction tells of a ticket to its events.
func (s *Source) tell(ctx context.Context, t *transaction, e *desk.TicketEvents, until time.Time) error {
	switch t.Type {
	case typeCreate, typeCorrespond:
		author, err := s.role(ctx, t.Creator, until)
		if err != nil {
			return err
		}
		e.Messages = append(e.Messages, desk.Message{ID: string(t.ID), At: t.Created.Time, Author: author, Public: true})
		if t.Type == typeCreate {
			// Or else a ticket whose first change is its deletion was never open.
			e.StatusChanges = append(e.StatusChanges, desk.StatusChange{At: t.Created.Time, Status: desk.StatusNew})
		}
	case typeStatus:
		status, known, err := s.status(ctx, string(t.NewValue))
		if err != nil {
			return err
		}
		if known {
			e.StatusChanges = append(e.StatusChanges, desk.StatusChange{At: t.Created.Time, Status: status})
		}
	}
	return nil
}
