package zendesktest

import (
	"cmp"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// The limits of an account, each of its own group of endpoints.
const (
	limitAccount     = "account"
	limitIncremental = "incremental-exports"
	limitTalk        = "talk-exports"
	limitExport      = "search-export"
)

// window is a limit on the requests of one minute.
type window struct {
	total int
	begin time.Time
	spent int
}

func newLimits(o Options) map[string]*window {
	return map[string]*window{
		limitAccount:     {total: cmp.Or(o.PerMinute, 400)},
		limitIncremental: {total: cmp.Or(o.IncrementalPerMinute, 10)},
		limitTalk:        {total: 10},
		limitExport:      {total: 100},
	}
}

// limitOf returns which limit an endpoint has beside that of the account.
func limitOf(endpoint string) string {
	switch {
	case strings.HasPrefix(endpoint, "incremental/"):
		return limitIncremental
	case strings.HasPrefix(endpoint, "channels/voice/stats/incremental/"):
		return limitTalk
	case endpoint == "search/export":
		return limitExport
	default:
		return ""
	}
}

// take spends a request, if one is left, and returns how many remain.
func (w *window) take(now time.Time) (remaining int, ok bool) {
	if begin := now.Truncate(time.Minute); !begin.Equal(w.begin) {
		w.begin, w.spent = begin, 0
	}
	if w.spent >= w.total {
		return 0, false
	}
	w.spent++
	return w.total - w.spent, true
}

// resets returns in how many seconds the limit is whole again.
func (w *window) resets(now time.Time) int {
	return max(1, int(w.begin.Add(time.Minute).Sub(now)/time.Second))
}

// spend counts a request against the limits and says in the headers what is left.
func (d *Desk) spend(h http.Header, q query) *refusal {
	d.mu.Lock()
	defer d.mu.Unlock()
	account := d.limits[limitAccount]
	remaining, ok := account.take(q.now)
	total, resets := strconv.Itoa(account.total), account.resets(q.now)
	h.Set("X-Rate-Limit", total)
	h.Set("X-Rate-Limit-Remaining", strconv.Itoa(remaining))
	h.Set("Ratelimit-Limit", total)
	h.Set("Ratelimit-Remaining", strconv.Itoa(remaining))
	h.Set("Ratelimit-Reset", strconv.Itoa(resets))
	if !ok {
		return tooMany(resets, "Number of allowed API requests per minute exceeded")
	}
	name := limitOf(q.endpoint)
	if name == "" {
		return nil
	}
	limit := d.limits[name]
	remaining, ok = limit.take(q.now)
	if name == limitIncremental {
		h.Set("Zendesk-Ratelimit-Incremental-Exports",
			fmt.Sprintf("total=%d; remaining=%d; resets=%d", limit.total, remaining, limit.resets(q.now)))
	}
	if !ok {
		return tooMany(limit.resets(q.now), "Number of allowed incremental ticket export API requests per minute exceeded")
	}
	return nil
}

func tooMany(seconds int, description string) *refusal {
	r := invalid(http.StatusTooManyRequests, "APIRateLimitExceeded", description)
	r.header.Set("Retry-After", strconv.Itoa(seconds))
	return r
}
