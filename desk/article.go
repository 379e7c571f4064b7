package desk

import "time"

// Article is one state of a page, a video or an answer that customers can help
// themselves with. Nothing in it happens at an instant.
type Article struct {
	ContentKind  ContentKind
	Section      string
	Locale       string
	Status       ArticleStatus
	Words        Opt[int]
	Votes        Opt[int] // of all time
	HelpfulVotes Opt[int]
}

// Kind implements [Body].
func (a *Article) Kind() Kind { return KindArticle }

// Changed implements [Body]: articles carry no time of their last change.
func (a *Article) Changed() time.Time { return time.Time{} }

// Dims implements [Body].
func (a *Article) Dims() []Dim {
	return appendDims(make([]Dim, 0, 3), Dim{"content_kind", dimOf(a.ContentKind)}, Dim{"section", a.Section}, Dim{"locale", a.Locale})
}

// Newest implements [Body].
func (a *Article) Newest() time.Time { return time.Time{} }

func (a *Article) shows() Shows { return 0 }

// ContentKind says what customers help themselves with. Its numbers
// are stored: never reuse one.
type ContentKind uint8

// The kinds of content.
const (
	ContentKindUnknown ContentKind = iota
	ContentKindFAQ
	ContentKindArticle
	ContentKindVideo
)

var contentKindNames = [...]string{
	ContentKindUnknown: "unknown", ContentKindFAQ: "faq", ContentKindArticle: "article",
	ContentKindVideo: "video",
}

// String returns the name that labels and configuration use.
func (c ContentKind) String() string { return nameOf(c, contentKindNames[:]) }

// ParseContentKind reads one of the names.
func ParseContentKind(word string) (ContentKind, bool) {
	return parseName(word, contentKindNames[:], ContentKindUnknown)
}

// ArticleStatus says whether customers can see an article. Its numbers
// are stored: never reuse one.
type ArticleStatus uint8

// The statuses of an article.
const (
	ArticleStatusUnknown ArticleStatus = iota
	ArticleStatusDraft
	ArticleStatusPublished
	ArticleStatusArchived
)

var articleStatusNames = [...]string{
	ArticleStatusUnknown: "unknown", ArticleStatusDraft: "draft", ArticleStatusPublished: "published",
	ArticleStatusArchived: "archived",
}

// String returns the name that labels and configuration use.
func (a ArticleStatus) String() string { return nameOf(a, articleStatusNames[:]) }

// ParseArticleStatus reads one of the names.
func ParseArticleStatus(word string) (ArticleStatus, bool) {
	return parseName(word, articleStatusNames[:], ArticleStatusUnknown)
}
