package csv

import (
	"time"

	"helpdesk_exporter/desk"
)

// articleViewShape lists what a row can tell of a view of an article, or of many
// that were counted together.
func articleViewShape() *shape {
	type V = *desk.ArticleView
	return &shape{
		kind:  desk.KindArticleView,
		blank: func() desk.Body { return &desk.ArticleView{} },
		clone: clone[desk.ArticleView],
		fields: []field{
			required(instant("at", func(v V) *time.Time { return &v.At })),
			word("role", func(v V) *desk.Role { return &v.Role }, desk.ParseRole, namesOf(desk.RoleCustomer, desk.RoleSystem)),
			text("session", func(v V) *string { return &v.Session }),
			contactChannel(func(v V) *string { return &v.ContactChannel }),
			count("views", func(v V) *desk.Opt[int] { return &v.Views }),
			text("article", func(v V) *string { return &v.Article }),
			word("content_kind", func(v V) *desk.ContentKind { return &v.ContentKind }, desk.ParseContentKind, namesOf(desk.ContentKindFAQ, desk.ContentKindVideo)),
			text("section", func(v V) *string { return &v.Section }),
			text("locale", func(v V) *string { return &v.Locale }),
			span("engaged_seconds", func(v V) *desk.Opt[time.Duration] { return &v.Engaged }),
			count("words", func(v V) *desk.Opt[int] { return &v.Words }),
			truth("contact_after", func(v V) *desk.Opt[bool] { return &v.ContactAfter }),
		},
	}
}

// contactChannel is the field of what led to a contact.
func contactChannel[B desk.Body](at func(B) *string) field {
	f := channel(at)
	f.name = "contact_channel"
	return f
}
