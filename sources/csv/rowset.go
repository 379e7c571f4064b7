package csv

import (
	"cmp"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// rowSet knows the rows of one file that have no id of their own: a hash of
// each content and how many rows have it. That is all it takes to name them,
// and to tell which are gone when the file was replaced.
//
// It is kept sorted, 16 bytes a content; what was added since lies in fresh.
type rowSet struct {
	sorted []equalRows
	fresh  map[uint64]uint32
}

// equalRows counts the rows that have the same content.
type equalRows struct {
	hash  uint64
	count uint32
}

// rowID names the n-th row of a content, n from 1.
func rowID(hash uint64, n uint32) string { return fmt.Sprintf("%016x-%d", hash, n) }

// add counts one more row of a content, and returns how many there are now.
func (s *rowSet) add(hash uint64) uint32 {
	if s.fresh == nil {
		s.fresh = map[uint64]uint32{}
	}
	n := s.count(hash) + 1
	s.fresh[hash] = n
	return n
}

// count returns how many rows of a content there are.
func (s *rowSet) count(hash uint64) uint32 {
	if n, ok := s.fresh[hash]; ok {
		return n
	}
	i, found := s.find(hash)
	if !found {
		return 0
	}
	return s.sorted[i].count
}

func (s *rowSet) find(hash uint64) (int, bool) {
	return slices.BinarySearchFunc(s.sorted, hash, func(e equalRows, h uint64) int { return cmp.Compare(e.hash, h) })
}

// settle merges what is fresh into what is sorted.
func (s *rowSet) settle() {
	if len(s.fresh) == 0 {
		return
	}
	merged := make([]equalRows, 0, len(s.sorted)+len(s.fresh))
	rest := s.sorted
	for _, hash := range slices.Sorted(maps.Keys(s.fresh)) {
		for len(rest) > 0 && rest[0].hash < hash {
			merged, rest = append(merged, rest[0]), rest[1:]
		}
		if len(rest) > 0 && rest[0].hash == hash {
			rest = rest[1:]
		}
		merged = append(merged, equalRows{hash, s.fresh[hash]})
	}
	s.sorted, s.fresh = append(merged, rest...), nil
}

// union makes the set one of all rows that are in either set.
func (s *rowSet) union(o *rowSet) {
	o.settle()
	for _, e := range o.sorted {
		if e.count > s.count(e.hash) {
			if s.fresh == nil {
				s.fresh = map[uint64]uint32{}
			}
			s.fresh[e.hash] = e.count
		}
	}
	s.settle()
}

// takeGone removes up to limit rows from the set that are more than there are
// now, and returns their ids. What is still there is removed unnamed.
func (s *rowSet) takeGone(now func(hash uint64) uint32, limit int) []string {
	s.settle()
	var ids []string
	for len(s.sorted) > 0 {
		e := &s.sorted[0]
		for kept := now(e.hash); e.count > kept; e.count-- {
			if len(ids) == limit {
				return ids
			}
			ids = append(ids, rowID(e.hash, e.count))
		}
		s.sorted = s.sorted[1:]
	}
	return ids
}

// empty reports whether there are no rows in the set.
func (s *rowSet) empty() bool { return len(s.sorted) == 0 && len(s.fresh) == 0 }

// MarshalText implements encoding.TextMarshaler.
func (s *rowSet) MarshalText() ([]byte, error) {
	s.settle()
	raw := make([]byte, 0, 9*len(s.sorted))
	for _, e := range s.sorted {
		raw = binary.BigEndian.AppendUint64(raw, e.hash)
		raw = binary.AppendUvarint(raw, uint64(e.count))
	}
	return base64.StdEncoding.AppendEncode(nil, raw), nil
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (s *rowSet) UnmarshalText(text []byte) error {
	raw, err := base64.StdEncoding.AppendDecode(nil, text)
	if err != nil {
		return err
	}
	*s = rowSet{}
	for len(raw) > 0 {
		if len(raw) < 9 {
			return errors.New("rows: cut short")
		}
		count, n := binary.Uvarint(raw[8:])
		if n <= 0 {
			return errors.New("rows: no count")
		}
		s.sorted = append(s.sorted, equalRows{binary.BigEndian.Uint64(raw), uint32(count)})
		raw = raw[8+n:]
	}
	return nil
}
