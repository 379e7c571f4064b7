package config

import "helpdesk_exporter/kpi"

// Scorecard says what the scores of a quality review are worth.
type Scorecard struct {
	Name       string     `yaml:"name"`
	Scale      *Scale     `yaml:"scale,flow,omitempty"` // of the score as a whole; of a scorecard that was checked never nil
	Categories []Category `yaml:"categories,omitempty"`
}

// Category is one criterion of a scorecard.
type Category struct {
	Name     string  `yaml:"name"` // as the reviews call it
	Weight   float64 `yaml:"weight"`
	Scale    *Scale  `yaml:"scale,flow,omitempty"` // of a category that was checked never nil
	Critical bool    `yaml:"critical"`             // below half of its scale it fails the review
}

// UnmarshalYAML sets the defaults.
func (c *Category) UnmarshalYAML(unmarshal func(any) error) error {
	type plain Category
	p := plain{Weight: 1}
	err := unmarshal(&p)
	*c = Category(p)
	return err
}

func perCent() *Scale { return &Scale{Min: 0, Max: 100} }

func checkScorecards(at spot, cards []Scorecard) {
	names := make([]string, len(cards))
	for i := range cards {
		names[i] = cards[i].Name
		cards[i].check(at.index(i))
	}
	checkNames(at, names)
}

func (s *Scorecard) check(at spot) {
	if s.Scale == nil {
		s.Scale = perCent()
	}
	s.Scale.check(at.key("scale"))
	names := make([]string, len(s.Categories))
	for i := range s.Categories {
		names[i] = s.Categories[i].Name
		s.Categories[i].check(at.key("categories").index(i))
	}
	checkNames(at.key("categories"), names)
}

func (c *Category) check(at spot) {
	if c.Name != "" && !legalAttr(c.Name) {
		at.key("name").errorf("%q is no name for a category: write small letters, digits and _, a letter first, as first_words", c.Name)
	}
	if !(c.Weight > 0 && c.Weight <= heaviest) {
		at.key("weight").errorf("must be above 0 and at most %v, not %v", heaviest, c.Weight)
	}
	if c.Scale == nil {
		c.Scale = perCent()
	}
	c.Scale.check(at.key("scale"))
}

func (s *Scorecard) definition() kpi.Scorecard {
	d := kpi.Scorecard{Name: s.Name, Min: s.Scale.Min, Max: s.Scale.Max}
	for _, c := range s.Categories {
		d.Categories = append(d.Categories, kpi.Category{
			Name: c.Name, Weight: c.Weight, Min: c.Scale.Min, Max: c.Scale.Max, Critical: c.Critical,
		})
	}
	return d
}
