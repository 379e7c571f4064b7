package rt_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/model"

	"helpdesk_exporter/config"
	"helpdesk_exporter/desk"
	"helpdesk_exporter/sources"
	"helpdesk_exporter/sources/builtin"
	"helpdesk_exporter/sources/rt"
)

func TestTheExampleIsAConfiguration(t *testing.T) {
	c, err := config.Load("example.yml", builtin.Types())
	if err != nil {
		t.Fatal(err)
	}
	got := c.Sources[0].(*rt.Config)
	want := rt.Config{
		Start: model.Duration(28 * 24 * time.Hour), Statuses: map[string]string{"waiting on vendor": "on_hold", "spam": "spam"},
		Priorities: map[string]int{"low": 0, "normal": 50, "high": 100}, Channel: rt.ChannelNone, ChannelField: "Channel",
		CSATField: "CSAT", Survey: "after-ticket", Due: rt.DueNone,
	}
	want.Common, want.API = got.Common, got.API
	if !reflect.DeepEqual(*got, want) {
		t.Errorf("got  %+v\nwant %+v", *got, want)
	}
	if got.Host() != "rt.example.com" || got.API.HTTP.Authorization.Type != "token" {
		t.Errorf("it reads %q as %q", got.Host(), got.API.HTTP.Authorization.Type)
	}
	if kinds := []desk.Kind{desk.KindTicket, desk.KindMessage, desk.KindSurvey}; !slices.Equal(got.Feeds(), kinds) {
		t.Errorf("it feeds %v, want %v", got.Feeds(), kinds)
	}
}

func TestMistakesAreToldAllAtOnce(t *testing.T) {
	c := rt.NewConfig().(*rt.Config)
	c.Start, c.Channel, c.ChannelField, c.CSATField, c.Survey, c.Due = -1, rt.ChannelInterface, "Channel", "CSAT", "", "soon"
	c.Statuses = map[string]string{"parked": "asleep"}
	c.Priorities = map[string]int{"mild": 1}
	err := c.Validate()
	if err == nil {
		t.Fatal("no mistake is told")
	}
	for _, key := range []string{"url:", "authorization:", "start:", "statuses: parked:", "priorities:", "channel, channel_field:", "survey:", "due:"} {
		if !strings.Contains(err.Error(), key) {
			t.Errorf("nothing is said of %s\n%v", key, err)
		}
	}
	c.Channel = "carrier pigeon"
	if err := c.Validate(); !strings.Contains(err.Error(), `channel: unknown word "carrier pigeon"`) {
		t.Errorf("nothing is said of the channel: %v", err)
	}
	if _, err := c.New(sources.Options{}); err == nil {
		t.Error("a source is made of it")
	}
}

func TestTheStartIsTheLongestWindowUnlessWritten(t *testing.T) {
	c := rt.NewConfig().(*rt.Config)
	c.StartFrom(model.Duration(time.Hour))
	c.StartFrom(model.Duration(2 * time.Hour))
	if c.Start != model.Duration(time.Hour) {
		t.Errorf("got %s, want 1h", c.Start)
	}
}
