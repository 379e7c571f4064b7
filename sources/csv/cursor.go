package csv

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"time"

	"helpdesk_exporter/desk"
)

// forgetAfter is how long a file that is gone is remembered, so that one that
// is removed and written anew is known for the same file.
const forgetAfter = 7 * 24 * time.Hour

// cursor is what the source remembers from one fetch to the next.
type cursor struct {
	Mapping string           `json:"mapping"`           // of the configuration that gave the rows their meaning
	AsOf    time.Time        `json:"as_of"`             // the newest time that any row had
	Retired bool             `json:"retired,omitempty"` // a drop was read and put away
	Files   map[string]*file `json:"files"`
}

// file is how far a drop was read, and what it was then.
type file struct {
	Size   int64     `json:"size"` // that and Time are zero for what could not even be looked at
	Time   time.Time `json:"time"`
	Offset int64     `json:"offset"` // in its text, always a record boundary
	Line   int64     `json:"line"`   // at Offset
	Row    int64     `json:"row"`    // of the last row before Offset
	Hash   string    `json:"hash"`   // of the text before Offset
	Done   bool      `json:"done,omitempty"`
	Flawed bool      `json:"flawed,omitempty"` // some of its rows were rejected, or may be halves
	Gone   time.Time `json:"gone,omitzero"`    // it is not there since

	// Why it cannot be read or put away, as it was told; and that there is no
	// use in trying again before it changes.
	Trouble string `json:"trouble,omitempty"`
	Stuck   bool   `json:"stuck,omitempty"`

	// Keyless rows: those that were read, those of the file that this one
	// replaced, and the one that was read from Offset on although its line had
	// no end yet.
	Rows *rowSet `json:"rows,omitempty"`
	Old  *rowSet `json:"old,omitempty"`
	Tail *rowSet `json:"tail,omitempty"`
}

// newFile returns the entry of a file of which nothing was read.
func newFile() *file { return &file{Line: 1, Rows: &rowSet{}, Old: &rowSet{}, Tail: &rowSet{}} }

// readCursor returns what a cursor says. Nil is the beginning; so is a cursor
// of another mapping, as far as the files are concerned: under a new mapping
// they say something else and are read anew.
func readCursor(since desk.Cursor, mapping string) (*cursor, error) {
	c := &cursor{Mapping: mapping, Files: map[string]*file{}}
	if len(since) == 0 {
		return c, nil
	}
	if err := json.Unmarshal(since, c); err != nil {
		return nil, fmt.Errorf("read the cursor: %w", err)
	}
	for _, f := range c.Files {
		for _, set := range []**rowSet{&f.Rows, &f.Old, &f.Tail} {
			if *set == nil {
				*set = &rowSet{}
			}
		}
		if c.Mapping != mapping {
			f.replaced()
		}
	}
	if c.Mapping != mapping {
		c.Mapping, c.AsOf, c.Retired = mapping, time.Time{}, false
	}
	return c, nil
}

// encode returns the cursor as it is handed out.
func (c *cursor) encode() (desk.Cursor, error) {
	out := cursor{c.Mapping, c.AsOf, c.Retired, make(map[string]*file, len(c.Files))}
	for name, f := range c.Files {
		short := *f
		for _, set := range []**rowSet{&short.Rows, &short.Old, &short.Tail} {
			if (*set).empty() {
				*set = nil
			}
		}
		out.Files[name] = &short
	}
	text, err := json.Marshal(out)
	if err != nil {
		return nil, fmt.Errorf("write the cursor: %w", err)
	}
	return text, nil
}

// replaced says that the file is another one now: it is read anew, and the
// keyless rows that were in it are withdrawn unless they come again.
func (f *file) replaced() {
	f.Old.union(f.Rows)
	f.Old.union(f.Tail)
	*f = file{Line: 1, Rows: &rowSet{}, Old: f.Old, Tail: &rowSet{}}
}

// same reports whether the drop is as it was when f was noted.
func (f *file) same(d drop) bool { return f.Size == d.size && f.Time.Equal(d.time) }

// mappingOf returns a fingerprint of all that gives rows their meaning.
func mappingOf(c *Config) string {
	text, err := json.Marshal([]any{
		c.Record, c.Columns, c.Values, c.Delimiter, c.Encoding,
		c.TimeFormat, c.Timezone, c.Zones, c.DecimalComma, c.NullValues,
	})
	if err != nil {
		panic(err) // strings, lists and maps of them always marshal
	}
	return fmt.Sprintf("%x", sha256.Sum256(text))[:16]
}
