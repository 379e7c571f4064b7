package book_test

import (
	"fmt"
	"strings"
	"time"

	"pgregory.net/rapid"

	"helpdesk_exporter/desk"
)

// round is one poll of every source at one instant.
type round struct {
	now   time.Time
	asOf  map[string]time.Time
	found map[string][]observation // by source, the states of each record in order
}

// rounds draws how a world becomes known: which states each poll finds, and how
// far each source is read then.
func (d dice) rounds(world []history, n int) []round {
	rounds := make([]round, n)
	now := monday
	for i := range rounds {
		rounds[i] = round{now: now, asOf: map[string]time.Time{}, found: map[string][]observation{}}
		for _, s := range d.sources() {
			rounds[i].asOf[s.Name] = now.Add(-d.minutes(0, 30))
		}
		now = now.Add(d.minutes(1, 50))
		if d.chance(30) {
			now = now.Add(d.minutes(0, 36*60))
		}
	}
	for _, h := range world {
		at := 0
		for _, o := range h {
			at = rapid.IntRange(at, n-1).Draw(d.T, "round")
			rounds[at].found[o.source] = append(rounds[at].found[o.source], o)
		}
	}
	return rounds
}

// story tells what rounds found, for those who read of a failure.
func story(rounds []round) string {
	var told strings.Builder
	for i, r := range rounds {
		for name, found := range r.found {
			for _, o := range found {
				fmt.Fprintf(&told, "round %d, %s: %s, deleted %v: %+v\n", i, name, o.record.ID, o.record.Deleted, o.record.Body)
			}
		}
	}
	return told.String()
}

// deliverPlainly commits a round in order, one page a source.
func (o *office) deliverPlainly(r round) {
	o.Helper()
	for _, s := range o.options.Sources {
		o.commit(s.Name, desk.Page{Records: records(r.found[s.Name]), AsOf: r.asOf[s.Name]}, r.now)
	}
}

func records(of []observation) []desk.Record {
	var records []desk.Record
	for _, o := range of {
		records = append(records, o.record)
	}
	return records
}

// deliverWildly commits a round as it may come: sources and records in any
// order, in pages of any size, some of it again, with failures and restarts
// between. inOrder: the states of one record keep their order.
func (o *office) deliverWildly(d dice, past []round, r round, inOrder bool) {
	o.Helper()
	for _, s := range rapid.Permutation(o.options.Sources).Draw(d.T, "sources") {
		found := d.shuffle(r.found[s.Name], inOrder)
		known := 0
		for {
			size := d.below(len(found) - known + 1)
			page := desk.Page{Records: records(found[known : known+size]), AsOf: r.asOf[s.Name], More: true}
			known += size
			if again := d.known(past, s.Name, found[:known]); len(again) > 0 && d.chance(50) {
				page.Records = append(page.Records, again[d.below(len(again))].record)
			}
			if len(page.Records) > 0 && d.chance(10) {
				o.failInTheMiddle(s.Name, page, r.now)
			}
			if known == len(found) && d.chance(60) {
				page.More = false
				o.commit(s.Name, page, r.now)
				break
			}
			o.commit(s.Name, page, r.now)
			if d.chance(15) {
				o.reopen(r.now)
			}
		}
	}
}

// known returns all that a source has ever reported.
func (d dice) known(past []round, source string, now []observation) []observation {
	var all []observation
	for _, r := range past {
		all = append(all, r.found[source]...)
	}
	return append(all, now...)
}

// failInTheMiddle commits a page that breaks after its records.
func (o *office) failInTheMiddle(source string, page desk.Page, now time.Time) {
	o.Helper()
	page.Records = append(page.Records[:len(page.Records):len(page.Records)], desk.Record{ID: "broken", Body: unknownBody{}})
	before := o.read(now).text()
	if err := o.Commit(source, page, now); err == nil {
		o.Fatal("a page with a record that its source does not feed was kept")
	}
	if after := o.read(now).text(); after != before {
		o.Fatal("a page that failed left a trace")
	}
}

// unknownBody is of a kind that no source feeds.
type unknownBody struct{ *desk.Survey }

func (unknownBody) Kind() desk.Kind { return 99 }

// shuffle draws an order of observations.
func (d dice) shuffle(found []observation, inOrder bool) []observation {
	if len(found) == 0 {
		return nil
	}
	shuffled := rapid.Permutation(found).Draw(d.T, "order")
	if !inOrder {
		return shuffled
	}
	queues := map[string][]observation{}
	for _, o := range found {
		queues[o.record.ID] = append(queues[o.record.ID], o)
	}
	for i, o := range shuffled {
		shuffled[i] = queues[o.record.ID][0]
		queues[o.record.ID] = queues[o.record.ID][1:]
	}
	return shuffled
}
