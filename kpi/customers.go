package kpi

import (
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/tally"
)

// The measures of how many customers there are, come and go.
const (
	CustomersStart ID = iota + 160
	CustomersNew
	CustomersEnd
	CustomersRetained
	CustomersChurned
	SnapshotStart
	SnapshotNew
	SnapshotEnd
	SnapshotRetained
	SnapshotLost
	CustomersLost
)

// The ways to find out who stayed.
const (
	methodCohort   = "cohort"   // each customer by himself
	methodSnapshot = "snapshot" // from the sums of a period
)

func (c *Catalogue) addCustomers() {
	segment := []string{"segment"}
	for _, id := range []ID{CustomersStart, CustomersNew, CustomersEnd, CustomersRetained, CustomersChurned} {
		c.Measures = append(c.Measures, Measure{ID: id, Kind: desk.KindCustomer, Dims: segment, Window: true, Span: true})
	}
	for _, id := range []ID{SnapshotStart, SnapshotNew, SnapshotEnd, SnapshotRetained, SnapshotLost} {
		c.Measures = append(c.Measures, Measure{ID: id, Kind: desk.KindCustomer, Dims: segment, Window: true, Latest: true})
	}
	c.Measures = append(c.Measures, Measure{
		ID: CustomersLost, Kind: desk.KindCustomer, Dims: []string{"churn_reason", "segment"}, Window: true,
		Total: &Total{
			Name: "helpdesk_customers_lost_total",
			Help: "Customers that left, counted when discovered. Who came back and leaves again counts again only where both are told.",
		},
	})
	c.addRetention(methodCohort, CustomersEnd, number, CustomersStart, CustomersNew, CustomersEnd, CustomersRetained, CustomersChurned)
	c.addRetention(methodSnapshot, SnapshotStart, told, SnapshotStart, SnapshotNew, SnapshotEnd, SnapshotRetained, SnapshotLost)
	c.Views = append(c.Views,
		WindowView{
			Name: "helpdesk_customers_lost_in_window", Of: []ID{CustomersLost}, Seen: CustomersEnd, Value: number,
			Help: "Customers that left in the window, those included that had come in it.",
		},
		WindowView{
			Name: "helpdesk_customer_lifespan_seconds", Of: []ID{CustomersStart, CustomersChurned}, Value: c.lifespan,
			Help: "How long customers stay at the churn of the window: the window's length by helpdesk_customer_churn_ratio; absent where nobody left.",
		},
		WindowView{
			Name: "helpdesk_customer_lifespan_customers", Of: []ID{CustomersStart}, Seen: CustomersEnd, Value: number,
			Help: "Customers under observation for helpdesk_customer_lifespan_seconds: those there when the window began.",
		},
	)
	c.define(desk.KindCustomer, nil,
		KPI{ID: "retention_ratio", Metric: "helpdesk_customer_retention_ratio", Query: `helpdesk_customer_retention_ratio{by="all", window="7d"}`},
		KPI{ID: "churn_ratio", Metric: "helpdesk_customer_churn_ratio", Query: `helpdesk_customer_churn_ratio{by="all", window="7d"}`},
		KPI{ID: "churn_reasons", Metric: "helpdesk_customers_lost_in_window", Query: `helpdesk_customers_lost_in_window{by="churn_reason", window="7d"}`},
		KPI{ID: "customer_lifespan", Metric: "helpdesk_customer_lifespan_seconds", Query: `helpdesk_customer_lifespan_seconds{by="all", window="7d"} / 86400`},
	)
}

// addRetention adds the families of who stayed, found out in one way, of desks
// where one of the measures tells something.
func (c *Catalogue) addRetention(method string, seen ID, how func([]tally.Count, time.Duration) (float64, bool), start, came, end, retained, churned ID) {
	counted := func(name, help string, of ID) WindowView {
		return WindowView{Name: name, Help: help, Of: []ID{of}, Seen: seen, Value: how, Constant: desk.Dim{Name: "method", Value: method}}
	}
	ratio := func(name, help string, of ID) WindowView {
		return WindowView{
			Name: name, Help: help, Of: []ID{start, of}, Seen: seen, Value: c.partOf(how), Constant: desk.Dim{Name: "method", Value: method},
		}
	}
	c.Views = append(c.Views,
		counted("helpdesk_customers_start", "Customers there when the window began; with method=snapshot when the newest told period did whose length is that of the window.", start),
		counted("helpdesk_customers_new", "Customers there when the window ended that were not when it began: won, or won back.", came),
		counted("helpdesk_customers_end", "Customers there when the window ended.", end),
		counted("helpdesk_customers_retained", "Numerator of helpdesk_customer_retention_ratio: customers there when the window began and when it ended.", retained),
		counted("helpdesk_customers_churned", "Numerator of helpdesk_customer_churn_ratio: customers there when the window began and not when it ended.", churned),
		ratio("helpdesk_customer_retention_ratio", "Share of the customers there when the window began that still were when it ended. Denominator: helpdesk_customers_start.", retained),
		ratio("helpdesk_customer_churn_ratio", "Share of the customers there when the window began that were gone when it ended, for the length of the window. Denominator: helpdesk_customers_start.", churned),
	)
}

// told is what the sums of a period say, nothing in a window for which none do.
func told(c []tally.Count, _ time.Duration) (float64, bool) { return c[0].Sum.Float(), c[0].N > 0 }

// partOf returns the formula of the part that the second measure is of the
// first, both as told by another formula.
func (d *Definitions) partOf(how func([]tally.Count, time.Duration) (float64, bool)) func([]tally.Count, time.Duration) (float64, bool) {
	return func(c []tally.Count, w time.Duration) (float64, bool) {
		whole, _ := how(c[:1], w)
		if whole < float64(max(d.MinSample, 1)) {
			return 0, false
		}
		part, ok := how(c[1:], w)
		return part / whole, ok
	}
}

// lifespan is how long customers stay on average if each window loses the same
// share: 1 / churn, in windows. The counts are those at the start and of those
// of them that were gone at the end.
func (d *Definitions) lifespan(c []tally.Count, w time.Duration) (float64, bool) {
	if c[0].N < int64(max(d.MinSample, 1)) || c[1].N == 0 {
		return 0, false
	}
	return w.Seconds() * float64(c[0].N) / float64(c[1].N), true
}

// cohort says whether the customer was there when the window began and when it
// ended. Only a customer record tells that somebody is a customer.
func (g *glimpse) cohort() {
	hold := func(id ID, holds bool) {
		if holds {
			g.hold(id, one, desk.Dim{})
		}
	}
	hold(CustomersStart, g.atStart)
	hold(CustomersEnd, g.atEnd)
	hold(CustomersRetained, g.atStart && g.atEnd)
	hold(CustomersChurned, g.atStart && !g.atEnd)
	hold(CustomersNew, !g.atStart && g.atEnd)
}

// customerRow collects what a customer record is by itself: that somebody left,
// for the counters, or the sums of a period.
func (b *Contributions) customerRow(h *desk.Held, c *desk.Customer) {
	switch {
	case h.Deleted:
		b.excluded(ExcludedCustomers, "deleted")
	case c.AcquiredAt.IsZero():
		b.snapshot(h, c)
	case !c.ChurnedAt.IsZero():
		if back := c.ReactivatedAt; !back.IsZero() && back.Before(c.ChurnedAt) {
			b.add(CustomersLost, FeedTotal, time.Time{}, one, seenAt(h, back)) // who comes back has left before
		}
		b.add(CustomersLost, FeedTotal, c.ChurnedAt, one, seenAt(h, c.ChurnedAt))
	}
}

// lost collects that a customer left, for the windows.
func (b *Contributions) lost(p *profile, h *desk.Held, c *desk.Customer) {
	if !c.AcquiredAt.IsZero() && !c.ChurnedAt.IsZero() {
		dims := p.at(h)
		dims.states = seenAt(h, c.ChurnedAt).states // why he left this time, and not an earlier one
		b.add(CustomersLost, FeedWindow, c.ChurnedAt, one, dims)
	}
}

// snapshot collects the sums of a period. They hold until those of the next one
// are told, in the shortest window that is about as long as the period.
func (b *Contributions) snapshot(h *desk.Held, c *desk.Customer) {
	window := b.catalogue.windowLike(c.PeriodEnd.Sub(c.PeriodStart))
	if window == 0 {
		b.excluded(ExcludedCustomers, "period_too_long")
		return
	}
	retained, lost := stayed(c)
	if retained.Value < 0 || lost.Value < 0 || c.AtStart.Set && max(retained.Value, lost.Value) > c.AtStart.Value {
		b.excluded(ExcludedCustomers, "bad_sums")
		return
	}
	put := func(id ID, n desk.Opt[int]) {
		if n.Set {
			b.addWithin(window, id, c.PeriodEnd, tally.Amount(n.Value)*one, present(h))
		}
	}
	put(SnapshotStart, c.AtStart)
	put(SnapshotNew, c.New)
	put(SnapshotEnd, c.AtEnd)
	put(SnapshotRetained, retained)
	put(SnapshotLost, lost)
}

// stayed returns how many of those at the start of a period were there at its
// end, and how many were not: end less new, and what is left of the start.
func stayed(c *desk.Customer) (retained, lost desk.Opt[int]) {
	switch {
	case c.AtEnd.Set && c.New.Set:
		retained = desk.Some(c.AtEnd.Value - c.New.Value)
	case c.AtStart.Set && c.Lost.Set:
		retained = desk.Some(c.AtStart.Value - c.Lost.Value)
	}
	lost = c.Lost
	if !lost.Set && c.AtStart.Set && retained.Set {
		lost = desk.Some(c.AtStart.Value - retained.Value)
	}
	return retained, lost
}

// windowLike returns the number, from 1, of the shortest window that is about as
// long as a period, 0 for none: months differ, and a window of four weeks is one.
func (c *Catalogue) windowLike(period time.Duration) uint8 {
	var found uint8
	for i, w := range c.Windows {
		if 10*w.Length >= 9*period && (found == 0 || w.Length < c.Windows[found-1].Length) {
			found = uint8(i + 1)
		}
	}
	return found
}
