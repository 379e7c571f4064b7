package simulate

import (
	"cmp"
	"time"

	"helpdesk_exporter/desk"
)

// leg is a call or a chat, or a part of it. Desks tell of it when it is over
// and the agent has written up what there was.
type leg struct {
	reference
	call desk.Call
	over time.Time
}

// next implements tale.
func (c *leg) next(after time.Time) time.Time {
	if c.over.After(after) {
		return c.over
	}
	return time.Time{}
}

// record implements tale.
func (c *leg) record(time.Time) desk.Record {
	body := c.call
	return desk.Record{ID: c.id(), Body: &body}
}

// call tells what comes of a call or a chat.
func (l *life) call(k key, at time.Time) {
	r := l.ask(at)
	if l.closed(r.team, at) && l.dice.chance(0.75) {
		r.team = 0 // who knows that nobody is there calls somebody else
	}
	switch {
	case l.dice.chance(0.07):
		l.callOut(k, at, r)
	case l.dice.chance(chats):
		l.receive(k, at, r, "chat", "")
	default:
		l.receive(k, at, r, "phone", "")
	}
}

// chats is how many of the calls are live chats.
const chats = 0.3

// leg begins a call or a chat.
func (l *life) leg(k key, at time.Time, r request, channel string) *leg {
	c := &leg{reference: k.child(l.calls), call: desk.Call{
		ArrivedAt: at, Direction: desk.DirectionInbound, Channel: channel,
		Queue: l.Teams[r.team], Team: l.Teams[r.team], Topic: r.topic, Customer: customerID(r.customer),
	}}
	l.calls++
	l.tell(c)
	return c
}

// ends ends a call and says how.
func (c *leg) ends(at time.Time, outcome desk.Outcome) {
	c.call.EndedAt, c.call.Outcome, c.over = at, outcome, at
}

// receive tells of a customer who calls or opens a chat, about a ticket or not.
func (l *life) receive(k key, at time.Time, r request, channel, ticket string) {
	c := l.leg(k, at, r, channel)
	c.call.Ticket = ticket
	if l.turnedAway(c, r.team) {
		return
	}
	queued := at
	if channel == "phone" {
		queued = at.Add(l.dice.around(20*time.Second, 0.4))
		if l.dice.chance(0.04) {
			c.ends(at.Add(l.dice.exponential(12*time.Second)), desk.OutcomeAbandonedIVR)
			return
		}
	} else if l.dice.chance(0.35) {
		l.answer(c, at.Add(l.dice.between(time.Second, 2*time.Second)), desk.RoleBot, 0)
		if l.dice.chance(0.5) {
			return
		}
		queued = c.call.EndedAt
		c = l.goOn(k, c, r)
	}
	c.call.QueuedAt = queued
	l.line(k, c, r)
}

// turnedAway ends calls that are not let in, and reports whether this one was.
func (l *life) turnedAway(c *leg, team int) bool {
	switch {
	case l.closed(team, c.call.ArrivedAt):
		c.call.BlockReason = "closed"
	case l.dice.chance(0.004):
		c.call.BlockReason = "network"
	default:
		return false
	}
	c.ends(c.call.ArrivedAt.Add(l.dice.between(2*time.Second, 9*time.Second)), desk.OutcomeBlocked)
	return true
}

// line lets the caller wait for an agent. Waits come from the load, not from
// the dice alone, and who waits may give up, leave a message or be called back.
func (l *life) line(k key, c *leg, r request) {
	queued := c.call.QueuedAt
	wait, busy := l.queueOf(r.team, c.call.Channel, queued).wait(l.dice)
	if busy {
		c.call.BlockReason = "no_agent"
		c.ends(queued.Add(l.dice.between(time.Second, 3*time.Second)), desk.OutcomeBlocked)
		return
	}
	wait += l.dice.between(2*time.Second, 8*time.Second) // until it is picked up
	patience := l.dice.exponential(patienceOf(c.call.Channel))
	long := wait > l.scaled(time.Minute)
	switch offer := l.dice.Float64(); {
	case patience < wait:
		c.waited(patience, desk.OutcomeAbandoned)
	case long && offer < 0.15 && c.call.Channel == "phone":
		c.waited(l.dice.between(30*time.Second, time.Minute), desk.OutcomeVoicemail)
	case long && offer < 0.4 && c.call.Channel == "phone":
		c.waited(l.dice.between(30*time.Second, time.Minute), desk.OutcomeCallback)
		l.callOut(k, c.call.EndedAt.Add(l.dice.around(40*time.Minute, 0.6)), r)
	default:
		c.call.Wait = desk.Some(wait)
		l.converse(k, c, r, queued.Add(wait))
	}
}

func patienceOf(channel string) time.Duration {
	if channel == "chat" {
		return 150 * time.Second
	}
	return 4 * time.Minute
}

// waited ends a call in the queue.
func (c *leg) waited(wait time.Duration, outcome desk.Outcome) {
	c.call.Wait = desk.Some(wait)
	c.ends(c.call.QueuedAt.Add(wait), outcome)
}

// converse tells of the conversation with an agent and what it leaves behind.
func (l *life) converse(k key, c *leg, r request, at time.Time) {
	l.answer(c, at, desk.RoleAgent, r.team)
	if len(l.Teams) > 1 && l.dice.chance(0.08) {
		r.team = (r.team + 1) % len(l.Teams)
		c.call.Transfers = desk.Some(1)
		second := l.goOn(k, c, r)
		wait, _ := l.queueOf(r.team, c.call.Channel, second.call.ArrivedAt).wait(l.dice)
		wait += l.dice.between(2*time.Second, 8*time.Second)
		second.call.QueuedAt, second.call.Wait = second.call.ArrivedAt, desk.Some(wait)
		l.answer(second, second.call.QueuedAt.Add(wait), desk.RoleAgent, r.team)
		c = second
	}
	if c.call.Ticket == "" && l.dice.chance(0.2) {
		l.writeDown(k, c, r)
	}
}

// answer lets somebody answer a call and talk.
func (l *life) answer(c *leg, at time.Time, who desk.Role, team int) {
	call := &c.call
	call.AnsweredAt, call.HandledBy = at, who
	talk, wrapUp := l.dice.around(4*time.Minute, 0.7), l.dice.around(45*time.Second, 0.5)
	switch {
	case who == desk.RoleBot:
		talk, wrapUp = l.dice.around(2*time.Minute, 0.5), 0
	case call.Channel == "chat":
		talk = l.dice.around(8*time.Minute, 0.6)
	case l.dice.chance(0.3):
		call.Hold = desk.Some(l.dice.around(50*time.Second, 0.6))
	default:
		call.Hold = desk.Some(time.Duration(0))
	}
	if who == desk.RoleAgent {
		call.Agent, call.WrapUp = l.someAgent(team), desk.Some(wrapUp)
	}
	call.Talk = desk.Some(talk)
	c.ends(at.Add(talk+call.Hold.Value), desk.OutcomeAnswered)
	c.over = call.EndedAt.Add(wrapUp)
}

// goOn begins the next leg of a contact where the one before ended.
func (l *life) goOn(k key, before *leg, r request) *leg {
	c := l.leg(k, before.call.EndedAt, r, before.call.Channel)
	c.call.Ticket = before.call.Ticket
	before.call.Contact = cmp.Or(before.call.Contact, before.id())
	c.call.Contact = before.call.Contact
	return c
}

// callOut tells of a call to a customer.
func (l *life) callOut(k key, at time.Time, r request) {
	c := l.leg(k, at, r, "phone")
	c.call.Direction = desk.DirectionOutbound
	rings := l.dice.between(5*time.Second, 25*time.Second)
	switch reached := l.dice.Float64(); {
	case reached < 0.65:
		l.answer(c, at.Add(rings), desk.RoleAgent, r.team)
	case reached < 0.85:
		c.ends(at.Add(rings+l.dice.around(25*time.Second, 0.4)), desk.OutcomeVoicemail)
	default:
		c.ends(at.Add(rings), desk.OutcomeFailed)
	}
}

// writeDown makes a ticket of a call: more than half of them are solved by the
// time it ends.
func (l *life) writeDown(k key, c *leg, r request) {
	at := c.call.AnsweredAt.Add(c.call.Talk.Value / 2)
	t := l.open(k, at, r, c.call.Channel)
	t.first.CreatedBy, t.first.HandledBy = desk.RoleAgent, desk.RoleAgent
	t.first.AcknowledgedAt = at // somebody is on the line
	c.call.Ticket = t.id()
	t.note(at, assigned, c.call.Agent)
	t.turn(at.Add(time.Millisecond), desk.StatusOpen)
	t.now = c.over
	if l.dice.chance(0.55) {
		t.note(t.now, noted, "")
		t.close(t.now)
	} else {
		t.now = t.now.Add(t.wait())
		t.answer()
		t.talk()
	}
	t.end(at.Add(l.scaled(ticketLife)))
	l.sequel(k, t, r)
}
