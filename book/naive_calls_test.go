package book_test

import (
	"cmp"
	"slices"
	"time"

	"helpdesk_exporter/desk"
)

// contacts returns the calls that are not deleted, the legs of each contact
// together and in the order of their arrival.
func (t *truth) contacts() map[string][]history {
	contacts := map[string][]history{}
	for id, h := range t.calls {
		if h.last().Deleted {
			continue
		}
		key := h[0].source + " contact " + h.last().Body.(*desk.Call).Contact
		if h.last().Body.(*desk.Call).Contact == "" {
			key = id
		}
		contacts[key] = append(contacts[key], h)
	}
	for _, legs := range contacts {
		slices.SortFunc(legs, func(a, b history) int {
			x, y := a.last().Body.(*desk.Call), b.last().Body.(*desk.Call)
			return cmp.Or(x.ArrivedAt.Compare(y.ArrivedAt), cmp.Compare(a.last().ID, b.last().ID))
		})
	}
	return contacts
}

// outcome returns how a call ended and how long it waited; false: not known.
func outcome(c *desk.Call) (o desk.Outcome, wait time.Duration, known bool) {
	switch {
	case c.Outcome == desk.OutcomeAnswered:
		return c.Outcome, c.Wait.Value, true
	case c.Outcome != desk.OutcomeUnknown:
		return c.Outcome, 0, false
	case !c.AnsweredAt.IsZero():
		return desk.OutcomeAnswered, c.AnsweredAt.Sub(c.ArrivedAt), true
	case !c.EndedAt.IsZero():
		return desk.OutcomeAbandoned, c.EndedAt.Sub(c.ArrivedAt), true
	}
	return desk.OutcomeUnknown, 0, false
}

func (t *truth) callEvents() []event {
	var events []event
	for _, legs := range t.contacts() {
		first := legs[0].last().Body.(*desk.Call)
		var ended desk.Outcome
		var all, untilAnswer time.Duration
		for _, leg := range legs {
			o, wait, _ := outcome(leg.last().Body.(*desk.Call))
			all += wait
			if ended != desk.OutcomeAnswered {
				ended, untilAnswer = o, untilAnswer+wait
			}
		}
		queue := map[string]string{"channel": namedByLegs(legs, "channel", "phone"), "queue": namedByLegs(legs, "queue", "none")}
		add := func(family string, value float64, labels map[string]string) {
			events = append(events, event{
				desk: legs[0].desk(), family: family, at: first.ArrivedAt, value: value, labels: labels,
			})
		}
		if ended != desk.OutcomeUnknown {
			add("calls", 0, map[string]string{
				"channel": queue["channel"], "queue": queue["queue"],
				"direction": first.Direction.String(), "call_outcome": ended.String(),
			})
		}
		abandoned := ended == desk.OutcomeAbandoned
		short := abandoned && all < 5*time.Second
		if first.Direction == desk.DirectionOutbound || short || !abandoned && ended != desk.OutcomeAnswered {
			continue
		}
		gaveUp, met := 0.0, 0.0
		if abandoned {
			gaveUp = 1
		} else if untilAnswer <= 20*time.Second {
			met = 1
		}
		add("offered", gaveUp, queue)
		add("service level", met, queue)
	}
	return events
}

// namedByLegs returns what the first leg that names a dimension says of it, of
// the first one since it ended.
func namedByLegs(legs []history, dim, otherwise string) string {
	from := legs[0].firstState(func(i int) bool {
		o, _, _ := outcome(legs[0][i].record.Body.(*desk.Call))
		return o != desk.OutcomeUnknown
	})
	v := legs[0].named(from, dim)
	for _, leg := range legs[1:] {
		v = cmp.Or(v, leg.named(0, dim))
	}
	return cmp.Or(v, otherwise)
}

// callContact adds the events of a call, all its legs together, as a contact.
func (t *truth) callContact(unit string, legs []history, add func(event)) {
	first, of := legs[0].last().Body.(*desk.Call), spot{}
	customer, ofTicket, ended := "", false, desk.OutcomeUnknown
	for _, leg := range legs {
		call := leg.last().Body.(*desk.Call)
		customer = cmp.Or(customer, call.Customer)
		ofTicket = ofTicket || call.Ticket != ""
		if ended != desk.OutcomeAnswered {
			ended, _, _ = outcome(call)
		}
		if s := spotOfLeg(leg, unit); s != (spot{}) && (of == (spot{}) || s.at.Before(of.at)) {
			of = s
		}
	}
	labels := map[string]string{"channel": namedByLegs(legs, "channel", "phone"), "team": namedByLegs(legs, "team", "none")}
	if first.Direction != desk.DirectionOutbound && inTouch(ended) && !ofTicket {
		add(event{desk: legs[0].desk(), family: "contacts", at: first.ArrivedAt, labels: labels})
		if customer != "" {
			add(t.repeated(of, legs[0].desk(), first.ArrivedAt, labels))
		}
	}
	if ended == desk.OutcomeAnswered {
		t.answeredContact(legs, first, labels, add)
	}
}

// answeredContact adds who answered a call, and whether it was passed on.
func (t *truth) answeredContact(legs []history, first *desk.Call, labels map[string]string, add func(event)) {
	transfers, known, answers := 0, false, 0
	by := map[desk.Role]bool{}
	for _, leg := range legs {
		call := leg.last().Body.(*desk.Call)
		transfers, known = transfers+call.Transfers.Value, known || call.Transfers.Set
		if o, _, _ := outcome(call); o != desk.OutcomeAnswered {
			continue
		}
		answers++
		if call.Agent != "" {
			add(event{desk: legs[0].desk(), family: "agents", at: first.ArrivedAt, labels: map[string]string{"team": labels["team"]}, key: call.Agent})
		}
		if call.HandledBy == desk.RoleUnknown && call.Agent != "" {
			by[desk.RoleAgent] = true
		}
		by[call.HandledBy] = true
	}
	if !known && first.Contact != "" {
		transfers, known = answers-1, true
	}
	if known {
		add(event{desk: legs[0].desk(), family: "transfers", at: first.ArrivedAt, value: share(transfers > 0), labels: labels})
	}
	role := desk.RoleUnknown
	for _, r := range []desk.Role{desk.RoleBot, desk.RoleAgent} { // whoever was human
		if by[r] {
			role = r
		}
	}
	t.handled(legs[0].desk(), first.ArrivedAt, role, map[string]string{"channel": labels["channel"]}, add)
}
