package simulate

import (
	"testing"
	"time"

	"github.com/prometheus/common/model"

	"helpdesk_exporter/sources"
)

// noon is a Thursday's.
var noon = time.Date(2026, time.March, 5, 12, 0, 0, 0, time.UTC)

func days(n float64) model.Duration { return model.Duration(n * 24 * float64(time.Hour)) }

// newSource returns a source with the defaults for what is not given.
func newSource(t testing.TB, s Settings) *Source {
	t.Helper()
	c := NewConfig().(*Config)
	for _, set := range []struct{ to, from *float64 }{
		{&c.Settings.TicketsPerDay, &s.TicketsPerDay},
		{&c.Settings.CallsPerDay, &s.CallsPerDay},
		{&c.Settings.Speed, &s.Speed},
	} {
		if *set.from != 0 {
			*set.to = *set.from
		}
	}
	if s.Seed != 0 {
		c.Settings.Seed = s.Seed
	}
	if s.Past != 0 {
		c.Settings.Past = s.Past
	}
	if s.Agents != 0 {
		c.Settings.Agents = s.Agents
	}
	c.Settings.Customers = s.Customers
	if s.Teams != nil {
		c.Settings.Teams = s.Teams
	}
	source, err := c.New(sources.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return source.(*Source)
}
