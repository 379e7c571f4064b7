package book

import (
	"slices"

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

// openBefore reports whether a ticket was open and last told of before a list.
// A list may well have an older state of it than another drop.
func openBefore(h *desk.Held, list desk.Origin) bool {
	if len(h.States) == 0 {
		return false
	}
	newest := h.States[len(h.States)-1]
	finished := newest.Status.Finished() || newest.Status == desk.StatusUnknown && !newest.SolvedAt.IsZero()
	if newest.Deleted || finished || newest.Status.Withdrawn() {
		return false
	}
	return !slices.ContainsFunc(h.States, func(s desk.State) bool {
		return s.Origin.Dropped.Equal(list.Dropped) && s.Origin.Name == list.Name || s.Origin.Compare(list) > 0
	})
}
