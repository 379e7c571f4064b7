package freshdesk

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"helpdesk_exporter/sources"
)

const searchPath = "/search/tickets"

// CountOpen implements [sources.Counter] by the desk's search, whose index is
// some minutes late.
func (s *Source) CountOpen(ctx context.Context) (int, error) {
	if !s.gates.open(capSearch, s.now) {
		return 0, sources.ErrUncounted
	}
	codes, err := s.openCodes(ctx)
	if err != nil {
		return 0, err
	}
	var any []string
	for _, code := range codes {
		any = append(any, fmt.Sprintf("status:%d", code))
	}
	var found struct {
		Total *int `json:"total"`
	}
	query := url.Values{"query": {`"` + strings.Join(any, " OR ") + `"`}}
	passed, err := s.gates.pass(capSearch, s.get(ctx, searchPath, query, &found), s.now)
	switch {
	case err != nil:
		return 0, err
	case !passed:
		return 0, sources.ErrUncounted
	case found.Total == nil:
		return 0, bad(searchPath, "no total")
	default:
		return *found.Total, nil
	}
}

// Probe implements [sources.Prober].
func (s *Source) Probe(ctx context.Context, until time.Time) (time.Time, error) {
	newest, id, err := s.newest(ctx)
	if err != nil {
		return time.Time{}, err
	}
	one := url.Values{"per_page": {"1"}}
	for _, try := range []struct {
		capability, path string
		query            url.Values
	}{
		{capSpam, "/tickets", url.Values{"filter": {"spam"}, "per_page": {"1"}}},
		{capDeleted, "/tickets", url.Values{"filter": {"deleted"}, "per_page": {"1"}}},
		{capGroups, "/groups", one},
		{capFields, "/ticket_fields", url.Values{"type": {"default_status"}}},
		{capRatings, "/surveys/satisfaction_ratings", one},
		{capSearch, searchPath, url.Values{"query": {`"status:2"`}}},
		{capConversations, "/tickets/" + id + "/conversations", one},
		{capTimeEntries, "/tickets/" + id + "/time_entries", one},
	} {
		ofTicket := strings.HasPrefix(try.path, "/tickets/")
		if !s.gates.has(try.capability) || ofTicket && id == "" {
			continue
		}
		_, err := s.gates.pass(try.capability, s.get(ctx, try.path, try.query, nil), until)
		if err != nil {
			return newest, err
		}
	}
	return newest, nil
}

// newest returns when a ticket last changed, and its id; nothing where the desk
// has none.
func (s *Source) newest(ctx context.Context) (time.Time, string, error) {
	l := ticketListing(url.Values{})
	l.query.Set("order_type", "desc")
	l.query.Set("updated_since", dawn.Format(time.RFC3339))
	l.query.Set("per_page", "1")
	entries, err := s.list(ctx, l.path, l.query)
	if err != nil || len(entries) == 0 {
		return time.Time{}, "", err
	}
	r := l.rowOf(entries[0])
	return r.at, r.id, nil
}
