package kpi

import (
	"maps"
	"slices"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/tally"
)

// The measures of what customers help themselves with.
const (
	ArticleViews ID = iota + 224
	ArticleViewsOfKind
	ArticleEngaged
	ArticleReadThrough
	ArticleVisits
	ArticleContacts
	ArticleContactSeen
	KnowledgeItems
	ArticleVotes
	ArticleHelpfulVotes
	ExcludedArticles
)

func (c *Catalogue) addArticles() {
	kind, page := []string{"content_kind"}, []string{"content_kind", "section"}
	item := []string{"content_kind", "section", "locale"}
	view := func(m Measure) Measure { m.Kind, m.Window = desk.KindArticleView, true; return m }
	c.Measures = append(c.Measures,
		view(Measure{
			ID: ArticleViews, Dims: item,
			Total: &Total{
				Name: "helpdesk_article_views_total",
				Help: "Looks at articles, those of bots and agents left out, counted when discovered.",
			},
		}),
		view(Measure{ID: ArticleViewsOfKind, Dims: kind}),
		view(Measure{
			ID: ArticleEngaged, Dims: page,
			Total: &Total{
				Name:    "helpdesk_article_engaged_seconds",
				Help:    "Time that readers were engaged in a look at an article, observed when discovered; looks that an export counts together are left out.",
				Buckets: c.Buckets.Web,
			},
		}),
		view(Measure{ID: ArticleReadThrough, Dims: page}),
		view(Measure{ID: ArticleVisits, Dims: []string{"section"}, Apart: "section"}),
		view(Measure{
			ID: ArticleContacts, Dims: []string{"channel", "section"},
			Total: &Total{
				Name: "helpdesk_article_contacts_total",
				Help: "Visits to articles after which help was asked for, by the channel and the section of the last article before, counted when discovered.",
			},
		}),
		view(Measure{ID: ArticleContactSeen}),
	)
	c.addReadingViews()
	c.addArticleContactViews()
	c.addLibrary(item)
	c.define(desk.KindArticleView, nil,
		KPI{ID: "articles_read", Metric: "helpdesk_article_views_total", Query: `sum by (section) (increase(helpdesk_article_views_total[1d]))`},
		KPI{ID: "article_read_time", Metric: "helpdesk_article_engaged_seconds", Query: `helpdesk_article_engaged_mean_seconds{by="all", window="7d"}`},
		KPI{ID: "article_to_call_ratio", Metric: "helpdesk_article_views_per_contact", Query: `helpdesk_article_views_per_contact{by="all", window="7d"}`, Records: []desk.Kind{desk.KindArticleView, desk.KindContact}},
		KPI{ID: "article_page_contacts", Metric: "helpdesk_article_contact_ratio", Query: `helpdesk_article_contact_ratio{by="all", window="7d"}`},
	)
	c.define(desk.KindArticle, nil,
		KPI{ID: "kb_library_size", Metric: "helpdesk_knowledge_items", Query: `sum by (content_kind) (helpdesk_knowledge_items)`},
	)
}

func (c *Catalogue) addReadingViews() {
	c.addMeanViews(ArticleEngaged, "helpdesk_article_engaged", "engagement in looks at articles in the window")
	c.addShare(share{
		of: ArticleReadThrough, seen: ArticleReadThrough,
		ratio:       "helpdesk_article_read_through_ratio",
		help:        "Share of the looks at articles in the window that lasted for half of the time that its words take at 238 a minute, or longer.",
		numerator:   "helpdesk_article_read_throughs",
		denominator: "helpdesk_article_read_through_eligible",
		counts:      "looks at articles in the window of which the time and the number of words are known",
	})
	c.Views = append(c.Views,
		WindowView{
			Name: "helpdesk_article_views_in_window", Of: []ID{ArticleViews}, Value: amount,
			Help: "Looks at articles in the window, those of bots and agents left out.",
		},
		WindowView{
			Name: "helpdesk_article_views_per_contact", Of: []ID{ArticleViewsOfKind, Contacts}, Value: c.sumByNumber,
			Help: "Looks at articles in the window by all contacts of the window; tells nothing of why customers do not ask. Numerator: helpdesk_article_views_in_window. Denominator: helpdesk_contacts_in_window.",
		},
	)
}

func (c *Catalogue) addArticleContactViews() {
	c.Views = append(c.Views,
		WindowView{
			Name: "helpdesk_article_contact_ratio", Of: []ID{ArticleContacts, ArticleVisits}, Seen: ArticleContactSeen, Value: c.sampledShare(),
			Help: "Share of the visits to articles in the window after which help was asked for; absent while no kept record tells whether it was. Denominator: helpdesk_article_sessions.",
		},
		WindowView{
			Name: "helpdesk_article_contacts_in_window", Of: []ID{ArticleContacts}, Seen: ArticleContactSeen, Value: number,
			Help: "Numerator of helpdesk_article_contact_ratio: visits, at the last article before help was asked for.",
		},
		WindowView{
			Name: "helpdesk_article_sessions", Of: []ID{ArticleVisits}, Seen: ArticleVisits, Value: number,
			Help: "Denominator of helpdesk_article_contact_ratio: visits that began in the window, with a look at an article of the section. Looks that an export counts together are none, unless it names the visit.",
		},
	)
}

// addLibrary adds what there is to read, and what readers think of it.
func (c *Catalogue) addLibrary(item []string) {
	article := func(id ID, dims []string) Measure {
		return Measure{ID: id, Kind: desk.KindArticle, Dims: dims, Stock: true}
	}
	c.Measures = append(c.Measures,
		article(KnowledgeItems, []string{"content_kind", "locale"}), article(ArticleVotes, item), article(ArticleHelpfulVotes, item),
	)
	c.Stocks = append(c.Stocks,
		StockView{
			Name: "helpdesk_knowledge_items", Of: []ID{KnowledgeItems}, Figures: stockNumber,
			Help: "Articles, videos and answers that customers can read now; drafts and archived ones left out.",
		},
		StockView{
			Name: "helpdesk_article_helpful_ratio", Of: []ID{ArticleHelpfulVotes}, Per: ArticleVotes, Figures: c.helpful,
			Help: "Share of all votes on the articles that customers can read now that call them helpful. Denominator: helpdesk_article_votes.",
		},
		StockView{
			Name: "helpdesk_article_helpful_votes", Of: []ID{ArticleHelpfulVotes}, Figures: stockAmount,
			Help: "Numerator of helpdesk_article_helpful_ratio.",
		},
		StockView{
			Name: "helpdesk_article_votes", Of: []ID{ArticleVotes}, Figures: stockAmount,
			Help: "Votes of all time on the articles that customers can read now.",
		},
	)
}

// helpful is what the votes of a stock are of those beside it.
func (c *Catalogue) helpful(s Stock, _ time.Time) []Figure {
	votes := s.Per.Sum.Float()
	if votes < float64(max(c.MinSample, 1)) {
		return nil
	}
	return []Figure{{Value: s.Sum.Float() / votes}}
}

// stockAmount is what the contributions to a stock add up to.
func stockAmount(s Stock, _ time.Time) []Figure { return []Figure{{Value: s.Sum.Float()}} }

// article collects what is there to be read. One of which nobody tells whether it
// is published is: who lists the library lists what readers find there.
func (b *Contributions) article(h *desk.Held, a *desk.Article) {
	switch {
	case h.Deleted:
		b.excluded(ExcludedArticles, "deleted")
		return
	case a.Status == desk.ArticleStatusDraft || a.Status == desk.ArticleStatusArchived:
		return
	}
	b.add(KnowledgeItems, FeedStock, time.Time{}, one, present(h))
	switch {
	case !a.Votes.Set || !a.HelpfulVotes.Set:
	case a.HelpfulVotes.Value > a.Votes.Value:
		b.excluded(ExcludedArticles, "bad_votes")
	default:
		b.add(ArticleVotes, FeedStock, time.Time{}, tally.Amount(a.Votes.Value)*one, present(h))
		b.add(ArticleHelpfulVotes, FeedStock, time.Time{}, tally.Amount(a.HelpfulVotes.Value)*one, present(h))
	}
}

// views collects what looks at articles contribute, all those of one visit
// together.
func (b *Contributions) views(g Group) {
	if g.Record.Deleted {
		b.excluded(ExcludedViews, "deleted")
	}
	if g.Follows {
		return
	}
	var ofVisit []*desk.Held
	for _, h := range rowsOf(g, func(h *desk.Held) time.Time { return h.Body.(*desk.ArticleView).At }) {
		switch v := h.Body.(*desk.ArticleView); {
		case v.Role != desk.RoleCustomer && v.Role != desk.RoleUnknown:
			b.excluded(ExcludedViews, v.Role.String())
		case viewsOf(v) > 0:
			b.view(h, v)
			if v.Session != "" || single(v) {
				ofVisit = append(ofVisit, h)
			}
		}
	}
	if len(ofVisit) > 0 {
		b.articleVisit(ofVisit)
	}
}

// single reports whether a row is about one look, and not about many that an
// export counted together.
func single(v *desk.ArticleView) bool { return !v.Views.Set || v.Views.Value == 1 }

// view collects the looks that a row tells of.
func (b *Contributions) view(h *desk.Held, v *desk.ArticleView) {
	dims := dimensions{states: h.States}
	b.add(ArticleViews, FeedTotal|FeedWindow, v.At, viewsOf(v), dims)
	b.add(ArticleViewsOfKind, FeedWindow, v.At, viewsOf(v), dims)
	switch {
	case !v.Engaged.Set || !single(v):
	case v.Engaged.Value < 0:
		b.excluded(ExcludedViews, "negative_duration")
	default:
		b.add(ArticleEngaged, FeedTotal|FeedWindow, v.At, tally.Seconds(v.Engaged.Value), dims)
		if v.Words.Set && v.Words.Value > 0 {
			b.add(ArticleReadThrough, FeedWindow, v.At, flag(readThrough(v.Engaged.Value, v.Words.Value)), dims)
		}
	}
}

// viewsOf is how many looks a row stands for.
func viewsOf(v *desk.ArticleView) tally.Amount {
	if v.Views.Set {
		return tally.Amount(v.Views.Value) * one
	}
	return one
}

// wordsPerMinute is how fast adults read non-fiction in English silently
// (Brysbaert 2019, a review of 190 studies).
const wordsPerMinute = 238

// readThrough reports whether somebody stayed for half of the time that reading
// takes: a shorter one found nothing, or the answer at the top.
func readThrough(engaged time.Duration, words int) bool {
	return engaged.Minutes() >= float64(words)/wordsPerMinute/2
}

// articleVisit collects a visit, as a whole and for each section, and whether help
// was asked for afterwards, all of it at its first look. An analytics tool may say
// so of each article that was looked at before: the last one led to it.
func (b *Contributions) articleVisit(rows []*desk.Held) {
	began := rows[0].Body.(*desk.ArticleView).At
	sections := map[string]bool{}
	var asked *desk.Held
	for _, h := range rows {
		v := h.Body.(*desk.ArticleView)
		sections[dimensions{states: h.States}.value("section")] = true
		if v.ContactAfter.Set || v.ContactChannel != "" {
			b.add(ArticleContactSeen, FeedWindow, v.At, one, dimensions{})
		}
		if v.ContactAfter.Value || !v.ContactAfter.Set && v.ContactChannel != "" {
			asked = h
		}
	}
	b.add(ArticleVisits, FeedWindow, began, one, dimensions{})
	for _, section := range slices.Sorted(maps.Keys(sections)) {
		dims := dimensions{}
		dims.fixed[1] = desk.Dim{Name: "section", Value: section}
		b.add(ArticleVisits, FeedWindow, began, one, dims)
	}
	if asked != nil {
		dims := dimensions{states: asked.States}
		dims.fixed[0] = desk.Dim{Name: "channel", Value: asked.Body.(*desk.ArticleView).ContactChannel}
		b.add(ArticleContacts, FeedTotal|FeedWindow, began, one, dims)
	}
}

// sumByNumber is the sum of the first measure by the number of the second, which is
// the sample.
func (d *Definitions) sumByNumber(c []tally.Count, _ time.Duration) (float64, bool) {
	if c[1].N < int64(max(d.MinSample, 1)) {
		return 0, false
	}
	return c[0].Sum.Float() / float64(c[1].N), true
}
