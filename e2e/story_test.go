package e2e

import (
	"maps"
	"testing"
)

// A desk's week, drop by drop. Every figure is computed by hand.
func TestEveryDropMovesTheFiguresAsComputedByHand(t *testing.T) {
	t.Parallel()
	s := newSite(t, configOf(ticketSource, callSource, surveySource))
	s.drop("drops/tickets/monday.csv", ticketHeader,
		"T1,2026-03-02 10:00,2026-03-02 12:00,solved,high,email,billing,2026-03-02 10:10,2026-03-02 12:00", // answered after 600 s, solved after 7200 s
		"T2,2026-03-02 10:30,2026-03-02 10:45,open,normal,email,billing,2026-03-02 10:45,",                 // 900 s
		"T3,2026-03-02 11:00,2026-03-02 11:00,new,normal,chat,tech,,",
		"T4,2026-03-02 11:30,2026-03-02 14:30,solved,normal,chat,tech,2026-03-02 11:31,2026-03-02 14:30",  // 60 s, 10800 s
		"T5,2026-03-02 12:00,2026-03-02 12:40,pending,low,phone,tech,2026-03-02 12:20,",                   // 1200 s
		"T6,2026-03-02 12:30,2026-03-02 13:00,solved,low,email,billing,2026-03-02 12:30,2026-03-02 13:00", // 0 s, 1800 s
	)
	s.drop("drops/calls/monday.csv", callHeader,
		"C1,2026-03-02 10:00,answered,10,100,support",
		"C2,2026-03-02 10:05,answered,30,200,support",
		"C3,2026-03-02 10:10,abandoned,40,,support",
		"C4,2026-03-02 10:15,abandoned,3,,support", // sooner than short_abandon
	)
	s.drop("drops/answers/monday.csv", surveyHeader,
		"S1,T1,2026-03-02 15:00,5",
		"S2,T4,2026-03-02 15:10,2",
		"S3,T7,2026-03-02 15:20,4", // its ticket has not come yet
		"S4,,2026-03-02 15:30,3",
		"S5,T2,2026-03-02 15:40,6", // off the scale
	)
	e := s.start()
	want := map[string]string{}
	// step waits until all drops were seen and looks at the figures that have
	// changed, and at all others.
	step := func(what string, wait func() figures, changed map[string]string) {
		t.Helper()
		maps.Copy(want, changed)
		t.Log(what)
		wait().expect(t, want)
		if t.Failed() {
			t.FailNow()
		}
	}

	step("the first drops", e.synced, map[string]string{
		"helpdesk_tickets_opened_total":                                     "6",
		"helpdesk_tickets_opened_total{channel=email}":                      "3",
		"helpdesk_tickets_solved_total":                                     "3",
		"helpdesk_tickets_reopened_total":                                   "0",
		"helpdesk_tickets_withdrawn_total{reason=deleted}":                  "0",
		"helpdesk_tickets_open":                                             "3", // T2, T3, T5
		"helpdesk_tickets_open{status=new}":                                 "1",
		"helpdesk_tickets_open{status=pending}":                             "1",
		"helpdesk_tickets_awaiting_agent":                                   "2", // T2, T3
		"helpdesk_tickets_unanswered":                                       "1", // T3
		"helpdesk_tickets_opened_in_window{by=all,window=1d}":               "6",
		"helpdesk_tickets_opened_in_window{by=all,window=7d}":               "6",
		"helpdesk_tickets_solved_in_window{by=all,window=7d}":               "3",
		"helpdesk_tickets_reopened_in_window{by=all,window=7d}":             "0",
		"helpdesk_first_response_seconds_count":                             "5",
		"helpdesk_first_response_seconds_sum":                               "2760", // 600 + 900 + 60 + 1200 + 0
		"helpdesk_first_response_seconds_bucket{le=300}":                    "2",    // T4, T6
		"helpdesk_first_response_seconds_bucket{le=900}":                    "4",    // and T1, T2 on the edge
		"helpdesk_first_response_observations{by=all,window=1d}":            "5",
		"helpdesk_first_response_mean_seconds{by=all,window=1d}":            "552",
		"helpdesk_first_response_mean_seconds{by=team,team=tech,window=1d}": "630",   // (60 + 1200) / 2
		"helpdesk_full_resolution_seconds_count":                            "3",     // T1, T4, T6
		"helpdesk_full_resolution_seconds_sum":                              "19800", // 7200 + 10800 + 1800
		"helpdesk_full_resolution_mean_seconds{by=all,window=7d}":           "6600",
		"helpdesk_calls_total{call_outcome=answered}":                       "2",
		"helpdesk_calls_total{call_outcome=abandoned}":                      "2",
		"helpdesk_contacts_abandoned_total":                                 "1", // C3
		"helpdesk_contacts_short_abandoned_total":                           "1", // C4
		"helpdesk_abandonment_ratio{by=all,window=1d}":                      "0.3333",
		"helpdesk_speed_of_answer_mean_seconds{by=all,window=1d}":           "20",
		"helpdesk_queue_wait_seconds_sum":                                   "83",
		"helpdesk_call_talk_seconds_sum":                                    "300",
		"helpdesk_service_level_ratio{by=all,window=1d,abandons=negative}":  "0.3333", // C1 of C1, C2, C3
		"helpdesk_csat_responses{by=all,window=7d}":                         "4",      // not S5
		"helpdesk_csat_ratio{by=all,window=7d}":                             "0.5",    // 5 and 4
		"helpdesk_csat_score_mean{by=all,window=7d}":                        "3.5",
		"helpdesk_csat_responses{by=team,team=billing,window=7d}":           "1", // S1
		"helpdesk_csat_responses{by=team,team=tech,window=7d}":              "1", // S2
		"helpdesk_csat_responses{by=team,team=none,window=7d}":              "2", // S3, S4
		"helpdesk_survey_responses_total":                                   "4",
		"helpdesk_records_excluded{kind=survey,reason=bad_scale}":           "1",
	})

	s.append("drops/tickets/monday.csv",
		"T7,2026-03-02 13:30,2026-03-02 16:00,solved,high,phone,tech,2026-03-02 13:35,2026-03-02 16:00",      // 300 s, 9000 s
		"T2,2026-03-02 10:30,2026-03-02 17:00,solved,normal,email,billing,2026-03-02 10:45,2026-03-02 17:00", // 23400 s
	)
	step("a drop that grows: another ticket, for which an answer has been waiting, and a later state", e.polled, map[string]string{
		"helpdesk_tickets_opened_total":                                     "7",
		"helpdesk_tickets_solved_total":                                     "5",
		"helpdesk_tickets_open":                                             "2", // T3, T5
		"helpdesk_tickets_awaiting_agent":                                   "1", // T3
		"helpdesk_tickets_opened_in_window{by=all,window=1d}":               "7",
		"helpdesk_tickets_opened_in_window{by=all,window=7d}":               "7",
		"helpdesk_tickets_solved_in_window{by=all,window=7d}":               "5",
		"helpdesk_first_response_seconds_count":                             "6",
		"helpdesk_first_response_seconds_sum":                               "3060",
		"helpdesk_first_response_seconds_bucket{le=300}":                    "3",
		"helpdesk_first_response_seconds_bucket{le=900}":                    "5",
		"helpdesk_first_response_observations{by=all,window=1d}":            "6",
		"helpdesk_first_response_mean_seconds{by=all,window=1d}":            "510",
		"helpdesk_first_response_mean_seconds{by=team,team=tech,window=1d}": "520", // (60 + 1200 + 300) / 3
		"helpdesk_full_resolution_seconds_count":                            "5",
		"helpdesk_full_resolution_seconds_sum":                              "52200", // + 9000 + 23400
		"helpdesk_full_resolution_mean_seconds{by=all,window=7d}":           "10440",
		"helpdesk_csat_responses{by=team,team=tech,window=7d}":              "2", // S3 has found T7
		"helpdesk_csat_responses{by=team,team=none,window=7d}":              "1",
	})

	s.drop("drops/tickets/evening.csv", ticketHeader,
		"T6,2026-03-02 12:30,2026-03-02 13:30,solved,low,email,billing,2026-03-02 12:36,2026-03-02 13:00", // answered after 360 s, not 0 s
		"T4,2026-03-02 11:30,2026-03-02 18:00,open,normal,chat,tech,2026-03-02 11:31,",
	)
	step("a new drop: a correction and a reopened ticket", e.polled, map[string]string{
		"helpdesk_tickets_reopened_total":                         "1",
		"helpdesk_tickets_open":                                   "3", // and T4
		"helpdesk_tickets_awaiting_agent":                         "2",
		"helpdesk_tickets_solved_in_window{by=all,window=7d}":     "4",
		"helpdesk_tickets_reopened_in_window{by=all,window=7d}":   "1",
		"helpdesk_ticket_reopen_ratio{by=all,window=7d}":          "0.25",
		"helpdesk_first_response_mean_seconds{by=all,window=1d}":  "570",   // the window is corrected, the counter stays
		"helpdesk_full_resolution_mean_seconds{by=all,window=7d}": "10350", // (52200 - 10800) / 4
	})

	s.drop("drops/tickets/night.csv", ticketHeader,
		"T3,2026-03-02 11:00,2026-03-02 19:00,deleted,normal,chat,tech,,",
		"T4,2026-03-02 11:30,2026-03-02 19:30,solved,normal,chat,tech,2026-03-02 11:31,2026-03-02 19:30", // 28800 s
	)
	step("a deletion, and the reopened ticket solved again", e.polled, map[string]string{
		"helpdesk_tickets_solved_total":                           "6",
		"helpdesk_tickets_withdrawn_total{reason=deleted}":        "1",
		"helpdesk_tickets_open":                                   "1", // T5; and 7 opened + 1 reopened - 6 solved - 1 withdrawn
		"helpdesk_tickets_open{status=new}":                       "0",
		"helpdesk_tickets_awaiting_agent":                         "0",
		"helpdesk_tickets_unanswered":                             "0",
		"helpdesk_tickets_opened_in_window{by=all,window=1d}":     "6",
		"helpdesk_tickets_opened_in_window{by=all,window=7d}":     "6",
		"helpdesk_tickets_solved_in_window{by=all,window=7d}":     "5",
		"helpdesk_ticket_reopen_ratio{by=all,window=7d}":          "0.2",
		"helpdesk_full_resolution_seconds_count":                  "6",
		"helpdesk_full_resolution_seconds_sum":                    "81000", // + 28800
		"helpdesk_full_resolution_mean_seconds{by=all,window=7d}": "14040", // (52200 - 10800 + 28800) / 5
		"helpdesk_records_excluded{kind=ticket,reason=deleted}":   "1",
	})

	s.drop("drops/answers/evening.csv", surveyHeader, "S2,T4,2026-03-02 15:10,6")
	step("an answer that is corrected to one off the scale", e.polled, map[string]string{
		"helpdesk_csat_responses{by=all,window=7d}":               "3",
		"helpdesk_csat_responses{by=team,team=tech,window=7d}":    "1",
		"helpdesk_csat_ratio{by=all,window=7d}":                   "0.6667",
		"helpdesk_csat_score_mean{by=all,window=7d}":              "4", // 5, 4 and 3
		"helpdesk_records_excluded{kind=survey,reason=bad_scale}": "2",
	})

	s.drop("drops/answers/night.csv", surveyHeader, "S2,T4,2026-03-02 15:10,3")
	step("and back: it has been counted once already", e.polled, map[string]string{
		"helpdesk_csat_responses{by=all,window=7d}":               "4",
		"helpdesk_csat_responses{by=team,team=tech,window=7d}":    "2",
		"helpdesk_csat_ratio{by=all,window=7d}":                   "0.5",
		"helpdesk_csat_score_mean{by=all,window=7d}":              "3.75",
		"helpdesk_records_excluded{kind=survey,reason=bad_scale}": "1",
	})

	s.drop("drops/tickets/wednesday.csv", ticketHeader,
		"T8,2026-03-04 20:00,2026-03-04 20:00,new,urgent,web,billing,,",
	)
	step("a ticket two days later: Monday leaves the short window", e.polled, map[string]string{
		"helpdesk_tickets_opened_total":                                     "8",
		"helpdesk_tickets_open":                                             "2",
		"helpdesk_tickets_open{status=new}":                                 "1",
		"helpdesk_tickets_awaiting_agent":                                   "1",
		"helpdesk_tickets_unanswered":                                       "1",
		"helpdesk_tickets_opened_in_window{by=all,window=1d}":               "1",
		"helpdesk_tickets_opened_in_window{by=all,window=7d}":               "7",
		"helpdesk_first_response_observations{by=all,window=1d}":            "0",
		"helpdesk_first_response_mean_seconds{by=all,window=1d}":            absent, // no sample, no mean
		"helpdesk_first_response_mean_seconds{by=team,team=tech,window=1d}": absent,
		"helpdesk_first_response_mean_seconds{by=all,window=7d}":            "570",
	})

	s.drop("drops/tickets/again.csv", ticketHeader,
		"T1,2026-03-02 10:00,2026-03-02 12:00,solved,high,email,billing,2026-03-02 10:10,2026-03-02 12:00",
		"T2,2026-03-02 10:30,2026-03-02 10:45,open,normal,email,billing,2026-03-02 10:45,",
	)
	step("old states once more", e.polled, nil)

	e.stop()
	e = s.start()
	step("the next exporter on the same storage path", e.polled, nil)
}
