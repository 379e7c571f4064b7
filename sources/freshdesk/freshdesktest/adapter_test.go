package freshdesktest_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	promconfig "github.com/prometheus/common/config"
	"github.com/prometheus/common/model"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/sources"
	"helpdesk_exporter/sources/freshdesk"
	"helpdesk_exporter/sources/freshdesk/freshdesktest"
	"helpdesk_exporter/sources/sourcestest"
)

const key = "fd-k3y-0f-the-d3sk"

// configured returns the configuration of a source that reads the fake.
func configured(address string) *freshdesk.Config {
	c := freshdesk.NewConfig().(*freshdesk.Config)
	c.Common.Name, c.API.URL = "acme", address
	c.API.HTTP.BasicAuth = &promconfig.BasicAuth{Username: key, Password: "X"}
	return c
}

// without is what nobody can see of this desk: tickets that were merged are
// closed.
var without = []sourcestest.What{sourcestest.Merge}

// shownStatus is what a source can tell: the desk has no status for new tickets.
func shownStatus(s sourcestest.State) desk.Status {
	if s.Status == desk.StatusNew {
		return desk.StatusOpen
	}
	return s.Status
}

func TestConformance(t *testing.T) {
	for name, c := range map[string]struct {
		exclusive     bool
		conversations freshdesk.Conversations
	}{
		"by default": {false, freshdesk.ConversationsChanged},
		"with all conversations, of a desk that leaves out the second asked for": {true, freshdesk.ConversationsAll},
	} {
		t.Run(name, func(t *testing.T) {
			sourcestest.RunAPI(t, sourcestest.API{
				Fake: func(w *sourcestest.World, now func() time.Time) http.Handler {
					return freshdesktest.New(w, freshdesktest.Options{Now: now, Key: key, Exclusive: c.exclusive})
				},
				Config: func(address string) sources.Config {
					made := configured(address)
					made.Conversations = c.conversations
					return made
				},
				Secrets: []string{key}, Without: without, Status: shownStatus,
				Needed: []string{"/api/v2/tickets"}, ID: "id",
			})
		})
	}
}

// BenchmarkRequests measures what docs/sources.md says of the requests: those of
// a first sync of 100,000 tickets, of which those of the last 28 days are read
// in full, and those of a minute's poll of a desk with 275 tickets a day.
func BenchmarkRequests(b *testing.B) {
	for _, mode := range []freshdesk.Conversations{freshdesk.ConversationsChanged, freshdesk.ConversationsNone} {
		b.Run("conversations="+string(mode), func(b *testing.B) {
			now := time.Date(2026, 3, 4, 9, 0, 0, 0, time.UTC)
			w := sourcestest.Invent(3, sourcestest.Invention{
				Tickets: 100_000, From: now.AddDate(-1, 0, 0), To: now.Add(2 * time.Hour), Old: 300, Without: without,
			})
			for b.Loop() {
				clock := now
				d := freshdesktest.New(w, freshdesktest.Options{Now: func() time.Time { return clock }})
				s, stop := dialed(b, d, mode)
				cursor := drain(b, s, nil, clock)
				asked, first := requests(d)
				const polls = 60
				for range polls {
					clock = clock.Add(time.Minute)
					cursor = drain(b, s, cursor, clock)
				}
				total, credits := requests(d)
				stop()
				b.ReportMetric(float64(asked), "requests/first-sync")
				b.ReportMetric(float64(first), "credits/first-sync")
				b.ReportMetric(float64(total-asked)/polls, "requests/poll")
				b.ReportMetric(float64(credits-first)/polls, "credits/poll")
			}
		})
	}
}

func requests(d *freshdesktest.Desk) (n, credits int) {
	byEndpoint, credits := d.Requests()
	for _, asked := range byEndpoint {
		n += asked
	}
	return n, credits
}

// dialed returns a source of a desk.
func dialed(b *testing.B, d *freshdesktest.Desk, mode freshdesk.Conversations) (s sources.Source, stop func()) {
	b.Helper()
	server := httptest.NewServer(d)
	c := configured(server.URL)
	c.Conversations = mode
	c.StartFrom(model.Duration(28 * 24 * time.Hour))
	made, err := c.New(sources.Options{})
	if err != nil {
		b.Fatal(err)
	}
	return made, server.Close
}

func drain(b *testing.B, s sources.Source, cursor desk.Cursor, until time.Time) desk.Cursor {
	b.Helper()
	for {
		page, err := s.Fetch(b.Context(), cursor, until)
		if err != nil {
			b.Fatal(err)
		}
		if cursor = page.Cursor; !page.More {
			return cursor
		}
	}
}
