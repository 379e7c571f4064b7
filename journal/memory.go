package journal

import (
	"bytes"
	"slices"
	"sync"

	"github.com/google/btree"
)

// memoryStore keeps everything in memory: what is known of the desks is gone
// with the process.
type memoryStore struct {
	mu      sync.RWMutex // a writer excludes all others
	buckets map[string]*btree.BTreeG[pair]
	bytes   int64
}

type pair struct{ key, value []byte }

func (p pair) size() int64 { return int64(len(p.key) + len(p.value)) }

// degree is how wide the nodes of the trees are; the usual choice.
const degree = 32

func newMemory(buckets [][]byte) *memoryStore {
	s := &memoryStore{buckets: map[string]*btree.BTreeG[pair]{}}
	for _, name := range buckets {
		s.buckets[string(name)] = btree.NewG(degree, func(a, b pair) bool { return bytes.Compare(a.key, b.key) < 0 })
	}
	return s
}

func (s *memoryStore) update(f func(bucketTx) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	tx := &memoryTx{store: s}
	if err := f(tx); err != nil {
		for _, undo := range slices.Backward(tx.undo) {
			undo()
		}
		return err
	}
	return nil
}

func (s *memoryStore) view(f func(bucketTx) error) error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return f(&memoryTx{store: s})
}

func (s *memoryStore) size() int64 {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.bytes
}

func (s *memoryStore) close() error { return nil }

type memoryTx struct {
	store *memoryStore
	undo  []func()
}

func (t *memoryTx) get(bucket, key []byte) []byte {
	p, _ := t.store.buckets[string(bucket)].Get(pair{key: key})
	return p.value
}

func (t *memoryTx) put(bucket, key, value []byte) error {
	b := t.store.buckets[string(bucket)]
	p := pair{key: bytes.Clone(key), value: bytes.Clone(value)}
	old, had := b.ReplaceOrInsert(p)
	t.store.bytes += p.size() - old.size()
	t.undo = append(t.undo, func() {
		t.store.bytes += old.size() - p.size()
		if had {
			b.ReplaceOrInsert(old)
		} else {
			b.Delete(p)
		}
	})
	return nil
}

func (t *memoryTx) remove(bucket, key []byte) error {
	b := t.store.buckets[string(bucket)]
	old, had := b.Delete(pair{key: key})
	if had {
		t.store.bytes -= old.size()
		t.undo = append(t.undo, func() {
			t.store.bytes += old.size()
			b.ReplaceOrInsert(old)
		})
	}
	return nil
}

func (t *memoryTx) scan(bucket, start []byte, f func(k, v []byte) bool) {
	t.store.buckets[string(bucket)].AscendGreaterOrEqual(pair{key: start}, func(p pair) bool {
		return f(p.key, p.value)
	})
}

func (t *memoryTx) scanBack(bucket, end []byte, f func(k, v []byte) bool) {
	t.store.buckets[string(bucket)].DescendLessOrEqual(pair{key: end}, func(p pair) bool {
		return bytes.Equal(p.key, end) || f(p.key, p.value)
	})
}
