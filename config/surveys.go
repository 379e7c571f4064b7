package config

import (
	"slices"
	"strings"

	"helpdesk_exporter/kpi"
	"helpdesk_exporter/sources"
)

// Survey is one questionnaire.
type Survey struct {
	Name      string         `yaml:"name"`
	Kind      kpi.SurveyKind `yaml:"kind"`
	Scale     *Scale         `yaml:"scale,flow,omitempty"`    // of a survey that was checked never nil
	Positive  []float64      `yaml:"positive,flow,omitempty"` // CSAT and FCR only; empty: from 0.75 of the scale
	Direction Direction      `yaml:"direction,omitempty"`     // CES only
}

// Direction says what a high score of an effort survey means. It has no
// default: both are in use, and guessing wrong turns the figure round.
type Direction string

// The directions of effort surveys.
const (
	DirectionEffort Direction = "effort"
	DirectionEase   Direction = "ease"
)

// addSurveys adds the questionnaires that the sources bring along, where the
// configuration does not say what is meant by their names.
func (c *Config) addSurveys() {
	for _, source := range c.Sources {
		own, ok := source.(sources.WithSurveys)
		if !ok {
			continue
		}
		for _, q := range own.Surveys() {
			named := func(s Survey) bool { return s.Name == q.Name }
			if !slices.ContainsFunc(c.Surveys, named) {
				c.Surveys = append(c.Surveys, Survey{
					Name: q.Name, Kind: kpi.CSAT, Scale: &Scale{Min: q.Min, Max: q.Max}, Positive: q.Positive,
				})
			}
		}
	}
}

func checkSurveys(at spot, surveys []Survey) {
	names := make([]string, len(surveys))
	for i := range surveys {
		names[i] = surveys[i].Name
		surveys[i].check(at.index(i))
	}
	checkNames(at, names)
}

func (s *Survey) check(at spot) {
	if s.Kind == "" {
		at.key("kind").errorf("required: one of %s", strings.Join(surveyKinds(), ", "))
		return
	}
	if !at.key("kind").oneOf("kind", string(s.Kind), surveyKinds()) {
		return
	}
	if s.Kind == kpi.PreferredChannel && s.Scale != nil {
		at.key("scale").errorf("channel_preference asks for a channel, not for a score: leave it out")
	}
	if s.Scale == nil {
		s.Scale = defaultScale(s.Kind)
	}
	if s.checkScale(at.key("scale")) {
		s.checkPositive(at.key("positive"))
	}
	s.checkDirection(at.key("direction"))
}

func surveyKinds() []string {
	return []string{
		string(kpi.CSAT), string(kpi.NPS), string(kpi.CES),
		string(kpi.FCR), string(kpi.AgentMood), string(kpi.PreferredChannel), string(kpi.Brand),
	}
}

func defaultScale(kind kpi.SurveyKind) *Scale {
	switch kind {
	case kpi.NPS:
		return &Scale{Min: 0, Max: 10}
	case kpi.CES:
		return &Scale{Min: 1, Max: 7}
	case kpi.FCR:
		return &Scale{Min: 0, Max: 1}
	default:
		return &Scale{Min: 1, Max: 5}
	}
}

func (s *Survey) checkScale(at spot) (ok bool) {
	if !s.Scale.check(at) {
		return false
	}
	if s.Kind == kpi.NPS && *s.Scale != *defaultScale(kpi.NPS) {
		at.errorf("the scale of nps is always 0 to 10: leave it out, or make the survey a csat")
		return false
	}
	return true
}

func (s *Survey) checkPositive(at spot) {
	if s.Kind != kpi.CSAT && s.Kind != kpi.FCR {
		if len(s.Positive) > 0 {
			at.errorf("only csat and fcr have positive answers to list: leave it out")
		}
		return
	}
	if s.Positive != nil && len(s.Positive) == 0 {
		at.errorf("list at least one score, or leave it out for those from 0.75 of the scale")
	}
	for i, score := range s.Positive {
		switch {
		case !(score >= s.Scale.Min && score <= s.Scale.Max):
			at.index(i).errorf("%v is outside of the scale %v to %v", score, s.Scale.Min, s.Scale.Max)
		case slices.Contains(s.Positive[:i], score):
			at.index(i).errorf("%v is listed twice: keep one of them", score)
		}
	}
}

func (s *Survey) checkDirection(at spot) {
	switch {
	case s.Kind != kpi.CES && s.Direction != "":
		at.errorf("only ces has a direction: leave it out")
	case s.Kind == kpi.CES && s.Direction == "":
		at.errorf("required: effort where a high score means much effort, ease where it means little")
	case s.Kind == kpi.CES:
		at.oneOf("direction", string(s.Direction), []string{string(DirectionEffort), string(DirectionEase)})
	}
}
