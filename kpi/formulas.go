package kpi

import (
	"math"
	"time"

	"helpdesk_exporter/tally"
)

// z is the standard normal quantile of two-sided 95 % bounds.
const z = 1.959964

// number of contributions in the window; 0 is a figure too.
func number(c []tally.Count, _ time.Duration) (float64, bool) { return float64(c[0].N), true }

// amount is the sum over the window; 0 is a figure too.
func amount(c []tally.Count, _ time.Duration) (float64, bool) { return c[0].Sum.Float(), true }

// perDay is the number of contributions by days of the window.
func perDay(c []tally.Count, window time.Duration) (float64, bool) {
	return float64(c[0].N) / (window.Hours() / 24), true
}

// sampled returns a formula that gives no figure below the smallest sample,
// which the first of the measures counts.
func (d *Definitions) sampled(f func(c []tally.Count) float64) func([]tally.Count, time.Duration) (float64, bool) {
	least := int64(max(d.MinSample, 1))
	return func(c []tally.Count, _ time.Duration) (float64, bool) {
		if c[0].N < least {
			return 0, false
		}
		return f(c), true
	}
}

// mean is sum / n. For contributions of 0 and 1 it is their share.
func mean(c []tally.Count) float64 { return c[0].Sum.Float() / float64(c[0].N) }

// quotient is the number of the second measure by that of the first.
func quotient(c []tally.Count) float64 { return float64(c[1].N) / float64(c[0].N) }

// wilson returns the Wilson score interval of the share of ones (Wilson 1927):
// its bounds stay within 0 and 1, and hold for small samples.
func wilson(c tally.Count) (lower, upper float64) {
	n := float64(c.N)
	p := c.Sum.Float() / n
	centre := (p + z*z/(2*n)) / (1 + z*z/n)
	half := z / (1 + z*z/n) * math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	lower, upper = max(centre-half, 0), min(centre+half, 1)
	switch p { // where the formula is exact and its rounding is not
	case 0:
		lower = 0
	case 1:
		upper = 1
	}
	return lower, upper
}

func wilsonLower(c []tally.Count) float64 { lower, _ := wilson(c[0]); return lower }
func wilsonUpper(c []tally.Count) float64 { _, upper := wilson(c[0]); return upper }

// nps is the Net Promoter Score over contributions of +1, 0 and -1, in points.
func nps(c []tally.Count) float64 { return 100 * mean(c) }

// npsMargin is the 95 % margin of error of the score in points, by the
// population variance of the +1, 0, -1 answers; the second measure counts those
// that are not 0.
func npsMargin(c []tally.Count) float64 {
	n := float64(c[0].N)
	polar, balance := c[1].Sum.Float()/n, c[0].Sum.Float()/n
	return 100 * z * math.Sqrt(max(polar-balance*balance, 0)/n)
}
