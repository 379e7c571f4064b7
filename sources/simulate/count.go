package simulate

import (
	"context"
	"errors"
	"time"

	"helpdesk_exporter/desk"
)

// CountOpen implements [sources.Counter]: the tickets that are open at the
// moment up to which all was reported. An open ticket will change, so that its
// story waits, or belongs to the minute that is looked at anyway.
func (s *Source) CountOpen(ctx context.Context) (int, error) {
	if s.last == nil {
		return 0, internal(errors.New("count open tickets: nothing was read yet"))
	}
	open := s.waiting.open
	for k := range s.stories(minuteOf(s.shown)) {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		open += openAt(s.lifeIn(k.minute()).story(k), s.shown)
	}
	return open, nil
}

// openAt returns how many tickets among the records of a story are open at an
// instant.
func openAt(tales []tale, at time.Time) int {
	open := 0
	for _, told := range tales {
		if t, ok := told.(*ticket); ok && t.statusAt(at).Open() {
			open++
		}
	}
	return open
}

// statusAt returns the status of the ticket at an instant, none before it
// begins.
func (t *ticket) statusAt(at time.Time) desk.Status {
	status := desk.StatusUnknown
	for i := range t.events {
		switch e := &t.events[i]; {
		case e.at.After(at):
			return status
		case e.what == turned || e.what == merged:
			status = e.status
		}
	}
	return status
}
