package config

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"helpdesk_exporter/sources"
)

// document is the shape of the file. Its sources need to know their types
// before they are read, which a plain list of interfaces cannot.
type document struct {
	Config  Config     `yaml:",inline"`
	Sources sourceList `yaml:"sources"`
}

func newDocument(types map[string]func() sources.Config) *document {
	return &document{Config: Default(), Sources: sourceList{types: types}}
}

// parseTree reads the file as bare YAML: one document, a mapping. The tree has
// the lines that decoded values lack.
func parseTree(data []byte, name string) (*yaml.Node, error) {
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	var doc, second yaml.Node
	switch err := decoder.Decode(&doc); {
	case errors.Is(err, io.EOF):
		return nil, mistake{file: name, line: 1, text: "the file is empty: it needs at least sources"}
	case err != nil:
		return nil, syntaxMistake(name, data, err)
	}
	switch err := decoder.Decode(&second); {
	case errors.Is(err, io.EOF):
	case err != nil:
		return nil, syntaxMistake(name, data, err)
	default:
		return nil, mistake{file: name, line: second.Line, text: "a second YAML document begins here: put all into one, without ---"}
	}
	root := doc.Content[0]
	switch {
	case root.ShortTag() == "!!null":
		return nil, mistake{file: name, line: root.Line, text: "the file is empty: it needs at least sources"}
	case root.Kind != yaml.MappingNode:
		return nil, mistake{file: name, line: root.Line, text: "the file must be a mapping of keys to values, not " + shape(root)}
	}
	return root, nil
}

// decode reads the values strictly. Where that fails it explains why, and goes
// on with all that could be read, so that the checks find the mistakes of the
// rest. It returns nil if nothing is left to check, else also the digest of
// what is written of each source.
func (r *report) decode(data []byte, root *yaml.Node, types map[string]func() sources.Config) (*Config, []Digest) {
	r.refuseEmpty(root, "")
	doc := newDocument(types)
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	decoder.KnownFields(true)
	if err := decoder.Decode(doc); err != nil {
		r.explain(root, types, err)
		doc = newDocument(types)
		if root.Decode(doc) != nil {
			return nil, nil
		}
	}
	doc.Config.Sources = doc.Sources.configs
	return &doc.Config, doc.Sources.written
}

// refuseEmpty reports the empty elements of lists. The decoder would drop them,
// and all after them would be told with the wrong number.
func (r *report) refuseEmpty(n *yaml.Node, path string) {
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			r.refuseEmpty(n.Content[i+1], join(path, n.Content[i].Value))
		}
	case yaml.SequenceNode:
		for i, element := range n.Content {
			if element.ShortTag() == "!!null" {
				r.add(element.Line, indexed(path, i), "the element is empty: remove it, or put a word that is meant into quotes")
				r.unread = append(r.unread, path)
			}
			r.refuseEmpty(element, indexed(path, i))
		}
	}
}

// syntaxMistake rewords an error of the YAML library. Its parser, unlike its
// scanner, counts lines from 0 and leaves the 0 out; of anchors it tells no line.
func syntaxMistake(name string, data []byte, err error) mistake {
	message := strings.TrimPrefix(err.Error(), "yaml: ")
	line, text := cutLine(message)
	parser := regexp.MustCompile(`^did not find expected (<|node content|'-' indicator|key|',' or )`)
	if text != message && parser.MatchString(text) {
		line++
	}
	if anchor := regexp.MustCompile(`^unknown anchor '(.+)' referenced`).FindStringSubmatch(text); anchor != nil {
		before, _, _ := bytes.Cut(data, []byte("*"+anchor[1]))
		line = 1 + bytes.Count(before, []byte("\n"))
		text = "what begins with * refers to an anchor, and none has that name: put quotes around a text" // it may be a password
	}
	return mistake{file: name, line: line, text: "not valid YAML: " + text}
}

// cutLine splits the line from a text of the YAML library; without one it is
// the first.
func cutLine(text string) (int, string) {
	found := regexp.MustCompile(`^line (\d+): (?s)(.*)$`).FindStringSubmatch(text)
	if found == nil {
		return 1, text
	}
	line, err := strconv.Atoi(found[1])
	if err != nil {
		return 1, text
	}
	return line, found[2]
}

// reword tells the decoder's own errors without the names of Go types, for
// values that only their type knows how to read.
func (r *report) reword(err error) {
	var wrong *yaml.TypeError
	if !errors.As(err, &wrong) {
		line, text := cutLine(strings.TrimPrefix(err.Error(), "yaml: "))
		r.add(line, "", text)
		return
	}
	field := regexp.MustCompile(`^field (.*) not found in type `)
	value := regexp.MustCompile("^cannot unmarshal !!\\w+(?: `(?s:.*)`)? into ")
	for _, e := range wrong.Errors {
		line, text := cutLine(e)
		if found := field.FindStringSubmatch(text); found != nil {
			text = "unknown key " + strconv.Quote(found[1]) + ": remove it or correct its name"
		} else if value.MatchString(text) {
			text = "the value does not fit here" // it may be a secret
		}
		r.add(line, "", text)
	}
}
