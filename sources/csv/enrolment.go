package csv

import (
	"time"

	"helpdesk_exporter/desk"
)

// enrolmentShape lists what a row can tell of a customer's part in a program.
func enrolmentShape() *shape {
	type E = *desk.Enrolment
	return &shape{
		kind:  desk.KindEnrolment,
		blank: func() desk.Body { return &desk.Enrolment{} },
		clone: clone[desk.Enrolment],
		fields: []field{
			required(instant("enrolled_at", func(e E) *time.Time { return &e.EnrolledAt })),
			instant("last_active_at", func(e E) *time.Time { return &e.LastActiveAt }, "enrolled_at"),
			instant("completed_at", func(e E) *time.Time { return &e.CompletedAt }, "enrolled_at"),
			text("program", func(e E) *string { return &e.Program }),
			word("kind", func(e E) *desk.EnrolmentType { return &e.Type }, desk.ParseEnrolmentType, namesOf(desk.EnrolmentTypeLoyalty, desk.EnrolmentTypeTraining)),
			text("customer", func(e E) *string { return &e.Customer }),
		},
	}
}
