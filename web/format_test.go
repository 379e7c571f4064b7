package web

import (
	"strings"
	"testing"
	"time"
)

// plain puts usual blanks in the place of those that do not break.
func plain(text string) string {
	return strings.NewReplacer(hardBlank, " ", thinBlank, " ").Replace(text)
}

func TestFiguresForPeople(t *testing.T) {
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	for _, tt := range []struct{ got, want string }{
		{Count(0), "0"},
		{Count(999), "999"},
		{Count(1000), "1 000"},
		{Count(1234567), "1 234 567"},
		{Count(-1234), "−1 234"},
		{Count(-0.2), "0"},
		{percentOf(0), "0 %"},
		{percentOf(1), "100 %"},
		{percentOf(0.8789), "87.9 %"},
		{percentOf(0.88), "88 %"},
		{percentOf(0.99999), "99.9 %"},
		{percentOf(0.00001), "0.1 %"},
		{percentOf(-0.25), "−25 %"},
		{decimalOf(-0.01, 1), "0.0"},
		{decimalOf(-31.58, 1), "−31.6"},
		{Span("1d", 24*time.Hour), "24 h (1d)"},
		{Span("20h", 20*time.Hour), "20 h"},
		{Span("2d", 48*time.Hour), "48 h (2d)"},
		{Span("7d", 7*24*time.Hour), "7 d"},
		{Span("90m", 90*time.Minute), "1 h 30 min (90m)"},
		{List(nil), ""},
		{List([]string{"a"}), "a"},
		{List([]string{"a", "b", "c"}), "a, b and c"},
		{Quote("a\u202eb"), "\u2068\"a\\u202eb\"\u2069"},
		{Duration(0), "0 s"},
		{Duration(time.Microsecond), "1 ms"},
		{Duration(850 * time.Millisecond), "850 ms"},
		{Duration(9300 * time.Millisecond), "9.3 s"},
		{Duration(5 * time.Second), "5 s"},
		{Duration(9970 * time.Millisecond), "10 s"},
		{Duration(59*time.Second + 400*time.Millisecond), "59 s"},
		{Duration(59*time.Second + 600*time.Millisecond), "1 min"},
		{Duration(125 * time.Second), "2 min 5 s"},
		{Duration(time.Hour - time.Second), "59 min 59 s"},
		{Duration(2*time.Hour + 5*time.Minute + 20*time.Second), "2 h 5 min"},
		{Duration(24*time.Hour - time.Second), "1 d"},
		{Duration(99 * time.Hour), "4 d 3 h"},
		{Duration(-90 * time.Second), "−1 min 30 s"},
		{Since(now.Add(-500*time.Millisecond), now), "now"},
		{Since(now.Add(-4*time.Second), now), "4 s ago"},
		{Since(now.Add(-3*time.Minute-50*time.Second), now), "3 min ago"},
		{Since(now.Add(111*time.Minute), now), "in 1 h 51 min"},
		{Clock(now.Add(-time.Hour), now), "11:00:00 UTC"},
		{Clock(now.Add(-13*time.Hour), now), "1 Mar 23:00 UTC"},
		{Clock(now.AddDate(-1, 0, 0), now), "2 Mar 2025 12:00 UTC"},
		{Clock(now.In(time.FixedZone("", 3600)), now), "12:00:00 UTC"},
		{bytesOf(999), "999 B"},
		{bytesOf(999.6), "1.0 kB"},
		{bytesOf(35e6), "35 MB"},
	} {
		if plain(tt.got) != tt.want {
			t.Errorf("%q, want %q", plain(tt.got), tt.want)
		}
	}
}

func TestHowFarAReadingHasCome(t *testing.T) {
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	for name, tt := range map[string]struct {
		sync Sync
		want float64 // negative: not known
	}{
		"nothing is known":         {Sync{}, -1},
		"it does not say how far":  {Sync{From: now.Add(-time.Hour)}, -1},
		"at the beginning":         {Sync{From: now.Add(-time.Hour), Reached: now.Add(-time.Hour)}, 0},
		"three quarters are done":  {Sync{From: now.Add(-time.Hour), Reached: now.Add(-15 * time.Minute)}, 0.75},
		"behind where it began":    {Sync{From: now.Add(-time.Hour), Reached: now.Add(-2 * time.Hour)}, 0},
		"ahead of the clock":       {Sync{From: now.Add(-time.Hour), Reached: now.Add(time.Minute)}, 1},
		"it began with the future": {Sync{From: now.Add(time.Hour), Reached: now.Add(time.Hour)}, -1},
	} {
		t.Run(name, func(t *testing.T) {
			switch got := tt.sync.Done(now); {
			case got == nil && tt.want >= 0:
				t.Errorf("not known, want %v", tt.want)
			case got != nil && *got != tt.want:
				t.Errorf("%v, want %v", *got, tt.want)
			}
		})
	}
}
