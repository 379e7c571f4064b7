package book_test

import (
	"testing"
	"time"

	"helpdesk_exporter/desk"
)

// row is a version of a row of a visit in which somebody was engaged for some
// seconds, 0: nobody knows.
func row(version int64, id, visit string, seconds int) desk.Record {
	s := &desk.Session{ID: visit, At: at(1)}
	if seconds > 0 {
		s.Engaged = desk.Some(time.Duration(seconds) * time.Second)
	}
	return next(version, desk.Record{ID: id, Body: s})
}

// A page may tell of a row and correct it before its visit is counted. Of visit x
// a row without a time was told before.
func TestARowThatItsPageCorrectsCountsOnce(t *testing.T) {
	for name, tt := range map[string]struct {
		rows []desk.Record
		want int64
	}{
		"a new row":                        {[]desk.Record{row(0, "1", "x", 5), row(1, "1", "x", 9)}, 1},
		"an old row, besides a new one":    {[]desk.Record{row(0, "1", "x", 5), row(1, "0", "x", 9)}, 1},
		"to another visit":                 {[]desk.Record{row(0, "1", "x", 5), row(1, "1", "y", 5)}, 1},
		"to another visit and back":        {[]desk.Record{row(0, "1", "x", 5), row(1, "1", "y", 5), row(2, "1", "x", 5)}, 1},
		"to no visit":                      {[]desk.Record{row(0, "1", "x", 5), row(1, "1", "", 5)}, 1},
		"away from a new row of the visit": {[]desk.Record{row(0, "2", "x", 5), row(0, "1", "x", 5), row(1, "1", "y", 5)}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			o := openOffice(t, "", source("site", "shop", desk.KindSession))
			o.poll("site", at(0))
			o.poll("site", at(1), row(0, "0", "x", 0))
			for _, now := range []time.Time{at(2), at(3)} { // told again, nothing counts again
				o.poll("site", now, tt.rows...)
				if got := o.read(now).countsOf()["helpdesk_web_session_engaged_seconds"]; got != tt.want {
					t.Errorf("%d visits counted, want %d", got, tt.want)
				}
				o.reopen(now)
			}
		})
	}
}

// The look at eleven is told after that at noon, and is the one that is new.
func TestALookThatIsToldLateCountsByItself(t *testing.T) {
	looked := func(id string, hour float64, views int) desk.Record {
		return desk.Record{ID: id, Body: &desk.ArticleView{At: at(hour), Session: "x", Views: desk.Some(views)}}
	}
	o := openOffice(t, "", source("site", "shop", desk.KindArticleView))
	o.poll("site", at(0))
	for i, look := range []desk.Record{looked("1", 12, 2), looked("2", 11, 30), looked("2", 11, 30), looked("3", 10, 400)} {
		now := at(13 + float64(i))
		o.poll("site", now, look)
		if got, want := o.read(now).countsOf()["helpdesk_article_views_total"], []int64{2, 32, 32, 432}[i]; got != want {
			t.Errorf("step %d: %d looks counted, want %d", i, got, want)
		}
		o.reopen(now)
	}
}

// An article tells of no time. That it is gone is remembered all the same, so
// that an older state of it that comes again does not bring it back.
func TestADeletedArticleStaysAway(t *testing.T) {
	told := func(hour float64) desk.Record {
		return desk.Record{ID: "1", Origin: desk.Origin{Dropped: at(hour), Name: "articles.csv"}, Body: &desk.Article{}}
	}
	gone := told(2)
	gone.Deleted = true
	o := openOffice(t, t.TempDir(), source("wiki", "shop", desk.KindArticle))
	defer func() { o.close() }()
	o.poll("wiki", at(1), told(1))
	for i, r := range []desk.Record{gone, told(1), told(3)} {
		now := at(2 + float64(i))
		o.poll("wiki", now)
		o.poll("wiki", now, r)
		o.poll("wiki", now.Add(time.Minute))
		if got, want := o.read(now).sum("helpdesk_knowledge_items", "shop"), []float64{0, 0, 1}[i]; got != want {
			t.Errorf("step %d: %v articles, want %v", i, got, want)
		}
		o.reopen(now)
	}
	o.poll("wiki", at(5), next(1, gone)) // of the second hour still: what was told since stands
	o.poll("wiki", at(24*90))
	if n := o.held(desk.KindArticle); n != 1 {
		t.Errorf("%d articles are held, want the one there is", n)
	}
	last := told(24 * 90)
	last.Deleted = true
	o.poll("wiki", at(24*90), last)
	o.poll("wiki", at(24*180))
	if n := o.held(desk.KindArticle); n != 0 {
		t.Errorf("%d articles are held long after they were deleted", n)
	}
}
