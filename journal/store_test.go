package journal

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// stores runs a test of what every store promises on each of them.
func stores(t *testing.T, test func(*testing.T, store)) {
	t.Run("bolt", func(t *testing.T) {
		s, err := openBolt(filepath.Join(t.TempDir(), FileName), buckets())
		if err != nil {
			t.Fatal(err)
		}
		defer s.close()
		test(t, s)
	})
	t.Run("memory", func(t *testing.T) { test(t, newMemory(buckets())) })
}

// contents returns all that a store holds.
func contents(t testing.TB, s store) []string {
	t.Helper()
	var all []string
	err := s.view(func(tx bucketTx) error {
		for _, bucket := range buckets() {
			tx.scan(bucket, nil, func(k, v []byte) bool {
				all = append(all, fmt.Sprintf("%s %q=%q", bucket, k, v))
				return true
			})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func put(t testing.TB, s store, pairs ...string) {
	t.Helper()
	err := s.update(func(tx bucketTx) error {
		for i := 0; i < len(pairs); i += 2 {
			if err := tx.put(bucketRecords, []byte(pairs[i]), []byte(pairs[i+1])); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestATransactionThatFailsLeavesNoTrace(t *testing.T) {
	failed := errors.New("failed")
	stores(t, func(t *testing.T, s store) {
		put(t, s, "changed", "old", "removed", "old")
		before, size := contents(t, s), s.size()
		err := s.update(func(tx bucketTx) error {
			for _, err := range []error{
				tx.put(bucketRecords, []byte("changed"), []byte("new")), tx.put(bucketRecords, []byte("changed"), []byte("newer")),
				tx.put(bucketJoins, []byte("added"), []byte("new")), tx.remove(bucketRecords, []byte("removed")),
				tx.put(bucketRecords, []byte("removed"), []byte("back")), tx.remove(bucketRecords, []byte("changed")),
				tx.remove(bucketRecords, []byte("never there")),
			} {
				if err != nil {
					return err
				}
			}
			return failed
		})
		if !errors.Is(err, failed) {
			t.Errorf("update: %v, want %v", err, failed)
		}
		if diff := cmp.Diff(before, contents(t, s)); diff != "" {
			t.Errorf("(-before +after):\n%s", diff)
		}
		if s.size() != size {
			t.Errorf("the size went from %d to %d", size, s.size())
		}
	})
}

func TestATransactionSeesItsOwnChanges(t *testing.T) {
	stores(t, func(t *testing.T, s store) {
		put(t, s, "a", "old", "b", "old")
		err := s.update(func(tx bucketTx) error {
			if err := errors.Join(tx.put(bucketRecords, []byte("a"), []byte("new")), tx.remove(bucketRecords, []byte("b"))); err != nil {
				return err
			}
			if got := tx.get(bucketRecords, []byte("a")); string(got) != "new" {
				t.Errorf("a is %q", got)
			}
			if got := tx.get(bucketRecords, []byte("b")); got != nil {
				t.Errorf("b is %q, want nothing", got)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// The caller goes on with its buffers.
func TestAStoreKeepsNoBufferOfItsCaller(t *testing.T) {
	stores(t, func(t *testing.T, s store) {
		key := []byte("key")
		err := s.update(func(tx bucketTx) error {
			if err := tx.put(bucketRecords, key, []byte("value")); err != nil {
				return err
			}
			copy(key, "xyz")
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{`records "key"="value"`}, contents(t, s)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

func TestAnEmptyValueIsNotAMissingOne(t *testing.T) {
	stores(t, func(t *testing.T, s store) {
		put(t, s, "empty", "")
		_ = s.view(func(tx bucketTx) error {
			if tx.get(bucketRecords, []byte("empty")) == nil {
				t.Error("the empty value is missing")
			}
			return nil
		})
	})
}

func TestAScanGoesByKeyFromWhereItIsTold(t *testing.T) {
	stores(t, func(t *testing.T, s store) {
		rapid.Check(t, func(t *rapid.T) {
			keys := rapid.SliceOfNDistinct(rapid.SliceOfN(rapid.Byte(), 1, 3), 1, 20, func(k []byte) string { return string(k) }).Draw(t, "keys")
			from := rapid.SliceOfN(rapid.Byte(), 0, 3).Draw(t, "from")
			most := rapid.IntRange(1, 25).Draw(t, "most")
			var got []string
			_ = s.update(func(tx bucketTx) error {
				for _, k := range keys {
					if err := tx.put(bucketRecords, k, k); err != nil {
						t.Fatal(err)
					}
				}
				tx.scan(bucketRecords, from, func(k, v []byte) bool {
					if string(k) != string(v) {
						t.Fatalf("%q has the value of %q", k, v)
					}
					got = append(got, string(k))
					return len(got) < most
				})
				return errors.New("forget it")
			})
			var want []string
			for _, k := range keys {
				if string(k) >= string(from) {
					want = append(want, string(k))
				}
			}
			slices.Sort(want)
			if diff := cmp.Diff(want[:min(most, len(want))], got); diff != "" {
				t.Fatalf("(-want +got):\n%s", diff)
			}
		})
	})
}

func TestTheSizeFollowsWhatIsKept(t *testing.T) {
	stores(t, func(t *testing.T, s store) {
		before := s.size()
		put(t, s, "big", string(make([]byte, 1<<20)))
		if grown := s.size() - before; grown < 1<<20 {
			t.Errorf("a megabyte more made %d bytes", grown)
		}
	})
	s := newMemory(buckets())
	put(t, s, "k", "value")
	put(t, s, "k", "v")
	if s.size() != 2 {
		t.Errorf("a byte under a key of one byte makes %d", s.size())
	}
	_ = s.update(func(tx bucketTx) error { return tx.remove(bucketRecords, []byte("k")) })
	if s.size() != 0 {
		t.Errorf("an empty store takes %d bytes", s.size())
	}
}
