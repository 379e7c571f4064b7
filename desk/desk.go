// Package desk holds the neutral records that every help desk is translated
// into: what a source reports, before any figure is made of it.
//
// Times are UTC instants; the zero time means that the desk did not say. A
// missing number is an [Opt] that is not set, never a zero.
package desk

import (
	"cmp"
	"fmt"
	"strings"
	"time"
)

// Kind names a kind of record. Its numbers are part of the stored keys: never
// reuse one.
type Kind uint8

// The kinds of records that sources report.
const (
	KindTicket      Kind = 1
	KindCall        Kind = 2
	KindSurvey      Kind = 3
	KindMessage     Kind = 4
	KindReview      Kind = 5
	KindCustomer    Kind = 6
	KindPurchase    Kind = 7
	KindFeedback    Kind = 8
	KindArticle     Kind = 9
	KindArticleView Kind = 10
	KindSession     Kind = 11
	KindOutreach    Kind = 12
	KindReferral    Kind = 13
	KindEnrolment   Kind = 14
	KindStaffing    Kind = 15
	KindCost        Kind = 16
)

var kindNames = [...]string{
	KindTicket: "ticket", KindCall: "call", KindSurvey: "survey", KindMessage: "message",
	KindReview: "review", KindCustomer: "customer", KindPurchase: "purchase", KindFeedback: "feedback",
	KindArticle: "article", KindArticleView: "article_view", KindSession: "session", KindOutreach: "outreach",
	KindReferral: "referral", KindEnrolment: "enrolment", KindStaffing: "staffing", KindCost: "cost",
}

// Kinds lists every kind, in the order of their numbers.
func Kinds() []Kind {
	var kinds []Kind
	for k := KindTicket; k <= KindCost; k++ {
		kinds = append(kinds, k)
	}
	return kinds
}

// String returns the name that the configuration and the labels use.
func (k Kind) String() string {
	switch {
	case k == KindContact:
		return "contact"
	case k == KindEngagement:
		return "engagement"
	case k == KindRisk:
		return "risk"
	case k >= KindTicket && int(k) < len(kindNames):
		return kindNames[k]
	default:
		return fmt.Sprintf("kind(%d)", uint8(k))
	}
}

// Record is one state of one record, as a source reports it: always the whole
// state, so that what is missing in it is missing at the desk.
type Record struct {
	ID      string
	Origin  Origin
	Deleted bool // a tombstone: the desk has it no more, Body is what is known of it
	Body    Body
}

// Body is the content of a record: a *Ticket, a *Call, a *Survey ..., one type
// for each [Kind].
type Body interface {
	Kind() Kind
	// Changed returns the instant the desk gives for this very state, zero
	// where it gives none.
	Changed() time.Time
	// Newest returns the newest instant at which something happened, as the
	// body tells it. Due times do not happen and do not count.
	Newest() time.Time
	// Dims returns the dimensions that this state names, in a fixed order;
	// what it does not name is not among them.
	Dims() []Dim
	shows() Shows
}

// Dim is the value of one dimension: channel, team, attr.NAME ...
type Dim struct{ Name, Value string }

func appendDims(to []Dim, dims ...Dim) []Dim {
	for _, d := range dims {
		if d.Value != "" {
			to = append(to, d)
		}
	}
	return to
}

// Origin tells where in a drop a state stood. It orders states that their own
// times do not order; sources that read an API leave it zero.
type Origin struct {
	Dropped time.Time // when the drop was written
	Name    string    // of the drop
	Row     int64     // within the drop
}

// Compare orders origins by the drop's time, its name and the row.
func (o Origin) Compare(p Origin) int {
	if c := o.Dropped.Compare(p.Dropped); c != 0 {
		return c
	}
	if c := strings.Compare(o.Name, p.Name); c != 0 {
		return c
	}
	return cmp.Compare(o.Row, p.Row)
}

// Cursor is a source's own note of how far it has read. Only the source that
// wrote it reads it; nil is the beginning.
type Cursor []byte

// Page is what one Fetch brought.
type Page struct {
	Records []Record  // latest known states
	Rejects []Reject  // what could not be translated; the page goes on
	Cursor  Cursor    // where the next Fetch goes on from
	More    bool      // there is more to fetch at once
	AsOf    time.Time // the source is complete up to here; zero: no news
	Reached time.Time // of a long reading: how far it has come through the desk's past; zero: no news

	// Snapshot, where it is not zero, is the drop that ends with this page and
	// lists every open ticket of the source: those whose newest state was told
	// before it are gone.
	Snapshot Origin
}

// Reject is a record that could not be translated, or a whole file of them.
type Reject struct {
	Where  string // file and line, the file, or the record's id
	Reason Reason
	Detail string // what is wrong and how to mend it; never a cell's value
	Raw    string // the record as it was read, kept for a person
}

// Reason says why a record was rejected. The list is closed: it is a label.
type Reason string

// The reasons for rejecting a record.
const (
	ReasonBadFile      Reason = "bad_file"      // a whole file that cannot be read or put away
	ReasonMissingField Reason = "missing_field" // a required field is absent
	ReasonBadTime      Reason = "bad_time"      // a time that no given format reads, or beyond all bounds
	ReasonBadNumber    Reason = "bad_number"
	ReasonUnknownValue Reason = "unknown_value" // a word that is not mapped
	ReasonFuture       Reason = "future"        // further ahead of the clock than max_skew
	ReasonMalformed    Reason = "malformed"     // the row or record itself is broken
	ReasonTooLarge     Reason = "too_large"
)

// Reasons lists every reason, for counters that start at 0.
func Reasons() []Reason {
	return []Reason{
		ReasonBadFile, ReasonBadNumber, ReasonBadTime, ReasonFuture,
		ReasonMalformed, ReasonMissingField, ReasonTooLarge, ReasonUnknownValue,
	}
}

// Opt is a value that may be missing.
type Opt[T any] struct {
	Value T
	Set   bool
}

// Some returns v as a value that is there.
func Some[T any](v T) Opt[T] { return Opt[T]{Value: v, Set: true} }

// newest returns the latest of times.
func newest(times ...time.Time) time.Time {
	var max time.Time
	for _, t := range times {
		if t.After(max) {
			max = t
		}
	}
	return max
}
