package poll

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"helpdesk_exporter/desk"
)

func TestTheStatusTellsSinceWhenASourceFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		down := answer{err: errors.New("down")}
		r := newRunner(&answers{pages: []answer{down, down, {}, down}}, &shelf{})
		began := time.Now()
		for i, want := range []time.Time{began, began, {}, began.Add(3 * time.Minute)} {
			_ = r.Poll(t.Context())
			if s := r.Status(); !s.Failing.Equal(want) || (s.Failure == nil) != want.IsZero() || !s.Polled.Equal(time.Now()) {
				t.Errorf("poll %d: %+v, want it to fail since %v", i, s, want)
			}
			time.Sleep(time.Minute)
		}
	})
}

// A long reading tells where it began, and keeps to that.
func TestTheStatusTellsHowFarAReadingHasCome(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now().Add(-time.Hour)
		page := func(reached time.Time) answer { return answer{page: desk.Page{More: true, Reached: reached}} }
		r := newRunner(&answers{}, &shelf{})
		for i, a := range []answer{page(time.Time{}), page(began), page(began.Add(time.Minute)), page(time.Time{})} {
			r.progress(a.page, i+1)
			s := r.Status()
			from, reached := began, []time.Time{{}, began, began.Add(time.Minute), began.Add(time.Minute)}[i]
			if i == 0 {
				from = time.Time{}
			}
			if !s.From.Equal(from) || !s.Reached.Equal(reached) || s.Pages != i+1 || !s.Reading {
				t.Errorf("page %d: %+v, want from %v to %v", i+1, s, from, reached)
			}
		}
	})
}

// While it fails, the pauses get longer; the status says when each ends.
func TestTheStatusTellsWhenASourceIsPolledNext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		down := answer{err: errors.New("down")}
		r := newRunner(&answers{pages: []answer{{}, down, down}}, &shelf{})
		r.Interval = time.Minute
		began := time.Now()
		ended := make(chan struct{})
		ctx, cancel := context.WithCancel(t.Context())
		go func() { defer close(ended); r.Run(ctx) }()
		for i, want := range []time.Duration{time.Minute, 3 * time.Minute, 7 * time.Minute} {
			synctest.Wait()
			if s := r.Status(); !s.Next.Equal(began.Add(want)) {
				t.Errorf("after poll %d the next is at %v, want %v", i, s.Next.Sub(began), want)
			}
			time.Sleep(time.Until(began.Add(want)))
		}
		cancel()
		<-ended
	})
}
