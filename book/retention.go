package book

import (
	"slices"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/journal"
)

// sweepSize is how many records one poll looks at for expired ones: few enough
// not to be felt, many enough to see a million in a day of minutes.
const sweepSize = 2000

// isExpired reports whether all that a record tells lies before the source's
// horizon. What is still open never does.
func (c *change) isExpired(h *desk.Held) bool {
	if c.state.Horizon.IsZero() || !h.Newest().Before(c.state.Horizon) {
		return false
	}
	switch kind := h.Body.Kind(); {
	case h.Deleted: // it stays to keep older states from bringing it back
		told := h.States[len(h.States)-1].At
		return !told.IsZero() && told.Before(c.state.Horizon)
	case kind == desk.KindArticle || kind == desk.KindCustomer || kind == desk.KindEnrolment:
		return false // what there still is, however old, and nothing that happened
	case kind != desk.KindTicket:
		return true
	}
	if len(h.States) == 0 {
		return true // messages whose ticket never came
	}
	newest := h.States[len(h.States)-1]
	solved := newest.Status == desk.StatusUnknown && !newest.SolvedAt.IsZero()
	return solved || newest.Status.Finished() || newest.Status.Withdrawn()
}

// expire moves the source's horizon, which only goes forward, and drops some of
// the records that lie before it.
func (c *change) expire(tx *journal.Tx) error {
	s := &c.state
	if s.AsOf.IsZero() {
		return nil
	}
	if horizon := s.AsOf.Add(-c.book.Retention); horizon.After(s.Horizon) {
		s.Horizon = horizon
	}
	gone, err := c.sweep(tx)
	if err != nil {
		return err
	}
	for _, r := range gone {
		if err := c.swap(tx, r.key, r.held, nil); err != nil {
			return err
		}
		if err := tx.DropRecord(r.key); err != nil {
			return err
		}
	}
	return nil
}

type heldAt struct {
	key  journal.Key
	held *desk.Held
}

// sweep looks at the next few records of the source and returns those that have
// expired. After the last it begins again once the horizon has moved.
func (c *change) sweep(tx *journal.Tx) (expired []heldAt, err error) {
	from := c.state.Sweep
	if from.IsZero() {
		if !c.state.Horizon.After(c.state.Swept) {
			return nil, nil
		}
		c.state.Swept = c.state.Horizon
	}
	c.state.Sweep = journal.Sweep{}
	looked := 0
	for _, kind := range slices.Sorted(slices.Values(c.source.Feeds)) {
		if kind < from.Kind {
			continue
		}
		if kind > from.Kind {
			from = journal.Sweep{}
		}
		tx.Records(c.state.Number, kind, string(from.ID), func(r journal.Raw) bool {
			if looked++; looked > sweepSize {
				c.state.Sweep = journal.Sweep{Kind: kind, ID: []byte(r.Key.ID)}
				return false
			}
			var held *desk.Held
			if held, err = r.Decode(); err != nil {
				return false
			}
			if c.isExpired(held) {
				expired = append(expired, heldAt{key: r.Key, held: held})
			}
			return true
		})
		if err != nil || !c.state.Sweep.IsZero() {
			break
		}
	}
	return expired, err
}
