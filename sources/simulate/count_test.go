package simulate

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/sources"
)

// open counts the tickets that are open by what was reported last.
func (w *watch) open() int {
	open := 0
	for _, t := range ofKind[*desk.Ticket](w.newest) {
		if t.Status.Open() {
			open++
		}
	}
	return open
}

// Whoever reads everything finds the count of the desk, however the polls fall
// and whatever is restarted.
func TestTheDeskCountsTheOpenTicketsThatItReports(t *testing.T) {
	t.Parallel()
	most := 0
	rapid.Check(t, func(rt *rapid.T) {
		w := newWatch(t, newSource(t, Settings{TicketsPerDay: 100, CallsPerDay: 60, Past: days(0.5), Speed: 20}))
		w.source.pageRecords = rapid.SampledFrom([]int{3, 50, 5000}).Draw(rt, "page")
		until := noon
		for _, step := range rapid.SliceOfN(rapid.Int64Range(0, int64(3*time.Hour)), 1, 6).Draw(rt, "steps") {
			until = until.Add(time.Duration(step))
			if rapid.Bool().Draw(rt, "restart") {
				w.restart()
			}
			w.fetch(until)
			got, err := w.source.CountOpen(t.Context())
			if err != nil {
				rt.Fatal(err)
			}
			if want := w.open(); got != want {
				rt.Fatalf("at %s the desk counts %d open tickets, and has reported %d", until, got, want)
			}
			most = max(most, got)
		}
	})
	if most < 20 {
		t.Errorf("no more than %d tickets were ever open: too few to tell", most)
	}
}

// The settings may change while tickets are open.
func TestTheCountGoesOnUnderOtherSettings(t *testing.T) {
	w := newWatch(t, newSource(t, Settings{TicketsPerDay: 300, Past: days(3)}))
	w.fetch(noon)
	w.source = newSource(t, Settings{TicketsPerDay: 50, Seed: 2, Past: days(3)})
	w.fetch(noon.Add(2 * time.Hour))
	got, err := w.source.CountOpen(t.Context())
	if want := w.open(); err != nil || got != want || got == 0 {
		t.Errorf("the desk counts %d (%v), and has reported %d", got, err, want)
	}
}

func TestADeskThatNobodyHasReadDoesNotCount(t *testing.T) {
	if _, err := newSource(t, Settings{}).CountOpen(t.Context()); sources.ReasonOf(err) != sources.ReasonInternal {
		t.Errorf("got %v", err)
	}
}
