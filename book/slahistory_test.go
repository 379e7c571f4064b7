package book_test

import (
	"errors"
	"testing"
	"time"

	"helpdesk_exporter/book"
	"helpdesk_exporter/desk"
	"helpdesk_exporter/journal"
	"helpdesk_exporter/kpi"
)

// history is what a first sync at minute 100 finds: answered, answered late,
// solved in time and late without an answer, unanswered for long, and not yet.
func slaHistory() []desk.Record {
	return []desk.Record{
		asked("1", 30, reply(30)), asked("2", 61, reply(61)),
		ticket("3", monday, minute(50), desk.StatusSolved, solvedAt(minute(50))),
		ticket("4", monday, minute(70), desk.StatusSolved, solvedAt(minute(70))),
		asked("5", 0), ticket("6", minute(90), minute(90), desk.StatusNew),
	}
}

func TestWhatAFirstSyncFindsIsHistory(t *testing.T) {
	for name, tt := range map[string]struct {
		source  book.SourceConfig
		counted string
		later   string
	}{
		"for windows":  {zen(), "counted 0+0", "counted 0+1"},
		"for counters": {withHistory(zen()), "counted 1+3", "counted 1+4"},
	} {
		t.Run(name, func(t *testing.T) {
			o := openPromising(t, t.TempDir(), []kpi.SLAPolicy{answerWithin("gold", 60)}, tt.source)
			defer func() { o.close() }()
			o.commit("zen", desk.Page{Records: slaHistory()[:3], More: true}, minute(99))
			o.reopen(minute(99))
			o.poll("zen", minute(100), slaHistory()[3:]...)
			o.wantPromised(100, tt.counted+", window 1+3, pending 1, overdue 1, at risk 1")
			o.reopen(minute(101))
			o.poll("zen", minute(102), slaHistory()...)
			o.wantPromised(102, tt.counted+", window 1+3, pending 1, overdue 1, at risk 1")
			o.poll("zen", minute(151))
			o.wantPromised(151, tt.later+", window 1+4, pending 0, overdue 2, at risk 0")
		})
	}
}

func TestHistoryInCountersBeginsWithTheOldestTicket(t *testing.T) {
	o := openPromising(t, "", []kpi.SLAPolicy{answerWithin("gold", 60)}, withHistory(zen()))
	o.poll("zen", minute(100), asked("5", 0))
	o.wantTotal(minute(100),
		`helpdesk_sla_outcomes_total{desk="acme",policy="gold",target="first_response",outcome="breached",channel="email",priority="normal",team="billing"}`,
		1, monday)
}

// Two sources of messages and tickets whose first syncs end one after the other.
func TestTheHistoryOfTwoSourcesIsHistory(t *testing.T) {
	o := openPromising(t, t.TempDir(), []kpi.SLAPolicy{answerWithin("gold", 60)}, zen(), log())
	defer func() { o.close() }()
	o.poll("zen", minute(100), asked("1", 0), asked("2", 0), ticket("3", minute(90), minute(90), desk.StatusNew))
	o.reopen(minute(101))
	o.poll("zen", minute(101))
	o.poll("log", minute(102), replied("2", 20))
	o.wantPromised(102, "counted 0+0, window 1+1, pending 1, overdue 1, at risk 1")
	o.poll("zen", minute(160))
	o.poll("log", minute(160))
	o.wantPromised(160, "counted 0+1, window 1+2, pending 0, overdue 2, at risk 0")
}

// What is found in the first drop of a folder that was empty is news where it
// happened after that.
func TestPromisesOfTheFirstDropOfAFolderAreNews(t *testing.T) {
	o := openPromising(t, "", []kpi.SLAPolicy{answerWithin("gold", 60)}, zen(), source("web", "acme", desk.KindTicket))
	o.commit("zen", desk.Page{}, minute(5)) // empty, and nobody knows as of when
	o.poll("web", minute(80))
	o.poll("zen", minute(80), ticket("old", minute(-60), minute(-60), desk.StatusOpen), asked("1", 70, reply(20)), asked("2", 0))
	o.wantPromised(80, "counted 1+1, window 1+2, pending 0, overdue 2, at risk 0")
}

func TestALostStateCountsNoBreachAgain(t *testing.T) {
	o := withinAnHour(t, t.TempDir(), zen())
	o.poll("zen", minute(1), asked("5", 0))
	o.poll("zen", minute(61))
	o.wantPromised(61, "counted 0+1, window 0+1, pending 0, overdue 1, at risk 0")
	o.close()
	o = openPromising(t, t.TempDir(), []kpi.SLAPolicy{answerWithin("gold", 60)}, zen())
	defer func() { o.close() }()
	o.poll("zen", minute(100), slaHistory()...)
	o.wantPromised(100, "counted 0+0, window 1+3, pending 1, overdue 1, at risk 1")
}

// In a journal of an exporter that judged nothing, what was due before is
// history, and what is due later is not.
func TestAJournalFromBeforePromisesIsNoJump(t *testing.T) {
	o := openOffice(t, t.TempDir(), zen())
	defer func() { o.close() }()
	o.poll("zen", monday)
	due := func(m float64) func(*desk.Ticket) {
		return func(t *desk.Ticket) { t.FirstResponseDueAt = minute(m) }
	}
	told := []desk.Record{
		asked("1", 30, reply(30), due(60)), asked("2", 70, reply(70), due(60)), asked("3", 0, due(60)), asked("4", 0, due(200)),
		asked("5", 0, due(101.5)), // between the last poll and the next
	}
	o.poll("zen", minute(100), told...)
	for _, id := range []kpi.ID{kpi.SLAOutcomes, kpi.SLAKept, kpi.SLARunning} {
		o.unlearn(id)
	}
	err := o.options.Journal.Update(func(tx *journal.Tx) error {
		known, err := tx.Sources()
		for _, s := range known {
			s.Judged = time.Time{}
			err = errors.Join(err, tx.PutSource(s))
		}
		return errors.Join(err, forgetPromises(tx))
	})
	if err != nil {
		t.Fatal(err)
	}
	o.reopen(minute(101))
	o.wantPromised(101, "counted 0+0, window 1+2, pending 2, overdue 1, at risk 1")
	o.poll("zen", minute(102), told...)
	o.wantPromised(102, "counted 0+1, window 1+3, pending 1, overdue 2, at risk 0")
	o.poll("zen", minute(150), asked("3", 150, reply(150), due(60)))
	o.wantPromised(150, "counted 0+1, window 1+3, pending 1, overdue 1, at risk 1")
	o.poll("zen", minute(201))
	o.wantPromised(201, "counted 0+2, window 1+4, pending 0, overdue 2, at risk 0")
}

// forgetPromises takes the outcomes of promises out of the ledgers of tickets.
func forgetPromises(tx *journal.Tx) error {
	var all []journal.Key
	tx.Records(1, desk.KindTicket, "", func(r journal.Raw) bool { all = append(all, r.Key); return true })
	for _, key := range all {
		held, err := tx.Record(key)
		if err != nil {
			return err
		}
		var kept desk.Ledger
		for _, e := range held.Counted {
			if e.Fact < 150 {
				kept = append(kept, e)
			}
		}
		held.Counted = kept
		if err := tx.PutRecord(key, held); err != nil {
			return err
		}
	}
	return nil
}
