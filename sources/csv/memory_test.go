package csv

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"helpdesk_exporter/desk"
)

// allocated returns how much memory was asked for while f ran, given back or not.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// holes makes a file of a beginning, very many NULs and an end. It takes no room
// on the disk.
func (d *desktop) holes(name, begin string, nuls int64, end string) {
	d.t.Helper()
	d.drop(name, begin, hourAgo())
	file, err := os.OpenFile(filepath.Join(d.dir, name), os.O_WRONLY, 0)
	if err != nil {
		d.t.Fatal(err)
	}
	defer file.Close()
	if _, err := file.WriteAt([]byte(end), int64(len(begin))+nuls); err != nil {
		d.t.Fatal(err)
	}
	if err := os.Chtimes(file.Name(), hourAgo(), hourAgo()); err != nil {
		d.t.Fatal(err)
	}
}

// A cell of 100 MB costs what the largest row may cost, and its own row.
func TestACellOf100MBCostsItsRowAndNoMemory(t *testing.T) {
	const size, bound = 100 << 20, 80 << 20
	for name, test := range map[string]struct{ begin, end string }{
		"plain":  {ticketsHead + "1,2026-03-01 10:00:00,open,", "\n2,2026-03-01 10:00:00,open,A\n"},
		"quoted": {ticketsHead + "1,2026-03-01 10:00:00,open,\"", "\"\n2,2026-03-01 10:00:00,open,A\n"},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesktop(t, ticketsYAML)
			d.holes("a.csv", test.begin, size, test.end)
			var page desk.Page
			if got := allocated(func() { page = d.fetch(noon) }); got > bound {
				t.Errorf("reading it asked for %d MB, want %d at most", got>>20, bound>>20)
			}
			if len(page.Records) != 1 || page.Records[0].ID != "2" || len(page.Rejects) != 1 || page.Rejects[0].Reason != desk.ReasonTooLarge {
				t.Errorf("got %v, %v", ids(page), faults(page))
			}
			if raw := len(page.Rejects[0].Raw); raw > maxRaw {
				t.Errorf("%d bytes of it are kept", raw)
			}
		})
	}
}

// generated is a CSV text of any length that nobody keeps.
type generated struct {
	rows, next int
	note       []byte // in each row
	rest       []byte
}

func (g *generated) Read(p []byte) (int, error) {
	for len(g.rest) == 0 {
		switch {
		case g.next > g.rows:
			return 0, io.EOF
		case g.next == 0:
			g.rest = append(g.rest[:0], "id,created,status,team,note\n"...)
		default:
			g.rest = append(fmt.Appendf(g.rest[:0], "%d,2026-03-01 10:00:00,open,team %d,", g.next, g.next%40), g.note...)
		}
		g.next++
	}
	n := copy(p, g.rest)
	g.rest = g.rest[n:]
	return n, nil
}

// Memory does not grow with the file: of 200 MB no more is held than a page.
func TestAFileOf200MBIsReadInBoundedMemory(t *testing.T) {
	const size, bound = 200 << 20, 64 << 20
	path := filepath.Join(t.TempDir(), "a.csv")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	source := &generated{rows: 225_000, note: append(bytes.Repeat([]byte{'x'}, 900), '\n')}
	written, err := io.Copy(file, source)
	if err != nil || file.Close() != nil || written < size {
		t.Fatalf("wrote %d bytes: %v", written, err)
	}
	if err := os.Chtimes(path, hourAgo(), hourAgo()); err != nil {
		t.Fatal(err)
	}
	d := newDesktop(t, ticketsYAML)
	d.dir = filepath.Dir(path)
	d.restart()
	t.Cleanup(d.source.(*Source).close)

	runtime.GC()
	var begin, now runtime.MemStats
	runtime.ReadMemStats(&begin)
	records, most := 0, uint64(0)
	for more := true; more; {
		page, err := d.source.Fetch(t.Context(), d.cursor, noon)
		if err != nil {
			t.Fatal(err)
		}
		records += len(page.Records)
		d.cursor, more = page.Cursor, page.More
		runtime.ReadMemStats(&now)
		most = max(most, now.HeapAlloc)
	}
	if records != source.rows {
		t.Errorf("read %d rows, want %d", records, source.rows)
	}
	if grown := int64(most) - int64(begin.HeapAlloc); grown > bound {
		t.Errorf("the heap has grown by %d MB, want %d at most", grown>>20, bound>>20)
	}
	if len(d.cursor) > 4096 {
		t.Errorf("the cursor has %d bytes", len(d.cursor))
	}
}
