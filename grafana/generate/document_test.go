package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// document is a committed dashboard, as Grafana reads it.
type document struct {
	file string

	UID           string   `json:"uid"`
	Title         string   `json:"title"`
	Description   string   `json:"description"`
	Editable      bool     `json:"editable"`
	Refresh       string   `json:"refresh"`
	Timezone      string   `json:"timezone"`
	SchemaVersion int      `json:"schemaVersion"`
	Tags          []string `json:"tags"`
	Inputs        any      `json:"__inputs"`
	Links         []struct {
		Tags        []string `json:"tags"`
		KeepTime    bool     `json:"keepTime"`
		IncludeVars bool     `json:"includeVars"`
	} `json:"links"`
	Templating struct {
		List []struct {
			Name       string          `json:"name"`
			Label      string          `json:"label"`
			Type       string          `json:"type"`
			Query      json.RawMessage `json:"query"`
			Definition string          `json:"definition"`
			Datasource reference       `json:"datasource"`
			Multi      bool            `json:"multi"`
			IncludeAll bool            `json:"includeAll"`
			AllValue   string          `json:"allValue"`
			Refresh    int             `json:"refresh"`
		} `json:"list"`
	} `json:"templating"`
	Annotations struct {
		List []struct {
			Name       string    `json:"name"`
			Expr       string    `json:"expr"`
			Datasource reference `json:"datasource"`
		} `json:"list"`
	} `json:"annotations"`
	Panels []documentPanel `json:"panels"`
}

// panels returns all panels and headings, those in folded rows included.
func (d *document) panels() []documentPanel {
	var all []documentPanel
	for _, p := range d.Panels {
		all = append(append(all, p), p.Panels...)
	}
	return all
}

type documentPanel struct {
	ID          int       `json:"id"`
	Type        string    `json:"type"`
	Title       string    `json:"title"`
	Description string    `json:"description"`
	Datasource  reference `json:"datasource"`
	Interval    string    `json:"interval"`
	GridPos     struct{ X, Y, W, H int }
	Targets     []struct {
		Expr       string    `json:"expr"`
		Legend     string    `json:"legendFormat"`
		RefID      string    `json:"refId"`
		Format     string    `json:"format"`
		Exemplar   bool      `json:"exemplar"`
		Datasource reference `json:"datasource"`
	} `json:"targets"`
	FieldConfig struct {
		Defaults struct {
			Unit       string           `json:"unit"`
			NoValue    string           `json:"noValue"`
			Thresholds *json.RawMessage `json:"thresholds"`
		} `json:"defaults"`
	} `json:"fieldConfig"`
	Options json.RawMessage `json:"options"`

	Collapsed bool            `json:"collapsed"`
	Panels    []documentPanel `json:"panels"` // of a folded row
}

type reference struct {
	Type string `json:"type"`
	UID  string `json:"uid"`
}

// documents returns the committed dashboards.
func documents(t *testing.T) []document {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no dashboards in %s: %v", folder, err)
	}
	var all []document
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		d := document{file: filepath.Base(file)}
		if err := json.Unmarshal(text, &d); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		all = append(all, d)
	}
	return all
}
