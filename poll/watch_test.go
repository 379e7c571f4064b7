package poll

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"helpdesk_exporter/desk"
)

// newsroom is a source that tells of news at given times, and takes a while to
// answer.
type newsroom struct {
	answers
	news    []time.Duration // after the beginning
	slow    time.Duration
	watched bool // Watch has returned
}

func (n *newsroom) Fetch(ctx context.Context, since desk.Cursor, until time.Time) (desk.Page, error) {
	page, err := n.answers.Fetch(ctx, since, until)
	time.Sleep(n.slow) // of the bubble's own clock
	return page, err
}

func (n *newsroom) Watch(ctx context.Context, changed func()) {
	defer func() { n.watched = true }()
	begin := time.Now()
	for _, after := range n.news {
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Until(begin.Add(after))):
			changed()
		}
	}
	<-ctx.Done()
}

// polledAt runs a source for a while and returns when it was polled.
func polledAt(t *testing.T, n *newsroom, interval, while time.Duration) []time.Duration {
	t.Helper()
	r := newRunner(n, &shelf{})
	r.Interval = interval
	begin := time.Now()
	ctx, stop := context.WithTimeout(t.Context(), while)
	defer stop()
	r.Run(ctx)
	if !n.watched {
		t.Error("the runner did not wait until the watching ended")
	}
	var at []time.Duration
	for _, a := range n.asked {
		at = append(at, a.at.Sub(begin))
	}
	return at
}

// every lists the times up to an end, one step apart.
func every(step, end time.Duration) []time.Duration {
	var at []time.Duration
	for d := step; d <= end; d += step {
		at = append(at, d)
	}
	return at
}

func TestNewsIsPolledForBeforeTheIntervalIsOver(t *testing.T) {
	const s = time.Second
	for name, test := range map[string]struct {
		source   newsroom
		interval time.Duration
		want     []time.Duration
	}{
		"the interval begins anew":          {newsroom{news: []time.Duration{10 * s}}, 60 * s, []time.Duration{0, 10 * s, 70 * s}},
		"not within a second of a poll":     {newsroom{news: []time.Duration{s / 4, 10 * s, 10*s + s/4}}, 60 * s, []time.Duration{0, s, 10 * s, 11 * s, 71 * s}},
		"at most one poll a second":         {newsroom{news: every(10*time.Millisecond, 4*s-1)}, 60 * s, []time.Duration{0, s, 2 * s, 3 * s, 4 * s, 64 * s}},
		"news that comes during a poll":     {newsroom{news: []time.Duration{2 * s}, slow: 5 * s}, 60 * s, []time.Duration{0, 6 * s, 71 * s}},
		"an interval of less than a second": {newsroom{news: every(10*time.Millisecond, 80*s)}, 7 * s / 10, append([]time.Duration{0}, every(7*s/10, 80*s)...)},
		"no news: the interval and no more": {newsroom{}, 30 * s, []time.Duration{0, 30 * s, 60 * s}},
		"news just behind a poll":           {newsroom{news: []time.Duration{30*s + s/2}}, 30 * s, []time.Duration{0, 30 * s, 31 * s, 61 * s}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				source := test.source
				if got := polledAt(t, &source, test.interval, 80*time.Second); !slices.Equal(got, test.want) {
					t.Errorf("polled at %v, want %v", got, test.want)
				}
			})
		})
	}
}

// The pauses of a source that fails double from a second up to five minutes
// however much happens there; when it works again, news counts at once.
func TestNewsOfASourceThatFailsIsNoStorm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := newsroom{news: every(100*time.Millisecond, 20*time.Minute)}
		for range 11 {
			source.pages = append(source.pages, answer{err: errors.New("broken")})
		}
		var want []time.Duration
		for _, seconds := range []int{0, 2, 6, 14, 30, 62, 126, 254, 510, 810, 1110} {
			want = append(want, time.Duration(seconds)*time.Second)
		}
		if got := polledAt(t, &source, time.Hour, 20*time.Minute); !slices.Equal(got, want) {
			t.Errorf("polled at %v, want %v", got, want)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		source := newsroom{news: []time.Duration{5 * time.Second, 6 * time.Second}}
		source.pages = []answer{{err: errors.New("broken")}}
		want := []time.Duration{0, 5 * time.Second, 6 * time.Second}
		if got := polledAt(t, &source, time.Hour, time.Minute); !slices.Equal(got, want) {
			t.Errorf("polled at %v, want %v", got, want)
		}
	})
}
