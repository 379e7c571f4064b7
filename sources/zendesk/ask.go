package zendesk

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"helpdesk_exporter/internal/api"
)

// get asks for a path below /api/v2. What is exported by time has a limit of its
// own.
func (s *Source) get(ctx context.Context, path string, query url.Values, out any) error {
	r := api.Request{Path: "/api/v2" + path, Query: query}
	if strings.HasPrefix(path, "/incremental/") {
		r.Bucket = incremental
	}
	return s.client.Do(ctx, r, out)
}

// exported is the envelope of the exports by time.
type exported struct {
	EndTime     number `json:"end_time"`
	NextPage    phrase `json:"next_page"`
	EndOfStream *flag  `json:"end_of_stream"`
}

// end returns the second that the page ends with, 0 where it does not say.
func (e *exported) end() int64 {
	if e.EndTime.Set {
		return int64(e.EndTime.Value)
	}
	end, _ := strconv.ParseInt(parameters(string(e.NextPage)).Get("start_time"), 10, 64)
	return max(end, 0)
}

// parameters returns the parameters of an address that the desk gave. Its host
// is not to be trusted: it is not the one that was configured where the desk is
// reached another way.
func parameters(address string) url.Values {
	u, err := url.Parse(address)
	if err != nil {
		return url.Values{}
	}
	return u.Query()
}

// listed is the envelope of lists.
type listed struct {
	Meta *struct {
		HasMore     flag   `json:"has_more"`
		AfterCursor phrase `json:"after_cursor"`
	} `json:"meta"`
	Links struct {
		Next phrase `json:"next"`
	} `json:"links"`
	NextPage phrase `json:"next_page"`
}

// next returns the parameters that ask for the next page, none on the last.
func (l *listed) next() url.Values {
	switch {
	case l.Meta == nil:
		return pageOf(l.NextPage, l.Links.Next)
	case !bool(l.Meta.HasMore):
		return nil
	case l.Meta.AfterCursor != "":
		return url.Values{"page[after]": {string(l.Meta.AfterCursor)}}
	default:
		return pageOf(l.Links.Next, l.NextPage)
	}
}

// pageOf returns which page the first address means that is one.
func pageOf(addresses ...phrase) url.Values {
	page := url.Values{}
	for _, a := range addresses {
		given := parameters(string(a))
		for _, n := range []string{"page", "page[after]", "page[number]"} {
			if given.Has(n) {
				page.Set(n, given.Get(n))
			}
		}
		if len(page) > 0 {
			break
		}
	}
	return page
}

// pageAfter returns the parameters that a cursor keeps as text.
func pageAfter(kept string) url.Values {
	page, err := url.ParseQuery(kept)
	if err != nil {
		return nil // it was never written like that
	}
	return page
}

// mostPages bounds short lists: those of groups and of statuses.
const mostPages = 100

// all reads a short list to its end.
func all[T any](ctx context.Context, s *Source, path, key string, each func(T)) error {
	query := url.Values{"page[size]": {"100"}}
	for range mostPages {
		var answer map[string]json.RawMessage
		if err := s.get(ctx, path, query, &answer); err != nil {
			return err
		}
		var list []json.RawMessage
		if err := json.Unmarshal(answer[key], &list); err != nil {
			return badAnswer(path, "there is no list of "+key+" in the answer")
		}
		for _, raw := range list {
			var record T
			if json.Unmarshal(raw, &record) == nil {
				each(record)
			}
		}
		next := following(answer)
		if len(next) == 0 || len(list) == 0 {
			return nil
		}
		query = merged(query, next)
	}
	return badAnswer(path, "the list does not come to an end")
}

// following returns the parameters that ask for the next page of a list.
func following(answer map[string]json.RawMessage) url.Values {
	var l listed
	for key, part := range map[string]any{"meta": &l.Meta, "links": &l.Links, "next_page": &l.NextPage} {
		_ = json.Unmarshal(answer[key], part) // what is not there, or strange, says nothing
	}
	return l.next()
}

// merged returns parameters with those of another set in their place.
func merged(query, also url.Values) url.Values {
	all := url.Values{}
	for _, values := range []url.Values{query, also} {
		for n, v := range values {
			all[n] = v
		}
	}
	return all
}

// pageSize is how many records a page is asked to hold: fewer where that is too
// much for the desk, and more again when it has gone well for a while.
type pageSize struct {
	size, well int
}

const (
	largestPage  = 1000
	smallestPage = 25
	wellEnough   = 10 // pages
)

func newPageSize() pageSize { return pageSize{size: largestPage} }

// went takes in how a page went.
func (p *pageSize) went(err error) {
	switch {
	case err == nil:
		if p.well++; p.well >= wellEnough {
			p.size, p.well = min(2*p.size, largestPage), 0
		}
	case api.TooMuch(err):
		p.size, p.well = max(p.size/2, smallestPage), 0
	}
}

func (p *pageSize) String() string { return strconv.Itoa(p.size) }

// expired reports whether the desk does not take a cursor that it gave any more.
func expired(err error) bool {
	code := api.StatusOf(err)
	return code == http.StatusBadRequest || code == http.StatusGone || code == http.StatusUnprocessableEntity || code == http.StatusNotFound
}

func unix(second int64) string { return strconv.FormatInt(second, 10) }
