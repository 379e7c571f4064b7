package kpi

import (
	"cmp"
	"math"
	"strings"

	"helpdesk_exporter/tally"
)

// thousand is the unit in which money is summed up: amounts are whole numbers of
// billionths, and there are currencies in which a firm has billions.
const thousand = 1000

// The bounds of a single amount, and of one of the thousand that a customer may
// have: what he spent must be a single amount again.
const (
	mostMoney    = 9e12
	mostPurchase = 9e9
)

// cash returns an amount of money, to the nearest millionth; false for one that
// is no sum of money.
func cash(f float64) (tally.Amount, bool) {
	if !(math.Abs(f) <= mostMoney) {
		return 0, false
	}
	return tally.Points(f / thousand), true
}

// money is what amounts of money come to.
func money(s tally.Sum) float64 { return s.Float() * thousand }

// currencyOf is how a label names a currency: codes have capitals.
func currencyOf(code string) string {
	return cmp.Or(strings.ToUpper(strings.TrimSpace(code)), unset)
}
