package desk

import "time"

// ArticleView is one state of a look at an article, or of many that an export
// counted together.
type ArticleView struct {
	At             time.Time
	Role           Role // who looked
	Session        string
	ContactChannel string   // on which help was asked for afterwards
	Views          Opt[int] // a record without is one view
	Article        string
	ContentKind    ContentKind
	Section        string
	Locale         string
	Engaged        Opt[time.Duration]
	Words          Opt[int]
	ContactAfter   Opt[bool] // help was asked for afterwards
}

// Kind implements [Body].
func (v *ArticleView) Kind() Kind { return KindArticleView }

// Changed implements [Body]: views carry no time of their last change.
func (v *ArticleView) Changed() time.Time { return time.Time{} }

// Dims implements [Body].
func (v *ArticleView) Dims() []Dim {
	return appendDims(make([]Dim, 0, 3), Dim{"content_kind", dimOf(v.ContentKind)}, Dim{"section", v.Section}, Dim{"locale", v.Locale})
}

// Newest implements [Body].
func (v *ArticleView) Newest() time.Time { return v.At }

func (v *ArticleView) shows() Shows { return 0 }
