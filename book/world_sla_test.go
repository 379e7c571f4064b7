package book_test

import (
	"fmt"
	"slices"
	"time"

	"pgregory.net/rapid"

	"helpdesk_exporter/book"
	"helpdesk_exporter/desk"
	"helpdesk_exporter/kpi"
)

// slaSources are tickets of one source, some of whose messages another tells.
func slaSources() []book.SourceConfig {
	log := source("log", "acme", desk.KindMessage)
	log.RefersTo = "zen"
	return []book.SourceConfig{source("zen", "acme", desk.KindTicket), log}
}

// policies draws up to three policies, in whole minutes.
func (d dice) policies() []kpi.SLAPolicy {
	var all []kpi.SLAPolicy
	for _, name := range []string{"one", "two", "three"}[:1+d.below(3)] {
		p := kpi.SLAPolicy{Name: name, Match: map[string][]string{}}
		for target := range p.Targets {
			if d.chance(70) {
				p.Targets[target] = d.minutes(1, 60)
			}
		}
		for _, status := range desk.OpenStatuses() {
			if d.chance(25) {
				p.PauseOn = append(p.PauseOn, status)
			}
		}
		if d.chance(50) {
			p.Rematch = []string{"priority"}
		}
		p.Reopen = []kpi.Reopen{"", kpi.ReopenRestarts, kpi.ReopenResumes, kpi.ReopenIgnored}[d.below(4)]
		switch d.below(3) {
		case 0:
			p.Match["priority"] = [][]string{{"high"}, {"low", "high"}, {"none"}}[d.below(3)]
		case 1:
			p.Match["team"] = []string{d.pick("billing", "none")}
		}
		all = append(all, p)
	}
	return all
}

// slaWorld draws what happens to a few tickets within some hours, each thing in a
// minute of its own.
func (d dice) slaWorld() []history {
	var all []history
	for i := range 1 + d.below(5) {
		id := fmt.Sprintf("zen-ticket-%d", i)
		h, told := d.slaTicket(id)
		all = append(all, h)
		for j, m := range told {
			message := &desk.TicketMessage{Ticket: id, Message: m}
			r := desk.Record{ID: fmt.Sprintf("%s-%d", id, j), Body: message, Origin: desk.Origin{Dropped: m.At, Name: "log.csv"}}
			all = append(all, history{{"log", r}})
		}
	}
	return all
}

// slaTicket draws the states of a ticket, and the messages that another source
// tells.
func (d dice) slaTicket(id string) (h history, told []desk.Message) {
	style, apart := d.below(3), d.chance(30)
	at := monday.Add(d.minutes(0, 60))
	t := desk.Ticket{CreatedAt: at, UpdatedAt: at, Status: desk.StatusNew, Priority: d.pick("", "low", "high"), Team: d.pick("", "billing")}
	if d.chance(20) {
		t.CreatedBy = desk.RoleAgent
	}
	if style == byChanges {
		t.StatusChanges = []desk.StatusChange{{At: at, Status: desk.StatusNew}}
	}
	ofDesk := d.chance(30)
	if ofDesk && d.chance(50) {
		t.FirstResponseDueAt = at.Add(d.minutes(1, 90))
	}
	if ofDesk && d.chance(50) {
		t.ResolutionDueAt = at.Add(d.minutes(1, 180))
	}
	tell := func() {
		state := t
		state.Messages, state.StatusChanges = slices.Clone(t.Messages), slices.Clone(t.StatusChanges)
		h = append(h, observation{"zen", desk.Record{ID: id, Body: &state}})
	}
	tell()
	for range d.below(9) {
		t.UpdatedAt = t.UpdatedAt.Add(d.minutes(1, 25))
		switch d.below(6) {
		case 0, 1:
			d.enter(&t, style)
		case 2, 3:
			m := desk.Message{At: t.UpdatedAt, Public: d.chance(85)}
			m.Author = []desk.Role{desk.RoleCustomer, desk.RoleCustomer, desk.RoleAgent, desk.RoleAgent, desk.RoleBot}[d.below(5)]
			if apart {
				told = append(told, m)
			} else {
				t.Messages = append(t.Messages, m)
			}
		case 4:
			t.Priority = d.pick("", "low", "high")
		case 5:
			if t.NextResponseDueAt = (time.Time{}); ofDesk && d.chance(70) {
				t.NextResponseDueAt = t.UpdatedAt.Add(d.minutes(-5, 60))
			}
			t.Team = d.pick("billing", "tech")
		}
		tell()
	}
	return h, told
}

// enter gives a ticket another status in its minute.
func (d dice) enter(t *desk.Ticket, style int) {
	statuses := []desk.Status{
		desk.StatusOpen, desk.StatusPending, desk.StatusOnHold, desk.StatusSolved, desk.StatusSolved, desk.StatusClosed, desk.StatusSpam,
	}
	was := t.Status
	if t.Status = statuses[d.below(len(statuses))]; was.Withdrawn() {
		t.Status = desk.StatusOpen // nobody solves spam
	}
	switch {
	case style == byChanges:
		t.StatusChanges = append(t.StatusChanges, desk.StatusChange{At: t.UpdatedAt, Status: t.Status})
	case !t.Status.Finished():
		t.SolvedAt = time.Time{}
	case style == byTimes && !was.Finished():
		t.SolvedAt = t.UpdatedAt
	}
}

// slaRounds draws how a world becomes known: in some rounds, each source up to an
// instant of its own.
func (d dice) slaRounds(world []history, n int) []round {
	rounds := make([]round, n)
	now := monday.Add(d.minutes(0, 200))
	for i := range rounds {
		rounds[i] = round{now: now, asOf: map[string]time.Time{}, found: map[string][]observation{}}
		for _, s := range slaSources() {
			rounds[i].asOf[s.Name] = now.Add(-d.minutes(0, 10))
		}
		now = now.Add(d.minutes(1, 55))
	}
	for _, h := range world {
		at := 0
		for _, o := range h {
			// A desk that dates the solve it knows moves it with each.
			if ticket, ok := o.record.Body.(*desk.Ticket); ok && !ticket.SolvedAt.IsZero() {
				at = rapid.IntRange(at, n-1).Draw(d.T, "round")
			} else {
				at = d.below(n)
			}
			rounds[at].found[o.source] = append(rounds[at].found[o.source], o)
		}
	}
	return rounds
}

// deliverPages commits a round in pages of any size, some of it again, with
// failures and restarts between. Only the last page tells how far it goes.
func (o *office) deliverPages(d dice, past []round, r round, inOrder bool) {
	o.Helper()
	for _, s := range slaSources() {
		found := r.found[s.Name]
		if !inOrder || s.Name == "zen" { // whose answer is read first makes a difference
			found = d.shuffle(found, inOrder)
		}
		left := records(found)
		for {
			size := d.below(len(left) + 1)
			page := desk.Page{Records: slices.Clone(left[:size]), More: true}
			if left = left[size:]; len(left) == 0 {
				page.More, page.AsOf = false, r.asOf[s.Name]
			}
			if again := d.known(past, s.Name, nil); len(again) > 0 && d.chance(50) {
				page.Records = append(page.Records, again[d.below(len(again))].record)
			}
			if d.chance(10) {
				o.failInTheMiddle(s.Name, page, r.now)
			}
			o.commit(s.Name, page, r.now)
			if d.chance(15) {
				o.reopen(r.now)
			}
			if !page.More {
				break
			}
		}
	}
}

// promiseTo lets a desk promise something.
func (o *office) promiseTo(policies []kpi.SLAPolicy) {
	d := definitions()
	d.SLAPolicies = policies
	o.redefine(d)
}

func openPromising(t rapid.TB, path string, policies []kpi.SLAPolicy, configs ...book.SourceConfig) *office {
	t.Helper()
	o := openOffice(t, path, configs...)
	o.promiseTo(policies)
	o.reopen(monday)
	return o
}
