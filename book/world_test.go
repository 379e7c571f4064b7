package book_test

import (
	"cmp"
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

// worldSources are two desks: at acme tickets come from two sources, calls,
// surveys, messages and head counts from others; at brio everything comes from
// one.
func worldSources() []book.SourceConfig {
	ofZen := func(name string, kind desk.Kind) book.SourceConfig {
		s := source(name, "acme", kind)
		s.RefersTo = "zen"
		return s
	}
	return []book.SourceConfig{
		source("zen", "acme", desk.KindTicket), source("web", "acme", desk.KindTicket),
		ofZen("pbx", desk.KindCall), ofZen("forms", desk.KindSurvey), ofZen("log", desk.KindMessage),
		source("roster", "acme", desk.KindStaffing),
		withHistory(source("all", "brio", desk.KindTicket, desk.KindCall, desk.KindSurvey, desk.KindMessage, desk.KindStaffing)),
	}
}

// ticketsOf is the source whose tickets the records of a source speak of.
func ticketsOf(source string) string {
	switch source {
	case "all", "web", "help", "stall":
		return source
	default:
		return "zen"
	}
}

// dice draws what happens.
type dice struct {
	*rapid.T
	market bool // it happens at the market, and not at the desks of the world
	legs   bool // calls may be legs of contacts, sessions and views rows of visits
	steady bool // nothing takes back what was once true: no corrections, no deletions
	alone  bool // no record is about a ticket, but for surveys
}

// below draws a number from 0 to n-1.
func (d dice) below(n int) int { return rapid.IntRange(0, n-1).Draw(d.T, "n") }

func (d dice) chance(percent int) bool { return d.below(100) < percent }

func (d dice) minutes(from, to int) time.Duration {
	return time.Duration(rapid.IntRange(from, to).Draw(d.T, "minutes")) * time.Minute
}

func (d dice) pick(of ...string) string { return of[d.below(len(of))] }

// sources are those that tell of what happens.
func (d dice) sources() []book.SourceConfig {
	if d.market {
		return marketSources()
	}
	return worldSources()
}

// world draws what happens to a few records of each source in the week before
// and the days after monday.
func (d dice) world() []history {
	var all []history
	for _, s := range d.sources() {
		for _, kind := range s.Feeds {
			for i := range d.many(kind) {
				all = append(all, d.history(s.Name, kind, i))
			}
		}
	}
	return all
}

// many draws how many records of a kind a source has. The market has so many
// kinds that there need not be one of each.
func (d dice) many(kind desk.Kind) int {
	if d.market && kind != desk.KindCustomer {
		return d.below(3)
	}
	return 1 + d.below(4)
}

// history draws what happens to the i-th record of a kind of a source.
func (d dice) history(source string, kind desk.Kind, i int) history {
	id := fmt.Sprintf("%s-%s-%d", source, kind, i)
	switch kind {
	case desk.KindTicket:
		return d.ticket(source, id)
	case desk.KindCall:
		return d.call(source, id)
	case desk.KindSurvey:
		return d.survey(source, id)
	case desk.KindMessage:
		return d.message(source, id)
	case desk.KindStaffing:
		return d.staffing(source, id)
	case desk.KindCustomer:
		if i < len(customerNames) {
			id = customerNames[i]
		}
		return d.versions(source, id, d.trade(kind, id))
	default:
		return d.versions(source, id, d.trade(kind, id))
	}
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
		Channel: d.pick("email", "web", "phone"), Priority: d.pick("", "high"), Team: d.pick("", "billing", "tech"),
		Requester: d.customer(), Topic: d.pick("", "bill"), Agent: d.pick("", "x", "y"),
	}
	d.counts(&t)
	if d.market {
		t.Type = d.pick("", "complaint")
	}
	if !d.alone && d.chance(20) {
		t.FollowupOf = d.otherTicket(source, id)
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
		if (r.Deleted || t.MergedInto != "") && style == byChanges {
			break // its desk would not tell of a return
		}
		t.UpdatedAt = t.UpdatedAt.Add(d.minutes(1, 2*24*60))
		d.change(&r, &t, style)
		if !d.steady && d.chance(20) {
			d.move(source, id, &t)
		}
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
	merged := t.MergedInto != ""
	finished, withdrawn := t.Status.Finished(), t.Status.Withdrawn() || merged || r.Deleted
	what := d.below(12)
	if d.steady && what > lastSteady {
		return
	}
	switch what {
	case 0, 1, 2:
		if finished || withdrawn {
			r.Deleted, t.SolvedAt, t.MergedInto = false, time.Time{}, ""
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

// counts draws what desks count of a ticket.
func (d dice) counts(t *desk.Ticket) {
	if d.chance(20) {
		t.CreatedBy = desk.RoleAgent
	}
	for _, count := range []*desk.Opt[int]{&t.Transfers, &t.AgentReplies, &t.CustomerMessages} {
		if d.chance(30) {
			*count = desk.Some(d.below(3))
		}
	}
	if d.chance(15) {
		t.HandledBy = []desk.Role{desk.RoleAgent, desk.RoleBot}[d.below(2)]
	}
	if d.chance(15) {
		t.EscalatedAt = t.CreatedAt.Add(d.minutes(0, 5*24*60))
	}
}

// move corrects whose ticket it is, about what, and what it belongs to.
func (d dice) move(source, id string, t *desk.Ticket) {
	switch d.below(5) {
	case 0:
		t.Requester, t.Topic = d.customer(), d.pick("", "bill")
	case 1:
		d.counts(t)
	case 2:
		t.FollowupOf = ""
	default:
		if t.MergedInto = ""; !d.alone && d.chance(70) {
			t.MergedInto = d.otherTicket(source, id)
		}
	}
}

// customer draws who comes; few, so that they come again.
func (d dice) customer() string { return d.pick("", "ann", "ann", "bob") }

// someTicket draws the id of a ticket of a source, or one that never comes.
func (d dice) someTicket(source string) string {
	return fmt.Sprintf("%s-%s-%d", source, desk.KindTicket, d.below(5))
}

// otherTicket draws the id of another ticket than the given one.
func (d dice) otherTicket(source, id string) string {
	for {
		if other := d.someTicket(source); other != id {
			return other
		}
	}
}

// lastSteady is the last of the changes to a ticket that take nothing back.
const lastSteady = 7

func correct(at *time.Time, by time.Duration) {
	if !at.IsZero() {
		*at = at.Add(by)
	}
}

// byVersion orders states of one record: by the desk's own time of the state,
// else by that of the drop or by the newest time in it, then by their place in
// the drop.
func byVersion(a, b observation) int {
	if c := versionOf(a.record).Compare(versionOf(b.record)); c != 0 {
		return c
	}
	return a.record.Origin.Compare(b.record.Origin)
}

func versionOf(r desk.Record) time.Time {
	return cmp.Or(r.Body.Changed(), r.Origin.Dropped, r.Body.Newest())
}
