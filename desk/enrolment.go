package desk

import "time"

// Enrolment is one state of a customer's part in a program.
type Enrolment struct {
	EnrolledAt   time.Time
	LastActiveAt time.Time
	CompletedAt  time.Time
	Program      string
	Type         EnrolmentType
	Customer     string
}

// Kind implements [Body].
func (e *Enrolment) Kind() Kind { return KindEnrolment }

// Changed implements [Body]: enrolments carry no time of their last change.
func (e *Enrolment) Changed() time.Time { return time.Time{} }

// Dims implements [Body].
func (e *Enrolment) Dims() []Dim {
	return nil
}

// Newest implements [Body].
func (e *Enrolment) Newest() time.Time { return newest(e.EnrolledAt, e.LastActiveAt, e.CompletedAt) }

func (e *Enrolment) shows() Shows { return 0 }

// EnrolmentType says what a program is for. Its numbers
// are stored: never reuse one.
type EnrolmentType uint8

// The types of programs.
const (
	EnrolmentTypeUnknown EnrolmentType = iota
	EnrolmentTypeLoyalty
	EnrolmentTypeTraining
)

var enrolmentTypeNames = [...]string{
	EnrolmentTypeUnknown: "unknown", EnrolmentTypeLoyalty: "loyalty", EnrolmentTypeTraining: "training",
}

// String returns the name that labels and configuration use.
func (e EnrolmentType) String() string { return nameOf(e, enrolmentTypeNames[:]) }

// ParseEnrolmentType reads one of the names.
func ParseEnrolmentType(word string) (EnrolmentType, bool) {
	return parseName(word, enrolmentTypeNames[:], EnrolmentTypeUnknown)
}
