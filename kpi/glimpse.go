package kpi

import (
	"slices"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/tally"
)

// glimpse is a customer as he looks through one window at one time.
type glimpse struct {
	*profile
	window  int
	weeks   float64 // the window's length
	counts  map[what]tally.Count
	atStart bool // a customer when the window began
	atEnd   bool // and when it ended
	into    *Contributions
	now     []lasting // what holds now
	held    []lasting // what held before
}

// lasting is something that holds of a customer while he looks the same.
type lasting struct {
	id     ID
	labels []string
	value  tally.Amount
	from   time.Time
}

func (s *lasting) same(o *lasting) bool {
	return s.id == o.id && s.value == o.value && slices.Equal(s.labels, o.labels)
}

// count returns how often the customer did something in the window, and what it
// adds up to.
func (g *glimpse) count(kind deedKind, word string) tally.Count { return g.counts[what{kind, word}] }

// words returns the words that deeds of a kind have in the window, in order.
func (g *glimpse) words(kind deedKind) []string {
	var words []string
	for w := range g.counts {
		if w.kind == kind && w.word != "" {
			words = append(words, w.word)
		}
	}
	slices.Sort(words)
	return words
}

// hold says that a contribution holds as long as the customer looks so. Further
// dimensions than the segment are fixed.
func (g *glimpse) hold(id ID, value tally.Amount, fixed desk.Dim, identity ...string) {
	dims := g.at(nil)
	dims.fixed[1] = fixed
	labels := slices.Clone(identity)
	for _, name := range g.into.catalogue.byID[id].Dims {
		labels = append(labels, g.into.valueOf(id, name, dims))
	}
	g.now = append(g.now, lasting{id: id, labels: labels, value: value})
}

// look works out what holds of the customer as he looks now.
func (g *glimpse) look() {
	g.cohort()
	g.purchaser()
	g.earner()
	g.user()
	g.participant()
	g.referrer()
	g.engagement()
}

// passage is an instant at which a customer may begin to look different: a deed
// enters the window or leaves it, or he comes or goes.
type passage struct {
	at    time.Time
	deed  int // its number, -1 for a turn
	leave bool
}

// slide lets a window pass over the life of a customer, and collects what holds
// of him and for how long.
func (b *Contributions) slide(p *profile, window int) {
	grid := b.catalogue.grids[window]
	moments := make([]passage, 0, 2*(len(p.deeds)+len(p.turns)))
	note := func(at time.Time, deed int) {
		moments = append(moments, passage{at, deed, false}, passage{grid.Leave(at), deed, true})
	}
	for i := range p.deeds {
		note(p.deeds[i].at, i)
	}
	for i := range p.turns {
		note(p.turns[i].at, -1-i)
	}
	slices.SortStableFunc(moments, func(x, y passage) int { return x.at.Compare(y.at) })
	g := &glimpse{
		profile: p, window: window, into: b, counts: map[what]tally.Count{},
		weeks: b.catalogue.Windows[window].Length.Hours() / (7 * 24),
	}
	for i, m := range moments {
		g.move(m)
		if i+1 < len(moments) && moments[i+1].at.Equal(m.at) {
			continue
		}
		g.now = g.now[:0]
		g.look()
		g.settle(m.at)
	}
	for i := range g.held {
		b.lasted(&g.held[i], time.Time{}, window)
	}
}

// move lets a deed enter or leave the window, or a turn be taken.
func (g *glimpse) move(m passage) {
	if m.deed < 0 {
		here := g.turns[-1-m.deed].here
		if m.leave {
			g.atStart = here
		} else {
			g.atEnd = here
		}
		return
	}
	d, sign := g.deeds[m.deed], int64(1)
	if m.leave {
		sign = -1
	}
	c := g.counts[d.what]
	c.Add(sign, d.value)
	if c == (tally.Count{}) {
		delete(g.counts, d.what)
	} else {
		g.counts[d.what] = c
	}
}

// settle ends what does not hold any more, and begins what is new.
func (g *glimpse) settle(at time.Time) {
	var kept []lasting
	for i := range g.held {
		h := &g.held[i]
		j := slices.IndexFunc(g.now, func(n lasting) bool { return n.same(h) })
		if j < 0 {
			g.into.lasted(h, at, g.window)
			continue
		}
		kept = append(kept, *h)
		g.now = slices.Delete(g.now, j, j+1)
	}
	for _, n := range g.now {
		n.from = at
		kept = append(kept, n)
	}
	g.held = kept
}

// lasted collects what held from its beginning until an instant; zero: it does
// not end by itself.
func (b *Contributions) lasted(s *lasting, until time.Time, window int) {
	b.list = append(b.list, Contribution{
		Measure: s.id, Labels: s.labels, At: s.from, Until: until, Window: uint8(window + 1),
		Value: s.value, Fact: uint8(s.id), Feeds: FeedWindow,
	})
}
