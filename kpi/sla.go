package kpi

import (
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/tally"
)

// The measures of what was promised to customers.
const (
	SLAOutcomes ID = iota + 140
	SLAKept
	SLARunning
)

// The facts about promises, two a target: first those of the configured
// policies, then those of the desk. Each of these is decided one after another,
// and the promises of different targets are not.
const slaFacts = 150

// TargetOf returns what is promised that a fact of the given number is about.
func TargetOf(fact uint8) desk.Target { return desk.Target((fact - slaFacts) / 2) }

// The outcomes of a promise.
const (
	outcomeMet      = "met"
	outcomeBreached = "breached"
)

func (c *Catalogue) addSLA() {
	promised := []string{"policy", "target"}
	named := []string{"policy"}
	outcomes := []Sibling{
		{ID: SLAOutcomes, Keep: 2, Identity: []string{outcomeMet}},
		{ID: SLAOutcomes, Keep: 2, Identity: []string{outcomeBreached}},
	}
	c.Measures = append(c.Measures,
		Measure{
			ID: SLAOutcomes, Kind: desk.KindTicket, Identity: append(promised, "outcome"), Named: named, Dims: c.Labels,
			Total: &Total{
				Name: "helpdesk_sla_outcomes_total",
				Help: "Promises of an SLA that were kept or broken, counted when discovered: a breach once its source is known complete past the due time.",
			},
			Siblings: outcomes,
		},
		Measure{ID: SLAKept, Kind: desk.KindTicket, Identity: promised, Named: named, Dims: c.Labels, Window: true},
		Measure{
			ID: SLARunning, Kind: desk.KindTicket, Identity: promised, Named: named, Dims: c.Labels, Stock: true, Aged: true,
			Siblings: outcomes,
		},
	)
	inWindow := "Promises of an SLA that were kept in the window, or were due in it and broken."
	c.Views = append(c.Views,
		WindowView{
			Name: "helpdesk_sla_attainment_ratio", Of: []ID{SLAKept}, Value: c.sampled(mean),
			Help: "Share of the promises kept, of those kept in the window or due in it and broken; helpdesk_sla_outcomes_in_window has both.",
		},
		WindowView{
			Name: "helpdesk_sla_outcomes_in_window", Of: []ID{SLAKept}, Value: amount, Help: inWindow,
			Constant: desk.Dim{Name: "outcome", Value: outcomeMet},
		},
		WindowView{
			Name: "helpdesk_sla_outcomes_in_window", Of: []ID{SLAKept}, Value: missing, Help: inWindow,
			Constant: desk.Dim{Name: "outcome", Value: outcomeBreached},
		},
		WindowView{
			Name: "helpdesk_sla_error_budget_remaining_ratio", Of: []ID{SLAKept}, ValueAt: c.budgetLeft,
			Help: "Share of the promises that may be broken under the policy's objective and have not been, over the window: 1 for none broken, 0 for the objective just reached, negative below it.",
		},
	)
	c.Stocks = append(c.Stocks,
		StockView{
			Name: "helpdesk_sla_pending", Of: []ID{SLARunning}, ZeroOf: SLAKept, Figures: undecided,
			Help: "Promises of open tickets that are neither kept nor broken for all that is known, those whose clock stands included.",
		},
		StockView{
			Name: "helpdesk_sla_at_risk", Of: []ID{SLARunning}, Extra: "within", ZeroOf: SLAKept, Figures: atRisk,
			Help: "Promises of open tickets that are due within the time, the overdue left out; the times include one another, never sum over them.",
		},
		StockView{
			Name: "helpdesk_sla_overdue", Of: []ID{SLARunning}, ZeroOf: SLAKept, Figures: overdue,
			Help: "Promises of open tickets whose due time has passed and that are still to be kept, as known so far.",
		},
		StockView{
			Name: "helpdesk_sla_next_due_timestamp_seconds", Of: []ID{SLARunning}, ByLevel: true, Figures: nextDue,
			Help: "When the next promise of an open ticket will be due; absent where none is.",
		},
	)
}

// missing is how many of the contributions in the window are 0.
func missing(c []tally.Count, _ time.Duration) (float64, bool) {
	return float64(c[0].N) - c[0].Sum.Float(), true
}

// budgetLeft is 1 - (breached / all) / (1 - objective): what the objective still
// allows of what it allows (Beyer et al., The Site Reliability Workbook, ch. 5).
func (d *Definitions) budgetLeft(labels []string, c []tally.Count) (float64, bool) {
	objective, ok := d.SLAObjectives[labels[0]]
	if !ok || c[0].N < int64(max(d.MinSample, 1)) {
		return 0, false
	}
	return 1 - (1-mean(c))/(1-objective), true
}

// undecided counts the promises that are not due by all that has been read.
func undecided(s Stock, _ time.Time) []Figure {
	due := 0
	if s.Ages != nil {
		due = s.Ages.Before(s.Until.UnixNano() + 1)
	}
	return []Figure{{Value: float64(s.N - int64(due))}}
}

// warnings are how soon a promise is due that is at risk.
func warnings() []ageLimit {
	return []ageLimit{{"15m", 15 * time.Minute}, {"1h", time.Hour}, {"4h", 4 * time.Hour}}
}

func atRisk(s Stock, now time.Time) []Figure {
	var figures []Figure
	for _, within := range warnings() {
		n := 0
		if s.Ages != nil {
			n = s.Ages.Before(now.Add(within.age).UnixNano()+1) - s.Ages.Before(now.UnixNano())
		}
		figures = append(figures, Figure{Label: within.name, Value: float64(n)})
	}
	return figures
}

func overdue(s Stock, now time.Time) []Figure {
	n := 0
	if s.Ages != nil {
		n = s.Ages.Before(now.UnixNano())
	}
	return []Figure{{Value: float64(n)}}
}

func nextDue(s Stock, _ time.Time) []Figure {
	if s.Next.IsZero() {
		return nil
	}
	return []Figure{{Value: float64(s.Next.UnixNano()) / 1e9}}
}

// sla collects what a ticket was promised, and what became of it. Where the desk
// has promises of its own these decide.
func (b *Contributions) sla(g Group, t *desk.Ticket, l *lifecycle, feeds Feed) {
	s := &ticketStory{held: g.Record, ticket: t, life: l}
	if g.Clocks != nil {
		s.calendar = g.Clocks.Calendar
	}
	theirs, told := deskPromises(s)
	if !told || g.Clocks != nil && g.Clocks.OwnSLA {
		b.promises(g, s, b.catalogue.ownPromises(s), feeds, slaFacts)
	}
	b.promises(g, s, theirs, feeds, slaFacts+1)
}

// promises collects what became of promises, of each target in the order in
// which they were made. That one was kept in time is certain when it is seen;
// that it was broken when it is judged: an earlier answer, or a pause, may still
// be read. The counters take the promises of a target one after another, so
// that what follows one that is still to be judged waits for it.
func (b *Contributions) promises(g Group, s *ticketStory, all []promise, feeds Feed, first uint8) {
	var waiting uint8 // a bit for each target
	for _, p := range all {
		fact, bit, of := first+2*uint8(p.target), uint8(1)<<p.target, feeds
		if p.replaced {
			of &^= FeedWindow
		}
		if p.outcome != met && p.due.After(g.Judged) {
			waiting |= bit
		}
		if of&FeedTotal != 0 && waiting&bit != 0 {
			of = of&^FeedTotal | FeedJudged
		}
		switch {
		case p.outcome == met:
			b.kept(p, of, p.kept, p.seen(s), fact)
		case p.outcome == broken:
			b.kept(p, of, p.due, asOf(s.held, p.due), fact)
		case p.outcome == running && s.life.phase == open:
			b.running(s.held, p, of, fact)
		}
	}
}

// kept collects an outcome.
func (b *Contributions) kept(p promise, feeds Feed, at time.Time, dims dimensions, fact uint8) {
	outcome := outcomeBreached
	if p.outcome == met {
		outcome = outcomeMet
	}
	b.add(SLAKept, feeds&FeedWindow, at, flag(p.outcome == met), dims, p.policy, p.target.String())
	if counts := feeds & (FeedTotal | FeedJudged); counts&b.of != 0 {
		b.add(SLAOutcomes, counts, at, one, dims, p.policy, p.target.String(), outcome)
		b.list[len(b.list)-1].Fact = fact
	}
}

// running collects a promise of an open ticket that is still to be kept. It is
// taken for broken at its due time: the windows do not look that far yet, and
// the counters wait for the list of what is due. Where the due time is an
// estimate, the desk will say what became of it.
func (b *Contributions) running(h *desk.Held, p promise, feeds Feed, fact uint8) {
	if !p.due.IsZero() && !p.estimate {
		b.kept(p, feeds&^FeedJudged, p.due, asOf(h, p.due), fact)
	}
	if (FeedStock|FeedDue)&b.of == 0 {
		return
	}
	b.add(SLARunning, FeedStock|FeedDue, p.due, one, present(h), p.policy, p.target.String())
	b.list[len(b.list)-1].Key, b.list[len(b.list)-1].Fact = h.ID, fact
}

// seen returns the dimensions that the ticket had when it was first seen that
// the promise was kept.
func (p promise) seen(s *ticketStory) dimensions {
	if p.target == desk.TargetFirstResponse {
		return answerSeen(s.held, p.kept)
	}
	return seenAt(s.held, p.kept)
}
