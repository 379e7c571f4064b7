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

	messages map[string]history
	staffing map[string]history
}

func truthOf(rounds []round) *truth {
	t := &truth{
		tickets: map[string]history{}, calls: map[string]history{}, surveys: map[string]history{},
		messages: map[string]history{}, staffing: map[string]history{},
	}
	for _, r := range rounds {
		for _, found := range r.found {
			for _, o := range found {
				of := map[desk.Kind]map[string]history{
					desk.KindTicket: t.tickets, desk.KindCall: t.calls, desk.KindSurvey: t.surveys,
					desk.KindMessage: t.messages, desk.KindStaffing: t.staffing,
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
	key    string // of families that count in how many ways their events differ
}

func deskOfSource(name string) string {
	switch name {
	case "all":
		return "brio"
	case "crm", "till", "site", "press", "help":
		return "shop"
	case "stall":
		return "stall"
	default:
		return "acme"
	}
}

func (h history) desk() string      { return deskOfSource(h[0].source) }
func (h history) last() desk.Record { return h[len(h)-1].record }

// ticket is what a ticket is like now: tombstones tell nothing of that, if there
// is anything else.
func (h history) ticket() desk.Ticket {
	for _, o := range slices.Backward(h) {
		if !o.record.Deleted {
			return *o.record.Body.(*desk.Ticket)
		}
	}
	return *h.last().Body.(*desk.Ticket)
}

func (h history) ticketAt(i int) *desk.Ticket { return h[i].record.Body.(*desk.Ticket) }

func (h history) status(i int) desk.Status {
	if h[i].record.Deleted {
		return desk.StatusDeleted
	}
	if h.ticketAt(i).MergedInto != "" {
		return desk.StatusMerged
	}
	return h.ticketAt(i).Status
}

// withdrawn reports whether a ticket is one not to count.
func (h history) withdrawn() bool { return h.status(len(h) - 1).Withdrawn() }

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

func (t *truth) surveyEvents() []event {
	var events []event
	for _, h := range t.surveys {
		s := h.last().Body.(*desk.Survey)
		if h.last().Deleted {
			continue
		}
		if s.Survey != "unknown" {
			events = append(events, t.invitation(h, s))
		}
		if !s.Score.Set {
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
			events = append(events, event{desk: h.desk(), family: "csat", at: s.RespondedAt, value: value, labels: labels})
		case s.Survey == "nps" && score <= 10:
			if score >= 9 {
				value = 1
			} else if score <= 6 {
				value = -1
			}
			labels := map[string]string{"channel": named("channel"), "segment": named("segment")}
			events = append(events, event{desk: h.desk(), family: "nps", at: s.RespondedAt, value: value, labels: labels})
		}
	}
	return events
}

// invitation tells whether a survey that was sent was answered within a day.
func (t *truth) invitation(h history, s *desk.Survey) event {
	channel := h.named(0, "channel")
	if about := t.tickets[s.Ticket]; about != nil {
		channel = cmp.Or(channel, about.named(about.stateThen(s.SentAt), "channel"))
	}
	answered := 0.0
	if s.Score.Set && !s.RespondedAt.After(s.SentAt.Add(day)) {
		answered = 1
	}
	labels := map[string]string{"channel": cmp.Or(channel, "none")}
	return event{desk: h.desk(), family: "invited to " + s.Survey, at: s.SentAt.Add(day), value: answered, labels: labels}
}
