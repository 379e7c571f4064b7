package main

import (
	"fmt"
	"slices"
	"strconv"
	"time"
)

// line is a queue that callers wait in, and the team that answers it.
type line struct {
	queue, team string
	perDay      float64
	day, night  int // agents at work
}

var lines = []line{
	{queue: "support", team: "technical", perDay: 46, day: 2, night: 1},
	{queue: "billing", team: "billing", perDay: 32, day: 2, night: 1},
	{queue: "orders", team: "shipping", perDay: 26, day: 1, night: 1},
}

// call is one call, in the order in which its figures come about.
type call struct {
	arrived time.Time
	line    line
	agent   string // empty: the caller hung up first
	wait    time.Duration
	talk    time.Duration
	hold    time.Duration
	wrapUp  time.Duration
}

func (c call) ended() time.Time { return c.arrived.Add(c.wait + c.talk + c.hold) }

// answerCalls sends the callers of one line through its queue: first come,
// first served, until they lose patience. Waits and lost calls come from the
// load, not from the dice.
func answerCalls(d dice, l line) []call {
	free := make([]time.Time, max(l.day, l.night))
	var calls []call
	for _, at := range d.arrivals(l.perDay) {
		c := call{arrived: at, line: l}
		staff := l.night
		if at.Hour() >= 8 && at.Hour() < 19 {
			staff = l.day
		}
		first := 0
		for i := range staff {
			if free[i].Before(free[first]) {
				first = i
			}
		}
		ring := d.around(6*time.Second, 0.4)
		c.wait = max(ring, free[first].Sub(at)+ring)
		if patience := d.exponential(4 * time.Minute); patience < c.wait {
			c.wait = patience
		} else {
			c.agent = member(l.team, first)
			c.talk = d.around(4*time.Minute, 0.7)
			if d.chance(0.25) {
				c.hold = d.around(50*time.Second, 0.6)
			}
			c.wrapUp = d.around(45*time.Second, 0.5)
			free[first] = c.ended().Add(c.wrapUp)
		}
		calls = append(calls, c)
	}
	return calls
}

func callDrop(d dice) drop {
	// The first caller rings as the span begins, the last one gives up as it
	// ends.
	calls := []call{
		{arrived: begin, line: lines[0], wait: 9 * time.Second, agent: "a01", talk: 3 * time.Minute, wrapUp: 30 * time.Second},
		{arrived: end.Add(-24 * time.Second), line: lines[0], wait: 24 * time.Second},
	}
	for _, l := range lines {
		calls = append(calls, answerCalls(d, l)...)
	}
	// A call that is still going on is not in an export.
	calls = slices.DeleteFunc(calls, func(c call) bool { return c.ended().After(end) })
	slices.SortStableFunc(calls, func(a, b call) int { return a.arrived.Compare(b.arrived) })

	file := drop{
		name: "calls.csv",
		header: []string{
			"call_id", "arrived_at", "queue", "team", "agent", "outcome",
			"wait_seconds", "talk_seconds", "hold_seconds", "wrap_up_seconds", "ended_at",
		},
	}
	for i, c := range calls {
		cells := []string{fmt.Sprintf("p%04d", i+1), stamp(c.arrived), c.line.queue, c.line.team}
		if c.agent == "" {
			cells = append(cells, "", "abandoned", seconds(c.wait), "", "", "")
		} else {
			cells = append(cells, c.agent, "answered", seconds(c.wait), seconds(c.talk), seconds(c.hold), seconds(c.wrapUp))
		}
		file.rows = append(file.rows, row{c.ended(), append(cells, stamp(c.ended()))})
	}
	return file
}

func seconds(d time.Duration) string { return strconv.Itoa(int(d / time.Second)) }
