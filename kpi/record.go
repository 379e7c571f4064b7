package kpi

import (
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/tally"
)

// unset is the value of a dimension that nobody named.
const unset = "none"

// Group is a record with the records that its figures need.
type Group struct {
	Record *desk.Held

	Ticket *desk.Held // of a survey: the ticket it speaks of; nil: not held

	Legs     []*desk.Held // of a call, a session, a view: the other legs of its contact, the other rows of its visit
	Follows  bool         // of the same: another leg speaks for them all
	OfTicket bool         // of a call: it is part of a ticket's story, held or not

	Calls     []*desk.Held   // of a ticket: those that name it
	Earlier   []*desk.Held   // of a ticket: those that it follows up, the nearest first
	Followups []*desk.Held   // of a ticket: those that follow it up
	Merged    []*desk.Held   // of a ticket: those that were merged into it
	Crowded   bool           // of a ticket: more records belong to it than are looked at
	Reviewed  desk.Opt[bool] // of a ticket: somebody judged the work on it; not set where the desk has no reviews

	Clocks *Clocks   // of a ticket: how its times are measured; nil: around the clock
	Judged time.Time // of a ticket: up to when it is known what did not happen; zero: nothing is judged now

	Next time.Time // the same customer's next contact about the same topic; zero: none
}

// Clocks say how the times of a desk's tickets are measured.
type Clocks struct {
	Calendar *Calendar          // in which business durations run; nil: none do
	Told     desk.BusinessTimes // durations of which the desk's own figures are taken
	OwnSLA   bool               // configured policies hold beside the due times of the desk
}

// Contributions collects what records contribute. It may be used again after
// Reset; what it returned before is then overwritten.
type Contributions struct {
	catalogue *Catalogue
	of        Feed // what else feeds nothing of these is left out
	list      []Contribution
	labels    []string // backs the labels of the list

	zones map[string]*time.Location // by name: to read one takes a file
}

// NewContributions returns an empty collection of what feeds any of the given
// figures.
func (c *Catalogue) NewContributions(of Feed) *Contributions {
	return &Contributions{catalogue: c, of: of}
}

// Reset empties the collection.
func (b *Contributions) Reset() { b.list, b.labels = b.list[:0], b.labels[:0] }

// List returns what was collected, in the order of the facts.
func (b *Contributions) List() []Contribution { return b.list }

// Add collects what a group contributes, nothing for one without a record.
func (b *Contributions) Add(g Group) {
	if g.Record == nil {
		return
	}
	switch body := g.Record.Body.(type) {
	case *desk.Ticket:
		if len(g.Record.States) > 0 {
			b.ticket(g, body)
		}
	case *desk.Call:
		b.call(g, body)
	case *desk.Survey:
		b.survey(g.Record, body, g.Ticket)
	case *desk.Staffing:
		b.staffing(g.Record, body)
	case *desk.Review:
		b.review(g, body)
	case *desk.Customer:
		b.customerRow(g.Record, body)
	case *desk.Purchase:
		b.purchaseRow(g.Record, body)
		b.nobody(g)
	case *desk.Feedback:
		b.feedback(g.Record, body)
		b.nobody(g)
	case *desk.Session:
		b.visit(g)
		b.unnamed(g)
	case *desk.Outreach:
		b.sent(g.Record, body)
		b.nobody(g)
	case *desk.Enrolment:
		b.enrolmentRow(g.Record, body)
	case *desk.Referral:
		b.referral(g.Record, body)
	case *desk.Article:
		b.article(g.Record, body)
	case *desk.ArticleView:
		b.views(g)
	case *desk.Cost:
		b.cost(g.Record, body)
	}
}

// add collects one contribution. Identity values come first, the dimensions
// are looked up by name.
func (b *Contributions) add(id ID, feeds Feed, at time.Time, v tally.Amount, dims dimensions, identity ...string) {
	if feeds&b.of == 0 {
		return
	}
	start := len(b.labels)
	b.labels = append(b.labels, identity...)
	for _, name := range b.catalogue.byID[id].Dims {
		b.labels = append(b.labels, b.valueOf(id, name, dims))
	}
	end := len(b.labels)
	b.list = append(b.list, Contribution{
		Measure: id, Labels: b.labels[start:end:end], At: at, Value: v, Fact: uint8(id), Feeds: feeds,
	})
}

// addDistinct collects one contribution to a measure that counts how many keys
// there are, whatever each of them contributes.
func (b *Contributions) addDistinct(id ID, feeds Feed, at time.Time, key string, dims dimensions, identity ...string) {
	if key == "" || feeds&b.of == 0 {
		return
	}
	b.add(id, feeds, at, one, dims, identity...)
	b.list[len(b.list)-1].Key = key
}

// addWithin collects one contribution to a single window.
func (b *Contributions) addWithin(window uint8, id ID, at time.Time, v tally.Amount, dims dimensions, identity ...string) {
	if b.of&FeedWindow != 0 {
		b.add(id, FeedWindow, at, v, dims, identity...)
		b.list[len(b.list)-1].Window = window
	}
}

// valueOf returns the value of a measure's dimension. One by which the measure
// is told apart is empty where nothing is told apart.
func (b *Contributions) valueOf(id ID, name string, dims dimensions) string {
	if name == b.catalogue.byID[id].Apart && dims.fixed[1].Name != name {
		return ""
	}
	return dims.value(name)
}

// one is the value of contributions that only count.
const one tally.Amount = 1e9

// flag is 1 for true and 0 for false: its mean is a share.
func flag(b bool) tally.Amount {
	if b {
		return one
	}
	return 0
}

// dimensions are those that a record had when a fact became known: per
// dimension the first value named from that state on. A missing one may so be
// filled in by a later state, a named one never changes.
type dimensions struct {
	states []desk.State
	also   []desk.State // of the ticket that fills what the record leaves open
	fixed  [2]desk.Dim  // values that the figures know better
	last   desk.Dim     // the value of a dimension that nobody named
}

func (d dimensions) value(name string) string {
	for _, f := range d.fixed {
		if f.Name == name && f.Value != "" {
			return f.Value
		}
	}
	for _, states := range [...][]desk.State{d.states, d.also} {
		for i := range states {
			if v := states[i].Dim(name); v != "" {
				return v
			}
		}
	}
	if d.last.Name == name {
		return d.last.Value
	}
	return unset
}

// present returns the dimensions of the newest state.
func present(h *desk.Held) dimensions { return dimensions{states: h.States[len(h.States)-1:]} }

// seenAt returns the dimensions as of the first state that is not older than
// at: the state in which something that happened then was first seen.
func seenAt(h *desk.Held, at time.Time) dimensions {
	for i := range h.States {
		if !h.States[i].At.Before(at) {
			return dimensions{states: h.States[i:]}
		}
	}
	return present(h)
}

// asOf returns the dimensions that a record had at an instant: those of the
// last state that is not newer.
func asOf(h *desk.Held, at time.Time) dimensions {
	i := max(len(h.States)-1, 0) // a ticket of which only messages were told has none
	for i > 0 && h.States[i].At.After(at) {
		i--
	}
	return dimensions{states: h.States[i:]}
}

// seenIn returns the dimensions as of the first state that shows the given
// facts.
func seenIn(h *desk.Held, shows desk.Shows) dimensions {
	for i := range h.States {
		if h.States[i].Shows&shows != 0 {
			return dimensions{states: h.States[i:]}
		}
	}
	return present(h)
}
