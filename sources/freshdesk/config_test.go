package freshdesk_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/common/model"
	"gopkg.in/yaml.v3"

	"helpdesk_exporter/config"
	"helpdesk_exporter/sources"
	"helpdesk_exporter/sources/builtin"
	"helpdesk_exporter/sources/freshdesk"
)

func TestTheExampleLoadsAndShowsTheDefaults(t *testing.T) {
	c, err := config.Load("example.yml", builtin.Types())
	if err != nil {
		t.Fatal(err)
	}
	got := c.Sources[0].(*freshdesk.Config)
	want := freshdesk.NewConfig().(*freshdesk.Config)
	type shown struct {
		Conversations freshdesk.Conversations
		TimeEntries   bool
		Survey        string
	}
	of := func(c *freshdesk.Config) shown { return shown{c.Conversations, c.TimeEntries, c.Survey} }
	if diff := cmp.Diff(of(want), of(got)); diff != "" {
		t.Errorf("the example is not the default (-default +example):\n%s", diff)
	}
	if want := model.Duration(28 * 24 * time.Hour); got.Start != want {
		t.Errorf("start: got %s, want the longest window, %s", got.Start, want)
	}
	if c.Surveys[0].Name != got.Survey {
		t.Errorf("the ratings are called %s, the survey %s", got.Survey, c.Surveys[0].Name)
	}
}

func parsed(t *testing.T, text string) *freshdesk.Config {
	t.Helper()
	c := freshdesk.NewConfig().(*freshdesk.Config)
	if err := yaml.Unmarshal([]byte(text), c); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestValidateReportsEveryMistakeAtOnceWithItsRemedy(t *testing.T) {
	err := parsed(t, `
url: acme.freshdesk.com
conversations: some
survey: ""
statuses: {1: open, 7: waiting, 8: spam, 9: on_hold}
attributes: {Region: cf_region, plan: ""}
`).Validate()
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{
		"url: must be an http or https address",
		"basic_auth: required: write the API key as username, or where it is as username_file, and X as password",
		`conversations: "some" is unknown; write changed, all or none`,
		"survey: empty",
		`statuses.1: "open" is unknown; write the number of a status, from 2, and one of new, open, pending, on_hold, solved, closed, test`,
		`statuses.7: "waiting" is unknown`,
		`statuses.8: "spam" is unknown`,
		"attributes.Region: write small letters",
		"attributes.plan: write small letters",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is missing in:\n%v", want, err)
		}
	}
	if strings.Contains(err.Error(), "statuses.9") {
		t.Errorf("a good status is complained about:\n%v", err)
	}
}

func TestTheWholeAddressOfTheAPIWillDo(t *testing.T) {
	for _, address := range []string{"https://acme.freshdesk.com", "https://acme.freshdesk.com/", "https://acme.freshdesk.com/api/v2", "https://acme.freshdesk.com/api/v2/"} {
		c := parsed(t, "url: "+address+"\nbasic_auth: {username: key, password: X}")
		if err := c.Validate(); err != nil {
			t.Errorf("%s: %v", address, err)
		}
		if _, err := c.New(sources.Options{}); err != nil || c.Host() != "acme.freshdesk.com" {
			t.Errorf("%s: host %q, %v", address, c.Host(), err)
		}
	}
}
