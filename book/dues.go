package book

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/google/btree"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/kpi"
)

// dues are the promises of a source's open tickets that time alone will break
// if nobody keeps them, in the order of their due times. A promise stays on the
// list when it is broken, until somebody makes it good.
type dues struct {
	sorted *btree.BTreeG[due]
	names  map[string]string // of policies, each kept once
}

// due is one promise.
type due struct {
	at     int64 // Unix nanoseconds
	ticket string
	fact   uint8 // what is promised
	policy string
}

// dueMove is a promise that comes onto a list or goes from it.
type dueMove struct {
	due
	sign int
}

// dueDegree is that of the tree: wide nodes, for most of the list never moves.
const dueDegree = 64

func newDues() *dues {
	return &dues{names: map[string]string{}, sorted: btree.NewG(dueDegree, func(x, y due) bool {
		return cmp.Or(cmp.Compare(x.at, y.at), strings.Compare(x.ticket, y.ticket), cmp.Compare(x.fact, y.fact)) < 0
	})}
}

// dueOf returns the promise that a contribution stands for, false for one that
// is none or whose clock stands.
func dueOf(of kpi.Contribution) (due, bool) {
	if of.Feeds&kpi.FeedDue == 0 || of.At.IsZero() {
		return due{}, false
	}
	return due{at: of.At.UnixNano(), ticket: of.Key, fact: of.Fact, policy: of.Labels[0]}, true
}

func (d *dues) add(x due) {
	name, ok := d.names[x.policy]
	if !ok {
		name = strings.Clone(x.policy)
		d.names[name] = name
	}
	x.policy = name
	d.sorted.ReplaceOrInsert(x)
}

func (d *dues) move(m dueMove) {
	if m.sign > 0 {
		d.add(m.due)
	} else {
		d.sorted.Delete(m.due)
	}
}

// between calls f for each promise due after an instant and no later than
// another.
func (d *dues) between(after, until time.Time, f func(due)) {
	d.sorted.AscendGreaterOrEqual(due{at: after.UnixNano() + 1}, func(x due) bool {
		if x.at > until.UnixNano() {
			return false
		}
		f(x)
		return true
	})
}

// Due is a promise to a customer that is running out, or that was broken and
// not made good.
type Due struct {
	Desk, Source, Ticket, Policy string
	Target                       desk.Target
	At                           time.Time
}

// DueOptions chooses promises. An empty name chooses all.
type DueOptions struct {
	Desk, Source string
	Now          time.Time
	Overdue      int // how many of those that were due before now
	Pending      int // how many of those that are still to be due
}

// Due returns the promises of open tickets around now, the earliest due first:
// those that were broken last, and those that are due next.
func (b *Book) Due(o DueOptions) []Due {
	b.mu.Lock()
	defer b.mu.Unlock()
	var overdue, pending []Due
	for _, config := range b.Sources {
		if o.Desk != "" && o.Desk != config.Desk || o.Source != "" && o.Source != config.Name {
			continue
		}
		s, now := b.sources[config.Name], o.Now.UnixNano()
		s.dues.sorted.DescendLessOrEqual(due{at: now}, s.collect(&overdue, o.Overdue))
		s.dues.sorted.AscendGreaterOrEqual(due{at: now}, s.collect(&pending, o.Pending))
	}
	slices.SortFunc(overdue, compareDue)
	slices.SortFunc(pending, compareDue)
	return append(overdue[max(len(overdue)-o.Overdue, 0):], pending[:min(len(pending), o.Pending)]...)
}

// collect returns a function that adds promises of the source to a list, so many
// at the most.
func (s *source) collect(to *[]Due, most int) func(due) bool {
	n := 0
	return func(x due) bool {
		if n++; n > most {
			return false
		}
		*to = append(*to, Due{
			Desk: s.Desk, Source: s.Name, Ticket: x.ticket, Policy: x.policy,
			Target: kpi.TargetOf(x.fact), At: time.Unix(0, x.at).UTC(),
		})
		return true
	}
}

func compareDue(x, y Due) int {
	return cmp.Or(x.At.Compare(y.At), strings.Compare(x.Source, y.Source), strings.Compare(x.Ticket, y.Ticket),
		cmp.Compare(x.Target, y.Target), strings.Compare(x.Policy, y.Policy))
}

// OpenTickets returns how many tickets of a source are open; false before its
// first sync is complete.
func (b *Book) OpenTickets(source string) (int, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := b.sources[source]
	return s.open, known(&s.state)
}
