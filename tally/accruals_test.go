package tally_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"helpdesk_exporter/tally"
)

// 30,000 for the 30 days of June make 1,000 a day.
func TestOfARentAWindowHoldsItsDays(t *testing.T) {
	june := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC).UnixNano()
	const day = int64(24 * time.Hour)
	var a tally.Accruals
	a.Add(june, june+30*day, 1, 30_000e9)
	a.Add(june, june+30*day, 1, 6_000e9)
	a.Add(june+10*day, june+10*day, 1, 500e9) // of no time at all
	for _, tt := range []struct {
		name     string
		from, to int64
		n        int64
		sum      float64
	}{
		{"inside", june + 7*day, june + 14*day, 2, 8400},
		{"over the beginning", june - 5*day, june + 2*day, 2, 2400},
		{"over the end", june + 29*day, june + 36*day, 2, 1200},
		{"all of it", june - day, june + 31*day, 2, 36_000},
		{"up to the beginning", june - 7*day, june, 0, 0},
		{"from the end on", june + 30*day, june + 37*day, 0, 0},
	} {
		if got := a.Within(tt.from, tt.to); got.N != tt.n || got.Sum.Float() != tt.sum {
			t.Errorf("%s: %d periods with %v, want %d with %v", tt.name, got.N, got.Sum.Float(), tt.n, tt.sum)
		}
	}
	a.Add(june, june+30*day, -1, 30_000e9)
	if got := a.Within(june, june+30*day); got.N != 1 || got.Sum.Float() != 6000 {
		t.Errorf("%d periods with %v, want the one that was not taken away, with 6000", got.N, got.Sum.Float())
	}
}

// accrual is an amount whose parts of each moment of its period are whole
// billionths, so that figures can be compared exactly.
type accrual struct {
	from, length, each int64
}

func (a accrual) enter(to *tally.Accruals, sign int64) {
	to.Add(a.from, a.from+a.length, sign, tally.Amount(a.length*a.each))
}

func TestAccrualsEqualTheirMomentsCountedOneByOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var a tally.Accruals
		var held []accrual
		for range rapid.IntRange(1, 20).Draw(t, "steps") {
			if len(held) > 0 && rapid.IntRange(0, 2).Draw(t, "step") == 0 {
				i := rapid.IntRange(0, len(held)-1).Draw(t, "which")
				held[i].enter(&a, -1)
				held = slices.Delete(held, i, i+1)
			} else {
				x := accrual{
					rapid.Int64Range(-9, 9).Draw(t, "from"), rapid.Int64Range(1, 9).Draw(t, "length"),
					rapid.Int64Range(-5, 5).Draw(t, "each"),
				}
				held = append(held, x)
				x.enter(&a, 1)
			}
			from := rapid.Int64Range(-12, 20).Draw(t, "window from")
			to := from + rapid.Int64Range(0, 20).Draw(t, "window length")
			var want tally.Count
			for _, x := range held {
				reaches := int64(0)
				for moment := x.from; moment < x.from+x.length; moment++ {
					if from <= moment && moment < to {
						reaches = 1
						want.Sum.Add(tally.Amount(x.each))
					}
				}
				want.N += reaches
			}
			if got := a.Within(from, to); got != want {
				t.Fatalf("from %d to %d accrues %v, moment by moment %v", from, to, got, want)
			}
		}
	})
}
