package csv

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"helpdesk_exporter/desk"
)

// shown writes out the records of a page without their origins, which differ
// with the time at which a chunk was appended.
func shown(p desk.Page) []string {
	var out []string
	for _, r := range p.Records {
		out = append(out, fmt.Sprintf("%s %t %+v", r.ID, r.Deleted, r.Body))
	}
	for _, r := range p.Rejects {
		out = append(out, fmt.Sprintf("%s %s %q", r.Where, r.Reason, r.Raw))
	}
	return out
}

// drawFile draws a file of surveys, with and without ids, some of them doubled,
// broken or over several lines.
func drawFile(t *rapid.T) string {
	rows := rapid.SliceOfN(rapid.SampledFrom([]string{
		",2026-03-01 10:00:00,9,\n", ",2026-03-01 10:00:00,8,x\r\n", "7,2026-03-01 10:00:00,8,\"a, \"\"b\"\"\nc\"\n",
		",2026-03-01 10:00:00,much,\n", "8,2026-03-01 10:00:00\n", "\n", "id,when,score,text\n", ",2026-03-02 10:00:00,1,\"\"\n",
	}), 0, 20).Draw(t, "rows")
	return "id,when,score,text\n" + strings.Join(rows, "")
}

const surveysYAML = "directory: .\nrecord: survey\ncolumns: {id: id, responded_at: when, score: score, answer: text}\n"

// TestPagesRestartsAndAppendsChangeNothing reads the same file whole and in
// pieces: with pages of any size, a fresh source at any moment, pages that are
// lost, and the text appended in any chunks. Bad files beside it change nothing
// and are told once.
func TestPagesRestartsAndAppendsChangeNothing(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		text, packed := drawFile(rt), gzipped(t, drawFile(rt))
		cut := packed[:rapid.IntRange(1, len(packed)-1).Draw(rt, "cut")]
		bad := func(d *desktop) *desktop {
			d.drop("bad.csv", "id,text\n", hourAgo())
			d.drop("cut.csv.gz", cut, hourAgo())
			return d
		}
		whole := bad(newDesktop(t, surveysYAML+"pattern: '*.csv*'\n"))
		whole.drop("a.csv", text, hourAgo())
		want := shown(whole.fetch(noon))

		pieces := bad(newDesktop(t, surveysYAML+"pattern: '*.csv*'\nsettle: 0s\n"))
		pieces.page = rapid.IntRange(1, 8).Draw(rt, "page")
		pieces.restart()
		var got []string
		when, written := hourAgo(), 0
		for written < len(text) {
			written += rapid.IntRange(1, len(text)-written).Draw(rt, "chunk")
			when = when.Add(time.Second)
			pieces.drop("a.csv", text[:written], when)
			// Fetched at once, so that a torn last line is left alone.
			for range 200 {
				if rapid.IntRange(0, 3).Draw(rt, "restart") == 0 {
					pieces.restart()
				}
				page, err := pieces.source.Fetch(t.Context(), pieces.cursor, when)
				if err != nil {
					rt.Fatal(err)
				}
				if rapid.IntRange(0, 4).Draw(rt, "lost") == 0 {
					continue
				}
				got = append(got, shown(page)...)
				if pieces.cursor = page.Cursor; !page.More {
					break
				}
			}
		}
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(want, got) {
			rt.Fatalf("file %q\nwhole  %q\npieces %q", text, want, got)
		}
	})
}

// TestReplacementsLeaveWhatTheLastFileSays replaces a file again and again: the
// records that were reported and not withdrawn are those of the last one.
func TestReplacementsLeaveWhatTheLastFileSays(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		d := newDesktop(t, surveysYAML)
		d.page = rapid.IntRange(1, 8).Draw(rt, "page")
		d.restart()
		alive := map[string]bool{}
		when := hourAgo()
		for range rapid.IntRange(1, 4).Draw(rt, "files") {
			text := drawFile(rt)
			if rapid.Bool().Draw(rt, "torn") {
				text = strings.TrimSuffix(text, "\n")
			}
			when = when.Add(time.Second)
			d.drop("a.csv", text, when)
			// It may be replaced before it was read to its end.
			for range rapid.IntRange(1, 40).Draw(rt, "pages") {
				if rapid.IntRange(0, 3).Draw(rt, "restart") == 0 {
					d.restart()
				}
				page, err := d.source.Fetch(t.Context(), d.cursor, noon)
				if err != nil {
					rt.Fatal(err)
				}
				note(alive, page)
				if d.cursor = page.Cursor; !page.More {
					break
				}
			}
		}
		note(alive, d.fetch(noon))
		fresh := newDesktop(t, surveysYAML)
		fresh.dir = d.dir
		fresh.restart()
		want := map[string]bool{}
		note(want, fresh.fetch(noon))
		for id := range want {
			if !alive[id] {
				rt.Fatalf("%s is missing; alive %v", id, alive)
			}
		}
		for id := range alive {
			if !want[id] && strings.Contains(id, "-") {
				rt.Fatalf("%s was not withdrawn; want %v", id, want)
			}
		}
	})
}

// note keeps which records there are.
func note(alive map[string]bool, p desk.Page) {
	for _, r := range p.Records {
		if r.Deleted {
			delete(alive, r.ID)
		} else {
			alive[r.ID] = true
		}
	}
}
