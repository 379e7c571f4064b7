// Package book keeps the live figures of all desks. What a page brings goes
// through the journal's transaction first: the difference between the records
// as they were and as they are yields facts for the counters, and moves the
// windows and stocks in memory once it is safe.
package book

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/journal"
	"helpdesk_exporter/kpi"
	"helpdesk_exporter/sources"
)

// SourceConfig is what the book must know of a source.
type SourceConfig struct {
	Name        string
	Desk        string
	Type        string // of its adapter
	Feeds       []desk.Kind
	History     sources.History
	RefersTo    string        // the source that references mean, where several could be
	StaleAfter  time.Duration // without a successful poll
	ExpectEvery time.Duration // without news; 0: silence is no fault
	Calendar    string        // in whose hours the business durations of its tickets run; empty: none do
	Told        desk.BusinessTimes
	OwnSLA      bool   // configured policies hold beside the due times of the desk
	TicketURL   string // where people open a ticket; {id} stands for its id
	QueueURL    string // where people see what is waiting
	Host        string // that is asked; empty: it is no server
}

// Options is what a book is made from.
type Options struct {
	Journal   *journal.Journal
	Catalogue *kpi.Catalogue
	Sources   []SourceConfig
	Retention time.Duration
	Logger    *slog.Logger
	Now       time.Time // when the exporter started
	Exemplars bool      // histograms of tickets name the latest in each bucket
	// Lag is told how late each fact was discovered. It may be nil.
	Lag func(deskName, source string, lag time.Duration)
}

// Book is the live figures.
type Book struct {
	Options

	// writer is held while the journal changes. It guards what only writers
	// use: the registry of label sets, the admitted values.
	writer sync.Mutex
	// mu guards all that a scrape reads. It is never held while the disk works.
	mu      sync.Mutex
	desks   map[string]*deskBook
	sources map[string]*source
	numbers map[uint32]*source // by the number in their records' keys
	folded  map[string]uint64  // by label: values that went to other
}

// source is the state of one configured source.
type source struct {
	SourceConfig
	state   journal.Source
	kinds   []desk.Kind // whose figures rest on it
	tickets uint32      // number of the source that its references mean, 0: none
	expired map[desk.Kind]int
	book    *deskBook
	clocks  *kpi.Clocks
	dues    *dues
	// unjudged are the tickets with promises that were broken, for all that has
	// been read, and that are not counted yet, with the earliest due time.
	unjudged map[string]time.Time
	open     int // tickets
}

// feeds reports whether the figures of a kind rest on the source.
func (s *source) feeds(kind desk.Kind) bool { return slices.Contains(s.kinds, kind) }

// brings reports whether the source has records of a kind.
func (s *source) brings(kind desk.Kind) bool { return slices.Contains(s.Feeds, kind) }

// fed returns the kinds whose figures rest on sources that bring records of the
// given kinds: messages tell of tickets, and some figures rest on several kinds.
func fed(brought []desk.Kind) []desk.Kind {
	var kinds []desk.Kind
	add := func(kind desk.Kind) {
		if !slices.Contains(kinds, kind) {
			kinds = append(kinds, kind)
		}
	}
	for _, kind := range brought {
		if kind == desk.KindMessage {
			kind = desk.KindTicket
		}
		add(kind)
		for _, pool := range desk.Pools() {
			if slices.Contains(pool.Pool(), kind) {
				add(pool)
			}
		}
	}
	return kinds
}

// deskBook is the figures of one desk.
type deskBook struct {
	name     string
	measures []*measure // in the order of the catalogue
	byID     [256]*measure
	kinds    map[desk.Kind]*kindBook
	values   map[string]map[string]bool // admitted, by label
	sources  []*source
}

// Open reads the journal and builds the figures of the given sources. Sources
// that the journal does not know begin their first sync.
//
// Another book may have the journal while this one opens, if nobody commits to
// it meanwhile. After an error it may go on as if nothing had been; else it has
// lost the journal to the new book.
func Open(options Options) (*Book, error) {
	b := &Book{
		Options: options, desks: map[string]*deskBook{}, sources: map[string]*source{},
		numbers: map[uint32]*source{}, folded: map[string]uint64{},
	}
	b.writer.Lock()
	defer b.writer.Unlock()
	o := &opening{Book: b}
	if err := o.open(); err != nil {
		return nil, errors.Join(err, o.takeBack())
	}
	return b, nil
}

func (o *opening) open() error {
	if err := o.load(); err != nil {
		return fmt.Errorf("read journal: %w", err)
	}
	f, err := o.build(o.Now, nil)
	if err != nil {
		return fmt.Errorf("build figures from the journal: %w", err)
	}
	o.later(f.keep)
	if err := o.Journal.Update(o.write); err != nil {
		return fmt.Errorf("keep what the figures are made of: %w", err)
	}
	f.install()
	return nil
}

// desk returns the figures of a desk, empty ones for a new name.
func (b *Book) desk(name string) *deskBook {
	if d := b.desks[name]; d != nil {
		return d
	}
	d := &deskBook{name: name, kinds: map[desk.Kind]*kindBook{}, values: map[string]map[string]bool{}}
	for i := range b.Catalogue.Measures {
		def := &b.Catalogue.Measures[i]
		m := newMeasure(def, b.Catalogue.Levels(def))
		d.measures = append(d.measures, m)
		d.byID[def.ID] = m
	}
	for _, kind := range append(desk.Kinds(), desk.Pools()...) {
		d.kinds[kind] = newKindBook(journal.Epoch{Desk: name, Kind: kind}, b.Catalogue.Windows)
	}
	b.desks[name] = d
	return d
}

func (d *deskBook) kind(k desk.Kind) *kindBook { return d.kinds[k] }

// DesksOf returns the desks with a source that figures of one of the kinds rest
// on, by name.
func (b *Book) DesksOf(kinds ...desk.Kind) []string {
	var names []string
	for _, config := range b.Sources {
		rests := func(kind desk.Kind) bool { return slices.Contains(kinds, kind) }
		if slices.ContainsFunc(fed(config.Feeds), rests) && !slices.Contains(names, config.Desk) {
			names = append(names, config.Desk)
		}
	}
	slices.Sort(names)
	return names
}

// sortedDesks returns the desks by name.
func (b *Book) sortedDesks() []*deskBook {
	var desks []*deskBook
	for _, d := range b.desks {
		desks = append(desks, d)
	}
	slices.SortFunc(desks, func(x, y *deskBook) int { return strings.Compare(x.name, y.name) })
	return desks
}
