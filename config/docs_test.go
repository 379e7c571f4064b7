package config

import (
	"fmt"
	"maps"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"helpdesk_exporter/sources/builtin"
)

// bareSource is all that a file has to say.
const bareSource = "\nsources: [{name: a, type: simulate}]\n"

// documented returns the page about the configuration.
func documented(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// documentedKeys returns the paths of the keys in the page's tables, with the
// cell that tells the default.
func documentedKeys(t *testing.T) map[string]string {
	t.Helper()
	keys := map[string]string{}
	// A key of the top that takes any names is a row of its own.
	for _, row := range regexp.MustCompile("(?m)^\\| (`(?:sla_objectives`|[a-z_]+\\.)[^|]*) \\| ([^|]*) \\|").FindAllStringSubmatch(documented(t), -1) {
		for _, key := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(row[1], -1) {
			if _, doubled := keys[key[1]]; doubled {
				t.Errorf("%s is told twice", key[1])
			}
			keys[key[1]] = row[2]
		}
	}
	return keys
}

// paths adds the keys below a type to all, and to leaves those that hold no keys
// themselves.
func paths(t reflect.Type, path string, all, leaves map[string]bool) {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	keys, _ := keysOf(t)
	all[path] = true
	if len(keys) == 0 {
		leaves[path] = true
	}
	for key, value := range keys {
		paths(value, join(path, key), all, leaves)
	}
}

func TestEveryKeyIsDocumentedAndNoOther(t *testing.T) {
	all, leaves := map[string]bool{}, map[string]bool{}
	paths(reflect.TypeFor[Config](), "", all, leaves)
	documented := documentedKeys(t)
	for _, path := range slices.Sorted(maps.Keys(leaves)) {
		if _, ok := documented[path]; !ok {
			t.Errorf("docs/configuration.md does not tell of %s", path)
		}
	}
	for _, path := range slices.Sorted(maps.Keys(documented)) {
		if !all[path] {
			t.Errorf("docs/configuration.md tells of %s, which is no key", path)
		}
	}
}

// TestDocumentedDefaultsAreThoseOfTheCode writes each default out, which must
// change nothing.
func TestDocumentedDefaultsAreThoseOfTheCode(t *testing.T) {
	// What lists hold has defaults only where an element is there.
	elements := map[string]string{
		"service_levels": "service_levels: [{name: a, threshold: 1s%s}]",
		"sla_policies":   "sla_policies: [{name: a, targets: {resolution: 1h}%s}]",
	}
	parsed := func(text string) string {
		c, err := Parse([]byte(text+bareSource), "config.yml", builtin.Types())
		if err != nil {
			t.Fatal(err)
		}
		return c.String()
	}
	unset := map[string]string{"": parsed("")}
	for section, element := range elements {
		unset[section] = parsed(fmt.Sprintf(element, ""))
	}
	compared := 0
	for path, cell := range documentedKeys(t) {
		text, quoted := strings.CutPrefix(cell, "`")
		if !quoted {
			continue // a sentence, or none
		}
		value := strings.TrimSuffix(text, "`")
		set := strings.ReplaceAll(path, ".", ": {") + ": " + value + strings.Repeat("}", strings.Count(path, "."))
		section, key, _ := strings.Cut(path, ".")
		if element, ok := elements[section]; ok {
			set = fmt.Sprintf(element, ", "+key+": "+value)
		} else {
			section = ""
		}
		if parsed(set) != unset[section] {
			t.Errorf("%s: %s is not the default", path, value)
		}
		compared++
	}
	if compared != 22 {
		t.Errorf("%d defaults", compared)
	}
}

func TestDocumentedExamplesAreValid(t *testing.T) {
	blocks := regexp.MustCompile("(?ms)^```yaml\n(.*?)^```$").FindAllStringSubmatch(documented(t), -1)
	if len(blocks) != 9 {
		t.Fatalf("%d examples", len(blocks))
	}
	for _, block := range blocks {
		text := block[1]
		if !strings.Contains(text, "\nsources:") {
			text += bareSource
		}
		if _, err := Parse([]byte(text), "configuration.md", builtin.Types()); err != nil {
			t.Errorf("%v in\n%s", err, text)
		}
	}
}

func TestEveryWordOfAClosedSetIsDocumented(t *testing.T) {
	page := documented(t)
	for _, words := range [][]string{
		surveyKinds(), slaTargets(), reopenings(), ticketDimensions(), weekdays(),
		{string(HistogramsBoth), string(HistogramsClassic), string(HistogramsNative)},
		{string(DirectionEase), string(DirectionEffort)},
	} {
		for _, word := range words {
			if !strings.Contains(page, "`"+word+"`") {
				t.Errorf("the word %s is missing", word)
			}
		}
	}
}
