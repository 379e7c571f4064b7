package kpi

import (
	"cmp"
	"maps"
	"slices"
	"sort"
	"time"
)

// era is a span of wall-clock time in which the hours of the week stay the
// same. It ends where the next one starts.
type era struct {
	start int64 // seconds of the wall clock
	hours *week
}

// eras returns the hours of all days of a schedule. They may change where a
// span begins to count and, since its night goes on, the day after; and they do
// around holidays.
func (s *Schedule) eras() []era {
	holidays := map[int64]int{Date{}.day(): 0} // how many more there are from a day on
	for _, h := range s.Hours {
		holidays[h.Since.day()] += 0
		holidays[h.Since.day()+1] += 0
	}
	for _, h := range s.Holidays {
		holidays[h.From.day()]++
		holidays[h.To.day()+1]--
	}
	var eras []era
	closed, free, weeks := 0, newWeek(nil), map[[2]int64]*week{}
	for _, day := range slices.Sorted(maps.Keys(holidays)) {
		hours := free
		if closed += holidays[day]; closed == 0 {
			version := [2]int64{s.version(day), s.version(day - 1)}
			if weeks[version] == nil {
				weeks[version] = s.week(version[0], version[1])
			}
			hours = weeks[version]
		}
		eras = append(eras, era{day * daySeconds, hours})
	}
	return eras
}

// version returns the last day up to the given one on which a span began to
// count.
func (s *Schedule) version(day int64) int64 {
	last := Date{}.day()
	for _, h := range s.Hours {
		if since := h.Since.day(); since <= day {
			last = max(last, since)
		}
	}
	return last
}

// week returns the hours of a week by the spans that count on one day, and what
// goes on past midnight by those that count on the day before.
func (s *Schedule) week(today, yesterday int64) *week {
	var openings []opening
	for i := range int64(7) {
		midnight, weekday := i*daySeconds, (time.Thursday+time.Weekday(i))%7
		for _, h := range s.counting(weekday, today) {
			to := h.To
			if h.overnight() {
				to = 24 * 60
			}
			openings = append(openings, opening{from: midnight + int64(h.From)*60, to: midnight + int64(to)*60})
		}
		for _, h := range s.counting((weekday+6)%7, yesterday) {
			if h.overnight() {
				openings = append(openings, opening{from: midnight, to: midnight + int64(h.To)*60})
			}
		}
	}
	return newWeek(openings)
}

// overnight reports whether a span goes on past midnight.
func (h *Hours) overnight() bool { return h.To <= h.From }

// counting returns the spans of a day of the week that count on a date: of
// those that have begun to, the latest.
func (s *Schedule) counting(on time.Weekday, day int64) []Hours {
	var latest []Hours
	for _, h := range s.Hours {
		since := h.Since.day()
		if since > day || !slices.Contains(h.Days, on) {
			continue
		}
		if len(latest) > 0 && since > latest[0].Since.day() {
			latest = nil
		}
		if len(latest) == 0 || since == latest[0].Since.day() {
			latest = append(latest, h)
		}
	}
	return latest
}

// day returns the date as days since 1970-01-01, those of the zero date before
// all others.
func (d Date) day() int64 {
	if d == (Date{}) {
		return -farthest / daySeconds * 2
	}
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC).Unix() / daySeconds
}

// week is the working time of a week that always repeats. Its seconds and those
// of the wall clock count from midnight of a Thursday, which 1970-01-01 was.
type week struct {
	open  []opening // ascending, none touching another
	total int64
}

// opening is working time from one second of the week to another.
type opening struct {
	from, to int64
	before   int64 // working seconds of the week before it
}

const (
	daySeconds  = 24 * 60 * 60
	weekSeconds = 7 * daySeconds
)

// newWeek makes a week of openings in any order; where they overlap, they count
// once.
func newWeek(openings []opening) *week {
	slices.SortFunc(openings, func(a, b opening) int { return cmp.Compare(a.from, b.from) })
	w := &week{}
	for _, s := range openings {
		if n := len(w.open); n > 0 && s.from <= w.open[n-1].to {
			w.open[n-1].to = max(w.open[n-1].to, s.to)
		} else {
			w.open = append(w.open, s)
		}
	}
	for i := range w.open {
		w.open[i].before = w.total
		w.total += w.open[i].to - w.open[i].from
	}
	return w
}

// worked returns the working seconds before a second of the wall clock, below
// zero where it comes before all counting.
func (w *week) worked(wall int64) int64 {
	weeks := floorDiv(wall, weekSeconds)
	second := wall - weeks*weekSeconds
	worked := weeks * w.total
	i := sort.Search(len(w.open), func(i int) bool { return w.open[i].from > second })
	if i == 0 {
		return worked
	}
	s := w.open[i-1]
	return worked + s.before + min(second, s.to) - s.from
}

// first returns the first second of the wall clock before which so many were
// worked, of a week that has any.
func (w *week) first(worked int64) int64 {
	weeks := floorDiv(worked-1, w.total)
	rest := worked - weeks*w.total // from 1 to the whole week
	i := sort.Search(len(w.open), func(i int) bool { return w.open[i].before >= rest })
	s := w.open[i-1]
	return weeks*weekSeconds + s.from + rest - s.before
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
