package config

import (
	"fmt"
	"math"
	"time"

	"github.com/prometheus/common/model"
)

// The types of this file are single values that check themselves when they are
// read. Their fields are no keys.

// Window is one trailing window. Its text is kept, since it becomes a label
// value: who writes 24h finds 24h.
type Window struct {
	Name   string        `yaml:"-"`
	Length time.Duration `yaml:"-"`
}

// UnmarshalYAML implements the YAML decoder's interface.
func (w *Window) UnmarshalYAML(unmarshal func(any) error) error {
	var text string
	if err := unmarshal(&text); err != nil {
		return err
	}
	length, err := model.ParseDuration(text)
	if err != nil {
		return err
	}
	*w = Window{Name: text, Length: time.Duration(length)}
	return nil
}

// MarshalYAML returns the text that was read.
func (w Window) MarshalYAML() (any, error) { return w.Name, nil }

// Ratio is a share between 0 and 1, both excluded; 0 stands for none given.
type Ratio float64

// UnmarshalYAML implements the YAML decoder's interface.
func (r *Ratio) UnmarshalYAML(unmarshal func(any) error) error {
	var f float64
	if err := unmarshal(&f); err != nil {
		return err
	}
	if !(f > 0 && f < 1) {
		return fmt.Errorf("must lie between 0 and 1, as 0.95 for 95 %%, not %v", f)
	}
	*r = Ratio(f)
	return nil
}

// Count is a whole number from 1 up. The decoder by itself would cut the rest
// off 1.5.
type Count int

// UnmarshalYAML implements the YAML decoder's interface.
func (c *Count) UnmarshalYAML(unmarshal func(any) error) error {
	var f float64
	if err := unmarshal(&f); err != nil {
		return err
	}
	if !(f >= 1 && f <= math.MaxInt32) || f != math.Trunc(f) {
		return fmt.Errorf("must be a whole number from 1 up, not %v", f)
	}
	*c = Count(f)
	return nil
}

// Clock is a time of day in minutes after midnight; 24:00 is the end of the
// day.
type Clock int

// UnmarshalYAML implements the YAML decoder's interface.
func (c *Clock) UnmarshalYAML(unmarshal func(any) error) error {
	var text string
	if err := unmarshal(&text); err != nil {
		return err
	}
	if text == "24:00" {
		*c = 24 * 60
		return nil
	}
	t, err := time.Parse("15:04", text)
	if err != nil {
		return fmt.Errorf("%q is not a time of day: write it from 00:00 to 24:00, as \"09:30\"", text)
	}
	*c = Clock(t.Hour()*60 + t.Minute())
	return nil
}

// String returns the time of day as it is written.
func (c Clock) String() string { return fmt.Sprintf("%02d:%02d", int(c)/60, int(c)%60) }

// MarshalYAML returns the time of day as it is written.
func (c Clock) MarshalYAML() (any, error) { return c.String(), nil }

// Date is a day of the calendar, in whatever zone it is read; the zero date is
// none.
type Date struct {
	Year  int        `yaml:"-"`
	Month time.Month `yaml:"-"`
	Day   int        `yaml:"-"`
}

// UnmarshalYAML implements the YAML decoder's interface.
func (d *Date) UnmarshalYAML(unmarshal func(any) error) error {
	var text string
	if err := unmarshal(&text); err != nil {
		return err
	}
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return fmt.Errorf("%q is not a date: write year, month and day, as 2026-12-25", text)
	}
	d.Year, d.Month, d.Day = t.Date()
	return nil
}

// String returns the date as it is written.
func (d Date) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day) }

// MarshalYAML returns the date as it is written.
func (d Date) MarshalYAML() (any, error) { return d.String(), nil }

// Before reports whether the date comes before another.
func (d Date) Before(e Date) bool {
	if d.Year != e.Year {
		return d.Year < e.Year
	}
	if d.Month != e.Month {
		return d.Month < e.Month
	}
	return d.Day < e.Day
}

// Weekday is a day of the week, written with its first three letters.
type Weekday time.Weekday

func weekdays() []string { return []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"} }

// UnmarshalYAML implements the YAML decoder's interface.
func (w *Weekday) UnmarshalYAML(unmarshal func(any) error) error {
	var text string
	if err := unmarshal(&text); err != nil {
		return err
	}
	for i, name := range weekdays() {
		if text == name {
			*w = Weekday(i)
			return nil
		}
	}
	return fmt.Errorf("%q is not a day: days are mon, tue, wed, thu, fri, sat, sun", text)
}

// String returns the day as it is written.
func (w Weekday) String() string { return weekdays()[w] }

// MarshalYAML returns the day as it is written.
func (w Weekday) MarshalYAML() (any, error) { return w.String(), nil }

// Zone is a time zone of the IANA database.
type Zone struct {
	Location *time.Location `yaml:"-"` // nil: none given
}

// UnmarshalYAML implements the YAML decoder's interface.
func (z *Zone) UnmarshalYAML(unmarshal func(any) error) error {
	var text string
	if err := unmarshal(&text); err != nil {
		return err
	}
	if text == "" || text == "Local" {
		return fmt.Errorf("%q depends on the machine: name a zone, as Europe/Athens or UTC", text)
	}
	location, err := time.LoadLocation(text)
	if err != nil {
		return fmt.Errorf("%q is not a known time zone: use a name of the IANA database, as Europe/Athens or UTC", text)
	}
	z.Location = location
	return nil
}

// MarshalYAML returns the name of the zone.
func (z Zone) MarshalYAML() (any, error) { return z.Location.String(), nil }
