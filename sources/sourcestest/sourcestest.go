// Package sourcestest holds the test that every adapter passes.
package sourcestest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/sources"
)

// maxPages ends the test of a source that never comes to an end.
const maxPages = 10_000

// Run checks what the contract of [sources.Source] promises. Each call of
// newSource returns a fresh source over the same unchanged help desk, which has
// something to report, and the time up to which to read it; the more pages it
// takes, the more the test sees.
func Run(t *testing.T, newSource func(t *testing.T) (sources.Source, time.Time)) {
	t.Helper()
	for _, c := range checks {
		t.Run(c.name, func(t *testing.T) { c.run(t, newSource) })
	}
}

// checks are what the contract promises.
var checks = []struct {
	name string
	run  func(*testing.T, func(*testing.T) (sources.Source, time.Time))
}{
	{"canceled context", testCanceled},
	{"stable cursor", testStable},
	{"resumes from every cursor", testResume},
	{"repeats a page that was lost", testRepeat},
	{"records are whole", testRecords},
}

// testCanceled expects that a fetch whose context has ended comes to nothing,
// and that the source works all the same afterwards.
func testCanceled(t *testing.T, newSource func(t *testing.T) (sources.Source, time.Time)) {
	source, until := newSource(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := source.Fetch(ctx, nil, until)
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("Fetch under a canceled context: got error %v, want context.Canceled", err)
	}
	if got := sources.ReasonOf(err); got != sources.ReasonCanceled {
		t.Errorf("reason: got %q, want %q", got, sources.ReasonCanceled)
	}
	fresh, _ := newSource(t)
	got, want := drain(t, source, nil, until), drain(t, fresh, nil, until)
	if missing := subtract(want.states, got.states); len(missing) > 0 {
		t.Errorf("after a canceled fetch, %d of %d states are missing, such as %s", len(missing), len(want.states), missing[0])
	}
}

// testStable expects that a source which has read everything reports nothing
// more, under the same cursor.
func testStable(t *testing.T, newSource func(t *testing.T) (sources.Source, time.Time)) {
	source, until := newSource(t)
	first := drain(t, source, nil, until)
	if len(first.states) == 0 {
		t.Fatal("the source reports nothing: there is nothing to test")
	}
	end := first.cursors[len(first.cursors)-1]
	again := drain(t, source, end, until)
	if len(again.states) > 0 || len(again.rejects) > 0 {
		t.Errorf("second drain of an unchanged desk: got %d states and %d rejects, want none", len(again.states), len(again.rejects))
	}
	if last := again.cursors[len(again.cursors)-1]; !bytes.Equal(last, end) {
		t.Errorf("cursor moved although nothing changed:\n%s\n%s", end, last)
	}
}

// testResume expects that a fresh source which is given any cursor goes on from
// there: what it reports and what was reported before make up the whole.
func testResume(t *testing.T, newSource func(t *testing.T) (sources.Source, time.Time)) {
	source, until := newSource(t)
	whole := drain(t, source, nil, until)
	for i, cursor := range whole.cursors {
		fresh, _ := newSource(t)
		rest := drain(t, fresh, cursor, until)
		got := append(slices.Clone(whole.states[:whole.ends[i]]), rest.states...)
		if missing := subtract(whole.states, got); len(missing) > 0 {
			t.Errorf("resumed after page %d of %d: %d of %d states are skipped, such as %s",
				i+1, len(whole.cursors), len(missing), len(whole.states), missing[0])
		}
	}
}

// testRepeat expects that a page whose cursor was never used can be fetched
// again, because the exporter may fail between the fetch and the commit.
func testRepeat(t *testing.T, newSource func(t *testing.T) (sources.Source, time.Time)) {
	source, until := newSource(t)
	whole := drain(t, source, nil, until)
	source, _ = newSource(t)
	var got []string
	var cursor desk.Cursor
	for range maxPages {
		fetch(t, source, cursor, until) // lost
		page := fetch(t, source, cursor, until)
		got = append(got, statesOf(page)...)
		if cursor = page.Cursor; !page.More {
			break
		}
	}
	if missing := subtract(whole.states, got); len(missing) > 0 {
		t.Errorf("with every page fetched twice, %d of %d states are skipped, such as %s", len(missing), len(whole.states), missing[0])
	}
}

// testRecords expects that records have ids and bodies and that no time is in
// another zone than UTC, and that rejects say what to do.
func testRecords(t *testing.T, newSource func(t *testing.T) (sources.Source, time.Time)) {
	source, until := newSource(t)
	whole := drain(t, source, nil, until)
	for _, r := range whole.records {
		switch {
		case r.ID == "":
			t.Errorf("a record from %+v has no id", r.Origin)
		case r.Body == nil:
			t.Errorf("record %q has no body", r.ID)
		case !r.Deleted && r.Body.Newest().Location() != time.UTC:
			t.Errorf("record %q: its newest time is in %s, want UTC", r.ID, r.Body.Newest().Location())
		}
	}
	for _, r := range whole.rejects {
		if r.Where == "" || r.Detail == "" || !slices.Contains(desk.Reasons(), r.Reason) {
			t.Errorf("reject %+v does not say where, why or what to do", r)
		}
	}
}

// drained is all that a source reported until it had no more.
type drained struct {
	records []desk.Record
	states  []string // of the records
	rejects []desk.Reject
	cursors []desk.Cursor // of every page
	ends    []int         // how many states there were after every page
}

// take adds what a page brought.
func (d *drained) take(page desk.Page) {
	d.records = append(d.records, page.Records...)
	d.states = append(d.states, statesOf(page)...)
	d.rejects = append(d.rejects, page.Rejects...)
	d.cursors = append(d.cursors, page.Cursor)
	d.ends = append(d.ends, len(d.states))
}

// cursor returns the one behind the last page, nil before the first.
func (d *drained) cursor() desk.Cursor {
	if len(d.cursors) == 0 {
		return nil
	}
	return d.cursors[len(d.cursors)-1]
}

func drain(t *testing.T, source sources.Source, cursor desk.Cursor, until time.Time) drained {
	t.Helper()
	var all drained
	for range maxPages {
		page := fetch(t, source, cursor, until)
		all.take(page)
		if cursor = page.Cursor; !page.More {
			return all
		}
	}
	t.Fatalf("the source still has more after %d pages", maxPages)
	return all
}

func fetch(t *testing.T, source sources.Source, cursor desk.Cursor, until time.Time) desk.Page {
	t.Helper()
	page, err := source.Fetch(t.Context(), slices.Clone(cursor), until)
	if err != nil {
		t.Fatalf("Fetch: %v", err)
	}
	return page
}

// statesOf writes out the states of a page's records, so that they compare.
func statesOf(page desk.Page) []string {
	var states []string
	for _, r := range page.Records {
		states = append(states, fmt.Sprintf("%q deleted=%t %T%+v", r.ID, r.Deleted, r.Body, r.Body))
	}
	return states
}

// subtract returns what of want is not in got.
func subtract(want, got []string) []string {
	have := map[string]bool{}
	for _, s := range got {
		have[s] = true
	}
	return slices.DeleteFunc(slices.Clone(want), func(s string) bool { return have[s] })
}
