package config

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"gopkg.in/yaml.v3"
)

// report gathers the mistakes of one file, with the lines they stand on.
type report struct {
	name     string         // of the file
	lines    map[string]int // path of each key and list element -> its line
	mistakes []mistake
	// unread lists the paths whose values could not be read. What the checks
	// find there is a consequence and not worth a line.
	unread  []string
	secrets []secret
}

// mistake is one thing to mend. Its path is empty where the file as a whole is
// meant.
type mistake struct {
	file string
	line int
	path string
	text string
}

// Error implements error.
func (m mistake) Error() string {
	if m.path == "" {
		return fmt.Sprintf("%s:%d: %s", m.file, m.line, m.text)
	}
	return fmt.Sprintf("%s:%d: %s: %s", m.file, m.line, m.path, m.text)
}

func newReport(name string, root *yaml.Node) *report {
	r := &report{name: name, lines: map[string]int{"": root.Line}}
	r.locate(root, "")
	return r
}

// locate notes the line of all that stands below a node, and which of it is
// secret. What an alias stands for has its own place elsewhere.
func (r *report) locate(n *yaml.Node, path string) {
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			key := join(path, n.Content[i].Value)
			if _, doubled := r.lines[key]; doubled {
				continue
			}
			r.lines[key] = n.Content[i].Line
			r.locate(n.Content[i+1], key)
		}
	case yaml.SequenceNode:
		for i, element := range n.Content {
			r.lines[indexed(path, i)] = element.Line
			r.locate(element, indexed(path, i))
		}
	case yaml.AliasNode:
		r.secrets = append(r.secrets, secretsIn(path, n.Alias.Value)...)
	case yaml.ScalarNode:
		r.secrets = append(r.secrets, secretsIn(path, n.Value)...)
	}
}

// line returns where a path stands, or the nearest thing above it that is in
// the file.
func (r *report) line(path string) int {
	for {
		if line, ok := r.lines[path]; ok {
			return line
		}
		path = path[:max(strings.LastIndexAny(path, ".["), 0)]
	}
}

// add notes a mistake, once, without the secrets in it.
func (r *report) add(line int, path, text string) {
	m := mistake{file: r.name, line: line, path: path, text: r.hide(text, path)}
	if !slices.Contains(r.mistakes, m) {
		r.mistakes = append(r.mistakes, m)
	}
}

// isUnread reports whether a path is, or lies in, a value that could not be
// read.
func (r *report) isUnread(path string) bool {
	return slices.ContainsFunc(r.unread, func(bad string) bool { return within(path, bad) })
}

// err returns all mistakes in the order of their lines, or nil.
func (r *report) err() error {
	slices.SortStableFunc(r.mistakes, func(a, b mistake) int { return cmp.Compare(a.line, b.line) })
	all := make([]error, len(r.mistakes))
	for i, m := range r.mistakes {
		all[i] = m
	}
	return errors.Join(all...)
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func indexed(path string, i int) string { return fmt.Sprintf("%s[%d]", path, i) }

// spot is a place in the file that a check is looking at.
type spot struct {
	report *report
	path   string
}

func (s spot) key(name string) spot { return spot{s.report, join(s.path, name)} }

func (s spot) index(i int) spot { return spot{s.report, indexed(s.path, i)} }

// given reports whether the place is there at all.
func (s spot) given() bool {
	_, ok := s.report.lines[s.path]
	return ok
}

// errorf reports a mistake at the place: what is wrong and how to mend it.
func (s spot) errorf(format string, args ...any) {
	if !s.report.isUnread(s.path) {
		s.report.add(s.report.line(s.path), s.path, fmt.Sprintf(format, args...))
	}
}

// oneOf reports a word that is not among the known ones, and returns whether it
// is.
func (s spot) oneOf(what, word string, known []string) bool {
	if slices.Contains(known, word) {
		return true
	}
	s.errorf("%s", unknown(what, word, known))
	return false
}

// someOf reports words that are unknown, empty or doubled. Where nothing is
// known every word will do.
func (s spot) someOf(what string, words, known []string) {
	for i, word := range words {
		switch at := s.index(i); {
		case known == nil && strings.TrimSpace(word) == "":
			at.errorf("the %s is empty: name it or leave it out", what)
		case known != nil && !at.oneOf(what, word, known):
		case slices.Contains(words[:i], word):
			at.errorf("%q is listed twice: keep one of them", word)
		}
	}
}

// legible reports a name that is no good as the value of a label, and returns
// whether it is a good one.
func (s spot) legible(name string) bool {
	if strings.TrimSpace(name) == name && !strings.ContainsFunc(name, unicode.IsControl) {
		return true
	}
	s.errorf("%q has blanks around it or control characters in it: remove them", name)
	return false
}

// checkNames reports the names in a list that are missing, doubled or no good
// as the value of a label.
func checkNames(list spot, names []string) {
	first := map[string]int{}
	for i, name := range names {
		at := list.index(i).key("name")
		j, doubled := first[name]
		switch {
		case name == "":
			at.errorf("required: a name of its own")
		case !at.legible(name):
		case doubled:
			at.errorf("%q is already the name of %s: choose another", name, list.index(j).path)
		default:
			first[name] = i
		}
	}
}
