package kpi

import (
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/tally"
)

// fewestAgents is how many answers hide each agent among the others.
const fewestAgents = 5

func (c *Catalogue) addAgentSatisfaction() {
	for _, id := range []ID{AgentSatisfaction, AgentENPS} {
		c.Measures = append(c.Measures, Measure{
			ID: id, Kind: desk.KindSurvey, Identity: []string{"survey"}, Dims: []string{"team"}, Window: true,
		})
	}
	c.Views = append(c.Views,
		WindowView{
			Name: "helpdesk_agent_satisfaction_ratio", Of: []ID{AgentSatisfaction}, Fewest: fewestAgents, Value: c.anonymous(mean),
			Help: "Mean answer of agents given in the window, from 0 at the lower to 1 at the upper end of the scale; absent below five answers, and for all teams where one has fewer.",
		},
		WindowView{
			Name: "helpdesk_agent_survey_responses", Of: []ID{AgentSatisfaction}, Fewest: fewestAgents, Value: c.anonymous(func(c []tally.Count) float64 { return float64(c[0].N) }),
			Help: "Answers of agents given in the window; absent below five, and for all teams where one has fewer.",
		},
		WindowView{
			Name: "helpdesk_agent_enps", Of: []ID{AgentENPS}, Fewest: fewestAgents, Value: c.anonymous(nps),
			Help: "Employee Net Promoter Score of the answers given in the window on a scale from 0 to 10, from -100 to 100 points; absent below five answers, and for all teams where one has fewer.",
		},
	)
	c.define(desk.KindSurvey, c.surveysOf(AgentMood),
		KPI{ID: "agent_satisfaction", Metric: "helpdesk_agent_satisfaction_ratio", Query: `helpdesk_agent_satisfaction_ratio{by="all", window="7d"}`},
	)
}

// anonymous returns a formula that gives no figure where so few answered that
// one could tell who said what.
func (d *Definitions) anonymous(f func(c []tally.Count) float64) func([]tally.Count, time.Duration) (float64, bool) {
	few := *d
	few.MinSample = max(d.MinSample, fewestAgents)
	return few.sampled(f)
}

func (b *Contributions) agentSatisfaction(a answer) {
	a.dims.also = nil // the answer is about no ticket
	b.answer(AgentSatisfaction, a, tally.Points(a.normal(a.score)))
	if a.Min == 0 && a.Max == 10 {
		_, balance := npsOf(a.score)
		b.answer(AgentENPS, a, balance)
	}
}
