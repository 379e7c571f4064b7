package simulate

import (
	"strconv"
	"time"
)

// request is what a customer wants, whichever way it comes in.
type request struct {
	customer int
	team     int
	topic    string
	kind     string
}

// The words of the desk.
var (
	topics = []string{"login", "outage", "setup", "invoice", "refund", "contract", "delivery", "return", "damage"}

	kinds = []lot[string]{
		{0.36, "question"}, {0.22, "request"}, {0.2, "incident"}, {0.12, "complaint"}, {0.06, "problem"}, {0.04, "task"},
	}
	priorities = []lot[string]{{0.58, "normal"}, {0.19, "low"}, {0.17, "high"}, {0.06, "urgent"}}

	// In an incident more is broken, and more of it is urgent.
	kindsOfIncident      = []lot[string]{{0.6, "incident"}, {0.2, "complaint"}, {0.2, "question"}}
	prioritiesOfIncident = []lot[string]{{0.4, "high"}, {0.35, "normal"}, {0.25, "urgent"}}

	written = []lot[string]{
		{0.4, "email"}, {0.26, "web"}, {0.12, "messaging"}, {0.09, "chat"}, {0.07, "social"}, {0.03, "sms"}, {0.03, "api"},
	}

	// Maps are shared by all records of a plan: nobody writes to them.
	plans = []map[string]string{{"plan": "free"}, {"plan": "team"}, {"plan": "team"}, {"plan": "enterprise"}}
)

const topicsPerTeam = 3

// ask draws a request. Some customers come far more often than others, and an
// outage makes most of them ask about the same.
func (l *life) ask(at time.Time) request {
	known := 60 * (l.TicketsPerDay + l.CallsPerDay) * max(1, l.Speed)
	r := request{team: l.someTeam(), customer: int(known * l.dice.Float64() * l.dice.Float64())}
	topic := topicsPerTeam*r.team + min(l.dice.IntN(topicsPerTeam), l.dice.IntN(topicsPerTeam))
	r.topic, r.kind = topics[topic%len(topics)], choose(l.dice, kinds)
	if l.severity(at) > 1 && l.dice.chance(0.6) {
		r.topic, r.kind = "outage", choose(l.dice, kindsOfIncident)
	}
	if l.Customers > 0 && r.kind == "complaint" && l.dice.chance(0.5) {
		if c, ok := l.someone(at); ok { // who pays has most to complain of
			r.customer = c.number
		}
	}
	return r
}

// someTeam draws a team; the first ones have most to do.
func (l *life) someTeam() int {
	at := l.dice.Float64()
	for team, share := range l.shares {
		if at -= share; at < 0 {
			return team
		}
	}
	return 0
}

// sharesOf says how much of the work each of some teams does.
func sharesOf(teams int) []float64 {
	shares, sum := make([]float64, teams), 0.0
	for i := range shares {
		shares[i] = 1 / (float64(i) + 1.5)
		sum += shares[i]
	}
	for i := range shares {
		shares[i] /= sum
	}
	return shares
}

func customerID(n int) string { return "r" + strconv.Itoa(n) }

// segment tells small customers from large ones.
func segment(customer int) string {
	if customer%len(plans) == len(plans)-1 {
		return "business"
	}
	return "consumer"
}

// someAgent draws one of a team's agents.
func (l *life) someAgent(team int) string {
	return "a" + strconv.Itoa(mostAgents*team+l.dice.IntN(l.agents[team]))
}
