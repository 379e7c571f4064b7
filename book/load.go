package book

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/journal"
	"helpdesk_exporter/kpi"
)

// opening is a book that is about to take over a journal. What the journal must
// be told of the new configuration waits until nothing can fail any more: the
// book that had the journal before can go on as long as it was not told.
type opening struct {
	*Book
	writes   []func(*journal.Tx) error
	rejoined []func() error // joins the records as they were before
}

func (o *opening) later(write func(*journal.Tx) error) { o.writes = append(o.writes, write) }

// write tells the journal.
func (o *opening) write(tx *journal.Tx) error {
	for _, write := range o.writes {
		if err := write(tx); err != nil {
			return err
		}
	}
	return nil
}

// load reads all but the records.
func (o *opening) load() error {
	if err := o.Journal.View(o.loadSources); err != nil {
		return err
	}
	if err := o.Journal.View(o.loadPolicies); err != nil {
		return err
	}
	o.setClocks()
	if err := o.rejoin(); err != nil {
		return err
	}
	return o.Journal.View(func(tx *journal.Tx) error {
		if err := o.loadEpochs(tx); err != nil {
			return err
		}
		return o.loadRegistry(tx)
	})
}

func (o *opening) loadSources(tx *journal.Tx) error {
	known, err := tx.Sources()
	if err != nil {
		return err
	}
	states := map[string]journal.Source{}
	var highest uint32
	for _, s := range known {
		states[s.Desk+"\x00"+s.Name] = s
		highest = max(highest, s.Number)
	}
	for _, config := range o.Sources {
		state, ok := states[config.Desk+"\x00"+config.Name]
		if !ok {
			highest++
			state = journal.Source{Number: highest, Desk: config.Desk, Name: config.Name, Joins: joins}
		}
		s := &source{SourceConfig: config, state: state, kinds: fed(config.Feeds), expired: map[desk.Kind]int{}, dues: newDues(), unjudged: map[string]time.Time{}}
		s.book = o.desk(config.Desk)
		s.book.sources = append(s.book.sources, s)
		o.sources[config.Name] = s
		o.numbers[state.Number] = s
	}
	if err := o.resolveReferences(); err != nil {
		return err
	}
	for _, s := range o.sources {
		o.later(func(tx *journal.Tx) error { return tx.PutSource(s.state) })
	}
	return nil
}

// resolveReferences finds for each source the one whose tickets its records
// speak of.
func (b *Book) resolveReferences() error {
	var errs []error
	for _, config := range b.Sources {
		s := b.sources[config.Name]
		target, err := s.ticketSource()
		errs = append(errs, err)
		if target != nil {
			s.tickets = target.state.Number
		}
	}
	return errors.Join(errs...)
}

func (s *source) ticketSource() (*source, error) {
	var candidates []*source
	for _, other := range s.book.sources {
		if other.brings(desk.KindTicket) && (s.RefersTo == "" || s.RefersTo == other.Name) {
			candidates = append(candidates, other)
		}
	}
	refers := s.brings(desk.KindSurvey) || s.brings(desk.KindReview) || s.brings(desk.KindMessage)
	switch {
	case s.brings(desk.KindTicket) && s.RefersTo == "":
		return s, nil
	case len(candidates) == 1:
		return candidates[0], nil
	case len(candidates) > 1 && refers:
		return nil, fmt.Errorf("source %q: desk %q has several sources of tickets: name the one that its references mean with refers_to", s.Name, s.Desk)
	case s.brings(desk.KindMessage):
		return nil, fmt.Errorf("source %q: desk %q has no source of the tickets that its messages belong to: add one", s.Name, s.Desk)
	default:
		return nil, nil
	}
}

func (o *opening) loadEpochs(tx *journal.Tx) error {
	epochs, err := tx.Epochs()
	if err != nil {
		return err
	}
	for _, e := range epochs {
		if d := o.desks[e.Desk]; d != nil {
			d.kind(e.Kind).epoch = e
		}
	}
	return nil
}

// loadRegistry reads the admitted values and label sets with their totals.
// Series of families that have changed since begin anew.
func (o *opening) loadRegistry(tx *journal.Tx) error {
	labels, err := tx.Labels()
	if err != nil {
		return err
	}
	for _, l := range labels {
		if d := o.desks[l.Desk]; d != nil {
			d.admit(l.Name, l.Value)
		}
	}
	changes, err := o.checkSignatures(tx)
	if err != nil {
		return err
	}
	var series []storedSeries
	err = tx.AllSeries(func(s journal.Series, state journal.SeriesState) error {
		series = append(series, storedSeries{s, state})
		return nil
	})
	for _, s := range series {
		if err == nil {
			err = o.loadSeries(s, changes[s.Measure])
		}
	}
	return err
}

type storedSeries struct {
	journal.Series
	state journal.SeriesState
}

// loadSeries takes in one label set, or forgets it where the measure is gone or
// has other labels now.
func (o *opening) loadSeries(s storedSeries, changed difference) error {
	if changed == newLabels || o.Catalogue.Measure(kpi.ID(s.Measure)) == nil {
		o.later(func(tx *journal.Tx) error { return tx.DropSeries(s.Series) })
		return nil
	}
	if changed == newTotal {
		s.state = journal.SeriesState{Start: o.Now}
		o.later(func(tx *journal.Tx) error { return tx.PutSeries(s.Series, s.state) })
	}
	d := o.desks[s.Desk]
	if d == nil {
		return nil
	}
	m := d.byID[s.Measure]
	l := newLeaf(m, s.Labels, len(o.Catalogue.Windows))
	l.start = s.state.Start
	if l.total != nil {
		*l.total = s.state.Total
	}
	m.leaves[string(appendLeafKey(nil, s.Labels))] = l
	m.show(l)
	return nil
}

// difference says how a measure differs from what its kept series meant.
type difference uint8

const (
	unchanged difference = iota
	newTotal             // the label sets stand, what they counted is of no use
	newLabels
)

// checkSignatures compares all measures with what their kept series meant. What
// they mean from now on will be kept.
func (o *opening) checkSignatures(tx *journal.Tx) (map[uint8]difference, error) {
	differences := map[uint8]difference{}
	for i := range o.Catalogue.Measures {
		m := &o.Catalogue.Measures[i]
		id, signature := uint8(m.ID), o.signatureOf(m)
		stored, known, err := tx.Signature(id)
		switch {
		case err != nil:
			return nil, err
		case known && stored.Labels != signature.Labels:
			differences[id] = newLabels
		case known && stored.Total != signature.Total:
			differences[id] = newTotal
		case known:
			signature.Since = stored.Since
		}
		for _, d := range o.desks {
			d.byID[id].since = signature.Since
		}
		if known && differences[id] == unchanged {
			continue
		}
		if known && m.Total != nil {
			o.Logger.Warn("The labels or buckets of a family have changed: it starts again at 0", "family", m.Total.Name)
		}
		o.later(func(tx *journal.Tx) error { return tx.PutSignature(id, signature) })
	}
	return differences, nil
}

func (b *Book) signatureOf(m *kpi.Measure) journal.Signature {
	s := journal.Signature{Labels: strings.Join(m.Labels(), ","), Since: b.Now}
	if m.Total != nil {
		s.Total = fmt.Sprintf("%s %v", m.Total.Name, m.Total.Buckets)
	}
	return s
}
