package book_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"helpdesk_exporter/book"
	"helpdesk_exporter/desk"
	"helpdesk_exporter/kpi"
	"helpdesk_exporter/tally"
)

// exemplars are those of every histogram that has any, by family; it implements
// [book.Reader].
type exemplars struct {
	counter
	of map[string][]tally.Exemplar
}

func (e *exemplars) Total(m *kpi.Measure, _ book.Place, _ time.Time, t *tally.Total) {
	if t.Exemplars != nil {
		e.of[m.Total.Name] = append(e.of[m.Total.Name], slices.Clone(t.Exemplars)...)
	}
}

func (o *office) exemplars(now time.Time) map[string][]tally.Exemplar {
	e := &exemplars{of: map[string][]tally.Exemplar{}}
	o.Read(now, e)
	return e.of
}

// openWithExemplars opens a book that gives ids of tickets, whose first poll at
// monday finds nothing.
func openWithExemplars(t *testing.T, configs ...book.SourceConfig) *office {
	t.Helper()
	o := openOffice(t, "", configs...)
	o.options.Exemplars = true
	o.reopen(monday)
	for _, c := range configs {
		o.poll(c.Name, monday)
	}
	return o
}

// answered is a ticket of monday that was answered after a time.
func answered(id string, after time.Duration) desk.Record {
	return ticket(id, monday, monday.Add(after), desk.StatusOpen, func(t *desk.Ticket) { t.FirstResponseAt = monday.Add(after) })
}

const firstResponses = "helpdesk_first_response_seconds"

func exemplar(id string, value time.Duration, at time.Time) tally.Exemplar {
	return tally.Exemplar{ID: id, Value: tally.Seconds(value), At: at}
}

func (o *office) expectExemplars(now time.Time, want ...tally.Exemplar) {
	o.Helper()
	if diff := cmp.Diff(want, o.exemplars(now)[firstResponses]); diff != "" {
		o.Errorf("exemplars of first responses (-want +got):\n%s", diff)
	}
}

// Buckets end at 60, 3600 and 86400 seconds.
func TestTheTicketCountedLastIsTheExemplarOfItsBucket(t *testing.T) {
	o := openWithExemplars(t, source("zen", "acme", desk.KindTicket))
	o.poll("zen", at(1), answered("a", 30*time.Second), answered("b", 20*time.Minute), answered("c", 10*time.Minute))
	o.expectExemplars(at(1),
		exemplar("a", 30*time.Second, at(1)), exemplar("c", 10*time.Minute, at(1)), tally.Exemplar{}, tally.Exemplar{})
	// An answer that is told again is not counted again.
	o.poll("zen", at(30), answered("b", 20*time.Minute), answered("d", time.Minute), answered("e", 25*time.Hour))
	o.expectExemplars(at(30),
		exemplar("d", time.Minute, at(30)), exemplar("c", 10*time.Minute, at(1)), tally.Exemplar{}, exemplar("e", 25*time.Hour, at(30)))
}

func TestHistoryMakesNoExemplars(t *testing.T) {
	for name, config := range map[string]book.SourceConfig{
		"in windows":  source("zen", "acme", desk.KindTicket),
		"in counters": withHistory(source("zen", "acme", desk.KindTicket)),
	} {
		t.Run(name, func(t *testing.T) {
			o := openOffice(t, "", config)
			o.options.Exemplars = true
			o.reopen(monday)
			o.poll("zen", at(1), answered("old", 30*time.Second))
			if got := o.exemplars(at(1)); len(got) > 0 {
				t.Errorf("a first sync made %v", got)
			}
			o.poll("zen", at(2), answered("new", 40*time.Second))
			o.expectExemplars(at(2), exemplar("new", 40*time.Second, at(2)), tally.Exemplar{}, tally.Exemplar{}, tally.Exemplar{})
		})
	}
}

func TestOnlyHistogramsOfTicketsHaveExemplars(t *testing.T) {
	o := openWithExemplars(t, source("all", "acme", desk.Kinds()...))
	call := desk.Record{ID: "7", Body: &desk.Call{
		ArrivedAt: monday, AnsweredAt: monday.Add(time.Minute), EndedAt: at(0.5), Customer: "ann", Ticket: "1",
	}}
	answer := desk.Record{ID: "8", Body: &desk.Survey{Survey: "csat", RespondedAt: at(1), Score: desk.Some(4.0), Ticket: "1"}}
	o.poll("all", at(1), call, answer, ticket("1", monday, at(1), desk.StatusSolved, solvedAt(at(1)), from("ann", "bill")))
	got := o.exemplars(at(1))
	if len(got["helpdesk_full_resolution_seconds"]) == 0 {
		t.Fatalf("a solved ticket is no exemplar: %v", slices.Sorted(maps.Keys(got)))
	}
	for family, list := range got {
		for _, e := range list {
			if e.ID != "" && e.ID != "1" {
				t.Errorf("%s has the exemplar %q, which is no ticket", family, e.ID)
			}
		}
	}
}

// OpenMetrics lets 128 characters through, the nine of the label among them.
func TestAnIDThatScrapersRefuseIsNoExemplar(t *testing.T) {
	o := openWithExemplars(t, source("zen", "acme", desk.KindTicket))
	longest := strings.Repeat("é", 119)
	o.poll("zen", at(1), answered(longest, 30*time.Second), answered(longest+"e", 31*time.Second), answered("a\xffb", 32*time.Second))
	o.expectExemplars(at(1), exemplar(longest, 30*time.Second, at(1)), tally.Exemplar{}, tally.Exemplar{}, tally.Exemplar{})
}

func TestExemplarsChangeNoFigureAndNoneAreMadeUnasked(t *testing.T) {
	with := openWithExemplars(t, source("zen", "acme", desk.KindTicket))
	without := openOffice(t, "", source("zen", "acme", desk.KindTicket))
	without.poll("zen", monday)
	for _, o := range []*office{with, without} {
		o.poll("zen", at(1), answered("a", 30*time.Second), answered("b", 2*time.Hour))
	}
	if got := without.exemplars(at(1)); len(got) > 0 {
		t.Errorf("without the option there are %v", got)
	}
	if diff := cmp.Diff(without.read(at(1)).text(), with.read(at(1)).text()); diff != "" {
		t.Errorf("(-without +with exemplars):\n%s", diff)
	}
}

func TestARestartForgetsExemplarsAndNothingElse(t *testing.T) {
	o := openWithExemplars(t, source("zen", "acme", desk.KindTicket))
	o.poll("zen", at(1), answered("a", 30*time.Second))
	before := o.read(at(1)).text()
	o.reopen(at(1))
	if got := o.exemplars(at(1)); len(got) > 0 {
		t.Errorf("after a restart there are %v", got)
	}
	if diff := cmp.Diff(before, o.read(at(1)).text()); diff != "" {
		t.Errorf("(-before +after a restart):\n%s", diff)
	}
	o.poll("zen", at(2), answered("b", 40*time.Second))
	o.expectExemplars(at(2), exemplar("b", 40*time.Second, at(2)), tally.Exemplar{}, tally.Exemplar{}, tally.Exemplar{})
}
