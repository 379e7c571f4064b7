package desk_test

import (
	"reflect"
	"testing"

	"helpdesk_exporter/desk"
)

func TestListsAreUnitedOverAllStates(t *testing.T) {
	question := desk.Message{At: at(1), Author: desk.RoleCustomer, Public: true}
	note := desk.Message{At: at(2), Author: desk.RoleAgent}
	answer := desk.Message{At: at(2), Author: desk.RoleAgent, Public: true}
	h := merged(
		desk.Record{ID: "7", Body: &desk.Ticket{UpdatedAt: at(2), Messages: []desk.Message{answer, question}}},
		desk.Record{ID: "7", Body: &desk.Ticket{UpdatedAt: at(3), Messages: []desk.Message{note, question}}},
		desk.Record{ID: "7", Body: &desk.Ticket{UpdatedAt: at(4)}},
	)
	want := []desk.Message{question, note, answer}
	if got := h.Body.(*desk.Ticket).Messages; !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestOfTwoWordsAboutOneTargetTheNewerCounts(t *testing.T) {
	state := func(updated int, events ...desk.SLAEvent) desk.Record {
		return desk.Record{ID: "7", Body: &desk.Ticket{UpdatedAt: at(updated), SLA: events}}
	}
	pending := desk.SLAEvent{Target: "resolution", N: 1, Policy: "gold", DueAt: at(40)}
	met := desk.SLAEvent{Target: "resolution", N: 1, Policy: "gold", DueAt: at(40), MetAt: at(30)}
	other := desk.SLAEvent{Target: "resolution", N: 2, Policy: "gold", DueAt: at(50)}
	for name, h := range map[string]*desk.Held{
		"in order":     merged(state(1, pending), state(2, met, other)),
		"out of order": merged(state(2, met, other), state(1, pending)),
	} {
		if got, want := h.Body.(*desk.Ticket).SLA, []desk.SLAEvent{met, other}; !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %+v, want %+v", name, got, want)
		}
	}
}

func TestALedgerIsSortedAndAddsUp(t *testing.T) {
	var l desk.Ledger
	for _, fact := range []uint8{5, 3, 9, 5} {
		l.Add(fact, uint32(fact))
	}
	if want := (desk.Ledger{{Fact: 3, N: 3}, {Fact: 5, N: 10}, {Fact: 9, N: 9}}); !reflect.DeepEqual(l, want) {
		t.Errorf("got %v, want %v", l, want)
	}
	if l.Of(9) != 9 || l.Of(4) != 0 {
		t.Errorf("%d of 9 and %d of 4, want 9 and 0", l.Of(9), l.Of(4))
	}
}

func TestAMergeKeepsWhatWasCounted(t *testing.T) {
	h := merged(desk.Record{ID: "7", Body: &desk.Ticket{UpdatedAt: at(1)}})
	h.Counted.Add(1, 1)
	if next := desk.Merge(h, desk.Record{ID: "7", Body: &desk.Ticket{UpdatedAt: at(2)}}); next.Counted.Of(1) != 1 {
		t.Errorf("got %v", next.Counted)
	}
}

func TestDimensionsAreNamedInAFixedOrder(t *testing.T) {
	ticket := &desk.Ticket{Team: "front", Channel: "email", Attrs: map[string]string{"plan": "pro", "area": "eu", "none": ""}}
	want := []desk.Dim{{"channel", "email"}, {"team", "front"}, {"attr.area", "eu"}, {"attr.plan", "pro"}}
	for range 20 {
		if got := ticket.Dims(); !reflect.DeepEqual(got, want) {
			t.Fatalf("got %v, want %v", got, want)
		}
	}
}
