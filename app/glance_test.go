package app

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestThoseWhoLookInTheSameSecondShareAPage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g glance
		var made atomic.Int32
		look := func() {
			page, err := g.look(func() ([]byte, error) {
				return []byte{byte(made.Add(1))}, nil
			})
			if err != nil || int32(page[0]) != made.Load() {
				t.Errorf("%v, %v; %d were made", page, err, made.Load())
			}
		}
		var all sync.WaitGroup
		for range 50 {
			all.Go(look)
		}
		all.Wait()
		if n := made.Load(); n != 1 {
			t.Fatalf("50 who look have %d pages made, want one", n)
		}
		time.Sleep(glanceTime)
		look()
		g.forget()
		look()
		if n := made.Load(); n != 3 {
			t.Errorf("%d pages were made, want one more after a second and one when the last was forgotten", n)
		}
	})
}

func TestAPageThatCannotBeMadeIsNotKept(t *testing.T) {
	var g glance
	if _, err := g.look(func() ([]byte, error) { return nil, errors.New("no") }); err == nil {
		t.Error("no word of what failed")
	}
	if page, err := g.look(func() ([]byte, error) { return []byte("yes"), nil }); err != nil || string(page) != "yes" {
		t.Errorf("%q, %v: want it made anew", page, err)
	}
}
