package csv

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/sources"
)

func TestValidateReportsEveryMistakeAtOnceWithItsRemedy(t *testing.T) {
	c := configured(t, `
directory: drops
files: [a.csv]
record: ticket
columns: {id: "=1", colour: Colour, attr.a-b: X, attr.Plan: X, attr.1st: X, attr.plan_2: X, status: "=done", team: [" "]}
values:
  status: {Fertig: done}
  team: {A: B}
  priority: {P1: urgent}
  created_at: {none: ""}
  colour: {red: blue}
delimiter: ";;"
encoding: klingon
time_format: [YYYY-MM-DD, "2006-01-02 03:04"]
timezone: Atlantis
zones: {CET: "1 hour"}
after: burn
as_of: later
`)
	err := c.Validate()
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{
		`files: not together with directory; keep one of them`,
		`columns.created_at: required for record "ticket"; name the header that holds it`,
		`columns.id: a constant cannot tell records apart; name a header`,
		`columns.colour: a ticket has no such field; possible are id, created_at, acknowledged_at`,
		`columns.attr.a-b: "a-b" is no name for a label; write attr. and then small letters, digits and _, a letter first, as attr.plan`,
		`columns.attr.Plan: "Plan" is no name for a label`,
		`columns.attr.1st: "1st" is no name for a label`,
		`columns.status: "done" is unknown; write one of new, open, pending, on_hold, solved, closed, deleted, spam, merged, test`,
		`columns.team: a header is empty; name a header of the file, or write "=value" for a constant`,
		`values.status.Fertig: "done" is unknown; write one of new, open`,
		`values.priority: no column is mapped to priority; add columns.priority`,
		`values.created_at: an id or a time has no words to map`,
		`values.colour: a ticket has no such field; possible are id`,
		`delimiter: ";;" is no delimiter`,
		`encoding: "klingon" is unknown`,
		`time_format: "YYYY-MM-DD" is no Go layout of a date`,
		`time_format: "2006-01-02 03:04" does not tell morning from afternoon`,
		`timezone: "Atlantis" is unknown; write an IANA name such as Europe/Athens, or UTC`,
		`zones.CET: "1 hour" is neither an offset such as +02:00 nor an IANA zone`,
		`after: "burn" is unknown; write keep, archive or delete`,
		`as_of: "later" is unknown; write newest or now`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("missing: %s", want)
		}
	}
	if strings.Contains(err.Error(), "attr.plan_2") {
		t.Error("plan_2 is a good name")
	}
	if t.Failed() {
		t.Log(err)
	}
}

func TestValidateNamesWhatIsMissingAltogether(t *testing.T) {
	err := NewConfig().Validate()
	want := "directory: required; name the directory of the drops, or list single files under files\n" +
		"record: \"\" is unknown; write one of ticket, call, survey, message, review, customer, purchase, feedback, article, " +
		"article_view, session, outreach, referral, enrolment, staffing, cost"
	if err == nil || err.Error() != want {
		t.Errorf("got %v\nwant %s", err, want)
	}
}

func TestValidateRefusesWhatCannotBe(t *testing.T) {
	base := "record: survey\ncolumns: {score: nps}\n"
	for name, test := range map[string]struct{ yaml, want string }{
		"pattern with files":     {"files: [a.csv]\npattern: '*.csv'\n", "pattern: needs directory"},
		"pattern with a path":    {"directory: d\npattern: '*/*.csv'\n", "pattern: \"*/*.csv\" is no pattern of file names"},
		"broken pattern":         {"directory: d\npattern: '[a'\n", "pattern: \"[a\" is no pattern"},
		"file listed twice":      {"files: [a.csv, a.csv]\n", "files: \"a.csv\" is empty or listed twice"},
		"the machine's own zone": {"directory: d\ntimezone: Local\n", "timezone: no zone; write an IANA name"},
		"replay that archives":   {"directory: d\nshift_to_now: true\nafter: archive\n", "after: archive is not possible with shift_to_now"},
		"no time format":         {"directory: d\ntime_format: []\n", "time_format: empty"},
		"value that is no number": {
			"directory: d\nvalues: {score: {great: much}}\n",
			"values.score.great: \"much\": score: not a number",
		},
	} {
		t.Run(name, func(t *testing.T) {
			err := configured(t, base+test.yaml).Validate()
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v\nwant %s", err, test.want)
			}
		})
	}
}

func TestYAMLIsStrictAndKeepsDefaults(t *testing.T) {
	c := configured(t, `
name: tickets
poll_interval: 30s
directory: drops
record: ticket
columns: {id: Nr, created_at: [Date, Time], team: "=support"}
time_format: "02.01.2006 15:04"
`)
	if err := c.Validate(); err != nil {
		t.Fatal(err)
	}
	want := map[string]Strings{"id": {"Nr"}, "created_at": {"Date", "Time"}, "team": {"=support"}}
	if diff := cmp.Diff(want, c.Columns); diff != "" {
		t.Error(diff)
	}
	if c.Shared().Name != "tickets" || c.After != "keep" || c.Delimiter != "," || c.Shared().History != "" {
		t.Errorf("got %+v", c)
	}
	if diff := cmp.Diff([]desk.Kind{desk.KindTicket}, c.Feeds()); diff != "" {
		t.Error(diff)
	}
	for _, wrong := range []string{"colums: {}", "columns: {id: {a: b}}", "files: a.csv"} {
		dec := yaml.NewDecoder(strings.NewReader(wrong))
		dec.KnownFields(true)
		if err := dec.Decode(NewConfig()); err == nil {
			t.Errorf("%s: no error", wrong)
		}
	}
}

func TestNoSettleSurvivesYAML(t *testing.T) {
	text, err := yaml.Marshal(configured(t, ticketsYAML+"settle: 0s\n"))
	if err != nil {
		t.Fatal(err)
	}
	if got := configured(t, string(text)).Settle; got != 0 {
		t.Errorf("got %s, want 0s; written was\n%s", got, text)
	}
}

func TestNewReadsNothing(t *testing.T) {
	c := configured(t, "directory: "+filepath.Join(t.TempDir(), "not", "there")+"\nrecord: survey\ncolumns: {score: nps}\n")
	if _, err := c.New(sources.Options{}); err != nil {
		t.Errorf("a directory that is not there yet: %v", err)
	}
	c.Record = "letter"
	if _, err := c.New(sources.Options{}); err == nil {
		t.Error("an invalid configuration gives a source")
	}
}

func TestMappedBusinessTimesAreTold(t *testing.T) {
	for _, test := range []struct {
		columns string
		told    desk.BusinessTimes
	}{
		{"id: Id", 0},
		{"first_response_business_seconds: A", desk.BusinessFirstResponse},
		{"resolution_business_seconds: A, requester_wait_seconds: B", desk.BusinessResolution},
		{"requester_wait_business_seconds: A, first_response_at: B", desk.BusinessRequesterWait},
		{
			"requester_wait_business_seconds: A, first_response_business_seconds: B, resolution_business_seconds: C",
			desk.BusinessFirstResponse | desk.BusinessResolution | desk.BusinessRequesterWait,
		},
	} {
		c := configured(t, "record: ticket\ncolumns: {"+test.columns+"}\n")
		if got := c.BusinessTimes(); got != test.told {
			t.Errorf("%s: %b is told, want %b", test.columns, got, test.told)
		}
	}
}
