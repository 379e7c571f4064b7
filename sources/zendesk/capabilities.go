package zendesk

import (
	"net/http"
	"slices"
	"sync"
	"time"

	"helpdesk_exporter/internal/api"
	"helpdesk_exporter/sources"
)

// The parts of what a desk can tell that it may withhold, each by itself.
const (
	canCalls     = "calls"
	canLegs      = "call_legs"
	canGroups    = "groups"
	canEvents    = "metric_events"
	canCount     = "open_count"
	canQueue     = "queue"
	canRatings   = "satisfaction_ratings"
	canSearch    = "search"
	canStatuses  = "custom_statuses"
	canResponses = "survey_responses"
)

const (
	// retryRefused is how long a part that was withheld is not asked for.
	retryRefused = time.Hour
	// retryAside is how long one is left alone that should have answered, and
	// failed.
	retryAside = 5 * time.Minute
)

// capabilities remembers what the desk withholds. It is safe for concurrent use.
type capabilities struct {
	mu      sync.Mutex
	refusal map[string]refusal
}

type refusal struct {
	since time.Time
	pause time.Duration // from then on until it is tried again
	why   string
}

func newCapabilities() *capabilities { return &capabilities{refusal: map[string]refusal{}} }

// Capabilities implements [sources.Capable]. What was not asked for yet counts
// as available.
func (s *Source) Capabilities() []sources.Capability {
	all := []string{
		canLegs, canCalls, canStatuses, canGroups, canEvents, canCount, canQueue, canRatings, canSearch, canResponses,
	}
	all = slices.DeleteFunc(all, func(name string) bool { return !s.config.reads(name) })
	slices.Sort(all)
	s.can.mu.Lock()
	defer s.can.mu.Unlock()
	list := make([]sources.Capability, len(all))
	for i, name := range all {
		r, refused := s.can.refusal[name]
		list[i] = sources.Capability{Name: name, Available: !refused, Why: r.why}
	}
	return list
}

// reads reports whether a part is read at all.
func (c *Config) reads(capability string) bool {
	switch capability {
	case canCalls, canLegs, canQueue:
		return c.Calls
	default:
		return true
	}
}

// due reports whether a part is to be asked for: it was not refused, or that is
// long enough ago.
func (c *capabilities) due(name string, now time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	r, refused := c.refusal[name]
	return !refused || now.Sub(r.since) >= r.pause || now.Before(r.since)
}

// aside reports whether a part failed when it was last asked for, and is not
// withheld.
func (c *capabilities) aside(name string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.refusal[name].pause == retryAside
}

// granted notes that the desk gave what was asked for, and reports whether that
// is news.
func (c *capabilities) granted(name string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, before := c.refusal[name]
	delete(c.refusal, name)
	return before
}

// refused notes that the desk did not, and reports whether that is news.
func (c *capabilities) refused(name string, now time.Time, err error, pause time.Duration) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, before := c.refusal[name]
	c.refusal[name] = refusal{since: now, pause: pause, why: err.Error()}
	return !before
}

// heard takes over what a cursor tells of a refusal.
func (c *capabilities) heard(name, why string) {
	if why == "" {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.refusal[name] = refusal{why: why}
}

// withheld reports whether a request failed because the desk does not have what
// was asked for, not under its plan, not for these credentials, or not that way.
func withheld(err error) bool {
	if api.Gated(err) {
		return true
	}
	switch api.StatusOf(err) {
	case http.StatusBadRequest, http.StatusMethodNotAllowed, http.StatusNotAcceptable, http.StatusUnprocessableEntity, http.StatusNotImplemented:
		return true
	default:
		return false
	}
}
