// Package book keeps the live figures of all desks. What a page brings goes
// through the journal's transaction first: the difference between the records
// as they were and as they are yields facts for the counters, and moves the
// windows and stocks in memory once it is safe.
package book

import (
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
}

// Options is what a book is made from.
type Options struct {
	Journal   *journal.Journal
	Catalogue *kpi.Catalogue
	Sources   []SourceConfig
	Retention time.Duration
	Logger    *slog.Logger
	Now       time.Time // when the exporter started
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
	folded  map[string]uint64 // by label: values that went to other
}

// source is the state of one configured source.
type source struct {
	SourceConfig
	state   journal.Source
	tickets uint32 // number of the source that its references mean, 0: none
	expired map[desk.Kind]int
	book    *deskBook
}

func (s *source) feeds(kind desk.Kind) bool { return slices.Contains(s.Feeds, kind) }

// deskBook is the figures of one desk.
type deskBook struct {
	name     string
	measures []*measure // in the order of the catalogue
	byID     [256]*measure
	kinds    map[desk.Kind]*kindBook
	values   map[string]map[string]bool // admitted, by label
	sources  []*source
	joined   bool // surveys may refer to its tickets
}

// Open reads the journal and builds the figures of the given sources. Sources
// that the journal does not know begin their first sync.
func Open(o Options) (*Book, error) {
	b := &Book{
		Options: o, desks: map[string]*deskBook{}, sources: map[string]*source{}, folded: map[string]uint64{},
	}
	b.writer.Lock()
	defer b.writer.Unlock()
	if err := b.load(); err != nil {
		return nil, fmt.Errorf("read journal: %w", err)
	}
	f, err := b.build(o.Now, nil)
	if err != nil {
		return nil, fmt.Errorf("build figures from the journal: %w", err)
	}
	f.install()
	return b, nil
}

// desk returns the figures of a desk, empty ones for a new name.
func (b *Book) desk(name string) *deskBook {
	if d := b.desks[name]; d != nil {
		return d
	}
	d := &deskBook{name: name, kinds: map[desk.Kind]*kindBook{}, values: map[string]map[string]bool{}}
	for i := range b.Catalogue.Measures {
		def := &b.Catalogue.Measures[i]
		m := newMeasure(def, b.Catalogue.Levels(def.Dims))
		d.measures = append(d.measures, m)
		d.byID[def.ID] = m
	}
	for _, kind := range desk.Kinds() {
		d.kinds[kind] = newKindBook(journal.Epoch{Desk: name, Kind: kind}, b.Catalogue.Windows)
	}
	b.desks[name] = d
	return d
}

func (d *deskBook) kind(k desk.Kind) *kindBook { return d.kinds[k] }

// sortedDesks returns the desks by name.
func (b *Book) sortedDesks() []*deskBook {
	var desks []*deskBook
	for _, d := range b.desks {
		desks = append(desks, d)
	}
	slices.SortFunc(desks, func(x, y *deskBook) int { return strings.Compare(x.name, y.name) })
	return desks
}
