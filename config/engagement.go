package config

import "helpdesk_exporter/kpi"

// Engagement says how the engagement score of customers is made.
type Engagement struct {
	Version     string  `yaml:"version"`      // of the weights, a label: scores of different ones do not compare
	EngagedFrom Ratio   `yaml:"engaged_from"` // the score from which on a customer counts as engaged
	Weights     Weights `yaml:"weights"`
}

// Weights says what each thing that customers do is worth.
type Weights struct {
	ProductUse Weight `yaml:"product_use,flow"`
	WebVisit   Weight `yaml:"web_visit,flow"`
	Purchase   Weight `yaml:"purchase,flow"`
	EmailOpen  Weight `yaml:"email_open,flow"`
	Click      Weight `yaml:"click,flow"`
	Reply      Weight `yaml:"reply,flow"`
	Feedback   Weight `yaml:"feedback,flow"`
	Program    Weight `yaml:"program,flow"`
}

// Weight is what one input of the engagement score is worth.
type Weight struct {
	Weight  float64 `yaml:"weight"`   // 0 leaves the input out
	PerWeek float64 `yaml:"per_week"` // how often a week it happens for the full score
}

func defaultEngagement() Engagement {
	return Engagement{
		Version:     "1",
		EngagedFrom: 0.5,
		Weights: Weights{
			ProductUse: Weight{3, 5},
			WebVisit:   Weight{1, 2},
			Purchase:   Weight{3, 0.5},
			EmailOpen:  Weight{1, 1},
			Click:      Weight{1, 0.5},
			Reply:      Weight{1, 0.5},
			Feedback:   Weight{1, 0.25},
			Program:    Weight{1, 0.25},
		},
	}
}

func (w *Weights) byInput() map[kpi.EngagementInput]Weight {
	return map[kpi.EngagementInput]Weight{
		kpi.EngagedProductUse: w.ProductUse,
		kpi.EngagedWebVisit:   w.WebVisit,
		kpi.EngagedPurchase:   w.Purchase,
		kpi.EngagedOpen:       w.EmailOpen,
		kpi.EngagedClick:      w.Click,
		kpi.EngagedReply:      w.Reply,
		kpi.EngagedFeedback:   w.Feedback,
		kpi.EngagedProgram:    w.Program,
	}
}

func (e *Engagement) check(at spot) {
	standard := defaultEngagement()
	switch version := at.key("version"); {
	case e.Version == "":
		version.errorf("required: a name for the weights, as \"2\"")
	case version.legible(e.Version) && e.Version == standard.Version && e.Weights != standard.Weights:
		version.errorf("%q are the default weights: name a version of your own, as \"2\", since scores of different weights do not compare", e.Version)
	}
	e.Weights.check(at.key("weights"))
}

// The bounds of weights leave room for any taste, and none for figures that
// cannot be summed. Once in 20 years is the rarest thing to be worth a score.
const (
	heaviest = 1000.0
	rarest   = 0.001
	oftenest = 1000.0
)

func (w *Weights) check(at spot) {
	weights, some := w.byInput(), false
	for _, input := range kpi.EngagementInputs() {
		weight, at := weights[input], at.key(string(input))
		some = some || weight.Weight > 0
		if !(weight.Weight >= 0 && weight.Weight <= heaviest) {
			at.key("weight").errorf("must lie between 0, which leaves it out, and %v, not %v", heaviest, weight.Weight)
		}
		if !(weight.PerWeek >= rarest && weight.PerWeek <= oftenest) {
			at.key("per_week").errorf("must lie between %v and %v times a week, not %v", rarest, oftenest, weight.PerWeek)
		}
	}
	if !some {
		at.errorf("all weights are 0: give at least one more")
	}
}

func (e *Engagement) definition() kpi.Engagement {
	d := kpi.Engagement{
		Version: e.Version, EngagedFrom: float64(e.EngagedFrom), Weights: map[kpi.EngagementInput]kpi.EngagementWeight{},
	}
	for input, weight := range e.Weights.byInput() {
		if weight.Weight > 0 {
			d.Weights[input] = kpi.EngagementWeight(weight)
		}
	}
	return d
}
