package journal

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"time"
)

// Line is the contacts of one customer about one topic at one desk. It is a
// hash: the journal's index needs no names.
type Line [16]byte

// LineOf returns the line that contacts of a customer about a topic lie on.
func LineOf(deskName, customer, topic string) Line {
	text := make([]byte, 0, 128)
	for _, part := range [...]string{deskName, customer, topic} {
		text = binary.AppendUvarint(text, uint64(len(part)))
		text = append(text, part...)
	}
	sum := sha256.Sum256(text)
	return Line(sum[:16])
}

// Spot is where a contact lies on its line. Records that share a Unit are one
// contact; without one each record is a contact of its own.
type Spot struct {
	Line Line
	At   time.Time
	Key  Key
	Unit Key
}

// IsZero reports whether a record lies on no line.
func (s Spot) IsZero() bool { return s.Key == (Key{}) }

const spotHead = len(Line{}) + 8 // bytes before the record's key

func (s Spot) append(b []byte) []byte {
	b = append(b, s.Line[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(s.At.UnixNano())^1<<63) // so that bytes are ordered as times are
	return s.Key.append(b)
}

func parseSpot(k, v []byte) Spot {
	nano := int64(binary.BigEndian.Uint64(k[len(Line{}):]) ^ 1<<63)
	s := Spot{Line: Line(k[:len(Line{})]), At: time.Unix(0, nano).UTC(), Key: parseKey(k[spotHead:])}
	if len(v) > 0 {
		s.Unit = parseKey(v)
	}
	return s
}

// PutSpot puts a contact on its line.
func (t *Tx) PutSpot(s Spot) error {
	unit := []byte{}
	if s.Unit != (Key{}) {
		unit = s.Unit.append(unit)
	}
	return t.tx.put(bucketTimeline, s.append(nil), unit)
}

// DropSpot takes a contact off its line.
func (t *Tx) DropSpot(s Spot) error { return t.tx.remove(bucketTimeline, s.append(nil)) }

// NextSpot returns the first spot behind s on its line that fits.
func (t *Tx) NextSpot(s Spot, fits func(Spot) bool) (Spot, bool) {
	return firstSpot(s, fits, func(f func(k, v []byte) bool) { t.tx.scan(bucketTimeline, s.append(nil), f) })
}

// PreviousSpot returns the last spot before s on its line that fits.
func (t *Tx) PreviousSpot(s Spot, fits func(Spot) bool) (Spot, bool) {
	return firstSpot(s, fits, func(f func(k, v []byte) bool) { t.tx.scanBack(bucketTimeline, s.append(nil), f) })
}

func firstSpot(from Spot, fits func(Spot) bool, scan func(func(k, v []byte) bool)) (found Spot, ok bool) {
	scan(func(k, v []byte) bool {
		if !bytes.HasPrefix(k, from.Line[:]) {
			return false
		}
		found = parseSpot(k, v)
		ok = found.Key != from.Key && fits(found)
		return !ok
	})
	return found, ok
}
