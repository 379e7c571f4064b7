package desk

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Held is a record as the journal keeps it: the merge of every state that was
// ever reported of it. Merging the same states in another order, or twice,
// ends in the same record.
type Held struct {
	Record          // the newest state; a ticket's lists are united over all states
	States  []State // what each state said that facts are made of, oldest first; none: see Attach
	Counted Ledger  // how many facts of each kind the counters have counted
	// Unjudged says that it told of promises whose outcome is still to be
	// counted: not all is known yet that could have kept them.
	Unjudged bool
}

// State is the memory of one reported state: enough to tell when a fact became
// visible and which dimensions the record had then.
type State struct {
	At      time.Time // when the state held: as the desk says, else when its drop was written
	Origin  Origin    // orders states of the same instant
	Timed   bool      // At is the desk's own time of this very state
	Deleted bool
	Shows   Shows
	Dims    []Dim

	// Tickets only.
	Status        Status
	Reopens       Opt[int]
	FirstSolvedAt time.Time
	SolvedAt      time.Time // or closed, where the desk does not tell of solving
	ReopenedAt    time.Time

	FirstDueAt, NextDueAt, ResolutionDueAt time.Time // some desks tell no more of them once they are met
}

// Shows is the set of facts that one state lets see by itself.
type Shows uint8

// ShowsAnswer: the first response to a ticket, the end of a call, the answer
// to a survey, the outcome of what has one.
const ShowsAnswer Shows = 1

// SoleState returns the states of a record of which one state was reported.
func SoleState(r Record) []State { return []State{stateOf(r)} }

// Sole reports whether the record is just what its one state said.
func (h *Held) Sole() bool { return len(h.States) == 1 && h.States[0].is(stateOf(h.Record)) }

// stateOf condenses one reported state.
func stateOf(r Record) State {
	s := State{
		At: r.Body.Changed(), Origin: r.Origin, Deleted: r.Deleted,
		Shows: r.Body.shows(), Dims: r.Body.Dims(),
	}
	s.Timed = !s.At.IsZero()
	if !s.Timed {
		s.At = r.Body.Newest()
		if !r.Origin.Dropped.IsZero() {
			// A drop tells how things were when it was written. Were the newest
			// time inside to decide, a later drop that takes a time back, for a
			// reopening or a correction, would count for older and be ignored.
			s.At = r.Origin.Dropped
		}
	}
	if t, ok := r.Body.(*Ticket); ok {
		s.Status = t.Status
		if t.MergedInto != "" {
			s.Status = StatusMerged // whatever the desk calls it: its story goes on elsewhere
		}
		if r.Deleted {
			s.Status = StatusDeleted
		}
		s.Reopens, s.FirstSolvedAt = t.Reopens, t.FirstSolvedAt
		s.FirstDueAt, s.NextDueAt, s.ResolutionDueAt = t.FirstResponseDueAt, t.NextResponseDueAt, t.ResolutionDueAt
		s.SolvedAt, s.ReopenedAt = t.SolvedAt, t.ReopenedAt
		if s.SolvedAt.IsZero() && s.FirstSolvedAt.IsZero() {
			s.SolvedAt = t.ClosedAt
		}
	}
	return s
}

// compare orders states by the instant they held at, then by where they stood.
func (s State) compare(o State) int {
	if c := s.At.Compare(o.At); c != 0 {
		return c
	}
	return s.Origin.Compare(o.Origin)
}

// same reports whether two states say the same: with the desk's own time of
// them, at the same instant.
func (s State) same(o State) bool {
	return s.Timed == o.Timed && (!s.Timed || s.At.Equal(o.At)) && s.Deleted == o.Deleted && s.Shows == o.Shows &&
		s.Status == o.Status && s.Reopens == o.Reopens &&
		s.FirstSolvedAt.Equal(o.FirstSolvedAt) && s.SolvedAt.Equal(o.SolvedAt) && s.ReopenedAt.Equal(o.ReopenedAt) &&
		s.FirstDueAt.Equal(o.FirstDueAt) && s.NextDueAt.Equal(o.NextDueAt) && s.ResolutionDueAt.Equal(o.ResolutionDueAt) &&
		slices.Equal(s.Dims, o.Dims)
}

// is reports whether two states are one that was reported twice.
func (s State) is(o State) bool { return s.compare(o) == 0 && s.same(o) }

// undated reports whether a state is a tombstone without a time of its own:
// only where it stood orders it.
func (s State) undated() bool { return s.Deleted && !s.Timed }

// Merge returns the record that results from one more reported state. old is
// nil for a record not held; it is not changed.
func Merge(old *Held, r Record) *Held {
	s := stateOf(r)
	if old == nil {
		r.Body = uniteLists(r.Body, nil, r.Body)
		return &Held{Record: r, States: []State{s}}
	}
	if s.undated() {
		s.At = lastBefore(old.States, s)
	}
	h := &Held{Record: old.Record, States: insertState(old.States, s), Counted: old.Counted, Unjudged: old.Unjudged}
	newest := h.States[len(h.States)-1]
	h.Deleted, h.Origin = newest.Deleted, newest.Origin
	if speaker(h.States).is(s) {
		h.Body = r.Body
	}
	h.Body = uniteLists(h.Body, old.Body, r.Body)
	return h
}

// lastBefore returns the instant up to which a tombstone without a time of its
// own follows all that was reported before it.
func lastBefore(states []State, tombstone State) time.Time {
	at := tombstone.At
	for _, s := range states {
		if s.Origin.Compare(tombstone.Origin) <= 0 {
			at = newest(at, s.At)
		}
	}
	return at
}

// speaker returns the state whose body tells about the record: the newest that
// is no tombstone, for those know little; without one, the newest.
func speaker(states []State) State {
	for i := len(states) - 1; i >= 0; i-- {
		if !states[i].Deleted {
			return states[i]
		}
	}
	return states[len(states)-1]
}

// insertState returns states with s in its place. Of a run of equal states only
// the ends are kept, for nothing changed between them: an export without times
// says the same in every drop. Should a drop be read after its successors, a
// change and its undoing within such a run may stay unseen.
func insertState(states []State, s State) []State {
	for i := range states {
		if states[i].is(s) {
			return states
		}
	}
	out := make([]State, 0, len(states)+1)
	for _, o := range states {
		if o.undated() && o.At.Before(s.At) && s.Origin.Compare(o.Origin) < 0 {
			o.At = s.At // it was reported after s, so it deleted that too
		}
		out = append(out, o)
	}
	out = append(out, s)
	slices.SortStableFunc(out, State.compare)
	for j := 1; j < len(out)-1; {
		if out[j-1].same(out[j]) && out[j].same(out[j+1]) {
			out = slices.Delete(out, j, j+1)
			continue
		}
		j++
	}
	return out
}

// uniteLists returns the body with the lists of both bodies united, sorted and
// without doubles.
func uniteLists(body, old, reported Body) Body {
	t, ok := body.(*Ticket)
	if !ok {
		return body
	}
	a, _ := old.(*Ticket)
	b, _ := reported.(*Ticket)
	return uniteTicket(t, a, b)
}

// uniteTicket returns t, one of the two tickets, with the lists of both.
func uniteTicket(t, a, b *Ticket) *Ticket {
	if a == nil {
		a = &Ticket{}
	}
	u := *t
	u.StatusChanges = unite(a.StatusChanges, b.StatusChanges, func(x, y StatusChange) int {
		return cmp.Or(x.At.Compare(y.At), cmp.Compare(x.Status, y.Status))
	})
	older, newer := a.SLA, b.SLA
	if t == a {
		older, newer = newer, older
	}
	u.SLA = uniteSLA(older, newer)
	u.Clocks = uniteClocks(a.Clocks, b.Clocks)
	u.Messages = spoken(uniteMessages(a.Messages, b.Messages), u.Clocks)
	return &u
}

// unite returns the sorted union of two lists.
func unite[T any](a, b []T, compare func(T, T) int) []T {
	if len(a) == 0 && len(b) == 0 {
		return nil
	}
	u := append(slices.Clone(a), b...)
	slices.SortStableFunc(u, compare)
	return slices.CompactFunc(u, func(x, y T) bool { return compare(x, y) == 0 })
}

// uniteSLA returns all events, the newer of two about the same target.
func uniteSLA(older, newer []SLAEvent) []SLAEvent {
	key := func(x, y SLAEvent) int {
		return cmp.Or(strings.Compare(x.Target, y.Target), x.N-y.N, strings.Compare(x.Policy, y.Policy))
	}
	return unite(newer, older, key)
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Dim returns the value that a dimension has in the state, empty where the
// state does not name it.
func (s *State) Dim(name string) string {
	for _, d := range s.Dims {
		if d.Name == name {
			return d.Value
		}
	}
	return ""
}

// Newest returns the newest instant that the record speaks of.
func (h *Held) Newest() time.Time {
	n := h.Body.Newest()
	for _, s := range h.States {
		if s.Timed {
			n = newest(n, s.At)
		}
	}
	return n
}

// Ledger remembers how many facts of each kind a record has given to the
// counters, so that none is counted twice. It is sorted by fact.
type Ledger []Entry

// Entry is one line of a ledger.
type Entry struct {
	Fact uint8
	N    uint32
}

// Of returns how many facts of the kind were counted.
func (l Ledger) Of(fact uint8) uint32 {
	for _, e := range l {
		if e.Fact == fact {
			return e.N
		}
	}
	return 0
}

// Add counts n more facts of a kind. The ledger changes in place: a record's own
// must be cloned first.
func (l *Ledger) Add(fact uint8, n uint32) {
	i, found := slices.BinarySearchFunc(*l, fact, func(e Entry, f uint8) int { return int(e.Fact) - int(f) })
	if !found {
		*l = slices.Insert(*l, i, Entry{Fact: fact})
	}
	(*l)[i].N += n
}
