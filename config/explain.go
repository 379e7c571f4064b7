package config

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/prometheus/common/model"
	"gopkg.in/yaml.v3"

	"helpdesk_exporter/sources"
)

// explainer finds out why the strict decoder refused a file. The decoder stops
// at the first value that a type refuses, without its line, and speaks of Go
// types; the explainer holds every node of the file against the Go type it is
// to become, tells each mistake with its place, and cuts it out of the tree.
type explainer struct {
	report *report
	types  map[string]func() sources.Config
}

// explain reports why the file was refused. Whatever it does not find, the
// decoder's own words have to do.
func (r *report) explain(root *yaml.Node, types map[string]func() sources.Config, refusal error) {
	e := explainer{report: r, types: types}
	e.value(root, reflect.TypeFor[document](), "")
	if len(r.mistakes) == 0 {
		r.reword(refusal)
	}
}

// refuse reports a value that cannot be read.
func (e explainer) refuse(path, format string, args ...any) (ok bool) {
	e.report.add(e.report.line(path), path, fmt.Sprintf(format, args...))
	e.report.unread = append(e.report.unread, path)
	return false
}

// value looks at a node that is to become a t, and reports whether it can be
// read once its bad parts are cut out.
func (e explainer) value(n *yaml.Node, t reflect.Type, path string) (ok bool) {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	keys, rest := keysOf(t)
	switch {
	case n.ShortTag() == "!!null":
		return true
	case t == reflect.TypeFor[sourceList]() && n.Kind == yaml.SequenceNode:
		return e.sequence(n, path, true, e.source)
	case t == reflect.TypeFor[sourceList]():
		return e.refuse(path, "must be a list, not %s", shape(n))
	case (len(keys) > 0 || rest != nil) && n.Kind == yaml.MappingNode:
		return e.mapping(n, path, keys, rest)
	case readsItself(t):
		return e.leaf(n, t, path)
	case t.Kind() == reflect.Map && n.Kind == yaml.MappingNode:
		return e.mapping(n, path, nil, t.Elem())
	case t.Kind() == reflect.Slice && n.Kind == yaml.SequenceNode:
		inner, _ := keysOf(t.Elem())
		return e.sequence(n, path, len(inner) > 0, func(n *yaml.Node, path string) bool {
			return e.value(n, t.Elem(), path)
		})
	case t.Kind() == reflect.Struct || t.Kind() == reflect.Map:
		return e.refuse(path, "must be a mapping of keys to values, not %s", shape(n))
	case t.Kind() == reflect.Slice:
		return e.refuse(path, "must be a list, as [a, b], not %s", shape(n))
	default:
		return e.leaf(n, t, path)
	}
}

// mapping looks at the values below the known keys; of all other keys rest is
// the type, nil if there may be none. What another mapping lends through a
// merge key is left to the decoder.
func (e explainer) mapping(n *yaml.Node, path string, keys map[string]reflect.Type, rest reflect.Type) bool {
	var kept []*yaml.Node
	first := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		at := join(path, key.Value)
		t, known := keys[key.Value]
		if !known {
			t = rest
		}
		line, doubled := first[key.Value]
		switch {
		case key.ShortTag() == "!!merge":
		case key.Kind != yaml.ScalarNode && key.Kind != yaml.AliasNode:
			e.report.add(key.Line, path, "a key must be a single word, not "+form(key))
			continue
		case doubled:
			e.report.add(key.Line, at, fmt.Sprintf("this key is already on line %d: keep one of them", line))
			continue
		case t == nil && key.Kind == yaml.ScalarNode:
			e.report.add(key.Line, at, unknown("key", key.Value, slices.Sorted(maps.Keys(keys))))
			e.report.unread = append(e.report.unread, at, e.meant(path, key.Value, keys))
			continue
		case t != nil && !e.value(value, t, at):
			continue
		}
		first[key.Value] = key.Line
		kept = append(kept, key, value)
	}
	n.Content = kept
	return true
}

// sequence looks at each element. A bad one that was to have keys leaves an
// empty place, so that the others keep their numbers; any other spoils the list.
func (e explainer) sequence(n *yaml.Node, path string, keyed bool, element func(*yaml.Node, string) bool) bool {
	good := true
	for i, child := range n.Content {
		switch {
		case element(child, indexed(path, i)):
		case keyed:
			n.Content[i] = &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: child.Line}
		default:
			good = false
		}
	}
	if !good {
		e.report.unread = append(e.report.unread, path)
	}
	return good
}

// source looks at one source with the eyes of its type, which is looked for by
// hand where a mistake elsewhere in the source hinders the decoder.
func (e explainer) source(n *yaml.Node, path string) bool {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	var head sourceHead
	if n.Decode(&head) != nil {
		for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == "type" {
				head.Type = n.Content[i+1].Value
			}
		}
	}
	list := sourceList{types: e.types}
	return e.value(n, reflect.TypeOf(list.make(head.Type)), path)
}

// leaf tries whether a value can be read by itself.
func (e explainer) leaf(n *yaml.Node, t reflect.Type, path string) bool {
	err := n.Decode(reflect.New(t).Interface())
	var wrong *yaml.TypeError
	switch {
	case err == nil:
		return true
	case len(secretsIn(path, n.Value)) > 0:
		return e.refuse(path, "the value does not fit here; it is not shown, for it is a secret or holds one")
	case (t == reflect.TypeFor[model.Duration]() || t == reflect.TypeFor[Window]()) && strings.Contains(err.Error(), "out of range"):
		return e.refuse(path, "%s is too long: at most %s", form(n), longest)
	case t == reflect.TypeFor[model.Duration]() || t == reflect.TypeFor[Window]():
		return e.refuse(path, "must be a duration with its unit (ms, s, m, h, d, w, y), as 90s or 28d, not %s", form(n))
	case t == reflect.TypeFor[Count]() && errors.As(err, &wrong):
		return e.refuse(path, "must be a whole number from 1 up, not %s", form(n))
	case t == reflect.TypeFor[Ratio]() && errors.As(err, &wrong):
		return e.refuse(path, "must lie between 0 and 1, as 0.95 for 95 %%, not %s", form(n))
	case !errors.As(err, &wrong):
		return e.refuse(path, "%s", strings.TrimPrefix(err.Error(), "yaml: "))
	case readsItself(t) && t.Kind() == reflect.Struct:
		return e.refuse(path, "%s does not fit here", shape(n))
	case readsItself(t):
		return e.refuse(path, "%s does not fit here", form(n))
	default:
		return e.refuse(path, "must be %s, not %s", wanted(t), form(n))
	}
}

// meant returns the path that a misspelt key was to have, its own if none is
// near or that one is there as well. That the right key is missing is no second
// mistake.
func (e explainer) meant(path, key string, keys map[string]reflect.Type) string {
	near := nearest(key, slices.Sorted(maps.Keys(keys)))
	if _, given := e.report.lines[join(path, near)]; near == "" || given {
		return join(path, key)
	}
	return join(path, near)
}

// shape says what a node is, but not its value: where keys were expected a
// secret may stand.
func shape(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	default:
		return "a single value"
	}
}

// form says what a node is in words that users know.
func form(n *yaml.Node) string {
	if n.Kind != yaml.ScalarNode {
		return shape(n)
	}
	value := []rune(n.Value)
	if len(value) > 40 {
		value = append(value[:37], []rune("...")...)
	}
	return strconv.Quote(string(value))
}

// wanted says what a plain type is in words that users know.
func wanted(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.Float32, reflect.Float64:
		return "a number"
	case reflect.String:
		return "a text"
	default:
		return "a whole number"
	}
}
