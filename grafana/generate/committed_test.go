package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// What users import is what the code says: run go run . in this folder after a
// change.
func TestCommittedDashboardsAreTheGeneratedOnes(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != len(boards()) {
		t.Errorf("%d files in %s, %d boards: %v", len(files), folder, len(boards()), files)
	}
	for _, b := range boards() {
		want, err := b.json()
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(filepath.Join(folder, b.file()))
		if err != nil {
			t.Error(err)
			continue
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is not what is generated: go run . writes it anew", b.file())
		}
	}
}
