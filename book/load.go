package book

import (
	"errors"
	"fmt"
	"strings"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/journal"
	"helpdesk_exporter/kpi"
)

// load reads all but the records.
func (b *Book) load() error {
	return b.Journal.Update(func(tx *journal.Tx) error {
		if err := b.loadSources(tx); err != nil {
			return err
		}
		if err := b.loadEpochs(tx); err != nil {
			return err
		}
		return b.loadRegistry(tx)
	})
}

func (b *Book) loadSources(tx *journal.Tx) error {
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
	for _, config := range b.Sources {
		state, ok := states[config.Desk+"\x00"+config.Name]
		if !ok {
			highest++
			state = journal.Source{Number: highest, Desk: config.Desk, Name: config.Name}
			if err := tx.PutSource(state); err != nil {
				return err
			}
		}
		s := &source{SourceConfig: config, state: state, expired: map[desk.Kind]int{}}
		s.book = b.desk(config.Desk)
		s.book.sources = append(s.book.sources, s)
		s.book.joined = s.book.joined || s.feeds(desk.KindSurvey)
		b.sources[config.Name] = s
	}
	if err := b.resolveReferences(); err != nil {
		return err
	}
	for _, s := range b.sources {
		if err := s.rejoinSurveys(tx); err != nil {
			return err
		}
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
		if other.feeds(desk.KindTicket) && (s.RefersTo == "" || s.RefersTo == other.Name) {
			candidates = append(candidates, other)
		}
	}
	switch {
	case s.feeds(desk.KindTicket) && s.RefersTo == "":
		return s, nil
	case len(candidates) == 1:
		return candidates[0], nil
	case len(candidates) > 1 && s.feeds(desk.KindSurvey):
		return nil, fmt.Errorf("source %q: desk %q has several sources of tickets: name the one that its references mean with refers_to", s.Name, s.Desk)
	default:
		return nil, nil
	}
}

// rejoinSurveys joins the held surveys to the tickets that they now mean, where
// the configuration has changed its mind.
func (s *source) rejoinSurveys(tx *journal.Tx) error {
	was := s.state.Tickets
	if !s.feeds(desk.KindSurvey) || was == s.tickets {
		return nil
	}
	var held []heldAt
	var failed error
	tx.Records(s.state.Number, desk.KindSurvey, "", func(r journal.Raw) bool {
		var h *desk.Held
		h, failed = r.Decode()
		held = append(held, heldAt{key: r.Key, held: h})
		return failed == nil
	})
	if failed != nil {
		return failed
	}
	for _, h := range held {
		if err := rejoin(tx, h.key, ticketKey(was, h.held), ticketKey(s.tickets, h.held)); err != nil {
			return err
		}
	}
	s.state.Tickets = s.tickets
	return tx.PutSource(s.state)
}

func (b *Book) loadEpochs(tx *journal.Tx) error {
	epochs, err := tx.Epochs()
	if err != nil {
		return err
	}
	for _, e := range epochs {
		if d := b.desks[e.Desk]; d != nil {
			d.kind(e.Kind).epoch = e
		}
	}
	return nil
}

// loadRegistry reads the admitted values and label sets with their totals.
// Series of families that have changed since begin anew.
func (b *Book) loadRegistry(tx *journal.Tx) error {
	labels, err := tx.Labels()
	if err != nil {
		return err
	}
	for _, l := range labels {
		if d := b.desks[l.Desk]; d != nil {
			d.admit(l.Name, l.Value)
		}
	}
	changes, err := b.checkSignatures(tx)
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
			err = b.loadSeries(tx, s, changes[s.Measure])
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
func (b *Book) loadSeries(tx *journal.Tx, s storedSeries, changed difference) error {
	if changed == newLabels || b.Catalogue.Measure(kpi.ID(s.Measure)) == nil {
		return tx.DropSeries(s.Series)
	}
	if changed == newTotal {
		s.state = journal.SeriesState{Start: b.Now}
		if err := tx.PutSeries(s.Series, s.state); err != nil {
			return err
		}
	}
	d := b.desks[s.Desk]
	if d == nil {
		return nil
	}
	m := d.byID[s.Measure]
	l := newLeaf(m, s.Labels, len(b.Catalogue.Windows))
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

// checkSignatures compares all measures with what their kept series meant, and
// keeps what they mean from now on.
func (b *Book) checkSignatures(tx *journal.Tx) (map[uint8]difference, error) {
	differences := map[uint8]difference{}
	for i := range b.Catalogue.Measures {
		m := &b.Catalogue.Measures[i]
		id, signature := uint8(m.ID), b.signatureOf(m)
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
		for _, d := range b.desks {
			d.byID[id].since = signature.Since
		}
		if known && differences[id] == unchanged {
			continue
		}
		if known && m.Total != nil {
			b.Logger.Warn("The labels or buckets of a family have changed: it starts again at 0", "family", m.Total.Name)
		}
		if err := tx.PutSignature(id, signature); err != nil {
			return nil, err
		}
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
