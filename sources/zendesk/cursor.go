package zendesk

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/internal/api"
	"helpdesk_exporter/sources"
)

// cursorVersion is the version of the cursors written here.
const cursorVersion = 1

var errCursor = errors.New("the stored position is not one of this version: remove the source's state, or give the source another name, and it is read anew")

// cursor is how far the desk has been read. Between two rounds it says nothing
// of when that was: a desk in which nothing changes leaves it as it is.
type cursor struct {
	Version int `json:"version"`
	// From is where the first sync began: what changed before is of interest only
	// of tickets that are not finished.
	From time.Time `json:"from"`
	// Of the round that is under way: up to when it reads, and its stage.
	Target time.Time `json:"target,omitzero"`
	Stage  string    `json:"stage,omitempty"`

	Events    export     `json:"events"`
	Search    search     `json:"search"`
	Tickets   tickets    `json:"tickets"`
	Ratings   listing    `json:"ratings"` // by when they were asked for
	Good      listing    `json:"good"`    // by when they were given
	Bad       listing    `json:"bad"`
	Responses listing    `json:"responses"`
	Calls     export     `json:"calls"`
	Legs      export     `json:"legs"`
	Queue     queueState `json:"queue"`
}

// export is a place in a list that goes on by time. Its pages overlap: what
// shares the second at the border comes twice.
type export struct {
	Next int64 `json:"next"` // seconds since 1970
	// Seen are the states that may come again, each with a second behind which it
	// does not stand.
	Seen map[string]int64 `json:"seen,omitempty"`
}

// news reports whether a state was not seen yet, and notes it.
func (e *export) news(id string, end int64) bool {
	if _, seen := e.Seen[id]; seen {
		return false
	}
	if e.Seen == nil {
		e.Seen = map[string]int64{}
	}
	e.Seen[id] = end
	return true
}

// move goes on to a second, and forgets what stands before it.
func (e *export) move(next int64) {
	e.Next = next
	maps.DeleteFunc(e.Seen, func(_ string, end int64) bool { return end < next })
}

// search is the search for unfinished tickets that the first sync does.
type search struct {
	After    string `json:"after,omitempty"`    // the parameters that ask for the next page
	Attempts int    `json:"attempts,omitempty"` // that came to no end
	Done     bool   `json:"done,omitempty"`
	// Refused says that the desk does not let us search, so that its tickets are
	// read from the first.
	Refused string `json:"refused,omitempty"`
}

// tickets is the place in the desk's own list of changed tickets.
type tickets struct {
	After string `json:"after,omitempty"` // the desk's cursor
	Next  int64  `json:"next"`            // where to go on without one, seconds since 1970
}

// listing is a list that is read again and again, for want of one that goes on.
type listing struct {
	After string    `json:"after,omitempty"` // of the reading under way: the parameters that ask for the next page
	High  time.Time `json:"high,omitzero"`   // the newest state that it found
	Mark  time.Time `json:"mark,omitzero"`   // the newest state that the readings before found
	Read  bool      `json:"read,omitempty"`  // it was read to its end once
	Again bool      `json:"again,omitempty"` // its cursor did not last, and it is read from its beginning
	Seen  api.Seen  `json:"seen,omitempty"`  // states about the mark
	// The marks of what could not be understood, in this reading and in the one
	// before.
	Flawed       []string `json:"flawed,omitempty"`
	FlawedBefore []string `json:"flawed_before,omitempty"`
}

// queueState is what was last told of the phone queue.
type queueState struct {
	At     time.Time `json:"at,omitzero"`
	Agents int       `json:"agents,omitempty"`
}

// askedBefore is how far before the beginning the events of clocks are read: an answer
// given behind it is worth nothing without the question, which may be older.
const askedBefore = 14 * 24 * time.Hour

// begin returns the cursor of a desk of which nothing has been read.
func begin(from time.Time) *cursor {
	second, before := max(from.Unix(), 1), max(from.Add(-askedBefore).Unix(), 1)
	return &cursor{
		Version: cursorVersion, From: from, Events: export{Next: before}, Tickets: tickets{Next: second},
		Calls: export{Next: second}, Legs: export{Next: second},
	}
}

// readCursor reads a cursor; nil is the beginning, which lies at from.
func readCursor(since desk.Cursor, from time.Time) (*cursor, error) {
	if len(since) == 0 {
		return begin(from), nil
	}
	c := &cursor{}
	if err := json.Unmarshal(since, c); err != nil || c.Version != cursorVersion {
		return nil, &sources.Error{Reason: sources.ReasonInternal, Err: errCursor}
	}
	return c, nil
}

func (c *cursor) write() (desk.Cursor, error) {
	data, err := json.Marshal(c)
	if err != nil {
		return nil, &sources.Error{Reason: sources.ReasonInternal, Err: fmt.Errorf("write the position: %w", err)}
	}
	return data, nil
}
