package main

import (
	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
)

// Colour says good, warning or bad, and nothing else. All that is not judged is
// drawn in blue and purple, which stand for none of these.
const (
	plain   = "blue"
	good    = "green"
	warning = "orange"
	bad     = "red"
)

// verdict says from which values on a figure is good, a warning or bad. The zero
// value judges nothing.
type verdict struct {
	steps []step
}

type step struct {
	from   float64
	colour string
}

func (v verdict) neutral() bool { return len(v.steps) == 0 }

// atLeast is for what should be high.
func atLeast(goodFrom, warningFrom float64) verdict {
	return verdict{steps: []step{{colour: bad}, {warningFrom, warning}, {goodFrom, good}}}
}

// atMost is for what should be low: it turns into a warning and bad at these
// values.
func atMost(warningFrom, badFrom float64) verdict {
	return verdict{steps: []step{{colour: good}, {warningFrom, warning}, {badFrom, bad}}}
}

// noneOf is for what should not be there at all.
func noneOf() verdict { return verdict{steps: []step{{colour: good}, {1, bad}}} }

func (v verdict) thresholds() *dashboard.ThresholdsConfigBuilder {
	steps := []dashboard.Threshold{{Color: plain}}
	for i, s := range v.steps {
		if i == 0 { // the first has no lower end
			steps[0].Color = s.colour
			continue
		}
		steps = append(steps, dashboard.Threshold{Value: cog.ToPtr(s.from), Color: s.colour})
	}
	return dashboard.NewThresholdsConfigBuilder().Mode(dashboard.ThresholdsModeAbsolute).Steps(steps)
}

// shades tells parts of a whole apart whose number nobody knows beforehand.
func shades() *dashboard.FieldColorBuilder {
	return dashboard.NewFieldColorBuilder().Mode("shades").FixedColor(plain)
}

// byRank does so for lines: the larger its last value, which the legend has, the
// closer a line comes to purple.
func byRank() *dashboard.FieldColorBuilder {
	return dashboard.NewFieldColorBuilder().Mode("continuous-BlPu").SeriesBy(dashboard.FieldColorSeriesByModeLast)
}

// apartBy returns the colour of the i-th of a few series.
func apartBy(i int) string {
	few := []string{
		plain, "purple", "super-light-blue", "dark-purple", "dark-blue", "super-light-purple",
		"light-purple", "semi-dark-blue", "light-blue", "semi-dark-purple", "text",
	}
	return few[i%len(few)]
}

// known returns the values that a label can have, where they are the same
// everywhere: then each has the same colour on all boards.
func known(label string) []string {
	return map[string][]string{
		"channel":  {"email", "chat", "phone", "web", "social", "messaging", "sms", "api", "other", "none"},
		"priority": {"normal", "high", "low", "urgent", "other", "none"},
		"status":   {"open", "new", "pending", "on_hold"},
	}[label]
}

func colour(name string) *dashboard.FieldColorBuilder {
	return dashboard.NewFieldColorBuilder().Mode(dashboard.FieldColorModeIdFixed).FixedColor(name)
}

// fixed gives one series a colour.
func fixed(name string) dashboard.DynamicConfigValue {
	return dashboard.DynamicConfigValue{Id: "color", Value: map[string]any{"mode": "fixed", "fixedColor": name}}
}
