package simulate

import (
	"math"
	"sort"
	"time"
)

// queue is a line in which callers wait for agents, in the balance that it
// finds while its load stays as it is: an M/M/c+M queue, known as Erlang A.
// Callers come at random, and those who wait lose patience at random.
type queue struct {
	agents   int
	service  float64   // how many callers a busy agent finishes in a second
	patience float64   // how many of those who wait give up in a second, each
	within   []float64 // the chance to find up to that many callers in the line
}

// newQueue returns the queue that arrivals a second make. No more wait in it
// than half as many as there are agents, and a few; further ones find it busy.
func newQueue(arrivals float64, handling, patience time.Duration, agents int) queue {
	q := queue{agents: agents, service: 1 / handling.Seconds(), patience: 1 / patience.Seconds()}
	// As many come to n callers as leave them. Logarithms, for the numbers of a
	// large line are larger than any float.
	q.within = make([]float64, agents+agents/2+3)
	most := 0.0
	for n := 1; n < len(q.within); n++ {
		q.within[n] = q.within[n-1] + math.Log(arrivals/q.leaving(n))
		most = max(most, q.within[n])
	}
	sum := 0.0
	for n, state := range q.within {
		sum += math.Exp(state - most)
		q.within[n] = sum
	}
	for n := range q.within {
		q.within[n] /= sum
	}
	return q
}

// leaving is how many callers leave in a second while n are in the line.
func (q *queue) leaving(n int) float64 {
	return float64(min(n, q.agents))*q.service + float64(max(n-q.agents, 0))*q.patience
}

// wait draws how long the next caller would have to wait, given the patience to
// do so; busy: the line takes nobody.
func (q *queue) wait(d dice) (wait time.Duration, busy bool) {
	found := sort.SearchFloat64s(q.within, d.Float64())
	if found >= len(q.within)-1 {
		return 0, true
	}
	seconds := 0.0
	for n := found; n >= q.agents; n-- {
		seconds += d.ExpFloat64() / q.leaving(n)
	}
	return time.Duration(math.Round(seconds*1e3)) * time.Millisecond, false
}
