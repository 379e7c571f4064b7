package plaindesk_test

import (
	"net/http"
	"testing"
	"time"

	promconfig "github.com/prometheus/common/config"

	"helpdesk_exporter/sources"
	"helpdesk_exporter/sources/sourcestest"
	"helpdesk_exporter/sources/sourcestest/plaindesk"
)

func TestConformance(t *testing.T) {
	const token = "plain-s3cret"
	sourcestest.RunAPI(t, sourcestest.API{
		Fake: func(w *sourcestest.World, now func() time.Time) http.Handler { return plaindesk.Fake(w, now, token) },
		Config: func(address string) sources.Config {
			c := plaindesk.NewConfig().(*plaindesk.Config)
			c.Common.Name, c.API.URL = "acme", address
			c.API.HTTP.Authorization = &promconfig.Authorization{Type: "Bearer", Credentials: token}
			return c
		},
		Secrets: []string{token},
		Needed:  []string{"/tickets"},
		List:    "tickets", ID: "id",
	})
}
