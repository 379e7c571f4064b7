package csv

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/sources"
)

const goodText = ticketsHead + "1,2026-03-01 10:00:00,new,A\n2,2026-03-01 10:00:00,new,A\n"

// expectUnreadable expects that a drain comes to an error and to nothing else.
func expectUnreadable(t *testing.T, d *desktop, want string) {
	t.Helper()
	before := string(d.cursor)
	page, err := d.drain(noon)
	if sources.ReasonOf(err) != sources.ReasonUnreadable || err.Error() != want {
		t.Errorf("got %v\nwant %s", err, want)
	}
	if len(page.Records) > 0 || len(page.Rejects) > 0 || string(d.cursor) != before {
		t.Errorf("nothing was read, got %v, %v", ids(page), faults(page))
	}
}

// expect drains the source and expects these records, and these rejects.
func expect(t *testing.T, d *desktop, records []string, rejects ...string) {
	t.Helper()
	page := d.fetch(noon)
	if diff := cmp.Diff(records, ids(page)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(append([]string{}, rejects...), faults(page)); diff != "" {
		t.Error(diff)
	}
}

func TestABadFileDoesNotStopTheOthersAndIsToldOnce(t *testing.T) {
	for _, rows := range []int{1, 2, 100} {
		d := newDesktop(t, ticketsYAML)
		d.page = rows
		d.restart()
		d.drop("a.csv", "id,text\n1,2\n", hourAgo())
		d.drop("b.csv", goodText, hourAgo().Add(time.Minute))
		const told = `a.csv bad_file: no column "created" for columns.created_at; the file has "id", "text"; correct columns.created_at`
		first := d.fetch(noon)
		if diff := cmp.Diff([]string{"1", "2"}, ids(first)); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]string{told}, faults(first)); diff != "" {
			t.Error(diff)
		}
		if want := at(t, "2026-03-01T10:00:00Z"); !first.AsOf.Equal(want) {
			t.Errorf("as of %s, want %s: what can be read is complete", first.AsOf, want)
		}
		for range 2 {
			d.restart()
			if page := d.fetch(noon); len(page.Rejects) > 0 || string(page.Cursor) != string(first.Cursor) || !page.AsOf.Equal(first.AsOf) {
				t.Errorf("again: got %v as of %s, %s", faults(page), page.AsOf, page.Cursor)
			}
		}
		d.drop("a.csv", "id,text\n1,22\n", hourAgo())
		expect(t, d, []string{}, told)
		d.drop("a.csv", ticketsHead+"3,2026-03-01 10:00:00,new,A\n", hourAgo())
		expect(t, d, []string{"3"})
		expect(t, d, []string{})
	}
}

func TestOnlyWhenEveryFileIsBadTheFetchFails(t *testing.T) {
	d := newDesktop(t, ticketsYAML)
	d.drop("a.csv", "id\n1\n", hourAgo())
	d.drop("b.csv", "created,status,team\n", hourAgo())
	const noCreated = `no column "created" for columns.created_at; the file has "id"; correct columns.created_at`
	const noID = `no column "id" for columns.id; the file has "created", "status", "team"; correct columns.id`
	both := filepath.Join(d.dir, "a.csv") + ": " + noCreated + "\n" + filepath.Join(d.dir, "b.csv") + ": " + noID
	expectUnreadable(t, d, both)
	expectUnreadable(t, d, both)
	d.drop("c.csv", goodText, hourAgo())
	expect(t, d, []string{"1", "2"}, "a.csv bad_file: "+noCreated, "b.csv bad_file: "+noID)
	// What is known to be bad is an error again once it is alone.
	if err := os.Remove(filepath.Join(d.dir, "c.csv")); err != nil {
		t.Fatal(err)
	}
	d.restart()
	expectUnreadable(t, d, both)
}

func TestAnErrorNamesSomeOfManyBadFiles(t *testing.T) {
	d := newDesktop(t, ticketsYAML)
	for i := range 13 {
		d.drop(string(rune('a'+i))+".csv", "id\n", hourAgo())
	}
	_, err := d.drain(noon)
	if err == nil || strings.Count(err.Error(), "no column") != 10 || !strings.HasSuffix(err.Error(), "\nand 3 more files") {
		t.Errorf("got %v", err)
	}
}

func TestAFileBeingWrittenIsNotKnownToBeBad(t *testing.T) {
	d := newDesktop(t, ticketsYAML)
	d.drop("a.csv", "id\n", hourAgo())
	d.drop("b.csv", "id\n", noon)
	if page := d.fetch(noon); len(page.Rejects) != 1 {
		t.Errorf("got %v, want one reject", faults(page))
	}
}

func TestABadFileLeftBehindByAnArchiveFailsNothing(t *testing.T) {
	d := newDesktop(t, ticketsYAML+"after: archive\n")
	d.drop("a.csv", "id\n", hourAgo())
	if _, err := d.drain(noon); err == nil {
		t.Error("as long as nothing was read, the bad file is an error")
	}
	d.drop("b.csv", goodText, hourAgo())
	expect(t, d, []string{"1", "2"}, `a.csv bad_file: no column "created" for columns.created_at; the file has "id"; correct columns.created_at`)
	for range 2 {
		d.restart()
		if page := d.fetch(noon); len(page.Rejects) > 0 || page.AsOf.IsZero() {
			t.Errorf("got %v as of %s", faults(page), page.AsOf)
		}
	}
	if _, err := os.Stat(filepath.Join(d.dir, "a.csv")); err != nil {
		t.Errorf("a bad file is not put away: %v", err)
	}
}

func TestAListedFileMustBeThere(t *testing.T) {
	d := newDesktop(t, strings.Replace(ticketsYAML, "directory: .", "files: [a.csv, sub, b.csv]", 1))
	if err := os.Mkdir(filepath.Join(d.dir, "sub"), 0o700); err != nil {
		t.Fatal(err)
	}
	const missing, folder = "no such file; bring it back or correct files", "no regular file; correct files or pattern"
	path := func(name string) string { return filepath.Join(d.dir, name) + ": " }
	expectUnreadable(t, d, path("a.csv")+missing+"\n"+path("b.csv")+missing+"\n"+path("sub")+folder)
	d.drop("b.csv", goodText, hourAgo())
	expect(t, d, []string{"1", "2"}, "a.csv bad_file: "+missing, "sub bad_file: "+folder)
	d.restart()
	expect(t, d, []string{})
	// Missing for weeks is still told only once.
	if page := d.fetch(noon.Add(2 * forgetAfter)); len(page.Rejects) > 0 {
		t.Errorf("got %v", faults(page))
	}
	text := ticketsHead + "3,2026-03-01 10:00:00,new,A\n"
	d.drop("a.csv", text, hourAgo())
	expect(t, d, []string{"3"})
	if err := os.Remove(filepath.Join(d.dir, "a.csv")); err != nil {
		t.Fatal(err)
	}
	expect(t, d, []string{}, "a.csv bad_file: "+missing)
	d.drop("a.csv", text, hourAgo())
	expect(t, d, []string{})
}

// TestATroubleOfTheSystemIsTriedAgain takes a link to itself, which even root
// cannot read.
func TestATroubleOfTheSystemIsTriedAgain(t *testing.T) {
	d := newDesktop(t, ticketsYAML)
	d.drop("b.csv", goodText, hourAgo())
	loop := filepath.Join(d.dir, "a.csv")
	if err := os.Symlink(loop, loop); err != nil {
		t.Fatal(err)
	}
	expect(t, d, []string{"1", "2"}, "a.csv bad_file: too many levels of symbolic links; mend the disk, the mount or the link")
	d.restart()
	expect(t, d, []string{})
	if err := os.Remove(loop); err != nil {
		t.Fatal(err)
	}
	d.drop("a.csv", ticketsHead+"3,2026-03-01 10:00:00,new,A\n", hourAgo())
	expect(t, d, []string{"3"})
}

func TestWhatComesBeforeTheTroubleIsReadAndOnce(t *testing.T) {
	whole := gzipped(t, ticketsHead+strings.Repeat("1,2026-03-01 10:00:00,open,A\n", 5))
	const told = "the compressed data ends early; drop the whole file, or set settle if it is still being written"
	for _, rows := range []int{1, 2, 5, 100} {
		d := newDesktop(t, ticketsYAML+"pattern: '*.gz'\n")
		d.page = rows
		d.restart()
		d.drop("a.csv.gz", whole[:len(whole)-4], hourAgo())
		page, err := d.drain(noon)
		path := filepath.Join(d.dir, "a.csv.gz")
		if len(page.Records) != 5 || err == nil || err.Error() != path+": "+told || !page.AsOf.IsZero() {
			t.Errorf("pages of %d: got %v, %v as of %s", rows, ids(page), err, page.AsOf)
		}
		d.restart()
		expectUnreadable(t, d, path+": "+told)
		d.drop("a.csv.gz", whole, hourAgo())
		expect(t, d, []string{})
	}
}

func TestADropOfReplacedKeylessRowsThatIsBadTakesNothingBack(t *testing.T) {
	d := newDesktop(t, scoresYAML)
	d.drop("a.csv", "when,score\n2026-03-01 10:00:00,9\n", hourAgo())
	d.drop("b.csv", "when,score\n", hourAgo())
	first := d.fetch(noon)
	d.drop("a.csv", "when\n", hourAgo().Add(time.Minute))
	if page := d.fetch(noon); len(page.Records) != 0 || len(page.Rejects) != 1 {
		t.Errorf("got %v, %v", ids(page), faults(page))
	}
	d.restart()
	d.drop("a.csv", "when,score\n2026-03-01 10:00:00,8\n", hourAgo().Add(2*time.Minute))
	page := d.fetch(noon)
	if len(page.Records) != 2 || ids(page)[1] != "-"+first.Records[0].ID {
		t.Errorf("got %v, want an eight and no nine", ids(page))
	}
}

func TestANewMappingTriesBadFilesAgain(t *testing.T) {
	d := newDesktop(t, ticketsYAML)
	d.drop("a.csv", strings.Replace(goodText, "created", "opened", 1), hourAgo())
	d.drop("b.csv", goodText, hourAgo())
	if page := d.fetch(noon); len(page.Rejects) != 1 || page.Rejects[0].Reason != desk.ReasonBadFile {
		t.Fatalf("got %v", faults(page))
	}
	d.config.Columns["created_at"] = Strings{"opened"}
	d.restart()
	if page := d.fetch(noon); len(page.Records) != 2 || len(page.Rejects) != 1 || page.Rejects[0].Where != "b.csv" {
		t.Errorf("got %v, %v, want the other file bad", ids(page), faults(page))
	}
}
