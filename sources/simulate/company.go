package simulate

import (
	"fmt"
	"time"

	"helpdesk_exporter/desk"
)

// company is who the customers are. It is a function of the settings and of the
// moment at which it began: whoever wants to know when a customer came and left
// works it out, and nobody keeps a list. So customers are numbered in the order
// in which they leave, and those who are there are a stretch of numbers.
type company struct {
	since   time.Time // it began
	earlier int       // customers of companies before it, whose ids are taken
	coming  flow
	leaving flow
	stride  int // scatters the ids of the first customers over the order in which they leave
	zones   []*time.Location
}

// flow is something that happens at a steady pace, each time at some moment of
// a stretch of its own.
type flow struct {
	seed  uint64
	since time.Time
	pace  time.Duration
}

// at is when it happens for the n-th time, from 0.
func (f *flow) at(n int) time.Time {
	within := time.Duration(fraction(f.seed, uint64(n), 0) * float64(f.pace))
	return f.since.Add((time.Duration(n)*f.pace + within).Truncate(time.Millisecond))
}

// before is how many times it happens before an instant.
func (f *flow) before(t time.Time) int {
	if !t.After(f.since) {
		return 0
	}
	n := max(0, int(t.Sub(f.since)/f.pace)-1)
	for f.at(n).Before(t) {
		n++
	}
	return n
}

// How many of a hundred customers come and leave, a day.
const (
	comingShare  = 0.29 / 100
	leavingShare = 0.3 / 100
)

// How long things take around a customer.
const (
	longestTie  = 3 * 365 * 24 * time.Hour // of those that there are at first
	hesitation  = 6 * 24 * time.Hour       // until somebody who heard of the company is a customer
	earliestOut = 4 * 24 * time.Hour       // some leave again soon, from here ...
	latestOut   = 18 * 24 * time.Hour      // ... to here
	absence     = 20 * 24 * time.Hour      // until somebody who left is back
	joinsLater  = 5 * 24 * time.Hour       // until a customer joins a program
)

// zones are where customers live.
var zones = []lot[string]{
	{0.3, "Europe/Athens"}, {0.25, "Europe/London"}, {0.2, "America/New_York"}, {0.15, "America/Sao_Paulo"}, {0.1, "Asia/Tokyo"},
}

// establish gives the life a company, the one of the era before where that is the
// same. Another one starts anew beside the customers that are known.
func (l *life) establish(eras []*life) error {
	if l.Customers == 0 {
		return nil
	}
	for i, before := range eras {
		if before.Customers == 0 {
			continue
		}
		if i == len(eras)-1 && before.Customers == l.Customers && before.Seed == l.Seed && before.Speed == l.Speed {
			l.company = before.company
			return nil
		}
		l.earlier = max(l.earlier, before.earlier+before.Customers+before.coming.before(timeOf(l.from)))
	}
	for _, z := range zones {
		zone, err := time.LoadLocation(z.value)
		if err != nil {
			return fmt.Errorf("load the zone of customers: %w", err)
		}
		l.zones = append(l.zones, zone)
	}
	l.since = timeOf(l.from + 1) // all of that minute lies behind the first poll's past
	flowOf := func(share float64, salt uint64) flow {
		perDay := share * float64(l.Customers)
		return flow{scatter(l.Seed ^ salt), l.since, l.scaled(time.Duration(float64(24*time.Hour) / perDay))}
	}
	l.coming, l.leaving = flowOf(comingShare, 1), flowOf(leavingShare, 2)
	l.stride = strideOf(l.Customers)
	return nil
}

// strideOf returns a step that visits each of n numbers once, wide apart.
func strideOf(n int) int {
	stride := max(1, n*618/1000)
	for divisor(stride, n) != 1 {
		stride++
	}
	return stride
}

func divisor(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// customer is one of the company's.
type customer struct {
	number   int // of the id: tickets have it as requester
	acquired time.Time
	churned  time.Time
	back     time.Time // zero: never
	early    bool      // left soon after coming
}

func (c *customer) id() string { return customerID(c.number) }

// trait is what tells one from another.
type trait uint64

const (
	traitZone trait = iota + 1<<32
	traitTenure
	traitHesitation
	traitEarly
	traitOut
	traitReturn
	traitAbsence
	traitReason
	traitEager
	traitCurrency
	traitMember
	traitEnrolled
	traitContent
	traitLocale
	traitLength
	traitAge
	traitQuality
)

// trait returns where somebody or something stands in a trait, from 0 to 1.
func (l *life) trait(number int, of trait) float64 {
	return fraction(l.Seed, uint64(number), uint64(of))
}

// part returns a part of a time at the desk's speed, in whole milliseconds.
func (l *life) part(of time.Duration, part float64) time.Duration {
	return l.dice.scaled(part * float64(of))
}

// customer returns the n-th customer to leave.
func (l *life) customer(n int) customer {
	c := customer{number: l.earlier + n}
	if n < l.Customers {
		c.number = l.earlier + n*l.stride%l.Customers
		c.acquired = l.since.Add(-l.part(longestTie, l.trait(c.number, traitTenure)))
	} else {
		hesitates := l.trait(c.number, traitHesitation)
		c.acquired = l.coming.at(n - l.Customers).Add(l.part(time.Hour, 1) + l.part(hesitation, hesitates*hesitates))
		c.early = l.trait(c.number, traitEarly) < 0.1
	}
	c.churned = l.leaving.at(n)
	if c.early {
		c.churned = c.acquired.Add(l.part(earliestOut, 1) + l.part(latestOut-earliestOut, l.trait(c.number, traitOut)))
	} else if l.trait(c.number, traitReturn) < 0.15 {
		c.back = c.churned.Add(l.part(absence, 0.1+0.9*l.trait(c.number, traitAbsence)))
	}
	return c
}

// activeAt reports whether somebody is a customer at an instant.
func (c *customer) activeAt(at time.Time) bool {
	return !at.Before(c.acquired) && (at.Before(c.churned) || !c.back.IsZero() && !at.Before(c.back))
}

// someone draws a customer who does something; some do far more than others.
// False: there is nobody.
func (l *life) someone(at time.Time) (customer, bool) {
	first, next := l.leaving.before(at), l.Customers+l.coming.before(at)
	if first >= next {
		return customer{}, false
	}
	for range 32 {
		c := l.customer(first + l.dice.IntN(next-first))
		eager := l.trait(c.number, traitEager)
		if l.dice.chance(0.05+0.95*eager*eager) && c.activeAt(at) {
			return c, true
		}
	}
	return customer{}, false
}

// someID draws the id of a customer, empty for some part of those who do not say
// who they are.
func (l *life) someID(at time.Time, known float64) string {
	if c, ok := l.someone(at); ok && l.dice.chance(known) {
		return c.id()
	}
	return ""
}

// zoneOf returns where a customer lives.
func (l *life) zoneOf(c *customer) *time.Location {
	at := l.trait(c.number, traitZone)
	for i, z := range zones {
		if at -= z.weight; at < 0 {
			return l.zones[i]
		}
	}
	return l.zones[0]
}

// reasons are why customers leave; some do not say.
var reasons = []string{
	"service", "service", "communication", "product_problems", "product_problems", "price", "price", "price",
	"personalisation", "competitor", "competitor", "changed_needs", "reputation", "",
}

// register tells the record of a customer, from the times on at which it changes.
func (l *life) register(k key, c customer, turns ...time.Time) {
	zone := l.zoneOf(&c).String()
	reason := reasons[int(l.trait(c.number, traitReason)*float64(len(reasons)))]
	e := l.enter(k, func(at time.Time) desk.Body {
		body := desk.Customer{
			AcquiredAt: c.acquired, ChurnedAt: c.churned, ReactivatedAt: c.back, Segment: segment(c.number), Timezone: zone,
		}
		hide(at, &body.ChurnedAt, &body.ReactivatedAt)
		if !body.ChurnedAt.IsZero() {
			body.ChurnReason = reason
		}
		return &body
	}, turns...)
	e.name = c.id()
}
