package sourcestest

import (
	"time"

	"helpdesk_exporter/desk"
)

// closing is how long after its last solve an automation closes a ticket, in
// the next of its runs, which close many at once.
const (
	closing = 4 * 24 * time.Hour
	runs    = 6 * time.Hour
)

// unseen is how long a ticket counts for one until somebody finds that it is
// none: long enough that whoever reads the desk has seen it.
const unseen = 20 * time.Minute

// course is a life being made up.
type course struct {
	*inventor
	t     *Ticket
	state State // behind the last event
	group int64
	agent int64
	ended bool
}

func (i *inventor) begin(t *Ticket) *course {
	return &course{inventor: i, t: t, state: i.w.At(t, t.CreatedAt), group: t.Group, agent: t.Agent}
}

// happen adds an event that comes some time after the last one, unless the
// vendor does not have it or it would change nothing; what it returns says
// whether it happened.
func (c *course) happen(after time.Duration, e Event) bool {
	if c.ended || !c.has(e.What) || c.idle(e) {
		return false
	}
	e.At = c.state.UpdatedAt.Add(max(2*time.Second, after.Truncate(time.Second)))
	c.t.Events = append(c.t.Events, e)
	c.state.apply(&e)
	return true
}

// idle reports whether an event would leave the ticket as it is.
func (c *course) idle(e Event) bool {
	s := &c.state
	switch e.What {
	case Pend:
		return s.Status == desk.StatusPending
	case Hold:
		return s.Status == desk.StatusOnHold
	case Open:
		return s.Status == desk.StatusOpen
	case Assign:
		return s.Group == e.Group && s.Agent == e.Agent
	case Prioritise:
		return s.Priority == e.Priority
	default:
		return false
	}
}

// end adds the event that ends the life.
func (c *course) end(after time.Duration, e Event) bool {
	if !c.happen(after, e) {
		return false
	}
	c.ended = true
	return true
}

// forget makes up the life of a ticket that nobody has touched for long.
func (i *inventor) forget(t *Ticket) {
	c := i.begin(t)
	if i.chance(0.3) {
		return
	}
	c.take()
	if i.chance(0.5) {
		c.reply()
	}
	switch {
	case i.chance(0.4):
		c.happen(i.about(time.Hour), Event{What: Pend, Agent: c.agent})
	case i.chance(0.4):
		c.happen(i.about(time.Hour), Event{What: Hold, Agent: c.agent})
	}
}

// live makes up the life of a ticket.
func (i *inventor) live(t *Ticket) {
	c := i.begin(t)
	if !t.ByAgent && i.chance(0.03) && c.end(unseen+i.about(20*time.Minute), Event{What: Spam}) {
		return
	}
	if i.chance(0.04) {
		return // nobody ever looks at it
	}
	c.take()
	if i.chance(0.02) {
		c.merge()
	}
	for c.talk(); c.finish(); c.talk() {
	}
}

// take gives the ticket to somebody, at times by way of a group or two.
func (c *course) take() {
	if c.chance(0.15) {
		c.group = c.inventor.group()
		c.happen(c.about(10*time.Minute), Event{What: Assign, Group: c.group})
	}
	if c.chance(0.1) {
		c.happen(c.about(10*time.Minute), Event{What: Prioritise, Priority: c.pick("urgent", "high", "low", "normal")})
	}
	if c.agent == 0 || c.chance(0.1) {
		if c.group == 0 {
			c.group = c.inventor.group()
		}
		c.agent = c.inventor.agent(c.group)
		c.happen(c.about(30*time.Minute), Event{What: Assign, Group: c.group, Agent: c.agent})
	}
}

// merge makes the ticket part of one that came a little earlier and lasts.
func (c *course) merge() {
	for _, into := range c.w.Tickets[max(0, len(c.w.Tickets)-20):] {
		if !into.gone() {
			c.end(unseen+c.about(time.Hour), Event{What: Merge, Agent: c.agent, Into: into.ID})
			return
		}
	}
}

// gone reports whether the ticket is withdrawn one day.
func (t *Ticket) gone() bool {
	if len(t.Events) == 0 {
		return false
	}
	switch t.Events[len(t.Events)-1].What {
	case Delete, Spam, Merge:
		return true
	default:
		return false
	}
}

func (c *course) reply() {
	c.happen(c.about(2*time.Hour), Event{What: AgentReply, Agent: c.agent})
}

// talk makes up what is said until the ticket is solved, or is not.
func (c *course) talk() {
	for range 1 + c.IntN(4) {
		if c.chance(0.05) {
			c.happen(c.about(time.Hour), Event{What: CustomerReply})
		}
		if c.chance(0.15) {
			c.happen(c.about(15*time.Minute), Event{What: Note, Agent: c.agent})
		}
		if c.chance(0.06) {
			c.group, c.agent = c.inventor.group(), 0
			c.take()
		}
		if !c.chance(0.1) {
			c.reply()
		}
		c.wait()
	}
}

// wait makes up how the ticket waits for the customer or for somebody else.
func (c *course) wait() {
	what := Pend
	if c.chance(0.15) {
		what = Hold
	}
	waits := c.chance(0.7) && c.happen(c.about(time.Minute), Event{What: what, Agent: c.agent})
	if waits && (what == Hold || c.chance(0.1)) {
		c.happen(c.about(20*time.Hour), Event{What: Open, Agent: c.agent})
	}
	for c.chance(0.6) {
		c.happen(c.about(4*time.Hour), Event{What: CustomerReply})
	}
}

// finish makes up how the ticket ends; true if it comes back.
func (c *course) finish() bool {
	switch {
	case c.chance(0.01):
		c.end(unseen+c.about(time.Hour), Event{What: Delete, Agent: c.agent})
		return false
	case c.chance(0.04):
		return false // it stays as it is for good
	case c.chance(0.9):
		c.reply()
	}
	c.happen(c.about(time.Minute), Event{What: Solve, Agent: c.agent})
	solved := c.state.UpdatedAt
	if c.chance(0.3) {
		c.rate(solved)
	}
	if c.chance(0.1) {
		return c.happen(c.rest(solved, 12*time.Hour), Event{What: Reopen})
	}
	run := solved.Add(closing).Truncate(runs).Add(runs)
	c.end(run.Sub(c.state.UpdatedAt), Event{What: Close})
	return false
}

// rate makes up what the customer thinks of it. A ticket has one rating, which
// changes when the customer is asked again after the next solve.
func (c *course) rate(solved time.Time) {
	if c.state.Score == 0 {
		c.happen(c.rest(solved, time.Hour), Event{What: Rate, Score: 5 - int(5*c.Float64()*c.Float64())})
	}
	if c.state.RatedAt.After(solved) == c.chance(0.1) {
		c.happen(c.rest(solved, time.Hour), Event{What: Rerate, Score: 1 + c.IntN(5)})
	}
}

// rest returns a time around a middle that ends before the ticket is closed.
func (c *course) rest(solved time.Time, middle time.Duration) time.Duration {
	return min(c.about(middle), solved.Add(closing).Sub(c.state.UpdatedAt)/2)
}
