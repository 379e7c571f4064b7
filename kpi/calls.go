package kpi

import (
	"cmp"
	"slices"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/tally"
)

// The measures of calls and chats.
const (
	Calls ID = iota + 40
	QueueWaitTotal
	QueueWait
	SpeedOfAnswer
	AbandonWait
	CallTalk
	CallHold
	CallWrapUp
	Handle
	ContactsOffered
	ContactsAbandoned
	ContactsShortAbandoned
)

func (c *Catalogue) addCalls() {
	queue := []string{"channel", "queue"}
	team := []string{"channel", "queue", "team"}
	seconds := func(name, help string) *Total {
		return &Total{Name: name, Help: help + ", observed when discovered.", Buckets: c.Buckets.Calls}
	}
	counter := func(name, help string) *Total {
		return &Total{Name: name, Help: help + ", counted when discovered."}
	}
	call := func(m Measure) Measure { m.Kind = desk.KindCall; return m }
	c.Measures = append(c.Measures,
		call(Measure{
			ID: Calls, Dims: []string{"direction", "call_outcome", "channel", "queue"}, Window: true,
			Total: counter("helpdesk_calls_total", "Calls and chats that ended, transferred ones once"),
		}),
		call(Measure{
			ID: QueueWaitTotal, Dims: append(slices.Clone(queue), "call_outcome"),
			Total: seconds("helpdesk_queue_wait_seconds", "Time that inbound calls and chats waited in the queue, however they ended"),
		}),
		call(Measure{ID: QueueWait, Dims: queue, Window: true, Spread: true}),
		call(Measure{ID: SpeedOfAnswer, Dims: queue, Window: true}),
		call(Measure{ID: AbandonWait, Dims: queue, Window: true}),
		call(Measure{
			ID: CallTalk, Dims: team, Window: true,
			Total: seconds("helpdesk_call_talk_seconds", "Time that agents talked on an answered call or chat"),
		}),
		call(Measure{
			ID: CallHold, Dims: team, Window: true,
			Total: seconds("helpdesk_call_hold_seconds", "Time that an answered call was on hold"),
		}),
		call(Measure{
			ID: CallWrapUp, Dims: team, Window: true,
			Total: seconds("helpdesk_call_wrap_up_seconds", "Time that agents worked after an answered call or chat"),
		}),
		call(Measure{
			ID: Handle, Dims: team, Window: true, Spread: true,
			Total: seconds("helpdesk_handle_seconds", "Talk, hold and wrap-up time of an answered call or chat, the wait in the queue left out"),
		}),
		call(Measure{ID: ContactsOffered, Dims: queue, Window: true}),
		call(Measure{
			ID: ContactsAbandoned, Dims: queue,
			Total:    counter("helpdesk_contacts_abandoned_total", "Inbound calls and chats given up in the queue, short ones left out"),
			Siblings: []Sibling{{ID: ContactsShortAbandoned}},
		}),
		call(Measure{
			ID: ContactsShortAbandoned, Dims: queue,
			Total: counter("helpdesk_contacts_short_abandoned_total", "Inbound calls and chats given up in the queue sooner than short_abandon"),
		}),
	)
	c.addSpreadViews(QueueWait, "helpdesk_queue_wait", "inbound calls and chats that waited in the queue in the window")
	c.addMeanViews(SpeedOfAnswer, "helpdesk_speed_of_answer", "queue waits of calls and chats answered in the window, abandoned ones left out")
	c.addMeanViews(AbandonWait, "helpdesk_abandon_wait", "queue waits of calls and chats abandoned in the window")
	c.addMeanViews(CallTalk, "helpdesk_call_talk", "talks on calls and chats in the window")
	c.addMeanViews(CallHold, "helpdesk_call_hold", "holds of calls in the window")
	c.addMeanViews(CallWrapUp, "helpdesk_call_wrap_up", "wrap-ups of calls and chats in the window")
	c.addSpreadViews(Handle, "helpdesk_handle", "calls and chats handled in the window")
	c.Views = append(c.Views,
		WindowView{
			Name: "helpdesk_calls_in_window", Of: []ID{Calls}, Value: number,
			Help: "Calls and chats that arrived in the window and have ended.",
		},
	)
	c.addShare(share{
		of:          ContactsOffered,
		ratio:       "helpdesk_abandonment_ratio",
		help:        "Share of inbound calls and chats that were given up in the queue, of those answered or given up; short abandons left out of both.",
		numerator:   "helpdesk_contacts_abandoned_in_window",
		denominator: "helpdesk_contacts_offered",
		counts:      "answered and abandoned",
	})
	c.define(desk.KindCall, nil,
		KPI{ID: "call_volume", Metric: "helpdesk_calls_total", Query: `sum by (call_outcome) (increase(helpdesk_calls_total[1h]))`},
		KPI{ID: "average_wait_time", Metric: "helpdesk_queue_wait_seconds", Query: `helpdesk_queue_wait_mean_seconds{by="all", window="1d"}`},
		KPI{ID: "average_speed_of_answer", Metric: "helpdesk_speed_of_answer_mean_seconds", Query: `helpdesk_speed_of_answer_mean_seconds{by="all", window="7d"}`},
		KPI{ID: "hold_time", Metric: "helpdesk_call_hold_seconds", Query: `helpdesk_call_hold_mean_seconds{by="all", window="7d"}`},
		KPI{ID: "talk_time", Metric: "helpdesk_call_talk_seconds", Query: `helpdesk_call_talk_mean_seconds{by="all", window="7d"}`},
		KPI{ID: "wrap_up_time", Metric: "helpdesk_call_wrap_up_seconds", Query: `helpdesk_call_wrap_up_mean_seconds{by="all", window="7d"}`},
		KPI{ID: "average_handle_time", Metric: "helpdesk_handle_seconds", Query: `helpdesk_handle_mean_seconds{by="all", window="7d"}`},
	)
	c.define(desk.KindCall, c.shortAbandons(),
		KPI{ID: "abandonment_rate", Metric: "helpdesk_abandonment_ratio", Query: `helpdesk_abandonment_ratio{by="all", window="7d"}`},
		KPI{ID: "short_abandons", Metric: "helpdesk_contacts_short_abandoned_total", Query: `sum by (queue) (increase(helpdesk_contacts_short_abandoned_total[1d]))`},
	)
}

// contact is a call or chat as the customer lived it: all its legs as one.
type contact struct {
	legs     []*desk.Held // by arrival
	arrived  time.Time
	outcome  desk.Outcome
	inbound  bool
	wait     desk.Opt[time.Duration] // in all queues
	answer   desk.Opt[time.Duration] // in the queues before the first answer
	talk     desk.Opt[time.Duration]
	hold     desk.Opt[time.Duration]
	wrapUp   desk.Opt[time.Duration]
	negative bool
	dims     dimensions
}

func compareLegs(a, b *desk.Held) int {
	x, y := a.Body.(*desk.Call), b.Body.(*desk.Call)
	return cmp.Or(x.ArrivedAt.Compare(y.ArrivedAt), cmp.Compare(a.ID, b.ID))
}

// contactOf joins the legs of a contact.
func contactOf(legs []*desk.Held) *contact {
	slices.SortFunc(legs, compareLegs)
	first := legs[0].Body.(*desk.Call)
	c := &contact{
		legs: legs, arrived: first.ArrivedAt, inbound: first.Direction != desk.DirectionOutbound,
	}
	for _, h := range legs {
		c.leg(h.Body.(*desk.Call))
	}
	c.dims = seenIn(legs[0], desk.ShowsAnswer)
	for _, h := range legs[1:] {
		c.dims.also = append(c.dims.also, h.States...)
	}
	// The records of telephone systems seldom say that they are about phones.
	c.dims.last = desk.Dim{Name: "channel", Value: "phone"}
	c.dims.fixed = [2]desk.Dim{
		{Name: "direction", Value: first.Direction.String()},
		{Name: "call_outcome", Value: c.outcome.String()},
	}
	return c
}

// leg adds one leg to the contact.
func (c *contact) leg(call *desk.Call) {
	outcome := outcomeOf(call)
	wait := waitOf(call, outcome)
	if c.outcome != desk.OutcomeAnswered {
		c.outcome = outcome
		c.plus(&c.answer, wait)
	}
	c.plus(&c.wait, wait)
	if outcome != desk.OutcomeAnswered {
		return
	}
	c.plus(&c.talk, call.Talk)
	c.plus(&c.hold, call.Hold)
	c.plus(&c.wrapUp, call.WrapUp)
}

// plus adds a part of the contact to a sum, and leaves out what is no duration.
func (c *contact) plus(sum *desk.Opt[time.Duration], d desk.Opt[time.Duration]) {
	switch {
	case !d.Set:
	case d.Value < 0:
		c.negative = true
	default:
		*sum = desk.Some(sum.Value + d.Value)
	}
}

// outcomeOf returns how a call ended: as the desk says, else by what it has
// times for. Unknown: it has not ended.
func outcomeOf(c *desk.Call) desk.Outcome {
	switch {
	case c.Outcome != desk.OutcomeUnknown:
		return c.Outcome
	case !c.AnsweredAt.IsZero():
		return desk.OutcomeAnswered
	case !c.EndedAt.IsZero():
		return desk.OutcomeAbandoned
	default:
		return desk.OutcomeUnknown
	}
}

// waitOf returns how long a call waited in the queue: as the desk says, else
// from the queue, or the arrival where the queue is not known, to the answer
// or the end.
func waitOf(c *desk.Call, outcome desk.Outcome) desk.Opt[time.Duration] {
	from, to := c.QueuedAt, c.EndedAt
	if from.IsZero() {
		from = c.ArrivedAt
	}
	if outcome == desk.OutcomeAnswered {
		to = c.AnsweredAt
	}
	switch {
	case c.Wait.Set:
		return c.Wait
	case outcome == desk.OutcomeAbandonedIVR || outcome == desk.OutcomeBlocked || to.IsZero():
		return desk.Opt[time.Duration]{}
	default:
		return desk.Some(to.Sub(from))
	}
}

// call collects what a contact contributes, all its legs together, or what the
// row of a carrier does.
func (b *Contributions) call(g Group, call *desk.Call) {
	if g.Record.Deleted {
		b.excluded(ExcludedCalls, "deleted")
	} else if !call.PeriodEnd.IsZero() {
		b.trunk(g.Record, call)
		return
	}
	if g.Follows {
		return
	}
	legs := make([]*desk.Held, 0, 1+len(g.Legs))
	for _, leg := range append([]*desk.Held{g.Record}, g.Legs...) {
		if !leg.Deleted {
			legs = append(legs, leg)
		}
	}
	if len(legs) == 0 {
		return
	}
	c := contactOf(legs)
	if c.outcome == desk.OutcomeUnknown {
		return
	}
	if c.negative {
		b.excluded(ExcludedCalls, "negative_duration")
	}
	both := FeedTotal | FeedWindow
	b.add(Calls, both, c.arrived, one, c.dims)
	if c.inbound {
		b.queue(c)
		b.serviceLevels(c)
		b.attempt(c, c.first().BlockReason)
		if !g.OfTicket && cameThrough(c.outcome) {
			b.contact(both, c.arrived, c.customer(), g.Next, c.dims)
		}
	}
	if c.outcome == desk.OutcomeAnswered {
		b.handling(c, both)
		b.answered(c)
	}
}

func (c *contact) first() *desk.Call { return c.legs[0].Body.(*desk.Call) }

// cameThrough reports whether a customer whose call ended so was in touch with
// the desk, if only with its queue.
func cameThrough(o desk.Outcome) bool {
	switch o {
	case desk.OutcomeAnswered, desk.OutcomeAbandoned, desk.OutcomeVoicemail, desk.OutcomeCallback:
		return true
	default:
		return false
	}
}

// customer returns who called, by the first leg that knows.
func (c *contact) customer() string {
	for _, leg := range c.legs {
		if customer := leg.Body.(*desk.Call).Customer; customer != "" {
			return customer
		}
	}
	return ""
}

// answered collects who handled an answered contact, and whether it was passed
// on: as the desk says, else as its legs show.
func (b *Contributions) answered(c *contact) {
	var transfers desk.Opt[int]
	handler, answers := desk.RoleUnknown, 0
	for _, leg := range c.legs {
		call := leg.Body.(*desk.Call)
		if call.Transfers.Set {
			transfers = desk.Some(transfers.Value + call.Transfers.Value)
		}
		if outcomeOf(call) != desk.OutcomeAnswered {
			continue
		}
		answers++
		b.active(c.arrived, call.Agent, c.dims)
		switch {
		case call.HandledBy == desk.RoleAgent, call.HandledBy == desk.RoleUnknown && call.Agent != "":
			handler = desk.RoleAgent
		case call.HandledBy == desk.RoleBot && handler == desk.RoleUnknown:
			handler = desk.RoleBot
		}
	}
	if !transfers.Set && c.first().Contact != "" {
		transfers = desk.Some(answers - 1)
	}
	b.transferred(c.arrived, transfers, c.dims)
	b.completed(c.arrived, handler, c.dims)
}

// queue collects how long a contact waited and whether it was given up.
func (b *Contributions) queue(c *contact) {
	answered := c.outcome == desk.OutcomeAnswered
	abandoned := c.outcome == desk.OutcomeAbandoned
	if c.wait.Set && c.outcome != desk.OutcomeAbandonedIVR && c.outcome != desk.OutcomeBlocked {
		wait := tally.Seconds(c.wait.Value)
		b.add(QueueWaitTotal, FeedTotal, c.arrived, wait, c.dims)
		b.add(QueueWait, FeedWindow, c.arrived, wait, c.dims)
		if abandoned {
			b.add(AbandonWait, FeedWindow, c.arrived, wait, c.dims)
		}
	}
	if answered && c.answer.Set {
		b.add(SpeedOfAnswer, FeedWindow, c.arrived, tally.Seconds(c.answer.Value), c.dims)
	}
	switch {
	case abandoned && c.short(b.catalogue.shortAbandon(c)):
		b.add(ContactsShortAbandoned, FeedTotal, c.arrived, one, c.dims)
	case abandoned:
		b.add(ContactsAbandoned, FeedTotal, c.arrived, one, c.dims)
		fallthrough
	case answered:
		b.add(ContactsOffered, FeedWindow, c.arrived, flag(abandoned), c.dims)
	}
}

// short reports whether a contact was given up sooner than the limit. One whose
// wait nobody told was not.
func (c *contact) short(limit time.Duration) bool {
	return c.outcome == desk.OutcomeAbandoned && c.wait.Set && c.wait.Value < limit
}

// handling collects the work that an answered contact made.
func (b *Contributions) handling(c *contact, feeds Feed) {
	var handle desk.Opt[time.Duration]
	for _, part := range []struct {
		id ID
		of desk.Opt[time.Duration]
	}{{CallTalk, c.talk}, {CallHold, c.hold}, {CallWrapUp, c.wrapUp}} {
		if part.of.Set {
			b.add(part.id, feeds, c.arrived, tally.Seconds(part.of.Value), c.dims)
		}
		c.plus(&handle, part.of)
	}
	if handle.Set {
		b.add(Handle, feeds, c.arrived, tally.Seconds(handle.Value), c.dims)
	}
}
