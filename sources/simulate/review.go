package simulate

import (
	"time"

	"helpdesk_exporter/desk"
)

// criteria are what colleagues look at when they judge the work on a ticket.
var criteria = []string{"greeting", "solution", "tone", "process"}

// reviewUntil is how long after the solve a ticket may be reviewed.
const reviewUntil = 3 * 24 * time.Hour

// review lets a colleague judge the work on some of the tickets: where the
// customer had a hard time the score is lower.
func (l *life) review(k key, c *course, solved time.Time) {
	if l.Customers == 0 || !l.dice.chance(0.025) {
		return
	}
	r := desk.Review{
		ReviewedAt: solved.Add(min(l.dice.around(20*time.Hour, 0.7), l.scaled(reviewUntil))),
		Ticket:     c.id(), Team: l.Teams[c.team],
		ReviewerKind: choose(l.dice, []lot[string]{{0.5, "peer"}, {0.3, "lead"}, {0.2, "qa"}}),
		Critical:     desk.Some(l.dice.chance(0.02)),
	}
	mean := 88 - 15*c.unhappy
	if l.dice.chance(0.2) {
		r.Score = desk.Some(l.dice.score(mean, 8, 0, 100))
	} else {
		r.Categories = make(map[string]float64, len(criteria))
		for i, criterion := range criteria {
			r.Categories[criterion] = l.dice.score(mean-3*float64(i), 11, 0, 100)
		}
	}
	l.enterWhole(k, &r, r.ReviewedAt)
}
