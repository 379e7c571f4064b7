package book_test

import (
	"cmp"
	"time"

	"helpdesk_exporter/desk"
)

// spot is where a contact lies among those of its customer about a topic at a
// desk. What happened at the same instant is ordered by source, kind and id.
type spot struct {
	desk, customer, topic string
	at                    time.Time
	source                int
	kind                  desk.Kind
	id, unit              string
}

func (s spot) compare(o spot) int {
	return cmp.Or(s.at.Compare(o.at), cmp.Compare(s.source, o.source), cmp.Compare(s.kind, o.kind), cmp.Compare(s.id, o.id))
}

func sourceNumber(name string) int {
	for i, s := range worldSources() {
		if s.Name == name {
			return i
		}
	}
	return -1
}

// spotOfTicket is the zero spot where a ticket is no contact of anybody known.
func spotOfTicket(t *truth, h history) spot {
	now := t.told(h)
	at := contactAt(now)
	if now.Requester == "" || h.withdrawn() || at.IsZero() {
		return spot{}
	}
	id := h[0].record.ID
	return spot{h.desk(), now.Requester, now.Topic, at, sourceNumber(h[0].source), desk.KindTicket, id, id}
}

// spotOfLeg is the zero spot where a leg of a call is no contact of anybody
// known, or part of a ticket's story.
func spotOfLeg(leg history, unit string) spot {
	c := leg.last().Body.(*desk.Call)
	ended, _, _ := outcome(c)
	if c.Customer == "" || c.Ticket != "" || c.Direction == desk.DirectionOutbound || !inTouch(ended) {
		return spot{}
	}
	return spot{leg.desk(), c.Customer, c.Topic, c.ArrivedAt, sourceNumber(leg[0].source), desk.KindCall, leg[0].record.ID, unit}
}

// inTouch reports whether a call that ended so came through to the desk.
func inTouch(o desk.Outcome) bool {
	return o == desk.OutcomeAnswered || o == desk.OutcomeAbandoned || o == desk.OutcomeVoicemail || o == desk.OutcomeCallback
}

// spots returns where all contacts lie.
func (t *truth) spots() []spot {
	var all []spot
	for _, h := range t.tickets {
		all = append(all, spotOfTicket(t, h))
	}
	for unit, legs := range t.contacts() {
		for _, leg := range legs {
			all = append(all, spotOfLeg(leg, unit))
		}
	}
	return all
}

// nextContact returns when the customer came next about the same topic.
func (t *truth) nextContact(s spot) time.Time {
	var next spot
	for _, o := range t.spots() {
		same := o.desk == s.desk && o.customer == s.customer && o.topic == s.topic && o.unit != s.unit
		if s != (spot{}) && same && o.compare(s) > 0 && (next == (spot{}) || o.compare(next) < 0) {
			next = o
		}
	}
	return next.at
}

// contactEvents are those of the families of contacts.
func (t *truth) contactEvents() []event {
	var events []event
	add := func(e event) { events = append(events, e) }
	for _, h := range t.tickets {
		if !h.withdrawn() {
			t.ticketContact(h, add)
		}
	}
	for unit, legs := range t.contacts() {
		t.callContact(unit, legs, add)
	}
	return events
}

// repeated is whether a contact was followed by another one within the horizon,
// which is known when that has passed.
func (t *truth) repeated(of spot, deskName string, at time.Time, labels map[string]string) event {
	next := t.nextContact(of)
	return event{
		desk: deskName, family: "repeat", at: at.Add(fcr), labels: labels,
		value: share(!next.IsZero() && !next.After(at.Add(fcr))),
	}
}

func (t *truth) ticketContact(h history, add func(event)) {
	now := t.told(h)
	labels := h.labels(h.firstSight(), "channel", "team")
	if at := contactAt(now); !at.IsZero() {
		add(event{desk: h.desk(), family: "contacts", at: at, labels: labels})
		if now.Requester != "" {
			add(t.repeated(spotOfTicket(t, h), h.desk(), at, labels))
		}
	}
	active := func(at time.Time, state int) {
		if now.Agent != "" {
			add(event{desk: h.desk(), family: "agents", at: at, labels: h.labels(state, "team"), key: now.Agent})
		}
	}
	if at := answeredAt(now); !at.IsZero() {
		active(at, h.stateAt(at))
	}
	if !now.Status.Finished() {
		return
	}
	solves, _ := h.life()
	last := solves[len(solves)-1]
	active(last.at, last.state)
	if now.Transfers.Set {
		add(event{desk: h.desk(), family: "transfers", at: last.at, value: share(now.Transfers.Value > 0), labels: h.labels(last.state, "channel", "team")})
	}
	t.handled(h.desk(), last.at, handler(t.united(h)), h.labels(last.state, "channel"), add)
}

// handler is who handled a ticket to its end.
func handler(t desk.Ticket) desk.Role {
	switch {
	case t.HandledBy != desk.RoleUnknown:
		return t.HandledBy
	case !answeredAt(t).IsZero():
		return desk.RoleAgent
	}
	for _, m := range t.Messages {
		if m.Public && m.Author == desk.RoleBot {
			return desk.RoleBot
		}
	}
	return desk.RoleUnknown
}

func (t *truth) handled(deskName string, at time.Time, by desk.Role, labels map[string]string, add func(event)) {
	if by != desk.RoleUnknown {
		add(event{desk: deskName, family: "automated", at: at, value: share(by == desk.RoleBot), labels: labels})
	}
	if by == desk.RoleBot {
		add(event{desk: deskName, family: "bot seen", at: at})
	}
}
