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

func TestALedgerIsSortedAndChangesNoOther(t *testing.T) {
	var empty desk.Ledger
	one := empty.With(5, 2)
	two := one.With(3, 1).With(9, 4)
	three := two.With(5, 7)
	if want := (desk.Ledger{{Fact: 3, N: 1}, {Fact: 5, N: 2}, {Fact: 9, N: 4}}); !reflect.DeepEqual(two, want) {
		t.Errorf("got %v, want %v", two, want)
	}
	if len(empty) != 0 || one.Of(5) != 2 || two.Of(5) != 2 || three.Of(5) != 7 {
		t.Errorf("a ledger changed another: %v %v %v", one, two, three)
	}
	if three.Of(4) != 0 {
		t.Error("a fact that was never counted was")
	}
}

func TestAMergeKeepsWhatWasCounted(t *testing.T) {
	h := merged(desk.Record{ID: "7", Body: &desk.Ticket{UpdatedAt: at(1)}})
	h.Counted = h.Counted.With(1, 1)
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
