package e2e

import (
	"os"
	"path/filepath"
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
// configures them with the words of that example.
func realSite(t *testing.T) *site {
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
	config = strings.Replace(config, "windows: [1d, 7d, 28d]", "windows: [1d, 28d, 20y]", 1)

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
