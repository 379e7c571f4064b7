package sourcestest

import (
	"bytes"
	"context"
	"encoding/base64"
	"log/slog"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/common/model"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/sources"
)

// morning is when a trial begins: a bubble's own time is too long ago for what
// tells Unix time from a number of seconds.
var morning = time.Date(2026, 3, 4, 9, 0, 0, 0, time.UTC)

const day = 24 * time.Hour

// trial is one check of an adapter.
type trial struct {
	*testing.T
	API
	still *World // nothing happens any more, and has not for hours
	log   locked
}

func newTrial(t *testing.T, a API) *trial {
	r := &trial{T: t, API: a}
	r.still = Invent(7, Invention{Tickets: 250, From: morning.Add(-20 * day), To: morning, Old: 15, Without: a.Without})
	r.still.Stop(morning.Add(-3 * time.Hour))
	t.Cleanup(func() { r.noSecret("the log", r.log.String()) })
	return r
}

// source returns a source that reads a desk.
func (r *trial) source(h http.Handler) sources.Source {
	r.Helper()
	c := r.Config("http://desk.example")
	if past, ok := c.(sources.WithStart); ok {
		past.StartFrom(model.Duration(28 * day))
	}
	if err := c.Validate(); err != nil {
		r.Fatalf("the configuration: %v", err)
	}
	s, err := c.New(sources.Options{
		Logger:  slog.New(slog.NewTextHandler(&r.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		BaseDir: r.TempDir(), MaxSkew: 5 * time.Minute, Dial: Serve(r, h),
	})
	if err != nil {
		r.Fatalf("New: %v", err)
	}
	return s
}

// fresh returns a new source over the desk at which nothing happens.
func (r *trial) fresh(*testing.T) (sources.Source, time.Time) {
	s := r.source(r.Fake(r.still, time.Now))
	return s, untilOf(s)
}

// untilOf returns up to when a source is read now.
func untilOf(s sources.Source) time.Time {
	now := time.Now().UTC()
	if late, ok := s.(sources.HoldsBack); ok {
		return now.Add(-late.HoldBack())
	}
	return now
}

// undisturbed returns all that there is to report.
func (r *trial) undisturbed() drained {
	r.Helper()
	s, until := r.fresh(r.T)
	return drain(r.T, s, nil, until)
}

// same expects that two readings of the still desk brought the same.
func (r *trial) same(got, want []string) {
	r.Helper()
	if missing := subtract(want, got); len(missing) > 0 {
		r.Errorf("%d of %d states are missing, such as %s", len(missing), len(want), missing[0])
	}
	if more := subtract(got, want); len(more) > 0 {
		r.Errorf("%d states are reported that are not so, such as %s", len(more), more[0])
	}
}

// query is what an address has in it and an error must not.
var query = regexp.MustCompile(`\?[\w%\[\].-]+=|[&;][\w%\[\].-]+=`)

// private expects that an error tells no secret and no query.
func (r *trial) private(err error) {
	r.Helper()
	r.noSecret("the error", err.Error())
	if q := query.FindString(err.Error()); q != "" {
		r.Errorf("the error tells a query (%s): %v", q, err)
	}
}

func (r *trial) noSecret(where, text string) {
	r.Helper()
	for _, s := range r.Secrets {
		for _, form := range []string{s, base64.StdEncoding.EncodeToString([]byte(s))} {
			if strings.Contains(text, form) {
				r.Errorf("%s tells a secret: %s", where, text)
			}
		}
	}
}

// failed expects that a fetch failed for one of the reasons and kept nothing.
func (r *trial) failed(page desk.Page, err error, reasons ...sources.Reason) {
	r.Helper()
	if err == nil {
		r.Fatalf("Fetch: no error, want one of the reasons %q", reasons)
	}
	if got := sources.ReasonOf(err); !slices.Contains(reasons, got) {
		r.Errorf("reason: got %q of %v, want one of %q", got, err, reasons)
	}
	if len(page.Records) > 0 || len(page.Rejects) > 0 || page.Cursor != nil || page.More || !page.AsOf.IsZero() {
		r.Errorf("a page that failed holds %d records, %d rejects, the cursor %q, more=%t, as of %s",
			len(page.Records), len(page.Rejects), page.Cursor, page.More, page.AsOf)
	}
	r.private(err)
}

// drainTo reads on from a cursor until there is no more or a fetch fails.
func (r *trial) drainTo(ctx context.Context, s sources.Source, cursor desk.Cursor, until time.Time) (all drained, page desk.Page, err error) {
	r.Helper()
	for range maxPages {
		page, err = s.Fetch(ctx, slices.Clone(cursor), until)
		if err != nil {
			return all, page, err
		}
		all.take(page)
		if cursor = page.Cursor; !page.More {
			return all, page, nil
		}
	}
	r.Fatalf("the source still has more after %d pages", maxPages)
	return all, page, err
}

// needs reports whether a request is for what nothing works without.
func (r *trial) needs(q *http.Request) bool {
	return slices.Contains(r.Needed, strings.TrimSuffix(q.URL.Path, ".json"))
}

// lists reports whether a request is for the tickets.
func (r *trial) lists(q *http.Request) bool {
	return strings.TrimSuffix(q.URL.Path, ".json") == r.Needed[0]
}

// shown returns the status that a source reports of a ticket.
func (r *trial) shown(s State) desk.Status {
	if r.Status != nil {
		return r.Status(s)
	}
	return s.Status
}

// spoilt answers by a fault while it is on, and as the desk else.
type spoilt struct {
	desk  http.Handler
	fault fault
	which func(*http.Request) bool // nil: all

	mu    sync.Mutex // guards what follows
	after int        // so many requests are answered well before
	well  bool
}

// ServeHTTP implements [http.Handler].
func (s *spoilt) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.spoils(r) {
		s.fault(w, r, s.desk)
		return
	}
	s.desk.ServeHTTP(w, r)
}

func (s *spoilt) spoils(r *http.Request) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.well || s.which != nil && !s.which(r) {
		return false
	}
	s.after--
	return s.after < 0
}

// mend ends the fault.
func (s *spoilt) mend() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.well = true
}

// locked is a buffer that may be written from several goroutines.
type locked struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *locked) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// idOf returns the id of a ticket's record.
func idOf(t *Ticket) string { return strconv.FormatInt(t.ID, 10) }
