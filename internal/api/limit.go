package api

import (
	"context"
	"math"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// longestWait bounds how long one pause may be that a desk asks for while a page
// is being read. What is longer ends the poll, and the next one comes later.
const longestWait = 2 * time.Minute

// longestAfter bounds what a desk is believed that asks to be left alone: no limit
// lasts longer than a day.
const longestAfter = 24 * time.Hour

// blindPause is how long to wait where a desk says that little is left of its
// limit, and not until when.
const blindPause = 5 * time.Second

// allowance is what a desk says of how many requests it takes.
type allowance struct {
	limit, remaining float64
	reset            time.Duration // from now; below zero: it does not say
}

// bucket is one limit that requests count against: the account's, or that of a
// group of endpoints.
type bucket struct {
	mu      sync.Mutex    // guards all below
	until   time.Time     // no request before
	limiter *rate.Limiter // nil: there is no limit of our own
}

// wait blocks until the bucket takes one more request.
func (b *bucket) wait(ctx context.Context) error {
	limiter, pause := b.state()
	for ; pause > 0; limiter, pause = b.state() {
		if err := sleep(ctx, pause); err != nil {
			return err
		}
	}
	if limiter == nil {
		return ctx.Err()
	}
	return sleep(ctx, limiter.Reserve().Delay())
}

func (b *bucket) state() (limiter *rate.Limiter, pause time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.limiter, time.Until(b.until)
}

// tell takes in what the desk says is left, so that a share of it stays for
// others.
func (b *bucket) tell(a allowance, reserve float64) {
	if a.remaining > math.Floor(a.limit*reserve) {
		return
	}
	pause := a.reset
	if pause < 0 {
		pause = blindPause
	}
	b.hold(pause)
}

// hold lets no request go for a while. Beyond the longest wait one is tried now
// and then, whatever was said: what is left of a day's limit comes back sooner
// where others need less of it.
func (b *bucket) hold(pause time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.until = time.Now().Add(min(pause, longestWait))
}

// slow holds a bucket to a rate from now on, of which a burst may go at once,
// unless it is held to one already. No minute sees more than the rate.
func (b *bucket) slow(perMinute, burst float64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.limiter == nil && perMinute > 0 {
		burst = max(1, math.Floor(burst))
		b.limiter = rate.NewLimiter(rate.Limit((perMinute-burst+1)/60), int(burst))
	}
}

// sleep waits, unless ctx ends before.
func sleep(ctx context.Context, pause time.Duration) error {
	if pause <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// The headers in which desks tell of the account's limit. The first that is
// there counts.
var (
	limitHeaders     = []string{"Ratelimit-Limit", "X-Rate-Limit", "X-Ratelimit-Limit", "X-Ratelimit-Total", "X-Ratelimit-Limit-Minute"}
	remainingHeaders = []string{"Ratelimit-Remaining", "X-Rate-Limit-Remaining", "X-Ratelimit-Remaining", "X-Ratelimit-Remaining-Minute"}
	resetHeaders     = []string{"Ratelimit-Reset", "X-Rate-Limit-Reset", "X-Ratelimit-Reset"}
)

// accountAllowance reads what an answer says of the account's limit; false where
// it says nothing.
func accountAllowance(h http.Header, now time.Time) (allowance, bool) {
	remaining, ok := firstNumber(h, remainingHeaders)
	if !ok {
		return allowance{}, false
	}
	a := allowance{remaining: remaining, reset: -1}
	a.limit, _ = firstNumber(h, limitHeaders)
	if reset, ok := firstNumber(h, resetHeaders); ok {
		a.reset = untilStamp(reset, now)
	}
	return a, true
}

// endpointAllowance reads a header of the form "total=10; remaining=9; resets=2".
func endpointAllowance(text string, now time.Time) (allowance, bool) {
	a := allowance{limit: -1, remaining: -1, reset: -1}
	for part := range strings.SplitSeq(text, ";") {
		name, value, _ := strings.Cut(part, "=")
		n, ok := number(value)
		if !ok {
			continue
		}
		switch strings.TrimSpace(name) {
		case "total":
			a.limit = n
		case "remaining":
			a.remaining = n
		case "resets":
			a.reset = untilStamp(n, now)
		}
	}
	return a, a.limit > 0 && a.remaining >= 0
}

// retryAfter reads how long an answer asks to be left alone, 0 where it does not
// say: seconds, a date, or until when its limit lasts.
func retryAfter(h http.Header, now time.Time) time.Duration {
	for _, name := range []string{"Retry-After", "X-Ratelimit-Retry-After"} {
		text := strings.TrimSpace(h.Get(name))
		if n, ok := number(text); ok {
			return min(untilStamp(n, now), longestAfter)
		}
		if at, err := http.ParseTime(text); err == nil {
			return min(max(0, at.Sub(now)), longestAfter)
		}
	}
	if reset, ok := firstNumber(h, resetHeaders); ok {
		return min(untilStamp(reset, now), longestAfter)
	}
	return 0
}

// The least numbers that are no seconds from now but a time: some desks tell
// seconds since 1970, some milliseconds. Nobody waits for sixteen years.
const (
	leastUnix      = 5e8
	leastUnixMilli = 5e11
)

// untilStamp returns how far ahead a reset lies.
func untilStamp(n float64, now time.Time) time.Duration {
	switch {
	case n >= leastUnixMilli:
		return max(0, time.UnixMilli(int64(n)).Sub(now))
	case n >= leastUnix:
		whole, part := math.Modf(n)
		return max(0, time.Unix(int64(whole), int64(part*1e9)).Sub(now))
	default:
		return time.Duration(n * float64(time.Second))
	}
}

// clock returns the time of an answer by the desk's own clock, which the times in
// its headers are of, or else by ours.
func clock(h http.Header) time.Time {
	if at, err := http.ParseTime(h.Get("Date")); err == nil {
		return at
	}
	return time.Now()
}

func firstNumber(h http.Header, names []string) (float64, bool) {
	for _, name := range names {
		if n, ok := number(h.Get(name)); ok {
			return n, true
		}
	}
	return 0, false
}

// number reads a number that is none below zero and not beyond all bounds. Of a
// list, as "100, 100;w=60", it reads the first.
func number(text string) (float64, bool) {
	if end := strings.IndexAny(text, ",;"); end >= 0 {
		text = text[:end]
	}
	n, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	return n, err == nil && n >= 0 && n < 1e15
}
