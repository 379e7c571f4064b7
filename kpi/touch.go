package kpi

import (
	"time"

	"helpdesk_exporter/desk"
)

// Touch returns who made contact with the desk through a record, about what and
// when; false for a record that is no contact, or of which nobody knows whose.
func Touch(h *desk.Held) (customer, topic string, at time.Time, ok bool) {
	switch body := h.Body.(type) {
	case *desk.Ticket:
		if body.Requester == "" || len(h.States) == 0 || statusOf(h.States[len(h.States)-1]).Withdrawn() {
			return "", "", time.Time{}, false
		}
		at, ok = contactAt(body)
		return body.Requester, body.Topic, at, ok
	case *desk.Call:
		if h.Deleted || body.Customer == "" || body.Direction == desk.DirectionOutbound || !cameThrough(outcomeOf(body)) {
			return "", "", time.Time{}, false
		}
		return body.Customer, body.Topic, body.ArrivedAt, true
	default:
		return "", "", time.Time{}, false
	}
}
