package api

import (
	"context"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/common/config"

	"helpdesk_exporter/sources"
)

// A place is a network of the test's own: all its hosts are handlers of one mux,
// and connections are pipes, so that time in a synctest bubble passes while all
// wait. It counts what it is asked.
type place struct {
	*http.ServeMux
	conns  chan net.Conn
	closed chan struct{}

	mu      sync.Mutex // guards all below
	asked   []time.Time
	traffic map[string]int
	remains []float64
}

func newPlace(t *testing.T) *place {
	p := &place{ServeMux: http.NewServeMux(), conns: make(chan net.Conn), closed: make(chan struct{}), traffic: map[string]int{}}
	server := &http.Server{Handler: p}
	var serving sync.WaitGroup
	serving.Go(func() { _ = server.Serve(p) })
	t.Cleanup(func() {
		_ = server.Close()
		serving.Wait()
	})
	return p
}

// answers lets the desk give one answer after the other, and the last one from
// then on. It notes when it was asked.
func (p *place) answers(handlers ...http.HandlerFunc) {
	p.HandleFunc("desk.example/", func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		n := len(p.asked)
		p.asked = append(p.asked, time.Now())
		p.mu.Unlock()
		handlers[min(n, len(handlers)-1)](w, r)
	})
}

// times returns when the desk was asked.
func (p *place) times() []time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]time.Time(nil), p.asked...)
}

// Requested implements [sources.Traffic].
func (p *place) Requested(code string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.traffic[code]++
}

// Remaining implements [sources.Traffic].
func (p *place) Remaining(requests float64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.remains = append(p.remains, requests)
}

// Accept implements [net.Listener].
func (p *place) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

// Close implements [net.Listener].
func (p *place) Close() error {
	close(p.closed)
	return nil
}

// Addr implements [net.Listener].
func (p *place) Addr() net.Addr { return &net.UnixAddr{} }

func (p *place) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	near, far := net.Pipe()
	select {
	case p.conns <- far:
		return near, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

// client returns a client of the desk.
func (p *place) client(t *testing.T, d Desk, set func(*Config)) *Client {
	t.Helper()
	c := DefaultConfig("http://desk.example")
	if set != nil {
		set(&c)
	}
	if err := c.Validate(); err != nil {
		t.Fatal(err)
	}
	made, err := New(c, d, sources.Options{Dial: p.dial, Traffic: p})
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func bearer(token string) func(*Config) {
	return func(c *Config) {
		c.HTTP.Authorization = &config.Authorization{Type: "Bearer", Credentials: config.Secret(token)}
	}
}

func says(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(text))
	}
}

// fails answers with a status code and headers, given as name and value in turn.
func fails(code int, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(code)
	}
}

// silent gives no answer until the client hangs up, which the server notices
// once the question is read.
func silent(_ http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	<-r.Context().Done()
}

// writes sends bytes that need not be HTTP, and hangs up.
func writes(raw string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(err)
		}
		_, _ = conn.Write([]byte(raw))
		_ = conn.Close()
	}
}
