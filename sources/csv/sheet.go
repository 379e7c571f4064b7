package csv

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// sheet is the head of one file: what its columns are called, and where the
// mapped ones stand.
type sheet struct {
	header  [][]byte
	need    int      // columns that every row has, without unnamed ones at the end
	torn    bool     // the text ends within the header
	columns [][]part // of each field of the plan, in its order
}

// part is a piece of a field's text: a column, or a constant.
type part struct {
	column   int
	constant []byte // when column is below 0
}

// readSheet reads the header at the beginning of a text. It returns io.EOF when
// the text has none.
func readSheet(r *rows, p *plan) (*sheet, error) {
	head, err := r.next()
	if err != nil {
		return nil, err
	}
	comma, noted := noteOf(head.raw)
	if !noted {
		return headerOf(head, r, p)
	}
	r.consume()
	r.comma = comma
	if head, err = r.next(); err != nil {
		return nil, err
	}
	s, err := headerOf(head, r, p)
	if err != nil {
		err = fmt.Errorf("%w; its first line sets the delimiter to %q, whatever delimiter says", err, string(comma))
	}
	return s, err
}

// noteOf returns the delimiter that a file names itself, in a first line that is
// a note to spreadsheet programs: sep=; with or without quotes around it.
func noteOf(line []byte) (comma byte, ok bool) {
	line = bytes.TrimRight(line, "\r\n")
	if len(line) > 1 && line[0] == '"' && line[len(line)-1] == '"' {
		line = line[1 : len(line)-1]
	}
	if len(line) != len("sep=;") || !bytes.EqualFold(line[:4], []byte("sep=")) {
		return 0, false
	}
	return delimiter(string(line[4:]))
}

// headerOf reads the row that is the header, and moves on behind it.
func headerOf(head row, r *rows, p *plan) (*sheet, error) {
	if head.fault != nil && looksSaved(head.raw) {
		return nil, fmt.Errorf("line %d is no header; %s", head.line, savedPage)
	}
	if head.fault != nil {
		return nil, fmt.Errorf("line %d, the header: %s", head.line, head.fault.detail)
	}
	s, err := newSheet(head.cells, p, r.comma, head.torn)
	if err != nil && head.torn {
		err = fmt.Errorf("%w, as LF, CRLF or CR: %w", errTornHeader, err)
	}
	r.consume()
	return s, err
}

// newSheet reads a header. All of a file may stand in a torn one, so that none
// of it is shown.
func newSheet(cells [][]byte, p *plan, comma byte, torn bool) (*sheet, error) {
	s := &sheet{need: len(cells), torn: torn}
	names := make([]string, len(cells))
	for i, cell := range cells {
		s.header = append(s.header, bytes.Clone(cell))
		names[i] = headerName(string(cell))
	}
	for s.need > 0 && names[s.need-1] == "" {
		s.need--
	}
	for _, f := range p.fields {
		var parts []part
		for _, want := range f.headers {
			if constant, ok := strings.CutPrefix(want, "="); ok {
				parts = append(parts, part{column: -1, constant: []byte(constant)})
				continue
			}
			column := findHeader(names, headerName(want))
			if column < 0 {
				return nil, missingHeader(names, want, f.name, comma, !torn && p.knowsAny(names))
			}
			parts = append(parts, part{column: column})
		}
		s.columns = append(s.columns, parts)
	}
	return s, nil
}

// headerName returns a header as it is compared: white space, also line breaks
// within it, is one space.
func headerName(header string) string {
	return strings.Join(strings.Fields(strings.TrimFunc(header, isUnseen)), " ")
}

// findHeader returns the column that a name means: the first of that very name,
// else the first that differs in case only, else for name#2 the second of its
// name. It is -1 for none.
func findHeader(names []string, want string) int {
	if i := slices.Index(names, want); i >= 0 {
		return i
	}
	same := func(name string) bool { return strings.EqualFold(name, want) }
	if i := slices.IndexFunc(names, same); i >= 0 {
		return i
	}
	base, number, ok := cutLast(want, "#")
	n, err := strconv.Atoi(number)
	if !ok || err != nil || n < 1 {
		return -1
	}
	for i, name := range names {
		if strings.EqualFold(name, base) {
			if n--; n == 0 {
				return i
			}
		}
	}
	return -1
}

// cutLast cuts text at the last separator.
func cutLast(text, separator string) (before, after string, found bool) {
	i := strings.LastIndex(text, separator)
	if i < 0 {
		return text, "", false
	}
	return text[:i], text[i+len(separator):], true
}

// knowsAny reports whether any of the names is one that a column is mapped to.
func (p *plan) knowsAny(names []string) bool {
	return slices.ContainsFunc(p.fields, func(f planned) bool {
		return slices.ContainsFunc(f.headers, func(want string) bool {
			return !strings.HasPrefix(want, "=") && findHeader(names, headerName(want)) >= 0
		})
	})
}

// shownHeaders and shownLength bound how much of a header an error shows.
const (
	shownHeaders = 60
	shownLength  = 40
)

// missingHeader says which header a file lacks and which it has, and guesses
// why. A first line of which nothing is known may be data, so it is not shown.
func missingHeader(names []string, want, field string, comma byte, known bool) error {
	has := fmt.Sprintf("%d columns and no header that columns names", len(names))
	if known {
		shown := make([]string, 0, len(names))
		for _, name := range names[:min(len(names), shownHeaders)] {
			shown = append(shown, strconv.Quote(name[:min(len(name), shownLength)]))
		}
		if len(names) > shownHeaders {
			shown = append(shown, "...")
		}
		has = strings.Join(shown, ", ")
	}
	remedy := "correct columns." + field
	if !known {
		remedy += ", or give the file a header"
	}
	all := strings.Join(names, "")
	switch {
	case !known && looksSaved([]byte(all)):
		remedy = savedPage
	case strings.ContainsRune(all, 0):
		remedy = "this looks like UTF-16: set encoding to utf-16le or utf-16be"
	case len(names) == 1:
		for _, other := range []byte{';', '\t', '|', ','} {
			if other != comma && strings.IndexByte(all, other) >= 0 {
				remedy = fmt.Sprintf("this looks like another delimiter: set delimiter to %q", string(other))
			}
		}
	}
	return fmt.Errorf("no column %q for columns.%s; the file has %s; %s", want, field, has, remedy)
}

// repeats reports whether a row is the header once more, as files that were put
// together from several have it.
func (s *sheet) repeats(cells [][]byte) bool {
	return len(cells) == len(s.header) && slices.EqualFunc(cells, s.header, bytes.Equal)
}

// fits reports whether a row has the columns of the header. Empty ones behind
// them are none.
func (s *sheet) fits(cells [][]byte) bool {
	return len(cells) >= s.need && (len(cells) <= len(s.header) || blank(cells[len(s.header):]))
}

// text returns the text of a field's parts in a row, joined by spaces, parts
// that are null left out. It is empty where all are.
func (s *sheet) text(field int, cells [][]byte, nulls map[string]bool, scratch *[]byte) []byte {
	parts := s.columns[field]
	if len(parts) == 1 {
		return partText(parts[0], cells, nulls)
	}
	joined := (*scratch)[:0]
	for _, p := range parts {
		text := partText(p, cells, nulls)
		if len(text) > 0 && len(joined) > 0 {
			joined = append(joined, ' ')
		}
		joined = append(joined, text...)
	}
	*scratch = joined
	return joined
}

func partText(p part, cells [][]byte, nulls map[string]bool) []byte {
	if p.column < 0 {
		return p.constant
	}
	if p.column >= len(cells) {
		return nil // an unnamed column at the end that the row leaves out
	}
	text := trimmed(cells[p.column])
	if len(nulls) > 0 && nulls[string(text)] {
		return nil
	}
	return text
}
