package simulate

import (
	"math"
	"time"

	"helpdesk_exporter/desk"
)

// deedsPerDay is how much there is to tell, a day and customer, of what
// customers do and of what is done to win them.
const deedsPerDay = 1.4

type deed = func(l *life, k key, at time.Time)

var (
	deedsOfADay = []lot[deed]{
		{0.428, (*life).visit},
		{0.217, (*life).use},
		{0.09, (*life).read},
		{0.143, (*life).reach},
		{0.054, (*life).speakUp},
		{0.043, (*life).order},
		{0.0175, (*life).collect},
		{0.0035, (*life).learn},
		{0.004, (*life).mention},
	}
	// In an incident customers look for help and tell the world; nobody buys.
	deedsOfIncident = []lot[deed]{
		{0.3, (*life).visit}, {0.1, (*life).use}, {0.35, (*life).read}, {0.25, (*life).speakUp},
	}
)

// deed tells of one thing that a customer does, or that is done to win one.
func (l *life) deed(k key, at time.Time) {
	deeds := deedsOfADay
	if l.severity(at) > 1 {
		deeds = deedsOfIncident
	}
	choose(l.dice, deeds)(l, k, at)
}

// order tells of a purchase by somebody who has bought before.
func (l *life) order(k key, at time.Time) {
	if c, ok := l.someone(at); ok {
		l.buy(k, c, at, choose(l.dice, orders))
	}
}

var orders = []lot[desk.PurchaseType]{
	{0.2, desk.PurchaseTypeUpsell}, {0.12, desk.PurchaseTypeCrossSell}, {0.68, desk.PurchaseTypeUnknown},
}

// buy tells of a purchase, and now and then of its return.
func (l *life) buy(k key, c customer, at time.Time, kind desk.PurchaseType) desk.Purchase {
	median := 60.0
	if segment(c.number) == "business" {
		median = 400
	}
	currency := "EUR"
	if l.trait(c.number, traitCurrency) < 0.3 != l.dice.chance(0.03) {
		currency = "USD"
	}
	p := desk.Purchase{
		At: at, Customer: c.id(), Amount: desk.Some(cents(median * math.Exp(0.7*l.dice.NormFloat64()))), Currency: currency,
		Type: kind, Segment: segment(c.number),
	}
	if l.dice.chance(0.85) {
		p.MarginRatio = desk.Some(cents(0.3 + 0.4*l.dice.Float64()))
	}
	l.enterWhole(k, &p, at)
	if l.dice.chance(0.04) {
		back := p
		back.At, back.Type = at.Add(l.dice.between(24*time.Hour, 5*24*time.Hour)), desk.PurchaseTypeUnknown
		back.Amount.Value = -p.Amount.Value
		l.enterWhole(k, &back, back.At)
	}
	return p
}

// cents rounds a number to two places.
func cents(x float64) float64 { return math.Round(100*x) / 100 }
