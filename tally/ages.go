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
// for many changes keeps a large import linear, and sorting only what is new
// keeps the looks cheap that follow.
func (a *Ages) settle() {
	if len(a.added) > 0 {
		slices.Sort(a.added)
		a.sorted, a.added = merge(a.sorted, a.added), nil
	}
	if len(a.removed) > 0 {
		slices.Sort(a.removed)
		a.sorted, a.removed = without(a.sorted, a.removed)
	}
}

// merge puts ascending starts among others, from the end on: most are later
// than all that were there.
func merge(all, added []int64) []int64 {
	n := len(all)
	all = append(all, added...)
	for i := len(added) - 1; i >= 0; i-- {
		at, _ := slices.BinarySearch(all[:n], added[i])
		copy(all[at+i+1:], all[at:n])
		all[at+i] = added[i]
		n = at
	}
	return all
}

// without takes ascending starts out of others. It returns what is kept, and
// those that were taken out before they came.
func without(all, removed []int64) (kept, owed []int64) {
	kept = all[:0]
	for _, start := range removed {
		at, found := slices.BinarySearch(all, start)
		kept = append(kept, all[:at]...)
		if all = all[at:]; found {
			all = all[1:]
		} else {
			owed = append(owed, start)
		}
	}
	return append(kept, all...), owed
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

// From returns the earliest start that is not before the given instant; false
// where there is none.
func (a *Ages) From(start int64) (int64, bool) {
	if n := a.Before(start); n < len(a.sorted) {
		return a.sorted[n], true
	}
	return 0, false
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
