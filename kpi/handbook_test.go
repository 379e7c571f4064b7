package kpi_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"helpdesk_exporter/kpi"
)

// handbook is the committed list of all KPIs that this exporter promises.
func handbook(t *testing.T) []string {
	t.Helper()
	b, err := os.ReadFile("testdata/handbook.txt")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Fields(string(b))
}

func TestEveryKPIOfTheHandbookHasAFigure(t *testing.T) {
	c := catalogue()
	made := map[string]bool{}
	for _, f := range families(c) {
		made[f.name] = true
	}
	entries := map[string]kpi.KPI{}
	for _, k := range c.KPIs() {
		if _, doubled := entries[k.ID]; doubled {
			t.Errorf("%s is entered twice", k.ID)
		}
		entries[k.ID] = k
		switch {
		case k.Kind != 0 && !made[k.Metric]:
			t.Errorf("%s is told by %s, which nothing makes", k.ID, k.Metric)
		case !strings.HasPrefix(k.Metric, "helpdesk_") || k.Query == "" || k.Version == "" || k.Hash == "":
			t.Errorf("%s is entered by half: %+v", k.ID, k)
		}
	}
	for _, id := range handbook(t) {
		if _, ok := entries[id]; !ok {
			t.Errorf("%s has no figure: enter it with define where its measures are laid out", id)
		}
		delete(entries, id)
	}
	for id := range entries {
		t.Errorf("%s is not in testdata/handbook.txt", id)
	}
}

func TestTheListOfTheHandbookIsComplete(t *testing.T) {
	const path = "../../shared/kpis.yaml"
	b, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		t.Skipf("%s is not there: the list cannot be compared with the handbook", path)
	} else if err != nil {
		t.Fatal(err)
	}
	type entry struct{ ID string }
	var book struct{ KPIs, Supporting []entry }
	if err := yaml.Unmarshal(b, &book); err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, e := range append(book.KPIs, book.Supporting...) {
		want = append(want, e.ID)
	}
	if got := handbook(t); !slices.Equal(got, want) {
		t.Errorf("the list is\n%v\nthe handbook has\n%v", got, want)
	}
}

func TestIDsAreThoseOfTheKPIsThatRestOnRecords(t *testing.T) {
	var want []string
	for _, k := range catalogue().KPIs() {
		if k.Kind != 0 {
			want = append(want, k.ID)
		}
	}
	slices.Sort(want)
	if got := kpi.IDs(); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
