package collector

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"helpdesk_exporter/book"
	"helpdesk_exporter/desk"
	"helpdesk_exporter/journal"
	"helpdesk_exporter/kpi"
)

// newPromising returns the collector of a book with three desks that nobody has
// read yet: acme has tickets and messages, globex tickets of which it tells
// business times, hotline calls.
func newPromising(t *testing.T) *Collector {
	t.Helper()
	j, err := journal.Open("")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	b, err := book.Open(book.Options{
		Journal: j, Logger: slog.New(slog.DiscardHandler), Now: noon, Retention: 60 * 24 * time.Hour,
		Catalogue: kpi.NewCatalogue(kpi.Definitions{
			Labels: []string{"team"}, Windows: []kpi.Window{{Name: "1d", Length: 24 * time.Hour}},
			MinSample: 1, LabelValuesMax: 50, SeriesMax: 2000,
			Buckets: kpi.Buckets{Default: []float64{600}, Calls: []float64{20}, Contacts: []float64{1}},
			Calendars: []kpi.Schedule{{
				Name: "office", Timezone: "UTC", Hours: []kpi.Hours{{Days: []time.Weekday{time.Monday}, From: 540, To: 1020}},
			}},
			SLAPolicies: []kpi.SLAPolicy{
				{
					Name: "urgent", Match: map[string][]string{"priority": {"urgent"}}, Reopen: kpi.ReopenRestarts,
					Targets: [4]time.Duration{desk.TargetFirstResponse: 30 * time.Minute, desk.TargetResolution: 8 * time.Hour},
				},
				{Name: "standard", Reopen: kpi.ReopenRestarts, Targets: [4]time.Duration{desk.TargetUpdate: 24 * time.Hour}},
			},
			SLAObjectives: map[string]float64{"urgent": 0.95, "source": 0.9},
			Targets: []kpi.Target{
				{KPI: "first_response_time", Value: 14400},
				{KPI: "first_response_time", Team: "front", Value: 900},
				{KPI: "talk_time", Value: 300},
				{KPI: "csat_ratio", Value: 0.9},
			},
			Benchmarks: []kpi.Benchmark{
				{KPI: "request_volume", Name: "globex", Value: 100},
				{KPI: "first_response_time", Name: "globex", Value: 7200},
				{KPI: "first_response_time", Name: "industry", Value: 28800},
			},
		}),
		Sources: []book.SourceConfig{
			{Name: "tickets", Desk: "acme", Type: "csv", Feeds: []desk.Kind{desk.KindTicket}, StaleAfter: time.Hour, Calendar: "office", QueueURL: "https://acme.example/queue"},
			{Name: "messages", Desk: "acme", Type: "csv", Feeds: []desk.Kind{desk.KindMessage}, StaleAfter: time.Hour},
			{Name: "globex", Desk: "globex", Type: "csv", Feeds: []desk.Kind{desk.KindTicket}, StaleAfter: time.Hour, Told: desk.BusinessFirstResponse},
			{Name: "hotline", Desk: "hotline", Type: "csv", Feeds: []desk.Kind{desk.KindCall}, StaleAfter: time.Hour, QueueURL: "https://hotline.example/wall"},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return New(b, Forms{Classic: true}, func() time.Time { return noon })
}

// gathered compares the named families with what they should be.
func gathered(t *testing.T, c *Collector, want string, families ...string) {
	t.Helper()
	reg := prometheus.NewPedanticRegistry()
	reg.MustRegister(c)
	if err := testutil.GatherAndCompare(reg, strings.NewReader(want), families...); err != nil {
		t.Error(err)
	}
}

func TestWhatIsPromisedIsToldForDesksWithTickets(t *testing.T) {
	gathered(t, newPromising(t), `
# HELP helpdesk_sla_objective_ratio Share of promises that is to be kept under the policy, as configured.
# TYPE helpdesk_sla_objective_ratio gauge
helpdesk_sla_objective_ratio{desk="acme",policy="source"} 0.9
helpdesk_sla_objective_ratio{desk="acme",policy="urgent"} 0.95
helpdesk_sla_objective_ratio{desk="globex",policy="source"} 0.9
helpdesk_sla_objective_ratio{desk="globex",policy="urgent"} 0.95
# HELP helpdesk_sla_target_seconds How long a configured policy promises that it takes, on the clock of the policy.
# TYPE helpdesk_sla_target_seconds gauge
helpdesk_sla_target_seconds{desk="acme",policy="standard",target="update"} 86400
helpdesk_sla_target_seconds{desk="acme",policy="urgent",target="first_response"} 1800
helpdesk_sla_target_seconds{desk="acme",policy="urgent",target="resolution"} 28800
helpdesk_sla_target_seconds{desk="globex",policy="standard",target="update"} 86400
helpdesk_sla_target_seconds{desk="globex",policy="urgent",target="first_response"} 1800
helpdesk_sla_target_seconds{desk="globex",policy="urgent",target="resolution"} 28800
`, "helpdesk_sla_objective_ratio", "helpdesk_sla_target_seconds")
}

func TestTheClocksOfBusinessTimesAreTold(t *testing.T) {
	gathered(t, newPromising(t), `
# HELP helpdesk_business_clock_info Whose clock the durations in business hours run by: source where the desk itself tells them, calendar where they are worked out in the hours of the one that is named. Its value is always 1.
# TYPE helpdesk_business_clock_info gauge
helpdesk_business_clock_info{calendar="office",desk="acme",duration="first_response",from="calendar"} 1
helpdesk_business_clock_info{calendar="office",desk="acme",duration="full_resolution",from="calendar"} 1
helpdesk_business_clock_info{calendar="office",desk="acme",duration="reply",from="calendar"} 1
helpdesk_business_clock_info{calendar="office",desk="acme",duration="requester_wait",from="calendar"} 1
helpdesk_business_clock_info{calendar="",desk="globex",duration="first_response",from="source"} 1
`, "helpdesk_business_clock_info")
}

func TestQueuesAreToldWhereTheyAreConfigured(t *testing.T) {
	gathered(t, newPromising(t), `
# HELP helpdesk_source_queue_info Where people see what is waiting at the source, of those sources that are configured so. Its value is always 1.
# TYPE helpdesk_source_queue_info gauge
helpdesk_source_queue_info{desk="acme",queue_url="https://acme.example/queue",source="tickets"} 1
helpdesk_source_queue_info{desk="hotline",queue_url="https://hotline.example/wall",source="hotline"} 1
`, "helpdesk_source_queue_info")
}

// Nobody asks the customers of these desks anything, so that what they should
// answer is told nowhere.
func TestTargetsAndBenchmarksAreToldWhereTheirKPIIs(t *testing.T) {
	gathered(t, newPromising(t), `
# HELP helpdesk_benchmark_value What others reach in a KPI of the handbook, in the KPI's own unit, as configured.
# TYPE helpdesk_benchmark_value gauge
helpdesk_benchmark_value{benchmark="globex",desk="acme",kpi="first_response_time"} 7200
helpdesk_benchmark_value{benchmark="globex",desk="acme",kpi="request_volume"} 100
helpdesk_benchmark_value{benchmark="globex",desk="globex",kpi="first_response_time"} 7200
helpdesk_benchmark_value{benchmark="globex",desk="globex",kpi="request_volume"} 100
helpdesk_benchmark_value{benchmark="globex",desk="hotline",kpi="request_volume"} 100
helpdesk_benchmark_value{benchmark="industry",desk="acme",kpi="first_response_time"} 28800
helpdesk_benchmark_value{benchmark="industry",desk="globex",kpi="first_response_time"} 28800
# HELP helpdesk_kpi_target What a KPI of the handbook is meant to reach, in the KPI's own unit, as configured. team is empty where the target is the whole desk's.
# TYPE helpdesk_kpi_target gauge
helpdesk_kpi_target{desk="acme",kpi="first_response_time",team=""} 14400
helpdesk_kpi_target{desk="acme",kpi="first_response_time",team="front"} 900
helpdesk_kpi_target{desk="globex",kpi="first_response_time",team=""} 14400
helpdesk_kpi_target{desk="globex",kpi="first_response_time",team="front"} 900
helpdesk_kpi_target{desk="hotline",kpi="talk_time",team=""} 300
`, "helpdesk_kpi_target", "helpdesk_benchmark_value")
}
