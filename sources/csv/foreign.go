package csv

import (
	"bytes"
	"errors"
)

// otherFormat says what a file is whose first bytes are those of no text.
func otherFormat(head []byte) error {
	switch {
	case bytes.HasPrefix(head, []byte("\x1F\x8B")):
		return errors.New("it is compressed with gzip: give it a name that ends in .gz, or unpack it")
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("\xD0\xCF\x11\xE0")):
		return errors.New("it is a spreadsheet or a zip archive: export it as CSV, or unpack it")
	default:
		return nil
	}
}

// savedPage is the remedy for a file in which something else than the export was
// saved.
const savedPage = "this looks like a web page or JSON, often an error page that was saved instead of the export: look into the file, and drop the export itself"

// looksSaved reports whether a line that is no header may begin a web page, XML
// or JSON. A header in brackets, as databases write it, does not.
func looksSaved(line []byte) bool {
	line = trimmed(line)
	if len(line) == 0 {
		return false
	}
	inside := bytes.TrimSpace(line[1:])
	switch line[0] {
	case '<':
		return true
	case '{', '[':
		return len(inside) == 0 || bytes.IndexByte([]byte("\"{}[]"), inside[0]) >= 0
	default:
		return false
	}
}
