package simulate

import (
	"testing"
	"time"

	"helpdesk_exporter/desk"
)

func TestTheLibraryIsMostlyPublishedAndIsWrittenAnew(t *testing.T) {
	source := newSource(t, Settings{Customers: 2000})
	if _, err := source.goOn(t.Context(), nil, noon); err != nil {
		t.Fatal(err)
	}
	l := source.eras[0]
	became := map[desk.ArticleStatus]int{}
	for _, age := range []int{0, 100, 1000} {
		n := map[desk.ArticleStatus]int{}
		for a := range l.articles() {
			first := l.since.AddDate(0, 0, age)
			before := l.article(a, first)
			n[before.Status]++
			for day := 1; day < 60; day++ {
				next := l.article(a, first.AddDate(0, 0, day))
				if next.Votes.Value < before.Votes.Value || next.HelpfulVotes.Value > next.Votes.Value {
					t.Fatalf("article %d had %+v votes, then %+v", a, before, next)
				}
				if next.Status != before.Status {
					became[next.Status]++
				}
				before = next
			}
		}
		between(t, "published articles", float64(n[desk.ArticleStatusPublished]), 100, 118)
		between(t, "other articles", float64(n[desk.ArticleStatusDraft]+n[desk.ArticleStatusArchived]), 2, 20)
	}
	for _, status := range []desk.ArticleStatus{desk.ArticleStatusDraft, desk.ArticleStatusPublished, desk.ArticleStatusArchived} {
		if became[status] < 20 {
			t.Errorf("only %d articles became %s", became[status], status)
		}
	}
}

// A list is newer than the one of the day before, although articles carry no
// time, and of each article it tells once.
func TestArticlesAreListedEachDay(t *testing.T) {
	w := newWatch(t, newSource(t, Settings{Customers: 500, Past: days(2)}))
	w.fetch(noon)
	listed := map[string]time.Time{}
	for day := 1; day < 4; day++ {
		before := len(listed)
		told := map[string]int{}
		for at := noon.AddDate(0, 0, day-1); at.Before(noon.AddDate(0, 0, day)); {
			at = at.Add(time.Hour)
			for more := true; more; {
				page, err := w.source.Fetch(t.Context(), w.cursor, at)
				if err != nil {
					t.Fatal(err)
				}
				w.cursor, more = page.Cursor, page.More
				for _, r := range page.Records {
					if _, ok := r.Body.(*desk.Article); !ok {
						continue
					}
					if !r.Origin.Dropped.After(listed[r.ID]) || r.Origin.Dropped.After(at) {
						t.Errorf("article %s is of a list of %s after one of %s", r.ID, r.Origin.Dropped, listed[r.ID])
					}
					listed[r.ID] = r.Origin.Dropped
					told[r.ID]++
				}
			}
		}
		if len(listed) != 30 || before != 0 && before != 30 {
			t.Errorf("%d articles are listed, before %d; want 30", len(listed), before)
		}
		for id, n := range told {
			if n != 1 {
				t.Errorf("article %s is listed %d times on day %d", id, n, day)
			}
		}
	}
}

func TestWhatIsReadIsThere(t *testing.T) {
	w := newWatch(t, newSource(t, aCompany))
	w.fetch(noon)
	articles := bodies[*desk.Article](w, desk.KindArticle)
	sessions, sums, asked := map[string]int{}, 0, 0
	all := ofKind[*desk.ArticleView](w.newest)
	for _, v := range all {
		if v.Views.Set {
			sums += v.Views.Value
			if v.Article != "" || v.Session != "" || v.Views.Value < 1 {
				t.Errorf("a sum of %+v", v)
			}
			continue
		}
		sessions[v.Session]++
		if v.ContactAfter.Value {
			asked++
		}
		a := articles[v.Article]
		if a == nil || a.Section != v.Section || a.Locale != v.Locale || a.ContentKind != v.ContentKind || a.Words != v.Words {
			t.Fatalf("a view of %+v, which is %+v", v, a)
		}
	}
	views := float64(len(all))
	between(t, "views in a session", views/float64(len(sessions)), 1.9, 2.7)
	between(t, "the share of customers", share(all, func(v *desk.ArticleView) bool { return v.Role == desk.RoleCustomer }), 0.78, 0.9)
	between(t, "the share of sessions that end with a question", float64(asked)/float64(len(sessions)), 0.04, 0.1)
	between(t, "views in the app", float64(sums)/28, 150, 210)
}

// Each day has what it costs, once, from its beginning on.
func TestEachDayCostsSomething(t *testing.T) {
	w := newWatch(t, newSource(t, aCompany))
	w.fetch(noon)
	type line struct {
		category, team, currency string
		day                      time.Time
	}
	booked := map[line]float64{}
	for _, c := range ofKind[*desk.Cost](w.newest) {
		key := line{c.Category, c.Team, c.Currency, c.PeriodStart}
		if booked[key] > 0 || c.PeriodEnd.Sub(c.PeriodStart) != 24*time.Hour || c.PeriodStart.Hour() != 0 {
			t.Errorf("booked twice, or not for a day: %+v", c)
		}
		booked[key] = c.Amount.Value
	}
	for day := 0; day < 28; day++ {
		at := time.Date(2026, time.March, 5-day, 0, 0, 0, 0, time.UTC)
		for _, want := range []struct {
			line
			least, most float64
		}{
			{line{"service", "technical", "EUR", at}, 400, 1300},
			{line{"service", "billing", "EUR", at}, 300, 1200},
			{line{"service", "shipping", "EUR", at}, 250, 1000},
			{line{"acquisition", "", "EUR", at}, 255, 313},
			{line{"acquisition", "", "USD", at}, 127, 157},
			{line{"retention", "", "EUR", at}, 162, 198},
		} {
			between(t, "the cost of "+want.category+" on "+at.Format(time.DateOnly), booked[want.line], want.least, want.most)
		}
	}
	if len(booked) != 28*6 {
		t.Errorf("%d costs, want six a day", len(booked))
	}
}
