package csv

import (
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// A compressed file may unfold to this many times its size once it passes a
// size that no small file of zeros should pass.
const (
	maxRatio     = 200
	ratioApplies = 64 << 20
)

// stream is an open drop: its text as UTF-8, cut into rows.
type stream struct {
	*rows
	sheet  *sheet // nil for a text without a header, which has no rows
	drop   drop   // as it was when it was opened
	notes  Notes  // of the source when it was opened
	file   *os.File
	source *patient
}

// openStream opens a drop. What is written to it later is not read: the text
// ends where the file ended when it was listed.
func openStream(ctx context.Context, d drop, c *Config) (*stream, error) {
	file, err := openRegular(d.path)
	if err != nil {
		return nil, err
	}
	source := &patient{ctx: ctx, src: io.LimitReader(file, d.size)}
	text, err := decoded(source, d, c.Encoding)
	if err != nil {
		file.Close()
		return nil, err
	}
	comma, _ := delimiter(c.Delimiter)
	return &stream{rows: newRows(text, comma), drop: d, file: file, source: source}, nil
}

func (s *stream) close() { s.file.Close() }

// openRegular opens a file that was a regular one when it was listed, and may be
// a pipe by now: that is not waited for.
func openRegular(path string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errNotRegular
	}
	if err != nil {
		file.Close()
		return nil, err
	}
	return file, nil
}

// changed reports whether the file is another one than it was when it was
// listed, so that what was read may be a mixture.
func (s *stream) changed() bool {
	info, err := s.file.Stat()
	return err != nil || info.Size() != s.drop.size || !info.ModTime().Equal(s.drop.time)
}

// errTornHeader says that a text ends within its header.
var errTornHeader = errors.New("the header has no line end")

// streamAt returns a drop's rows from where f says: from the stream of the last
// fetch, else from a new one.
func (s *Source) streamAt(ctx context.Context, d drop, f *file) (*stream, error) {
	in := s.open
	if in != nil && in.drop == d {
		in.source.ctx = ctx
		return in, nil
	}
	s.close()
	in, err := s.openAt(ctx, d, f)
	if err != nil {
		return nil, err
	}
	in.notes = s.notes
	s.open = in
	return in, nil
}

// openAt opens a drop and moves to where f says, if the text before that is
// still the one that was read. Else the file is another one, and read anew.
func (s *Source) openAt(ctx context.Context, d drop, f *file) (*stream, error) {
	if s.config.Snapshot && !f.same(d) {
		f.replaced() // what it lists is said anew by every drop, also if it said so before
	}
	in, err := openStream(ctx, d, s.config)
	if err != nil {
		return nil, err
	}
	if in.sheet, err = readSheet(in.rows, s.plan); err != nil && !errors.Is(err, io.EOF) {
		in.close()
		return nil, err
	}
	if f.Offset == 0 {
		return in, nil
	}
	same, err := in.skip(f.Offset)
	if err != nil {
		in.close()
		return nil, err
	}
	if !same || in.position().hash != f.Hash {
		in.close()
		f.replaced()
		return s.openAt(ctx, d, f)
	}
	in.line = f.Line
	if !f.Tail.empty() {
		f.Old.union(f.Tail) // read again now, and withdrawn if it became another
		f.Tail = &rowSet{}
	}
	return in, nil
}

// decoded returns the text of a file: unpacked where its name ends in .gz, and
// turned into UTF-8 without a byte order mark. A mark overrules the
// configured encoding.
func decoded(src io.Reader, d drop, encodingName string) (io.Reader, error) {
	if strings.HasSuffix(strings.ToLower(d.name), ".gz") {
		unpacked, err := gzip.NewReader(src)
		if errors.Is(err, io.EOF) {
			return src, nil // an empty file is an empty drop
		}
		if err != nil {
			return nil, fmt.Errorf("unpack: %w; the name ends in .gz, is the file compressed?", err)
		}
		src = &unpacker{src: unpacked, max: max(ratioApplies, maxRatio*d.size)}
	}
	text, err := asUTF8(src, encodingName)
	if err != nil {
		return nil, err
	}
	return withLineFeeds(text), nil
}

// asUTF8 returns the text of a file as UTF-8, without a byte order mark.
func asUTF8(src io.Reader, encodingName string) (io.Reader, error) {
	buffered := bufio.NewReaderSize(src, headLength)
	head, _ := buffered.Peek(4)
	if err := otherFormat(head); err != nil {
		return nil, err
	}
	switch {
	case bytes.HasPrefix(head, []byte("\xEF\xBB\xBF")):
		_, err := buffered.Discard(3)
		return buffered, err
	case bytes.HasPrefix(head, []byte("\xFF\xFE")), bytes.HasPrefix(head, []byte("\xFE\xFF")):
		return transform.NewReader(buffered, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder()), nil
	}
	enc, err := htmlindex.Get(encodingName)
	if err != nil {
		return nil, fmt.Errorf("encoding: %w", err)
	}
	if isUTF8(enc) {
		return buffered, nil
	}
	return transform.NewReader(buffered, enc.NewDecoder()), nil
}

// headLength is how much of a text is looked at to tell its line ends.
const headLength = 64 << 10

// withLineFeeds returns a text whose lines end in a line feed, also where they
// end in a carriage return alone, as old Macs write it. That is so where the
// beginning of the text has no line feed at all.
func withLineFeeds(text io.Reader) io.Reader {
	buffered := bufio.NewReaderSize(text, headLength)
	head, _ := buffered.Peek(headLength)
	if bytes.IndexByte(head, '\n') >= 0 || bytes.IndexByte(head, '\r') < 0 {
		return buffered
	}
	return oldMac{buffered}
}

// oldMac turns carriage returns into line feeds.
type oldMac struct{ src io.Reader }

// Read implements io.Reader.
func (m oldMac) Read(p []byte) (int, error) {
	n, err := m.src.Read(p)
	for i := range p[:n] {
		if p[i] == '\r' {
			p[i] = '\n'
		}
	}
	return n, err
}

// isUTF8 reports whether text in this encoding is read as it stands.
func isUTF8(enc encoding.Encoding) bool {
	name, err := htmlindex.Name(enc)
	return err == nil && name == "utf-8"
}

// unpacker ends the reading of a file that unfolds beyond all measure.
type unpacker struct {
	src  io.Reader
	read int64
	max  int64
}

// Read implements io.Reader.
func (u *unpacker) Read(p []byte) (int, error) {
	n, err := u.src.Read(p)
	u.read += int64(n)
	switch {
	case u.read > u.max:
		return 0, fmt.Errorf("unpacks to more than %d times its size; unpack it yourself if it is meant to", maxRatio)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return n, errors.New("the compressed data ends early; drop the whole file, or set settle if it is still being written")
	case isDamage(err):
		return n, fmt.Errorf("unpack: %w; the file is damaged, drop it again", err)
	default:
		return n, err
	}
}

// isDamage reports whether compressed data is not what it was.
func isDamage(err error) bool {
	corrupt := flate.CorruptInputError(0)
	return errors.Is(err, gzip.ErrHeader) || errors.Is(err, gzip.ErrChecksum) || errors.As(err, &corrupt)
}

// patient reads as long as its context lasts. A drop stays open over several
// fetches, each of which lends it its own context.
type patient struct {
	ctx context.Context
	src io.Reader
}

// Read implements io.Reader.
func (p *patient) Read(b []byte) (int, error) {
	if err := p.ctx.Err(); err != nil {
		return 0, err
	}
	return p.src.Read(b)
}
