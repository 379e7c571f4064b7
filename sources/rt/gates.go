package rt

import (
	"slices"
	"sync"
	"time"

	"helpdesk_exporter/sources"
)

// The capabilities: parts of what the desk tells that want a right or a setting
// of their own.
const (
	capabilityCount       = "ticket_count"
	capabilityUsers       = "users"
	capabilityFields      = "custom_fields"
	capabilityAttachments = "attachments"
)

// gateRetry is after how long what was refused is tried again.
const gateRetry = time.Hour

// gates is what is known of the capabilities.
type gates struct {
	mu    *sync.Mutex // guards all below
	known []sources.Capability
	shut  map[string]time.Time // since when
}

// newGates returns the gates of what the configuration asks for, all open.
func newGates(c *Config) gates {
	names := []string{capabilityUsers, capabilityCount}
	if c.wantsFields() {
		names = append(names, capabilityFields)
	}
	if c.Channel == ChannelInterface {
		names = append(names, capabilityAttachments)
	}
	g := gates{mu: &sync.Mutex{}, shut: map[string]time.Time{}}
	for _, name := range names {
		g.known = append(g.known, sources.Capability{Name: name, Available: true})
	}
	return g
}

// wantsFields reports whether any custom field is read.
func (c *Config) wantsFields() bool { return c.ChannelField != "" || c.CSATField != "" }

func (g *gates) list() []sources.Capability {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.known)
}

// set notes whether a capability is available, and why not.
func (g *gates) set(name string, available bool, why string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for i := range g.known {
		if g.known[i].Name != name {
			continue
		}
		g.known[i].Available, g.known[i].Why = available, ""
		if !available {
			g.known[i].Why = why
		}
	}
}

// close shuts a gate: nobody asks there for a while.
func (g *gates) close(name, why string, now time.Time) {
	g.set(name, false, why)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.shut[name] = now
}

// open reports whether to ask.
func (g *gates) open(name string, now time.Time) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	since, shut := g.shut[name]
	return !shut || now.Sub(since) >= gateRetry
}
