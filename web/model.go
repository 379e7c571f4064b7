package web

import (
	"html/template"
	"time"
)

// Page is the status page: what a person wants to know of the exporter at a
// glance. Every text in it is plain.
type Page struct {
	Now      time.Time
	Version  string
	Started  time.Time
	Loaded   time.Time // when the configuration in use was
	Metrics  string    // path of the metrics
	DueList  bool
	Reload   bool    // a button may ask for a reload
	Stored   bool    // on disk, not in memory only
	Size     float64 // of what is stored, in bytes
	Window   string  // of the figures, as Span writes it
	Notices  []Notice
	Sources  []Source
	Desks    []Desk
	Pictures string // what the small pictures show; empty: there are none
}

// State is what a colour says; a word says it too.
type State string

// The states. What has none is neither good nor bad.
const (
	Good    State = "good"
	Warning State = "warning"
	Bad     State = "bad"
)

// Notice is something that a person should do something about.
type Notice struct {
	ID     string // of its place on the page
	State  State
	Word   string // for the state: what it comes to
	Title  string // what it is about; empty: a source
	Source string
	Desk   string   // of the source, where that has another name
	Says   []string // a sentence or two each: what it means, what stays true
	Do     string
	Manual []Link // where the manual goes on
}

// Link is a link to another page of the exporter.
type Link struct{ Text, Href string }

// Source is how the reading of one source goes.
type Source struct {
	ID               string // of its place on the page
	Desk, Name, Type string
	State            State
	Word             string // for the state
	Detail           string
	Polled           time.Time // when the last poll ended; zero: none has
	Until            time.Time // up to when it is complete; zero: not known
	Budget           *float64  // requests that are left; nil: the desk does not say now
	Rejects          []Tally   // since the exporter started
	Sync             *Sync     // a reading of many pages that is under way
}

// Rejected returns how many records were rejected.
func (s Source) Rejected() float64 {
	var n float64
	for _, r := range s.Rejects {
		n += r.N
	}
	return n
}

// Tally is how many there are of something.
type Tally struct {
	Of string
	N  float64
}

// Sync is how far a reading of many pages has come.
type Sync struct {
	Pages   int
	Reached time.Time // zero: it does not say
	From    time.Time // where it began; zero: not known
}

// Done is how much of the way to now is behind it; nil where that is not known.
func (s Sync) Done(now time.Time) *float64 {
	whole := now.Sub(s.From)
	if s.From.IsZero() || s.Reached.IsZero() || whole <= 0 {
		return nil
	}
	done := min(max(float64(s.Reached.Sub(s.From))/float64(whole), 0), 1)
	return &done
}

// Desk is the figures of one desk.
type Desk struct {
	Name     string
	ID       string // of its place on the page
	Open     bool   // its figures show at once
	Summary  Summary
	Hidden   []string // why some of its figures do not show
	Sections []Section
}

// Summary is a desk in one line of an overview.
type Summary struct {
	Open, Opened, Solved, Overdue Value
}

// Value is a figure as people read it; not known: it reads as absent.
type Value struct {
	Text  string
	Known bool
}

// Flow is tickets coming and going.
type Flow struct {
	Opened, Solved Value
	Picture        template.HTML // empty: there is none
	From, To       time.Time     // of the picture
}

// Section is figures that belong together.
type Section struct {
	Title    string
	Flow     *Flow // nil: nothing comes and goes here
	Figures  []Figure
	Promises *Promises // nil: nothing is promised here
}

// Figure is one KPI.
type Figure struct {
	Title   string
	Href    string // its meaning in the manual
	Of      string // what it is told for, such as a survey; empty: all
	Value   Value
	Unit    string
	Beside  []string // other figures of the same sample, bounds among them
	Sample  string
	State   State
	Word    string
	Picture template.HTML // empty: there is none
}

// Promises is what became of the promises of a desk, and what is due next.
type Promises struct {
	Overdue, In15m, In1h, In4h float64
	Next                       time.Time // zero: nothing is due
	Parts                      bool      // when the next is due is told of parts of the desk only
	Rows                       []Promise
}

// Promise is one target of one policy.
type Promise struct {
	Policy, Target             string
	Attained, Objective        Value
	Sample                     string
	Budget                     Value // of what the objective allows
	State                      State // empty: it is not judged, Word says why
	Word                       string
	Overdue, In15m, In1h, In4h float64
	Next                       time.Time
}
