package kpi

import (
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/tally"
)

// LifetimeProfit is the measure of what was earned with each customer.
const LifetimeProfit ID = 235

func (c *Catalogue) addLifetimeValue() {
	currency := []string{"currency"}
	c.Measures = append(c.Measures, Measure{
		ID: LifetimeProfit, Kind: desk.KindPurchase, Identity: currency, Named: currency, Dims: []string{"segment"}, Window: true, Span: true,
	})
	life := []ID{Revenue, CustomersEnd, CustomersStart, CustomersChurned}
	c.addLifetimeModel("basic", life, c.revenueOverLife, WindowView{Of: life[:2], Value: numberBeside})
	c.addLifetimeModel("historic", []ID{LifetimeProfit}, c.sampled(meanMoney), WindowView{Of: []ID{LifetimeProfit}, Value: number})
	c.addLifetimeModel("predictive", append(life, PurchaseMargin, PurchaseProfit), c.profitOverLife,
		WindowView{Of: life[:2], Seen: PurchaseMargin, Value: numberBeside})
	c.define(desk.KindPurchase, nil,
		KPI{ID: "clv_basic", Metric: "helpdesk_customer_lifetime_value", Query: `helpdesk_customer_lifetime_value{model="basic", by="all", window="7d"}`, Records: []desk.Kind{desk.KindPurchase, desk.KindCustomer}},
	)
	c.define(desk.KindPurchase, c.GrossMargin,
		KPI{ID: "clv_historic", Metric: "helpdesk_customer_lifetime_value", Query: `helpdesk_customer_lifetime_value{model="historic", by="all", window="7d"}`},
		KPI{ID: "clv_predictive", Metric: "helpdesk_customer_lifetime_value", Query: `helpdesk_customer_lifetime_value{model="predictive", by="all", window="7d"}`, Records: []desk.Kind{desk.KindPurchase, desk.KindCustomer}},
	)
}

// addLifetimeModel adds the value of customers by one model, and how many they
// are.
func (c *Catalogue) addLifetimeModel(model string, of []ID, value func([]tally.Count, time.Duration) (float64, bool), customers WindowView) {
	customers.Constant = desk.Dim{Name: "model", Value: model}
	customers.Name = "helpdesk_customer_lifetime_value_customers"
	customers.Help = "Customers in the mean of helpdesk_customer_lifetime_value: those there at the end of the window; with model=historic those who bought in it at a known margin."
	c.Views = append(c.Views, customers, WindowView{
		Name: "helpdesk_customer_lifetime_value", Of: of, Value: value, Constant: customers.Constant,
		Help: "What a customer is worth, in the currency. basic: revenue of the window by the customers there at its end, " +
			"for as long as customers stay by helpdesk_customer_lifespan_seconds. predictive: that times helpdesk_gross_margin_ratio. " +
			"historic: gross profit of the window by those who bought in it at a known margin.",
	})
}

// revenueOverLife is what a customer spends while he stays. Purchases a year by
// a lifespan in years are purchases a window by a lifespan in windows, which is
// 1 / churn. The counts are of revenue, of the customers at the end, and of those
// at the start and those of them that were gone.
func (d *Definitions) revenueOverLife(c []tally.Count, _ time.Duration) (float64, bool) {
	least := int64(max(d.MinSample, 1))
	if c[1].N < least || c[2].N < least || c[3].N == 0 {
		return 0, false
	}
	return money(c[0].Sum) / float64(c[1].N) * float64(c[2].N) / float64(c[3].N), true
}

// profitOverLife is the part of that which is profit.
func (d *Definitions) profitOverLife(c []tally.Count, w time.Duration) (float64, bool) {
	revenue, ok := d.revenueOverLife(c, w)
	margin, known := d.quotientOfSums(c[4:], w)
	return revenue * margin, ok && known
}

// numberBeside is the number of the second measure; 0 is a figure too.
func numberBeside(c []tally.Count, _ time.Duration) (float64, bool) { return float64(c[1].N), true }

// earner says what was earned with the customer in the window.
func (g *glimpse) earner() {
	for _, currency := range g.words(deedProfit) {
		if g.count(deedPurchase, currency).N == 0 {
			continue // he only gave something back
		}
		if profit, ok := cash(money(g.count(deedProfit, currency).Sum)); ok {
			g.hold(LifetimeProfit, profit, desk.Dim{}, currency)
		}
	}
}
