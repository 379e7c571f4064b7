package kpi

import (
	"math"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/tally"
)

// The measures of what customers buy.
const (
	Purchases           ID = iota + 171
	PurchasesOfAll         // in whatever currency
	PurchaseMargin         // of which the margin is known: the amount
	PurchaseProfit         // of which the margin is known: the margin
	PurchaseUpsell         // from those who are customers already
	PurchaseCustomers      // who bought
	PurchaseRepeaters      // who bought more than once
	PurchaseCustomersOf    // who bought in a currency
	Revenue                // what purchases cost, less what was given back
	UpsellRevenue          // the same of those from customers
)

// year is what frequencies a year are worked out for: that of Julius Caesar.
const year = 8766 * time.Hour

func (c *Catalogue) addPurchases() {
	currency, segment := []string{"currency"}, []string{"segment"}
	paid := func(id ID) Measure {
		return Measure{ID: id, Kind: desk.KindPurchase, Identity: currency, Named: currency, Dims: segment, Window: true}
	}
	bought := func(id ID) Measure {
		return Measure{ID: id, Kind: desk.KindPurchase, Dims: segment, Window: true, Span: true}
	}
	byCurrency := paid(PurchaseCustomersOf)
	byCurrency.Span = true
	upsell, upsold := paid(PurchaseUpsell), paid(UpsellRevenue)
	upsell.Dims, upsold.Dims = nil, nil
	c.Measures = append(c.Measures,
		paid(Purchases), paid(Revenue), Measure{ID: PurchasesOfAll, Kind: desk.KindPurchase, Dims: segment, Window: true},
		paid(PurchaseMargin), paid(PurchaseProfit), upsell, upsold, bought(PurchaseCustomers), bought(PurchaseRepeaters), byCurrency,
	)
	c.addPurchaseViews()
	c.addMarginViews()
	c.define(desk.KindPurchase, nil,
		KPI{ID: "average_order_value", Metric: "helpdesk_purchase_value_mean", Query: `helpdesk_purchase_value_mean{by="all", window="7d"}`},
		KPI{ID: "purchase_frequency", Metric: "helpdesk_purchases_per_customer_year", Query: `helpdesk_purchases_per_customer_year{by="all", window="7d"}`, Records: []desk.Kind{desk.KindPurchase, desk.KindCustomer}},
		KPI{ID: "repeat_purchase_ratio", Metric: "helpdesk_repeat_purchase_ratio", Query: `helpdesk_repeat_purchase_ratio{by="all", window="7d"}`},
		KPI{ID: "upsell_opportunities", Metric: "helpdesk_upsell_revenue", Query: `helpdesk_upsell_revenue{by="all", window="7d"}`},
	)
	c.define(desk.KindPurchase, c.GrossMargin,
		KPI{ID: "gross_margin", Metric: "helpdesk_gross_margin_ratio", Query: `helpdesk_gross_margin_ratio{by="all", window="7d"}`},
	)
}

func (c *Catalogue) addPurchaseViews() {
	c.Views = append(c.Views,
		WindowView{
			Name: "helpdesk_purchase_value_mean", Of: []ID{Purchases}, Value: c.sampled(meanMoney),
			Help: "Mean amount of the purchases of the window, in the currency.",
		},
		WindowView{
			Name: "helpdesk_purchases_in_window", Of: []ID{Purchases}, Value: number,
			Help: "Denominator of helpdesk_purchase_value_mean: purchases of the window.",
		},
		WindowView{
			Name: "helpdesk_revenue", Of: []ID{Revenue}, Value: moneyAmount,
			Help: "What the purchases of the window add up to, less what was given back, in the currency.",
		},
		WindowView{
			Name: "helpdesk_purchases_per_customer_year", Of: []ID{CustomersEnd, PurchasesOfAll}, Value: c.sampledRate(perYear),
			Help: "Purchases of the window by the customers there at its end, for a year of 365.25 days.",
		},
		WindowView{
			Name: "helpdesk_purchase_frequency_customers", Of: []ID{CustomersEnd, PurchasesOfAll}, Seen: PurchasesOfAll, Value: number,
			Help: "Denominator of helpdesk_purchases_per_customer_year: customers there at the end of the window.",
		},
		WindowView{
			Name: "helpdesk_repeat_purchase_ratio", Of: []ID{PurchaseCustomers, PurchaseRepeaters}, Value: c.sampled(quotient),
			Help: "Share of those who bought in the window that did so more than once.",
		},
		WindowView{
			Name: "helpdesk_repeat_purchase_customers", Of: []ID{PurchaseRepeaters}, Seen: PurchaseCustomers, Value: number,
			Help: "Numerator of helpdesk_repeat_purchase_ratio: customers with two purchases or more in the window.",
		},
		WindowView{
			Name: "helpdesk_purchase_customers", Of: []ID{PurchaseCustomers}, Seen: PurchaseCustomers, Value: number,
			Help: "Denominator of helpdesk_repeat_purchase_ratio: customers with a purchase in the window.",
		},
		WindowView{
			Name: "helpdesk_upsell_revenue", Of: []ID{UpsellRevenue}, Value: moneyAmount,
			Help: "What up-sells and cross-sells of the window add up to, in the currency.",
		},
		WindowView{
			Name: "helpdesk_upsell_purchases", Of: []ID{PurchaseUpsell}, Value: number,
			Help: "Up-sells and cross-sells of the window.",
		},
	)
}

func (c *Catalogue) addMarginViews() {
	c.Views = append(c.Views,
		WindowView{
			Name: "helpdesk_gross_margin_ratio", Of: []ID{PurchaseMargin, PurchaseProfit}, Value: c.quotientOfSums,
			Help: "Gross margin of the purchases of the window of which it is known, be it from the purchase or from gross_margin_ratio.",
		},
		WindowView{
			Name: "helpdesk_gross_profit", Of: []ID{PurchaseProfit}, Value: moneyAmount,
			Help: "Numerator of helpdesk_gross_margin_ratio: gross profit of the window, in the currency.",
		},
		WindowView{
			Name: "helpdesk_gross_margin_revenue", Of: []ID{PurchaseMargin}, Value: moneyAmount,
			Help: "Denominator of helpdesk_gross_margin_ratio: revenue of the purchases of the window of which the margin is known, in the currency.",
		},
	)
}

// moneyAmount is the sum of money over the window; 0 is a figure too.
func moneyAmount(c []tally.Count, _ time.Duration) (float64, bool) { return money(c[0].Sum), true }

// meanMoney is sum / n.
func meanMoney(c []tally.Count) float64 { return money(c[0].Sum) / float64(c[0].N) }

// quotientOfSums is the sum of the second measure by that of the first; nothing
// below the smallest sample, or where the first comes to nothing.
func (d *Definitions) quotientOfSums(c []tally.Count, _ time.Duration) (float64, bool) {
	whole := c[0].Sum.Float()
	if c[0].N < int64(max(d.MinSample, 1)) || whole <= 0 {
		return 0, false
	}
	return c[1].Sum.Float() / whole, true
}

// perYear is how often a year each of the first measure does what the second
// one counts.
func perYear(c []tally.Count, w time.Duration) float64 {
	return float64(c[1].N) / float64(c[0].N) * float64(year) / float64(w)
}

// sampledRate returns a formula that depends on the window's length and gives no
// figure below the smallest sample, which the first of the measures counts.
func (d *Definitions) sampledRate(f func([]tally.Count, time.Duration) float64) func([]tally.Count, time.Duration) (float64, bool) {
	least := int64(max(d.MinSample, 1))
	return func(c []tally.Count, w time.Duration) (float64, bool) {
		if c[0].N < least {
			return 0, false
		}
		return f(c, w), true
	}
}

// purchaseRow notes a purchase that the figures leave out.
func (b *Contributions) purchaseRow(h *desk.Held, p *desk.Purchase) {
	if h.Deleted {
		b.excluded(ExcludedPurchases, "deleted")
		return
	}
	if _, ok := amountOf(p); !ok {
		b.excluded(ExcludedPurchases, "no_amount")
	}
	if !(math.Abs(p.MarginRatio.Value) <= 1) {
		b.excluded(ExcludedPurchases, "bad_margin")
	}
}

// amountOf is what a purchase cost; false where nobody says so.
func amountOf(p *desk.Purchase) (tally.Amount, bool) {
	if !p.Amount.Set || !(math.Abs(p.Amount.Value) <= mostPurchase) {
		return 0, false
	}
	return cash(p.Amount.Value)
}

// profitOf is what was earned with a purchase: by its own margin, else by that
// of all.
func (b *Contributions) profitOf(p *desk.Purchase) (tally.Amount, bool) {
	margin := p.MarginRatio
	if !margin.Set {
		margin = b.catalogue.GrossMargin
	}
	if !margin.Set || !p.Amount.Set || !(math.Abs(margin.Value) <= 1) {
		return 0, false
	}
	return cash(p.Amount.Value * margin.Value)
}

// purchase collects a purchase. What was given back is none, and takes its
// amount away again.
func (b *Contributions) purchase(p *profile, h *desk.Held, bought *desk.Purchase) {
	paid, ok := amountOf(bought)
	if !ok {
		return
	}
	currency, dims := currencyOf(bought.Currency), p.at(h)
	b.add(Revenue, FeedWindow, bought.At, paid, dims, currency)
	if paid >= 0 {
		b.add(Purchases, FeedWindow, bought.At, paid, dims, currency)
		b.add(PurchasesOfAll, FeedWindow, bought.At, paid, dims)
	}
	if profit, ok := b.profitOf(bought); ok {
		b.add(PurchaseMargin, FeedWindow, bought.At, paid, dims, currency)
		b.add(PurchaseProfit, FeedWindow, bought.At, profit, dims, currency)
	}
	if bought.Type != desk.PurchaseTypeUpsell && bought.Type != desk.PurchaseTypeCrossSell {
		return
	}
	b.add(UpsellRevenue, FeedWindow, bought.At, paid, dims, currency)
	if paid >= 0 {
		b.add(PurchaseUpsell, FeedWindow, bought.At, paid, dims, currency)
	}
}

// purchaseDeeds returns a purchase as something that its customer did.
func (b *Contributions) purchaseDeeds(p *desk.Purchase) []deed {
	paid, ok := amountOf(p)
	if !ok {
		return nil
	}
	currency := currencyOf(p.Currency)
	deeds := []deed{{p.At, what{deedRevenue, currency}, paid}}
	if paid >= 0 {
		deeds = append(deeds, deed{p.At, what{deedPurchase, ""}, one}, deed{p.At, what{deedPurchase, currency}, one})
	}
	if profit, ok := b.profitOf(p); ok {
		deeds = append(deeds, deed{p.At, what{deedProfit, currency}, profit})
	}
	return deeds
}

// purchaser says whether the customer bought in the window.
func (g *glimpse) purchaser() {
	bought := g.count(deedPurchase, "").N
	if bought > 0 {
		g.hold(PurchaseCustomers, one, desk.Dim{})
	}
	if bought > 1 {
		g.hold(PurchaseRepeaters, one, desk.Dim{})
	}
	for _, currency := range g.words(deedPurchase) {
		g.hold(PurchaseCustomersOf, one, desk.Dim{}, currency)
	}
}
