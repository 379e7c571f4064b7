package sourcestest

import (
	"slices"
	"time"

	"helpdesk_exporter/desk"
)

// testLife reads a desk that goes on while it is read, also between the pages
// of one round, and whose clock differs from ours. Nothing may be skipped: at
// the end the last word of every ticket is what became of it. Where the clocks
// agree, each round must hold what it claims.
func testLife(r *trial, skew time.Duration) {
	const hours = 3 * time.Hour
	end := morning.Add(skew + hours)
	w := Invent(11, Invention{Tickets: 400, From: morning.Add(skew - 5*day), To: end, Old: 15, Without: r.Without})
	w.Stop(end)
	s := r.source(r.Fake(w, func() time.Time { return time.Now().Add(skew) }))
	f := &follower{trial: r, world: w, last: map[string]desk.Record{}}
	var cursor desk.Cursor
	for time.Since(morning) < hours+2*time.Hour {
		until := untilOf(s)
		for more := true; more; {
			page, err := s.Fetch(r.Context(), slices.Clone(cursor), until)
			if err != nil {
				r.Fatalf("Fetch: %v", err)
			}
			f.take(page, until)
			if skew == 0 && !page.More {
				f.complete(page.AsOf)
			}
			cursor, more = page.Cursor, page.More
			time.Sleep(7 * time.Second)
		}
		time.Sleep(time.Minute)
	}
	f.complete(end)
}

// follower keeps the last word of every ticket.
type follower struct {
	*trial
	world *World
	last  map[string]desk.Record
}

// take takes in a page, and expects that it claims no more than it may.
func (f *follower) take(page desk.Page, until time.Time) {
	f.Helper()
	switch {
	case page.More && !page.AsOf.IsZero():
		f.Errorf("a page that is not the last of its round claims to be complete, as of %s", page.AsOf)
	case !page.More && (page.AsOf.IsZero() || page.AsOf.After(until)):
		f.Errorf("the last page of a round up to %s claims to be complete as of %s", until, page.AsOf)
	}
	for _, j := range page.Rejects {
		f.Errorf("a good record is rejected: %+v", j)
	}
	for _, rec := range page.Records {
		if rec.Body.Kind() != desk.KindTicket {
			continue
		}
		if before, ok := f.last[rec.ID]; !ok || !rec.Body.Changed().Before(before.Body.Changed()) {
			f.last[rec.ID] = rec
		}
	}
}

// complete expects that no ticket was last reported as it was before an
// instant.
func (f *follower) complete(asOf time.Time) {
	f.Helper()
	for _, t := range f.world.Tickets {
		was := f.world.At(t, asOf)
		if !was.Exists || f.Withholds && f.world.At(t, time.Now()).UpdatedAt.After(asOf) {
			continue
		}
		may := []desk.Status{f.shown(was)}
		for _, e := range t.Events[len(was.Events):] {
			may = append(may, f.shown(f.world.At(t, e.At)))
		}
		last, ok := f.last[idOf(t)]
		if !ok {
			// One that is spoken of no more when it is first read needs no words.
			if !was.Status.Withdrawn() {
				f.Fatalf("ticket %d, created %s and %s by %s, was never reported", t.ID, t.CreatedAt, was.Status, asOf)
			}
			continue
		}
		got := statusOf(last)
		if !slices.Contains(may, got) && !(got == desk.StatusDeleted && may[0].Withdrawn()) {
			f.Fatalf("ticket %d was last reported as %s; by %s it was %s (since %s)", t.ID, got, asOf, may[0], was.StatusAt)
		}
	}
}

// statusOf returns the status that a record tells of.
func statusOf(r desk.Record) desk.Status {
	t, ok := r.Body.(*desk.Ticket)
	if r.Deleted || !ok {
		return desk.StatusDeleted
	}
	return t.Status
}
