package csv

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"

	"helpdesk_exporter/desk"
)

// The largest row and cell that are read. Both are far above what a help desk
// exports, and low enough that a broken file costs no memory to speak of.
const (
	maxRow   = 8 << 20
	maxCell  = 1 << 20
	firstBuf = 256 << 10
)

// rows cuts text that is already UTF-8 into rows of cells. The cells of a row
// lie in the reader's own buffer and hold until the next call of next.
//
// A row stands at the reader's position until consume moves on behind it; a
// position is always a record boundary, and hash covers the text before it.
type rows struct {
	src   io.Reader
	comma byte

	buf        []byte
	start, end int   // the text at hand
	failed     error // of src, to be told when the text at hand is used up
	eof        bool  // failed with io.EOF
	offset     int64 // of start in the text
	line       int64 // of start in the text, from 1
	hash       hash.Hash
	hashed     int // up to here the buffer is in hash

	width   int       // of the row at the position, in bytes
	lines   int64     // of the row at the position
	held    *position // of a row too large to be held in the buffer
	cells   [][]byte
	scratch []byte // where quoted cells are written out
}

// position is a record boundary.
type position struct {
	offset int64
	line   int64
	hash   string // of the text before it
}

// row is one row of the text.
type row struct {
	cells [][]byte
	raw   []byte
	line  int64
	fault *fault // why it is not one

	torn    bool // the text ends within it, or within a quote that it opens
	endless bool // the text ends within it: more text would belong to it
}

func newRows(src io.Reader, comma byte) *rows {
	return &rows{src: src, comma: comma, buf: make([]byte, firstBuf), line: 1, hash: sha256.New()}
}

// errOpenQuote says that the text ends within a quoted cell.
var errOpenQuote = errors.New("a quoted cell does not end")

// errStrayQuote says that a quoted cell goes on behind its closing quote.
var errStrayQuote = errors.New("text behind a closing quote; quotes within a cell must be doubled")

// next returns the row at the position, io.EOF at the end of the text. Blank
// lines are passed over.
func (r *rows) next() (row, error) {
	for {
		if err := r.atRow(); err != nil {
			return row{}, err
		}
		out, err := r.cut()
		if err != nil {
			return row{}, err
		}
		if out.fault != nil || !blank(out.cells) {
			return out, nil
		}
		if out.torn {
			return row{}, io.EOF
		}
		r.consume()
	}
}

// atRow makes sure that there is text at the position.
func (r *rows) atRow() error {
	for r.start == r.end {
		if r.eof {
			return io.EOF
		}
		if err := r.fill(); err != nil {
			return err
		}
	}
	return nil
}

// cut finds the row at the position.
func (r *rows) cut() (row, error) {
	for {
		text := r.buf[r.start:r.end]
		end := bytes.IndexByte(text, '\n')
		if end >= 0 && bytes.IndexByte(text[:end], '"') < 0 {
			r.width, r.lines = end+1, 1
			return r.plain(text[:end]), nil
		}
		if end >= 0 || r.eof {
			out, done := r.quoted(text)
			if done {
				return out, nil
			}
		}
		if r.end-r.start > maxRow {
			return r.oversize()
		}
		if err := r.fill(); err != nil {
			return row{}, err
		}
	}
}

// plain splits a line without quotes.
func (r *rows) plain(line []byte) row {
	raw := line
	line = bytes.TrimSuffix(line, []byte{'\r'})
	r.cells = r.cells[:0]
	for {
		i := bytes.IndexByte(line, r.comma)
		if i < 0 {
			break
		}
		r.cells = append(r.cells, line[:i])
		line = line[i+1:]
	}
	r.cells = append(r.cells, line)
	return r.sized(row{cells: r.cells, raw: raw, line: r.line})
}

// quoted splits the row that text starts with; done is false when its end lies
// further on than the text at hand.
func (r *rows) quoted(text []byte) (out row, done bool) {
	width, lines, err := r.split(text)
	switch {
	case err == nil && width > 0:
		r.width, r.lines = width, lines
		return r.sized(row{cells: r.cells, raw: text[:width], line: r.line}), true
	case err == nil && r.eof:
		r.width, r.lines = len(text), lines
		return r.sized(row{cells: r.cells, raw: text, line: r.line, torn: true, endless: true}), true
	case errors.Is(err, errOpenQuote) && !r.eof:
		return row{}, false
	case err == nil:
		return row{}, false
	}
	// A stray quote must not swallow the rows behind it: only the first line of
	// what it seems to span is given up, the next one starts a row of its own.
	r.width, r.lines = len(text), 1
	if i := bytes.IndexByte(text, '\n'); i >= 0 {
		r.width = i + 1
	}
	return row{
		raw: text[:r.width], line: r.line,
		fault:   &fault{desk.ReasonMalformed, err.Error() + "; mend the quotes of this row"},
		torn:    errors.Is(err, errOpenQuote),
		endless: text[r.width-1] != '\n',
	}, true
}

// split writes the cells of the row that text starts with into r.cells. It
// returns the row's width, 0 when text ends before its line does.
func (r *rows) split(text []byte) (width int, lines int64, err error) {
	r.cells, r.scratch = r.cells[:0], r.scratch[:0]
	for i := 0; ; {
		cell, next, err := r.cell(text, i)
		if err != nil {
			return 0, 0, err
		}
		r.cells = append(r.cells, cell)
		if next < len(text) && text[next] == r.comma {
			i = next + 1
			continue
		}
		if next == len(text) {
			return 0, int64(bytes.Count(text, []byte{'\n'})) + 1, nil
		}
		return next + 1, int64(bytes.Count(text[:next+1], []byte{'\n'})), nil
	}
}

// cell returns the cell that starts at i, and where the comma, the line end or
// the end of the text behind it is.
func (r *rows) cell(text []byte, i int) (cell []byte, next int, err error) {
	if i == len(text) || text[i] != '"' {
		next = i
		for next < len(text) && text[next] != r.comma && text[next] != '\n' {
			next++
		}
		cell = text[i:next]
		if next == len(text) || text[next] == '\n' {
			cell = bytes.TrimSuffix(cell, []byte{'\r'})
		}
		return cell, next, nil
	}
	from := len(r.scratch)
	for i++; ; {
		q := bytes.IndexByte(text[i:], '"')
		if q < 0 {
			return nil, 0, errOpenQuote
		}
		r.scratch = append(r.scratch, text[i:i+q]...)
		i += q + 1
		if i < len(text) && text[i] == '"' {
			r.scratch = append(r.scratch, '"')
			i++
			continue
		}
		break
	}
	if i < len(text) && text[i] == '\r' && (i+1 == len(text) || text[i+1] == '\n') {
		i++
	}
	if i < len(text) && text[i] != r.comma && text[i] != '\n' {
		return nil, 0, errStrayQuote
	}
	return r.scratch[from:len(r.scratch):len(r.scratch)], i, nil
}

// consume moves the position behind the row that next returned.
func (r *rows) consume() {
	r.start += r.width
	r.offset += int64(r.width)
	r.line += r.lines
	r.width, r.lines, r.held = 0, 0, nil
}

// position returns where the reader stands.
func (r *rows) position() position {
	if r.held != nil {
		return *r.held
	}
	r.hash.Write(r.buf[r.hashed:r.start])
	r.hashed = r.start
	return position{r.offset, r.line, fmt.Sprintf("%x", r.hash.Sum(nil)[:16])}
}

// skip moves the position on to a known offset, without looking for rows. It
// reports whether the text is that long.
func (r *rows) skip(to int64) (bool, error) {
	for r.offset < to {
		if err := r.atRow(); err == io.EOF {
			return false, nil
		} else if err != nil {
			return false, err
		}
		r.width = int(min(to-r.offset, int64(r.end-r.start)))
		r.consume()
	}
	return r.offset == to, nil
}

// fill reads more text behind what is at hand.
func (r *rows) fill() error {
	if r.failed != nil {
		return r.failed
	}
	r.hash.Write(r.buf[r.hashed:r.start])
	if r.end-r.start > len(r.buf)/2 {
		grown := make([]byte, 2*len(r.buf))
		r.end = copy(grown, r.buf[r.start:r.end])
		r.buf = grown
	} else {
		r.end = copy(r.buf, r.buf[r.start:r.end])
	}
	r.start, r.hashed = 0, 0
	for r.end < len(r.buf) && r.failed == nil {
		n, err := r.src.Read(r.buf[r.end:])
		r.end += n
		r.failed = err
	}
	if r.failed == io.EOF {
		r.eof = true
	}
	return nil
}

// blank reports whether there is nothing in any cell.
func blank(cells [][]byte) bool {
	for _, cell := range cells {
		if len(trimmed(cell)) > 0 {
			return false
		}
	}
	return true
}
