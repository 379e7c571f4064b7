package rt

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"helpdesk_exporter/desk"
)

const ticketsPath = "/tickets"

// unfinishedQuery is the condition of the tickets that still want work.
const unfinishedQuery = "Status = '__Active__' AND Type = 'ticket'"

// ticket is what the desk tells of a ticket.
type ticket struct {
	ID           text    `json:"id"`
	Kind         text    `json:"type"` // always ticket; of Type, it can be told by a field of its own only
	Type         text    `json:"Type"`
	EffectiveID  ref     `json:"EffectiveId"`
	Status       text    `json:"Status"`
	Queue        ref     `json:"Queue"`
	Owner        ref     `json:"Owner"`
	Creator      ref     `json:"Creator"`
	Requestor    ref     `json:"Requestor"`
	Created      instant `json:"Created"`
	LastUpdated  instant `json:"LastUpdated"`
	Resolved     instant `json:"Resolved"`
	Due          instant `json:"Due"`
	Priority     text    `json:"Priority"`
	TimeWorked   text    `json:"TimeWorked"`
	CustomFields fields  `json:"CustomFields"`

	number int64 // of ID
}

func decodeTicket(raw json.RawMessage) (*ticket, error) {
	var t ticket
	if err := json.Unmarshal(raw, &t); err != nil {
		return nil, err
	}
	var ok bool
	t.number, ok = t.ID.number()
	switch {
	case !ok:
		return nil, fmt.Errorf("%w id that is a number", errMissing)
	case t.Created.IsZero():
		return nil, fmt.Errorf("%w Created", errMissing)
	case t.LastUpdated.IsZero():
		return nil, fmt.Errorf("%w LastUpdated", errMissing)
	case t.Status == "":
		return nil, fmt.Errorf("%w Status", errMissing)
	}
	return &t, nil
}

// ticketsQuery asks for tickets in some order. There is no paging: what comes
// next is asked for by what came last, so that nothing slips from one page to
// another while it is read.
func (s *Source) ticketsQuery(condition string, orders ...string) url.Values {
	read := "Type,EffectiveId,Status,Queue,Owner,Creator,Requestor,Created,LastUpdated,Resolved,Due,Priority,TimeWorked"
	if s.config.wantsFields() {
		read += ",CustomFields"
	}
	query := url.Values{
		"query": {condition}, "fields": {read}, "fields[Queue]": {"Name"},
		"fields[Owner]": {"id,Name"}, "fields[Creator]": {"id,Name"}, "fields[Requestor]": {"id,Name"},
		"per_page": {strconv.Itoa(perPage)},
	}
	for _, by := range orders {
		query.Add("orderby", by)
		query.Add("order", "ASC")
	}
	return query
}

var errNotBehind = errors.New("the answer holds tickets that were not asked for: the desk does not find tickets by their id")

// unfinished reads a page of the tickets that are not finished. Those that
// changed since the start come with all others that did.
func (s *Source) unfinished(ctx context.Context, c *cursor, page *desk.Page) (done bool, err error) {
	condition := unfinishedQuery + fmt.Sprintf(" AND id > %d", c.Unfinished)
	a, err := s.ask(ctx, ticketsPath, s.ticketsQuery(condition, "id"))
	if err != nil {
		return false, err
	}
	last := lastID(*a.Items)
	if len(*a.Items) > 0 && last <= c.Unfinished {
		return false, bad(ticketsPath, errNotBehind)
	}
	var found []*ticket
	for _, raw := range *a.Items {
		t, err := decodeTicket(raw)
		switch {
		case err != nil:
			c.reject(page, raw, err, c.Target)
		case t.LastUpdated.Before(c.Start):
			found = append(found, t)
		}
	}
	c.Unfinished = last
	return a.isLast(), s.report(ctx, c, page, found, false)
}

// isLast reports whether the records of an answer are all that there are.
func (a *answer) isLast() bool {
	if total, ok := a.total(); ok {
		return len(*a.Items) >= total
	}
	return len(*a.Items) == 0 // a page may lack what is hidden
}

// changed reads a page of the tickets in order of their last change.
func (s *Source) changed(ctx context.Context, c *cursor, page *desk.Page) (done bool, err error) {
	condition := "LastUpdated >= " + literal(c.Changed.Since) + " AND Type = 'ticket'"
	if c.Changed.ID > 0 {
		condition += fmt.Sprintf(" AND id > %d", c.Changed.ID)
	}
	a, err := s.ask(ctx, ticketsPath, s.ticketsQuery(condition, "LastUpdated", "id"))
	if err != nil {
		return false, err
	}
	var found []*ticket
	newest := later(c.Changed.Newest, c.Changed.Since)
	for _, raw := range *a.Items {
		if t, err := decodeTicket(raw); err == nil {
			found = append(found, t)
			newest = later(newest, t.LastUpdated.Time)
		}
	}
	for _, raw := range *a.Items {
		// What cannot be understood may have no time: it is kept in mind as long
		// as the newest of its page.
		if _, err := decodeTicket(raw); err != nil {
			c.reject(page, raw, err, newest)
		}
	}
	if err := s.report(ctx, c, page, found, true); err != nil {
		return false, err
	}
	done = c.Changed.advance(found, a.isLast(), c.Target)
	page.Reached = c.Changed.Since
	return done, nil
}

// reject adds a ticket that cannot be understood to a page, unless the same was
// rejected before. It is kept in mind as one that changed at an instant.
func (c *cursor) reject(page *desk.Page, raw json.RawMessage, err error, at time.Time) {
	id, content := idOf(raw), canonical(raw)
	if c.Changed.Told.add(cmp.Or(id, content), at, content) {
		page.Rejects = append(page.Rejects, rejected(where("ticket", id), raw, err))
	}
}

// advance moves behind a page and reports whether it was the last one. What the
// desk dates ahead of the target moves nothing: what changes before it in the
// meantime is still to come.
func (p *changes) advance(found []*ticket, last bool, target time.Time) bool {
	before := *p
	newest, id := p.Since, p.ID
	for _, t := range found {
		p.Newest = later(p.Newest, t.LastUpdated.Time)
		newest = later(newest, t.LastUpdated.Time)
		if !t.LastUpdated.After(p.Since) {
			id = max(id, t.number)
		}
	}
	done := false
	switch {
	case p.ID > 0 && (last || newest.After(p.Since)):
		p.Since, p.ID = p.Since.Add(time.Second), 0 // all that changed at Since is read
	case last:
		done = true
	case newest.After(p.Since):
		p.Since = newest // and what else changed at that second is read again
	default:
		p.ID = id // more changed at Since than a page holds
		done = p.ID == before.ID
	}
	oldest := p.Newest
	if oldest.After(target) {
		oldest = target
	}
	oldest = oldest.Add(-changesOverlap)
	if done && !p.Newest.IsZero() {
		p.Since, p.ID = oldest, 0
	}
	p.Told.forget(oldest)
	return done
}

func later(x, y time.Time) time.Time {
	if y.After(x) {
		return y
	}
	return x
}

// canonical returns JSON with its keys in order, for the desk writes them in
// any.
func canonical(raw json.RawMessage) string {
	var v any
	if json.Unmarshal(raw, &v) != nil {
		return string(raw)
	}
	data, err := json.Marshal(v)
	if err != nil {
		return string(raw)
	}
	return string(data)
}

// report adds tickets to a page, unless the same was told of them. Of those that
// are older than what the log tells, the history is read.
func (s *Source) report(ctx context.Context, c *cursor, page *desk.Page, found []*ticket, newsOnly bool) error {
	var old []string
	tickets := map[string]*desk.Ticket{}
	var order []string
	for _, t := range found {
		translated, err := s.translate(ctx, t, c.Target)
		if err != nil {
			return err
		}
		id := string(t.ID)
		if newsOnly && !c.Changed.Told.add(id, t.LastUpdated.Time, fmt.Sprintf("%+v", *translated)) {
			continue
		}
		if t.Created.Before(c.Start) {
			old = append(old, id)
		}
		order = append(order, id)
		tickets[id] = translated
	}
	pasts, err := s.histories(ctx, page, old, c.Target)
	if err != nil {
		return err
	}
	for _, id := range order {
		t := tickets[id]
		if p := pasts[id]; p != nil {
			t.Messages, t.StatusChanges = p.events.Messages, p.events.StatusChanges
		}
		page.Records = append(page.Records, desk.Record{ID: id, Body: t})
	}
	return nil
}

// translate returns the neutral form of a ticket.
func (s *Source) translate(ctx context.Context, t *ticket, until time.Time) (*desk.Ticket, error) {
	n := &desk.Ticket{
		CreatedAt: t.Created.Time, UpdatedAt: t.LastUpdated.Time,
		Priority: s.priority(t.Priority), Requester: t.Requestor.opaque(),
	}
	var err error
	if n.CreatedBy, err = s.creator(ctx, t.Creator, until); err != nil {
		return nil, err
	}
	if n.Team, err = s.team(ctx, t.Queue, until); err != nil {
		return nil, err
	}
	if n.Channel, err = s.channel(ctx, t, until); err != nil {
		return nil, err
	}
	known := false
	if n.Status, known, err = s.status(ctx, string(t.Status)); err != nil {
		return nil, err
	}
	if !known {
		n.Status = desk.StatusOpen // its only ticket changed in the meantime, and comes again
	}
	// The desk keeps the time of the last solve when a ticket comes back.
	if n.Status.Finished() {
		n.SolvedAt = t.Resolved.Time
	}
	if into := t.EffectiveID.ID; into != "" && into != t.ID {
		n.Status, n.MergedInto = desk.StatusMerged, string(into)
	}
	if owner := t.Owner.login(); owner != "Nobody" {
		n.Agent = t.Owner.opaque()
	}
	if s.config.Due == DueResolution {
		n.ResolutionDueAt = t.Due.Time
	}
	// Where nobody notes the time that work takes, it is 0.
	if minutes, ok := t.TimeWorked.number(); ok && minutes > 0 {
		n.HandleTime = desk.Some(time.Duration(minutes) * time.Minute)
	}
	s.learnFields(t.CustomFields)
	return n, nil
}

// creator returns who opened a ticket.
func (s *Source) creator(ctx context.Context, who ref, until time.Time) (desk.Role, error) {
	role, err := s.role(ctx, who, until)
	if role == desk.RoleAuto {
		role = desk.RoleSystem
	}
	return role, err
}

// priority returns the name that a number has, or the word that stands in its
// place.
func (s *Source) priority(of text) string {
	n, ok := of.number()
	if !ok {
		name, _ := desk.ParsePriority(string(of))
		return name
	}
	for _, step := range s.priorities {
		if n >= int64(step.least) {
			return step.name
		}
	}
	return s.priorities[len(s.priorities)-1].name
}

// channel returns the channel of a ticket, as far as it is asked for.
func (s *Source) channel(ctx context.Context, t *ticket, until time.Time) (string, error) {
	switch {
	case s.config.ChannelField != "":
		if word := t.CustomFields.value(s.config.ChannelField); word != "" {
			return desk.ParseChannel(word), nil
		}
		return "", nil
	case s.config.Channel == ChannelInterface:
		return s.cameBy(ctx, string(t.ID), until)
	default:
		return "", nil
	}
}

// learnFields notes the names of custom fields.
func (s *Source) learnFields(of fields) {
	if !s.config.wantsFields() {
		return
	}
	for _, f := range of {
		s.fields[string(f.ID)] = string(f.Name)
	}
	var missing []string
	for _, name := range []string{s.config.ChannelField, s.config.CSATField} {
		if name != "" && !s.hasField(name) {
			missing = append(missing, name)
		}
	}
	s.gates.set(capabilityFields, len(missing) == 0,
		"no ticket shows a custom field "+strings.Join(missing, ", ")+": grant SeeCustomField on its queues, or correct the name")
}

func (s *Source) hasField(name string) bool {
	for _, known := range s.fields {
		if strings.EqualFold(known, name) {
			return true
		}
	}
	return false
}
