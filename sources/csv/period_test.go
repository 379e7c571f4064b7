package csv

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"helpdesk_exporter/desk"
)

// June in Athens begins on 31 May at 21:00 UTC. On 29 March 2026 the clocks go
// forward there, so that day has 23 hours, and on 25 October back, so that day
// has 25.
func TestAPeriodOfDaysEndsWithItsLastDay(t *testing.T) {
	const page = `s,e,n
2025-06-01,2025-06-30,7
2025-06-30,2025-06-30,7
2026-03-29,2026-03-29,7
2025-10-25,2025-10-26,7
2025-06-01,2025-06-30 12:00,7
2025-06-30,2025-06-29,7
`
	want := []string{
		"2025-05-31T21:00 2025-06-30T21:00",
		"2025-06-29T21:00 2025-06-30T21:00",
		"2026-03-28T22:00 2026-03-29T21:00",
		"2025-10-24T21:00 2025-10-26T22:00",
		"2025-05-31T21:00 2025-06-30T09:00",
	}
	for _, columns := range []string{
		"record: cost\ncolumns: {period_start: s, period_end: e, amount: n}\n",
		"record: call\ncolumns: {period_start: s, period_end: e, attempts: n}\n",
		"record: customer\ncolumns: {period_start: s, period_end: e, customers_start: n}\n",
	} {
		d := newDesktop(t, "directory: .\ntimezone: Europe/Athens\ntime_format: [2006-01-02, 2006-01-02 15:04]\n"+columns)
		d.drop("a.csv", page, hourAgo())
		read := d.fetch(at(t, "2026-04-01T00:00:00Z"))
		var got []string
		for _, r := range read.Records {
			start, end := shapeOf(d.config.Record).period(r.Body)
			got = append(got, start.Format("2006-01-02T15:04")+" "+end.Format("2006-01-02T15:04"))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s%s", columns, diff)
		}
		reject := []string{"a.csv:7 bad_time: period_end: not later than period_start; correct the row, or the order of day and month in time_format"}
		if diff := cmp.Diff(reject, faults(read)); diff != "" {
			t.Error(diff)
		}
	}
}

func TestADayAloneIsADayInEveryFormat(t *testing.T) {
	for _, test := range []struct{ config, text, want string }{
		{"time_format: 2006-01-02", "2026-06-30", "2026-07-01T00:00:00Z"},
		{"time_format: 02.01.06", "28.02.28", "2028-02-29T00:00:00Z"},
		{"time_format: 2006-01-02Z07:00", "2026-06-30+02:00", "2026-06-30T22:00:00Z"},
		{"time_format: 2006-01-02 MST\nzones: {CET: Europe/Berlin}", "2026-06-30 CET", "2026-06-30T22:00:00Z"},
		{"time_format: 2006-01-02 15", "2026-06-30 00", "2026-06-30T00:00:00Z"},
		{"time_format: 2006-01-02 3 PM", "2026-06-30 12 AM", "2026-06-30T00:00:00Z"},
		{"time_format: unix", "1782777600", "2026-06-30T00:00:00Z"},
		{"time_format: unix_ms", "1782777600000", "2026-06-30T00:00:00Z"},
		{"time_format: [2006-01-02 15:04, 2006-01-02]", "2026-06-30 00:00", "2026-06-30T00:00:00Z"},
	} {
		got, ok := clockOf(t, test.config).parseEnd(test.text)
		if !ok || !got.at.Equal(at(t, test.want)) || got.at.Location() != time.UTC {
			t.Errorf("%s: a period to %q ends %v %s, want %s", test.config, test.text, ok, got.at, test.want)
		}
	}
}

func TestARowIsOneCallOrTheSumsOfAPeriod(t *testing.T) {
	page := translated(t, `
record: call
columns: {id: id, arrived_at: a, period_start: s, period_end: e, queue: q, attempts: n, blocked: b, block_reason: why}
`, `id,a,s,e,q,n,b,why
c1,2026-03-01 01:00:00,,,q1,,,
,,2026-03-01 00:00:00,2026-03-02 00:00:00,q1,100,7,busy
,,,,q1,100,7,busy
,,2026-03-01 00:00:00,,q1,100,7,busy
,,,2026-03-02 00:00:00,q1,100,7,busy
,2026-03-01 01:00:00,2026-03-01 00:00:00,2026-03-02 00:00:00,q1,100,7,busy
,,2026-03-11 00:00:00,2026-03-12 00:00:00,q1,100,7,busy
`)
	want := []desk.Body{
		&desk.Call{ArrivedAt: march(1), Queue: "q1"},
		&desk.Call{PeriodStart: march(0), PeriodEnd: march(24), Queue: "q1", Attempts: desk.Some(100), Blocked: desk.Some(7), BlockReason: "busy"},
	}
	var got []desk.Body
	for _, r := range page.Records {
		got = append(got, r.Body)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if page.Records[1].ID == "" {
		t.Error("the sums have no key")
	}
	rejects := []string{
		"a.csv:4 missing_field: arrived_at: empty, and required for a call that is not the sums from period_start to period_end",
		"a.csv:5 missing_field: period_end: empty, and required beside period_start",
		"a.csv:6 missing_field: period_start: empty, and required beside period_end",
		"a.csv:7 malformed: arrived_at and period_start: a row is either a call or the sums of a period; leave one of the two empty",
		"a.csv:8 future: period_start: later than now; correct timezone or time_format, or the clock that wrote it",
	}
	if diff := cmp.Diff(rejects, faults(page)); diff != "" {
		t.Error(diff)
	}
}

func TestCustomersNeedAnIDAndTheirSumsDoNot(t *testing.T) {
	page := translated(t, `
record: customer
columns: {id: id, acquired_at: a, period_start: s, period_end: e, customers_start: n, customers_lost: l}
`, `id,a,s,e,n,l
c1,2026-03-01 01:00:00,,,,
,,2026-03-01 00:00:00,2026-03-02 00:00:00,40,2
,2026-03-01 01:00:00,,,,
c2,,,,,
`)
	want := []desk.Body{
		&desk.Customer{AcquiredAt: march(1)},
		&desk.Customer{PeriodStart: march(0), PeriodEnd: march(24), AtStart: desk.Some(40), Lost: desk.Some(2)},
	}
	var got []desk.Body
	for _, r := range page.Records {
		got = append(got, r.Body)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	rejects := []string{
		"a.csv:4 missing_field: id: empty, and required for a customer that is not the sums from period_start to period_end",
		"a.csv:5 missing_field: acquired_at: empty, and required for a customer that is not the sums from period_start to period_end",
	}
	if diff := cmp.Diff(rejects, faults(page)); diff != "" {
		t.Error(diff)
	}
}

// The day of the fetch is not over. What it cost so far is told all the same,
// and nothing is complete beyond the clock.
func TestAPeriodMayEndAheadOfTheClock(t *testing.T) {
	d := newDesktop(t, "directory: .\nrecord: cost\ntime_format: 2006-01-02\ncolumns: {period_start: s, period_end: e, amount: n}\n")
	d.drop("a.csv", "s,e,n\n2026-03-01,2026-03-31,7\n", hourAgo())
	page := d.fetch(noon)
	if len(page.Records) != 1 {
		t.Fatal(faults(page))
	}
	if page.AsOf.After(noon.Add(5 * time.Minute)) {
		t.Errorf("complete up to %s", page.AsOf)
	}
}

func TestWhatMustBeMappedForEachRecord(t *testing.T) {
	const orSums = ", or map period_start and period_end where rows are the sums of a period"
	required := func(record, field string) string {
		return "columns." + field + `: required for record "` + record + `"; name the header that holds it`
	}
	for _, test := range []struct {
		record, columns string
		want            []string
	}{
		{"call", "{queue: q}", []string{required("call", "arrived_at") + orSums}},
		{"call", "{arrived_at: a}", nil},
		{"call", "{period_start: s, period_end: e}", nil},
		{"call", "{period_start: s, period_end: e, arrived_at: a}", nil},
		{"call", "{period_start: s, arrived_at: a}", []string{"columns: period_start and period_end are the two ends of a period; name the headers of both"}},
		{"call", "{period_end: e}", []string{"columns: period_start and period_end are the two ends of a period; name the headers of both"}},
		{"customer", "{segment: s}", []string{required("customer", "id") + orSums, required("customer", "acquired_at") + orSums}},
		{"customer", "{period_start: s, period_end: e}", nil},
		{"customer", "{id: i, period_start: s, period_end: e}", nil},
		{"customer", "{acquired_at: a, period_start: s, period_end: e}", []string{required("customer", "id") + orSums}},
		{"cost", "{period_start: s}", []string{required("cost", "period_end")}},
		{"message", "{author: a}", []string{required("message", "id"), required("message", "at"), required("message", "ticket")}},
		{"article", "{words: w}", []string{required("article", "id")}},
		{"session", "{at: a}", []string{required("session", "id")}},
		{"review", "{id: i}", []string{required("review", "reviewed_at")}},
		{"enrolment", "{id: i}", []string{required("enrolment", "enrolled_at")}},
	} {
		err := configured(t, "directory: .\nrecord: "+test.record+"\ncolumns: "+test.columns+"\n").Validate()
		var got []string
		if err != nil {
			got = strings.Split(err.Error(), "\n")
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s %s: %s", test.record, test.columns, diff)
		}
	}
}

func TestFieldsOfTheOtherRecordsAreCheckedBeforeAnyFileIsRead(t *testing.T) {
	for _, test := range []struct{ config, want string }{
		{
			"record: review\ncolumns: {reviewed_at: a, category.Tone: t}",
			`columns.category.Tone: "Tone" is no name for a category; write category. and then small letters, digits and _, a letter first, as category.tone`,
		},
		{
			"record: outreach\ncolumns: {at: a, category.tone: t}",
			"columns.category.tone: an outreach has no such field; possible are id, at, delivered_at, opened_at, clicked_at, replied_at, " +
				"campaign_kind, channel, kind, customer, customer_timezone, machine_open",
		},
		{
			"record: review\ncolumns: {reviewed_at: a, attr.tone: t}",
			"columns.attr.tone: a review has no such field; possible are id, reviewed_at, ticket, scorecard, team, reviewer_kind, score, critical, category.NAME",
		},
		{"record: feedback\ncolumns: {at: a, technical: \"=maybe\"}", `columns.technical: "maybe" is unknown; write one of 0, 1, false, n, no, true, y, yes`},
		{"record: feedback\ncolumns: {at: a, kind: k}\nvalues: {kind: {Frage: asks}}", `values.kind.Frage: "asks" is unknown; write one of review, comment, complaint, suggestion, question, mention`},
		{
			"record: message\ncolumns: {id: i, at: a, ticket: t}\nvalues: {ticket: {\"0\": \"\"}}",
			"values.ticket.0: empty, and a message without ticket is rejected; map the word to another or remove it",
		},
	} {
		err := configured(t, "directory: .\n"+test.config+"\n").Validate()
		if err == nil || err.Error() != test.want {
			t.Errorf("%s\ngot  %v\nwant %s", test.config, err, test.want)
		}
	}
}

// FuzzPeriodEnd checks that a period to a day ends where the next local day
// begins: a day is read as that midnight, or as the first instant after it.
func FuzzPeriodEnd(f *testing.F) {
	for _, seed := range []string{"2026-06-30", "2026-03-29", "2026-10-25", "2028-02-28", "2026-12-31", "2011-12-29", "0000-00-00", "x", ""} {
		f.Add(seed, uint8(0))
		f.Add(seed, uint8(3))
	}
	zones := []string{"Europe/Athens", "America/New_York", "America/Santiago", "Pacific/Apia", "UTC"}
	f.Fuzz(func(t *testing.T, text string, n uint8) {
		k := clockOf(t, "time_format: 2006-01-02\ntimezone: "+zones[int(n)%len(zones)])
		day, err := time.Parse(time.DateOnly, text)
		end, ok := k.parseEnd(text)
		if ok != (err == nil) {
			t.Fatalf("%q is read: %t, and is a date: %v", text, ok, err)
		}
		if !ok {
			return
		}
		next, _ := k.parse(day.AddDate(0, 0, 1).Format(time.DateOnly))
		if day.Year() < 9999 && !end.at.Equal(next.at) {
			t.Errorf("%q in %s ends %s, and the next day begins %s", text, k.zone.loc, end.at, next.at)
		}
	})
}
