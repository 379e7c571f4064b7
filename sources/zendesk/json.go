package zendesk

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"math"
	"strconv"
	"strings"
	"time"

	"helpdesk_exporter/desk"
)

// flaw is what is wrong with a record that cannot be understood. It quotes
// nothing of the record.
type flaw struct {
	reason desk.Reason
	detail string
}

// Error implements error.
func (f *flaw) Error() string { return f.detail }

var (
	errTime   = &flaw{desk.ReasonBadTime, "a time in it is none that Zendesk documents"}
	errNumber = &flaw{desk.ReasonBadNumber, "a number in it is none"}
	errIdent  = &flaw{desk.ReasonMalformed, "an id in it is neither a number nor text"}
)

// without says that a record lacks a field it is worth nothing without.
func without(field string) error {
	return &flaw{desk.ReasonMissingField, "it has no " + field}
}

// take decodes the records of a page one by one and hands them on. What cannot
// be understood is rejected, and the page goes on; what comes again and again is
// rejected once, where news tells by its mark whether it is new.
func take[T any](page *desk.Page, what string, list []json.RawMessage, news func(mark string) bool, with func(T) error) {
	for i, raw := range list {
		var record T
		err := json.Unmarshal(raw, &record)
		if err == nil {
			err = with(record)
		}
		if err != nil && (news == nil || news(markOf(raw))) {
			page.Rejects = append(page.Rejects, rejected(what, i, raw, err))
		}
	}
}

// markOf returns a short text that tells a record from others.
func markOf(raw json.RawMessage) string {
	h := fnv.New64a()
	_, _ = h.Write(raw)
	return "!" + strconv.FormatUint(h.Sum64(), 36)
}

// rejected returns what is kept of a record that cannot be understood, the i-th
// of its page.
func rejected(what string, i int, raw json.RawMessage, err error) desk.Reject {
	r := desk.Reject{
		Where: fmt.Sprintf("%s number %d of a page", what, i+1), Reason: desk.ReasonMalformed,
		Detail: "it is not what Zendesk documents", Raw: string(raw),
	}
	var named struct {
		ID ident `json:"id"`
	}
	if json.Unmarshal(raw, &named) == nil && named.ID != "" {
		r.Where = what + " " + string(named.ID)
	}
	var known *flaw
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &known):
		r.Reason, r.Detail = known.reason, known.detail
	case errors.As(err, &kind) && kind.Field != "":
		r.Detail = fmt.Sprintf("its %s is a %s, which Zendesk does not document", kind.Field, kind.Value)
	}
	return r
}

// plain returns a JSON scalar without its quotes, empty for null; false for
// objects and lists.
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

// ident is an id, given as a number or as text. The numbers that stand for
// nobody, 0 and below, are empty.
type ident string

// UnmarshalJSON implements [json.Unmarshaler].
func (i *ident) UnmarshalJSON(data []byte) error {
	text, ok := plain(data)
	if !ok {
		return errIdent
	}
	if n, err := strconv.ParseFloat(text, 64); err == nil {
		if n <= 0 {
			text = ""
		} else if strings.ContainsAny(text, ".eE") && n == math.Trunc(n) && n < 1e15 {
			text = strconv.FormatInt(int64(n), 10)
		}
	}
	if text == "true" || text == "false" {
		text = ""
	}
	*i = ident(text)
	return nil
}

// word is text that may be missing, in small letters. What is no text says
// nothing.
type word string

// UnmarshalJSON implements [json.Unmarshaler].
func (w *word) UnmarshalJSON(data []byte) error {
	text, _ := plain(data)
	*w = word(strings.ToLower(text))
	return nil
}

// phrase is text that may be missing, as people wrote it.
type phrase string

// UnmarshalJSON implements [json.Unmarshaler].
func (p *phrase) UnmarshalJSON(data []byte) error {
	text, _ := plain(data)
	*p = phrase(text)
	return nil
}

// The bounds of what can be an instant.
const (
	leastMillis = 1e11 // larger numbers are no seconds
	latestYear  = 2200
)

// stamp is an instant: a date as RFC 3339 has it, or seconds since 1970.
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
	at, err := parseTime(text)
	if err != nil || at.Year() > latestYear {
		return errTime
	}
	if at.Unix() > 0 {
		s.Time = at
	}
	return nil
}

func parseTime(text string) (time.Time, error) {
	seconds, err := strconv.ParseFloat(text, 64)
	switch {
	case err != nil:
		for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05.999999999Z0700", "2006-01-02 15:04:05 Z0700"} {
			at, err := time.Parse(layout, text)
			if err == nil {
				return at.UTC(), nil
			}
		}
		return time.Time{}, errTime
	case seconds >= leastMillis:
		seconds /= 1000
	}
	if !(seconds >= 0 && seconds < leastMillis) {
		return time.Time{}, errTime
	}
	whole, part := math.Modf(seconds)
	return time.Unix(int64(whole), int64(part*1e3)*1e6).UTC(), nil
}

// number is a number that may be missing, given as such or as text.
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

// most bounds the numbers of things; more of anything is an error of the desk.
const most = 1e6

// count returns how many of something there are; what cannot be is missing.
func (n number) count() desk.Opt[int] {
	if !n.Set || n.Value < 0 || n.Value > most {
		return desk.Opt[int]{}
	}
	return desk.Some(int(n.Value))
}

// longest bounds durations; longer ones, and those below zero, are errors of
// the desk.
const longest = 20 * 366 * 24 * time.Hour

// times returns a duration of so many units; what cannot be is missing.
func (n number) times(unit time.Duration) desk.Opt[time.Duration] {
	if !n.Set || n.Value < 0 || n.Value > float64(longest/unit) {
		return desk.Opt[time.Duration]{}
	}
	return desk.Some(time.Duration(n.Value * float64(unit)))
}

// flag is a yes or no. What is neither is a no.
type flag bool

// UnmarshalJSON implements [json.Unmarshaler].
func (f *flag) UnmarshalJSON(data []byte) error {
	text, _ := plain(data)
	value, _ := strconv.ParseBool(text)
	*f = flag(value)
	return nil
}

// records is a list in an answer: one that is missing or null makes the answer
// none.
type records struct {
	list  []json.RawMessage
	given bool
}

// UnmarshalJSON implements [json.Unmarshaler].
func (r *records) UnmarshalJSON(data []byte) error {
	r.given = string(bytes.TrimSpace(data)) != "null"
	return json.Unmarshal(data, &r.list)
}
