package main

import (
	"fmt"
	"slices"
	"strconv"
	"time"
)

// opening is when the ticket drop was first exported. It opens with every
// ticket as it stood then; from there on each change is a row, which is how a
// ticket comes to have several. It lies in the part of the span that a replay
// has behind it when it starts.
var opening = begin.AddDate(0, 0, 25)

// ticket is the life of one ticket.
type ticket struct {
	id, channel, priority, team, agent, requester string

	created, firstSolved time.Time
	reopened             bool
	states               []state
}

// state is what the desk knew of a ticket from one moment on.
type state struct {
	at                    time.Time
	status                string
	firstResponse, solved time.Time
	reopens               int
	assigned              bool
}

// crew is the agents of a team: they are numbered through.
type crew struct{ first, size int }

var crews = map[string]crew{
	"technical": {1, 8},
	"billing":   {9, 5},
	"accounts":  {14, 3},
	"shipping":  {17, 4},
}

// member returns the opaque id of a team's n-th agent.
func member(team string, n int) string {
	return fmt.Sprintf("a%02d", crews[team].first+n)
}

// How much longer than usual a priority waits and a team takes.
var (
	patience = map[string]float64{"urgent": 0.2, "high": 0.5, "normal": 1, "low": 1.8}
	pace     = map[string]float64{"technical": 1.4, "billing": 1, "accounts": 0.8, "shipping": 0.9}
)

// liveTickets lets the tickets of the whole span live.
func liveTickets(d dice) []*ticket {
	times := slices.Concat([]time.Time{begin}, d.arrivals(81), []time.Time{end})
	tickets := make([]*ticket, len(times))
	for i, at := range times {
		tickets[i] = liveTicket(d, fmt.Sprintf("t%04d", i+1), at)
	}
	return tickets
}

func liveTicket(d dice, id string, at time.Time) *ticket {
	t := &ticket{
		id:       id,
		created:  at,
		channel:  choose(d, []lot[string]{{45, "email"}, {25, "web"}, {20, "chat"}, {10, "phone"}}),
		priority: choose(d, []lot[string]{{20, "low"}, {55, "normal"}, {18, "high"}, {7, "urgent"}}),
		team:     choose(d, []lot[string]{{40, "technical"}, {25, "billing"}, {15, "accounts"}, {20, "shipping"}}),
		// Squaring makes some customers come back often.
		requester: fmt.Sprintf("c%04d", 1+int(1500*d.Float64()*d.Float64())),
	}
	t.agent = member(t.team, d.IntN(crews[t.team].size))
	t.become(state{at: at, status: "new"})
	written := t.channel == "email" || t.channel == "web"
	switch {
	case written && d.chance(0.035):
		status := choose(d, []lot[string]{{70, "spam"}, {30, "deleted"}})
		t.become(state{at: d.office(at).Add(d.around(30*time.Minute, 0.8)), status: status})
	case written && d.chance(0.01):
		// Nobody ever answers this one.
	default:
		t.answer(d, written)
	}
	return t
}

// answer gives the ticket its first response and what follows.
func (t *ticket) answer(d dice, written bool) {
	now := state{assigned: true}
	switch {
	case t.channel == "phone":
		now.firstResponse = t.created.Add(d.around(25*time.Second, 0.7))
	case t.channel == "chat":
		now.firstResponse = t.created.Add(d.around(70*time.Second, 0.9))
	default:
		from := t.created
		if t.priority != "urgent" {
			from = d.office(from)
		}
		now.firstResponse = from.Add(d.around(scale(100*time.Minute, patience[t.priority]*pace[t.team]), 1))
	}
	now.at = now.firstResponse
	if !written && d.chance(0.65) {
		t.solve(d, now, now.at.Add(d.around(9*time.Minute, 0.6)))
		return
	}
	now.status = choose(d, []lot[string]{{60, "open"}, {36, "pending"}, {4, "on_hold"}})
	t.become(now)
	if d.chance(0.02) {
		return // The customer never comes back to it, and nobody else does.
	}
	effort := d.around(scale(9*time.Hour, patience[t.priority]*pace[t.team]), 1.1)
	t.solve(d, now, d.office(now.at.Add(effort)))
}

// solve solves the ticket, perhaps not for good.
func (t *ticket) solve(d dice, now state, at time.Time) {
	now.at, now.status, now.solved = at, "solved", at
	t.become(now)
	if t.firstSolved.IsZero() {
		t.firstSolved = at
	}
	if t.reopened || !d.chance(0.08) {
		return
	}
	t.reopened = true
	now.at = at.Add(d.around(18*time.Hour, 0.9))
	now.status, now.solved, now.reopens = "open", time.Time{}, 1
	t.become(now)
	t.solve(d, now, d.office(now.at.Add(d.around(scale(5*time.Hour, pace[t.team]), 1))))
}

// become adds a state, as far as the span reaches.
func (t *ticket) become(s state) {
	if !s.at.After(end) {
		t.states = append(t.states, s)
	}
}

func scale(d time.Duration, by float64) time.Duration {
	return time.Duration(float64(d) * by)
}

func ticketDrop(tickets []*ticket) drop {
	file := drop{
		name: "tickets.csv",
		header: []string{
			"ticket_id", "created_at", "updated_at", "status", "priority", "channel", "team",
			"agent", "requester", "first_response_at", "solved_at", "reopens",
		},
	}
	for _, t := range tickets {
		for i, s := range t.states {
			if i+1 < len(t.states) && t.states[i+1].at.Before(opening) {
				continue
			}
			agent := ""
			if s.assigned {
				agent = t.agent
			}
			file.rows = append(file.rows, row{s.at, []string{
				t.id, stamp(t.created), stamp(s.at), s.status, t.priority, t.channel, t.team,
				agent, t.requester, stamp(s.firstResponse), stamp(s.solved), strconv.Itoa(s.reopens),
			}})
		}
	}
	return file
}
