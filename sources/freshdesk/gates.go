package freshdesk

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/internal/api"
	"helpdesk_exporter/sources"
)

// The capabilities: what a plan may lack, or the key have no right to.
const (
	capConversations = "conversations"
	capDeleted       = "deleted_tickets"
	capGroups        = "groups"
	capRatings       = "ratings"
	capSearch        = "search"
	capSpam          = "spam_tickets"
	capFields        = "ticket_fields"
	capTimeEntries   = "time_entries"
)

// How long an endpoint is left alone that was refused, and one that failed.
const (
	retryGated  = time.Hour
	retryFailed = 5 * time.Minute
)

// gates are the endpoints that can be done without: they may be closed to us, or
// out of order, while tickets are read.
type gates struct {
	names  []string // sorted
	logger *slog.Logger

	mu     sync.Mutex // guards what follows: capabilities are asked for at any time
	closed map[string]gate
	round  time.Time // up to when the round reads that is under way
}

// gate is an endpoint that was found closed.
type gate struct {
	why    string
	since  time.Time
	failed bool // it was not refused
}

func newGates(c *Config, logger *slog.Logger) *gates {
	if logger == nil {
		logger = slog.New(slog.DiscardHandler)
	}
	g := &gates{closed: map[string]gate{}, logger: logger}
	if c.Conversations != ConversationsNone {
		g.names = append(g.names, capConversations)
	}
	g.names = append(g.names, capDeleted, capGroups, capRatings, capSearch, capSpam, capFields)
	if c.TimeEntries {
		g.names = append(g.names, capTimeEntries)
	}
	return g
}

// has reports whether anything is ever asked of an endpoint.
func (g *gates) has(name string) bool { return slices.Contains(g.names, name) }

// open reports whether an endpoint is worth asking.
func (g *gates) open(name string, now time.Time) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	closed, found := g.closed[name]
	if closed.failed {
		return g.round.Sub(closed.since) >= retryFailed
	}
	return !found || now.Sub(closed.since) >= retryGated
}

// begin notes which round is under way. What failed is tried again by another
// one, not by the same.
func (g *gates) begin(target time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.round = target
}

// pass notes how an endpoint answered and reports whether it is open. That it is
// not is no failure of what asked.
func (g *gates) pass(name string, err error, now time.Time) (bool, error) {
	if err != nil && stops(err) {
		return false, err
	}
	if err != nil {
		g.shut(name, err, now)
		return false, nil
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if _, found := g.closed[name]; found {
		g.logger.Info("A part of the desk can be read again", "capability", name)
	}
	delete(g.closed, name)
	return true, nil
}

// stops reports whether an error ends a fetch, whatever was asked for: it was
// cancelled, the credentials are wrong, or the desk wants to be left alone.
func stops(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) ||
		api.StatusOf(err) == http.StatusUnauthorized || sources.ReasonOf(err) == sources.ReasonRateLimited
}

// shut notes that an endpoint is closed.
func (g *gates) shut(name string, err error, now time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if _, found := g.closed[name]; !found {
		g.logger.Warn("A part of the desk cannot be read: all else goes on without it", "capability", name, "err", err)
	}
	g.closed[name] = gate{why: err.Error(), since: now, failed: !api.Gated(err)}
}

// Capabilities implements [sources.Capable]. What was not tried yet is taken to
// be there.
func (s *Source) Capabilities() []sources.Capability {
	s.gates.mu.Lock()
	defer s.gates.mu.Unlock()
	var all []sources.Capability
	for _, name := range s.gates.names {
		closed, found := s.gates.closed[name]
		all = append(all, sources.Capability{Name: name, Available: !found, Why: closed.why})
	}
	return all
}

// withdrawnCapability is what it takes to see deleted tickets, or spam.
func withdrawnCapability(status desk.Status) string {
	if status == desk.StatusSpam {
		return capSpam
	}
	return capDeleted
}
