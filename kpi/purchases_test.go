package kpi_test

import (
	"fmt"
	"testing"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/kpi"
)

// euros is a purchase of yesterday.
func euros(amount float64) desk.Purchase {
	return desk.Purchase{At: ago(day), Amount: desk.Some(amount), Currency: "EUR"}
}

// bought adds what a customer bought, who has come long ago.
func (e *evaluation) bought(id string, purchases ...desk.Purchase) *evaluation {
	records := []*desk.Held{customer(id, desk.Customer{AcquiredAt: ago(90 * day)})}
	for i, p := range purchases {
		p.Customer = id
		records = append(records, held(desk.Record{ID: fmt.Sprint(id, i), Body: &p}))
	}
	return e.dossier(id, records...)
}

// Two customers: one bought for 30 and 20 and gave 10 back, the other bought for
// 40, and something for 7 dollars before that week.
func TestPurchasesOfTheWindow(t *testing.T) {
	late := euros(7)
	late.At, late.Currency = ago(8*day), "USD"
	e := evaluate(t, catalogue()).bought("a", euros(30), euros(20), euros(-10)).bought("b", euros(40), late)
	e.is("helpdesk_purchases_in_window", 3, 0, "currency", "EUR")
	e.is("helpdesk_purchase_value_mean", 30, 1e-9, "currency", "EUR") // 90 / 3
	e.is("helpdesk_revenue", 80, 1e-9, "currency", "EUR")
	e.is("helpdesk_purchases_in_window", 0, 0, "currency", "USD")
	e.absent("helpdesk_purchase_value_mean", "currency", "USD")
	e.is("helpdesk_revenue", 0, 0, "currency", "USD")
	// 3 in a week by 2 customers are 1.5 x 365.25 / 7 a year.
	e.is("helpdesk_purchases_per_customer_year", 78.267857, 1e-6)
	e.is("helpdesk_purchase_frequency_customers", 2, 0)
	e.is("helpdesk_repeat_purchase_ratio", 0.5, 1e-9)
	e.is("helpdesk_repeat_purchase_customers", 1, 0)
	e.is("helpdesk_purchase_customers", 2, 0)
}

// Who gave back what he bought last week did not buy this week.
func TestARefundIsNoPurchase(t *testing.T) {
	before := euros(15)
	before.At = ago(8 * day)
	e := evaluate(t, catalogue()).bought("a", before, euros(-10), euros(-5))
	e.is("helpdesk_purchase_customers", 0, 0)
	e.absent("helpdesk_repeat_purchase_ratio")
	e.absent("helpdesk_purchase_value_mean", "currency", "EUR")
	e.is("helpdesk_revenue", -15, 1e-9, "currency", "EUR")
}

// Nor is he one of those who bought, whose profit is their mean value.
func TestWhoOnlyGaveSomethingBackIsInNoLifetimeValue(t *testing.T) {
	back := euros(-10)
	back.MarginRatio = desk.Some(0.5)
	e := evaluate(t, catalogue()).bought("a", back)
	e.absent("helpdesk_customer_lifetime_value", "currency", "EUR")
	e.is("helpdesk_gross_profit", -5, 1e-9, "currency", "EUR")
}

func TestAMarginInPercentIsNotKnown(t *testing.T) {
	percent := euros(10)
	percent.MarginRatio = desk.Some(40.0)
	h := bought("1", "a", percent)
	e := evaluate(t, catalogue(), kpi.Group{Record: h}).dossier("a", h)
	e.absent("helpdesk_gross_margin_ratio", "currency", "EUR")
	e.is("helpdesk_revenue", 10, 1e-9, "currency", "EUR")
	if n := e.excluded("bad_margin"); n != 1 {
		t.Errorf("%d margins are left out, want 1", n)
	}
}

func TestCurrenciesAreNeverAddedUp(t *testing.T) {
	dollars, nameless := euros(5), euros(3)
	dollars.Currency, nameless.Currency = " usd", ""
	e := evaluate(t, catalogue()).bought("a", euros(20), dollars, nameless)
	e.is("helpdesk_revenue", 20, 1e-9, "currency", "EUR")
	e.is("helpdesk_revenue", 5, 1e-9, "currency", "USD")
	e.is("helpdesk_revenue", 3, 1e-9, "currency", "none")
	e.is("helpdesk_repeat_purchase_ratio", 1, 0) // all the same he bought three times
}

// Of 100 a quarter is earned, of 50 in the mean of all 40 %: 25 + 20 of 150.
func TestTheMarginIsThePurchasesOwnOrTheMeanOfAll(t *testing.T) {
	own := euros(100)
	own.MarginRatio = desk.Some(0.25)
	d := definitions()
	d.GrossMargin = desk.Some(0.4)
	e := evaluate(t, kpi.NewCatalogue(d)).bought("a", own, euros(50))
	e.is("helpdesk_gross_margin_ratio", 0.3, 1e-9, "currency", "EUR")
	e.is("helpdesk_gross_profit", 45, 1e-9, "currency", "EUR")
	e.is("helpdesk_gross_margin_revenue", 150, 1e-9, "currency", "EUR")

	unknown := evaluate(t, catalogue()).bought("a", own, euros(50))
	unknown.is("helpdesk_gross_margin_ratio", 0.25, 1e-9, "currency", "EUR")
	unknown.is("helpdesk_gross_margin_revenue", 100, 1e-9, "currency", "EUR")
	evaluate(t, catalogue()).bought("a", euros(50)).absent("helpdesk_gross_margin_ratio", "currency", "EUR")
}

func TestUpsellsAreSalesToThoseWhoAreCustomers(t *testing.T) {
	first, more, other := euros(100), euros(20), euros(5)
	first.Type, more.Type, other.Type = desk.PurchaseTypeNew, desk.PurchaseTypeUpsell, desk.PurchaseTypeCrossSell
	e := evaluate(t, catalogue()).bought("a", first, more, other, euros(50))
	e.is("helpdesk_upsell_revenue", 25, 1e-9, "currency", "EUR")
	e.is("helpdesk_upsell_purchases", 2, 0, "currency", "EUR")
}

// Revenue is revenue, whoever brought it; who bought twice has to be known.
func TestPurchasesOfNobodyInParticular(t *testing.T) {
	p := euros(10)
	g := kpi.Group{Record: held(desk.Record{ID: "1", Body: &p})}
	e := evaluate(t, catalogue(), g, g)
	e.is("helpdesk_revenue", 20, 1e-9, "currency", "EUR", "segment", "none")
	e.is("helpdesk_purchases_in_window", 2, 0, "currency", "EUR")
	e.absent("helpdesk_repeat_purchase_ratio")
	e.absent("helpdesk_purchases_per_customer_year")
}

func TestPurchasesThatAreLeftOut(t *testing.T) {
	priceless, absurd := desk.Purchase{At: ago(day)}, euros(1e300)
	gone := kpi.Group{Record: held(desk.Record{ID: "1", Body: &desk.Purchase{At: ago(day), Amount: desk.Some(1.0)}, Deleted: true})}
	e := evaluate(t, catalogue(), gone,
		kpi.Group{Record: held(desk.Record{ID: "2", Body: &priceless})}, kpi.Group{Record: held(desk.Record{ID: "3", Body: &absurd})})
	if n := e.excluded("no_amount"); n != 2 {
		t.Errorf("%d purchases have no amount, want 2", n)
	}
	if n := e.excluded("deleted"); n != 1 {
		t.Errorf("%d purchases are deleted, want 1", n)
	}
	if n := len(e.fed(kpi.Purchases, kpi.FeedWindow)) + len(e.fed(kpi.Revenue, kpi.FeedWindow)); n != 0 {
		t.Errorf("they contribute %d times", n)
	}
}
