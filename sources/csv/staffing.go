package csv

import (
	"time"

	"helpdesk_exporter/desk"
)

// staffingShape lists what a row can tell of how many agents there were.
func staffingShape() *shape {
	type S = *desk.Staffing
	return &shape{
		kind:  desk.KindStaffing,
		blank: func() desk.Body { return &desk.Staffing{} },
		clone: clone[desk.Staffing],
		fields: []field{
			required(instant("at", func(s S) *time.Time { return &s.At })),
			text("team", func(s S) *string { return &s.Team }),
			channel(func(s S) *string { return &s.Channel }),
			count("available", func(s S) *desk.Opt[int] { return &s.Available }),
		},
	}
}
