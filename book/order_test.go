package book_test

import (
	"slices"
	"strings"
	"testing"

	"helpdesk_exporter/desk"
)

// storyDesk is a desk whose tickets, calls and messages come apart; all of it is
// known.
func storyDesk(t *testing.T) *office {
	t.Helper()
	pbx, log := source("pbx", "acme", desk.KindCall), source("log", "acme", desk.KindMessage)
	o := openOffice(t, "", source("zen", "acme", desk.KindTicket), pbx, log)
	for _, name := range []string{"zen", "pbx", "log"} {
		o.poll(name, monday)
	}
	return o
}

// countsOf are the observations of each cumulative family that has any.
func (e *exposition) countsOf() map[string]int64 {
	counts := map[string]int64{}
	for series, t := range e.totals {
		if name, _, _ := strings.Cut(series, "{"); t.n > 0 {
			counts[name] += t.n
		}
	}
	return counts
}

// Whatever of a story becomes known first, each fact of it counts once.
func TestWhatEndsAStoryMayComeBeforeWhatBeganIt(t *testing.T) {
	solved := ticket("1", at(1), at(3), desk.StatusSolved, solvedAt(at(3)))
	merged := ticket("2", at(0.5), at(2), desk.StatusClosed, func(t *desk.Ticket) {
		t.MergedInto, t.FirstResponseAt = "1", at(2)
	})
	followed := ticket("0", at(0.1), at(0.2), desk.StatusSolved, solvedAt(at(0.2)))
	follows := ticket("1", at(1), at(3), desk.StatusSolved, solvedAt(at(3)), func(t *desk.Ticket) { t.FollowupOf = "0" })
	call := desk.Record{ID: "1", Body: &desk.Call{ArrivedAt: at(2), AnsweredAt: at(2), EndedAt: at(2.1), Ticket: "1"}}
	message := desk.Record{ID: "1", Body: &desk.TicketMessage{
		Ticket: "1", Message: desk.Message{At: at(2), Author: desk.RoleAgent, Public: true},
	}}
	type told struct {
		source string
		record desk.Record
	}
	for name, tt := range map[string]struct {
		story  []told
		family string
	}{
		"a call about a ticket":        {[]told{{"pbx", call}, {"zen", solved}}, "helpdesk_contacts_to_resolution"},
		"a ticket merged into another": {[]told{{"zen", merged}, {"zen", solved}}, "helpdesk_first_response_seconds"},
		"a ticket that goes on":        {[]told{{"zen", followed}, {"zen", follows}}, "helpdesk_contacts_to_resolution"},
		"a message of a ticket":        {[]told{{"log", message}, {"zen", solved}}, "helpdesk_first_response_seconds"},
	} {
		t.Run(name, func(t *testing.T) {
			for range 2 {
				o := storyDesk(t)
				for i, told := range tt.story {
					o.poll(told.source, at(float64(4+i)), told.record)
				}
				for range 2 { // told again, nothing counts again
					for _, told := range slices.Backward(tt.story) {
						o.poll(told.source, at(7), told.record)
					}
					if got := o.read(at(7)).countsOf()[tt.family]; got != 1 {
						t.Errorf("%s counts %d, want 1", tt.family, got)
					}
					o.reopen(at(7))
				}
				slices.Reverse(tt.story)
			}
		})
	}
}

// A call can bring the first series of a family of tickets: it begins at the
// poll before, as every series does.
func TestASeriesThatAnotherKindBringsStartsAtThePollBefore(t *testing.T) {
	o := storyDesk(t)
	o.poll("zen", at(4), ticket("1", at(1), at(3), desk.StatusSolved, solvedAt(at(3))))
	o.poll("pbx", at(5))
	o.poll("pbx", at(6), desk.Record{ID: "1", Body: &desk.Call{ArrivedAt: at(2), AnsweredAt: at(2), EndedAt: at(2.1), Ticket: "1"}})
	o.wantTotal(at(6), `helpdesk_contacts_to_resolution{desk="acme",channel="email",team="billing"}`, 1, at(5))
}

// 1 was followed up by 2, and then merged into it; 3 goes on from there. What
// comes late of 1 is known to 3.
func TestATicketMergedIntoItsFollowupIsPartOfWhatFollows(t *testing.T) {
	o := storyDesk(t)
	story := []desk.Record{
		ticket("1", at(1), at(4), desk.StatusClosed, func(t *desk.Ticket) { t.MergedInto = "2" }),
		ticket("2", at(2), at(4), desk.StatusOpen, func(t *desk.Ticket) { t.FollowupOf = "1" }),
		ticket("3", at(3), at(4), desk.StatusSolved, solvedAt(at(4)), func(t *desk.Ticket) { t.FollowupOf = "2" }),
	}
	for i, r := range slices.Backward(story) {
		o.poll("zen", at(float64(8-i)), r)
	}
	o.poll("log", at(8))
	for range 2 {
		o.read(at(8)).wantValues(t, map[string]float64{
			`helpdesk_contacts_to_resolution_mean{desk="acme",by="all",window="1d"}`: 3,
		})
		o.reopen(at(8))
	}
}

// Two tickets that say they follow each other are two contacts, not a dozen.
func TestTicketsThatFollowEachOtherCountOnce(t *testing.T) {
	o := storyDesk(t)
	of := func(id string) func(*desk.Ticket) { return func(t *desk.Ticket) { t.FollowupOf = id } }
	o.poll("zen", at(4), ticket("1", at(1), at(3), desk.StatusSpam, of("2")), ticket("2", at(2), at(3), desk.StatusSolved, solvedAt(at(3)), of("1")))
	o.poll("log", at(4))
	o.read(at(4)).wantValues(t, map[string]float64{
		`helpdesk_contacts_to_resolution_mean{desk="acme",by="all",window="1d"}`: 2,
	})
}
