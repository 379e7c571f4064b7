package api

import (
	"net/http"
	"testing"
	"time"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC) // Unix 1795176000

func headers(pairs ...string) http.Header {
	h := http.Header{}
	for i := 0; i < len(pairs); i += 2 {
		h.Set(pairs[i], pairs[i+1])
	}
	return h
}

func TestRetryAfterIsReadInEveryForm(t *testing.T) {
	for _, c := range []struct {
		name string
		h    http.Header
		want time.Duration
	}{
		{"nothing", headers(), 0},
		{"seconds", headers("Retry-After", "93"), 93 * time.Second},
		{"a blank around", headers("Retry-After", " 93 "), 93 * time.Second},
		{"fractions", headers("Retry-After", "0.25"), 250 * time.Millisecond},
		{"none to wait", headers("Retry-After", "0"), 0},
		{"a date", headers("Retry-After", "Fri, 20 Nov 2026 12:01:30 GMT"), 90 * time.Second},
		{"an old form of dates", headers("Retry-After", "Friday, 20-Nov-26 12:00:05 GMT"), 5 * time.Second},
		{"a date that is past", headers("Retry-After", "Fri, 20 Nov 2026 11:59:00 GMT"), 0},
		{"a Unix stamp", headers("Retry-After", "1795176007"), 7 * time.Second},
		{"a day at most", headers("Retry-After", "99999999"), 24 * time.Hour},
		{"a day at most by date", headers("Retry-After", "Fri, 20 Nov 2099 12:00:00 GMT"), 24 * time.Hour},
		{"a day at most by a stamp that is far", headers("Retry-After", "9999999999"), 24 * time.Hour},
		{"a day at most by stamp", headers("Retry-After", "999999999999999"), 24 * time.Hour},
		{"below zero", headers("Retry-After", "-5"), 0},
		{"no number", headers("Retry-After", "NaN"), 0},
		{"infinite", headers("Retry-After", "Inf"), 0},
		{"a word", headers("Retry-After", "soon"), 0},
		{"its own name", headers("X-RateLimit-Retry-After", "12"), 12 * time.Second},
		{"the reset of the limit", headers("ratelimit-reset", "41"), 41 * time.Second},
		{"the reset as a Unix stamp", headers("X-RateLimit-Reset", "1795176010"), 10 * time.Second},
		{"the reset as a fraction", headers("X-RateLimit-Reset", "1795176010.5"), 10500 * time.Millisecond},
		{"the reset in milliseconds", headers("X-RateLimit-Reset", "1795176010250"), 10250 * time.Millisecond},
		{"a reset that is past", headers("X-RateLimit-Reset", "1795175999"), 0},
		{"Retry-After before the reset", headers("Retry-After", "3", "X-RateLimit-Reset", "1795176010"), 3 * time.Second},
		{"a word before the reset", headers("Retry-After", "soon", "X-RateLimit-Reset", "1795176010"), 10 * time.Second},
	} {
		if got := retryAfter(c.h, noon); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
}

func TestTheAccountsLimitIsReadInEveryForm(t *testing.T) {
	for _, c := range []struct {
		name string
		h    http.Header
		want allowance
		ok   bool
	}{
		{"nothing", headers(), allowance{}, false},
		{"Zendesk", headers("ratelimit-limit", "700", "ratelimit-remaining", "699", "ratelimit-reset", "52", "X-Rate-Limit", "700"), allowance{700, 699, 52 * time.Second}, true},
		{"Zendesk's older ones", headers("X-Rate-Limit", "700", "X-Rate-Limit-Remaining", "12"), allowance{700, 12, -1}, true},
		{"Freshdesk", headers("X-RateLimit-Total", "400", "X-RateLimit-Remaining", "0"), allowance{400, 0, -1}, true},
		{"Intercom", headers("X-RateLimit-Limit", "167", "X-RateLimit-Remaining", "160", "X-RateLimit-Reset", "1795176010"), allowance{167, 160, 10 * time.Second}, true},
		{"Front", headers("x-ratelimit-limit", "50", "x-ratelimit-remaining", "49", "x-ratelimit-reset", "1795176000.5"), allowance{50, 49, 500 * time.Millisecond}, true},
		{"Help Scout", headers("X-RateLimit-Limit-Minute", "200", "X-RateLimit-Remaining-Minute", "198"), allowance{200, 198, -1}, true},
		{"a list of limits", headers("RateLimit-Limit", "100, 100;w=60", "RateLimit-Remaining", "50"), allowance{100, 50, -1}, true},
		{"floats", headers("X-RateLimit-Limit", "100.0", "X-RateLimit-Remaining", "49.0"), allowance{100, 49, -1}, true},
		{"no limit beside it", headers("X-RateLimit-Remaining", "3"), allowance{0, 3, -1}, true},
		{"no number", headers("X-RateLimit-Limit", "100", "X-RateLimit-Remaining", "plenty"), allowance{}, false},
		{"beyond all bounds", headers("X-RateLimit-Limit", "100", "X-RateLimit-Remaining", "1e300"), allowance{}, false},
		{"below zero", headers("X-RateLimit-Limit", "100", "X-RateLimit-Remaining", "-1"), allowance{}, false},
	} {
		got, ok := accountAllowance(c.h, noon)
		if ok != c.ok || got != c.want {
			t.Errorf("%s: got %+v, %t, want %+v, %t", c.name, got, ok, c.want, c.ok)
		}
	}
}

func TestAnEndpointsLimitIsRead(t *testing.T) {
	for _, c := range []struct {
		text string
		want allowance
		ok   bool
	}{
		{"total=10; remaining=9; resets=2", allowance{10, 9, 2 * time.Second}, true},
		{"resets=2;remaining=0;total=10", allowance{10, 0, 2 * time.Second}, true},
		{"total=100; remaining=99", allowance{100, 99, -1}, true},
		{"total=10; remaining=9; resets=1795176003", allowance{10, 9, 3 * time.Second}, true},
		{"total = 10; remaining = 4", allowance{10, 4, -1}, true},
		{"remaining=9; resets=2", allowance{-1, 9, 2 * time.Second}, false},
		{"total=ten; remaining=nine", allowance{-1, -1, -1}, false},
		{"", allowance{-1, -1, -1}, false},
	} {
		got, ok := endpointAllowance(c.text, noon)
		if ok != c.ok || got != c.want {
			t.Errorf("%q: got %+v, %t, want %+v, %t", c.text, got, ok, c.want, c.ok)
		}
	}
}

func TestTheDesksOwnClockCounts(t *testing.T) {
	if got := clock(headers("Date", "Fri, 20 Nov 2026 12:00:00 GMT")); !got.Equal(noon) {
		t.Errorf("got %s, want %s", got, noon)
	}
	before := time.Now()
	if got := clock(headers("Date", "today")); got.Before(before) {
		t.Errorf("got %s of a date that is none, want the time of this computer", got)
	}
}

func FuzzLimits(f *testing.F) {
	for _, text := range []string{
		"", "0", "12", "1.5", "1795176010", "1795176010250", "1e300", "-1", "NaN", "0x1p-2", "100, 100;w=60",
		"Fri, 20 Nov 2026 12:01:30 GMT", "total=10; remaining=9; resets=2", "total=10;;remaining=;resets=1e14",
	} {
		f.Add(text, text, text)
	}
	f.Fuzz(func(t *testing.T, limit, remaining, reset string) {
		h := http.Header{"Retry-After": {reset}, "X-Ratelimit-Reset": {reset}, "X-Ratelimit-Limit": {limit}, "X-Ratelimit-Remaining": {remaining}, "Date": {reset}}
		if got := retryAfter(h, noon); got < 0 || got > longestAfter {
			t.Errorf("Retry-After %q: %s", reset, got)
		}
		account, ok := accountAllowance(h, clock(h))
		if ok && (account.remaining < 0 || account.limit < 0) {
			t.Errorf("account %q, %q, %q: %+v", limit, remaining, reset, account)
		}
		endpoint, ok := endpointAllowance(limit+";"+remaining+";"+reset, noon)
		if ok && (endpoint.remaining < 0 || endpoint.limit <= 0) {
			t.Errorf("endpoint %q, %q, %q: %+v", limit, remaining, reset, endpoint)
		}
		for _, a := range []allowance{account, endpoint} {
			b := &bucket{}
			b.tell(a, 0.2)
			if _, pause := b.state(); pause > longestWait {
				t.Errorf("%+v: a pause of %s", a, pause)
			}
		}
	})
}
