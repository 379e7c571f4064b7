package csv

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/sources"
	"helpdesk_exporter/sources/sourcestest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const ticketsHead = "id,created,status,team\n"

func hourAgo() time.Time { return noon.Add(-time.Hour) }

func TestConformance(t *testing.T) {
	dir := newDesktop(t, ticketsYAML+"pattern: '*.csv*'\n")
	dir.drop("a.csv", ticketsHead+"1,2026-03-01 10:00:00,open,A\n2,2026-03-02 10:00:00,odd,A\n3,2026-03-02 10:00:00,new,A\n", hourAgo())
	dir.drop("b.csv", ticketsHead+"1,2026-03-01 10:00:00,solved,B\n4,2026-03-03 10:00:00,open,B", hourAgo().Add(time.Minute))
	dir.drop("bad.csv", "id,text\n", hourAgo())
	dir.drop("cut.csv.gz", gzipped(t, ticketsHead+"5,2026-03-01 10:00:00,open,A\n6,2026-03-01 10:00:00,open,A\n")[:60], hourAgo())
	conform(t, dir)
}

// conform runs the test that every adapter passes over the drops of a desktop.
func conform(t *testing.T, dir *desktop) {
	t.Helper()
	for _, rows := range []int{1, 2, 100} {
		sourcestest.Run(t, func(t *testing.T) (sources.Source, time.Time) {
			d := *dir
			d.t, d.page, d.source = t, rows, nil
			d.restart()
			t.Cleanup(d.source.(*Source).close)
			return d.source, noon
		})
	}
}

func TestRowsBecomeRecordsInTheOrderOfTheirFiles(t *testing.T) {
	d := newDesktop(t, ticketsYAML)
	d.drop("z.csv", ticketsHead+"1,2026-03-01 10:00:00,new,A\n2,2026-03-01 11:00:00,open,\n", hourAgo())
	d.drop("a.csv", ticketsHead+"1,2026-03-01 10:00:00,solved,A\n", hourAgo().Add(time.Minute))
	d.drop("notes.txt", "no drop", hourAgo())
	d.drop(".b.csv", "still being copied", hourAgo())
	page := d.fetch(noon)
	created := at(t, "2026-03-01T10:00:00Z")
	want := []desk.Record{
		{ID: "1", Origin: desk.Origin{Dropped: hourAgo(), Name: "z.csv", Row: 1}, Body: &desk.Ticket{CreatedAt: created, Status: desk.StatusNew, Team: "A"}},
		{ID: "2", Origin: desk.Origin{Dropped: hourAgo(), Name: "z.csv", Row: 2}, Body: &desk.Ticket{CreatedAt: created.Add(time.Hour), Status: desk.StatusOpen}},
		{ID: "1", Origin: desk.Origin{Dropped: hourAgo().Add(time.Minute), Name: "a.csv", Row: 1}, Body: &desk.Ticket{CreatedAt: created, Status: desk.StatusSolved, Team: "A"}},
	}
	if diff := cmp.Diff(want, page.Records); diff != "" {
		t.Error(diff)
	}
	if want := created.Add(time.Hour); !page.AsOf.Equal(want) {
		t.Errorf("as of %s, want the newest event, %s", page.AsOf, want)
	}
}

func TestAnUnchangedDropIsNotEvenOpened(t *testing.T) {
	d := newDesktop(t, ticketsYAML)
	d.drop("a.csv", ticketsHead+"1,2026-03-01 10:00:00,new,A\n", hourAgo())
	first := d.fetch(noon)
	// Other content behind the same size and time would be seen by opening it.
	d.drop("a.csv", ticketsHead+"2,2026-03-01 10:00:00,new,A\n", hourAgo())
	second := d.fetch(noon.Add(time.Minute))
	if len(second.Records) != 0 || string(second.Cursor) != string(first.Cursor) || !second.AsOf.Equal(first.AsOf) {
		t.Errorf("got %+v, want no records, the same cursor and the same time", second)
	}
}

func TestAnAppendedFileIsReadOn(t *testing.T) {
	d := newDesktop(t, ticketsYAML)
	text := ticketsHead + "1,2026-03-01 10:00:00,new,A\n"
	d.drop("a.csv", text, hourAgo())
	d.fetch(noon)
	d.restart()
	text += "2,2026-03-01 10:00:00,bad,A\n3,2026-03-01 10:00:00,new,A\n"
	d.drop("a.csv", text, hourAgo().Add(time.Minute))
	page := d.fetch(noon)
	if diff := cmp.Diff([]string{"3"}, ids(page)); diff != "" {
		t.Error(diff)
	}
	if got := page.Records[0].Origin.Row; got != 3 {
		t.Errorf("row %d, want 3: rows go on counting, rejected ones too", got)
	}
	want := []string{"a.csv:3 unknown_value: status: a word that is not known; map it under values.status to one of " +
		"new, open, pending, on_hold, solved, closed, deleted, spam, merged, test"}
	if diff := cmp.Diff(want, faults(page)); diff != "" {
		t.Error(diff)
	}
}

func TestAFileThatGrewWithinTheSameInstantIsReadOn(t *testing.T) {
	d := newDesktop(t, ticketsYAML)
	text := ticketsHead + "1,2026-03-01 10:00:00,new,A\n"
	d.drop("a.csv", text, hourAgo())
	d.fetch(noon)
	d.drop("a.csv", text+"2,2026-03-01 10:00:00,new,A\n", hourAgo())
	if diff := cmp.Diff([]string{"2"}, ids(d.fetch(noon))); diff != "" {
		t.Error(diff)
	}
}

func TestAFileThatWasOnlyTouchedIsNotReadAgain(t *testing.T) {
	d := newDesktop(t, ticketsYAML)
	text := ticketsHead + "1,2026-03-01 10:00:00,new,A\n"
	d.drop("a.csv", text, hourAgo())
	d.fetch(noon)
	d.drop("a.csv", text, hourAgo().Add(time.Minute))
	if page := d.fetch(noon); len(page.Records) != 0 {
		t.Errorf("got %v, want nothing", ids(page))
	}
}

const scoresYAML = `
directory: .
record: survey
columns: {responded_at: when, score: score}
`

func TestAReplacedFileWithdrawsItsMissingKeylessRows(t *testing.T) {
	d := newDesktop(t, scoresYAML)
	head := "when,score\n"
	nine, eight := "2026-03-01 10:00:00,9\n", "2026-03-01 10:00:00,8\n"
	d.drop("a.csv", head+nine+eight+nine+nine, hourAgo())
	first := d.fetch(noon)
	id := func(i int) string { return first.Records[i].ID }
	if id(0) == id(2) || id(2) == id(3) {
		t.Fatalf("equal rows have equal ids: %v", ids(first))
	}
	// One of three nines is left, the eight is gone, a seven is new.
	d.restart()
	d.drop("a.csv", head+nine+"2026-03-01 10:00:00,7\n", hourAgo().Add(time.Minute))
	page := d.fetch(noon)
	got := map[string]bool{}
	for _, id := range ids(page) {
		got[id] = true
	}
	want := map[string]bool{id(0): true, page.Records[1].ID: true, "-" + id(1): true, "-" + id(2): true, "-" + id(3): true}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	last := page.Records[len(page.Records)-1]
	if _, ok := last.Body.(*desk.Survey); !ok || !last.Deleted || last.Origin.Dropped != hourAgo().Add(time.Minute) {
		t.Errorf("a tombstone has an empty body and the replacement's origin, got %+v", last)
	}
}

func TestTombstonesFitTheirPages(t *testing.T) {
	d := newDesktop(t, scoresYAML)
	d.page = 2
	d.restart()
	head := "when,score\n"
	d.drop("a.csv", head+strings.Repeat("2026-03-01 10:00:00,9\n", 7), hourAgo())
	first := d.fetch(noon)
	d.drop("a.csv", head, hourAgo().Add(time.Minute))
	var gone []string
	for range 10 {
		d.restart()
		page, err := d.source.Fetch(t.Context(), d.cursor, noon)
		if err != nil {
			t.Fatal(err)
		}
		if len(page.Records) > 2 {
			t.Errorf("a page of %d records, want 2 at most", len(page.Records))
		}
		d.cursor = page.Cursor
		gone = append(gone, ids(page)...)
	}
	if len(first.Records) != 7 || len(gone) != 7 {
		t.Errorf("%d rows, %d withdrawn, want 7 and 7", len(first.Records), len(gone))
	}
}

func TestAFileRemovedAndWrittenAnewIsAReplacement(t *testing.T) {
	d := newDesktop(t, scoresYAML)
	d.drop("a.csv", "when,score\n2026-03-01 10:00:00,9\n", hourAgo())
	first := d.fetch(noon)
	if err := os.Remove(filepath.Join(d.dir, "a.csv")); err != nil {
		t.Fatal(err)
	}
	for _, until := range []time.Time{noon, noon.Add(time.Hour)} {
		if page := d.fetch(until); len(page.Records) != 0 {
			t.Fatalf("a file that is gone takes nothing back, got %v", ids(page))
		}
	}
	d.drop("a.csv", "when,score\n2026-03-01 10:00:00,8\n", hourAgo().Add(time.Minute))
	page := d.fetch(noon)
	if diff := cmp.Diff("-"+first.Records[0].ID, ids(page)[1]); diff != "" {
		t.Error(diff)
	}
	if err := os.Remove(filepath.Join(d.dir, "a.csv")); err != nil {
		t.Fatal(err)
	}
	d.fetch(noon)
	d.fetch(noon.Add(forgetAfter + time.Hour))
	if strings.Contains(string(d.cursor), "a.csv") {
		t.Errorf("a file that is gone for long is still remembered: %s", d.cursor)
	}
}

func TestAsOfNow(t *testing.T) {
	d := newDesktop(t, ticketsYAML+"as_of: now\n")
	if page := d.fetch(noon); !page.AsOf.IsZero() {
		t.Errorf("as of %s before there was any drop: its folder may not be mounted yet", page.AsOf)
	}
	d.drop("a.csv", ticketsHead+"1,2026-03-05 10:00:00,new,A\n", hourAgo())
	if page := d.fetch(noon); !page.AsOf.Equal(noon) {
		t.Errorf("as of %s, want %s", page.AsOf, noon)
	}
}

func TestAsOfIsTheNewestEventSeenAndNeverGoesBack(t *testing.T) {
	d := newDesktop(t, ticketsYAML)
	d.page = 1
	d.restart()
	d.drop("a.csv", ticketsHead+"1,2026-03-05 10:00:00,new,A\n2,2026-03-01 10:00:00,new,A\n", hourAgo())
	page, err := d.source.Fetch(t.Context(), nil, noon)
	if err != nil || !page.More || !page.AsOf.IsZero() {
		t.Errorf("in the midst of a drain nothing is complete, got %v, %+v", err, page)
	}
	want := at(t, "2026-03-05T10:00:00Z")
	if page := d.fetch(noon); !page.AsOf.Equal(want) {
		t.Errorf("as of %s, want %s", page.AsOf, want)
	}
	d.restart()
	d.drop("b.csv", ticketsHead+"3,2026-03-02 10:00:00,new,A\n", hourAgo())
	if page := d.fetch(noon); !page.AsOf.Equal(want) {
		t.Errorf("as of %s, want still %s", page.AsOf, want)
	}
}

func TestANewMappingReadsTheFilesAnew(t *testing.T) {
	d := newDesktop(t, ticketsYAML)
	d.drop("a.csv", ticketsHead+"1,2026-03-01 10:00:00,Fertig,A\n2,2026-03-01 10:00:00,open,A\n", hourAgo())
	if page := d.fetch(noon); len(page.Records) != 1 || len(page.Rejects) != 1 {
		t.Fatalf("got %v, %v", ids(page), faults(page))
	}
	d.config.Values = map[string]map[string]string{"status": {"fertig": "solved"}}
	d.restart()
	if page := d.fetch(noon); len(page.Records) != 2 || len(page.Rejects) != 0 {
		t.Errorf("got %v, %v, want both rows", ids(page), faults(page))
	}
}

func TestFetchEndsSoonAfterItsContext(t *testing.T) {
	d := newDesktop(t, ticketsYAML)
	d.page = 1_000_000
	d.restart()
	d.drop("a.csv", ticketsHead+strings.Repeat("1,2026-03-01 10:00:00,new,A\n", 100_000), hourAgo())
	ctx, cancel := context.WithCancel(t.Context())
	s := d.source.(*Source)
	seen := 0
	s.plan.fields = append(s.plan.fields, planned{
		field: field{name: "probe"}, headers: Strings{"=x"},
		put: func(desk.Body, []byte) *fault {
			if seen++; seen == 10 {
				cancel()
			}
			return nil
		},
	})
	_, err := s.Fetch(ctx, nil, noon)
	if sources.ReasonOf(err) != sources.ReasonCanceled || seen > 20_000 {
		t.Errorf("got %v after %d rows, want an end soon after the 10th", err, seen)
	}
}

func TestABrokenCursorIsAnError(t *testing.T) {
	d := newDesktop(t, ticketsYAML)
	for _, cursor := range []string{"{", `{"files":{"a.csv":{"rows":"AAAA"}}}`, `{"files":{"a.csv":{"rows":"?"}}}`} {
		_, err := d.source.Fetch(t.Context(), desk.Cursor(cursor), noon)
		if sources.ReasonOf(err) != sources.ReasonInternal || !strings.Contains(err.Error(), "read the cursor") {
			t.Errorf("%s: got %v", cursor, err)
		}
	}
}

func TestNothingOfACellIsLogged(t *testing.T) {
	d := newDesktop(t, ticketsYAML+"timezone: Europe/Athens\n")
	var log strings.Builder
	var err error
	d.source, err = d.config.New(sources.Options{BaseDir: d.dir, Logger: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	d.drop("a.csv", ticketsHead+"secret1,2025-10-26 03:30:00,new,secret2\nsecret3,2025-03-30 03:30:00,secret4,A\n", hourAgo())
	page := d.fetch(noon)
	if want := `file=a.csv rows=1 rejected=1 ambiguous_times=1 skipped_times=1`; !strings.Contains(log.String(), want) {
		t.Errorf("got %s\nwant %s", log.String(), want)
	}
	if all := log.String() + strings.Join(faults(page), ""); strings.Contains(all, "secret") {
		t.Errorf("a cell's value came out: %s", all)
	}
	if page.Rejects[0].Raw != "secret3,2025-03-30 03:30:00,secret4,A" {
		t.Errorf("the row is kept for a person, got %q", page.Rejects[0].Raw)
	}
}
