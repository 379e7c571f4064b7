package e2e

import (
	"bytes"
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"
)

// bulk is a large drop of every kind, by the same dice each time. Rows stand in
// the order in which things happened.
type bulk struct {
	dice                    *rand.Rand
	tickets, calls, answers []event

	// What the counters must come to.
	opened, solved, reopened, withdrawn int
}

// event is a row and when it was written.
type event struct {
	at  time.Time
	row string
}

// The tickets come in within this time. It is short enough for no record to
// expire: windows of 7d keep records for three weeks.
var (
	bulkStart = time.Date(2026, time.March, 1, 0, 0, 0, 0, time.UTC)
	bulkSpan  = 14 * 24 * time.Hour
)

func newBulk(tickets, calls int) *bulk {
	b := &bulk{dice: rand.New(rand.NewPCG(1, 2))}
	for i := range tickets {
		b.ticket(i)
	}
	for i := range calls {
		b.call(i)
	}
	return b
}

func (b *bulk) one(of ...string) string { return of[b.dice.IntN(len(of))] }

func (b *bulk) after(at time.Time, most time.Duration) time.Time {
	return at.Add(time.Duration(b.dice.Int64N(int64(most)))).Truncate(time.Second)
}

func stamp(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.Format(time.RFC3339)
}

// ticket lets a ticket live: it is answered, mostly solved, sometimes reopened
// and solved again, or deleted. Some customers say what they think of it.
func (b *bulk) ticket(i int) {
	priority, channel, team := b.one("low", "normal", "high", "urgent"), b.one("email", "chat", "web", "phone"), b.one("billing", "tech", "orders")
	created := b.after(bulkStart, bulkSpan)
	b.opened++
	var answered, solved time.Time
	state := func(at time.Time, status string) {
		row := fmt.Sprintf("T%06d,%s,%s,%s,%s,%s,%s,%s,%s", i, stamp(created), stamp(at), status, priority, channel, team, stamp(answered), stamp(solved))
		b.tickets = append(b.tickets, event{at, row})
	}
	state(created, "new")
	answered = b.after(created, 2*time.Hour)
	state(answered, "open")
	at := answered
	if b.dice.IntN(50) == 0 {
		state(b.after(at, time.Hour).Add(time.Second), b.one("deleted", "spam"))
		b.withdrawn++
		return
	}
	for b.dice.IntN(8) > 0 {
		at = b.after(at, 12*time.Hour).Add(time.Second)
		solved = at
		state(at, "solved")
		b.solved++
		if b.dice.IntN(2) == 0 {
			row := fmt.Sprintf("S%06d,T%06d,%s,%d", len(b.answers), i, stamp(at), 1+b.dice.IntN(5))
			b.answers = append(b.answers, event{at, row})
		}
		if b.dice.IntN(6) > 0 {
			return
		}
		at = b.after(at, 12*time.Hour).Add(time.Second)
		solved = time.Time{}
		state(at, "open")
		b.reopened++
	}
}

func (b *bulk) call(i int) {
	at := b.after(bulkStart, bulkSpan)
	outcome, talk := "answered", fmt.Sprint(b.dice.IntN(900))
	if b.dice.IntN(9) == 0 {
		outcome, talk = "abandoned", ""
	}
	row := fmt.Sprintf("C%06d,%s,%s,%d,%s,%s", i, stamp(at), outcome, b.dice.IntN(120), talk, b.one("support", "orders"))
	b.calls = append(b.calls, event{at, row})
}

// text lays events out as a file.
func text(header string, events []event) string {
	slices.SortStableFunc(events, func(x, y event) int { return cmp.Or(x.at.Compare(y.at), cmp.Compare(x.row, y.row)) })
	var b bytes.Buffer
	fmt.Fprintln(&b, header)
	for _, e := range events {
		fmt.Fprintln(&b, e.row)
	}
	return b.String()
}
