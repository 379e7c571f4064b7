package csv

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/sources"
)

// replay plays old files as if they happened now, for demonstrations. All times
// are shifted by one constant, chosen at the first fetch so that three quarters
// of the recording lie behind it; the last quarter happens as the clock passes.
//
// Rows are shown as they would have looked at the time of the fetch, and again
// whenever one of their times has passed. Demonstrations are small: the files
// are held in memory.
type replay struct {
	files *Source

	// The recording, and what the files were when it was made.
	take   string
	scenes []scene
	flaws  []desk.Reject
}

// scene is one row of the recording, at its own times.
type scene struct {
	record desk.Record
	times  []time.Time // at which it looks different
}

// replayCursor is what a replay remembers.
type replayCursor struct {
	Take   string        `json:"take"`
	Shift  time.Duration `json:"shift"`
	Set    bool          `json:"set"`             // Shift was chosen
	Shown  time.Time     `json:"shown,omitzero"`  // up to here all was reported
	Target time.Time     `json:"target,omitzero"` // up to here it is being reported
	Next   int           `json:"next,omitempty"`  // the scene to go on with towards Target
}

// Fetch implements [sources.Source].
func (r *replay) Fetch(ctx context.Context, since desk.Cursor, until time.Time) (desk.Page, error) {
	if err := ctx.Err(); err != nil {
		return desk.Page{}, err
	}
	var c replayCursor
	if len(since) > 0 {
		if err := json.Unmarshal(since, &c); err != nil {
			return desk.Page{}, &sources.Error{Reason: sources.ReasonInternal, Err: fmt.Errorf("read the cursor: %w", err)}
		}
	}
	if err := r.record(ctx); err != nil {
		return desk.Page{}, err
	}
	if c.Take != r.take {
		// A new recording is shown from its beginning, in the time of the old.
		c = replayCursor{Take: r.take, Shift: c.Shift, Set: c.Set}
	}
	if !c.Set && len(r.scenes) > 0 {
		c.Shift, c.Set = shiftFor(r.scenes, until), true
	}
	if c.Next == 0 {
		c.Target = until.UTC()
	}
	return r.play(c)
}

// play hands out the next scenes that look different at the target of c.
func (r *replay) play(c replayCursor) (desk.Page, error) {
	var page desk.Page
	if c.Shown.IsZero() && c.Next == 0 {
		page.Rejects = r.flaws
	}
	for ; c.Next < len(r.scenes) && len(page.Records) < r.files.pageRows; c.Next++ {
		s := r.scenes[c.Next]
		if !s.changes(c.Shown.Add(-c.Shift), c.Target.Add(-c.Shift), c.Shown.IsZero()) {
			continue
		}
		shape := r.files.plan.shape
		if shown := shownAt(shape, s.record, c.Target.Add(-c.Shift)); shown.Body != nil {
			shift(shape, shown.Body, c.Shift)
			page.Records = append(page.Records, shown)
		}
	}
	page.More = c.Next < len(r.scenes)
	if !page.More {
		page.AsOf = c.Target
		c = replayCursor{Take: c.Take, Shift: c.Shift, Set: c.Set, Shown: c.Target}
	}
	cursor, err := json.Marshal(c)
	if err != nil {
		return desk.Page{}, &sources.Error{Reason: sources.ReasonInternal, Err: fmt.Errorf("write the cursor: %w", err)}
	}
	page.Cursor = cursor
	return page, nil
}

// record reads the files, unless they are still what they were.
func (r *replay) record(ctx context.Context) error {
	s := r.files
	names, err := s.names()
	if err != nil {
		return &sources.Error{Reason: sources.ReasonUnreadable, Err: err}
	}
	take := s.mapping
	for _, d := range s.list(names) {
		take += fmt.Sprintf(" %s %d %s %v", d.name, d.size, d.time, d.err)
	}
	if take = fmt.Sprintf("%016x", s.hashRow(take, nil)); take == r.take {
		return nil
	}
	scenes, flaws, err := s.readAll(ctx)
	if err != nil {
		return err
	}
	r.take, r.scenes, r.flaws = take, scenes, flaws
	return nil
}

// readAll reads every row there is, at its own time.
func (s *Source) readAll(ctx context.Context) ([]scene, []desk.Reject, error) {
	// Nothing in a recording is held back or ahead of the clock, whatever the
	// clock says.
	whenever := time.Date(9999, time.January, 1, 0, 0, 0, 0, time.UTC)
	var scenes []scene
	var flaws []desk.Reject
	for since := desk.Cursor(nil); ; {
		page, err := s.Fetch(ctx, since, whenever)
		if err != nil {
			return nil, nil, err
		}
		for _, rec := range page.Records {
			scenes = append(scenes, scene{rec, timesOf(s.plan.shape, rec.Body)})
		}
		flaws = append(flaws, page.Rejects...)
		if !page.More {
			s.forget()
			return scenes, flaws, nil
		}
		since = page.Cursor
	}
}
