package book_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"helpdesk_exporter/book"
	"helpdesk_exporter/desk"
	"helpdesk_exporter/kpi"
)

const (
	openedTrend   = "helpdesk_tickets_opened_in_window"
	reopenTrend   = "helpdesk_ticket_reopen_ratio"
	responseTrend = "helpdesk_first_response_quantile_seconds"
	csatTrend     = "helpdesk_csat_ratio"
)

// trendOf returns the one trend of a family that has all the given labels.
func trendOf(t rapid.TB, trends []book.Trend, family string, q float64, identity map[string]string) book.Trend {
	t.Helper()
	var found []book.Trend
	for _, trend := range trends {
		if trend.Family == family && trend.Q == q && maps.Equal(trend.Identity, identity) {
			found = append(found, trend)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%d trends of %s with %v, want one", len(found), family, identity)
	}
	return found[0]
}

// known returns the figures of a trend, -1 where there is none.
func known(trend book.Trend) []float64 {
	var values []float64
	for _, p := range trend.Points {
		if !p.Known {
			p.Value = -1
		}
		values = append(values, p.Value)
	}
	return values
}

func respondedAt(at time.Time) func(*desk.Ticket) {
	return func(t *desk.Ticket) { t.FirstResponseAt = at }
}

// At three minutes to noon of Tuesday the slot of five minutes that has begun is
// the last before noon, so the window and its 24 hours are those from Monday noon.
func TestTrendsByHand(t *testing.T) {
	o := openOffice(t, "", source("zen", "acme", desk.KindTicket, desk.KindSurvey))
	noon := monday.Add(12 * time.Hour)
	now := noon.Add(day - 3*time.Minute)
	minute := func(n int) time.Time { return noon.Add(time.Duration(n) * time.Minute) }
	o.poll("zen", now,
		ticket("before", noon, noon, desk.StatusOpen),        // the instant of noon is the hour before
		ticket("a", minute(1), minute(1), desk.StatusOpen),   // the first hour
		ticket("b", minute(60), minute(60), desk.StatusOpen), // its last instant
		ticket("c", minute(61), minute(121), desk.StatusSolved, respondedAt(minute(66)), solvedAt(minute(121))),
		ticket("d", minute(23*60+30), minute(23*60+40), desk.StatusOpen, respondedAt(minute(23*60+40))),
		desk.Record{ID: "1", Body: &desk.Survey{Survey: "csat", RespondedAt: minute(70), Score: desk.Some(5.0)}},
		desk.Record{ID: "2", Body: &desk.Survey{Survey: "csat", RespondedAt: minute(80), Score: desk.Some(1.0)}},
	)
	trends := o.Trends(now, openedTrend, reopenTrend, responseTrend, csatTrend)

	opened := trendOf(t, trends, openedTrend, 0, map[string]string{})
	if opened.Desk != "acme" || !opened.Start.Equal(noon) || opened.Step != time.Hour || !opened.Until.Equal(now) || len(opened.Points) != 24 {
		t.Fatalf("%d steps of %v from %v until %v of %s, want 24 of an hour from noon", len(opened.Points), opened.Step, opened.Start, opened.Until, opened.Desk)
	}
	want := make([]float64, 24)
	want[0], want[1], want[23] = 2, 1, 1
	if got := known(opened); !slices.Equal(got, want) {
		t.Errorf("opened %v, want %v", got, want)
	}

	// One was solved in the third hour, none was reopened; elsewhere there is no
	// sample.
	want = slices.Repeat([]float64{-1}, 24)
	want[2] = 0
	if got := known(trendOf(t, trends, reopenTrend, 0, map[string]string{})); !slices.Equal(got, want) {
		t.Errorf("reopened %v, want %v", got, want)
	}
	// Of two answers in the second hour one is content.
	want = slices.Repeat([]float64{-1}, 24)
	want[1] = 0.5
	if got := known(trendOf(t, trends, csatTrend, 0, map[string]string{"survey": "csat"})); !slices.Equal(got, want) {
		t.Errorf("content %v, want %v", got, want)
	}
	// c was answered after 5 minutes, d after 10; a native bucket's middle is
	// within 4.5 % of what it holds.
	median := trendOf(t, trends, responseTrend, 0.5, map[string]string{})
	for i, p := range median.Points {
		wanted := map[int]float64{1: 300, 23: 600}[i]
		if p.Known != (wanted > 0) || p.Known && (p.Value < wanted*0.955 || p.Value > wanted*1.045) {
			t.Errorf("median response of step %d: %v, want %v", i, p, wanted)
		}
	}
}

func TestTrendsKeepToTheSmallestSample(t *testing.T) {
	o := openOffice(t, "", source("zen", "acme", desk.KindTicket, desk.KindSurvey))
	d := definitions()
	d.MinSample = 2
	o.redefine(d)
	o.reopen(monday)
	now := monday.Add(day - time.Minute)
	answered := func(at time.Duration) func(*desk.Ticket) { return respondedAt(monday.Add(at)) }
	o.poll("zen", now,
		ticket("a", monday, now, desk.StatusOpen, answered(90*time.Minute)),
		ticket("b", monday, now, desk.StatusOpen, answered(91*time.Minute)),
		ticket("c", monday, now, desk.StatusOpen, answered(5*time.Hour)),
	)
	for _, trend := range []book.Trend{
		trendOf(t, o.Trends(now, responseTrend), responseTrend, 0.5, map[string]string{}),
		trendOf(t, o.Trends(now, "helpdesk_first_response_mean_seconds"), "helpdesk_first_response_mean_seconds", 0, map[string]string{}),
	} {
		for i, p := range trend.Points {
			begins := trend.Start.Add(time.Duration(i) * trend.Step)
			if want := begins.Equal(monday.Add(time.Hour)); p.Known != want {
				t.Errorf("%s at %v: known is %v, want %v", trend.Family, begins, p.Known, want)
			}
		}
	}
}

func TestTrendsHideWithTheGauges(t *testing.T) {
	o := openOffice(t, "", source("zen", "acme", desk.KindTicket))
	if got := o.Trends(monday, openedTrend); len(got) != 0 {
		t.Errorf("%d trends before the first sync", len(got))
	}
	o.poll("zen", monday, ticket("a", monday.Add(-time.Hour), monday, desk.StatusOpen))
	if got := o.Trends(monday.Add(time.Hour), openedTrend); len(got) != 1 {
		t.Errorf("%d trends while the source is fresh, want one", len(got))
	}
	if got := o.Trends(monday.Add(time.Hour+time.Second), openedTrend); len(got) != 0 {
		t.Errorf("%d trends of a source that is stale", len(got))
	}
}

// With a week as the shortest window a slot is 35 minutes, and two are nearest
// to an hour; a slot of its distributions is seven hours, too long for a day.
func TestTrendsOfALongWindow(t *testing.T) {
	o := openOffice(t, "", source("zen", "acme", desk.KindTicket))
	d := definitions()
	d.Windows = []kpi.Window{{Name: "1h", Length: time.Hour}, {Name: "7d", Length: 7 * day}}
	o.redefine(d)
	o.reopen(monday)
	now := monday
	for range 20 {
		now = now.Add(5 * time.Minute)
		o.poll("zen", now, ticket("a", monday.Add(-time.Hour), now, desk.StatusOpen, respondedAt(monday)))
		opened := trendOf(t, o.Trends(now, openedTrend), openedTrend, 0, map[string]string{})
		end := opened.Start.Add(time.Duration(len(opened.Points)) * opened.Step)
		if opened.Step != 70*time.Minute || len(opened.Points) != 20 || end.Before(now) || end.Sub(now) > 35*time.Minute {
			t.Errorf("at %v: %d steps of %v to %v, want 20 of 70 minutes that end with the slot of now", now, len(opened.Points), opened.Step, end)
		}
	}
	if got := o.Trends(now, responseTrend); len(got) != 0 {
		t.Errorf("%d trends of quantiles, want none", len(got))
	}

	d.Windows = []kpi.Window{{Name: "1h", Length: time.Hour}}
	o.redefine(d)
	o.reopen(now)
	if got := o.Trends(now, openedTrend); len(got) != 0 {
		t.Errorf("%d trends without a window of a day", len(got))
	}
}

// Few enough answers would tell whose they are, and distinct agents do not add
// up: neither has a trend.
func TestSomeFamiliesHaveNoTrend(t *testing.T) {
	o := openOffice(t, "", source("zen", "acme", desk.KindTicket, desk.KindSurvey))
	o.poll("zen", monday, ticket("a", monday.Add(-time.Hour), monday, desk.StatusSolved, solvedAt(monday), func(t *desk.Ticket) { t.Agent = "ann" }),
		desk.Record{ID: "1", Body: &desk.Survey{Survey: "mood", RespondedAt: monday.Add(-time.Minute), Score: desk.Some(9.0)}})
	if got := o.Trends(monday, "helpdesk_agents_active", "helpdesk_agent_satisfaction_ratio", "helpdesk_sla_error_budget_remaining_ratio"); len(got) != 0 {
		t.Errorf("%d trends, want none: %+v", len(got), got)
	}
}

// Each step holds what happened in it, and the steps of a window of a day hold
// what it holds: those of its distributions too, whose slots are longer.
func TestTrendsAddUpToTheWindow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := openOffice(t, "", source("zen", "acme", desk.KindTicket))
		now := monday.Add(time.Duration(rapid.IntRange(0, 2*24*12).Draw(t, "slot"))*5*time.Minute +
			time.Duration(rapid.SampledFrom([]int{0, 1, 299}).Draw(t, "seconds"))*time.Second)
		var opened []time.Time
		var page []desk.Record
		for i := range rapid.IntRange(0, 40).Draw(t, "tickets") {
			age := rapid.OneOf(rapid.IntRange(0, 30*60), rapid.IntRange(24*60-6, 24*60+6)).Draw(t, "age")
			at := now.Add(-time.Duration(age) * time.Minute)
			opened = append(opened, at)
			page = append(page, ticket(benchID(i), at, at, desk.StatusOpen))
		}
		o.poll("zen", now, page...)
		trend := trendOf(t, o.Trends(now, openedTrend), openedTrend, 0, map[string]string{})
		end := trend.Start.Add(time.Duration(len(trend.Points)) * trend.Step)
		if len(trend.Points) != 24 || trend.Step != time.Hour || trend.Start.Before(now.Add(-day)) || end.Before(now) || end.Sub(now) > 5*time.Minute {
			t.Fatalf("%d steps of %v from %v to %v are not the day before %v", len(trend.Points), trend.Step, trend.Start, end, now)
		}
		sum := 0.0
		for i, p := range trend.Points {
			from := trend.Start.Add(time.Duration(i) * trend.Step)
			want := 0.0
			for _, at := range opened {
				if at.After(from) && !at.After(from.Add(trend.Step)) {
					want++
				}
			}
			if !p.Known || p.Value != want {
				t.Fatalf("the step from %v: %v, want %v", from, p, want)
			}
			sum += p.Value
		}
		if whole := o.read(now).values[openedTrend+`{desk="acme",by="all",window="1d"}`]; sum != whole {
			t.Fatalf("the steps hold %v, and the window holds %v", sum, whole)
		}
	})
}
