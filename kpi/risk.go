package kpi

import (
	"cmp"
	"slices"
	"time"

	"helpdesk_exporter/desk"
)

// CustomersAtRisk is the measure of customers who may leave: of all that are
// there 1 who are at risk by a rule, and 0 who are not.
const CustomersAtRisk ID = 254

func (c *Catalogue) addRisk() {
	c.Measures = append(c.Measures, Measure{
		ID: CustomersAtRisk, Kind: desk.KindRisk, Identity: []string{"risk_rule"}, Dims: []string{"segment"}, Stock: true, Span: true,
	})
	c.Stocks = append(c.Stocks, StockView{
		Name: "helpdesk_customers_at_risk", Of: []ID{CustomersAtRisk}, Figures: stockSum,
		Help: "Customers there now that are at risk of leaving by a rule of risk_rules, 0 included. One may be so by several rules. A rule about what the desk has no records of shows nothing.",
	})
	c.define(desk.KindRisk, []any{c.RiskRules, c.surveysOf(NPS)},
		KPI{ID: "customers_at_risk", Metric: "helpdesk_customers_at_risk", Query: `sum by (risk_rule) (helpdesk_customers_at_risk)`, Records: []desk.Kind{desk.KindCustomer}},
	)
}

// stockSum is what a stock adds up to.
func stockSum(s Stock, _ time.Time) []Figure { return []Figure{{Value: s.Sum.Float()}} }

// sign is an instant at which there is more reason to think that a customer may
// leave, or less.
type sign struct {
	at time.Time
	by int
}

// risks collects for each rule how long a customer is at risk by it, and how
// long he is not. Only a customer record tells that there is one to lose.
func (b *Contributions) risks(p *profile) {
	if b.of&FeedStock == 0 || !p.told {
		return
	}
	for i := range b.catalogue.RiskRules {
		rule := &b.catalogue.RiskRules[i]
		switch {
		case rule.Kind == RiskDetractor && p.Fed(desk.KindSurvey):
			b.risk(p, rule.Name, b.detractor(p, rule.After), 1)
		case rule.Kind == RiskComplaints && p.Fed(desk.KindTicket):
			b.risk(p, rule.Name, complaining(p), rule.Count)
		case rule.Kind == RiskInactive && slices.ContainsFunc(lively(), p.Fed):
			b.risk(p, rule.Name, silent(p, rule.After), 1)
		}
	}
}

// risk collects when a customer is there with so many signs, and when with
// fewer.
func (b *Contributions) risk(p *profile, rule string, signs []sign, least int) {
	slices.SortStableFunc(signs, func(x, y sign) int { return x.at.Compare(y.at) })
	var instants []time.Time
	for _, t := range p.turns {
		instants = append(instants, t.at)
	}
	for _, s := range signs {
		instants = append(instants, s.at)
	}
	slices.SortFunc(instants, time.Time.Compare)
	type standing struct{ here, atRisk bool }
	var was standing
	var since time.Time
	turns, n, here := p.turns, 0, false
	for _, at := range instants {
		for ; len(turns) > 0 && !turns[0].at.After(at); turns = turns[1:] {
			here = turns[0].here
		}
		for ; len(signs) > 0 && !signs[0].at.After(at); signs = signs[1:] {
			n += signs[0].by
		}
		is := standing{here, n >= least}
		if is == was {
			continue
		}
		if was.here {
			b.stood(p, rule, was.atRisk, since, at)
		}
		was, since = is, at
	}
	if was.here {
		b.stood(p, rule, was.atRisk, since, time.Time{})
	}
}

// stood collects that a customer was at risk, or was not, from an instant until
// another; zero: it does not end by itself.
func (b *Contributions) stood(p *profile, rule string, atRisk bool, from, until time.Time) {
	b.add(CustomersAtRisk, FeedStock, from, flag(atRisk), p.at(nil), rule)
	b.list[len(b.list)-1].Until = until
}

// detractor returns when the latest answer to an NPS survey is one of a
// detractor, for as long as an answer says something. Of answers at the same
// instant the worst counts.
func (b *Contributions) detractor(p *profile, after time.Duration) []sign {
	var answers []*desk.Survey
	for _, h := range p.records {
		s, ok := h.Body.(*desk.Survey)
		if !ok || s.RespondedAt.IsZero() {
			continue
		}
		if definition, known := b.catalogue.surveys[s.Survey]; known && definition.Kind == NPS && definition.accepts(s) {
			answers = append(answers, s)
		}
	}
	slices.SortFunc(answers, func(x, y *desk.Survey) int {
		return cmp.Or(x.RespondedAt.Compare(y.RespondedAt), cmp.Compare(y.Score.Value, x.Score.Value))
	})
	var signs []sign
	for i, a := range answers {
		if _, balance := npsOf(a.Score.Value); balance >= 0 {
			continue
		}
		until := a.RespondedAt.Add(after)
		if i+1 < len(answers) {
			until = earliest(until, answers[i+1].RespondedAt)
		}
		signs = append(signs, sign{a.RespondedAt, 1}, sign{until, -1})
	}
	return signs
}

// complaining returns when the customer made complaints, and when those were
// resolved or withdrawn.
func complaining(p *profile) []sign {
	var signs []sign
	for _, h := range p.records {
		t, ok := h.Body.(*desk.Ticket)
		if !ok || t.Type != complaint || len(h.States) == 0 {
			continue
		}
		waits := false
		for _, s := range timeline(h, t, lifecycleOf(h, t)) {
			switch still := phaseOf(s.status) == open; {
			case still && !waits:
				signs = append(signs, sign{s.from, 1})
			case waits && !still:
				signs = append(signs, sign{s.from, -1})
			}
			waits = phaseOf(s.status) == open
		}
	}
	return signs
}

// lively returns the kinds of records that show signs of life.
func lively() []desk.Kind {
	return slices.DeleteFunc(slices.Clone(desk.KindEngagement.Pool()), func(k desk.Kind) bool { return k == desk.KindCustomer })
}

// silent returns when the customer had given no sign of life for so long: there
// is a sign to worry so long after each of those, and one less with the next. He
// gives one by coming and going, with all that he does, and with answers to
// surveys; that he asks for help is none.
func silent(p *profile, after time.Duration) []sign {
	var alive []time.Time
	for _, t := range p.turns {
		alive = append(alive, t.at)
	}
	for _, d := range p.deeds {
		alive = append(alive, d.at)
	}
	for _, h := range p.records {
		if s, ok := h.Body.(*desk.Survey); ok && !s.RespondedAt.IsZero() {
			alive = append(alive, s.RespondedAt)
		}
	}
	slices.SortFunc(alive, time.Time.Compare)
	var signs []sign
	for i, at := range alive {
		signs = append(signs, sign{at.Add(after), 1})
		if i+1 < len(alive) {
			signs = append(signs, sign{alive[i+1], -1})
		}
	}
	return signs
}
