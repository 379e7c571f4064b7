package main_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A room is a folder of the house. It may import rooms on lower floors and its
// own subfolders, nothing beside or above it. Imports of test files are free.
type room struct {
	folder string // a pattern of path.Match: sources/* is one room an adapter
	floor  int
	only   []string // where set: of the lower rooms these alone
}

// house lists the rooms from the ground up. The first pattern that matches a
// package's folder, or the folder of one of its parents, is its room.
var house = []room{
	{folder: "desk", floor: 0},
	{folder: "tally", floor: 0},
	{folder: "docs", floor: 0}, // the manual, as files
	{folder: "kpi", floor: 1, only: []string{"desk", "tally"}},
	{folder: "internal/api", floor: 2, only: []string{"desk", "sources"}}, // for adapters
	{folder: "internal/*", floor: 2},

	// Adapters translate, they decide nothing: neither the contract nor an
	// adapter knows what a KPI is.
	{folder: "sources/builtin", floor: 5},
	{folder: "sources/*/*test", floor: 4, only: []string{"desk", "sources/*"}}, // fakes of desks, played by sourcestest's worlds
	{folder: "sources/*", floor: 3, only: []string{"desk", "internal/api", "sources"}},
	{folder: "sources", floor: 1, only: []string{"desk"}},

	{folder: "journal", floor: 3, only: []string{"desk", "kpi", "tally", "internal/*"}},
	{folder: "book", floor: 4},
	{folder: "poll", floor: 5, only: []string{"book", "desk", "sources", "internal/*"}},
	{folder: "collector", floor: 6, only: []string{"book", "desk", "kpi", "tally"}},
	{folder: "config", floor: 6, only: []string{"desk", "kpi", "sources", "sources/builtin"}},
	{folder: "web", floor: 6, only: []string{"docs"}},
	{folder: "app", floor: 7},
	{folder: ".", floor: 8, only: []string{"app"}},

	// Beside the house: programs that nothing imports.
	{folder: "e2e", floor: 9},
	{folder: "examples/*", floor: 9, only: []string{}},
	{folder: "prometheus", floor: 9, only: []string{}},
	{folder: "scripts/*", floor: 9},
}

// guests lists the modules from outside and the rooms that may import them. A
// package of a module may have a line of its own; the longest match counts.
var guests = map[string][]string{
	"github.com/alecthomas/kingpin/v2":       {"."},
	"github.com/cenkalti/backoff/v5":         {"internal/api"},    // pauses between attempts: jitter, and what a desk asks for
	"github.com/fsnotify/fsnotify":           {"sources/*"},       // drops are noticed when they come
	"github.com/google/btree":                {"journal", "book"}, // the order that bbolt keeps, for the store in memory; that of due times
	"github.com/prometheus/client_golang":    {"app", "book", "collector", "poll"},
	"github.com/prometheus/client_model":     {"app", "collector", "web"},
	"github.com/prometheus/common":           {".", "app", "config", "internal/api"},
	"github.com/prometheus/common/model":     {".", "app", "collector", "config", "internal/api", "kpi", "sources", "sources/*"}, // durations as text
	"github.com/prometheus/exporter-toolkit": {".", "app"},
	"github.com/yuin/goldmark":               {"web"}, // the manual as pages
	"go.etcd.io/bbolt":                       {"journal"},
	"golang.org/x/oauth2":                    {"internal/api"}, // tokens that end with the request, and errors without what they quote
	"golang.org/x/sync":                      {"book"},
	"golang.org/x/text":                      {"sources/*"},
	"golang.org/x/time":                      {"internal/api"},
	"google.golang.org/protobuf":             {"collector"},
	"gopkg.in/yaml.v3":                       {"config", "sources", "sources/*"},
	"github.com/google/go-cmp":               {"sources/*"}, // the conformance test of adapters is a package
	"pgregory.net/rapid":                     {"sources/*"},
}

// unwelcome names what no room imports, and what it takes instead.
var unwelcome = map[string]string{
	"flag":      "kingpin, in main.go",
	"log":       "log/slog, passed in",
	"math/rand": "math/rand/v2",
}

const module = "helpdesk_exporter"

// listed is what go list tells of one package.
type listed struct {
	ImportPath string
	Imports    []string
}

func TestImportsGoDownOnly(t *testing.T) {
	openFolders(t)
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports", "./...")
	out, err := cmd.Output()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		t.Fatalf("go list: %v\n%s", err, exit.Stderr)
	} else if err != nil {
		t.Fatal(err)
	}
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
		for _, fault := range faults(p) {
			t.Error(fault)
		}
	}
}

// openFolders opens every folder of the module: go test reuses a result for as
// long as what the test itself opened stays the same, and does not see what go
// list reads.
func openFolders(t *testing.T) {
	err := filepath.WalkDir(".", func(name string, entry fs.DirEntry, err error) error {
		if err == nil && entry.IsDir() && name != "." && strings.HasPrefix(entry.Name(), ".") {
			return fs.SkipDir
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestFloorsCatchWhatClimbs(t *testing.T) {
	for _, tt := range []struct {
		importer, imported string
		allowed            bool
	}{
		{"desk", "fmt", true},
		{"desk", "helpdesk_exporter/kpi", false},
		{"desk", "helpdesk_exporter/tally", false},
		{"desk", "github.com/prometheus/common/model", false},
		{"kpi", "helpdesk_exporter/desk", true},
		{"kpi", "helpdesk_exporter/tally", true},
		{"tally", "helpdesk_exporter/desk", false},
		{"kpi", "helpdesk_exporter/sources", false},
		{"sources/csv", "helpdesk_exporter/sources", true},
		{"sources/csv", "helpdesk_exporter/sources/csv/decode", true},
		{"sources/csv/decode", "helpdesk_exporter/sources/csv", true},
		{"sources/csv", "helpdesk_exporter/sources/zendesk", false},
		{"sources/csv", "helpdesk_exporter/kpi", false},
		{"sources/csv", "gopkg.in/yaml.v3", true},
		{"sources/builtin", "helpdesk_exporter/sources/csv", true},
		{"sources", "helpdesk_exporter/sources/csv", false},
		{"kpi", "gopkg.in/yaml.v3", false},
		{"kpi", "github.com/prometheus/common/model", true},
		{"kpi", "github.com/prometheus/common/promslog", false},
		{"journal", "go.etcd.io/bbolt", true},
		{"book", "go.etcd.io/bbolt", false},
		{"book", "helpdesk_exporter/journal", true},
		{"collector", "helpdesk_exporter/poll", false},
		{"collector", "helpdesk_exporter/journal", false},
		{"config", "helpdesk_exporter/sources/builtin", true},
		{"config", "helpdesk_exporter/collector", false},
		{"app", "github.com/alecthomas/kingpin/v2", false},
		{".", "github.com/alecthomas/kingpin/v2", true},
		{".", "helpdesk_exporter/app", true},
		{"app", "log", false},
		{"app", "log/slog", true},
		{"app", "example.com/unheard/of", false},
		{"web", "helpdesk_exporter/docs", true},
		{"web", "helpdesk_exporter/book", false},
		{"web", "helpdesk_exporter/config", false},
		{"book", "github.com/yuin/goldmark", false},
		{"attic", "fmt", false},
	} {
		got := faults(listed{ImportPath: path.Join(module, tt.importer), Imports: []string{tt.imported}})
		if allowed := len(got) == 0; allowed != tt.allowed {
			t.Errorf("%s imports %s: allowed %t, want %t: %v", tt.importer, tt.imported, allowed, tt.allowed, got)
		}
	}
}

// faults says what is wrong with where a package stands and what it imports.
func faults(p listed) []string {
	folder, _ := inHouse(p.ImportPath)
	from, ok := roomOf(folder)
	if !ok {
		return []string{fmt.Sprintf("package %s has no floor: give it a room in floors_test.go", folder)}
	}
	var all []string
	for _, imported := range p.Imports {
		if why := fault(folder, from, imported); why != "" {
			all = append(all, fmt.Sprintf("%s imports %s: %s", folder, imported, why))
		}
	}
	return all
}

// fault says why a package of a room may not import another package; empty: it
// may.
func fault(folder string, from room, imported string) string {
	if instead, ok := unwelcome[imported]; ok {
		return "no room does, take " + instead
	}
	target, ours := inHouse(imported)
	if !ours {
		return guestFault(from, imported)
	}
	to, ok := roomOf(target)
	switch {
	case !ok:
		return "it has no floor"
	case to.folder == from.folder && sameRoom(from.folder, folder, target):
		return ""
	case to.floor >= from.floor:
		return fmt.Sprintf("floor %d may not import floor %d, imports go down only", from.floor, to.floor)
	case from.only != nil && !slices.Contains(from.only, to.folder):
		return fmt.Sprintf("of the floors below, %s may import only %q", from.folder, from.only)
	default:
		return ""
	}
}

// guestFault says why a room may not import a package from outside.
func guestFault(from room, imported string) string {
	if first, _, _ := strings.Cut(imported, "/"); !strings.Contains(first, ".") {
		return "" // the standard library
	}
	for guest := imported; guest != "."; guest = path.Dir(guest) {
		rooms, ok := guests[guest]
		switch {
		case !ok:
			continue
		case !slices.Contains(rooms, from.folder):
			return fmt.Sprintf("only %q may", rooms)
		default:
			return ""
		}
	}
	return "its module is not among the guests in floors_test.go"
}

// inHouse returns the folder of a package of this module, . for its root.
func inHouse(importPath string) (folder string, ok bool) {
	if importPath == module {
		return ".", true
	}
	return strings.CutPrefix(importPath, module+"/")
}

// roomOf returns the room that a folder lies in.
func roomOf(folder string) (room, bool) {
	for _, r := range house {
		if _, ok := within(r.folder, folder); ok {
			return r, true
		}
	}
	return room{}, false
}

// sameRoom reports whether two folders of one pattern lie in one room: two
// adapters do not.
func sameRoom(pattern, a, b string) bool {
	x, _ := within(pattern, a)
	y, _ := within(pattern, b)
	return x == y
}

// within returns the folder's first elements that the pattern matches.
func within(pattern, folder string) (string, bool) {
	elements := strings.Split(folder, "/")
	n := strings.Count(pattern, "/") + 1
	if n > len(elements) {
		return "", false
	}
	top := path.Join(elements[:n]...)
	ok, err := path.Match(pattern, top)
	return top, ok && err == nil
}
