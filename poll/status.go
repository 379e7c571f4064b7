package poll

import (
	"sync"
	"time"
)

// Status is how the reading of a source goes, for people to look at.
type Status struct {
	Polled  time.Time // when the last poll ended; zero: none has
	Failure error     // of the last poll; nil: it was read to its end
	Reading bool      // a poll is under way that has brought pages and is not over
	Pages   int       // of that poll
	Reached time.Time // how far it has come through the desk's past; zero: it does not say
}

// status is a Status that one goroutine writes and others read.
type status struct {
	mu  sync.Mutex
	now Status
}

func (s *status) change(change func(*Status)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.now)
}

// Status returns how the reading goes. It may be called while Run does.
func (r *Runner) Status() Status {
	r.status.mu.Lock()
	defer r.status.mu.Unlock()
	return r.status.now
}
