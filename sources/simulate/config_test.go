package simulate

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/sources"
)

func configured(t *testing.T, text string) *Config {
	t.Helper()
	c := NewConfig().(*Config)
	dec := yaml.NewDecoder(strings.NewReader(text))
	dec.KnownFields(true)
	if err := dec.Decode(c); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestNothingNeedsToBeSaid(t *testing.T) {
	c := configured(t, "name: demo\ntype: simulate\n")
	if err := c.Validate(); err != nil {
		t.Error(err)
	}
	want := []desk.Kind{desk.KindTicket, desk.KindSurvey, desk.KindCall, desk.KindStaffing}
	if diff := cmp.Diff(want, c.Feeds()); diff != "" {
		t.Error(diff)
	}
	c.Settings.CallsPerDay = 0
	if diff := cmp.Diff(want[:2], c.Feeds()); diff != "" {
		t.Errorf("without calls:\n%s", diff)
	}
	c.Settings.CallsPerDay, c.Settings.Customers = 1, 1
	all := slices.DeleteFunc(desk.Kinds(), func(kind desk.Kind) bool { return kind == desk.KindMessage }) // tickets carry theirs
	if diff := cmp.Diff(all, slices.Sorted(slices.Values(c.Feeds()))); diff != "" {
		t.Errorf("with customers:\n%s", diff)
	}
}

func TestASourceBringsOnlyWhatItFeeds(t *testing.T) {
	for _, settings := range []Settings{
		{TicketsPerDay: 50, CallsPerDay: 50},
		{TicketsPerDay: 50},
		{CallsPerDay: 50},
		{TicketsPerDay: 50, CallsPerDay: 50, Customers: 300},
		{TicketsPerDay: 50, Customers: 300},
	} {
		c := NewConfig().(*Config)
		settings.Past = days(7)
		c.Settings.TicketsPerDay, c.Settings.CallsPerDay = settings.TicketsPerDay, settings.CallsPerDay
		c.Settings.Customers, c.Settings.Past = settings.Customers, settings.Past
		source, err := c.New(sources.Options{})
		if err != nil {
			t.Fatal(err)
		}
		w := newWatch(t, source.(*Source))
		w.fetch(noon)
		brought := map[desk.Kind]bool{}
		for _, r := range w.newest {
			brought[r.Body.Kind()] = true
		}
		fed := map[desk.Kind]bool{}
		for _, kind := range c.Feeds() {
			fed[kind] = true
		}
		if diff := cmp.Diff(fed, brought); diff != "" {
			t.Errorf("%+v (-fed +brought):\n%s", settings, diff)
		}
	}
}

func TestValidateReportsEveryMistakeAtOnceWithItsRemedy(t *testing.T) {
	err := configured(t, `
past: 400d
tickets_per_day: -1
calls_per_day: .nan
customers: -1
teams: [front, "", front]
agents: -2
speed: 0
incidents: 1h
opens: "9 o'clock"
timezone: Atlantis
`).Validate()
	want := `past: 400d is out of bounds; write at most 366d
tickets_per_day: -1 is out of bounds; write a number from 0 to 10000000
calls_per_day: NaN is out of bounds; write a number from 0 to 10000000
customers: -1 is out of bounds; write a number up to 1000000, or 0 for a desk without the company around it
speed: 0 is out of bounds; write a number from 0.1 to 1000
teams: "" is empty or listed twice; remove it
teams: "front" is empty or listed twice; remove it
agents: -2 is out of bounds; write a number up to 10000, or 0 for as many as the calls need
incidents: one every 1h leaves no quiet day; write at least 6h, or 0s for none
opens: "9 o'clock" is no time of day; write one like "09:00"
timezone: "Atlantis" is unknown; write an IANA name such as Europe/Athens, or UTC`
	if diff := cmp.Diff(want, err.Error()); diff != "" {
		t.Error(diff)
	}
	for text, want := range map[string]string{
		"tickets_per_day: 0\ncalls_per_day: 0\n": "tickets_per_day: nothing would ever happen; give it or calls_per_day a number above 0",
		"customers: 1000001\n":                   "customers: 1000001 is out of bounds; write a number up to 1000000, or 0 for a desk without the company around it",
		"teams: []\n":                            "teams: empty; name at least one team",
		"timezone: Local\n":                      `timezone: "Local" is unknown; write an IANA name such as Europe/Athens, or UTC`,
		"timezone: \"\"\n":                       `timezone: "" is unknown; write an IANA name such as Europe/Athens, or UTC`,
	} {
		if err := configured(t, text).Validate(); err == nil || err.Error() != want {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
	if _, err := configured(t, "speed: 0\n").New(sources.Options{}); err == nil {
		t.Error("settings that are wrong make a source")
	}
}

func TestTheBoundsOfADeskCanBeTold(t *testing.T) {
	for _, text := range []string{
		"past: 0s\n", "speed: 1000\n", "speed: 0.1\n", "agents: 10000\n", "incidents: 0s\n", "teams: [one]\n",
		"opens: \"00:00\"\ntimezone: Pacific/Chatham\n", "tickets_per_day: 0\n", "calls_per_day: 0\n", "seed: 0\n",
		"customers: 1\n", "customers: 1\npast: 366d\nincidents: 0s\n", "customers: 9\nspeed: 1000\n", "customers: 9\nspeed: 0.1\n",
	} {
		c := configured(t, text)
		if c.Settings.CallsPerDay > 0 {
			c.Settings.CallsPerDay = 10
		}
		c.Settings.TicketsPerDay = min(c.Settings.TicketsPerDay, 10)
		c.Settings.Past = min(c.Settings.Past, days(1/c.Settings.Speed))
		source, err := c.New(sources.Options{})
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		newWatch(t, source.(*Source)).fetch(noon)
	}
}

func TestYAMLIsStrictAndSurvivesBeingWritten(t *testing.T) {
	dec := yaml.NewDecoder(strings.NewReader("tickets_a_day: 7\n"))
	dec.KnownFields(true)
	if err := dec.Decode(NewConfig()); err == nil {
		t.Error("an unknown key is no error")
	}
	c := configured(t, "name: demo\nincidents: 0s\npast: 0s\nagents: 3\ncustomers: 5\nteams: [a, b]\nspeed: 2.5\n")
	text, err := yaml.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(c, configured(t, string(text))); diff != "" {
		t.Errorf("%s\n%s", text, diff)
	}
}
