package sourcestest

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"sync"
	"time"

	"helpdesk_exporter/sources"
)

// refusals are the answers to wrong credentials and wrong addresses.
func refusals() []apiCheck {
	refused := []sources.Reason{sources.ReasonRefused}
	return []apiCheck{
		stays("401", 0, code(http.StatusUnauthorized), nil, refused...),
		stays("401 later", 3, code(http.StatusUnauthorized), nil, refused...),
		stays("403", 0, code(http.StatusForbidden), nil, refused...),
		stays("404 of the tickets", 0, code(http.StatusNotFound), (*trial).lists, sources.ReasonBadAnswer, sources.ReasonRefused),
	}
}

// outages are what does not pass.
func outages() []apiCheck {
	all := []apiCheck{
		stays("429 that stays", 0, limited("3"), nil, sources.ReasonRateLimited),
		stays("429 that stays, later", 2, limited("3"), nil, sources.ReasonRateLimited),
		stays("429 for an hour", 0, limited("3600"), nil, sources.ReasonRateLimited),
		stays("closed connections", 0, closed, nil, sources.ReasonUnreachable),
		stays("no answer", 0, hang, nil, sources.ReasonUnreachable),
		stays("no answer later", 2, hang, nil, sources.ReasonUnreachable),
	}
	for _, status := range []int{500, 502, 503, 504, 520} {
		all = append(all, stays(fmt.Sprint(status, " that stays"), 0, code(status), nil, sources.ReasonUnreachable))
	}
	return all
}

// garbles are answers that are none.
func garbles() []apiCheck {
	bad := sources.ReasonBadAnswer
	all := []apiCheck{
		stays("half of each answer", 0, torn, nil, bad),
		stays("half of each answer, later", 2, torn, nil, bad),
		stays("empty answers", 0, page("application/json", ""), nil, bad),
		stays("pages of HTML", 0, page("text/html", "<!DOCTYPE html><html><body>Please log in</body></html>"), nil, bad),
		stays("an endless answer", 0, endless, nil, bad),
		stays("a bomb of gzip", 0, bomb, nil, bad),
		{"an answer of another shape", testShapes},
	}
	return all
}

// stays expects that a fault which begins after some requests and stays ends
// the fetch with a reason, and that all is as if nothing had been when it is
// over: nothing is missing and nothing was kept of the page that failed.
func stays(name string, after int, f fault, which func(*trial, *http.Request) bool, reasons ...sources.Reason) apiCheck {
	return apiCheck{name, func(r *trial) {
		want := r.undisturbed().states
		broken := &spoilt{desk: r.Fake(r.still, time.Now), fault: f, after: after}
		if which != nil {
			broken.which = func(q *http.Request) bool { return which(r, q) }
		}
		s := r.source(broken)
		got, page, err := r.drainTo(r.Context(), s, nil, untilOf(s))
		if err == nil && after > 0 {
			return // it needed no more requests than were answered
		}
		r.failed(page, err, reasons...)
		broken.mend()
		time.Sleep(2 * time.Hour) // by then what was thought to be closed is tried again
		rest, _, err := r.drainTo(r.Context(), s, got.cursor(), untilOf(s))
		if err != nil {
			r.Fatalf("Fetch when the desk is well again: %v", err)
		}
		r.same(append(got.states, rest.states...), want)
	}}
}

// hang does not answer.
func hang(_ http.ResponseWriter, r *http.Request, _ http.Handler) {
	r.Body = readWhole(r)
	<-r.Context().Done()
}

// endless sends spaces until nobody reads them.
func endless(w http.ResponseWriter, r *http.Request, _ http.Handler) {
	w.Header().Set("Content-Type", "application/json")
	spaces := bytes.Repeat([]byte(" "), 1<<20)
	for r.Context().Err() == nil {
		if _, err := w.Write(spaces); err != nil {
			return
		}
	}
}

// bomb packs the answer of the desk behind more spaces than an answer may hold:
// who unpacks it all finds nothing wrong with it.
func bomb(w http.ResponseWriter, r *http.Request, h http.Handler) {
	whole := answer(h, r).Body.Bytes()
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Encoding", "gzip")
	_, _ = w.Write(packedSpaces())
	z := gzip.NewWriter(w)
	_, _ = z.Write(whole)
	_ = z.Close()
}

// packedSpaces returns a hundred megabytes of spaces, packed.
var packedSpaces = sync.OnceValue(func() []byte {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	spaces := bytes.Repeat([]byte(" "), 1<<20)
	for range 100 {
		_, _ = z.Write(spaces)
	}
	_ = z.Close()
	return packed.Bytes()
})
