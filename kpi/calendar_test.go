package kpi_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"helpdesk_exporter/kpi"
)

// weekdays from 9 to 17 o'clock, the office hours of the examples.
func officeHours() []kpi.Hours {
	return []kpi.Hours{{
		Days: []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday}, From: 9 * 60, To: 17 * 60,
	}}
}

func everyDay() []time.Weekday {
	return []time.Weekday{
		time.Sunday, time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday,
	}
}

// aroundTheClock are the hours of a team that never closes.
func aroundTheClock() []kpi.Hours { return []kpi.Hours{{Days: everyDay(), From: 0, To: 24 * 60}} }

func on(year int, month time.Month, day int) kpi.Date {
	return kpi.Date{Year: year, Month: month, Day: day}
}

func location(t testing.TB, zone string) *time.Location {
	t.Helper()
	l, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func calendar(t testing.TB, s kpi.Schedule) *kpi.Calendar {
	t.Helper()
	c, err := kpi.NewCalendar(s)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// parsed reads a local time, as 2026-03-02 16:00, with seconds or without.
func parsed(t testing.TB, zone, text string) time.Time {
	t.Helper()
	layout := "2006-01-02 15:04:05.999999999"
	if strings.Count(text, ":") == 1 {
		layout = "2006-01-02 15:04"
	}
	at, err := time.ParseInLocation(layout, text, location(t, zone))
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// T12: Monday 16:00 to Wednesday 10:00 are 42 hours, of which the office works
// one, eight and one.
func TestT12BusinessHoursAreThoseOfTheOffice(t *testing.T) {
	a, b := parsed(t, "UTC", "2026-03-02 16:00"), parsed(t, "UTC", "2026-03-04 10:00")
	var always *kpi.Calendar
	if got := always.Between(a, b).Seconds(); got != 151200 {
		t.Errorf("around the clock %v s, want 151200", got)
	}
	if got := calendar(t, kpi.Schedule{Timezone: "UTC", Hours: officeHours()}).Between(a, b).Seconds(); got != 36000 {
		t.Errorf("in business hours %v s, want 36000", got)
	}
}

// T18: noon to noon is 23 hours in spring and 25 in autumn.
func TestT18DaysOfAClockChangeAreAsLongAsTheyAre(t *testing.T) {
	for name, c := range map[string]*kpi.Calendar{
		"no calendar":      nil,
		"around the clock": calendar(t, kpi.Schedule{Timezone: "Europe/Athens", Hours: aroundTheClock()}),
	} {
		t.Run(name, func(t *testing.T) {
			for _, tt := range []struct {
				from, to string
				want     float64
			}{
				{"2026-03-28 12:00", "2026-03-29 12:00", 82800},
				{"2026-10-24 12:00", "2026-10-25 12:00", 90000},
			} {
				a, b := parsed(t, "Europe/Athens", tt.from), parsed(t, "Europe/Athens", tt.to)
				if got := c.Between(a, b).Seconds(); got != tt.want {
					t.Errorf("from %s to %s %v s, want %v", tt.from, tt.to, got, tt.want)
				}
				end, ok := c.Add(a, time.Duration(tt.want)*time.Second)
				if !ok || !end.Equal(b) {
					t.Errorf("%v s after %s it is %v, %t; want %v", tt.want, tt.from, end, ok, b)
				}
			}
		})
	}
}

func TestBusinessTimeOfASchedule(t *testing.T) {
	split := []kpi.Hours{
		{Days: []time.Weekday{time.Monday}, From: 9 * 60, To: 13 * 60},
		{Days: []time.Weekday{time.Monday}, From: 12 * 60, To: 12*60 + 30}, // within the first
		{Days: []time.Weekday{time.Monday}, From: 14 * 60, To: 18 * 60},
	}
	friday := []kpi.Hours{{Days: []time.Weekday{time.Friday}, From: 22 * 60, To: 6 * 60}}
	nights := []kpi.Hours{{Days: everyDay(), From: 22 * 60, To: 6 * 60}}
	// Mondays 9 to 17, from the 9th of March on 12 to 14; Fridays stay.
	changed := []kpi.Hours{
		{Days: []time.Weekday{time.Monday, time.Friday}, From: 9 * 60, To: 17 * 60},
		{Days: []time.Weekday{time.Monday}, From: 12 * 60, To: 14 * 60, Since: on(2026, 3, 9)},
	}
	// Nights 22 to 6, from Monday the 9th on 23 to 1.
	shorter := []kpi.Hours{
		{Days: everyDay(), From: 22 * 60, To: 6 * 60},
		{Days: everyDay(), From: 23 * 60, To: 60, Since: on(2026, 3, 9)},
	}
	for name, tt := range map[string]struct {
		zone     string
		hours    []kpi.Hours
		holidays []kpi.Holiday
		from, to string
		want     time.Duration
	}{
		"around lunch, doubled hours once": {"UTC", split, nil, "2026-03-02 00:00", "2026-03-03 00:00", 8 * time.Hour},
		"until within lunch":               {"UTC", split, nil, "2026-03-02 10:00", "2026-03-02 13:45", 3 * time.Hour},
		"to the nanosecond": {
			"UTC", split, nil, "2026-03-02 12:59:59.999999999", "2026-03-02 14:00:00.000000002", 3,
		},
		"over midnight":                           {"UTC", friday, nil, "2026-03-06 00:00", "2026-03-08 00:00", 8 * time.Hour},
		"only what is left of the night":          {"UTC", friday, nil, "2026-03-07 05:00", "2026-03-07 09:00", time.Hour},
		"no night before Thursday":                {"UTC", friday, nil, "2026-03-05 00:00", "2026-03-06 22:00", 0},
		"until midnight written as 00:00":         {"UTC", []kpi.Hours{{Days: everyDay(), From: 18 * 60, To: 0}}, nil, "2026-03-02 00:00", "2026-03-04 00:00", 12 * time.Hour},
		"a span from a time to itself is a day":   {"UTC", []kpi.Hours{{Days: []time.Weekday{time.Monday}, From: 540, To: 540}}, nil, "2026-03-01 00:00", "2026-03-05 00:00", 24 * time.Hour},
		"over a weekend":                          {"UTC", officeHours(), nil, "2026-03-06 16:00", "2026-03-09 10:00", 2 * time.Hour},
		"asked and answered on a Sunday":          {"UTC", officeHours(), nil, "2026-03-01 10:00", "2026-03-01 12:00", 0},
		"a holiday":                               {"UTC", officeHours(), []kpi.Holiday{{From: on(2026, 3, 3), To: on(2026, 3, 3)}}, "2026-03-02 16:00", "2026-03-04 10:00", 2 * time.Hour},
		"holidays that overlap":                   {"UTC", officeHours(), []kpi.Holiday{{From: on(2026, 3, 3), To: on(2026, 3, 5)}, {From: on(2026, 3, 4), To: on(2026, 3, 4)}}, "2026-03-02 00:00", "2026-03-07 00:00", 16 * time.Hour},
		"the night into a holiday ends at twelve": {"UTC", friday, []kpi.Holiday{{From: on(2026, 3, 7), To: on(2026, 3, 7)}}, "2026-03-06 00:00", "2026-03-09 00:00", 2 * time.Hour},
		"the night out of a holiday begins then":  {"UTC", friday, []kpi.Holiday{{From: on(2026, 3, 6), To: on(2026, 3, 6)}}, "2026-03-06 00:00", "2026-03-09 00:00", 6 * time.Hour},
		"before new hours":                        {"UTC", changed, nil, "2026-03-02 00:00", "2026-03-09 00:00", 16 * time.Hour},
		"after new hours, only on their day":      {"UTC", changed, nil, "2026-03-09 00:00", "2026-03-16 00:00", 10 * time.Hour},
		"the last night of the old hours":         {"UTC", shorter, nil, "2026-03-08 12:00", "2026-03-09 12:00", 8 * time.Hour},
		"the first night of the new hours":        {"UTC", shorter, nil, "2026-03-09 12:00", "2026-03-10 12:00", 2 * time.Hour},
		"before any hours began": {
			"UTC", []kpi.Hours{{Days: everyDay(), From: 0, To: 24 * 60, Since: on(2026, 3, 9)}}, nil, "2000-01-01 00:00", "2026-03-09 00:00", 0,
		},
		"a night that the clock cuts short": {"Europe/Athens", nights, nil, "2026-03-28 12:00", "2026-03-29 12:00", 7 * time.Hour},
		"a night with an hour twice":        {"Europe/Athens", nights, nil, "2026-10-24 12:00", "2026-10-25 12:00", 9 * time.Hour},
		"hours that the clock skips": {
			"America/New_York", []kpi.Hours{{Days: everyDay(), From: 2 * 60, To: 3 * 60}}, nil, "2026-03-08 00:00", "2026-03-09 00:00", 0,
		},
		"hours that come twice": {
			"America/New_York", []kpi.Hours{{Days: everyDay(), From: 60, To: 2 * 60}}, nil, "2026-11-01 00:00", "2026-11-02 00:00", 2 * time.Hour,
		},
		"half an hour less": {"Australia/Lord_Howe", aroundTheClock(), nil, "2026-10-04 00:00", "2026-10-05 00:00", 23*time.Hour + 30*time.Minute},
		"half an hour more": {"Australia/Lord_Howe", nights, nil, "2026-04-04 12:00", "2026-04-05 12:00", 8*time.Hour + 30*time.Minute},
		"a day that never was": {
			"Pacific/Apia", []kpi.Hours{{Days: []time.Weekday{time.Friday}, From: 0, To: 24 * 60}}, nil, "2011-12-29 00:00", "2012-01-01 00:00", 0,
		},
		"the night into the day that never was": {"Pacific/Apia", friday, nil, "2011-12-29 00:00", "2012-01-01 00:00", 6 * time.Hour},
		"an odd offset": {
			"Asia/Kathmandu", officeHours(), nil, "2026-03-02 16:59", "2026-03-03 09:01", 2 * time.Minute,
		},
		"an offset of odd seconds": {
			"Africa/Monrovia", aroundTheClock(), nil, "1972-01-06 12:00", "1972-01-07 12:00", 24*time.Hour - 44*time.Minute - 30*time.Second,
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := calendar(t, kpi.Schedule{Timezone: tt.zone, Hours: tt.hours, Holidays: tt.holidays})
			a, b := parsed(t, tt.zone, tt.from), parsed(t, tt.zone, tt.to)
			if got := c.Between(a, b); got != tt.want {
				t.Errorf("from %s to %s %v, want %v", tt.from, tt.to, got, tt.want)
			}
			if got := c.Between(b, a); got != -tt.want {
				t.Errorf("backwards %v, want %v", got, -tt.want)
			}
		})
	}
}

func TestAddFindsTheFirstInstantByWhichTheTimeHasPassed(t *testing.T) {
	office := kpi.Schedule{Timezone: "Europe/Athens", Hours: officeHours()}
	for name, tt := range map[string]struct {
		from string
		d    time.Duration
		want string
	}{
		"within the day":                    {"2026-03-02 10:00", time.Hour, "2026-03-02 11:00"},
		"at the end of the day, not later":  {"2026-03-02 16:00", time.Hour, "2026-03-02 17:00"},
		"on the next day":                   {"2026-03-02 16:00", time.Hour + 1, "2026-03-03 09:00:00.000000001"},
		"from the night on":                 {"2026-03-02 23:30:00.5", time.Hour, "2026-03-03 10:00"},
		"over a weekend and a clock change": {"2026-03-27 16:59:59.25", time.Second, "2026-03-30 09:00:00.25"},
		"no time at all":                    {"2026-03-01 10:00", 0, "2026-03-01 10:00"},
		"time below zero":                   {"2026-03-01 10:00", -time.Hour, "2026-03-01 10:00"},
		"a year of 260 or 261 working days": {"2025-12-31 17:00", 261 * 8 * time.Hour, "2026-12-31 17:00"},
	} {
		t.Run(name, func(t *testing.T) {
			want := parsed(t, "Europe/Athens", tt.want)
			if got, ok := calendar(t, office).Add(parsed(t, "Europe/Athens", tt.from), tt.d); !ok || !got.Equal(want) {
				t.Errorf("got %v, %t; want %v", got, ok, want)
			}
		})
	}
}

func TestAddTellsThatTheHoursNeverCome(t *testing.T) {
	if at, ok := calendar(t, kpi.Schedule{Timezone: "UTC"}).Add(now(), 1); ok {
		t.Errorf("without hours a nanosecond has passed at %v", at)
	}
}

// The year 10000 begins on a Saturday, as 2000 did.
func TestAddWaitsForTheEndOfLongHolidays(t *testing.T) {
	c := calendar(t, kpi.Schedule{
		Timezone: "UTC", Hours: officeHours(), Holidays: []kpi.Holiday{{From: on(2026, 3, 3), To: on(9999, 12, 31)}},
	})
	monday := parsed(t, "UTC", "2026-03-02 09:00")
	if at, ok := c.Add(monday, 8*time.Hour); !ok || !at.Equal(monday.Add(8*time.Hour)) {
		t.Errorf("the last day ends at %v, %t", at, ok)
	}
	want := time.Date(10000, 1, 3, 9, 0, 0, 1, time.UTC)
	if at, ok := c.Add(monday, 8*time.Hour+1); !ok || !at.Equal(want) {
		t.Errorf("it goes on at %v, %t; want %v", at, ok, want)
	}
}

// What no duration can hold is the longest that there is.
func TestTimesFarOutDoNotOverflow(t *testing.T) {
	first, last := time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 999999999, time.UTC)
	for name, hours := range map[string][]kpi.Hours{"office": officeHours(), "around the clock": aroundTheClock()} {
		t.Run(name, func(t *testing.T) {
			c := calendar(t, kpi.Schedule{Timezone: "Europe/Athens", Hours: hours})
			if got := c.Between(first, last); got != math.MaxInt64 {
				t.Errorf("over all years %v", got)
			}
			if got := c.Between(last, first); got != -math.MaxInt64 {
				t.Errorf("and backwards %v", got)
			}
			for _, from := range []time.Time{first, last} {
				at, ok := c.Add(from, math.MaxInt64)
				if got := c.Between(from, at); !ok || got != math.MaxInt64 {
					t.Errorf("292 years after %v it is %v, %t, which is %v", from, at, ok, got)
				}
			}
			ancient, distant := time.Unix(-1<<62, 0), time.Unix(1<<62, 0)
			if got := c.Between(ancient, distant); got != math.MaxInt64 {
				t.Errorf("over all that can be written %v", got)
			}
		})
	}
	office := calendar(t, kpi.Schedule{Timezone: "UTC", Hours: officeHours()})
	a, b := parsed(t, "UTC", "1500-01-01 00:00"), parsed(t, "UTC", "1500-01-08 00:00") // a week has 40 hours in any century
	if got := office.Between(a, b); got != 40*time.Hour {
		t.Errorf("in a week of 1500 %v", got)
	}
}

func TestACalendarOfAnUnknownZoneNamesBoth(t *testing.T) {
	_, err := kpi.NewCalendar(kpi.Schedule{Name: "support", Timezone: "Europe/Atlantis", Hours: officeHours()})
	if err == nil || !strings.Contains(err.Error(), `"support"`) || !strings.Contains(err.Error(), `"Europe/Atlantis"`) {
		t.Errorf("got %v", err)
	}
}
