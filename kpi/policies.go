package kpi

import (
	"fmt"
	"slices"
	"time"

	"helpdesk_exporter/desk"
)

// PolicyList is the SLA policies that were in force from an instant on. What a
// ticket was promised stays what it was promised, whatever is promised to those
// that come later: so lists are kept.
type PolicyList struct {
	Since     time.Time // zero: always
	Policies  []SLAPolicy
	Calendars []Schedule // those that the policies name, for the day when the configuration has them no more
}

// policyList is a list that tickets can be matched against.
type policyList struct {
	since    time.Time
	policies []*policy
}

// policy is an SLA policy with its clock.
type policy struct {
	*SLAPolicy
	calendar *Calendar // nil: around the clock
}

// PoliciesInForce returns the list of the policies that are configured now.
func (c *Catalogue) PoliciesInForce() PolicyList {
	list := PolicyList{Policies: c.SLAPolicies}
	for _, s := range c.Calendars {
		named := func(p SLAPolicy) bool { return p.Calendar == s.Name }
		if slices.ContainsFunc(c.SLAPolicies, named) {
			list.Calendars = append(list.Calendars, s)
		}
	}
	return list
}

// Remember tells which policies were in force when, the earliest list first. A
// calendar that is still configured is taken as it is now: who adds a forgotten
// holiday means the tickets that wait.
func (c *Catalogue) Remember(lists []PolicyList) error {
	now := map[string]*Calendar{}
	for _, s := range c.Calendars {
		calendar, err := NewCalendar(s)
		if err != nil {
			return err
		}
		now[s.Name] = calendar
	}
	c.calendars, c.lists = now, nil
	for _, list := range lists {
		then := map[string]*Calendar{}
		for _, s := range list.Calendars {
			calendar, err := NewCalendar(s)
			if err != nil {
				return fmt.Errorf("SLA policies in force since %s: %w", list.Since.Format(time.RFC3339), err)
			}
			then[s.Name] = calendar
		}
		compiled := policyList{since: list.Since}
		for i := range list.Policies {
			p := &policy{SLAPolicy: &list.Policies[i]}
			if p.calendar = now[p.Calendar]; p.calendar == nil {
				p.calendar = then[p.Calendar]
			}
			compiled.policies = append(compiled.policies, p)
		}
		c.lists = append(c.lists, compiled)
	}
	return nil
}

// Calendar returns the calendar with the given name, nil where there is none.
func (c *Catalogue) Calendar(name string) *Calendar { return c.calendars[name] }

// match returns the first policy that speaks of tickets with these dimensions,
// nil for none.
func (l *policyList) match(d dimensions) *policy {
	for _, p := range l.policies {
		if p.matches(d) {
			return p
		}
	}
	return nil
}

func (p *policy) matches(d dimensions) bool {
	for name, values := range p.Match {
		if !slices.Contains(values, d.value(name)) {
			return false
		}
	}
	return true
}

// has reports whether the list has a policy of the name.
func (l *policyList) has(name string) bool {
	return slices.ContainsFunc(l.policies, func(p *policy) bool { return p.Name == name })
}

func (p *policy) rematches() bool { return p != nil && slices.Contains(p.Rematch, "priority") }

// stands reports whether the policy's clocks stand in a status. Nobody works on
// what is finished or withdrawn.
func (p *policy) stands(s desk.Status) bool {
	return s.Finished() || s.Withdrawn() || slices.Contains(p.PauseOn, s)
}

// terms are the policy that holds for a ticket from an instant on. None: it was
// promised nothing.
type terms struct {
	from   time.Time // zero: from the beginning
	policy *policy
}

// termsOf returns the terms that a ticket has been under, one after another.
// It is matched by the values that it was first seen with against the list that
// was in force when it was created or, if nothing there speaks of it, the first
// list after that does. What is still open is matched anew when its policy is
// gone, and when its priority changes where the policy says so.
func (c *Catalogue) termsOf(h *desk.Held, created time.Time) []terms {
	at := 0
	for at+1 < len(c.lists) && !c.lists[at+1].since.After(created) {
		at++
	}
	dims := firstCounted(h)
	var p *policy
	for ; at < len(c.lists); at++ {
		if p = c.lists[at].match(dims); p != nil {
			break
		}
	}
	if p == nil {
		return nil
	}
	story := []terms{{policy: p}}
	if len(h.States) == 1 && at+1 == len(c.lists) {
		return story
	}
	return c.follow(story, at, dims)
}

// follow adds to the terms of a ticket, matched against the list at the given
// place, those that came later.
func (c *Catalogue) follow(story []terms, at int, dims dimensions) []terms {
	rematches := story[0].policy.rematches()
	renew := func(from time.Time) {
		p := c.lists[at].match(dims)
		story = append(story, terms{from: from, policy: p})
		rematches = rematches && p == nil || p.rematches()
	}
	until := func(next func(since time.Time) bool) {
		for at+1 < len(c.lists) && next(c.lists[at+1].since) {
			at++
			if last := story[len(story)-1].policy; last == nil || !c.lists[at].has(last.Name) {
				renew(c.lists[at].since)
			}
		}
	}
	priority := dims.value("priority")
	for i := range dims.states { // what came before counts for nothing
		s := &dims.states[i]
		until(func(since time.Time) bool { return !since.After(s.At) })
		if v := s.Dim("priority"); v != "" && v != priority {
			priority = v
			dims.fixed[0] = desk.Dim{Name: "priority", Value: v}
			if rematches {
				renew(s.At)
			}
		}
	}
	until(func(time.Time) bool { return true })
	return story
}
