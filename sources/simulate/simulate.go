// Package simulate is a source that lives a help desk of its own invention: to
// try the exporter without an account, and to put it under load.
//
// The life of the desk is a function of its settings and of the moment of the
// first sync. Which states a fetch reports depends on nothing but the stretch of
// time that it is asked for, so that no restart and no lost page changes what
// happens, and nothing needs to be kept but a place in time.
package simulate

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/sources"
)

// defaultPageRecords is how many records a page holds, and a few more: a story
// is not torn apart.
const defaultPageRecords = 5000

// Source is the desk. It implements [sources.Source].
type Source struct {
	settings    Settings
	pageRecords int

	// What the fetch before left, good for a fetch that goes on from there.
	last    desk.Cursor
	eras    []*life // as the cursor lists them
	waiting agenda
	due     []key     // of those that waited, the ones for the target, in order
	shown   time.Time // up to here all was reported
}

// agenda holds the stories that will change, under the minute in which they do
// so next. It knows only stories of minutes that are wholly behind: the others
// are looked at anyway.
type agenda struct {
	stories map[int64][]appointment
	open    int // tickets of all of them
}

// appointment is a story that will change, and how many of its tickets are open
// until then.
type appointment struct {
	story key
	open  int
}

// cursor is a place in the life of a desk.
type cursor struct {
	Eras   []era     `json:"eras"`
	Shown  time.Time `json:"shown"`           // up to here all was reported
	Target time.Time `json:"target,omitzero"` // up to here it is being reported
	Next   key       `json:"next,omitempty"`  // the story to go on with towards Target
}

// era is a time of unchanged settings. Stories go on under those that they began
// with, whatever is configured since.
type era struct {
	From     int64     `json:"from"` // the first minute
	Begun    time.Time `json:"begun"`
	Settings Settings  `json:"settings"`
}

// Fetch implements [sources.Source].
func (s *Source) Fetch(ctx context.Context, since desk.Cursor, until time.Time) (desk.Page, error) {
	c, err := s.goOn(ctx, since, until.UTC())
	if err != nil {
		s.last = nil
		return desk.Page{}, err
	}
	if until.Before(c.latest()) { // the clock was set back: wait for it
		return desk.Page{Cursor: since}, nil
	}
	if c.Target.IsZero() {
		c.Target = until.UTC()
		s.due = s.waiting.take(c.Shown, c.Target)
	}
	page := desk.Page{Records: make([]desk.Record, 0, 64)}
	if c.Next, err = s.play(ctx, c, c.Next, s.pageRecords, &page); err != nil {
		s.last = nil
		return desk.Page{}, err
	}
	page.More = c.Next != 0
	if !page.More {
		page.AsOf, page.More = c.Target, until.After(c.Target)
		c = cursor{Eras: c.Eras, Shown: c.Target}
		s.due, s.shown = nil, c.Shown
	}
	if page.Cursor, err = json.Marshal(c); err != nil {
		return desk.Page{}, internal(fmt.Errorf("write the cursor: %w", err))
	}
	s.last = page.Cursor
	return page, nil
}

// play reports the stories from one on that look different at the target, until
// the page is full, and returns the story to go on with, 0 at the end.
func (s *Source) play(ctx context.Context, c cursor, from key, most int, page *desk.Page) (key, error) {
	start, _ := slices.BinarySearch(s.due, from)
	for i, k := range s.due[start:] {
		if len(page.Records) >= most {
			return k, nil
		}
		if i%1024 == 0 && ctx.Err() != nil {
			return 0, ctx.Err()
		}
		s.show(c, k, page)
	}
	first, last := minuteOf(c.Shown), minuteOf(c.Target)
	for minute := max(first, from.minute()); minute <= last; minute++ {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		for k := range s.stories(minute) {
			switch {
			case k < from:
			case len(page.Records) >= most:
				return k, nil
			default:
				s.show(c, k, page)
			}
		}
	}
	return 0, nil
}

// show reports the records of a story that changed on the way to the target,
// and notes when it will change again.
func (s *Source) show(c cursor, k key, page *desk.Page) {
	tales := s.lifeIn(k.minute()).story(k)
	for _, t := range tales {
		if at := t.next(c.Shown); at.IsZero() || at.After(c.Target) {
			continue
		}
		if r := t.record(c.Target); s.reports(r.Body.Kind()) {
			page.Records = append(page.Records, r)
		}
	}
	s.wait(k, tales, c.Target)
}

// reports reports whether the desk has records of a kind under its present
// settings: one that had calls before may have none any more.
func (s *Source) reports(kind desk.Kind) bool {
	switch kind {
	case desk.KindTicket, desk.KindSurvey:
		return true
	case desk.KindCall, desk.KindStaffing:
		return s.settings.CallsPerDay > 0
	default:
		return s.settings.Customers > 0
	}
}

// wait notes when a story changes next after an instant. Those of the instant's
// own minute are looked at again without a note.
func (s *Source) wait(k key, tales []tale, after time.Time) {
	if k.minute() >= minuteOf(after) {
		return
	}
	var next time.Time
	for _, t := range tales {
		if at := t.next(after); !at.IsZero() && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	if !next.IsZero() {
		s.waiting.add(minuteOf(next), appointment{k, openAt(tales, after)})
	}
}

// add notes a story that changes in a minute.
func (a *agenda) add(minute int64, story appointment) {
	a.stories[minute] = append(a.stories[minute], story)
	a.open += story.open
}

// take removes the stories that may change between two instants, and returns
// them in order.
func (a *agenda) take(from, to time.Time) []key {
	var due []key
	for minute := minuteOf(from); minute <= minuteOf(to); minute++ {
		for _, story := range a.stories[minute] {
			due = append(due, story.story)
			a.open -= story.open
		}
		delete(a.stories, minute)
	}
	slices.Sort(due)
	return due
}

// stories yields the keys of all stories that begin in a minute, in order.
func (s *Source) stories(minute int64) func(func(key) bool) {
	return func(yield func(key) bool) {
		l := s.lifeIn(minute)
		if l == nil {
			return
		}
		for p := range processes {
			for n := range l.number(p, minute) {
				if !yield(keyOf(minute, p, n)) {
					return
				}
			}
		}
	}
}

// lifeIn returns the life in which the stories of a minute are told, nil before
// the first one.
func (s *Source) lifeIn(minute int64) *life {
	for i := len(s.eras) - 1; i >= 0; i-- {
		if minute >= s.eras[i].from {
			return s.eras[i]
		}
	}
	return nil
}

// internal marks an error of the program.
func internal(err error) error { return &sources.Error{Reason: sources.ReasonInternal, Err: err} }

var errCursor = errors.New("the cursor is none of this source: remove the storage path, or give the source another name")
