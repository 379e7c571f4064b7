package intercomtest_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/prometheus/common/config"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/sources"
	"helpdesk_exporter/sources/intercom"
	"helpdesk_exporter/sources/intercom/intercomtest"
	"helpdesk_exporter/sources/sourcestest"
)

const token = "s3cret-t0ken"

// configured returns a configuration of a workspace at an address.
func configured(address string) *intercom.Config {
	c := intercom.NewConfig().(*intercom.Config)
	c.Common.Name, c.Common.Type, c.API.URL, c.APIVersion = "acme", "intercom", address, "2.16"
	c.API.HTTP.Authorization = &config.Authorization{Type: "Bearer", Credentials: token}
	return c
}

func TestConformance(t *testing.T) {
	sourcestest.RunAPI(t, sourcestest.API{
		Fake: func(w *sourcestest.World, now func() time.Time) http.Handler {
			return intercomtest.New(w, intercomtest.Options{Now: now, Token: token, IndexLag: 100 * time.Second, TokenLife: time.Minute})
		},
		Config:  func(address string) sources.Config { return configured(address) },
		Secrets: []string{token},
		Without: intercomtest.Absent,
		Status:  statusOf,
		Needed:  []string{"/conversations/search"},
		List:    "conversations", ID: "id",
	})
}

// statusOf returns what Intercom and its adapter make of a status: there is
// nothing before open, closed is the only end, and what is snoozed waits for the
// customer or, while the customer waits, for somebody else.
func statusOf(s sourcestest.State) desk.Status {
	switch {
	case s.Status == desk.StatusNew:
		return desk.StatusOpen
	case s.Status == desk.StatusSolved:
		return desk.StatusClosed
	case s.Status != desk.StatusPending && s.Status != desk.StatusOnHold:
		return s.Status
	case s.WaitingSince.IsZero():
		return desk.StatusPending
	default:
		return desk.StatusOnHold
	}
}
