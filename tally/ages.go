package tally

import (
	"slices"
	"sort"
)

// Ages is a bag of starting instants that tells how many began before a given
// one. The zero value is empty.
type Ages struct {
	sorted  []int64 // Unix nanoseconds, ascending
	added   []int64
	removed []int64
}

// Add puts a start into the bag, or with sign -1 takes an equal one out.
func (a *Ages) Add(sign, start int64) {
	if sign > 0 {
		a.added = append(a.added, start)
	} else {
		a.removed = append(a.removed, start)
	}
}

// settle merges what was added and removed since the last look. Doing it once
// for many changes keeps a large import linear.
func (a *Ages) settle() {
	if len(a.added) == 0 && len(a.removed) == 0 {
		return
	}
	all := append(a.sorted, a.added...)
	slices.Sort(all)
	slices.Sort(a.removed)
	kept, removed := all[:0], a.removed
	var owed []int64 // taken out before they came
	for _, start := range all {
		for len(removed) > 0 && removed[0] < start {
			owed, removed = append(owed, removed[0]), removed[1:]
		}
		if len(removed) > 0 && removed[0] == start {
			removed = removed[1:]
			continue
		}
		kept = append(kept, start)
	}
	a.sorted, a.added, a.removed = kept, nil, append(owed, removed...)
}

// N returns how many starts are in the bag.
func (a *Ages) N() int { return len(a.sorted) + len(a.added) - len(a.removed) }

// Oldest returns the earliest start; false for an empty bag.
func (a *Ages) Oldest() (int64, bool) {
	a.settle()
	if len(a.sorted) == 0 {
		return 0, false
	}
	return a.sorted[0], true
}

// Before returns how many starts lie before the given instant.
func (a *Ages) Before(start int64) int {
	a.settle()
	return sort.Search(len(a.sorted), func(i int) bool { return a.sorted[i] >= start })
}

// Since adds the seconds passed from each start until now to a distribution,
// leaving out starts that lie ahead. It looks once at each bucket, not at each
// start.
func (a *Ages) Since(now int64, d *Distribution) {
	a.settle()
	bucket := func(i int) int16 { return indexOf(Amount(now - a.sorted[i])) }
	n := sort.Search(len(a.sorted), func(i int) bool { return a.sorted[i] > now })
	for i := 0; i < n; {
		b := bucket(i)
		next := i + sort.Search(n-i, func(j int) bool { return bucket(i+j) != b })
		d.add(b, int64(next-i))
		i = next
	}
}
