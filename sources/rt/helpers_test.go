package rt

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/common/model"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/sources"
	"helpdesk_exporter/sources/rt/rttest"
	"helpdesk_exporter/sources/sourcestest"
)

const token = "1-33-s3cret"

// now is when the tests take place.
var now = time.Date(2026, 3, 4, 9, 0, 0, 0, time.UTC)

// ago returns an instant before now.
func ago(d time.Duration) time.Time { return now.Add(-d) }

// newConfig returns the configuration of a source.
func newConfig(t testing.TB, change func(*Config)) *Config {
	t.Helper()
	c := NewConfig().(*Config)
	c.Common.Name, c.API.URL = "rt", "http://rt.example"
	authorize(c)
	c.StartFrom(model.Duration(28 * 24 * time.Hour))
	if change != nil {
		change(c)
	}
	return c
}

// played is a source and the desk that it reads.
type played struct {
	testing.TB
	*Source
	desk   *rttest.Desk
	cursor desk.Cursor
	until  time.Time
}

// play returns a source that reads a desk, at now.
func play(t testing.TB, o rttest.Options, change func(*Config)) *played {
	t.Helper()
	p := &played{TB: t, until: now}
	o.Token = token
	if o.Now == nil {
		o.Now = func() time.Time { return p.until }
	}
	p.desk = rttest.New(nil, o)
	p.desk.Hire("amy")
	p.desk.Hire("bob")
	p.read(p.desk, change)
	return p
}

// read lets a fresh source read a desk.
func (p *played) read(h http.Handler, change func(*Config)) {
	p.Helper()
	s, err := newConfig(p, change).New(sources.Options{Dial: sourcestest.Serve(p, h)})
	if err != nil {
		p.Fatal(err)
	}
	p.Source = s.(*Source)
}

// drain reads all that is new.
func (p *played) drain() desk.Page {
	p.Helper()
	var all desk.Page
	for range 20_000 {
		page, err := p.Fetch(context.Background(), slices.Clone(p.cursor), p.until)
		if err != nil {
			p.Fatalf("Fetch: %v", err)
		}
		all.Records = append(all.Records, page.Records...)
		all.Rejects = append(all.Rejects, page.Rejects...)
		all.AsOf, p.cursor = page.AsOf, page.Cursor
		if !page.More {
			return all
		}
	}
	p.Fatal("there is no end of it")
	return all
}

// held is what a page amounts to, by ticket.
func held(page desk.Page) map[string]*desk.Held {
	all := map[string]*desk.Held{}
	for _, r := range page.Records {
		switch body := r.Body.(type) {
		case *desk.TicketEvents:
			all[body.Ticket] = desk.Attach(all[body.Ticket], body.Ticket, body)
		case *desk.Ticket:
			all[r.ID] = desk.Merge(all[r.ID], r)
		}
	}
	return all
}

// ticketOf returns what a page tells of a ticket.
func ticketOf(t testing.TB, page desk.Page, id int64) *desk.Ticket {
	t.Helper()
	h := held(page)[fmt.Sprint(id)]
	if h == nil {
		t.Fatalf("ticket %d is not told of", id)
	}
	return h.Body.(*desk.Ticket)
}

// bubble runs a test where nothing waits for real.
func bubble(t *testing.T, test func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(now))
		test(t)
	})
}
