package config

import "math"

// Scale bounds scores: those of a survey, or of a quality review.
type Scale struct {
	Min float64 `yaml:"min"`
	Max float64 `yaml:"max"`
}

// UnmarshalYAML sets bounds that are no numbers, so that a missing one is told
// from 0.
func (s *Scale) UnmarshalYAML(unmarshal func(any) error) error {
	type plain Scale
	p := plain{Min: math.NaN(), Max: math.NaN()}
	err := unmarshal(&p)
	*s = Scale(p)
	return err
}

// widest bounds the scales, so that scores can be summed exactly.
const widest = 1e9

func (s *Scale) check(at spot) (ok bool) {
	if low, high := checkBound(at.key("min"), s.Min), checkBound(at.key("max"), s.Max); !low || !high {
		return false
	}
	if s.Min >= s.Max {
		at.errorf("min %v must be below max %v", s.Min, s.Max)
		return false
	}
	return true
}

func checkBound(at spot, bound float64) (ok bool) {
	switch {
	case math.IsNaN(bound) && !at.given():
		at.errorf("required: a scale has min and max, as {min: 1, max: 5}")
	case !finite(bound):
		at.errorf("must be a finite number")
	case math.Abs(bound) > widest:
		at.errorf("must lie between %.0f and %.0f, not %v", -widest, widest, bound)
	default:
		return true
	}
	return false
}

func finite(number float64) bool { return !math.IsNaN(number) && !math.IsInf(number, 0) }
