package book_test

import (
	"fmt"
	"slices"
	"time"

	"pgregory.net/rapid"

	"helpdesk_exporter/book"
	"helpdesk_exporter/desk"
)

// observation is one state of one record, as a source reports it.
type observation struct {
	source string
	record desk.Record
}

// history is all states of one record, in the order in which they held.
type history []observation

// worldSources are two desks: at acme tickets come from two sources, calls and
// surveys from others; at brio everything comes from one.
func worldSources() []book.SourceConfig {
	forms := source("forms", "acme", desk.KindSurvey)
	forms.RefersTo = "zen"
	return []book.SourceConfig{
		source("zen", "acme", desk.KindTicket), source("web", "acme", desk.KindTicket),
		source("pbx", "acme", desk.KindCall), forms,
		withHistory(source("all", "brio", desk.KindTicket, desk.KindCall, desk.KindSurvey)),
	}
}

// dice draws what happens.
type dice struct {
	*rapid.T
	legs   bool // calls may be legs of contacts
	steady bool // nothing takes back what was once true: no corrections, no deletions
}

// below draws a number from 0 to n-1.
func (d dice) below(n int) int { return rapid.IntRange(0, n-1).Draw(d.T, "n") }

func (d dice) chance(percent int) bool { return d.below(100) < percent }

func (d dice) minutes(from, to int) time.Duration {
	return time.Duration(rapid.IntRange(from, to).Draw(d.T, "minutes")) * time.Minute
}

func (d dice) pick(of ...string) string { return of[d.below(len(of))] }

// world draws what happens to a few records of each source in the week before
// and the days after monday.
func (d dice) world() []history {
	var all []history
	for _, s := range worldSources() {
		for _, kind := range s.Feeds {
			for i := range 1 + d.below(4) {
				id := fmt.Sprintf("%s-%s-%d", s.Name, kind, i)
				switch kind {
				case desk.KindTicket:
					all = append(all, d.ticket(s.Name, id))
				case desk.KindCall:
					all = append(all, d.call(s.Name, id))
				case desk.KindSurvey:
					all = append(all, d.survey(s.Name, id))
				}
			}
		}
	}
	return all
}

// The ways in which desks tell of the life of a ticket.
const (
	byChanges  = iota // messages and status changes
	byTimes           // the time of the first response and of the last solve
	byStatuses        // nothing but the present status
)

func (d dice) ticket(source, id string) history {
	style := d.below(3)
	at := monday.Add(d.minutes(-9*24*60, 4*24*60))
	t := desk.Ticket{
		CreatedAt: at, Status: desk.StatusNew, UpdatedAt: at,
		Channel: d.pick("email", "web"), Priority: d.pick("", "high"), Team: d.pick("", "billing", "tech"),
	}
	if style == byChanges {
		t.StatusChanges = []desk.StatusChange{{At: at, Status: desk.StatusNew}}
	}
	r := desk.Record{ID: id}
	var h history
	for range 1 + d.below(6) {
		state := t
		state.Messages, state.StatusChanges = slices.Clone(t.Messages), slices.Clone(t.StatusChanges)
		r.Body = &state
		h = append(h, observation{source, r})
		if r.Deleted && style == byChanges {
			break // its desk would not tell of a return
		}
		t.UpdatedAt = t.UpdatedAt.Add(d.minutes(1, 2*24*60))
		d.change(&r, &t, style)
	}
	return h
}

// change lets something happen to a ticket at its time of update.
func (d dice) change(r *desk.Record, t *desk.Ticket, style int) {
	now := t.UpdatedAt
	enter := func(s desk.Status) {
		t.Status = s
		if style == byChanges {
			t.StatusChanges = append(t.StatusChanges, desk.StatusChange{At: now.Add(-time.Second), Status: s})
		}
	}
	finished, withdrawn := t.Status.Finished(), t.Status.Withdrawn() || r.Deleted
	what := d.below(12)
	if d.steady && what > lastSteady {
		return
	}
	switch what {
	case 0, 1, 2:
		if finished || withdrawn {
			r.Deleted, t.SolvedAt = false, time.Time{}
			enter(desk.StatusOpen)
			return
		}
		enter(desk.StatusSolved)
		if style == byTimes {
			t.SolvedAt = now.Add(-time.Minute / 2)
		}
	case 8:
		if !withdrawn {
			enter([]desk.Status{desk.StatusSpam, desk.StatusMerged, desk.StatusTest}[d.below(3)])
		}
	case 9:
		r.Deleted = !withdrawn || r.Deleted
	case 3, 4:
		switch {
		case style == byChanges:
			author := []desk.Role{desk.RoleAgent, desk.RoleCustomer, desk.RoleBot}[d.below(3)]
			t.Messages = append(t.Messages, desk.Message{At: now.Add(-time.Second), Author: author, Public: d.chance(80)})
		case t.FirstResponseAt.IsZero():
			t.FirstResponseAt = now.Add(-time.Second)
		}
	case 5:
		t.Team = d.pick("", "billing", "tech")
	case 6, lastSteady:
		if !finished && !withdrawn {
			enter(desk.StatusPending)
		}
	case 10:
		t.CreatedAt = t.CreatedAt.Add(d.minutes(-30, 30))
	default:
		correct(&t.FirstResponseAt, d.minutes(-20, 20))
		correct(&t.SolvedAt, -3*time.Second)
	}
}

// lastSteady is the last of the changes to a ticket that take nothing back.
const lastSteady = 7

func correct(at *time.Time, by time.Duration) {
	if !at.IsZero() {
		*at = at.Add(by)
	}
}

// call draws the versions of a call, told apart by their place in a drop.
func (d dice) call(source, id string) history {
	arrived := monday.Add(d.minutes(-8*24*60, 4*24*60))
	c := desk.Call{ArrivedAt: arrived, Queue: d.pick("", "sales", "help"), Team: d.pick("", "tech")}
	if d.chance(20) {
		c.Direction = desk.DirectionOutbound
	}
	versions := 1
	if !d.steady {
		versions += d.below(3)
	}
	var h history
	for range versions {
		if d.legs {
			c.Contact = d.pick("", id, "contact-1", "contact-2")
		}
		wait := time.Duration(d.below(40)) * time.Second
		c.AnsweredAt, c.EndedAt = time.Time{}, arrived.Add(wait)
		c.Wait, c.Talk = desk.Opt[time.Duration]{}, desk.Opt[time.Duration]{}
		switch c.Outcome = desk.OutcomeUnknown; d.below(5) {
		case 0:
			c.AnsweredAt = arrived.Add(wait)
			c.EndedAt = c.AnsweredAt.Add(d.minutes(1, 30))
			c.Talk = desk.Some(c.EndedAt.Sub(c.AnsweredAt))
		case 1:
			c.Outcome, c.Wait = desk.OutcomeAnswered, desk.Some(wait)
		case 2:
			c.Outcome = desk.OutcomeAbandonedIVR
		case 3:
			c.EndedAt = time.Time{} // still rings
		}
		state := c
		h = append(h, observation{source, desk.Record{
			ID: id, Body: &state, Deleted: !d.steady && d.chance(10),
		}})
	}
	return inDrops(h)
}

// inDrops gives the versions of a record their places in a drop.
func inDrops(h history) history {
	slices.SortStableFunc(h, byVersion)
	for i := range h {
		h[i].record.Origin = desk.Origin{Name: "drop.csv", Row: int64(i)}
	}
	return h
}

// survey draws the versions of an answer, which may change its ticket.
func (d dice) survey(source, id string) history {
	s := desk.Survey{
		Survey: d.pick("csat", "nps", "ces", "unknown"), SentAt: monday.Add(d.minutes(-8*24*60, 4*24*60)),
		Channel: d.pick("", "", "web"), Team: d.pick("", "", "tech"), Segment: d.pick("", "large"),
	}
	tickets := source
	if source == "forms" {
		tickets = "zen"
	}
	var h history
	for i := range 1 + d.below(3) {
		if i > 0 || d.chance(70) {
			s.RespondedAt = s.SentAt.Add(time.Hour)
			s.Score = desk.Some(d.score())
		}
		s.Ticket = ""
		if d.chance(80) {
			s.Ticket = fmt.Sprintf("%s-ticket-%d", tickets, d.below(4))
		}
		state := s
		h = append(h, observation{source, desk.Record{
			ID: id, Body: &state, Deleted: !d.steady && d.chance(10),
		}})
	}
	return inDrops(h)
}

// score draws an answer, which need not lie on the survey's scale.
func (d dice) score() float64 {
	if d.steady {
		return float64(1 + d.below(5))
	}
	return float64(d.below(13))
}

// byVersion orders states of one record: by the desk's own time of the state,
// else by the newest time in it, then by their place in the drop.
func byVersion(a, b observation) int {
	if c := versionOf(a.record).Compare(versionOf(b.record)); c != 0 {
		return c
	}
	return a.record.Origin.Compare(b.record.Origin)
}

func versionOf(r desk.Record) time.Time {
	if at := r.Body.Changed(); !at.IsZero() {
		return at
	}
	return r.Body.Newest()
}
