// Package e2e tests the exporter as its users meet it: the real binary with a
// configuration, files and a storage path, watched through what it serves,
// writes and answers.
package e2e

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// patience bounds every wait. It is far above what anything takes, so that a
// busy machine fails no test.
const patience = time.Minute

// built is the exporter under test, built once for all tests.
var built string

func TestMain(m *testing.M) { os.Exit(buildAndRun(m)) }

func buildAndRun(m *testing.M) int {
	dir, err := os.MkdirTemp("", "helpdesk_exporter_e2e")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	built = filepath.Join(dir, "helpdesk_exporter")
	build := exec.Command("go", "build", "-o", built, "helpdesk_exporter")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "go build: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// exporterBinary returns the path of the exporter under test. It opens every folder of
// the module: go test reuses a result for as long as what the tests themselves
// opened stays the same, and does not see what go build reads.
func exporterBinary(t *testing.T) string {
	t.Helper()
	watch.Do(func() {
		err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
			if err == nil && entry.IsDir() && path != ".." && strings.HasPrefix(entry.Name(), ".") {
				return fs.SkipDir
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
	return built
}

var watch sync.Once

// eventually calls ok until it holds. The test ends where it does not in time.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	within(t, patience, what, ok)
}

func within(t *testing.T, bound time.Duration, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(bound); !ok(); <-tick.C {
		if time.Now().After(deadline) {
			t.Fatalf("%s did not come about within %s", what, bound)
		}
	}
}
