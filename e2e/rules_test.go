package e2e

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"
)

// rule is a rule as Prometheus tells of it.
type rule struct {
	Type      string
	Name      string
	Query     string
	Health    string
	LastError string
}

// rules returns all rules.
func (p *prometheus) rules() []rule {
	p.t.Helper()
	var all struct{ Groups []struct{ Rules []rule } }
	if err := p.ask("rules", nil, &all); err != nil {
		p.t.Fatal(err)
	}
	var rules []rule
	for _, g := range all.Groups {
		rules = append(rules, g.Rules...)
	}
	return rules
}

// evaluatesRules expects of every rule that it can be evaluated, and of what is
// recorded that something was. An alert need not fire.
func (p *prometheus) evaluatesRules() {
	p.t.Helper()
	rules := p.rules()
	if len(rules) == 0 {
		p.t.Error("Prometheus has no rules")
	}
	for _, r := range rules {
		where := "rule " + r.Name
		_, err := p.at(r.Query, time.Now())
		if err == nil && r.Health != "ok" {
			err = fmt.Errorf("its health is %s: %s", r.Health, r.LastError)
		}
		if err = errors.Join(err, p.unknown(r.Query)); err != nil {
			p.t.Errorf("%s: %v: %s", where, err, r.Query)
		}
		if r.Type != "recording" || rightlyEmpty[where] != "" {
			continue
		}
		if lines, err := p.at(r.Name, time.Now()); err != nil || len(lines) == 0 {
			p.t.Errorf("%s: it has recorded %d series: %v", where, len(lines), err)
		}
	}
}

var (
	quoted        = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)
	metricName    = regexp.MustCompile(`\bhelpdesk_\w+|\b\w+(?::\w+)+|\b\w+\s*\{`)
	histogramPart = regexp.MustCompile(`_(?:bucket|count|sum)$`)
)

// metrics returns the names of the metrics in an expression.
func metrics(expr string) []string {
	names := metricName.FindAllString(quoted.ReplaceAllString(expr, `""`), -1)
	for i, name := range names {
		names[i] = strings.TrimRight(name, "{ \n")
	}
	return names
}

// unknown returns an error where an expression is about a metric that
// Prometheus does not have. Some have series only where there is an API, or
// trouble: what is recorded or documented is known too. A histogram is known in
// the one form or the other.
func (p *prometheus) unknown(expr string) error {
	known, err := p.strings("label/__name__/values", nil)
	if err != nil {
		return err
	}
	documents, err := os.ReadFile("../docs/metrics.md")
	if err != nil {
		return err
	}
	known = append(known, "ALERTS") // there while one is pending or fires
	for _, r := range p.rules() {
		known = append(known, r.Name)
	}
	for _, name := range metrics(expr) {
		family := histogramPart.ReplaceAllString(name, "")
		if !slices.Contains(known, name) && !slices.Contains(known, family) && !slices.Contains(known, family+"_bucket") &&
			!bytes.Contains(documents, []byte("`"+name+"`")) {
			return fmt.Errorf("there is no %s", name)
		}
	}
	return nil
}
