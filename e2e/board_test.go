package e2e

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// board is what this test needs of a Grafana dashboard.
type board struct {
	file        string
	Title       string
	Time        struct{ From, To string }
	Templating  struct{ List []variable }
	Annotations struct{ List []annotation }
	Panels      []panel

	// What stands for the variables where all is chosen, and where one thing is.
	everything, one values
	chosen          map[string]string // the one thing
}

type variable struct {
	Name       string
	Type       string
	Query      json.RawMessage // a text, or an object with one
	Regex      string
	Multi      bool
	IncludeAll bool
	AllValue   string
	Current    struct{ Value json.RawMessage }
}

type annotation struct {
	Name    string
	BuiltIn int
	Expr    string
	Step    string
}

type panel struct {
	Title       string
	Type        string
	Interval    string
	Targets     []target
	Panels      []panel // of a folded row
	FieldConfig struct{ Defaults struct{ NoValue string } }
}

type target struct {
	RefID    string
	Expr     string
	Interval string
	Instant  bool
	Range    bool
}

// readBoards reads dashboards.
func readBoards(t *testing.T, pattern string) []board {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Fatalf("no dashboard is called %s", pattern)
	}
	var boards []board
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		b := board{file: filepath.Base(file)}
		if err := json.Unmarshal(text, &b); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		boards = append(boards, b)
	}
	return boards
}

// all returns the panels with those of folded rows.
func (b *board) all() []panel {
	var all []panel
	for _, p := range b.Panels {
		all = append(append(all, p), p.Panels...)
	}
	return all
}

// What Grafana takes where nobody says otherwise: how often a data source is
// scraped, and how many points a panel shows.
const (
	grafanaScrape = 15 * time.Second
	panelPoints   = 1000
)

// span returns how long the time is that the board opens with.
func (b *board) span() (time.Duration, error) {
	ago, ok := strings.CutPrefix(b.Time.From, "now-")
	if !ok || b.Time.To != "now" {
		return 0, fmt.Errorf("the board opens from %q to %q, want now-... to now", b.Time.From, b.Time.To)
	}
	return lengthOf(ago)
}

// lengthOf reads a duration as Grafana writes it.
func lengthOf(text string) (time.Duration, error) {
	if days, ok := strings.CutSuffix(text, "d"); ok {
		n, err := strconv.Atoi(days)
		return time.Duration(n) * 24 * time.Hour, err
	}
	return time.ParseDuration(text)
}

// values are what stands for the variables of a board: how each is written in
// an expression.
type values map[string]string

var reference = regexp.MustCompile(`\$(\w+)|\$\{(\w+)(?::\w+)?\}|\[\[(\w+)\]\]`)

// variablesIn lists the variables that an expression names.
func variablesIn(expr string) []string {
	var names []string
	for _, found := range reference.FindAllStringSubmatch(expr, -1) {
		names = append(names, strings.Join(found[1:], ""))
	}
	return names
}

// in replaces the variables in an expression, and says which it does not know.
func (v values) in(expr string) (string, error) {
	var unknown []string
	expr = reference.ReplaceAllStringFunc(expr, func(text string) string {
		name := strings.Join(reference.FindStringSubmatch(text)[1:], "")
		value, ok := v[name]
		if !ok {
			unknown = append(unknown, text)
		}
		return value
	})
	if len(unknown) > 0 {
		return "", fmt.Errorf("nobody defines %s", strings.Join(unknown, ", "))
	}
	return expr, nil
}

// written returns what a panel asks, with these values for the variables of the
// board and those that Grafana itself has.
func (b *board) written(chosen values, p *panel, q *target) (string, error) {
	own, err := b.own(p, q)
	if err != nil {
		return "", err
	}
	maps.Copy(own, chosen)
	return own.in(q.Expr)
}

// own returns the variables that Grafana itself has for a query.
func (b *board) own(p *panel, q *target) (values, error) {
	span, err := b.span()
	if err != nil {
		return nil, err
	}
	scrape, step := grafanaScrape, span/panelPoints
	if q.Interval != "" { // it takes the place of the data source's
		if scrape, err = lengthOf(q.Interval); err != nil {
			return nil, err
		}
	}
	if p.Interval != "" {
		if step, err = lengthOf(p.Interval); err != nil {
			return nil, err
		}
	}
	step = max(step, scrape)
	return values{
		"__interval":      inSeconds(step) + "s",
		"__interval_ms":   inSeconds(1000 * step),
		"__rate_interval": inSeconds(max(step+scrape, 4*scrape)) + "s",
		"__range":         inSeconds(span) + "s",
		"__range_s":       inSeconds(span),
		"__range_ms":      inSeconds(1000 * span),
	}, nil
}

func inSeconds(d time.Duration) string { return strconv.FormatFloat(d.Seconds(), 'f', 0, 64) }

// choose asks Prometheus for the options of the variables and chooses: once
// everything, where that can be done, and once one thing of each. What can be
// chosen of one depends on what was chosen of those before it.
func (b *board) choose(p *prometheus) error {
	b.everything, b.one, b.chosen = values{}, values{}, map[string]string{}
	for _, v := range b.Templating.List {
		switch v.Type {
		case "datasource": // expressions do not name it
			continue
		case "query":
		default:
			return fmt.Errorf("variable %s: its type %q is unknown here", v.Name, v.Type)
		}
		all, err := v.options(p, b.everything)
		if err != nil {
			return fmt.Errorf("variable %s: %w", v.Name, err)
		}
		some, err := v.options(p, b.one)
		if err != nil {
			return fmt.Errorf("variable %s, of %v: %w", v.Name, b.chosen, err)
		}
		first, err := v.first(some)
		if err != nil {
			return fmt.Errorf("variable %s, of %v: %w", v.Name, b.chosen, err)
		}
		b.chosen[v.Name], b.one[v.Name] = first, v.pattern(first)
		b.everything[v.Name] = b.one[v.Name]
		if v.IncludeAll {
			b.everything[v.Name] = v.every(all)
		}
	}
	return nil
}

func TestQueriesAreWrittenAsGrafanaDoes(t *testing.T) {
	t.Parallel()
	chosen := values{
		"desk": ".+", "window": "1d",
		"team": (&variable{IncludeAll: true}).every([]string{"a.b", "c"}),
		"who":  (&variable{Multi: true}).pattern(`R&D (EU)`),
	}
	for _, c := range []struct{ board, panel, target, expr, want string }{
		{"now-1h", "", "", `m{desk=~"$desk", w="${window}", v="[[window]]"}`, `m{desk=~".+", w="1d", v="1d"}`},
		{"now-1h", "", "", `m{team=~"${team:regex}", who=~"$who"}`, `m{team=~"(a\\.b|c)", who=~"R&D \\(EU\\)"}`},
		// Panels show 1000 points, and no more than there are scrapes, one every 15s.
		{"now-1h", "", "", "[$__interval] [$__rate_interval] [$__range] $__interval_ms", "[15s] [60s] [3600s] 15000"},
		{"now-7d", "", "", "[$__interval] [$__rate_interval] [$__range]", "[605s] [620s] [604800s]"},
		{"now-1h", "5m", "", "[$__interval] [$__rate_interval]", "[300s] [315s]"},
		{"now-1h", "", "1m", "[$__interval] [$__rate_interval]", "[60s] [240s]"},
	} {
		b := board{}
		b.Time.From, b.Time.To = c.board, "now"
		got, err := b.written(chosen, &panel{Interval: c.panel}, &target{Interval: c.target, Expr: c.expr})
		if err != nil || got != c.want {
			t.Errorf("%s: %s, %v, want %s", c.expr, got, err, c.want)
		}
	}
	if _, err := chosen.in("m{queue=$queue}"); err == nil {
		t.Error("a variable that nobody defines was replaced")
	}
}
