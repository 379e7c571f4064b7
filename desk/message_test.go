package desk_test

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"helpdesk_exporter/desk"
)

// told is something that is told of a ticket: one of its states or, when it has
// an id, a message of it.
type told struct {
	state   desk.Record
	message desk.Message
}

func (w told) to(h *desk.Held) *desk.Held {
	if w.message.ID != "" {
		return desk.Attach(h, "7", &desk.TicketEvents{Messages: []desk.Message{w.message}})
	}
	return desk.Merge(h, w.state)
}

// messageRecord draws what a drop may tell of one of a few messages. Ids, drops
// and contents meet often, so that there is something to settle.
func messageRecord(t *rapid.T) desk.Message {
	return desk.Message{
		ID:     rapid.SampledFrom([]string{"m1", "m2", "m3"}).Draw(t, "id"),
		Said:   at(rapid.IntRange(30, 32).Draw(t, "said")),
		At:     at(rapid.IntRange(0, 3).Draw(t, "at")),
		Author: desk.Role(rapid.IntRange(0, 3).Draw(t, "author")),
		Public: rapid.Bool().Draw(t, "public"),
	}
}

func TestStatesAndMessagesMakeTheSameTicketInEveryOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var all []told
		for i := range rapid.IntRange(0, 3).Draw(t, "states") {
			ticket := ticketState(t)
			ticket.UpdatedAt = at(10 + i)
			all = append(all, told{state: desk.Record{ID: "7", Body: ticket, Deleted: rapid.Bool().Draw(t, "deleted")}})
		}
		for range rapid.IntRange(1, 6).Draw(t, "messages") {
			all = append(all, told{message: messageRecord(t)})
		}
		again := rapid.SliceOfN(rapid.SampledFrom(all), 0, 5).Draw(t, "told again")
		order := rapid.Permutation(append(slices.Clone(all), again...)).Draw(t, "order")

		want, got := attachedSafely(t, all), attachedSafely(t, order)
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("got\n%s\nwant\n%s", text(got), text(want))
		}
		messages := got.Body.(*desk.Ticket).Messages
		for i, m := range messages {
			if m.ID != "" && slices.ContainsFunc(messages[i+1:], func(o desk.Message) bool { return o.ID == m.ID }) {
				t.Fatalf("%s is there twice: %+v", m.ID, messages)
			}
		}
	})
}

// attachedSafely takes in all that is told, and sees to it that no step changes
// what it started from.
func attachedSafely(t *rapid.T, all []told) *desk.Held {
	var h *desk.Held
	for _, w := range all {
		before := text(h)
		next := w.to(h)
		if after := text(h); after != before {
			t.Fatalf("the old record changed from\n%s\nto\n%s", before, after)
		}
		h = next
	}
	return h
}

func TestOfOneMessageTheLastWordCounts(t *testing.T) {
	question := desk.Message{ID: "m1", Said: at(30), At: at(1), Author: desk.RoleCustomer, Public: true}
	corrected := desk.Message{ID: "m1", Said: at(40), At: at(2), Author: desk.RoleAgent}
	other := desk.Message{ID: "m2", Said: at(30), At: at(1), Author: desk.RoleCustomer, Public: true}
	for _, order := range [][]desk.Message{{question, corrected, other}, {corrected, other, question}, {other, question, corrected}} {
		var h *desk.Held
		for _, m := range order {
			h = desk.Attach(h, "7", &desk.TicketEvents{Messages: []desk.Message{m}})
		}
		want := []desk.Message{other, corrected}
		if got := h.Body.(*desk.Ticket).Messages; !reflect.DeepEqual(got, want) {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
}

func TestATicketThatOnlyItsMessagesAreKnownOf(t *testing.T) {
	m := desk.Message{ID: "m1", Said: at(30), At: at(5), Author: desk.RoleAgent, Public: true}
	h := desk.Attach(nil, "7", &desk.TicketEvents{Messages: []desk.Message{m}})
	if len(h.States) != 0 || h.Sole() || h.ID != "7" || !h.Newest().Equal(at(5)) {
		t.Errorf("got %s, newest %v, sole %t", text(h), h.Newest(), h.Sole())
	}
	state := desk.Record{ID: "7", Origin: row(40, 1), Body: &desk.Ticket{CreatedAt: at(0), Status: desk.StatusOpen}}
	h = desk.Merge(h, state)
	ticket := h.Body.(*desk.Ticket)
	if len(h.States) != 1 || ticket.Status != desk.StatusOpen || !reflect.DeepEqual(ticket.Messages, []desk.Message{m}) {
		t.Errorf("got %s", text(h))
	}
	// The state itself did not show the answer, so it cannot be made from the
	// record again.
	if h.Sole() {
		t.Errorf("%s is taken for just what its state said", text(h))
	}
}

func TestAMessageLeavesWhatWasCounted(t *testing.T) {
	h := merged(desk.Record{ID: "7", Body: &desk.Ticket{UpdatedAt: at(1)}})
	h.Counted.Add(1, 1)
	next := desk.Attach(h, "7", &desk.TicketEvents{Messages: []desk.Message{{ID: "m1", At: at(2)}}})
	if next.Counted.Of(1) != 1 || len(next.States) != 1 {
		t.Errorf("got %s", text(next))
	}
}

// Of messages that tickets bring along, which have no id, equal ones are one.
func TestMessagesWithoutAnIDAreKnownByTheirContent(t *testing.T) {
	m := desk.Message{At: at(1), Author: desk.RoleAgent, Public: true}
	note := desk.Message{At: at(1), Author: desk.RoleAgent}
	h := merged(
		desk.Record{ID: "7", Body: &desk.Ticket{UpdatedAt: at(2), Messages: []desk.Message{m, note}}},
		desk.Record{ID: "7", Body: &desk.Ticket{UpdatedAt: at(3), Messages: []desk.Message{m}}},
	)
	if got, want := h.Body.(*desk.Ticket).Messages, []desk.Message{note, m}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestAMessageByItselfHasNoDimensions(t *testing.T) {
	m := &desk.TicketMessage{Ticket: "7", Message: desk.Message{At: at(3), Author: desk.RoleAgent, Public: true}}
	if m.Kind() != desk.KindMessage || len(m.Dims()) != 0 || !m.Newest().Equal(at(3)) || m.Changed() != (time.Time{}) {
		t.Errorf("%v %v %v %v", m.Kind(), m.Dims(), m.Newest(), m.Changed())
	}
}
