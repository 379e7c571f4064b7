package csv

import (
	"time"

	"helpdesk_exporter/desk"
)

// sessionShape lists what a row can tell of a session. One with several goals or
// actions has a row for each, and each is a record.
func sessionShape() *shape {
	type S = *desk.Session
	return &shape{
		kind:  desk.KindSession,
		keyed: true,
		key:   goalKey,
		blank: func() desk.Body { return &desk.Session{} },
		clone: clone[desk.Session],
		fields: []field{
			required(instant("at", func(s S) *time.Time { return &s.At })),
			instant("converted_at", func(s S) *time.Time { return &s.ConvertedAt }, "at"),
			word("kind", func(s S) *desk.SessionType { return &s.Type }, desk.ParseSessionType, namesOf(desk.SessionTypeWeb, desk.SessionTypeProduct)),
			text("action", func(s S) *string { return &s.Action }),
			text("source", func(s S) *string { return &s.Source }),
			text("campaign_kind", func(s S) *string { return &s.CampaignKind }),
			contactChannel(func(s S) *string { return &s.ContactChannel }),
			text("landing_kind", func(s S) *string { return &s.LandingKind }),
			span("engaged_seconds", func(s S) *desk.Opt[time.Duration] { return &s.Engaged }),
			text("goal", func(s S) *string { return &s.Goal }),
			text("customer", func(s S) *string { return &s.Customer }),
		},
	}
}

// goalKey makes the key of a session's row: the id, and the goal or the action in
// the product that the row is about.
func goalKey(id string, b desk.Body) string {
	s := b.(*desk.Session)
	s.ID = id
	about := s.Goal
	if s.Type == desk.SessionTypeProduct && s.Action != "" {
		about += "\x00" + s.Action
	}
	if about == "" {
		return id
	}
	return id + "\x00" + about
}
