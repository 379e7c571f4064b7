package tally

import (
	"encoding/binary"
	"errors"
	"slices"
	"time"
)

// Total is a cumulative figure: how many there have ever been and, for a
// histogram, how they are spread. It only grows.
type Total struct {
	Count
	// Classic holds how many fell into each classic bucket, the last being
	// above all bounds; nil for a mere counter.
	Classic []int64
	Native  Distribution
	// Exemplars holds one for each classic bucket; nil before the first.
	Exemplars []Exemplar
}

// Exemplar is one observation of a histogram that can be told from the others.
// The zero value stands for none.
type Exemplar struct {
	ID    string
	Value Amount
	At    time.Time // when it was observed
}

// Observe counts one amount. A histogram's bounds are inclusive upper bounds,
// ascending; nil bounds make it a counter.
func (t *Total) Observe(a Amount, bounds []Amount) {
	t.Count.Add(1, a)
	if bounds == nil {
		return
	}
	if t.Classic == nil {
		t.Classic = make([]int64, len(bounds)+1)
	}
	t.Classic[bucketAmong(bounds, a)]++
	t.Native.Add(1, a)
}

// Exemplify makes an observation that was counted the exemplar of its classic
// bucket, in the place of the one before. A counter has none.
func (t *Total) Exemplify(e Exemplar, bounds []Amount) {
	if bounds == nil {
		return
	}
	if t.Exemplars == nil {
		t.Exemplars = make([]Exemplar, len(bounds)+1)
	}
	t.Exemplars[bucketAmong(bounds, e.Value)] = e
}

func bucketAmong(bounds []Amount, a Amount) int {
	i, _ := slices.BinarySearch(bounds, a)
	return i
}

// Clone returns a copy that shares nothing.
func (t *Total) Clone() *Total {
	c := *t
	c.Classic = slices.Clone(t.Classic)
	c.Native = slices.Clone(t.Native)
	c.Exemplars = slices.Clone(t.Exemplars)
	return &c
}

// AppendBinary appends the stored form of t; it implements
// [encoding.BinaryAppender]. Exemplars are not stored: whoever scrapes has them
// already, and what is not stored cannot show once they are switched off.
func (t *Total) AppendBinary(b []byte) ([]byte, error) {
	b = binary.AppendVarint(b, t.N)
	b = binary.AppendVarint(b, t.Sum.hi)
	b = binary.AppendUvarint(b, t.Sum.lo)
	b = binary.AppendUvarint(b, uint64(len(t.Classic)))
	for _, n := range t.Classic {
		b = binary.AppendVarint(b, n)
	}
	b = binary.AppendUvarint(b, uint64(len(t.Native)))
	for _, n := range t.Native {
		b = binary.AppendVarint(b, int64(n.Index))
		b = binary.AppendVarint(b, n.N)
	}
	return b, nil
}

var errTotal = errors.New("a stored total is damaged")

// UnmarshalBinary reads the stored form; it implements
// [encoding.BinaryUnmarshaler].
func (t *Total) UnmarshalBinary(b []byte) error {
	r := varints{b: b}
	*t = Total{Count: Count{N: r.signed(), Sum: Sum{hi: r.signed(), lo: r.unsigned()}}}
	if n := r.length(); n > 0 {
		t.Classic = make([]int64, n)
		for i := range t.Classic {
			t.Classic[i] = r.signed()
		}
	}
	if n := r.length(); n > 0 {
		t.Native = make(Distribution, n)
		for i := range t.Native {
			t.Native[i] = Bucket{Index: int16(r.signed()), N: r.signed()}
		}
	}
	if r.bad || len(r.b) > 0 {
		return errTotal
	}
	return nil
}

// varints reads numbers off the front of b.
type varints struct {
	b   []byte
	bad bool
}

func (r *varints) signed() int64 {
	v, n := binary.Varint(r.b)
	return take(r, v, n)
}

func (r *varints) unsigned() uint64 {
	v, n := binary.Uvarint(r.b)
	return take(r, v, n)
}

// length reads a count of things that take at least one byte each.
func (r *varints) length() int {
	n := r.unsigned()
	if n > uint64(len(r.b)) {
		r.bad = true
		return 0
	}
	return int(n)
}

func take[T any](r *varints, v T, n int) T {
	if n <= 0 {
		r.bad, r.b = true, nil
		var none T
		return none
	}
	r.b = r.b[n:]
	return v
}
