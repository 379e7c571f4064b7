package kpi

import (
	"fmt"
	"sort"
	"time"
)

// Calendar is when a team works: see [NewCalendar]. A nil one is around the
// clock.
type Calendar struct{ segments []segment }

// segment is a span of time in which neither the offset from UTC nor the hours
// of the week change. It ends where the next one starts.
type segment struct {
	start int64 // Unix seconds
	east  int64 // the offset from UTC in seconds
	hours *week
	base  int64 // what lets the working time go on from the segment before
}

// farthest bounds the Unix seconds that are told apart, so that none overflows.
// The records' years, 1 to 9999, are far from it.
const farthest = 1 << 45

// NewCalendar makes a calendar of a schedule. An instant is working time if its
// local date is no holiday and its local time lies in a span that counts on
// that date, or in what goes on past midnight of a span of the day before. The
// offsets of the zone are those of 1970 to 2100; before and after, the first
// and the last of them hold.
func NewCalendar(s Schedule) (*Calendar, error) {
	zone, err := time.LoadLocation(s.Timezone)
	if err != nil {
		return nil, fmt.Errorf("calendar %q: time zone %q: %w: use a name of the IANA database, as Europe/Athens or UTC", s.Name, s.Timezone, err)
	}
	c, eras, offsets := &Calendar{}, s.eras(), offsetsOf(zone)
	for i, o := range offsets {
		end := int64(farthest)
		if i+1 < len(offsets) {
			end = offsets[i+1].start
		}
		c.lay(o, end, eras)
	}
	return c, nil
}

// lay adds the segments from the start of an offset to its end.
func (c *Calendar) lay(o offset, end int64, eras []era) {
	first := sort.Search(len(eras), func(i int) bool { return eras[i].start-o.east > o.start }) - 1
	for _, e := range eras[first:] {
		next := segment{start: max(o.start, e.start-o.east), east: o.east, hours: e.hours}
		if next.start >= end {
			return
		}
		if n := len(c.segments); n > 0 {
			next.base = c.segments[n-1].worked(next.start) - next.worked(next.start)
		}
		c.segments = append(c.segments, next)
	}
}

// Between returns how much of the time from a to b, b itself excluded, is
// working time; where b is before a, that from b to a below zero.
func (c *Calendar) Between(a, b time.Time) time.Duration {
	switch {
	case b.Before(a):
		return -c.Between(b, a)
	case c == nil:
		return b.Sub(a)
	default:
		return c.clock(b).Sub(c.clock(a))
	}
}

// Add returns the first instant from t on by which d of working time has
// passed, t itself where d is not above zero; false: it never comes.
func (c *Calendar) Add(t time.Time, d time.Duration) (time.Time, bool) {
	switch {
	case d <= 0:
		return t, true
	case c == nil:
		return t.Add(d), true
	}
	due := c.clock(t).Add(d)
	need := due.Unix()
	if due.Nanosecond() > 0 {
		need++
	}
	s := c.segments[max(c.first(func(s *segment) bool { return s.worked(s.start) >= need })-1, 0)]
	if s.hours.total == 0 {
		return time.Time{}, false
	}
	end := time.Unix(s.hours.first(need-s.base)-s.east, 0)
	return end.Add(due.Sub(time.Unix(need, 0))).In(t.Location()), true
}

// clock returns what a clock that runs in working time only shows at t.
func (c *Calendar) clock(t time.Time) time.Time {
	at := min(max(t.Unix(), -farthest), farthest)
	s := c.segments[c.first(func(s *segment) bool { return s.start > at })-1]
	shows := s.worked(at)
	if s.worked(at+1) == shows {
		return time.Unix(shows, 0)
	}
	return time.Unix(shows, int64(t.Nanosecond()))
}

// first returns the index of the first segment from which on something holds.
func (c *Calendar) first(holds func(*segment) bool) int {
	return sort.Search(len(c.segments), func(i int) bool { return holds(&c.segments[i]) })
}

// worked returns what the clock of working time shows at an instant of the
// segment.
func (s *segment) worked(at int64) int64 { return s.base + s.hours.worked(at+s.east) }

// offset is how far a wall clock is ahead of UTC, in seconds, and since when.
type offset struct{ start, east int64 }

// offsetsOf returns the offsets of a zone in the order of time.
func offsetsOf(zone *time.Location) []offset {
	var all []offset
	end := time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)
	for t := time.Unix(0, 0).In(zone); t.Before(end); {
		_, east := t.Zone()
		if n := len(all); n == 0 || all[n-1].east != int64(east) {
			all = append(all, offset{t.Unix(), int64(east)})
		}
		_, next := t.ZoneBounds()
		switch {
		case next.IsZero():
			next = end
		case !next.After(t): // of the last day of a leap year Go says so
			next = t.AddDate(0, 0, 1)
		}
		t = next
	}
	all[0].start = -farthest
	return all
}
