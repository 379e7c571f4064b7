package main

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestEachBoardKeepsTheConventions(t *testing.T) {
	uids, titles := map[string]string{}, map[string]string{}
	for _, d := range documents(t) {
		t.Run(d.file, func(t *testing.T) {
			if before, ok := uids[d.UID]; ok || d.UID != uidOf(strings.TrimSuffix(d.file, ".json")) {
				t.Errorf("uid %q: a board has one of its own, made from its name (%s)", d.UID, before)
			}
			if before, ok := titles[d.Title]; ok || d.Title == "" {
				t.Errorf("title %q: the same as %s", d.Title, before)
			}
			uids[d.UID], titles[d.Title] = d.file, d.file
			switch {
			case d.Editable:
				t.Error("it can be edited; edits would be gone with the next version")
			case d.Inputs != nil:
				t.Error("it has __inputs, which nobody fills when it is provisioned from a file")
			case d.SchemaVersion < 39 || d.Timezone != "browser" || d.Refresh == "" || !strings.HasSuffix(d.Description, "."):
				t.Errorf("schemaVersion %d, timezone %q, refresh %q, description %q", d.SchemaVersion, d.Timezone, d.Refresh, d.Description)
			case !slices.Contains(d.Tags, tag) || len(d.Links) != 1 || !slices.Equal(d.Links[0].Tags, []string{tag}):
				t.Errorf("tags %v and links %v do not tie it to the other boards", d.Tags, d.Links)
			case !d.Links[0].KeepTime || !d.Links[0].IncludeVars:
				t.Error("the links forget the time range or what was chosen")
			}
			names := map[string]bool{}
			for _, a := range d.Annotations.List {
				names[a.Name] = true
				if a.Datasource.UID != "${datasource}" {
					t.Errorf("annotation %q asks %q", a.Name, a.Datasource.UID)
				}
			}
			if !names["SLA breaches"] || !names["Configuration loaded"] || !names["Alerts"] {
				t.Errorf("annotations are %v", names)
			}
		})
	}
}

func TestEachBoardLetsOneChoose(t *testing.T) {
	for _, d := range documents(t) {
		variables := map[string]bool{}
		for _, v := range d.Templating.List {
			if variables[v.Name] {
				t.Errorf("%s: two variables %s", d.file, v.Name)
			}
			variables[v.Name] = true
			if v.Name == "datasource" {
				if v.Type != "datasource" || string(v.Query) != `"prometheus"` || v.Label != "Data source" {
					t.Errorf("%s: the data source is %+v", d.file, v)
				}
				continue
			}
			// What is chosen has to be there: options are asked for anew.
			if v.Type != "query" || v.Datasource.UID != "${datasource}" || v.Refresh != 2 || v.Label == "" {
				t.Errorf("%s: variable %s is %+v", d.file, v.Name, v)
			}
			if v.Name == "window" {
				if v.Multi || v.IncludeAll {
					t.Errorf("%s: two windows can be chosen, and would be added up", d.file)
				}
				continue
			}
			if !v.Multi || !v.IncludeAll || v.AllValue == "" {
				t.Errorf("%s: all of %s cannot be chosen", d.file, v.Name)
			}
			if label := map[string]string{"job": "Job", "instance": "Instance"}[v.Name]; label != "" && (v.Label != label || v.AllValue != ".+") {
				t.Errorf("%s: variable %s is %+v", d.file, v.Name, v)
			}
		}
		for _, name := range []string{"datasource", "job", "instance", "desk", "window", "channel", "team", "priority"} {
			if !variables[name] {
				t.Errorf("%s: no variable %s, so that links forget it", d.file, name)
			}
		}
		for where, text := range texts(d) {
			for _, used := range usedVariables(text) {
				if !variables[used] && !builtIn(used) {
					t.Errorf("%s: %s: there is no variable $%s", d.file, where, used)
				}
			}
		}
	}
}

// texts returns all of a board in which variables stand, by where it is.
func texts(d document) map[string]string {
	all := map[string]string{}
	for _, v := range d.Templating.List {
		all["variable "+v.Name] = v.Definition
	}
	for _, a := range d.Annotations.List {
		all["annotation "+a.Name] = a.Expr
	}
	for _, p := range d.panels() {
		all[p.Title] = p.Title + p.Description
		for _, target := range p.Targets {
			all[p.Title+" "+target.RefID] = target.Expr + target.Legend
		}
	}
	return all
}

var variableForm = regexp.MustCompile(`\$\{?(\w+)`)

func usedVariables(text string) []string {
	var names []string
	for _, m := range variableForm.FindAllStringSubmatch(text, -1) {
		names = append(names, m[1])
	}
	return names
}

func builtIn(name string) bool { return strings.HasPrefix(name, "__") }

// Units that the panels use; Grafana takes what it does not know for a suffix.
var units = []string{
	"s", "short", "none", "percentunit", "percent", "bytes", "dateTimeFromNow", "reqps", "cps", points,
}

func TestEachPanelSaysWhatItIs(t *testing.T) {
	for _, d := range documents(t) {
		titles := map[string]bool{}
		for _, p := range d.panels() {
			where := fmt.Sprintf("%s: %q", d.file, p.Title)
			if p.Title == "" || titles[p.Title] {
				t.Errorf("%s: another one has the title", where)
			}
			titles[p.Title] = true
			if p.Type == "row" {
				continue
			}
			switch defaults := p.FieldConfig.Defaults; {
			case !strings.HasSuffix(p.Description, "."):
				t.Errorf("%s: the description %q is no sentence", where, p.Description)
			case !slices.Contains(units, defaults.Unit):
				t.Errorf("%s: unit %q is not one of %v", where, defaults.Unit, units)
			case defaults.Thresholds == nil:
				t.Errorf("%s: no thresholds, not even neutral ones", where)
			case defaults.NoValue == "":
				t.Errorf("%s: nothing says that there is nothing", where)
			case p.Datasource.UID != "${datasource}":
				t.Errorf("%s: it asks %q", where, p.Datasource.UID)
			case len(p.Targets) == 0 && p.Type != "alertlist":
				t.Errorf("%s: it asks nothing", where)
			}
			legends := map[string]bool{}
			for _, target := range p.Targets {
				if target.Datasource.UID != "${datasource}" {
					t.Errorf("%s: %s asks %q", where, target.RefID, target.Datasource.UID)
				}
				if target.Format == "table" || target.Format == "heatmap" {
					continue
				}
				if target.Legend == "" || legends[target.Legend] {
					t.Errorf("%s: legend %q of %s", where, target.Legend, target.RefID)
				}
				legends[target.Legend] = true
			}
		}
	}
}

// A step narrower than two polls holds nothing most of the time.
func TestRatesHaveRoomForSomethingToHappen(t *testing.T) {
	for _, d := range documents(t) {
		for _, p := range d.panels() {
			for _, target := range p.Targets {
				if strings.Contains(target.Expr, "$__rate_interval") && p.Interval != sparseStep {
					t.Errorf("%s: %q: rates ask for a step of %s", d.file, p.Title, sparseStep)
				}
				quantile := strings.Contains(target.Expr, "histogram_quantile(") && p.Type == "timeseries"
				if quantile && !target.Exemplar {
					t.Errorf("%s: %q: %s asks for no exemplars", d.file, p.Title, target.RefID)
				}
			}
		}
	}
}

func TestPanelsLieBesideEachOther(t *testing.T) {
	for _, d := range documents(t) {
		ids := map[int]bool{}
		for _, p := range d.panels() {
			if ids[p.ID] {
				t.Errorf("%s: two panels have the number %d", d.file, p.ID)
			}
			ids[p.ID] = true
		}
		besideEachOther(t, d.file, d.Panels)
		for _, p := range d.Panels {
			if p.Collapsed != (len(p.Panels) > 0) {
				t.Errorf("%s: row %q: folded is %v, with %d panels in it", d.file, p.Title, p.Collapsed, len(p.Panels))
			}
			// It unfolds by as much as its panels need, beginning below it.
			besideEachOther(t, d.file, p.Panels)
			if len(p.Panels) > 0 && p.Panels[0].GridPos.Y != p.GridPos.Y+1 {
				t.Errorf("%s: row %q: its panels begin at %d, not below it", d.file, p.Title, p.Panels[0].GridPos.Y)
			}
		}
	}
}

func besideEachOther(t *testing.T, file string, panels []documentPanel) {
	t.Helper()
	taken := map[[2]int]string{}
	for _, p := range panels {
		g := p.GridPos
		if g.X+g.W > columns || g.W == 0 || g.H == 0 {
			t.Errorf("%s: %q lies at %+v", file, p.Title, g)
		}
		for x := g.X; x < g.X+g.W; x++ {
			for y := g.Y; y < g.Y+g.H; y++ {
				if other, ok := taken[[2]int{x, y}]; ok {
					t.Fatalf("%s: %q lies over %q", file, p.Title, other)
				}
				taken[[2]int{x, y}] = p.Title
			}
		}
	}
}

var colourForm = regexp.MustCompile(`"(?:color|fixedColor|iconColor|fill)":\s*"([^"]+)"`)

func TestColoursSayGoodWarningOrBad(t *testing.T) {
	allowed := []string{plain, good, warning, bad, "text", "dash", "solid"}
	for i := range 11 { // which tell series apart
		allowed = append(allowed, apartBy(i))
	}
	for _, d := range documents(t) {
		text, err := os.ReadFile(folder + "/" + d.file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range colourForm.FindAllStringSubmatch(string(text), -1) {
			if !slices.Contains(allowed, m[1]) {
				t.Errorf("%s: the colour %s says nothing", d.file, m[1])
			}
		}
		if !json.Valid(text) {
			t.Errorf("%s is no JSON", d.file)
		}
		if strings.Contains(string(text), "inControlsMenu") {
			t.Errorf("%s: links and annotations are hidden in a menu", d.file)
		}
	}
}
