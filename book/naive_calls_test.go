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
		named := func(dim, otherwise string) string {
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
		queue := map[string]string{"channel": named("channel", "phone"), "queue": named("queue", "none")}
		add := func(family string, value float64, labels map[string]string) {
			events = append(events, event{legs[0].desk(), family, first.ArrivedAt, value, labels})
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
