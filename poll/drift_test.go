package poll

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"helpdesk_exporter/desk"
)

// register is a source that can count the open tickets of its desk.
type register struct {
	answers
	counts []count // the last one holds on
	asked  []int   // how many pages had been asked for by then
}

type count struct {
	open int
	err  error
}

func (r *register) CountOpen(context.Context) (int, error) {
	r.asked = append(r.asked, len(r.answers.asked))
	next := r.counts[0]
	if len(r.counts) > 1 {
		r.counts = r.counts[1:]
	}
	return next.open, next.err
}

// drift returns what is told of the drift, false where nothing is.
func drift(r *Runner) (float64, bool) {
	if testutil.CollectAndCount(r.Metrics.drift) == 0 {
		return 0, false
	}
	return testutil.ToFloat64(r.Metrics.drift.WithLabelValues(r.Desk, r.Name)), true
}

func expectDrift(t *testing.T, r *Runner, want float64) {
	t.Helper()
	if got, ok := drift(r); !ok || got != want {
		t.Errorf("the drift is %v (told: %v), want %v", got, ok, want)
	}
}

func expectNoDrift(t *testing.T, r *Runner) {
	t.Helper()
	if got, ok := drift(r); ok {
		t.Errorf("the drift is told as %v", got)
	}
}

func TestTheDeskIsAskedBehindTheLastPageOfAPoll(t *testing.T) {
	source := &register{counts: []count{{open: 5}}}
	source.pages = []answer{{page: desk.Page{More: true}}, {page: desk.Page{More: true}}, {}}
	r := newRunner(source, &shelf{open: 3, synced: true})
	if err := r.Poll(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(source.asked) != 1 || source.asked[0] != 3 {
		t.Errorf("counted behind pages %v, want once, behind the third", source.asked)
	}
	expectDrift(t, r, -2)
}

func TestADeskThatCannotCountHasNoDrift(t *testing.T) {
	r := newRunner(&answers{}, &shelf{open: 3, synced: true})
	// A source of the same name could count, before a reload.
	r.Metrics.drift.WithLabelValues(r.Desk, r.Name).Set(7)
	if err := r.Poll(t.Context()); err != nil {
		t.Fatal(err)
	}
	expectNoDrift(t, r)
}

func TestNothingIsComparedBeforeTheFirstSyncIsComplete(t *testing.T) {
	source := &register{counts: []count{{open: 5}}}
	r := newRunner(source, &shelf{open: 3})
	if err := r.Poll(t.Context()); err != nil {
		t.Fatal(err)
	}
	expectNoDrift(t, r)
	if len(source.asked) > 0 {
		t.Error("the desk was made to count for nothing")
	}
}

func TestACountThatFailsTakesTheDriftBackAndFailsNothing(t *testing.T) {
	source := &register{counts: []count{{open: 1}, {err: errors.New("429 Too Many Requests")}, {open: 3}}}
	r := newRunner(source, &shelf{open: 3, synced: true})
	var log strings.Builder
	r.Logger = slog.New(slog.NewTextHandler(&log, nil))
	for i, want := range []struct {
		drift float64
		told  bool
	}{{2, true}, {0, false}, {0, true}} {
		if err := r.Poll(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got, told := drift(r); got != want.drift || told != want.told {
			t.Errorf("poll %d: the drift is %v (told: %v), want %v (%v)", i, got, told, want.drift, want.told)
		}
	}
	if up := testutil.ToFloat64(r.Metrics.up.WithLabelValues("acme", "tickets")); up != 1 {
		t.Errorf("the source is up %v, want 1", up)
	}
	if !strings.Contains(log.String(), "429 Too Many Requests") {
		t.Errorf("the log says nothing of it: %s", &log)
	}
}

// The drift is as old as the last good poll, and vanishes with what else rests
// on it.
func TestTheDriftOfASourceThatFailsIsKeptUntilItIsStale(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broken := answer{err: errors.New("broken")}
		source := &register{counts: []count{{open: 1}}}
		source.pages = []answer{{}, broken, broken}
		r := newRunner(source, &shelf{open: 3, synced: true})
		if err := r.Poll(t.Context()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(r.StaleAfter) // of the bubble
		if err := r.Poll(t.Context()); err == nil {
			t.Fatal("the poll succeeded")
		}
		expectDrift(t, r, 2)
		time.Sleep(time.Second)
		if err := r.Poll(t.Context()); err == nil {
			t.Fatal("the poll succeeded")
		}
		expectNoDrift(t, r)
		if len(source.asked) != 1 {
			t.Errorf("counted %d times, want only behind the poll that went well", len(source.asked))
		}
	})
}

func TestASourceThatIsForgottenHasNoDrift(t *testing.T) {
	r := newRunner(&register{counts: []count{{open: 1}}}, &shelf{open: 3, synced: true})
	if err := r.Poll(t.Context()); err != nil {
		t.Fatal(err)
	}
	expectDrift(t, r, 2)
	r.Metrics.Forget(r.Desk, r.Name)
	expectNoDrift(t, r)
}
