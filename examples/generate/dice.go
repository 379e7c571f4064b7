package main

import (
	"math"
	"math/rand/v2"
	"slices"
	"time"
)

// dice are what the examples are left to.
type dice struct{ *rand.Rand }

// newDice returns the dice of one file: a change in one file leaves the others
// as they are.
func newDice(file uint64) dice {
	return dice{rand.New(rand.NewPCG(20260301, file))}
}

// chance is true with probability p.
func (d dice) chance(p float64) bool { return d.Float64() < p }

// around returns a log-normal duration in whole seconds, at least one.
func (d dice) around(median time.Duration, sigma float64) time.Duration {
	seconds := math.Round(median.Seconds() * math.Exp(sigma*d.NormFloat64()))
	return max(1, time.Duration(seconds)) * time.Second
}

// exponential returns a duration in whole seconds, at least one.
func (d dice) exponential(mean time.Duration) time.Duration {
	seconds := math.Round(mean.Seconds() * d.ExpFloat64())
	return max(1, time.Duration(seconds)) * time.Second
}

// score returns a whole number near mean, between least and most.
func (d dice) score(mean, spread float64, least, most int) int {
	return min(most, max(least, int(math.Round(mean+spread*d.NormFloat64()))))
}

// poisson returns how many of something happen when mean is expected.
func (d dice) poisson(mean float64) int {
	n := 0
	for p := d.Float64(); p > math.Exp(-mean); p *= d.Float64() {
		n++
	}
	return n
}

// lot is one of the things to choose from.
type lot[T any] struct {
	weight float64
	value  T
}

// choose draws one of the lots by weight.
func choose[T any](d dice, lots []lot[T]) T {
	sum := 0.0
	for _, l := range lots {
		sum += l.weight
	}
	at := d.Float64() * sum
	for _, l := range lots {
		if at -= l.weight; at < 0 {
			return l.value
		}
	}
	return lots[len(lots)-1].value
}

// How a day's contacts fall on its hours, and how busy a day of the week is,
// Sunday first.
var (
	hourly = [24]float64{
		0.3, 0.2, 0.2, 0.2, 0.2, 0.4, 0.8, 1.5, 3, 5, 6.5, 7,
		6.5, 6, 6.5, 7, 6.5, 5.5, 4.5, 3.5, 2.5, 1.5, 1, 0.6,
	}
	daily = [7]float64{0.35, 1.25, 1.15, 1.1, 1.05, 1, 0.45}
)

// outage reports whether something is broken, so that everybody writes and
// calls.
func outage(t time.Time) bool {
	for _, day := range []int{4, 12, 19, 26, 29, 33} {
		from := begin.AddDate(0, 0, day).Add(5*time.Hour + 30*time.Minute)
		if !t.Before(from) && t.Before(from.Add(5*time.Hour)) {
			return true
		}
	}
	return false
}

// surge is how many times more contacts than usual come in. The hour in which
// a replay starts is the worst of all, so that there is something to watch.
func surge(t time.Time) float64 {
	start := begin.Add(end.Sub(begin) * 3 / 4)
	switch {
	case !t.Before(start) && t.Before(start.Add(time.Hour)):
		return 25
	case outage(t):
		return 2.5
	default:
		return 1
	}
}

// arrivals returns the moments at which contacts come in over the span, in
// order.
func (d dice) arrivals(perDay float64) []time.Time {
	sum := 0.0
	for _, h := range hourly {
		sum += h
	}
	var times []time.Time
	const step = 30 * time.Minute
	for from := begin; from.Before(end); from = from.Add(step) {
		mean := perDay * step.Hours() * hourly[from.Hour()] / sum * daily[from.Weekday()] * surge(from)
		for range d.poisson(mean) {
			times = append(times, from.Add(time.Duration(d.IntN(int(step.Seconds())))*time.Second))
		}
	}
	slices.SortFunc(times, time.Time.Compare)
	return times
}

// office returns t when somebody is at work then, else the moment on the next
// working morning at which they come to it.
func (d dice) office(t time.Time) time.Time {
	start := time.Date(t.Year(), t.Month(), t.Day(), 8, 0, 0, 0, time.UTC)
	if t.Hour() >= 19 {
		start = start.AddDate(0, 0, 1)
	}
	for start.Weekday() == time.Saturday || start.Weekday() == time.Sunday {
		start = start.AddDate(0, 0, 1)
	}
	if !start.After(t) {
		return t
	}
	return start.Add(d.exponential(40 * time.Minute))
}
