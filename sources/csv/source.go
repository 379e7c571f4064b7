// Package csv reads files that other programs drop: exports of help desks, of
// telephone systems and of survey tools, in whatever dialect they write.
package csv

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/sources"
)

// A page ends after this many rows, or this much text.
const (
	defaultPageRows = 10_000
	pageBytes       = 32 << 20
)

// Source reads the drops of one configuration. It implements [sources.Source].
//
// Drops are read in the order in which they were written. A drop that cannot be
// read does not stop the others: all that can be read is handed out first, page
// by page with More set, and the fetch after that returns the error. So an
// error is always the last word of a drain, and comes again until it is mended.
type Source struct {
	config   *Config
	opts     sources.Options
	mapping  string
	plan     *plan
	pageRows int
	notes    Notes
	scratch  []byte

	// What the fetch before left, good for a fetch that goes on from there.
	last   desk.Cursor
	state  *cursor          // what last says
	open   *stream          // the drop in which last ends, nil for none
	failed map[string]error // the drops that cannot be read, until they were reported
}

// Notes counts what is worth knowing of the files and is no reject.
type Notes struct {
	Rows      int64 // translated
	Rejected  int64
	Ambiguous int64 // local times that came twice when clocks were set back
	Gaps      int64 // local times that were skipped when clocks were set forward
}

func newSource(c *Config, opts sources.Options) (*Source, error) {
	s := &Source{config: c, opts: opts, mapping: mappingOf(c), pageRows: defaultPageRows}
	var err error
	s.plan, err = newPlan(c, &s.notes)
	return s, err
}

// Notes returns what was counted since the source was made. It must not be
// called while a Fetch is under way.
func (s *Source) Notes() Notes { return s.notes }

// Fetch implements [sources.Source].
func (s *Source) Fetch(ctx context.Context, since desk.Cursor, until time.Time) (desk.Page, error) {
	if err := s.goOn(since); err != nil {
		return desk.Page{}, &sources.Error{Reason: sources.ReasonInternal, Err: err}
	}
	p := &page{rows: s.pageRows, bytes: pageBytes}
	unread, err := s.read(ctx, p, until)
	if err == nil {
		err = ctx.Err()
	}
	if err == nil && !p.touched && len(unread) > 0 {
		err = &sources.Error{Reason: sources.ReasonUnreadable, Err: errors.Join(unread...)}
	}
	if err != nil {
		s.forget()
		return desk.Page{}, err
	}
	return s.handOut(p, since, until, len(unread) > 0)
}

// goOn takes up the work where a cursor says, from memory when it is the cursor
// that was handed out last.
func (s *Source) goOn(since desk.Cursor) error {
	if s.state != nil && bytes.Equal(since, s.last) {
		return nil
	}
	s.forget()
	state, err := readCursor(since, s.mapping)
	s.state, s.failed = state, map[string]error{}
	return err
}

// forget drops what the last fetch left.
func (s *Source) forget() {
	s.close()
	s.last, s.state, s.failed = nil, nil, nil
}

func (s *Source) close() {
	if s.open != nil {
		s.open.close()
		s.open = nil
	}
}

// read fills a page from the drops. It returns what could not be read, and an
// error when the fetch as a whole has come to nothing.
func (s *Source) read(ctx context.Context, p *page, until time.Time) (unread []error, err error) {
	s.plan.limit = until.Add(s.opts.MaxSkew)
	names, err := s.names()
	if err != nil {
		return []error{err}, nil
	}
	drops, unread := s.list(names)
	s.tidy(drops, p, until)
	for _, d := range drops {
		err := s.failed[d.name]
		switch f := s.state.Files[d.name]; {
		case f != nil && f.read(d):
			err = s.putAway(d, p)
		case err != nil || p.full() || !s.rested(d, until, time.Duration(s.config.Settle)):
			// Known to be bad, for the next page, or still being written.
		default:
			if err = s.readDrop(ctx, d, p, until); err == nil {
				continue
			}
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			s.close()
			err = fmt.Errorf("%s: %w", d.path, err)
			s.failed[d.name] = err
		}
		if err != nil {
			unread = append(unread, err)
		}
	}
	return unread, nil
}

// putAway does what is to be done with a drop that was read to its end.
func (s *Source) putAway(d drop, p *page) error {
	if s.config.After == afterKeep {
		return nil
	}
	if err := s.retire(d); err != nil {
		return err
	}
	delete(s.state.Files, d.name)
	p.touched = true
	return nil
}

// tidy forgets the files that are gone, at once when we may have taken them
// away ourselves, else after a while.
func (s *Source) tidy(there []drop, p *page, until time.Time) {
	listed := make(map[string]bool, len(there))
	for _, d := range there {
		listed[d.name] = true
	}
	for name, f := range s.state.Files {
		gone := false
		if !listed[name] {
			_, err := os.Stat(s.path(name))
			gone = errors.Is(err, fs.ErrNotExist)
		}
		switch {
		case gone && (s.config.After != afterKeep || !f.Gone.IsZero() && until.Sub(f.Gone) > forgetAfter):
			delete(s.state.Files, name)
		case gone && f.Gone.IsZero():
			f.Gone = until
		case !gone && !f.Gone.IsZero():
			f.Gone = time.Time{}
		default:
			continue
		}
		p.touched = true
	}
}

// handOut makes the page that Fetch returns, and keeps what the next fetch can
// go on from.
func (s *Source) handOut(p *page, since desk.Cursor, until time.Time, unread bool) (desk.Page, error) {
	next := since
	if p.touched || len(since) == 0 {
		var err error
		if next, err = s.state.encode(); err != nil {
			s.forget()
			return desk.Page{}, &sources.Error{Reason: sources.ReasonInternal, Err: err}
		}
	}
	s.last = next
	out := desk.Page{Records: p.records, Rejects: p.rejects, Cursor: next, More: p.full() || unread}
	switch {
	case p.full():
		// Rows are still to come, so nothing is complete.
	case s.config.AsOf == asOfNow:
		out.AsOf = until
	default:
		out.AsOf = s.state.AsOf
	}
	return out, nil
}

// page is what one Fetch gathers.
type page struct {
	records []desk.Record
	rejects []desk.Reject
	rows    int  // that still fit
	bytes   int  // that still fit
	touched bool // something in the cursor changed
}

// full reports whether the page takes no more rows.
func (p *page) full() bool { return p.rows <= 0 || p.bytes <= 0 }
