package kpi

// share is a ratio over contributions of 0 and 1: how many of them are 1.
type share struct {
	of, seen    ID
	ratio, help string
	numerator   string
	denominator string
	counts      string // what the denominator counts, empty where the ratio's help says it
}

// addShare adds a ratio and, beside it, what it is made of.
func (c *Catalogue) addShare(s share) {
	of := "Denominator of " + s.ratio
	if s.counts != "" {
		of += ": " + s.counts
	}
	c.Views = append(c.Views,
		WindowView{Name: s.ratio, Of: []ID{s.of}, Seen: s.seen, Value: c.sampled(mean), Help: s.help},
		WindowView{Name: s.numerator, Of: []ID{s.of}, Seen: s.seen, Value: amount, Help: "Numerator of " + s.ratio + "."},
		WindowView{Name: s.denominator, Of: []ID{s.of}, Seen: s.seen, Value: number, Help: of + "."},
	)
}
