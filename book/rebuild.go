package book

import (
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

// batch is a few records of one source on their way into the figures.
type batch struct {
	source        *source
	raw           []journal.Raw
	contributions *kpi.Contributions
}

// rebuild builds windows and stocks anew from the records that are held. The
// caller holds the writer's lock.
func (b *Book) rebuild(now time.Time) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, d := range b.desks {
		for kind, k := range d.kinds {
			fresh := newKindBook(d.name, kind, b.Catalogue.Windows)
			fresh.epoch = k.epoch
			d.kinds[kind] = fresh
			fresh.advance(d.endOf(kind, now))
		}
		for _, m := range d.measures {
			for _, l := range m.leaves {
				l.clear(len(b.Catalogue.Windows))
			}
		}
	}
	a := &admissions{book: b}
	if err := b.readAll(a); err != nil {
		return err
	}
	if len(a.labels) > 0 || len(a.leaves) > 0 {
		if err := b.Journal.Update(a.keep); err != nil {
			return err
		}
	}
	a.show()
	return nil
}

// readAll adds what every held record contributes: one goroutine reads, some
// decode, one adds up.
func (b *Book) readAll(a *admissions) error {
	read, done := make(chan *batch, 4), make(chan *batch, 4)
	free := sync.Pool{New: func() any { return &batch{contributions: b.Catalogue.NewContributions()} }}
	var decoders, reader errgroup.Group
	for range runtime.GOMAXPROCS(0) {
		decoders.Go(func() error { return b.decode(read, done) })
	}
	reader.Go(func() error {
		defer close(done)
		// What is read belongs to its transaction, which therefore lasts until
		// the last record is decoded.
		return b.Journal.View(func(tx *journal.Tx) error {
			b.scan(tx, &free, read)
			close(read)
			return decoders.Wait()
		})
	})
	for batch := range done {
		for _, of := range batch.contributions.List() {
			a.enter(batch.source.book, of)
		}
		free.Put(batch)
	}
	return reader.Wait()
}

// enter adds one contribution of a held record.
func (a *admissions) enter(d *deskBook, of kpi.Contribution) {
	if of.Feeds&(kpi.FeedWindow|kpi.FeedStock) == 0 {
		return
	}
	m := d.byID[of.Measure]
	k := d.kind(m.Kind)
	l := a.leaf(d, m, of.Labels, k.epoch.Start)
	k.add(delta{leaf: l, sign: 1, at: of.At, value: of.Value, feeds: of.Feeds})
}

// scan hands out all records of the configured sources.
func (b *Book) scan(tx *journal.Tx, free *sync.Pool, out chan<- *batch) {
	next := func(s *source) *batch {
		x := free.Get().(*batch)
		x.source, x.raw = s, x.raw[:0]
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

// decode turns batches of records into contributions.
func (b *Book) decode(in <-chan *batch, out chan<- *batch) error {
	return b.Journal.View(func(tx *journal.Tx) error {
		var failed error
		for x := range in {
			for _, r := range x.raw {
				if failed == nil {
					failed = x.add(tx, r)
				}
			}
			out <- x
		}
		return failed
	})
}

// add collects what one held record contributes.
func (x *batch) add(tx *journal.Tx, r journal.Raw) error {
	held, err := r.Decode()
	if err != nil {
		return err
	}
	g := kpi.Group{Record: held}
	switch r.Key.Kind {
	case desk.KindSurvey:
		g.Ticket, err = x.source.ticketOf(tx, held)
	case desk.KindCall:
		if contact, ok := contactKey(r.Key, held); ok {
			g.Legs, _, err = othersOf(tx, contact, r.Key)
			members := tx.Members(contact)
			g.Follows = len(members) > 0 && members[0] != r.Key
		}
	}
	x.contributions.Add(g)
	return err
}
