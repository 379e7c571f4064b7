package intercomtest

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"
	"time"
)

// The limits of a search.
const (
	defaultPage = 20
	longestPage = 150
	mostFilters = 15
	mostNesting = 2
)

type request struct {
	Query      filter `json:"query"`
	Pagination struct {
		PerPage       *int    `json:"per_page"`
		StartingAfter *string `json:"starting_after"`
	} `json:"pagination"`
	Sort *struct {
		Field string `json:"field"`
		Order string `json:"order"`
	} `json:"sort"`
}

// filter is a condition, or several of them under AND or OR.
type filter struct {
	Field    string          `json:"field"`
	Operator string          `json:"operator"`
	Value    json.RawMessage `json:"value"`
}

// searchable are the fields that conditions may name.
var searchable = []string{
	"id", "created_at", "updated_at", "open", "state", "priority", "admin_assignee_id", "team_assignee_id", "waiting_since", "source.type",
}

// read returns the conditions of a group, nil for a single condition.
func (f *filter) read(depth int) ([]filter, error) {
	if f.Operator != "AND" && f.Operator != "OR" {
		switch {
		case !slices.Contains(searchable, f.Field):
			return nil, fmt.Errorf("field %s is not searchable", f.Field)
		case !slices.Contains([]string{"=", "!=", ">", "<", "IN", "NIN"}, f.Operator):
			return nil, fmt.Errorf("operator %s is not supported", f.Operator)
		}
		return nil, nil
	}
	var group []filter
	switch err := json.Unmarshal(f.Value, &group); {
	case err != nil:
		return nil, errors.New("value of a group must be a list")
	case len(group) > mostFilters:
		return nil, errors.New("too many filters")
	case depth >= mostNesting:
		return nil, errors.New("nested too deep")
	}
	for i := range group {
		if _, err := group[i].read(depth + 1); err != nil {
			return nil, err
		}
	}
	return group, nil
}

// holds reports whether a condition holds of the fields of something.
func (f *filter) holds(told func(field string) any) bool {
	if group, _ := f.read(0); group != nil {
		some := slices.ContainsFunc(group, func(g filter) bool { return g.holds(told) == (f.Operator == "OR") })
		return some == (f.Operator == "OR")
	}
	if f.Operator == "IN" || f.Operator == "NIN" {
		var values []any
		_ = json.Unmarshal(f.Value, &values)
		return slices.ContainsFunc(values, func(v any) bool { return same(told(f.Field), v) }) == (f.Operator == "IN")
	}
	var value any
	_ = json.Unmarshal(f.Value, &value)
	switch f.Operator {
	case "=":
		return same(told(f.Field), value)
	case "!=":
		return !same(told(f.Field), value)
	}
	x, y := numeric(told(f.Field)), numeric(value)
	return f.Operator == ">" && x > y || f.Operator == "<" && x < y
}

// fields returns the fields of what is shown, some of which are fields of fields.
func fields(shown map[string]any) func(string) any {
	return func(name string) any {
		outer, inner, nested := strings.Cut(name, ".")
		if of, ok := shown[outer].(map[string]any); nested && ok {
			return of[inner]
		}
		return shown[outer]
	}
}

// lookUp returns the fields of a conversation; those that are asked for most
// without showing all of it.
func (d *Desk) lookUp(e entry) func(string) any {
	at := time.Unix(e.at, 0)
	return func(name string) any {
		switch name {
		case "updated_at":
			return e.at
		case "open", "state":
			s := d.world.At(e.ticket, at)
			state, open := stateOf(&s)
			if name == "open" {
				return open
			}
			return state
		}
		return fields(d.render(e.ticket, at))(name)
	}
}

func same(x, y any) bool { return fmt.Sprint(x) == fmt.Sprint(y) }

func numeric(v any) float64 {
	switch n := v.(type) {
	case int64:
		return float64(n)
	case int:
		return float64(n)
	case float64:
		return n
	default:
		return math.NaN()
	}
}

// window returns the seconds that conditions on the last change, which all have
// to hold, leave.
func (f *filter) window() (from, to int64) {
	from, to = 0, math.MaxInt64
	group, _ := f.read(0)
	if f.Operator == "OR" {
		return from, to
	}
	for _, g := range append(group, *f) {
		var n float64
		if g.Field != "updated_at" || json.Unmarshal(g.Value, &n) != nil {
			continue
		}
		switch g.Operator {
		case ">":
			from = max(from, int64(n)+1)
		case "<":
			to = min(to, int64(n)-1)
		}
	}
	return from, to
}

// other returns the conditions that window has not seen to. All of them have to
// hold.
func (f *filter) other() (rest []filter) {
	group, _ := f.read(0)
	if f.Operator != "AND" {
		group = []filter{*f}
	}
	return slices.DeleteFunc(group, func(g filter) bool { return g.Field == "updated_at" && (g.Operator == ">" || g.Operator == "<") })
}

// token is where the next page of a search begins.
type token struct {
	At, ID  int64
	Written int64
}

func (t token) String() string {
	data, _ := json.Marshal(t)
	return base64.RawURLEncoding.EncodeToString(data)
}

func readToken(text string) (t token, err error) {
	data, err := base64.RawURLEncoding.DecodeString(text)
	if err == nil {
		err = json.Unmarshal(data, &t)
	}
	return t, err
}

// readRequest reads a search and refuses what Intercom would.
func readRequest(w http.ResponseWriter, r *http.Request) (q request, size int, ok bool) {
	if err := json.NewDecoder(r.Body).Decode(&q); err != nil {
		fail(w, http.StatusBadRequest, "bad_request", "bad JSON")
		return q, 0, false
	}
	size = defaultPage
	if q.Pagination.PerPage != nil {
		size = *q.Pagination.PerPage
	}
	_, err := q.Query.read(0)
	if err != nil || size < 1 || size > longestPage {
		fail(w, http.StatusBadRequest, "parameter_invalid", fmt.Sprintf("per_page %d, query: %v", size, err))
		return q, 0, false
	}
	return q, size, true
}

func (d *Desk) searchConversations(w http.ResponseWriter, r *http.Request, now time.Time) {
	q, size, ok := readRequest(w, r)
	if !ok {
		return
	}
	after, err := d.after(&q, now)
	if err != nil {
		fail(w, http.StatusBadRequest, "parameter_invalid", err.Error())
		return
	}
	all := d.matching(&q.Query, now)
	order := 1
	if q.Sort == nil || q.Sort.Order != "ascending" {
		slices.Reverse(all)
		order = -1
	}
	total := len(all)
	if after != nil {
		all = slices.DeleteFunc(all, func(e entry) bool {
			return order*cmp.Or(cmp.Compare(e.at, after.At), cmp.Compare(e.ticket.ID, after.ID)) <= 0
		})
	}
	shown := []any{}
	for _, e := range all[:min(size, len(all))] {
		shown = append(shown, d.render(e.ticket, time.Unix(e.at, 0)))
	}
	pages := map[string]any{"type": "pages", "page": 1, "per_page": size, "total_pages": (total + size - 1) / size}
	if len(all) > size {
		last := all[size-1]
		pages["next"] = map[string]any{
			"per_page": size, "starting_after": token{At: last.at, ID: last.ticket.ID, Written: now.Unix()}.String(),
		}
	}
	answer(w, map[string]any{"type": "conversation.list", "conversations": shown, "total_count": total, "pages": pages})
}

// after returns what a page begins behind, nil for the first one.
func (d *Desk) after(q *request, now time.Time) (*token, error) {
	text := q.Pagination.StartingAfter
	if text == nil || *text == "" {
		return nil, nil
	}
	t, err := readToken(*text)
	switch {
	case err != nil:
		return nil, errors.New("starting_after cannot be read")
	case d.o.TokenLife > 0 && now.Sub(time.Unix(t.Written, 0)) > d.o.TokenLife:
		return nil, errors.New("starting_after has expired")
	}
	return &t, nil
}

// matching returns the conversations that a search finds, those that changed
// long ago first.
func (d *Desk) matching(q *filter, now time.Time) []entry {
	var all []entry
	rest := q.other()
	from, to := q.window()
	for e := range d.lookedUp(now).between(from, to) {
		if !goneBy(e.ticket, e.at) && d.fits(e, rest) {
			all = append(all, e)
		}
	}
	return all
}

// fits reports whether all conditions hold of a conversation.
func (d *Desk) fits(e entry, conditions []filter) bool {
	if len(conditions) == 0 {
		return true
	}
	told := d.lookUp(e)
	return !slices.ContainsFunc(conditions, func(f filter) bool { return !f.holds(told) })
}

func (d *Desk) searchTickets(w http.ResponseWriter, r *http.Request, _ time.Time) {
	q, size, ok := readRequest(w, r)
	if !ok {
		return
	}
	found := slices.DeleteFunc(append([]map[string]any{}, d.o.Tickets...), func(t map[string]any) bool { return !q.Query.holds(fields(t)) })
	slices.SortStableFunc(found, func(x, y map[string]any) int {
		return int(numeric(x["updated_at"]) - numeric(y["updated_at"]))
	})
	answer(w, map[string]any{
		"type": "ticket.list", "tickets": found[:min(size, len(found))], "total_count": len(found), "pages": map[string]any{"type": "pages"},
	})
}
