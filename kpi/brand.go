package kpi

import (
	"helpdesk_exporter/desk"
	"helpdesk_exporter/tally"
)

// BrandScore is the measure of what customers think of the brand.
const BrandScore ID = 189

func (c *Catalogue) addBrand() {
	c.Measures = append(c.Measures, Measure{
		ID: BrandScore, Kind: desk.KindSurvey, Identity: []string{"survey"}, Dims: []string{"segment"}, Window: true,
	})
	c.Views = append(c.Views,
		WindowView{
			Name: "helpdesk_brand_perception_score", Of: []ID{BrandScore}, Value: c.sampled(mean),
			Help: "Mean answer to a survey about the brand given in the window, in points of the survey's own scale.",
		},
		WindowView{
			Name: "helpdesk_brand_perception_responses", Of: []ID{BrandScore}, Value: number,
			Help: "Denominator of helpdesk_brand_perception_score: valid answers given in the window.",
		},
	)
	c.define(desk.KindSurvey, c.surveysOf(Brand),
		KPI{ID: "brand_perception", Metric: "helpdesk_brand_perception_score", Query: `helpdesk_brand_perception_score{by="all", window="7d"}`},
	)
}

// brand collects a valid answer to a survey about the brand.
func (b *Contributions) brand(p *profile, h *desk.Held, s *desk.Survey) {
	asked := b.catalogue.surveys[s.Survey]
	if asked.Kind == Brand && asked.accepts(s) && !s.RespondedAt.IsZero() {
		b.add(BrandScore, FeedWindow, s.RespondedAt, tally.Points(s.Score.Value), p.at(h), s.Survey)
	}
}
