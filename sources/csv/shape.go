package csv

import (
	"fmt"
	"strings"

	"helpdesk_exporter/desk"
)

// shape is what the adapter knows of one kind of record: the fields that
// columns can feed.
type shape struct {
	kind   desk.Kind
	keyed  bool // each row must bring its own id
	blank  func() desk.Body
	fields []field
	attrs  func(desk.Body) *map[string]string // where custom fields go; nil: nowhere
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
	default:
		return nil
	}
}

// recordNames lists the names that shapeOf knows.
func recordNames() []string {
	var names []string
	for _, k := range desk.Kinds() {
		if shapeOf(k.String()) != nil {
			names = append(names, k.String())
		}
	}
	return names
}

// field returns the field of a name that checkName found good.
func (s *shape) field(name string) field {
	if name == idField.name {
		return idField
	}
	if attr, ok := strings.CutPrefix(name, attrPrefix); ok {
		return s.attr(attr)
	}
	for _, f := range s.fields {
		if f.name == name {
			return f
		}
	}
	panic("csv: no field " + name)
}

// attr returns the field that feeds one custom field.
func (s *shape) attr(name string) field {
	return field{name: attrPrefix + name, bind: func(m mapping) putter {
		known := newLexicon(m, func(word string) (string, bool) { return word, true })
		return func(b desk.Body, text []byte) *fault {
			attrs := s.attrs(b)
			if *attrs == nil {
				*attrs = map[string]string{}
			}
			if word, _ := known.read(text); word != "" {
				(*attrs)[name] = word
			}
			return nil
		}
	}}
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
	if attr, ok := strings.CutPrefix(name, attrPrefix); ok && s.attrs != nil {
		if !attrName.MatchString(attr) {
			return fmt.Errorf("%q is no name for a label; write attr. and then small letters, digits and _, a letter first, as attr.plan", attr)
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
	if s.attrs != nil {
		possible = append(possible, attrPrefix+"NAME")
	}
	return fmt.Errorf("a %s has no such field; possible are %s", s.kind, strings.Join(possible, ", "))
}
