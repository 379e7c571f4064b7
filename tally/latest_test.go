package tally_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"helpdesk_exporter/tally"
)

func TestTheNewestValueHoldsUntilTheNext(t *testing.T) {
	var l tally.Latest
	l.Add(20, 1, tally.Points(5))
	l.Add(10, 1, tally.Points(3))
	l.Add(20, 1, tally.Points(2))
	for now, want := range map[int64]float64{9: -1, 10: 3, 19: 3, 20: 7, 1000: 7} {
		c, ok := l.At(now)
		if ok != (want >= 0) || ok && c.Sum.Float() != want {
			t.Errorf("at %d: %v (%v), want %v", now, c.Sum.Float(), ok, want)
		}
	}
	l.Add(20, -1, tally.Points(5))
	l.Add(20, -1, tally.Points(2))
	if c, ok := l.At(20); !ok || c.Sum.Float() != 3 {
		t.Errorf("without what was newer: %v (%v), want 3", c.Sum.Float(), ok)
	}
	l.Add(30, 1, 0) // nobody is there
	if c, ok := l.At(30); !ok || c.N != 1 || c.Sum.Float() != 0 {
		t.Errorf("nobody: %+v (%v), want none, told of once", c, ok)
	}
}

func TestTheLatestValueIsThatFoundFromScratch(t *testing.T) {
	type value struct {
		at, n int64
	}
	rapid.Check(t, func(t *rapid.T) {
		var l tally.Latest
		var held []value
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			if len(held) > 0 && rapid.Bool().Draw(t, "take away") {
				i := rapid.IntRange(0, len(held)-1).Draw(t, "which")
				l.Add(held[i].at, -1, tally.Points(float64(held[i].n)))
				held = slices.Delete(held, i, i+1)
			} else {
				v := value{rapid.Int64Range(-5, 5).Draw(t, "at"), rapid.Int64Range(0, 3).Draw(t, "n")}
				l.Add(v.at, 1, tally.Points(float64(v.n)))
				held = append(held, v)
			}
			now := rapid.Int64Range(-6, 6).Draw(t, "now")
			newest, told := int64(0), false
			for _, v := range held {
				if v.at <= now && (!told || v.at > newest) {
					newest, told = v.at, true
				}
			}
			var n, sum int64
			for _, v := range held {
				if told && v.at == newest {
					n, sum = n+1, sum+v.n
				}
			}
			c, ok := l.At(now)
			if ok != told || c.N != n || c.Sum.Float() != float64(sum) {
				t.Fatalf("at %d: %d of %v (%v), want %d of %d (%v)", now, c.N, c.Sum.Float(), ok, n, sum, told)
			}
		}
	})
}
