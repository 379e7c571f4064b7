package desk_test

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"helpdesk_exporter/desk"
)

// clockEvents draws the last words of a desk on the events of some clocks, and
// for some of them an earlier word that it has taken back since.
func clockEvents(t *rapid.T) []desk.ClockEvent {
	var said []desk.ClockEvent
	for i := range rapid.IntRange(1, 8).Draw(t, "events") {
		e := desk.ClockEvent{
			ID: fmt.Sprint(i), Clock: desk.Clock(rapid.IntRange(1, 3).Draw(t, "clock")), N: rapid.IntRange(1, 2).Draw(t, "n"),
			At: at(rapid.IntRange(0, 5).Draw(t, "at")), Move: desk.Move(rapid.IntRange(1, 6).Draw(t, "move")),
		}
		said = append(said, e)
		if rapid.Bool().Draw(t, "taken back") {
			e.Undone = true
			said = append(said, e)
		}
	}
	return said
}

// However events come, in parts, twice, before the ticket or behind it, and
// with the ticket's own lists, what is known in the end is the same.
func TestEventsOfClocksUniteTheSameInEveryOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		said := clockEvents(t)
		state := desk.Record{ID: "7", Body: &desk.Ticket{CreatedAt: at(0), UpdatedAt: at(9), Status: desk.StatusOpen}}
		whole := desk.Attach(merged(state), "7", &desk.TicketEvents{Clocks: said})
		var h *desk.Held
		order := rapid.Permutation(append(slices.Clone(said), said[0])).Draw(t, "order")
		when := rapid.IntRange(0, len(order)-1).Draw(t, "the ticket comes")
		for i, e := range order {
			h = desk.Attach(h, "7", &desk.TicketEvents{Clocks: []desk.ClockEvent{e}})
			if i == when {
				h = desk.Merge(h, state)
			}
		}
		if !reflect.DeepEqual(h, whole) {
			t.Fatalf("got\n%s\nwant\n%s", text(h), text(whole))
		}
	})
}

func TestTheReplyClockSpeaksForMessages(t *testing.T) {
	run := func(id string, minute int, move desk.Move) desk.ClockEvent {
		return desk.ClockEvent{ID: id, Clock: desk.ClockReply, N: 1, At: at(minute), Move: move}
	}
	other := desk.ClockEvent{ID: "9", Clock: desk.ClockResolution, N: 1, At: at(3), Move: desk.MoveStart}
	own := desk.Message{At: at(2), Author: desk.RoleAgent}
	h := merged(desk.Record{ID: "7", Body: &desk.Ticket{
		CreatedAt: at(0), UpdatedAt: at(9), Messages: []desk.Message{own},
		Clocks: []desk.ClockEvent{run("1", 0, desk.MoveStart), run("2", 5, desk.MoveStop), run("3", 4, desk.MovePause), other},
	}})
	want := []desk.Message{
		{ID: "clock/1", At: at(0), Author: desk.RoleCustomer, Public: true},
		own,
		{ID: "clock/2", At: at(5), Author: desk.RoleAgent, Public: true},
	}
	if got := h.Body.(*desk.Ticket).Messages; !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	gone := run("2", 5, desk.MoveStop)
	gone.Undone = true
	h = desk.Attach(h, "7", &desk.TicketEvents{Clocks: []desk.ClockEvent{gone}})
	if got := h.Body.(*desk.Ticket).Messages; !reflect.DeepEqual(got, want[:2]) {
		t.Errorf("after the answer was taken back: got %+v, want %+v", got, want[:2])
	}
}
