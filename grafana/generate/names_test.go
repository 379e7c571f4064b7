package main

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

// family is a metric of docs/metrics.md.
type family struct {
	kind   string
	labels []string
}

// targetLabels are those that Prometheus gives to what it scrapes.
var targetLabels = []string{"job", "instance"}

// foreign are metrics that others make: Prometheus and the client library.
var foreign = map[string]family{
	"up":                            {"gauge", targetLabels},
	"scrape_duration_seconds":       {"gauge", targetLabels},
	"scrape_samples_scraped":        {"gauge", targetLabels},
	"ALERTS":                        {"gauge", append([]string{"alertname", "alertstate", "severity", "desk", "team", "source"}, targetLabels...)},
	"process_resident_memory_bytes": {"gauge", targetLabels},
	"process_cpu_seconds_total":     {"counter", targetLabels},
	"process_start_time_seconds":    {"gauge", targetLabels},
	"process_open_fds":              {"gauge", targetLabels},
	"go_goroutines":                 {"gauge", targetLabels},
	"go_memstats_heap_inuse_bytes":  {"gauge", targetLabels},
}

// apart are labels whose values overlap, or are in different units: what they
// tell apart is never added up.
var apart = []string{
	"by", "window", "q", "within", "currency", "method", "model", "goal", "risk_rule", "weights_version", "kpi", "benchmark",
}

func families(t *testing.T) map[string]family {
	t.Helper()
	text, err := os.ReadFile("../../docs/metrics.md")
	if err != nil {
		t.Fatal(err)
	}
	known := maps.Clone(foreign)
	row := regexp.MustCompile("(?m)^\\| `(\\w+)` \\| (\\w+) \\| ([^|]*) \\|")
	for _, m := range row.FindAllStringSubmatch(string(text), -1) {
		f := family{kind: m[2], labels: slices.Clone(targetLabels)}
		for _, label := range strings.Split(m[3], ",") {
			f.labels = append(f.labels, strings.Trim(label, " *"))
		}
		known[m[1]] = f
		if f.kind == "histogram" {
			for _, part := range []string{"_bucket", "_sum", "_count"} {
				known[m[1]+part] = family{"counter", append(slices.Clone(f.labels), "le")}
			}
		}
	}
	if len(known) < 100 {
		t.Fatalf("docs/metrics.md has only %d families", len(known))
	}
	return known
}

func TestBoardsNameMetricsAndLabelsThatExist(t *testing.T) {
	known := families(t)
	for _, d := range documents(t) {
		for where, expr := range expressions(d) {
			for _, fault := range faultsOf(expr, known) {
				t.Errorf("%s: %s: %s\n%s", d.file, where, fault, expr)
			}
		}
	}
}

// expressions returns the queries of a board, by where they stand. That of a
// variable asks which series there are.
func expressions(d document) map[string]string {
	all := map[string]string{}
	for _, v := range d.Templating.List {
		inside := regexp.MustCompile(`^label_values\((.*), \w+\)$`).FindStringSubmatch(v.Definition)
		if inside != nil {
			all["variable "+v.Name] = "group(" + inside[1] + ")"
		} else if v.Type == "query" {
			all["variable "+v.Name] = v.Definition
		}
	}
	for _, a := range d.Annotations.List {
		all["annotation "+a.Name] = a.Expr
	}
	for _, p := range d.panels() {
		for _, target := range p.Targets {
			all[fmt.Sprintf("%q %s", p.Title, target.RefID)] = target.Expr
		}
	}
	return all
}

func TestFaultsInQueriesAreFound(t *testing.T) {
	known := map[string]family{
		"helpdesk_open":             {"gauge", []string{"job", "instance", "desk", "team"}},
		"helpdesk_opened_total":     {"counter", []string{"job", "instance", "desk", "team"}},
		"helpdesk_csat":             {"gauge", []string{"job", "instance", "desk", "team", "by", "window"}},
		"helpdesk_reply":            {"histogram", []string{"job", "instance", "desk"}},
		"helpdesk_reply_bucket":     {"counter", []string{"job", "instance", "desk", "le"}},
		"helpdesk_reply_quantile_s": {"gauge", []string{"job", "instance", "desk", "q", "by", "window"}},
		"helpdesk_spend":            {"gauge", []string{"job", "instance", "desk", "currency"}},
	}
	in := func(metric, more string) string { return metric + `{job=~"$job", instance=~"$instance"` + more + `}` }
	for expr, want := range map[string]string{
		in("helpdesk_open", ""):                                                                                  "",
		in("helpdesk_opne", ""):                                                                                  "no metric helpdesk_opne",
		in("helpdesk_open", `, queue="a"`):                                                                       "has no label queue",
		`helpdesk_open`:                                                                                          "job",
		`helpdesk_open{job="helpdesk", instance=~"$instance"}`:                                                   "job",
		"sum by (queue) (" + in("helpdesk_open", "") + ")":                                                       "has no label queue",
		"sum by (team) (sum by (desk) (" + in("helpdesk_open", "") + "))":                                        "has no label team",
		"sum(rate(" + in("helpdesk_opened_total", "") + "[$__rate_interval]))":                                   "",
		"sum(rate(" + in("helpdesk_opened_total", "") + "[5m]))":                                                 "$__rate_interval",
		"sum(increase(" + in("helpdesk_opened_total", "") + "[1d]))":                                             "",
		"sum(" + in("helpdesk_opened_total", "") + ")":                                                           "counter",
		in("helpdesk_csat", `, by="all", window="$window"`):                                                      "",
		in("helpdesk_csat", `, window="$window"`):                                                                "by",
		in("helpdesk_csat", `, by=~"all|team", window="$window"`):                                                "by",
		"max by (q) (" + in("helpdesk_reply_quantile_s", `, by="all", window="$window"`) + ")":                   "",
		"max(" + in("helpdesk_reply_quantile_s", `, by="all", window="$window"`) + ")":                           "q",
		"histogram_quantile(0.9, sum by (le) (rate(" + in("helpdesk_reply_bucket", "") + "[$__rate_interval])))": "",
		"histogram_quantile(0.9, sum(rate(" + in("helpdesk_reply_bucket", "") + "[$__rate_interval])))":          "le",
		"sum(" + in("helpdesk_open", "") + ") / on (queue) sum(" + in("helpdesk_open", "") + ")":                 "queue",
		"sum by (currency) (" + in("helpdesk_spend", "") + ")":                                                   "",
		"sum(" + in("helpdesk_spend", "") + ")":                                                                  "adds up over currency",
		"sum(":                                                                                                   "parse",
	} {
		faults := strings.Join(faultsOf(expr, known), "; ")
		if (want == "") != (faults == "") || !strings.Contains(faults, want) {
			t.Errorf("%s\nfaults %q, want %q", expr, faults, want)
		}
	}
}

// faultsOf returns what is wrong with a query.
func faultsOf(expr string, known map[string]family) []string {
	for name, value := range map[string]string{
		"$__rate_interval": "4m4s", // of which the rest knows that it stood for this
		"$__interval":      "1m",
		"$__range":         "1h",
	} {
		expr = strings.ReplaceAll(expr, name, value)
	}
	tree, err := parser.NewParser(parser.Options{}).ParseExpr(expr)
	if err != nil {
		return []string{"parse: " + err.Error()}
	}
	c := &checker{known: known}
	c.labelsOf(tree)
	parser.Inspect(tree, func(n parser.Node, path []parser.Node) error {
		if s, ok := n.(*parser.VectorSelector); ok {
			c.selector(s, path)
		}
		return nil
	})
	return c.faults
}

type checker struct {
	known  map[string]family
	faults []string
}

func (c *checker) fault(format string, args ...any) {
	c.faults = append(c.faults, fmt.Sprintf(format, args...))
}

// selector checks one selector, and how what it selects is used: path is what it
// stands in, the outermost first.
func (c *checker) selector(s *parser.VectorSelector, path []parser.Node) {
	if s.Name == "" {
		return // of a variable, over all metrics
	}
	f, ok := c.known[s.Name]
	if !ok {
		c.fault("there is no metric %s", s.Name)
		return
	}
	matched := map[string]*labels.Matcher{}
	for _, m := range s.LabelMatchers {
		matched[m.Name] = m
		if m.Name != model.MetricNameLabel && !slices.Contains(f.labels, m.Name) {
			c.fault("%s has no label %s", s.Name, m.Name)
		}
	}
	for _, label := range targetLabels {
		if m := matched[label]; s.Name != "ALERTS" && s.Name != "helpdesk_exporter_build_info" && (m == nil || m.Value != "$"+label) {
			c.fault("%s does not keep to the chosen %s", s.Name, label)
		}
	}
	for _, label := range apart {
		m := matched[label]
		if !slices.Contains(f.labels, label) || m != nil && m.Type == labels.MatchEqual {
			continue
		}
		if label == "by" || label == "window" || !keptBy(path, label) {
			c.fault("%s adds up over %s", s.Name, label)
		}
	}
	if f.kind == "counter" || f.kind == "histogram" {
		c.counter(s, path)
	}
}

// keptBy reports whether the innermost aggregation keeps a label, or none adds
// anything up.
func keptBy(path []parser.Node, label string) bool {
	for _, n := range slices.Backward(path) {
		if a, ok := n.(*parser.AggregateExpr); ok {
			return slices.Contains(a.Grouping, label) != a.Without
		}
	}
	return true
}

// counter checks that a counter is read by its rate or increase: the value by
// itself is how long the exporter has lived.
func (c *checker) counter(s *parser.VectorSelector, path []parser.Node) {
	for _, n := range slices.Backward(path) {
		if a, ok := n.(*parser.AggregateExpr); ok && a.Op == parser.GROUP {
			return
		}
		call, ok := n.(*parser.Call)
		if !ok {
			continue
		}
		switch call.Func.Name {
		case "increase", "last_over_time":
			return
		case "rate":
			if over := call.Args[0].(*parser.MatrixSelector).Range.String(); over != "4m4s" {
				c.fault("rate of %s over %s, not $__rate_interval", s.Name, over)
			}
			return
		}
	}
	c.fault("the counter %s is read as it is", s.Name)
}

// labelsOf returns the labels that the result of an expression can have, nil
// where that cannot be told, and checks those that it is asked for.
func (c *checker) labelsOf(e parser.Expr) []string {
	switch e := e.(type) {
	case *parser.VectorSelector:
		return c.known[e.Name].labels
	case *parser.MatrixSelector:
		return c.labelsOf(e.VectorSelector)
	case *parser.ParenExpr:
		return c.labelsOf(e.Expr)
	case *parser.UnaryExpr:
		return c.labelsOf(e.Expr)
	case *parser.StepInvariantExpr:
		return c.labelsOf(e.Expr)
	case *parser.SubqueryExpr:
		return c.labelsOf(e.Expr)
	case *parser.AggregateExpr:
		inner := c.labelsOf(e.Expr)
		if e.Without {
			return slices.DeleteFunc(slices.Clone(inner), func(l string) bool { return slices.Contains(e.Grouping, l) })
		}
		if e.Op == parser.TOPK || e.Op == parser.BOTTOMK {
			return inner
		}
		c.require(e.Expr, inner, e.Grouping)
		return append([]string{}, e.Grouping...)
	case *parser.BinaryExpr:
		return c.binary(e)
	case *parser.Call:
		return c.call(e)
	default:
		return nil
	}
}

func (c *checker) require(of parser.Expr, have, want []string) {
	for _, label := range want {
		if have != nil && !slices.Contains(have, label) {
			c.fault("%s has no label %s", of, label)
		}
	}
}

func (c *checker) binary(e *parser.BinaryExpr) []string {
	left, right := c.labelsOf(e.LHS), c.labelsOf(e.RHS)
	if e.VectorMatching != nil && e.VectorMatching.On {
		c.require(e.LHS, left, e.VectorMatching.MatchingLabels)
		c.require(e.RHS, right, e.VectorMatching.MatchingLabels)
	}
	if e.Op == parser.LOR {
		return append(slices.Clone(left), right...)
	}
	if e.VectorMatching != nil && e.VectorMatching.Card == parser.CardOneToMany {
		return append(slices.Clone(right), e.VectorMatching.Include...)
	}
	if e.VectorMatching != nil {
		left = append(slices.Clone(left), e.VectorMatching.Include...)
	}
	return left
}

func (c *checker) call(e *parser.Call) []string {
	var have []string
	for _, arg := range e.Args {
		if of := c.labelsOf(arg); of != nil {
			have = append(append([]string{}, have...), of...)
		}
	}
	text := func(i int) string { return e.Args[i].(*parser.StringLiteral).Val }
	switch e.Func.Name {
	case "label_replace":
		c.require(e.Args[0], have, []string{text(3)})
		return append(have, text(1))
	case "label_join":
		return append(have, text(1))
	case "histogram_quantile":
		if strings.Contains(e.Args[1].String(), "_bucket{") {
			c.require(e, have, []string{"le"})
		}
		return slices.DeleteFunc(have, func(l string) bool { return l == "le" })
	default:
		return have
	}
}
