package desk

import "time"

// Purchase is one state of something that a customer bought.
type Purchase struct {
	At          time.Time
	Customer    string
	Amount      Opt[float64] // below zero where it was given back
	Currency    string
	MarginRatio Opt[float64] // the part of the amount that is gross margin
	Type        PurchaseType
	Segment     string
}

// Kind implements [Body].
func (p *Purchase) Kind() Kind { return KindPurchase }

// Changed implements [Body]: purchases carry no time of their last change.
func (p *Purchase) Changed() time.Time { return time.Time{} }

// Dims implements [Body].
func (p *Purchase) Dims() []Dim {
	return appendDims(make([]Dim, 0, 1), Dim{"segment", p.Segment})
}

// Newest implements [Body].
func (p *Purchase) Newest() time.Time { return p.At }

func (p *Purchase) shows() Shows { return 0 }

// PurchaseType says whether a purchase was the first or widened an earlier one. Its numbers
// are stored: never reuse one.
type PurchaseType uint8

// The types of purchases.
const (
	PurchaseTypeUnknown PurchaseType = iota
	PurchaseTypeNew
	PurchaseTypeUpsell    // more of the same
	PurchaseTypeCrossSell // something else beside it
)

var purchaseTypeNames = [...]string{
	PurchaseTypeUnknown: "unknown", PurchaseTypeNew: "new", PurchaseTypeUpsell: "upsell",
	PurchaseTypeCrossSell: "cross_sell",
}

// String returns the name that labels and configuration use.
func (p PurchaseType) String() string { return nameOf(p, purchaseTypeNames[:]) }

// ParsePurchaseType reads one of the names.
func ParsePurchaseType(word string) (PurchaseType, bool) {
	return parseName(word, purchaseTypeNames[:], PurchaseTypeUnknown)
}
