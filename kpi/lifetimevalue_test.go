package kpi_test

import (
	"testing"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/kpi"
)

// lifetimes is a world in which 4383 customers are there when the week begins
// and when it ends, of whom 28 left and 28 came, and which sells 420 times for 50
// euros. A customer buys 420 / 4383 x 365.25 / 7 = 5 times a year, and stays for
// 4383 / 28 weeks, which are 3 years of 365.25 days.
func lifetimes(t *testing.T, margin desk.Opt[float64]) *evaluation {
	t.Helper()
	d := definitions()
	d.GrossMargin = margin
	e := evaluate(t, kpi.NewCatalogue(d))
	come := desk.Customer{AcquiredAt: ago(90 * day)}
	e.customers(420, come, euros(50))
	e.customers(4383-420-28, come)
	e.customers(28, desk.Customer{AcquiredAt: ago(90 * day), ChurnedAt: ago(day)})
	e.customers(28, desk.Customer{AcquiredAt: ago(day)})
	return e
}

// T06: 50 euros, 5 times a year, for 3 years.
func TestT06BasicLifetimeValue(t *testing.T) {
	e := lifetimes(t, desk.Opt[float64]{})
	e.is("helpdesk_purchase_value_mean", 50, 1e-9, "currency", "EUR")
	e.is("helpdesk_purchases_per_customer_year", 5, 1e-9)
	e.is("helpdesk_customer_lifespan_seconds", 3*365.25*86400, 1e-3)
	e.as("basic").is("helpdesk_customer_lifetime_value", 750, 1e-6, "currency", "EUR")
	e.as("basic").is("helpdesk_customer_lifetime_value_customers", 4383, 0, "currency", "EUR")
	e.as("predictive").absent("helpdesk_customer_lifetime_value", "currency", "EUR") // the margin is not known
	e.as("predictive").absent("helpdesk_customer_lifetime_value_customers", "currency", "EUR")
	e.as("historic").absent("helpdesk_customer_lifetime_value", "currency", "EUR")
}

// T07: 5/12 purchases a month of 50 euros at a margin of 1, for 36 months. A
// lifespan of 3, which are years, would give 62.5.
func TestT07PredictiveLifetimeValue(t *testing.T) {
	e := lifetimes(t, desk.Some(1.0))
	e.as("predictive").is("helpdesk_customer_lifetime_value", 750, 1e-6, "currency", "EUR")
	e.as("predictive").is("helpdesk_customer_lifetime_value_customers", 4383, 0, "currency", "EUR")
	// At a margin of a quarter it is a quarter, and the revenue is the same.
	quarter := lifetimes(t, desk.Some(0.25))
	quarter.as("predictive").is("helpdesk_customer_lifetime_value", 187.5, 1e-6, "currency", "EUR")
	quarter.as("basic").is("helpdesk_customer_lifetime_value", 750, 1e-6, "currency", "EUR")
}

// One customer bought for 100 at a margin of 0.3 and for 50 at 0.4, another for
// 30 at 0.4: 30 + 20 and 12, which are 31 each. What a third bought at no known
// margin says nothing, and no customer lacks it.
func TestHistoricLifetimeValueIsWhatWasEarnedWithEach(t *testing.T) {
	at := func(amount, margin float64) desk.Purchase {
		p := euros(amount)
		p.MarginRatio = desk.Some(margin)
		return p
	}
	e := evaluate(t, catalogue()).bought("a", at(100, 0.3), at(50, 0.4)).bought("b", at(30, 0.4)).bought("c", euros(1000))
	historic := e.as("historic")
	historic.is("helpdesk_customer_lifetime_value", 31, 1e-9, "currency", "EUR")
	historic.is("helpdesk_customer_lifetime_value_customers", 2, 0, "currency", "EUR")
	e.as("basic").absent("helpdesk_customer_lifetime_value", "currency", "EUR") // nobody left
	e.as("basic").is("helpdesk_customer_lifetime_value_customers", 3, 0, "currency", "EUR")
}

// Profit of a purchase that names nobody is no customer's.
func TestHistoricLifetimeValueNeedsToKnowWhoBought(t *testing.T) {
	p := euros(10)
	p.MarginRatio = desk.Some(0.5)
	e := evaluate(t, catalogue(), kpi.Group{Record: held(desk.Record{ID: "1", Body: &p})})
	e.is("helpdesk_gross_profit", 5, 1e-9, "currency", "EUR")
	e.as("historic").absent("helpdesk_customer_lifetime_value", "currency", "EUR")
}

// Of three one left, and two came: four spent 120, which is 30 each in a week, and
// stay for 3 weeks.
func TestLifetimeValueOfADeskThatGrows(t *testing.T) {
	e := evaluate(t, catalogue()).bought("a", euros(70)).bought("b", euros(50))
	e.customers(1, desk.Customer{AcquiredAt: ago(90 * day), ChurnedAt: ago(day)})
	e.customers(2, desk.Customer{AcquiredAt: ago(day)})
	e.as("basic").is("helpdesk_customer_lifetime_value", 90, 1e-9, "currency", "EUR")
	e.as("basic").is("helpdesk_customer_lifetime_value_customers", 4, 0, "currency", "EUR")
}
