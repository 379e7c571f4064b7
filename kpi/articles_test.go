package kpi_test

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/kpi"
	"helpdesk_exporter/tally"
)

// looks are looks at articles, each a row that stands by itself.
func looks(all ...desk.ArticleView) []kpi.Group {
	var groups []kpi.Group
	for _, v := range all {
		groups = append(groups, reading(v))
	}
	return groups
}

// reading is one visit with the given looks.
func reading(all ...desk.ArticleView) kpi.Group {
	var g kpi.Group
	for i := range all {
		h := held(desk.Record{ID: fmt.Sprint(i), Body: &all[i]})
		if i == 0 {
			g.Record = h
		} else {
			g.Legs = append(g.Legs, h)
		}
	}
	return g
}

// counted returns what a counter shows.
func counted(e *evaluation, id kpi.ID, labels ...string) float64 {
	var sum tally.Sum
	for _, of := range e.fed(id, kpi.FeedTotal, labels...) {
		sum.Add(of.Value)
	}
	return sum.Float()
}

// 1 and 40 looks by customers, one by somebody unknown; 7 by others than
// customers, and none by a row that says so.
func TestArticlesReadAreThoseOfCustomers(t *testing.T) {
	at, n := ago(day), func(views int) desk.Opt[int] { return desk.Some(views) }
	e := evaluate(t, catalogue(), looks(
		desk.ArticleView{At: at, Role: desk.RoleCustomer, ContentKind: desk.ContentKindFAQ, Section: "billing", Locale: "el"},
		desk.ArticleView{At: at, Views: n(40), ContentKind: desk.ContentKindVideo, Section: "setup"},
		desk.ArticleView{At: at},
		desk.ArticleView{At: at, Views: n(0)},
		desk.ArticleView{At: at, Role: desk.RoleBot, Views: n(4)},
		desk.ArticleView{At: at, Role: desk.RoleAgent, Views: n(2)},
		desk.ArticleView{At: at, Role: desk.RoleSystem},
		desk.ArticleView{At: ago(8 * day), Views: n(100)},
	)...)
	e.is("helpdesk_article_views_in_window", 42, 0)
	e.is("helpdesk_article_views_in_window", 40, 0, "content_kind", "video")
	e.is("helpdesk_article_views_in_window", 1, 0, "content_kind", "faq", "section", "billing", "locale", "el")
	if got := counted(e, kpi.ArticleViews); got != 142 {
		t.Errorf("the counter shows %v looks, want 142", got)
	}
	if n := e.total("helpdesk_article_views_total"); n != 4 {
		t.Errorf("%d rows count, want 4: one without looks may yet get some", n)
	}
	for _, reason := range []string{"bot", "agent", "system"} {
		if n := e.excluded(reason); n != 1 {
			t.Errorf("%d rows are excluded as of a %s, want 1", n, reason)
		}
	}
}

// Of 476 words at 238 a minute half is read in a minute.
func TestReadThroughIsHalfOfTheReadingTime(t *testing.T) {
	look := func(seconds, words int) desk.ArticleView {
		return desk.ArticleView{At: ago(day), Section: "billing", Engaged: desk.Some(time.Duration(seconds) * time.Second), Words: desk.Some(words)}
	}
	unknown, many, negative, bot := look(200, 0), look(90, 476), look(-1, 476), look(90, 476)
	unknown.Words = desk.Opt[int]{}
	many.Views = desk.Some(2)
	bot.Role = desk.RoleBot
	e := evaluate(t, catalogue(), looks(look(60, 476), look(59, 476), look(121, 960), unknown, look(3, 0), many, negative, bot)...)
	// 960 words: half of them take 121.008 s.
	e.is("helpdesk_article_read_through_eligible", 3, 0)
	e.is("helpdesk_article_read_throughs", 1, 0)
	e.is("helpdesk_article_read_through_ratio", 1.0/3, 1e-12, "section", "billing")
	// (60 + 59 + 121 + 200 + 3) / 5
	e.is("helpdesk_article_engaged_mean_seconds", 88.6, 1e-9)
	e.is("helpdesk_article_engaged_observations", 5, 0)
	e.counts(map[string]int{"helpdesk_article_engaged_seconds": 5})
	if n := e.excluded("negative_duration"); n != 1 {
		t.Errorf("%d rows have a negative duration, want 1", n)
	}
}

func TestNobodyKnowsOfReadThroughWithoutWords(t *testing.T) {
	e := evaluate(t, catalogue(), looks(desk.ArticleView{At: ago(day), Engaged: desk.Some(time.Minute)})...)
	e.absent("helpdesk_article_read_throughs")
	e.absent("helpdesk_article_read_through_ratio")
}

// 12 looks by 3 contacts, 9 of the looks at answers.
func TestViewsPerContact(t *testing.T) {
	call := desk.Call{ArrivedAt: ago(day), AnsweredAt: ago(day), Direction: desk.DirectionInbound}
	read := looks(
		desk.ArticleView{At: ago(day), ContentKind: desk.ContentKindFAQ, Views: desk.Some(9)},
		desk.ArticleView{At: ago(day), ContentKind: desk.ContentKindArticle, Views: desk.Some(3)},
	)
	e := evaluate(t, catalogue(), append(calls(3, call), read...)...)
	e.is("helpdesk_article_views_per_contact", 4, 0)
	e.is("helpdesk_article_views_per_contact", 3, 0, "content_kind", "faq")
	evaluate(t, catalogue(), read...).absent("helpdesk_article_views_per_contact")
}

// One visit looked at billing twice and at setup once, and then somebody called:
// the tool says so of each look. Another one, without a name, found its answer. A
// row of 50 looks is no visit, and of two it is not known whether help was asked
// for.
func TestArticleVisitsThatLedToAContact(t *testing.T) {
	at := ago(day)
	yes, no := desk.Some(true), desk.Some(false)
	visit := reading(
		desk.ArticleView{Session: "s", At: at, Section: "billing", ContactAfter: yes, ContactChannel: "phone"},
		desk.ArticleView{Session: "s", At: at.Add(2 * time.Minute), Section: "setup", ContactAfter: yes, ContactChannel: "phone"},
		desk.ArticleView{Session: "s", At: at.Add(time.Minute), Section: "billing", ContactAfter: yes, ContactChannel: "chat", Views: desk.Some(3)},
	)
	follows := kpi.Group{Record: visit.Legs[0], Legs: []*desk.Held{visit.Record, visit.Legs[1]}, Follows: true}
	others := looks(
		desk.ArticleView{At: at, Section: "billing", ContactAfter: no},
		desk.ArticleView{At: at, Section: "billing", ContactAfter: yes, Views: desk.Some(50)},
		desk.ArticleView{At: at},
		desk.ArticleView{At: at, ContactAfter: no, ContactChannel: "chat"},
		desk.ArticleView{At: at, Role: desk.RoleBot, ContactAfter: yes},
	)
	e := evaluate(t, catalogue(), append(others, visit, follows)...)
	e.is("helpdesk_article_sessions", 4, 0)
	e.is("helpdesk_article_sessions", 2, 0, "section", "billing")
	e.is("helpdesk_article_sessions", 1, 0, "section", "setup")
	e.is("helpdesk_article_sessions", 2, 0, "section", "none")
	e.is("helpdesk_article_contacts_in_window", 1, 0)
	e.is("helpdesk_article_contact_ratio", 0.25, 0)
	e.is("helpdesk_article_contact_ratio", 0.25, 0, "channel", "phone") // of all visits
	e.is("helpdesk_article_contact_ratio", 1, 0, "section", "setup")
	e.is("helpdesk_article_contact_ratio", 0, 0, "section", "billing") // the last look was not there
	if n := e.total("helpdesk_article_contacts_total", "channel", "phone", "section", "setup"); n != 1 {
		t.Errorf("%d contacts by phone from setup, want 1", n)
	}
	e.counts(map[string]int{"helpdesk_article_contacts_total": 1})
}

// Who names the channel on which help was asked for says that it was.
func TestAContactChannelTellsOfAContact(t *testing.T) {
	e := evaluate(t, catalogue(), looks(desk.ArticleView{At: ago(day), ContactChannel: "chat"}, desk.ArticleView{At: ago(day)})...)
	e.is("helpdesk_article_contact_ratio", 0.5, 0)
}

// That nobody asked for help is known only where somebody looked after it.
func TestContactsAreNotZeroWhereNobodyTellsOfThem(t *testing.T) {
	silent := desk.ArticleView{At: ago(day)}
	e := evaluate(t, catalogue(), looks(silent)...)
	e.absent("helpdesk_article_contact_ratio")
	e.absent("helpdesk_article_contacts_in_window")
	e.is("helpdesk_article_sessions", 1, 0)

	told := silent
	told.ContactAfter = desk.Some(false)
	e = evaluate(t, catalogue(), looks(told)...)
	e.is("helpdesk_article_contact_ratio", 0, 0)
	e.is("helpdesk_article_contacts_in_window", 0, 0)

	many := silent
	many.Views = desk.Some(9)
	evaluate(t, catalogue(), looks(many)...).absent("helpdesk_article_sessions")
	many.Session = "s" // then they are all of one visit
	evaluate(t, catalogue(), looks(many)...).is("helpdesk_article_sessions", 1, 0)
}

// A visit that began before the window is none of it, nor of the section that was
// only looked at in it.
func TestAnArticleVisitCountsAtItsFirstLook(t *testing.T) {
	e := evaluate(t, catalogue(), reading(
		desk.ArticleView{Session: "s", At: ago(7*day - time.Minute), Section: "setup"},
		desk.ArticleView{Session: "s", At: ago(7*day + time.Minute), Section: "billing"},
		desk.ArticleView{Session: "s", At: ago(day), Section: "billing"},
	))
	e.is("helpdesk_article_sessions", 0, 0)
	e.is("helpdesk_article_sessions", 0, 0, "section", "setup")
	e.is("helpdesk_article_sessions", 0, 0, "section", "billing")
}

func TestDeletedLooksAreLeftOut(t *testing.T) {
	g := reading(
		desk.ArticleView{Session: "s", At: ago(2 * day), Section: "billing", ContactAfter: desk.Some(true)},
		desk.ArticleView{Session: "s", At: ago(day), Section: "setup", ContactAfter: desk.Some(false)},
	)
	g.Record.Deleted = true
	e := evaluate(t, catalogue(), g)
	e.is("helpdesk_article_views_in_window", 1, 0)
	e.is("helpdesk_article_sessions", 1, 0)
	e.is("helpdesk_article_contact_ratio", 0, 0)
	if n := e.excluded("deleted"); n != 1 {
		t.Errorf("%d rows are excluded as deleted, want 1", n)
	}
}

func TestAReadingIsTheSameWhicheverRowComesFirst(t *testing.T) {
	c := catalogue()
	rapid.Check(t, func(t *rapid.T) {
		var rows []*desk.Held
		for i := range rapid.IntRange(1, 5).Draw(t, "rows") {
			v := &desk.ArticleView{
				Session: "s", At: ago(time.Duration(rapid.IntRange(1, 3).Draw(t, "hours ago")) * time.Hour),
				Role:           rapid.SampledFrom([]desk.Role{desk.RoleUnknown, desk.RoleCustomer, desk.RoleBot}).Draw(t, "role"),
				Section:        rapid.SampledFrom([]string{"", "billing", "setup"}).Draw(t, "section"),
				ContactChannel: rapid.SampledFrom([]string{"", "chat", "phone"}).Draw(t, "channel"),
				Views:          desk.Opt[int]{Value: rapid.IntRange(0, 2).Draw(t, "views"), Set: rapid.Bool().Draw(t, "counted")},
				Engaged:        desk.Opt[time.Duration]{Value: time.Duration(rapid.IntRange(-1, 90).Draw(t, "engaged")), Set: rapid.Bool().Draw(t, "measured")},
			}
			rows = append(rows, held(desk.Record{ID: fmt.Sprint(i), Body: v}))
		}
		other := rapid.Permutation(rows).Draw(t, "order")
		want := contributionsOf(c, kpi.Group{Record: rows[0], Legs: rows[1:]})
		if got := contributionsOf(c, kpi.Group{Record: other[0], Legs: other[1:]}); !reflect.DeepEqual(got, want) {
			t.Fatalf("in another order the visit is\n%v\nand not\n%v", got, want)
		}
	})
}

// library is a list of articles.
func library(all ...desk.Article) []kpi.Group {
	var groups []kpi.Group
	for i := range all {
		groups = append(groups, kpi.Group{Record: held(desk.Record{ID: fmt.Sprint(i), Body: &all[i]})})
	}
	return groups
}

func TestTheLibraryIsWhatCustomersCanRead(t *testing.T) {
	g := library(
		desk.Article{ContentKind: desk.ContentKindFAQ, Locale: "el", Status: desk.ArticleStatusPublished},
		desk.Article{ContentKind: desk.ContentKindVideo, Locale: "el"},
		desk.Article{ContentKind: desk.ContentKindVideo, Locale: "sk", Status: desk.ArticleStatusDraft},
		desk.Article{ContentKind: desk.ContentKindVideo, Status: desk.ArticleStatusArchived},
		desk.Article{ContentKind: desk.ContentKindVideo, Status: desk.ArticleStatusPublished},
	)
	g[4].Record.Deleted = true
	e := evaluate(t, catalogue(), g...)
	for _, test := range []struct {
		labels []string
		want   float64
	}{
		{nil, 2},
		{[]string{"content_kind", "video"}, 1},
		{[]string{"content_kind", "faq", "locale", "el"}, 1},
		{[]string{"locale", "sk"}, 0},
	} {
		if got := e.stock("helpdesk_knowledge_items", test.labels...)[""]; got != test.want {
			t.Errorf("%v: %v items, want %v", test.labels, got, test.want)
		}
	}
	if n := e.excluded("deleted"); n != 1 {
		t.Errorf("%d articles are excluded as deleted, want 1", n)
	}
}

// helpful returns the share of votes that call articles helpful, as the stock view
// makes it of both stocks.
func helpful(e *evaluation, labels ...string) (float64, bool) {
	view := e.Stocks[slices.IndexFunc(e.Stocks, func(v kpi.StockView) bool { return v.Name == "helpdesk_article_helpful_ratio" })]
	figures := view.Figures(kpi.Stock{Sum: e.count(view.Of[0], labels).Sum, Per: e.count(view.Per, labels)}, now())
	if len(figures) == 0 {
		return 0, false
	}
	return figures[0].Value, true
}

// 30 of 40 and 6 of 8 votes: 36 of 48. An article whose helpful votes nobody told
// has none to weigh, one with more helpful votes than votes is wrong, and a draft
// has lost its readers.
func TestHelpfulVotes(t *testing.T) {
	article := func(section string, helpful, votes int) desk.Article {
		return desk.Article{Section: section, Votes: desk.Some(votes), HelpfulVotes: desk.Some(helpful)}
	}
	untold, draft := article("billing", 0, 100), article("billing", 0, 100)
	untold.HelpfulVotes = desk.Opt[int]{}
	draft.Status = desk.ArticleStatusDraft
	e := evaluate(t, catalogue(), library(article("billing", 30, 40), article("setup", 6, 8), article("new", 0, 0), untold, draft, article("billing", 9, 8))...)
	if got := e.stock("helpdesk_article_votes")[""]; got != 48 {
		t.Errorf("%v votes, want 48", got)
	}
	if got := e.stock("helpdesk_article_helpful_votes", "section", "billing")[""]; got != 30 {
		t.Errorf("%v helpful votes on billing, want 30", got)
	}
	if got, ok := helpful(e); !ok || got != 0.75 {
		t.Errorf("the helpful ratio is %v, %v; want 0.75", got, ok)
	}
	if got, ok := helpful(e, "section", "new"); ok {
		t.Errorf("the helpful ratio without votes is %v, want it absent", got)
	}
	if n := e.excluded("bad_votes"); n != 1 {
		t.Errorf("%d articles are excluded for their votes, want 1", n)
	}
}
