package rt

import (
	"net/http"
	"testing"
	"time"

	promconfig "github.com/prometheus/common/config"

	"helpdesk_exporter/sources"
	"helpdesk_exporter/sources/rt/rttest"
	"helpdesk_exporter/sources/sourcestest"
)

// authorize gives a configuration the credentials that the desk takes.
func authorize(c *Config) {
	c.API.HTTP.Authorization = &promconfig.Authorization{Type: "token", Credentials: token}
}

// withFields reads what is in custom fields.
func withFields(c *Config) {
	c.ChannelField, c.CSATField = "Channel", "CSAT"
	c.Statuses = map[string]string{"waiting": "on_hold", "rejected": "spam"}
	c.Priorities = map[string]int{"low": 0, "normal": 50, "high": 100, "urgent": 200}
}

func TestConformance(t *testing.T) {
	sourcestest.RunAPI(t, sourcestest.API{
		Fake: func(w *sourcestest.World, now func() time.Time) http.Handler {
			return rttest.New(w, rttest.Options{Version: "5.0.3", Now: now, Token: token})
		},
		Config: func(address string) sources.Config {
			c := NewConfig().(*Config)
			c.Common.Name, c.API.URL = "rt", address
			authorize(c)
			withFields(c)
			return c
		},
		Secrets: []string{token},
		Without: []sourcestest.What{sourcestest.Close},
		Needed:  []string{"/REST/2.0/tickets", "/REST/2.0/transactions", "/REST/2.0/queues/all"},
		List:    "items", ID: "id",
	})
}
