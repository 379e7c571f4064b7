package book_test

import (
	"fmt"
	"testing"
	"time"

	"helpdesk_exporter/book"
	"helpdesk_exporter/desk"
)

// bought is something that a customer bought for 10 euros.
func bought(id, customer string, at time.Time) desk.Record {
	return desk.Record{ID: id, Body: &desk.Purchase{At: at, Customer: customer, Amount: desk.Some(10.0), Currency: "EUR"}}
}

// acquired is somebody who became a customer.
func acquired(name string, at time.Time) desk.Record {
	return desk.Record{ID: name, Body: &desk.Customer{AcquiredAt: at}}
}

// next is a later version of a record.
func next(row int64, r desk.Record) desk.Record {
	r.Origin.Row = row
	return r
}

// What rests on customers does not show while nobody knows how they are; what
// rests on purchases alone does.
func TestWithoutNewsOfCustomersTheirFiguresAreAbsent(t *testing.T) {
	shop := []book.SourceConfig{source("crm", "shop", desk.KindCustomer), source("till", "shop", desk.KindPurchase)}
	o := openOffice(t, "", shop...)
	const (
		there   = `helpdesk_customers_end{desk="shop",by="all",window="1d",method="cohort"}`
		often   = `helpdesk_purchases_per_customer_year{desk="shop",by="all",window="1d"}`
		engaged = `helpdesk_customer_engagement_customers{desk="shop",by="all",weights_version="1",window="1d"}`
		silent  = `helpdesk_customers_at_risk{desk="shop",risk_rule="silent",segment="none"}`
		revenue = `helpdesk_revenue{desk="shop",by="all",currency="EUR",window="1d"}`
		buyers  = `helpdesk_purchase_customers{desk="shop",by="all",window="1d"}`
	)
	absent := map[string]float64{there: -1, often: -1, engaged: -1, silent: -1, revenue: 10, buyers: 1}
	shown := map[string]float64{there: 1, engaged: 1, silent: 0, revenue: 10, buyers: 1}

	o.poll("till", at(1), bought("1", "ann", at(0.5)))
	o.read(at(1)).wantValues(t, absent) // no customer was ever told of
	o.poll("crm", at(1), acquired("ann", at(0)))
	o.read(at(1)).wantValues(t, shown)
	o.poll("till", at(2.5))
	o.read(at(2.5)).wantValues(t, absent) // for an hour and a half
	o.poll("crm", at(2.5))
	o.read(at(2.5)).wantValues(t, shown)
}

// A key that everybody shares is nobody. Of 1,000 records one customer is still
// made; with 1,001 he leaves the figures about customers, and comes back when
// there are fewer. What a purchase is by itself counts all the same.
func TestACustomerOfTooManyRecordsIsLeftOut(t *testing.T) {
	o := openOffice(t, "", source("crm", "shop", desk.KindCustomer), source("till", "shop", desk.KindPurchase))
	o.options.Retention = 8 * day
	o.reopen(monday)
	o.poll("crm", at(1), acquired("guest", at(0)))
	var many []desk.Record
	for i := range 999 {
		when := at(0.5)
		if i >= 990 {
			when = at(-24 * 6)
		}
		many = append(many, bought(fmt.Sprint(i), "guest", when))
	}
	o.poll("till", at(1), many...)
	gone := next(1, bought("7", "guest", at(0.5)))
	gone.Deleted = true
	for i, step := range []struct {
		source                    string
		record                    desk.Record
		there, buyers, again      float64
		purchases, leftOut, whole float64 // whole: the customer record is left out
	}{
		{"till", next(1, bought("1", "guest", at(0.6))), 1, 1, 1, 999, 0, 0},
		{"till", bought("a", "guest", at(0.5)), 0, 0, 0, 1000, 1000, 1},
		{"till", bought("b", "ann", at(0.5)), 0, 1, 0, 1001, 1000, 1},
		{"till", next(1, bought("b", "guest", at(0.5))), 0, 0, 0, 1001, 1001, 1},
		{"till", next(2, bought("b", "guest", at(0.7))), 0, 0, 0, 1001, 1001, 1},
		{"till", gone, 0, 0, 0, 1000, 1000, 1},
		{"till", next(2, bought("7", "guest", at(0.5))), 0, 0, 0, 1001, 1001, 1},
		{"till", next(3, bought("b", "", at(0.7))), 0, 0, 0, 1001, 1000, 1},
		{"till", next(1, bought("a", "ann", at(0.5))), 1, 2, 1, 1001, 0, 0},
		{"crm", acquired("ann", at(0)), 2, 2, 1, 1001, 0, 0},
		{"till", next(4, bought("b", "guest", at(0.7))), 1, 1, 0, 1001, 1000, 1},
		{"till", next(5, bought("b", "ann", at(0.7))), 2, 2, 2, 1001, 0, 0},
	} {
		now := at(1 + float64(i+1)/60)
		o.poll("crm", now)
		o.poll("till", now)
		o.poll(step.source, now, step.record)
		for range 2 {
			o.read(now).wantNumbers(t, fmt.Sprint("step ", i), map[string]float64{
				`helpdesk_customers_end{desk="shop",by="all",window="7d",method="cohort"}`:                     step.there,
				`helpdesk_purchase_customers{desk="shop",by="all",window="7d"}`:                                step.buyers,
				`helpdesk_repeat_purchase_customers{desk="shop",by="all",window="7d"}`:                         step.again,
				`helpdesk_purchases_in_window{desk="shop",by="all",currency="EUR",window="7d"}`:                step.purchases,
				`helpdesk_records_excluded{desk="shop",kind="purchase",reason="customer_too_large"}`:           step.leftOut,
				`helpdesk_records_excluded{desk="shop",kind="customer",reason="customer_too_large"}`:           step.whole,
				`helpdesk_customers_at_risk{desk="shop",risk_rule="silent",segment="none"}`:                    0,
				`helpdesk_customer_engagement_customers{desk="shop",by="all",weights_version="1",window="7d"}`: max(step.there, step.buyers),
			})
			o.reopen(now)
		}
	}
	// With two more there are too many again, until the oldest nine expire.
	o.poll("till", at(36), bought("c", "guest", at(36)), bought("d", "guest", at(36)))
	for _, step := range []struct{ hour, there, leftOut float64 }{{36, 1, 1001}, {72, 2, 0}} {
		o.poll("crm", at(step.hour))
		o.poll("till", at(step.hour))
		for range 2 {
			o.read(at(step.hour)).wantNumbers(t, fmt.Sprint("in hour ", step.hour), map[string]float64{
				`helpdesk_customers_end{desk="shop",by="all",window="7d",method="cohort"}`:           step.there,
				`helpdesk_purchase_customers{desk="shop",by="all",window="7d"}`:                      step.there,
				`helpdesk_records_excluded{desk="shop",kind="purchase",reason="customer_too_large"}`: step.leftOut,
			})
			o.reopen(at(step.hour))
		}
	}
}

// wantNumbers compares series of gauges, of which 0 and an absent one are the
// same.
func (e *exposition) wantNumbers(t *testing.T, when string, want map[string]float64) {
	t.Helper()
	for series, v := range want {
		if got := e.values[series]; got != v {
			t.Errorf("%s: %s is %v, want %v", when, series, got, v)
		}
	}
}

// visited is a row of a visit that reached a goal.
func visited(id, visit, customer string) desk.Record {
	return desk.Record{ID: id, Body: &desk.Session{ID: visit, At: at(0.5), ConvertedAt: at(0.6), Goal: "buy", Customer: customer}}
}

// The same of a visit. A customer who made it is left out as well, and both are
// told apart.
func TestAVisitOfTooManyRowsIsLeftOut(t *testing.T) {
	o := openOffice(t, "", source("site", "shop", desk.KindSession))
	var rows []desk.Record
	for i := range 1000 {
		rows = append(rows, visited(fmt.Sprint(i), "unknown", "guest"))
	}
	o.poll("site", at(1), rows...)
	for i, step := range []struct {
		row                           desk.Record
		visits, rows, ofGuest, people float64
	}{
		{next(1, visited("1", "unknown", "guest")), 1, 0, 0, 1},
		{visited("a", "unknown", "guest"), 0, 1001, 1001, 0},
		{next(1, visited("a", "unknown", "ann")), 0, 1001, 0, 2},
		{next(2, visited("a", "mine", "guest")), 2, 0, 1001, 0},
		{next(3, visited("a", "mine", "")), 2, 0, 0, 1},
		{visited("b", "unknown", ""), 1, 1001, 0, 1},
		{next(1, visited("b", "mine", "")), 2, 0, 0, 1},
	} {
		now := at(1 + float64(i+1)/60)
		o.poll("site", now, step.row)
		for range 2 {
			o.read(now).wantNumbers(t, fmt.Sprint("step ", i), map[string]float64{
				`helpdesk_web_sessions{desk="shop",by="all",window="1d"}`:                                      step.visits,
				`helpdesk_conversions{desk="shop",by="all",goal="buy",window="1d"}`:                            step.visits,
				`helpdesk_customer_engagement_customers{desk="shop",by="all",weights_version="1",window="1d"}`: step.people,
				`helpdesk_records_excluded{desk="shop",kind="session",reason="group_too_large"}`:               step.rows,
				`helpdesk_records_excluded{desk="shop",kind="session",reason="customer_too_large"}`:            step.ofGuest,
			})
			o.reopen(now)
		}
	}
}

// A slot of the window of a day is five minutes long. What happened where it
// begins lies before the window that begins there, for purchases, for those who
// made them and for customers alike.
func TestWindowsOfCustomersBeginWhereASlotDoes(t *testing.T) {
	edge := at(0).Add(5 * time.Minute)
	const (
		bought1d = `helpdesk_purchases_in_window{desk="shop",by="all",currency="EUR",window="1d"}`
		buyers   = `helpdesk_purchase_customers{desk="shop",by="all",window="1d"}`
		start    = `helpdesk_customers_start{desk="shop",by="all",window="1d",method="cohort"}`
		end      = `helpdesk_customers_end{desk="shop",by="all",window="1d",method="cohort"}`
		came     = `helpdesk_customers_new{desk="shop",by="all",window="1d",method="cohort"}`
	)
	for name, tt := range map[string]struct {
		happened, read time.Time
		want           map[string]float64
	}{
		"at its own instant":            {edge, edge, map[string]float64{bought1d: 1, buyers: 1, start: 0, end: 1, came: 1}},
		"a nanosecond before":           {edge, edge.Add(-1), map[string]float64{bought1d: 0, buyers: 0, start: 0, end: 0, came: 0}},
		"a nanosecond before it leaves": {edge, edge.Add(day - 5*time.Minute - 1), map[string]float64{bought1d: 1, buyers: 1, start: 0, end: 1, came: 1}},
		"when it leaves":                {edge, edge.Add(day - 5*time.Minute), map[string]float64{bought1d: 0, buyers: 0, start: 1, end: 1, came: 0}},
		"behind the edge":               {edge.Add(1), edge.Add(day - 5*time.Minute), map[string]float64{bought1d: 1, buyers: 1, start: 0, end: 1, came: 1}},
		"behind the edge, a slot later": {edge.Add(1), edge.Add(day), map[string]float64{bought1d: 0, buyers: 0, start: 1, end: 1, came: 0}},
	} {
		o := openOffice(t, "", source("all", "shop", desk.KindCustomer, desk.KindPurchase))
		o.poll("all", tt.read, acquired("ann", tt.happened), bought("1", "ann", tt.happened))
		for range 2 {
			o.read(tt.read).wantNumbers(t, name, tt.want)
			o.reopen(tt.read)
		}
	}
}
