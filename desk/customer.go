package desk

import "time"

// Customer is one state of a customer; or the sums over all customers of a
// period, which then has both its ends.
type Customer struct {
	AcquiredAt    time.Time
	ChurnedAt     time.Time
	ReactivatedAt time.Time
	ChurnReason   string
	Segment       string
	Timezone      string

	PeriodStart time.Time // of the sums
	PeriodEnd   time.Time // the first instant behind the period
	AtStart     Opt[int]  // customers when the period began
	New         Opt[int]  // customers won in the period that were there at its end
	AtEnd       Opt[int]  // customers when the period ended
	Lost        Opt[int]  // of those at the start, gone by the end
}

// Kind implements [Body].
func (c *Customer) Kind() Kind { return KindCustomer }

// Changed implements [Body]: customers carry no time of their last change.
func (c *Customer) Changed() time.Time { return time.Time{} }

// Dims implements [Body].
func (c *Customer) Dims() []Dim {
	return appendDims(make([]Dim, 0, 2), Dim{"segment", c.Segment}, Dim{"churn_reason", c.ChurnReason})
}

// Newest implements [Body].
func (c *Customer) Newest() time.Time {
	return newest(c.AcquiredAt, c.ChurnedAt, c.ReactivatedAt, c.PeriodEnd)
}

func (c *Customer) shows() Shows { return 0 }
