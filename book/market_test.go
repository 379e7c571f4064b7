package book_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"helpdesk_exporter/book"
	"helpdesk_exporter/desk"
)

// foundUpTo returns what a source has reported by the last of some rounds.
func foundUpTo(rounds []round, source string) []observation {
	var all []observation
	for _, r := range rounds {
		all = append(all, r.found[source]...)
	}
	return all
}

// asOfUpTo returns how far a source is complete by the last of some rounds.
func asOfUpTo(rounds []round, source string) time.Time {
	var most time.Time
	for _, r := range rounds {
		if r.asOf[source].After(most) {
			most = r.asOf[source]
		}
	}
	return most
}

// A file of customers is read for the first time when their purchases have long
// been there, in several pages, and the others are polled meanwhile: when all are
// read it is as if they had always been.
func TestSourcesMayBeReadForTheFirstTimeOneAfterAnother(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := dice{T: t, market: true, legs: true}
		rounds := d.rounds(d.world(), 3)
		last := len(rounds) - 1
		plain, late := openOffice(t, "", marketSources()...), openOffice(t, "", marketSources()...)
		begins := map[string]int{}
		for _, s := range marketSources() {
			begins[s.Name] = d.below(len(rounds))
		}
		for i, r := range rounds {
			plain.deliverPlainly(r)
			for _, s := range rapid.Permutation(marketSources()).Draw(t, "sources") {
				switch {
				case i < begins[s.Name]:
				case i == begins[s.Name]:
					late.readHistory(d, s.Name, begins, rounds[:i+1])
				default:
					late.commit(s.Name, desk.Page{Records: records(r.found[s.Name]), AsOf: r.asOf[s.Name]}, r.now)
				}
			}
			late.restart(rounds[:i+1])
		}
		now := rounds[last].now
		if diff := cmp.Diff(sorted(plain.read(now).gauges()), sorted(late.read(now).gauges())); diff != "" {
			t.Fatalf("read from %v (-always there +read late):\n%s\n%s", begins, diff, story(rounds))
		}
	})
}

// restart opens the book anew after some rounds, and wants it to show the same.
func (o *office) restart(rounds []round) {
	o.Helper()
	now := rounds[len(rounds)-1].now
	shown := sorted(o.read(now).gauges())
	o.reopen(now)
	if diff := cmp.Diff(shown, sorted(o.read(now).gauges())); diff != "" {
		o.Fatalf("after %d rounds (-before +after a restart):\n%s\n%s", len(rounds), diff, story(rounds))
	}
}

// readHistory commits all that a source knows in pages, while sources that are
// read already are polled between them.
func (o *office) readHistory(d dice, name string, begins map[string]int, rounds []round) {
	o.Helper()
	now := rounds[len(rounds)-1]
	found := foundUpTo(rounds, name)
	for pages := 1 + d.below(3); pages > 0; pages-- {
		size := len(found)
		if pages > 1 {
			size = d.below(len(found) + 1)
		}
		o.commit(name, desk.Page{Records: records(found[:size]), AsOf: asOfUpTo(rounds, name), More: pages > 1}, now.now)
		found = found[size:]
		other := marketSources()[d.below(len(marketSources()))].Name
		if begun := begins[other] < len(rounds)-1; begun && pages > 1 {
			o.commit(other, desk.Page{Records: records(now.found[other]), AsOf: now.asOf[other]}, now.now)
			o.restart(rounds)
		}
	}
}

// A source that is taken out of the configuration leaves nothing in windows and
// stocks, and one that is added brings all it has.
func TestSourcesComeAndGoWithTheConfiguration(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := dice{T: t, market: true, legs: true}
		rounds := d.rounds(d.world(), 4)
		o := openOffice(t, "", marketSources()...)
		for i, r := range rounds {
			some := slices.DeleteFunc(marketSources(), func(book.SourceConfig) bool { return d.chance(30) })
			if i == len(rounds)-1 {
				some = marketSources()
			}
			o.options.Sources = some
			o.reopen(r.now)
			plain := openOffice(t, "", some...)
			for _, s := range some {
				page := desk.Page{Records: records(foundUpTo(rounds[:i+1], s.Name)), AsOf: asOfUpTo(rounds[:i+1], s.Name)}
				o.commit(s.Name, page, r.now)
				plain.commit(s.Name, page, r.now)
			}
			if diff := cmp.Diff(sorted(plain.read(r.now).gauges()), sorted(o.read(r.now).gauges())); diff != "" {
				t.Fatalf("round %d (-only these sources ever +others before):\n%s\n%s", i, diff, story(rounds[:i+1]))
			}
		}
	})
}
