package kpi

import (
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/tally"
)

// The measures of durations in business hours. Each stands beside the one of
// the same duration around the clock.
const (
	FirstResponseBusiness  ID = 14
	ReplyBusiness          ID = 15
	FullResolutionBusiness ID = 23
	RequesterWaitBusiness  ID = 24
)

func (c *Catalogue) addBusiness() {
	const clock = ", in business hours: the desk's own figures where it tells this duration, else by the calendar; observed "
	const measured = ", measured in business hours"
	for _, m := range []struct {
		id             ID
		name, help, of string
	}{
		{
			FirstResponseBusiness, "helpdesk_first_response_business",
			"Time from a ticket's creation to its first public answer by a human agent" + clock + "when discovered.",
			"first responses given in the window",
		},
		{
			ReplyBusiness, "helpdesk_reply_business",
			"Time from the first of a run of customer messages to the next public answer by a human agent" + clock + "when discovered.",
			"answers given in the window",
		},
		{
			FullResolutionBusiness, "helpdesk_full_resolution_business",
			"Time from a ticket's creation to each of its solves" + clock + "when discovered.",
			"last solves in the window of tickets not reopened since",
		},
		{
			RequesterWaitBusiness, "helpdesk_requester_wait_business",
			"Time that a ticket was new, open or on hold until it was solved" + clock + "once when discovered.",
			"",
		},
	} {
		windows := m.of != ""
		c.Measures = append(c.Measures, Measure{
			ID: m.id, Kind: desk.KindTicket, Dims: c.Labels, Window: windows, Spread: windows,
			Total: &Total{Name: m.name + "_seconds", Help: m.help, Buckets: c.Buckets.Default},
		})
		if !windows {
			continue
		}
		first := len(c.Views)
		c.addSpreadViews(m.id, m.name, m.of+measured)
		for i := range c.Views[first:] {
			c.Views[first+i].Seen = m.id // a desk may have no such clock
		}
	}
}

// business collects what a ticket's durations are in business hours and reports
// whether the desk told of none that is below zero. What around the clock would
// end before it began is not told of here once more.
func (b *Contributions) business(g Group, t *desk.Ticket, l *lifecycle, feeds Feed) bool {
	h, k := g.Record, g.Clocks
	if k == nil {
		return true
	}
	sound := b.firstResponseBusiness(k, h, t, feeds)
	b.repliesBusiness(k, h, t, feeds)
	for i, m := range l.solves {
		if m.at.IsZero() || m.at.Before(t.CreatedAt) {
			continue
		}
		took := k.between(desk.BusinessResolution, t.ResolutionBusiness, t.CreatedAt, m.at)
		sound = b.took(FullResolutionBusiness, l.feedsOfSolve(i, feeds), took, m.at, at(h, m)) && sound
	}
	if n := len(l.solves); n > 0 {
		last := l.solves[n-1]
		sound = b.took(RequesterWaitBusiness, FeedTotal, k.requesterWait(t, last.at), last.at, at(h, last)) && sound
	}
	return sound
}

// repliesBusiness collects how long the answers took, each as the desk says
// where it tells such durations.
func (b *Contributions) repliesBusiness(k *Clocks, h *desk.Held, t *desk.Ticket, feeds Feed) {
	if k.Told.Tells(desk.BusinessReply) {
		for answered, took := range repliesTold(t.Clocks) {
			b.took(ReplyBusiness, feeds, desk.Some(took), answered, seenAt(h, answered))
		}
		return
	}
	for asked, answered := range runs(t.Messages) {
		took := k.between(desk.BusinessReply, desk.Opt[time.Duration]{}, asked, answered)
		b.took(ReplyBusiness, feeds, took, answered, seenAt(h, answered))
	}
}

func (b *Contributions) firstResponseBusiness(k *Clocks, h *desk.Held, t *desk.Ticket, feeds Feed) bool {
	asked, _ := askedAt(t)
	answered, ok := answeredAt(t)
	if !ok || answered.Before(asked) {
		return true
	}
	took := k.between(desk.BusinessFirstResponse, t.FirstResponseBusiness, asked, answered)
	return b.took(FirstResponseBusiness, feeds, took, answered, answerSeen(h, answered))
}

// took collects a duration, if there is one, and reports whether it is not
// below zero.
func (b *Contributions) took(id ID, feeds Feed, d desk.Opt[time.Duration], at time.Time, dims dimensions) bool {
	if d.Set && d.Value >= 0 {
		b.add(id, feeds, at, tally.Seconds(d.Value), dims)
	}
	return d.Value >= 0
}

// between returns how long something took in business hours: what the ticket
// says of it where the desk tells such durations, else what the calendar does.
func (k *Clocks) between(of desk.BusinessTimes, told desk.Opt[time.Duration], from, to time.Time) desk.Opt[time.Duration] {
	switch {
	case k.Told.Tells(of):
		return told
	case k.Calendar == nil:
		return desk.Opt[time.Duration]{}
	default:
		return desk.Some(k.Calendar.Between(from, to))
	}
}

// requesterWait returns how long the customer waited for the desk in business
// hours until the solve.
func (k *Clocks) requesterWait(t *desk.Ticket, solved time.Time) desk.Opt[time.Duration] {
	switch {
	case k.Told.Tells(desk.BusinessRequesterWait):
		return t.RequesterWaitBusiness
	case k.Calendar == nil:
		return desk.Opt[time.Duration]{}
	default:
		return waitForDesk(t, solved, k.Calendar)
	}
}
