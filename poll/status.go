package poll

import (
	"sync"
	"time"
)

// Status is how the reading of a source goes, for people to look at.
type Status struct {
	Polled  time.Time // when the last poll ended; zero: none has
	Failure error     // of the last poll; nil: it was read to its end
	Failing time.Time // when the first of the polls ended that failed in a row; zero: the last one did not
	Next    time.Time // when it is polled next, if there is no news before; zero: not known yet
	Reading bool      // a poll is under way that has brought pages and is not over
	Pages   int       // of that poll
	From    time.Time // where in the desk's past it began; zero: it does not say
	Reached time.Time // how far it has come from there; zero: it does not say
}

// after returns the status behind a poll that ended now.
func (s Status) after(err error, now time.Time) Status {
	next := Status{Polled: now, Failure: err}
	if err != nil {
		next.Failing = s.Failing
		if next.Failing.IsZero() {
			next.Failing = now
		}
	}
	return next
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
