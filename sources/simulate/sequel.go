package simulate

import (
	"time"

	"helpdesk_exporter/desk"
)

// sequel tells what comes of a ticket: the customer writes a second one while
// the first is not answered, calls about it, is asked how it was, or comes back.
func (l *life) sequel(k key, c *course, r request) {
	latest := c.first.CreatedAt.Add(l.scaled(sequelUntil))
	if answered := c.when(isAnswer); !answered.IsZero() {
		l.impatience(k, c, r, answered)
	}
	solved := c.when(isSolve)
	if solved.IsZero() {
		return
	}
	_, closed := c.last()
	l.survey(c.ticket)
	l.review(k, c, solved)
	switch again := l.dice.Float64(); {
	case again < 0.05:
		l.again(k, solved.Add(l.dice.around(26*time.Hour, 0.9)), latest, r, "")
	case again < 0.08:
		l.again(k, closed.Add(l.dice.around(14*time.Hour, 0.8)), latest, r, c.id())
	}
}

func isAnswer(e *event) bool { return e.what == said && e.author == desk.RoleAgent }

func isSolve(e *event) bool { return e.what == turned && e.status == desk.StatusSolved }

// impatience tells what customers do who wait for an answer.
func (l *life) impatience(k key, c *course, r request, answered time.Time) {
	at := c.first.CreatedAt.Add(l.dice.around(time.Hour, 0.8))
	if at.After(answered) {
		return
	}
	switch {
	case l.dice.chance(0.08):
		second := l.open(k, at, r, choose(l.dice, written))
		second.say(at, desk.RoleCustomer)
		second.acknowledge()
		second.events = append(second.events, event{
			at: answered.Add(l.dice.around(3*time.Minute, 0.5)), what: merged, status: desk.StatusMerged, word: c.id(),
		})
		second.end(at.Add(l.scaled(ticketLife)))
	case l.CallsPerDay > 0 && l.dice.chance(0.12):
		l.receive(k, at, r, "phone", c.id())
	}
}

// again tells of a customer who comes back about the same.
func (l *life) again(k key, at, latest time.Time, r request, follows string) {
	if at.After(latest) {
		return
	}
	c := l.open(k, at, r, choose(l.dice, written))
	c.first.FollowupOf = follows
	c.say(at, desk.RoleCustomer)
	c.acknowledge()
	c.unhappy = 0.8
	c.work()
	c.end(at.Add(l.scaled(ticketLife)))
	l.survey(c.ticket)
}
