// Command generate writes the Grafana dashboards of the exporter: go run . in
// this folder writes ../dashboards anew. The committed files are what users
// import and provision; a test holds them to what stands here.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

const folder = "../dashboards"

func main() {
	if err := write(folder); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

// boards returns all dashboards, in the order of their links.
func boards() []board {
	return []board{
		overview(),
		responsiveness(),
		serviceLevels(),
		satisfaction(),
		backlog(),
		contactCentre(),
		customers(),
		exporterHealth(),
	}
}

func write(folder string) error {
	for _, b := range boards() {
		text, err := b.json()
		if err != nil {
			return fmt.Errorf("%s: %w", b.file(), err)
		}
		if err := os.WriteFile(filepath.Join(folder, b.file()), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// json returns the dashboard as Grafana imports it.
func (b board) json() ([]byte, error) {
	d, err := b.build()
	if err != nil {
		return nil, err
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false) // an expression is to be read
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(d); err != nil {
		return nil, err
	}
	return text.Bytes(), nil
}
