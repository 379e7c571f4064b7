package config

import (
	"slices"
	"time"

	"helpdesk_exporter/kpi"
)

// Calendar says when a team works. Business clocks run in its hours only.
type Calendar struct {
	Name     string    `yaml:"name"`
	Timezone Zone      `yaml:"timezone"`
	Hours    []Hours   `yaml:"hours"`
	Holidays []Holiday `yaml:"holidays,flow,omitempty"`
}

// Hours is one span of work on some days of the week; several of one day add
// up, as around a lunch break. A span whose end is not after its start goes on
// into the next day.
type Hours struct {
	Days []Weekday `yaml:"days,flow"`
	From Clock     `yaml:"from"`
	To   Clock     `yaml:"to"`
	// Since is the first day the span holds on, zero for ever. On each day of
	// the week only the spans with the latest since that has come count, so
	// that new hours replace the old ones and the past stays as it was.
	Since Date `yaml:"since,omitempty"`
}

// UnmarshalYAML sets times that nobody can write, so that a missing one is
// told from midnight.
func (h *Hours) UnmarshalYAML(unmarshal func(any) error) error {
	type plain Hours
	p := plain{From: -1, To: -1}
	err := unmarshal(&p)
	*h = Hours(p)
	return err
}

// Holiday is a span of whole days without work, both ends included.
type Holiday struct {
	From Date `yaml:"from"`
	To   Date `yaml:"to"`
}

// UnmarshalYAML reads a single date or a span of them.
func (h *Holiday) UnmarshalYAML(unmarshal func(any) error) error {
	var text string
	if unmarshal(&text) == nil {
		var day Date
		err := unmarshal(&day)
		*h = Holiday{From: day, To: day}
		return err
	}
	type plain Holiday
	return unmarshal((*plain)(h))
}

// MarshalYAML returns a single date where the span is one day.
func (h Holiday) MarshalYAML() (any, error) {
	if h.From == h.To {
		return h.From, nil
	}
	type plain Holiday
	return plain(h), nil
}

func (c *Calendar) definition() kpi.Schedule {
	s := kpi.Schedule{Name: c.Name, Timezone: c.Timezone.Location.String()}
	for _, h := range c.Hours {
		hours := kpi.Hours{From: int(h.From), To: int(h.To), Since: kpi.Date(h.Since)}
		for _, day := range h.Days {
			hours.Days = append(hours.Days, time.Weekday(day))
		}
		s.Hours = append(s.Hours, hours)
	}
	for _, h := range c.Holidays {
		s.Holidays = append(s.Holidays, kpi.Holiday{From: kpi.Date(h.From), To: kpi.Date(h.To)})
	}
	return s
}

func checkCalendars(at spot, calendars []Calendar) {
	names := make([]string, len(calendars))
	for i, c := range calendars {
		names[i] = c.Name
		c.check(at.index(i))
	}
	checkNames(at, names)
}

func (c *Calendar) check(at spot) {
	if c.Timezone.Location == nil {
		at.key("timezone").errorf("required: name a zone of the IANA database, as Europe/Athens or UTC")
	}
	if len(c.Hours) == 0 {
		at.key("hours").errorf("required: list at least one span, as {days: [mon, fri], from: \"09:00\", to: \"17:00\"}")
	}
	for i, h := range c.Hours {
		h.check(at.key("hours").index(i))
	}
	for i, h := range c.Holidays {
		h.check(at.key("holidays").index(i))
	}
}

func (h *Hours) check(at spot) {
	if len(h.Days) == 0 {
		at.key("days").errorf("required: list the days of the week, as [mon, tue, wed, thu, fri]")
	}
	for i, day := range h.Days {
		if slices.Contains(h.Days[:i], day) {
			at.key("days").index(i).errorf("%s is listed twice: keep one of them", day)
		}
	}
	switch {
	case h.From < 0:
		at.key("from").errorf("required: a time of day, as \"09:00\"")
	case h.From == 24*60:
		at.key("from").errorf("24:00 can only end a span: begin it with 00:00 of the next day")
	}
	switch {
	case h.To < 0:
		at.key("to").errorf("required: a time of day, as \"17:00\"")
	case h.To == h.From:
		at.key("to").errorf("the span is empty: for the whole day write from 00:00 to 24:00")
	}
}

func (h *Holiday) check(at spot) {
	switch {
	case h.From == Date{}:
		at.key("from").errorf("required: the first day, as 2026-08-10")
	case h.To == Date{}:
		at.key("to").errorf("required: the last day, as 2026-08-14")
	case h.To.Before(h.From):
		at.key("to").errorf("%s is before %s: swap them", h.To, h.From)
	}
}
