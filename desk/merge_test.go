package desk_test

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"helpdesk_exporter/desk"
)

// at is an instant some minutes into the tests' only day.
func at(minute int) time.Time { return time.Date(2026, 3, 2, 8, minute, 0, 0, time.UTC) }

// row is a place in a drop.
func row(drop int, n int64) desk.Origin {
	return desk.Origin{Dropped: at(drop), Name: fmt.Sprintf("drop-%d.csv", drop), Row: n}
}

func merged(states ...desk.Record) *desk.Held {
	var h *desk.Held
	for _, s := range states {
		h = desk.Merge(h, s)
	}
	return h
}

// text is all that a held record says.
func text(h *desk.Held) string {
	if h == nil {
		return "nothing"
	}
	return fmt.Sprintf("%+v\n%+v", *h, h.Body)
}

// mergedSafely merges and sees to it that no step changes what it started from.
func mergedSafely(t *rapid.T, states []desk.Record) *desk.Held {
	var h *desk.Held
	for _, s := range states {
		before := text(h)
		next := desk.Merge(h, s)
		if after := text(h); after != before {
			t.Fatalf("merging changed the old record from\n%s\nto\n%s", before, after)
		}
		h = next
	}
	return h
}

// ticketState draws what a ticket may look like at some time.
func ticketState(t *rapid.T) *desk.Ticket {
	word := rapid.SampledFrom([]string{"", "a", "b"})
	ticket := &desk.Ticket{
		CreatedAt: at(0),
		Status:    desk.Status(rapid.IntRange(1, 10).Draw(t, "status")),
		Team:      word.Draw(t, "team"),
		Channel:   word.Draw(t, "channel"),
	}
	if rapid.Bool().Draw(t, "counts reopens") {
		ticket.Reopens = desk.Some(rapid.IntRange(0, 2).Draw(t, "reopens"))
	}
	minutes := rapid.SliceOfN(rapid.IntRange(0, 5), 0, 3).Draw(t, "minutes")
	for _, m := range minutes {
		ticket.Messages = append(ticket.Messages, desk.Message{At: at(m), Author: desk.Role(m%3 + 1), Public: m%2 == 0})
		ticket.StatusChanges = append(ticket.StatusChanges, desk.StatusChange{At: at(m), Status: desk.Status(m%4 + 1)})
		ticket.SLA = append(ticket.SLA, desk.SLAEvent{Target: "update", N: m, DueAt: at(m + 60)})
	}
	return ticket
}

// inDisorder returns all states in any order, some of them several times.
func inDisorder(t *rapid.T, states []desk.Record) []desk.Record {
	again := rapid.SliceOfN(rapid.SampledFrom(states), 0, 5).Draw(t, "said again")
	return rapid.Permutation(append(slices.Clone(states), again...)).Draw(t, "order")
}

func TestStatesWithTheirOwnTimesMergeTheSameInEveryOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var states []desk.Record
		for i := range rapid.IntRange(1, 6).Draw(t, "states") {
			ticket := ticketState(t)
			ticket.UpdatedAt = at(10 + i)
			states = append(states, desk.Record{ID: "7", Body: ticket, Deleted: rapid.Bool().Draw(t, "deleted")})
		}
		want := mergedSafely(t, states)
		got := mergedSafely(t, inDisorder(t, states))
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("got\n%s\nwant\n%s", text(got), text(want))
		}
	})
}

// Of rows without a time of their own the drop, its name and the row tell the
// order. What they say one after another does not depend on what came first,
// as long as nothing is said three times and something else in between.
func TestRowsOfDropsMergeToTheSameStoryInEveryOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var rows []desk.Record
		said := map[int]int{}
		for i := range rapid.IntRange(1, 9).Draw(t, "rows") {
			r := desk.Record{ID: "7", Origin: row(i/2, int64(i)), Body: &desk.Ticket{}}
			what := rapid.IntRange(0, 4).Draw(t, "what")
			if said[what]++; said[what] > 2 {
				continue
			}
			if r.Deleted = what > 3; !r.Deleted {
				r.Body = &desk.Ticket{CreatedAt: at(0), SolvedAt: at(what / 2), Status: desk.Status(2 + what%2)}
			}
			rows = append(rows, r)
		}
		want := mergedSafely(t, rows)
		got := mergedSafely(t, inDisorder(t, rows))
		if !reflect.DeepEqual(got.Record, want.Record) {
			t.Fatalf("got\n%s\nwant\n%s", text(got), text(want))
		}
		if got, want := story(got.States), story(want.States); !slices.Equal(got, want) {
			t.Fatalf("got %q, want %q", got, want)
		}
	})
}

// story is what states say one after another, without those that only repeat
// the one before and without where they stood.
func story(states []desk.State) []string {
	var told []string
	for _, s := range states {
		s.Origin = desk.Origin{}
		told = append(told, fmt.Sprintf("%+v", s))
	}
	return slices.Compact(told)
}

func TestASingleStateIsHeldAsIfItHadBeenSaidTwice(t *testing.T) {
	state := desk.Record{ID: "7", Body: &desk.Ticket{
		CreatedAt: at(0), UpdatedAt: at(9),
		Messages: []desk.Message{
			{At: at(5), Author: desk.RoleAgent, Public: true},
			{At: at(1), Author: desk.RoleCustomer, Public: true},
			{At: at(5), Author: desk.RoleAgent, Public: true},
		},
		StatusChanges: []desk.StatusChange{{At: at(5), Status: desk.StatusSolved}, {At: at(0), Status: desk.StatusNew}},
	}}
	once := desk.Merge(nil, state)
	if twice := desk.Merge(once, state); !reflect.DeepEqual(once, twice) {
		t.Errorf("once\n%s\ntwice\n%s", text(once), text(twice))
	}
	ticket := once.Body.(*desk.Ticket)
	if len(ticket.Messages) != 2 || ticket.Messages[0].Author != desk.RoleCustomer {
		t.Errorf("the newest message is not the last: %+v", ticket.Messages)
	}
	if ticket.StatusChanges[1].Status != desk.StatusSolved {
		t.Errorf("the newest status is not the last: %+v", ticket.StatusChanges)
	}
	if given := state.Body.(*desk.Ticket); given.Messages[0].At != at(5) {
		t.Error("the reported state itself was sorted")
	}
}

func TestAnOlderStateDoesNotOverride(t *testing.T) {
	newer := desk.Record{ID: "7", Body: &desk.Ticket{CreatedAt: at(0), UpdatedAt: at(9), Team: "back", Status: desk.StatusSolved}}
	older := desk.Record{ID: "7", Body: &desk.Ticket{CreatedAt: at(0), UpdatedAt: at(3), Team: "front", Status: desk.StatusOpen}}
	h := merged(newer, older)
	if ticket := h.Body.(*desk.Ticket); ticket.Team != "back" || ticket.Status != desk.StatusSolved {
		t.Errorf("got %+v", ticket)
	}
	if len(h.States) != 2 || h.States[0].Dim("team") != "front" {
		t.Errorf("its memory has no place for the older state: %+v", h.States)
	}
}

func TestOfEqualStatesOfOneInstantOnlyTheEndsAreKept(t *testing.T) {
	open := func(drop int) desk.Record {
		return desk.Record{ID: "7", Origin: row(drop, 1), Body: &desk.Ticket{CreatedAt: at(0), Status: desk.StatusOpen}}
	}
	solved := func(drop int) desk.Record {
		return desk.Record{ID: "7", Origin: row(drop, 1), Body: &desk.Ticket{CreatedAt: at(0), Status: desk.StatusSolved}}
	}
	for _, tt := range []struct {
		name   string
		states []desk.Record
		want   []int // the drops of the states that are kept
	}{
		{"in order", []desk.Record{open(1), open(2), open(3), open(4)}, []int{1, 4}},
		{"from both ends to the middle", []desk.Record{open(1), open(4), open(2), open(3)}, []int{1, 4}},
		{"another in the middle splits the run", []desk.Record{open(1), open(3), solved(2)}, []int{1, 2, 3}},
		{"every solve and every reopening stays", []desk.Record{open(1), solved(2), open(3), solved(4)}, []int{1, 2, 3, 4}},
		{"two runs", []desk.Record{open(1), open(2), open(3), solved(4), solved(5), solved(6)}, []int{1, 3, 4, 6}},
		{"a run that grows at its front", []desk.Record{solved(9), open(4), open(3), open(2)}, []int{2, 4, 9}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var kept []int
			for _, s := range merged(tt.states...).States {
				kept = append(kept, s.Origin.Dropped.Minute())
			}
			if !slices.Equal(kept, tt.want) {
				t.Errorf("kept those of the drops %v, want %v", kept, tt.want)
			}
		})
	}
}

func TestTheCloseTimeStandsInWhereADeskDoesNotTellOfSolving(t *testing.T) {
	for _, tt := range []struct {
		name   string
		ticket desk.Ticket
		want   time.Time
	}{
		{"solved and closed", desk.Ticket{SolvedAt: at(3), ClosedAt: at(9)}, at(3)},
		{"only closed", desk.Ticket{ClosedAt: at(9)}, at(9)},
		{"first solved and closed", desk.Ticket{FirstSolvedAt: at(2), ClosedAt: at(9)}, time.Time{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := merged(desk.Record{Body: &tt.ticket}).States[0].SolvedAt; !got.Equal(tt.want) {
				t.Errorf("solved at %v, want %v", got, tt.want)
			}
		})
	}
}
