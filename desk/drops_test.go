package desk_test

import (
	"testing"
	"time"

	"helpdesk_exporter/desk"
)

// dropped is a state in a drop that was written at the given minute.
func dropped(minute int, body desk.Body) desk.Record {
	return desk.Record{ID: "1", Origin: desk.Origin{Dropped: at(minute), Name: "export.csv", Row: 1}, Body: body}
}

// Without updated_at, a reopening and a correction show only in that a later
// drop tells of less: its newest time is older.
func TestALaterDropIsNewerWhateverTimesItTells(t *testing.T) {
	solved := dropped(60, &desk.Ticket{CreatedAt: at(1), Status: desk.StatusSolved, SolvedAt: at(50)})
	reopened := dropped(70, &desk.Ticket{CreatedAt: at(1), Status: desk.StatusOpen})
	for name, order := range map[string][]desk.Record{
		"in order":     {solved, reopened},
		"out of order": {reopened, solved},
		"said again":   {solved, reopened, solved},
	} {
		h := merged(order...)
		if got := h.Body.(*desk.Ticket).Status; got != desk.StatusOpen {
			t.Errorf("%s: the ticket is %s, want open", name, got)
		}
	}
	call := merged(
		dropped(60, &desk.Call{ArrivedAt: at(1), EndedAt: at(40)}),
		dropped(70, &desk.Call{ArrivedAt: at(1), EndedAt: at(4)}))
	if got := call.Body.(*desk.Call).EndedAt; !got.Equal(at(4)) {
		t.Errorf("the corrected call ended at %v, want %v", got, at(4))
	}
}

// A nightly export of everything must not make each record grow by a state a
// night.
func TestARecordThatStaysAsItIsDoesNotGrowWithTheDrops(t *testing.T) {
	var nights []desk.Record
	for night := range 30 {
		nights = append(nights, dropped(100+night, &desk.Ticket{CreatedAt: at(1), Status: desk.StatusOpen}))
	}
	if n := len(merged(nights...).States); n != 2 {
		t.Errorf("%d states are kept of 30 equal ones, want the first and the last", n)
	}
}

// What was dropped today about two years ago is two years old.
func TestTheTimeOfADropIsNoNewsOfTheRecord(t *testing.T) {
	h := merged(dropped(100, &desk.Ticket{CreatedAt: at(1), Status: desk.StatusSolved, SolvedAt: at(5)}))
	if got := h.Newest(); !got.Equal(at(5)) {
		t.Errorf("the newest the record tells of is %v, want %v", got, at(5))
	}
	var none time.Time
	if got := merged(dropped(100, &desk.Survey{})).Newest(); got != none {
		t.Errorf("a record without times tells of %v", got)
	}
}
