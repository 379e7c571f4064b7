package book

import (
	"slices"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/journal"
	"helpdesk_exporter/kpi"
	"helpdesk_exporter/tally"
)

// groupMax is how many legs a contact may have. What more calls share is no
// contact but a constant, and looking at all of them for each would not end.
const groupMax = 1000

// legs collects a call together with the other legs of its contact. A call
// that moves to another contact, or comes or goes, leaves one that stands
// without it, and joins one that stood without it.
func (c *change) legs(tx *journal.Tx, key journal.Key, old, new *desk.Held, ledger desk.Ledger) (desk.Ledger, error) {
	from, to := contactKey(key, old), contactKey(key, new)
	joined, err := othersOf(tx, to, key)
	if err != nil {
		return nil, err
	}
	if from == to {
		c.contact(c.before, -1, old, joined)
		c.contact(c.after, 1, new, joined)
		return sum(ledger, joined.counted), nil
	}
	left, err := othersOf(tx, from, key)
	if err != nil {
		return nil, err
	}
	c.contact(c.before, -1, old, left)
	c.contact(c.before, -1, nil, joined)
	c.contact(c.after, 1, nil, left)
	c.contact(c.after, 1, new, joined)
	return sum(sum(ledger, joined.counted), left.counted), rejoin(tx, key, from, to)
}

// contact collects a contact before the change (sign -1) or after it: a call,
// nil for none, with the other legs. One of too many legs is left out.
func (c *change) contact(to *kpi.Contributions, sign int64, call *desk.Held, others others) {
	size := others.n
	if call != nil {
		size++
	}
	if size <= groupMax {
		to.Add(contactOf(call, others.legs))
		return
	}
	to.Add(kpi.Group{Record: call, Follows: true})
	c.leftOut += sign * int64(size)
}

// contactOf makes a contact of a call and the other legs; without the call the
// first that is not deleted stands for it. That others are deleted is noted
// where they are the call.
func contactOf(call *desk.Held, others []*desk.Held) kpi.Group {
	if call != nil {
		return kpi.Group{Record: call, Legs: others}
	}
	for i, leg := range others {
		if !leg.Deleted {
			return kpi.Group{Record: leg, Legs: others[i+1:]}
		}
	}
	return kpi.Group{}
}

// groupTooLarge is what a leg of a contact of too many gives instead of a part
// of the contact.
func groupTooLarge() kpi.Contribution {
	return kpi.Contribution{
		Measure: kpi.ExcludedCalls, Labels: []string{desk.KindCall.String(), "group_too_large"},
		Value: tally.Points(1), Feeds: kpi.FeedStock,
	}
}

// contactKey returns the key under which the legs of a call's contact find each
// other, no key for a call that is a contact by itself.
func contactKey(key journal.Key, call *desk.Held) journal.Key {
	if call == nil {
		return journal.Key{}
	}
	contact := call.Body.(*desk.Call).Contact
	if contact == "" {
		return journal.Key{}
	}
	return journal.KeyOf(key.Source, key.Kind, contact)
}

// others are the members of a contact but one. Of too many it is only known
// that they are.
type others struct {
	n       int
	legs    []*desk.Held
	counted desk.Ledger // what they have given to the counters
}

func othersOf(tx *journal.Tx, contact, but journal.Key) (o others, err error) {
	if contact == (journal.Key{}) {
		return o, nil
	}
	var keys []journal.Key
	for _, member := range tx.Members(contact, groupMax+2) {
		if member != but {
			keys = append(keys, member)
		}
	}
	if o.n = min(len(keys), groupMax+1); o.n > groupMax {
		return o, nil
	}
	for _, key := range keys {
		leg, err := tx.Record(key)
		if err != nil {
			return o, err
		}
		o.counted = sum(o.counted, leg.Counted)
		o.legs = append(o.legs, leg)
	}
	return o, nil
}

func sum(x, y desk.Ledger) desk.Ledger {
	x = slices.Clone(x)
	for _, e := range y {
		x.Add(e.Fact, e.N)
	}
	return x
}
