package csv

import "helpdesk_exporter/desk"

// articleShape lists what a row can tell of an article. None of it has a time.
func articleShape() *shape {
	type A = *desk.Article
	return &shape{
		kind:  desk.KindArticle,
		keyed: true,
		blank: func() desk.Body { return &desk.Article{} },
		clone: clone[desk.Article],
		fields: []field{
			word("content_kind", func(a A) *desk.ContentKind { return &a.ContentKind }, desk.ParseContentKind, namesOf(desk.ContentKindFAQ, desk.ContentKindVideo)),
			text("section", func(a A) *string { return &a.Section }),
			text("locale", func(a A) *string { return &a.Locale }),
			word("status", func(a A) *desk.ArticleStatus { return &a.Status }, desk.ParseArticleStatus, namesOf(desk.ArticleStatusDraft, desk.ArticleStatusArchived)),
			count("words", func(a A) *desk.Opt[int] { return &a.Words }),
			count("votes", func(a A) *desk.Opt[int] { return &a.Votes }),
			count("helpful_votes", func(a A) *desk.Opt[int] { return &a.HelpfulVotes }),
		},
	}
}
