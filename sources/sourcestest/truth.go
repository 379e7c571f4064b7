package sourcestest

import (
	"cmp"
	"slices"
	"time"

	"helpdesk_exporter/desk"
)

// Truth is what figures must say of a world at a time, of the whole desk: those
// of the window that ends then, and what is open. It is worked out from the
// events as docs/kpis.md tells it, with nothing of the code that makes the
// figures, so that one can be held against the other.
type Truth struct {
	Opened   int // created in the window, and not withdrawn by now
	Solved   int // tickets whose last solve lies in the window and still stands
	Reopened int // tickets whose last reopening lies in the window

	FirstResponses Sample // given in the window, in seconds
	Replies        Sample // to runs of customer messages, given in the window, in seconds
	Resolutions    Sample // of Solved, from the creation, in seconds
	Ratings        Sample // first given in the window, with the score that holds now

	Open map[Waiting]int // now

	// What happened in the window, whatever came of it later: each solve and
	// reopening by itself, and how tickets went that were open until then.
	Created, Solves, Reopens int
	Withdrawn                map[desk.Status]int
}

// Waiting is where open tickets wait.
type Waiting struct {
	Status desk.Status
	Group  int64 // 0 is none
}

// Sample is how many there were, and what they add up to.
type Sample struct {
	N   int
	Sum float64
}

// Mean returns the mean, NaN of none.
func (s Sample) Mean() float64 { return s.Sum / float64(s.N) }

func (s *Sample) add(v float64) {
	s.N++
	s.Sum += v
}

// Truth returns what figures must say now of the window that ends now: what
// happened after its beginning, up to now itself.
func (w *World) Truth(now time.Time, window time.Duration) Truth {
	r := reckoning{now: now, from: now.Add(-window)}
	r.Open, r.Withdrawn = map[Waiting]int{}, map[desk.Status]int{}
	merged := map[int64][]*Ticket{}
	for _, t := range w.Tickets {
		if last, ok := r.last(t); ok && last.What == Merge {
			merged[last.Into] = append(merged[last.Into], t)
		}
	}
	for _, t := range w.Tickets {
		if !t.CreatedAt.After(now) {
			r.ticket(t, merged[t.ID])
		}
	}
	return r.Truth
}

// reckoning is a truth being worked out.
type reckoning struct {
	Truth
	from, now time.Time
}

// in reports whether an instant lies in the window.
func (r *reckoning) in(at time.Time) bool { return at.After(r.from) && !at.After(r.now) }

// past returns the events that have happened.
func (r *reckoning) past(t *Ticket) []Event {
	n := 0
	for n < len(t.Events) && !t.Events[n].At.After(r.now) {
		n++
	}
	return t.Events[:n]
}

// last returns the event that happened last.
func (r *reckoning) last(t *Ticket) (Event, bool) {
	past := r.past(t)
	if len(past) == 0 {
		return Event{}, false
	}
	return past[len(past)-1], true
}

// ticket adds what one ticket brings to the figures, with those that were
// merged into it.
func (r *reckoning) ticket(t *Ticket, merged []*Ticket) {
	where, solved, reopened := r.follow(t)
	r.rated(t)
	switch where.Status {
	case desk.StatusDeleted, desk.StatusSpam, desk.StatusMerged:
		return
	case desk.StatusSolved, desk.StatusClosed:
		if r.in(solved) {
			r.Solved++
			r.Resolutions.add(solved.Sub(t.CreatedAt).Seconds())
		}
	default:
		r.Open[where]++
	}
	if r.in(t.CreatedAt) {
		r.Opened++
	}
	if r.in(reopened) {
		r.Reopened++
	}
	r.answers(t, merged)
}

// follow goes through the statuses of a ticket, counts what happened on the
// way, and returns where it ended, when it was last solved and when last
// reopened.
func (r *reckoning) follow(t *Ticket) (where Waiting, solved, reopened time.Time) {
	where = Waiting{Status: desk.StatusNew, Group: t.Group}
	if t.ByAgent {
		where.Status = desk.StatusOpen
	}
	if r.in(t.CreatedAt) {
		r.Created++
	}
	for _, e := range r.past(t) {
		switch e.What {
		case Assign:
			where.Group = e.Group
			if e.Agent != 0 && where.Status == desk.StatusNew {
				where.Status = desk.StatusOpen
			}
		case AgentReply:
			if where.Status == desk.StatusNew {
				where.Status = desk.StatusOpen
			}
		case CustomerReply:
			if where.Status != desk.StatusNew {
				where.Status = desk.StatusOpen
			}
		case Open:
			where.Status = desk.StatusOpen
		case Pend:
			where.Status = desk.StatusPending
		case Hold:
			where.Status = desk.StatusOnHold
		case Solve:
			where.Status, solved = desk.StatusSolved, e.At
			r.count(&r.Solves, e.At)
		case Close:
			where.Status = desk.StatusClosed
		case Reopen:
			where.Status, reopened = desk.StatusOpen, e.At
			r.count(&r.Reopens, e.At)
		case Delete:
			r.withdraw(&where, desk.StatusDeleted, e.At)
		case Spam:
			r.withdraw(&where, desk.StatusSpam, e.At)
		case Merge:
			r.withdraw(&where, desk.StatusMerged, e.At)
		}
	}
	return where, solved, reopened
}

func (r *reckoning) count(n *int, at time.Time) {
	if r.in(at) {
		*n++
	}
}

// withdraw takes a ticket out. One that was solved before had gone already.
func (r *reckoning) withdraw(where *Waiting, to desk.Status, at time.Time) {
	if where.Status.Open() && r.in(at) {
		r.Withdrawn[to]++
	}
	where.Status = to
}

// rated adds the rating of a ticket.
func (r *reckoning) rated(t *Ticket) {
	var given time.Time
	score := 0
	for _, e := range r.past(t) {
		switch e.What {
		case Rate:
			given, score = e.At, e.Score
		case Rerate:
			score = e.Score
		}
	}
	if score != 0 && r.in(given) {
		r.Ratings.add(float64(score))
	}
}

// said is a public message.
type said struct {
	at       time.Time
	customer bool
}

// answers adds the first response to a ticket and the replies. What was said in
// the tickets that were merged into it was said in it.
func (r *reckoning) answers(t *Ticket, merged []*Ticket) {
	var all []said
	for _, of := range append([]*Ticket{t}, merged...) {
		all = append(all, said{of.CreatedAt, !of.ByAgent})
		for _, e := range r.past(of) {
			switch e.What {
			case CustomerReply, Reopen:
				all = append(all, said{e.At, true})
			case AgentReply:
				all = append(all, said{e.At, false})
			}
		}
	}
	// Of what was said in one second in two tickets, the customer's word counts
	// for the earlier one.
	slices.SortStableFunc(all, func(x, y said) int {
		return cmp.Or(x.at.Compare(y.at), cmp.Compare(rank(x), rank(y)))
	})
	var asked time.Time // by the run at hand
	waits, first := false, true
	for _, m := range all {
		switch {
		case m.customer && !waits:
			waits, asked = true, m.at
		case !m.customer && waits:
			if r.in(m.at) {
				r.Replies.add(m.at.Sub(asked).Seconds())
				if first {
					r.FirstResponses.add(m.at.Sub(asked).Seconds())
				}
			}
			waits, first = false, false
		}
	}
}

func rank(s said) int {
	if s.customer {
		return 0
	}
	return 1
}
