package book

import (
	"errors"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/journal"
)

// joins is the version of the rules by which records are joined. Those of a
// source that was joined by others are joined anew.
const joins = 2

// rejoin joins the held records anew to the tickets that they mean and the
// contacts that they are, where the configuration or this program has changed
// its mind.
func (o *opening) rejoin() error {
	for _, config := range o.Sources {
		s := o.sources[config.Name]
		if s.state.Tickets == s.tickets && s.state.Joins == joins {
			continue
		}
		if s.state.Cursor != nil || !s.state.LastSuccess.IsZero() {
			was := *s
			was.tickets = s.state.Tickets
			before := &Book{numbers: map[uint32]*source{s.state.Number: &was}}
			unknown := s.state.Joins != joins
			o.rejoined = append(o.rejoined, func() error { return o.rejoinRecords(s, o.Book, before, false) })
			if err := o.rejoinRecords(s, before, o.Book, unknown); err != nil {
				return err
			}
		}
		s.state.Tickets, s.state.Joins = s.tickets, joins
	}
	return nil
}

// takeBack joins the records as the book needs them that had the journal
// before.
func (o *opening) takeBack() error {
	var errs []error
	for _, rejoin := range o.rejoined {
		errs = append(errs, rejoin())
	}
	return errors.Join(errs...)
}

// rejoinBatch is how many records are joined anew in one transaction.
const rejoinBatch = 10_000

// rejoinRecords joins the records of a source as one book has them that were
// joined as another had them. unknown: nobody knows to which of those.
func (o *opening) rejoinRecords(s *source, before, after *Book, unknown bool) error {
	for _, kind := range s.Feeds {
		for from, more := "", true; more; {
			err := o.Journal.Update(func(tx *journal.Tx) error {
				batch, err := recordsFrom(tx, s.state.Number, kind, from)
				if err != nil {
					return err
				}
				if more = len(batch) == rejoinBatch; more {
					from = batch[len(batch)-1].key.ID + "\x00" // the next id there can be
				}
				for _, r := range batch {
					if err := rejoinRecord(tx, r, before, after, unknown); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func rejoinRecord(tx *journal.Tx, r heldAt, before, after *Book, unknown bool) error {
	left, spot := before.groupsOf(r.key, r.held), before.spotOf(r.key, r.held)
	if unknown {
		if err := moveRecord(tx, r.key, left, nil, spot, journal.Spot{}); err != nil {
			return err
		}
		left, spot = nil, journal.Spot{}
	}
	return moveRecord(tx, r.key, left, after.groupsOf(r.key, r.held), spot, after.spotOf(r.key, r.held))
}

func recordsFrom(tx *journal.Tx, source uint32, kind desk.Kind, from string) (batch []heldAt, err error) {
	tx.Records(source, kind, from, func(r journal.Raw) bool {
		var h *desk.Held
		if h, err = r.Decode(); err != nil {
			return false
		}
		batch = append(batch, heldAt{key: r.Key, held: h})
		return len(batch) < rejoinBatch
	})
	return batch, err
}
