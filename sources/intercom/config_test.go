package intercom_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/common/config"
	"github.com/prometheus/common/model"

	ours "helpdesk_exporter/config"
	"helpdesk_exporter/desk"
	"helpdesk_exporter/sources"
	"helpdesk_exporter/sources/builtin"
	"helpdesk_exporter/sources/intercom"
)

func TestTheExampleLoadsAndShowsTheDefaults(t *testing.T) {
	c, err := ours.Load("example.yml", builtin.Types())
	if err != nil {
		t.Fatal(err)
	}
	got := c.Sources[0].(*intercom.Config)
	want := intercom.NewConfig().(*intercom.Config)
	type shown struct {
		URL, Version, Target, Survey, Bot string
		Parts                             intercom.Parts
		OfficeHours, Calls, Tickets       bool
	}
	of := func(c *intercom.Config) shown {
		return shown{c.API.URL, c.APIVersion, c.SLATarget, c.Survey, c.BotSurvey, c.Parts, c.OfficeHours, c.Calls, c.Tickets}
	}
	if diff := cmp.Diff(of(want), of(got)); diff != "" {
		t.Errorf("the example is not the default (-default +example):\n%s", diff)
	}
	if got.Start == 0 {
		t.Error("start is not as long as the longest window")
	}
}

// valid returns a configuration without a mistake.
func valid() *intercom.Config {
	c := intercom.NewConfig().(*intercom.Config)
	c.API.HTTP.Authorization = &config.Authorization{Type: "Bearer", Credentials: "t0ken"}
	return c
}

func TestMistakesNameTheirKey(t *testing.T) {
	if err := valid().Validate(); err != nil {
		t.Fatalf("a valid configuration: %v", err)
	}
	for want, spoil := range map[string]func(*intercom.Config){
		"authorization: required":        func(c *intercom.Config) { c.API.HTTP.Authorization = nil },
		"url: required":                  func(c *intercom.Config) { c.API.URL = "" },
		"start: ":                        func(c *intercom.Config) { c.Start = -1 },
		`api_version: "2.9" is none`:     func(c *intercom.Config) { c.APIVersion = "2.9" },
		`api_version: "latest"`:          func(c *intercom.Config) { c.APIVersion = "latest" },
		`parts: unknown word "some"`:     func(c *intercom.Config) { c.Parts = "some" },
		"sla_target: unknown":            func(c *intercom.Config) { c.SLATarget = "close" },
		"survey, bot_survey:":            func(c *intercom.Config) { c.BotSurvey = c.Survey },
		`attributes: "plan name" cannot`: func(c *intercom.Config) { c.Attributes = map[string]string{"plan name": "Plan"} },
		"attributes: plan: write":        func(c *intercom.Config) { c.Attributes = map[string]string{"plan": ""} },
	} {
		c := valid()
		spoil(c)
		if err := c.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got error %v, want one with %q", err, want)
		}
		if _, err := c.New(sources.Options{}); err == nil {
			t.Errorf("%s: New makes a source of it", want)
		}
	}
}

func TestTheConfigurationSaysWhatIsFed(t *testing.T) {
	c := valid()
	if !cmp.Equal(c.Feeds(), []desk.Kind{desk.KindTicket, desk.KindMessage, desk.KindSurvey, desk.KindCall}) {
		t.Errorf("feeds %v", c.Feeds())
	}
	if got := c.BusinessTimes(); got != desk.BusinessFirstResponse|desk.BusinessResolution {
		t.Errorf("tells the business times %b", got)
	}
	c.Calls, c.OfficeHours = false, false
	if !cmp.Equal(c.Feeds(), []desk.Kind{desk.KindTicket, desk.KindMessage, desk.KindSurvey}) {
		t.Errorf("without calls feeds %v", c.Feeds())
	}
	if got := c.BusinessTimes(); got != 0 {
		t.Errorf("without office hours tells the business times %b", got)
	}
	c.StartFrom(model.Duration(28 * 24 * time.Hour))
	c.StartFrom(1)
	if c.Start != model.Duration(28*24*time.Hour) {
		t.Errorf("starts from %s", c.Start)
	}
	if c.Host() != "api.intercom.io" {
		t.Errorf("host %q", c.Host())
	}
}
