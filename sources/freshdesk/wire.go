package freshdesk

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"strings"
	"time"
)

// What the desk writes is read liberally: a number may come as text, and what is
// missing as null, as an empty text or not at all.

// errTime marks what is no time, so that the reject can say so.
var errTime = errors.New("not a time")

// errWord marks what is neither an id nor a code.
var errWord = errors.New("neither a number nor a word")

// longestWord bounds ids and codes: they go into paths and cursors.
const longestWord = 64

// word is an id or a code: letters, digits, dashes and underscores.
type word string

// UnmarshalJSON implements [json.Unmarshaler].
func (w *word) UnmarshalJSON(data []byte) error {
	if isNull(data) {
		return nil
	}
	var text string
	if json.Unmarshal(data, &text) == nil {
		text = strings.TrimSpace(text)
		if len(text) > longestWord || strings.ContainsFunc(text, func(r rune) bool { return !ofWord(r) }) {
			return errWord
		}
		*w = word(text)
		return nil
	}
	n, err := strconv.ParseFloat(string(data), 64)
	if err != nil || n != math.Trunc(n) || math.Abs(n) >= 1<<53 {
		return errWord
	}
	*w = word(strconv.FormatInt(int64(n), 10)) // of 43, 43.0, 4.3e1
	return nil
}

func ofWord(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '-' || r == '_' || r == ' '
}

// number returns what the word says in figures.
func (w word) number() (int, bool) {
	n, err := strconv.Atoi(string(w))
	return n, err == nil
}

// instant is a time, zero where the desk does not say.
type instant struct{ time.Time }

// leastMilli is the least number of milliseconds that is no time in seconds.
const leastMilli = 1e11

// UnmarshalJSON implements [json.Unmarshaler].
func (i *instant) UnmarshalJSON(data []byte) error {
	if isNull(data) {
		return nil
	}
	var text string
	if err := json.Unmarshal(data, &text); err != nil {
		n, err := strconv.ParseFloat(string(data), 64)
		switch {
		case err != nil || n <= 0 || n > 1e15:
			return errTime
		case n >= leastMilli:
			i.Time = time.UnixMilli(int64(n)).UTC()
		default:
			i.Time = time.Unix(int64(n), 0).UTC()
		}
		return nil
	}
	if text = strings.TrimSpace(text); text == "" {
		return nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil || at.Year() < 1970 {
		return errTime
	}
	i.Time = at.UTC()
	return nil
}

// flag is yes, no, or nothing said.
type flag struct{ yes, said bool }

// UnmarshalJSON implements [json.Unmarshaler].
func (f *flag) UnmarshalJSON(data []byte) error {
	switch strings.Trim(string(data), `"`) {
	case "true", "1":
		*f = flag{yes: true, said: true}
	case "false", "0":
		*f = flag{said: true}
	case "null", "":
	default:
		return errors.New("neither true nor false")
	}
	return nil
}

// text is a text; what is none counts for nothing.
type text string

// UnmarshalJSON implements [json.Unmarshaler].
func (t *text) UnmarshalJSON(data []byte) error {
	var s string
	if json.Unmarshal(data, &s) == nil {
		*t = text(strings.TrimSpace(s))
	}
	return nil
}

func isNull(data []byte) bool { return bytes.Equal(data, []byte("null")) }
