package csv

import (
	"bytes"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// decimalMark is the one sign that is a decimal mark and nothing else: the
// Arabic one.
const decimalMark = '\u066B'

// ascii returns the text of a number or a time with the digits, spaces and marks
// that ASCII has for those of other scripts. Marks that steer the direction of
// writing are left out: they cannot be seen.
func ascii(text string) string {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return strings.Map(asciiFor, text)
		}
	}
	return text
}

// trimmed returns a cell without what cannot be seen at its ends: white space, and
// the marks without a width that web pages and several byte order marks leave.
func trimmed(cell []byte) []byte {
	cell = bytes.TrimSpace(cell)
	if n := len(cell); n > 0 && (cell[0] >= utf8.RuneSelf || cell[n-1] >= utf8.RuneSelf) {
		return bytes.TrimFunc(cell, isUnseen)
	}
	return cell
}

// isUnseen reports whether a character is white space or has no width.
func isUnseen(r rune) bool { return unicode.IsSpace(r) || hasNoWidth(r) }

func hasNoWidth(r rune) bool { return '\u200B' <= r && r <= '\u200F' || r == '\u2060' || r == '\uFEFF' }

// seen returns a word the way it looks: all white space in it is a space, and
// what has no width is left out.
func seen(word []byte) []byte {
	if bytes.IndexFunc(word, func(r rune) bool { return r >= utf8.RuneSelf }) < 0 {
		return word
	}
	return bytes.Map(func(r rune) rune {
		switch {
		case hasNoWidth(r):
			return -1
		case unicode.IsSpace(r):
			return ' '
		default:
			return r
		}
	}, word)
}

// asciiFor returns what ASCII has for a character, the character itself when it
// has nothing, and a negative number for one to be left out.
func asciiFor(r rune) rune {
	switch {
	case r < utf8.RuneSelf:
		return r
	case '\u0660' <= r && r <= '\u0669': // Arabic
		return r - '\u0660' + '0'
	case '\u06F0' <= r && r <= '\u06F9': // Persian and Urdu
		return r - '\u06F0' + '0'
	case '\uFF01' <= r && r <= '\uFF5E': // full width
		return r - '\uFF01' + '!'
	}
	switch r {
	case '\u00A0', '\u2007', '\u2009', '\u202F', '\u3000', '\u066C': // do not break, narrow or wide; and what parts thousands in Arabic
		return ' '
	case '\u060C':
		return ','
	case '\u2212':
		return '-'
	case '\u061C', '\u200E', '\u200F', '\u202A', '\u202B', '\u202C', '\u202D', '\u202E', '\u2066', '\u2067', '\u2068', '\u2069', '\uFEFF':
		return -1
	default:
		return r
	}
}

// halfOfDay finds the word for the half of the day in a time, as English and
// Greek write it.
var halfOfDay = regexp.MustCompile(`(?i)(^|\PL)(?:([aπ])|([pμ]))\.?\s?[mμ]\.?($|\PL)`)

// withHalf writes the half of the day the way that a layout does.
func withHalf(layout, text string) string {
	am, pm := "${1}AM${4}", "${1}PM${4}"
	if strings.Contains(layout, "pm") {
		am, pm = "${1}am${4}", "${1}pm${4}"
	}
	found := halfOfDay.FindStringSubmatchIndex(text)
	if found == nil {
		return text
	}
	half := pm
	if found[4] >= 0 {
		half = am
	}
	out := halfOfDay.ExpandString([]byte(text[:found[0]]), half, text, found)
	return string(out) + text[found[1]:]
}

// hasHalf reports whether a layout tells the halves of the day apart.
func hasHalf(layout string) bool {
	return strings.Contains(layout, "PM") || strings.Contains(layout, "pm")
}
