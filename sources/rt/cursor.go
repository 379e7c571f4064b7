package rt

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/internal/api"
	"helpdesk_exporter/sources"
)

// cursorVersion is the form of the cursors that are written.
const cursorVersion = 1

// cursor is how far the desk has been read.
type cursor struct {
	Version int       `json:"v"`
	Start   time.Time `json:"start"`            // where the first sync began; the history of older tickets is read with them
	First   bool      `json:"first,omitempty"`  // the first sync is not complete
	Target  time.Time `json:"target,omitzero"`  // of the round under way
	Stream  stream    `json:"stream,omitempty"` // of the round under way

	// Unsure is the id of somebody of whom the desk did not tell who it is.
	Unsure string `json:"unsure,omitempty"`

	Transactions log     `json:"transactions"`
	Unfinished   int64   `json:"unfinished,omitempty"` // the last id that was read of them
	Changed      changes `json:"changed"`
}

// log is how far the log of transactions has been read.
type log struct {
	// After is the id up to which nothing new can show up. Ids are given out
	// before a transaction is to be seen, so those behind it are read again.
	After int64 `json:"after"`
	// At is the id that was read last.
	At     int64     `json:"at"`
	Newest time.Time `json:"newest,omitzero"` // by the desk's clock
	Seen   api.Seen  `json:"seen,omitempty"`
}

// changes is how far the tickets have been read in order of their last change.
type changes struct {
	Since time.Time `json:"since"`
	// ID is the last that was read of those changed at Since, where these alone
	// fill a page.
	ID     int64     `json:"id,omitempty"`
	Newest time.Time `json:"newest,omitzero"` // by the desk's clock
	Told   told      `json:"told,omitempty"`
}

// told remembers the states that were reported of tickets changed not long ago.
type told map[string]stamp

// stamp tells two states of a ticket apart. The time of the last change does not
// do: it has whole seconds, and much happens to a ticket in one.
type stamp struct {
	At    time.Time `json:"at"`
	State uint64    `json:"state"`
}

// add notes a state and reports whether it is news.
func (t told) add(id string, at time.Time, state string) bool {
	h := fnv.New64a()
	_, _ = h.Write([]byte(state)) // never fails
	s := stamp{At: at, State: h.Sum64()}
	if before, ok := t[id]; ok && before.State == s.State {
		return false
	}
	t[id] = s
	return true
}

func (t told) forget(before time.Time) {
	for id, s := range t {
		if s.At.Before(before) {
			delete(t, id)
		}
	}
}

// overlap is how much of the newest is read again, because it may have become
// visible behind what was read.
const overlap = 2 * time.Minute

// changesOverlap is the same for tickets: a desk may have several servers, whose
// clocks are not the same.
const changesOverlap = 10 * time.Minute

// stream is one of the things that a round reads.
type stream string

// The streams, in the order in which a round reads them.
const (
	streamTransactions stream = "transactions"
	streamUnfinished   stream = "unfinished" // of the first sync only
	streamChanged      stream = "changed"
)

// readCursor returns the place that a cursor names, or the beginning.
func (s *Source) readCursor(since desk.Cursor, until time.Time) (*cursor, error) {
	c := &cursor{}
	if len(since) == 0 {
		c.Start = until.Add(-time.Duration(s.config.Start)).Truncate(time.Second)
		c.restart()
	} else if err := json.Unmarshal(since, c); err != nil || c.Version != cursorVersion {
		return nil, &sources.Error{Reason: sources.ReasonInternal, Err: fmt.Errorf("the stored cursor is none of this version of the exporter: give the source another name to read it anew")}
	}
	if c.Transactions.Seen == nil {
		c.Transactions.Seen = api.Seen{}
	}
	if c.Changed.Told == nil {
		c.Changed.Told = told{}
	}
	if c.Target.IsZero() {
		c.Target, c.Stream = until, streamTransactions
		c.Transactions.At = c.Transactions.After
	}
	return c, nil
}

// restart begins the first sync, or begins it anew.
func (c *cursor) restart() {
	*c = cursor{
		Version: cursorVersion, Start: c.Start, First: true, Target: c.Target, Stream: streamTransactions,
		Transactions: log{Seen: api.Seen{}}, Changed: changes{Since: c.Start, Told: told{}},
	}
}

// next goes on with the next stream and reports whether there is none.
func (c *cursor) next() bool {
	switch {
	case c.Stream == streamTransactions && c.First:
		c.Stream = streamUnfinished
	case c.Stream == streamTransactions, c.Stream == streamUnfinished:
		c.Stream, c.Unfinished = streamChanged, 0
	default:
		c.Stream, c.Target, c.First = "", time.Time{}, false
		return true
	}
	return false
}

func (c *cursor) write() (desk.Cursor, error) {
	data, err := json.Marshal(c)
	if err != nil {
		return nil, &sources.Error{Reason: sources.ReasonInternal, Err: fmt.Errorf("write the cursor: %w", err)}
	}
	return data, nil
}
