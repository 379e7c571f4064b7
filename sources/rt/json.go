package rt

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
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
)

// rejected returns what is kept of a record that cannot be understood.
func rejected(where string, raw json.RawMessage, err error) desk.Reject {
	r := desk.Reject{Where: where, Reason: desk.ReasonMalformed, Detail: "is not what Request Tracker documents", Raw: string(raw)}
	switch {
	case errors.Is(err, errTime):
		r.Reason, r.Detail = desk.ReasonBadTime, err.Error()
	case errors.Is(err, errNumber):
		r.Reason, r.Detail = desk.ReasonBadNumber, err.Error()
	case errors.Is(err, errMissing):
		r.Reason, r.Detail = desk.ReasonMissingField, err.Error()
	}
	return r
}

// text is a value that comes as text or, depending on the endpoint, as a number.
// A field that the desk does not know or does not open is empty text.
type text string

// UnmarshalJSON implements [json.Unmarshaler].
func (t *text) UnmarshalJSON(data []byte) error {
	switch data = bytes.TrimSpace(data); {
	case string(data) == "null":
		*t = ""
		return nil
	case len(data) > 0 && data[0] == '"':
		var s string
		if err := json.Unmarshal(data, &s); err != nil {
			return err
		}
		*t = text(strings.TrimSpace(s))
		return nil
	case len(data) > 0 && (data[0] == '{' || data[0] == '['):
		return errors.New("neither text nor a number")
	default:
		*t = text(data)
		return nil
	}
}

// number reads a whole number; false where there is none.
func (t text) number() (int64, bool) {
	if n, err := strconv.ParseInt(string(t), 10, 64); err == nil {
		return n, true
	}
	f, err := strconv.ParseFloat(string(t), 64)
	return int64(f), err == nil && f == float64(int64(f))
}

// instant is a point in time. The desk writes the beginning of 1970 where it has
// none.
type instant struct{ time.Time }

// UnmarshalJSON implements [json.Unmarshaler].
func (i *instant) UnmarshalJSON(data []byte) error {
	var t text
	if err := t.UnmarshalJSON(data); err != nil {
		return errTime
	}
	if t == "" {
		return nil
	}
	for _, layout := range []string{time.RFC3339, time.DateTime} { // without a zone it is UTC
		at, err := time.Parse(layout, string(t))
		if err == nil {
			if at.Unix() > 0 {
				i.Time = at.UTC()
			}
			return nil
		}
	}
	return errTime
}

// ref is a reference to another record: an object with its id, in some answers
// the id alone, or empty text where it is not to be seen. Of several, it is the
// first.
type ref struct {
	ID   text
	Name text
}

// UnmarshalJSON implements [json.Unmarshaler].
func (r *ref) UnmarshalJSON(data []byte) error {
	data = bytes.TrimSpace(data)
	switch {
	case len(data) > 0 && data[0] == '[':
		var all []ref
		if err := json.Unmarshal(data, &all); err != nil || len(all) == 0 {
			return err
		}
		*r = all[0]
		return nil
	case len(data) > 0 && data[0] == '{':
		var o struct {
			ID   text `json:"id"`
			Name text `json:"Name"`
		}
		if err := json.Unmarshal(data, &o); err != nil {
			return err
		}
		r.ID, r.Name = o.ID, o.Name
		return nil
	default:
		return r.ID.UnmarshalJSON(data)
	}
}

// login returns the name under which a user is known.
func (r ref) login() string {
	if r.Name != "" {
		return string(r.Name)
	}
	return string(r.ID)
}

// opaque returns an id of a user that says nothing of the person. Users whom
// their mail made have the address for a login.
func (r ref) opaque() string {
	if !strings.Contains(string(r.ID), "@") {
		return string(r.ID)
	}
	sum := sha256.Sum256([]byte(strings.ToLower(string(r.ID))))
	return hex.EncodeToString(sum[:8])
}

// field is a custom field of a ticket with its values.
type field struct {
	ID     text `json:"id"`
	Name   text `json:"name"`
	Values list `json:"values"`
}

// list is the values of a custom field. What is no text is left out.
type list []string

// UnmarshalJSON implements [json.Unmarshaler].
func (l *list) UnmarshalJSON(data []byte) error {
	var values []json.RawMessage
	if json.Unmarshal(data, &values) != nil {
		values = []json.RawMessage{data}
	}
	for _, v := range values {
		var t text
		if t.UnmarshalJSON(v) == nil && t != "" {
			*l = append(*l, string(t))
		}
	}
	return nil
}

// fields is the custom fields of a ticket; empty text where they are not to be
// seen.
type fields []field

// UnmarshalJSON implements [json.Unmarshaler].
func (f *fields) UnmarshalJSON(data []byte) error {
	var all []field
	if json.Unmarshal(data, &all) == nil {
		*f = all
	}
	return nil
}

// value returns the first value of a field, by its name in any case.
func (f fields) value(name string) string {
	for _, of := range f {
		if strings.EqualFold(string(of.Name), name) && len(of.Values) > 0 {
			return of.Values[0]
		}
	}
	return ""
}

// idOf returns the id of a record that could not be read otherwise, empty where
// it has none.
func idOf(raw json.RawMessage) string {
	var o struct {
		ID text `json:"id"`
	}
	_ = json.Unmarshal(raw, &o)
	return string(o.ID)
}

// answer is a page of a collection. What it says of its size is there for some
// collections and for some users only.
type answer struct {
	Items *[]json.RawMessage `json:"items"`
	Total json.RawMessage    `json:"total"`
}

// total returns how many records there are on all pages; false where the desk
// does not say.
func (a *answer) total() (int, bool) {
	var t text
	if t.UnmarshalJSON(a.Total) != nil {
		return 0, false
	}
	n, ok := t.number()
	return int(n), ok
}

var errNoItems = errors.New("the answer has no items: is url that of Request Tracker 5?")

// where names a record for those who look for it.
func where(kind, id string) string {
	if id == "" {
		return "a " + kind + " without an id"
	}
	return fmt.Sprintf("%s %s", kind, id)
}
