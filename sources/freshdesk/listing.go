package freshdesk

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"net/url"
	"slices"
	"strconv"
	"time"
)

// perPage is how many rows of a listing are asked for at a time, the most there
// can be. A page with fewer need not be the last: some desks cut them shorter.
const perPage = 100

// mostPages is how many pages of one listing the desk shows.
const mostPages = 300

// place is where a listing is being read. It goes on from the time of the last
// row that was read and not from page to page, for rows that change move to the
// end, and all behind them move up: some of them onto a page that was read
// already. Besides, there are not pages without end.
type place struct {
	From  time.Time `json:"from"`  // how far the stream was read when its turn came
	Since time.Time `json:"since"` // what is asked for
	// Page goes beyond 1 only where more rows than a page holds are of one time.
	Page int `json:"page"`
	// Last marks the last row of the page before.
	Last string `json:"last,omitempty"`
}

// row is one entry of a listing.
type row struct {
	at   time.Time // by which it is listed; zero: it does not say
	id   string
	mark string // of the entry and what it says
	raw  json.RawMessage
}

// window is a stretch of a listing that was read.
type window struct {
	rows []row
	next *place // nil: this was the last
}

// listing is one of the desk's listings.
type listing struct {
	path  string
	query url.Values
	since string // the parameter that says from when on
	by    string // the field by which it is ordered
}

// read reads a page of a listing. Where rows of one time fill more than a page,
// the page before is read again as well: what moved up between the two answers
// is on it.
func (f *fetching) read(ctx context.Context, l listing, p place) (window, error) {
	rows, err := f.Source.page(ctx, l, p.Since, p.Page)
	if err != nil {
		return window{}, err
	}
	w := window{rows: rows}
	if p.Page > 1 {
		before, err := f.Source.page(ctx, l, p.Since, p.Page-1)
		if err != nil {
			return window{}, err
		}
		w.rows = slices.Concat(before, rows)
		if !slices.ContainsFunc(before, func(r row) bool { return r.id == p.Last }) {
			w.next = &place{From: p.From, Since: p.Since, Page: 1} // more moved than one page holds
			return w, nil
		}
	}
	last, err := f.last(ctx, l, p, rows)
	if err != nil {
		return window{}, err
	}
	if !last {
		w.next = p.after(rows)
	}
	return w, nil
}

// last reports whether a page is the last of its listing. One that is shorter
// than was asked for is, if there is nothing behind it. Nobody has to ask where
// all of it is known and the desk is known to give pages of twice its length.
func (f *fetching) last(ctx context.Context, l listing, p place, rows []row) (bool, error) {
	longest := &f.pages().Longest
	short := 2*len(rows) <= *longest && f.Streams[f.Turn].knows(rows)
	*longest = max(*longest, len(rows))
	switch {
	case len(rows) == 0 || short:
		return true, nil
	case len(rows) >= perPage:
		return false, nil
	case p.Page >= mostPages:
		return true, nil
	}
	behind, err := f.Source.page(ctx, l, p.Since, p.Page+1)
	more := slices.ContainsFunc(behind, func(b row) bool {
		return !slices.ContainsFunc(rows, func(r row) bool { return r.mark == b.mark })
	})
	return !more, err
}

// after returns where to go on behind a full page. What is listed from a second
// before the last row on has that row in it, whether or not the desk counts the
// second itself.
func (p place) after(rows []row) *place {
	last := rows[len(rows)-1]
	inOrder := slices.IsSortedFunc(rows, func(a, b row) int { return a.at.Compare(b.at) })
	if since := asked(last.at.Add(-time.Second)); inOrder && since.After(p.Since) {
		return &place{From: p.From, Since: since, Page: 1}
	}
	return &place{From: p.From, Since: p.Since, Page: p.Page + 1, Last: last.id}
}

// asked returns an instant as it can be asked for: in whole seconds.
func asked(at time.Time) time.Time { return at.Truncate(time.Second) }

// page asks for one page of a listing.
func (s *Source) page(ctx context.Context, l listing, since time.Time, number int) ([]row, error) {
	if number > mostPages {
		return nil, bad(l.path, fmt.Sprintf("more than %d pages of one second", mostPages))
	}
	query := url.Values{
		l.since: {since.UTC().Format(time.RFC3339)}, "per_page": {strconv.Itoa(perPage)}, "page": {strconv.Itoa(number)},
	}
	for key, values := range l.query {
		query[key] = values
	}
	entries, err := s.list(ctx, l.path, query)
	if err != nil {
		return nil, err
	}
	rows := make([]row, len(entries))
	for i, entry := range entries {
		rows[i] = l.rowOf(entry)
	}
	return rows, nil
}

// rowOf reads of an entry what its place in the listing depends on.
func (l listing) rowOf(entry json.RawMessage) row {
	r := row{raw: entry}
	var fields map[string]json.RawMessage
	_ = json.Unmarshal(entry, &fields) // what is none of it is rejected when it is translated
	var id word
	var at instant
	if text, ok := fields["id"]; ok && id.UnmarshalJSON(text) == nil {
		r.id = string(id)
	}
	if text, ok := fields[l.by]; ok && at.UnmarshalJSON(text) == nil {
		r.at = at.Time
	}
	sum := fnv.New32a()
	_, _ = sum.Write(entry)
	r.mark = fmt.Sprintf("%s/%08x", r.id, sum.Sum32())
	return r
}
