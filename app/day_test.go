package app

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	dto "github.com/prometheus/client_model/go"
)

// whatHappens is a day in the life of a desk: when, to which ticket, what. Its
// office is open from 09:00 to 17:00; tickets of high priority are worked on
// around the clock.
const whatHappens = `
mon 07:00 forgotten opens high
mon 08:00 early     opens low
mon 08:10 early     is answered
mon 08:50 patient   opens normal
mon 09:00 prompt    opens high
mon 09:05 late      opens high
mon 09:15 narrow    opens normal
mon 09:15 narrow    first_response_due mon 10:00:30
mon 09:15 narrow    resolution_due mon 15:00
mon 09:20 prompt    is answered
mon 09:30 patient   is answered
mon 09:40 prompt    becomes solved
mon 09:50 late      is answered
mon 10:00:20 narrow is answered
mon 10:10 patient   becomes pending
mon 10:20 narrow    becomes solved
mon 10:30 raised    opens low
mon 10:35 relapse   opens normal
mon 10:40 relapse   is answered
mon 10:50 raised    priority high
mon 11:00 patient   is asked
mon 11:00 patient   becomes open
mon 11:10 relapse   becomes solved
mon 11:20 raised    is answered
mon 11:30 relapse   becomes open
mon 11:45 patient   is answered
mon 11:50 unseen    opens high
mon 11:55 quiet     opens high
mon 12:05 missed    opens high
mon 12:10 quiet     is answered
mon 12:30 late      becomes solved
mon 13:05 missed    is answered
mon 13:06 missed    becomes solved
mon 13:10 outage    opens high
mon 13:20 rescued   opens high
mon 13:45 rescued   is answered
mon 14:00 raised    becomes solved
mon 14:15 advert    opens high
mon 14:18 advert    becomes spam
mon 14:20 outage    is answered
mon 15:54 quiet     becomes solved
mon 17:00 early     becomes solved
mon 17:05 outage    becomes solved
mon 17:05 rescued   becomes solved
tue 11:00 relapse   becomes solved
`

const slaConfig = `
global: {labels: [priority], rollups: [[priority]], windows: [2d], poll_interval: 1m}
calendars:
  - {name: office, timezone: UTC, hours: [{days: [mon, tue, wed, thu, fri], from: "09:00", to: "17:00"}]}
sla_policies:
  - name: express
    match: {priority: [high]}
    targets: {first_response: 30m, resolution: 4h}
    pause_on: [pending]
    rematch_on: [priority]
    objective: 0.8
  - name: standard
    calendar: office
    targets: {first_response: 2h, next_response: 1h, resolution: 8h}
    pause_on: [pending]
    rematch_on: [priority]
    objective: 0.9
sla_objectives: {source: 0.9}
sources:
  - {name: diary, desk: acme, type: diary, stale_after: 15m}
`

// chapter is a moment of the day. The rows are those that have changed since
// the chapter before; all others must be as they were. A dash stands for what
// is not shown. Times are those after the poll of that minute.
type chapter struct {
	at, what string
	do       func(*day)
	rows     string
}

// Their columns: the policy, the target, the priority; the counters of met and
// breached; the same two in the window, the attainment and what is left of the
// error budget; pending; at risk within 15m, 1h, 4h; overdue; the next due time.
var chapters = []chapter{
	{at: "mon 08:30", what: "the exporter starts: what it finds is history, in the windows and not in the counters", do: (*day).start, rows: `
		express  first_response high    0 0   0 1 0 -4   0   0 0 0   1   -
		express  resolution     high    0 0   0 0 - -    1   0 0 1   0   mon 11:00
		standard first_response low     0 0   1 0 1 1    0   0 0 0   0   -
		standard resolution     low     0 0   0 0 - -    1   0 0 0   0   mon 17:00`},

	{at: "mon 09:16", what: "four tickets come, narrow with the desk's own due times; patient came before the office opened, and its clock runs from 09:00 on", rows: `
		express  first_response high    0 0   0 1 0 -4   2   1 2 2   1   mon 09:30
		express  resolution     high    0 0   0 0 - -    3   0 0 3   0   mon 11:00
		standard first_response normal  0 0   0 0 - -    1   0 0 1   0   mon 11:00
		standard resolution     normal  0 0   0 0 - -    1   0 0 0   0   mon 17:00
		source   first_response normal  0 0   0 0 - -    1   0 1 1   0   mon 10:00:30
		source   resolution     normal  0 0   0 0 - -    1   0 0 0   0   mon 15:00`},

	{at: "mon 09:20", what: "prompt is answered in time", rows: `
		express  first_response high    1 0   1 1 0.5 -1.5   1   1 1 1   1   mon 09:35`},

	{at: "mon 09:35", what: "the poll at late's due time counts the breach; patient was answered in time", rows: `
		express  first_response high    1 1   1 2 0.3333 -2.3333   0   1 1 1   1   mon 09:35
		standard first_response normal  1 0   1 0 1 1   0   0 0 0   0   -`},

	{at: "mon 09:36", what: "a minute later late is overdue", rows: `
		express  first_response high    1 1   1 2 0.3333 -2.3333   0   0 0 0   2   -`},

	{at: "mon 09:50", what: "late is answered after all: it does not count twice; prompt was solved in time", rows: `
		express  first_response high    1 1   1 2 0.3333 -2.3333   0   0 0 0   1   -
		express  resolution     high    1 0   1 0 1 1   2   0 0 2   0   mon 11:00
		source   first_response normal  0 0   0 0 - -   1   1 1 1   0   mon 10:00:30`},

	{at: "mon 09:57:30", what: "from here on the desk tells what happened until 90 s ago", do: func(d *day) { d.diary.setLag(90 * time.Second) }},

	{at: "mon 10:01", what: "narrow was answered at 10:00:20, 10 s before due, and nobody knows: overdue by the clock, counted by nobody", rows: `
		express  resolution     high    1 0   1 0 1 1   2   0 1 2   0   mon 11:00
		source   first_response normal  0 0   0 0 - -   1   0 0 0   1   -`},

	{at: "mon 10:02", what: "now, 90 s after due, its source is known up to the due time, and the answer with it", rows: `
		source   first_response normal  1 0   1 0 1 1   0   0 0 0   0   -`},

	{at: "mon 10:05", what: "the desk is up to date again", do: func(d *day) { d.diary.setLag(0) }},

	{at: "mon 10:20", what: "patient is pending: its clock stands and it is due at no time; narrow is solved in time", rows: `
		standard resolution     normal  0 0   - - - -   1   0 0 0   0   -
		source   resolution     normal  1 0   1 0 1 1   0   0 0 0   0   -`},

	{at: "mon 10:45", what: "raised comes with a low priority; relapse is answered at once", rows: `
		standard first_response low     0 0   1 0 1 1   1   0 0 1   0   mon 12:30
		standard resolution     low     0 0   0 0 - -   2   0 0 0   0   mon 17:00
		standard first_response normal  2 0   2 0 1 1   0   0 0 0   0   -
		standard resolution     normal  0 0   0 0 - -   2   0 0 0   0   tue 10:35
		express  resolution     high    1 0   1 0 1 1   2   1 1 2   0   mon 11:00`},

	{at: "mon 10:50", what: "raised becomes high: 30m and 4h from its creation at 10:30", rows: `
		standard first_response low     0 0   1 0 1 1   0   0 0 0   0   -
		standard resolution     low     0 0   0 0 - -   1   0 0 0   0   mon 17:00
		express  first_response high    1 1   1 2 0.3333 -2.3333   1   1 1 1   1   mon 11:00
		express  resolution     high    1 0   1 0 1 1   3   1 1 3   0   mon 11:00`},

	{at: "mon 11:01", what: "no answer to raised and no end of forgotten; patient's customer is back: 70 of 480 minutes had run, 410 are left, and an answer is due in 60", rows: `
		express  first_response high    1 2   1 3 0.25 -2.75   0   0 0 0   2   -
		express  resolution     high    1 1   1 1 0.5 -1.5   2   0 0 2   1   mon 13:05
		standard next_response  normal  0 0   0 0 - -   1   0 1 1   0   mon 12:00
		standard resolution     normal  0 0   0 0 - -   2   0 0 0   0   tue 09:50`},

	{at: "mon 11:25", what: "raised is answered late; relapse was solved in time", rows: `
		express  first_response high    1 2   1 3 0.25 -2.75   0   0 0 0   1   -
		standard resolution     normal  1 0   1 0 1 1   1   0 0 0   0   tue 09:50`},

	{at: "mon 11:30", what: "relapse is open again, with eight new hours until tue 11:30", rows: `
		standard resolution     normal  1 0   1 0 1 1   2   0 0 0   0   tue 09:50`},

	{at: "mon 11:59", what: "patient has its next answer; unseen and quiet come, due at 12:20 and 12:25", rows: `
		standard next_response  normal  1 0   1 0 1 1   0   0 0 0   0   -
		express  first_response high    1 2   1 3 0.25 -2.75   2   0 2 2   1   mon 12:20
		express  resolution     high    1 1   1 1 0.5 -1.5   4   0 0 4   1   mon 13:05`},

	{at: "mon 11:59:30", what: "the exporter goes down", do: (*day).stop},

	{at: "mon 13:00", what: "up again: quiet was answered and late solved in time meanwhile, unseen was not, nor was missed, of which nobody knew", do: (*day).start, rows: `
		express  first_response high    2 4   2 5 0.2857 -2.5714   0   0 0 0   3   -
		express  resolution     high    2 1   2 1 0.6667 -0.6667   4   0 0 4   1   mon 14:30
		standard resolution     low     0 0   0 0 - -   1   0 0 1   0   mon 17:00`},

	{at: "mon 13:25", what: "missed was answered late and solved; outage and rescued come, due at 13:40 and 13:50", rows: `
		express  first_response high    2 4   2 5 0.2857 -2.5714   2   1 2 2   2   mon 13:40
		express  resolution     high    3 1   3 1 0.75 -0.25   5   0 0 5   1   mon 14:30`},

	{at: "mon 13:29:30", what: "the desk goes down", do: func(d *day) { d.diary.setDown(true) }},

	{at: "mon 13:42", what: "outage is overdue by the clock; whether it was answered nobody knows", rows: `
		express  first_response high    2 4   2 5 0.2857 -2.5714   2   1 1 1   3   mon 13:50
		express  resolution     high    3 1   3 1 0.75 -0.25   5   0 1 5   1   mon 14:30`},

	{at: "mon 13:45", what: "after a quarter of an hour without news the gauges go, the counters stay", rows: `
		express  first_response high    2 4   - - - -   -   - - -   -   -
		express  resolution     high    3 1   - - - -   -   - - -   -   -
		standard first_response low     0 0   - - - -   -   - - -   -   -
		standard resolution     low     0 0   - - - -   -   - - -   -   -
		standard first_response normal  2 0   - - - -   -   - - -   -   -
		standard next_response  normal  1 0   - - - -   -   - - -   -   -
		standard resolution     normal  1 0   - - - -   -   - - -   -   -
		source   first_response normal  1 0   - - - -   -   - - -   -   -
		source   resolution     normal  1 0   - - - -   -   - - -   -   -`},

	{at: "mon 14:10", what: "the desk is up again, and not polled yet", do: func(d *day) { d.diary.setDown(false) }},

	{at: "mon 14:12", what: "rescued was answered and raised solved in time, outage was not answered", rows: `
		express  first_response high    3 5   3 6 0.3333 -2.3333   0   0 0 0   3   -
		express  resolution     high    4 1   4 1 0.8 0   4   0 0 4   1   mon 15:50
		standard first_response low     0 0   1 0 1 1   0   0 0 0   0   -
		standard resolution     low     0 0   0 0 - -   1   0 0 1   0   mon 17:00
		standard first_response normal  2 0   2 0 1 1   0   0 0 0   0   -
		standard next_response  normal  1 0   1 0 1 1   0   0 0 0   0   -
		standard resolution     normal  1 0   1 0 1 1   2   0 0 0   0   tue 09:50
		source   first_response normal  1 0   1 0 1 1   0   0 0 0   0   -
		source   resolution     normal  1 0   1 0 1 1   0   0 0 0   0   -`},

	{at: "mon 14:16", what: "advert comes", rows: `
		express  first_response high    3 5   3 6 0.3333 -2.3333   1   0 1 1   3   mon 14:45
		express  resolution     high    4 1   4 1 0.8 0   5   0 0 5   1   mon 15:50`},

	{at: "mon 14:18", what: "advert is spam: nobody was promised anything", rows: `
		express  first_response high    3 5   3 6 0.3333 -2.3333   0   0 0 0   3   -
		express  resolution     high    4 1   4 1 0.8 0   4   0 0 4   1   mon 15:50`},

	{at: "mon 14:20", what: "outage is answered late", rows: `
		express  first_response high    3 5   3 6 0.3333 -2.3333   0   0 0 0   2   -`},

	{at: "mon 15:00", what: "the exporter goes down, and its state is lost", do: func(d *day) { d.stop(); d.storage = d.t.TempDir() }},

	{at: "mon 15:05", what: "up again: the windows tell the same, the counters begin at 0 and do not jump", do: (*day).start, rows: `
		express  first_response high    0 0   3 6 0.3333 -2.3333   0   0 0 0   2   -
		express  resolution     high    0 0   4 1 0.8 0   4   0 2 4   1   mon 15:50
		standard first_response normal  0 0   2 0 1 1   0   0 0 0   0   -
		standard next_response  normal  0 0   1 0 1 1   0   0 0 0   0   -
		standard resolution     normal  0 0   1 0 1 1   2   0 0 0   0   tue 09:50
		source   first_response normal  0 0   1 0 1 1   0   0 0 0   0   -
		source   resolution     normal  0 0   1 0 1 1   0   0 0 0   0   -`},

	{at: "mon 15:51", what: "no end of unseen: the first breach that the new counters know", rows: `
		express  resolution     high    0 1   4 2 0.6667 -0.6667   3   1 1 3   2   mon 15:55`},

	{at: "mon 15:56", what: "quiet was solved a minute before due", rows: `
		express  resolution     high    1 1   5 2 0.7143 -0.4286   2   0 0 2   2   mon 17:10`},

	{at: "mon 17:00", what: "early is solved at the very instant it is due, and that is in time", rows: `
		express  resolution     high    1 1   5 2 0.7143 -0.4286   2   1 2 2   2   mon 17:10
		standard resolution     low     1 0   1 0 1 1   0   0 0 0   0   -`},

	{at: "mon 17:06", what: "outage and rescued are solved, with minutes to spare", rows: `
		express  resolution     high    3 1   7 2 0.7778 -0.1111   0   0 0 0   2   -`},

	{at: "tue 08:00", what: "the office was closed all night: what is left of its hours is due within four of the clock", rows: `
		standard resolution     normal  0 0   1 0 1 1   2   0 0 2   0   tue 09:50`},

	{at: "tue 10:01", what: "no end of patient", rows: `
		standard resolution     normal  0 1   1 1 0.5 -4   1   0 0 1   1   tue 11:30`},

	{at: "tue 11:00", what: "relapse is solved for good, half an hour before due", rows: `
		standard resolution     normal  1 1   2 1 0.6667 -2.3333   0   0 0 0   1   -`},

	{at: "tue 11:05", what: "the exporter starts anew, and nothing changes", do: func(d *day) { d.stop(); d.start() }},
}

// settled are the figures that the configuration alone makes.
const settled = `
	express  objective 0.8
	standard objective 0.9
	source   objective 0.9
	express  first_response target 1800
	express  resolution target 14400
	standard first_response target 7200
	standard next_response target 3600
	standard resolution target 28800`

func TestADayInTheLifeOfADeskUnderSLA(t *testing.T) {
	for name, before := range map[string]func(*day){
		"in peace":                             func(*day) {},
		"with a restart before each chapter":   func(d *day) { d.stop(); d.start() },
		"with new figures before each chapter": (*day).reload,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := &day{t: t, storage: t.TempDir(), config: filepath.Join(t.TempDir(), "config.yml"), diary: newDiary(t, whatHappens)}
				t.Cleanup(d.stop)
				write(t, d.config, slaConfig)
				d.live(before)
			})
		})
	}
}

// live goes through the chapters, with something more before each of them.
func (d *day) live(before func(*day)) {
	d.t.Helper()
	want := rowsOf(d.t, settled)
	for _, c := range chapters {
		time.Sleep(time.Until(timeOf(d.t, c.at))) // of the bubble
		synctest.Wait()
		if d.App != nil {
			before(d)
			synctest.Wait()
		}
		if c.do != nil {
			c.do(d)
		}
		synctest.Wait()
		maps.Copy(want, rowsOf(d.t, c.rows))
		if d.App != nil {
			d.compare(c, want)
		}
	}
}

// day is an exporter that goes and comes, and the desk that it reads.
type day struct {
	*App    // nil: it is down
	t       *testing.T
	config  string
	storage string
	diary   *diary
	reloads int
	end     func() error
}

func (d *day) start() {
	d.t.Helper()
	app, err := New(Options{
		ConfigFile: d.config, StoragePath: d.storage, TelemetryPath: "/metrics",
		Logger: slog.New(slog.DiscardHandler), Types: d.diary.types(),
	}, time.Now())
	if err != nil {
		d.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(d.t.Context())
	served, ended := make(chan error), make(chan error)
	go func() { ended <- app.run(ctx, served) }()
	d.App, d.end = app, func() error {
		cancel()
		served <- nil
		return <-ended
	}
}

func (d *day) stop() {
	if d.App == nil {
		return
	}
	if err := d.end(); err != nil {
		d.t.Error(err)
	}
	d.App = nil
}

// reload has the figures built anew, as another configuration would.
func (d *day) reload() {
	d.t.Helper()
	d.reloads++
	write(d.t, d.config, fmt.Sprintf("%sbuckets: {contacts: [%d]}\n", slaConfig, d.reloads))
	answer := make(chan error)
	d.App.reloads <- answer
	if err := <-answer; err != nil {
		d.t.Fatal(err)
	}
}

// compare holds all that is shown of SLAs against the rows, and ends the test
// where they differ.
func (d *day) compare(c chapter, want map[string]string) {
	d.t.Helper()
	families, err := d.Gather()
	if err != nil {
		d.t.Fatal(err)
	}
	got := map[string][]string{}
	for _, f := range families {
		if name, ok := strings.CutPrefix(f.GetName(), "helpdesk_sla_"); ok {
			for _, m := range f.Metric {
				d.place(got, name, m)
			}
		}
	}
	names := map[string]bool{}
	for row := range want {
		names[row] = true
	}
	for row := range got {
		names[row] = true
	}
	for _, row := range slices.Sorted(maps.Keys(names)) {
		if cells := strings.Join(got[row], " "); cells != want[row] {
			d.t.Errorf("%s, %s:\n%s is %s\n%*s", c.at, c.what, row, cells, len(row)+len(" is ")+len(want[row]), want[row])
		}
	}
	if d.t.Failed() {
		d.t.FailNow()
	}
}

// columns are the places of the series in a row, by what tells them apart.
var columns = map[string]int{
	"outcomes_total met": 0, "outcomes_total breached": 1,
	"outcomes_in_window met": 2, "outcomes_in_window breached": 3, "attainment_ratio": 4, "error_budget_remaining_ratio": 5,
	"pending": 6, "at_risk 15m": 7, "at_risk 1h": 8, "at_risk 4h": 9, "overdue": 10, "next_due_timestamp_seconds": 11,
}

// place puts what a series shows into its row.
func (d *day) place(rows map[string][]string, family string, m *dto.Metric) {
	d.t.Helper()
	labels := map[string]string{}
	for _, l := range m.Label {
		labels[l.GetName()] = l.GetValue()
	}
	value := m.GetGauge().GetValue() + m.GetCounter().GetValue()
	row := strings.TrimSpace(labels["policy"] + " " + labels["target"])
	switch family {
	case "objective_ratio":
		rows[row] = []string{"objective", number(value)}
		return
	case "target_seconds":
		rows[row] = []string{"target", number(value)}
		return
	}
	column, ok := columns[strings.TrimSpace(family+" "+labels["outcome"]+labels["within"])]
	if !ok {
		d.t.Fatalf("%s has no column", seriesName(family, m.Label))
	}
	row += " " + labels["priority"]
	if rows[row] == nil {
		rows[row] = slices.Repeat([]string{"-"}, len(columns))
	}
	if rows[row][column] != "-" {
		d.t.Fatalf("%s shows twice", seriesName(family, m.Label))
	}
	rows[row][column] = number(value)
	if family == "next_due_timestamp_seconds" {
		rows[row][column] = clock(time.Unix(int64(value), 0).UTC())
	}
}

// number writes a figure with up to four decimals.
func number(f float64) string { return fmt.Sprint(math.Round(f*1e4) / 1e4) }

// rowsOf reads rows: what they are about, and what they show.
func rowsOf(t *testing.T, text string) map[string]string {
	t.Helper()
	rows := map[string]string{}
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		about := slices.IndexFunc(words, func(w string) bool { return !strings.Contains(rowWords, " "+w+" ") })
		if about > 0 {
			rows[strings.Join(words[:about], " ")] = strings.Join(words[about:], " ")
		}
	}
	return rows
}

// rowWords are those that say what a row is about.
const rowWords = " express standard source first_response next_response resolution high normal low "
