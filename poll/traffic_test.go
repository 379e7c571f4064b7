package poll

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/sources"
)

// remote is a source that plays answers and keeps the newest moments back, as
// those do that are read over a network.
type remote struct {
	answers
	back time.Duration
	can  []sources.Capability
}

func (r *remote) HoldBack() time.Duration { return r.back }

func (r *remote) Capabilities() []sources.Capability { return r.can }

// expectScrape compares what a scrape shows of some families.
func expectScrape(t *testing.T, reg prometheus.Gatherer, want string, families ...string) {
	t.Helper()
	if err := testutil.GatherAndCompare(reg, strings.NewReader(want), families...); err != nil {
		t.Error(err)
	}
}

func TestAScrapeShowsTheRequestsOfEachSource(t *testing.T) {
	reg := prometheus.NewPedanticRegistry()
	m := NewMetrics(reg)
	tickets, chats := m.Traffic("acme", "tickets"), m.Traffic("acme", "chats")
	for _, code := range []string{"200", "429", "200", "error"} {
		tickets.Requested(code)
	}
	chats.Requested("200")
	tickets.Remaining(700)
	tickets.Remaining(698.5)
	const both = `
# HELP helpdesk_source_rate_limit_remaining Requests that the desk still allows its account in the present period, as it last said; absent where it does not say.
# TYPE helpdesk_source_rate_limit_remaining gauge
helpdesk_source_rate_limit_remaining{desk="acme",source="tickets"} 698.5
# HELP helpdesk_source_requests_total Requests to the desk of the source, retries included, by the status code of the answer, error where none came.
# TYPE helpdesk_source_requests_total counter
helpdesk_source_requests_total{code="200",desk="acme",source="chats"} 1
helpdesk_source_requests_total{code="200",desk="acme",source="tickets"} 2
helpdesk_source_requests_total{code="429",desk="acme",source="tickets"} 1
helpdesk_source_requests_total{code="error",desk="acme",source="tickets"} 1
`
	families := []string{"helpdesk_source_requests_total", "helpdesk_source_rate_limit_remaining"}
	expectScrape(t, reg, both, families...)
	m.Forget("acme", "tickets")
	expectScrape(t, reg, `
# HELP helpdesk_source_requests_total Requests to the desk of the source, retries included, by the status code of the answer, error where none came.
# TYPE helpdesk_source_requests_total counter
helpdesk_source_requests_total{code="200",desk="acme",source="chats"} 1
`, families...)
}

// What a desk keeps from the exporter shows after each poll, those that fail
// included, and goes with the source.
func TestAScrapeShowsWhatTheDeskKeepsToItself(t *testing.T) {
	source := &remote{answers: answers{pages: []answer{{}, {err: errors.New("broken")}}}, can: []sources.Capability{
		{Name: "tickets", Available: true}, {Name: "calls", Why: "the plan has none"},
	}}
	r := newRunner(source, &shelf{})
	reg := prometheus.NewPedanticRegistry()
	r.Metrics = NewMetrics(reg)
	const shows = `
# HELP helpdesk_source_capability Whether the desk lets the source see a part of what it could tell: 0 where the plan or a right is missing, and nothing comes of it.
# TYPE helpdesk_source_capability gauge
helpdesk_source_capability{capability="calls",desk="acme",source="tickets"} %d
helpdesk_source_capability{capability="tickets",desk="acme",source="tickets"} 1
`
	expectScrape(t, reg, "", "helpdesk_source_capability")
	if err := r.Poll(t.Context()); err != nil {
		t.Fatal(err)
	}
	expectScrape(t, reg, fmt.Sprintf(shows, 0), "helpdesk_source_capability")
	source.can[1].Available = true
	if err := r.Poll(t.Context()); err == nil {
		t.Fatal("the second poll does not fail")
	}
	expectScrape(t, reg, fmt.Sprintf(shows, 1), "helpdesk_source_capability")
	r.Metrics.Forget("acme", "tickets")
	expectScrape(t, reg, "", "helpdesk_source_capability")
}

func TestTheNewestMomentsAreHeldBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := &remote{back: 90 * time.Second, answers: answers{pages: []answer{{page: desk.Page{More: true}}}}}
		start := time.Now()
		if err := newRunner(source, &shelf{}).Poll(t.Context()); err != nil {
			t.Fatal(err)
		}
		if len(source.asked) != 2 {
			t.Fatalf("fetched %d pages, want 2", len(source.asked))
		}
		for i, a := range source.asked {
			if got := start.Sub(a.until); got != 90*time.Second || a.until.Location() != time.UTC {
				t.Errorf("page %d: asked up to %s before now in %s, want 1m30s in UTC", i+1, got, a.until.Location())
			}
		}
	})
}

func TestADeskThatWantsToBeLeftAloneIs(t *testing.T) {
	for _, c := range []struct {
		name string
		err  error
		want time.Duration
	}{
		{"longer than our own pause", &sources.Error{Reason: sources.ReasonRateLimited, Err: errors.New("429"), After: time.Hour}, time.Hour},
		{"shorter than our own pause", &sources.Error{Reason: sources.ReasonRateLimited, Err: errors.New("429"), After: time.Second}, 2 * time.Minute},
		{"with words around it", fmt.Errorf("tickets: %w", &sources.Error{Reason: sources.ReasonUnreachable, Err: errors.New("503"), After: 10 * time.Minute}), 10 * time.Minute},
		{"it does not say", errors.New("broken"), 2 * time.Minute},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				source := &answers{pages: []answer{{err: c.err}}}
				ctx, stop := context.WithTimeout(t.Context(), c.want+90*time.Second)
				defer stop()
				newRunner(source, &shelf{}).Run(ctx)
				// The failure, what comes behind the pause, and the next one after an interval.
				if len(source.asked) != 3 {
					t.Fatalf("polled %d times, want 3", len(source.asked))
				}
				first, second, third := source.asked[0].at, source.asked[1].at, source.asked[2].at
				if second.Sub(first) != c.want || third.Sub(second) != time.Minute {
					t.Errorf("pauses of %s and %s, want %s and 1m", second.Sub(first), third.Sub(second), c.want)
				}
			})
		})
	}
}

// eager has news whenever it likes.
type eager struct {
	answers
	every time.Duration
}

func (e *eager) Watch(ctx context.Context, changed func()) {
	for {
		select {
		case <-time.After(e.every):
			changed()
		case <-ctx.Done():
			return
		}
	}
}

func TestNewsIsNoReasonToDisturbADeskThatWantsToBeLeftAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		limited := &sources.Error{Reason: sources.ReasonRateLimited, Err: errors.New("429"), After: time.Hour}
		source := &eager{answers: answers{pages: []answer{{err: limited}}}, every: 10 * time.Second}
		ctx, stop := context.WithTimeout(t.Context(), time.Hour-time.Second)
		defer stop()
		newRunner(source, &shelf{}).Run(ctx)
		if len(source.asked) != 1 {
			t.Errorf("polled %d times within the hour, want once", len(source.asked))
		}
	})
}

// pacing takes its time for each page.
type pacing struct {
	*answers
	page time.Duration
}

func (p pacing) Fetch(ctx context.Context, since desk.Cursor, until time.Time) (desk.Page, error) {
	time.Sleep(p.page)
	return p.answers.Fetch(ctx, since, until)
}

// past is a page of a long reading that has come up to some time.
func past(reached time.Time) answer { return answer{page: desk.Page{More: true, Reached: reached}} }

func TestALongReadingTellsHowFarItHasCome(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		day := func(n int) time.Time { return time.Date(2026, 3, n, 0, 0, 0, 0, time.UTC) }
		source := &answers{pages: []answer{
			past(day(1)), past(day(2)), past(time.Time{}),
			{err: errors.New("broken")},
			past(day(4)), past(day(5)),
			{page: desk.Page{Reached: day(6)}},
		}}
		r := newRunner(pacing{source, 16 * time.Second}, &shelf{})
		reg := prometheus.NewPedanticRegistry()
		r.Metrics = NewMetrics(reg)
		var log strings.Builder
		r.Logger = slog.New(slog.NewTextHandler(&log, nil))
		shows := func(reached time.Time) {
			t.Helper()
			expectScrape(t, reg, fmt.Sprintf(`
# HELP helpdesk_source_catch_up_timestamp_seconds How far a reading of many pages has come through the past of the desk; absent when there is nothing to catch up with.
# TYPE helpdesk_source_catch_up_timestamp_seconds gauge
helpdesk_source_catch_up_timestamp_seconds{desk="acme",source="tickets"} %d
`, reached.Unix()), "helpdesk_source_catch_up_timestamp_seconds")
		}
		if err := r.Poll(t.Context()); err == nil {
			t.Fatal("the first poll does not fail")
		}
		shows(day(2)) // neither a failure takes it back nor a page that does not say
		r.Metrics.Forget("acme", "tickets")
		expectScrape(t, reg, "", "helpdesk_source_catch_up_timestamp_seconds")
		if err := r.Poll(t.Context()); err != nil {
			t.Fatal(err)
		}
		expectScrape(t, reg, "", "helpdesk_source_catch_up_timestamp_seconds")
		// Pages end at 16s, 32s and 48s, in the second poll at 80s, 96s and 112s. The
		// log tells at most each half minute, nothing where a page does not say how
		// far, and nothing at the end.
		var told []string
		for line := range strings.SplitSeq(log.String(), "\n") {
			if _, text, found := strings.Cut(line, `msg="Catching up with the desk" `); found {
				told = append(told, text)
			}
		}
		want := []string{
			"reached=2026-03-01T00:00:00.000Z pages=1",
			"reached=2026-03-04T00:00:00.000Z pages=1",
		}
		if strings.Join(told, "\n") != strings.Join(want, "\n") {
			t.Errorf("the log tells\n%s\nwant\n%s", strings.Join(told, "\n"), strings.Join(want, "\n"))
		}
	})
}

// sluggish is a source whose first reading takes a while.
type sluggish struct {
	answers
	takes []time.Duration
}

func (s *sluggish) Fetch(ctx context.Context, since desk.Cursor, until time.Time) (desk.Page, error) {
	page, err := s.answers.Fetch(ctx, since, until)
	time.Sleep(s.takes[0]) // of the bubble
	s.takes = append(s.takes[1:], 0)
	return page, err
}

// pagesKept is a book that remembers which pages were the last of a reading.
type pagesKept struct {
	shelf
	more []bool
}

func (p *pagesKept) Commit(source string, page desk.Page, now time.Time) error {
	p.more = append(p.more, page.More)
	return p.shelf.Commit(source, page, now)
}

func TestALongFirstSyncGoesOnUntilItHasCaughtUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := &sluggish{takes: []time.Duration{3 * time.Hour, 10 * time.Minute, time.Minute}}
		book := &pagesKept{}
		start := time.Now()
		if err := newRunner(source, book).Poll(t.Context()); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(book.more, []bool{true, true, false}) {
			t.Errorf("pages had more behind them: %v; want the first sync to go on twice", book.more)
		}
		for i, want := range []time.Duration{0, 3 * time.Hour, 3*time.Hour + 10*time.Minute} {
			if got := source.asked[i].until.Sub(start); got != want {
				t.Errorf("reading %d goes up to %s, want %s", i, got, want)
			}
		}
	})
}

func TestALaterReadingEndsWhereItWasToEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := &sluggish{takes: []time.Duration{3 * time.Hour}}
		book := &pagesKept{shelf: shelf{synced: true}}
		if err := newRunner(source, book).Poll(t.Context()); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(book.more, []bool{false}) {
			t.Errorf("pages had more behind them: %v; want one page", book.more)
		}
	})
}
