package config

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// What stands where a secret would.
const (
	hidden         = "<secret>"
	hiddenUserinfo = "://" + hidden + "@"
)

var (
	// secretKey matches the keys of secrets, not those that name a file of one.
	secretKey = regexp.MustCompile(`(?i)^([a-z0-9]+[_-])*(passwords?|passphrase|secrets?|token|credentials?|(api|access|private)[_-]?key)$`)
	// userinfo matches the name and password in an address, anyUserinfo also
	// those that an address must not have.
	userinfo    = regexp.MustCompile(`://[^\s"/?#]*@`)
	anyUserinfo = regexp.MustCompile(`://[^\s"]*@`)
	// position matches the number of a list's element.
	position = regexp.MustCompile(`\[\d+\]`)
)

// isSecret reports whether what stands at a path of the file is nobody's
// business, whatever the type of the source makes of it. The types that
// adapters share mask passwords by themselves; they show the values of headers
// and the parameters of token endpoints, which hold keys just as well.
func isSecret(path string) bool {
	keys := strings.Split(position.ReplaceAllString(path, ""), ".")
	for i, key := range keys {
		last := keys[len(keys)-1]
		switch {
		case secretKey.MatchString(key),
			key == "key" && i > 0 && keys[i-1] == "tls_config",
			key == "endpoint_params" && i < len(keys)-1,
			key == "http_headers" && i < len(keys)-1 && last != "files":
			return true
		}
	}
	return false
}

// mask hides the secrets below a node.
func mask(n *yaml.Node, path string) {
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			mask(n.Content[i+1], join(path, n.Content[i].Value))
		}
	case yaml.SequenceNode:
		for i, element := range n.Content {
			mask(element, indexed(path, i))
		}
	case yaml.ScalarNode:
		switch {
		case isSecret(path) && n.Value != "":
			n.SetString(hidden)
			n.Style = 0
		case userinfo.MatchString(n.Value):
			n.SetString(userinfo.ReplaceAllString(n.Value, hiddenUserinfo))
		}
	}
}

// String returns the configuration in force as YAML, secrets masked.
func (c *Config) String() string {
	var tree yaml.Node
	if err := tree.Encode(c); err != nil {
		return fmt.Sprintf("configuration cannot be shown: %v", err)
	}
	mask(&tree, "")
	text, err := yaml.Marshal(&tree)
	if err != nil {
		return fmt.Sprintf("configuration cannot be shown: %v", err)
	}
	return string(text)
}

// secret is a value that no mistake may show.
type secret struct{ path, value string }

// longSecret is how long a secret must be to be looked for in every mistake. A
// shorter one is hidden where it belongs: elsewhere it would tear words apart.
const longSecret = 6

// secretsIn returns what mistakes in the value at a path must not show.
func secretsIn(path, value string) []secret {
	if isSecret(path) {
		return []secret{{path, value}}
	}
	var found []secret
	for _, address := range anyUserinfo.FindAllString(value, -1) {
		name, password, ok := strings.Cut(strings.Trim(address, ":/@"), ":")
		if !ok {
			password = name // a token in the place of a name
		}
		found = append(found, secret{path, password})
	}
	return found
}

// hide takes the secrets of the file out of the text of a mistake at a path.
func (r *report) hide(text, path string) string {
	for _, s := range r.secrets {
		if s.value != "" && (len(s.value) >= longSecret || within(s.path, path) || within(path, s.path)) {
			quoted := strconv.Quote(s.value)
			text = strings.NewReplacer(s.value, hidden, quoted[1:len(quoted)-1], hidden).Replace(text)
		}
	}
	return anyUserinfo.ReplaceAllString(text, hiddenUserinfo)
}

// within reports whether a path is another one or lies below it.
func within(path, above string) bool {
	rest, ok := strings.CutPrefix(path, above)
	return ok && (rest == "" || above == "" || rest[0] == '.' || rest[0] == '[')
}
