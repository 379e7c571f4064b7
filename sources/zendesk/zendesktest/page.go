package zendesktest

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// incrementalPage is how much goes on a page of the incremental exports.
const incrementalPage = 1000

// address returns where an endpoint is asked for something.
func address(endpoint string, ask url.Values) string {
	return Host + "/api/v2/" + endpoint + ".json?" + ask.Encode()
}

// with returns what a request asks, but for one parameter.
func (q query) with(name, value string) url.Values {
	ask := url.Values{}
	for k, v := range q.Values {
		ask[k] = v
	}
	ask.Set(name, value)
	return ask
}

// number reads a parameter that is a number; a missing one is -1.
func (q query) number(name string) (int64, *refusal) {
	if !q.Has(name) {
		return -1, nil
	}
	n, err := strconv.ParseInt(q.Get(name), 10, 64)
	if err != nil || n < 0 {
		return 0, invalid(http.StatusBadRequest, "InvalidValue", name+" is no number")
	}
	return n, nil
}

// size returns how much goes on a page: what is asked for, but not more than
// the vendor or the account allows.
func (d *Desk) size(asked int64, most int) int {
	n := most
	if asked > 0 {
		n = min(n, int(asked))
	}
	if d.o.PageSize > 0 {
		n = min(n, d.o.PageSize)
	}
	return n
}

// list answers with a page of a list whose items keep their order. With
// page[size] it pages by cursors, else by numbers of pages.
func (d *Desk) list(q query, name string, count int, item func(int) any) (any, *refusal) {
	if !q.Has("page[size]") {
		return d.listByNumber(q, name, count, item)
	}
	asked, refused := q.number("page[size]")
	if refused != nil {
		return nil, refused
	}
	from := 0
	if after := q.Get("page[after]"); after != "" {
		text, err := base64.StdEncoding.DecodeString(after)
		if _, e := fmt.Sscanf(string(text), "after|%d", &from); err != nil || e != nil {
			return nil, invalid(http.StatusBadRequest, "InvalidPaginationParameter", "page[after] is not valid")
		}
	}
	to := min(count, from+d.size(asked, 100))
	meta := object{"has_more": to < count, "after_cursor": nil, "before_cursor": nil}
	links := object{"next": nil, "prev": nil}
	if to < count {
		cursor := base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "after|%d", to))
		meta["after_cursor"], links["next"] = cursor, address(q.endpoint, q.with("page[after]", cursor))
	}
	return object{name: items(from, to, item), "meta": meta, "links": links}, nil
}

func (d *Desk) listByNumber(q query, name string, count int, item func(int) any) (any, *refusal) {
	asked, refused := q.number("per_page")
	if refused != nil {
		return nil, refused
	}
	page, refused := q.number("page")
	if refused != nil {
		return nil, refused
	}
	page = max(1, page)
	size := d.size(asked, 100)
	from := min(count, int(page-1)*size)
	to := min(count, from+size)
	if to > 10_000 {
		return nil, refuse(http.StatusBadRequest, object{"errors": []any{object{
			"code": "InvalidPaginationDepth", "title": "Invalid pagination depth",
			"detail": "The maximum depth is 10000 records; use cursor pagination",
		}}})
	}
	answer := object{name: items(from, to, item), "count": count, "next_page": nil, "previous_page": nil}
	if to < count {
		answer["next_page"] = address(q.endpoint, q.with("page", strconv.FormatInt(page+1, 10)))
	}
	if page > 1 {
		answer["previous_page"] = address(q.endpoint, q.with("page", strconv.FormatInt(page-1, 10)))
	}
	return answer, nil
}

// items are never null, but may be none.
func items(from, to int, item func(int) any) []any {
	all := []any{}
	for i := from; i < to; i++ {
		all = append(all, item(i))
	}
	return all
}

// page is one of a time-based export: where it begins and ends in a stream that
// is ordered by time, and whether that is its end.
type page struct {
	picked []int
	end    int64 // the time of the last one
	last   bool
}

// timed picks a page out of the first count of a stream: what is of start or
// later. What is of the second with which a page ends comes again on the next
// page, so a page is longer than asked for if all of it is of one second: else
// nobody would get further.
func timed(start int64, from, count, size int, at func(int) int64, keep func(int) bool) page {
	p := page{end: start, last: true}
	for i := from; i < count; i++ {
		if !keep(i) {
			continue
		}
		if len(p.picked) >= size && p.end > at(p.picked[0]) {
			p.last = false
			break
		}
		p.picked = append(p.picked, i)
		p.end = at(i)
	}
	return p
}

// startTime reads where a time-based export begins.
func (q query) startTime() (int64, *refusal) {
	switch start, refused := q.number("start_time"); {
	case refused != nil:
		return 0, refused
	case start < 0:
		return 0, invalid(http.StatusBadRequest, "InvalidValue", "start_time is missing")
	default:
		return start, nil
	}
}

// tooRecent reports whether a start time lies within the minute that is not told
// of yet.
func (q query) tooRecent(start int64) bool { return time.Unix(start, 0).Add(withheld).After(q.now) }
