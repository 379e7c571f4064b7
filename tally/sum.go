// Package tally counts: exact sums, sliding windows, distributions, histograms
// and ages. It knows nothing of help desks.
//
// Everything here is linear: what was added can be taken away again, in any
// order, and leaves no trace. That is why quantities are whole numbers of
// billionths and sums never round.
package tally

import (
	"math"
	"math/bits"
	"time"
)

// Amount is a quantity in billionths of its unit: nanoseconds of seconds,
// billionths of a point. Whole numbers add up to the same sum in any order.
type Amount int64

// one is the unit.
const one Amount = 1e9

// Seconds returns a duration as an amount of seconds.
func Seconds(d time.Duration) Amount { return Amount(d) }

// Points returns f rounded to the nearest billionth. It must lie within
// ±9.2 billion.
func Points(f float64) Amount { return Amount(math.Round(f * float64(one))) }

// Float returns the amount in its unit.
func (a Amount) Float() float64 { return float64(a) / float64(one) }

// Sum is an exact sum of amounts: 128 bits hold every duration of every ticket
// there will ever be. The zero value is 0.
type Sum struct {
	hi int64
	lo uint64
}

// Add adds a.
func (s *Sum) Add(a Amount) {
	s.Merge(Sum{hi: int64(a) >> 63, lo: uint64(a)})
}

// SumOf returns f rounded to the nearest billionth, as near as it can be told.
func SumOf(f float64) Sum {
	if f < 0 {
		var s Sum
		s.Less(SumOf(-f))
		return s
	}
	n := math.Round(f * float64(one))
	hi := math.Floor(math.Ldexp(n, -64))
	return Sum{hi: int64(hi), lo: uint64(n - math.Ldexp(hi, 64))}
}

// Merge adds another sum.
func (s *Sum) Merge(o Sum) {
	lo, carry := bits.Add64(s.lo, o.lo, 0)
	s.lo = lo
	s.hi += o.hi + int64(carry)
}

// Less takes another sum away.
func (s *Sum) Less(o Sum) {
	lo, borrow := bits.Sub64(s.lo, o.lo, 0)
	s.lo = lo
	s.hi -= o.hi + int64(borrow)
}

// Float returns the sum in its unit.
func (s Sum) Float() float64 {
	hi, lo, sign := uint64(s.hi), s.lo, 1.0
	if s.hi < 0 {
		var borrow uint64
		lo, borrow = bits.Sub64(0, lo, 0)
		hi, _ = bits.Sub64(0, hi, borrow)
		sign = -1
	}
	return sign * (math.Ldexp(float64(hi), 64) + float64(lo)) / float64(one)
}
