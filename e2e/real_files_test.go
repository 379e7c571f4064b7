package e2e

import (
	"encoding/csv"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// The figures were computed apart from this project; they stand in the README
// beside the files.
func TestThreeRealFilesGiveTheFiguresOfTheirReadme(t *testing.T) {
	t.Parallel()
	e := realSite(t).start()
	f := e.synced()
	f.expect(t, realTickets)
	f.expect(t, realCalls)
	f.expect(t, realAnswers)
}

// What became of the promises of the real tickets. The totals were computed
// apart from this project; the figures of each channel are computed here from
// the file's own timestamps.
func TestTheDueTimesOfRealTicketsAreJudgedByTheirTimestamps(t *testing.T) {
	t.Parallel()
	s := realSite(t, "    record: ticket\n", "    record: ticket\n    as_of: now\n    history: counters\n")
	want := promisesOfFile(t, filepath.Join(s.dir, "../shared/data/technical_support_sla.csv"))
	maps.Copy(want, realPromises)
	e := s.start()
	e.synced().expect(t, want)
	e.stop()
	s.start().synced().expect(t, want)
}

var realPromises = map[string]string{
	"helpdesk_sla_outcomes_total{desk=acme}":                                                                        "4660", // 2 * 2330
	"helpdesk_sla_outcomes_total{desk=acme,policy=source,target=first_response,outcome=met}":                        "2033",
	"helpdesk_sla_outcomes_total{desk=acme,policy=source,target=first_response,outcome=breached}":                   "297", // 279 late, 18 never
	"helpdesk_sla_outcomes_total{desk=acme,policy=source,target=resolution,outcome=met}":                            "1546",
	"helpdesk_sla_outcomes_total{desk=acme,policy=source,target=resolution,outcome=breached}":                       "784", // 366 late, 418 never
	"helpdesk_sla_outcomes_in_window{desk=acme,policy=source,target=first_response,outcome=met,by=all,window=20y}":  "2033",
	"helpdesk_sla_outcomes_in_window{desk=acme,policy=source,target=resolution,outcome=breached,by=all,window=20y}": "784",
	"helpdesk_sla_outcomes_in_window{desk=acme,by=all,window=28d}":                                                  "0",
	"helpdesk_sla_attainment_ratio{desk=acme,policy=source,target=first_response,by=all,window=20y}":                "0.87253", // 2033 / 2330
	"helpdesk_sla_attainment_ratio{desk=acme,policy=source,target=resolution,by=all,window=20y}":                    "0.66352", // 1546 / 2330
	"helpdesk_sla_overdue{desk=acme,target=first_response}":                                                         "18",
	"helpdesk_sla_overdue{desk=acme,target=resolution}":                                                             "418",
	"helpdesk_sla_pending{desk=acme}":                                                                               "0",
	"helpdesk_sla_at_risk{desk=acme}":                                                                               "0",
	"helpdesk_sla_next_due_timestamp_seconds{desk=acme}":                                                            absent,
}

// promisesOfFile judges each ticket of the file: what was done at its due time
// was done in time, and all of them have passed.
func promisesOfFile(t *testing.T, path string) map[string]string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	outcomes := map[string]int{}
	for _, row := range rows[1:] {
		cell := func(name string) string { return row[slices.Index(rows[0], name)] }
		for _, promised := range [...]struct{ target, due, kept string }{
			{"first_response", cell("Expected SLA to first response"), cell("First response time")},
			{"resolution", cell("Expected SLA to resolve"), cell("Resolution time")},
		} {
			outcome := "breached"
			if kept := promised.kept; kept != "" && !timeOf(t, kept).After(timeOf(t, promised.due)) {
				outcome = "met"
			}
			outcomes[fmt.Sprintf("channel=%s,target=%s,outcome=%s", strings.ToLower(cell("Source")), promised.target, outcome)]++
		}
	}
	want := map[string]string{}
	for labels, n := range outcomes {
		want["helpdesk_sla_outcomes_total{desk=acme,policy=source,"+labels+"}"] = strconv.Itoa(n)
		want["helpdesk_sla_outcomes_in_window{desk=acme,policy=source,by=channel,window=20y,"+labels+"}"] = strconv.Itoa(n)
	}
	return want
}

// timeOf reads a time of the real tickets.
func timeOf(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.DateTime, text) // fractions of a second may follow
	if err != nil {
		t.Fatal(err)
	}
	return at
}

var realTickets = map[string]string{
	"helpdesk_tickets_opened_total{desk=acme}":                                         "2330",
	"helpdesk_first_response_seconds_count{desk=acme}":                                 "2310",
	"helpdesk_first_response_seconds_sum{desk=acme}":                                   "3718217.406",
	"helpdesk_first_response_seconds_bucket{desk=acme,le=300}":                         "1130",
	"helpdesk_first_response_seconds_bucket{desk=acme,le=900}":                         "1361",
	"helpdesk_first_response_seconds_bucket{desk=acme,le=1800}":                        "1653",
	"helpdesk_first_response_seconds_bucket{desk=acme,le=3600}":                        "2217",
	"helpdesk_first_response_seconds_bucket{desk=acme,le=14400}":                       "2255",
	"helpdesk_first_response_seconds_bucket{desk=acme,le=86400}":                       "2309",
	"helpdesk_first_response_observations{desk=acme,by=all,window=20y}":                "2310",
	"helpdesk_first_response_mean_seconds{desk=acme,by=all,window=20y}":                "1609.617925", // 3718217.406 / 2310
	"helpdesk_records_excluded{desk=acme,kind=ticket,reason=negative_duration}":        "2",
	"helpdesk_full_resolution_seconds_count{desk=acme}":                                "1912",
	"helpdesk_full_resolution_observations{desk=acme,by=all,window=20y}":               "1912",
	"helpdesk_full_resolution_mean_seconds{desk=acme,by=all,window=20y}":               "119656.647",
	"helpdesk_tickets_solved_total{desk=acme}":                                         "1912",
	"helpdesk_tickets_open{desk=acme}":                                                 "418",
	"helpdesk_tickets_open{desk=acme,status=new}":                                      "18",
	"helpdesk_tickets_open{desk=acme,status=open}":                                     "400",
	"helpdesk_tickets_opened_total{desk=acme,channel=email}":                           "1234",
	"helpdesk_tickets_opened_total{desk=acme,channel=chat}":                            "850",
	"helpdesk_tickets_opened_total{desk=acme,channel=phone}":                           "246",
	"helpdesk_tickets_opened_in_window{desk=acme,by=all,window=20y}":                   "2330",
	"helpdesk_tickets_opened_in_window{desk=acme,by=channel,channel=email,window=20y}": "1234",
	"helpdesk_tickets_opened_in_window{desk=acme,by=channel,channel=chat,window=20y}":  "850",
	"helpdesk_tickets_opened_in_window{desk=acme,by=channel,channel=phone,window=20y}": "246",
	"helpdesk_csat_responses{desk=acme,by=all,window=20y}":                             "1173",
	"helpdesk_csat_ratio{desk=acme,by=all,window=20y}":                                 "0.56692",
	"helpdesk_csat_score_mean{desk=acme,by=all,window=20y}":                            "3.5107",
	"helpdesk_survey_responses_total{desk=acme,survey=after-ticket}":                   "1173",
	"helpdesk_source_rejects_total{desk=acme}":                                         "0",
	"helpdesk_source_records_total{desk=acme,kind=ticket}":                             "2330",
}

var realCalls = map[string]string{
	"helpdesk_calls_total{desk=acme}":                                               "5000",
	"helpdesk_calls_total{desk=acme,call_outcome=answered}":                         "4054",
	"helpdesk_calls_total{desk=acme,call_outcome=abandoned}":                        "946",
	"helpdesk_contacts_offered{desk=acme,by=all,window=20y}":                        "5000",
	"helpdesk_contacts_abandoned_in_window{desk=acme,by=all,window=20y}":            "946",
	"helpdesk_abandonment_ratio{desk=acme,by=all,window=20y}":                       "0.1892",
	"helpdesk_speed_of_answer_observations{desk=acme,by=all,window=20y}":            "4054",
	"helpdesk_speed_of_answer_mean_seconds{desk=acme,by=all,window=20y}":            "67.5207",
	"helpdesk_queue_wait_seconds_bucket{desk=acme,call_outcome=answered,le=20}":     "374",
	"helpdesk_queue_wait_seconds_bucket{desk=acme,call_outcome=answered,le=30}":     "751",
	"helpdesk_queue_wait_seconds_bucket{desk=acme,call_outcome=answered,le=60}":     "1796",
	"helpdesk_service_level_met{desk=acme,abandons=negative,by=all,window=20y}":     "374", // within 20 s
	"helpdesk_service_level_offered{desk=acme,abandons=negative,by=all,window=20y}": "5000",
	"helpdesk_service_level_ratio{desk=acme,abandons=negative,by=all,window=20y}":   "0.0748",
	"helpdesk_call_talk_mean_seconds{desk=acme,by=all,window=20y}":                  "224.92",
	"helpdesk_call_talk_observations{desk=acme,by=all,window=20y}":                  "4054",
	"helpdesk_csat_responses{desk=callers,by=all,window=20y}":                       "4054",
	"helpdesk_csat_score_mean{desk=callers,by=all,window=20y}":                      "3.4036",
	"helpdesk_csat_ratio{desk=callers,by=all,window=20y}":                           "0.4990",
}

var realAnswers = map[string]string{
	"helpdesk_nps_responses{desk=appointments,by=all,window=20y}":                               "3143",
	"helpdesk_nps{desk=appointments,by=all,window=20y}":                                         "-30.035",
	"helpdesk_nps_segment_responses{desk=appointments,nps_segment=promoter,by=all,window=20y}":  "630",
	"helpdesk_nps_segment_responses{desk=appointments,nps_segment=passive,by=all,window=20y}":   "939",
	"helpdesk_nps_segment_responses{desk=appointments,nps_segment=detractor,by=all,window=20y}": "1574",
	"helpdesk_records_excluded{desk=appointments,kind=survey,reason=bad_scale}":                 "2",
	"helpdesk_nps_responses{desk=responses,by=all,window=20y}":                                  "3142",
	"helpdesk_nps{desk=responses,by=all,window=20y}":                                            "-30.045",
}

// moreSources are over columns that the sources of the contract leave alone.
const moreSources = `
  - name: callers
    type: csv
    files: ["../shared/data/call_center_calls_pwc.csv"]
    record: survey
    time_format: ["1/2/2006 15:04:05"]
    columns: {id: call id, survey: "=after-ticket", responded_at: [date, time], score: satisfaction rating}
  - name: appointments
    type: csv
    files: ["../shared/data/nps_responses.csv"]
    record: survey
    columns: {id: serviceappointment_id, survey: "=relation", responded_at: submitted_at, score: nps}
  - name: responses
    type: csv
    files: ["../shared/data/nps_responses.csv"]
    record: survey
    columns: {id: response_id, survey: "=relation", responded_at: submitted_at, score: nps}
`

// realSite lays the real files out as the contract's example expects them, and
// configures them with the words of that example, some of them exchanged.
func realSite(t *testing.T, exchanged ...string) *site {
	t.Helper()
	shared, err := filepath.Abs("../../shared")
	if err != nil {
		t.Fatal(err)
	}
	contract, err := os.ReadFile(filepath.Join(shared, "contract.example.yml"))
	if err != nil {
		t.Skipf("the real files are not here: %v", err)
	}
	config, _, ok := strings.Cut(string(contract), "\n  - name: zendesk")
	if !ok || !strings.Contains(config, "windows: [1d, 7d, 28d]") {
		t.Fatal("the contract's example does not look as it did: mend this test")
	}
	config = strings.NewReplacer(append(exchanged, "windows: [1d, 7d, 28d]", "windows: [1d, 28d, 20y]")...).Replace(config)

	dir := t.TempDir()
	s := &site{t: t, dir: filepath.Join(dir, "project"), storage: filepath.Join(dir, "data")}
	s.configure(config + moreSources)
	if err := os.Symlink(shared, filepath.Join(dir, "shared")); err != nil {
		t.Fatal(err)
	}
	calls, err := os.ReadFile(filepath.Join(shared, "data/call_center_calls_pwc.csv"))
	if err != nil {
		t.Fatal(err)
	}
	s.write("drops/calls/export.csv", string(calls))
	// The example leaves a file alone that was changed a moment ago.
	settled := time.Now().Add(-time.Hour)
	if err := os.Chtimes(s.path("drops/calls/export.csv"), settled, settled); err != nil {
		t.Fatal(err)
	}
	return s
}
