package config

import (
	"time"

	"github.com/prometheus/common/model"
)

// Global holds what applies to all sources and figures.
type Global struct {
	PollInterval   model.Duration `yaml:"poll_interval"`
	Timezone       Zone           `yaml:"timezone"` // of the tables by hour and weekday
	Windows        []Window       `yaml:"windows,flow"`
	Labels         []string       `yaml:"labels,flow"`            // dimensions of the ticket families
	Rollups        [][]string     `yaml:"rollups,flow,omitempty"` // nil: all together, and each dimension alone
	LabelValuesMax Count          `yaml:"label_values_max"`       // per label; the rest is folded into other
	SeriesMax      Count          `yaml:"series_max"`             // label sets per family
	MinSample      Count          `yaml:"min_sample"`             // below it a ratio is absent
	Histograms     Histograms     `yaml:"histograms"`
	Exemplars      bool           `yaml:"exemplars"` // ticket ids as exemplars
	MaxSkew        model.Duration `yaml:"max_skew"`  // how far ahead of the clock a time may lie
	Horizons       Horizons       `yaml:"horizons"`
}

// Horizons say how long a figure waits until an answer counts as none.
type Horizons struct {
	FCR      model.Duration `yaml:"fcr"`
	Outreach model.Duration `yaml:"outreach"`
	Feedback model.Duration `yaml:"feedback"`
	Survey   model.Duration `yaml:"survey"`
}

// Histograms says in which forms histograms are served.
type Histograms string

// The forms of histograms.
const (
	HistogramsBoth    Histograms = "both"
	HistogramsClassic Histograms = "classic"
	HistogramsNative  Histograms = "native"
)

func defaultGlobal() Global {
	return Global{
		PollInterval: model.Minute,
		Timezone:     Zone{time.UTC},
		Windows: []Window{
			{Name: "1d", Length: 24 * time.Hour},
			{Name: "7d", Length: 7 * 24 * time.Hour},
			{Name: "28d", Length: 28 * 24 * time.Hour},
		},
		Labels:         []string{"channel", "priority", "team"},
		LabelValuesMax: 50,
		SeriesMax:      2000,
		MinSample:      1,
		Histograms:     HistogramsBoth,
		MaxSkew:        5 * model.Minute,
		Horizons: Horizons{
			FCR: 7 * model.Day, Outreach: 24 * model.Hour, Feedback: 7 * model.Day, Survey: 7 * model.Day,
		},
	}
}

func (g *Global) check(at spot) {
	checkDuration(at.key("poll_interval"), g.PollInterval)
	checkWindows(at.key("windows"), g.Windows)
	checkLabels(at.key("labels"), g.Labels)
	checkRollups(at.key("rollups"), g.Rollups, g.Labels)
	at.key("histograms").oneOf("form", string(g.Histograms), []string{
		string(HistogramsBoth), string(HistogramsClassic), string(HistogramsNative),
	})
	if g.MaxSkew > longest {
		at.key("max_skew").errorf("%s is too long: at most %s", g.MaxSkew, longest)
	}
	h := at.key("horizons")
	checkDuration(h.key("fcr"), g.Horizons.FCR)
	checkDuration(h.key("outreach"), g.Horizons.Outreach)
	checkDuration(h.key("feedback"), g.Horizons.Feedback)
	checkDuration(h.key("survey"), g.Horizons.Survey)
}

// checkWindows compares lengths, not names: 1d and 24h would give every figure
// twice.
func checkWindows(at spot, windows []Window) {
	if len(windows) == 0 {
		at.errorf("list at least one window, as [1d, 7d, 28d]")
	}
	first := map[time.Duration]string{}
	for i, w := range windows {
		name, doubled := first[w.Length]
		switch {
		case w.Length <= time.Minute:
			at.index(i).errorf("%s is too short: a window must be longer than 1m", w.Name)
		case w.Length > time.Duration(longest):
			at.index(i).errorf("%s is too long: a window spans at most %s", w.Name, longest)
		case doubled:
			at.index(i).errorf("%s is as long as %s: keep one of them", w.Name, name)
		default:
			first[w.Length] = w.Name
		}
	}
}
