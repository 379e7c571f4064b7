package simulate

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"helpdesk_exporter/desk"
)

func TestWhatARecordRefersToIsThere(t *testing.T) {
	w := newWatch(t, newSource(t, Settings{TicketsPerDay: 300, CallsPerDay: 300}))
	w.fetch(noon)
	n := map[string]int{}
	refers := func(what, id string) {
		if id == "" {
			return
		}
		n[what]++
		if _, ok := w.newest["ticket "+id]; !ok {
			t.Errorf("%s %s is not there", what, id)
		}
	}
	for _, b := range ofKind[*desk.Ticket](w.newest) {
		refers("merged_into", b.MergedInto)
		refers("followup_of", b.FollowupOf)
	}
	for _, b := range ofKind[*desk.Call](w.newest) {
		refers("ticket of a call", b.Ticket)
	}
	for _, b := range ofKind[*desk.Survey](w.newest) {
		refers("ticket of a survey", b.Ticket)
	}
	if len(n) != 4 {
		t.Errorf("only %v refer to tickets", n)
	}
}

// Were a story longer than it may be, a restart would forget its end.
func TestEveryStoryIsOverInTime(t *testing.T) {
	if last := sequelUntil + ticketLife + 2*answerUntil; last > storyLife-12*time.Hour {
		t.Errorf("the last answer may come after %s and some hours, the end after %s", last, storyLife)
	}
	for _, speed := range []float64{0.5, 1, 24} {
		source := newSource(t, Settings{Speed: speed, TicketsPerDay: 400, CallsPerDay: 400, Customers: 300, Past: days(14 / speed)})
		w := newWatch(t, source)
		w.fetch(noon)
		l, n, latest := source.eras[0], 0, time.Duration(0)
		for minute := l.from; minute < minuteOf(noon); minute++ {
			end := timeOf(minute).Add(l.scaled(storyLife))
			for k := range source.stories(minute) {
				n++
				names := map[string]bool{}
				for _, told := range l.story(k) {
					checkLength(t, l, told)
					checkTurns(t, told)
					r := told.record(end)
					if name := r.Body.Kind().String() + r.ID; names[name] {
						t.Errorf("speed %v: the story tells of %s twice", speed, name)
					} else {
						names[name] = true
					}
					if at := told.next(end); !at.IsZero() {
						t.Errorf("speed %v: a record of story %d changes at %s, after the end %s", speed, k, at, end)
					}
					for at := timeOf(minute); !at.IsZero(); at = told.next(at) {
						latest = max(latest, at.Sub(timeOf(minute)))
					}
				}
			}
		}
		if n < 5000 || latest < l.scaled(storyLife)/2 {
			t.Errorf("speed %v: %d stories, the longest of %s: too little to tell", speed, n, latest)
		}
	}
}

// checkLength holds that no record lives longer than it may.
func checkLength(t *testing.T, l *life, told tale) {
	t.Helper()
	end := func(from, to time.Time, longest time.Duration) {
		t.Helper()
		if longest = l.scaled(longest); to.Sub(from) > longest {
			t.Errorf("a %T lives for %s, want at most %s", told, to.Sub(from), longest)
		}
	}
	switch r := told.(type) {
	case *ticket:
		end(r.first.CreatedAt, r.events[len(r.events)-1].at, ticketLife)
	case *survey:
		end(r.sent.SentAt, r.answered, answerUntil)
		end(r.answered, r.corrected, answerUntil)
	}
}

// checkTurns holds that a record is told when it looks different, and at no other
// time.
func checkTurns(t *testing.T, told tale) {
	t.Helper()
	if _, ok := told.(*ticket); ok {
		return // shows its events one by one, of which some leave no trace
	}
	at := told.next(time.Time{})
	times := []time.Time{at}
	for next := told.next(at); !next.IsZero(); at, next = next, told.next(next) {
		times = append(times, next)
		justBefore := told.record(next.Add(-1))
		if !reflect.DeepEqual(told.record(at), justBefore) || reflect.DeepEqual(justBefore, told.record(next)) {
			t.Errorf("a %T is told at %s and at %s, and changes at other times", justBefore.Body, at, next)
		}
	}
	if e, ok := told.(*entry); ok {
		want := slices.SortedFunc(slices.Values(e.turns[:]), time.Time.Compare)
		want = slices.Compact(slices.DeleteFunc(want, time.Time.IsZero))
		if !slices.Equal(times, want) {
			t.Errorf("%s is told at %s, want %s", e.record(at).ID, times, want)
		}
	}
}

// The life of a ticket is told twice: by its fields and by its lists.
func TestATicketIsAtOneWithItsHistory(t *testing.T) {
	for _, b := range ofKind[*desk.Ticket](fourWeeks(t, Settings{TicketsPerDay: 300, CallsPerDay: 300})) {
		status, reopens, solved := desk.StatusUnknown, 0, time.Time{}
		for _, c := range b.StatusChanges {
			switch {
			case status.Finished() && c.Status.Open():
				reopens++
				solved = time.Time{}
			case c.Status == desk.StatusSolved:
				solved = c.At
			}
			status = c.Status
		}
		replies, asked := 0, 0
		for _, m := range b.Messages {
			if m.At.Before(b.CreatedAt) {
				t.Errorf("something was said %s before the ticket was opened", b.CreatedAt.Sub(m.At))
			}
			if m.Public && m.Author == desk.RoleAgent {
				replies++
			}
			if m.Author == desk.RoleCustomer {
				asked++
			}
		}
		if status != b.Status || reopens != b.Reopens.Value || !solved.Equal(b.SolvedAt) ||
			replies != b.AgentReplies.Value || asked != b.CustomerMessages.Value {
			t.Errorf("got %+v", b)
		}
		times := slices.IsSortedFunc(b.StatusChanges, func(x, y desk.StatusChange) int { return x.At.Compare(y.At) })
		if !times || b.UpdatedAt.Before(b.CreatedAt) {
			t.Errorf("times of %+v", b)
		}
	}
}

func TestCallsAndSurveysGoInOrder(t *testing.T) {
	records := fourWeeks(t, Settings{TicketsPerDay: 300, CallsPerDay: 300})
	for _, c := range ofKind[*desk.Call](records) {
		queued := c.QueuedAt
		if queued.IsZero() {
			queued = c.ArrivedAt
		}
		ended := queued.Add(c.Wait.Value)
		if c.Outcome == desk.OutcomeAnswered {
			if c.Wait.Set && !c.AnsweredAt.Equal(ended) {
				t.Errorf("answered at %s, after a wait until %s", c.AnsweredAt, ended)
			}
			ended = c.AnsweredAt.Add(c.Talk.Value + c.Hold.Value)
		}
		exact := c.Wait.Set || c.Outcome == desk.OutcomeAnswered
		if queued.Before(c.ArrivedAt) || c.EndedAt.Before(queued) || exact && !c.EndedAt.Equal(ended) {
			t.Errorf("want an end at %s: %+v", ended, c)
		}
	}
	for _, s := range ofKind[*desk.Survey](records) {
		if !s.RespondedAt.IsZero() && !s.RespondedAt.After(s.SentAt) {
			t.Errorf("sent at %s, answered at %s", s.SentAt, s.RespondedAt)
		}
		if s.RespondedAt.IsZero() != (!s.Score.Set && s.Answer == "") {
			t.Errorf("an answer without a time, or a time without one: %+v", s)
		}
	}
}
