package kpi

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/tally"
)

// The measures of what customers answer.
const (
	SurveyResponses ID = iota + 70
	CSATPositive
	CSATScore
	CSATNormalized
	NPSBalance
	NPSPolar
	NPSSegment
	CESEase
	CESEasy
	SurveyInvitations
	AgentSatisfaction
	AgentENPS
	ChannelOfSurveys
	ChannelOfTickets
)

// positiveFrom is where on a scale from 0 to 1 a satisfied answer begins: 4 of
// 5, 6 of 7, 8 of 10, 3 of 3, 2 of 2.
const positiveFrom = 0.75

func (c *Catalogue) addSurveys() {
	survey := []string{"survey"}
	csat := []string{"channel", "team", "priority"}
	team := []string{"channel", "team"}
	segment := []string{"segment", "channel"}
	answer := func(id ID, identity, dims []string) Measure {
		return Measure{ID: id, Kind: desk.KindSurvey, Identity: identity, Dims: dims, Window: true}
	}
	c.Measures = append(c.Measures,
		Measure{
			ID: SurveyResponses, Kind: desk.KindSurvey, Identity: survey, Dims: csat,
			Total: &Total{
				Name: "helpdesk_survey_responses_total",
				Help: "Valid answers to a survey, by what the answer itself says of channel and team, counted when discovered.",
			},
		},
		answer(CSATPositive, survey, csat),
		answer(CSATScore, []string{"survey", "scale"}, team),
		answer(CSATNormalized, survey, team),
		answer(NPSBalance, survey, segment),
		answer(NPSPolar, survey, segment),
		answer(NPSSegment, []string{"survey", "nps_segment"}, segment),
		answer(CESEase, survey, team),
		answer(CESEasy, survey, team),
	)
	c.addCSATViews()
	c.addNPSViews()
	c.addCESViews()
	c.addInvitations()
	c.addAgentSatisfaction()
	c.addChannelPreference()
	c.define(desk.KindSurvey, c.surveysOf(CSAT),
		KPI{ID: "csat_ratio", Metric: "helpdesk_csat_ratio", Query: `helpdesk_csat_ratio{by="all", window="7d"}`},
		KPI{ID: "csat_mean_score", Metric: "helpdesk_csat_score_normalized_ratio", Query: `helpdesk_csat_score_normalized_ratio{by="all", window="7d"}`},
	)
	c.define(desk.KindSurvey, c.surveysOf(NPS),
		KPI{ID: "nps", Metric: "helpdesk_nps", Query: `helpdesk_nps{by="all", window="7d"}`},
		KPI{ID: "nps_segments", Metric: "helpdesk_nps_segment_ratio", Query: `helpdesk_nps_segment_ratio{by="all", window="7d"}`},
	)
	c.define(desk.KindSurvey, c.surveysOf(CES),
		KPI{ID: "ces", Metric: "helpdesk_ces_ease_score", Query: `helpdesk_ces_ease_score{by="all", window="7d"}`},
	)
}

func (c *Catalogue) addCSATViews() {
	c.Views = append(c.Views,
		WindowView{
			Name: "helpdesk_csat_ratio", Of: []ID{CSATPositive}, Value: c.sampled(mean),
			Help: "Share of satisfied answers given in the window: from 0.75 of the scale, or those the survey lists as positive.",
		},
		WindowView{
			Name: "helpdesk_csat_responses", Of: []ID{CSATPositive}, Value: number,
			Help: "Denominator of helpdesk_csat_ratio: valid answers given in the window.",
		},
		WindowView{
			Name: "helpdesk_csat_positive_responses", Of: []ID{CSATPositive}, Value: amount,
			Help: "Numerator of helpdesk_csat_ratio: satisfied answers given in the window.",
		},
		WindowView{
			Name: "helpdesk_csat_wilson_lower_ratio", Of: []ID{CSATPositive}, Value: c.sampled(wilsonLower),
			Help: "Lower bound of the 95 % Wilson interval of helpdesk_csat_ratio.",
		},
		WindowView{
			Name: "helpdesk_csat_wilson_upper_ratio", Of: []ID{CSATPositive}, Value: c.sampled(wilsonUpper),
			Help: "Upper bound of the 95 % Wilson interval of helpdesk_csat_ratio.",
		},
		WindowView{
			Name: "helpdesk_csat_score_mean", Of: []ID{CSATScore}, Value: c.sampled(mean),
			Help: "Mean answer given in the window, in points of the survey's own scale.",
		},
		WindowView{
			Name: "helpdesk_csat_score_normalized_ratio", Of: []ID{CSATNormalized}, Value: c.sampled(mean),
			Help: "Mean answer given in the window, from 0 at the lower to 1 at the upper end of the scale.",
		},
		WindowView{
			Name: "helpdesk_csat_score_responses", Of: []ID{CSATNormalized}, Value: number,
			Help: "Answers in the mean scores; scales of two points have no mean.",
		},
	)
}

func (c *Catalogue) addNPSViews() {
	c.Views = append(c.Views,
		WindowView{
			Name: "helpdesk_nps", Of: []ID{NPSBalance}, Value: c.sampled(nps),
			Help: "Net Promoter Score of the answers given in the window, from -100 to 100 points: promoters (9, 10) less detractors (0 to 6), by all answers.",
		},
		WindowView{
			Name: "helpdesk_nps_responses", Of: []ID{NPSBalance}, Value: number,
			Help: "Denominator of helpdesk_nps: valid answers given in the window.",
		},
		WindowView{
			Name: "helpdesk_nps_margin_of_error", Of: []ID{NPSBalance, NPSPolar}, Value: c.sampled(npsMargin),
			Help: "95 % margin of error of helpdesk_nps, in points.",
		},
		WindowView{
			Name: "helpdesk_nps_segment_ratio", Of: []ID{NPSSegment}, Value: c.sampled(mean),
			Help: "Share of promoters, passives and detractors of the answers given in the window.",
		},
		WindowView{
			Name: "helpdesk_nps_segment_responses", Of: []ID{NPSSegment}, Value: amount,
			Help: "Numerator of helpdesk_nps_segment_ratio; the denominator is helpdesk_nps_responses.",
		},
	)
}

func (c *Catalogue) addCESViews() {
	c.Views = append(c.Views,
		WindowView{
			Name: "helpdesk_ces_ease_score", Of: []ID{CESEase}, Value: c.sampled(mean),
			Help: "Mean ease of the answers given in the window, from 1 (hard) to 7 (easy), whichever way the question asks and on whichever scale.",
		},
		WindowView{
			Name: "helpdesk_ces_responses", Of: []ID{CESEase}, Value: number,
			Help: "Denominator of helpdesk_ces_ease_score and helpdesk_ces_easy_ratio: valid answers given in the window.",
		},
		WindowView{
			Name: "helpdesk_ces_easy_ratio", Of: []ID{CESEasy}, Value: c.sampled(mean),
			Help: "Share of answers given in the window with an ease of 5 or more of 7.",
		},
		WindowView{
			Name: "helpdesk_ces_easy_responses", Of: []ID{CESEasy}, Value: amount,
			Help: "Numerator of helpdesk_ces_easy_ratio.",
		},
		WindowView{
			Name: "helpdesk_ces_easy_wilson_lower_ratio", Of: []ID{CESEasy}, Value: c.sampled(wilsonLower),
			Help: "Lower bound of the 95 % Wilson interval of helpdesk_ces_easy_ratio.",
		},
		WindowView{
			Name: "helpdesk_ces_easy_wilson_upper_ratio", Of: []ID{CESEasy}, Value: c.sampled(wilsonUpper),
			Help: "Upper bound of the 95 % Wilson interval of helpdesk_ces_easy_ratio.",
		},
	)
}

// survey collects what a survey contributes: that it was sent, and what the
// answer says. The windows take from its ticket what the answer leaves open;
// the counters cannot take back what they counted, so they go by the answer
// alone, whichever of the two came first.
func (b *Contributions) survey(h *desk.Held, s *desk.Survey, ticket *desk.Held) {
	definition, known := b.catalogue.surveys[s.Survey]
	answered := s.Score.Set || s.Answer != ""
	if known && !h.Deleted {
		b.invitation(h, s, ticket, answered)
	}
	switch {
	case h.Deleted:
		b.excluded(ExcludedSurveys, "deleted")
		return
	case !answered:
		return
	case !known:
		b.excluded(ExcludedSurveys, "unknown_survey")
		return
	case s.RespondedAt.IsZero():
		b.excluded(ExcludedSurveys, "no_timestamp")
		return
	case !definition.accepts(s):
		b.excluded(ExcludedSurveys, "bad_scale")
		return
	}
	dims := seenIn(h, desk.ShowsAnswer)
	if definition.Kind != AgentMood {
		b.add(SurveyResponses, FeedTotal, s.RespondedAt, one, dims, s.Survey)
	}
	if ticket != nil {
		dims.also = asOf(ticket, s.RespondedAt).states
	}
	a := answer{Survey: definition, score: s.Score.Value, held: s, dims: dims}
	switch definition.Kind {
	case CSAT:
		b.csat(a)
	case NPS:
		b.nps(a)
	case CES:
		b.ces(a)
	case FCR:
		b.add(FirstContactSurvey, FeedWindow, s.RespondedAt, flag(a.positive(a.score)), dims, methodSurvey)
	case AgentMood:
		b.agentSatisfaction(a)
	case PreferredChannel:
		dims.fixed[0] = desk.Dim{Name: "channel", Value: desk.ParseChannel(s.Answer)}
		b.prefers(ChannelOfSurveys, s.RespondedAt, "survey", dims)
	case Brand:
		b.nobody(Group{Record: h}) // what a customer answers stands in his segment
	}
}

// accepts reports whether an answer is one that the survey can take.
func (s *Survey) accepts(answer *desk.Survey) bool {
	if s.Kind == PreferredChannel {
		return answer.Answer != ""
	}
	return answer.Score.Set && s.valid(answer.Score.Value)
}

// answer is a valid answer with the survey it belongs to.
type answer struct {
	Survey
	score float64
	held  *desk.Survey
	dims  dimensions
}

func (b *Contributions) answer(id ID, a answer, v tally.Amount, identity ...string) {
	b.add(id, FeedWindow, a.held.RespondedAt, v, a.dims, append([]string{a.Name}, identity...)...)
}

// valid reports whether a score is on the scale. The answers of an NPS are
// whole numbers; a score of 11 is not rescaled silently.
func (s *Survey) valid(score float64) bool {
	if s.Kind == NPS && score != math.Trunc(score) {
		return false
	}
	return score >= s.Min && score <= s.Max
}

// normal is the place of a score on a scale from 0 to 1.
func (s *Survey) normal(score float64) float64 { return (score - s.Min) / (s.Max - s.Min) }

// positive reports whether a score says that the customer is satisfied.
func (s *Survey) positive(score float64) bool {
	if len(s.Positive) > 0 {
		return slices.Contains(s.Positive, score)
	}
	return s.normal(score) >= positiveFrom
}

func (b *Contributions) csat(a answer) {
	b.answer(CSATPositive, a, flag(a.positive(a.score)))
	if a.Max-a.Min <= 1 {
		return // good or bad: there is no middle to speak of
	}
	scale := fmt.Sprintf("%s-%s", short(a.Min), short(a.Max))
	b.answer(CSATScore, a, tally.Points(a.score), scale)
	b.answer(CSATNormalized, a, tally.Points(a.normal(a.score)))
}

func short(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

func (b *Contributions) nps(a answer) {
	segment, balance := npsOf(a.score)
	b.answer(NPSBalance, a, balance)
	b.answer(NPSPolar, a, flag(balance != 0))
	for _, s := range []string{"promoter", "passive", "detractor"} {
		b.answer(NPSSegment, a, flag(s == segment), s)
	}
}

// npsOf returns the segment that an answer from 0 to 10 belongs to, and what it
// adds to the score.
func npsOf(score float64) (segment string, balance tally.Amount) {
	switch {
	case score >= 9:
		return "promoter", one
	case score <= 6:
		return "detractor", -one
	default:
		return "passive", 0
	}
}

// ces brings an answer to the scale from 1 to 7 on which a high score is easy.
func (b *Contributions) ces(a answer) {
	place := a.normal(a.score)
	if a.Effort {
		place = 1 - place
	}
	ease := 1 + 6*place
	b.answer(CESEase, a, tally.Points(ease))
	b.answer(CESEasy, a, flag(ease >= 5-1e-9))
}
