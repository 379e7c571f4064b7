package e2e

import (
	"net/http"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/sources"
	"helpdesk_exporter/sources/freshdesk/freshdesktest"
	"helpdesk_exporter/sources/intercom/intercomtest"
	"helpdesk_exporter/sources/rt/rttest"
	"helpdesk_exporter/sources/sourcestest"
	"helpdesk_exporter/sources/sourcestest/plaindesk"
	"helpdesk_exporter/sources/zendesk/zendesktest"
)

// vendor is a kind of help desk that is read over its API, and a fake of it.
type vendor struct {
	name    string
	types   map[string]func() sources.Config // nil: those that are built in
	source  string                           // of its configuration, what is peculiar to it
	survey  string                           // of the configuration: what its ratings are
	fake    func(*sourcestest.World, func() time.Time) http.Handler
	without []sourcestest.What // what never happens at such a desk
	// alike names the statuses that the desk does not tell from others.
	alike map[desk.Status]desk.Status
	// scores are those that the customers give in the place of 1 to 5, where the
	// desk's own do not lie as far apart from each other; nil: 1 to 5.
	scores []int
	// nobody is the team of tickets that no group has yet; empty: none.
	nobody string
	// late is how long it may take until ratings are seen, which many desks list
	// only all together.
	late time.Duration
}

const secret = "desk-s3cret"

func vendors() []vendor {
	bearer := "authorization: {credentials: " + secret + "}"
	return []vendor{
		{
			name: "plain", source: "type: plain, " + bearer, survey: "{name: csat, kind: csat}",
			types: map[string]func() sources.Config{"plain": plaindesk.NewConfig},
			fake: func(w *sourcestest.World, now func() time.Time) http.Handler {
				return plaindesk.Fake(w, now, secret)
			},
		},
		{
			// Of two tickets that become one it does not tell all that was said, and a
			// rating that is changed has the date of the change.
			name: "zendesk", source: "type: zendesk, response_survey: csat, " + bearer, survey: "{name: csat, kind: csat}",
			fake: func(w *sourcestest.World, now func() time.Time) http.Handler {
				return zendesktest.New(w, zendesktest.Options{Now: now, Token: secret, NewCSAT: true})
			},
			without: []sourcestest.What{sourcestest.Merge, sourcestest.Rerate},
			late:    100 * time.Minute,
			alike:   map[desk.Status]desk.Status{desk.StatusSpam: desk.StatusDeleted},
		},
		{
			name: "freshdesk", source: "type: freshdesk, survey: csat, conversations: all, basic_auth: {username: " + secret + ", password: X}",
			survey: "{name: csat, kind: csat, scale: {min: -3, max: 3}}",
			fake: func(w *sourcestest.World, now func() time.Time) http.Handler {
				return freshdesktest.New(w, freshdesktest.Options{Now: now, Key: secret})
			},
			without: []sourcestest.What{sourcestest.Merge, sourcestest.Rerate}, // it takes hours until a changed rating is seen
			alike:   map[desk.Status]desk.Status{desk.StatusNew: desk.StatusOpen},
			scores:  []int{1, 1, 3, 5, 5},
		},
		{
			name: "intercom", source: "type: intercom, survey: csat, parts: all, api_version: '2.16', " + bearer, survey: "{name: csat, kind: csat}",
			fake: func(w *sourcestest.World, now func() time.Time) http.Handler {
				return intercomtest.New(w, intercomtest.Options{Now: now, Token: secret, IndexLag: 100 * time.Second})
			},
			without: intercomtest.Absent,
			alike:   map[desk.Status]desk.Status{desk.StatusNew: desk.StatusOpen, desk.StatusOnHold: desk.StatusPending},
		},
		{
			name: "request_tracker",
			source: "type: request_tracker, survey: csat, csat_field: CSAT, statuses: {waiting: on_hold, rejected: spam}, " +
				"authorization: {type: token, credentials: " + secret + "}",
			survey: "{name: csat, kind: csat}",
			fake: func(w *sourcestest.World, now func() time.Time) http.Handler {
				return rttest.New(w, rttest.Options{Now: now, Token: secret, Version: "5.0.6"})
			},
			without: []sourcestest.What{sourcestest.Close},
			nobody:  "General",
		},
	}
}
