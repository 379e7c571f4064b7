package simulate

import (
	"strconv"
	"time"

	"helpdesk_exporter/desk"
)

// sections are what the articles are about.
var sections = []string{"getting_started", "account", "billing", "delivery", "troubleshooting"}

// How an article lives, again and again: it is drafted, published, archived and
// in the end written anew.
const (
	articleLife = 400 * 24 * time.Hour
	drafted     = 12 * 24 * time.Hour
	published   = 370 * 24 * time.Hour
)

// The minutes of a day, and of the stretches that the sums of views are over.
const (
	dayMinutes = 24 * 60
	sumMinutes = 6 * 60
)

// articles is how many articles there are, whatever their status.
func (l *life) articles() int { return min(600, max(12, l.Customers*6/100)) }

// slot is the number of the first article that is told of in a minute of the
// day or later: each is told once a day, one after the other.
func (l *life) slot(minute int64) int {
	return int((minute*int64(l.articles()) + dayMinutes - 1) / dayMinutes)
}

// articlesIn is how many articles the desk tells of in a minute.
func (l *life) articlesIn(minute int64) int {
	if timeOf(minute).Equal(l.since) {
		return l.articles()
	}
	return l.slot(minute%dayMinutes+1) - l.slot(minute%dayMinutes)
}

// book tells of what is put down by the calendar.
func (l *life) book(k key) {
	minute, n := k.minute(), k.number()
	articles := l.articlesIn(minute)
	if n < articles {
		if articles < l.articles() {
			n += l.slot(minute % dayMinutes)
		}
		l.tell(&listing{reference: k.child(0), at: timeOf(minute), number: n, article: l.article(n, timeOf(minute))})
		return
	}
	if n -= articles; n < l.costsIn(minute) {
		l.cost(k, n)
		return
	}
	l.sum(k, desk.ContentKindFAQ+desk.ContentKind(n-l.costsIn(minute)))
}

// listing is an article in the list of all that the knowledge base writes.
type listing struct {
	reference
	at      time.Time
	number  int
	article desk.Article
}

// next implements tale.
func (a *listing) next(after time.Time) time.Time {
	if a.at.After(after) {
		return a.at
	}
	return time.Time{}
}

// record implements tale. Articles carry no time: that of the list orders their
// states.
func (a *listing) record(time.Time) desk.Record {
	body := a.article
	return desk.Record{ID: articleID(a.number), Origin: desk.Origin{Dropped: a.at}, Body: &body}
}

func articleID(n int) string { return "a" + strconv.Itoa(n) }

// article returns an article as it is at an instant.
func (l *life) article(n int, at time.Time) desk.Article {
	a := desk.Article{
		ContentKind: desk.ContentKindVideo,
		Section:     sections[n%len(sections)],
		Locale:      "en",
		Status:      desk.ArticleStatusPublished,
	}
	length := l.trait(n, traitLength)
	switch kind := l.trait(n, traitContent); {
	case kind < 0.4:
		a.ContentKind, a.Words = desk.ContentKindFAQ, desk.Some(60+int(200*length))
	case kind < 0.85:
		a.ContentKind, a.Words = desk.ContentKindArticle, desk.Some(250+int(1200*length))
	}
	switch locale := l.trait(n, traitLocale); {
	case locale < 0.15:
		a.Locale = "el"
	case locale < 0.4:
		a.Locale = "de"
	}
	whole, draft, open := l.part(articleLife, 1), l.part(drafted, 1), l.part(published, 1)
	age := at.Sub(l.since) + time.Duration((1+l.trait(n, traitAge))*float64(whole))
	shown := time.Duration(age/whole) * open
	age %= whole
	switch {
	case age < draft:
		a.Status = desk.ArticleStatusDraft
	case age < draft+open:
		shown += age - draft
	default:
		a.Status = desk.ArticleStatusArchived
		shown += open
	}
	votes := shown.Hours() / 24 * l.Speed * (0.2 + 2/float64(1+n)) // the first are read most
	a.Votes = desk.Some(int(votes))
	a.HelpfulVotes = desk.Some(int(votes * (0.45 + 0.5*l.trait(n, traitQuality))))
	return a
}

// someArticle draws an article that can be read, mostly one of the first.
func (l *life) someArticle(at time.Time) (int, desk.Article) {
	n, a := 0, desk.Article{}
	for range 16 {
		n = int(float64(l.articles()) * l.dice.Float64() * l.dice.Float64())
		if a = l.article(n, at); a.Status == desk.ArticleStatusPublished {
			break
		}
	}
	return n, a
}

var readers = []lot[desk.Role]{{0.84, desk.RoleCustomer}, {0.1, desk.RoleAgent}, {0.06, desk.RoleBot}}

// read tells of somebody who looks for help among the articles, and of whether
// they have to ask in the end.
func (l *life) read(k key, at time.Time) {
	role := choose(l.dice, readers)
	session := k.child(0).id()
	views := 1 + min(4, l.dice.poisson(1.4))
	for last := 1; last <= views; last++ {
		n, a := l.someArticle(at)
		v := desk.ArticleView{
			At: at, Role: role, Session: session, Article: articleID(n),
			ContentKind: a.ContentKind, Section: a.Section, Locale: a.Locale, Words: a.Words,
		}
		looked := l.dice.around(readingTime(a.Words)/2, 0.8)
		switch role {
		case desk.RoleBot:
			looked = l.dice.between(100*time.Millisecond, time.Second)
		case desk.RoleCustomer:
			asks := last == views && l.dice.chance(min(0.3, 0.06*l.severity(at)))
			v.ContactAfter = desk.Some(asks)
			if asks {
				v.ContactChannel = choose(l.dice, asked)
			}
			v.Engaged = desk.Some(looked)
		default:
			v.Engaged = desk.Some(looked)
		}
		at = at.Add(looked)
		l.enterWhole(k, &v, at)
	}
}

// readingTime is how long it takes to read words, or to watch a video.
func readingTime(words desk.Opt[int]) time.Duration {
	if !words.Set {
		return 3 * time.Minute
	}
	return time.Duration(words.Value) * time.Minute / 220
}

// sumsIn is how many sums of views there are in a minute: the app counts its
// own, by kind of content.
func (l *life) sumsIn(minute int64) int {
	if minute%sumMinutes != 0 {
		return 0
	}
	return int(desk.ContentKindVideo)
}

// sum tells how often articles of a kind were read in the app.
func (l *life) sum(k key, kind desk.ContentKind) {
	at := timeOf(k.minute())
	perDay := 0.03 * float64(l.Customers) * l.Speed
	views := l.dice.poisson(perDay * sumMinutes / dayMinutes * l.usual(at.Add(-sumMinutes/2*time.Minute)))
	if views > 0 {
		l.enterWhole(k, &desk.ArticleView{
			At: at, Role: desk.RoleCustomer, Views: desk.Some(views), ContentKind: kind, Locale: "en",
		}, at)
	}
}
