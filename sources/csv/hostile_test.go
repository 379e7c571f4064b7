package csv

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"

	"helpdesk_exporter/desk"
)

// A log of events has a row for each change of a ticket, as the published logs
// of service desks do: words of its own, ? for nothing, day first.
func TestAnEventLogGivesEachTicketItsStates(t *testing.T) {
	page := translated(t, `
record: ticket
time_format: 2/1/2006 15:04
null_values: ["?"]
columns: {id: number, created_at: opened_at, status: incident_state, updated_at: sys_updated_at, solved_at: resolved_at,
  team: assignment_group, transfers: reassignment_count, channel: contact_type, priority: priority}
values:
  status: {Active: open, Awaiting User Info: pending, Resolved: solved, "-100": ""}
  priority: {3 - Moderate: normal, 2 - High: high}
`, `number,incident_state,reassignment_count,sys_updated_at,contact_type,opened_at,resolved_at,assignment_group,priority
INC0000045,New,0,29/2/2016 01:23,Phone,29/2/2016 01:16,?,Group 56,3 - Moderate
INC0000045,Awaiting User Info,0,29/2/2016 08:53,Phone,29/2/2016 01:16,29/2/2016 11:29,Group 56,3 - Moderate
INC0000047,Active,1,29/2/2016 04:57,?,29/2/2016 04:40,?,?,2 - High
INC0000045,Resolved,0,29/2/2016 11:29,Phone,29/2/2016 01:16,29/2/2016 11:29,Group 56,3 - Moderate
INC0000047,-100,2,1/3/2016 09:52,Phone,29/2/2016 04:40,?,Group 70,2 - High
INC0000048,Active,?,29/2/2016 05:00,Phone,?,?,Group 70,2 - High
INC0000049,Active,?,29/2/2017 05:00,Phone,29/2/2016 04:40,?,Group 70,2 - High
`)
	var got []string
	for _, r := range page.Records {
		b := r.Body.(*desk.Ticket)
		solved := "-"
		if !b.SolvedAt.IsZero() {
			solved = b.SolvedAt.Format("02T15:04")
		}
		got = append(got, fmt.Sprintf("%s.%d %s %s %s %s/%s/%s/%d", r.ID, r.Origin.Row, b.UpdatedAt.Format("02T15:04"), b.Status, solved, b.Team, b.Channel, b.Priority, b.Transfers.Value))
	}
	want := []string{
		"INC0000045.1 29T01:23 new - Group 56/phone/normal/0",
		"INC0000045.2 29T08:53 pending 29T11:29 Group 56/phone/normal/0",
		"INC0000047.3 29T04:57 open - //high/1",
		"INC0000045.4 29T11:29 solved 29T11:29 Group 56/phone/normal/0",
		"INC0000047.5 01T09:52 unknown - Group 70/phone/high/2",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	rejects := []string{
		"a.csv:7 missing_field: created_at: empty, and required for a ticket",
		"a.csv:8 bad_time: updated_at: a moment that does not exist, as 30 February, month 13, 24:00 or second 60; mend the export, or the order of day and month in time_format",
	}
	if diff := cmp.Diff(rejects, faults(page)); diff != "" {
		t.Error(diff)
	}
}

func TestTimesAsPeopleAndTheirProgramsWriteThem(t *testing.T) {
	const twelve = `time_format: ["1/2/2006 3:04 PM", "1/2/2006, 3:04:05 PM", "2/1/2006 3:04 pm", "2006/1/2 15:04:05", "2006年1月2日 15:04"]`
	for text, want := range map[string]string{
		// Midnight is 12 AM, noon 12 PM.
		"3/9/2026 12:00 AM": "2026-03-09T00:00:00Z", "3/9/2026 12:59 AM": "2026-03-09T00:59:00Z", "3/9/2026 1:00 AM": "2026-03-09T01:00:00Z",
		"3/9/2026 11:59 AM": "2026-03-09T11:59:00Z", "3/9/2026 12:00 PM": "2026-03-09T12:00:00Z", "3/9/2026 12:30 PM": "2026-03-09T12:30:00Z",
		"3/9/2026 11:59 PM": "2026-03-09T23:59:00Z",
		"3/9/2026 13:00 PM": "", "3/9/2026 12:60 PM": "", "3/9/2026 9:05": "", "3/9/2026 9:05 XM": "",
		"3/9/2026 9:05 am": "2026-03-09T09:05:00Z", "3/9/2026 9:05 Pm": "2026-03-09T21:05:00Z", "3/9/2026 9:05 p.m.": "2026-03-09T21:05:00Z",
		"3/9/2026 9:05 a. m.": "2026-03-09T09:05:00Z", "3/9/2026 9:05 μ.μ.": "2026-03-09T21:05:00Z", "3/9/2026 9:05 πμ": "2026-03-09T09:05:00Z",
		"3/9/2026, 9:05:06\u202fPM": "2026-03-09T21:05:06Z", // as browsers write it
		"31/1/2026 9:05 PM":         "2026-01-31T21:05:00Z", // by the third format
		"2/30/2026 9:05 AM":         "", "2026/2/29 00:00:00": "", "2026/3/1 25:00:00": "", "2026/3/1 23:59:60": "", "2026/3/1 23:60:00": "",
		"٢٠٢٦/٣/١ ١٠:٠٥:٠٦": "2026-03-01T10:05:06Z", "۲۰۲۶/۳/۱ ۱۰:۰۵:۰۶": "2026-03-01T10:05:06Z",
		"\u200f٣\u200f/٩\u200f/٢٠٢٦، ٩:٠٥:٠٦ PM": "2026-03-09T21:05:06Z",
		"２０２６／３／１　１０：０５：０６":                      "2026-03-01T10:05:06Z",
		"２０２６年３月１日 １０:０５":                        "2026-03-01T10:05:00Z",
	} {
		got, ok := clockOf(t, twelve).parse(text)
		if want == "" && ok {
			t.Errorf("%q gives %s, want none", text, got.at)
		}
		if want != "" && (!ok || !got.at.Equal(at(t, want))) {
			t.Errorf("%q gives %v %s, want %s", text, ok, got.at, want)
		}
	}
}

func TestNumbersAsPeopleAndTheirProgramsWriteThem(t *testing.T) {
	for _, test := range []struct{ text, point, comma string }{
		{"٣", "3", "3"},
		{"٣٫٥", "3.5", "3.5"},
		{"١٬٢٣٤٫٥", "1234.5", "1234.5"},
		{"۱۲۳۴", "1234", "1234"},
		{"３．５", "3.5", ""},
		{"３，５", "", "3.5"},
		{"−3", "-3", "-3"},
		{"1 234", "1234", "1234"},
		{"1\u00a0234,5", "", "1234.5"},
		{"1\u202f234\u202f567,5", "", "1.2345675e+06"},
		{"1 234.5", "1234.5", ""},
		{"-1 234", "-1234", "-1234"},
		{"12 34", "", ""},
		{"1234 567", "", ""},
		{"1 2345", "", ""},
		{"1 .23", "", ""},
		{"1 234 .5", "", ""},
		{"1 234.567 8", "", ""},
		{"1.234 567", "", ""},
		{"1234.567", "1234.567", ""}, // as thousands it would be 1.234.567
		{"87%", "", ""},
		{"٨٧٪", "", ""},
		{"1'234", "", ""},
		{"$5", "", ""},
		{"5 / 10", "", ""},
		{"½", "", ""},
		{"८", "", ""}, // a script that is not known
		{"", "", ""},
		{"-", "", ""},
		{"١e٣", "1000", "1000"},
	} {
		point, pointOK := parseNumber([]byte(test.text), false)
		comma, commaOK := parseNumber([]byte(test.text), true)
		if got := [2]string{formatted(point, pointOK), formatted(comma, commaOK)}; got != [2]string{test.point, test.comma} {
			t.Errorf("%q: got %q, want %q", test.text, got, [2]string{test.point, test.comma})
		}
	}
}

// inArabic writes a text with Arabic digits.
func inArabic(text string) string {
	return strings.Map(func(r rune) rune {
		if '0' <= r && r <= '9' {
			return r - '0' + '٠'
		}
		return r
	}, text)
}

// FuzzNumber checks that a number is one whatever its digits, and that point and
// comma are the same to it where each has its own meaning.
func FuzzNumber(f *testing.F) {
	for _, seed := range []string{"1234.5", "1 234.5", "1.234,5", "-1\u00a0234", "1e3", "٣٫٥", "87%", "1 .23", "+1", "1h 30m", "1:02:03.5", "1.5 hours"} {
		f.Add(seed)
	}
	swap := strings.NewReplacer(".", ",", ",", ".")
	f.Fuzz(func(t *testing.T, text string) {
		for _, comma := range []bool{false, true} {
			n, ok := parseNumber([]byte(text), comma)
			if math.IsNaN(n) || math.IsInf(n, 0) && ok {
				t.Errorf("%q is the number %v", text, n)
			}
			if m, okToo := parseNumber([]byte(inArabic(text)), comma); ok != okToo || n != m {
				t.Errorf("%q is %v %v, and in Arabic digits %v %v", text, n, ok, m, okToo)
			}
			d, ok := parseSpan([]byte(text), comma)
			if e, okToo := parseSpan([]byte(inArabic(text)), comma); ok != okToo || d != e {
				t.Errorf("%q takes %v %v, and in Arabic digits %v %v", text, d, ok, e, okToo)
			}
		}
		if n, ok := parseNumber([]byte(text), false); ok {
			if m, okToo := parseNumber([]byte(swap.Replace(text)), true); !okToo || n != m {
				t.Errorf("%q is %v, and with a decimal comma %v %v", text, n, m, okToo)
			}
		}
	})
}

func TestLengthsWithTheirUnits(t *testing.T) {
	for text, want := range map[string]string{
		"1.5h": "1h30m0s", "1.5 hours": "1h30m0s", "1h 30m": "1h30m0s", "1h30m15s": "1h30m15s", "2 Hrs 5 Min": "2h5m0s", "90 min": "1h30m0s", "45 sec": "45s", "0s": "0s",
		"٠١:٠٢:٠٣": "1h2m3s", "１：０２": "1m2s", "٩٠": "1m30s",
		"2d": "", "30m 1h": "", "1h 1h": "", "h": "", "1 h 30": "", "5 Std": "", "-5 min": "", "1:30 h": "", "1.5h%": "", "1e3s": "",
	} {
		got, ok := parseSpan([]byte(text), false)
		if text2 := formatted(got, ok); text2 != want {
			t.Errorf("%q: got %q, want %q", text, text2, want)
		}
	}
	if got, ok := parseSpan([]byte("1,5 h"), true); !ok || got != 90*time.Minute {
		t.Errorf("1,5 h with a decimal comma: got %v, %v", got, ok)
	}
}

// An export of a Greek spreadsheet: semicolons, decimal commas, its own code page,
// thousands parted by points and by spaces that do not break.
func TestASpreadsheetOfAnotherCountry(t *testing.T) {
	text := encoded(t, "Κωδικός;Ημερομηνία;Βαθμός;Ομάδα\r\n"+
		"1;1/3/2026 9:05 μμ;4,5;Αθήνα\r\n"+
		"2;1/3/2026 12:00 πμ;1.234,5;Πάτρα\r\n"+
		"3;1/3/2026 12:00 μμ;1\u00a0234,5;\"Α;Β\"\r\n"+
		"4;1/3/2026 12:00 μμ;4.5;Βόλος\r\n", charmap.Windows1253.NewEncoder().String)
	page := translated(t, `
record: survey
delimiter: ";"
encoding: windows-1253
decimal_comma: true
time_format: 2/1/2006 3:04 PM
timezone: Europe/Athens
columns: {id: Κωδικός, responded_at: Ημερομηνία, score: Βαθμός, team: Ομάδα}
`, text)
	var got []string
	for _, r := range page.Records {
		b := r.Body.(*desk.Survey)
		got = append(got, fmt.Sprintf("%s %s %v %s", r.ID, b.RespondedAt.Format("2T15:04"), b.Score.Value, b.Team))
	}
	// Athens is two hours ahead of UTC on the first of March.
	want := []string{"1 1T19:05 4.5 Αθήνα", "2 28T22:00 1234.5 Πάτρα", "3 1T10:00 1234.5 Α;Β"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if len(page.Rejects) != 1 || page.Rejects[0].Where != "a.csv:5" || page.Rejects[0].Reason != desk.ReasonBadNumber {
		t.Errorf("got %v, want the point that is no decimal one rejected", faults(page))
	}
}

func TestBytesThatAreNoText(t *testing.T) {
	const config = "record: ticket\ncolumns: {id: id, created_at: created, status: status, team: team, attr.plan: plan}\n"
	const head, tail = "id,created,status,team,plan,note\n", ",2026-03-01 10:00:00,open,"
	for name, test := range map[string]struct{ config, text, teams, rejects string }{
		"invalid utf-8":     {"", head + "1" + tail + "caf\xe9,,\n2" + tail + "b,,\n", "1 caf\uFFFD,2 b", ""},
		"windows-1252":      {"encoding: windows-1252\n", head + "1" + tail + "caf\xe9 \x80,,\n", "1 café €", ""},
		"NUL in a team":     {"", head + "1" + tail + "a\x00b,,\n2" + tail + "b,,\n", "2 b", "a.csv:2 malformed: team: a NUL byte; mend the export, or see encoding"},
		"NUL in a field":    {"", head + "1" + tail + "a,p\x00,\n2" + tail + "b,,\n", "2 b", "a.csv:2 malformed: attr.plan: a NUL byte; mend the export, or see encoding"},
		"NUL in an id":      {"", head + "1\x00" + tail + "a,,\n2" + tail + "b,,\n", "2 b", "a.csv:2 malformed: id: a NUL byte; mend the export, or see encoding"},
		"NUL in a word":     {"", head + "1,2026-03-01 10:00:00,op\x00en,a,,\n2" + tail + "b,,\n", "2 b", "a.csv:2 unknown_value: status: a word that is not known; map it under values.status to one of new, open, pending, on_hold, solved, closed, deleted, spam, merged, test"},
		"NUL in no field":   {"", head + "1" + tail + "a,,\x00\n2" + tail + "b,,\n", "1 a,2 b", ""},
		"a hole at the end": {"", head + "1" + tail + "a,,\n" + strings.Repeat("\x00", 5000), "1 a", "a.csv:3 malformed: 1 columns where the header has 6; mend the row, often a delimiter or a line break that is not in quotes"},
	} {
		t.Run(name, func(t *testing.T) {
			page := translated(t, config+test.config, test.text)
			var teams []string
			for _, r := range page.Records {
				teams = append(teams, r.ID+" "+r.Body.(*desk.Ticket).Team)
			}
			if diff := cmp.Diff(test.teams, strings.Join(teams, ",")); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(test.rejects, strings.Join(faults(page), ",")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTwoSourcesReadOneFileEachInItsWay(t *testing.T) {
	const text = "id,created,closed,rating\n1,2026-03-01 10:00:00,2026-03-02 10:00:00,4\n2,2026-03-01 11:00:00,,\n3,2026-03-01 12:00:00,2026-03-03 10:00:00,?\n"
	tickets := newDesktop(t, "directory: .\nrecord: ticket\ncolumns: {id: id, created_at: created, closed_at: closed}\n")
	ratings := newDesktop(t, "directory: .\nrecord: survey\ncolumns: {id: id, ticket: id, responded_at: closed, score: rating}\n")
	ratings.dir = tickets.dir
	ratings.restart()
	tickets.drop("a.csv", text, hourAgo())
	for range 2 {
		expect(t, tickets, []string{"1", "2", "3"})
		expect(t, ratings, []string{"1", "2"}, "a.csv:4 bad_number: score: not a number; mend the cell, list it under null_values, or see decimal_comma and values.score")
		tickets.drop("b.csv", text, hourAgo()) // the same again, under another name
		tickets.cursor, ratings.cursor = nil, nil
		if err := os.Remove(filepath.Join(tickets.dir, "a.csv")); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(filepath.Join(tickets.dir, "b.csv"), filepath.Join(tickets.dir, "a.csv")); err != nil {
			t.Fatal(err)
		}
	}
}

// What only looks like a drop costs a reject at most, and nobody waits for a pipe
// that no one writes to.
func TestWhatIsNoFileDoesNotStopTheOthers(t *testing.T) {
	d := newDesktop(t, ticketsYAML)
	d.drop("good.csv", goodText, hourAgo())
	path := func(name string) string { return filepath.Join(d.dir, name) }
	for _, err := range []error{
		os.Mkdir(path("folder.csv"), 0o700),
		syscall.Mkfifo(path("pipe.csv"), 0o600),
		os.Symlink(path("nowhere"), path("dangling.csv")),
		os.Symlink(path("good.csv"), path("link.csv")),
		os.Symlink("/dev/zero", path("zero.csv")),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	expect(t, d, []string{"1", "2", "1", "2"},
		"dangling.csv bad_file: a link to a file that is not there; bring that back, or remove the link",
		"pipe.csv bad_file: no regular file; correct files or pattern",
		"zero.csv bad_file: no regular file; correct files or pattern")
	expect(t, d, []string{})
	// A link whose file comes back is read.
	d.drop("nowhere", ticketsHead+"3,2026-03-01 10:00:00,new,A\n", hourAgo())
	expect(t, d, []string{"3"})
}

// Between the listing of a directory and the reading of its files, anything may
// happen to them.
func TestADropThatIsAnotherThingByTheTimeItIsRead(t *testing.T) {
	for name, test := range map[string]struct {
		happen func(path string) error
		want   string
	}{
		"gone":                  {os.Remove, ""},
		"a pipe now":            {func(path string) error { return replace(path, func() error { return syscall.Mkfifo(path, 0o600) }) }, errNotRegular.Error()},
		"a directory":           {func(path string) error { return replace(path, func() error { return os.Mkdir(path, 0o700) }) }, errNotRegular.Error()},
		"its directory is gone": {func(path string) error { return os.RemoveAll(filepath.Dir(path)) }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesktop(t, strings.Replace(ticketsYAML, "directory: .", "directory: drops", 1))
			if err := os.Mkdir(filepath.Join(d.dir, "drops"), 0o700); err != nil {
				t.Fatal(err)
			}
			d.drop("drops/a.csv", goodText, hourAgo())
			s := d.source.(*Source)
			if err := s.goOn(nil); err != nil {
				t.Fatal(err)
			}
			listed := s.list([]string{"a.csv"})
			if err := test.happen(listed[0].path); err != nil {
				t.Fatal(err)
			}
			f, p := newFile(), &page{rows: 10, bytes: 1000}
			err := s.visit(t.Context(), listed[0], f, p, noon)
			if err == nil && test.want != "" || err != nil && err.Error() != test.want {
				t.Errorf("got %v, want %q", err, test.want)
			}
			if f.Done || f.Offset != 0 || len(p.records) > 0 {
				t.Errorf("nothing was read, got %+v, %d records", f, len(p.records))
			}
		})
	}
}

// replace removes a file and makes something in its place.
func replace(path string, remake func() error) error {
	if err := os.Remove(path); err != nil {
		return err
	}
	return remake()
}

// A page ends in the midst of a file that changes before the next one.
func TestAFileThatChangesWhileItIsRead(t *testing.T) {
	for name, test := range map[string]struct {
		text string
		want []string // behind the first row of the old one
	}{
		"appended to": {listing("1", "2", "3", "4"), []string{"2", "3", "4"}},
		"replaced":    {listing("5", "6", "7"), []string{"5", "6", "7"}},
		"cut short":   {listing("1"), []string{}},
		"emptied":     {"", []string{}},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesktop(t, ticketsYAML)
			d.page = 1
			d.restart()
			d.drop("a.csv", listing("1", "2", "3"), hourAgo())
			first, err := d.source.Fetch(t.Context(), nil, noon)
			if err != nil || len(first.Records) != 1 {
				t.Fatal(err, ids(first))
			}
			d.cursor = first.Cursor
			d.drop("a.csv", test.text, hourAgo().Add(time.Minute))
			expect(t, d, test.want)
			expect(t, d, []string{})
		})
	}
}
