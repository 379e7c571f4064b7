package simulate

import (
	"math"
	"math/rand/v2"
	"time"
)

// dice are what a story is left to. They are thrown anew for each story, from
// the seed and the story's key alone, so that any story can be told again
// without those before it.
type dice struct {
	*rand.Rand
	stream *rand.PCG
	speed  float64
}

func newDice(speed float64) dice {
	stream := rand.NewPCG(0, 0)
	return dice{rand.New(stream), stream, speed}
}

// take starts the stream of numbers that belongs to a seed and a key.
func (d dice) take(seed, key uint64) {
	d.stream.Seed(scatter(seed^scatter(key)), scatter(key+1))
}

// scatter spreads numbers that lie side by side over all numbers, as splitmix64
// does: streams of neighbours must not resemble each other.
func scatter(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// fraction returns the number from 0 to 1 that belongs to a seed and two more
// numbers.
func fraction(seed, a, b uint64) float64 {
	return float64(scatter(seed^scatter(a^scatter(b)))>>11) / (1 << 53)
}

// chance is true with probability p.
func (d dice) chance(p float64) bool { return d.Float64() < p }

// around returns a log-normal duration.
func (d dice) around(median time.Duration, sigma float64) time.Duration {
	return d.scaled(float64(median) * math.Exp(sigma*d.NormFloat64()))
}

// exponential returns a duration that may end at any moment.
func (d dice) exponential(mean time.Duration) time.Duration {
	return d.scaled(float64(mean) * d.ExpFloat64())
}

// between returns a duration from least to most.
func (d dice) between(least, most time.Duration) time.Duration {
	return d.scaled(float64(least) + float64(most-least)*d.Float64())
}

// scaled returns a duration at the desk's speed, in whole milliseconds, at
// least one: what follows comes after what it follows.
func (d dice) scaled(nanoseconds float64) time.Duration {
	return max(1, time.Duration(nanoseconds/d.speed/1e6)) * time.Millisecond
}

// poisson returns how many of something happen when mean is expected.
func (d dice) poisson(mean float64) int {
	const part = 30 // the product of random numbers must not vanish
	n := 0
	for ; mean > part; mean -= part {
		n += d.poissonPart(part)
	}
	return n + d.poissonPart(mean)
}

func (d dice) poissonPart(mean float64) int {
	n, none := 0, math.Exp(-mean)
	for p := d.Float64(); p > none; p *= d.Float64() {
		n++
	}
	return n
}

// score returns a whole number near mean, between least and most.
func (d dice) score(mean, spread float64, least, most int) float64 {
	return float64(min(most, max(least, int(math.Round(mean+spread*d.NormFloat64())))))
}

// lot is one of the things to choose from; the weights of a list sum up to 1.
type lot[T any] struct {
	weight float64
	value  T
}

// choose draws one of the lots by weight.
func choose[T any](d dice, lots []lot[T]) T {
	at := d.Float64()
	for _, l := range lots[:len(lots)-1] {
		if at -= l.weight; at < 0 {
			return l.value
		}
	}
	return lots[len(lots)-1].value
}
