package kpi

import (
	"time"

	"helpdesk_exporter/desk"
)

// promise is one thing that an SLA promised a ticket, and what became of it.
type promise struct {
	target  desk.Target
	policy  string
	due     time.Time // zero: the clock stands, or nobody says
	kept    time.Time
	outcome outcome
	// estimate says that the due time is worked out, and that it is the desk that
	// tells whether the promise was broken.
	estimate bool
	// replaced says that a later promise of the ticket stands for this one.
	replaced bool
}

type outcome uint8

const (
	running outcome = iota // nothing is decided but by time
	met
	broken // in the end, whatever follows
	lapsed // the ticket ended before anybody could tell
)

// span is the time for which something is promised: from its beginning until it
// is kept, or until the ticket ends without it.
type span struct {
	from  time.Time
	kept  time.Time // zero: not so far
	over  bool      // the ticket has ended
	ended time.Time // then; zero: nobody says
}

// decide says what became of a span whose promise was due at an instant. What
// was done at that very instant was done in time.
func (s span) decide(due time.Time) outcome {
	late := func(t time.Time) bool { return !due.IsZero() && t.After(due) }
	switch {
	case !s.kept.IsZero() && late(s.kept), s.over && s.kept.IsZero() && late(s.ended):
		return broken
	case !s.kept.IsZero():
		return met
	case s.over:
		return lapsed
	default:
		return running
	}
}

// decidedBy reports whether a span came to its end before an instant, or broke
// its promise by then.
func (s span) decidedBy(due, at time.Time) bool {
	switch {
	case !s.kept.IsZero() && !s.kept.After(at), s.kept.IsZero() && s.over && !s.ended.After(at):
		return true
	default:
		return !due.IsZero() && due.Before(at)
	}
}

// stretch is a time in which a ticket had one status.
type stretch struct {
	from   time.Time
	status desk.Status
}

// timeline returns the statuses of a ticket since its creation: as the desk
// reports their changes, else as its states showed them.
func timeline(h *desk.Held, t *desk.Ticket, l *lifecycle) []stretch {
	line := []stretch{{from: t.CreatedAt, status: desk.StatusNew}}
	enter := func(at time.Time, s desk.Status) {
		last := &line[len(line)-1]
		switch {
		case s == last.status:
		case at.After(last.from):
			line = append(line, stretch{from: at, status: s})
		default:
			last.status = s
		}
	}
	var reported time.Time
	for _, c := range t.StatusChanges {
		enter(c.At, c.Status)
		reported = c.At
	}
	for i := range h.States {
		s := &h.States[i]
		if !reported.IsZero() && (i < len(h.States)-1 || s.At.Before(reported)) {
			continue // the desk has told what happened until then
		}
		at, status := s.At, statusOf(*s)
		if status.Finished() {
			at = l.solvedIn(i, at)
		}
		enter(at, status)
	}
	return line
}

// solvedIn returns when the solve was that a state first showed, or the given
// instant where nobody says.
func (l *lifecycle) solvedIn(state int, at time.Time) time.Time {
	for _, m := range l.solves {
		if m.state == state && !m.at.IsZero() {
			at = m.at
		}
	}
	return at
}

// due returns the instant by which the policy's clock, started at an instant,
// has run for a target; zero where it stands, or never runs, before that.
func (p *policy) due(from time.Time, target time.Duration, line []stretch) time.Time {
	for i, s := range line {
		last := i == len(line)-1
		if !last && !line[i+1].from.After(from) || p.stands(s.status) {
			continue
		}
		start := from
		if i > 0 && s.from.After(from) {
			start = s.from
		}
		if !last {
			if passed := p.calendar.Between(start, line[i+1].from); passed < target {
				target -= passed
				continue
			}
		}
		due, _ := p.calendar.Add(start, target)
		return due
	}
	return time.Time{}
}

// ticketStory is what promises are judged by.
type ticketStory struct {
	held   *desk.Held
	ticket *desk.Ticket
	life   *lifecycle
	line   []stretch

	calendar *Calendar // in which targets run that the desk gives in business hours; nil: nobody knows
}

// end completes a span that nobody has kept.
func (s *ticketStory) end(from time.Time) span {
	n := len(s.life.solves)
	if s.life.phase != finished || n == 0 {
		return span{from: from}
	}
	return span{from: from, over: true, ended: s.life.solves[n-1].at}
}

// follows reports whether something came after the end of the ticket.
func (s *ticketStory) follows(at time.Time) bool {
	end := s.end(at)
	return end.over && !end.ended.IsZero() && at.After(end.ended)
}

// ownPromises returns what the configured policies promised a ticket, target by
// target in the order in which it was promised.
func (c *Catalogue) ownPromises(s *ticketStory) []promise {
	story := c.termsOf(s.held, s.ticket.CreatedAt)
	if len(story) == 0 {
		return nil
	}
	s.line = timeline(s.held, s.ticket, s.life)
	var all []promise
	add := func(target desk.Target, spans []span) {
		for _, span := range spans {
			if p, ok := s.promised(target, span, story); ok {
				all = append(all, p)
			}
		}
	}
	if asked, ok := askedAt(s.ticket); ok && !s.follows(asked) {
		first := s.end(asked)
		first.kept, _ = answeredAt(s.ticket)
		add(desk.TargetFirstResponse, []span{first})
	}
	add(desk.TargetNextResponse, s.nextResponses())
	add(desk.TargetUpdate, s.updates())
	return append(all, s.resolutions(story)...)
}

// promised returns what was promised for a span under the terms that decided
// it: those under which it was kept or broken, or else the last.
func (s *ticketStory) promised(target desk.Target, of span, story []terms) (promise, bool) {
	for i, t := range story {
		last := i == len(story)-1
		var due time.Time
		if t.policy != nil && t.policy.Targets[target] > 0 {
			due = t.policy.due(of.from, t.policy.Targets[target], s.line)
			if due.Before(t.from) && !due.IsZero() {
				due = t.from // nothing is broken before it was promised
			}
		}
		if !last && !of.decidedBy(due, story[i+1].from) {
			continue
		}
		if t.policy == nil || t.policy.Targets[target] == 0 {
			return promise{}, false
		}
		return promise{
			target: target, policy: t.policy.Name, due: due, kept: of.kept, outcome: of.decide(due),
		}, true
	}
	return promise{}, false
}

// nextResponses are the times from the first of a run of customer messages,
// once the ticket was answered, to the next answer. Thanks for the solve ask for
// nothing.
func (s *ticketStory) nextResponses() []span {
	first, ok := answeredAt(s.ticket)
	if !ok {
		return nil
	}
	var spans []span
	var asked time.Time
	for _, m := range s.ticket.Messages {
		switch {
		case !m.Public || !m.At.After(first):
		case m.Author == desk.RoleCustomer && asked.IsZero() && !s.follows(m.At):
			asked = m.At
		case m.Author == desk.RoleAgent && !asked.IsZero():
			spans = append(spans, span{from: asked, kept: m.At})
			asked = time.Time{}
		}
	}
	if !asked.IsZero() {
		spans = append(spans, s.end(asked))
	}
	return spans
}

// updates are the times from each public answer to the next.
func (s *ticketStory) updates() []span {
	first, ok := answeredAt(s.ticket)
	if !ok {
		return nil
	}
	var spans []span
	said := first
	for _, m := range s.ticket.Messages {
		if m.Public && m.Author == desk.RoleAgent && m.At.After(said) {
			spans = append(spans, span{from: said, kept: m.At})
			said = m.At
		}
	}
	return append(spans, s.end(said))
}

// resolutions returns what was promised about the end of a ticket: once more
// with each reopening, or as its policy treats them.
func (s *ticketStory) resolutions(story []terms) []promise {
	spells := s.life.spells()
	reopen := reopening(story, spells[0].at)
	if reopen == ReopenIgnored {
		spells = spells[:1]
	}
	var all []promise
	for _, spell := range spells {
		of := span{from: s.ticket.CreatedAt}
		if reopen == ReopenRestarts && spell.reopened {
			of.from = spell.from
		}
		if of.from.IsZero() || spell.solved && spell.at.IsZero() {
			continue // nobody says when that was
		}
		of.kept = spell.at
		p, ok := s.promised(desk.TargetResolution, of, story)
		if !ok {
			continue
		}
		all = append(all, p)
		if reopen != ReopenResumes {
			continue
		}
		if n := len(all); n > 1 {
			all[n-2].replaced = true
		}
		if p.outcome == broken {
			break
		}
	}
	return all
}

// reopening is how reopenings are treated: as the terms say that the first solve
// was made under, so that no later policy takes back what was decided.
func reopening(story []terms, solved time.Time) Reopen {
	reopen := ReopenRestarts
	for _, t := range story {
		if !solved.IsZero() && t.from.After(solved) {
			break
		}
		if t.policy != nil && t.policy.Reopen != "" {
			reopen = t.policy.Reopen
		}
	}
	return reopen
}

// spell is a time in which a ticket was open.
type spell struct {
	reopened bool
	from     time.Time // of a reopened one; zero: nobody says
	solved   bool
	at       time.Time // of the solve; zero: nobody says
}

// spells returns the times in which a ticket was open. One that was withdrawn
// and came back was open all the while.
func (l *lifecycle) spells() []spell {
	all := []spell{{}}
	solves := l.solves
	end := func() {
		if len(solves) > 0 {
			all[len(all)-1].solved, all[len(all)-1].at = true, solves[0].at
			solves = solves[1:]
		}
	}
	end()
	for _, m := range l.reopens {
		if !m.restored {
			all = append(all, spell{reopened: true, from: m.at})
			end()
		}
	}
	return all
}
