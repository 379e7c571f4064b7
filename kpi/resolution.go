package kpi

import (
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/tally"
)

// The measures of how soon tickets are solved.
const (
	FirstResolution ID = iota + 20
	FullResolution
	RequesterWait
)

func (c *Catalogue) addResolution() {
	c.Measures = append(c.Measures,
		Measure{
			ID: FirstResolution, Kind: desk.KindTicket, Dims: c.Labels,
			Total: &Total{
				Name:    "helpdesk_first_resolution_seconds",
				Help:    "Time from a ticket's creation to its first solve, around the clock, observed when discovered.",
				Buckets: c.Buckets.Default,
			},
		},
		Measure{
			ID: FullResolution, Kind: desk.KindTicket, Dims: c.Labels, Window: true, Spread: true,
			Total: &Total{
				Name:    "helpdesk_full_resolution_seconds",
				Help:    "Time from a ticket's creation to each of its solves, around the clock, observed when discovered.",
				Buckets: c.Buckets.Default,
			},
		},
		Measure{
			ID: RequesterWait, Kind: desk.KindTicket, Dims: c.Labels,
			Total: &Total{
				Name:    "helpdesk_requester_wait_seconds",
				Help:    "Time that a ticket was new, open or on hold until it was solved, around the clock, observed once when discovered.",
				Buckets: c.Buckets.Default,
			},
		},
	)
	c.addSpreadViews(FullResolution, "helpdesk_full_resolution", "last solves in the window of tickets not reopened since")
	c.define(desk.KindTicket, c.Calendars,
		KPI{ID: "resolution_time", Metric: "helpdesk_full_resolution_seconds", Query: `helpdesk_full_resolution_quantile_seconds{by="all", window="7d", q="0.9"}`},
	)
}

// resolution collects how long the solves took and reports whether none ended
// before the ticket began. A solve that nobody dated counts, but has no length.
func (b *Contributions) resolution(h *desk.Held, t *desk.Ticket, l *lifecycle, feeds Feed) bool {
	sound := true
	for i, m := range l.solves {
		if m.at.IsZero() {
			continue
		}
		if i == 0 {
			b.duration(FirstResolution, FeedTotal, t.CreatedAt, m.at, at(h, m))
		}
		sound = b.duration(FullResolution, l.feedsOfSolve(i, feeds), t.CreatedAt, m.at, at(h, m)) && sound
	}
	if n := len(l.solves); n > 0 {
		if wait, ok := requesterWait(t, l.solves[n-1].at); ok {
			b.add(RequesterWait, FeedTotal, l.solves[n-1].at, wait, at(h, l.solves[n-1]))
		}
	}
	return sound
}

// requesterWait is how long the customer waited for the desk until the solve:
// as the desk says, else from its status changes.
func requesterWait(t *desk.Ticket, solved time.Time) (tally.Amount, bool) {
	wait := t.RequesterWait
	if !wait.Set {
		wait = waitForDesk(t, solved, nil)
	}
	return tally.Seconds(wait.Value), wait.Set && wait.Value >= 0
}

// waitForDesk adds up how long the next step was the desk's until the solve, by
// its status changes and the hours of a calendar.
func waitForDesk(t *desk.Ticket, solved time.Time, c *Calendar) desk.Opt[time.Duration] {
	if len(t.StatusChanges) == 0 || solved.IsZero() {
		return desk.Opt[time.Duration]{}
	}
	var wait time.Duration
	since, status := t.CreatedAt, desk.StatusNew
	for _, change := range t.StatusChanges {
		if change.At.After(solved) {
			break
		}
		if waitsForDesk(status) && change.At.After(since) {
			wait += c.Between(since, change.At)
		}
		since, status = change.At, change.Status
	}
	if waitsForDesk(status) && solved.After(since) {
		wait += c.Between(since, solved) // the desk tells of the solve by its time alone
	}
	return desk.Some(wait)
}

func waitsForDesk(s desk.Status) bool {
	return s == desk.StatusNew || s == desk.StatusOpen || s == desk.StatusOnHold
}
