package sourcestest

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"testing"
)

// Serve lets a handler answer, until the test ends, whoever dials by what it
// returns, which is meant for [sources.Options]: whatever the address, and
// without a network, so that it works in a synctest bubble.
func Serve(t testing.TB, h http.Handler) (dial func(ctx context.Context, network, address string) (net.Conn, error)) {
	t.Helper()
	p := &pipes{accepted: make(chan net.Conn), closed: make(chan struct{})}
	server := &http.Server{Handler: h, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)}
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = server.Serve(p) // returns when it is closed
	}()
	t.Cleanup(func() {
		_ = server.Close()
		<-served
	})
	return p.dial
}

// pipes is a listener that is reached by dial only.
type pipes struct {
	accepted chan net.Conn
	once     sync.Once
	closed   chan struct{}
}

func (p *pipes) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	near, far := net.Pipe()
	select {
	case p.accepted <- far:
		return near, nil
	case <-p.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Accept implements [net.Listener].
func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.accepted:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

// Close implements [net.Listener].
func (p *pipes) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

// Addr implements [net.Listener].
func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipes", Net: "pipe"} }
