package rt

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"strconv"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/internal/api"
	"helpdesk_exporter/sources"
)

// perPage is how many records a page of a collection has: the most that the
// desk gives.
const perPage = 100

// holdBack is how long a change may take until it shows.
const holdBack = 5 * time.Second

// Source reads one Request Tracker.
type Source struct {
	config     *Config
	client     *api.Client
	logger     *slog.Logger
	gates      gates
	priorities []step

	queues   queues
	people   map[string]person      // by id
	statuses map[string]desk.Status // those that only the desk knows
	fields   map[string]string      // the names of custom fields, by id
	channels map[string]string      // of tickets, by id
	byTicket bool                   // the desk does not find transactions by their tickets

	knowsUsers bool   // the desk has told of one
	unsure     string // somebody of whom the desk did not tell who it is
}

func newSource(c *Config, o sources.Options) (*Source, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	client, err := api.New(c.reached(), api.Desk{}, o)
	if err != nil {
		return nil, err
	}
	return &Source{
		config: c, client: client, logger: o.Logger, gates: newGates(c), priorities: c.priorities(),
		people: map[string]person{}, statuses: map[string]desk.Status{},
		fields: map[string]string{}, channels: map[string]string{},
	}, nil
}

// HoldBack implements [sources.HoldsBack].
func (s *Source) HoldBack() time.Duration { return holdBack }

// Capabilities implements [sources.Capable].
func (s *Source) Capabilities() []sources.Capability { return s.gates.list() }

// Fetch implements [sources.Source]: it reads one page of one stream.
func (s *Source) Fetch(ctx context.Context, since desk.Cursor, until time.Time) (desk.Page, error) {
	if err := ctx.Err(); err != nil {
		return desk.Page{}, err
	}
	c, err := s.readCursor(since, until.UTC())
	if err != nil {
		return desk.Page{}, err
	}
	if err := s.readQueues(ctx, c.Target, queuesFor); err != nil {
		return desk.Page{}, err
	}
	if err := s.makeSure(ctx, c); err != nil {
		return desk.Page{}, err
	}
	page := desk.Page{More: true}
	done, err := s.read(ctx, c, &page)
	if err != nil {
		return desk.Page{}, err
	}
	c.Unsure = cmp.Or(c.Unsure, s.unsure)
	if target := c.Target; done && c.next() {
		page.More, page.AsOf, page.Reached = false, target, time.Time{}
	}
	page.Cursor, err = c.write()
	return page, err
}

// makeSure reads the desk anew once it tells who is who, if it did not before:
// messages of nobody knows whom are no answers.
func (s *Source) makeSure(ctx context.Context, c *cursor) error {
	s.unsure = ""
	if c.Unsure == "" {
		return nil
	}
	_, err := s.role(ctx, ref{ID: text(c.Unsure)}, c.Target)
	if err == nil && s.unsure == "" {
		c.restart()
	}
	return err
}

// read reads one page of the stream under way and reports whether it was the
// last one.
func (s *Source) read(ctx context.Context, c *cursor, page *desk.Page) (done bool, err error) {
	switch c.Stream {
	case streamTransactions:
		return s.transactions(ctx, c, page)
	case streamUnfinished:
		return s.unfinished(ctx, c, page)
	default:
		return s.changed(ctx, c, page)
	}
}

// ask reads a page of a collection.
func (s *Source) ask(ctx context.Context, path string, query url.Values) (*answer, error) {
	var a answer
	if err := s.client.Get(ctx, path, query, &a); err != nil {
		return nil, err
	}
	if a.Items == nil {
		return nil, bad(path, errNoItems)
	}
	return &a, nil
}

// bad is an answer that is not what the desk documents.
func bad(path string, err error) error {
	return &sources.Error{Reason: sources.ReasonBadAnswer, Err: fmt.Errorf("%s: %w", path, err)}
}

const whyUncounted = "searches for tickets have no total: set UseSQLForACLChecks, which is the default of Request Tracker 5"

// CountOpen implements [sources.Counter].
func (s *Source) CountOpen(ctx context.Context) (int, error) {
	a, err := s.ask(ctx, ticketsPath, url.Values{"query": {unfinishedQuery}, "per_page": {"1"}})
	if err != nil {
		return 0, err
	}
	n, ok := a.total()
	s.gates.set(capabilityCount, ok, whyUncounted)
	if !ok {
		return 0, sources.ErrUncounted
	}
	return n, nil
}

// Probe implements [sources.Prober].
func (s *Source) Probe(ctx context.Context, until time.Time) (time.Time, error) {
	if err := s.readQueues(ctx, until, 0); err != nil {
		return time.Time{}, err
	}
	log, err := s.ask(ctx, transactionsPath, s.transactionsQuery(ofTickets+" AND id > 0", 1))
	if err != nil {
		return time.Time{}, err
	}
	for _, raw := range *log.Items {
		if t, err := decodeTransaction(raw); err == nil {
			if _, err := s.role(ctx, t.Creator, until); err != nil {
				return time.Time{}, err
			}
		}
	}
	query := s.ticketsQuery("Type = 'ticket'", "LastUpdated")
	query.Set("order", "DESC")
	query.Set("per_page", "1")
	tickets, err := s.ask(ctx, ticketsPath, query)
	if err != nil {
		return time.Time{}, err
	}
	_, counted := tickets.total()
	s.gates.set(capabilityCount, counted, whyUncounted)
	var newest time.Time
	for _, raw := range *tickets.Items {
		t, err := decodeTicket(raw)
		if err != nil {
			continue
		}
		newest = t.LastUpdated.Time
		s.learnFields(t.CustomFields)
		if s.config.Channel == ChannelInterface {
			if _, err := s.cameBy(ctx, string(t.ID), until); err != nil {
				return time.Time{}, err
			}
		}
	}
	return newest, nil
}

// paged returns the query of a page of a collection.
func paged(fields string, page int) url.Values {
	return url.Values{"fields": {fields}, "per_page": {strconv.Itoa(perPage)}, "page": {strconv.Itoa(page)}}
}
