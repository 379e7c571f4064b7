package freshdesk

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/url"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/internal/api"
	"helpdesk_exporter/sources"
)

// root is where the paths of the API begin.
const root = "/api/v2"

// holdBack is how long the newest changes are left alone: the desk may still
// show others of that time.
const holdBack = time.Minute

// mostRequests bounds what one Fetch asks for: beyond it no further ticket is
// begun, and the page is read on by the next Fetch.
const mostRequests = 40

// Source is a desk. It implements [sources.Source].
type Source struct {
	longestEntries int // on a page of what belongs to one ticket, so far

	config *Config
	client *api.Client
	gates  *gates

	// What the methods below that Fetch calls know of the desk.
	groups    names
	statuses  names
	failures  map[string]int // by capability: how often in a row it failed for a ticket
	now       time.Time      // up to when the last Fetch was asked to read
	requests  int            // of it
	lookedFor time.Time      // when ratings were last looked through for changed ones
}

func newSource(c *Config, client *api.Client, logger *slog.Logger) *Source {
	s := &Source{config: c, client: client, gates: newGates(c, logger), failures: map[string]int{}}
	s.groups = names{capability: capGroups, load: s.loadGroups}
	s.statuses = names{capability: capFields, load: s.loadStatuses}
	return s
}

// HoldBack implements [sources.HoldsBack].
func (s *Source) HoldBack() time.Duration { return holdBack }

// fetching is one Fetch.
type fetching struct {
	*Source
	*cursor
	page desk.Page
}

// Fetch implements [sources.Source]. It reads one stream after the other, and
// returns when a stream holds more than a page.
func (s *Source) Fetch(ctx context.Context, since desk.Cursor, until time.Time) (desk.Page, error) {
	if err := ctx.Err(); err != nil {
		return desk.Page{}, err
	}
	s.now = until
	c, err := readCursor(since, until.Add(-time.Duration(s.config.Start)))
	if err != nil {
		return desk.Page{}, err
	}
	if c.Target.IsZero() {
		c.begin(until)
	}
	s.gates.begin(c.Target)
	s.requests = 0
	f := fetching{Source: s, cursor: &c}
	for c.Turn < turns && !f.page.More {
		done, err := f.readOn(ctx)
		if err != nil {
			return desk.Page{}, err
		}
		if done {
			c.Turn, c.Place = c.Turn+1, nil
		}
		f.page.More = !done || s.requests >= mostRequests && c.Turn < turns
	}
	f.finish()
	if f.page.Cursor, err = c.write(); err != nil {
		return desk.Page{}, err
	}
	return f.page, nil
}

// finish completes a page.
func (f *fetching) finish() {
	if f.page.More {
		if f.Turn == turnTickets {
			f.page.Reached = f.Streams[turnTickets].Newest
		}
		return
	}
	f.page.AsOf = f.Target
	f.end()
}

// readOn reads on in the stream whose turn it is, and reports whether it came to
// its end.
func (f *fetching) readOn(ctx context.Context) (done bool, err error) {
	switch f.Turn {
	case turnTickets:
		return f.tickets(ctx)
	case turnSpam:
		return f.withdrawn(ctx, desk.StatusSpam)
	case turnDeleted:
		return f.withdrawn(ctx, desk.StatusDeleted)
	default:
		return f.ratings(ctx)
	}
}

// tickets reads a page of the tickets that are neither deleted nor spam.
func (f *fetching) tickets(ctx context.Context) (done bool, err error) {
	stream := &f.Streams[turnTickets]
	l := ticketListing(url.Values{"include": {"stats"}})
	w, err := f.read(ctx, l, f.placeIn(stream))
	if err != nil {
		return false, err
	}
	for _, r := range f.dated(w.rows) {
		if f.requests >= mostRequests {
			return false, nil // the page is read again, but for what was seen
		}
		stream.reach(r.at, f.Target)
		if !stream.news(r) {
			continue
		}
		if err := f.ticket(ctx, r); err != nil {
			return false, err
		}
	}
	return f.goOn(stream, w), nil
}

// withdrawn reads a page of the tickets that are deleted, or spam.
func (f *fetching) withdrawn(ctx context.Context, status desk.Status) (done bool, err error) {
	capability := withdrawnCapability(status)
	if !f.gates.open(capability, f.now) {
		return f.setAside(nil)
	}
	stream := &f.Streams[f.Turn]
	l := ticketListing(url.Values{"filter": {status.String()}})
	w, err := f.read(ctx, l, f.placeIn(stream))
	if passed, err := f.gates.pass(capability, err, f.now); !passed {
		return f.setAside(err)
	}
	for _, r := range f.dated(w.rows) {
		stream.reach(r.at, f.Target)
		if stream.news(r) {
			f.tombstone(r, status)
		}
	}
	return f.goOn(stream, w), nil
}

// setAside ends the turn of a stream that cannot be read now: a later round goes
// on where it was.
func (f *fetching) setAside(err error) (done bool, _ error) {
	if f.Place != nil {
		f.Streams[f.Turn].Place = f.Place
	}
	return true, err
}

// resume returns to where a stream was set aside.
func (f *fetching) resume(s *stream) {
	if f.Place == nil {
		f.Place, s.Place = s.Place, nil
	}
}

// passPart notes how an endpoint answered that tells a part of tickets, and
// reports whether it is open. They are told without that part only if it is the
// endpoint that fails, and not the desk.
func (s *Source) passPart(ctx context.Context, capability string, err error, now time.Time) (bool, error) {
	if down := s.down(ctx, err); down != nil {
		return false, down
	}
	return s.gates.pass(capability, err, now)
}

// down returns why the desk does not tell its tickets either, after something
// else failed; nil if it does.
func (s *Source) down(ctx context.Context, err error) error {
	if err == nil || stops(err) || api.Gated(err) {
		return nil
	}
	_, _, err = s.newest(ctx)
	return err
}

func ticketListing(query url.Values) listing {
	query.Set("order_by", "updated_at")
	query.Set("order_type", "asc")
	return listing{path: "/tickets", query: query, since: "updated_since", by: "updated_at"}
}

// placeIn returns where to read, at the beginning of a turn a little before what
// was read already.
func (f *fetching) placeIn(s *stream) place {
	f.resume(s)
	if f.Place == nil {
		since := s.Newest
		if since.After(dawn) {
			since = since.Add(-overlap)
		}
		f.Place = &place{From: s.Newest, Since: asked(since), Page: 1}
	}
	return *f.Place
}

// goOn moves to the next page and reports whether there is none.
func (f *fetching) goOn(s *stream, w window) (done bool) {
	f.Place = w.next
	s.forget()
	return f.Place == nil
}

// dated gives rows that do not say when they changed the time of those before
// them: that is when they are listed.
func (f *fetching) dated(rows []row) []row {
	at := f.Place.Since
	for i := range rows {
		if rows[i].at.IsZero() {
			rows[i].at = at
		}
		at = rows[i].at
	}
	return rows
}

// reject notes a row that cannot be understood.
func (f *fetching) reject(r row, kind string, reason desk.Reason, detail string) {
	where := kind + " " + r.id
	if r.id == "" {
		where = fmt.Sprintf("%s without an id, near %s", kind, r.at.Format(time.RFC3339))
	}
	f.page.Rejects = append(f.page.Rejects, desk.Reject{Where: where, Reason: reason, Detail: detail, Raw: string(r.raw)})
}

// get asks the desk for a path of its API.
func (s *Source) get(ctx context.Context, path string, query url.Values, out any) error {
	s.requests++
	return s.client.Get(ctx, root+path, query, out)
}

// list asks the desk for a page of a list.
func (s *Source) list(ctx context.Context, path string, query url.Values) ([]json.RawMessage, error) {
	var entries []json.RawMessage
	err := s.get(ctx, path, query, &entries)
	if err == nil && entries == nil {
		return nil, bad(path, "no list")
	}
	return entries, err
}

// bad is an answer that is not what the desk documents.
func bad(path, what string) error {
	return &sources.Error{Reason: sources.ReasonBadAnswer, Err: fmt.Errorf("%s%s: the answer is not what the desk documents: %s", root, path, what)}
}
