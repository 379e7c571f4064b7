package intercom

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"time"

	"helpdesk_exporter/sources"
)

// listing is a list that knows no filter of time. It has the newest at one end,
// from which its pages are read until they come to what is known.
type listing struct {
	path  string
	gate  string
	size  int
	query url.Values
	tail  *tail
	// take reads an item. It returns when it happened, zero where that cannot be
	// read, and whether it may still change.
	take func(json.RawMessage) (at time.Time, changing bool)
}

// How much of a list is read again, and for how long at most because something
// in it may still change.
const (
	listOverlap  = 15 * time.Minute
	listPatience = 12 * time.Hour
)

// listed is one page of a list.
type listed struct {
	Data          []json.RawMessage `json:"data"`
	Conversations []json.RawMessage `json:"conversations"`
	Pages         struct {
		TotalPages number `json:"total_pages"`
	} `json:"pages"`
}

func (l *listed) items() []json.RawMessage {
	if l.Data != nil {
		return l.Data
	}
	return l.Conversations
}

// list reads one page of a list and reports whether it was the last one, or the
// list is left alone for now: then the tail stays where it is.
func (s *Source) list(ctx context.Context, r *round, l listing) (done bool, err error) {
	if s.gates.shut(l.gate, r.Target) {
		return true, nil
	}
	p := &r.Place
	if !p.Begun {
		p.Begun, p.Page = true, 1
		if l.tail.Floor.IsZero() {
			l.tail.Floor = s.from(r)
		}
	}
	answer, err := s.page(ctx, l, p.Page)
	if passable(err) {
		s.gates.close(l.gate, r.Target, err)
		return true, nil
	}
	if err != nil {
		return false, err
	}
	s.gates.open(l.gate)
	rising, known := l.takeAll(answer.items(), p)
	total, full := int(answer.Pages.TotalPages.Value), len(answer.items()) >= l.size
	switch {
	case p.Page == 1 && !p.Down && rising && total > 1:
		p.Page, p.Down = total, true // the newest are at the end
		return false, nil
	case p.Down && p.Page > 2 && !known:
		p.Page--
		return false, nil
	case !p.Down && !known && len(answer.items()) > 0 && (p.Page < total || total == 0 && full):
		p.Page++
		return false, nil
	}
	l.tail.advance(p)
	return true, nil
}

// takeAll takes the items of a page, and reports whether they begin with the
// oldest and whether the page comes to what is known.
func (l *listing) takeAll(items []json.RawMessage, p *place) (rising, known bool) {
	var first, last time.Time
	for _, raw := range items {
		at, changing := l.take(raw)
		if at.IsZero() {
			continue
		}
		if first.IsZero() {
			first = at
		}
		last = at
		known = known || at.Before(l.tail.Floor)
		if at.After(p.Newest) {
			p.Newest = at
		}
		if changing && (p.Changing.IsZero() || at.Before(p.Changing)) {
			p.Changing = at
		}
	}
	return first.Before(last), known
}

// advance notes that a list was read down to the floor.
func (t *tail) advance(p *place) {
	floor := p.Newest.Add(-listOverlap)
	if c := p.Changing; !c.IsZero() && c.Before(floor) {
		floor = c
		if least := p.Newest.Add(-listPatience); floor.Before(least) {
			floor = least
		}
	}
	if floor.After(t.Floor) {
		t.Floor = floor
	}
	t.Seen.Forget(t.Floor)
}

func (s *Source) page(ctx context.Context, l listing, page int) (*listed, error) {
	query := url.Values{"page": {strconv.Itoa(page)}, "per_page": {strconv.Itoa(l.size)}}
	for name, values := range l.query {
		query[name] = values
	}
	var answer listed
	if err := s.client.Get(ctx, l.path, query, &answer); err != nil {
		return nil, err
	}
	if answer.Data == nil && answer.Conversations == nil {
		return nil, &sources.Error{Reason: sources.ReasonBadAnswer, Err: fmt.Errorf("%s: the answer has no list: is url the address of Intercom's API?", l.path)}
	}
	return &answer, nil
}
