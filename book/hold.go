package book

import (
	"errors"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/journal"
)

var errNotFed = errors.New("the source does not say that it brings records of this kind")

// record merges one reported state into what is held.
func (c *change) record(tx *journal.Tx, r desk.Record) error {
	if !c.source.brings(r.Body.Kind()) {
		return errNotFed
	}
	switch body := r.Body.(type) {
	case *desk.TicketMessage:
		message := body.Message
		message.ID, message.Said = r.ID, r.Origin.Dropped
		return c.events(tx, r, &desk.TicketEvents{Ticket: body.Ticket, Messages: []desk.Message{message}})
	case *desk.TicketEvents:
		return c.events(tx, r, body)
	}
	key := journal.KeyOf(c.state.Number, r.Body.Kind(), r.ID)
	r.ID = key.ID
	old, err := tx.Record(key)
	if err != nil {
		return err
	}
	merged := desk.Merge(old, r)
	if unit := unitKey(key, old); c.awaits[unit] && unit != unitKey(key, merged) {
		// What it was in the unit that it leaves would be forgotten.
		if err := c.countUnit(tx, unit); err != nil {
			return err
		}
		if old, err = tx.Record(key); err != nil {
			return err
		}
		merged = desk.Merge(old, r)
	}
	return c.hold(tx, key, old, merged)
}

// events adds what was told without its ticket to the ticket, held or not.
func (c *change) events(tx *journal.Tx, r desk.Record, e *desk.TicketEvents) error {
	key := c.book.ticketOf(c.state.Number, e.Ticket)
	if key == (journal.Key{}) || r.Deleted {
		return nil
	}
	old, err := tx.Record(key)
	if err != nil {
		return err
	}
	return c.hold(tx, key, old, desk.Attach(old, key.ID, e))
}

// hold puts a record into the place of what is held, unless it is the same or
// all that it tells is past.
func (c *change) hold(tx *journal.Tx, key journal.Key, old, merged *desk.Held) error {
	switch {
	case old == nil && c.isExpired(merged):
		c.expired[key.Kind]++
		return nil
	case old != nil && tx.Unchanged(key, merged):
		return nil
	}
	if err := c.swap(tx, key, old, merged); err != nil {
		return err
	}
	return tx.PutRecord(key, merged)
}
