// Package sources is the contract between the exporter and what it reads.
package sources

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"time"

	"github.com/prometheus/common/model"

	"helpdesk_exporter/desk"
)

// Source reads one help desk. Fetch returns what changed since the cursor, up
// to until, and the cursor to go on from.
//
// It may repeat records, it must not skip any; an error means that nothing of
// the page counts. Fetch is never called twice at a time, and returns soon
// after ctx ends.
type Source interface {
	Fetch(ctx context.Context, since desk.Cursor, until time.Time) (desk.Page, error)
}

// Watcher is a source that notices news by itself, so that nobody has to wait
// for the next poll.
type Watcher interface {
	// Watch calls changed when there may be something to fetch: once when it
	// begins to see what happens, and then at each piece of news. It returns
	// when ctx ends. What it cannot see it leaves to the polls, and says so in
	// the log; it may run while a Fetch does.
	Watch(ctx context.Context, changed func())
}

// Config is the checked configuration of one source; its type names one
// adapter. Each adapter's own struct embeds [Common] in a named, inlined field.
type Config interface {
	// Shared returns the settings that every source has.
	Shared() *Common
	// Validate reports every mistake at once, each naming its key.
	Validate() error
	// Feeds lists the kinds of records that the source brings.
	Feeds() []desk.Kind
	// New makes the source. It does no I/O.
	New(Options) (Source, error)
}

// Common is what every source is told, whatever its type.
type Common struct {
	Name         string         `yaml:"name"`
	Desk         string         `yaml:"desk,omitempty"` // defaults to the name
	Type         string         `yaml:"type"`
	PollInterval model.Duration `yaml:"poll_interval,omitempty"` // defaults to the global one
	StaleAfter   model.Duration `yaml:"stale_after,omitempty"`   // defaults to five intervals, at least 15m
	ExpectEvery  model.Duration `yaml:"expect_every,omitempty"`  // stale when nothing new came for that long
	History      History        `yaml:"history,omitempty"`
	RefersTo     string         `yaml:"refers_to,omitempty"` // the source whose records the references mean

	SLA       SLA    `yaml:"sla,omitempty"`        // whose SLAs its tickets are held to
	Calendar  string `yaml:"calendar,omitempty"`   // in whose hours its business durations run; defaults to the only calendar there is
	TicketURL string `yaml:"ticket_url,omitempty"` // where people open a ticket; {id} stands for its id
	QueueURL  string `yaml:"queue_url,omitempty"`  // where people see what is waiting
}

// SLA says whose SLAs hold for tickets that the desk itself gives due times.
type SLA string

// Whose SLAs hold.
const (
	// SLASource leaves such tickets to the desk.
	SLASource SLA = "source"
	// SLAOwn holds them to the configured policies as well.
	SLAOwn SLA = "own"
)

// History says what becomes of the facts that a source's first sync finds.
type History string

// What to do with facts found by the first sync.
const (
	// HistoryWindows makes them the baseline of windows and stocks only.
	HistoryWindows History = "windows"
	// HistoryCounters puts them into the counters as well.
	HistoryCounters History = "counters"
)

// WithHistory is a Config that has its own default for what becomes of history.
type WithHistory interface {
	// DefaultHistory is used where the user does not say. durable: the journal
	// survives a restart.
	DefaultHistory(durable bool) History
}

// WithBusinessTimes is a Config of a desk that itself tells durations in
// business hours.
type WithBusinessTimes interface {
	// BusinessTimes returns which of them it tells. Of these no other figures
	// are made: two clocks never go into one family.
	BusinessTimes() desk.BusinessTimes
}

// Counter is a source that can count the open tickets of its desk.
type Counter interface {
	// CountOpen returns how many tickets are open at the desk now, by its own
	// count, so that it can be compared with what was read. The error is
	// [ErrUncounted] where the desk does not count for the exporter.
	CountOpen(ctx context.Context) (int, error)
}

// ErrUncounted says that a desk does not count its open tickets, for want of a
// right or of a plan; a [Capability] says so too.
var ErrUncounted = errors.New("the desk does not count its open tickets for these credentials")

// WithSurveys is a Config of a desk that has questionnaires of its own. They need
// not be configured.
type WithSurveys interface {
	Surveys() []Questionnaire
}

// Questionnaire is how a desk asks its customers whether they are content.
type Questionnaire struct {
	Name     string // as the survey of its answers says
	Min, Max float64
	Positive []float64 // the scores of content customers; empty: from 0.75 of the scale
}

// WithStart is a Config of a desk whose past is read from some time on.
type WithStart interface {
	// StartFrom says how far back to begin where the user does not: as far as
	// the longest window reaches.
	StartFrom(longest model.Duration)
}

// Remote is a Config of a desk that is read over a network.
type Remote interface {
	// Host returns the host that is asked, without a port.
	Host() string
}

// HoldsBack is a source whose desk shows the newest changes late or out of
// order. It is never asked for the last moments before now.
type HoldsBack interface {
	HoldBack() time.Duration
}

// Capable is a source whose desk may keep a part of what it could tell from the
// exporter: for want of a right, or of the plan that has it.
type Capable interface {
	// Capabilities returns what is known of each such part so far, always in
	// the same order. It may be called while a Fetch runs.
	Capabilities() []Capability
}

// Capability is a part of what a desk can tell.
type Capability struct {
	Name      string // a word: it is a label
	Available bool
	Why       string // it is not, and what would help
}

// Prober is a source that can try, once each, whatever it asks its desk for.
type Prober interface {
	// Probe returns the newest instant that the desk tells of. What it finds of
	// the capabilities is known afterwards.
	Probe(ctx context.Context, until time.Time) (newest time.Time, err error)
}

// Traffic is told of what goes between a source and its desk.
type Traffic interface {
	// Requested counts one request: by the status code of its answer or, where
	// none came, the word error.
	Requested(code string)
	// Remaining notes how many requests the desk still allows its account in
	// the present period, as it last said.
	Remaining(requests float64)
}

// Options is what the exporter lends to a source.
type Options struct {
	Logger  *slog.Logger
	BaseDir string        // relative paths in the configuration start here
	MaxSkew time.Duration // how far ahead of the clock a time may lie
	Durable bool          // the journal survives a restart
	Traffic Traffic       // nil: nobody wants to know
	// Dial opens the connections of sources that are read over a network; nil is
	// the system's own way.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
}

// Reason is a short word for why a fetch came to nothing. The list is closed:
// it is a label.
type Reason string

// The reasons for which a fetch fails.
const (
	ReasonUnreadable  Reason = "unreadable" // a file or a directory
	ReasonCanceled    Reason = "canceled"
	ReasonUnreachable Reason = "unreachable"
	ReasonRefused     Reason = "refused" // credentials or rights
	ReasonRateLimited Reason = "rate_limited"
	ReasonBadAnswer   Reason = "bad_answer"
	ReasonInternal    Reason = "internal"
)

// Reasons lists every reason, for counters that start at 0.
func Reasons() []Reason {
	return []Reason{
		ReasonBadAnswer, ReasonCanceled, ReasonInternal, ReasonRateLimited,
		ReasonRefused, ReasonUnreachable, ReasonUnreadable,
	}
}

// Error is a failed fetch with its reason.
type Error struct {
	Reason Reason
	Err    error
	After  time.Duration // the desk wants to be left alone for so long
}

// Error implements error.
func (e *Error) Error() string { return e.Err.Error() }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// ReasonOf returns why a fetch failed. A time-out is no cancellation: nobody
// wanted it.
func ReasonOf(err error) Reason {
	var e *Error
	switch {
	case errors.Is(err, context.Canceled):
		return ReasonCanceled
	case errors.As(err, &e):
		return e.Reason
	case errors.Is(err, context.DeadlineExceeded):
		return ReasonUnreachable
	default:
		return ReasonInternal
	}
}
