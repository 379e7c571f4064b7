package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"helpdesk_exporter/config"
)

// TestMistakesAreToldInFull reads each file of testdata/bad, one a mistake, and
// wants exactly the words of the text beside it.
func TestMistakesAreToldInFull(t *testing.T) {
	files, err := filepath.Glob("testdata/bad/*.yml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files: %v", err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".yml")
		t.Run(name, func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			c, err := config.Parse(data, "config.yml", types())
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
		})
	}
}
