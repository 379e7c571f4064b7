package sourcestest

import (
	"bytes"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"time"
)

// Faults spoils a share of a desk's answers, in turn in every way in which
// desks, and what stands before them, do it for a while. Credentials are never
// refused: that is no fault that passes.
type Faults struct {
	Seed  uint64
	Share float64 // of the requests: from 0 to 1

	mu   sync.Mutex // guards what follows
	rand *rand.Rand
	n    int
}

// Wrap returns a handler that answers as h does, but for the faults.
func (f *Faults) Wrap(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if spoil := f.draw(); spoil != nil {
			spoil(w, r, h)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// Made returns how many answers have been spoilt.
func (f *Faults) Made() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.n
}

// draw returns how the next answer is to be spoilt, nil if it is not.
func (f *Faults) draw() fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.rand == nil {
		f.rand = rand.New(rand.NewPCG(f.Seed, 0xfa))
	}
	if f.rand.Float64() >= f.Share {
		return nil
	}
	f.n++
	all := passing()
	return all[f.n%len(all)].spoil
}

// fault answers a request that h should have answered.
type fault func(w http.ResponseWriter, r *http.Request, h http.Handler)

// passing lists the faults that pass. The slow one is the last.
func passing() []namedFault {
	return []namedFault{
		{"429 with seconds", limited("7")},
		{"429 with a date", datedLimit},
		{"429 without a word", code(http.StatusTooManyRequests)},
		{"500", code(http.StatusInternalServerError)},
		{"502", code(http.StatusBadGateway)},
		{"503", code(http.StatusServiceUnavailable)},
		{"504", code(http.StatusGatewayTimeout)},
		{"520", code(520)},
		{"408", code(http.StatusRequestTimeout)},
		{"409", code(http.StatusConflict)},
		{"a page of HTML", page("text/html; charset=utf-8", "<!DOCTYPE html><html><body><h1>We are doing maintenance</h1></body></html>")},
		{"half an answer", torn},
		{"a closed connection", closed},
		{"an empty answer", page("application/json", "")},
		{"a slow answer", slow},
	}
}

type namedFault struct {
	name  string
	spoil fault
}

func code(status int) fault {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		http.Error(w, http.StatusText(status), status)
	}
}

func limited(after string) fault {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		w.Header().Set("Retry-After", after)
		http.Error(w, `{"error":"too many requests"}`, http.StatusTooManyRequests)
	}
}

func datedLimit(w http.ResponseWriter, r *http.Request, h http.Handler) {
	limited(time.Now().UTC().Add(9*time.Second).Format(http.TimeFormat))(w, r, h)
}

func page(kind, text string) fault {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		w.Header().Set("Content-Type", kind)
		_, _ = w.Write([]byte(text))
	}
}

// torn promises a whole answer and sends half of it.
func torn(w http.ResponseWriter, r *http.Request, h http.Handler) {
	whole := answer(h, r)
	body := whole.Body.Bytes()
	maps.Copy(w.Header(), whole.Header())
	w.Header().Set("Content-Length", strconv.Itoa(max(2, len(body))))
	w.WriteHeader(whole.Code)
	_, _ = w.Write(body[:len(body)/2])
}

func closed(http.ResponseWriter, *http.Request, http.Handler) { panic(http.ErrAbortHandler) }

// slow answers later than anybody waits for.
func slow(w http.ResponseWriter, r *http.Request, h http.Handler) {
	r.Body = readWhole(r)
	timer := time.NewTimer(3 * time.Minute)
	defer timer.Stop()
	select {
	case <-timer.C:
		h.ServeHTTP(w, r)
	case <-r.Context().Done():
	}
}

// readWhole returns the body of a request to be read again. Only when it has
// been read does the server notice that nobody waits for the answer any more.
func readWhole(r *http.Request) io.ReadCloser {
	body, _ := io.ReadAll(r.Body)
	return io.NopCloser(bytes.NewReader(body))
}

// answer returns what h answers, as it is before any of it is sent. A coded
// body would be hard to spoil, so the request does not ask for one.
func answer(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	plain := r.Clone(r.Context())
	plain.Header.Del("Accept-Encoding")
	w := httptest.NewRecorder()
	w.Body = &bytes.Buffer{}
	h.ServeHTTP(w, plain)
	return w
}
