package intercom

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/internal/api"
	"helpdesk_exporter/sources"
)

// cursorVersion is the version of the cursors written here.
const cursorVersion = 1

var errCursor = errors.New("the stored position cannot be read: give the source another name, and it is read anew")

// cursor is how far the workspace has been read. Between two rounds it does not
// tell when they were: a workspace in which nothing changes leaves it as it is.
type cursor struct {
	Version       int       `json:"version"`
	Conversations mark      `json:"conversations"`
	Tickets       mark      `json:"tickets"`
	Calls         tail      `json:"calls"`
	Deleted       tail      `json:"deleted"`
	Rescanned     time.Time `json:"rescanned"`              // the target of the last round that read every open conversation
	OwesTickets   bool      `json:"owes_tickets,omitempty"` // the open tickets were not read to the end when they should have been
	Round         *round    `json:"round,omitempty"`
}

// mark is how far a search was read, by the workspace's own clock: one that goes
// wrong loses nothing.
type mark struct {
	Newest int64    `json:"newest"` // the newest change, in seconds since 1970; 0: nothing was read
	Seen   api.Seen `json:"seen"`   // what changed in the stretch before it, which is read again
}

// tail is how far a list was read that begins with the newest.
type tail struct {
	Floor time.Time `json:"floor"` // what is older is known; zero: nothing was read
	Seen  api.Seen  `json:"seen"`  // what is newer and known too
}

// round is one reading of all that has changed up to a target.
type round struct {
	Target time.Time `json:"target"`
	First  bool      `json:"first,omitempty"`
	Left   []stream  `json:"left"` // to be read; the first is under way
	Place  place     `json:"place"`
}

// place is how far the stream under way has been read.
type place struct {
	Begun bool `json:"begun,omitempty"`
	// Of a search: from which second on it goes on, and what it has read of that
	// second.
	At   int64    `json:"at,omitempty"`
	Ties api.Seen `json:"ties,omitempty"`
	// Of a list: the page to read, whether the pages are read backwards, the
	// newest item, and the oldest that may still change.
	Page     int       `json:"page,omitempty"`
	Down     bool      `json:"down,omitempty"`
	Newest   time.Time `json:"newest"`
	Changing time.Time `json:"changing"`
}

// readCursor reads a cursor; nil is the beginning.
func readCursor(since desk.Cursor) (*cursor, error) {
	c := &cursor{Version: cursorVersion}
	if len(since) > 0 {
		if err := json.Unmarshal(since, c); err != nil || c.Version != cursorVersion {
			return nil, &sources.Error{Reason: sources.ReasonInternal, Err: errCursor}
		}
	}
	for _, seen := range []*api.Seen{&c.Conversations.Seen, &c.Tickets.Seen, &c.Calls.Seen, &c.Deleted.Seen} {
		if *seen == nil {
			*seen = api.Seen{}
		}
	}
	if c.Round != nil && c.Round.Place.Ties == nil {
		c.Round.Place.Ties = api.Seen{}
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
