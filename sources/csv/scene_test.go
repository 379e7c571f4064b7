package csv

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"helpdesk_exporter/desk"
)

// All recordings here span 8 hours of one day, so at noon of the first fetch
// their clocks show 06:00, and an hour there is six hours ahead of it here.
func TestReplayShowsTheOtherRecordsAsTheyLooked(t *testing.T) {
	hour := func(h int) time.Time { return noon.Add(time.Duration(h-6) * time.Hour) }
	for _, test := range []struct {
		record, columns, text string
		atOnce, later         []desk.Body // at noon, and what changes in the two hours after it
	}{
		{
			"feedback", "{id: id, at: a, responded_at: b}", "id,a,b\n1,2020-01-01 00:00,2020-01-01 08:00\n2,2020-01-01 05:00,2020-01-01 05:30\n3,2020-01-01 07:00,\n",
			[]desk.Body{&desk.Feedback{At: hour(0)}, &desk.Feedback{At: hour(5), RespondedAt: hour(5).Add(30 * time.Minute)}},
			[]desk.Body{&desk.Feedback{At: hour(0), RespondedAt: hour(8)}, &desk.Feedback{At: hour(7)}},
		},
		{
			"customer", "{id: id, acquired_at: a, churned_at: b, churn_reason: r}", "id,a,b,r\n1,2020-01-01 00:00,2020-01-01 08:00,price\n2,2020-01-01 00:00,2020-01-01 05:00,moved\n",
			[]desk.Body{&desk.Customer{AcquiredAt: hour(0)}, &desk.Customer{AcquiredAt: hour(0), ChurnedAt: hour(5), ChurnReason: "moved"}},
			[]desk.Body{&desk.Customer{AcquiredAt: hour(0), ChurnedAt: hour(8), ChurnReason: "price"}},
		},
		{
			// The recording goes from the end of the first period to that of the last.
			"cost", "{period_start: a, period_end: b}", "a,b\n2020-01-01 00:00,2020-01-01 04:00\n2020-01-01 04:00,2020-01-01 10:00\n2020-01-01 10:00,2020-01-01 12:00\n",
			[]desk.Body{&desk.Cost{PeriodStart: hour(-4), PeriodEnd: hour(0)}, &desk.Cost{PeriodStart: hour(0), PeriodEnd: hour(6)}},
			[]desk.Body{&desk.Cost{PeriodStart: hour(6), PeriodEnd: hour(8)}},
		},
		{
			"article", "{id: id, words: n}", "id,n\n1,20\n",
			[]desk.Body{&desk.Article{Words: desk.Some(20)}},
			nil,
		},
		{
			"message", "{id: id, ticket: id, at: a}", "id,a\n1,2020-01-01 00:00\n2,2020-01-01 08:00\n",
			[]desk.Body{&desk.TicketMessage{Ticket: "1", Message: desk.Message{ID: "1", At: hour(0), Public: true, Said: hourAgo()}}},
			[]desk.Body{&desk.TicketMessage{Ticket: "2", Message: desk.Message{ID: "2", At: hour(8), Public: true, Said: hourAgo()}}},
		},
	} {
		d := newDesktop(t, "directory: .\nshift_to_now: true\nrecord: "+test.record+"\ncolumns: "+test.columns+"\n")
		d.drop("a.csv", test.text, hourAgo())
		if diff := cmp.Diff(test.atOnce, bodies(d.fetch(noon))); diff != "" {
			t.Errorf("%s at noon: %s", test.record, diff)
		}
		if diff := cmp.Diff(test.later, bodies(d.fetch(noon.Add(2*time.Hour)))); diff != "" {
			t.Errorf("%s two hours later: %s", test.record, diff)
		}
	}
}

func bodies(p desk.Page) []desk.Body {
	var out []desk.Body
	for _, r := range p.Records {
		out = append(out, r.Body)
	}
	return out
}
