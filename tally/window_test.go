package tally_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"helpdesk_exporter/tally"
)

// event is one amount at one instant.
type event struct {
	at    time.Time
	value tally.Amount
}

// inWindow is the rule of the windows, word for word: at t, a window of length
// W with grain g holds (g*floor(t/g) + g - W, t].
func inWindow(at, t time.Time, grain, length time.Duration) bool {
	floor := t.UnixNano() / int64(grain)
	if t.UnixNano()%int64(grain) < 0 {
		floor--
	}
	after := int64(grain)*floor + int64(grain) - int64(length)
	return at.UnixNano() > after && !at.After(t)
}

// layout is a window's length and grain, small enough for every edge to be hit.
type layout struct {
	length, grain time.Duration
	parts         int64
}

func layouts() *rapid.Generator[layout] {
	return rapid.Custom(func(t *rapid.T) layout {
		parts := rapid.Int64Range(1, 12).Draw(t, "parts")
		grain := time.Duration(rapid.IntRange(1, 7).Draw(t, "grain"))
		return layout{length: grain * time.Duration(parts), grain: grain, parts: parts}
	})
}

func TestAWindowHoldsWhatItsRuleSays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := layouts().Draw(t, "layout")
		grid := tally.NewGrid(l.length, l.parts)
		var window tally.Window
		var spread tally.DistributionWindow
		var held []event
		now := time.Unix(0, rapid.Int64Range(-50, 50).Draw(t, "start"))
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			switch rapid.SampledFrom([]string{"add", "add", "remove", "advance"}).Draw(t, "step") {
			case "add":
				e := event{
					at:    now.Add(-time.Duration(rapid.Int64Range(0, int64(l.length)+9).Draw(t, "age"))),
					value: tally.Amount(rapid.Int64Range(0, 9).Draw(t, "value")) * 1e9,
				}
				held = append(held, e)
				enter(grid, now, &window, &spread, e, 1)
			case "remove":
				if len(held) == 0 {
					continue
				}
				i := rapid.IntRange(0, len(held)-1).Draw(t, "which")
				e := held[i]
				held = slices.Delete(held, i, i+1)
				enter(grid, now, &window, &spread, e, -1)
			case "advance":
				now = now.Add(time.Duration(rapid.Int64Range(0, 2*int64(l.length)).Draw(t, "by")))
				window.Advance(grid.First(now))
				spread.Advance(grid.First(now))
			}
			var want tally.Count
			var values []tally.Amount
			for _, e := range held {
				if inWindow(e.at, now, l.grain, l.length) {
					want.Add(1, e.value)
					values = append(values, e.value)
				}
			}
			if got := window.Total(); got != want {
				t.Fatalf("at %d the window holds %v, by the rule %v", now.UnixNano(), got, want)
			}
			if got, want := spread.Total(), distributionOf(values); !slices.Equal(got, want) {
				t.Fatalf("at %d the distribution is %v, by the rule %v", now.UnixNano(), got, want)
			}
		}
	})
}

// enter puts an event in or takes it out, as those who hold windows do: what
// lies before the window is left out.
func enter(grid tally.Grid, now time.Time, w *tally.Window, d *tally.DistributionWindow, e event, sign int64) {
	slot := grid.Slot(e.at)
	if slot < grid.First(now) {
		return
	}
	w.Add(slot, sign, e.value)
	d.Add(slot, sign, e.value)
}

func distributionOf(values []tally.Amount) tally.Distribution {
	var d tally.Distribution
	for _, v := range values {
		d.Add(1, v)
	}
	return d
}

func TestAWindowIsNeverLongerThanItsNameAndAtMostOneGrainShort(t *testing.T) {
	day := 24 * time.Hour
	grid := tally.NewGrid(day, 288)
	grain := 5 * time.Minute // a day in 288 parts
	for _, now := range []time.Time{
		time.Date(2026, 3, 29, 12, 0, 0, 0, time.UTC),
		time.Date(2026, 3, 29, 12, 4, 59, 999999999, time.UTC),
		time.Date(2026, 3, 29, 12, 5, 0, 0, time.UTC),
		time.Date(2026, 3, 29, 12, 5, 0, 1, time.UTC),
	} {
		if grid.Slot(now.Add(-day)) >= grid.First(now) {
			t.Errorf("at %v it still holds what happened a whole window ago", now)
		}
		if grid.Slot(now.Add(-day+grain+1)) < grid.First(now) {
			t.Errorf("at %v it is more than a grain short", now)
		}
	}
}

func TestAGridDividesItsWindowEvenly(t *testing.T) {
	// 1000 s in 288 parts leave a rest; 320 is the next number of parts that
	// leaves none, so that a slot is 3.125 s long.
	grid := tally.NewGrid(1000*time.Second, 288)
	at := time.Unix(0, 0)
	slots := grid.Slot(at.Add(1000*time.Second)) - grid.Slot(at)
	if slots != 320 {
		t.Errorf("the window has %d slots, want 320", slots)
	}
}

func TestASlotThatHoldsNothingTakesNoPart(t *testing.T) {
	var w tally.Window
	w.Add(1, 1, 5)
	w.Add(1, -1, 5)
	w.Add(2, 1, 7)
	w.Advance(2)
	if got, want := w.Total(), (tally.Count{N: 1}); got.N != want.N || got.Sum.Float() != 7e-9 {
		t.Errorf("got %v", got)
	}
}

// What happens leaves the window at one instant, and the window begins at one:
// both say what the slots say.
func TestWhatHappensLeavesTheWindowWhenItsSlotDoes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := layouts().Draw(t, "layout")
		grid := tally.NewGrid(l.length, l.parts)
		at := time.Unix(0, rapid.Int64Range(-99, 99).Draw(t, "at"))
		leaves := grid.Leave(at)
		never := leaves.Equal(at) // of a window of one slot, whose end is not in it
		if !never && !inWindow(at, leaves.Add(-1), l.grain, l.length) {
			t.Errorf("what happened at %d has left a nanosecond before %d", at.UnixNano(), leaves.UnixNano())
		}
		if inWindow(at, leaves, l.grain, l.length) || grid.Slot(at) >= grid.First(leaves) {
			t.Errorf("what happened at %d is still there at %d", at.UnixNano(), leaves.UnixNano())
		}
		end := at.Add(time.Duration(rapid.Int64Range(0, 99).Draw(t, "after")))
		inside, after := grid.Slot(at) >= grid.First(end), at.After(grid.Begin(end))
		if inside != after || inside != end.Before(leaves) {
			t.Errorf("of a window to %d what happened at %d is inside: %v by its slot, %v by its beginning %d, %v by when it leaves",
				end.UnixNano(), at.UnixNano(), inside, after, grid.Begin(end).UnixNano(), end.Before(leaves))
		}
		if got := grid.Parts(); got < l.parts || time.Duration(got)*grid.Grain() != l.length {
			t.Errorf("%d parts of %v make no %v", got, grid.Grain(), l.length)
		}
	})
}
