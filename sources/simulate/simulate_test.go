package simulate

import (
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/sources"
	"helpdesk_exporter/sources/sourcestest"
)

// watch is one who polls a source and keeps what it reported last.
type watch struct {
	t      testing.TB
	source *Source
	cursor desk.Cursor
	newest map[string]desk.Record
	pages  int
}

func newWatch(t testing.TB, source *Source) *watch {
	return &watch{t: t, source: source, newest: map[string]desk.Record{}}
}

// page fetches one page and reports whether there is more.
func (w *watch) page(until time.Time) bool {
	w.t.Helper()
	page, err := w.source.Fetch(w.t.Context(), w.cursor, until)
	if err != nil {
		w.t.Fatal(err)
	}
	w.cursor = page.Cursor
	w.pages++
	for _, r := range page.Records {
		name := r.Body.Kind().String() + " " + r.ID
		if newest := newestTime(r); newest.After(until) {
			w.t.Errorf("%s tells of %s, %s ahead of the clock", name, newest, newest.Sub(until))
		}
		if before, ok := w.newest[name]; ok && newestTime(r).Before(newestTime(before)) {
			w.t.Errorf("%s went back from %s to %s", name, newestTime(before), newestTime(r))
		}
		w.newest[name] = r
	}
	if page.AsOf.After(until) {
		w.t.Errorf("complete until %s, which is %s ahead of the clock", page.AsOf, page.AsOf.Sub(until))
	}
	return page.More
}

func newestTime(r desk.Record) time.Time {
	if c, ok := r.Body.(*desk.Cost); ok {
		return c.PeriodStart // the day that it is for goes on
	}
	newest := r.Body.Newest()
	if at := r.Body.Changed(); at.After(newest) {
		newest = at
	}
	return newest
}

func (w *watch) fetch(until time.Time) {
	w.t.Helper()
	for w.page(until) {
	}
}

// restart lets another source of the same settings go on.
func (w *watch) restart() {
	w.source = &Source{settings: w.source.settings, pageRecords: w.source.pageRecords}
}

func TestConformance(t *testing.T) {
	sourcestest.Run(t, func(t *testing.T) (sources.Source, time.Time) {
		s := newSource(t, Settings{TicketsPerDay: 40, CallsPerDay: 40, Customers: 30, Past: days(3)})
		s.pageRecords = 40
		return s, noon
	})
}

// However the polls fall, and whatever is restarted, lost or read in pages: the
// records end the same, and none goes back on the way.
func TestTheLifeDoesNotDependOnWhoLooks(t *testing.T) {
	t.Parallel()
	settings := Settings{TicketsPerDay: 20, CallsPerDay: 20, Customers: 30, Past: days(0.5), Speed: 10}
	end := noon.Add(24 * time.Hour)
	whole := newWatch(t, newSource(t, settings))
	whole.fetch(noon)
	whole.fetch(end)
	rapid.Check(t, func(rt *rapid.T) {
		w := newWatch(t, newSource(t, settings))
		w.source.pageRecords = rapid.SampledFrom([]int{3, 50, 5000}).Draw(rt, "page")
		steps := rapid.SliceOfN(rapid.Int64Range(0, int64(6*time.Hour)), 0, 12).Draw(rt, "steps")
		until := noon
		for i := 0; ; i++ {
			for more, n := true, 0; more && n < 30; n++ {
				switch rapid.IntRange(0, 9).Draw(rt, "mishap") {
				case 0:
					w.restart()
				case 1: // the page is lost
					if _, err := w.source.Fetch(t.Context(), w.cursor, until); err != nil {
						rt.Fatal(err)
					}
				}
				more = w.page(until)
			}
			if i == len(steps) {
				break
			}
			if until = until.Add(time.Duration(steps[i])); until.After(end) {
				until = end
			}
		}
		w.fetch(end)
		if !reflect.DeepEqual(whole.newest, w.newest) {
			rt.Fatalf("records differ (-whole +pieces):\n%s", cmp.Diff(whole.newest, w.newest))
		}
		if t.Failed() {
			rt.Fatal("see above")
		}
	})
}

func TestAnotherSeedIsAnotherDesk(t *testing.T) {
	one := fourWeeks(t, Settings{TicketsPerDay: 20, Past: days(2)})
	same := fourWeeks(t, Settings{TicketsPerDay: 20, Past: days(2)})
	other := fourWeeks(t, Settings{TicketsPerDay: 20, Past: days(2), Seed: 2})
	if diff := cmp.Diff(one, same); diff != "" {
		t.Errorf("the same seed gives another desk:\n%s", diff)
	}
	for name, r := range other {
		if same, ok := one[name]; ok && r.Body.Kind() == desk.KindTicket && cmp.Equal(same, r) {
			t.Errorf("another seed gives the same %s", name)
		}
	}
}

func TestAClockThatIsSetBackIsWaitedFor(t *testing.T) {
	w := newWatch(t, newSource(t, Settings{Past: days(1)}))
	w.fetch(noon)
	before := string(w.cursor)
	page, err := w.source.Fetch(t.Context(), w.cursor, noon.Add(-time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if len(page.Records) > 0 || page.More || !page.AsOf.IsZero() || string(page.Cursor) != before {
		t.Errorf("got %d records, more %t, as of %s, cursor %s", len(page.Records), page.More, page.AsOf, page.Cursor)
	}
}

func TestWithoutACursorANewLifeBegins(t *testing.T) {
	w := newWatch(t, newSource(t, Settings{Past: days(2)}))
	w.fetch(noon)
	lost := newWatch(t, newSource(t, Settings{Past: days(2)}))
	later := noon.Add(24 * time.Hour)
	lost.fetch(later)
	oldest := later
	for _, b := range ofKind[*desk.Ticket](lost.newest) {
		if b.CreatedAt.Before(oldest) {
			oldest = b.CreatedAt
		}
	}
	if since := later.Sub(oldest); since < 47*time.Hour || since > 48*time.Hour+time.Minute {
		t.Errorf("the oldest ticket is %s old, want nearly two days", since)
	}
}

func TestACursorOfAnotherSourceIsRefused(t *testing.T) {
	for _, foreign := range []string{"{}", `{"take":"x"}`, "much"} {
		_, err := newSource(t, Settings{}).Fetch(t.Context(), desk.Cursor(foreign), noon)
		if !errors.Is(err, errCursor) || sources.ReasonOf(err) != sources.ReasonInternal {
			t.Errorf("%s: got %v", foreign, err)
		}
	}
}

// What began before goes on as it would have; only what comes afterwards is
// another desk's.
func TestChangedSettingsBeginANewEra(t *testing.T) {
	settings := Settings{TicketsPerDay: 100, CallsPerDay: 100, Past: days(3)}
	end := noon.Add(30 * 24 * time.Hour)
	undisturbed := newWatch(t, newSource(t, settings))
	undisturbed.fetch(noon)
	changed := newWatch(t, newSource(t, settings))
	changed.fetch(noon)
	settings.TicketsPerDay, settings.Teams, settings.Speed = 300, []string{"everything"}, 2
	changed.source = newSource(t, settings)
	changed.fetch(noon.Add(time.Minute))
	changed.restart()
	changed.fetch(end)
	undisturbed.fetch(end)
	old, new := 0, 0
	for name, r := range changed.newest {
		b, ok := r.Body.(*desk.Ticket)
		if !ok {
			continue
		}
		was, known := undisturbed.newest[name]
		switch {
		case known && was.Body.(*desk.Ticket).CreatedAt.Before(noon):
			old++
			if diff := cmp.Diff(was, r); diff != "" {
				t.Fatalf("a ticket from before differs:\n%s", diff)
			}
		case b.CreatedAt.After(noon.Add(20 * 24 * time.Hour)):
			new++
			if b.Team != "everything" {
				t.Fatalf("a new ticket of team %s", b.Team)
			}
		}
	}
	if perDay := float64(new) / 10; old < 250 || perDay < 600 || perDay > 800 {
		t.Errorf("%d tickets from before, %.0f a day afterwards; want about 700", old, perDay)
	}
}

// A source must not bring what it does not say that it feeds.
func TestADeskThatHasNoCallsAnyMoreBringsNone(t *testing.T) {
	w := newWatch(t, newSource(t, Settings{TicketsPerDay: 100, CallsPerDay: 100, Past: days(3)}))
	w.fetch(noon)
	clear(w.newest)
	w.source = newSource(t, Settings{TicketsPerDay: 100, Past: days(3)})
	w.source.settings.CallsPerDay = 0
	w.fetch(noon.Add(2 * 24 * time.Hour))
	brought := map[desk.Kind]int{}
	for _, r := range w.newest {
		brought[r.Body.Kind()]++
	}
	if brought[desk.KindCall]+brought[desk.KindStaffing] > 0 || brought[desk.KindTicket] == 0 {
		t.Errorf("it brought %v", brought)
	}
}

func TestADeskWithoutCustomersAnyMoreBringsNothingOfThem(t *testing.T) {
	settings := Settings{TicketsPerDay: 100, CallsPerDay: 100, Customers: 200, Past: days(3)}
	w := newWatch(t, newSource(t, settings))
	w.fetch(noon)
	clear(w.newest)
	settings.Customers = 0
	w.source = newSource(t, settings)
	w.fetch(noon.Add(2 * 24 * time.Hour))
	fed := (&Config{Settings: w.source.settings}).Feeds()
	for _, r := range w.newest {
		if kind := r.Body.Kind(); !slices.Contains(fed, kind) {
			t.Fatalf("it brought a %s", kind)
		}
	}
	if len(w.newest) < 200 {
		t.Errorf("%d records are too few to tell", len(w.newest))
	}
}

func TestMemoryHoldsOnlyWhatIsNotOver(t *testing.T) {
	waiting := func(past float64) int {
		source := newSource(t, Settings{TicketsPerDay: 100, CallsPerDay: 100, Past: days(past)})
		newWatch(t, source).fetch(noon)
		n := 0
		for _, keys := range source.waiting.stories {
			n += len(keys)
		}
		return n
	}
	month, quarter := waiting(35), waiting(140)
	if month < 200 || month > 2500 {
		t.Errorf("%d stories wait, want those of a few days at 200 a day", month)
	}
	if quarter > month*6/5 {
		t.Errorf("%d stories wait after 35 days, %d after 140", month, quarter)
	}
}

func TestPagesAreBounded(t *testing.T) {
	w := newWatch(t, newSource(t, Settings{TicketsPerDay: 300, CallsPerDay: 300, Past: days(5)}))
	w.source.pageRecords = 100
	for until := noon; ; {
		page, err := w.source.Fetch(t.Context(), w.cursor, until)
		if err != nil {
			t.Fatal(err)
		}
		if len(page.Records) > 120 {
			t.Errorf("a page of %d records, want 100 and the rest of a story", len(page.Records))
		}
		if w.cursor = page.Cursor; len(w.cursor) > 1000 {
			t.Errorf("a cursor of %d bytes", len(w.cursor))
		}
		if w.pages++; !page.More {
			break
		}
	}
	if w.pages < 20 {
		t.Errorf("%d pages are too few to tell", w.pages)
	}
}

func TestSomethingHappensWithinMinutes(t *testing.T) {
	w := newWatch(t, newSource(t, Settings{TicketsPerDay: 800, CallsPerDay: 1000, Past: days(14)}))
	w.fetch(noon)
	still, longest := time.Duration(0), time.Duration(0)
	for at := noon; at.Before(noon.Add(time.Hour)); at = at.Add(10 * time.Second) {
		page, err := w.source.Fetch(t.Context(), w.cursor, at)
		if err != nil {
			t.Fatal(err)
		}
		w.cursor = page.Cursor
		if still += 10 * time.Second; len(page.Records) > 0 {
			still = 0
		}
		longest = max(longest, still)
	}
	if longest > time.Minute {
		t.Errorf("nothing happened for %s", longest)
	}
}
