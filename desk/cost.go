package desk

import "time"

// Cost is one state of what something cost over a period.
type Cost struct {
	PeriodStart time.Time
	PeriodEnd   time.Time // the first instant behind the period
	Category    string    // service, acquisition, retention ...
	Amount      Opt[float64]
	Currency    string
	Team        string
	Channel     string
}

// Kind implements [Body].
func (c *Cost) Kind() Kind { return KindCost }

// Changed implements [Body]: costs carry no time of their last change.
func (c *Cost) Changed() time.Time { return time.Time{} }

// Dims implements [Body].
func (c *Cost) Dims() []Dim {
	return appendDims(make([]Dim, 0, 2), Dim{"channel", c.Channel}, Dim{"team", c.Team})
}

// Newest implements [Body].
func (c *Cost) Newest() time.Time { return newest(c.PeriodStart, c.PeriodEnd) }

func (c *Cost) shows() Shows { return 0 }
