package tally_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"helpdesk_exporter/tally"
)

// lasting is an amount that holds from an instant until another; without an end
// it does not cease.
type lasting struct {
	from, until int64
	ends        bool
	value       tally.Amount
}

func (l lasting) enter(s *tally.Spans, sign int64) {
	s.Begin(l.from, sign, l.value)
	if l.ends {
		s.End(l.until, sign, l.value)
	}
}

func TestSpansHoldFromTheirBeginningUntilTheirEnd(t *testing.T) {
	var s tally.Spans
	lasting{from: 10, until: 20, ends: true, value: 3e9}.enter(&s, 1)
	lasting{from: 20, value: 4e9}.enter(&s, 1)
	lasting{from: 15, until: 15, ends: true, value: 5e9}.enter(&s, 1) // never holds
	for _, want := range []struct {
		now, n int64
		sum    float64
	}{{9, 0, 0}, {10, 1, 3}, {19, 1, 3}, {20, 1, 4}, {1000, 1, 4}} {
		s.Advance(want.now)
		if got := s.Total(); got.N != want.n || got.Sum.Float() != want.sum {
			t.Errorf("at %d: %d that make %v, want %d that make %v", want.now, got.N, got.Sum.Float(), want.n, want.sum)
		}
	}
}

// What was told of an instant that has come takes effect at once, and is taken
// back as if it had never been told.
func TestSpansTellOfThePastToo(t *testing.T) {
	var s tally.Spans
	s.Advance(100)
	over := lasting{from: 10, until: 90, ends: true, value: 1e9}
	lasts := lasting{from: 10, until: 110, ends: true, value: 2e9}
	over.enter(&s, 1)
	lasts.enter(&s, 1)
	s.Advance(50) // it does not go back
	if got := s.Total(); got.N != 1 || got.Sum.Float() != 2 {
		t.Errorf("%d that make %v, want the one that lasts", got.N, got.Sum.Float())
	}
	s.Advance(110)
	lasts.enter(&s, -1)
	over.enter(&s, -1)
	if got := s.Total(); got != (tally.Count{}) {
		t.Errorf("%v is left of spans that were taken back", got)
	}
}

func TestSpansEqualAListOfThem(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s tally.Spans
		var held []lasting
		var now int64
		instant := func(name string) int64 { return rapid.Int64Range(now-6, now+12).Draw(t, name) }
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			switch rapid.SampledFrom([]string{"add", "add", "remove", "advance"}).Draw(t, "step") {
			case "add":
				l := lasting{from: instant("from"), ends: rapid.Bool().Draw(t, "ends")}
				l.until = l.from + rapid.Int64Range(0, 9).Draw(t, "for")
				l.value = tally.Amount(rapid.Int64Range(-3, 3).Draw(t, "value")) * 1e9
				held = append(held, l)
				l.enter(&s, 1)
			case "remove":
				if len(held) == 0 {
					continue
				}
				i := rapid.IntRange(0, len(held)-1).Draw(t, "which")
				held[i].enter(&s, -1)
				held = slices.Delete(held, i, i+1)
			case "advance":
				now += rapid.Int64Range(0, 9).Draw(t, "by")
				s.Advance(now)
			}
			var want tally.Count
			for _, l := range held {
				if l.from <= now && (!l.ends || now < l.until) {
					want.Add(1, l.value)
				}
			}
			if got := s.Total(); got != want {
				t.Fatalf("at %d the spans hold %v, the list %v", now, got, want)
			}
		}
	})
}
