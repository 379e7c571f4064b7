package journal

import (
	"encoding/binary"
	"errors"
	"maps"
	"math"
	"slices"
	"time"

	"helpdesk_exporter/desk"
)

// coder writes or reads the stored form of a struct: one description of the
// fields serves both ways, so the two cannot drift apart.
//
// Fields are numbered and come in ascending order; an absent field takes no
// room. A reader passes over numbers that it does not know, so that fields can
// be added without a new schema. A field's number is never used again.
type coder struct {
	writing bool
	b       []byte // what was written, or what is left to read
	bad     bool
}

var errDamaged = errors.New("a stored record is damaged")

// The two shapes of a value, told by the lowest bit of its tag.
const (
	shapeNumber = 0
	shapeBytes  = 1
)

func (c *coder) tag(field int, shape uint64) {
	c.b = binary.AppendUvarint(c.b, uint64(field)<<1|shape)
}

// number codes a number that is absent when zero.
func (c *coder) number(field int, v *uint64) {
	if c.writing {
		if *v != 0 {
			c.tag(field, shapeNumber)
			c.b = binary.AppendUvarint(c.b, *v)
		}
		return
	}
	if c.seek(field, shapeNumber) {
		*v = c.uvarint()
	}
}

// bytes codes a string of bytes that is absent when empty. What was read
// belongs to the store and must be copied.
func (c *coder) bytes(field int, v *[]byte) {
	if c.writing {
		if len(*v) != 0 {
			c.tag(field, shapeBytes)
			c.b = binary.AppendUvarint(c.b, uint64(len(*v)))
			c.b = append(c.b, *v...)
		}
		return
	}
	if c.seek(field, shapeBytes) {
		*v = c.take()
	}
}

// seek reports whether the next value is the field's, passing over those that
// come before it.
func (c *coder) seek(field int, shape uint64) bool {
	for len(c.b) > 0 && !c.bad {
		tag, n := binary.Uvarint(c.b)
		if n <= 0 {
			c.fail()
			return false
		}
		if tag>>1 > uint64(field) {
			return false
		}
		c.b = c.b[n:]
		if tag>>1 == uint64(field) {
			if tag&1 != shape {
				c.fail()
				return false
			}
			return true
		}
		if tag&1 == shapeBytes {
			c.take()
		} else {
			c.uvarint()
		}
	}
	return false
}

func (c *coder) uvarint() uint64 {
	v, n := binary.Uvarint(c.b)
	if n <= 0 {
		c.fail()
		return 0
	}
	c.b = c.b[n:]
	return v
}

func (c *coder) take() []byte {
	n := c.uvarint()
	if n > uint64(len(c.b)) {
		c.fail()
		return nil
	}
	v := c.b[:n:n]
	c.b = c.b[n:]
	return v
}

func (c *coder) fail() { c.bad, c.b = true, nil }

func (c *coder) text(field int, v *string) {
	if c.writing {
		if *v != "" {
			c.tag(field, shapeBytes)
			c.b = binary.AppendUvarint(c.b, uint64(len(*v)))
			c.b = append(c.b, *v...)
		}
		return
	}
	if c.seek(field, shapeBytes) {
		*v = string(c.take())
	}
}

// name codes the name of a dimension. They come with every state of every
// record; the known ones need no room of their own.
func (c *coder) name(field int, v *string) {
	if c.writing {
		c.text(field, v)
		return
	}
	if c.seek(field, shapeBytes) {
		*v = nameOf(c.take())
	}
}

func nameOf(b []byte) string {
	switch string(b) {
	case "action":
		return "action"
	case "campaign_kind":
		return "campaign_kind"
	case "channel":
		return "channel"
	case "churn_reason":
		return "churn_reason"
	case "competitor":
		return "competitor"
	case "content_kind":
		return "content_kind"
	case "feedback_kind":
		return "feedback_kind"
	case "landing_kind":
		return "landing_kind"
	case "locale":
		return "locale"
	case "platform":
		return "platform"
	case "priority":
		return "priority"
	case "queue":
		return "queue"
	case "referral_source":
		return "referral_source"
	case "reviewer_kind":
		return "reviewer_kind"
	case "section":
		return "section"
	case "segment":
		return "segment"
	case "team":
		return "team"
	case "topic":
		return "topic"
	default:
		return string(b)
	}
}

// time codes an instant to the nanosecond, absent when zero.
func (c *coder) time(field int, v *time.Time) {
	var n uint64
	if c.writing && !v.IsZero() {
		n = zigzag(v.UnixNano()) + 1
	}
	c.number(field, &n)
	if !c.writing && n != 0 {
		*v = time.Unix(0, unzigzag(n-1)).UTC()
	}
}

func zigzag(v int64) uint64   { return uint64(v<<1) ^ uint64(v>>63) }
func unzigzag(u uint64) int64 { return int64(u>>1) ^ -int64(u&1) }

func (c *coder) flag(field int, v *bool) {
	var n uint64
	if *v {
		n = 1
	}
	c.number(field, &n)
	*v = n != 0
}

// enum codes one of a few named values.
func enum[T ~uint8](c *coder, field int, v *T) {
	n := uint64(*v)
	c.number(field, &n)
	*v = T(n)
}

// opt codes a whole number that may be missing; 0 is not missing.
func opt[T ~int | ~int64](c *coder, field int, v *desk.Opt[T]) {
	var n uint64
	if c.writing && v.Set {
		n = zigzag(int64(v.Value)) + 1
	}
	c.number(field, &n)
	if !c.writing && n != 0 {
		*v = desk.Some(T(unzigzag(n - 1)))
	}
}

func (c *coder) float(field int, v *desk.Opt[float64]) {
	var n []byte
	if c.writing && v.Set {
		n = binary.BigEndian.AppendUint64(nil, math.Float64bits(v.Value))
	}
	c.bytes(field, &n)
	if !c.writing && len(n) == 8 {
		*v = desk.Some(math.Float64frombits(binary.BigEndian.Uint64(n)))
	}
}

// optFlag codes a truth that may be missing; false is not missing.
func (c *coder) optFlag(field int, v *desk.Opt[bool]) {
	var n uint64
	switch {
	case v.Set && v.Value:
		n = 2
	case v.Set:
		n = 1
	}
	c.number(field, &n)
	if !c.writing && n != 0 {
		*v = desk.Some(n == 2)
	}
}

// prefix puts before what was written from some place on how long it is.
func (c *coder) prefix(from int) {
	var head [binary.MaxVarintLen64]byte
	n := len(c.b) - from
	h := binary.PutUvarint(head[:], uint64(n))
	c.b = append(c.b, head[:h]...)
	copy(c.b[from+h:], c.b[from:from+n])
	copy(c.b[from:], head[:h])
}

// list codes a list of structs, each described by item.
func list[T any](c *coder, field int, v *[]T, item func(*coder, *T)) {
	if c.writing {
		if len(*v) == 0 {
			return
		}
		c.tag(field, shapeBytes)
		all := len(c.b)
		for i := range *v {
			one := len(c.b)
			item(c, &(*v)[i])
			c.prefix(one)
		}
		c.prefix(all)
		return
	}
	if !c.seek(field, shapeBytes) {
		return
	}
	all := coder{b: c.take()}
	after := c.b
	*v = make([]T, all.parts())
	for i := range *v {
		c.b = all.take()
		item(c, &(*v)[i])
	}
	c.b = after
	c.bad = c.bad || all.bad
}

// parts returns how many parts with a length before them are left to read.
func (c coder) parts() int {
	n := 0
	for len(c.b) > 0 {
		c.take()
		n++
	}
	return n
}

// texts codes a map of strings in the order of its keys.
func (c *coder) texts(field int, v *map[string]string) {
	type pair struct{ key, value string }
	var pairs []pair
	for _, key := range slices.Sorted(maps.Keys(*v)) {
		pairs = append(pairs, pair{key, (*v)[key]})
	}
	list(c, field, &pairs, func(c *coder, p *pair) { c.text(1, &p.key); c.text(2, &p.value) })
	if !c.writing && len(pairs) > 0 {
		*v = make(map[string]string, len(pairs))
		for _, p := range pairs {
			(*v)[p.key] = p.value
		}
	}
}

// floats codes a map of numbers in the order of its keys.
func (c *coder) floats(field int, v *map[string]float64) {
	type pair struct {
		key   string
		value desk.Opt[float64]
	}
	var pairs []pair
	for _, key := range slices.Sorted(maps.Keys(*v)) {
		pairs = append(pairs, pair{key, desk.Some((*v)[key])})
	}
	list(c, field, &pairs, func(c *coder, p *pair) { c.text(1, &p.key); c.float(2, &p.value) })
	if !c.writing && len(pairs) > 0 {
		*v = make(map[string]float64, len(pairs))
		for _, p := range pairs {
			(*v)[p.key] = p.value.Value
		}
	}
}
