package intercom

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"net/http"
	"strconv"
	"time"

	"helpdesk_exporter/internal/api"
	"helpdesk_exporter/sources"
)

// How much one page of a search holds. The desk would give 150 and is slow then.
const (
	pageSize      = 50
	leastPageSize = 5
)

// filter is a condition of a search, or several of them.
type filter struct {
	Field    string `json:"field,omitempty"`
	Operator string `json:"operator"`
	Value    any    `json:"value"`
}

func where(field, operator string, value any) filter {
	return filter{Field: field, Operator: operator, Value: value}
}

// query is the body of a search.
type query struct {
	Query      filter     `json:"query"`
	Pagination pagination `json:"pagination"`
	Sort       *order     `json:"sort,omitempty"`
}

type pagination struct {
	PerPage       int    `json:"per_page"`
	StartingAfter string `json:"starting_after,omitempty"`
}

type order struct {
	Field string `json:"field"`
	Order string `json:"order"`
}

// found is the answer to a search.
type found struct {
	Conversations []json.RawMessage `json:"conversations"`
	Tickets       []json.RawMessage `json:"tickets"`
	TotalCount    number            `json:"total_count"`
	Pages         struct {
		Next next `json:"next"`
	} `json:"pages"`
}

func (f *found) items() []json.RawMessage {
	if f.Conversations != nil {
		return f.Conversations
	}
	return f.Tickets
}

// next is where the page behind a page begins, empty where there is none.
type next string

// UnmarshalJSON implements [json.Unmarshaler].
func (n *next) UnmarshalJSON(data []byte) error {
	var page struct {
		StartingAfter word `json:"starting_after"`
	}
	if json.Unmarshal(data, &page) == nil {
		*n = next(page.StartingAfter)
	}
	return nil
}

// The endpoints of the searches.
const (
	searchConversations = "/conversations/search"
	searchTickets       = "/tickets/search"
)

func (s *Source) search(ctx context.Context, path string, q query) (*found, error) {
	var f found
	if err := s.client.Do(ctx, api.Request{Method: http.MethodPost, Path: path, Body: q}, &f); err != nil {
		return nil, err
	}
	if f.Conversations == nil && f.Tickets == nil {
		return nil, &sources.Error{Reason: sources.ReasonBadAnswer, Err: fmt.Errorf("%s: the answer has no list: is url the address of Intercom's API?", path)}
	}
	return &f, nil
}

// head is what has to be known of an item before it is read.
type head struct {
	id      string
	changed time.Time
	undated bool // changed is a guess
}

// in reports whether an item is among those that were seen.
func (h head) in(seen api.Seen) bool {
	known, ok := seen[h.id]
	return ok && (h.undated || !h.changed.After(known))
}

// headOf never fails: what cannot be read is found out again when the item is.
// One without an id goes by its content, one without a time by the given second.
func headOf(raw json.RawMessage, at int64) head {
	var told struct {
		ID        json.RawMessage `json:"id"`
		UpdatedAt json.RawMessage `json:"updated_at"`
	}
	var id ident
	var changed stamp
	if json.Unmarshal(raw, &told) == nil {
		_ = id.UnmarshalJSON(told.ID)
		_ = changed.UnmarshalJSON(told.UpdatedAt)
	}
	h := head{id: string(id), changed: changed.Time}
	if h.id == "" {
		sum := fnv.New64a()
		sum.Write(raw)
		h.id = "#" + strconv.FormatUint(sum.Sum64(), 36)
	}
	if h.changed.IsZero() {
		h.changed, h.undated = time.Unix(at, 0).UTC(), true
	}
	return h
}

// sweep is the reading of a search in the order of the last change. Each page is
// asked for by the time that the one before came to, not by its number or by a
// token: what changes meanwhile moves to the end and is not in the way.
type sweep struct {
	path   string
	only   []filter
	place  *place
	before int64 // the first second that is not read; 0: all are
	// take reads an item. It returns false where it cannot take it any more: then
	// the item is the first of the next page.
	take func(head, json.RawMessage) (bool, error)
}

// run reads one page, or as many as have changed in one second, and reports
// whether the search came to its end.
func (s *Source) run(ctx context.Context, w *sweep) (done bool, err error) {
	p := w.place
	for token := ""; ; {
		f, err := s.search(ctx, w.path, s.queryOf(w, token))
		if err != nil {
			if api.TooMuch(err) {
				s.size = max(s.size/2, leastPageSize)
			}
			return false, err
		}
		begun, newest := p.At, p.At
		for _, raw := range f.items() {
			newest = max(newest, headOf(raw, 0).changed.Unix())
		}
		for _, raw := range f.items() {
			h := headOf(raw, newest)
			if !h.undated {
				p.At = max(p.At, h.changed.Unix())
			}
			if more, err := w.take(h, raw); err != nil || !more {
				return false, err
			}
		}
		rest := f.Pages.Next != "" || token == "" && f.TotalCount.Value > float64(len(f.items())) && p.At > begun
		switch {
		case !rest, len(f.items()) == 0:
			return true, nil
		case p.At > begun:
			return false, nil
		case string(f.Pages.Next) == token:
			return false, &sources.Error{Reason: sources.ReasonBadAnswer, Err: fmt.Errorf("%s: the pages do not come to an end", w.path)}
		}
		token = string(f.Pages.Next)
	}
}

// queryOf asks for what changed from the second on that a sweep has come to.
func (s *Source) queryOf(w *sweep, token string) query {
	all := []filter{where("updated_at", ">", max(w.place.At-1, 0))}
	if w.before != 0 {
		all = append(all, where("updated_at", "<", w.before))
	}
	all = append(all, w.only...)
	return query{
		Query:      filter{Operator: "AND", Value: all},
		Pagination: pagination{PerPage: s.size, StartingAfter: token},
		Sort:       &order{Field: "updated_at", Order: "ascending"},
	}
}

// overlap is how much of what was read is read again: the search shows changes
// late, and not in their order.
const overlap = 10 * time.Minute

// after returns the sweep of what changed since a search was read last. It goes
// to the very end, beyond the target of the round: what has changed again
// meanwhile is to be found there only. But there the search is not to be relied
// on yet, so that the next round reads it once more.
func (s *Source) after(c *cursor, m *mark, path string, take func(head, json.RawMessage) (bool, error)) *sweep {
	r := c.Round
	p := &r.Place
	if p.Ties == nil {
		p.Ties = api.Seen{}
	}
	if !p.Begun {
		p.Begun, p.At = true, m.Newest-int64(overlap/time.Second)
		if m.Newest == 0 {
			m.Newest = s.from(r).Unix()
			p.At = m.Newest
		}
	}
	return &sweep{path: path, place: p, take: func(h head, raw json.RawMessage) (bool, error) {
		if h.in(m.Seen) || h.in(p.Ties) {
			return true, nil
		}
		more, err := take(h, raw)
		if !more || err != nil {
			return more, err
		}
		if h.changed.After(r.Target) {
			p.Ties.Add(h.id, h.changed) // known to this round only
			p.Ties.Forget(time.Unix(p.At, 0))
			return true, nil
		}
		m.Seen.Add(h.id, h.changed)
		if !h.undated {
			m.Newest = max(m.Newest, h.changed.Unix())
		}
		return true, nil
	}}
}

// prune forgets what lies behind a sweep and is not read again.
func (m *mark) prune(p *place) {
	m.Seen.Forget(time.Unix(min(p.At, m.Newest), 0).Add(-overlap))
}

// once returns the items of a search whose time says nothing of what is news:
// each is taken, but not twice.
func once(p *place, take func(head, json.RawMessage) (bool, error)) func(head, json.RawMessage) (bool, error) {
	if p.Ties == nil {
		p.Ties = api.Seen{}
	}
	return func(h head, raw json.RawMessage) (bool, error) {
		if h.in(p.Ties) {
			return true, nil
		}
		more, err := take(h, raw)
		if more && err == nil {
			p.Ties.Add(h.id, h.changed)
			p.Ties.Forget(time.Unix(p.At, 0))
		}
		return more, err
	}
}
