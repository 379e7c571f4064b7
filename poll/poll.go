// Package poll decides when each source is read: at once, then at its interval
// or when it has news, page after page while there is more, and later and later
// while it fails. Adapters contain no loop of their own.
package poll

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/sources"
)

// Book is where the pages go.
type Book interface {
	// Cursor returns up to where the source has been read.
	Cursor(source string) desk.Cursor
	// Commit keeps a page whole, or returns an error and keeps nothing.
	Commit(source string, page desk.Page, now time.Time) error
	// OpenTickets returns how many tickets of the source are open; false before
	// its first sync is complete.
	OpenTickets(source string) (int, bool)
}

// Runner reads one source for as long as the exporter runs.
type Runner struct {
	Name, Desk string
	Source     sources.Source
	Interval   time.Duration
	StaleAfter time.Duration // without a poll that was read to its end
	Book       Book
	Rejects    *Rejects
	Metrics    *Metrics
	Logger     *slog.Logger

	counted time.Time // when the desk last said how many tickets are open
	told    time.Time // when the log last said how far a long reading has come
	status  status
}

// longestPause bounds the pauses between polls that fail, and shortestPause
// those before polls that news asks for: a file that is written to all the time
// has news all the time.
const (
	longestPause  = 5 * time.Minute
	shortestPause = time.Second
)

// Run polls until ctx ends: at its interval, and earlier when the source has
// news.
func (r *Runner) Run(ctx context.Context) {
	news, watched := r.watch(ctx)
	defer watched()
	failures, asked := 0, time.Duration(0) // polls that failed in a row, and how long the desk wants to be left alone
	last, next := time.Time{}, time.Now()  // the end of the poll before, and when to poll
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-news:
			// News of what fails is no reason to hurry: it doubles its pauses too.
			if soon := last.Add(max(pause(shortestPause, failures), asked)); soon.Before(next) {
				next = soon
				r.sleeping(next)
				timer.Reset(time.Until(next))
			}
			continue
		case <-timer.C:
		}
		err := r.Poll(ctx)
		if err != nil && ctx.Err() == nil {
			failures++
		} else {
			failures = 0
		}
		asked = askedFor(err)
		wait := max(pause(r.Interval, failures), asked)
		if failures > 0 {
			r.Logger.Error("Poll failed: the last good figures stay", "err", err, "next", wait)
		}
		last = time.Now()
		next = last.Add(wait)
		r.sleeping(next)
		timer.Reset(wait)
	}
}

// sleeping tells when the next poll is.
func (r *Runner) sleeping(next time.Time) { r.status.change(func(s *Status) { s.Next = next }) }

// watch lets the source tell of news, if it can. wait returns when the watching
// has ended with ctx.
func (r *Runner) watch(ctx context.Context) (news <-chan struct{}, wait func()) {
	watcher, ok := r.Source.(sources.Watcher)
	if !ok {
		return nil, func() {}
	}
	told := make(chan struct{}, 1) // what comes during a poll waits for its end
	var watching sync.WaitGroup
	watching.Go(func() {
		watcher.Watch(ctx, func() {
			select {
			case told <- struct{}{}:
			default: // told already
			}
		})
	})
	return told, watching.Wait
}

// pause doubles the interval with each failure in a row, up to a bound that
// never shortens it.
func pause(interval time.Duration, failures int) time.Duration {
	longest := max(interval, longestPause)
	for range failures {
		if interval *= 2; interval >= longest {
			return longest
		}
	}
	return interval
}

// askedFor returns how long the desk wants to be left alone after a failure.
func askedFor(err error) time.Duration {
	var failed *sources.Error
	if errors.As(err, &failed) {
		return failed.After
	}
	return 0
}

// ErrStorage marks a page that was read and could not be kept.
var ErrStorage = errors.New("storage")

// Poll reads all that is new, up to now.
func (r *Runner) Poll(ctx context.Context) error {
	start := time.Now()
	err := r.drain(ctx, start)
	if ctx.Err() != nil {
		return ctx.Err() // shutting down says nothing about the source
	}
	r.status.change(func(s *Status) { *s = s.after(err, time.Now()) })
	r.Metrics.polled(r, outcome(err), time.Since(start))
	if capable, ok := r.Source.(sources.Capable); ok {
		r.Metrics.capable(r, capable.Capabilities())
	}
	if err == nil {
		r.count(ctx)
	} else if time.Since(r.counted) > r.StaleAfter {
		r.Metrics.uncounted(r)
	}
	return err
}

// count compares the open tickets that are known with what the desk counts, if
// it can. It does so right behind a poll that was read to its end: only then do
// both speak of the same moment. What fails here is no failure of the poll.
func (r *Runner) count(ctx context.Context) {
	counter, ok := r.Source.(sources.Counter)
	known, complete := r.Book.OpenTickets(r.Name)
	if !ok || !complete {
		r.Metrics.uncounted(r)
		return
	}
	open, err := counter.CountOpen(ctx)
	switch {
	case ctx.Err() != nil:
	case errors.Is(err, sources.ErrUncounted):
		r.Metrics.uncounted(r) // a capability says so
	case err != nil:
		r.Logger.Warn("The desk did not count its open tickets: the drift is not known", "err", err)
		r.Metrics.uncounted(r)
	default:
		r.counted = time.Now()
		r.Metrics.drift.WithLabelValues(r.Desk, r.Name).Set(float64(known - open))
	}
}

func outcome(err error) string {
	switch {
	case err == nil:
		return outcomeSuccess
	case errors.Is(err, ErrStorage):
		return outcomeStorage
	default:
		return string(sources.ReasonOf(err))
	}
}

// longFirstSync is how long a first sync may take before what happened in the
// meantime is read as part of it: else the counters would begin with a jump.
const longFirstSync = 5 * time.Minute

// synced reports whether the first sync of the source is complete.
func (r *Runner) synced() bool {
	_, complete := r.Book.OpenTickets(r.Name)
	return complete
}

// drain reads page after page. Each page is kept with the cursor behind it, so
// that whatever fails later takes nothing with it.
func (r *Runner) drain(ctx context.Context, until time.Time) error {
	began := time.Now() // the reading up to until
	if late, ok := r.Source.(sources.HoldsBack); ok {
		until = until.Add(-late.HoldBack())
	}
	for pages := 1; ; pages++ {
		page, err := r.Source.Fetch(ctx, r.Book.Cursor(r.Name), until.UTC())
		if err != nil {
			return fmt.Errorf("fetch: %w", err)
		}
		if passed := time.Since(began); !page.More && passed > longFirstSync && !r.synced() {
			page.More, until, began = true, until.Add(passed), time.Now()
		}
		now := time.Now()
		if err := r.Book.Commit(r.Name, page, now); err != nil {
			return fmt.Errorf("%w: %w", ErrStorage, err)
		}
		r.Metrics.committed(r, page, time.Since(now))
		if len(page.Rejects) > 0 {
			r.Rejects.Keep(page.Rejects)
		}
		r.Logger.Debug("Took in a page", "records", len(page.Records), "rejects", len(page.Rejects), "more", page.More)
		r.progress(page, pages)
		if !page.More {
			return nil
		}
	}
}

// progressEvery is how often the log says how far a long reading has come.
const progressEvery = 30 * time.Second

// progress tells how far a reading of many pages has come.
func (r *Runner) progress(page desk.Page, pages int) {
	r.Metrics.reached(r, page)
	r.status.change(func(s *Status) {
		s.Reading, s.Pages = page.More, pages
		if !page.Reached.IsZero() {
			s.Reached = page.Reached
			if s.From.IsZero() {
				s.From = page.Reached
			}
		}
	})
	if !page.More || page.Reached.IsZero() || time.Since(r.told) < progressEvery {
		return
	}
	r.told = time.Now()
	r.Logger.Info("Catching up with the desk", "reached", page.Reached, "pages", pages)
}
