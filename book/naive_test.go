package book_test

import (
	"cmp"
	"slices"
	"time"

	"helpdesk_exporter/desk"
)

// truth is all that is known at some time, recomputed from scratch: what the
// figures must say, by the rules of the handbook and nothing else. Of each
// record it has every known state, the oldest first.
type truth struct {
	tickets map[string]history // by id; ids are unique over all sources
	calls   map[string]history
	surveys map[string]history
}

func truthOf(rounds []round) *truth {
	t := &truth{tickets: map[string]history{}, calls: map[string]history{}, surveys: map[string]history{}}
	for _, r := range rounds {
		for _, found := range r.found {
			for _, o := range found {
				of := map[desk.Kind]map[string]history{
					desk.KindTicket: t.tickets, desk.KindCall: t.calls, desk.KindSurvey: t.surveys,
				}[o.record.Body.Kind()]
				of[o.record.ID] = append(of[o.record.ID], o)
				slices.SortStableFunc(of[o.record.ID], byVersion)
			}
		}
	}
	return t
}

// event is something that figures of windows are made of.
type event struct {
	desk   string
	family string // what it is, "solved"; with identity labels, "csat/1-5"
	at     time.Time
	value  float64
	labels map[string]string
}

func deskOfSource(name string) string {
	if name == "all" {
		return "brio"
	}
	return "acme"
}

func (h history) desk() string        { return deskOfSource(h[0].source) }
func (h history) last() desk.Record   { return h[len(h)-1].record }
func (h history) ticket() desk.Ticket { return *h.last().Body.(*desk.Ticket) }

func (h history) ticketAt(i int) *desk.Ticket { return h[i].record.Body.(*desk.Ticket) }

func (h history) status(i int) desk.Status {
	if h[i].record.Deleted {
		return desk.StatusDeleted
	}
	return h.ticketAt(i).Status
}

// named returns what the first state from the i-th on says of a dimension.
func (h history) named(i int, dim string) string {
	for _, o := range h[i:] {
		for _, d := range o.record.Body.Dims() {
			if d.Name == dim {
				return d.Value
			}
		}
	}
	return ""
}

// firstState returns the first state that a condition holds for, else the last.
func (h history) firstState(holds func(i int) bool) int {
	for i := range h {
		if holds(i) {
			return i
		}
	}
	return len(h) - 1
}

func (h history) stateAt(at time.Time) int {
	return h.firstState(func(i int) bool { return !versionOf(h[i].record).Before(at) })
}

// stateThen returns the state in which a record was at an instant.
func (h history) stateThen(at time.Time) int {
	then := 0
	for i := range h {
		if !versionOf(h[i].record).After(at) {
			then = i
		}
	}
	return then
}

func (h history) labels(i int, dims ...string) map[string]string {
	labels := map[string]string{}
	for _, dim := range dims {
		labels[dim] = cmp.Or(h.named(i, dim), "none")
	}
	return labels
}

// change is one step in the life of a ticket, and the state that shows it.
type step struct {
	at     time.Time
	status desk.Status
	state  int
}

func (h history) steps() []step {
	var steps []step
	if len(h.ticket().StatusChanges) > 0 {
		for _, c := range h.ticket().StatusChanges {
			steps = append(steps, step{c.At, c.Status, h.stateAt(c.At)})
		}
		if h.last().Deleted {
			steps = append(steps, step{h.ticket().UpdatedAt, desk.StatusDeleted, len(h) - 1})
		}
		return steps
	}
	for i := range h {
		steps = append(steps, step{h.ticketAt(i).UpdatedAt, h.status(i), i})
	}
	return steps
}

func (t *truth) ticketEvents() []event {
	var events []event
	for _, h := range t.tickets {
		now := h.ticket()
		if h.status(len(h) - 1).Withdrawn() {
			continue
		}
		add := func(family string, at time.Time, value time.Duration, state int) {
			events = append(events, event{h.desk(), family, at, value.Seconds(), h.labels(state, "channel", "priority", "team")})
		}
		add("opened", now.CreatedAt, 0, h.firstState(func(i int) bool { return !h.status(i).Withdrawn() }))
		var solve, reopening step
		var before desk.Status
		for _, s := range h.steps() {
			wasOpen := before == desk.StatusUnknown || before.Open()
			switch {
			case s.status.Finished() && wasOpen:
				solve = s
			case s.status.Open() && !wasOpen:
				reopening = s
			}
			before = s.status
		}
		if reopening.status != desk.StatusUnknown {
			add("reopened", reopening.at, 0, reopening.state)
		}
		if now.Status.Finished() {
			if !now.SolvedAt.IsZero() {
				solve.at = now.SolvedAt
			}
			add("solved", solve.at, 0, solve.state)
			if took := solve.at.Sub(now.CreatedAt); took >= 0 {
				add("resolution", solve.at, took, solve.state)
			}
		}
		if at := answeredAt(now); !at.IsZero() && !at.Before(now.CreatedAt) {
			state := h.firstState(func(i int) bool { return showsAnswer(h.ticketAt(i)) })
			add("response", at, at.Sub(now.CreatedAt), state)
		}
	}
	return events
}

func answeredAt(t desk.Ticket) time.Time {
	if !t.FirstResponseAt.IsZero() {
		return t.FirstResponseAt
	}
	for _, m := range t.Messages {
		if m.Public && m.Author == desk.RoleAgent && !m.At.Before(t.CreatedAt) {
			return m.At
		}
	}
	return time.Time{}
}

func showsAnswer(t *desk.Ticket) bool {
	return !t.FirstResponseAt.IsZero() || slices.ContainsFunc(t.Messages, func(m desk.Message) bool {
		return m.Public && m.Author == desk.RoleAgent
	})
}

func (t *truth) surveyEvents() []event {
	var events []event
	for _, h := range t.surveys {
		s := h.last().Body.(*desk.Survey)
		if h.last().Deleted || !s.Score.Set {
			continue
		}
		state := h.firstState(func(i int) bool { return h[i].record.Body.(*desk.Survey).Score.Set })
		named := func(dim string) string {
			if v := h.named(state, dim); v != "" {
				return v
			}
			if about := t.tickets[s.Ticket]; about != nil {
				return cmp.Or(about.named(about.stateThen(s.RespondedAt), dim), "none")
			}
			return "none"
		}
		score, value := s.Score.Value, 0.0
		switch {
		case s.Survey == "csat" && score >= 1 && score <= 5:
			if score >= 4 {
				value = 1
			}
			labels := map[string]string{"channel": named("channel"), "team": named("team"), "priority": named("priority")}
			events = append(events, event{h.desk(), "csat", s.RespondedAt, value, labels})
		case s.Survey == "nps" && score <= 10:
			if score >= 9 {
				value = 1
			} else if score <= 6 {
				value = -1
			}
			labels := map[string]string{"channel": named("channel"), "segment": named("segment")}
			events = append(events, event{h.desk(), "nps", s.RespondedAt, value, labels})
		}
	}
	return events
}
