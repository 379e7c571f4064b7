package tally_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"helpdesk_exporter/tally"
)

// A window of a day has slots of five minutes: twelve make an hour.
func TestStepsOfAnHour(t *testing.T) {
	grid := tally.NewGrid(24*time.Hour, 288)
	if grid.Grain() != 5*time.Minute {
		t.Fatalf("a slot is %v long, want 5m", grid.Grain())
	}
	noon := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	first := grid.Slot(noon) + 1 // the one that begins at noon
	if !grid.Start(first).Equal(noon) {
		t.Fatalf("the slot behind noon begins at %v", grid.Start(first))
	}
	var w tally.Window
	var d tally.DistributionWindow
	for _, e := range []struct {
		after time.Duration
		value tally.Amount
	}{
		{0, 64e9},               // the instant of noon ends the hour before
		{time.Nanosecond, 1e9},  // the first hour
		{time.Hour, 2e9},        // its end belongs to it
		{61 * time.Minute, 4e9}, // the second
		{3 * time.Hour, 8e9},    // the third
		{3*time.Hour + 1, 32e9}, // the fourth, which nobody asked for
	} {
		slot := grid.Slot(noon.Add(e.after))
		w.Add(slot, 1, e.value)
		d.Add(slot, 1, e.value)
	}
	steps := tally.Steps{First: first, Slots: 12, N: 3}
	counts, spreads := make([]tally.Count, 3), make([]tally.Distribution, 3)
	w.Steps(steps, counts)
	d.Steps(steps, spreads)
	for i, want := range []struct {
		n   int64
		sum float64
	}{{2, 3}, {1, 4}, {1, 8}} {
		if counts[i].N != want.n || counts[i].Sum.Float() != want.sum || spreads[i].N() != want.n {
			t.Errorf("step %d: %d that make %v and a distribution of %d, want %d that make %v",
				i, counts[i].N, counts[i].Sum.Float(), spreads[i].N(), want.n, want.sum)
		}
	}
}

// However the slots of a window are parted into steps, no contribution is lost
// or counted twice.
func TestStepsAddUpToTheWindow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var w tally.Window
		var d tally.DistributionWindow
		for range rapid.IntRange(0, 40).Draw(t, "events") {
			slot := rapid.Int64Range(-30, 30).Draw(t, "slot")
			value := tally.Amount(rapid.Int64Range(0, 9).Draw(t, "value")) * 1e9
			w.Add(slot, 1, value)
			d.Add(slot, 1, value)
		}
		steps := tally.Steps{
			First: rapid.Int64Range(-40, -30).Draw(t, "first"),
			Slots: rapid.Int64Range(1, 9).Draw(t, "slots"), N: 80,
		}
		counts, spreads := make([]tally.Count, steps.N), make([]tally.Distribution, steps.N)
		w.Steps(steps, counts)
		d.Steps(steps, spreads)
		var sum tally.Count
		var whole tally.Distribution
		for i := range counts {
			sum.Merge(counts[i])
			whole.Merge(spreads[i], 1)
		}
		if sum != w.Total() || !slices.Equal(whole, d.Total()) {
			t.Fatalf("the steps hold %v and %v, the window %v and %v", sum, whole, w.Total(), d.Total())
		}
		for slot := int64(-30); slot <= 30; slot++ {
			i, ok := steps.Of(slot)
			if begin := steps.First + int64(i)*steps.Slots; !ok || begin > slot || begin+steps.Slots <= slot {
				t.Fatalf("slot %d is in step %d (%v), which begins with slot %d", slot, i, ok, begin)
			}
		}
	})
}
