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
// Drops are read in the order in which they were written. One that cannot be
// read is rejected as a whole, once, and does not stop the others; only when
// nothing of the source can be read, the fetch comes to nothing.
type Source struct {
	config   *Config
	opts     sources.Options
	mapping  string
	plan     *plan
	pageRows int
	notes    Notes
	scratch  []byte

	// What the fetch before left, good for a fetch that goes on from there.
	last  desk.Cursor
	state *cursor // what last says
	open  *stream // the drop in which last ends, nil for none
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
	if s.open != nil {
		p.records = make([]desk.Record, 0, s.pageRows) // in the midst of a drop pages are mostly full
	}
	err := s.read(ctx, p, until)
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	if err != nil {
		s.forget()
		return desk.Page{}, err
	}
	return s.handOut(p, since, until)
}

// goOn takes up the work where a cursor says, from memory when it is the cursor
// that was handed out last.
func (s *Source) goOn(since desk.Cursor) error {
	if s.state != nil && bytes.Equal(since, s.last) {
		return nil
	}
	s.forget()
	var err error
	s.state, err = readCursor(since, s.mapping)
	return err
}

// forget drops what the last fetch left.
func (s *Source) forget() {
	s.close()
	s.last, s.state = nil, nil
}

func (s *Source) close() {
	if s.open != nil {
		s.open.close()
		s.open = nil
	}
}

// read fills a page from the drops. It returns an error when nothing of the
// source can be read.
func (s *Source) read(ctx context.Context, p *page, until time.Time) error {
	s.plan.limit = until.Add(s.opts.MaxSkew)
	names, err := s.names()
	if err != nil {
		return &sources.Error{Reason: sources.ReasonUnreadable, Err: err}
	}
	drops := s.list(names)
	if len(drops) > 0 {
		p.newest = drops[len(drops)-1]
	}
	s.tidy(drops, p, until)
	var bad []error
	for _, d := range drops {
		f := s.state.Files[d.name]
		if f == nil {
			f = newFile()
		}
		before := *f
		err := s.visit(ctx, d, f, p, until)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			bad = append(bad, fmt.Errorf("%s: %w", d.path, err))
			f.Done = false
			p.refuse(d, f, err)
		}
		if *f != before {
			s.state.Files[d.name] = f
			p.touched = true
		}
	}
	if len(bad) == 0 || len(bad) < len(drops) || s.state.Retired {
		return nil
	}
	if p.rows < s.pageRows {
		p.more = true // rows that came before the trouble are handed out first
		return nil
	}
	if more := len(bad) - maxShown; more > 0 {
		bad = append(bad[:maxShown], fmt.Errorf("and %d more files", more))
	}
	return &sources.Error{Reason: sources.ReasonUnreadable, Err: errors.Join(bad...)}
}

// maxShown is how many of the files that cannot be read an error names.
const maxShown = 10

// visit does what is to be done with a drop now. It returns why the drop cannot
// be read.
func (s *Source) visit(ctx context.Context, d drop, f *file, p *page, until time.Time) error {
	switch {
	case d.err != nil:
		return d.err
	case f.same(d) && f.Stuck:
		return errors.New(f.Trouble)
	case f.same(d) && f.Done:
		s.putAway(d, f, p)
		return nil
	case p.full() || !s.rested(d, until, time.Duration(s.config.Settle)):
		return nil // for the next page, or still being written
	default:
		return s.readDrop(ctx, d, f, p, until)
	}
}

// putAway does what is to be done with a drop that was read to its end.
func (s *Source) putAway(d drop, f *file, p *page) {
	if s.config.After == afterKeep {
		return
	}
	if err := s.retire(d); err != nil {
		p.refuse(d, f, err)
		return
	}
	delete(s.state.Files, d.name)
	s.state.Retired = true
	p.touched = true
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
func (s *Source) handOut(p *page, since desk.Cursor, until time.Time) (desk.Page, error) {
	next := since
	if p.touched || len(since) == 0 {
		var err error
		if next, err = s.state.encode(); err != nil {
			s.forget()
			return desk.Page{}, &sources.Error{Reason: sources.ReasonInternal, Err: err}
		}
	}
	s.last = next
	out := desk.Page{Records: p.records, Rejects: p.rejects, Cursor: next, More: p.more || p.full(), Snapshot: p.snapshot}
	switch {
	case out.More:
		// Something is still to come, so nothing is complete.
	case s.config.AsOf == asOfNow && (len(s.state.Files) > 0 || !s.state.AsOf.IsZero()):
		out.AsOf = until // but for a folder that never held a file: it may not be mounted yet
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
	more    bool // an error is still to come

	newest   drop        // of all that are there
	snapshot desk.Origin // the drop that ended here and lists every open ticket
}

// refuse rejects a drop as a whole, unless that was told of it as it is.
func (p *page) refuse(d drop, f *file, why error) {
	if f.same(d) && f.Trouble == why.Error() {
		return
	}
	f.Size, f.Time, f.Trouble = d.size, d.time, why.Error()
	p.rejects = append(p.rejects, desk.Reject{Where: d.name, Reason: desk.ReasonBadFile, Detail: f.Trouble})
}

// full reports whether the page takes no more rows.
func (p *page) full() bool { return p.rows <= 0 || p.bytes <= 0 }
