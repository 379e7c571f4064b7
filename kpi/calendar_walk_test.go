package kpi_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"helpdesk_exporter/kpi"
)

// walk is a calendar worked out in the most naive way: minute by minute, by
// what a clock on the wall shows.
type walk struct {
	start  time.Time
	worked []int32 // open minutes before each minute
}

// walked walks from a full minute on. The offsets of the zone must be of full
// minutes.
func walked(t testing.TB, s kpi.Schedule, start time.Time, minutes int) *walk {
	w := &walk{start: start, worked: make([]int32, minutes+1)}
	zone := location(t, s.Timezone)
	var today, yesterday []kpi.Hours
	var date kpi.Date
	var holiday bool
	for i := range minutes {
		local := start.Add(time.Duration(i) * time.Minute).In(zone)
		year, month, day := local.Date()
		if d := on(year, month, day); i == 0 || d != date {
			date, holiday = d, isHoliday(s, d)
			today, yesterday = spansOf(s, d), spansOf(s, dayBefore(d))
		}
		w.worked[i+1] = w.worked[i]
		hour, minute, _ := local.Clock()
		if !holiday && isOpen(today, yesterday, hour*60+minute) {
			w.worked[i+1]++
		}
	}
	return w
}

func isHoliday(s kpi.Schedule, d kpi.Date) bool {
	return slices.ContainsFunc(s.Holidays, func(h kpi.Holiday) bool { return !before(d, h.From) && !before(h.To, d) })
}

// spansOf returns the spans that count on a date.
func spansOf(s kpi.Schedule, d kpi.Date) []kpi.Hours {
	weekday := time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC).Weekday()
	var latest kpi.Date
	var begun, counting []kpi.Hours
	for _, h := range s.Hours {
		if slices.Contains(h.Days, weekday) && !before(d, h.Since) {
			begun = append(begun, h)
			if before(latest, h.Since) {
				latest = h.Since
			}
		}
	}
	for _, h := range begun {
		if h.Since == latest {
			counting = append(counting, h)
		}
	}
	return counting
}

func isOpen(today, yesterday []kpi.Hours, minute int) bool {
	for _, h := range today {
		if minute >= h.From && (minute < h.To || h.To <= h.From) {
			return true
		}
	}
	for _, h := range yesterday {
		if h.To <= h.From && minute < h.To {
			return true
		}
	}
	return false
}

func before(a, b kpi.Date) bool {
	return slices.Compare([]int{a.Year, int(a.Month), a.Day}, []int{b.Year, int(b.Month), b.Day}) < 0
}

func dayBefore(d kpi.Date) kpi.Date {
	return on(time.Date(d.Year, d.Month, d.Day-1, 0, 0, 0, 0, time.UTC).Date())
}

// until returns the working time from the start of the walk to an instant of
// it, which may lie within a minute.
func (w *walk) until(at time.Time) time.Duration {
	d := at.Sub(w.start)
	i := int(d / time.Minute)
	worked := time.Duration(w.worked[i]) * time.Minute
	if rest := d % time.Minute; rest > 0 && w.worked[i+1] > w.worked[i] {
		worked += rest
	}
	return worked
}

func (w *walk) between(a, b time.Time) time.Duration { return w.until(b) - w.until(a) }

// instants draws times of the walk, full minutes and others.
func (w *walk) instants() *rapid.Generator[time.Time] {
	return rapid.Custom(func(t *rapid.T) time.Time {
		at := w.start.Add(time.Duration(rapid.IntRange(0, len(w.worked)-2).Draw(t, "minute")) * time.Minute)
		if rapid.Bool().Draw(t, "within a minute") {
			at = at.Add(time.Duration(rapid.Int64Range(0, int64(time.Minute)-1).Draw(t, "nanoseconds")))
		}
		return at
	})
}

// zones are those of the properties, and an instant about which something odd
// happens in each.
func zones() map[string]string {
	return map[string]string{
		"UTC":                 "2016-02-29 12:00",
		"Europe/Athens":       "2026-03-29 03:00",
		"America/New_York":    "2026-11-01 01:00",
		"Asia/Kolkata":        "2020-12-31 12:00",
		"Australia/Lord_Howe": "2026-04-05 02:00", // half an hour
		"Pacific/Apia":        "2011-12-29 23:59", // no 30th
		"America/Sao_Paulo":   "2018-11-04 01:00", // no midnight
		"America/St_Johns":    "2010-11-07 00:01", // midnight twice
		"Africa/Casablanca":   "2024-03-10 03:00", // summer time but for Ramadan
		"Pacific/Chatham":     "2030-04-07 03:45",
		"Europe/Dublin":       "2040-12-31 12:00", // beyond the tables, in a leap year
	}
}

// schedules draws schedules that change, and whose holidays lie, about a day of
// each year.
func schedules(zone string, about time.Time, years int) *rapid.Generator[kpi.Schedule] {
	date := rapid.Custom(func(t *rapid.T) kpi.Date {
		year, days := rapid.IntRange(-years, years).Draw(t, "year"), rapid.IntRange(-6, 6).Draw(t, "days")
		return on(about.AddDate(year, 0, days).Date())
	})
	hours := rapid.Custom(func(t *rapid.T) kpi.Hours {
		h := kpi.Hours{
			Days: rapid.SliceOfNDistinct(rapid.SampledFrom(everyDay()), 1, 7, rapid.ID[time.Weekday]).Draw(t, "weekdays"),
			From: rapid.IntRange(0, 24*60-1).Draw(t, "from"),
			To:   rapid.IntRange(0, 24*60).Draw(t, "to"),
		}
		if rapid.Bool().Draw(t, "changes") {
			h.Since = date.Draw(t, "since")
		}
		return h
	})
	return rapid.Custom(func(t *rapid.T) kpi.Schedule {
		s := kpi.Schedule{Name: "drawn", Timezone: zone, Hours: rapid.SliceOfN(hours, 0, 6).Draw(t, "hours")}
		for range rapid.IntRange(0, 6).Draw(t, "holidays") {
			from := date.Draw(t, "holiday")
			to := on(time.Date(from.Year, from.Month, from.Day+rapid.IntRange(0, 3).Draw(t, "more"), 0, 0, 0, 0, time.UTC).Date())
			s.Holidays = append(s.Holidays, kpi.Holiday{From: from, To: to})
		}
		return s
	})
}

// Many schedules, each about an odd night of its zone.
func TestACalendarAgreesWithAWalkOfMinutes(t *testing.T) {
	for zone, odd := range zones() {
		t.Run(zone, func(t *testing.T) {
			about := parsed(t, zone, odd)
			rapid.Check(t, func(r *rapid.T) {
				s := schedules(zone, about, 0).Draw(r, "schedule")
				w := walked(t, s, about.UTC().Truncate(time.Minute).AddDate(0, 0, -5), 10*24*60)
				c := calendar(t, s)
				for range 20 {
					agrees(r, c, w)
				}
			})
		})
	}
}

// One schedule of each zone, over ten years.
func TestACalendarAgreesWithAWalkOfTenYears(t *testing.T) {
	for zone, odd := range zones() {
		t.Run(zone, func(t *testing.T) {
			about := parsed(t, zone, odd)
			s := schedules(zone, about, 5).Filter(func(s kpi.Schedule) bool { return len(s.Hours) > 3 && len(s.Holidays) > 3 }).Example(0)
			start := about.UTC().Truncate(time.Minute).AddDate(-5, 0, 0)
			w := walked(t, s, start, int(start.AddDate(10, 0, 0).Sub(start)/time.Minute))
			c := calendar(t, s)
			rapid.Check(t, func(r *rapid.T) { agrees(r, c, w) })
		})
	}
}

// agrees compares a calendar with a walk at instants that are drawn.
func agrees(r *rapid.T, c *kpi.Calendar, w *walk) {
	a, b := w.instants().Draw(r, "a"), w.instants().Draw(r, "b")
	want := w.between(a, b)
	if got := c.Between(a, b); got != want {
		r.Fatalf("from %v to %v %v, by the walk %v", a, b, got, want)
	}
	if want <= 0 {
		return
	}
	d := time.Duration(rapid.Int64Range(1, int64(want)).Draw(r, "d"))
	at, ok := c.Add(a, d)
	if !ok || !at.After(a) || at.After(b) {
		r.Fatalf("%v after %v it is %v, %t: not between that and %v", d, a, at, ok, b)
	}
	if got := w.between(a, at); got != d {
		r.Fatalf("%v after %v it is %v, by the walk after %v", d, a, at, got)
	}
	if got := w.between(a, at.Add(-1)); got >= d {
		r.Fatalf("%v after %v it is %v, and a nanosecond before that too", d, a, at)
	}
}

// Over all years that records can have, where no walk goes.
func TestBusinessTimeAddsUpAndNeverRunsBack(t *testing.T) {
	year := 365 * day
	for zone, odd := range zones() {
		t.Run(zone, func(t *testing.T) {
			about := parsed(t, zone, odd)
			rapid.Check(t, func(r *rapid.T) {
				c := calendar(t, schedules(zone, about, 90).Draw(r, "schedule"))
				instants := rapid.Map(rapid.Int64Range(int64(-100*year), int64(100*year)), func(d int64) time.Time { return about.Add(time.Duration(d)) })
				at := rapid.SliceOfN(instants, 3, 3).Draw(r, "instants")
				slices.SortFunc(at, time.Time.Compare)
				first, second, both := c.Between(at[0], at[1]), c.Between(at[1], at[2]), c.Between(at[0], at[2])
				switch {
				case first < 0 || second < 0 || first > at[1].Sub(at[0]) || second > at[2].Sub(at[1]):
					r.Fatalf("%v and %v are below zero or longer than the clock says", first, second)
				case first+second != both:
					r.Fatalf("%v and %v come to %v", first, second, both)
				case c.Between(at[2], at[0]) != -both:
					r.Fatalf("%v forwards, backwards %v", both, c.Between(at[2], at[0]))
				}
				d := time.Duration(rapid.Int64Range(1, int64(20*year)).Draw(r, "d"))
				end, ok := c.Add(at[0], d)
				if ok && (c.Between(at[0], end) != d || c.Between(at[0], end.Add(-1)) >= d) {
					r.Fatalf("%v after %v is %v, which is not the first such instant", d, at[0], end)
				}
			})
		})
	}
}

// The cost does not follow the span: an hour and fifty years take as long.
func BenchmarkCalendarBetween(b *testing.B) {
	s := kpi.Schedule{Timezone: "Europe/Athens", Hours: officeHours()}
	for year := 2000; year < 2030; year++ {
		s.Holidays = append(s.Holidays, kpi.Holiday{From: on(year, 12, 25), To: on(year, 12, 26)}, kpi.Holiday{From: on(year, 8, 15), To: on(year, 8, 15)})
	}
	c := calendar(b, s)
	from := parsed(b, "Europe/Athens", "2000-01-03 16:30")
	for name, to := range map[string]time.Time{"an_hour": from.Add(time.Hour), "fifty_years": from.AddDate(50, 0, 0)} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				c.Between(from, to)
			}
		})
	}
}

// Ten hours end a workday later, fifty thousand hours in 2024.
func BenchmarkCalendarAdd(b *testing.B) {
	c := calendar(b, kpi.Schedule{Timezone: "Europe/Athens", Hours: officeHours()})
	from := parsed(b, "Europe/Athens", "2000-01-03 16:30")
	for name, d := range map[string]time.Duration{"ten_hours": 10 * time.Hour, "fifty_thousand_hours": 50000 * time.Hour} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				c.Add(from, d)
			}
		})
	}
}

func BenchmarkNewCalendar(b *testing.B) {
	s := kpi.Schedule{Timezone: "Europe/Athens", Hours: officeHours()}
	for year := 2000; year < 2030; year++ {
		for d := range 10 {
			s.Holidays = append(s.Holidays, kpi.Holiday{From: on(year, time.Month(d+1), 1), To: on(year, time.Month(d+1), 1)})
		}
	}
	for b.Loop() {
		calendar(b, s)
	}
}
