// Package deploy holds what the exporter is deployed with. Its tests read the
// files as those programs do that they are made for, and compare them with each
// other: a module of its own, since the exporter needs none of these schemas.
package deploy

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"sigs.k8s.io/yaml"
)

// The top of the repository.
const top = ".."

// built holds the exporter, built when the first test asks for it.
var built string

var exporter = sync.OnceValues(func() (string, error) {
	binary := filepath.Join(built, "helpdesk_exporter")
	cmd := exec.Command("go", "build", "-o", binary, ".")
	cmd.Dir, cmd.Stderr = top, os.Stderr
	return binary, cmd.Run()
})

func TestMain(m *testing.M) {
	var err error
	if built, err = os.MkdirTemp("", "helpdesk_exporter_deploy"); err != nil {
		panic(err)
	}
	code := m.Run()
	if err := os.RemoveAll(built); err != nil {
		panic(err)
	}
	os.Exit(code)
}

// output runs the exporter and returns what it says.
func output(t *testing.T, args ...string) string {
	t.Helper()
	binary, err := exporter()
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), binary, args...).CombinedOutput()
	if err != nil {
		t.Errorf("helpdesk_exporter %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// port is where the exporter listens unless it is told otherwise.
func port(t *testing.T) string {
	t.Helper()
	m := regexp.MustCompile(`(?s)--web\.listen-address=:(\d+)`).FindStringSubmatch(output(t, "--help"))
	if m == nil {
		t.Fatal("--help names no default of --web.listen-address")
	}
	return m[1]
}

// checkFlags checks that the exporter knows the flags, and that a mount holds
// what they name.
func checkFlags(t *testing.T, args, mounts []string) {
	t.Helper()
	help := output(t, "--help")
	var named []string
	for _, arg := range args {
		flag, value, _ := strings.Cut(arg, "=")
		named = append(named, flag)
		if !strings.Contains(help, flag+"=") && !strings.Contains(help, flag+" ") {
			t.Errorf("the exporter has no flag %s", flag)
		}
		if strings.HasPrefix(value, "/") && !slices.ContainsFunc(mounts, func(m string) bool { return within(value, m) }) {
			t.Errorf("%s: nothing is mounted there, only at %v", arg, mounts)
		}
	}
	for _, flag := range []string{"--config.file", "--storage.path"} {
		if !slices.Contains(named, flag) {
			t.Errorf("%s is not given in %v", flag, args)
		}
	}
}

// within reports whether a path is a folder or lies in it.
func within(path, folder string) bool {
	return path == folder || strings.HasPrefix(path, strings.TrimSuffix(folder, "/")+"/")
}

func exists(t *testing.T, name string) {
	t.Helper()
	if _, err := os.Stat(name); err != nil {
		t.Error(err)
	}
}

func read(t *testing.T, elements ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(elements...))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// decode reads YAML into a value that has to have a field for each key.
func decode(t *testing.T, name, text string, into any) {
	t.Helper()
	if err := yaml.UnmarshalStrict([]byte(text), into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

func glob(t *testing.T, elements ...string) []string {
	t.Helper()
	pattern := filepath.Join(elements...)
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: no files: %v", pattern, err)
	}
	return files
}
