package zendesk

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/internal/api"
	"helpdesk_exporter/sources"
)

// holdBack is how long the desk keeps the newest changes to itself.
const holdBack = time.Minute

// incremental is the bucket of the endpoints that share the tight limit.
const incremental = "incremental"

// Source reads one desk. It implements [sources.Source], [sources.HoldsBack],
// [sources.Capable], [sources.Counter] and [sources.Prober].
type Source struct {
	config *Config
	client *api.Client
	logger *slog.Logger
	can    *capabilities

	names    names              // of groups and statuses
	pages    pageSize           // of the tickets
	readings map[string]reading // of lists, by stage
	legsTold desk.Opt[bool]     // whether the desk tells the legs of calls
	gaveUp   desk.Opt[int64]    // the second at which the cursor of the tickets was given up
	read     time.Time          // the target of the last round
}

func newSource(c *Config, o sources.Options) (*Source, error) {
	client, err := api.New(c.API, api.Desk{Buckets: map[string]api.Bucket{
		incremental: {Header: "Zendesk-Ratelimit-Incremental-Exports", PerMinute: 10},
	}}, o)
	if err != nil {
		return nil, err
	}
	logger := o.Logger
	if logger == nil {
		logger = slog.New(slog.DiscardHandler)
	}
	return &Source{config: c, client: client, logger: logger, can: newCapabilities(), pages: newPageSize(), readings: map[string]reading{}}, nil
}

// HoldBack implements [sources.HoldsBack].
func (s *Source) HoldBack() time.Duration { return holdBack }

// round is one reading of all that changed up to a target, and the page of it
// that is being made.
type round struct {
	*Source
	*cursor
	page desk.Page
}

// stage is one of the things that a round reads, one after another.
type stage struct {
	name string
	// needs is the capability without which the stage is left out; empty: it
	// cannot be.
	needs string
	// spare says that the others go on without the stage when it fails.
	spare bool
	// read makes one page and reports whether it was the last of the stage.
	read func(*round, context.Context) (done bool, err error)
}

// stages lists what a round reads. The clocks come before the tickets: they tell
// to the second what the tickets' own metrics tell in minutes. Calls come before
// the legs that they consist of.
func stages() []stage {
	return []stage{
		{"events", canEvents, false, (*round).readEvents},
		{"unfinished", "", false, (*round).readUnfinished},
		{"tickets", "", false, (*round).readTickets},
		{"ratings", canRatings, true, (*round).readRatings},
		{"good", canRatings, true, (*round).readGood},
		{"bad", canRatings, true, (*round).readBad},
		{"responses", canResponses, true, (*round).readResponses},
		{"calls", canCalls, true, (*round).readCalls},
		{"legs", canLegs, true, (*round).readLegs},
		{"queue", canQueue, true, (*round).readQueue},
	}
}

// Fetch implements [sources.Source]. Each call makes one page of one stage; what
// brings nothing is passed over.
func (s *Source) Fetch(ctx context.Context, since desk.Cursor, until time.Time) (desk.Page, error) {
	if err := ctx.Err(); err != nil {
		return desk.Page{}, err
	}
	until = until.UTC()
	c, err := readCursor(since, until.Add(-time.Duration(s.config.Start)).Truncate(time.Second))
	if err != nil {
		return desk.Page{}, err
	}
	if c.Target.IsZero() {
		c.Target, c.Stage = until, stages()[0].name
	}
	s.read = c.Target
	r := &round{Source: s, cursor: c}
	r.can.heard(canSearch, c.Search.Refused)
	if err := r.goOn(ctx); err != nil {
		return desk.Page{}, err
	}
	if r.Stage == "" {
		r.page.AsOf, r.page.Reached = r.Target, time.Time{}
		r.Target = time.Time{}
	} else {
		r.page.More = true
	}
	r.page.Cursor, err = c.write()
	return r.page, err
}

// goOn reads on until there is something to tell, or the round is over.
func (r *round) goOn(ctx context.Context) error {
	all := stages()
	i := 0
	for i < len(all) && all[i].name != r.Stage {
		i++
	}
	if i == len(all) {
		return &sources.Error{Reason: sources.ReasonInternal, Err: errCursor}
	}
	for len(r.page.Records)+len(r.page.Rejects) == 0 && i < len(all) {
		r.Stage = all[i].name
		done, err := r.try(ctx, all, i)
		if err != nil {
			return err
		}
		if done {
			i++
		}
	}
	r.Stage = ""
	if i < len(all) {
		r.Stage = all[i].name
	}
	return nil
}

// try reads one page of the i-th stage. One that the desk withholds is over, and
// so is one that the others can spare when it fails: its place stays.
func (r *round) try(ctx context.Context, all []stage, i int) (done bool, err error) {
	s := all[i]
	if s.needs != "" && !(r.config.reads(s.needs) && r.can.due(s.needs, r.Target)) {
		return true, nil
	}
	done, err = s.read(r, ctx)
	switch {
	case s.needs == "":
		return done, err
	case err != nil && s.spare:
		return true, r.spare(ctx, s.needs, err)
	case withheld(err):
		r.refused(s.needs, err)
		return true, nil
	case err == nil && done && lastOf(all, i):
		r.granted(s.needs)
	}
	return done, err
}

// lastOf reports whether no stage behind the i-th one needs the same capability.
func lastOf(all []stage, i int) bool {
	return !slices.ContainsFunc(all[i+1:], func(s stage) bool { return s.needs == all[i].needs })
}

// spare notes that a part failed without which the others go on. The error is
// returned where it is not of that part alone: one of the credentials, of the
// account's limit, or of a fetch that is over.
func (r *round) spare(ctx context.Context, capability string, err error) error {
	reason := sources.ReasonOf(err)
	switch {
	case ctx.Err() != nil, reason == sources.ReasonCanceled, reason == sources.ReasonRateLimited:
		return err
	case api.Gated(err):
		r.refused(capability, err)
		return nil
	case reason == sources.ReasonRefused:
		return err
	}
	if r.can.refused(capability, r.Target, err, retryAside) {
		r.logger.Warn("A part of what the desk tells fails: the others go on without it, and it is tried again in five minutes", "capability", capability, "err", err)
	}
	return nil
}

// refused notes that the desk withholds a part of what it could tell.
func (r *round) refused(capability string, err error) {
	if r.can.refused(capability, r.Target, err, retryRefused) {
		r.logger.Warn("The desk withholds a part of what it could tell: it is tried again in an hour", "capability", capability, "err", err)
	}
}

// granted notes that the desk told all of a part that it was asked for.
func (r *round) granted(capability string) {
	if r.can.granted(capability) {
		r.logger.Info("The desk tells a part again that it did not", "capability", capability)
	}
}

// badAnswer is an answer that is not what the desk documents.
func badAnswer(path, what string) error {
	return &sources.Error{Reason: sources.ReasonBadAnswer, Err: fmt.Errorf("%s: %s", path, what)}
}
