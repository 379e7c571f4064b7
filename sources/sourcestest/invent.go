package sourcestest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"
)

// Invention says what world to invent.
type Invention struct {
	Tickets  int       // created from From to To, the old ones not among them
	From, To time.Time // their lives may go on after To
	Old      int       // unfinished tickets from long before From, untouched since
	Without  []What    // what never happens, because the vendor does not have it
}

// Invent makes up a world that is believable, and the same for the same seed:
// queues, quiet nights, bursts, many changes in one second, and tickets that
// nobody touches, that come back again and again, or that are none.
func Invent(seed uint64, o Invention) *World {
	i := &inventor{Rand: rand.New(rand.NewPCG(seed, 0x5eed)), o: o}
	i.w = &World{Start: o.From.UTC().Truncate(time.Second)}
	i.staff()
	created := append(i.ages(), i.arrivals()...)
	id := int64(1000)
	for n, at := range created {
		id += 1 + int64(i.IntN(3))
		t := i.ticket(id, at)
		if n < o.Old {
			i.forget(t)
		} else {
			i.live(t)
		}
		i.w.Tickets = append(i.w.Tickets, t)
	}
	return i.w
}

// inventor makes up a world.
type inventor struct {
	*rand.Rand
	o Invention
	w *World
}

// chance is true in a share of the cases.
func (i *inventor) chance(share float64) bool { return i.Float64() < share }

// has reports whether something happens at this vendor's desks at all.
func (i *inventor) has(what What) bool { return !slices.Contains(i.o.Without, what) }

// about returns a duration around a middle: half are shorter, few much longer.
func (i *inventor) about(middle time.Duration) time.Duration {
	return time.Duration(float64(middle) * math.Exp(i.NormFloat64()))
}

// pick returns a word of a list; the earlier ones are more frequent.
func (i *inventor) pick(words ...string) string {
	return words[int(float64(len(words))*math.Pow(i.Float64(), 2))]
}

func (i *inventor) staff() {
	for n, name := range []string{"First line", "Billing", "Technical", "Logistics", "VIP & partners"} {
		g := Group{ID: int64(41 + 7*n), Name: name}
		i.w.Groups = append(i.w.Groups, g)
		for m := range 6 - n {
			id := int64(100*(n+3) + m)
			i.w.Agents = append(i.w.Agents, Agent{ID: id, Login: fmt.Sprintf("agent%d", id), Group: g.ID})
		}
	}
}

// agent returns somebody of a group.
func (i *inventor) agent(group int64) int64 {
	var ids []int64
	for _, a := range i.w.Agents {
		if a.Group == group {
			ids = append(ids, a.ID)
		}
	}
	return ids[i.IntN(len(ids))]
}

// group returns some group; the first ones have the most to do.
func (i *inventor) group() int64 {
	return i.w.Groups[int(float64(len(i.w.Groups))*math.Pow(i.Float64(), 2))].ID
}

// ages returns when the old tickets were created: from four months to two years
// before the desk's busy time.
func (i *inventor) ages() []time.Time {
	const youngest, range_ = 120 * 24 * time.Hour, 600 * 24 * time.Hour
	ages := make([]time.Time, i.o.Old)
	for n := range ages {
		ages[n] = i.w.Start.Add(-youngest - i.upTo(range_))
	}
	slices.SortFunc(ages, time.Time.Compare)
	return ages
}

// arrivals returns when tickets are created: more by day than by night, one in
// five in bursts, of which many come in one second.
func (i *inventor) arrivals() []time.Time {
	span := i.o.To.Sub(i.w.Start)
	var all []time.Time
	for len(all) < i.o.Tickets {
		at := i.w.Start.Add(i.upTo(span))
		if i.chance(quiet(at)) {
			continue
		}
		all = append(all, at)
		if !i.chance(0.01) {
			continue
		}
		for range min(1+i.IntN(50), i.o.Tickets-len(all)) {
			all = append(all, at)
			if i.chance(0.4) {
				at = at.Add(i.upTo(20 * time.Second))
			}
		}
	}
	slices.SortFunc(all, time.Time.Compare)
	return all
}

// quiet returns how likely nobody writes at a time of day.
func quiet(at time.Time) float64 {
	if h := at.Hour(); h >= 7 && h < 19 {
		return 0
	}
	return 0.8
}

// upTo returns whole seconds below a duration.
func (i *inventor) upTo(d time.Duration) time.Duration {
	return time.Duration(i.Int64N(max(1, int64(d/time.Second)))) * time.Second
}

func (i *inventor) ticket(id int64, at time.Time) *Ticket {
	t := &Ticket{
		ID: id, CreatedAt: at, Requester: 50_000 + int64(i.IntN(4000)),
		Channel:  i.pick("email", "web", "chat", "api", "phone"),
		Priority: i.pick("normal", "low", "high", "urgent"),
	}
	if i.chance(0.5) {
		t.Group = i.group()
	}
	if i.chance(0.04) {
		t.ByAgent, t.Channel, t.Group = true, "web", i.group()
		t.Agent = i.agent(t.Group)
	}
	return t
}
