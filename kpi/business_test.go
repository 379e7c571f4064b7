package kpi_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/kpi"
)

// february is an instant of the last days of February 2026, the week before
// now; the 27th is a Friday, and the 29th stands for the 1st of March.
func february(day, hour int) time.Time { return time.Date(2026, 2, day, hour, 0, 0, 0, time.UTC) }

// tells are all the durations that a desk may tell.
const tells = desk.BusinessFirstResponse | desk.BusinessReply | desk.BusinessResolution | desk.BusinessRequesterWait

// byTheOffice measures a ticket in office hours.
func byTheOffice(t *testing.T, g kpi.Group) kpi.Group {
	g.Clocks = &kpi.Clocks{Calendar: calendar(t, kpi.Schedule{Timezone: "UTC", Hours: officeHours()})}
	return g
}

// byTheDesk measures a ticket by what its desk tells; there is a calendar that
// is not to be asked.
func byTheDesk(t *testing.T, g kpi.Group) kpi.Group {
	g = byTheOffice(t, g)
	g.Clocks.Told = tells
	return g
}

// hours returns the values of all contributions to a measure, in hours.
func (e *evaluation) hours(id kpi.ID, feed kpi.Feed) []float64 {
	var all []float64
	for _, of := range e.fed(id, feed) {
		all = append(all, of.Value.Float()/3600)
	}
	return all
}

func TestAFirstResponseCountsTheHoursOfTheOffice(t *testing.T) {
	for name, tt := range map[string]struct {
		asked, answered time.Time
		want            float64
	}{
		"within a day":                     {february(27, 10), february(27, 12), 2},
		"at night, to the end of business": {february(27, 16), february(27, 22), 1},
		"over the weekend":                 {february(27, 16), february(30, 10), 2},
		"asked and answered on a Sunday":   {february(29, 10), february(29, 12), 0},
	} {
		t.Run(name, func(t *testing.T) {
			e := evaluate(t, catalogue(), byTheOffice(t, ticket(desk.Ticket{
				CreatedAt: tt.asked, FirstResponseAt: tt.answered, Status: desk.StatusOpen,
				FirstResponseBusiness: desk.Some(77 * time.Hour), // told by chance, not by rule
			})))
			e.counts(map[string]int{"helpdesk_first_response_business_seconds": 1, "helpdesk_first_response_seconds": 1})
			e.is("helpdesk_first_response_business_observations", 1, 0)
			e.is("helpdesk_first_response_business_mean_seconds", tt.want*3600, 0)
			e.is("helpdesk_first_response_mean_seconds", tt.answered.Sub(tt.asked).Seconds(), 0)
			if got, ok := e.quantile("helpdesk_first_response_business_quantile_seconds", 0.5); !ok || got < tt.want*3600*0.955 || got > tt.want*3600*1.045 {
				t.Errorf("the median is %v, %t", got, ok)
			}
		})
	}
}

// Friday 16:00 to 22:00 is an hour, Sunday 10:00 to Monday 11:00 two.
func TestRepliesCountTheHoursOfTheOffice(t *testing.T) {
	wrote := func(at time.Time, who desk.Role) desk.Message {
		return desk.Message{At: at, Author: who, Public: true}
	}
	g := ticket(desk.Ticket{
		CreatedAt: february(27, 16), Status: desk.StatusOpen,
		Messages: []desk.Message{
			wrote(february(27, 16), desk.RoleCustomer), wrote(february(27, 22), desk.RoleAgent),
			wrote(february(29, 10), desk.RoleCustomer), wrote(february(30, 11), desk.RoleAgent),
			wrote(february(30, 12), desk.RoleCustomer),
		},
	})
	e := evaluate(t, catalogue(), byTheOffice(t, g))
	if diff := cmp.Diff([]float64{1, 2}, e.hours(kpi.ReplyBusiness, kpi.FeedTotal)); diff != "" {
		t.Error(diff)
	}
	e.is("helpdesk_reply_business_mean_seconds", 5400, 0)
	// No ticket tells how long its replies took.
	evaluate(t, catalogue(), byTheDesk(t, g)).counts(map[string]int{"helpdesk_reply_seconds": 2, "helpdesk_reply_business_seconds": 0})
}

// solvedTwice was solved on Thursday the 26th, opened again on Friday and solved
// for good on Monday at 10:00.
func solvedTwice(told desk.Ticket) kpi.Group {
	told.CreatedAt, told.Status, told.UpdatedAt, told.SolvedAt = february(26, 10), desk.StatusSolved, february(30, 10), february(30, 10)
	told.StatusChanges = []desk.StatusChange{
		{At: february(26, 10), Status: desk.StatusNew},
		{At: february(26, 11), Status: desk.StatusPending},
		{At: february(26, 12), Status: desk.StatusSolved},
		{At: february(27, 16), Status: desk.StatusOpen},
		{At: february(30, 10), Status: desk.StatusSolved},
	}
	return ticket(told)
}

// The first solve took two hours, the last 7 on Thursday, 8 on Friday and one
// on Monday. The customer waited for the desk for an hour on Thursday, the last
// one on Friday and the first on Monday.
func TestEachSolveCountsTheHoursOfTheOffice(t *testing.T) {
	e := evaluate(t, catalogue(), byTheOffice(t, solvedTwice(desk.Ticket{})))
	for _, tt := range []struct {
		id   kpi.ID
		feed kpi.Feed
		want []float64
	}{
		{kpi.FullResolutionBusiness, kpi.FeedTotal, []float64{2, 16}},
		{kpi.FullResolutionBusiness, kpi.FeedWindow, []float64{16}},
		{kpi.RequesterWaitBusiness, kpi.FeedTotal, []float64{3}},
		{kpi.RequesterWait, kpi.FeedTotal, []float64{1 + 66}},
	} {
		if diff := cmp.Diff(tt.want, e.hours(tt.id, tt.feed)); diff != "" {
			t.Errorf("measure %d: %s", tt.id, diff)
		}
	}
	e.is("helpdesk_full_resolution_business_mean_seconds", 16*3600, 0)
	e.is("helpdesk_full_resolution_business_observations", 1, 0)
}

func TestADeskThatTellsIsNeverWorkedOut(t *testing.T) {
	told := desk.Ticket{
		FirstResponseAt:       february(26, 15),
		FirstResponseBusiness: desk.Some(20 * time.Minute),
		ResolutionBusiness:    desk.Some(6 * time.Hour),
		RequesterWaitBusiness: desk.Some(90 * time.Minute),
	}
	for name, tt := range map[string]struct {
		group                            kpi.Group
		response, solves, standing, wait []float64
	}{
		"the figures":        {byTheDesk(t, solvedTwice(told)), []float64{1.0 / 3}, []float64{6, 6}, []float64{6}, []float64{1.5}},
		"a ticket without":   {byTheDesk(t, solvedTwice(desk.Ticket{FirstResponseAt: february(26, 15)})), nil, nil, nil, nil},
		"neither of the two": {kpi.Group{Record: solvedTwice(told).Record, Clocks: &kpi.Clocks{}}, nil, nil, nil, nil},
		"no clocks":          {solvedTwice(told), nil, nil, nil, nil},
		"figures without dates": {
			byTheDesk(t, ticket(desk.Ticket{
				CreatedAt: february(26, 10), Status: desk.StatusOpen, FirstResponseBusiness: told.FirstResponseBusiness,
				ResolutionBusiness: told.ResolutionBusiness, RequesterWaitBusiness: told.RequesterWaitBusiness,
			})), nil, nil, nil, nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			e := evaluate(t, catalogue(), tt.group)
			for _, of := range []struct {
				id   kpi.ID
				feed kpi.Feed
				want []float64
			}{
				{kpi.FirstResponseBusiness, kpi.FeedTotal | kpi.FeedWindow, tt.response},
				{kpi.FullResolutionBusiness, kpi.FeedTotal, tt.solves},
				{kpi.FullResolutionBusiness, kpi.FeedWindow, tt.standing},
				{kpi.RequesterWaitBusiness, kpi.FeedTotal, tt.wait},
			} {
				if diff := cmp.Diff(of.want, e.hours(of.id, of.feed)); diff != "" {
					t.Errorf("measure %d: %s", of.id, diff)
				}
			}
			if got := e.excluded("negative_duration"); got != 0 {
				t.Errorf("%d tickets are left out", got)
			}
		})
	}
}

// 0 would say that nobody was answered.
func TestWithoutABusinessClockThereAreNoBusinessFigures(t *testing.T) {
	e := evaluate(t, catalogue(), ticket(desk.Ticket{CreatedAt: february(27, 10), FirstResponseAt: february(27, 12), Status: desk.StatusOpen}))
	e.absent("helpdesk_first_response_business_mean_seconds")
	e.absent("helpdesk_first_response_business_observations")
	e.is("helpdesk_first_response_observations", 1, 0)
}

// A desk may tell one duration and leave the others to the calendar.
func TestEachDurationHasAClockOfItsOwn(t *testing.T) {
	g := byTheOffice(t, solvedTwice(desk.Ticket{FirstResponseAt: february(26, 15), FirstResponseBusiness: desk.Some(time.Hour)}))
	g.Clocks.Told = desk.BusinessFirstResponse
	e := evaluate(t, catalogue(), g)
	if diff := cmp.Diff([]float64{1}, e.hours(kpi.FirstResponseBusiness, kpi.FeedTotal)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]float64{2, 16}, e.hours(kpi.FullResolutionBusiness, kpi.FeedTotal)); diff != "" {
		t.Error(diff)
	}
}

func TestFiguresBelowZeroAreLeftOutAndCountedOnce(t *testing.T) {
	below := desk.Some(-time.Second)
	for name, told := range map[string]desk.Ticket{
		"first response": {FirstResponseBusiness: below},
		"resolution":     {ResolutionBusiness: below},
		"requester wait": {RequesterWaitBusiness: below},
		"all":            {FirstResponseBusiness: below, ResolutionBusiness: below, RequesterWaitBusiness: below},
	} {
		t.Run(name, func(t *testing.T) {
			told.FirstResponseAt = february(26, 15)
			e := evaluate(t, catalogue(), byTheDesk(t, solvedTwice(told)))
			e.counts(map[string]int{
				"helpdesk_first_response_business_seconds": 0, "helpdesk_full_resolution_business_seconds": 0,
				"helpdesk_requester_wait_business_seconds": 0, "helpdesk_full_resolution_seconds": 2,
			})
			if got := e.excluded("negative_duration"); got != 1 {
				t.Errorf("it is counted %d times as left out, want once", got)
			}
		})
	}
}

// A response before its question is none by any clock.
func TestAResponseBeforeItsQuestionHasNoBusinessHours(t *testing.T) {
	backwards := ticket(desk.Ticket{
		CreatedAt: february(26, 12), FirstResponseAt: february(26, 11), SolvedAt: february(26, 10), Status: desk.StatusSolved,
		FirstResponseBusiness: desk.Some(time.Hour), ResolutionBusiness: desk.Some(time.Hour),
	})
	for _, g := range []kpi.Group{byTheOffice(t, backwards), byTheDesk(t, backwards)} {
		e := evaluate(t, catalogue(), g)
		e.counts(map[string]int{"helpdesk_first_response_business_seconds": 0, "helpdesk_full_resolution_business_seconds": 0})
		if got := e.excluded("negative_duration"); got != 1 {
			t.Errorf("it is counted %d times as left out, want once", got)
		}
	}
}

// The wait began at 10:00 with the ticket that was merged into this one.
func TestBusinessHoursOfAMergedTicketBeginWithTheFirst(t *testing.T) {
	g := byTheOffice(t, ticket(desk.Ticket{
		CreatedAt: february(27, 12), FirstResponseAt: february(27, 13), SolvedAt: february(27, 18), Status: desk.StatusSolved,
	}))
	g.Merged = []*desk.Held{ticket(desk.Ticket{CreatedAt: february(27, 10), Status: desk.StatusMerged}).Record}
	e := evaluate(t, catalogue(), g)
	e.is("helpdesk_first_response_business_mean_seconds", 3*3600, 0)
	e.is("helpdesk_full_resolution_business_mean_seconds", 7*3600, 0)
}

// By a calendar that is always open the business figures are those of the clock:
// dated, labelled and fed the same.
func TestBusinessFiguresGoTheWayOfTheirTwins(t *testing.T) {
	always := calendar(t, kpi.Schedule{Timezone: "Europe/Athens", Hours: aroundTheClock()})
	twins := map[kpi.ID]kpi.ID{
		kpi.FirstResponse: kpi.FirstResponseBusiness, kpi.Reply: kpi.ReplyBusiness,
		kpi.FullResolution: kpi.FullResolutionBusiness, kpi.RequesterWait: kpi.RequesterWaitBusiness,
	}
	rapid.Check(t, func(r *rapid.T) {
		l := lives(true).Draw(r, "life")
		for _, s := range l.states {
			body := s.Body.(*desk.Ticket)
			for i, m := range rapid.SliceOfN(rapid.IntRange(0, 30), 0, 4).Draw(r, "messages") {
				body.Messages = append(body.Messages, said(m, []desk.Role{desk.RoleCustomer, desk.RoleAgent}[i%2]))
			}
		}
		g := kpi.Group{Record: held(l.states...), Clocks: &kpi.Clocks{Calendar: always}}
		e := evaluate(t, catalogue(), g)
		for twin, id := range twins {
			want := e.fed(twin, kpi.FeedAny)
			for i := range want {
				want[i].Measure, want[i].Fact = id, uint8(id)
			}
			if diff := cmp.Diff(want, e.fed(id, kpi.FeedAny)); diff != "" {
				r.Fatalf("measure %d: %s", id, diff)
			}
		}
	})
}
