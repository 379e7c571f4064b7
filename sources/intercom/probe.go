package intercom

import (
	"context"
	"errors"
	"net/http"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/internal/api"
)

// CountOpen implements [sources.Counter]: conversations that are open or
// snoozed, by Intercom's own count.
func (s *Source) CountOpen(ctx context.Context) (int, error) {
	unfinished := filter{Operator: "OR", Value: []filter{where("open", "=", true), where("state", "=", stateSnoozed)}}
	n, err := s.count(ctx, unfinished)
	if code := api.StatusOf(err); code == http.StatusBadRequest || code == http.StatusUnprocessableEntity {
		return s.count(ctx, where("open", "=", true))
	}
	return n, err
}

func (s *Source) count(ctx context.Context, of filter) (int, error) {
	f, err := s.search(ctx, searchConversations, query{Query: of, Pagination: pagination{PerPage: 1}})
	if err != nil {
		return 0, err
	}
	total := f.TotalCount.count()
	if !total.Set {
		return 0, errors.New(searchConversations + ": the answer has no total_count")
	}
	return total.Value, nil
}

// Probe implements [sources.Prober].
func (s *Source) Probe(ctx context.Context, until time.Time) (time.Time, error) {
	f, err := s.search(ctx, searchConversations, query{
		Query:      where("updated_at", "<", until.Unix()+1),
		Pagination: pagination{PerPage: 1}, Sort: &order{Field: "updated_at", Order: "descending"},
	})
	if err != nil {
		return time.Time{}, err
	}
	var newest time.Time
	if len(f.Conversations) > 0 {
		h := headOf(f.Conversations[0], 0)
		newest = h.changed
		if err := s.probeParts(ctx, h, until); err != nil {
			return newest, err
		}
	}
	for _, probe := range []func(context.Context, time.Time) error{s.probeTeams, s.probeTickets, s.probeCalls, s.probeDeleted} {
		if err := probe(ctx, until); err != nil {
			return newest, err
		}
	}
	return newest, nil
}

// probed notes whether an endpoint is open; what failed otherwise is an error.
func (s *Source) probed(gate string, until time.Time, err error) error {
	switch {
	case api.Gated(err):
		s.gates.close(gate, until, err)
	case err != nil:
		return err
	default:
		s.gates.open(gate)
	}
	return nil
}

func (s *Source) probeParts(ctx context.Context, h head, until time.Time) error {
	if s.config.Parts == PartsNone {
		return nil
	}
	b := &batch{Source: s, ctx: ctx, page: &desk.Page{}, until: until}
	_, _, err := b.thread(&conversation{ID: ident(h.id)})
	return s.probed(gateParts, until, err)
}

func (s *Source) probeTeams(ctx context.Context, until time.Time) error {
	_, err := s.readTeams(ctx)
	return s.probed(gateTeams, until, err)
}

func (s *Source) probeTickets(ctx context.Context, until time.Time) error {
	if !s.config.Tickets {
		return nil
	}
	_, err := s.search(ctx, searchTickets, query{Query: where("updated_at", "<", until.Unix()+1), Pagination: pagination{PerPage: 1}})
	return s.probed(gateTickets, until, err)
}

func (s *Source) probeCalls(ctx context.Context, until time.Time) error {
	if !s.config.Calls {
		return nil
	}
	_, err := s.page(ctx, listing{path: "/calls", size: 1}, 1)
	return s.probed(gateCalls, until, err)
}

func (s *Source) probeDeleted(ctx context.Context, until time.Time) error {
	if !s.config.listsDeleted() {
		return nil
	}
	_, err := s.page(ctx, listing{path: "/conversations/deleted", size: 1}, 1)
	return s.probed(gateDeleted, until, err)
}
