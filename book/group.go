package book

import (
	"math"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/journal"
	"helpdesk_exporter/kpi"
)

// contribute collects what the record and those that belong to it contribute
// before and after the change. It returns the ledger of all of them.
func (c *change) contribute(tx *journal.Tx, key journal.Key, old, new *desk.Held) (desk.Ledger, error) {
	var ledger desk.Ledger
	if old != nil {
		ledger = old.Counted
	}
	switch key.Kind {
	case desk.KindTicket:
		c.before.Add(kpi.Group{Record: old})
		c.after.Add(kpi.Group{Record: new})
		return ledger, c.answersTo(tx, key, old, new)
	case desk.KindSurvey:
		return ledger, c.answer(tx, key, old, new)
	default:
		return c.legs(tx, key, old, new, ledger)
	}
}

// answersTo collects the surveys that speak of a ticket, with the ticket as it
// was and as it is.
func (c *change) answersTo(tx *journal.Tx, key journal.Key, old, new *desk.Held) error {
	if !c.source.book.joined {
		return nil
	}
	for _, member := range tx.Members(key, math.MaxInt) {
		survey, err := tx.Record(member)
		if err != nil {
			return err
		}
		c.before.Add(kpi.Group{Record: survey, Ticket: old})
		c.after.Add(kpi.Group{Record: survey, Ticket: new})
	}
	return nil
}

// answer collects a survey with the ticket that it speaks of.
func (c *change) answer(tx *journal.Tx, key journal.Key, old, new *desk.Held) error {
	for _, side := range []struct {
		held *desk.Held
		to   *kpi.Contributions
	}{{old, c.before}, {new, c.after}} {
		ticket, err := c.source.ticketOf(tx, side.held)
		if err != nil {
			return err
		}
		side.to.Add(kpi.Group{Record: side.held, Ticket: ticket})
	}
	return rejoin(tx, key, ticketKey(c.source.tickets, old), ticketKey(c.source.tickets, new))
}

// ticketKey returns the key of the ticket that a survey speaks of, no key where
// it speaks of none.
func ticketKey(source uint32, survey *desk.Held) journal.Key {
	if survey == nil || source == 0 {
		return journal.Key{}
	}
	id := survey.Body.(*desk.Survey).Ticket
	if id == "" {
		return journal.Key{}
	}
	return journal.KeyOf(source, desk.KindTicket, id)
}

func (s *source) ticketOf(tx *journal.Tx, survey *desk.Held) (*desk.Held, error) {
	key := ticketKey(s.tickets, survey)
	if key == (journal.Key{}) {
		return nil, nil
	}
	return tx.Record(key)
}

// rejoin moves a record from one group to another; no key stands for no group.
func rejoin(tx *journal.Tx, member, from, to journal.Key) error {
	if from == to {
		return nil
	}
	if from != (journal.Key{}) {
		if err := tx.Leave(from, member); err != nil {
			return err
		}
	}
	if to == (journal.Key{}) {
		return nil
	}
	return tx.Join(to, member)
}
