package kpi_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/kpi"
	"helpdesk_exporter/tally"
)

// customer is a customer of whom one state was reported.
func customer(id string, c desk.Customer) *desk.Held {
	return held(desk.Record{ID: id, Body: &c})
}

// customers adds n customers that look the same, each with as many purchases of
// a kind as are given.
func (e *evaluation) customers(n int, c desk.Customer, bought ...desk.Purchase) {
	from := len(e.list)
	for i := range n {
		id := fmt.Sprint(from, "-", i)
		records := []*desk.Held{customer(id, c)}
		for j, p := range bought {
			p.Customer = id
			records = append(records, held(desk.Record{ID: fmt.Sprint(id, "-", j), Body: &p}))
		}
		e.dossier(id, records...)
	}
}

// sums is a row with the sums of the last week.
func sums(start, came, end, lost desk.Opt[int]) kpi.Group {
	return kpi.Group{Record: customer("w", desk.Customer{
		PeriodStart: ago(week().Length), PeriodEnd: now(), AtStart: start, New: came, AtEnd: end, Lost: lost,
	})}
}

// T03: of 200 at the start 180 are there at the end, for 20 of the 200 are new.
func TestT03RetentionOfSums(t *testing.T) {
	e := evaluate(t, catalogue(), sums(desk.Some(200), desk.Some(20), desk.Some(200), desk.Opt[int]{})).as("snapshot")
	e.is("helpdesk_customer_retention_ratio", 0.90, 1e-9)
	e.is("helpdesk_customer_churn_ratio", 0.10, 1e-9)
	e.is("helpdesk_customers_start", 200, 0)
	e.is("helpdesk_customers_new", 20, 0)
	e.is("helpdesk_customers_end", 200, 0)
	e.is("helpdesk_customers_retained", 180, 0)
	e.is("helpdesk_customers_churned", 20, 0)
}

// T04: of 200 20 left; 25 came, of whom 5 left again. (200-25)/200 = 0.875 and
// 25/200 = 0.125 would be wrong.
func TestT04RetentionOfEachCustomer(t *testing.T) {
	e := evaluate(t, catalogue())
	e.customers(180, desk.Customer{AcquiredAt: ago(30 * day)})
	e.customers(20, desk.Customer{AcquiredAt: ago(30 * day), ChurnedAt: ago(day)})
	e.customers(20, desk.Customer{AcquiredAt: ago(2 * day)})
	e.customers(5, desk.Customer{AcquiredAt: ago(2 * day), ChurnedAt: ago(day)})
	cohort := e.as("cohort")
	cohort.is("helpdesk_customer_retention_ratio", 0.90, 1e-9)
	cohort.is("helpdesk_customer_churn_ratio", 0.10, 1e-9)
	cohort.is("helpdesk_customers_start", 200, 0)
	cohort.is("helpdesk_customers_new", 20, 0)
	cohort.is("helpdesk_customers_end", 200, 0)
	cohort.is("helpdesk_customers_retained", 180, 0)
	cohort.is("helpdesk_customers_churned", 20, 0)
	e.is("helpdesk_customers_lost_in_window", 25, 0)
}

// T05: 20 of 250 left.
func TestT05Churn(t *testing.T) {
	e := evaluate(t, catalogue())
	e.customers(230, desk.Customer{AcquiredAt: ago(30 * day)})
	e.customers(20, desk.Customer{AcquiredAt: ago(30 * day), ChurnedAt: ago(day)})
	e.as("cohort").is("helpdesk_customer_churn_ratio", 0.08, 1e-9)
	// A customer stays for 250/20 = 12.5 weeks.
	e.is("helpdesk_customer_lifespan_seconds", 12.5*7*86400, 1e-6)
	e.is("helpdesk_customer_lifespan_customers", 250, 0)

	told := evaluate(t, catalogue(), sums(desk.Some(250), desk.Opt[int]{}, desk.Opt[int]{}, desk.Some(20))).as("snapshot")
	told.is("helpdesk_customer_churn_ratio", 0.08, 1e-9)
	told.is("helpdesk_customer_retention_ratio", 0.92, 1e-9)
}

func TestACustomerIsThereFromHisComingUntilHisGoing(t *testing.T) {
	start := tally.NewGrid(week().Length, kpi.WindowSlots).Begin(now())
	const (
		startID, cameID, endID, retainedID, churnedID = kpi.CustomersStart, kpi.CustomersNew, kpi.CustomersEnd, kpi.CustomersRetained, kpi.CustomersChurned
	)
	for name, tt := range map[string]struct {
		customer desk.Customer
		want     []kpi.ID
	}{
		"all the time":                            {desk.Customer{AcquiredAt: ago(30 * day)}, []kpi.ID{startID, endID, retainedID}},
		"came as the window began":                {desk.Customer{AcquiredAt: start}, []kpi.ID{startID, endID, retainedID}},
		"came right after":                        {desk.Customer{AcquiredAt: start.Add(1)}, []kpi.ID{cameID, endID}},
		"came as it ended":                        {desk.Customer{AcquiredAt: now()}, []kpi.ID{cameID, endID}},
		"is still to come":                        {desk.Customer{AcquiredAt: now().Add(1)}, nil},
		"came and left in it":                     {desk.Customer{AcquiredAt: ago(2 * day), ChurnedAt: ago(day)}, nil},
		"left before":                             {desk.Customer{AcquiredAt: ago(30 * day), ChurnedAt: start}, nil},
		"left in it":                              {desk.Customer{AcquiredAt: ago(30 * day), ChurnedAt: start.Add(1)}, []kpi.ID{startID, churnedID}},
		"left in it and came back":                {desk.Customer{AcquiredAt: ago(30 * day), ChurnedAt: ago(2 * day), ReactivatedAt: ago(day)}, []kpi.ID{startID, endID, retainedID}},
		"left before it and came back":            {desk.Customer{AcquiredAt: ago(30 * day), ChurnedAt: ago(20 * day), ReactivatedAt: ago(day)}, []kpi.ID{cameID, endID}},
		"came back before it and left once again": {desk.Customer{AcquiredAt: ago(30 * day), ChurnedAt: ago(day), ReactivatedAt: ago(20 * day)}, []kpi.ID{startID, churnedID}},
	} {
		e := evaluate(t, catalogue()).dossier("c", customer("c", tt.customer))
		for _, id := range []kpi.ID{startID, cameID, endID, retainedID, churnedID} {
			want := int64(0)
			if slices.Contains(tt.want, id) {
				want = 1
			}
			if got := e.holding(id).N; got != want {
				t.Errorf("%s: of measure %d there are %d, want %d", name, id, got, want)
			}
		}
	}
}

// Nobody tells what the churn of no customers would be, and those who never
// leave have no lifespan.
func TestRatiosOfNobodyAreAbsent(t *testing.T) {
	e := evaluate(t, catalogue())
	e.customers(3, desk.Customer{AcquiredAt: ago(day)})
	e.as("cohort").absent("helpdesk_customer_retention_ratio")
	e.as("cohort").absent("helpdesk_customer_churn_ratio")
	e.absent("helpdesk_customer_lifespan_seconds")
	e.is("helpdesk_customer_lifespan_customers", 0, 0)

	loyal := evaluate(t, catalogue())
	loyal.customers(3, desk.Customer{AcquiredAt: ago(30 * day)})
	loyal.as("cohort").is("helpdesk_customer_churn_ratio", 0, 0)
	loyal.absent("helpdesk_customer_lifespan_seconds")

	none := evaluate(t, catalogue())
	none.as("cohort").absent("helpdesk_customers_start")
	none.as("snapshot").absent("helpdesk_customers_start")
	none.absent("helpdesk_customer_lifespan_customers")
}

// A customer's own segment is the present one, wherever his records put him.
func TestCustomersStandInTheirPresentSegment(t *testing.T) {
	moved := held(
		desk.Record{ID: "c", Body: &desk.Customer{AcquiredAt: ago(30 * day), Segment: "small"}, Origin: desk.Origin{Dropped: ago(9 * day)}},
		desk.Record{ID: "c", Body: &desk.Customer{AcquiredAt: ago(30 * day), Segment: "big"}, Origin: desk.Origin{Dropped: ago(day)}},
	)
	bought := held(desk.Record{ID: "p", Body: &desk.Purchase{At: ago(day), Customer: "c", Amount: desk.Some(5.0), Segment: "small"}})
	e := evaluate(t, catalogue()).dossier("c", moved, bought)
	e.as("cohort").is("helpdesk_customers_end", 1, 0, "segment", "big")
	e.is("helpdesk_revenue", 5, 1e-9, "segment", "big")
	e.is("helpdesk_purchase_customers", 1, 0, "segment", "big")

	older := held(desk.Record{ID: "q", Body: &desk.Purchase{At: ago(2 * day), Customer: "d", Amount: desk.Some(5.0), Segment: "big"}})
	unknown := evaluate(t, catalogue()).dossier("d", older, bought)
	unknown.is("helpdesk_revenue", 10, 1e-9, "segment", "small") // that of the newest record
	nowhere := held(desk.Record{ID: "r", Body: &desk.Purchase{At: ago(day), Customer: "e", Amount: desk.Some(5.0)}})
	evaluate(t, catalogue()).dossier("e", nowhere).is("helpdesk_revenue", 5, 1e-9, "segment", "none")
}

func TestWhoLeavesTwiceIsLostTwice(t *testing.T) {
	c := catalogue()
	lost := func(c desk.Customer) kpi.Group { return kpi.Group{Record: customer("c", c)} }
	for name, tt := range map[string]struct {
		customer desk.Customer
		want     int
	}{
		"stays":                 {desk.Customer{AcquiredAt: ago(9 * day)}, 0},
		"leaves":                {desk.Customer{AcquiredAt: ago(9 * day), ChurnedAt: ago(day)}, 1},
		"comes back":            {desk.Customer{AcquiredAt: ago(9 * day), ChurnedAt: ago(2 * day), ReactivatedAt: ago(day)}, 1},
		"comes back and leaves": {desk.Customer{AcquiredAt: ago(9 * day), ChurnedAt: ago(day), ReactivatedAt: ago(2 * day)}, 2},
		"a row of sums":         {desk.Customer{PeriodStart: ago(9 * day), PeriodEnd: now(), Lost: desk.Some(7)}, 0},
	} {
		if got := evaluate(t, c, lost(tt.customer)).total("helpdesk_customers_lost_total"); got != tt.want {
			t.Errorf("%s: lost %d times, want %d", name, got, tt.want)
		}
	}
	gone := lost(desk.Customer{AcquiredAt: ago(9 * day), ChurnedAt: ago(day)})
	gone.Record.Deleted = true
	e := evaluate(t, c, gone).dossier("c", gone.Record)
	e.counts(map[string]int{"helpdesk_customers_lost_total": 0})
	e.absent("helpdesk_customers_lost_in_window")
	if n := e.excluded("deleted"); n != 1 {
		t.Errorf("%d are excluded as deleted, want 1", n)
	}
}

// Months differ, and four weeks are one: the sums of a period hold in the
// shortest window that is about as long.
func TestSumsHoldInTheWindowThatIsAsLongAsTheirPeriod(t *testing.T) {
	d := definitions()
	d.Windows = []kpi.Window{{Name: "28d", Length: 28 * day}, {Name: "1d", Length: day}, {Name: "7d", Length: 7 * day}}
	c := kpi.NewCatalogue(d)
	for length, want := range map[time.Duration]uint8{
		31 * day: 1, 28 * day: 1, 8 * day: 1, 7 * day: 3, 26 * time.Hour: 2, day: 2, time.Hour: 2,
	} {
		g := kpi.Group{Record: customer("p", desk.Customer{PeriodStart: ago(length), PeriodEnd: now(), AtEnd: desk.Some(9)})}
		of := evaluate(t, c, g).fed(kpi.SnapshotEnd, kpi.FeedWindow)
		if len(of) != 1 || of[0].Window != want {
			t.Errorf("%v: %v, want it in window %d", length, of, want)
		}
	}
	quarter := kpi.Group{Record: customer("q", desk.Customer{PeriodStart: ago(90 * day), PeriodEnd: now(), AtEnd: desk.Some(9)})}
	e := evaluate(t, c, quarter)
	if n := len(e.fed(kpi.SnapshotEnd, kpi.FeedAny)); n != 0 || e.excluded("period_too_long") != 1 {
		t.Errorf("a quarter holds in %d windows", n)
	}
}

// Of ten nobody can lose twenty.
func TestSumsThatCannotBeAreLeftOut(t *testing.T) {
	none := desk.Opt[int]{}
	for name, g := range map[string]kpi.Group{
		"more lost than there were":   sums(desk.Some(10), none, none, desk.Some(20)),
		"more new than there are":     sums(desk.Some(50), desk.Some(50), desk.Some(20), none),
		"more stayed than there were": sums(desk.Some(100), desk.Some(0), desk.Some(120), none),
	} {
		e := evaluate(t, catalogue(), g)
		if n := e.excluded("bad_sums"); n != 1 {
			t.Errorf("%s: %d left out, want 1", name, n)
		}
		e.absent("helpdesk_customer_retention_ratio")
	}
}
