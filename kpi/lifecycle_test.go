package kpi_test

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/kpi"
	"helpdesk_exporter/tally"
)

// manner is how a desk tells of the lives of its tickets.
type manner struct {
	solvedAt   string // never, kept, cleared on reopening, or in advance
	firstSolve bool
	reopens    bool
	reopenedAt bool // the last time
	clocks     bool // when the ticket was open
	changes    bool // every status change, explicitly
}

// life is a ticket's life: what happened, and the states that a desk reports.
type life struct {
	states  []desk.Record // one after each event, in order
	solves  []time.Time
	reopens int
	clocks  []desk.ClockEvent
	open    bool
	deleted bool
}

// minute is an instant of a life that began yesterday.
func minute(i int) time.Time { return ago(day).Add(time.Duration(i) * time.Minute) }

// lives draws consistent lives.
func lives(deletions bool) *rapid.Generator[life] {
	return rapid.Custom(func(t *rapid.T) life {
		m := manner{
			solvedAt:   rapid.SampledFrom([]string{"never", "kept", "cleared", "in advance"}).Draw(t, "solved_at"),
			firstSolve: rapid.Bool().Draw(t, "first_solved_at"),
			reopens:    rapid.Bool().Draw(t, "reopens"),
			reopenedAt: rapid.Bool().Draw(t, "reopened_at"),
			clocks:     rapid.Bool().Draw(t, "clocks"),
			changes:    rapid.Bool().Draw(t, "status changes"),
		}
		var l life
		ticket := desk.Ticket{CreatedAt: minute(0), Status: desk.StatusNew, Team: "front"}
		step := func(i int) {
			ticket.UpdatedAt = minute(i)
			ticket.StatusChanges = append(slices.Clone(ticket.StatusChanges), desk.StatusChange{At: minute(i), Status: ticket.Status})
			state := ticket
			m.tell(&state, &l)
			l.states = append(l.states, desk.Record{ID: "1", Body: &state})
		}
		l.open = true
		l.clock(0, desk.MoveStart)
		step(0)
		for i := range rapid.IntRange(0, 8).Draw(t, "events") {
			l.event(t, &ticket, i+1)
			step(i + 1)
		}
		if m.solvedAt == "in advance" && len(l.solves) > 0 {
			for _, s := range l.states {
				foretold := s.Body.(*desk.Ticket)
				foretold.SolvedAt = l.solves[len(l.solves)-1]
				if m.firstSolve {
					foretold.FirstSolvedAt = l.solves[0]
				}
			}
		}
		if l.deleted = deletions && rapid.Bool().Draw(t, "deleted"); l.deleted {
			l.open = false
			l.states = append(l.states, desk.Record{ID: "1", Deleted: true, Body: &desk.Ticket{UpdatedAt: minute(30)}})
		}
		return l
	})
}

// event lets something happen to the ticket.
func (l *life) event(t *rapid.T, ticket *desk.Ticket, i int) {
	events := []string{"reply", "pending", "solve", "close", "reassign"}
	if !l.open {
		events = []string{"reopen", "close", "reassign"}
	}
	finish := func(status desk.Status) {
		ticket.Status = status
		if l.open {
			l.solves = append(l.solves, minute(i))
			l.clock(i, desk.MoveStop)
		}
		l.open = false
	}
	switch rapid.SampledFrom(events).Draw(t, "event") {
	case "reply":
		if ticket.FirstResponseAt.IsZero() {
			ticket.FirstResponseAt = minute(i)
		}
		ticket.Status = desk.StatusOpen
	case "pending":
		ticket.Status = desk.StatusPending
	case "solve":
		finish(desk.StatusSolved)
	case "close":
		finish(desk.StatusClosed)
	case "reopen":
		ticket.Status, l.open = desk.StatusOpen, true
		l.reopens++
		ticket.ReopenedAt = minute(i)
		l.clock(i, desk.MoveStart)
	case "reassign":
		ticket.Team = rapid.SampledFrom([]string{"front", "back"}).Draw(t, "team")
	}
}

// clock lets the clock of the resolution start or stop.
func (l *life) clock(i int, move desk.Move) {
	e := desk.ClockEvent{ID: fmt.Sprint(i), Clock: desk.ClockResolution, N: l.reopens + 1, At: minute(i), Move: move}
	l.clocks = append(slices.Clone(l.clocks), e)
}

// tell gives a state what the desk tells of the past.
func (m manner) tell(state *desk.Ticket, l *life) {
	if !m.changes {
		state.StatusChanges = nil
	}
	if !m.reopenedAt {
		state.ReopenedAt = time.Time{}
	}
	if m.clocks {
		state.Clocks = l.clocks
	}
	if m.reopens {
		state.Reopens = desk.Some(l.reopens)
	}
	if len(l.solves) == 0 || m.solvedAt == "in advance" {
		return
	}
	if m.solvedAt == "kept" || m.solvedAt == "cleared" && !l.open {
		state.SolvedAt = l.solves[len(l.solves)-1]
	}
	if m.firstSolve {
		state.FirstSolvedAt = l.solves[0]
	}
}

// asDrops returns the states as an export without a time of the last change
// brings them: only the drop tells their order.
func asDrops(states []desk.Record) []desk.Record {
	var rows []desk.Record
	for i, s := range states {
		row := *s.Body.(*desk.Ticket)
		row.UpdatedAt = time.Time{}
		s.Body, s.Origin = &row, desk.Origin{Dropped: minute(i), Name: "export.csv", Row: 1}
		rows = append(rows, s)
	}
	return rows
}

// flows are how often a record came and went, by its contributions.
type flows struct{ opened, solved, reopened, withdrawn, open int }

func flowsOf(c *kpi.Catalogue, h *desk.Held) flows {
	var f flows
	for _, of := range contributionsOf(c, kpi.Group{Record: h}) {
		counter, stock := of.Feeds&kpi.FeedTotal != 0, of.Feeds&kpi.FeedStock != 0
		switch {
		case of.Measure == kpi.TicketsOpened && counter:
			f.opened++
		case of.Measure == kpi.TicketsSolved && counter:
			f.solved++
		case of.Measure == kpi.TicketsReopened && counter:
			f.reopened++
		case of.Measure == kpi.TicketsWithdrawn && counter:
			f.withdrawn++
		case of.Measure == kpi.TicketsOpen && stock:
			f.open++
		}
	}
	return f
}

func TestWhatCameLessWhatWentIsOpen(t *testing.T) {
	c := catalogue()
	rapid.Check(t, func(t *rapid.T) {
		states := lives(true).Draw(t, "life").states
		if rapid.Bool().Draw(t, "as drops") {
			states = asDrops(states)
		}
		var h *desk.Held
		for _, s := range rapid.SliceOfN(rapid.SampledFrom(states), 1, 12).Draw(t, "delivered") {
			h = desk.Merge(h, s)
			if f := flowsOf(c, h); f.opened+f.reopened-f.solved-f.withdrawn != f.open || f.open > 1 {
				t.Fatalf("after %d states %+v", len(h.States), f)
			}
		}
	})
}

func TestTheOrderInWhichStatesArriveDoesNotMatter(t *testing.T) {
	c := catalogue()
	rapid.Check(t, func(t *rapid.T) {
		states := lives(true).Draw(t, "life").states
		again := rapid.SliceOfN(rapid.SampledFrom(states), 0, 5).Draw(t, "said again")
		order := rapid.Permutation(append(slices.Clone(states), again...)).Draw(t, "order")
		want := contributionsOf(c, kpi.Group{Record: held(states...)})
		got := contributionsOf(c, kpi.Group{Record: held(order...)})
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("got\n%+v\nwant\n%+v", got, want)
		}
	})
}

func TestDropsReadInAnyOrderTellTheSameStory(t *testing.T) {
	c := catalogue()
	var drops []desk.Record
	for i, status := range []desk.Status{desk.StatusOpen, desk.StatusSolved, desk.StatusOpen, desk.StatusClosed} {
		drops = append(drops, desk.Record{
			ID: "1", Origin: desk.Origin{Dropped: minute(i), Name: "export.csv", Row: 1},
			Body: &desk.Ticket{CreatedAt: minute(0), Status: status},
		})
	}
	rapid.Check(t, func(t *rapid.T) {
		order := rapid.Permutation(drops).Draw(t, "order")
		if got, want := flowsOf(c, held(order...)), (flows{opened: 1, solved: 2, reopened: 1}); got != want {
			t.Fatalf("got %+v, want %+v", got, want)
		}
	})
}

func TestAFullStoryIsToldAsItWas(t *testing.T) {
	c := catalogue()
	rapid.Check(t, func(t *rapid.T) {
		l := lives(false).Draw(t, "life")
		want := flows{opened: 1, solved: len(l.solves), reopened: l.reopens}
		if l.open {
			want.open = 1
		}
		h := held(l.states...)
		if got := flowsOf(c, h); got != want {
			t.Fatalf("got %+v, want %+v", got, want)
		}
		for _, of := range contributionsOf(c, kpi.Group{Record: h}) {
			if of.Measure == kpi.TicketsSolved && of.Feeds&kpi.FeedWindow != 0 && !of.At.Equal(l.solves[len(l.solves)-1]) {
				t.Fatalf("the window has the solve at %v, the last was at %v", of.At, l.solves)
			}
			if of.Measure == kpi.FirstResolution && of.Value != tally.Seconds(l.solves[0].Sub(minute(0))) {
				t.Fatalf("the first resolution took %v, the solves were at %v", of.Value, l.solves)
			}
		}
	})
}

// The counters only go up: what one more state, however late, lets see must not
// be less than what was counted.
func TestOneMoreStateNeverTellsOfFewerFacts(t *testing.T) {
	c := catalogue()
	rapid.Check(t, func(t *rapid.T) {
		l := lives(false).Draw(t, "life")
		var h *desk.Held
		counted := map[kpi.ID]int{}
		for _, s := range rapid.SliceOfN(rapid.SampledFrom(l.states), 1, 12).Draw(t, "delivered") {
			h = desk.Merge(h, s)
			shown := map[kpi.ID]int{}
			for _, of := range contributionsOf(c, kpi.Group{Record: h}) {
				// It may come out late that what was taken for the first solve was not.
				if of.Feeds&kpi.FeedTotal != 0 && of.Measure != kpi.FirstResolution {
					shown[of.Measure]++
				}
			}
			for id, n := range counted {
				if shown[id] < n {
					t.Fatalf("measure %d showed %d facts, and now %d", id, n, shown[id])
				}
			}
			counted = shown
		}
	})
}

func TestPartOfAStoryNeverTellsOfMoreThanHappened(t *testing.T) {
	c := catalogue()
	rapid.Check(t, func(t *rapid.T) {
		l := lives(false).Draw(t, "life")
		part := rapid.SliceOfN(rapid.SampledFrom(l.states), 1, 12).Draw(t, "delivered")
		if f := flowsOf(c, held(part...)); f.solved > len(l.solves) || f.reopened > l.reopens {
			t.Fatalf("%+v of a life with %d solves and %d reopenings", f, len(l.solves), l.reopens)
		}
	})
}

// What clocks tell of a ticket may come before its states or after them, and
// what lies before the first reading never comes: the desk's count of
// reopenings makes up for it.
func TestClocksReadInPartTellOfNoMoreThanHappenedAndOfAllInTheEnd(t *testing.T) {
	c := catalogue()
	rapid.Check(t, func(t *rapid.T) {
		l := lives(false).Filter(func(l life) bool {
			first := l.states[0].Body.(*desk.Ticket)
			return len(first.StatusChanges) == 0 && first.Reopens.Set && first.Clocks != nil
		}).Draw(t, "life")
		read := l.clocks[rapid.IntRange(0, len(l.clocks)-1).Draw(t, "first read"):]
		var h *desk.Held
		counted := flows{}
		for _, s := range l.states {
			state := *s.Body.(*desk.Ticket)
			state.Clocks = nil
			h = desk.Merge(h, desk.Record{ID: "1", Body: &state})
			upTo := state.UpdatedAt.Add(time.Duration(rapid.IntRange(-3, 3).Draw(t, "clocks ahead")) * time.Minute)
			h = desk.Attach(h, "1", &desk.TicketEvents{Clocks: until(read, upTo)})
			f := flowsOf(c, h)
			if f.solved > len(l.solves) || f.reopened > l.reopens || f.solved < counted.solved || f.reopened < counted.reopened {
				t.Fatalf("%+v after %+v, of a life with %d solves and %d reopenings", f, counted, len(l.solves), l.reopens)
			}
			counted = f
		}
		h = desk.Attach(h, "1", &desk.TicketEvents{Clocks: read})
		if f := flowsOf(c, h); f.solved != len(l.solves) || f.reopened != l.reopens {
			t.Fatalf("%+v in the end, of a life with %d solves and %d reopenings", f, len(l.solves), l.reopens)
		}
	})
}

func until(events []desk.ClockEvent, at time.Time) []desk.ClockEvent {
	return slices.DeleteFunc(slices.Clone(events), func(e desk.ClockEvent) bool { return e.At.After(at) })
}

// Some desks report changes only, and the first one of a ticket is its deletion.
func TestATicketOfWhichOnlyTheDeletionIsReportedWasOpenBefore(t *testing.T) {
	c := catalogue()
	h := held(desk.Record{ID: "1", Body: &desk.Ticket{CreatedAt: minute(0), UpdatedAt: minute(0), Status: desk.StatusOpen}})
	if got, want := flowsOf(c, h), (flows{opened: 1, open: 1}); got != want {
		t.Errorf("at first %+v, want %+v", got, want)
	}
	deletion := []desk.StatusChange{{At: minute(5), Status: desk.StatusDeleted}}
	h = desk.Attach(h, "1", &desk.TicketEvents{StatusChanges: deletion})
	h = desk.Merge(h, desk.Record{ID: "1", Deleted: true, Body: &desk.Ticket{UpdatedAt: minute(5)}})
	if got, want := flowsOf(c, h), (flows{opened: 1, withdrawn: 1}); got != want {
		t.Errorf("in the end %+v, want %+v", got, want)
	}
}

// A merge stops the clocks of a ticket as a solve does, and a deletion that is
// taken back does not touch them.
func TestStatesSayWhatBecameOfATicketAndClocksOnlyWhen(t *testing.T) {
	c := catalogue()
	began := []desk.ClockEvent{clock(desk.ClockResolution, 1, 0, desk.MoveStart)}
	state := func(m int, status desk.Status) desk.Record {
		return desk.Record{ID: "1", Deleted: status == desk.StatusDeleted, Body: &desk.Ticket{CreatedAt: minute(0), UpdatedAt: minute(m), Status: status}}
	}
	opened := desk.Attach(held(state(0, desk.StatusOpen)), "1", &desk.TicketEvents{Clocks: began})

	stopped := desk.Attach(opened, "1", &desk.TicketEvents{Clocks: []desk.ClockEvent{clock(desk.ClockResolution, 1, 5, desk.MoveStop)}})
	if got, want := flowsOf(c, stopped), (flows{opened: 1, open: 1}); got != want {
		t.Errorf("the clock stopped, and nobody says why: %+v, want %+v", got, want)
	}
	if got, want := flowsOf(c, desk.Merge(stopped, state(5, desk.StatusMerged))), (flows{opened: 1, withdrawn: 1}); got != want {
		t.Errorf("merged: %+v, want %+v", got, want)
	}
	if got, want := flowsOf(c, desk.Merge(stopped, state(5, desk.StatusSolved))), (flows{opened: 1, solved: 1}); got != want {
		t.Errorf("solved: %+v, want %+v", got, want)
	}

	deleted := desk.Merge(opened, state(5, desk.StatusDeleted))
	if got, want := flowsOf(c, desk.Merge(deleted, state(9, desk.StatusOpen))), (flows{opened: 1, withdrawn: 1, reopened: 1, open: 1}); got != want {
		t.Errorf("restored: %+v, want %+v", got, want)
	}
}

// That a ticket was restored may be reported before its next state is.
func TestAReportedRestorationTakesTheTombstoneBack(t *testing.T) {
	c := catalogue()
	h := held(
		desk.Record{ID: "1", Body: &desk.Ticket{CreatedAt: minute(0), UpdatedAt: minute(0), Status: desk.StatusOpen}},
		desk.Record{ID: "1", Deleted: true, Body: &desk.Ticket{CreatedAt: minute(0), UpdatedAt: minute(5)}},
	)
	changes := []desk.StatusChange{{At: minute(0), Status: desk.StatusNew}, {At: minute(5), Status: desk.StatusDeleted}, {At: minute(8), Status: desk.StatusOpen}}
	h = desk.Attach(h, "1", &desk.TicketEvents{StatusChanges: changes})
	if got, want := flowsOf(c, h), (flows{opened: 1, withdrawn: 1, reopened: 1, open: 1}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}
