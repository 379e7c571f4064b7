package zendesk_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/prometheus/common/model"

	"helpdesk_exporter/config"
	"helpdesk_exporter/desk"
	"helpdesk_exporter/sources"
	"helpdesk_exporter/sources/builtin"
	"helpdesk_exporter/sources/zendesk"
)

func TestTheExampleLoadsAndShowsTheDefaults(t *testing.T) {
	c, err := config.Load("example.yml", builtin.Types())
	if err != nil {
		t.Fatal(err)
	}
	got := c.Sources[0].(*zendesk.Config)
	want := zendesk.NewConfig().(*zendesk.Config)
	want.Start = model.Duration(28 * 24 * time.Hour) // the longest window
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(zendesk.Config{}, "Common", "API")); diff != "" {
		t.Errorf("the example is not the default (-default +example):\n%s", diff)
	}
	if got.Host() != "acme.zendesk.com" || got.API.HTTP.OAuth2 == nil {
		t.Errorf("it reads %q, with OAuth %v", got.Host(), got.API.HTTP.OAuth2)
	}
	if c.Surveys[0].Name != got.Survey || c.Surveys[0].Scale.Min != 0 || c.Surveys[0].Scale.Max != 1 {
		t.Errorf("ratings are called %s and are good or bad; the survey is %+v", got.Survey, c.Surveys[0])
	}
	all := desk.BusinessFirstResponse | desk.BusinessReply | desk.BusinessResolution | desk.BusinessRequesterWait
	if !got.BusinessTimes().Tells(all) {
		t.Error("not all business durations are the desk's")
	}
}

func TestWithoutTalkThereAreNoCalls(t *testing.T) {
	c := zendesk.NewConfig().(*zendesk.Config)
	calls := []desk.Kind{desk.KindCall, desk.KindStaffing}
	for _, kind := range calls {
		if !slices.Contains(c.Feeds(), kind) {
			t.Errorf("it does not feed %s", kind)
		}
	}
	c.Calls = false
	for _, kind := range calls {
		if slices.Contains(c.Feeds(), kind) {
			t.Errorf("it feeds %s", kind)
		}
	}
}

func TestMistakesAreToldAllAtOnce(t *testing.T) {
	c := zendesk.NewConfig().(*zendesk.Config)
	c.Start, c.Survey, c.Scope, c.TopicField = -1, "", "robots", -3
	c.Attributes = map[string]int64{"Plan": 1, "region": 0, "tier": 5}
	err := c.Validate()
	if err == nil {
		t.Fatal("no mistake is told")
	}
	for _, want := range []string{
		"url: required",
		"oauth2: required: Zendesk shows nothing without credentials",
		"start: ",
		"survey: empty",
		`support_type_scope: "robots" is unknown; write agent, ai_agent or all`,
		`attributes: "Plan" is not a legal name`,
		`attributes: "region" names no ticket field`,
		"topic_field: names no ticket field",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is missing in:\n%v", want, err)
		}
	}
	if strings.Contains(err.Error(), "tier") {
		t.Errorf("a good attribute is complained about:\n%v", err)
	}
	if _, err := c.New(sources.Options{}); err == nil {
		t.Error("a source is made of it")
	}
}
