package intercom

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"helpdesk_exporter/internal/api"
	"helpdesk_exporter/sources"
)

// The parts of a workspace that a right or a plan may keep back.
const (
	gateParts   = "parts"
	gateTeams   = "teams"
	gateTickets = "tickets"
	gateCalls   = "calls"
	gateDeleted = "deleted"
)

// How long an endpoint is left alone that is not open to us, and one that fails.
const (
	retryGate = time.Hour
	retryFail = 5 * time.Minute
)

// passable reports whether a failure of an optional endpoint keeps back only what
// that one feeds. Credentials that are not known and a limit that is reached
// concern all that is asked.
func passable(err error) bool {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return false
	}
	reason := sources.ReasonOf(err)
	return api.Gated(err) || reason == sources.ReasonUnreachable || reason == sources.ReasonBadAnswer
}

// gates remembers which endpoints are open to these credentials.
type gates struct {
	logger *slog.Logger

	mu  sync.Mutex // guards all below
	all []*gate
}

type gate struct {
	sources.Capability
	proven bool      // it has answered
	retry  time.Time // shut until then
}

func newGates(c *Config, logger *slog.Logger) *gates {
	names := []string{gateTeams}
	if c.Parts != PartsNone {
		names = append(names, gateParts)
	}
	if c.Tickets {
		names = append(names, gateTickets)
	}
	if c.Calls {
		names = append(names, gateCalls)
	}
	if c.listsDeleted() {
		names = append(names, gateDeleted)
	}
	g := &gates{logger: logger}
	for _, name := range names {
		g.all = append(g.all, &gate{Capability: sources.Capability{Name: name, Available: true}})
	}
	return g
}

// of returns a gate; the caller holds the lock.
func (g *gates) of(name string) *gate {
	for _, known := range g.all {
		if known.Name == name {
			return known
		}
	}
	return &gate{} // nobody asks for it under this configuration
}

func (g *gates) list() []sources.Capability {
	g.mu.Lock()
	defer g.mu.Unlock()
	var all []sources.Capability
	for _, known := range g.all {
		all = append(all, known.Capability)
	}
	return all
}

// shut reports whether an endpoint is to be left alone for now.
func (g *gates) shut(name string, now time.Time) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return now.Before(g.of(name).retry)
}

// proven reports whether an endpoint has answered before.
func (g *gates) proven(name string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.of(name).proven
}

// open notes that an endpoint has answered.
func (g *gates) open(name string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	of := g.of(name)
	if !of.Available {
		g.logger.Info("An endpoint of Intercom's answers again", "capability", name)
	}
	of.Available, of.Why, of.proven, of.retry = true, "", true, time.Time{}
}

// close notes that an endpoint is not open to us, or fails.
func (g *gates) close(name string, now time.Time, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	of := g.of(name)
	wait := retryFail
	if api.Gated(err) {
		wait = retryGate
	}
	if of.Available {
		g.logger.Warn("Intercom keeps an endpoint from us, or it fails: what it feeds is missing meanwhile", "capability", name, "every", wait, "err", err)
	}
	of.Available, of.Why, of.retry = false, err.Error(), now.Add(wait)
}
