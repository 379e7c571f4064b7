package csv

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"helpdesk_exporter/desk"
)

// sized rejects a row that is larger than a row may be.
func (r *rows) sized(out row) row {
	switch {
	case len(out.raw) > maxRow:
		return r.tooLarge(out, "the row is larger than 8 MiB")
	case len(out.raw) > maxCell:
		for _, cell := range out.cells {
			if len(cell) > maxCell {
				return r.tooLarge(out, "a cell is larger than 1 MiB")
			}
		}
	}
	return out
}

func (r *rows) tooLarge(out row, what string) row {
	out.cells = nil
	out.fault = &fault{desk.ReasonTooLarge, what + "; leave such columns out of the export"}
	return out
}

// oversize passes over the row at the position, which is larger than the
// buffer may grow, and returns it as a reject. Its text is not kept, so that a
// row of any size costs no more memory than the largest one that is read.
func (r *rows) oversize() (row, error) {
	start := r.position()
	out := row{raw: bytes.Clone(r.buf[r.start : r.start+maxRaw]), line: start.line}
	scan := rowScanner{comma: r.comma}
	for !scan.done {
		n, lines := scan.pass(r.buf[r.start:r.end])
		r.width, r.lines = n, lines
		r.consume()
		if scan.done {
			break
		}
		if err := r.atRow(); errors.Is(err, io.EOF) {
			out.torn, out.endless = true, true
			break
		} else if err != nil {
			return row{}, err
		}
	}
	r.held = &start
	switch {
	case out.torn && scan.state == inQuotes:
		out.fault = &fault{desk.ReasonMalformed, "a quoted cell never ends, so nothing behind it was read; mend the quotes of this row"}
	case r.line > start.line+1:
		out.fault = &fault{desk.ReasonTooLarge, fmt.Sprintf("the row goes on for more than 8 MiB, down to line %d; leave such columns out of the export, or mend a quote that is not closed", r.line-1)}
	default:
		out.fault = &fault{desk.ReasonTooLarge, "the row is larger than 8 MiB; leave such columns out of the export"}
	}
	return out, nil
}

// rowScanner finds the end of a row that comes in pieces.
type rowScanner struct {
	comma byte
	state scanState
	done  bool
}

type scanState uint8

const (
	atCell   scanState = iota // a cell begins
	inPlain                   // in a cell without quotes
	inQuotes                  // between quotes
	atQuote                   // behind a quote that closes the cell or is doubled
)

// pass returns how much of text belongs to the row, and how many lines that is.
func (s *rowScanner) pass(text []byte) (n int, lines int64) {
	for i, c := range text {
		if c == '\n' {
			lines++
		}
		switch {
		case s.state == inQuotes:
			if c == '"' {
				s.state = atQuote
			}
		case c == '\n':
			s.done = true
			return i + 1, lines
		case c == '"' && (s.state == atCell || s.state == atQuote):
			s.state = inQuotes
		case c == s.comma:
			s.state = atCell
		default:
			s.state = inPlain
		}
	}
	return len(text), lines
}
