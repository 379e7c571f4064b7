package freshdesk

import (
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

// retryGated is how long an endpoint that was refused is left alone.
const retryGated = time.Hour

// gates are the endpoints that may be closed to us.
type gates struct {
	names []string // sorted

	mu     sync.Mutex // guards what follows: capabilities are asked for at any time
	closed map[string]gate
}

// gate is an endpoint that was found closed.
type gate struct {
	why   string
	since time.Time
}

func newGates(c *Config) *gates {
	g := &gates{closed: map[string]gate{}}
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
	return !found || now.Sub(closed.since) >= retryGated
}

// pass notes how an endpoint answered and reports whether it is open. That it is
// closed is no failure of what asked.
func (g *gates) pass(name string, err error, now time.Time) (bool, error) {
	if err != nil && !api.Gated(err) {
		return false, err
	}
	if err != nil {
		g.shut(name, err.Error(), now)
		return false, nil
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.closed, name)
	return true, nil
}

// shut notes that an endpoint is closed.
func (g *gates) shut(name, why string, now time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed[name] = gate{why: why, since: now}
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
