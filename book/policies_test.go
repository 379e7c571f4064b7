package book_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"helpdesk_exporter/book"
	"helpdesk_exporter/desk"
	"helpdesk_exporter/journal"
	"helpdesk_exporter/kpi"
)

// reload opens the book again with other policies.
func (o *office) reload(now time.Time, policies ...kpi.SLAPolicy) {
	o.Helper()
	o.promiseTo(policies)
	o.reopen(now)
}

// wantPolicy compares what one policy came to: what is counted, in the longest
// window, pending and overdue.
func (o *office) wantPolicy(m float64, policy string, met, breached int64, window, pending, overdue float64) {
	o.Helper()
	e := o.read(minute(m))
	labels := `policy="` + policy + `",target="first_response"`
	dims := `,channel="email",priority="normal",team="billing"}`
	for outcome, want := range map[string]int64{"met": met, "breached": breached} {
		if got := e.totals[`helpdesk_sla_outcomes_total{desk="acme",`+labels+`,outcome="`+outcome+`"`+dims].n; got != want {
			o.Errorf("at minute %v the counters have %d %s by %s, want %d", m, got, outcome, policy, want)
		}
	}
	var inWindow float64
	for series, v := range e.values {
		if strings.HasPrefix(series, `helpdesk_sla_outcomes_in_window{desk="acme",by="all",`+labels+`,window="7d"`) {
			inWindow += v
		}
	}
	if inWindow != window {
		o.Errorf("at minute %v the window has %v of %s, want %v", m, inWindow, policy, window)
	}
	for name, want := range map[string]float64{"pending": pending, "overdue": overdue} {
		if got := e.values[`helpdesk_sla_`+name+`{desk="acme",`+labels+dims]; got != want {
			o.Errorf("at minute %v %v of %s are %s, want %v", m, got, policy, name, want)
		}
	}
}

// eachJournal tries a story with a journal on disk and with one in memory.
func eachJournal(t *testing.T, story func(t *testing.T, path string)) {
	t.Run("on disk", func(t *testing.T) { story(t, t.TempDir()) })
	t.Run("in memory", func(t *testing.T) { story(t, "") })
}

// At minute 65 one ticket was answered, one is broken, and one, of minute 50, is
// pending.
func threePromises(t *testing.T, path string, policies ...kpi.SLAPolicy) *office {
	t.Helper()
	o := openPromising(t, path, policies, zen())
	o.poll("zen", monday)
	o.poll("zen", minute(55), asked("1", 30, reply(30)), asked("2", 0), ticket("3", minute(50), minute(50), desk.StatusNew))
	o.poll("zen", minute(65))
	return o
}

func TestTheFirstPoliciesHoldForWhatIsHeldAndAreNoJump(t *testing.T) {
	eachJournal(t, func(t *testing.T, path string) {
		o := threePromises(t, path)
		defer func() { o.close() }()
		o.wantPolicy(65, "gold", 0, 0, 0, 0, 0)
		o.reload(minute(66), answerWithin("gold", 60))
		o.wantPolicy(66, "gold", 0, 0, 2, 1, 1)
		o.poll("zen", minute(67), asked("1", 30, reply(30)), asked("2", 0))
		o.wantPolicy(67, "gold", 0, 0, 2, 1, 1)
		o.poll("zen", minute(111)) // the third was due at 110
		o.wantPolicy(111, "gold", 0, 1, 3, 0, 2)
	})
}

func TestAChangedTargetHoldsForLaterTickets(t *testing.T) {
	eachJournal(t, func(t *testing.T, path string) {
		o := threePromises(t, path, answerWithin("gold", 60))
		defer func() { o.close() }()
		o.wantPolicy(65, "gold", 1, 1, 2, 1, 1)
		o.reload(minute(66), answerWithin("gold", 10))
		o.wantPolicy(66, "gold", 1, 1, 2, 1, 1)
		o.poll("zen", minute(68), ticket("4", minute(67), minute(67), desk.StatusNew))
		o.poll("zen", minute(80))
		o.wantPolicy(80, "gold", 1, 2, 3, 1, 2) // the fourth was due at 77
		o.reopen(minute(81))                    // the list of 60 minutes is remembered
		o.poll("zen", minute(109))
		o.wantPolicy(109, "gold", 1, 2, 3, 1, 2)
		o.poll("zen", minute(111))
		o.wantPolicy(111, "gold", 1, 3, 4, 0, 3)
	})
}

func TestARenamedPolicyMovesWhatIsUndecided(t *testing.T) {
	eachJournal(t, func(t *testing.T, path string) {
		o := threePromises(t, path, answerWithin("gold", 60))
		defer func() { o.close() }()
		o.reload(minute(66), answerWithin("silver", 60))
		o.wantPolicy(66, "gold", 1, 1, 2, 0, 1) // the broken one is still to be made good
		o.wantPolicy(66, "silver", 0, 0, 0, 1, 0)
		o.poll("zen", minute(67), asked("1", 30, reply(30)), asked("2", 0))
		o.wantPolicy(67, "gold", 1, 1, 2, 0, 1)
		o.poll("zen", minute(111), asked("2", 70, reply(70)))
		o.wantPolicy(111, "gold", 1, 1, 2, 0, 0)
		o.wantPolicy(111, "silver", 0, 1, 1, 0, 1)
		o.reload(minute(112), answerWithin("gold", 60)) // and back again
		o.wantPolicy(112, "gold", 1, 1, 2, 0, 0)
		o.wantPolicy(112, "silver", 0, 1, 1, 0, 1)
	})
}

// A shorter promise under a new name is not broken before it was made.
func TestARenamedPolicyBreaksNothingInThePast(t *testing.T) {
	o := threePromises(t, "", answerWithin("gold", 60))
	o.reload(minute(66), answerWithin("silver", 5))
	o.wantPolicy(66, "silver", 0, 0, 0, 1, 0)
	o.poll("zen", minute(67))
	o.wantPolicy(67, "silver", 0, 1, 1, 0, 1)
}

func TestPoliciesThatAreGonePromiseNothingMore(t *testing.T) {
	eachJournal(t, func(t *testing.T, path string) {
		o := threePromises(t, path, answerWithin("gold", 60))
		defer func() { o.close() }()
		o.reload(minute(66))
		o.wantPolicy(66, "gold", 1, 1, 2, 0, 1)
		o.poll("zen", minute(120), ticket("4", minute(67), minute(67), desk.StatusNew))
		o.wantPolicy(120, "gold", 1, 1, 2, 0, 1)
		o.reload(minute(121), answerWithin("gold", 60)) // the third promise is made once more
		o.wantPolicy(121, "gold", 1, 1, 2, 2, 1)        // and that of the fourth, for nothing spoke of it before
		o.poll("zen", minute(130))
		o.wantPolicy(130, "gold", 1, 3, 4, 0, 3) // and the fourth was due at 127
	})
}

// A promise that was due while the policies were another is pending until it is
// known what happened then.
func TestAPromiseDueBeforeItsPolicyWentIsJudgedByIt(t *testing.T) {
	o := threePromises(t, t.TempDir(), answerWithin("gold", 60))
	defer func() { o.close() }()
	o.reload(minute(115), answerWithin("silver", 60)) // read up to 65, the third was due at 110
	o.wantPolicy(115, "gold", 1, 1, 2, 1, 2)
	o.wantPolicy(115, "silver", 0, 0, 0, 0, 0)
	o.poll("zen", minute(116))
	o.wantPolicy(116, "gold", 1, 2, 3, 0, 2)
}

func TestPoliciesThatStayAreNoNewList(t *testing.T) {
	kept := func(o *office) (text []byte) {
		err := o.options.Journal.View(func(tx *journal.Tx) error {
			text = bytes.Clone(tx.Policies())
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	o := openPromising(t, t.TempDir(), nil, zen())
	defer func() { o.close() }()
	if text := kept(o); text != nil {
		t.Errorf("a desk that promises nothing has kept %s", text)
	}
	o.reload(minute(1), answerWithin("gold", 60))
	first := kept(o)
	o.reload(minute(2), answerWithin("gold", 60))
	if again := kept(o); !bytes.Equal(first, again) || !bytes.Contains(first, []byte("gold")) {
		t.Errorf("kept are %s, want %s as before", again, first)
	}
	o.reload(minute(3), answerWithin("gold", 30))
	if changed := kept(o); bytes.Equal(first, changed) || !bytes.Contains(changed, []byte("2026-03-02T00:03:00Z")) {
		t.Errorf("kept are %s, want one more list", changed)
	}
}

// opening is a desk that promises an answer within an hour of its opening
// times: every day from so many minutes after midnight to 17 o'clock.
func opening(from int) kpi.Definitions {
	d := definitions()
	d.Calendars = []kpi.Schedule{{Name: "office", Timezone: "UTC", Hours: []kpi.Hours{{
		Days: []time.Weekday{0, 1, 2, 3, 4, 5, 6}, From: from, To: 17 * 60,
	}}}}
	p := answerWithin("gold", 60)
	p.Calendar = "office"
	d.SLAPolicies = []kpi.SLAPolicy{p}
	return d
}

// The ticket comes at midnight.
func TestACalendarThatChangesMovesWhatIsPending(t *testing.T) {
	next := func(o *office, m, want float64) {
		t.Helper()
		const series = `helpdesk_sla_next_due_timestamp_seconds{desk="acme",by="all",policy="gold",target="first_response"}`
		if got := o.read(minute(m)).values[series]; got != float64(minute(want).Unix()) {
			t.Errorf("the next answer is due at %v, want minute %v", time.Unix(int64(got), 0).UTC(), want)
		}
	}
	o := openOffice(t, t.TempDir(), zen())
	defer func() { o.close() }()
	o.redefine(opening(9 * 60))
	o.reopen(monday)
	o.poll("zen", monday)
	o.poll("zen", minute(1), asked("1", 0))
	next(o, 1, 600)
	o.redefine(opening(8 * 60))
	o.reopen(minute(2))
	next(o, 2, 540)
	o.promiseTo([]kpi.SLAPolicy{answerWithin("gold", 60)}) // around the clock, for those that come
	o.reopen(minute(3))
	next(o, 3, 540)
	o.reopen(minute(4))
	next(o, 4, 540)
}

// The breach of minute 60 was counted. By the hours of the calendar that the
// policy's list has from now on it would come at 540, once more.
func TestABreachThatWasCountedCountsOnceWhateverItsCalendarSays(t *testing.T) {
	o := openOffice(t, t.TempDir(), zen())
	defer func() { o.close() }()
	o.redefine(opening(0))
	o.reopen(monday)
	o.poll("zen", monday)
	o.poll("zen", minute(1), asked("1", 0))
	o.poll("zen", minute(61))
	o.wantPolicy(61, "gold", 0, 1, 1, 0, 1)
	o.redefine(opening(8 * 60))
	o.reopen(minute(62))
	o.wantPolicy(62, "gold", 0, 1, 0, 1, 0)
	o.poll("zen", minute(541))
	o.wantPolicy(541, "gold", 0, 1, 1, 0, 1)
}

// A catalogue whose book cannot open changes nothing of what was promised: the
// journal has not heard of its policies.
func TestPoliciesOfABookThatCannotOpenWereNeverInForce(t *testing.T) {
	path := t.TempDir()
	o := threePromises(t, path, answerWithin("gold", 60))
	o.options.Sources = append(o.options.Sources, source("broken", "acme", desk.KindStaffing))
	o.reopen(minute(65))
	o.poll("broken", minute(65), desk.Record{ID: "1", Body: &desk.Staffing{At: monday}})
	o.close()
	damage(t, path, append([]byte{0, 0, 0, 2, byte(desk.KindStaffing)}, "1"...))
	o.options.Journal = nil
	o.promiseTo([]kpi.SLAPolicy{answerWithin("silver", 5)})
	var err error
	if o.options.Journal, err = journal.Open(path); err != nil {
		t.Fatal(err)
	}
	if _, err := book.Open(o.options); err == nil {
		t.Fatal("a record that cannot be read was read")
	}
	o.options.Sources = o.options.Sources[:1]
	o.promiseTo([]kpi.SLAPolicy{answerWithin("gold", 60)})
	o.open()
	defer func() { o.close() }()
	o.wantPolicy(65, "gold", 1, 1, 2, 1, 1)
}

// The desk promised answers itself. That its source lets configured policies hold
// beside, from some day on, is no jump either.
func TestOwnPoliciesBesideThoseOfTheDeskAreNoJump(t *testing.T) {
	theirs := func(t *desk.Ticket) { t.FirstResponseDueAt = minute(40) }
	o := openPromising(t, t.TempDir(), []kpi.SLAPolicy{answerWithin("gold", 60)}, zen())
	defer func() { o.close() }()
	o.poll("zen", monday)
	o.poll("zen", minute(65), asked("1", 30, reply(30), theirs), asked("2", 0, theirs), ticket("3", minute(50), minute(50), desk.StatusNew))
	o.wantPolicy(65, "source", 1, 1, 2, 0, 1)
	o.wantPolicy(65, "gold", 0, 0, 0, 1, 0)
	beside := zen()
	beside.OwnSLA = true
	o.options.Sources = []book.SourceConfig{beside}
	o.reopen(minute(66))
	o.wantPolicy(66, "source", 1, 1, 2, 0, 1)
	o.wantPolicy(66, "gold", 0, 0, 2, 1, 1)
	o.poll("zen", minute(111), asked("2", 70, reply(70), theirs))
	o.wantPolicy(111, "source", 1, 1, 2, 0, 0)
	o.wantPolicy(111, "gold", 0, 1, 3, 0, 1)
}
