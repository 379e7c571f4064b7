package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"helpdesk_exporter/sources"
)

// pausesOf returns the time between one question and the next.
func pausesOf(asked []time.Time) []time.Duration {
	var all []time.Duration
	for i := 1; i < len(asked); i++ {
		all = append(all, asked[i].Sub(asked[i-1]))
	}
	return all
}

func TestPausesDoubleAndTheirJitterStaysInBounds(t *testing.T) {
	seen := map[time.Duration]bool{}
	for range 20 {
		synctest.Test(t, func(t *testing.T) {
			p := newPlace(t)
			p.answers(fails(500), fails(502), fails(503), fails(504), says(`{}`))
			if err := p.client(t, Desk{}, nil).Get(t.Context(), "/tickets", nil, nil); err != nil {
				t.Fatal(err)
			}
			middle := time.Second
			for _, pause := range pausesOf(p.times()) {
				if pause < middle/2 || pause > middle*3/2+time.Millisecond {
					t.Errorf("a pause of %s, want %s, half of it more or less", pause, middle)
				}
				seen[pause] = true
				middle *= 2
			}
			if middle != 16*time.Second {
				t.Errorf("asked %d times, want 5", len(p.times()))
			}
		})
	}
	if len(seen) < 40 {
		t.Errorf("of 80 pauses only %d differ", len(seen))
	}
}

func TestADeskThatAsksForAPauseGetsItToTheSecond(t *testing.T) {
	for _, c := range []struct {
		name string
		at   func() http.HandlerFunc // within the bubble
		want time.Duration
	}{
		{"seconds", func() http.HandlerFunc { return fails(429, "Retry-After", "7") }, 7 * time.Second},
		{"a date", func() http.HandlerFunc {
			return fails(429, "Retry-After", time.Now().Add(9*time.Second).UTC().Format(http.TimeFormat))
		}, 9 * time.Second},
		{"a date by a clock that is wrong", func() http.HandlerFunc {
			theirs := time.Now().Add(-time.Hour).UTC()
			return fails(429, "Date", theirs.Format(http.TimeFormat), "Retry-After", theirs.Add(9*time.Second).Format(http.TimeFormat))
		}, 9 * time.Second},
		{"another header", func() http.HandlerFunc { return fails(429, "X-RateLimit-Retry-After", "3") }, 3 * time.Second},
		{"the reset of the limit", func() http.HandlerFunc {
			return fails(429, "X-RateLimit-Limit", "167", "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", strconv.FormatInt(time.Now().Unix()+4, 10))
		}, 4 * time.Second},
		{"maintenance", func() http.HandlerFunc { return fails(503, "Retry-After", "120") }, 2 * time.Minute},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPlace(t)
				p.answers(c.at(), says(`{}`))
				if err := p.client(t, Desk{}, nil).Get(t.Context(), "/tickets", nil, nil); err != nil {
					t.Fatal(err)
				}
				if got := pausesOf(p.times()); !slices.Equal(got, []time.Duration{c.want}) {
					t.Errorf("asked again after %v, want %s", got, c.want)
				}
			})
		})
	}
}

func TestAPauseThatIsTooLongIsLeftToThePoller(t *testing.T) {
	for _, c := range []struct {
		code   int
		after  string
		want   time.Duration
		reason sources.Reason
	}{
		{429, "121", 121 * time.Second, sources.ReasonRateLimited},
		{429, "3600", time.Hour, sources.ReasonRateLimited},
		{503, "600", 10 * time.Minute, sources.ReasonUnreachable},
		{429, "99999999", 24 * time.Hour, sources.ReasonRateLimited},
	} {
		synctest.Test(t, func(t *testing.T) {
			p := newPlace(t)
			p.answers(fails(c.code, "Retry-After", c.after))
			start := time.Now()
			err := p.client(t, Desk{}, nil).Get(t.Context(), "/tickets", nil, nil)
			var failed *sources.Error
			if !errors.As(err, &failed) || failed.After != c.want || failed.Reason != c.reason {
				t.Errorf("got %#v, want to be told of %s, %s", err, c.want, c.reason)
			}
			if took := time.Since(start); took != 0 || len(p.times()) != 1 {
				t.Errorf("asked %d times in %s, want once", len(p.times()), took)
			}
		})
	}
}

// The longest pause that is waited out comes five times over and is told of
// when all attempts are used up.
func TestWhatADeskAskedForLastIsToldOf(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlace(t)
		p.answers(fails(429, "Retry-After", "60"))
		start := time.Now()
		err := p.client(t, Desk{}, nil).Get(t.Context(), "/tickets", nil, nil)
		var failed *sources.Error
		if !errors.As(err, &failed) || failed.After != time.Minute {
			t.Errorf("got %#v, want a minute asked for", err)
		}
		if took := time.Since(start); took != 4*time.Minute || p.traffic["429"] != 5 {
			t.Errorf("%d requests in %s, want 5 in 4m", p.traffic["429"], took)
		}
	})
}

func TestOnlyWhatMayMendIsTriedAgain(t *testing.T) {
	for _, c := range []struct {
		name   string
		answer http.HandlerFunc
		tries  int
		reason sources.Reason
		says   string
	}{
		{"400", fails(400), 1, sources.ReasonBadAnswer, "/tickets: 400 Bad Request"},
		{"401", fails(401), 1, sources.ReasonRefused, "check them"},
		{"402", fails(402), 1, sources.ReasonRefused, "plan"},
		{"403", fails(403), 1, sources.ReasonRefused, "a right or a scope"},
		{"404", fails(404), 1, sources.ReasonBadAnswer, "check url"},
		{"407", fails(407), 1, sources.ReasonRefused, "proxy"},
		{"408", fails(408), 5, sources.ReasonUnreachable, "408"},
		{"409", fails(409), 5, sources.ReasonUnreachable, "409"},
		{"410", fails(410), 1, sources.ReasonBadAnswer, "check url"},
		{"418", fails(418), 1, sources.ReasonBadAnswer, "418"},
		{"425", fails(425), 5, sources.ReasonUnreachable, "425"},
		{"429", fails(429), 5, sources.ReasonRateLimited, "rate_limit"},
		{"500", fails(500), 5, sources.ReasonUnreachable, "out of order"},
		{"520", fails(520), 5, sources.ReasonUnreachable, "/tickets: 520: "},
		{"300", fails(300), 1, sources.ReasonBadAnswer, "elsewhere"},
		{"a page", says("\n<!DOCTYPE html><title>Log in</title>"), 3, sources.ReasonBadAnswer, "a page for people"},
		{"torn JSON", says(`{"tickets":[`), 3, sources.ReasonBadAnswer, "at byte 12"},
		{"nothing", fails(204), 3, sources.ReasonBadAnswer, "at byte 0"},
		{"two documents", says(`{} {}`), 3, sources.ReasonBadAnswer, "at byte 4"},
		{"another type", says(`{"tickets":{"id":4711}}`), 3, sources.ReasonBadAnswer, "tickets is object and not what the desk documents"},
		{"another type at the top", says(`["x"]`), 3, sources.ReasonBadAnswer, "the answer is array and"},
		{"a number that does not fit", says(`{"count":47110815}`), 3, sources.ReasonBadAnswer, "count is number and"},
		{"a bomb", sends("gzip", bomb(t)), 1, sources.ReasonBadAnswer, "larger than 64 MB"},
		{"silence", silent, 2, sources.ReasonUnreachable, "request_timeout"},
		{"a connection that breaks", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, 5, sources.ReasonUnreachable, "closed before the answer"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPlace(t)
				p.answers(c.answer)
				var out struct {
					Tickets []int `json:"tickets"`
					Count   int8  `json:"count"`
				}
				err := p.client(t, Desk{}, nil).Get(t.Context(), "/tickets", nil, &out)
				expectError(t, err, c.reason, c.says)
				if got := len(p.times()); got != c.tries {
					t.Errorf("asked %d times, want %d", got, c.tries)
				}
				if out.Tickets != nil || out.Count != 0 {
					t.Errorf("a failed request left %+v", out)
				}
			})
		})
	}
}

// A time-out is not the wish to end.
func TestATimeOutIsNoCancellation(t *testing.T) {
	for name, answer := range map[string]http.HandlerFunc{
		"before the answer": silent,
		"within the answer": func(w http.ResponseWriter, r *http.Request) {
			says(`{"tickets":[`)(w, r)
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPlace(t)
				p.answers(answer)
				start := time.Now()
				err := p.client(t, Desk{}, nil).Get(t.Context(), "/tickets", nil, new(any))
				expectError(t, err, sources.ReasonUnreachable, "no answer in time")
				if !TooMuch(err) || errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("got %#v, want what asking for less may mend", err)
				}
				if took := time.Since(start); took < 2*time.Minute || took > 2*time.Minute+2*time.Second {
					t.Errorf("took %s, want two minutes and a pause", took)
				}
			})
		})
	}
}

func TestACancelledContextEndsEachWaitAtOnce(t *testing.T) {
	once := func(p *place, c *Client, ctx context.Context) error { return c.Get(ctx, "/tickets", nil, new(any)) }
	for _, tt := range []struct {
		name   string
		answer http.HandlerFunc
		set    func(*Config)
		ask    func(*place, *Client, context.Context) error
	}{
		{"an answer", silent, nil, once},
		{"the end of an answer", func(w http.ResponseWriter, r *http.Request) {
			says(`{`)(w, r)
			_ = http.NewResponseController(w).Flush()
			silent(w, r)
		}, nil, once},
		{"the next attempt", fails(429, "Retry-After", "100"), nil, once},
		{"the limit of the desk", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("ratelimit-limit", "10")
			w.Header().Set("ratelimit-remaining", "0")
			w.Header().Set("ratelimit-reset", "100")
			says(`{}`)(w, r)
		}, nil, twice},
		{"our own limit", says(`{}`), func(c *Config) { c.RateLimit = 0.5 }, twice},
		{"a token", silent, oauth("secret"), once},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPlace(t)
				p.answers(tt.answer)
				p.HandleFunc("login.example/", silent)
				c := p.client(t, Desk{}, tt.set)
				ctx, cancel := context.WithCancelCause(t.Context())
				defer time.AfterFunc(time.Second, func() { cancel(errors.New("the exporter is told to stop")) }).Stop()
				start := time.Now()
				err := tt.ask(p, c, ctx)
				if err != context.Canceled || time.Since(start) != time.Second { //nolint:errorlint // nothing around it
					t.Errorf("got %v after %s, want context.Canceled after 1s", err, time.Since(start))
				}
			})
		})
	}
}

func twice(p *place, c *Client, ctx context.Context) error {
	if err := c.Get(ctx, "/tickets", nil, new(any)); err != nil {
		return fmt.Errorf("the first request: %w", err)
	}
	return c.Get(ctx, "/tickets", nil, new(any))
}

func TestACancelledContextAsksNothing(t *testing.T) {
	p := newPlace(t)
	p.answers(says(`{}`))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := p.client(t, Desk{}, nil).Get(ctx, "/tickets", nil, nil)
	if !errors.Is(err, context.Canceled) || len(p.times()) != 0 {
		t.Errorf("got %v after %d requests", err, len(p.times()))
	}
}

func TestNoMinuteSeesMoreRequestsThanTheLimitOfOurOwn(t *testing.T) {
	for _, limit := range []float64{1, 6, 60, 100} {
		synctest.Test(t, func(t *testing.T) {
			p := newPlace(t)
			p.answers(says(`{}`))
			c := p.client(t, Desk{}, func(c *Config) { c.RateLimit = limit })
			const minutes = 3
			var asking sync.WaitGroup
			for range 4 {
				asking.Go(func() {
					ctx, cancel := context.WithTimeout(t.Context(), minutes*time.Minute)
					defer cancel()
					for c.Get(ctx, "/tickets", nil, nil) == nil {
					}
				})
			}
			asking.Wait()
			asked := p.times()
			for i, from := range asked {
				within := 0
				for _, at := range asked[i:] {
					if at.Sub(from) < time.Minute {
						within++
					}
				}
				if within > int(limit) {
					t.Fatalf("%v a minute: %d within one", limit, within)
				}
			}
			if len(asked) < minutes*int(limit)*4/5 {
				t.Errorf("%v a minute: only %d in %d minutes", limit, len(asked), minutes)
			}
		})
	}
}

func TestAShareOfTheDesksLimitIsLeftToOthers(t *testing.T) {
	for _, c := range []struct {
		name    string
		headers []string
		reserve float64
		want    time.Duration
	}{
		{"much is left", []string{"ratelimit-limit", "100", "ratelimit-remaining", "21", "ratelimit-reset", "30"}, 0.2, 0},
		{"the others' share is left", []string{"ratelimit-limit", "100", "ratelimit-remaining", "20", "ratelimit-reset", "30"}, 0.2, 30 * time.Second},
		{"nothing is for others", []string{"ratelimit-limit", "100", "ratelimit-remaining", "1", "ratelimit-reset", "30"}, 0, 0},
		{"nothing is left", []string{"ratelimit-limit", "100", "ratelimit-remaining", "0", "ratelimit-reset", "30"}, 0, 30 * time.Second},
		{"nobody knows until when", []string{"X-RateLimit-Total", "100", "X-RateLimit-Remaining", "3"}, 0.2, 5 * time.Second},
		{"nobody knows of how many", []string{"X-RateLimit-Remaining", "3"}, 0.2, 0},
		{"nothing of an unknown number", []string{"X-RateLimit-Remaining", "0"}, 0.2, 5 * time.Second},
		{"a day's limit", []string{"ratelimit-limit", "100", "ratelimit-remaining", "3", "ratelimit-reset", "50000"}, 0.2, 2 * time.Minute},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPlace(t)
				p.answers(fails(200, c.headers...))
				if err := twice(p, p.client(t, Desk{}, func(config *Config) { config.RateReserve = c.reserve }), t.Context()); err == nil {
					t.Fatal("an empty answer is taken for JSON")
				}
				if got := pausesOf(p.times())[0]; c.want > 0 && got != c.want || c.want == 0 && got > 2*time.Second {
					t.Errorf("the next request came after %s, want %s", got, c.want)
				}
			})
		})
	}
}

func TestTheMetricsAreToldOfRequestsAndOfWhatIsLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlace(t)
		p.answers(fails(429, "Retry-After", "1", "ratelimit-remaining", "17"), writes("nonsense\r\n\r\n"), fails(302, "Location", "/there"), says(`{}`))
		if err := p.client(t, Desk{}, nil).Get(t.Context(), "/tickets", nil, nil); err != nil {
			t.Fatal(err)
		}
		want := map[string]int{"429": 1, "error": 1, "302": 1, "200": 1}
		if fmt.Sprint(p.traffic) != fmt.Sprint(want) || fmt.Sprint(p.remains) != "[17]" {
			t.Errorf("told of %v and %v left, want %v and [17]", p.traffic, p.remains, want)
		}
	})
}

// exports are what Zendesk's incremental endpoints are: a group with a limit of
// its own, of which a header tells.
func exports(perMinute float64) Desk {
	return Desk{Buckets: map[string]Bucket{"exports": {Header: "zendesk-ratelimit-incremental-exports", PerMinute: perMinute}}}
}

func TestAGroupOfEndpointsHasALimitOfItsOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlace(t)
		p.answers(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/exports" {
				w.Header().Set("zendesk-ratelimit-incremental-exports", "total=10; remaining=2; resets=40")
			}
			says(`{}`)(w, r)
		})
		c, start := p.client(t, exports(10), nil), time.Now()
		ask := func(r Request) time.Duration {
			if err := c.Do(t.Context(), r, nil); err != nil {
				t.Fatal(err)
			}
			return time.Since(start)
		}
		limited := Request{Path: "/exports", Bucket: "exports"}
		if first, other, second := ask(limited), ask(Request{Path: "/tickets"}), ask(limited); first != 0 || other != 0 || second != 40*time.Second {
			t.Errorf("asked the group at %s and %s, others at %s, want 0s, 40s, 0s", first, second, other)
		}
	})
}

func TestAGroupThatComplainsHoldsNobodyElseUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlace(t)
		p.answers(fails(429, "Retry-After", "60"), says(`{}`))
		c, start := p.client(t, exports(10), nil), time.Now()
		var asking sync.WaitGroup
		asking.Go(func() { _ = c.Do(t.Context(), Request{Path: "/exports", Bucket: "exports"}, nil) })
		synctest.Wait()
		if err := c.Get(t.Context(), "/tickets", nil, nil); err != nil || time.Since(start) != 0 {
			t.Errorf("got %v after %s, want an answer at once", err, time.Since(start))
		}
		asking.Wait()
	})
}

func TestAGroupThatComplainsIsKeptToItsDocumentedLimit(t *testing.T) {
	for _, c := range []struct {
		perMinute float64
		want      []time.Duration // pauses behind the one that was asked for
	}{
		{10, []time.Duration{7500 * time.Millisecond, 7500 * time.Millisecond}}, // 8 a minute: a fifth is for others
		{0, []time.Duration{0, 0}}, // none is documented
	} {
		synctest.Test(t, func(t *testing.T) {
			p := newPlace(t)
			p.answers(fails(429, "Retry-After", "3"), says(`{}`))
			client := p.client(t, exports(c.perMinute), nil)
			for range 3 {
				if err := client.Do(t.Context(), Request{Path: "/exports", Bucket: "exports"}, nil); err != nil {
					t.Fatal(err)
				}
			}
			if got, want := pausesOf(p.times()), append([]time.Duration{3 * time.Second}, c.want...); !slices.Equal(got, want) {
				t.Errorf("%v a minute: pauses of %v, want %v", c.perMinute, got, want)
			}
		})
	}
}

func TestTheRequestsOfOthersWaitTooWhenTheDeskComplains(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlace(t)
		p.answers(fails(429, "Retry-After", "20"), says(`{}`))
		c := p.client(t, Desk{}, nil)
		var asking sync.WaitGroup
		asking.Go(func() { _ = c.Get(t.Context(), "/tickets", nil, nil) })
		synctest.Wait()
		start := time.Now()
		for range 3 {
			asking.Go(func() { _ = c.Get(t.Context(), "/agents", nil, nil) })
		}
		asking.Wait()
		for _, at := range p.times()[1:] {
			if at.Sub(start) != 20*time.Second {
				t.Errorf("asked after %s, want 20s", at.Sub(start))
			}
		}
	})
}

func TestALimitThatIsToldAgainGivesNothingAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, start := &bucket{}, time.Now()
		for range 3 {
			b.slow(60, 1)
			if err := b.wait(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(start); took != 2*time.Second {
			t.Errorf("three requests at one a second took %s, want 2s", took)
		}
	})
}

func TestAPauseThatGrowsIsWaitedOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, start := &bucket{}, time.Now()
		b.hold(10 * time.Second)
		time.AfterFunc(5*time.Second, func() { b.hold(20 * time.Second) })
		if err := b.wait(t.Context()); err != nil || time.Since(start) != 25*time.Second {
			t.Errorf("got %v after %s, want 25s", err, time.Since(start))
		}
	})
}

func TestWhatAFailedAttemptLeftIsNotAddedTo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlace(t)
		p.answers(says(`{"next":"page 2","tickets":[{"id":1,"team":"billing"},{"id":"two"}]}`), says(`{"tickets":[{"id":3}]}`))
		var out struct {
			Next    string `json:"next"`
			Tickets []struct {
				ID   int    `json:"id"`
				Team string `json:"team"`
			} `json:"tickets"`
		}
		if err := p.client(t, Desk{}, nil).Get(t.Context(), "/tickets", nil, &out); err != nil {
			t.Fatal(err)
		}
		if fmt.Sprintf("%+v", out) != "{Next: Tickets:[{ID:3 Team:}]}" {
			t.Errorf("got %+v", out)
		}
	})
}

func expectError(t *testing.T, err error, reason sources.Reason, text string) {
	t.Helper()
	if err == nil {
		t.Fatal("no error")
	}
	if got := sources.ReasonOf(err); got != reason {
		t.Errorf("reason %s, want %s: %v", got, reason, err)
	}
	if !strings.Contains(err.Error(), text) {
		t.Errorf("got %q, want it to say %q", err, text)
	}
}
