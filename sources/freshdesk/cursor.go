package freshdesk

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/internal/api"
	"helpdesk_exporter/sources"
)

// cursorVersion is that of the cursors which this program writes.
const cursorVersion = 1

// cursor is how far the desk was read. While nothing changes there, it stays the
// same from round to round.
type cursor struct {
	Version int `json:"version"`
	// Streams are what is read one after another, in the order of their turns.
	Streams [turns]stream `json:"streams"`
	// Start is from when on the first sync reads finished tickets; zero once it
	// is complete.
	Start time.Time `json:"start,omitzero"`

	// Of the round that is under way.
	Target time.Time `json:"target,omitzero"` // up to when it reads; zero: there is none
	Turn   turn      `json:"turn,omitempty"`
	Place  *place    `json:"place,omitempty"` // within the stream whose turn it is; nil: before its beginning
}

// turn says which stream is read.
type turn int

// The turns of a round.
const (
	turnTickets turn = iota
	turnSpam
	turnDeleted
	turnRatings
	turns
)

// stream is how far one listing was read.
type stream struct {
	// Newest is the newest change that was seen, but none so fresh that others
	// of that time may still turn up.
	Newest time.Time `json:"newest"`
	// Created is the same of when ratings were given, for they are listed by that.
	Created time.Time `json:"created,omitzero"`
	// Seen are the rows of the stretch that is read again, each with what it said.
	Seen api.Seen `json:"seen,omitempty"`
	// Longest is how many rows the longest page had: desks cut pages shorter than
	// they are asked to.
	Longest int `json:"longest,omitempty"`
	// Place is where to go on, if the listing could not be read to its end.
	Place *place `json:"aside,omitempty"`
}

// dawn is older than every ticket.
var dawn = time.Unix(0, 0).UTC()

// overlap is the stretch that is read again each time: some changes turn up
// late.
const overlap = time.Minute

// readCursor returns the place that a cursor names, or the beginning.
func readCursor(since desk.Cursor, start time.Time) (cursor, error) {
	if len(since) == 0 {
		c := cursor{Version: cursorVersion, Start: start}
		for t := range c.Streams {
			c.Streams[t].Newest = start
		}
		c.Streams[turnRatings].Created = start
		c.Streams[turnTickets].Newest = dawn // for the unfinished ones
		return c, nil
	}
	var c cursor
	if err := json.Unmarshal(since, &c); err != nil || c.Version != cursorVersion || c.Turn < 0 || c.Turn >= turns || !c.placed() {
		return cursor{}, internal(errors.New("the cursor is none of this source: remove the storage path, or give the source another name"))
	}
	return c, nil
}

// placed reports whether all places are ones that can be read from.
func (c *cursor) placed() bool {
	ok := c.Place == nil || c.Place.Page >= 1
	for _, s := range c.Streams {
		ok = ok && (s.Place == nil || s.Place.Page >= 1)
	}
	return ok
}

// write returns the cursor as it is kept.
func (c *cursor) write() (desk.Cursor, error) {
	data, err := json.Marshal(c)
	if err != nil {
		return nil, internal(fmt.Errorf("write the cursor: %w", err))
	}
	return data, nil
}

// first reports whether the first sync is under way.
func (c *cursor) first() bool { return !c.Start.IsZero() }

// begin starts a round.
func (c *cursor) begin(target time.Time) { c.Target, c.Turn, c.Place = target, 0, nil }

// end ends a round that came to its end.
func (c *cursor) end() { c.Target, c.Turn, c.Place, c.Start = time.Time{}, 0, nil, time.Time{} }

// reach notes that a stream was read up to an instant. What is newer than the
// target of the round is read again: it may not be all of its time.
func (s *stream) reach(at, target time.Time) {
	if at.After(target) {
		at = target
	}
	if at.After(s.Newest) {
		s.Newest = at
	}
}

// knows reports whether all of these rows were seen.
func (s *stream) knows(rows []row) bool {
	return !slices.ContainsFunc(rows, func(r row) bool {
		_, seen := s.Seen[r.mark]
		return !seen
	})
}

// pages returns the stream that tells how long pages of the listing are whose
// turn it is: one stands for all that list tickets.
func (c *cursor) pages() *stream {
	if c.Turn == turnRatings {
		return &c.Streams[turnRatings]
	}
	return &c.Streams[turnTickets]
}

// news notes a row and reports whether it was not seen before.
func (s *stream) news(r row) bool {
	if s.Seen == nil {
		s.Seen = api.Seen{}
	}
	return s.Seen.Add(r.mark, r.at)
}

// forget drops what is not read again. It is for the end of a page: until then
// the page itself is.
func (s *stream) forget() { s.Seen.Forget(asked(s.Newest.Add(-overlap))) }

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func internal(err error) error { return &sources.Error{Reason: sources.ReasonInternal, Err: err} }
