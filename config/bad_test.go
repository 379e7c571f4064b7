package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"helpdesk_exporter/config"
	"helpdesk_exporter/sources"
	"helpdesk_exporter/sources/builtin"
)

// TestMistakesAreToldInFull reads each file of testdata/bad, one a mistake, and
// wants exactly the words of the text beside it. Those under csv need a type of
// source that is built in.
func TestMistakesAreToldInFull(t *testing.T) {
	for dir, types := range map[string]map[string]func() sources.Config{
		"testdata/bad": types(), "testdata/bad/csv": builtin.Types(),
	} {
		files, err := filepath.Glob(dir + "/*.yml")
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: no files: %v", dir, err)
		}
		for _, file := range files {
			t.Run(filepath.Base(file), func(t *testing.T) { expectMistakes(t, file, types) })
		}
	}
}

func expectMistakes(t *testing.T, file string, types map[string]func() sources.Config) {
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	c, err := config.Parse(data, "config.yml", types)
	if err == nil {
		t.Fatalf("accepted as\n%s", c)
	}
	got := err.Error() + "\n"
	want, err := os.ReadFile(strings.TrimSuffix(file, ".yml") + ".txt")
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}
