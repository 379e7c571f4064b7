package tally

import (
	"cmp"
	"slices"
	"time"
)

// Grid divides time into slots, aligned to the epoch, for a trailing window.
// A window of length W with grain g at time t holds what happened in
// (g*floor(t/g) + g - W, t]: never longer than W, at most one grain short.
// Slot i holds (i*g, (i+1)*g].
type Grid struct {
	grain int64 // nanoseconds
	parts int64 // the window's length in grains
}

// NewGrid returns a grid for a window of the given length with the fewest
// slots, at least parts, that divide it evenly.
func NewGrid(length time.Duration, parts int64) Grid {
	n := min(parts, int64(length))
	for int64(length)%n != 0 {
		n++
	}
	return Grid{grain: int64(length) / n, parts: n}
}

// Grain is how long a slot is.
func (g Grid) Grain() time.Duration { return time.Duration(g.grain) }

// Start returns when a slot begins: it holds what happened after that.
func (g Grid) Start(slot int64) time.Time { return time.Unix(0, slot*g.grain) }

// Slot returns the slot that holds at.
func (g Grid) Slot(at time.Time) int64 { return floorDiv(at.UnixNano()-1, g.grain) }

// First returns the oldest slot inside the window that ends at end.
func (g Grid) First(end time.Time) int64 {
	return floorDiv(end.UnixNano(), g.grain) + 1 - g.parts
}

// Leave returns when what happened at an instant leaves the window: from then on
// it lies before it.
func (g Grid) Leave(at time.Time) time.Time { return g.Start(g.Slot(at) + g.parts) }

// Begin returns when the window begins that ends at end: it holds what happened
// after that.
func (g Grid) Begin(end time.Time) time.Time { return g.Start(g.First(end)) }

// Parts is how many slots the window has.
func (g Grid) Parts() int64 { return g.parts }

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// Count is how many there were and what they add up to.
type Count struct {
	N   int64
	Sum Sum
}

// Add counts one amount, or with sign -1 takes it away again.
func (c *Count) Add(sign int64, a Amount) {
	c.N += sign
	c.Sum.Add(Amount(sign) * a)
}

// Merge adds another count.
func (c *Count) Merge(o Count) {
	c.N += o.N
	c.Sum.Merge(o.Sum)
}

// Window is the count of a trailing window, kept by slot so that old slots can
// leave it. It is sparse: a quiet label set costs a few bytes. The zero value
// is empty.
type Window struct {
	slots []slot // ascending
	total Count
}

type slot struct {
	index int64
	Count
}

// Add counts one amount in the given slot, or with sign -1 takes it away.
// The caller leaves out what lies before the window.
func (w *Window) Add(index, sign int64, a Amount) {
	w.total.Add(sign, a)
	i := len(w.slots) - 1
	switch {
	case i >= 0 && w.slots[i].index == index:
	case i < 0 || w.slots[i].index < index:
		i++
		w.slots = append(w.slots, slot{index: index})
	default:
		var found bool
		i, found = slices.BinarySearchFunc(w.slots, index, func(s slot, x int64) int {
			return cmp.Compare(s.index, x)
		})
		if !found {
			w.slots = slices.Insert(w.slots, i, slot{index: index})
		}
	}
	w.slots[i].Add(sign, a)
	if w.slots[i].Count == (Count{}) {
		w.slots = slices.Delete(w.slots, i, i+1)
	}
}

// Advance lets every slot before first leave the window.
func (w *Window) Advance(first int64) {
	gone := 0
	for gone < len(w.slots) && w.slots[gone].index < first {
		w.total.N -= w.slots[gone].N
		w.total.Sum.Less(w.slots[gone].Sum)
		gone++
	}
	if gone > 0 {
		w.slots = slices.Delete(w.slots, 0, gone)
	}
}

func (w *Window) empty() bool { return len(w.slots) == 0 }

// Total returns what the window holds.
func (w *Window) Total() Count { return w.total }

// Steps is a row of spans of time, each of so many slots, that follow one
// another.
type Steps struct {
	First int64 // slot of the first step
	Slots int64 // of each step
	N     int   // steps
}

// Of returns the step that holds a slot, false for one outside of all of them.
func (s Steps) Of(slot int64) (int, bool) {
	i := floorDiv(slot-s.First, s.Slots)
	return int(i), i >= 0 && i < int64(s.N)
}

// Steps adds what the window holds to the counts of the steps. What lies
// outside of them is left out.
func (w *Window) Steps(steps Steps, counts []Count) {
	for _, s := range w.slots {
		if i, ok := steps.Of(s.index); ok {
			counts[i].Merge(s.Count)
		}
	}
}
