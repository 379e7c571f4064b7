package zendesktest

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"helpdesk_exporter/desk"
)

// indexed is how long it takes until search finds what changed.
const indexed = time.Minute

// exportCursor is how long a cursor of the search export is valid.
const exportCursor = time.Hour

// ranks order the statuses: smaller is less done.
var ranks = []string{"new", "open", "pending", "hold", "solved", "closed"}

var statusTerm = regexp.MustCompile(`^status(<=|>=|<|>|:)([a-z]+)$`)

// find compiles a search for tickets. Those of the words of the search language
// are known that the status needs.
func find(words []string) (func(status string) bool, *refusal) {
	tests := []func(int) bool{}
	for _, word := range words {
		m := statusTerm.FindStringSubmatch(word)
		if m == nil || !slices.Contains(ranks, m[2]) {
			return nil, invalid(http.StatusUnprocessableEntity, "invalid", "Invalid search: "+word)
		}
		rank := slices.Index(ranks, m[2])
		tests = append(tests, map[string]func(int) bool{
			"<": func(r int) bool { return r < rank }, "<=": func(r int) bool { return r <= rank },
			">": func(r int) bool { return r > rank }, ">=": func(r int) bool { return r >= rank },
			":": func(r int) bool { return r == rank },
		}[m[1]])
	}
	return func(status string) bool {
		rank := slices.Index(ranks, status)
		return rank >= 0 && !slices.ContainsFunc(tests, func(test func(int) bool) bool { return !test(rank) })
	}, nil
}

func (d *Desk) searchCount(q query) (any, *refusal) {
	words := strings.Fields(q.Get("query"))
	tickets := slices.Index(words, "type:ticket")
	if tickets < 0 {
		return nil, invalid(http.StatusUnprocessableEntity, "invalid", "Invalid search: only tickets are there")
	}
	match, refused := find(slices.Delete(words, tickets, tickets+1))
	if refused != nil {
		return nil, refused
	}
	count := 0
	for i := range d.world.Tickets {
		if d.found(i, q.now, match) {
			count++
		}
	}
	return object{"count": count}, nil
}

// found reports whether search knows a ticket as one that matches.
func (d *Desk) found(ticket int, now time.Time, match func(string) bool) bool {
	s := d.world.At(d.world.Tickets[ticket], now.Add(-indexed))
	return s.Exists && s.Status != desk.StatusUnknown && match(statusName(s.Status))
}

// searchExport goes through what matches in the order of creation. The type is a
// parameter there: in the query it is an error, like any word that is not known.
func (d *Desk) searchExport(q query) (any, *refusal) {
	if q.Get("filter[type]") != "ticket" {
		return nil, invalid(http.StatusUnprocessableEntity, "invalid", "Invalid search: filter[type] must be one of ticket, organization, user, group")
	}
	match, refused := find(strings.Fields(q.Get("query")))
	if refused != nil {
		return nil, refused
	}
	asked, refused := q.number("page[size]")
	if refused != nil {
		return nil, refused
	}
	if asked > 1000 {
		return nil, invalid(http.StatusBadRequest, "InvalidPaginationParameter", "page[size] must not be above 1000")
	}
	from, refused := q.exportedTo()
	if refused != nil {
		return nil, refused
	}
	if asked < 0 {
		asked = 100
	}
	size := d.size(asked, 1000)
	results := []any{}
	meta, links := object{"has_more": false, "after_cursor": nil}, object{"prev": nil, "next": nil}
	for i := from; i < len(d.world.Tickets); i++ {
		if !d.found(i, q.now, match) {
			continue
		}
		if len(results) == size {
			cursor := base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "%d|%d", i, q.now.Unix()))
			meta["has_more"], meta["after_cursor"] = true, cursor
			links["next"] = address(q.endpoint, q.with("page[after]", cursor))
			break
		}
		t := d.ticket(query{}, i, q.now.Add(-indexed))
		t["result_type"] = "ticket"
		results = append(results, t)
	}
	return object{"results": results, "facets": nil, "meta": meta, "links": links}, nil
}

// exportedTo reads how far an export has come.
func (q query) exportedTo() (int, *refusal) {
	cursor := q.Get("page[after]")
	if cursor == "" {
		return 0, nil
	}
	var at int64
	var from int
	text, err := base64.StdEncoding.DecodeString(cursor)
	_, scanned := fmt.Sscanf(string(text), "%d|%d", &from, &at)
	if err != nil || scanned != nil || from < 0 || q.now.After(time.Unix(at, 0).Add(exportCursor)) {
		return 0, invalid(http.StatusBadRequest, "InvalidPaginationParameter", "page[after] is not valid, or has expired")
	}
	return from, nil
}
