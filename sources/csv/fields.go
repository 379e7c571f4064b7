package csv

import (
	"bytes"
	"maps"
	"slices"
	"strings"
	"time"

	"helpdesk_exporter/desk"
)

// field is one thing that a record can be told: the name it has under
// `columns`, and the way from a cell's text into a body.
type field struct {
	name     string
	required bool
	words    []string // the closed set of its words; nil: any text or number

	// Fields that are instants have at; the translator reads them itself,
	// because the instants of a row are judged together.
	at    func(desk.Body) *time.Time
	due   bool     // may lie ahead of the clock
	end   bool     // of a period: a day alone is the last one within
	after []string // instants that this one does not come before

	// All other fields have bind, which makes the function that reads their
	// cells under a source's own map of words.
	bind func(mapping) putter
}

// putter reads a cell that is not null into a body.
type putter func(b desk.Body, text []byte) *fault

// fault is why a row is rejected.
type fault struct {
	reason desk.Reason
	detail string // names the field and the remedy, never the cell's value
}

// required returns f as a field that no record can do without.
func required(f field) field {
	f.required = true
	return f
}

// instant is a field that holds a time at which something happened, none of
// the times in after being later.
func instant[B desk.Body](name string, at func(B) *time.Time, after ...string) field {
	return field{name: name, after: after, at: func(b desk.Body) *time.Time { return at(b.(B)) }}
}

// due is a field that holds a time by which something ought to happen.
func due[B desk.Body](name string, at func(B) *time.Time, after ...string) field {
	f := instant(name, at, after...)
	f.due = true
	return f
}

// end is a field that holds the end of a period, which may lie ahead.
func end[B desk.Body](name string, at func(B) *time.Time, after ...string) field {
	f := due(name, at, after...)
	f.end = true
	return f
}

// text is a field that takes any words.
func text[B desk.Body](name string, at func(B) *string) field {
	return field{name: name, bind: func(m mapping) putter {
		known := newLexicon(m, readText)
		return func(b desk.Body, text []byte) *fault {
			word, ok := known.read(text)
			if !ok {
				return nulFault(name)
			}
			*at(b.(B)) = word
			return nil
		}
	}}
}

// readText takes any words but those with a NUL in them: what is there was
// damaged, or is text of another encoding.
func readText(word string) (string, bool) { return word, strings.IndexByte(word, 0) < 0 }

func nulFault(name string) *fault {
	return &fault{desk.ReasonMalformed, name + ": a NUL byte; mend the export, or see encoding"}
}

// word is a field that takes one of a closed set of words.
func word[B desk.Body, W any](name string, at func(B) *W, parse func(string) (W, bool), words []string) field {
	return choice(name, parse, words, func(b desk.Body, w W) { *at(b.(B)) = w })
}

// choice is a field that takes one of a closed set of words and puts its meaning
// where put says.
func choice[W any](name string, parse func(string) (W, bool), words []string, put func(desk.Body, W)) field {
	return field{name: name, words: words, bind: func(m mapping) putter {
		known := newLexicon(m, func(word string) (W, bool) { return parse(string(seen([]byte(word)))) })
		unknown := &fault{
			desk.ReasonUnknownValue,
			name + ": a word that is not known; map it under values." + name + " to one of " + strings.Join(words, ", "),
		}
		return func(b desk.Body, text []byte) *fault {
			w, ok := known.read(text)
			if !ok {
				return unknown
			}
			put(b, w)
			return nil
		}
	}}
}

// truthWords are the words that say yes or no.
var truthWords = map[string]bool{
	"true": true, "yes": true, "y": true, "1": true,
	"false": false, "no": false, "n": false, "0": false,
}

// truthNames lists them.
func truthNames() []string { return slices.Sorted(maps.Keys(truthWords)) }

// truth is a field that takes a yes or a no.
func truth[B desk.Body](name string, at func(B) *desk.Opt[bool]) field {
	return word(name, at, parseTruth, truthNames())
}

func parseTruth(word string) (desk.Opt[bool], bool) {
	yes, known := truthWords[strings.ToLower(word)]
	return desk.Some(yes), known
}

// measure is a field that takes a number of some sort; what names the sort.
func measure[B desk.Body, N any](name string, at func(B) *desk.Opt[N], parse func([]byte, bool) (N, bool), what string) field {
	return amount(name, parse, what, func(b desk.Body, n N) { *at(b.(B)) = desk.Some(n) })
}

// amount is a field that takes a number of some sort and puts it where put says.
func amount[N any](name string, parse func([]byte, bool) (N, bool), what string, put func(desk.Body, N)) field {
	return field{name: name, bind: func(m mapping) putter {
		bad := &fault{desk.ReasonBadNumber, name + ": not " + what +
			"; mend the cell, list it under null_values, or see decimal_comma and values." + name}
		return func(b desk.Body, text []byte) *fault {
			if text = m.translate(text); len(text) == 0 {
				return nil
			}
			n, ok := parse(text, m.decimalComma)
			if !ok {
				return bad
			}
			put(b, n)
			return nil
		}
	}}
}

// count is a field that takes a whole number, not below zero.
func count[B desk.Body](name string, at func(B) *desk.Opt[int]) field {
	return measure(name, at, parseCount, "a whole number from 0 up")
}

// span is a field that takes a duration.
func span[B desk.Body](name string, at func(B) *desk.Opt[time.Duration]) field {
	return measure(name, at, parseSpan, "a number of seconds, mm:ss, h:mm:ss, or a length with units such as 1h 30m, 1.5 hours, 90 min or 45s")
}

// number is a field that takes any number.
func number[B desk.Body](name string, at func(B) *desk.Opt[float64]) field {
	return measure(name, at, parseNumber, "a number")
}

// mapping is what a source says of one field's words.
type mapping struct {
	exact        map[string]string
	folded       map[string]string // the same, folded
	decimalComma bool
}

func newMapping(words map[string]string, decimalComma bool) mapping {
	m := mapping{exact: map[string]string{}, folded: map[string]string{}, decimalComma: decimalComma}
	// In order, so that of words that differ in case only it is always the
	// same one that speaks for all other spellings.
	for _, theirs := range slices.Sorted(maps.Keys(words)) {
		word := strings.TrimSpace(theirs)
		m.exact[word] = words[theirs]
		m.folded[fold([]byte(word))] = words[theirs]
	}
	return m
}

// fold returns what is the same for words that differ in case only, or in what
// cannot be seen.
func fold(word []byte) string { return string(bytes.ToLower(seen(word))) }

// translate returns our word for theirs: the exact one first, then one that
// folds to the same, else the text itself.
func (m mapping) translate(text []byte) []byte {
	if len(m.exact) == 0 {
		return text
	}
	if ours, ok := m.exact[string(text)]; ok {
		return []byte(ours)
	}
	if ours, ok := m.folded[fold(text)]; ok {
		return []byte(ours)
	}
	return text
}

// lexiconMax bounds how many words a lexicon remembers. Labels know far fewer;
// texts that are all different gain nothing from being remembered.
const lexiconMax = 1024

// lexicon remembers what the words of one field mean, so that each is
// translated once and kept in memory once.
type lexicon[W any] struct {
	mapping mapping
	parse   func(string) (W, bool)
	known   map[string]W
}

func newLexicon[W any](m mapping, parse func(string) (W, bool)) *lexicon[W] {
	return &lexicon[W]{mapping: m, parse: parse, known: map[string]W{}}
}

// read returns the meaning of text. A word mapped to the empty one means
// nothing, which is no mistake.
func (l *lexicon[W]) read(text []byte) (W, bool) {
	if w, ok := l.known[string(text)]; ok {
		return w, true
	}
	ours := string(l.mapping.translate(text))
	var w W
	if ours != "" {
		var ok bool
		if w, ok = l.parse(strings.ToValidUTF8(ours, "\uFFFD")); !ok {
			return w, false
		}
	}
	if len(l.known) < lexiconMax {
		l.known[string(text)] = w
	}
	return w, true
}

// namesOf returns the names of the words from first to last.
func namesOf[W interface {
	~uint8
	String() string
}](first, last W) []string {
	var names []string
	for w := first; w <= last; w++ {
		names = append(names, w.String())
	}
	return names
}
