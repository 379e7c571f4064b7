package csv

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"helpdesk_exporter/desk"
)

// translated reads one file and returns its page.
func translated(t *testing.T, config, text string) desk.Page {
	t.Helper()
	d := newDesktop(t, "directory: .\n"+config)
	d.drop("a.csv", text, hourAgo())
	return d.fetch(noon)
}

func TestEveryFieldOfATicket(t *testing.T) {
	names := []string{"id", "attr.tier", "attr.empty"}
	for _, f := range ticketShape().fields {
		names = append(names, f.name)
	}
	cells := map[string]string{
		"id": "T 1", "attr.tier": "gold", "attr.empty": "",
		"created_at": "2026-03-01 01:00", "acknowledged_at": "2026-03-01 02:00", "waiting_since": "2026-03-01 03:00",
		"first_response_at": "2026-03-01 04:00", "escalated_at": "2026-03-01 05:00", "first_solved_at": "2026-03-01 06:00",
		"solved_at": "2026-03-01 07:00", "closed_at": "2026-03-01 08:00", "updated_at": "2026-03-01 09:00",
		"first_response_due_at": "2027-03-01 10:00", "next_response_due_at": "2027-03-01 11:00", "resolution_due_at": "2027-03-01 12:00",
		"status": "On hold", "created_by": "Customer", "handled_by": "bot", "priority": "Critical", "channel": "carrier pigeon",
		"kind": "Incident", "team": "Überfall", "agent": "a7", "requester": "c9", "topic": "printers", "merged_into": "T2", "followup_of": "T0",
		"reopens": "1", "agent_replies": "2.0", "customer_messages": "3", "transfers": "0",
		"first_response_business_seconds": "90.5", "resolution_business_seconds": "1:02:03", "requester_wait_seconds": "2:03",
		"requester_wait_business_seconds": "0", "handle_seconds": "100:00:00",
	}
	var config strings.Builder
	config.WriteString("record: ticket\ncolumns:\n")
	row := make([]string, len(names))
	for i, name := range names {
		if _, ok := cells[name]; !ok {
			t.Fatalf("the test has no cell for %s", name)
		}
		config.WriteString("  " + name + ": x" + name + "\n")
		row[i] = cells[name]
	}
	page := translated(t, config.String(), "x"+strings.Join(names, ",x")+"\n"+strings.Join(row, ",")+"\n")
	if len(page.Records) != 1 {
		t.Fatal(faults(page))
	}
	hour := func(h int) time.Time { return time.Date(2026, 3, 1, h, 0, 0, 0, time.UTC) }
	want := &desk.Ticket{
		CreatedAt: hour(1), AcknowledgedAt: hour(2), WaitingSince: hour(3), FirstResponseAt: hour(4), EscalatedAt: hour(5),
		FirstSolvedAt: hour(6), SolvedAt: hour(7), ClosedAt: hour(8), UpdatedAt: hour(9),
		FirstResponseDueAt: hour(10).AddDate(1, 0, 0), NextResponseDueAt: hour(11).AddDate(1, 0, 0), ResolutionDueAt: hour(12).AddDate(1, 0, 0),
		Status: desk.StatusOnHold, CreatedBy: desk.RoleCustomer, HandledBy: desk.RoleBot, Priority: "urgent", Channel: "other",
		Type: "incident", Team: "Überfall", Agent: "a7", Requester: "c9", Topic: "printers", MergedInto: "T2", FollowupOf: "T0",
		Attrs:   map[string]string{"tier": "gold"},
		Reopens: desk.Some(1), AgentReplies: desk.Some(2), CustomerMessages: desk.Some(3), Transfers: desk.Some(0),
		FirstResponseBusiness: desk.Some(90500 * time.Millisecond), ResolutionBusiness: desk.Some(time.Hour + 2*time.Minute + 3*time.Second),
		RequesterWait: desk.Some(2*time.Minute + 3*time.Second), RequesterWaitBusiness: desk.Some(time.Duration(0)), HandleTime: desk.Some(100 * time.Hour),
	}
	if diff := cmp.Diff(desk.Record{ID: "T 1", Origin: page.Records[0].Origin, Body: want}, page.Records[0]); diff != "" {
		t.Error(diff)
	}
}

func TestEveryFieldOfACallAndOfASurvey(t *testing.T) {
	call := translated(t, `
record: call
time_format: 2006-01-02 15:04
columns: {id: id, arrived_at: [day, t1], queued_at: [day, t2], answered_at: [day, t3], ended_at: [day, "=12:00"], contact: c, outcome: "=answered",
  direction: d, channel: "=phone", queue: q, team: q, agent: q, topic: q, ticket: q, customer: q, customer_timezone: z, block_reason: q,
  handled_by: h, wait_seconds: w, talk_seconds: w, hold_seconds: w, wrap_up_seconds: w, transfers: n}
`, "id,day,t1,t2,t3,c,d,q,z,h,w,n\n7,2026-03-01,11:00,11:01,11:02,C1,Inbound,Q,Europe/Athens,agent,0:20,1\n")
	if len(call.Records) != 1 {
		t.Fatal(faults(call))
	}
	eleven := time.Date(2026, 3, 1, 11, 0, 0, 0, time.UTC)
	some := desk.Some(20 * time.Second)
	want := desk.Body(&desk.Call{
		ArrivedAt: eleven, QueuedAt: eleven.Add(time.Minute), AnsweredAt: eleven.Add(2 * time.Minute), EndedAt: eleven.Add(time.Hour),
		Contact: "C1", Outcome: desk.OutcomeAnswered, Direction: desk.DirectionInbound, Channel: "phone", Queue: "Q", Team: "Q", Agent: "Q",
		Topic: "Q", Ticket: "Q", Customer: "Q", CustomerTZ: "Europe/Athens", BlockReason: "Q", HandledBy: desk.RoleAgent,
		Wait: some, Talk: some, Hold: some, WrapUp: some, Transfers: desk.Some(1),
	})
	if diff := cmp.Diff(want, call.Records[0].Body); diff != "" {
		t.Error(diff)
	}
	survey := translated(t, `
record: survey
columns: {id: id, survey: "=nps", sent_at: s, responded_at: r, score: n, answer: a, ticket: a, customer: a, channel: c, team: a, segment: a}
values: {score: {great: 5}, answer: {"yes": ja}}
`, "id,s,r,n,a,c\n1,2026-03-01 11:00:00,2026-03-01 12:00:00,-2.5,x,E-Mail\n2,,,Great,YES,\n")
	want = &desk.Survey{
		Survey: "nps", SentAt: eleven, RespondedAt: eleven.Add(time.Hour), Score: desk.Some(-2.5),
		Answer: "x", Ticket: "x", Customer: "x", Channel: "email", Team: "x", Segment: "x",
	}
	if diff := cmp.Diff(want, survey.Records[0].Body); diff != "" {
		t.Error(diff)
	}
	want = &desk.Survey{Survey: "nps", Score: desk.Some(5.0), Answer: "ja", Ticket: "YES", Customer: "YES", Team: "YES", Segment: "YES"}
	if diff := cmp.Diff(want, survey.Records[1].Body); diff != "" {
		t.Error(diff)
	}
}

func TestWordsAreMappedBeforeTheyAreKnown(t *testing.T) {
	page := translated(t, `
record: ticket
columns: {id: id, created_at: c, status: s, priority: p, channel: ch}
values:
  status: {"5": closed, Open: pending, open: open} # OPEN is neither; the last in order speaks for it
  priority: {none: "", P1: urgent}
  channel: {Slack: messaging, email: web}
`, `id,c,s,p,ch
1,2026-03-01 10:00:00,5,P1,slack
2,2026-03-01 10:00:00,Open,NONE,email
3,2026-03-01 10:00:00,open,p1,E-Mail
4,2026-03-01 10:00:00,OPEN,low,
5,2026-03-01 10:00:00,solved,,
6,2026-03-01 10:00:00,open,P9,
`)
	var got []string
	for _, r := range page.Records {
		b := r.Body.(*desk.Ticket)
		got = append(got, strings.Join([]string{r.ID, b.Status.String(), b.Priority, b.Channel}, " "))
	}
	want := []string{"1 closed urgent messaging", "2 pending  web", "3 open urgent email", "4 open low ", "5 solved  "}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	reject := []string{"a.csv:7 unknown_value: priority: a word that is not known; map it under values.priority to one of low, normal, high, urgent"}
	if diff := cmp.Diff(reject, faults(page)); diff != "" {
		t.Error(diff)
	}
}

func TestRejectsSayWhyAndNeverWhat(t *testing.T) {
	page := translated(t, `
record: ticket
columns: {id: id, created_at: c, solved_at: s, resolution_due_at: due, transfers: n, handle_seconds: h}
null_values: [NULL, " - "]
`, `id,c,s,due,n,h
1,2026-03-01 10:00:00,NULL,-,,
,2026-03-01 10:00:00,,,,
3,NULL,,,,
4,yesterday,,,,
5,2026-03-10 12:05:00,,2026-12-01 10:00:00,,
6,2026-03-10 12:05:01,,,,
7,2026-03-01 10:00:00,2026-03-11 10:00:00,,,
8,2026-03-01 10:00:00,,,many,
9,2026-03-01 10:00:00,,,,1:60
10,2026-03-01 10:00:00,,
11,2026-03-01 10:00:00,,,,,extra
12,"2026-03-01" 10:00:00,,,,
13,0001-01-01 00:00:00,,,,
14,2026-03-01 10:00:00,,,-1,
15,2026-03-01 10:00:00,,,1.5,
16,2026-03-01 10:00:00,,,,NaN
17,2026-03-01 10:00:00,,2262-01-01 00:00:00,,
18,2026-03-01 10:00:00,,1969-12-31 23:59:59,,
19,2026-03-01 10:00:00,9999-12-31 23:59:59,,,
20,2026-03-01 10:00:00,,2261-12-31 23:59:59,,
`)
	if diff := cmp.Diff([]string{"1", "5", "20"}, ids(page)); diff != "" {
		t.Error(diff)
	}
	want := []string{
		"a.csv:3 missing_field: id: empty, and required for a ticket",
		"a.csv:4 missing_field: created_at: empty, and required for a ticket",
		"a.csv:5 bad_time: created_at: no time in any of time_format, or a zone that zones does not list; add its format or zone",
		"a.csv:7 future: created_at: later than now; correct timezone or time_format, or the clock that wrote it",
		"a.csv:8 future: solved_at: later than now; correct timezone or time_format, or the clock that wrote it",
		"a.csv:9 bad_number: transfers: not a whole number from 0 up; mend the cell, list it under null_values, or see decimal_comma and values.transfers",
		"a.csv:10 bad_number: handle_seconds: not a number of seconds, mm:ss, h:mm:ss, or a length with units such as 1h 30m, 1.5 hours, 90 min or 45s; mend the cell, list it under null_values, or see decimal_comma and values.handle_seconds",
		"a.csv:11 malformed: 4 columns where the header has 6; mend the row, often a delimiter or a line break that is not in quotes",
		"a.csv:12 malformed: 7 columns where the header has 6; mend the row, often a delimiter or a line break that is not in quotes",
		"a.csv:13 malformed: text behind a closing quote; quotes within a cell must be doubled; mend the quotes of this row",
		"a.csv:14 bad_time: created_at: a time before 1970 or after 2261; if it stands for no time, list it under null_values",
		"a.csv:15 bad_number: transfers: not a whole number from 0 up; mend the cell, list it under null_values, or see decimal_comma and values.transfers",
		"a.csv:16 bad_number: transfers: not a whole number from 0 up; mend the cell, list it under null_values, or see decimal_comma and values.transfers",
		"a.csv:17 bad_number: handle_seconds: not a number of seconds, mm:ss, h:mm:ss, or a length with units such as 1h 30m, 1.5 hours, 90 min or 45s; mend the cell, list it under null_values, or see decimal_comma and values.handle_seconds",
		"a.csv:18 bad_time: resolution_due_at: a time before 1970 or after 2261; if it stands for no time, list it under null_values",
		"a.csv:19 bad_time: resolution_due_at: a time before 1970 or after 2261; if it stands for no time, list it under null_values",
		"a.csv:20 bad_time: solved_at: a time before 1970 or after 2261; if it stands for no time, list it under null_values",
	}
	if diff := cmp.Diff(want, faults(page)); diff != "" {
		t.Error(diff)
	}
}

func TestMarksThatNobodySeesChangeNoWord(t *testing.T) {
	page := translated(t, `
record: ticket
columns: {id: id, created_at: c, status: s, channel: ch, team: t}
values: {status: {In Arbeit: open}, team: {North East: ne}}
null_values: [none]
`, "id,c,s,ch,t\n"+
		"\u200B1\uFEFF,\u00A02026-03-01 10:00:00\u200B,\uFEFFIn\u00A0Arbeit \u200B,e\u200Bmail,\u200BSouth\u00A0West\u00A0\n"+
		"\u200B,,\uFEFF\n"+
		"2,2026-03-01 10:00:00,\u2060On\u00A0Hold,\u200Bnone,north\u00A0East\n")
	if len(page.Records) != 2 || len(page.Rejects) > 0 {
		t.Fatal(faults(page))
	}
	created := at(t, "2026-03-01T10:00:00Z")
	want := []desk.Body{
		&desk.Ticket{CreatedAt: created, Status: desk.StatusOpen, Channel: "email", Team: "South\u00A0West"},
		&desk.Ticket{CreatedAt: created, Status: desk.StatusOnHold, Team: "ne"},
	}
	if diff := cmp.Diff(want, []desk.Body{page.Records[0].Body, page.Records[1].Body}); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"1", "2"}, ids(page)); diff != "" {
		t.Error(diff)
	}
}

func TestAmbiguousTimesKeepTheOrderOfTheRecord(t *testing.T) {
	// In Athens the hour from 03:00 on 26 October 2025 came twice, at 00:00 and
	// at 01:00 UTC; 30 March skipped the one from 03:00.
	d := newDesktop(t, "directory: .\nrecord: ticket\ntimezone: Europe/Athens\ncolumns: {id: id, created_at: c, first_response_at: r, solved_at: s}\n")
	d.drop("a.csv", `id,c,r,s
1,2025-10-26 03:10:00,2025-10-26 03:20:00,2025-10-26 03:30:00
2,2025-10-26 03:50:00,2025-10-26 03:20:00,2025-10-26 03:30:00
3,2025-10-26 02:59:00,2025-10-26 03:20:00,2025-10-26 04:30:00
4,2025-03-30 02:50:00,2025-03-30 03:10:00,2025-03-30 04:15:00
5,2025-11-01 12:00:00,2025-11-01 11:00:00,2025-11-01 10:00:00
`, hourAgo())
	var got []string
	for _, r := range d.fetch(noon).Records {
		b := r.Body.(*desk.Ticket)
		got = append(got, b.CreatedAt.Format("15:04")+" "+b.FirstResponseAt.Format("15:04")+" "+b.SolvedAt.Format("15:04"))
	}
	want := []string{
		"00:10 00:20 00:30", // in order as they stand: all in the earlier hour
		"00:50 01:20 01:30", // answered before it was created: one hour later
		"23:59 00:20 02:30",
		"00:50 01:10 01:15", // 03:10 was skipped and is 04:10
		"10:00 09:00 08:00", // out of order, but nothing about it is ambiguous
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	notes := d.source.(*Source).Notes()
	if diff := cmp.Diff(Notes{Rows: 5, Ambiguous: 7, Gaps: 1}, notes); diff != "" {
		t.Error(diff)
	}
}

func TestNumbers(t *testing.T) {
	for _, test := range []struct {
		text  string
		comma bool
		want  string
	}{
		{"3.5", false, "3.5"},
		{"-3", false, "-3"},
		{"1e3", false, "1000"},
		{"3,5", false, ""},
		{"0x10", false, ""},
		{"1_0", false, ""},
		{"Inf", false, ""},
		{"3,5", true, "3.5"},
		{"1.234,5", true, "1234.5"},
		{"-1.234.567", true, "-1.234567e+06"},
		{"1.5", true, ""},
		{".234", true, ""},
		{"1,2,3", true, ""},
		{"1,2.345", true, ""},
	} {
		got, ok := parseNumber([]byte(test.text), test.comma)
		if text := formatted(got, ok); text != test.want {
			t.Errorf("%q with decimal comma %t: got %q, want %q", test.text, test.comma, text, test.want)
		}
	}
}

func TestSpans(t *testing.T) {
	for text, want := range map[string]string{
		"90": "1m30s", "0.5": "500ms", "-3": "-3s", "1:30": "1m30s", "90:00": "1h30m0s", "1:02:03": "1h2m3s", "0:00:00.25": "250ms", "100:00:00": "100h0m0s",
		"1:5": "", "1:60": "", "1:60:00": "", "1:2:03": "", ":30": "", "1:": "", "1:-5": "", "a:30": "", "1:2:3:4": "", "1e300": "", "": "",
	} {
		got, ok := parseSpan([]byte(text), false)
		if text2 := formatted(got, ok); text2 != want {
			t.Errorf("%q: got %q, want %q", text, text2, want)
		}
	}
}
