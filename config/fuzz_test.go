package config_test

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"helpdesk_exporter/config"
	"helpdesk_exporter/kpi"
)

// FuzzParse wants every file to be refused with words or to give a valid
// configuration, and one that can be written back.
func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("testdata/bad/*.yml")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range append(files, "testdata/full.yml") {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := config.Parse(data, "config.yml", types())
		if err != nil {
			if err.Error() == "" || c != nil {
				t.Fatalf("refused without words, or not at all: %v", err)
			}
			return
		}
		wantValid(t, c)
		again, err := config.Parse([]byte(c.String()), "config.yml", types())
		if err != nil {
			t.Fatalf("what is written back cannot be read: %v\n%s", err, c)
		}
		if again.String() != c.String() {
			t.Fatalf("what is written back reads otherwise:\n%s\nthan\n%s", again, c)
		}
	})
}

// wantValid checks what the rest of the program relies on.
func wantValid(t *testing.T, c *config.Config) {
	d := c.Definitions()
	if len(c.Sources) == 0 || len(d.Windows) == 0 || d.SeriesMax < 1 || d.LabelValuesMax < 1 || d.MinSample < 1 {
		t.Fatalf("something is missing:\n%s", c)
	}
	for _, w := range d.Windows {
		if w.Name == "" || w.Length <= 0 || c.Retention() <= w.Length {
			t.Fatalf("window %+v with a retention of %v", w, c.Retention())
		}
	}
	for _, bounds := range [][]float64{d.Buckets.Default, d.Buckets.Calls, d.Buckets.Contacts, d.Buckets.Web} {
		if len(bounds) == 0 || !slices.IsSorted(bounds) || bounds[0] <= 0 || math.IsInf(bounds[len(bounds)-1], 0) {
			t.Fatalf("buckets %v", bounds)
		}
	}
	for _, s := range d.Surveys {
		if s.Name == "" || !(s.Min < s.Max) {
			t.Fatalf("survey %+v", s)
		}
	}
	for _, s := range d.Scorecards {
		for _, category := range append(s.Categories, kpi.Category{Name: s.Name, Weight: 1, Min: s.Min, Max: s.Max}) {
			if category.Name == "" || !(category.Weight > 0) || !(category.Min < category.Max) {
				t.Fatalf("scorecard %+v", s)
			}
		}
	}
	if e := d.Engagement; e.Version == "" || len(e.Weights) == 0 || !(e.EngagedFrom > 0 && e.EngagedFrom < 1) {
		t.Fatalf("engagement %+v", e)
	}
	for _, weight := range d.Engagement.Weights {
		if !(weight.Weight > 0 && weight.PerWeek > 0) || math.IsInf(weight.Weight/weight.PerWeek, 0) {
			t.Fatalf("engagement %+v", d.Engagement)
		}
	}
	for _, r := range d.RiskRules {
		if r.Name == "" || (r.Count > 0) == (r.After > 0) {
			t.Fatalf("risk rule %+v", r)
		}
	}
	for _, target := range d.Targets {
		if target.KPI == "" || math.IsNaN(target.Value) || math.IsInf(target.Value, 0) {
			t.Fatalf("target %+v", target)
		}
	}
	for _, s := range d.Calendars {
		if _, err := kpi.NewCalendar(s); err != nil {
			t.Fatal(err)
		}
	}
	for _, s := range c.Sources {
		common := s.Shared()
		if common.Name == "" || common.Desk == "" || common.PollInterval <= 0 || common.StaleAfter < common.PollInterval {
			t.Fatalf("source %+v", common)
		}
	}
}
