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

	"helpdesk_exporter/kpi"
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
	// A key of the top that has none below it is a row of its own.
	const tops = "sla_objectives|gross_margin_ratio|topics|competitors|social_platforms"
	for _, row := range regexp.MustCompile("(?m)^\\| (`(?:(?:"+tops+")`|[a-z_]+\\.)[^|]*) \\| ([^|]*) \\|").FindAllStringSubmatch(documented(t), -1) {
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
		// A short mapping may stand in one row, with all of its keys.
		parent, key := path[:max(strings.LastIndex(path, "."), 0)], path[strings.LastIndex(path, ".")+1:]
		if _, ok := documented[path]; !ok && !strings.Contains(documented[parent], key+": ") {
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
		"service_levels":        "service_levels: [{name: a, threshold: 1s%s}]",
		"sla_policies":          "sla_policies: [{name: a, targets: {resolution: 1h}%s}]",
		"scorecards":            "scorecards: [{name: a%s}]",
		"scorecards.categories": "scorecards: [{name: a, categories: [{name: b%s}]}]",
		"risk_rules":            "risk_rules: [{kind: inactive%s}]",
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
		dot := max(strings.LastIndex(path, "."), 0)
		section, key := path[:dot], path[dot+1:]
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
	if compared != 39 {
		t.Errorf("%d defaults", compared)
	}
}

func TestDocumentedExamplesAreValid(t *testing.T) {
	blocks := regexp.MustCompile("(?ms)^```yaml\n(.*?)^```$").FindAllStringSubmatch(documented(t), -1)
	if len(blocks) != 14 {
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
		windowDimensions(), riskKinds(), kpi.IDs(),
	} {
		for _, word := range words {
			if !strings.Contains(page, "`"+word+"`") {
				t.Errorf("the word %s is missing", word)
			}
		}
	}
}

func TestEveryInputOfTheEngagementScoreHasAWeight(t *testing.T) {
	keys, _ := keysOf(reflect.TypeFor[Weights]())
	weights := Weights{}
	for _, input := range kpi.EngagementInputs() {
		if _, ok := keys[string(input)]; !ok {
			t.Errorf("%s has no key", input)
		}
		if _, ok := weights.byInput()[input]; !ok {
			t.Errorf("the weight of %s goes nowhere", input)
		}
	}
	if len(keys) != len(kpi.EngagementInputs()) {
		t.Errorf("%d keys for %d inputs", len(keys), len(kpi.EngagementInputs()))
	}
}

// TestEveryWindowFamilyCanBeRolledUp holds the words of global.rollups against
// the families that there are.
func TestEveryWindowFamilyCanBeRolledUp(t *testing.T) {
	c := Default()
	for _, m := range kpi.NewCatalogue(c.Definitions()).Measures {
		for _, dimension := range m.Dims[:len(m.Dims)-m.Table] {
			if m.Window && !slices.Contains(windowDimensions(), dimension) {
				t.Errorf("measure %d is told apart by %s, which is no word of global.rollups", m.ID, dimension)
			}
		}
	}
}
