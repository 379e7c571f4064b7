package poll

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/sources"
)

// answers is a source that plays its answers back, and then has no news.
type answers struct {
	pages []answer
	asked []asked
}

type answer struct {
	page desk.Page
	err  error
}

type asked struct {
	since string
	at    time.Time
	until time.Time
}

func (a *answers) Fetch(_ context.Context, since desk.Cursor, until time.Time) (desk.Page, error) {
	a.asked = append(a.asked, asked{since: string(since), at: time.Now(), until: until})
	if len(a.pages) == 0 {
		return desk.Page{Cursor: since}, nil
	}
	next := a.pages[0]
	a.pages = a.pages[1:]
	return next.page, next.err
}

// shelf is a book that keeps cursors, and refuses pages while full.
type shelf struct {
	cursor desk.Cursor
	full   bool
	kept   int
	open   int // tickets
	synced bool
}

func (s *shelf) Cursor(string) desk.Cursor { return s.cursor }

func (s *shelf) Commit(_ string, page desk.Page, _ time.Time) error {
	if s.full {
		return errors.New("no space left on device")
	}
	s.cursor = page.Cursor
	s.kept += len(page.Records)
	return nil
}

func (s *shelf) OpenTickets(string) (int, bool) { return s.open, s.synced }

func newRunner(source sources.Source, book Book) *Runner {
	logger := slog.New(slog.NewTextHandler(io.Discard, nil))
	m := NewMetrics(prometheus.NewRegistry())
	m.Expect("acme", "tickets", []desk.Kind{desk.KindTicket})
	return &Runner{
		Name: "tickets", Desk: "acme", Source: source, Interval: time.Minute, StaleAfter: 15 * time.Minute, Book: book,
		Rejects: &Rejects{Logger: logger}, Metrics: m, Logger: logger,
	}
}

func ticket(id string) desk.Record { return desk.Record{ID: id, Body: &desk.Ticket{}} }

func TestAPollReadsPageAfterPageFromTheCursorBehindEach(t *testing.T) {
	source := &answers{pages: []answer{
		{page: desk.Page{Records: []desk.Record{ticket("1"), ticket("2")}, Cursor: desk.Cursor("a"), More: true}},
		{page: desk.Page{Records: []desk.Record{ticket("3")}, Cursor: desk.Cursor("b")}},
	}}
	book := &shelf{}
	r := newRunner(source, book)
	if err := r.Poll(t.Context()); err != nil {
		t.Fatal(err)
	}
	if book.kept != 3 || string(book.cursor) != "b" {
		t.Errorf("kept %d records up to %q, want 3 up to b", book.kept, book.cursor)
	}
	if len(source.asked) != 2 || source.asked[1].since != "a" || source.asked[0].until != source.asked[1].until {
		t.Errorf("asked %v: want the second page from cursor a, up to the same instant", source.asked)
	}
	if got := testutil.ToFloat64(r.Metrics.records.WithLabelValues("acme", "tickets", "ticket")); got != 3 {
		t.Errorf("counted %v records, want 3", got)
	}
}

func TestAFailedPageTakesNothingWithIt(t *testing.T) {
	source := &answers{pages: []answer{
		{page: desk.Page{Records: []desk.Record{ticket("1")}, Cursor: desk.Cursor("a"), More: true}},
		{err: &sources.Error{Reason: sources.ReasonUnreadable, Err: errors.New("drops/t.csv: permission denied")}},
	}}
	book := &shelf{}
	r := newRunner(source, book)
	if err := r.Poll(t.Context()); err == nil {
		t.Fatal("the poll succeeded")
	}
	if string(book.cursor) != "a" || book.kept != 1 {
		t.Errorf("kept %d records up to %q, want the first page", book.kept, book.cursor)
	}
	up := testutil.ToFloat64(r.Metrics.up.WithLabelValues("acme", "tickets"))
	failed := testutil.ToFloat64(r.Metrics.polls.WithLabelValues("acme", "tickets", "unreadable"))
	if up != 0 || failed != 1 {
		t.Errorf("up %v, unreadable polls %v; want 0 and 1", up, failed)
	}
}

func TestWhatCannotBeKeptIsReadAgain(t *testing.T) {
	page := answer{page: desk.Page{Records: []desk.Record{ticket("1")}, Cursor: desk.Cursor("a")}}
	source := &answers{pages: []answer{page, page}}
	book := &shelf{full: true}
	r := newRunner(source, book)
	if err := r.Poll(t.Context()); err == nil {
		t.Fatal("the poll succeeded on a full disk")
	}
	book.full = false
	if err := r.Poll(t.Context()); err != nil {
		t.Fatal(err)
	}
	if source.asked[1].since != "" || book.kept != 1 {
		t.Errorf("read again from %q and kept %d; want from the beginning and 1", source.asked[1].since, book.kept)
	}
	if got := testutil.ToFloat64(r.Metrics.polls.WithLabelValues("acme", "tickets", "storage")); got != 1 {
		t.Errorf("counted %v polls that could not be kept, want 1", got)
	}
}

func TestFailuresInARowSpreadThePollsAndSuccessEndsThat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broken := answer{err: errors.New("broken")}
		source := &answers{pages: []answer{broken, broken, broken, broken, {}}}
		r := newRunner(source, &shelf{})
		start := time.Now()
		ctx, stop := context.WithTimeout(t.Context(), 20*time.Minute) // of the bubble's own clock
		defer stop()
		r.Run(ctx)
		// 1m doubles to 2m, 4m and the bound of 5m; after the fifth poll
		// succeeds it is 1m again.
		var got []time.Duration
		for _, a := range source.asked[:7] {
			got = append(got, a.at.Sub(start))
		}
		want := []time.Duration{0, 2 * time.Minute, 6 * time.Minute, 11 * time.Minute, 16 * time.Minute, 17 * time.Minute, 18 * time.Minute}
		for i := range want {
			if got[i] != want[i] {
				t.Fatalf("polled at %v, want %v", got, want)
			}
		}
	})
}

func TestAnIntervalAboveTheBoundIsNeverShortened(t *testing.T) {
	if got := pause(time.Hour, 3); got != time.Hour {
		t.Errorf("an hourly source that fails is polled after %s", got)
	}
}

// endless waits for its context, as a source does that is slow to answer.
type endless struct{}

func (endless) Fetch(ctx context.Context, _ desk.Cursor, _ time.Time) (desk.Page, error) {
	<-ctx.Done()
	return desk.Page{}, ctx.Err()
}

func TestShuttingDownIsNoFailureOfTheSource(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRunner(endless{}, &shelf{})
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { r.Run(ctx); close(done) }()
		synctest.Wait()
		stop()
		<-done
		for _, o := range outcomes() {
			if got := testutil.ToFloat64(r.Metrics.polls.WithLabelValues("acme", "tickets", o)); got != 0 {
				t.Errorf("counted %v polls as %s", got, o)
			}
		}
	})
}
