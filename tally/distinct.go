package tally

// DistinctWindow counts in how many ways the contributions to a trailing window
// differ: the agents that were active, whatever they did and however often.
// The zero value is empty.
type DistinctWindow struct {
	keys   map[string]*Window
	oldest int64 // no slot is older; meaningless when empty
}

// Add counts one contribution of a key in the given slot, or with sign -1 takes
// it away. The caller leaves out what lies before the window.
func (d *DistinctWindow) Add(index, sign int64, key string) {
	if d.keys == nil {
		d.keys = map[string]*Window{}
	}
	if len(d.keys) == 0 || index < d.oldest {
		d.oldest = index
	}
	w := d.keys[key]
	if w == nil {
		w = &Window{}
		d.keys[key] = w
	}
	w.Add(index, sign, 0)
	if w.empty() {
		delete(d.keys, key)
	}
}

// Advance lets every slot before first leave the window.
func (d *DistinctWindow) Advance(first int64) {
	if len(d.keys) == 0 || first <= d.oldest {
		return
	}
	for key, w := range d.keys {
		if w.Advance(first); w.empty() {
			delete(d.keys, key)
		}
	}
	d.oldest = first
}

// Union adds the keys of the window to a set.
func (d *DistinctWindow) Union(set map[string]struct{}) {
	for key := range d.keys {
		set[key] = struct{}{}
	}
}

// Multiset counts by key what there is now. The zero value is empty.
type Multiset struct{ counts map[string]int64 }

// Add counts one of a key, or with sign -1 takes it away.
func (m *Multiset) Add(sign int64, key string) {
	if m.counts == nil {
		m.counts = map[string]int64{}
	}
	if m.counts[key] += sign; m.counts[key] == 0 {
		delete(m.counts, key)
	}
}

// Distinct returns how many keys there are. What has no key is none.
func (m *Multiset) Distinct() int {
	n := len(m.counts)
	if _, ok := m.counts[""]; ok {
		n--
	}
	return n
}
