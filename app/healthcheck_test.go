package app

import (
	"bytes"
	"context"
	"crypto/tls"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/prometheus/exporter-toolkit/web"
)

func healthAt(ctx context.Context, address string) error {
	return CheckHealth(ctx, Options{Web: &web.FlagConfig{WebListenAddresses: &[]string{address}}})
}

// The answer is that of an exporter with and without a web configuration, and
// who asks leaves no trace in its log where that can be avoided.
func TestAnExporterThatAnswersIsHealthy(t *testing.T) {
	for name, test := range map[string]struct {
		code int
		tls  *tls.Config // nil: without
		logs bool
	}{
		"plain":                                {code: http.StatusOK},
		"with a password":                      {code: http.StatusUnauthorized},
		"with TLS":                             {code: http.StatusOK, tls: &tls.Config{}},
		"with TLS and a password":              {code: http.StatusUnauthorized, tls: &tls.Config{}},
		"with TLS and certificates of clients": {code: http.StatusOK, tls: &tls.Config{ClientAuth: tls.RequireAnyClientCert}, logs: true},
	} {
		t.Run(name, func(t *testing.T) {
			var asked string
			var logged bytes.Buffer
			server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				asked = r.URL.Path
				w.WriteHeader(test.code)
			}))
			server.Config.ErrorLog = log.New(&logged, "", 0)
			if test.tls != nil {
				server.TLS = test.tls
				server.StartTLS()
			} else {
				server.Start()
			}
			err := healthAt(t.Context(), server.Listener.Addr().String())
			server.Close()
			if err != nil {
				t.Error(err)
			}
			if !test.logs && (asked != "/-/healthy" || logged.Len() > 0) {
				t.Errorf("it was asked for %q and logged %q, want /-/healthy and nothing", asked, logged.String())
			}
		})
	}
}

func TestAnAddressWithoutAHostIsThisMachine(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	_, port, err := net.SplitHostPort(server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	if err := healthAt(t.Context(), ":"+port); err != nil {
		t.Error(err)
	}
}

func TestWhereNothingListensIsNoHealth(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	err = healthAt(t.Context(), address)
	if err == nil {
		t.Fatal("it is healthy")
	}
	for _, want := range []string{address, "connection refused", "--web.listen-address"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error says nothing of %q: %v", want, err)
		}
	}
}

// An exporter that hangs takes connections and never answers.
func TestAnExporterThatHangsIsNotHealthy(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, timeIsOver := context.WithCancel(t.Context())
	taken := make(chan net.Conn, 1)
	go func() {
		connection, err := listener.Accept()
		timeIsOver()
		if err == nil {
			taken <- connection
		}
		close(taken)
	}()
	if healthAt(ctx, listener.Addr().String()) == nil {
		t.Error("it is healthy")
	}
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	if connection := <-taken; connection == nil || connection.Close() != nil {
		t.Error("nobody asked")
	}
}
