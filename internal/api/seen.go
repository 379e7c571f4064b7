package api

import (
	"maps"
	"time"
)

// Seen remembers which states were reported of a stretch of time that is read
// again and again, because desks show changes late and out of order: by their
// ids, each with the instant of its last change. It is meant to be part of a
// cursor; nil is empty and cannot be added to.
type Seen map[string]time.Time

// Add notes a state and reports whether it is news: one of a record that was not
// seen, or changed since.
func (s Seen) Add(id string, changed time.Time) bool {
	if before, ok := s[id]; ok && !changed.After(before) {
		return false
	}
	s[id] = changed
	return true
}

// Forget drops what changed before an instant: it is not read again.
func (s Seen) Forget(before time.Time) {
	maps.DeleteFunc(s, func(_ string, changed time.Time) bool { return changed.Before(before) })
}
