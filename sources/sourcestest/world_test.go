package sourcestest_test

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/sources/sourcestest"
)

var (
	monday  = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	weekend = monday.Add(-45 * 24 * time.Hour)
)

func invent(seed uint64, without ...sourcestest.What) *sourcestest.World {
	return sourcestest.Invent(seed, sourcestest.Invention{Tickets: 2000, From: weekend, To: monday, Old: 100, Without: without})
}

func TestInventedLivesKeepTheRules(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := sourcestest.Invent(rapid.Uint64().Draw(t, "seed"), sourcestest.Invention{Tickets: 200, From: weekend, To: monday, Old: 20})
		if len(w.Tickets) != 220 {
			t.Fatalf("got %d tickets, want 220", len(w.Tickets))
		}
		for n, ticket := range w.Tickets {
			checkLife(t, w, ticket)
			if n > 0 && (ticket.ID <= w.Tickets[n-1].ID || ticket.CreatedAt.Before(w.Tickets[n-1].CreatedAt)) {
				t.Errorf("ticket %d is out of order", ticket.ID)
			}
			if n < 20 && (!ticket.CreatedAt.Before(w.Start) || !w.At(ticket, monday).UpdatedAt.Before(w.Start) || !w.At(ticket, monday).Status.Open()) {
				t.Errorf("ticket %d is to be old, untouched and open", ticket.ID)
			}
		}
	})
}

// checkLife expects that each event of a ticket may follow the one before.
func checkLife(t *rapid.T, w *sourcestest.World, ticket *sourcestest.Ticket) {
	at := ticket.CreatedAt
	for _, e := range ticket.Events {
		was := w.At(ticket, e.At.Add(-time.Nanosecond))
		before := was.Status
		if e.At.Sub(at) < 2*time.Second || e.At.Truncate(time.Second) != e.At {
			t.Errorf("ticket %d: %+v comes %s after what was before", ticket.ID, e, e.At.Sub(at))
		}
		at = e.At
		may := before.Open()
		switch e.What {
		case sourcestest.Reopen, sourcestest.Close, sourcestest.Rate, sourcestest.Rerate:
			may = before == desk.StatusSolved
		case sourcestest.Open:
			may = before == desk.StatusPending || before == desk.StatusOnHold
		case sourcestest.Pend:
			may = may && before != desk.StatusPending
		case sourcestest.Hold:
			may = may && before != desk.StatusOnHold
		case sourcestest.Assign:
			may = may && (was.Group != e.Group || was.Agent != e.Agent)
		case sourcestest.Prioritise:
			may = may && was.Priority != e.Priority
		case sourcestest.Merge:
			into := w.Ticket(e.Into)
			may = may && into != nil && !into.CreatedAt.After(ticket.CreatedAt) && !w.At(into, e.At).Status.Withdrawn()
		}
		if !may {
			t.Errorf("ticket %d: %+v of a ticket that is %s", ticket.ID, e, before)
		}
	}
}

func TestTheSameSeedInventsTheSame(t *testing.T) {
	if !reflect.DeepEqual(invent(3), invent(3)) {
		t.Error("two worlds of one seed differ")
	}
	if reflect.DeepEqual(invent(3), invent(4)) {
		t.Error("two worlds of two seeds are the same")
	}
}

// A test over an invented world tests what happens in it, and nothing else.
func TestEverythingHappensInAnInventedWorld(t *testing.T) {
	w := invent(1)
	happened := map[sourcestest.What]int{}
	seconds := map[time.Time]int{}
	byAgent, idle, twice := 0, 0, 0
	for _, ticket := range w.Tickets {
		reopened := 0
		for _, e := range ticket.Events {
			happened[e.What]++
			seconds[e.At]++
			if e.What == sourcestest.Reopen {
				reopened++
			}
		}
		if ticket.ByAgent {
			byAgent++
		}
		if len(ticket.Events) == 0 {
			idle++
		}
		if reopened > 1 {
			twice++
		}
	}
	for what := sourcestest.CustomerReply; what <= sourcestest.Rerate; what++ {
		if happened[what] < 5 {
			t.Errorf("event %d happens %d times", what, happened[what])
		}
	}
	most := 0
	for _, n := range seconds {
		most = max(most, n)
	}
	if byAgent == 0 || idle == 0 || twice == 0 || most < 10 {
		t.Errorf("%d tickets are by agents, %d idle, %d reopened more than once; at most %d changes are in one second", byAgent, idle, twice, most)
	}
}

func TestWhatAVendorDoesNotHaveDoesNotHappen(t *testing.T) {
	without := []sourcestest.What{sourcestest.Hold, sourcestest.Spam, sourcestest.Merge, sourcestest.Rate, sourcestest.Rerate}
	for _, ticket := range invent(1, without...).Tickets {
		for _, e := range ticket.Events {
			if slices.Contains(without, e.What) {
				t.Fatalf("ticket %d: %+v", ticket.ID, e)
			}
		}
	}
}

// story is a small world whose figures are worked out by hand.
func story() *sourcestest.World {
	at := func(clock string) time.Time {
		d, err := time.ParseDuration(clock)
		if err != nil {
			panic(err)
		}
		return monday.Add(d)
	}
	return &sourcestest.World{Start: monday, Tickets: []*sourcestest.Ticket{
		{ID: 1, CreatedAt: at("1h"), Group: 41, Priority: "normal", Requester: 7, Events: []sourcestest.Event{
			{At: at("1h10m"), What: sourcestest.CustomerReply},
			{At: at("2h"), What: sourcestest.Note, Agent: 300},
			{At: at("3h"), What: sourcestest.AgentReply, Agent: 300}, // 2 h after it was asked
			{At: at("3h1m"), What: sourcestest.Pend, Agent: 300},
			{At: at("4h"), What: sourcestest.CustomerReply},
			{At: at("4h30m"), What: sourcestest.AgentReply, Agent: 300}, // 30 min
			{At: at("5h"), What: sourcestest.Solve, Agent: 300},
			{At: at("5h10m"), What: sourcestest.Rate, Score: 2},
			{At: at("6h"), What: sourcestest.Reopen},
			{At: at("7h"), What: sourcestest.AgentReply, Agent: 300}, // 1 h
			{At: at("8h"), What: sourcestest.Solve, Agent: 300},      // 7 h after the creation
			{At: at("8h30m"), What: sourcestest.Rerate, Score: 5},
			{At: at("20h"), What: sourcestest.Close},
		}},
		{ID: 2, CreatedAt: at("2h"), ByAgent: true, Agent: 301, Group: 41, Events: []sourcestest.Event{
			{At: at("3h"), What: sourcestest.AgentReply, Agent: 301}, // nobody asked
			{At: at("4h"), What: sourcestest.CustomerReply},
			{At: at("4h20m"), What: sourcestest.AgentReply, Agent: 301}, // 20 min
			{At: at("5h"), What: sourcestest.Hold, Agent: 301},
		}},
		{ID: 4, CreatedAt: at("2h30m"), Events: []sourcestest.Event{{At: at("9h"), What: sourcestest.Spam}}},
		{ID: 5, CreatedAt: at("3h"), Requester: 7, Events: []sourcestest.Event{
			{At: at("3h30m"), What: sourcestest.Assign, Group: 48},
			{At: at("4h15m"), What: sourcestest.AgentReply, Agent: 302}, // 75 min, while it is not merged
			{At: at("9h"), What: sourcestest.Merge, Agent: 302, Into: 1},
		}},
		{ID: 6, CreatedAt: at("10h"), Events: []sourcestest.Event{
			{At: at("11h"), What: sourcestest.Assign, Group: 48, Agent: 303},
			{At: at("12h"), What: sourcestest.Solve, Agent: 303},
			{At: at("13h"), What: sourcestest.Delete, Agent: 303},
		}},
	}}
}

func TestTruthOfAStory(t *testing.T) {
	w := story()
	for _, c := range []struct {
		name   string
		now    time.Duration
		window time.Duration
		want   sourcestest.Truth
	}{
		{"before anything", 0, 24 * time.Hour, sourcestest.Truth{Open: map[sourcestest.Waiting]int{}, Withdrawn: map[desk.Status]int{}}},
		{"in the morning", 5*time.Hour + 30*time.Minute, 24 * time.Hour, sourcestest.Truth{
			Opened: 4, Created: 4, Solved: 1, Solves: 1,
			FirstResponses: sourcestest.Sample{N: 3, Sum: 7200 + 1200 + 4500},
			Replies:        sourcestest.Sample{N: 4, Sum: 7200 + 1800 + 1200 + 4500},
			Resolutions:    sourcestest.Sample{N: 1, Sum: 4 * 3600},
			Ratings:        sourcestest.Sample{N: 1, Sum: 2},
			Open: map[sourcestest.Waiting]int{
				{Status: desk.StatusOnHold, Group: 41}: 1, {Status: desk.StatusNew}: 1, {Status: desk.StatusOpen, Group: 48}: 1,
			},
			Withdrawn: map[desk.Status]int{},
		}},
		{"reopened", 6*time.Hour + 30*time.Minute, time.Hour, sourcestest.Truth{
			Reopened: 1, Reopens: 1,
			Open: map[sourcestest.Waiting]int{
				{Status: desk.StatusOpen, Group: 41}: 1, {Status: desk.StatusOnHold, Group: 41}: 1,
				{Status: desk.StatusNew}: 1, {Status: desk.StatusOpen, Group: 48}: 1,
			},
			Withdrawn: map[desk.Status]int{},
		}},
		// Ticket 5 is part of ticket 1 by now: it was asked when the answer of
		// 3:00 came, and its own answer, of 4:15, is to what was asked at 4:00.
		{"at night", 24 * time.Hour, 24 * time.Hour, sourcestest.Truth{
			Opened: 2, Created: 5, Solved: 1, Solves: 3, Reopened: 1, Reopens: 1,
			FirstResponses: sourcestest.Sample{N: 2, Sum: 7200 + 1200},
			Replies:        sourcestest.Sample{N: 4, Sum: 7200 + 900 + 3600 + 1200},
			Resolutions:    sourcestest.Sample{N: 1, Sum: 7 * 3600},
			Ratings:        sourcestest.Sample{N: 1, Sum: 5},
			Open:           map[sourcestest.Waiting]int{{Status: desk.StatusOnHold, Group: 41}: 1},
			Withdrawn:      map[desk.Status]int{desk.StatusSpam: 1, desk.StatusMerged: 1},
		}},
		{"the bounds of a window", 8 * time.Hour, 3 * time.Hour, sourcestest.Truth{
			Solved: 1, Solves: 1, Reopened: 1, Reopens: 1,
			Replies:     sourcestest.Sample{N: 1, Sum: 3600},
			Resolutions: sourcestest.Sample{N: 1, Sum: 7 * 3600},
			Ratings:     sourcestest.Sample{N: 1, Sum: 2},
			Open: map[sourcestest.Waiting]int{
				{Status: desk.StatusOnHold, Group: 41}: 1, {Status: desk.StatusNew}: 1, {Status: desk.StatusOpen, Group: 48}: 1,
			},
			Withdrawn: map[desk.Status]int{},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := w.Truth(monday.Add(c.now), c.window); !reflect.DeepEqual(got, c.want) {
				t.Errorf("got  %+v\nwant %+v", got, c.want)
			}
		})
	}
}

func TestWhatIsToBeSeenOfATicket(t *testing.T) {
	w := story()
	at := func(minutes int) time.Time { return monday.Add(time.Duration(minutes) * time.Minute) }
	if got := w.At(w.Ticket(1), at(59)); got.Exists {
		t.Errorf("before it is created: %+v", got)
	}
	got := w.At(w.Ticket(1), at(7*60))
	want := sourcestest.State{
		Exists: true, Status: desk.StatusOpen, Priority: "normal", Group: 41, UpdatedAt: at(7 * 60), StatusAt: at(6 * 60),
		CustomerMessages: 4, AgentReplies: 3, Notes: 1, FirstReplyAt: at(3 * 60),
		Replies: []sourcestest.Reply{{Asked: at(60), Answered: at(180)}, {Asked: at(240), Answered: at(270)}, {Asked: at(360), Answered: at(420)}},
		Solves:  []time.Time{at(300)}, Reopens: []time.Time{at(360)}, RatedAt: at(310), Score: 2, Events: w.Ticket(1).Events[:10],
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if got := w.At(w.Ticket(2), at(150)); got.Status != desk.StatusOpen || got.Agent != 301 || got.AgentReplies != 1 || !got.WaitingSince.IsZero() {
		t.Errorf("created by an agent: %+v", got)
	}
	if got := w.Ticket(3); got != nil {
		t.Errorf("there is no ticket 3, got %+v", got)
	}
}

// What fakes are told of tickets and the truth are worked out apart: they must
// agree.
func TestTruthAgreesWithWhatIsToBeSeen(t *testing.T) {
	w := invent(9, sourcestest.Merge)
	for now := weekend; now.Before(monday); now = now.Add(31 * time.Hour) {
		from := now.Add(-7 * 24 * time.Hour)
		in := func(at time.Time) bool { return at.After(from) && !at.After(now) }
		want := sourcestest.Truth{Open: map[sourcestest.Waiting]int{}}
		for _, ticket := range w.Tickets {
			s := w.At(ticket, now)
			if s.Status.Open() {
				want.Open[sourcestest.Waiting{Status: s.Status, Group: s.Group}]++
			}
			if n := len(s.Solves); n > 0 && s.Status.Finished() && in(s.Solves[n-1]) {
				want.Solved++
			}
			if s.Status.Withdrawn() {
				continue
			}
			if n := len(s.Reopens); n > 0 && in(s.Reopens[n-1]) {
				want.Reopened++
			}
			for _, r := range s.Replies {
				if in(r.Answered) {
					want.Replies.N++
					want.Replies.Sum += r.Answered.Sub(r.Asked).Seconds()
				}
			}
		}
		got := w.Truth(now, 7*24*time.Hour)
		if got.Solved != want.Solved || got.Reopened != want.Reopened || got.Replies != want.Replies || !reflect.DeepEqual(got.Open, want.Open) {
			t.Fatalf("%s: got %+v, want %+v", now, got, want)
		}
	}
}
