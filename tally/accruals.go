package tally

import (
	"cmp"
	"slices"
)

// Accruals keeps amounts that accrue evenly over a period, such as a month's
// rent. The zero value is empty.
type Accruals struct {
	periods []period // by their bounds
}

type period struct {
	from, to int64 // nanoseconds since the epoch
	Count
}

// Add adds an amount that accrues from one instant to a later one, or with sign
// -1 takes it away.
func (a *Accruals) Add(from, to, sign int64, amount Amount) {
	i, found := slices.BinarySearchFunc(a.periods, period{from: from, to: to}, func(x, y period) int {
		return cmp.Or(cmp.Compare(x.from, y.from), cmp.Compare(x.to, y.to))
	})
	if !found {
		a.periods = slices.Insert(a.periods, i, period{from: from, to: to})
	}
	p := &a.periods[i]
	p.Count.Add(sign, amount)
	if p.Count == (Count{}) {
		a.periods = slices.Delete(a.periods, i, i+1)
	}
}

// Within returns how many periods reach into a span of time, and what accrues
// in it.
func (a *Accruals) Within(from, to int64) Count {
	var c Count
	var sum float64
	for _, p := range a.periods {
		overlap := min(to, p.to) - max(from, p.from)
		if overlap <= 0 {
			continue
		}
		c.N += p.N
		sum += p.Sum.Float() * (float64(overlap) / float64(p.to-p.from))
	}
	c.Sum = SumOf(sum)
	return c
}
