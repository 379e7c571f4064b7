package tally

import (
	"cmp"
	"slices"
)

// Latest keeps values by the instant from which on they hold; of those of one
// instant the sum holds. The zero value is empty.
type Latest struct{ readings []reading }

type reading struct {
	at int64 // nanoseconds since the epoch
	Count
}

// Add adds a value that holds from an instant on, or with sign -1 takes it
// away.
func (l *Latest) Add(at, sign int64, a Amount) {
	i, found := l.find(at)
	if !found {
		l.readings = slices.Insert(l.readings, i, reading{at: at})
	}
	r := &l.readings[i]
	r.Count.Add(sign, a)
	if r.Count == (Count{}) {
		l.readings = slices.Delete(l.readings, i, i+1)
	}
}

func (l *Latest) find(at int64) (int, bool) {
	return slices.BinarySearchFunc(l.readings, at, func(r reading, at int64) int { return cmp.Compare(r.at, at) })
}

// At returns what holds at an instant, false for nothing yet.
func (l *Latest) At(now int64) (Count, bool) {
	i, found := l.find(now)
	if !found {
		i--
	}
	if i < 0 {
		return Count{}, false
	}
	return l.readings[i].Count, true
}
