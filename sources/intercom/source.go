package intercom

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/internal/api"
	"helpdesk_exporter/sources"
)

// holdBack is how late the search shows a change, at most.
const holdBack = 2 * time.Minute

// rescanEvery is how often every open conversation is read, whether it seems to
// have changed or not: copies of Intercom's data were seen to miss changes.
const rescanEvery = 24 * time.Hour

// stream is one of the things that a round reads.
type stream string

// The streams, in the order in which a round reads them. Those that go by the
// last change come behind those that do not: what changes too late for these is
// found by those. What was deleted comes behind all that may still tell of it.
const (
	streamOpen        stream = "open"         // conversations that are open
	streamSnoozed     stream = "snoozed"      // conversations that are snoozed and do not count as open
	streamAgain       stream = "again"        // conversations of the last day once more
	streamChanged     stream = "changed"      // conversations, by their last change
	streamOpenTickets stream = "open tickets" // tickets that are open and no conversations
	streamTickets     stream = "tickets"      // tickets that are no conversations, by their last change
	streamCalls       stream = "calls"
	streamDeleted     stream = "deleted" // conversations
)

// Source reads one workspace.
type Source struct {
	config *Config
	client *api.Client
	logger *slog.Logger
	gates  *gates
	teams  teams

	size     int             // of the pages that searches ask for
	keepSize bool            // it is not to grow at the end of this round
	refused  map[string]bool // conversations whose parts failed to come once
	denied   map[string]bool // conversations whose parts were kept from us, one after the other
}

func newSource(c *Config, o sources.Options) (*Source, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	client, err := api.New(c.API, api.Desk{Header: http.Header{"Intercom-Version": {c.APIVersion}}}, o)
	if err != nil {
		return nil, err
	}
	return &Source{
		config: c, client: client, logger: o.Logger, gates: newGates(c, o.Logger),
		size: pageSize, refused: map[string]bool{}, denied: map[string]bool{},
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
	c, err := readCursor(since)
	if err != nil {
		return desk.Page{}, err
	}
	if c.Round == nil {
		s.begin(c, until.UTC())
	}
	page := desk.Page{More: true}
	done, err := s.read(ctx, c, &page)
	if err != nil {
		return desk.Page{}, err
	}
	if done {
		c.Round.Left, c.Round.Place = c.Round.Left[1:], place{}
	}
	if len(c.Round.Left) == 0 {
		page.More, page.AsOf = false, c.Round.Target
		s.end(c)
	}
	page.Cursor, err = c.write()
	return page, err
}

// begin plans a round.
func (s *Source) begin(c *cursor, until time.Time) {
	first, due := c.Rescanned.IsZero(), until.Sub(c.Rescanned) >= rescanEvery
	c.Round = &round{Target: until, First: first}
	c.OwesTickets = (c.OwesTickets || due) && s.config.Tickets
	for _, planned := range []struct {
		stream stream
		is     bool
	}{
		{streamOpen, due},
		{streamSnoozed, due},
		{streamAgain, due && !first},
		{streamChanged, true},
		{streamOpenTickets, c.OwesTickets},
		{streamTickets, s.config.Tickets},
		{streamCalls, s.config.Calls},
		{streamDeleted, s.config.listsDeleted()},
	} {
		if planned.is {
			c.Round.Left = append(c.Round.Left, planned.stream)
		}
	}
	if due {
		c.Rescanned = until
	}
}

// end closes a round. What made a search ask for less may have passed.
func (s *Source) end(c *cursor) {
	c.Round = nil
	if !s.keepSize {
		s.size = min(2*s.size, pageSize)
	}
	s.keepSize = false
}

// read reads one page of the stream under way and reports whether it was the
// last one.
func (s *Source) read(ctx context.Context, c *cursor, page *desk.Page) (done bool, err error) {
	switch c.Round.Left[0] {
	case streamChanged:
		return s.changed(ctx, c, page)
	case streamOpen:
		return s.unfinished(ctx, c, page, where("open", "=", true))
	case streamSnoozed:
		return s.unfinished(ctx, c, page, where("state", "=", stateSnoozed))
	case streamAgain:
		return s.again(ctx, c, page)
	case streamTickets:
		return s.changedTickets(ctx, c, page)
	case streamOpenTickets:
		return s.openTickets(ctx, c, page)
	case streamCalls:
		return s.calls(ctx, c, page)
	case streamDeleted:
		return s.deleted(ctx, c, page)
	default:
		return true, nil // of another version of the exporter
	}
}

// from returns where the first sync begins.
func (s *Source) from(r *round) time.Time { return r.Target.Add(-time.Duration(s.config.Start)) }
