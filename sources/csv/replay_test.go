package csv

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/sources"
	"helpdesk_exporter/sources/sourcestest"
)

// The recording of most tests spans 8 hours, from 00:00 to 08:00, so at noon of
// the first fetch its clock shows 06:00.
const (
	replayYAML = `
directory: .
shift_to_now: true
record: ticket
columns: {id: id, created_at: c, first_response_at: r, solved_at: s, resolution_due_at: due, status: st, reopens: re}
`
	replayText = `id,c,r,s,due,st,re
1,2020-01-01 00:00:00,2020-01-01 01:00:00,2020-01-01 02:00:00,2020-01-01 09:00:00,solved,1
2,2020-01-01 05:00:00,2020-01-01 05:30:00,2020-01-01 07:00:00,2020-01-01 05:45:00,closed,2
3,2020-01-01 05:00:00,2020-01-01 06:30:00,2020-01-01 08:00:00,,solved,0
4,2020-01-01 06:30:00,,,,open,
5,2020-01-01 03:00:00,,,,pending,
`
)

// brief writes out a ticket by the hours of its times before and after noon.
func brief(r desk.Record) string {
	t := r.Body.(*desk.Ticket)
	hours := func(at time.Time) string {
		if at.IsZero() {
			return "-"
		}
		return fmt.Sprintf("%+.1f", at.Sub(noon).Hours())
	}
	return strings.Join([]string{
		r.ID, t.Status.String(), hours(t.CreatedAt), hours(t.FirstResponseAt), hours(t.SolvedAt),
		hours(t.ResolutionDueAt), hours(t.UpdatedAt), fmt.Sprint(t.Reopens.Set),
	}, " ")
}

func briefs(p desk.Page) []string {
	out := []string{}
	for _, r := range p.Records {
		out = append(out, brief(r))
	}
	return out
}

func TestReplayShowsTicketsAsTheyLookedAndThenPlaysOn(t *testing.T) {
	for _, rows := range []int{1, 2, 100} {
		d := newDesktop(t, replayYAML)
		d.drop("a.csv", replayText, hourAgo())
		for _, step := range []struct {
			until time.Time
			want  []string
		}{
			{noon, []string{
				"1 solved -6.0 -5.0 -4.0 +3.0 -4.0 true",
				"2 open -1.0 -0.5 - -0.2 -0.5 false",
				"3 new -1.0 - - - -1.0 false",
				"5 pending -3.0 - - - -3.0 false",
			}},
			{noon.Add(29 * time.Minute), []string{}},
			{noon.Add(30 * time.Minute), []string{"3 open -1.0 +0.5 - - +0.5 false", "4 open +0.5 - - - +0.5 false"}},
			{noon.Add(90 * time.Minute), []string{"2 closed -1.0 -0.5 +1.0 -0.2 +1.0 true"}},
			{noon.Add(2 * time.Hour), []string{"3 solved -1.0 +0.5 +2.0 - +2.0 true"}},
			{noon.Add(99 * time.Hour), []string{}},
		} {
			d.restart()
			d.source.(*replay).files.pageRows = rows
			page := d.fetch(step.until)
			if diff := cmp.Diff(step.want, briefs(page)); diff != "" {
				t.Errorf("at %s: %s", step.until, diff)
			}
			if !page.AsOf.Equal(step.until) {
				t.Errorf("as of %s, want %s", page.AsOf, step.until)
			}
		}
	}
}

func TestReplayOfACallShowsItWhenItIsOver(t *testing.T) {
	d := newDesktop(t, "directory: .\nshift_to_now: true\nrecord: call\ncolumns: {id: id, arrived_at: a, wait_seconds: w, talk_seconds: t}\n")
	// The recording lasts from 00:00 to 08:00: the last call takes an hour.
	d.drop("a.csv", "id,a,w,t\n1,2020-01-01 00:00:00,,\n2,2020-01-01 05:59:00,60,300\n3,2020-01-01 07:00:00,0:30:00,0:30:00\n", hourAgo())
	for _, step := range []struct {
		after time.Duration
		want  []string
	}{{0, []string{"1"}}, {4 * time.Minute, []string{}}, {5 * time.Minute, []string{"2"}}, {119 * time.Minute, []string{}}, {2 * time.Hour, []string{"3"}}} {
		if diff := cmp.Diff(step.want, ids(d.fetch(noon.Add(step.after)))); diff != "" {
			t.Errorf("after %s: %s", step.after, diff)
		}
	}
}

func TestReplayOfASurveyHidesItsScoreUntilItIsGiven(t *testing.T) {
	d := newDesktop(t, "directory: .\nshift_to_now: true\nrecord: survey\ncolumns: {id: id, sent_at: s, responded_at: r, score: n, answer: n}\n")
	d.drop("a.csv", "id,s,r,n\n1,2020-01-01 00:00:00,2020-01-01 08:00:00,9\n2,,2020-01-01 07:00:00,8\n", hourAgo())
	page := d.fetch(noon)
	want := desk.Body(&desk.Survey{SentAt: noon.Add(-6 * time.Hour)})
	if len(page.Records) != 1 || cmp.Diff(want, page.Records[0].Body) != "" {
		t.Fatalf("got %v", page.Records)
	}
	page = d.fetch(noon.Add(2 * time.Hour))
	if diff := cmp.Diff([]string{"1", "2"}, ids(page)); diff != "" {
		t.Error(diff)
	}
	if s := page.Records[0].Body.(*desk.Survey); s.Score.Value != 9 || s.Answer != "9" {
		t.Errorf("got %+v", s)
	}
}

func TestReplayOfAChangedFileKeepsItsTime(t *testing.T) {
	d := newDesktop(t, replayYAML)
	d.drop("a.csv", replayText, hourAgo())
	d.fetch(noon)
	d.drop("a.csv", strings.SplitAfter(replayText, "\n")[0]+"9,2020-01-01 06:00:00,,,,open,\nbad\n", noon)
	page := d.fetch(noon.Add(time.Hour))
	if diff := cmp.Diff([]string{"9 open +0.0 - - - +0.0 false"}, briefs(page)); diff != "" {
		t.Error(diff)
	}
	if len(page.Rejects) != 1 {
		t.Errorf("got %v, want the bad row", faults(page))
	}
}

func TestReplayOfWhatCannotBeReadIsAnError(t *testing.T) {
	d := newDesktop(t, replayYAML)
	if page := d.fetch(noon); len(page.Records) != 0 {
		t.Errorf("an empty directory plays nothing, got %v", ids(page))
	}
	d.drop("a.csv", "no,header\n", hourAgo())
	if _, err := d.drain(noon); sources.ReasonOf(err) != sources.ReasonUnreadable {
		t.Errorf("got %v", err)
	}
	d.cursor = desk.Cursor("{")
	if _, err := d.drain(noon); sources.ReasonOf(err) != sources.ReasonInternal {
		t.Errorf("got %v", err)
	}
}

func TestReplayLeavesOutABadFile(t *testing.T) {
	d := newDesktop(t, replayYAML)
	d.drop("a.csv", replayText, hourAgo())
	d.drop("b.csv", "id\n", hourAgo())
	if page := d.fetch(noon); len(page.Records) != 4 || len(page.Rejects) != 1 || page.Rejects[0].Reason != desk.ReasonBadFile {
		t.Errorf("got %v, %v", ids(page), faults(page))
	}
	if page := d.fetch(noon.Add(time.Minute)); len(page.Records) != 0 || len(page.Rejects) != 0 {
		t.Errorf("again: got %v, %v", ids(page), faults(page))
	}
}

func TestReplayConformance(t *testing.T) {
	d := newDesktop(t, replayYAML)
	d.drop("a.csv", replayText, hourAgo())
	sourcestest.Run(t, func(t *testing.T) (sources.Source, time.Time) {
		fresh := *d
		fresh.t = t
		fresh.restart()
		fresh.source.(*replay).files.pageRows = 1
		return fresh.source, noon
	})
}
