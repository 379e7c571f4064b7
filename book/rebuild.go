package book

import (
	"maps"
	"runtime"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/journal"
	"helpdesk_exporter/kpi"
)

// batchSize is how many records go from hand to hand at a time while the
// figures are built.
const batchSize = 512

// figures is all that the held records make, built beside what scrapes see: in
// the fresh parts of measures and leaves, which only the builder uses.
type figures struct {
	admissions
	now   time.Time
	kinds map[*deskBook]map[desk.Kind]*kindBook
	dues  map[*source]*dues
	open  map[*source]int // tickets

	unjudged map[*source]map[string]time.Time
	complete *source // with the change that is about to take effect, nil for none
}

// build builds windows and stocks anew from the journal. Where a change is
// already safe there but not yet in effect, the windows end as they will with
// it. What it admits is still to be kept. The caller holds the writer's lock; scrapes go on meanwhile.
func (b *Book) build(now time.Time, c *change) (*figures, error) {
	f := &figures{
		admissions: admissions{book: b}, now: now,
		kinds: map[*deskBook]map[desk.Kind]*kindBook{}, dues: map[*source]*dues{}, open: map[*source]int{},
		unjudged: map[*source]map[string]time.Time{},
	}
	for _, s := range b.sources {
		f.dues[s], f.unjudged[s] = newDues(), map[string]time.Time{}
	}
	for _, d := range b.desks {
		f.kinds[d] = map[desk.Kind]*kindBook{}
		for kind, k := range d.kinds {
			fresh := newKindBook(k.epoch, b.Catalogue.Windows)
			fresh.advance(d.endOf(kind, now, c))
			f.kinds[d][kind] = fresh
		}
		for _, m := range d.measures {
			m.fresh = f.kinds[d][m.Kind]
			for _, l := range m.leaves {
				l.fresh = nil
			}
		}
	}
	if c != nil && known(&c.state) {
		f.complete = c.source
	}
	if err := f.readAll(); err != nil {
		f.forget()
		return nil, err
	}
	return f, nil
}

// rebuild builds the figures anew and keeps the label sets that it admits.
func (b *Book) rebuild(now time.Time, c *change) (*figures, error) {
	f, err := b.build(now, c)
	if err != nil || f.nothing() {
		return f, err
	}
	if err := b.Journal.Update(f.keep); err != nil {
		f.forget()
		return nil, err
	}
	return f, nil
}

// install puts the figures in the place of the old ones. The caller holds the
// book's mutex.
func (f *figures) install() {
	f.show()
	for s, dues := range f.dues {
		s.dues, s.open, s.unjudged = dues, f.open[s], f.unjudged[s]
	}
	for d, kinds := range f.kinds {
		for kind, k := range kinds {
			k.epoch = d.kinds[kind].epoch
			d.kinds[kind] = k
		}
		for _, m := range d.measures {
			for _, l := range m.leaves {
				l.holdings, l.fresh = f.holdings(l), nil
			}
		}
	}
}

func (f *figures) holdings(l *leaf) *holdings {
	if l.fresh == nil {
		l.fresh = newHoldings(l.measure, len(f.book.Catalogue.Windows))
	}
	return l.fresh
}

// readAll adds what every held record contributes: one goroutine reads, some
// decode, one adds up.
func (f *figures) readAll() error {
	b := f.book
	read, done := make(chan *batch, 4), make(chan *batch, 4)
	free := sync.Pool{New: func() any { return &batch{contributions: b.Catalogue.NewContributions(kpi.FeedAny)} }}
	var reader errgroup.Group
	reader.Go(func() error {
		defer close(done)
		// What is read belongs to its transaction, which therefore lasts until
		// the last record is decoded.
		return b.Journal.View(func(tx *journal.Tx) error {
			var decoders errgroup.Group
			for range runtime.GOMAXPROCS(0) {
				decoders.Go(func() error { return f.decode(read, done) })
			}
			b.scan(tx, &free, read)
			close(read)
			return decoders.Wait()
		})
	})
	for x := range done {
		for _, of := range x.contributions.List() {
			f.enter(x.source.book, of)
			if d, ok := dueOf(of); ok {
				f.dues[x.source].add(d)
			}
			if of.Measure == kpi.TicketsOpen {
				f.open[x.source]++
			}
		}
		maps.Copy(f.unjudged[x.source], x.unjudged)
		for _, kind := range x.leftOut {
			f.enter(x.source.book, groupTooLarge(kind))
		}
		free.Put(x)
	}
	return reader.Wait()
}

// enter adds one contribution of a held record. A label set that no counter
// knows yet begins now.
func (f *figures) enter(d *deskBook, of kpi.Contribution) {
	if of.Feeds&(kpi.FeedWindow|kpi.FeedStock) == 0 {
		return
	}
	m := d.byID[of.Measure]
	var start time.Time
	if m.fresh.epoch.Founded {
		start = f.now
	}
	l := f.leaf(d, m, of.Labels, start)
	m.fresh.add(f.holdings(l), deltaOf(l, of, 1))
}

// batch is a few records of one source on their way into the figures.
type batch struct {
	source        *source
	raw           []journal.Raw
	contributions *kpi.Contributions
	leftOut       []desk.Kind // of legs of units of too many
	unjudged      map[string]time.Time
}

// scan hands out all records of the configured sources.
func (b *Book) scan(tx *journal.Tx, free *sync.Pool, out chan<- *batch) {
	next := func(s *source) *batch {
		x := free.Get().(*batch)
		x.source, x.raw, x.leftOut, x.unjudged = s, x.raw[:0], x.leftOut[:0], map[string]time.Time{}
		x.contributions.Reset()
		return x
	}
	for _, config := range b.Sources {
		s := b.sources[config.Name]
		current := next(s)
		for _, kind := range s.Feeds {
			tx.Records(s.state.Number, kind, "", func(r journal.Raw) bool {
				current.raw = append(current.raw, r)
				if len(current.raw) == batchSize {
					out <- current
					current = next(s)
				}
				return true
			})
		}
		out <- current
	}
}

// decode turns batches of records into contributions. After a failure it still
// takes them in, so that nobody waits for it.
func (f *figures) decode(in <-chan *batch, out chan<- *batch) error {
	failed := f.book.Journal.View(func(tx *journal.Tx) error {
		s := scene{book: f.book, tx: tx, complete: f.complete}
		crowded := map[journal.Key]bool{}
		for x := range in {
			for _, r := range x.raw {
				if err := x.add(s, r, crowded); err != nil {
					return err
				}
			}
			out <- x
		}
		return nil
	})
	for range in {
	}
	return failed
}

// add collects what one held record contributes. The units of too many legs that
// have been found are noted as crowded.
func (x *batch) add(s scene, r journal.Raw, crowded map[journal.Key]bool) error {
	held, err := r.Decode()
	if err != nil {
		return err
	}
	var g kpi.Group
	if inUnits(r.Key.Kind) {
		g, err = x.unit(s, r.Key, held, crowded)
	} else {
		g, err = s.groupOf(r.Key, held)
	}
	if err != nil {
		return err
	}
	from := len(x.contributions.List())
	x.contributions.Add(g)
	if held.Unjudged {
		x.unjudged[r.Key.ID], _ = unjudged(x.contributions.List()[from:], x.source.state.Judged)
	}
	return x.dossiers(s, r.Key, held)
}

// unit returns the unit that a record speaks for, being the first of its legs;
// the others only learn that they follow.
func (x *batch) unit(s scene, key journal.Key, leg *desk.Held, crowded map[journal.Key]bool) (kpi.Group, error) {
	shared := unitKey(key, leg)
	if shared == (journal.Key{}) {
		return s.unit(key, leg, others{}), nil
	}
	var members []journal.Key
	if !crowded[shared] {
		if members = s.members(shared); len(members) > groupMax {
			crowded[shared] = true
		}
	}
	switch {
	case crowded[shared]:
		x.leftOut = append(x.leftOut, key.Kind)
		return kpi.Group{Record: leg, Follows: true}, nil
	case members[0] != key:
		return kpi.Group{Record: leg, Follows: true}, nil
	}
	legs, err := othersOf(s.tx, shared, key)
	return s.unit(key, leg, legs), err
}
