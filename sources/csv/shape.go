package csv

import (
	"fmt"
	"strings"
	"time"

	"helpdesk_exporter/desk"
)

// shape is what the adapter knows of one kind of record: the fields that
// columns can feed.
type shape struct {
	kind   desk.Kind
	keyed  bool // each row must bring its own id
	blank  func() desk.Body
	clone  func(desk.Body) desk.Body
	fields []field
	family *family                                      // of fields that users name; nil: none
	period func(desk.Body) (start, end *time.Time)      // nil: the record has none
	sums   bool                                         // a row with a period needs nothing else that is required
	key    func(id string, body desk.Body) (key string) // of rows whose id is not the record's; nil: it is
}

// family is the fields whose names end in a word of the user's own.
type family struct {
	prefix  string
	what    string // the word names
	example string
	field   func(name, word string) field
}

// clone copies a body of one type.
func clone[T any, B interface {
	*T
	desk.Body
}](b desk.Body) desk.Body {
	c := *b.(B)
	return B(&c)
}

// idField stands for the record's id, which is no part of its body.
var idField = field{name: "id"}

// shapeOf returns the shape of the records that a name stands for, nil when it
// stands for none.
func shapeOf(record string) *shape {
	switch record {
	case desk.KindTicket.String():
		return ticketShape()
	case desk.KindCall.String():
		return callShape()
	case desk.KindSurvey.String():
		return surveyShape()
	case desk.KindMessage.String():
		return messageShape()
	case desk.KindReview.String():
		return reviewShape()
	case desk.KindCustomer.String():
		return customerShape()
	case desk.KindPurchase.String():
		return purchaseShape()
	case desk.KindFeedback.String():
		return feedbackShape()
	case desk.KindArticle.String():
		return articleShape()
	case desk.KindArticleView.String():
		return articleViewShape()
	case desk.KindSession.String():
		return sessionShape()
	case desk.KindOutreach.String():
		return outreachShape()
	case desk.KindReferral.String():
		return referralShape()
	case desk.KindEnrolment.String():
		return enrolmentShape()
	case desk.KindStaffing.String():
		return staffingShape()
	case desk.KindCost.String():
		return costShape()
	default:
		return nil
	}
}

// recordNames lists the names that shapeOf knows.
func recordNames() []string {
	var names []string
	for _, k := range desk.Kinds() {
		names = append(names, k.String())
	}
	return names
}

// field returns the field of a name that checkName found good.
func (s *shape) field(name string) field {
	if name == idField.name {
		return idField
	}
	if word, ok := s.userWord(name); ok {
		return s.family.field(name, word)
	}
	for _, f := range s.fields {
		if f.name == name {
			return f
		}
	}
	panic("csv: no field " + name)
}

// userWord returns the word that ends the name of a field of the family.
func (s *shape) userWord(name string) (word string, ok bool) {
	if s.family == nil {
		return "", false
	}
	return strings.CutPrefix(name, s.family.prefix)
}

// required lists the fields without which a configuration makes no sense.
func (s *shape) required() []string {
	var names []string
	if s.keyed {
		names = append(names, idField.name)
	}
	for _, f := range s.fields {
		if f.required {
			names = append(names, f.name)
		}
	}
	return names
}

// checkName reports whether the shape has a field of that name.
func (s *shape) checkName(name string) error {
	if word, ok := s.userWord(name); ok {
		if !userName.MatchString(word) {
			return fmt.Errorf("%q is no name for a %s; write %s and then small letters, digits and _, a letter first, as %s%s",
				word, s.family.what, s.family.prefix, s.family.prefix, s.family.example)
		}
		return nil
	}
	possible := []string{idField.name}
	for _, f := range s.fields {
		possible = append(possible, f.name)
	}
	for _, p := range possible {
		if p == name {
			return nil
		}
	}
	if s.family != nil {
		possible = append(possible, s.family.prefix+"NAME")
	}
	return fmt.Errorf("%s has no such field; possible are %s", s.article(), strings.Join(possible, ", "))
}

// article returns the record's name as a sentence has it: a ticket, an article.
func (s *shape) article() string {
	name := s.kind.String()
	if strings.IndexByte("aeiou", name[0]) >= 0 {
		return "an " + name
	}
	return "a " + name
}
