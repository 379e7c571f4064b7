package api

import (
	"testing"
	"time"
)

func TestSeenKnowsNewsFromRepetition(t *testing.T) {
	seen, at := Seen{}, noon
	for i, c := range []struct {
		id      string
		changed time.Time
		news    bool
	}{
		{"1", at, true},
		{"1", at, false},
		{"2", at, true},
		{"1", at.Add(-time.Second), false},
		{"1", at.Add(time.Nanosecond), true},
		{"1", at.Add(time.Nanosecond), false},
	} {
		if got := seen.Add(c.id, c.changed); got != c.news {
			t.Errorf("state %d: news %t, want %t", i, got, c.news)
		}
	}
	seen.Forget(at.Add(time.Nanosecond))
	if len(seen) != 1 || !seen["1"].Equal(at.Add(time.Nanosecond)) {
		t.Errorf("kept %v, want 1 alone: it changed at the instant from which on all is read again", seen)
	}
	if !seen.Add("2", at) {
		t.Error("what was forgotten is not news again")
	}
}
