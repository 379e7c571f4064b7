package simulate

import (
	"math"
	"slices"
	"testing"
	"time"

	"helpdesk_exporter/desk"
)

// One agent, and as many callers as the agent can take; those who wait lose
// patience twice as fast as the agent works. So one caller leaves after a minute,
// two leave at 3, three at 5 times that rate. Of 36 cases nobody is there in 15,
// one is in 15, two are in 5, and in 1 the line is full.
func TestTheQueueIsInTheBalanceThatErlangAFinds(t *testing.T) {
	q := newQueue(1.0/60, time.Minute, 30*time.Second, 1)
	if len(q.within) != 4 {
		t.Fatalf("the line takes %d callers", len(q.within)-1)
	}
	for n, want := range []float64{15, 30, 35, 36} {
		if got := q.within[n] * 36; math.Abs(got-want) > 1e-9 {
			t.Errorf("up to %d callers: %v of 36, want %v", n, got, want)
		}
	}
	d := newDice(1)
	d.take(1, 1)
	const n = 200_000
	sum, turnedAway := 0.0, 0
	for range n {
		wait, busy := q.wait(d)
		sum += wait.Seconds()
		if busy {
			turnedAway++
		}
	}
	// Behind one caller a minute, behind two a third of it more.
	if got, want := sum/n, (15*60+5*(60+20))/36.0; math.Abs(got-want) > 0.5 {
		t.Errorf("callers wait %.2f s, want %.2f", got, want)
	}
	if got := float64(turnedAway) / n; math.Abs(got-1.0/36) > 0.002 {
		t.Errorf("%.5f find the line full, want %.5f", got, 1.0/36)
	}
}

func TestALargeQueueHasNumbers(t *testing.T) {
	q := newQueue(1e4, 6*time.Minute, 4*time.Minute, 10_000)
	if last := q.within[len(q.within)-1]; last != 1 || math.IsNaN(q.within[0]) {
		t.Errorf("from %v to %v", q.within[0], last)
	}
}

// The same calls at three staffings: the fewer agents, the more callers give up
// and the longer the others wait.
func TestMoreCallersGiveUpWhereThereAreFewerAgents(t *testing.T) {
	before, waited := 1.0, math.Inf(1)
	for _, agents := range []int{4, 8, 16} {
		calls := slices.DeleteFunc(ofKind[*desk.Call](fourWeeks(t, Settings{CallsPerDay: 1000, Agents: agents})), func(b *desk.Call) bool {
			return b.Channel != "phone" || b.Direction != desk.DirectionInbound
		})
		abandoned := share(calls, func(b *desk.Call) bool { return b.Outcome == desk.OutcomeAbandoned })
		wait := 0.0
		for _, b := range calls {
			wait += b.Wait.Value.Seconds() / float64(len(calls))
		}
		if abandoned >= before*0.8 || wait >= waited*0.8 {
			t.Errorf("with %d agents %.3f give up, wait %.1f s; with fewer %.3f, %.1f s", agents, abandoned, wait, before, waited)
		}
		before, waited = abandoned, wait
	}
	if before > 0.03 {
		t.Errorf("%.3f give up where there are enough agents", before)
	}
}
