package config

import "github.com/prometheus/common/model"

// ServiceLevel promises callers and chatters an answer within a threshold.
type ServiceLevel struct {
	Name         string         `yaml:"name"`
	Match        CallMatch      `yaml:"match,omitempty"`
	Threshold    model.Duration `yaml:"threshold"`
	ShortAbandon model.Duration `yaml:"short_abandon"` // who hangs up sooner is not counted as offered
	Abandons     string         `yaml:"abandons"`      // how the objective counts who hangs up later
	Objective    Ratio          `yaml:"objective,omitempty"`
}

// CallMatch names the calls that a service level is about. An empty list
// matches every call.
type CallMatch struct {
	Channel []string `yaml:"channel,flow,omitempty"`
	Queue   []string `yaml:"queue,flow,omitempty"`
}

// UnmarshalYAML sets the defaults.
func (s *ServiceLevel) UnmarshalYAML(unmarshal func(any) error) error {
	type plain ServiceLevel
	p := plain{ShortAbandon: 5 * model.Second, Abandons: "negative"}
	err := unmarshal(&p)
	*s = ServiceLevel(p)
	return err
}

func checkServiceLevels(at spot, levels []ServiceLevel) {
	names := make([]string, len(levels))
	for i, s := range levels {
		names[i] = s.Name
		s.check(at.index(i))
	}
	checkNames(at, names)
}

func (s *ServiceLevel) check(at spot) {
	checkMatched(at.key("match").key("channel"), "channel", s.Match.Channel)
	checkMatched(at.key("match").key("queue"), "queue", s.Match.Queue)
	if s.Threshold == 0 && !at.key("threshold").given() {
		at.key("threshold").errorf("required: the wait within which to answer, as 20s")
	} else {
		checkDuration(at.key("threshold"), s.Threshold)
	}
	at.key("abandons").oneOf("way of counting", s.Abandons, []string{"negative", "ignored", "positive"})
}
