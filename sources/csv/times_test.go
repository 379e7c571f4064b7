package csv

import (
	"testing"
	"time"
)

func clockOf(t testing.TB, text string) *clock {
	t.Helper()
	k, err := newClock(configured(t, text))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestTimesInEveryFormat(t *testing.T) {
	for _, test := range []struct{ config, text, want string }{
		{"", "2026-03-01 10:00:00", "2026-03-01T10:00:00Z"},
		{"", "2026-03-01 10:00:00.25", "2026-03-01T10:00:00.25Z"},
		{"", "2026-03-01T10:00:00+02:00", "2026-03-01T08:00:00Z"},
		{"", "2026-03-01T10:00:00Z", "2026-03-01T10:00:00Z"},
		{"", "2026-03-01 10:00", "2026-03-01T10:00:00Z"},
		{"", "2026-02-30 10:00:00", ""},
		{"", "2026-03-01 24:00:00", ""},
		{"", "01/03/2026", ""},
		{"time_format: 1/2/2006 15:04:05", "3/9/2026 9:05:07", "2026-03-09T09:05:07Z"},
		{"time_format: 02.01.2006 3:04 PM", "09.03.2026 1:05 PM", "2026-03-09T13:05:00Z"},
		// The first format that fits decides.
		{"time_format: [1/2/2006, 2/1/2006]", "3/4/2026", "2026-03-04T00:00:00Z"},
		{"time_format: [1/2/2006, 2/1/2006]", "13/4/2026", "2026-04-13T00:00:00Z"},
		{"time_format: unix", "1772359200", "2026-03-01T10:00:00Z"},
		{"time_format: unix", "1772359200.000000001", "2026-03-01T10:00:00.000000001Z"},
		{"time_format: unix", "-5", ""},
		{"time_format: unix", "1e9", ""},
		{"time_format: unix", ".5", ""},
		{"time_format: unix_ms", "1772359200123", "2026-03-01T10:00:00.123Z"},
		{"time_format: unix_ms", "1772359200123.5", "2026-03-01T10:00:00.1235Z"},
		{"timezone: Europe/Athens", "2026-03-01 10:00:00", "2026-03-01T08:00:00Z"},
		{"timezone: Europe/Athens", "2026-07-01 10:00:00", "2026-07-01T07:00:00Z"},
		{"timezone: Europe/Athens", "2026-07-01T10:00:00Z", "2026-07-01T10:00:00Z"},
	} {
		got, ok := clockOf(t, test.config).parse(test.text)
		if test.want == "" {
			if ok {
				t.Errorf("%s: %q gives %s, want none", test.config, test.text, got.at)
			}
			continue
		}
		if !ok || !got.at.Equal(at(t, test.want)) || got.at.Location() != time.UTC {
			t.Errorf("%s: %q gives %v %s, want %s", test.config, test.text, ok, got.at, test.want)
		}
	}
}

func TestMomentsThatDoNotExistAreToldFromOtherFormats(t *testing.T) {
	for _, test := range []struct {
		config, text string
		want         bool
	}{
		{"", "2026-02-30 10:00:00", true},
		{"", "2026-13-01 10:00:00", true},
		{"", "2026-00-00 00:00:00", true},
		{"", "2026-03-01 24:00:00", true},
		{"", "2026-03-01 23:59:60", true},
		{"", "2026-03-01 24:60:60.5", true},
		{"", "2026-02-30T10:00:00Z", true},
		{"", "٢٠٢٦-١٣-٠١ 10:00:00", true},
		{"", "2026-13-01 noon", false},
		{"", "01/13/2026", false},
		{"", "", false},
		{"time_format: 01/02/2006", "31/01/2026", true},
		{"time_format: 01/02/2006", "2026-01-31", false},
		{"time_format: 1/2/2006", "1/0/2026", true},
		{"time_format: '20060102'", "20261302", true},
		{"time_format: 02.01.2006 3:04 PM", "09.03.2026 13:05 π.μ.", true},
		{"time_format: 2006-01-02 15:04 MST", "2026-02-30 10:00 CET", true},
		{"time_format: 2006-01-02 15:04 MST", "2026-02-03 10:00 CET", false},
		{"time_format: unix", "2026-02-30", false},
	} {
		k := clockOf(t, test.config)
		if _, ok := k.parse(test.text); ok {
			t.Errorf("%s: %s is read", test.config, test.text)
		}
		if got := k.impossible(test.text); got != test.want {
			t.Errorf("%s: %s: got %t", test.config, test.text, got)
		}
	}
}

func FuzzWhatCanBeReadIsNotImpossible(f *testing.F) {
	for _, text := range []string{"2026-02-30 10:00:00", "2026-13-01T24:00:00+25:61", "9:05 pm", "366"} {
		f.Add("2006-01-02 15:04:05", text)
		f.Add("002 Z07:00 3:04 PM", text)
	}
	f.Fuzz(func(t *testing.T, layout, text string) {
		impossible := onlyOutOfRange(layout, text)
		if _, err := time.Parse(layout, text); err == nil && impossible {
			t.Errorf("%q as %q", text, layout)
		}
	})
}

func TestAbbreviationsMeanWhatZonesSays(t *testing.T) {
	const config = `
time_format: ["2006-01-02 15:04:05 MST", "Mon Jan _2 15:04:05 (MST) 2006"]
zones: {EET: "+02:00", EEST: "+0300", MEZ: Europe/Berlin, IST: Asia/Kolkata}
`
	for text, want := range map[string]string{
		"2026-01-01 10:00:00 EET":        "2026-01-01T08:00:00Z",
		"2026-07-01 10:00:00 EEST":       "2026-07-01T07:00:00Z",
		"2026-01-01 10:00:00 MEZ":        "2026-01-01T09:00:00Z",
		"2026-01-01 10:00:00 UTC":        "2026-01-01T10:00:00Z",
		"2026-01-01 10:00:00 GMT":        "2026-01-01T10:00:00Z",
		"2026-01-01 10:00:00.5  IST":     "2026-01-01T04:30:00.5Z",
		"Thu Jan  1 10:00:00 (EET) 2026": "2026-01-01T08:00:00Z",
		"2026-01-01 10:00:00 CST":        "",
		"2026-01-01 10:00:00":            "",
		"2026-01-01 10:00:00 +02:00":     "",
		"Thu Jan  1 10:00:00 EET 2026":   "",
	} {
		got, ok := clockOf(t, config).parse(text)
		if want == "" && ok {
			t.Errorf("%q gives %s, want none", text, got.at)
		}
		if want != "" && (!ok || !got.at.Equal(at(t, want))) {
			t.Errorf("%q gives %v %s, want %s", text, ok, got.at, want)
		}
	}
}

func TestLocalTimesWhenClocksAreSet(t *testing.T) {
	for _, test := range []struct{ zone, local, want, later string }{
		// Athens: forward on 29 March 2026 at 03:00, back on 25 October at 04:00.
		{"Europe/Athens", "2026-03-29 02:59:59", "2026-03-29T00:59:59Z", ""},
		{"Europe/Athens", "2026-03-29 03:00:00", "2026-03-29T01:00:00Z", "gap"},
		{"Europe/Athens", "2026-03-29 03:30:00", "2026-03-29T01:30:00Z", "gap"},
		{"Europe/Athens", "2026-03-29 04:00:00", "2026-03-29T01:00:00Z", ""},
		{"Europe/Athens", "2026-10-25 02:59:59", "2026-10-24T23:59:59Z", ""},
		{"Europe/Athens", "2026-10-25 03:00:00", "2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z"},
		{"Europe/Athens", "2026-10-25 03:59:59", "2026-10-25T00:59:59Z", "2026-10-25T01:59:59Z"},
		{"Europe/Athens", "2026-10-25 04:00:00", "2026-10-25T02:00:00Z", ""},
		// New York, on the other side of Greenwich; Lord Howe moves half an hour.
		{"America/New_York", "2026-11-01 01:30:00", "2026-11-01T05:30:00Z", "2026-11-01T06:30:00Z"},
		{"America/New_York", "2026-03-08 02:30:00", "2026-03-08T07:30:00Z", "gap"},
		{"Australia/Lord_Howe", "2026-04-05 01:45:00", "2026-04-04T14:45:00Z", "2026-04-04T15:15:00Z"},
		{"Australia/Lord_Howe", "2026-04-05 01:15:00", "2026-04-04T14:15:00Z", ""},
		// Apia skipped 30 December 2011 altogether.
		{"Pacific/Apia", "2011-12-30 12:00:00", "2011-12-30T22:00:00Z", "gap"},
		{"Pacific/Apia", "2011-12-31 12:00:00", "2011-12-30T22:00:00Z", ""},
	} {
		k := clockOf(t, "timezone: "+test.zone)
		// A second reading takes the remembered stretch.
		for range 2 {
			k.parse("2026-01-15 12:00:00")
			m, ok := k.parse(test.local)
			later := ""
			if m.gap {
				later = "gap"
			} else if !m.later.IsZero() {
				later = m.later.Format(time.RFC3339)
			}
			if !ok || !m.at.Equal(at(t, test.want)) || later != test.later {
				t.Errorf("%s in %s: got %s %q, want %s %q", test.local, test.zone, m.at, later, test.want, test.later)
			}
		}
	}
}

// FuzzTime checks that a local time which is read means an instant that shows
// that very local time, unless the clocks skipped it.
func FuzzTime(f *testing.F) {
	for _, seed := range []string{
		"2026-10-25 03:30:00", "2026-03-29 03:30:00", "1970-01-01 00:00:00", "9999-12-31 23:59:59.999", "1772359200", "x",
		"3/9/2026 12:00 AM", "3/9/2026 9:05\u202fp.m.", "٣/٩/٢٠٢٦ ٩:٠٥ μμ", "2026-03-01 10:00:00 EET",
	} {
		f.Add(seed, uint8(0))
		f.Add(seed, uint8(3))
	}
	zones := []string{"Europe/Athens", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "UTC"}
	f.Fuzz(func(t *testing.T, text string, n uint8) {
		k := clockOf(t, "time_format: [\"2006-01-02 15:04:05\", unix, unix_ms, \"2006-01-02 15:04:05 MST\", \"1/2/2006 3:04 PM\"]\ntimezone: "+zones[int(n)%len(zones)])
		for range 2 {
			m, ok := k.parse(text)
			if other, okToo := k.parse(inArabic(text)); ok != okToo || m != other {
				t.Fatalf("%q gives %v %+v, and in Arabic digits %v %+v", text, ok, m, okToo, other)
			}
			wall, err := time.Parse(time.DateTime, text)
			if err != nil {
				continue
			}
			if !ok {
				t.Fatalf("%q is not read", text)
			}
			for _, instant := range []time.Time{m.at, m.later} {
				if !instant.IsZero() && !m.gap && instant.In(k.zone.loc).Format("2006-01-02 15:04:05.999999999") != wall.Format("2006-01-02 15:04:05.999999999") {
					t.Errorf("%q in %s: got %s", text, k.zone.loc, instant.In(k.zone.loc))
				}
			}
			if !m.later.IsZero() && !m.later.After(m.at) {
				t.Errorf("%q: the later instant is %s, the earlier %s", text, m.later, m.at)
			}
		}
	})
}
