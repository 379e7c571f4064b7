package simulate

import (
	"time"

	"helpdesk_exporter/desk"
)

// What things cost a day, in euros.
const (
	agentCost       = 190.0
	acquisitionCost = 70.0 // for each customer that comes
	retentionCost   = 0.09 // for each customer that there is
)

// costsIn is how many costs are put down in a minute: at the beginning of each
// day what it will take, for each team, for the company in euros, and for what it
// spends abroad to win customers.
func (l *life) costsIn(minute int64) int {
	if minute%dayMinutes != 0 {
		return 0
	}
	return len(l.Teams) + 3
}

// cost tells of one of the costs of a day.
func (l *life) cost(k key, n int) {
	day := timeOf(k.minute())
	c := desk.Cost{PeriodStart: day, PeriodEnd: day.AddDate(0, 0, 1), Currency: "EUR"}
	coming := comingShare * float64(l.Customers) * acquisitionCost
	var amount float64
	switch n - len(l.Teams) {
	case 0:
		c.Category, amount = "acquisition", 0.7*coming
	case 1:
		c.Category, amount, c.Currency = "acquisition", 0.35*coming, "USD"
	case 2:
		c.Category, amount = "retention", retentionCost*float64(l.Customers)
	default:
		c.Category, c.Team = "service", l.Teams[n]
		amount = agentCost * float64(l.agents[n])
		if day.Weekday() == time.Saturday || day.Weekday() == time.Sunday {
			amount *= 0.6
		}
	}
	c.Amount = desk.Some(cents(amount * l.Speed * (0.9 + 0.2*l.dice.Float64())))
	l.enterWhole(k, &c, day)
}
