package desk

import "time"

// Staffing is how many agents were there at an instant: a count, no person.
type Staffing struct {
	At        time.Time
	Team      string
	Channel   string
	Available Opt[int]
}

// Kind implements [Body].
func (s *Staffing) Kind() Kind { return KindStaffing }

// Changed implements [Body]: counts carry no time of their last change.
func (s *Staffing) Changed() time.Time { return time.Time{} }

// Dims implements [Body].
func (s *Staffing) Dims() []Dim {
	return appendDims(make([]Dim, 0, 2), Dim{"channel", s.Channel}, Dim{"team", s.Team})
}

// Newest implements [Body].
func (s *Staffing) Newest() time.Time { return s.At }

func (s *Staffing) shows() Shows { return 0 }
