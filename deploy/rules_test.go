package deploy

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	monitoring "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
)

const (
	ruleFile = "kubernetes/monitoring/prometheusrule.yaml"
	ruleHead = `# All of prometheus/rules for the Prometheus operator. Written by
# UPDATE_RULES=1 go -C deploy test ./... and held to those files by the same test.
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: helpdesk-exporter
spec:
  groups:
`
)

func TestThePrometheusRuleIsTheRuleFiles(t *testing.T) {
	var want strings.Builder
	want.WriteString(ruleHead)
	var groups []monitoring.RuleGroup
	for _, file := range glob(t, top, "prometheus/rules/*.yml") {
		text := read(t, file)
		var doc monitoring.PrometheusRuleSpec
		decode(t, file, text, &doc)
		groups = append(groups, doc.Groups...)

		_, rest, found := strings.Cut(text, "\ngroups:\n")
		if !found {
			t.Fatalf("%s: no line groups:", file)
		}
		want.WriteString("  # prometheus/rules/" + filepath.Base(file) + "\n")
		for _, line := range strings.Split(strings.TrimSuffix(rest, "\n"), "\n") {
			if line != "" {
				line = "  " + line
			}
			want.WriteString(line + "\n")
		}
	}
	if os.Getenv("UPDATE_RULES") != "" {
		if err := os.WriteFile(ruleFile, []byte(want.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got := read(t, ruleFile)
	if got != want.String() {
		t.Errorf("%s is not what prometheus/rules says; write it anew with UPDATE_RULES=1 go -C deploy test ./...", ruleFile)
	}
	var rule monitoring.PrometheusRule
	decode(t, ruleFile, got, &rule)
	if !reflect.DeepEqual(rule.Spec.Groups, groups) {
		t.Errorf("%s has other groups than prometheus/rules", ruleFile)
	}
}
