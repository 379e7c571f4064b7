package desk_test

import (
	"reflect"
	"testing"

	"helpdesk_exporter/desk"
)

func alive(drop, updated int, team string) desk.Record {
	return desk.Record{ID: "7", Origin: row(drop, 1), Body: &desk.Ticket{
		CreatedAt: at(0), UpdatedAt: at(updated), Team: team, Status: desk.StatusOpen,
	}}
}

// gone is a tombstone that tells nothing but where it stood.
func gone(drop int) desk.Record {
	return desk.Record{ID: "7", Origin: row(drop, 1), Deleted: true, Body: &desk.Ticket{}}
}

func TestATombstoneKeepsWhatIsKnownOfTheTicket(t *testing.T) {
	h := merged(alive(1, 3, "front"), gone(2))
	if ticket := h.Body.(*desk.Ticket); !h.Deleted || ticket.Team != "front" || !ticket.CreatedAt.Equal(at(0)) {
		t.Errorf("got %s", text(h))
	}
	if newest := h.States[len(h.States)-1]; newest.Status != desk.StatusDeleted {
		t.Errorf("its newest state is %v", newest.Status)
	}
}

func TestATombstoneThatTellsLittleIsNotTakenForTheTicket(t *testing.T) {
	dated := desk.Record{ID: "7", Deleted: true, Body: &desk.Ticket{UpdatedAt: at(9)}}
	for name, h := range map[string]*desk.Held{
		"after the state":  merged(alive(0, 3, "front"), dated),
		"before the state": merged(dated, alive(0, 3, "front")),
	} {
		if ticket := h.Body.(*desk.Ticket); !h.Deleted || !ticket.CreatedAt.Equal(at(0)) || ticket.Team != "front" {
			t.Errorf("%s: got %s", name, text(h))
		}
	}
}

func TestATombstoneWithItsOwnTimeDeletesOnlyWhatIsOlder(t *testing.T) {
	tombstone := desk.Record{ID: "7", Deleted: true, Body: &desk.Ticket{UpdatedAt: at(5)}}
	if h := merged(alive(0, 3, "front"), alive(0, 7, "front"), tombstone); h.Deleted {
		t.Errorf("a ticket restored since is deleted: %s", text(h))
	}
	if h := merged(alive(0, 3, "front"), tombstone); !h.Deleted {
		t.Errorf("it is not deleted: %s", text(h))
	}
}

func TestADropBringsADeletedTicketBack(t *testing.T) {
	h := merged(alive(1, 3, "front"), gone(2), alive(3, 3, "front"))
	if h.Deleted || len(h.States) != 3 {
		t.Errorf("got %s", text(h))
	}
}

// The drop of a tombstone was read before an older one, whose row is news but
// was deleted all the same.
func TestALateRowFromBeforeATombstoneStaysDeleted(t *testing.T) {
	want := merged(alive(1, 3, "front"), alive(2, 7, "back"), gone(3))
	for name, h := range map[string]*desk.Held{
		"the tombstone in the middle": merged(alive(1, 3, "front"), gone(3), alive(2, 7, "back")),
		"the tombstone first":         merged(gone(3), alive(1, 3, "front"), alive(2, 7, "back")),
	} {
		if !reflect.DeepEqual(h, want) {
			t.Errorf("%s: got\n%s\nwant\n%s", name, text(h), text(want))
		}
	}
}

// An API gives no places: what it says of a deletion follows what is held.
func TestATombstoneFromAnAPIFollowsWhatIsHeld(t *testing.T) {
	state := func(updated int) desk.Record {
		return desk.Record{ID: "7", Body: &desk.Ticket{CreatedAt: at(0), UpdatedAt: at(updated), Status: desk.StatusOpen}}
	}
	tombstone := desk.Record{ID: "7", Deleted: true, Body: &desk.Ticket{}}
	if h := merged(state(3), tombstone, tombstone); !h.Deleted || len(h.States) != 2 {
		t.Errorf("deleted twice: %s", text(h))
	}
	if h := merged(state(3), tombstone, state(7)); h.Deleted {
		t.Errorf("restored, and still deleted: %s", text(h))
	}
}

func TestACallAndASurveyCanBeWithdrawn(t *testing.T) {
	for name, states := range map[string][2]desk.Body{
		"call":   {&desk.Call{ArrivedAt: at(0), EndedAt: at(4), Contact: "c"}, &desk.Call{}},
		"survey": {&desk.Survey{RespondedAt: at(4), Ticket: "t"}, &desk.Survey{}},
	} {
		h := merged(
			desk.Record{ID: "7", Origin: row(1, 1), Body: states[0]},
			desk.Record{ID: "7", Origin: row(2, 9), Body: states[1], Deleted: true},
		)
		if !h.Deleted || h.Body != states[0] {
			t.Errorf("%s: got %s", name, text(h))
		}
	}
}
