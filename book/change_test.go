package book_test

import (
	"strings"
	"testing"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/journal"
	"helpdesk_exporter/kpi"
)

// settled is a desk with three tickets counted and answered, an hour after
// monday.
func settled(t *testing.T) (o *office, now time.Time, answered []desk.Record) {
	t.Helper()
	o = openOffice(t, t.TempDir(), source("zen", "acme", desk.KindTicket))
	now = monday.Add(time.Hour)
	for i := range 3 {
		answered = append(answered, ticket(string(rune('a'+i)), monday, now, desk.StatusOpen,
			func(t *desk.Ticket) { t.FirstResponseAt = now }))
	}
	o.poll("zen", monday)
	o.poll("zen", now, answered...)
	return o, now, answered
}

const responseSeries = `helpdesk_first_response_seconds{desk="acme",channel="email",priority="normal",team="billing"}`

func TestAFamilyWhoseBucketsChangeBeginsAnew(t *testing.T) {
	o, now, answered := settled(t)
	defer func() { o.close() }()
	o.wantTotal(now, responseSeries, 3, monday)
	d := definitions()
	d.Buckets.Default = []float64{900, 3600}
	o.redefine(d)
	changed := now.Add(time.Minute)
	o.reopen(changed)
	o.wantTotal(changed, responseSeries, 0, changed)
	o.wantOpened(changed, 3, monday) // others go on
	o.poll("zen", changed.Add(time.Minute), answered...)
	o.wantTotal(changed.Add(time.Minute), responseSeries, 0, changed) // counted once, under the old buckets

	later := changed.Add(2 * time.Minute)
	o.poll("zen", later, ticket("new", monday, later, desk.StatusOpen, func(t *desk.Ticket) { t.FirstResponseAt = later }))
	o.reopen(later)
	o.wantTotal(later, responseSeries, 1, changed)
	if shape := o.read(later).totals[responseSeries].shape; !strings.Contains(shape, "classic [0 0 1]") {
		t.Errorf("the histogram has the old buckets: %s", shape)
	}
}

func TestAFamilyWhoseLabelsChangeBeginsAnew(t *testing.T) {
	o, now, answered := settled(t)
	defer func() { o.close() }()
	d := definitions()
	d.Labels = []string{"channel"}
	o.redefine(d)
	changed := now.Add(time.Minute)
	o.reopen(changed)
	byChannel := `helpdesk_tickets_opened_total{desk="acme",channel="email"}`
	o.wantTotal(changed, byChannel, 0, changed)
	o.poll("zen", changed.Add(time.Minute), append(answered, found("new", 2, changed)...)...)
	o.wantTotal(changed.Add(time.Minute), byChannel, 2, changed)
	for series := range o.read(changed).totals {
		if strings.HasPrefix(series, "helpdesk_tickets_") && strings.Contains(series, "team=") {
			t.Errorf("%s still has the old labels", series)
		}
	}
}

// A label set that no held record shows, such as that of a first resolution,
// begins with its first fact after the change, and not before the change.
func TestASeriesNeverStartsBeforeItsFamilyChanged(t *testing.T) {
	o, now, _ := settled(t)
	defer func() { o.close() }()
	d := definitions()
	d.Labels = []string{"channel"}
	o.redefine(d)
	changed := now.Add(time.Minute)
	o.reopen(changed)
	o.reopen(changed.Add(time.Minute))
	later := changed.Add(2 * time.Minute)
	o.poll("zen", later, ticket("a", monday, later, desk.StatusSolved, solvedAt(later)))
	o.wantTotal(later, `helpdesk_first_resolution_seconds{desk="acme",channel="email"}`, 1, changed)
}

// An exporter that learns a new measure finds records of which it has counted
// nothing. Their facts are not news.
func TestAMeasureThatIsNewDoesNotCountOldFacts(t *testing.T) {
	o, now, answered := settled(t)
	defer func() { o.close() }()
	o.unlearn(kpi.FirstResponse)
	changed := now.Add(time.Minute)
	o.reopen(changed)
	o.wantTotal(changed, responseSeries, 0, changed)

	// Told again, corrected away and back, they are still old.
	for i, at := range []time.Time{now.Add(-time.Minute), monday.Add(-time.Minute), now} {
		later := changed.Add(time.Duration(i+1) * time.Minute)
		for _, r := range answered {
			o.poll("zen", later, ticket(r.ID, monday, later, desk.StatusOpen, func(t *desk.Ticket) { t.FirstResponseAt = at }))
		}
		o.wantTotal(later, responseSeries, 0, changed)
	}
	later := changed.Add(time.Hour)
	o.poll("zen", later, ticket("new", monday, later, desk.StatusOpen, func(t *desk.Ticket) { t.FirstResponseAt = later }))
	o.wantTotal(later, responseSeries, 1, changed)
}

// unlearn brings the journal into the state in which an exporter that did not
// know a measure would have left it.
func (o *office) unlearn(id kpi.ID) {
	o.Helper()
	err := o.options.Journal.Update(func(tx *journal.Tx) error { return unlearn(tx, id) })
	if err != nil {
		o.Fatal(err)
	}
}

func unlearn(tx *journal.Tx, id kpi.ID) error {
	var gone []journal.Series
	err := tx.AllSeries(func(s journal.Series, _ journal.SeriesState) error {
		if s.Measure == uint8(id) {
			gone = append(gone, s)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, s := range gone {
		if err := tx.DropSeries(s); err != nil {
			return err
		}
	}
	var keys []journal.Key
	tx.Records(1, desk.KindTicket, "", func(r journal.Raw) bool { keys = append(keys, r.Key); return true })
	for _, key := range keys {
		held, err := tx.Record(key)
		if err != nil {
			return err
		}
		var kept desk.Ledger
		for _, e := range held.Counted {
			if e.Fact != uint8(id) {
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
