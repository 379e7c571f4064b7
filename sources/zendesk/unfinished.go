package zendesk

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
)

const (
	searchPath   = "/search/export"
	showManyPath = "/tickets/show_many"
	// unfinished finds the tickets that want work. That it is about tickets is
	// said beside it: in the query itself the desk takes it for an error.
	unfinished = "status<solved"
	// searchPage is how many tickets are found at a time: as many as can be shown
	// at once.
	searchPage = "100"
	// searchAttempts is how often the search may break off before the tickets are
	// read from the first: its cursor lasts an hour.
	searchAttempts = 3
)

// readUnfinished finds, in the first sync, the tickets that are not finished,
// however old they are: what changed before the beginning is in no export that
// begins there.
func (r *round) readUnfinished(ctx context.Context) (done bool, err error) {
	if r.Search.Done {
		return true, nil
	}
	var answer struct {
		listed
		Results records `json:"results"`
	}
	query := merged(url.Values{"query": {unfinished}, "filter[type]": {"ticket"}, "page[size]": {searchPage}}, pageAfter(r.Search.After))
	err = r.get(ctx, searchPath, query, &answer)
	switch {
	case expired(err) && r.Search.After != "" && r.Search.Attempts < searchAttempts:
		r.Search.After, r.Search.Attempts = "", r.Search.Attempts+1
		return false, nil
	case withheld(err):
		r.fromTheFirst(err)
		return true, nil
	case err != nil:
		return false, err
	case !answer.Results.given:
		return false, badAnswer(searchPath, "there is no list of results in the answer")
	}
	found, metrics, err := r.show(ctx, answer.Results.list)
	if err != nil {
		return false, err
	}
	if err := r.tell(ctx, found, metrics); err != nil {
		return false, err
	}
	r.can.granted(canSearch)
	after := answer.next().Encode()
	if after != "" && after == r.Search.After {
		return false, badAnswer(searchPath, "the next page is the same one")
	}
	r.Search.After, r.Search.Done = after, after == "" || len(answer.Results.list) == 0
	return r.Search.Done, nil
}

// fromTheFirst lets the export of tickets begin with the oldest, for want of a
// search.
func (r *round) fromTheFirst(err error) {
	r.logger.Warn("The desk does not let its open tickets be searched: all of its tickets are read, from the first", "err", err)
	r.Search.Done, r.Search.Refused = true, err.Error()
	r.Tickets.Next = 0
	r.can.heard(canSearch, r.Search.Refused)
}

// show asks for found tickets with their metrics, which a search does not tell.
// Where the desk does not show them, what was found has to do.
func (r *round) show(ctx context.Context, found []json.RawMessage) (tickets, metrics []json.RawMessage, err error) {
	var ids []string
	for _, raw := range found {
		if id := idOf(raw); id != "" {
			ids = append(ids, string(id))
		}
	}
	if len(ids) == 0 {
		return found, nil, nil
	}
	var answer struct {
		Tickets    records `json:"tickets"`
		MetricSets records `json:"metric_sets"`
	}
	err = r.get(ctx, showManyPath, url.Values{"ids": {strings.Join(ids, ",")}, "include": {"metric_sets"}}, &answer)
	switch {
	case withheld(err):
		return found, nil, nil
	case err != nil:
		return nil, nil, err
	}
	return inPlace(found, answer.Tickets.list), answer.MetricSets.list, nil
}

// inPlace puts what was shown into the place of what was found, by the ids.
func inPlace(found, shown []json.RawMessage) []json.RawMessage {
	byID := map[ident]json.RawMessage{}
	for _, raw := range shown {
		byID[idOf(raw)] = raw
	}
	all := slices.Clone(found)
	for i, raw := range found {
		if better, ok := byID[idOf(raw)]; ok {
			all[i] = better
		}
	}
	return all
}

// idOf returns the id of a record, empty where it has none.
func idOf(raw json.RawMessage) ident {
	var r struct {
		ID ident `json:"id"`
	}
	if json.Unmarshal(raw, &r) != nil {
		return ""
	}
	return r.ID
}
