package intercomtest

import (
	"cmp"
	"slices"
	"time"

	"helpdesk_exporter/sources/sourcestest"
)

// index is what the search knows: of each conversation the state that it was
// told of last, in the order of the last changes.
type index struct {
	now     time.Time
	coming  []change // what it is still to be told, in the order in which it is
	entries []entry  // by change, then by id
	live    map[int64]int64
	stale   int
}

// change is one change of a conversation and when the search is told of it.
type change struct {
	told, at time.Time
	ticket   *sourcestest.Ticket
}

// entry is a state of a conversation. It is stale once there is a later one.
type entry struct {
	at     int64 // of the change
	ticket *sourcestest.Ticket
}

func compareEntries(x, y entry) int {
	return cmp.Or(cmp.Compare(x.at, y.at), cmp.Compare(x.ticket.ID, y.ticket.ID))
}

// lookedUp returns the index as it is now.
func (d *Desk) lookedUp(now time.Time) *index {
	if d.index == nil || now.Before(d.index.now) {
		d.index = d.newIndex()
	}
	d.index.advance(now)
	return d.index
}

func (d *Desk) newIndex() *index {
	i := &index{live: map[int64]int64{}}
	for _, t := range d.world.Tickets {
		i.coming = append(i.coming, change{told: d.told(t, t.CreatedAt), at: t.CreatedAt, ticket: t})
		for at := range changes(t) {
			i.coming = append(i.coming, change{told: d.told(t, at), at: at, ticket: t})
		}
	}
	slices.SortFunc(i.coming, func(x, y change) int {
		return cmp.Or(x.told.Compare(y.told), x.at.Compare(y.at), cmp.Compare(x.ticket.ID, y.ticket.ID))
	})
	return i
}

// told returns when the search is told of a change.
func (d *Desk) told(t *sourcestest.Ticket, at time.Time) time.Time {
	return at.Add(d.o.IndexLag * time.Duration((t.ID+at.Unix())%5) / 4)
}

// advance tells the index what it is to be told by now.
func (i *index) advance(now time.Time) {
	i.now = now
	n := 0
	for ; n < len(i.coming) && !i.coming[n].told.After(now); n++ {
		c := i.coming[n]
		last, known := i.live[c.ticket.ID]
		if known && last >= c.at.Unix() {
			continue
		}
		if known {
			i.stale++
		}
		i.live[c.ticket.ID] = c.at.Unix()
		e := entry{at: c.at.Unix(), ticket: c.ticket}
		at, _ := slices.BinarySearchFunc(i.entries, e, compareEntries)
		i.entries = slices.Insert(i.entries, at, e)
	}
	i.coming = i.coming[n:]
	if i.stale > len(i.entries)/2 {
		i.entries = slices.DeleteFunc(i.entries, func(e entry) bool { return i.live[e.ticket.ID] != e.at })
		i.stale = 0
	}
}

// between yields the conversations that changed within the given seconds.
func (i *index) between(from, to int64) func(func(entry) bool) {
	first, _ := slices.BinarySearchFunc(i.entries, from, func(e entry, at int64) int { return cmp.Compare(e.at, at) })
	return func(yield func(entry) bool) {
		for _, e := range i.entries[first:] {
			if e.at > to {
				return
			}
			if i.live[e.ticket.ID] == e.at && !yield(e) {
				return
			}
		}
	}
}
