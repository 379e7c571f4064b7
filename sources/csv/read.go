package csv

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"time"

	"helpdesk_exporter/desk"
)

// maxRaw is how much of a rejected row is kept.
const maxRaw = 64 << 10

// leastTornRest is the shortest time after which a last line without an end is
// taken for whole, however short settle is.
const leastTornRest = 10 * time.Second

// readDrop reads a drop on, until its end or until the page is full. What the
// system does not let us read may be read the next time, although the drop is
// still the same; what the drop itself is wrong with stays.
func (s *Source) readDrop(ctx context.Context, d drop, f *file, p *page, until time.Time) error {
	if !f.same(d) {
		f.Trouble, f.Stuck = "", false
	}
	err := s.readOn(ctx, d, f, p, until)
	if err == nil {
		return nil
	}
	s.close()
	if errors.Is(err, fs.ErrNotExist) {
		return nil // taken away since it was listed
	}
	if said := (*fs.PathError)(nil); errors.As(err, &said) {
		return plainly(err)
	}
	f.Stuck = true
	return err
}

// readOn reads rows into the page and notes in f how far it has come.
func (s *Source) readOn(ctx context.Context, d drop, f *file, p *page, until time.Time) error {
	in, err := s.streamAt(ctx, d, f)
	if errors.Is(err, errTornHeader) && !s.rested(d, until, s.tornRest()) {
		return nil
	}
	if err != nil {
		return err
	}
	f.Done = false
	defer func() {
		at := in.position()
		f.Offset, f.Line, f.Hash = at.offset, at.line, at.hash
		f.Size, f.Time = in.drop.size, in.drop.time
	}()
	for !p.full() {
		r, err := in.next()
		switch {
		case errors.Is(err, io.EOF):
			s.finish(in, f, p)
			return nil
		case err != nil:
			return err
		case r.torn && !s.rested(in.drop, until, s.tornRest()):
			s.close()
			return nil
		}
		s.take(in, f, p, r)
		if r.endless {
			f.Flawed = true
			s.finish(in, f, p)
			return nil
		}
		in.consume()
	}
	return nil
}

// tornRest is how long a file must have been left alone until a last line
// without an end is taken for whole: it may be half written.
func (s *Source) tornRest() time.Duration {
	return max(leastTornRest, time.Duration(s.config.Settle))
}

// take puts one row into the page. A row whose line has no end yet is not
// counted, because it is read again when the file grows.
func (s *Source) take(in *stream, f *file, p *page, r row) {
	if r.fault == nil && in.sheet.repeats(r.cells) {
		return
	}
	number := f.Row + 1
	if !r.endless {
		f.Row = number
	}
	p.rows--
	p.bytes -= len(r.raw)
	id, body, flt := "", desk.Body(nil), r.fault
	if flt == nil {
		id, body, flt = s.plan.record(in.sheet, r.cells)
	}
	origin := in.drop.origin(number)
	if flt != nil {
		f.Flawed = true
		s.notes.Rejected++
		p.rejects = append(p.rejects, desk.Reject{
			Where: fmt.Sprintf("%s:%d", origin.Name, r.line), Reason: flt.reason, Detail: flt.detail,
			Raw: rawText(r.raw),
		})
		return
	}
	if id == "" {
		id = s.nameRow(in.drop.name, f, r)
	}
	s.notes.Rows++
	if n := s.plan.happened(body); n.After(s.state.AsOf) {
		s.state.AsOf = n
	}
	if m, ok := body.(*desk.TicketMessage); ok {
		m.Said = origin.Dropped
	}
	p.records = append(p.records, desk.Record{ID: id, Origin: origin, Body: body, Deleted: deleted(body)})
}

// rawText returns what is kept of a rejected row for a person to look at.
func rawText(raw []byte) string {
	return strings.TrimRight(string(raw[:min(len(raw), maxRaw)]), "\r\n")
}

// deleted reports whether a row says that the desk has the record no more.
func deleted(body desk.Body) bool {
	t, ok := body.(*desk.Ticket)
	return ok && t.Status == desk.StatusDeleted
}

// nameRow makes the id of a row that has none: its file, its content and how
// many rows before it have the same.
func (s *Source) nameRow(name string, f *file, r row) string {
	hash := s.hashRow(name, r.cells)
	if !r.endless {
		return rowID(hash, f.Rows.add(hash))
	}
	n := f.Rows.count(hash) + 1
	f.Tail = &rowSet{sorted: []equalRows{{hash, n}}}
	return rowID(hash, n)
}

// hashRow returns the hash of a row's content in its file.
func (s *Source) hashRow(name string, cells [][]byte) uint64 {
	text := append(s.scratch[:0], name...)
	for _, cell := range cells {
		text = append(binary.AppendUvarint(text, uint64(len(cell))), cell...)
	}
	s.scratch = text
	sum := sha256.Sum256(text)
	return binary.BigEndian.Uint64(sum[:])
}

// finish ends the reading of a drop at the end of its text. The rows of the
// file that this one replaced are withdrawn as far as the page takes them; the
// drop is done when all are.
func (s *Source) finish(in *stream, f *file, p *page) {
	now := func(hash uint64) uint32 { return max(f.Rows.count(hash), f.Tail.count(hash)) }
	for _, id := range f.Old.takeGone(now, max(1, p.rows)) {
		p.rows--
		p.touched = true
		p.records = append(p.records, desk.Record{
			ID: id, Origin: in.drop.origin(f.Row), Deleted: true, Body: s.plan.shape.blank(),
		})
	}
	if !f.Old.empty() {
		return
	}
	f.Done, f.Trouble = true, ""
	if s.config.Snapshot && in.drop == p.newest {
		s.declare(in, f, p)
	}
	s.close()
	if in.sheet == nil {
		s.opts.Logger.Warn("Drop has no rows: the file is empty, without even a header; see whether its export fails", "file", in.drop.name)
		return
	}
	s.opts.Logger.Info("Drop was read", "file", in.drop.name,
		"rows", s.notes.Rows-in.notes.Rows, "rejected", s.notes.Rejected-in.notes.Rejected,
		"ambiguous_times", s.notes.Ambiguous-in.notes.Ambiguous, "skipped_times", s.notes.Gaps-in.notes.Gaps)
}

// declare says that the tickets which a drop does not list are gone. Of a drop
// that may list more than was read of it, it says nothing.
func (s *Source) declare(in *stream, f *file, p *page) {
	switch logger := s.opts.Logger.With("file", in.drop.name); {
	case in.sheet == nil || in.sheet.torn:
		logger.Warn("Drop is no snapshot, no ticket counts as deleted: it has no header that ends; drop a whole file")
	case f.Flawed:
		logger.Warn("Drop is no snapshot, no ticket counts as deleted: a row that was rejected, or a last one without a line end, may be an open ticket; mend what the rejects tell and drop it again")
	case in.changed():
		logger.Info("Drop is no snapshot: it was written to while it was read, and is read anew")
	default:
		p.snapshot = in.drop.origin(0)
	}
}
