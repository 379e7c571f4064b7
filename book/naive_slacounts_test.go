package book_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"helpdesk_exporter/book"
	"helpdesk_exporter/desk"
	"helpdesk_exporter/kpi"
	"helpdesk_exporter/tally"
)

// tallyman counts the outcomes of promises as they become known: each ticket's
// promises of one kind one after another, each of them once.
type tallyman struct {
	policies []kpi.SLAPolicy
	known    map[string]history // tickets
	messages map[string]history
	vows     map[string][]vow
	counted  map[string]int // by ticket and kind
	totals   map[string]int64
}

// learn takes in what a poll found, one thing after another, and then that all
// is known that happened until an instant.
func (m *tallyman) learn(found []observation, until time.Time) {
	for _, o := range found {
		of, ticket := m.known, o.record.ID
		if message, ok := o.record.Body.(*desk.TicketMessage); ok {
			of, ticket = m.messages, message.Ticket
		}
		of[o.record.ID] = append(of[o.record.ID], o)
		if h := m.known[ticket]; h != nil {
			truth := &truth{tickets: m.known, messages: m.messages}
			m.vows[ticket] = truth.vows(h, m.policies)
			m.count(ticket, time.Time{}) // that something was broken is certain at the end only
		}
	}
	for ticket := range m.known {
		m.count(ticket, until)
	}
}

// count counts what is certain about a ticket, of each kind of promise up to the
// first that is not.
func (m *tallyman) count(ticket string, until time.Time) {
	seen, waits, h := map[string]int{}, map[string]bool{}, m.known[ticket]
	for _, v := range m.vows[ticket] {
		running := v.outcome == "running" && h.ticket().Status.Open() && !v.due.IsZero()
		if v.outcome != "met" && v.outcome != "breached" && !running {
			continue
		}
		waits[v.kind] = waits[v.kind] || v.outcome != "met" && v.due.After(until)
		if waits[v.kind] {
			continue
		}
		if seen[v.kind]++; seen[v.kind] > m.counted[ticket+v.kind] {
			m.counted[ticket+v.kind]++
			m.totals[h.outcomeSeries(v)]++
		}
	}
}

// outcomeSeries names the counter that a promise goes to.
func (h history) outcomeSeries(v vow) string {
	outcome, state := "breached", h.stateThen(v.due)
	if v.outcome == "met" {
		outcome, state = "met", h.stateAt(v.kept)
		if v.target == "first_response" {
			state = h.answerState(v.kept)
		}
	}
	labels := h.labels(state, "priority", "team")
	return fmt.Sprintf(`helpdesk_sla_outcomes_total{desk="acme",policy=%q,target=%q,outcome=%q,channel="none",priority=%q,team=%q}`,
		v.policy, v.target, outcome, labels["priority"], labels["team"])
}

// counters are what a scrape shows of outcomes; it implements [book.Reader].
type counters map[string]int64

func (c counters) Total(m *kpi.Measure, at book.Place, _ time.Time, t *tally.Total) {
	if m.ID == kpi.SLAOutcomes && t.Sum.Float() != 0 {
		c[(&exposition{}).series(m.Total.Name, at, m.Labels())] = int64(t.Sum.Float())
	}
}

func (counters) Window(*kpi.WindowView, book.Place, string, float64)              {}
func (counters) Best(*kpi.BestView, book.Place, string, float64)                  {}
func (counters) Quantile(*kpi.QuantileView, book.Place, string, float64, float64) {}
func (counters) Stock(*kpi.StockView, book.Place, kpi.Figure)                     {}

// wantCounted compares the counters with what was counted.
func (m *tallyman) wantCounted(t *rapid.T, b *book.Book, now time.Time) {
	shown := counters{}
	b.Read(now, shown)
	if diff := cmp.Diff(m.totals, map[string]int64(shown)); diff != "" {
		known := round{found: map[string][]observation{}}
		for _, of := range []map[string]history{m.known, m.messages} {
			for _, h := range of {
				known.found[h[0].source] = append(known.found[h[0].source], h...)
			}
		}
		t.Fatalf("%v (-counted +shown):\n%s\n%+v\n%s", now, diff, m.policies, story([]round{known}))
	}
}

// Every minute both sources are polled, the tickets first. Now and then the
// exporter, or one of the sources, sleeps for a while.
func TestEachPromiseCountsOnceWhenItsOutcomeIsKnown(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := dice{T: t}
		m := &tallyman{
			policies: d.policies(), known: map[string]history{}, messages: map[string]history{},
			vows: map[string][]vow{}, counted: map[string]int{}, totals: map[string]int64{},
		}
		left := map[string][]observation{}
		for _, h := range d.slaWorld() {
			left[h[0].source] = append(left[h[0].source], h...)
		}
		o := openPromising(t, "", m.policies, slaSources()...)
		asOf := map[string]time.Time{}
		down := map[string]time.Time{} // until when a source is
		for now := monday; now.Before(monday.Add(6 * time.Hour)); now = now.Add(time.Minute) {
			for _, s := range slaSources() {
				if now.Minute()%20 == 7 && now.After(monday.Add(time.Hour)) && d.chance(10) {
					down[s.Name] = now.Add(d.minutes(1, 90))
				}
				if now.Before(down[s.Name]) {
					continue
				}
				var found []observation
				left[s.Name] = slices.DeleteFunc(left[s.Name], func(x observation) bool {
					happened := !x.record.Body.Newest().After(now)
					if happened {
						found = append(found, x)
					}
					return happened
				})
				o.poll(s.Name, now, records(found)...)
				asOf[s.Name] = now
				m.learn(found, earliest(asOf["zen"], asOf["log"]))
			}
			m.wantCounted(t, o.Book, now)
			if now.Minute() == 31 && d.chance(20) {
				o.reopen(now)
			}
		}
	})
}

// promises returns all figures of promises that are not 0: which are there at 0
// depends on what was seen on the way.
func (e *exposition) promises() []string {
	return slices.DeleteFunc(strings.Split(e.text(), "\n"), func(line string) bool {
		return !strings.HasPrefix(line, "helpdesk_sla_") || strings.HasSuffix(line, " 0")
	})
}

// Pages of any size, told again, failing and interrupted by restarts come to the
// same as whole ones.
func TestPromisesCountOnceHoweverTheyAreDelivered(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		d, path := dice{T: t}, ""
		if d.chance(10) {
			path = tempDir(t, dir)
		}
		policies := d.policies()
		rounds := d.slaRounds(d.slaWorld(), 3)
		plain, wild := openPromising(t, "", policies, slaSources()...), openPromising(t, path, policies, slaSources()...)
		defer func() { wild.close() }()
		for i, r := range rounds {
			for _, s := range slaSources() {
				plain.commit(s.Name, desk.Page{Records: records(r.found[s.Name]), AsOf: r.asOf[s.Name]}, r.now)
			}
			wild.deliverPages(d, rounds[:i], r, true)
			if diff := cmp.Diff(plain.read(r.now).promises(), wild.read(r.now).promises()); diff != "" {
				t.Fatalf("round %d (-delivered plainly +delivered wildly):\n%s\n%+v\n%s", i, diff, policies, story(rounds[:i+1]))
			}
		}
	})
}
