package book

import (
	"time"

	"helpdesk_exporter/desk"
)

// SourceHealth is how a source is doing.
type SourceHealth struct {
	Name, Desk  string
	Synced      bool
	Stale       bool
	AsOf        time.Time
	LastSuccess time.Time
	LastEvent   time.Time
	Expired     map[desk.Kind]int // records of the last poll with any that came after their time
}

// Health returns how the sources are doing, in the order of the configuration.
func (b *Book) Health(now time.Time) []SourceHealth {
	b.mu.Lock()
	defer b.mu.Unlock()
	var health []SourceHealth
	for _, config := range b.Sources {
		s := b.sources[config.Name]
		health = append(health, SourceHealth{
			Name: s.Name, Desk: s.Desk, Synced: s.state.Synced, Stale: s.stale(now),
			AsOf: s.state.AsOf, LastSuccess: s.state.LastSuccess, LastEvent: s.state.LastEvent,
			Expired: s.expired,
		})
	}
	return health
}

// Folded returns how often a value of each label was folded into other.
func (b *Book) Folded() map[string]uint64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	folded := map[string]uint64{}
	for label, n := range b.folded {
		folded[label] = n
	}
	return folded
}

// stale reports whether a source has been silent for longer than it may.
func (s *source) stale(now time.Time) bool {
	return now.Sub(s.state.LastSuccess) > s.StaleAfter ||
		s.ExpectEvery > 0 && now.Sub(s.state.LastNews) > s.ExpectEvery
}

// reading reports whether a source that had nothing to tell is in the midst of
// its history.
func (s *source) reading() bool { return !known(&s.state) && !s.state.LastEvent.IsZero() }
