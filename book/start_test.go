package book_test

import (
	"testing"
	"time"

	"helpdesk_exporter/desk"
)

const openedSeries = `helpdesk_tickets_opened_total{desk="acme",channel="email",priority="normal",team="billing"}`

// opened wants the counter of opened tickets of billing to be n since start.
func (o *office) wantOpened(now time.Time, n int64, start time.Time) {
	o.Helper()
	o.wantTotal(now, openedSeries, n, start)
}

func (o *office) wantTotal(now time.Time, series string, n int64, start time.Time) {
	o.Helper()
	got, ok := o.read(now).totals[series]
	if !ok || got.n != n || !got.start.Equal(start) {
		o.Errorf("%s is %d since %v (shown: %v), want %d since %v", series, got.n, got.start, ok, n, start)
	}
}

// found is n tickets of billing, each with its own id.
func found(prefix string, n int, at time.Time) []desk.Record {
	var records []desk.Record
	for i := range n {
		records = append(records, ticket(prefix+string(rune('a'+i)), at, at, desk.StatusOpen))
	}
	return records
}

func TestHistoryIsTheBaselineAndCountersBeginAt0(t *testing.T) {
	o := openOffice(t, "", source("zen", "acme", desk.KindTicket))
	founded := monday.Add(time.Minute)
	o.poll("zen", founded, found("old", 5, monday.Add(-day))...)
	o.wantOpened(founded, 0, founded)
	if n := o.read(founded).sum("helpdesk_tickets_open", "acme"); n != 5 {
		t.Errorf("%v tickets open, want 5", n)
	}
	later := monday.Add(time.Hour)
	o.poll("zen", later, found("new", 2, later)...)
	o.wantOpened(later, 2, founded)
	o.poll("zen", later, found("old", 5, monday.Add(-day))...) // read again
	o.wantOpened(later, 2, founded)
}

func TestHistoryInCountersBeginsWithTheOldestFact(t *testing.T) {
	o := openOffice(t, "", withHistory(source("zen", "acme", desk.KindTicket)))
	oldest := monday.Add(-40 * day)
	for i, more := range []bool{true, false} {
		records := append(found("old", 5, oldest), found("newer", 2, monday.Add(-day))...)
		o.commit("zen", desk.Page{Records: records, AsOf: monday, More: more}, monday.Add(time.Duration(i)*time.Minute))
	}
	o.wantOpened(monday.Add(time.Minute), 7, oldest)
	o.poll("zen", monday.Add(time.Hour), found("older", 1, monday.Add(-50*day))...)
	o.wantOpened(monday.Add(time.Hour), 8, oldest) // a start never moves
}

func TestARestartKeepsStartAndTotal(t *testing.T) {
	o := openOffice(t, t.TempDir(), source("zen", "acme", desk.KindTicket))
	defer func() { o.close() }()
	o.poll("zen", monday)
	o.poll("zen", monday.Add(time.Hour), found("a", 3, monday.Add(time.Hour))...)
	born := monday // the poll before the first fact
	o.wantOpened(monday.Add(time.Hour), 3, born)
	before := o.read(monday.Add(time.Hour)).text()
	o.reopen(monday.Add(time.Hour + time.Minute))
	o.wantOpened(monday.Add(time.Hour), 3, born)
	if after := o.read(monday.Add(time.Hour)).text(); after != before {
		t.Errorf("a restart changed the figures from\n%s to\n%s", before, after)
	}
	o.poll("zen", monday.Add(2*time.Hour), found("a", 3, monday.Add(time.Hour))...) // read anew
	o.wantOpened(monday.Add(2*time.Hour), 3, born)
}

func TestALostStateIsANewFirstSync(t *testing.T) {
	o := openOffice(t, t.TempDir(), source("zen", "acme", desk.KindTicket))
	o.poll("zen", monday)
	o.poll("zen", monday.Add(time.Hour), found("a", 3, monday)...)
	o.close()
	lost := monday.Add(2 * time.Hour)
	o = openOffice(t, t.TempDir(), source("zen", "acme", desk.KindTicket))
	defer o.close()
	o.poll("zen", lost, found("a", 3, monday)...)
	o.wantOpened(lost, 0, lost)
}

func TestASeriesBornLaterStartsAtThePollBefore(t *testing.T) {
	o := openOffice(t, "", source("zen", "acme", desk.KindTicket))
	o.poll("zen", monday)
	poll := monday.Add(time.Hour)
	o.poll("zen", poll, found("a", 1, monday)...)
	o.commit("zen", desk.Page{More: true}, poll.Add(time.Minute)) // no whole poll
	o.poll("zen", poll.Add(2*time.Minute), ticket("t", monday, monday, desk.StatusOpen, ofTeam("tech")))
	o.wantTotal(poll.Add(2*time.Minute),
		`helpdesk_tickets_opened_total{desk="acme",channel="email",priority="normal",team="tech"}`, 1, poll)
	o.wantTotal(poll.Add(2*time.Minute), // there before its first step
		`helpdesk_tickets_solved_total{desk="acme",channel="email",priority="normal",team="tech"}`, 0, poll)
	o.wantOpened(poll.Add(2*time.Minute), 1, monday)
}

func TestCountersOfTwoSourcesBeginWhenBothAreRead(t *testing.T) {
	o := openOffice(t, "", source("zen", "acme", desk.KindTicket), source("web", "acme", desk.KindTicket))
	o.poll("zen", monday, found("z", 2, monday.Add(-day))...)
	founded := monday.Add(30 * time.Minute)
	o.poll("zen", founded, found("zz", 3, monday)...) // found before the counters show
	o.poll("web", founded, found("w", 4, monday.Add(-day))...)
	o.wantOpened(founded, 3, founded)
}

func TestASourceAddedLaterIsNoJump(t *testing.T) {
	o := openOffice(t, "", source("zen", "acme", desk.KindTicket))
	o.poll("zen", monday)
	o.poll("zen", monday.Add(time.Minute), found("z", 2, monday)...)
	o.options.Sources = append(o.options.Sources, withHistory(source("web", "acme", desk.KindTicket)))
	added := monday.Add(10 * time.Minute)
	o.reopen(added)
	o.poll("web", added, append(found("w", 4, monday.Add(-day)), ticket("t", monday, monday, desk.StatusOpen, ofTeam("tech")))...)
	o.wantOpened(added, 2, monday)
	o.wantTotal(added, `helpdesk_tickets_opened_total{desk="acme",channel="email",priority="normal",team="tech"}`, 0, added)
	if n := o.read(added).sum("helpdesk_tickets_open", "acme"); n != 7 {
		t.Errorf("%v tickets open, want those of both sources, 7", n)
	}
	o.poll("web", added.Add(time.Minute), found("x", 1, added)...)
	o.wantOpened(added.Add(time.Minute), 3, monday)
}

func TestTotalsStayWithTheDeskAsLongAsItHasASource(t *testing.T) {
	zen, web := source("zen", "acme", desk.KindTicket), source("web", "acme", desk.KindTicket)
	o := openOffice(t, "", zen, web)
	o.poll("zen", monday)
	o.poll("web", monday)
	o.poll("zen", monday.Add(time.Minute), found("z", 2, monday)...)
	o.poll("web", monday.Add(time.Minute), found("w", 3, monday)...)
	o.options.Sources = o.options.Sources[:1]
	o.reopen(monday.Add(2 * time.Minute))
	o.wantOpened(monday.Add(2*time.Minute), 5, monday)
	if n := o.read(monday.Add(2*time.Minute)).sum("helpdesk_tickets_open", "acme"); n != 2 {
		t.Errorf("%v tickets open, want those of the source that is left, 2", n)
	}
}
