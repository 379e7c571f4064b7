package csv

import (
	"bytes"
	"errors"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/sources"
)

// documented returns the page about this adapter.
func documented(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../docs/sources.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// documentedSources returns the configurations that the page shows.
func documentedSources(t *testing.T) map[string]*Config {
	t.Helper()
	out := map[string]*Config{}
	for _, block := range regexp.MustCompile("(?ms)^ *```yaml\n(.*?)^ *```$").FindAllStringSubmatch(documented(t), -1) {
		text := block[1]
		if !strings.Contains(text, "sources:") {
			text = "sources:\n" + text
		}
		var file struct {
			Sources []yaml.Node `yaml:"sources"`
		}
		if err := yaml.Unmarshal([]byte(text), &file); err != nil {
			t.Fatalf("%v in\n%s", err, text)
		}
		for _, node := range file.Sources {
			var kind struct {
				Type string `yaml:"type"`
			}
			if err := node.Decode(&kind); err != nil {
				t.Fatal(err)
			}
			if kind.Type != "csv" {
				continue // the page tells of other adapters too
			}
			var b bytes.Buffer
			if err := yaml.NewEncoder(&b).Encode(&node); err != nil {
				t.Fatal(err)
			}
			c := configured(t, b.String())
			out[c.Shared().Name] = c
		}
	}
	return out
}

func TestDocumentedSourcesAreValid(t *testing.T) {
	all := documentedSources(t)
	if len(all) != 7 {
		t.Errorf("%d sources, want tickets (twice), ratings, calls, nps, mail, shop and mail-ratings", len(all))
	}
	for name, c := range all {
		if err := c.Validate(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestDocumentedFirstStepsWork(t *testing.T) {
	page := documented(t)
	text := regexp.MustCompile("(?s)   ```\n(   Ticket;.*?)   ```").FindStringSubmatch(page)[1]
	config := regexp.MustCompile("(?s)   ```yaml\n   sources:\n     - (.*?)   ```").FindStringSubmatch(page)[1]
	d := newDesktop(t, strings.ReplaceAll("       "+config, "\n       ", "\n")[7:])
	d.config.Directory = "."
	d.restart()
	d.drop("tickets.csv", strings.ReplaceAll(text, "   ", ""), hourAgo())
	got := d.fetch(noon)
	want := []desk.Body{
		&desk.Ticket{
			CreatedAt: at(t, "2026-02-03T08:15:00Z"), SolvedAt: at(t, "2026-02-03T10:40:00Z"),
			Status: desk.StatusSolved, Priority: "high", Team: "Service",
		},
		&desk.Ticket{CreatedAt: at(t, "2026-02-03T08:52:00Z"), Status: desk.StatusOpen, Priority: "normal", Team: "Service"},
	}
	if len(got.Records) != 2 {
		t.Fatal(ids(got), faults(got))
	}
	if diff := cmp.Diff(want, []desk.Body{got.Records[0].Body, got.Records[1].Body}); diff != "" {
		t.Error(diff)
	}
}

func TestEveryKeyFieldAndReasonIsDocumented(t *testing.T) {
	page := documented(t)
	for _, f := range slices.Concat(slices.Collect(reflect.TypeFor[Config]().Fields()), slices.Collect(reflect.TypeFor[sources.Common]().Fields())) {
		if key, _, _ := strings.Cut(f.Tag.Get("yaml"), ","); key != "" && !strings.Contains(page, "| `"+key+"` |") {
			t.Errorf("the key %s is missing", key)
		}
	}
	for _, record := range recordNames() {
		checkSection(t, shapeOf(record), sectionOf(page, record))
		if !regexp.MustCompile(`(?m)^\| .*\[` + record + `\]\(#`).MatchString(page) {
			t.Errorf("the table of records does not list %s", record)
		}
	}
	for _, reason := range desk.Reasons() {
		if !strings.Contains(page, "| `"+string(reason)+"` |") {
			t.Errorf("the reason %s is missing", reason)
		}
	}
}

func TestDocumentedTimeFormatsReadTheirExamples(t *testing.T) {
	_, table, _ := strings.Cut(documented(t), "| the file has | `time_format` |")
	table, _, _ = strings.Cut(table, "\n\n")
	rows := regexp.MustCompile("(?m)^\\| `([^`]+)`.*? \\| `([^`]+)`").FindAllStringSubmatch(table, -1)
	if len(rows) != 9 {
		t.Fatalf("%d rows", len(rows))
	}
	for _, row := range rows {
		k := clockOf(t, "zones: {CET: Europe/Berlin}\ntime_format: \""+row[2]+"\"")
		m, ok := k.parse(row[1])
		if local := m.at.Format("2006-01-02 15:04"); !ok || local != "2026-02-03 09:15" && local != "2026-02-03 08:15" {
			t.Errorf("%s as %s: got %v, %s", row[1], row[2], ok, local)
		}
		if err := checkLayout(row[2]); err != nil {
			t.Error(err)
		}
	}
}

// sectionOf returns what the page says of one kind of record.
func sectionOf(page, record string) string {
	at := regexp.MustCompile("(?m)^### " + record + "( .*)?$").FindStringIndex(page)
	if at == nil {
		return ""
	}
	section, _, _ := strings.Cut(page[at[1]:], "\n#")
	return section
}

// checkSection looks for every field, for the sign of those that are required
// and for the words of those that take no others.
func checkSection(t *testing.T, s *shape, section string) {
	fields := append([]field{{name: "id", required: s.keyed}}, s.fields...)
	if s.family != nil {
		fields = append(fields, field{name: s.family.prefix + "NAME"})
	}
	for _, f := range fields {
		text := "`" + f.name + "`"
		if !strings.Contains(section, text) {
			t.Errorf("the field %s of %s is missing", f.name, s.article())
		}
		if strings.Contains(section, "**"+text+"**") != f.required {
			t.Errorf("the field %s of %s is required: %t, which the page does not say", f.name, s.article(), f.required)
		}
		if slices.Contains([]string{"channel", "contact_channel", "handled_by"}, f.name) || slices.Equal(f.words, truthNames()) {
			continue // said once for all records
		}
		for _, word := range f.words {
			if !strings.Contains(section, "`"+word+"`") {
				t.Errorf("the word %s of the field %s of %s is missing", word, f.name, s.article())
			}
		}
	}
}

func TestDocumentedAnswersAreKeysThatAreTaken(t *testing.T) {
	_, table, _ := strings.Cut(documented(t), "| the file has | write |\n|---|---|\n")
	table, _, _ = strings.Cut(table, "\n\n")
	keys := 0
	for line := range strings.Lines(table) {
		cells := strings.Split(line, " | ")
		for _, answer := range regexp.MustCompile("`([a-z_]+: [^`]+)`").FindAllStringSubmatch(cells[len(cells)-1], -1) {
			c := configured(t, answer[1])
			if err := errors.Join(c.checkDialect(), c.checkTimes()); err != nil {
				t.Errorf("%s: %v", answer[1], err)
			}
			keys++
		}
	}
	if keys != 12 {
		t.Errorf("%d keys", keys)
	}
}
