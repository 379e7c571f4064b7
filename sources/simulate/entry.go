package simulate

import (
	"cmp"
	"time"

	"helpdesk_exporter/desk"
)

// entry is a record that is filled in bit by bit: most kinds of records are no
// more than that.
type entry struct {
	reference
	name  string       // the record's id where it is not the story's
	turns [5]time.Time // when there is more of it, the first time when it is there; zero: never
	body  func(at time.Time) desk.Body
}

// next implements tale.
func (e *entry) next(after time.Time) time.Time {
	var next time.Time
	for _, at := range e.turns {
		if at.After(after) && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	return next
}

// record implements tale.
func (e *entry) record(at time.Time) desk.Record {
	return desk.Record{ID: cmp.Or(e.name, e.id()), Body: e.body(at)}
}

// enter adds a record to the story.
func (l *life) enter(k key, body func(at time.Time) desk.Body, turns ...time.Time) *entry {
	e := &entry{reference: k.child(l.entries), body: body}
	copy(e.turns[:], turns)
	l.entries++
	l.tell(e)
	return e
}

// enterWhole adds a record that is told at once.
func (l *life) enterWhole(k key, body desk.Body, at time.Time) *entry {
	return l.enter(k, func(time.Time) desk.Body { return body }, at)
}

// hide takes away the times that lie ahead of an instant.
func hide(at time.Time, times ...*time.Time) {
	for _, t := range times {
		if t.After(at) {
			*t = time.Time{}
		}
	}
}
