package simulate

import (
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestEveryKeyIsDocumentedWithItsDefault(t *testing.T) {
	page, err := os.ReadFile("../../docs/sources.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(page), "## Invented desks: `type: simulate`\n")
	if !found {
		t.Fatal("docs/sources.md has no section on it")
	}
	defaults := reflect.ValueOf(NewConfig().(*Config).Settings)
	for field, value := range defaults.Fields() {
		key, _, _ := strings.Cut(field.Tag.Get("yaml"), ",")
		row := fmt.Sprintf("| `%s` | `%v` |", key, value)
		switch key {
		case "teams":
			row = fmt.Sprintf("| `%s` | `[%s]` |", key, strings.Join(value.Interface().([]string), ", "))
		case "opens":
			row = fmt.Sprintf("| `%s` | `%q` |", key, value)
		case "past", "incidents":
			row = fmt.Sprintf("| `%s` | `%gd` |", key, time.Duration(value.Int()).Hours()/24)
		}
		if !strings.Contains(section, row) {
			t.Errorf("the table has no row that begins %s", row)
		}
	}
	for _, name := range []string{surveyTicket, surveyEffort, surveySolved, surveyRelation, surveyTeam, surveyPreference, surveyBrand} {
		if !strings.Contains(section, "{name: "+name+",") {
			t.Errorf("the survey %s is missing", name)
		}
	}
}
