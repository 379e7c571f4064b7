package simulate

import (
	"time"

	"helpdesk_exporter/desk"
)

// course is how a ticket fares while it is being told.
type course struct {
	*ticket
	*life
	team  int
	now   time.Time // how far it has been told
	delay float64   // how many times longer than at the best of times answers take
}

// open begins a ticket: it is new, and nobody has done anything.
func (l *life) open(k key, at time.Time, r request, channel string) *course {
	words := priorities
	if l.severity(at) > 1 {
		words = prioritiesOfIncident
	}
	t := &ticket{
		reference: k.child(l.tickets), speed: l.Speed,
		first: desk.Ticket{
			CreatedAt: at, CreatedBy: desk.RoleCustomer, Channel: channel, Priority: choose(l.dice, words),
			Team: l.Teams[r.team], Type: r.kind, Topic: r.topic, Requester: customerID(r.customer), Attrs: plans[r.customer%len(plans)],
		},
		events: make([]event, 0, 12),
	}
	l.tickets++
	if l.dice.chance(0.85) {
		t.pledges = pledgesOf[t.first.Priority]
	}
	t.turn(at, desk.StatusNew)
	l.tell(t)
	return &course{ticket: t, life: l, team: r.team, now: at, delay: l.rhythm.delay(at)}
}

// write tells what comes of a customer who writes to the desk.
func (l *life) write(k key, at time.Time) {
	r := l.ask(at)
	c := l.open(k, at, r, choose(l.dice, written))
	c.say(at, desk.RoleCustomer)
	c.acknowledge()
	switch fate := l.dice.Float64(); {
	case fate < 0.03:
		c.withdraw()
	case fate < 0.034: // forgotten, until somebody clears up
	case c.bot():
	default:
		c.work()
	}
	c.end(at.Add(l.scaled(ticketLife)))
	l.sequel(k, c, r)
}

// acknowledge lets the desk say at once that it has heard.
func (c *course) acknowledge() {
	switch c.first.Channel {
	case "email", "web", "api":
		if c.dice.chance(0.9) {
			c.say(c.now.Add(c.dice.between(time.Second, 20*time.Second)), desk.RoleAuto)
		}
	}
}

// withdraw ends a ticket that is none.
func (c *course) withdraw() {
	status := choose(c.dice, []lot[desk.Status]{{0.7, desk.StatusSpam}, {0.2, desk.StatusDeleted}, {0.1, desk.StatusTest}})
	c.turn(c.now.Add(c.dice.around(3*time.Hour, 1)), status)
}

// bot lets a program try first and reports whether the customer was content
// with it.
func (c *course) bot() bool {
	switch c.first.Channel {
	case "chat", "messaging", "web":
	default:
		return false
	}
	if !c.dice.chance(0.5) {
		return false
	}
	at := c.now.Add(c.dice.between(3*time.Second, 30*time.Second))
	c.say(at, desk.RoleBot)
	at = at.Add(c.dice.around(90*time.Second, 0.6))
	c.say(at, desk.RoleCustomer)
	at = at.Add(c.dice.between(3*time.Second, 10*time.Second))
	c.say(at, desk.RoleBot)
	if !c.dice.chance(0.4) {
		return false
	}
	c.close(at.Add(c.dice.around(4*time.Minute, 0.5)))
	return true
}

// answerTime is the median time to an answer at the best of times.
var answerTime = map[string]time.Duration{
	"urgent": 10 * time.Minute, "high": 30 * time.Minute, "normal": 80 * time.Minute, "low": 3 * time.Hour,
}

// wait draws how long the next answer takes.
func (c *course) wait() time.Duration {
	median := float64(answerTime[c.first.Priority]) * c.delay
	switch c.first.Channel {
	case "chat":
		median *= 0.05
	case "messaging", "sms", "phone":
		median *= 0.3
	}
	return c.dice.around(time.Duration(median), 0.9)
}

// work lets agents answer for the first time and then see it through.
func (c *course) work() {
	answer := c.wait()
	if c.dice.chance(0.07) {
		c.moveOn(c.now.Add(answer / 3))
	}
	c.note(c.now.Add(answer/2), assigned, c.someAgent(c.team))
	c.turn(c.now.Add(answer*9/10), desk.StatusOpen)
	c.now = c.now.Add(answer)
	c.answer()
	c.talk()
}

// answer lets the agent answer now.
func (c *course) answer() {
	if c.dice.chance(0.15) {
		c.note(c.now.Add(-time.Millisecond), noted, "")
	}
	c.reply(c.now, c.dice.around(6*time.Minute, 0.7))
}

// talk goes back and forth until the ticket is solved.
func (c *course) talk() {
	if c.dice.chance(escalationOf(&c.first)) {
		c.now = c.now.Add(c.dice.around(2*time.Hour, 1))
		c.note(c.now, escalated, higher(c.first.Priority))
		c.moveOn(c.now)
		c.now = c.now.Add(c.wait())
		c.answer()
		c.unhappy += 0.4
	}
	for range 6 {
		if c.dice.chance(0.5) {
			break
		}
		if c.dice.chance(0.12) {
			c.hold()
			continue
		}
		if !c.exchange() {
			return
		}
	}
	c.solve(c.now.Add(c.dice.around(2*time.Minute, 0.8)))
}

// hold lets the ticket wait for a third party.
func (c *course) hold() {
	c.turn(c.now.Add(time.Millisecond), desk.StatusOnHold)
	c.now = c.now.Add(c.dice.around(16*time.Hour, 0.7))
	c.turn(c.now, desk.StatusOpen)
	c.now = c.now.Add(c.dice.around(20*time.Minute, 0.7))
	c.answer()
	c.unhappy += 0.3
}

// exchange waits for the customer's answer and gives the next one. It is false
// where the customer does not answer any more: then the desk ends it.
func (c *course) exchange() bool {
	c.turn(c.now.Add(time.Millisecond), desk.StatusPending)
	if c.dice.chance(0.12) {
		c.say(c.now.Add(c.dice.scaled(float64(24*time.Hour))), desk.RoleAuto)
		c.close(c.now.Add(c.dice.between(2*24*time.Hour, 5*24*time.Hour)))
		return false
	}
	c.now = c.now.Add(c.dice.around(100*time.Minute, 1.2))
	c.say(c.now, desk.RoleCustomer)
	c.turn(c.now, desk.StatusOpen)
	c.delay = c.rhythm.delay(c.now)
	answer := c.wait()
	if c.dice.chance(0.05) {
		c.moveOn(c.now.Add(answer / 2))
	}
	c.now = c.now.Add(answer)
	c.answer()
	c.unhappy += 0.1
	return true
}

// moveOn gives the ticket to the next team.
func (c *course) moveOn(at time.Time) {
	if len(c.Teams) == 1 {
		return
	}
	c.team = (c.team + 1) % len(c.Teams)
	c.note(at, moved, c.Teams[c.team])
	c.note(at.Add(time.Millisecond), assigned, c.someAgent(c.team))
	c.unhappy += 0.2
}

// solve solves the ticket, as often as it takes.
func (c *course) solve(at time.Time) {
	comesBack := 0.08
	if c.first.Type == "complaint" {
		comesBack = 0.16
	}
	for range 2 {
		if !c.dice.chance(comesBack) {
			break
		}
		c.turn(at, desk.StatusSolved)
		c.now = at.Add(c.dice.around(10*time.Hour, 0.7))
		c.say(c.now, desk.RoleCustomer)
		c.turn(c.now, desk.StatusOpen)
		c.delay = c.rhythm.delay(c.now)
		c.now = c.now.Add(c.wait())
		c.answer()
		at = c.now.Add(c.dice.around(2*time.Minute, 0.8))
		c.unhappy += 0.8
	}
	c.close(at)
}

// close solves the ticket for good; the desk closes it some days later.
func (c *course) close(at time.Time) {
	c.turn(at, desk.StatusSolved)
	c.turn(at.Add(c.dice.scaled(float64(4*24*time.Hour))), desk.StatusClosed)
}

// escalationOf is how probable it is that somebody else has to help.
func escalationOf(t *desk.Ticket) float64 {
	switch {
	case t.Priority == "urgent":
		return 0.2
	case t.Type == "complaint":
		return 0.12
	default:
		return 0.04
	}
}

// higher is the priority that an escalation gives.
func higher(priority string) string {
	switch priority {
	case "low", "normal":
		return "high"
	default:
		return "urgent"
	}
}
