package sourcestest

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/sources"
)

// API is what [RunAPI] needs to know of an adapter that reads a desk over HTTP,
// and of a fake of that desk.
type API struct {
	// Fake returns a desk that shows of a world what the vendor would show at
	// the time that now tells. It is made anew for each part of the test.
	Fake func(w *World, now func() time.Time) http.Handler
	// Config returns the configuration of a source of that desk, whole and
	// valid, with credentials, for a desk at an address (http, without a path).
	// RunAPI calls StartFrom by itself, and Validate.
	Config func(address string) sources.Config
	// Secrets are the credentials in it: they must show up in no error.
	Secrets []string
	// Without is what never happens at such a desk.
	Without []What
	// Status returns the status that the source reports of a ticket; nil is the
	// one that the ticket has.
	Status func(State) desk.Status
	// Withholds says that the desk keeps what has just changed to itself, whole: a
	// ticket that changes while a round goes on may come with a later round only.
	Withholds bool

	// Needed are the paths, exactly (".json" aside), without which nothing
	// works. The first is that of the tickets. Everything else a source does
	// without, and says so by Capabilities.
	Needed []string
	// List is where the answers of the first of Needed hold the tickets; empty
	// where the answer itself is the list.
	List string
	// ID is the name of a ticket's id there.
	ID string
}

// RunAPI checks what is expected of every adapter over HTTP, beside what [Run]
// does, which is part of it: that it survives what passes, fails with the right
// reason when something stays, keeps nothing of a page that failed, tells no
// secrets, ends when it shall, and skips nothing while the desk goes on. It is
// called outside of a bubble, and makes one for each part:
//
//	func TestConformance(t *testing.T) {
//		sourcestest.RunAPI(t, sourcestest.API{
//			Fake: func(w *sourcestest.World, now func() time.Time) http.Handler {
//				return zendesktest.New(w, zendesktest.Options{Now: now, Token: "s3cret"})
//			},
//			Config: func(address string) sources.Config {
//				c := zendesk.NewConfig().(*zendesk.Config)
//				c.Common.Name, c.API.URL = "acme", address
//				c.API.HTTP.Authorization = &config.Authorization{Type: "Bearer", Credentials: "s3cret"}
//				return c
//			},
//			Secrets: []string{"s3cret"},
//			Needed:  []string{"/api/v2/incremental/tickets/cursor"},
//			List:    "tickets", ID: "id",
//		})
//	}
func RunAPI(t *testing.T, a API) {
	t.Helper()
	for _, c := range apiChecks() {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				time.Sleep(time.Until(morning)) // of the bubble
				c.run(newTrial(t, a))
			})
		})
	}
}

// apiCheck is one thing that is expected of adapters over HTTP.
type apiCheck struct {
	name string
	run  func(*trial)
}

// apiChecks lists what is expected.
func apiChecks() []apiCheck {
	var all []apiCheck
	for _, c := range checks {
		all = append(all, apiCheck{c.name, func(r *trial) { c.run(r.T, r.fresh) }})
	}
	all = append(all, refusals()...)
	all = append(all, outages()...)
	all = append(all, garbles()...)
	return append(all,
		apiCheck{"what passes is survived", testPassing},
		apiCheck{"a slow desk does not hold up the end", testSlow},
		apiCheck{"one bad record is rejected and the page goes on", testBadRecord},
		apiCheck{"what the plan lacks is done without", testGated},
		apiCheck{"what is claimed to be complete is", func(r *trial) { testLife(r, 0) }},
		apiCheck{"a desk whose clock is ahead", func(r *trial) { testLife(r, time.Hour) }},
		apiCheck{"a desk whose clock is behind", func(r *trial) { testLife(r, -time.Hour) }},
		apiCheck{"the desk counts and tells its newest", testCount},
	)
}
