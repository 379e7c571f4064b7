package simulate

import (
	"slices"
	"time"

	"helpdesk_exporter/desk"
)

// membership returns the part of a customer in the loyalty program; false: they
// have none.
func (l *life) membership(c *customer) (desk.Enrolment, bool) {
	m := desk.Enrolment{
		Type: desk.EnrolmentTypeLoyalty, Program: "points", Customer: c.id(),
		EnrolledAt: c.acquired.Add(l.part(joinsLater, l.trait(c.number, traitEnrolled))),
	}
	if segment(c.number) == "business" {
		m.Program = "partners"
	}
	return m, l.trait(c.number, traitMember) < 0.4
}

// enrol lets a customer of whom is told from an instant on join the loyalty
// program.
func (l *life) enrol(k key, c customer, told time.Time) {
	m, member := l.membership(&c)
	if !member {
		return
	}
	if told.Before(m.EnrolledAt) {
		told = m.EnrolledAt
	}
	l.enterWhole(k, &m, told).name = m.Customer
}

// collect tells of a member who is active in the loyalty program. The later
// story is of the later activity: of one moment must not be told after the next.
func (l *life) collect(k key, _ time.Time) {
	at := timeOf(k.minute()).Add(time.Duration(k.number()) * 10 * time.Microsecond)
	for range 6 {
		c, ok := l.someone(at)
		if !ok {
			return
		}
		m, member := l.membership(&c)
		if member && m.EnrolledAt.Before(at) {
			m.LastActiveAt = at
			l.enterWhole(k, &m, at).name = m.Customer
			return
		}
	}
}

// learn tells of a customer who takes part in a training: some lessons over some
// days, after which more than half have seen all of it.
func (l *life) learn(k key, at time.Time) {
	c, ok := l.someone(at)
	if !ok {
		return
	}
	e := desk.Enrolment{
		Type: desk.EnrolmentTypeTraining, Program: choose(l.dice, []lot[string]{{0.7, "basics"}, {0.3, "advanced"}}),
		Customer: c.id(), EnrolledAt: at,
	}
	times := []time.Time{at}
	for range 1 + l.dice.IntN(4) {
		times = append(times, times[len(times)-1].Add(l.dice.between(time.Hour, 5*24*time.Hour)))
	}
	lessons := times[1:]
	if l.dice.chance(0.6) {
		e.CompletedAt = lessons[len(lessons)-1]
	}
	l.enter(k, func(at time.Time) desk.Body {
		body := e
		hide(at, &body.CompletedAt)
		for _, lesson := range slices.Backward(lessons) {
			if !lesson.After(at) {
				body.LastActiveAt = lesson
				break
			}
		}
		return &body
	}, times...)
}
