package app

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/kpi"
	"helpdesk_exporter/sources/csv"
)

const (
	handbookFile  = "../docs/kpis.md"
	handbookBegin = "<!-- The table is made from the code and from what was measured: UPDATE_DOCS=1 go test ./app -->\n"
	handbookEnd   = "<!-- The end of the table. -->\n"
	// supplyFile lists which KPIs each adapter of an API supplies, as a test in
	// e2e measured it.
	supplyFile = "../e2e/testdata/supply.txt"
)

func TestTheKPIsPageListsTheHandbook(t *testing.T) {
	var b strings.Builder
	b.WriteString("\n| KPI | metric | PromQL | records | sources |\n|---|---|---|---|---|\n")
	supply := supplyOfAPIs(t)
	for _, k := range handbook(t) {
		fmt.Fprintf(&b, "| `%s` | `%s` | `%s` | %s | %s |\n", k.ID, k.Metric, k.Query, recordsOf(&k), sourcesOf(&k, supply[k.ID]))
	}
	holdPage(t, handbookFile, handbookBegin, b.String()+"\n", handbookEnd)
}

func TestTheHandbookNamesOnlyWhatIsServed(t *testing.T) {
	known := families(t)
	for _, k := range handbook(t) {
		if !slices.ContainsFunc(known, func(f family) bool { return f.name == k.Metric }) {
			t.Errorf("%s is told by %s, which is not served", k.ID, k.Metric)
		}
		for _, fault := range faultsOfNames(k.Query, known) {
			t.Errorf("%s: %s: %s", k.ID, fault, k.Query)
		}
	}
}

// Files can bring whatever a KPI rests on, as the table says.
func TestFilesCanBringWhateverTheHandbookNeeds(t *testing.T) {
	for _, k := range handbook(t) {
		for _, need := range append(k.Rests(), k.Records...) {
			for _, kind := range need.Pool() {
				file := csv.Config{Record: kind.String()}
				if !slices.Contains(file.Feeds(), kind) {
					t.Errorf("%s rests on %ss, which no file can bring", k.ID, kind)
				}
			}
		}
	}
}

// handbook returns all KPIs, in the order of the handbook.
func handbook(t *testing.T) []kpi.KPI {
	t.Helper()
	entries := map[string]kpi.KPI{}
	for _, k := range kpi.NewCatalogue(kpi.Definitions{}).KPIs() {
		entries[k.ID] = k
	}
	var all []kpi.KPI
	for _, id := range strings.Fields(strings.Join(readLines(t, "../kpi/testdata/handbook.txt"), "\n")) {
		k, ok := entries[id]
		if !ok {
			t.Fatalf("%s is not entered", id)
		}
		all = append(all, k)
	}
	return all
}

// supplyOfAPIs returns the adapters of APIs that supply each KPI.
func supplyOfAPIs(t *testing.T) map[string][]string {
	t.Helper()
	supply := map[string][]string{}
	for _, line := range readLines(t, supplyFile) {
		if words := strings.Fields(line); len(words) > 0 {
			supply[words[0]] = words[1:]
		}
	}
	return supply
}

// recordsOf says what has to be told for a KPI.
func recordsOf(k *kpi.KPI) string {
	switch {
	case k.Records != nil:
		var all []string
		for _, kind := range k.Records {
			all = append(all, anyOf(kind))
		}
		return strings.Join(all, " and ")
	case k.Kind != 0:
		return anyOf(k.Kind)
	case ofConfiguration(k):
		return "none"
	default:
		return "any"
	}
}

// anyOf names the kinds of records that a kind of figures rests on.
func anyOf(kind desk.Kind) string {
	var names []string
	for _, k := range kind.Pool() {
		names = append(names, k.String())
	}
	last := len(names) - 1
	if last == 0 {
		return names[0]
	}
	return strings.Join(names[:last], ", ") + " or " + names[last]
}

// sourcesOf says where the records for a KPI come from.
func sourcesOf(k *kpi.KPI, apis []string) string {
	switch {
	case k.Kind != 0:
		return strings.Join(append([]string{"csv", "simulate"}, apis...), ", ")
	case ofConfiguration(k):
		return "the configuration"
	default:
		return "all"
	}
}

// ofConfiguration reports whether a KPI is what the configuration says, and not
// what sources tell.
func ofConfiguration(k *kpi.KPI) bool {
	return slices.Contains([]string{"helpdesk_kpi_target", "helpdesk_benchmark_value", kpi.DefinitionInfo}, k.Metric)
}
