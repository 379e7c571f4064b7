package book

import (
	"helpdesk_exporter/desk"
	"helpdesk_exporter/journal"
)

// gone takes the tickets for deleted that a list of every open ticket does not
// have: those that were open when they were last told of, before the list.
func (c *change) gone(tx *journal.Tx, list desk.Origin) error {
	var missing []heldAt
	var failed error
	tx.Records(c.state.Number, desk.KindTicket, "", func(r journal.Raw) bool {
		var h *desk.Held
		if h, failed = r.Decode(); failed != nil {
			return false
		}
		if openBefore(h, list) {
			missing = append(missing, heldAt{key: r.Key, held: h})
		}
		return true
	})
	if failed != nil {
		return failed
	}
	for _, m := range missing {
		tombstone := desk.Record{ID: m.key.ID, Origin: list, Deleted: true, Body: &desk.Ticket{}}
		if err := c.hold(tx, m.key, m.held, desk.Merge(m.held, tombstone)); err != nil {
			return err
		}
	}
	return nil
}

// openBefore reports whether a ticket that is not on a list was open when it was
// last told of before. What was told later does not matter: then it came back.
func openBefore(h *desk.Held, list desk.Origin) bool {
	open := false
	for _, s := range h.States {
		switch {
		case s.Origin.Dropped.Equal(list.Dropped) && s.Origin.Name == list.Name:
			return false // an older state of it than another drop's, perhaps
		case s.Origin.Compare(list) < 0:
			open = !s.Deleted && !s.Status.Withdrawn() && !s.Status.Finished() &&
				(s.Status != desk.StatusUnknown || s.SolvedAt.IsZero())
		}
	}
	return open
}
