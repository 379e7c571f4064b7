package tally_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"helpdesk_exporter/tally"
)

func keysOf(d *tally.DistinctWindow) []string {
	set := map[string]struct{}{}
	d.Union(set)
	return slices.Sorted(maps.Keys(set))
}

func TestAKeyIsInTheWindowAsLongAsOneOfItsContributions(t *testing.T) {
	var d tally.DistinctWindow
	d.Advance(3) // of nothing
	d.Add(5, 1, "x")
	d.Add(7, 1, "x")
	d.Add(6, 1, "y")
	for _, step := range []struct {
		do   func()
		want []string
	}{
		{func() {}, []string{"x", "y"}},
		{func() { d.Advance(6) }, []string{"x", "y"}},
		{func() { d.Advance(7) }, []string{"x"}},
		{func() { d.Add(7, -1, "x") }, nil},
		{func() { d.Add(9, 1, "z") }, []string{"z"}},
		{func() { d.Add(8, 1, "y"); d.Advance(9) }, []string{"z"}}, // one that came late leaves first
		{func() { d.Advance(8) }, []string{"z"}},                   // windows never go back
		{func() { d.Advance(10) }, nil},
	} {
		step.do()
		if diff := cmp.Diff(step.want, keysOf(&d)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

func TestDistinctKeysEqualThoseCountedFromScratch(t *testing.T) {
	type contribution struct {
		slot int64
		key  string
	}
	contributions := rapid.Custom(func(t *rapid.T) contribution {
		return contribution{rapid.Int64Range(-3, 12).Draw(t, "slot"), rapid.SampledFrom([]string{"", "x", "y", "z"}).Draw(t, "key")}
	})
	rapid.Check(t, func(t *rapid.T) {
		var d tally.DistinctWindow
		var held []contribution
		first := int64(-3)
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			switch rapid.IntRange(0, 3).Draw(t, "step") {
			case 0: // what lies before the window is left out by the caller
				first += rapid.Int64Range(0, 3).Draw(t, "forward")
				d.Advance(first)
				held = slices.DeleteFunc(held, func(c contribution) bool { return c.slot < first })
			case 1:
				if len(held) > 0 {
					i := rapid.IntRange(0, len(held)-1).Draw(t, "gone")
					d.Add(held[i].slot, -1, held[i].key)
					held = slices.Delete(held, i, i+1)
				}
			default:
				if c := contributions.Draw(t, "contribution"); c.slot >= first {
					d.Add(c.slot, 1, c.key)
					held = append(held, c)
				}
			}
			want := map[string]struct{}{}
			for _, c := range held {
				want[c.key] = struct{}{}
			}
			if diff := cmp.Diff(slices.Sorted(maps.Keys(want)), keysOf(&d)); diff != "" {
				t.Fatalf("from slot %d on (-from scratch +got):\n%s", first, diff)
			}
		}
	})
}

func TestAMultisetCountsKeysWhateverComesFirst(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var m tally.Multiset
		counts := map[string]int64{}
		for range rapid.IntRange(0, 30).Draw(t, "steps") {
			key := rapid.SampledFrom([]string{"", "x", "y"}).Draw(t, "key")
			sign := rapid.SampledFrom([]int64{1, -1}).Draw(t, "sign")
			m.Add(sign, key)
			counts[key] += sign
			want := 0
			for key, n := range counts {
				if key != "" && n != 0 {
					want++
				}
			}
			if got := m.Distinct(); got != want {
				t.Fatalf("%d keys, want %d of %v", got, want, counts)
			}
		}
	})
}
