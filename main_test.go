package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// ran is how a run of the program with its streams passed in ended.
type ran struct {
	code           int
	stdout, stderr string
}

func try(args ...string) ran {
	var stdout, stderr strings.Builder
	code := run(args, &stdout, &stderr)
	return ran{code, stdout.String(), stderr.String()}
}

func TestUsageErrorsEndWithCodeTwoAndOneLine(t *testing.T) {
	for _, tt := range []struct {
		args []string
		says string
	}{
		{[]string{"--nonsense"}, "nonsense"},
		{[]string{"polish"}, "polish"},
		{[]string{"serve", "twice"}, "twice"},
		{[]string{"--config.file=a.yml", "--config.file=b.yml"}, "config.file"},
		{[]string{"--log.level=loud"}, "loud"},
		{[]string{"--log.format=xml"}, "xml"},
		{[]string{"--storage.retention=long"}, "long"},
		{[]string{"--web.telemetry-path=metrics"}, "--web.telemetry-path"},
		{[]string{"--web.telemetry-path=/{metrics"}, "--web.telemetry-path"},
		{[]string{"--web.telemetry-path=/config"}, "--web.telemetry-path"},
		{[]string{"--web.telemetry-path=/due"}, "--web.telemetry-path"},
		{[]string{"--web.telemetry-path=/-/metrics"}, "--web.telemetry-path"},
		{[]string{"--web.telemetry-path=/docs"}, "--web.telemetry-path"},
		{[]string{"--web.telemetry-path=/docs/metrics"}, "--web.telemetry-path"},
		{[]string{"--web.telemetry-path=/static/metrics"}, "--web.telemetry-path"},
	} {
		got := try(tt.args...)
		if got.code != exitUsage || got.stdout != "" {
			t.Errorf("%q: exit code %d and %q on stdout, want %d and nothing", tt.args, got.code, got.stdout, exitUsage)
		}
		if !strings.HasPrefix(got.stderr, "helpdesk_exporter: ") || !strings.Contains(got.stderr, tt.says) ||
			!strings.HasSuffix(got.stderr, "see --help\n") || strings.Count(got.stderr, "\n") != 1 {
			t.Errorf("%q: stderr is %q", tt.args, got.stderr)
		}
	}
}

func TestHelpAndVersionGoToStdout(t *testing.T) {
	for _, tt := range []struct {
		args []string
		says []string
	}{
		{[]string{"--help"}, []string{"--config.file", "--storage.path", "--storage.retention", "--web.config.file", "web.enable-lifecycle", "web.enable-due-list", "--log.level", "check"}},
		{[]string{"-h"}, []string{"usage: helpdesk_exporter"}},
		{[]string{"check", "--help"}, []string{"Try each source once"}},
		{[]string{"--version"}, []string{"helpdesk_exporter, version", "go version"}},
		{[]string{"-v"}, []string{"helpdesk_exporter, version"}},
	} {
		got := try(tt.args...)
		if got.code != exitOK || got.stderr != "" {
			t.Errorf("%q: exit code %d and %q on stderr, want %d and nothing", tt.args, got.code, got.stderr, exitOK)
		}
		for _, want := range tt.says {
			if !strings.Contains(got.stdout, want) {
				t.Errorf("%q: stdout says nothing of %q: %s", tt.args, want, got.stdout)
			}
		}
	}
}

func TestConfigCheckLikesTheExample(t *testing.T) {
	got := try("--config.file=config.example.yml", "--config.check")
	if got.code != exitOK || got.stdout != "config.example.yml is valid\n" || got.stderr != "" {
		t.Errorf("got %+v", got)
	}
}

func TestConfigCheckNamesFileLineAndKey(t *testing.T) {
	file := filepath.Join(t.TempDir(), "config.yml")
	if err := os.WriteFile(file, []byte("global:\n  windws: [1d]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	got := try("--config.file="+file, "--config.check")
	if got.code != exitFailure || got.stdout != "" {
		t.Errorf("exit code %d and %q on stdout, want %d and nothing", got.code, got.stdout, exitFailure)
	}
	for _, want := range []string{file + ":2: ", "global.windws", "sources"} {
		if !strings.Contains(got.stderr, want) {
			t.Errorf("stderr says nothing of %q: %s", want, got.stderr)
		}
	}
}

func TestConfigCheckOfAFileThatIsNotThereFails(t *testing.T) {
	file := filepath.Join(t.TempDir(), "config.yml")
	got := try("--config.file="+file, "--config.check")
	if got.code != exitFailure || !strings.Contains(got.stderr, file) {
		t.Errorf("got %+v", got)
	}
}

// A figure that looks further back than records are kept would show less than
// it says.
func TestARetentionThatIsTooShortFails(t *testing.T) {
	for _, c := range []struct {
		retention string
		code      int
	}{
		{"1d", exitFailure},
		{"7d", exitFailure},  // the longest window, but the longest horizon comes on top of it
		{"14d", exitFailure}, // but rules of risk look further back
		{"28d", exitOK},
	} {
		got := try("--config.file=config.example.yml", "--storage.retention="+c.retention, "--config.check")
		if got.code != c.code {
			t.Errorf("%s: exit code %d, want %d: %s", c.retention, got.code, c.code, got.stderr)
		}
		if c.code == exitFailure && (!strings.Contains(got.stderr, "config.example.yml: ") || !strings.Contains(got.stderr, "--storage.retention")) {
			t.Errorf("%s: stderr is %q", c.retention, got.stderr)
		}
	}
}
