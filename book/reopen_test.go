package book_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	bolt "go.etcd.io/bbolt"

	"helpdesk_exporter/book"
	"helpdesk_exporter/desk"
	"helpdesk_exporter/journal"
)

// callsAndTickets are calls that may mean the tickets of one source or another.
func callsAndTickets(refersTo string) []book.SourceConfig {
	pbx := source("pbx", "acme", desk.KindCall)
	pbx.RefersTo = refersTo
	return []book.SourceConfig{pbx, source("zen", "acme", desk.KindTicket), source("web", "acme", desk.KindTicket)}
}

// solvedTwice is a desk whose two sources have a ticket 1, solved after an hour,
// which a call of the half hour names.
func solvedTwice(t *testing.T, path string) *office {
	t.Helper()
	o := openOffice(t, path, callsAndTickets("zen")...)
	for _, s := range []string{"zen", "web"} {
		o.poll(s, monday)
		o.poll(s, at(3), ticket("1", monday, at(1), desk.StatusSolved, solvedAt(at(1)), ofTeam(s)))
	}
	o.poll("pbx", monday)
	o.poll("pbx", at(3), desk.Record{ID: "1", Body: &desk.Call{
		ArrivedAt: at(0.5), AnsweredAt: at(0.5), EndedAt: at(0.6), Ticket: "1",
	}})
	return o
}

// efforts are the contacts that the tickets of a source took.
func (e *exposition) efforts(team string) float64 {
	return e.values[fmt.Sprintf(`helpdesk_contacts_to_resolution_mean{desk="acme",by="team",team=%q,window="1d"}`, team)]
}

func TestCallsFindTheirTicketsThoughTheConfigurationChanges(t *testing.T) {
	o := solvedTwice(t, t.TempDir())
	defer func() { o.close() }()
	wantEfforts := func(zen, web float64) {
		t.Helper()
		e := o.read(at(3))
		if e.efforts("zen") != zen || e.efforts("web") != web {
			t.Errorf("it took %v and %v contacts, want %v and %v", e.efforts("zen"), e.efforts("web"), zen, web)
		}
	}
	wantEfforts(2, 0)
	o.options.Sources = callsAndTickets("web")
	o.reopen(at(3))
	wantEfforts(0, 2)
	o.options.Sources = callsAndTickets("web")[1:] // without its calls
	o.reopen(at(3))
	wantEfforts(0, 0)
	o.poll("web", at(3), ticket("1", monday, at(2), desk.StatusSolved, solvedAt(at(2)), ofTeam("web")))
	wantEfforts(0, 0)
	o.options.Sources = callsAndTickets("zen")
	o.reopen(at(3))
	wantEfforts(2, 0)
}

// Ann calls an hour after she wrote, by a source that comes and goes.
func TestContactsOfARemovedSourceAreNobodysNext(t *testing.T) {
	sources := callsAndTickets("zen")
	o := openOffice(t, t.TempDir(), sources...)
	defer func() { o.close() }()
	for _, s := range sources {
		o.poll(s.Name, monday)
	}
	o.poll("zen", at(60), ticket("1", at(1), at(1), desk.StatusOpen, from("ann", "bill")))
	o.poll("web", at(60))
	o.poll("pbx", at(60), desk.Record{ID: "1", Body: &desk.Call{
		ArrivedAt: at(2), AnsweredAt: at(2), EndedAt: at(2.1), Customer: "ann", Topic: "bill",
	}})
	for _, step := range []struct {
		sources []book.SourceConfig
		want    float64
	}{{sources, 1}, {sources[1:], 0}, {sources, 1}} {
		o.options.Sources = step.sources
		o.reopen(at(60))
		const repeated = `helpdesk_repeat_contacts{desk="acme",by="all",window="7d"}`
		if got := o.read(at(60)).values[repeated]; got != step.want {
			t.Errorf("%v contacts repeated by way of %d sources, want %v", got, len(step.sources), step.want)
		}
	}
}

// A journal of an exporter that knew no customers' lines and joined no calls to
// tickets.
func TestAJournalFromBeforeJoinsIsJoinedAnew(t *testing.T) {
	o := solvedTwice(t, "")
	o.poll("zen", at(3), ticket("2", at(2), at(2), desk.StatusOpen, from("ann", "bill")), ticket("3", at(2.5), at(2.5), desk.StatusOpen, from("ann", "bill")))
	before := o.read(at(3)).text()
	err := o.options.Journal.Update(func(tx *journal.Tx) error {
		known, err := tx.Sources()
		for _, s := range known {
			s.Joins = 0
			err = errors.Join(err, tx.PutSource(s))
		}
		ticket := journal.KeyOf(2, desk.KindTicket, "1")
		for _, key := range tx.Members(ticket, 10, func(journal.Key) bool { return true }) {
			err = errors.Join(err, tx.Leave(ticket, key))
		}
		line := journal.LineOf("acme", "ann", "bill")
		for id, hour := range map[string]float64{"2": 2, "3": 2.5} {
			err = errors.Join(err, tx.DropSpot(journal.Spot{Line: line, At: at(hour), Key: journal.KeyOf(2, desk.KindTicket, id)}))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		o.reopen(at(3))
		if diff := cmp.Diff(before, o.read(at(3)).text()); diff != "" {
			t.Errorf("(-before +joined anew):\n%s", diff)
		}
	}
	o.poll("zen", at(3.1), ticket("3", at(2.5), at(3.1), desk.StatusSpam, from("ann", "bill")))
	o.poll("zen", at(50))
	o.poll("web", at(50))
	o.poll("pbx", at(50))
	const repeated = `helpdesk_repeat_contacts{desk="acme",by="all",window="7d"}`
	if got := o.read(at(50)).values[repeated]; got != 0 {
		t.Errorf("%v contacts repeated by spam", got)
	}
}

// damage spoils the record of a source that is not configured: nobody reads it
// until it is.
func damage(t *testing.T, path string, key []byte) {
	t.Helper()
	db, err := bolt.Open(filepath.Join(path, journal.FileName), 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(func(tx *bolt.Tx) error {
		return tx.Bucket([]byte("records")).Put(key, []byte{0xff, 0xff, 0xff})
	})
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
}

// The new configuration moves the calls to the tickets of web and would drop
// series, but one of its records cannot be read. The old book goes on.
func TestABookThatCannotOpenLeavesTheOldOneAsItWas(t *testing.T) {
	path := t.TempDir()
	o := solvedTwice(t, path)
	o.options.Sources = append(o.options.Sources, source("broken", "acme", desk.KindStaffing))
	o.reopen(at(3))
	o.poll("broken", at(3), desk.Record{ID: "1", Body: &desk.Staffing{At: monday}})
	o.close()
	damage(t, path, append([]byte{0, 0, 0, 4, byte(desk.KindStaffing)}, "1"...))
	o.options.Journal, o.options.Sources = nil, callsAndTickets("zen")
	o.open()
	defer func() { o.close() }()
	before := o.read(at(3)).text()

	wanted := o.options
	d := definitions()
	d.Labels = []string{"channel"}
	o.redefine(d)
	fails := o.options
	fails.Sources = append(callsAndTickets("web"), source("broken", "acme", desk.KindStaffing), source("new", "acme", desk.KindTicket))
	if _, err := book.Open(fails); err == nil {
		t.Fatal("a record that cannot be read was read")
	}
	o.options = wanted
	if diff := cmp.Diff(before, o.read(at(3)).text()); diff != "" {
		t.Errorf("(-before +after a book that could not open):\n%s", diff)
	}
	o.poll("zen", at(3), ticket("1", monday, at(2), desk.StatusSolved, solvedAt(at(2)), ofTeam("zen")))
	for range 2 {
		if got := o.read(at(3)).efforts("zen"); got != 2 {
			t.Errorf("it took %v contacts, want 2", got)
		}
		o.reopen(at(3))
	}
}

// Whatever the pages brought, and whatever has expired since, a restart shows
// the same windows and stocks.
func TestARestartShowsTheSame(t *testing.T) {
	inBothWorlds(t, func(d dice) {
		d.legs = true
		rounds := d.rounds(d.world(), 4)
		o := openOffice(d.T, "", d.sources()...)
		o.options.Retention = 8 * day
		o.reopen(monday)
		for i, r := range rounds {
			if i == len(rounds)-1 && d.chance(70) { // much expires
				r.now = r.now.Add(d.minutes(0, 9*24*60))
				for name := range r.asOf {
					r.asOf[name] = r.now
				}
			}
			o.deliverWildly(d, rounds[:i], r, true)
			shown := sorted(o.read(r.now).gauges())
			o.reopen(r.now)
			if diff := cmp.Diff(shown, sorted(o.read(r.now).gauges())); diff != "" {
				d.Fatalf("round %d (-before +after a restart):\n%s\n%s", i, diff, story(rounds[:i+1]))
			}
		}
	})
}
