package intercom

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"helpdesk_exporter/desk"
)

// What is wrong with a record that cannot be understood.
var (
	errTime    = errors.New("a time in it is none")
	errNumber  = errors.New("a number in it is none")
	errMissing = errors.New("has no")
	errWord    = errors.New("has an unknown")
)

// rejected returns what is kept of a record that cannot be understood.
func rejected(where string, raw json.RawMessage, err error) desk.Reject {
	r := desk.Reject{Where: where, Reason: desk.ReasonMalformed, Detail: "is not what Intercom documents", Raw: string(raw)}
	var kind *json.UnmarshalTypeError
	switch {
	case errors.Is(err, errTime):
		r.Reason, r.Detail = desk.ReasonBadTime, errTime.Error()
	case errors.Is(err, errNumber):
		r.Reason, r.Detail = desk.ReasonBadNumber, errNumber.Error()
	case errors.Is(err, errMissing):
		r.Reason, r.Detail = desk.ReasonMissingField, err.Error()
	case errors.Is(err, errWord):
		r.Reason, r.Detail = desk.ReasonUnknownValue, err.Error()
	case errors.As(err, &kind):
		r.Detail = fmt.Sprintf("%s is %s and not what Intercom documents", kind.Field, kind.Value)
	}
	return r
}

// plain returns a JSON scalar without its quotes, empty for null; false for
// objects, lists and text that is not well-formed.
func plain(data []byte) (string, bool) {
	switch data = bytes.TrimSpace(data); {
	case len(data) == 0, string(data) == "null":
		return "", true
	case data[0] == '"':
		var text string
		err := json.Unmarshal(data, &text)
		return strings.TrimSpace(text), err == nil
	default:
		return string(data), data[0] != '{' && data[0] != '['
	}
}

// ident is an id: text, or a number. No id, and the 0 that stands for nobody,
// are empty.
type ident string

// UnmarshalJSON implements [json.Unmarshaler].
func (i *ident) UnmarshalJSON(data []byte) error {
	text, ok := plain(data)
	if !ok {
		return &json.UnmarshalTypeError{Value: "no id", Field: "an id"}
	}
	if text == "0" || text == "true" || text == "false" {
		text = ""
	}
	*i = ident(text)
	return nil
}

// word is text that may be missing.
type word string

// UnmarshalJSON implements [json.Unmarshaler]: what is no word says nothing.
func (w *word) UnmarshalJSON(data []byte) error {
	text, _ := plain(data)
	*w = word(text)
	return nil
}

// The bounds of what can be an instant: Intercom writes numbers beyond all time
// where it means none.
const (
	leastMillis  = 1e11 // larger numbers are no seconds
	earliestYear = 1970
	latestYear   = 2100
)

// stamp is an instant: seconds since 1970, as a number or in words, or a date.
type stamp struct{ time.Time }

// UnmarshalJSON implements [json.Unmarshaler].
func (s *stamp) UnmarshalJSON(data []byte) error {
	text, ok := plain(data)
	if !ok {
		return errTime
	}
	if text == "" {
		return nil
	}
	seconds, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return s.date(text)
	}
	if seconds >= leastMillis {
		seconds /= 1000
	}
	if math.IsNaN(seconds) || seconds < 0 {
		return errTime
	}
	if seconds > 0 {
		s.set(time.Unix(int64(seconds), 0))
	}
	return nil
}

func (s *stamp) date(text string) error {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return errTime
	}
	s.set(at)
	return nil
}

// set takes a time that can be one.
func (s *stamp) set(at time.Time) {
	if at = at.UTC(); at.Year() >= earliestYear && at.Year() < latestYear {
		s.Time = at
	}
}

// number is a number that may be missing.
type number desk.Opt[float64]

// UnmarshalJSON implements [json.Unmarshaler].
func (n *number) UnmarshalJSON(data []byte) error {
	text, ok := plain(data)
	if !ok {
		return errNumber
	}
	if text == "" {
		return nil
	}
	value, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(value) || math.IsInf(value, 0) {
		return errNumber
	}
	*n = number(desk.Some(value))
	return nil
}

// count returns a number of things; one below zero is missing.
func (n number) count() desk.Opt[int] {
	if !n.Set || n.Value < 0 || n.Value > math.MaxInt32 {
		return desk.Opt[int]{}
	}
	return desk.Some(int(n.Value))
}

// seconds returns a duration; one below zero, or of centuries, is missing.
func (n number) seconds() desk.Opt[time.Duration] {
	if !n.Set || n.Value < 0 || n.Value > math.MaxInt32 {
		return desk.Opt[time.Duration]{}
	}
	return desk.Some(time.Duration(n.Value * float64(time.Second)))
}

// flag is a yes or no that may be missing.
type flag desk.Opt[bool]

// UnmarshalJSON implements [json.Unmarshaler]: what is neither says nothing.
func (f *flag) UnmarshalJSON(data []byte) error {
	text, _ := plain(data)
	if value, err := strconv.ParseBool(text); err == nil {
		*f = flag(desk.Some(value))
	}
	return nil
}

// filled says whether there is a text. The text itself is not kept.
type filled bool

// UnmarshalJSON implements [json.Unmarshaler].
func (f *filled) UnmarshalJSON(data []byte) error {
	text, ok := plain(data)
	*f = filled(ok && text != "")
	return nil
}
