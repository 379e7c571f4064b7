package kpi

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/tally"
)

// The measures of what service, and winning and keeping customers, cost.
const (
	ServiceCost      ID = iota + 190
	ServiceCostOfAll    // of all categories
	TicketsResolved     // by team and channel, where the ticket figures are not split by both
	AcquisitionSpend
	RetentionSpend
)

// The categories of costs that are no cost of the service.
const (
	costOfAcquisition = "acquisition"
	costOfRetention   = "retention"
	costOfCommission  = "commission"
)

func (c *Catalogue) addCosts() {
	currency, dims := []string{"currency"}, []string{"team", "channel"}
	spent := func(id ID, identity, dims []string) Measure {
		return Measure{ID: id, Kind: desk.KindCost, Identity: identity, Named: identity, Dims: dims, Window: true, Accrues: true}
	}
	c.Measures = append(c.Measures,
		spent(ServiceCost, []string{"currency", "category"}, dims), spent(ServiceCostOfAll, currency, dims),
		spent(AcquisitionSpend, currency, nil), spent(RetentionSpend, currency, nil),
	)
	if c.resolutions() == TicketsResolved {
		c.Measures = append(c.Measures, Measure{ID: TicketsResolved, Kind: desk.KindTicket, Dims: dims, Window: true})
	}
	c.Views = append(c.Views,
		WindowView{
			Name: "helpdesk_service_cost", Of: []ID{ServiceCost}, Value: spending,
			Help: "Cost of the service in the currency: of each period the part that lies in the window. All categories but acquisition, retention and commission; absent where no period reaches into the window.",
		},
		WindowView{
			Name: "helpdesk_cost_per_resolution", Of: []ID{ServiceCostOfAll, c.resolutions()}, ValueAt: c.unitCost,
			Help: "helpdesk_service_cost of all categories by the tickets solved in the window and not reopened since, in the currency. What is booked for no team or no channel is part of the figure for all only.",
		},
	)
	c.addCustomerCosts()
	c.define(desk.KindCost, nil,
		KPI{ID: "service_cost", Metric: "helpdesk_service_cost", Query: `sum by (category, currency) (helpdesk_service_cost{by="all", window="7d"})`},
		KPI{ID: "cost_per_resolution", Metric: "helpdesk_cost_per_resolution", Query: `helpdesk_cost_per_resolution{by="all", window="7d"}`, Records: []desk.Kind{desk.KindCost, desk.KindTicket}},
		KPI{ID: "customer_acquisition_cost", Metric: "helpdesk_customer_acquisition_cost", Query: `helpdesk_customer_acquisition_cost{by="all", window="7d"}`, Records: []desk.Kind{desk.KindCost, desk.KindCustomer}},
	)
}

// addCustomerCosts adds what it costs to win and to keep a customer.
func (c *Catalogue) addCustomerCosts() {
	c.Views = append(c.Views,
		WindowView{
			Name: "helpdesk_acquisition_spend", Of: []ID{AcquisitionSpend}, Value: spending,
			Help: "Costs of the category acquisition in the currency: of each period the part that lies in the window; absent where none reaches into it.",
		},
		WindowView{
			Name: "helpdesk_customer_acquisition_cost", Value: c.costOfCustomers,
			Of:   []ID{AcquisitionSpend, CustomersEnd, CustomersNew, SnapshotNew},
			Help: "helpdesk_acquisition_spend by helpdesk_customers_new, each customer by himself where that is known, else from the sums of a period.",
		},
		WindowView{
			Name: "helpdesk_retention_spend", Of: []ID{RetentionSpend}, Value: spending,
			Help: "Costs of the category retention in the currency: of each period the part that lies in the window; absent where none reaches into it.",
		},
		WindowView{
			Name: "helpdesk_customer_retention_cost", Value: c.costOfCustomers,
			Of:   []ID{RetentionSpend, CustomersStart, CustomersRetained, SnapshotRetained},
			Help: "helpdesk_retention_spend by helpdesk_customers_retained, each customer by himself where that is known, else from the sums of a period.",
		},
	)
}

// spending is the money of the periods that reach into the window. Where none
// does, nobody said that nothing was spent.
func spending(c []tally.Count, _ time.Duration) (float64, bool) { return money(c[0].Sum), c[0].N > 0 }

// unitCost is the money that the first measure sums up by the number of the
// second. What is booked for nobody is not divided by what nobody in particular
// did.
func (d *Definitions) unitCost(labels []string, c []tally.Count) (float64, bool) {
	if slices.Contains(labels[1:], unset) {
		return 0, false
	}
	return d.moneyEach(c[0], float64(c[1].N))
}

// costOfCustomers is the money that the first measure sums up by the customers
// that the third counts one by one or, where the second knows of none, by those
// that the last has from the sums of a period.
func (d *Definitions) costOfCustomers(c []tally.Count, _ time.Duration) (float64, bool) {
	if c[1].N == 0 {
		return d.moneyEach(c[0], c[3].Sum.Float())
	}
	return d.moneyEach(c[0], float64(c[2].N))
}

func (d *Definitions) moneyEach(spent tally.Count, by float64) (float64, bool) {
	if spent.N == 0 || by < float64(max(d.MinSample, 1)) {
		return 0, false
	}
	return money(spent.Sum) / by, true
}

// cost collects what something cost over a period.
func (b *Contributions) cost(h *desk.Held, c *desk.Cost) {
	amount, ok := cash(c.Amount.Value)
	switch {
	case h.Deleted:
		b.excluded(ExcludedCosts, "deleted")
		return
	case !ok || !c.Amount.Set:
		b.excluded(ExcludedCosts, "no_amount")
		return
	}
	currency, dims := currencyOf(c.Currency), present(h) // what was booked on the wrong team is booked anew
	switch category := categoryOf(c.Category); category {
	case costOfAcquisition:
		b.accrue(AcquisitionSpend, c, amount, dims, currency)
	case costOfRetention:
		b.accrue(RetentionSpend, c, amount, dims, currency)
	case costOfCommission: // referrals tell of commissions themselves
	default:
		b.accrue(ServiceCost, c, amount, dims, currency, category)
		b.accrue(ServiceCostOfAll, c, amount, dims, currency)
	}
}

// accrue collects an amount that is spread evenly over the period of a cost.
func (b *Contributions) accrue(id ID, c *desk.Cost, amount tally.Amount, dims dimensions, identity ...string) {
	if FeedWindow&b.of != 0 {
		b.add(id, FeedWindow, c.PeriodStart, amount, dims, identity...)
		b.list[len(b.list)-1].Until = c.PeriodEnd
	}
}

// categoryOf is how a label names a category of costs.
func categoryOf(name string) string {
	return cmp.Or(strings.ToLower(strings.TrimSpace(name)), unset)
}

// resolutions is the measure of the tickets solved that is split by team and by
// channel: that of all ticket figures, unless they are configured to be split by
// less.
func (c *Catalogue) resolutions() ID {
	if within([]string{"team", "channel"}, c.Labels) {
		return TicketsSolved
	}
	return TicketsResolved
}

// resolved collects the last solve of a ticket, for what it cost and for whether
// it was reviewed.
func (b *Contributions) resolved(at time.Time, dims dimensions) {
	if b.catalogue.resolutions() == TicketsResolved {
		b.add(TicketsResolved, FeedWindow, at, one, dims)
	}
}
