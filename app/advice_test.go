package app

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"

	"helpdesk_exporter/internal/api"
	"helpdesk_exporter/poll"
	"helpdesk_exporter/sources"
)

// failures are the errors of adapters whose causes the page tells apart.
func failures() map[string]error {
	unreachable := func(err error) error {
		return fmt.Errorf("fetch: %w", &sources.Error{Reason: sources.ReasonUnreachable, Err: fmt.Errorf("/hunter: %w", err)})
	}
	return map[string]error{
		"an error of its own (503)":  unreachable(&api.StatusError{Code: 503, Path: "/hunter"}),
		"put the exporter off":       unreachable(&api.StatusError{Code: 409, Path: "/hunter"}),
		"no secure connection (TLS)": unreachable(x509.UnknownAuthorityError{}),
		"A host answers":             unreachable(x509.HostnameError{Certificate: &x509.Certificate{}, Host: "hunter"}),
		"could not be looked up":     unreachable(&net.DNSError{Name: "hunter", IsNotFound: true}),
		"the connection broke":       unreachable(&net.OpError{Op: "read", Err: errors.New("hunter")}),
		"came in time":               unreachable(&net.OpError{Op: "dial", Err: context.DeadlineExceeded}),
		"status code 404":            &sources.Error{Reason: sources.ReasonBadAnswer, Err: &api.StatusError{Code: 404}},
		"status code 401":            &sources.Error{Reason: sources.ReasonRefused, Err: &api.StatusError{Code: 401}},
		"refused the credentials":    &sources.Error{Reason: sources.ReasonRefused, Err: errors.New("hunter")},
		"written to the state":       fmt.Errorf("%w: %w", poll.ErrStorage, errors.New("hunter")),
	}
}

func TestFailuresAreToldApart(t *testing.T) {
	for want, failure := range failures() {
		if says := adviceFor(failure).says; !strings.Contains(says, want) || strings.Contains(says, "hunter") {
			t.Errorf("%v: %q, want %q", failure, says, want)
		}
	}
}

// What adapters report of a desk that is down, by how its connections go.
func TestWhatKeepsAnAnswerAwayIsTold(t *testing.T) {
	dialled := func(err error) dialer {
		return func(context.Context, string, string) (net.Conn, error) {
			return nil, &net.OpError{Op: "dial", Net: "tcp", Err: err}
		}
	}
	for want, tt := range map[string]struct {
		url  string
		dial dialer
	}{
		"connection was refused": {"http://hunter.example", dialled(os.NewSyscallError("connect", syscall.ECONNREFUSED))},
		"the connection broke":   {"http://hunter.example", dialled(os.NewSyscallError("connect", syscall.EHOSTUNREACH))},
		"could not be looked up": {"http://hunter.example", dialled(&net.DNSError{Name: "hunter.example", IsNotFound: true})},
		"an error of its own":    {"http://hunter.example", answering("502 Bad Gateway")},
		"no secure connection":   {"https://hunter.example", answering("200 OK")},
		"No answer came in time": {"http://hunter.example", silent},
	} {
		t.Run(want, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := api.DefaultConfig(tt.url)
				c.HTTP.EnableHTTP2 = false // whose connections outlive the test
				client, err := api.New(c, api.Desk{}, sources.Options{Dial: tt.dial})
				if err != nil {
					t.Fatal(err)
				}
				var nothing any
				failure := client.Get(t.Context(), "/tickets", nil, &nothing)
				if says := adviceFor(failure).says; !strings.Contains(says, want) || strings.Contains(says, "hunter") {
					t.Errorf("%v: %q", failure, says)
				}
			})
		})
	}
}

type dialer = func(ctx context.Context, network, address string) (net.Conn, error)

// silent accepts connections and says nothing.
func silent(context.Context, string, string) (net.Conn, error) {
	near, far := net.Pipe()
	go func() { _, _ = io.Copy(io.Discard, far) }() // until the other end hangs up
	return near, nil
}

// answering says the same to each connection, in plain text.
func answering(status string) dialer {
	return func(context.Context, string, string) (net.Conn, error) {
		near, far := net.Pipe()
		go func() {
			defer far.Close()
			_, _ = far.Read(make([]byte, 4096))
			_, _ = io.WriteString(far, "HTTP/1.1 "+status+"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
		}()
		return near, nil
	}
}
