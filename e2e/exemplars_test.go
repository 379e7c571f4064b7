package e2e

import (
	"net/url"
	"os"
	"strings"
	"testing"
	"time"
)

// What the exporter names is what Prometheus tells when it is asked as Grafana
// asks it.
func TestExemplarsReachPrometheus(t *testing.T) {
	t.Parallel()
	binary := os.Getenv("PROMETHEUS")
	if binary == "" {
		t.Skip("PROMETHEUS names no Prometheus, make check-dashboards does")
	}
	s := newSite(t, strings.Replace(configOf(ticketSource), "global:\n", "global:\n  exemplars: true\n", 1))
	s.drop("drops/tickets/first.csv", ticketHeader, ticketRow("T1", 1, "email"))
	e := s.start()
	e.synced()
	s.drop("drops/tickets/second.csv", ticketHeader, ticketRow("T2", 2, "email"))
	e.await("the second ticket being counted", func(f figures) bool {
		return f.sum("helpdesk_tickets_solved_total", "channel=email") == 2
	})

	p := startPrometheus(t, binary, e, "")
	var found []struct {
		SeriesLabels map[string]string
		Exemplars    []struct {
			Labels map[string]string
			Value  string
		}
	}
	eventually(t, "an exemplar in Prometheus", func() bool {
		err := p.ask("query_exemplars", url.Values{
			"query": {`histogram_quantile(0.9, sum by (le) (rate(helpdesk_first_response_seconds_bucket{channel="email"}[5m])))`},
			"start": {timestamp(time.Now().Add(-time.Hour))}, "end": {timestamp(time.Now())},
		}, &found)
		if err != nil {
			t.Fatal(err)
		}
		return len(found) > 0
	})
	// It was answered ten minutes after it was opened.
	if len(found) != 1 || len(found[0].Exemplars) != 1 || found[0].SeriesLabels["le"] == "+Inf" ||
		found[0].Exemplars[0].Labels["ticket_id"] != "T2" || found[0].Exemplars[0].Value != "600" {
		t.Errorf("Prometheus tells of %+v, want T2 at 600 s alone", found)
	}
}
