package zendesk

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"helpdesk_exporter/sources"
)

const countPath = "/search/count"

// CountOpen implements [sources.Counter].
func (s *Source) CountOpen(ctx context.Context) (int, error) {
	if !s.can.due(canCount, s.read) {
		return 0, sources.ErrUncounted
	}
	var answer struct {
		Count number `json:"count"`
	}
	err := s.get(ctx, countPath, url.Values{"query": {"type:ticket " + unfinished}}, &answer)
	switch {
	case withheld(err):
		s.can.refused(canCount, s.read, err, retryRefused)
		return 0, fmt.Errorf("%w: %w", sources.ErrUncounted, err)
	case err != nil:
		return 0, err
	case !answer.Count.Set || answer.Count.Value < 0:
		return 0, badAnswer(countPath, "there is no count in the answer")
	}
	s.can.granted(canCount)
	return int(answer.Count.Value), nil
}

// Probe implements [sources.Prober].
func (s *Source) Probe(ctx context.Context, until time.Time) (time.Time, error) {
	newest, err := s.newest(ctx, until)
	if err != nil {
		return time.Time{}, err
	}
	of := func(query ...string) url.Values {
		values := url.Values{}
		for i := 0; i < len(query); i += 2 {
			values.Set(query[i], query[i+1])
		}
		return values
	}
	lately := unix(until.Add(-time.Hour).Unix())
	for _, part := range []struct {
		capability, path string
		query            url.Values
	}{
		{canEvents, eventsPath, of("start_time", lately)},
		{canSearch, searchPath, of("query", unfinished, "filter[type]", "ticket", "page[size]", "1")},
		{canCount, countPath, of("query", "type:ticket "+unfinished)},
		{canGroups, "/groups", of("page[size]", "1")},
		{canStatuses, "/custom_statuses", nil},
		{canRatings, ratingsPath, of("page[size]", "1")},
		{canResponses, responsesPath, of("page[size]", "1")},
		{canCalls, callsPath, of("start_time", lately)},
		{canLegs, legsPath, of("start_time", lately)},
		{canQueue, queuePath, nil},
	} {
		if !s.config.reads(part.capability) {
			continue
		}
		err := s.get(ctx, part.path, part.query, nil)
		switch {
		case withheld(err):
			s.can.refused(part.capability, until, err, retryRefused)
		case err != nil:
			return newest, err
		default:
			s.can.granted(part.capability)
		}
	}
	return newest, nil
}

// newest returns when a ticket last changed: of the last day or, on a desk where
// that was a quiet one, since the beginning.
func (s *Source) newest(ctx context.Context, until time.Time) (time.Time, error) {
	var newest time.Time
	for _, from := range []time.Time{until.Add(-24 * time.Hour), until.Add(-time.Duration(s.config.Start))} {
		r := &round{Source: s, cursor: begin(from)}
		r.Target = until
		answer, err := r.askTickets(ctx)
		if err != nil {
			return time.Time{}, err
		}
		for _, raw := range answer.Tickets.list {
			newest = latest(newest, noticed(raw))
		}
		if !newest.IsZero() {
			break
		}
	}
	return newest, nil
}
