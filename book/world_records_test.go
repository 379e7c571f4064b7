package book_test

import (
	"slices"
	"time"

	"helpdesk_exporter/desk"
)

// call draws the versions of a call, told apart by their place in a drop.
func (d dice) call(source, id string) history {
	arrived := monday.Add(d.minutes(-8*24*60, 4*24*60))
	c := desk.Call{
		ArrivedAt: arrived, Queue: d.pick("", "sales", "help"), Team: d.pick("", "tech"), Agent: d.pick("", "x", "z"),
		HandledBy: []desk.Role{desk.RoleUnknown, desk.RoleAgent, desk.RoleBot}[d.below(3)],
	}
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
		if !d.steady && d.chance(10) {
			arrived = arrived.Add(d.minutes(-24*60, 24*60))
		}
		c.ArrivedAt, c.Customer, c.Topic = arrived, d.customer(), d.pick("", "bill")
		c.Ticket, c.Transfers = "", desk.Opt[int]{}
		if !d.alone && d.chance(50) {
			c.Ticket = d.someTicket(ticketsOf(source))
		}
		if d.chance(20) {
			c.Transfers = desk.Some(d.below(2))
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
	var h history
	for i := range 1 + d.below(3) {
		if i > 0 || d.chance(70) {
			s.RespondedAt = s.SentAt.Add(time.Duration(1+24*d.below(2)) * time.Hour)
			s.Score = desk.Some(d.score())
		}
		if d.market {
			s.Customer = d.customer()
		}
		s.Ticket = ""
		if d.chance(80) {
			s.Ticket = d.someTicket(ticketsOf(source))
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

// message draws the versions of a message that is told without its ticket. Its
// drops tell them apart.
func (d dice) message(source, id string) history {
	m := desk.TicketMessage{Ticket: d.someTicket(ticketsOf(source))}
	m.At = monday.Add(d.minutes(-8*24*60, 4*24*60))
	if d.alone {
		m.Ticket = ""
	}
	var h history
	for i := range 1 + d.below(2) {
		m.Author = []desk.Role{desk.RoleCustomer, desk.RoleCustomer, desk.RoleAgent, desk.RoleBot}[d.below(4)]
		m.Public = d.chance(80)
		if d.steady && i > 0 {
			break
		}
		state := m
		h = append(h, observation{source, desk.Record{
			ID: id, Body: &state, Origin: desk.Origin{Dropped: monday.Add(time.Duration(i) * time.Second), Name: "log.csv"},
		}})
		m.At = m.At.Add(d.minutes(-60, 60))
	}
	return h
}

// staffing draws the versions of a head count.
func (d dice) staffing(source, id string) history {
	s := desk.Staffing{At: monday.Add(d.minutes(-24*60, 4*24*60)), Team: d.pick("", "tech"), Channel: d.pick("", "phone")}
	var h history
	for range 1 + d.below(3) {
		s.Available = desk.Opt[int]{}
		if d.chance(80) {
			s.Available = desk.Some(d.below(5))
		}
		state := s
		h = append(h, observation{source, desk.Record{ID: id, Body: &state, Deleted: !d.steady && d.chance(10)}})
		if !d.steady {
			s.At = s.At.Add(d.minutes(-24*60, 24*60))
		}
	}
	return inDrops(h)
}
