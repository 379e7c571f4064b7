package tally_test

import (
	"math"
	"math/big"
	"testing"
	"time"

	"pgregory.net/rapid"

	"helpdesk_exporter/tally"
)

// amounts draws amounts of every size, the extremes among them.
func amounts() *rapid.Generator[tally.Amount] {
	return rapid.OneOf(
		rapid.Custom(func(t *rapid.T) tally.Amount { return tally.Amount(rapid.Int64().Draw(t, "any")) }),
		rapid.Custom(func(t *rapid.T) tally.Amount { return tally.Amount(rapid.Int64Range(-5, 5).Draw(t, "tiny")) }),
		rapid.SampledFrom([]tally.Amount{math.MinInt64, math.MaxInt64, -1, 0, 1}),
	)
}

// isExactly compares a sum with the exact one, to what a float64 can hold: the
// conversion rounds at most three times.
func isExactly(t *rapid.T, got tally.Sum, exact *big.Int) {
	t.Helper()
	want, _ := new(big.Float).Quo(new(big.Float).SetInt(exact), big.NewFloat(1e9)).Float64()
	if diff := math.Abs(got.Float() - want); diff > 4e-16*math.Abs(want) {
		t.Fatalf("sum is %v, exactly %v", got.Float(), want)
	}
}

func TestSumIsExactInEveryOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(amounts(), 0, 60).Draw(t, "values")
		exact := new(big.Int)
		for _, v := range values {
			exact.Add(exact, big.NewInt(int64(v)))
		}
		var forward, other tally.Sum
		for _, v := range values {
			forward.Add(v)
		}
		for _, v := range rapid.Permutation(values).Draw(t, "order") {
			other.Add(v)
		}
		if forward != other {
			t.Fatalf("two orders give %v and %v", forward, other)
		}
		isExactly(t, forward, exact)
	})
}

func TestWhatASumLosesLeavesNoTrace(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		kept := rapid.SliceOfN(amounts(), 0, 30).Draw(t, "kept")
		lost := rapid.SliceOfN(amounts(), 0, 30).Draw(t, "lost")
		type step struct {
			value tally.Amount
			less  bool
		}
		var steps []step
		var want tally.Sum
		for _, v := range kept {
			steps = append(steps, step{value: v})
			want.Add(v)
		}
		for _, v := range lost {
			steps = append(steps, step{value: v}, step{value: v, less: true})
		}
		var got tally.Sum
		for _, s := range rapid.Permutation(steps).Draw(t, "order") {
			var one tally.Sum
			one.Add(s.value)
			if s.less {
				got.Less(one)
			} else {
				got.Merge(one)
			}
		}
		if got != want {
			t.Fatalf("got %v, want %v", got, want)
		}
	})
}

// A difference of two large sums that a float64 sum would lose.
func TestASecondAmongBillionsOfYearsIsNotLost(t *testing.T) {
	var s tally.Sum
	for range 1000 {
		s.Add(tally.Amount(math.MaxInt64))
	}
	s.Add(tally.Seconds(time.Second))
	for range 1000 {
		s.Add(-tally.Amount(math.MaxInt64))
	}
	if got := s.Float(); got != 1 {
		t.Errorf("got %v, want 1", got)
	}
	s.Add(tally.Seconds(-3 * time.Second))
	if got := s.Float(); got != -2 {
		t.Errorf("got %v, want -2", got)
	}
}

func TestTheSmallestSumIsAFloatToo(t *testing.T) {
	var s tally.Sum
	s.Add(math.MinInt64)
	for range 64 {
		s.Merge(s) // doubles: -2^63 becomes -2^127
	}
	if got, want := s.Float(), -math.Ldexp(1, 127)/1e9; got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}
