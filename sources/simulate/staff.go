package simulate

import (
	"math"
	"time"

	"helpdesk_exporter/desk"
)

// line is who answers the calls, or the chats, of one team.
type line struct {
	team    int
	channel string
	agents  int // in busy hours

	// The queue of the quarter of an hour that was asked for last.
	quarter int64
	queue   queue
}

// How long an agent is busy with a call, all in all, and with a chat, two of
// which go on at a time.
const (
	callWork = 6 * time.Minute
	chatWork = 5 * time.Minute
)

func workOf(channel string) time.Duration {
	if channel == "chat" {
		return chatWork
	}
	return callWork
}

// ticketsPerAgent is how many tickets a day make up an agent's work.
const ticketsPerAgent = 25

// staff gives each team a line for calls, one for chats, and who else it needs.
func (l *life) staff() {
	for team, share := range l.shares {
		agents := int(math.Ceil(l.TicketsPerDay*share/ticketsPerAgent)) + 1
		for _, channel := range []string{"phone", "chat"} {
			n := line{team: team, channel: channel, agents: l.agentsFor(team, channel), quarter: -1}
			l.lines = append(l.lines, n)
			agents += n.agents
		}
		if l.Agents > 0 {
			agents = l.Agents
		}
		l.agents = append(l.agents, agents)
	}
}

// agentsFor is how many agents a line has in busy hours: its part of the
// configured ones, or as many as a busy Monday needs.
func (l *life) agentsFor(team int, channel string) int {
	if l.Agents > 0 {
		chat := max(1, l.Agents*3/10)
		if channel == "chat" {
			return chat
		}
		return max(1, l.Agents-chat)
	}
	peak := 0.0
	for _, busy := range l.hours {
		peak = max(peak, busy)
	}
	load := l.arrivals(team, channel) * peak * weekdays[time.Monday] * workOf(channel).Seconds() / l.Speed
	return int(math.Ceil(load + 0.7*math.Sqrt(load)))
}

// arrivals is how many callers a second come to a line on average.
func (l *life) arrivals(team int, channel string) float64 {
	share := 0.9 * (1 - chats) // the others stay in the menu, or are called
	if channel == "chat" {
		share = 0.75 * chats // the others are content with the bot
	}
	return l.CallsPerDay * l.Speed / 86400 * l.shares[team] * share
}

// closed reports whether a team's lines are closed. Of several teams the last
// one keeps office hours; the others are there around the clock.
func (l *life) closed(team int, at time.Time) bool {
	hours, weekend := l.sinceOpening(at)
	return len(l.Teams) > 1 && team == len(l.Teams)-1 && (weekend || hours > 11)
}

// available is how many agents a line has at a moment: fewer in the evening, at
// night and at the weekend, and now and then somebody is missing.
func (l *life) available(n *line, at time.Time) int {
	if l.closed(n.team, at) {
		return 0
	}
	hours, weekend := l.sinceOpening(at)
	share := 1.0
	switch {
	case hours > 14 && hours < 23:
		share = 0.25
	case hours > 10:
		share = 0.6
	}
	if weekend {
		share *= 0.6
	}
	there := int(math.Ceil(share * float64(n.agents)))
	if fraction(l.Seed, uint64(at.Unix()/(60*countEvery)), uint64(n.team)<<8|uint64(len(n.channel))) < 0.15 {
		there--
	}
	return max(1, there)
}

// queueOf returns the queue of a line as it is in the quarter of an hour around
// a moment.
func (l *life) queueOf(team int, channel string, at time.Time) *queue {
	n := &l.lines[2*team]
	if channel == "chat" {
		n = &l.lines[2*team+1]
	}
	quarter := minuteOf(at) / countEvery
	if n.quarter != quarter {
		middle := timeOf(quarter*countEvery + countEvery/2)
		n.quarter = quarter
		n.queue = newQueue(
			max(l.arrivals(team, channel)*l.rate(middle), 1e-9), l.scaled(workOf(channel)),
			l.scaled(patienceOf(channel)), max(1, l.available(n, middle)))
	}
	return &n.queue
}

// count tells how many agents a line has.
func (l *life) count(k key) {
	n, at := &l.lines[k.number()], timeOf(k.minute())
	l.tell(&headcount{k.child(0), desk.Staffing{
		At: at, Team: l.Teams[n.team], Channel: n.channel, Available: desk.Some(l.available(n, at)),
	}})
}

// headcount is a count of the agents who are there.
type headcount struct {
	reference
	counted desk.Staffing
}

// next implements tale.
func (h *headcount) next(after time.Time) time.Time {
	if h.counted.At.After(after) {
		return h.counted.At
	}
	return time.Time{}
}

// record implements tale.
func (h *headcount) record(time.Time) desk.Record {
	body := h.counted
	return desk.Record{ID: h.id(), Body: &body}
}
