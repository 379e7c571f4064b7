package main

import (
	"os"
	"regexp"
	"testing"

	"github.com/prometheus/prometheus/promql/parser"
)

// Prometheus understands the query that docs/kpis.md gives for each KPI, and
// what the query groups and joins by are labels of its metrics.
func TestQueriesOfTheHandbookAreSound(t *testing.T) {
	text, err := os.ReadFile("../../docs/kpis.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := regexp.MustCompile("(?m)^\\| `(\\w+)` \\| `\\w+` \\| `([^`]+)` \\|").FindAllStringSubmatch(string(text), -1)
	if len(rows) < 100 {
		t.Fatalf("docs/kpis.md has only %d queries of KPIs", len(rows))
	}
	known := families(t)
	for _, row := range rows {
		tree, err := parser.NewParser(parser.Options{}).ParseExpr(row[2])
		if err != nil {
			t.Errorf("%s: %v: %s", row[1], err, row[2])
			continue
		}
		c := &checker{known: known}
		c.labelsOf(tree)
		for _, fault := range c.faults {
			t.Errorf("%s: %s: %s", row[1], fault, row[2])
		}
	}
}
