package tally

import (
	"cmp"
	"slices"
)

// Spans counts what holds from one instant until another: how much of it holds
// now, and what is to come. Spans that end together take room once. The zero
// value is empty.
type Spans struct {
	now   int64 // up to here all has come
	total Count
	ahead []turn // ascending
}

// turn is what begins to hold at an instant, less what ceases to.
type turn struct {
	at int64 // nanoseconds since the epoch
	Count
}

// Begin lets an amount hold from an instant on, or with sign -1 takes that back.
func (s *Spans) Begin(at, sign int64, a Amount) {
	if at <= s.now {
		s.total.Add(sign, a)
		return
	}
	i, found := slices.BinarySearchFunc(s.ahead, at, func(t turn, at int64) int { return cmp.Compare(t.at, at) })
	if !found {
		s.ahead = slices.Insert(s.ahead, i, turn{at: at})
	}
	s.ahead[i].Add(sign, a)
	if s.ahead[i].Count == (Count{}) {
		s.ahead = slices.Delete(s.ahead, i, i+1)
	}
}

// End lets an amount cease to hold at an instant, or with sign -1 takes that
// back.
func (s *Spans) End(at, sign int64, a Amount) { s.Begin(at, -sign, a) }

// Advance moves on to an instant; what begins or ends then has done so.
func (s *Spans) Advance(now int64) {
	if now <= s.now {
		return
	}
	s.now = now
	come := 0
	for come < len(s.ahead) && s.ahead[come].at <= now {
		s.total.Merge(s.ahead[come].Count)
		come++
	}
	if come > 0 {
		s.ahead = slices.Delete(s.ahead, 0, come)
	}
}

// Total returns what holds now.
func (s *Spans) Total() Count { return s.total }
