package simulate

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"time"

	"helpdesk_exporter/desk"
)

// goOn reads a cursor and brings the source to that place, unless it is there.
func (s *Source) goOn(ctx context.Context, since desk.Cursor, until time.Time) (cursor, error) {
	if err := ctx.Err(); err != nil {
		return cursor{}, err
	}
	c, err := s.read(since, until)
	if err != nil {
		return cursor{}, internal(err)
	}
	if s.last != nil && string(s.last) == string(since) {
		return c, nil
	}
	s.eras = nil
	for _, e := range c.Eras {
		l, err := newLife(e.Settings, e.Begun)
		if err != nil {
			return cursor{}, internal(fmt.Errorf("go on under older settings: %w", err))
		}
		l.from = e.From
		if err := l.establish(s.eras); err != nil {
			return cursor{}, internal(err)
		}
		s.eras = append(s.eras, l)
	}
	return c, s.recall(ctx, c)
}

// read returns the place that a cursor names, or that of a new life. Where the
// settings have changed since, a new era begins with the next minute.
func (s *Source) read(since desk.Cursor, until time.Time) (cursor, error) {
	if len(since) == 0 {
		shown := until.Add(-time.Duration(s.settings.Past))
		return cursor{Eras: []era{{From: minuteOf(shown), Begun: until, Settings: s.settings}}, Shown: shown}, nil
	}
	var c cursor
	if err := json.Unmarshal(since, &c); err != nil || len(c.Eras) == 0 {
		return cursor{}, errCursor
	}
	now := &c.Eras[len(c.Eras)-1]
	if reflect.DeepEqual(now.Settings, s.settings) {
		return c, nil
	}
	next := era{From: minuteOf(c.latest()) + 1, Begun: now.Begun, Settings: s.settings}
	if now.From >= next.From {
		*now = next // nothing has begun under it
	} else {
		c.Eras = append(c.Eras, next)
	}
	return c, nil
}

// latest is the last instant of which anything may have been reported.
func (c *cursor) latest() time.Time {
	if c.Target.After(c.Shown) {
		return c.Target
	}
	return c.Shown
}

// recall finds the stories that are not over at the place of a cursor.
func (s *Source) recall(ctx context.Context, c cursor) error {
	s.waiting, s.due, s.shown = agenda{stories: map[int64][]appointment{}}, nil, c.Shown
	for minute := s.oldest(c.Shown); minute < minuteOf(c.Shown); minute++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		for k := range s.stories(minute) {
			s.wait(k, s.lifeIn(minute).story(k), c.Shown)
		}
	}
	if c.Target.IsZero() {
		return nil
	}
	s.due = s.waiting.take(c.Shown, c.Target)
	// What was reported on the way to the target waits for its next change.
	for _, k := range s.due {
		if k >= c.Next {
			break
		}
		s.wait(k, s.lifeIn(k.minute()).story(k), c.Target)
	}
	for minute := minuteOf(c.Shown); minute <= c.Next.minute(); minute++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		for k := range s.stories(minute) {
			if k < c.Next {
				s.wait(k, s.lifeIn(minute).story(k), c.Target)
			}
		}
	}
	return nil
}

// oldest is the first minute of which a story may not be over at an instant.
func (s *Source) oldest(at time.Time) int64 {
	oldest := at
	for _, l := range s.eras {
		if t := at.Add(-l.scaled(storyLife)); t.Before(oldest) {
			oldest = t
		}
	}
	return max(minuteOf(oldest), s.eras[0].from)
}
