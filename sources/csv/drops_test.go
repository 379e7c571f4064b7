package csv

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/sources"
)

func TestSettleLeavesAGrowingFileAlone(t *testing.T) {
	d := newDesktop(t, ticketsYAML+"settle: 30s\n")
	d.drop("a.csv", ticketsHead+"1,2026-03-01 10:00:00,new,A\n", noon)
	if page := d.fetch(noon.Add(29 * time.Second)); len(page.Records) != 0 {
		t.Errorf("read after 29s: %v", ids(page))
	}
	if page := d.fetch(noon.Add(30 * time.Second)); len(page.Records) != 1 {
		t.Errorf("after 30s got %v, want the row", ids(page))
	}
}

func TestAFileFromTheFutureIsReadAtOnce(t *testing.T) {
	d := newDesktop(t, ticketsYAML)
	d.drop("a.csv", ticketsHead+"1,2026-03-01 10:00:00,new,A\n", noon.AddDate(1, 0, 0))
	if page := d.fetch(noon); len(page.Records) != 1 {
		t.Errorf("got %v, want the row: the time of such a file says nothing", ids(page))
	}
}

func TestALastLineWithoutEnd(t *testing.T) {
	d := newDesktop(t, scoresYAML+"settle: 0s\n")
	head, row := "when,score\n", "2026-03-01 10:00:00,9\n"
	d.drop("a.csv", head+row+"2026-03-02 10:00:00,1", noon)
	if page := d.fetch(noon.Add(time.Second)); len(page.Records) != 1 {
		t.Fatalf("just written: got %v, want the whole row only", ids(page))
	}
	page := d.fetch(noon.Add(10 * time.Second))
	if len(page.Records) != 1 {
		t.Fatalf("after a while: got %v, want the last row too", ids(page))
	}
	half := page.Records[0].ID
	if page := d.fetch(noon.Add(time.Minute)); len(page.Records) != 0 {
		t.Fatalf("and once only, got %v", ids(page))
	}
	// The file grows: the row was half written, and is another one now.
	d.restart()
	d.drop("a.csv", head+row+"2026-03-02 10:00:00,10\n", noon.Add(time.Hour))
	page = d.fetch(noon.Add(2 * time.Hour))
	if len(page.Records) != 2 || page.Records[1].ID != half || !page.Records[1].Deleted {
		t.Fatalf("got %v, want the whole row and -%s", ids(page), half)
	}
	if s := page.Records[0].Body.(*desk.Survey); s.Score.Value != 10 || page.Records[0].Origin.Row != 2 {
		t.Errorf("got %+v of row %d", s, page.Records[0].Origin.Row)
	}
}

func TestALastLineWithoutEndThatWasWholeStays(t *testing.T) {
	d := newDesktop(t, scoresYAML)
	head, row := "when,score\n", "2026-03-01 10:00:00,9"
	d.drop("a.csv", head+row+"\n"+row, hourAgo())
	first := d.fetch(noon)
	d.drop("a.csv", head+row+"\n"+row+"\n"+row, hourAgo().Add(time.Minute))
	page := d.fetch(noon)
	want := []string{first.Records[1].ID, strings.TrimSuffix(first.Records[1].ID, "2") + "3"}
	if diff := cmp.Diff(want, ids(page)); diff != "" {
		t.Error(diff)
	}
}

func TestALastLineTooShortIsRejected(t *testing.T) {
	d := newDesktop(t, ticketsYAML)
	d.drop("a.csv", ticketsHead+"1,2026-03-01 10:00:00", hourAgo())
	want := []string{"a.csv:2 malformed: 2 columns where the header has 4; mend the row, often a delimiter or a line break that is not in quotes"}
	if diff := cmp.Diff(want, faults(d.fetch(noon))); diff != "" {
		t.Error(diff)
	}
}

func TestArchivedAfterTheCursorCameBackOnly(t *testing.T) {
	d := newDesktop(t, ticketsYAML+"after: archive\n")
	text := ticketsHead + "1,2026-03-01 10:00:00,new,A\n"
	exists := func(name string) bool {
		_, err := os.Stat(filepath.Join(d.dir, name))
		return err == nil
	}
	d.drop("a.csv", text, hourAgo())
	lost, err := d.source.Fetch(t.Context(), nil, noon)
	if err != nil || len(lost.Records) != 1 || !exists("a.csv") {
		t.Fatalf("got %v, %v; the file must be there still", ids(lost), err)
	}
	// The exporter dies before it commits: the cursor is still nil.
	d.restart()
	if page := d.fetch(noon); len(page.Records) != 1 || !exists("a.csv") {
		t.Fatalf("got %v", ids(page))
	}
	if page := d.fetch(noon); len(page.Records) != 0 || exists("a.csv") || !exists("archive/a.csv") {
		t.Fatalf("got %v, want the file in the archive", ids(page))
	}
	// Another one of the same name does not overwrite the first.
	d.drop("a.csv", ticketsHead+"2,2026-03-01 10:00:00,new,A\n", hourAgo())
	if page := d.fetch(noon); len(page.Records) != 1 {
		t.Fatalf("got %v, want the new file's row", ids(page))
	}
	d.fetch(noon)
	if !exists("archive/a.2.csv") || exists("a.csv") {
		t.Error("the second file is not at archive/a.2.csv")
	}
	if strings.Contains(string(d.cursor), "a.csv") {
		t.Errorf("the cursor still knows a file that is gone: %s", d.cursor)
	}
}

func TestAnArchiveThatCannotBeWrittenIsToldOnceAndLosesNothing(t *testing.T) {
	d := newDesktop(t, ticketsYAML+"after: archive\n")
	d.drop("archive", "in the way", hourAgo())
	d.drop("a.csv", ticketsHead+"1,2026-03-01 10:00:00,new,A\n", hourAgo())
	if page := d.fetch(noon); len(page.Records) != 1 {
		t.Fatalf("got %v", ids(page))
	}
	page := d.fetch(noon)
	if len(page.Records) != 0 || len(page.Rejects) != 1 || page.Rejects[0].Reason != desk.ReasonBadFile ||
		!strings.Contains(page.Rejects[0].Detail, "grant the exporter the right to write there, or set after: keep") {
		t.Errorf("got %v, %v", ids(page), faults(page))
	}
	d.restart()
	if page := d.fetch(noon); len(page.Records) != 0 || len(page.Rejects) != 0 {
		t.Errorf("again: got %v, %v", ids(page), faults(page))
	}
	if err := os.Remove(filepath.Join(d.dir, "archive")); err != nil {
		t.Fatal(err)
	}
	d.fetch(noon)
	if _, err := os.Stat(filepath.Join(d.dir, "archive", "a.csv")); err != nil {
		t.Errorf("it is tried again at every poll: %v", err)
	}
}

func TestDeletedAfterItWasRead(t *testing.T) {
	d := newDesktop(t, ticketsYAML+"after: delete\n")
	d.drop("a.csv", ticketsHead+"1,2026-03-01 10:00:00,new,A\n", hourAgo())
	d.fetch(noon)
	// It grew in the meantime: what is new is read before it is deleted.
	d.drop("a.csv", ticketsHead+"1,2026-03-01 10:00:00,new,A\n2,2026-03-01 10:00:00,new,A\n", hourAgo().Add(time.Minute))
	if page := d.fetch(noon); len(page.Records) != 1 {
		t.Fatalf("got %v, want row 2", ids(page))
	}
	d.fetch(noon)
	if _, err := os.Stat(filepath.Join(d.dir, "a.csv")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the file is still there: %v", err)
	}
}

func TestAVanishedDirectoryIsAnErrorAndTakesNothingBack(t *testing.T) {
	d := newDesktop(t, strings.Replace(ticketsYAML, "directory: .", "directory: drops", 1))
	if err := os.Mkdir(filepath.Join(d.dir, "drops"), 0o700); err != nil {
		t.Fatal(err)
	}
	d.drop("drops/a.csv", ticketsHead+"1,2026-03-01 10:00:00,new,A\n", hourAgo())
	before := d.fetch(noon)
	if err := os.Rename(filepath.Join(d.dir, "drops"), filepath.Join(d.dir, "away")); err != nil {
		t.Fatal(err)
	}
	_, err := d.drain(noon)
	if sources.ReasonOf(err) != sources.ReasonUnreadable || !strings.Contains(err.Error(), filepath.Join(d.dir, "drops")) ||
		!strings.Contains(err.Error(), "create the directory, mount it, or correct directory") {
		t.Fatalf("got %v", err)
	}
	if err := os.Rename(filepath.Join(d.dir, "away"), filepath.Join(d.dir, "drops")); err != nil {
		t.Fatal(err)
	}
	if after := d.fetch(noon); len(after.Records) != 0 || string(after.Cursor) != string(before.Cursor) {
		t.Errorf("got %+v, want nothing new", after)
	}
}
