package csv

import "time"

// zone turns local times into instants. It remembers the stretch between two
// clock changes that it looked at last, because a file's times lie together.
type zone struct {
	loc *time.Location

	// Local times from first to last (as if they were UTC, in Unix seconds) are
	// surely offset seconds ahead of UTC. Empty at the beginning.
	first, last, offset int64
}

func newZone(loc *time.Location) *zone { return &zone{loc: loc, last: -1} }

// dayLong is more than any clock is ever set, so that two instants this far from
// a local time have the offsets of before and after a change near it.
const dayLong = 24 * time.Hour

// instant returns what a local time means, given as if it were UTC.
func (z *zone) instant(wall time.Time) moment {
	if z.loc == time.UTC {
		return moment{at: wall}
	}
	if s := wall.Unix(); z.first <= s && s <= z.last {
		return moment{at: wall.Add(time.Duration(-z.offset) * time.Second)}
	}
	before, after := z.offsetAt(wall.Add(-dayLong)), z.offsetAt(wall.Add(dayLong))
	early, late := wall.Add(-before), wall.Add(-after)
	switch {
	case before == after:
		z.remember(early)
		return moment{at: early}
	case z.offsetAt(early) == before && z.offsetAt(late) == after:
		return moment{at: early, later: late} // the clock was set back and this hour came twice
	case z.offsetAt(early) == before:
		return moment{at: early}
	case z.offsetAt(late) == after:
		return moment{at: late}
	default:
		return moment{at: early, gap: true} // the clock was set forward over this time
	}
}

// offsetAt returns how far local clocks are ahead of UTC at t.
func (z *zone) offsetAt(t time.Time) time.Duration {
	_, seconds := t.In(z.loc).Zone()
	return time.Duration(seconds) * time.Second
}

// remember keeps the stretch around t within which nothing is ambiguous.
func (z *zone) remember(t time.Time) {
	local := t.In(z.loc)
	_, seconds := local.Zone()
	start, end := local.ZoneBounds()
	if start.IsZero() {
		start = t
	}
	if end.IsZero() {
		end = t.AddDate(1, 0, 0)
	}
	z.offset = int64(seconds)
	z.first = start.Add(dayLong).Unix() + z.offset
	z.last = end.Add(-dayLong).Unix() + z.offset
}
