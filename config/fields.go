package config

import (
	"encoding"
	"reflect"
	"strings"

	"gopkg.in/yaml.v3"
)

// keysOf returns the keys that a struct takes and the types of their values, as
// the YAML library reads them off its tags, and the type of the values of all
// other keys, nil if it takes none.
func keysOf(t reflect.Type) (keys map[string]reflect.Type, rest reflect.Type) {
	if t.Kind() != reflect.Struct {
		return nil, nil
	}
	keys = map[string]reflect.Type{}
	for i := range t.NumField() {
		field := t.Field(i)
		name, options, _ := strings.Cut(field.Tag.Get("yaml"), ",")
		switch {
		case name == "-" || !field.IsExported():
		case !strings.Contains(","+options+",", ",inline,"):
			if name == "" {
				name = strings.ToLower(field.Name)
			}
			keys[name] = field.Type
		case field.Type.Kind() == reflect.Map:
			rest = field.Type.Elem()
		default:
			inner, innerRest := keysOf(field.Type)
			for key, value := range inner {
				keys[key] = value
			}
			if innerRest != nil {
				rest = innerRest
			}
		}
	}
	return keys, rest
}

// readsItself reports whether a type decodes itself, so that its kind does not
// tell which values it takes.
func readsItself(t reflect.Type) bool {
	type byFunc interface {
		UnmarshalYAML(unmarshal func(any) error) error
	}
	p := reflect.PointerTo(t)
	return p.Implements(reflect.TypeFor[byFunc]()) ||
		p.Implements(reflect.TypeFor[yaml.Unmarshaler]()) ||
		p.Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
}
