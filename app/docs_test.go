package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/kpi"
	"helpdesk_exporter/poll"
	"helpdesk_exporter/sources"
)

// The part of docs/metrics.md that the code writes stands between these lines.
const (
	metricsFile = "../docs/metrics.md"
	tablesBegin = "<!-- The tables are made from the code: UPDATE_DOCS=1 go test ./app -->\n"
	tablesEnd   = "<!-- The end of the tables. -->\n"
)

// stability lists the families that are stable or deprecated; all others, and so
// all new ones, are experimental.
var stability = map[string]string{}

func TestTheMetricsPageListsWhatTheCodeServes(t *testing.T) {
	holdPage(t, metricsFile, tablesBegin, tables(families(t)), tablesEnd)
}

// holdPage expects what is made between two lines of a page. UPDATE_DOCS=1
// writes it there.
func holdPage(t *testing.T, file, begin, made, end string) {
	t.Helper()
	page, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, begun := strings.Cut(string(page), begin)
	_, after, ended := strings.Cut(rest, end)
	if !begun || !ended {
		t.Fatalf("%s: the lines that begin and end what is made from the code are missing", file)
	}
	want := before + begin + made + end + after
	if want == string(page) {
		return
	}
	if os.Getenv("UPDATE_DOCS") == "" {
		t.Errorf("%s is not what the code says; write it anew with UPDATE_DOCS=1 go test ./app\n%s",
			file, firstDifference(string(page), want))
		return
	}
	if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestDocumentsNameOnlyMetricsThatExist(t *testing.T) {
	known := families(t)
	for _, name := range documents(t) {
		for i, line := range readLines(t, name) {
			for _, fault := range faultsOfNames(line, known) {
				t.Errorf("%s:%d: %s", name, i+1, fault)
			}
		}
	}
}

func TestNamesThatNoMetricHasAreFound(t *testing.T) {
	known := []family{
		{name: "helpdesk_tickets_open", kind: "gauge", labels: []string{"desk", "status"}},
		{name: "helpdesk_reply_seconds", kind: "histogram", labels: []string{"desk"}},
	}
	for line, want := range map[string]int{
		"helpdesk_exporter serves `helpdesk_tickets_open`":             0,
		"helpdesk_tickets_opened":                                      1,
		"helpdesk_reply_seconds_bucket{le=\"3600\"}":                   0,
		"helpdesk_tickets_open_bucket":                                 1,
		"all of helpdesk_tickets_* and helpdesk_calls_*":               1,
		`helpdesk_tickets_open{status="new", job="x"}`:                 0,
		`sum(helpdesk_tickets_open{team="a"}) + helpdesk_nothing{a=1}`: 2,
	} {
		if got := faultsOfNames(line, known); len(got) != want {
			t.Errorf("%s: %d faults, want %d: %v", line, len(got), want, got)
		}
	}
}

func TestLinksOfDocumentsLeadSomewhere(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)\s]+)\)`)
	for _, name := range append(documents(t), "../CONTRIBUTING.md", "../CHANGELOG.md") {
		for i, line := range readLines(t, name) {
			for _, l := range link.FindAllStringSubmatch(line, -1) {
				if fault := faultOfLink(t, name, l[1]); fault != "" {
					t.Errorf("%s:%d: %s: %s", name, i+1, l[1], fault)
				}
			}
		}
	}
}

// family is one metric family as the page shows it.
type family struct {
	name, kind, help string
	labels           []string
	pooled           []string // those of the labels that are dimensions
	theme            string
}

// far is a source that is read over a network and has much to catch up with.
type far struct{}

func (far) Fetch(context.Context, desk.Cursor, time.Time) (desk.Page, error) {
	return desk.Page{More: true, Reached: time.Unix(1, 0)}, nil
}

func (far) Capabilities() []sources.Capability { return []sources.Capability{{Name: "calls"}} }

// once is a book that keeps one page and no more.
type once struct{ full bool }

func (*once) Cursor(string) desk.Cursor { return nil }

func (o *once) Commit(string, desk.Page, time.Time) error {
	if o.full {
		return errors.New("enough")
	}
	o.full = true
	return nil
}

func (*once) OpenTickets(string) (int, bool) { return 0, false }

// afar lets the families show that only sources over a network have, which the
// example has not.
func afar(t *testing.T, a *App) {
	logger := slog.New(slog.DiscardHandler)
	r := poll.Runner{
		Name: "far", Desk: "demo", Source: far{}, Book: &once{}, Rejects: &poll.Rejects{Logger: logger}, Metrics: a.polls, Logger: logger,
	}
	if err := r.Poll(t.Context()); err == nil {
		t.Fatal("the source came to an end")
	}
	traffic := a.polls.Traffic(r.Desk, r.Name)
	traffic.Requested("200")
	traffic.Remaining(1)
}

// served is what families found; to read the example takes a while.
var served struct {
	sync.Mutex
	families []family
}

// families lists what the exporter serves, in the order of the page.
func families(t *testing.T) []family {
	t.Helper()
	served.Lock()
	defer served.Unlock()
	if served.families == nil {
		served.families = familiesOfExample(t)
	}
	return served.families
}

func familiesOfExample(t *testing.T) []family {
	t.Helper()
	a, err := New(Options{
		ConfigFile: "../config.example.yml", TelemetryPath: "/metrics", Logger: slog.New(slog.DiscardHandler),
	}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.journal.Close(); err != nil {
			t.Error(err)
		}
	})
	// A family without a series tells nobody its type.
	for _, r := range a.readers {
		if err := r.Poll(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	a.gate.book.Lag("demo", "tickets", time.Second)
	afar(t, a)

	all := ofCatalogue(a.gate.book.Catalogue)
	described := ofRegistry(t, a.generation.registry)
	for i, f := range all {
		d, ok := described[f.name]
		if !ok {
			t.Fatalf("%s is in the catalogue and not in the registry", f.name)
		}
		all[i].help, all[i].labels = d.help, d.labels
		delete(described, f.name)
	}
	var own []family
	for _, f := range described {
		own = append(own, f)
	}
	slices.SortFunc(own, func(x, y family) int { return strings.Compare(x.name, y.name) })
	return append(all, own...)
}

// ofCatalogue returns the figures, with those of one measure side by side.
func ofCatalogue(c *kpi.Catalogue) []family {
	var all []family
	for i := range c.Measures {
		m := &c.Measures[i]
		add := func(name, kind string) {
			if slices.ContainsFunc(all, func(f family) bool { return f.name == name }) {
				return // several views make it
			}
			f := family{name: name, kind: kind, theme: themeOf(m.ID)}
			for _, d := range m.Dims {
				f.pooled = append(f.pooled, strings.ReplaceAll(d, ".", "_"))
			}
			all = append(all, f)
		}
		switch {
		case m.Total == nil:
		case m.Total.Buckets == nil:
			add(m.Total.Name, "counter")
		default:
			add(m.Total.Name, "histogram")
		}
		for _, v := range c.Views {
			if v.Of[0] == m.ID {
				add(v.Name, "gauge")
			}
		}
		for _, v := range c.Spreads {
			if v.Of == m.ID {
				add(v.Name, "gauge")
			}
		}
		for _, v := range c.Stocks {
			if v.Of[0] == m.ID {
				add(v.Name, "gauge")
			}
		}
	}
	return all
}

// The themes of the page; the first measure of each.
var themes = []struct {
	from kpi.ID
	name string
}{
	{kpi.TicketsOpened, "Tickets coming and going"},
	{kpi.FirstResponse, "Answers"},
	{kpi.FirstResolution, "Solutions"},
	{kpi.TicketAges, "Backlog"},
	{kpi.Calls, "Calls and chats"},
	{kpi.ServiceLevelMet, "Service levels"},
	{kpi.SurveyResponses, "Surveys"},
	{kpi.ExcludedTickets, "What figures leave out"},
	{kpi.Contacts, "Contacts and workload"},
	{kpi.FirstContactResolution, "First contact"},
	{kpi.Complaints, "Complaints and acknowledgements"},
	{kpi.CallsBlocked, "Blocked calls"},
	{kpi.AgentsAvailable, "Staffing"},
	{kpi.SLAOutcomes, "Promises (SLA)"},
}

const (
	themeSources = "Sources"
	themeOwn     = "The exporter itself"
)

func themeOf(id kpi.ID) string {
	of := ""
	for _, theme := range themes {
		if id >= theme.from {
			of = theme.name
		}
	}
	return of
}

var describedAs = regexp.MustCompile(
	`^Desc\{fqName: ("(?:[^"\\]|\\.)*"), help: ("(?:[^"\\]|\\.)*"), .*constLabels: \{(.*)\}, variableLabels: \{(.*)\}\}$`)

// ofRegistry returns all that the registry was told of under our prefix, by
// name.
func ofRegistry(t *testing.T, reg *prometheus.Registry) map[string]family {
	t.Helper()
	kinds := map[string]string{}
	gathered, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range gathered {
		kinds[g.GetName()] = strings.ToLower(g.GetType().String())
	}
	descs := make(chan *prometheus.Desc)
	go func() {
		reg.Describe(descs)
		close(descs)
	}()
	all := map[string]family{}
	for d := range descs {
		f := describedFamily(t, d.String())
		if !strings.HasPrefix(f.name, "helpdesk_") {
			continue
		}
		switch {
		case kinds[f.name] != "":
			f.kind = kinds[f.name]
		case strings.HasSuffix(f.name, "_total"):
			f.kind = "counter"
		}
		all[f.name] = f
	}
	return all
}

func describedFamily(t *testing.T, text string) family {
	t.Helper()
	parts := describedAs.FindStringSubmatch(text)
	if parts == nil {
		t.Fatalf("the library describes a metric in a form that this test does not know: %s", text)
	}
	var f family
	var err error
	if f.name, err = strconv.Unquote(parts[1]); err != nil {
		t.Fatal(err)
	}
	if f.help, err = strconv.Unquote(parts[2]); err != nil {
		t.Fatal(err)
	}
	for _, l := range regexp.MustCompile(`(\w+)="`).FindAllStringSubmatch(parts[3], -1) {
		f.labels = append(f.labels, l[1])
	}
	if parts[4] != "" {
		f.labels = append(f.labels, strings.Split(parts[4], ",")...)
	}
	switch {
	case f.name == kpi.ServiceLevelObjective:
		f.theme = themeOf(kpi.ServiceLevelMet)
	case strings.HasPrefix(f.name, "helpdesk_sla_"):
		f.theme = themeOf(kpi.SLAOutcomes)
	case f.name == "helpdesk_business_clock_info", strings.HasPrefix(f.name, "helpdesk_source_"):
		f.theme = themeSources
	default:
		f.theme = themeOwn
	}
	return f
}

// tables renders one table a theme.
func tables(all []family) string {
	var names []string
	for _, theme := range themes {
		names = append(names, theme.name)
	}
	var b strings.Builder
	for _, theme := range append(names, themeSources, themeOwn) {
		fmt.Fprintf(&b, "\n## %s\n\n| metric | type | labels | what it says | stability |\n|---|---|---|---|---|\n", theme)
		for _, f := range all {
			if f.theme == theme {
				fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", f.name, f.kind, f.labelText(), f.help, f.stability())
			}
		}
	}
	return b.String() + "\n"
}

// labelText lists the labels, dimensions in italics.
func (f family) labelText() string {
	var words []string
	for _, l := range f.labels {
		if slices.Contains(f.pooled, l) {
			l = "*" + l + "*"
		}
		words = append(words, l)
	}
	if len(words) == 0 {
		return "none"
	}
	return strings.Join(words, ", ")
}

func (f family) stability() string {
	if s := stability[f.name]; s != "" {
		return s
	}
	return "experimental"
}

// faultsOfNames tells what a line says of metrics that is not so.
func faultsOfNames(line string, known []family) []string {
	var faults []string
	names := regexp.MustCompile(`(helpdesk_[a-z0-9_]+)(\*?)(?:\{([^}]*)\})?`)
	for _, m := range names.FindAllStringSubmatch(line, -1) {
		name, wild, selector := m[1], m[2] != "", m[3]
		f, ok := find(known, name, wild)
		switch {
		case name == "helpdesk_exporter":
		case !ok:
			faults = append(faults, name+m[2]+" is not served")
		case !wild:
			for _, l := range regexp.MustCompile(`(\w+)\s*(?:=~|!~|!=|=)`).FindAllStringSubmatch(selector, -1) {
				if !slices.Contains(append(f.labels, "le", "job", "instance"), l[1]) {
					faults = append(faults, name+" has no label "+l[1])
				}
			}
		}
	}
	return faults
}

// find returns the family that a name means, for a wild one any that it begins.
func find(known []family, name string, wild bool) (family, bool) {
	for _, f := range known {
		if f.name == name || wild && strings.HasPrefix(f.name, name) {
			return f, true
		}
		for _, suffix := range []string{"_bucket", "_sum", "_count"} {
			if f.kind == "histogram" && f.name+suffix == name {
				return f, true
			}
		}
	}
	return family{}, false
}

// faultOfLink tells why a link of a document leads nowhere; empty: it leads
// somewhere, or out of the repository.
func faultOfLink(t *testing.T, document, link string) string {
	t.Helper()
	if strings.Contains(link, "://") {
		return ""
	}
	target, anchor, _ := strings.Cut(link, "#")
	file := filepath.Join(filepath.Dir(document), target)
	if target == "" {
		file = document
	}
	if _, err := os.Stat(file); err != nil {
		return "no such file"
	}
	if anchor != "" && !slices.Contains(anchors(readLines(t, file)), anchor) {
		return "no such heading"
	}
	return ""
}

// anchors returns the names that the headings of a document can be linked by.
func anchors(lines []string) []string {
	var all []string
	for _, line := range lines {
		if !strings.HasPrefix(line, "#") {
			continue
		}
		heading := strings.ToLower(strings.TrimSpace(strings.TrimLeft(line, "#")))
		heading = regexp.MustCompile(`[^\p{L}\p{N} _-]`).ReplaceAllString(heading, "")
		all = append(all, strings.ReplaceAll(heading, " ", "-"))
	}
	return all
}

// documents lists the pages that speak of metrics.
func documents(t *testing.T) []string {
	t.Helper()
	pages, err := filepath.Glob("../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	return append(pages, "../README.md")
}

func readLines(t *testing.T, name string) []string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(string(text), "\n")
}

func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return fmt.Sprintf("line %d\n  is        %s\n  should be %s", i+1, g[i], w[i])
		}
	}
	return fmt.Sprintf("it has %d lines and should have %d", len(g), len(w))
}
