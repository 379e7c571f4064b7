package tally_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"helpdesk_exporter/tally"
)

func TestAgesTellWhatABagOfStartsTells(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var ages tally.Ages
		var bag []int64
		now := int64(1000)
		for range rapid.IntRange(1, 50).Draw(t, "steps") {
			switch rapid.SampledFrom([]string{"add", "add", "remove", "look"}).Draw(t, "step") {
			case "add":
				start := rapid.Int64Range(900, 1010).Draw(t, "start")
				ages.Add(1, start)
				bag = append(bag, start)
			case "remove":
				if len(bag) > 0 {
					i := rapid.IntRange(0, len(bag)-1).Draw(t, "which")
					ages.Add(-1, bag[i])
					bag = slices.Delete(bag, i, i+1)
				}
			case "look":
				compareAges(t, &ages, bag, now)
			}
		}
		compareAges(t, &ages, bag, now)
	})
}

func compareAges(t *rapid.T, ages *tally.Ages, bag []int64, now int64) {
	if got := ages.N(); got != len(bag) {
		t.Fatalf("%d starts, want %d", got, len(bag))
	}
	oldest, ok := ages.Oldest()
	if ok != (len(bag) > 0) || ok && oldest != slices.Min(bag) {
		t.Fatalf("the oldest of %v is %d, %v", bag, oldest, ok)
	}
	limit := rapid.Int64Range(890, 1020).Draw(t, "limit")
	before := 0
	var since, want tally.Distribution
	for _, start := range bag {
		if start < limit {
			before++
		}
		if start <= now {
			want.Add(1, tally.Amount(now-start))
		}
	}
	if got := ages.Before(limit); got != before {
		t.Fatalf("%d starts of %v before %d, want %d", got, bag, limit, before)
	}
	later := slices.DeleteFunc(slices.Clone(bag), func(start int64) bool { return start < limit })
	if next, ok := ages.From(limit); ok != (len(later) > 0) || ok && next != slices.Min(later) {
		t.Fatalf("the next of %v from %d on is %d, %v", bag, limit, next, ok)
	}
	if ages.Since(now, &since); !slices.Equal(since, want) {
		t.Fatalf("ages of %v at %d are %v, want %v", bag, now, since, want)
	}
}

// A correction takes the old start out before it puts the new one in, and a
// scrape may look in between.
func TestAStartTakenOutBeforeItCameLeavesNoTrace(t *testing.T) {
	var ages tally.Ages
	ages.Add(1, 50)
	ages.Add(-1, 10)
	if got := ages.Before(100); got != 1 {
		t.Fatalf("%d starts, want the one that came", got)
	}
	ages.Add(1, 10)
	ages.Add(-1, 50)
	if got := ages.Before(100); got != 0 || ages.N() != 0 {
		t.Errorf("%d starts of %d are left, want none", got, ages.N())
	}
}
