package csv

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/sources"
)

const snapshotYAML = ticketsYAML + "snapshot: true\npattern: '*.csv*'\n"

// listing is a drop that lists tickets as open.
func listing(ids ...string) string {
	text := ticketsHead
	for _, id := range ids {
		text += id + ",2026-03-01 10:00:00,open,A\n"
	}
	return text
}

func TestADropThatWasReadWholeIsASnapshot(t *testing.T) {
	const noHeader, flawed = "it has no header that ends", "may be an open ticket"
	whole := listing("1", "2")
	for name, test := range map[string]struct{ file, text, log string }{
		"whole":                    {"a.csv", whole, ""},
		"packed":                   {"a.csv.gz", gzipped(t, whole), ""},
		"no ticket is open":        {"a.csv", ticketsHead, ""},
		"blank lines at the end":   {"a.csv", whole + "\n,,,\n", ""},
		"empty":                    {"a.csv", "", noHeader},
		"blank":                    {"a.csv", "\n\n", noHeader},
		"a header without end":     {"a.csv", strings.TrimSpace(ticketsHead), noHeader},
		"a last line without end":  {"a.csv", strings.TrimSpace(whole), flawed},
		"a row that is rejected":   {"a.csv", whole + "3,2026-03-01 10:00:00,odd,A\n4,2026-03-01 10:00:00,new,A\n", flawed},
		"a row that is cut":        {"a.csv", whole + "3,2026-03", flawed},
		"a quote that never ends":  {"a.csv", whole + "3,\"", flawed},
		"a header that lacks some": {"a.csv", "id\n1\n", "-"},
		"packed and cut":           {"a.csv.gz", gzipped(t, whole)[:40], "-"},
	} {
		for _, rows := range []int{1, 2, 100} {
			t.Run(fmt.Sprint(name, " in pages of ", rows), func(t *testing.T) {
				d := newDesktop(t, snapshotYAML)
				d.drop("0.csv", listing("9"), hourAgo().Add(-time.Hour)) // an older one, so that a bad one is no error
				var log strings.Builder
				fresh := func() {
					d.page = rows
					d.restart()
					d.source.(*Source).opts.Logger = slog.New(slog.NewTextHandler(&log, nil))
				}
				fresh()
				if page := d.fetch(noon); page.Snapshot != (desk.Origin{Dropped: hourAgo().Add(-time.Hour), Name: "0.csv"}) {
					t.Fatalf("the older one: got %+v", page.Snapshot)
				}
				d.drop(test.file, test.text, hourAgo())
				page, snapshots := desk.Page{More: true}, []desk.Origin{}
				for page.More {
					fresh() // what is known of a drop is in the cursor
					var err error
					if page, err = d.source.Fetch(t.Context(), d.cursor, noon); err != nil {
						t.Fatal(err)
					}
					d.cursor = page.Cursor
					if page.Snapshot != (desk.Origin{}) {
						snapshots = append(snapshots, page.Snapshot)
					}
				}
				want := []desk.Origin{{Dropped: hourAgo(), Name: test.file}}
				if test.log != "" {
					want = want[:0]
				}
				if diff := cmp.Diff(want, snapshots); diff != "" {
					t.Error(diff)
				}
				said := strings.Count(log.String(), "Drop is no snapshot")
				switch test.log {
				case "", "-":
					if said != 0 {
						t.Errorf("got %s", log.String())
					}
				default:
					if said != 1 || !strings.Contains(log.String(), test.log) {
						t.Errorf("got %s, want %s, once", log.String(), test.log)
					}
				}
				if page := d.fetch(noon); page.Snapshot != (desk.Origin{}) {
					t.Errorf("said again: %+v", page.Snapshot)
				}
			})
		}
	}
}

func TestOnlyTheNewestDropIsASnapshot(t *testing.T) {
	d := newDesktop(t, snapshotYAML)
	d.drop("a.csv", listing("1", "2"), hourAgo().Add(time.Minute))
	d.drop("b.csv", listing("1"), hourAgo())
	page := d.fetch(noon)
	if want := (desk.Origin{Dropped: hourAgo().Add(time.Minute), Name: "a.csv"}); page.Snapshot != want || len(page.Records) != 3 {
		t.Errorf("got %+v behind %v, want %+v", page.Snapshot, ids(page), want)
	}
	// A newer one that has not settled yet speaks for itself soon.
	d.drop("c.csv", listing("1"), hourAgo().Add(2*time.Minute))
	d.drop("d.csv", listing("1"), noon)
	if page := d.fetch(noon); page.Snapshot != (desk.Origin{}) || len(page.Records) != 1 {
		t.Errorf("got %+v behind %v", page.Snapshot, ids(page))
	}
	if page := d.fetch(noon.Add(time.Minute)); page.Snapshot.Name != "d.csv" {
		t.Errorf("got %+v behind %v", page.Snapshot, ids(page))
	}
}

func TestASnapshotThatIsWrittenAnewIsToldAnewWhole(t *testing.T) {
	for name, text := range map[string]string{
		"touched": listing("1", "2"), "appended to": listing("1", "2", "3"), "replaced": listing("2", "3"),
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesktop(t, snapshotYAML)
			d.drop("a.csv", listing("1", "2"), hourAgo())
			d.fetch(noon)
			later := hourAgo().Add(time.Minute)
			d.drop("a.csv", text, later)
			d.restart()
			page := d.fetch(noon)
			if want := (desk.Origin{Dropped: later, Name: "a.csv"}); page.Snapshot != want {
				t.Errorf("got %+v, want %+v", page.Snapshot, want)
			}
			told := ticketsHead
			for _, r := range page.Records {
				told += r.ID + ",2026-03-01 10:00:00,open,A\n"
				if !r.Origin.Dropped.Equal(later) {
					t.Errorf("the ticket %s stands in the drop of %s", r.ID, r.Origin.Dropped)
				}
			}
			if told != text {
				t.Errorf("told %q, want %q", told, text)
			}
		})
	}
}

func TestADropThatIsWrittenToWhileItIsReadIsNoSnapshot(t *testing.T) {
	d := newDesktop(t, snapshotYAML)
	d.page = 1
	d.restart()
	d.drop("a.csv", listing("1", "2"), hourAgo())
	first, err := d.source.Fetch(t.Context(), nil, noon)
	if err != nil || !first.More {
		t.Fatal(err, first)
	}
	s := d.source.(*Source)
	d.cursor = first.Cursor
	listed := s.open.drop
	d.drop("a.csv", listing("1", "2", "3"), hourAgo().Add(time.Minute))
	// It was listed before that, and read after.
	p := &page{rows: 100, bytes: 100, newest: listed}
	if err := s.visit(t.Context(), listed, s.state.Files["a.csv"], p, noon); err != nil || len(p.records) != 1 || p.snapshot != (desk.Origin{}) {
		t.Errorf("got %v, %d records and %+v", err, len(p.records), p.snapshot)
	}
	if page := d.fetch(noon); page.Snapshot.Dropped != hourAgo().Add(time.Minute) || len(page.Records) != 3 {
		t.Errorf("got %v and %+v", ids(page), page.Snapshot)
	}
}

func TestWithoutTheKeyNoDropIsASnapshot(t *testing.T) {
	d := newDesktop(t, ticketsYAML)
	d.drop("a.csv", listing("1"), hourAgo())
	if page := d.fetch(noon); page.Snapshot != (desk.Origin{}) {
		t.Errorf("got %+v", page.Snapshot)
	}
}

func TestSnapshotConformance(t *testing.T) {
	dir := newDesktop(t, snapshotYAML)
	dir.drop("a.csv", listing("1", "2", "3"), hourAgo())
	dir.drop("b.csv", listing("2", "3", "4"), hourAgo().Add(time.Minute))
	conform(t, dir)
}

// TestSnapshotsLeaveWhatTheLastDropLists writes drops anew in every way there is
// and reads them in any pages, with restarts and pages that are lost. Whoever
// takes the snapshots at their word has the tickets of the last drop.
func TestSnapshotsLeaveWhatTheLastDropLists(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		d := newDesktop(t, snapshotYAML)
		d.page = rapid.IntRange(1, 5).Draw(rt, "page")
		d.restart()
		told := map[string]desk.Origin{}
		take := func(page desk.Page) {
			for _, r := range page.Records {
				if r.Origin.Compare(told[r.ID]) > 0 {
					told[r.ID] = r.Origin
				}
			}
			for id, origin := range told {
				if origin.Compare(page.Snapshot) < 0 {
					delete(told, id)
				}
			}
		}
		var open []string
		for n := range rapid.IntRange(1, 5).Draw(rt, "drops") {
			open = rapid.SliceOfDistinct(rapid.SampledFrom([]string{"1", "2", "3", "4", "5", "6"}), rapid.ID[string]).Draw(rt, "open")
			name := rapid.SampledFrom([]string{"a.csv", "b.csv", "c.csv"}).Draw(rt, "name")
			d.drop(name, listing(open...), hourAgo().Add(time.Duration(n)*time.Second))
			// It may be followed by another before it was read to its end.
			for range rapid.IntRange(0, 12).Draw(rt, "pages") {
				if rapid.IntRange(0, 3).Draw(rt, "restart") == 0 {
					d.restart()
				}
				page, err := d.source.Fetch(t.Context(), d.cursor, noon)
				if err != nil {
					rt.Fatal(err)
				}
				if rapid.IntRange(0, 4).Draw(rt, "lost") == 0 {
					continue
				}
				take(page)
				d.cursor = page.Cursor
			}
		}
		for more := true; more; {
			page, err := d.source.Fetch(t.Context(), d.cursor, noon)
			if err != nil {
				rt.Fatal(err)
			}
			take(page)
			d.cursor, more = page.Cursor, page.More
		}
		got := []string{}
		for id := range told {
			got = append(got, id)
		}
		slices.Sort(got)
		slices.Sort(open)
		if !slices.Equal(got, open) {
			rt.Fatalf("left are %v, want %v", got, open)
		}
	})
}

func TestValidateRefusesSnapshotsThatCannotBe(t *testing.T) {
	for text, want := range map[string]string{
		"record: call\ncolumns: {arrived_at: a}\n":                              "snapshot: says that each drop lists every open ticket; remove it, or write record: ticket",
		"record: ticket\ncolumns: {id: i, created_at: c}\nshift_to_now: true\n": "snapshot: not possible with shift_to_now, which plays one recording; remove one of them",
		"record: ticket\ncolumns: {id: i, created_at: c}\nsettle: 9s\n":         "settle: 9s is too short for snapshot: a drop that is half written would make the other tickets count as deleted; write 10s or more",
		"record: ticket\ncolumns: {id: i, created_at: c}\nsettle: 10s\n":        "",
		"record: ticket\ncolumns: {id: i, created_at: c}\nafter: archive\n":     "",
	} {
		_, err := configured(t, "directory: drops\nsnapshot: true\n"+text).New(sources.Options{})
		if got := fmt.Sprint(err); err == nil && want != "" || err != nil && got != want {
			t.Errorf("%s: got %v\nwant %s", text, err, want)
		}
	}
}
