package api

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"helpdesk_exporter/sources"
)

// StatusError is an answer that is none: the desk said why by its status code.
type StatusError struct {
	Code int
	Path string // of the request, without its query and without ids
	Hint string // what would help
}

// Error implements error. The body of the answer is not in it: it may hold
// whatever was sent.
func (e *StatusError) Error() string {
	text := strings.TrimSpace(fmt.Sprintf("%s: %d %s", e.Path, e.Code, http.StatusText(e.Code)))
	if e.Hint != "" {
		text += ": " + e.Hint
	}
	return text
}

// StatusOf returns the status code of a failed request, 0 where there was no
// answer or the error is another one.
func StatusOf(err error) int {
	var status *StatusError
	if errors.As(err, &status) {
		return status.Code
	}
	return 0
}

// Gated reports whether a request failed because the desk has no such endpoint
// under its plan, or does not open it to these credentials.
func Gated(err error) bool {
	switch StatusOf(err) {
	case http.StatusPaymentRequired, http.StatusForbidden, http.StatusNotFound, http.StatusGone:
		return true
	default:
		return false
	}
}

// TooMuch reports whether a request failed in a way that asking for less at a
// time may mend.
func TooMuch(err error) bool {
	return errors.Is(err, errSlow) || errors.Is(err, errTooLarge) || StatusOf(err) >= http.StatusInternalServerError
}

// Slow reports whether a request failed because no answer came in time.
func Slow(err error) bool { return errors.Is(err, errSlow) || errors.Is(err, errSlowToken) }

var (
	errSlow      = errors.New("no answer in time: raise request_timeout if the desk is slow")
	errSlowToken = errors.New("no answer in time: check token_url")
	errBroken    = errors.New("the connection broke, or what answers there does not keep to HTTP: check url, and proxy_url if there is one")
)

// failure is one failed attempt.
type failure struct {
	error
	attempts int           // how many such a request is given; 0: another one will not succeed
	after    time.Duration // not sooner than that; 0: the client decides
}

func (f *failure) Unwrap() error { return f.error }

func failed(reason sources.Reason, err error) error { return &sources.Error{Reason: reason, Err: err} }

// status judges an answer that is not 2xx.
func status(code int, path string, after time.Duration) *failure {
	err := &StatusError{Code: code, Path: path, Hint: hint(code)}
	switch {
	case code == http.StatusTooManyRequests:
		return &failure{error: &sources.Error{Reason: sources.ReasonRateLimited, Err: err, After: after}, attempts: attempts, after: after}
	case code == http.StatusUnauthorized, code == http.StatusPaymentRequired, code == http.StatusForbidden, code == http.StatusProxyAuthRequired:
		return &failure{error: failed(sources.ReasonRefused, err)}
	case code >= 500, code == http.StatusRequestTimeout, code == http.StatusConflict, code == http.StatusTooEarly:
		return &failure{error: &sources.Error{Reason: sources.ReasonUnreachable, Err: err, After: after}, attempts: attempts, after: after}
	default:
		return &failure{error: failed(sources.ReasonBadAnswer, err)}
	}
}

// hint says what to do about a status code.
func hint(code int) string {
	switch {
	case code == http.StatusTooManyRequests:
		return "the desk's limit is reached: set rate_limit, or poll less often"
	case code == http.StatusUnauthorized:
		return "the desk does not know these credentials: check them, and whether they have expired"
	case code == http.StatusPaymentRequired:
		return "the desk's plan does not have it"
	case code == http.StatusForbidden:
		return "the credentials lack a right or a scope, or the plan lacks the feature"
	case code == http.StatusNotFound, code == http.StatusGone:
		return "the desk has no such endpoint: check url, and whether the plan has the feature"
	case code == http.StatusProxyAuthRequired:
		return "the proxy wants credentials: check proxy_url"
	case code >= 500:
		return "the desk, or something before it, is out of order"
	case code >= 300 && code < 400:
		return "the desk answers elsewhere: correct url"
	default:
		return ""
	}
}

// transport judges a request that got no answer, or not even a token to be sent
// with.
func transport(ctx, limited context.Context, path string, err error) *failure {
	var token *tokenError
	isToken := errors.As(err, &token)
	switch {
	case ctx.Err() != nil:
		return &failure{error: ctx.Err()}
	case limited.Err() != nil && isToken:
		return &failure{error: failed(sources.ReasonUnreachable, fmt.Errorf("%s: the token endpoint: %w", path, errSlowToken)), attempts: attemptsSlow}
	case limited.Err() != nil:
		return &failure{error: failed(sources.ReasonUnreachable, fmt.Errorf("%s: %w", path, errSlow)), attempts: attemptsSlow}
	case isToken:
		return withoutToken(path, err)
	}
	again, reason, said := cause(err)
	return &failure{error: failed(reason, fmt.Errorf("%s: %w", path, said)), attempts: again}
}

// withoutToken judges a request for a token that failed.
func withoutToken(path string, err error) *failure {
	var answer *oauth2.RetrieveError
	if !errors.As(err, &answer) {
		again, reason, said := cause(err)
		return &failure{error: failed(reason, fmt.Errorf("%s: the token endpoint: %w", path, said)), attempts: again}
	}
	code := answer.Response.StatusCode
	f := status(code, path, retryAfter(answer.Response.Header, clock(answer.Response.Header)))
	reason := sources.ReasonOf(f.error)
	if f.attempts == 0 {
		reason = sources.ReasonRefused // some say so with 400, some with 200
	}
	said := fmt.Errorf("%s: the token endpoint answered %d: check client_id, client_secret, token_url and scopes", path, code)
	return &failure{error: &sources.Error{Reason: reason, Err: said, After: f.after}, attempts: f.attempts, after: f.after}
}

// cause tells what kept an answer away, its reason, and how many attempts that is
// worth. It never repeats what the other side wrote, as net/http does of an answer
// that is malformed, nor the address, which has the query in it.
func cause(err error) (again int, reason sources.Reason, said error) {
	for address := (*url.Error)(nil); errors.As(err, &address); {
		err = address.Err
	}
	var (
		certificate *tls.CertificateVerificationError
		dns         *net.DNSError
		file        *fs.PathError
		connection  *net.OpError
	)
	switch {
	case errors.As(err, &certificate):
		return 0, sources.ReasonUnreachable, fmt.Errorf("its certificate is not to be trusted: %w", certificate.Err)
	case errors.As(err, &dns) && dns.IsNotFound:
		return 0, sources.ReasonUnreachable, told{"no such host: " + dns.Name + ": check url", dns}
	case errors.As(err, &dns):
		return attempts, sources.ReasonUnreachable, told{"the name " + dns.Name + " cannot be looked up", dns}
	case errors.Is(err, errElsewhere):
		return 0, sources.ReasonBadAnswer, errElsewhere
	case errors.As(err, &file): // of credentials or certificates
		return 0, sources.ReasonRefused, file
	case errors.As(err, &connection):
		return attempts, sources.ReasonUnreachable, connection
	case errors.Is(err, http.ErrSchemeMismatch):
		return 0, sources.ReasonUnreachable, told{"it does not speak TLS: write http:// if that is meant", err}
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return attempts, sources.ReasonUnreachable, errors.New("the connection was closed before the answer")
	default:
		return plainCause(err)
	}
}

// told is an error in words of our own.
type told struct {
	text string
	error
}

func (t told) Error() string { return t.text }

func (t told) Unwrap() error { return t.error }

// plainCause tells apart errors that have nothing but a text.
func plainCause(err error) (again int, reason sources.Reason, said error) {
	text := err.Error()
	switch {
	case strings.HasPrefix(text, "net/http: invalid header field"):
		return 0, sources.ReasonRefused, errors.New("the credentials or the headers have characters that HTTP cannot send")
	case strings.HasPrefix(text, "tls: "), strings.HasPrefix(text, "net/http: TLS handshake timeout"):
		return attempts, sources.ReasonUnreachable, err
	}
	for code := http.StatusBadRequest; code <= http.StatusNetworkAuthenticationRequired; code++ {
		if text == http.StatusText(code) { // how net/http tells of a proxy that lets nobody through
			return attempts, sources.ReasonUnreachable, fmt.Errorf("the proxy answered %d %s: check proxy_url", code, text)
		}
	}
	return attempts, sources.ReasonUnreachable, errBroken
}

// garbled judges an answer that could not be read to its end or made sense of.
func garbled(ctx, limited context.Context, path string, err error) *failure {
	switch {
	case ctx.Err() != nil:
		return &failure{error: ctx.Err()}
	case limited.Err() != nil:
		return &failure{error: failed(sources.ReasonUnreachable, fmt.Errorf("%s: %w", path, errSlow)), attempts: attemptsSlow}
	}
	f := &failure{error: failed(sources.ReasonBadAnswer, fmt.Errorf("%s: read the answer: %w", path, err)), attempts: attemptsGarbled}
	if errors.Is(err, errTooLarge) {
		f.attempts = 0
	}
	return f
}

// withoutIDs returns a path as errors may tell it: they are logged, and ids are
// not. What could be one is left out: whole numbers, addresses, and long words
// with a digit in them.
func withoutIDs(path string) string {
	const digits = "0123456789"
	words := strings.Split(path, "/")
	for i, word := range words {
		word = strings.TrimSuffix(word, ".json")
		number := word != "" && strings.Trim(word, digits) == ""
		if number || len(word) >= 8 && strings.ContainsAny(word, digits) || strings.Contains(word, "@") {
			words[i] = "{id}"
		}
	}
	return strings.Join(words, "/")
}
