package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"net/http"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/prometheus/common/config"
	"github.com/prometheus/common/version"

	"helpdesk_exporter/sources"
)

// The attempts that one request is given, and the pauses between them where the
// desk does not say how long. What is not likely to mend by itself is given
// fewer: a slow desk gets no faster by being asked again and again.
const (
	attempts        = 5
	attemptsGarbled = 3
	attemptsSlow    = 2
	firstPause      = time.Second
	longestPause    = 30 * time.Second
)

// Desk is what an adapter knows of the desks of its type.
type Desk struct {
	// Header is sent with every request.
	Header http.Header
	// Buckets are the groups of endpoints that have a limit of their own.
	Buckets map[string]Bucket
}

// Bucket is a limit of a group of endpoints.
type Bucket struct {
	// Header is the header in which the desk tells what is left of it, as
	// "total=10; remaining=9; resets=2".
	Header string
	// PerMinute is the limit that the desk documents, 0 for none. It is kept to
	// once the desk has complained; until then the header says better.
	PerMinute float64
}

// Client makes the requests of one source. Its methods may be called from
// several goroutines.
type Client struct {
	base    *url.URL
	config  Config
	desk    Desk
	http    *http.Client
	traffic sources.Traffic
	account bucket
	buckets map[string]*bucket
}

// New returns a client. It does no I/O but to read what files of certificates
// there must be.
func New(c Config, d Desk, o sources.Options) (*Client, error) {
	base, err := url.Parse(strings.TrimRight(c.URL, "/"))
	if err != nil {
		return nil, errors.New("url: not an address")
	}
	dir, err := filepath.Abs(o.BaseDir) // so that SetDirectory moves a path once, however often it is called
	if err != nil {
		return nil, err
	}
	c.HTTP.SetDirectory(dir)
	client, err := newHTTP(c.HTTP, o)
	if err != nil {
		return nil, err
	}
	made := &Client{base: base, config: c, desk: d, http: client, traffic: o.Traffic, buckets: map[string]*bucket{}}
	for name := range d.Buckets {
		made.buckets[name] = &bucket{}
	}
	made.account.slow(c.RateLimit, c.RateLimit/6) // ten seconds' worth at once
	return made, nil
}

// newHTTP returns the client that sends the requests: what prometheus/common
// makes of a configuration, but for OAuth2.
func newHTTP(c config.HTTPClientConfig, o sources.Options) (*http.Client, error) {
	options := []config.HTTPClientOption{config.WithUserAgent("helpdesk_exporter/" + version.Version)}
	if o.Dial != nil {
		options = append(options, config.WithDialContextFunc(o.Dial))
	}
	oauth := c.OAuth2
	c.OAuth2 = nil
	client, err := config.NewClientFromConfig(c, "helpdesk", options...)
	if err != nil {
		return nil, err
	}
	if c.FollowRedirects {
		client.CheckRedirect = sameHost
	}
	client.Transport = counted{client.Transport, o.Traffic}
	if oauth != nil {
		client.Transport, err = newTokens(oauth, client.Transport, options)
	}
	return client, err
}

// counted tells of each request that goes to the desk.
type counted struct {
	next    http.RoundTripper
	traffic sources.Traffic
}

// RoundTrip implements [http.RoundTripper].
func (c counted) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := c.next.RoundTrip(r)
	switch {
	case c.traffic == nil:
	case err != nil:
		c.traffic.Requested("error")
	default:
		c.traffic.Requested(strconv.Itoa(answer.StatusCode))
	}
	return answer, err
}

// errElsewhere ends a redirect that leads to another host, for which the
// credentials are not, or that would turn a question into another one.
var errElsewhere = errors.New("the desk redirects elsewhere: correct url")

// sameHost lets redirects go on within the desk only.
func sameHost(next *http.Request, before []*http.Request) error {
	first := before[0]
	if next.URL.Host != first.URL.Host || next.URL.Scheme != first.URL.Scheme || next.Method != first.Method || len(before) >= 10 {
		return errElsewhere
	}
	return nil
}

// Request is one question to a desk.
type Request struct {
	Method string // GET where empty
	Path   string // below the url, beginning with /, nothing in it escaped
	Query  url.Values
	Body   any // sent as JSON where it is not nil
	Bucket string
	// As is what errors call the path, where it holds a person's name. Numbers,
	// addresses and long ids in it are left out anyway.
	As string
}

// Get asks for a path and reads the answer into out.
func (c *Client) Get(ctx context.Context, path string, query url.Values, out any) error {
	return c.Do(ctx, Request{Path: path, Query: query}, out)
}

// Do asks, again where that may help, and reads the answer, JSON, into out,
// which stays as it is where all fails. Its errors are [sources.Error], but where
// ctx has ended.
func (c *Client) Do(ctx context.Context, r Request, out any) error {
	if r.As == "" {
		r.As = withoutIDs(r.Path)
	}
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = json.Marshal(r.Body); err != nil {
			return failed(sources.ReasonInternal, fmt.Errorf("%s: the request is no JSON", r.As))
		}
	}
	tries := 0
	_, err := backoff.Retry(ctx, func() (struct{}, error) {
		tries++
		if f := c.attempt(ctx, r, body, out); f != nil {
			return struct{}{}, f.verdict(tries)
		}
		return struct{}{}, nil
	}, backoff.WithMaxElapsedTime(0), backoff.WithBackOff(pauses()))
	var f *failure
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, &f):
		return f.error
	default:
		return err
	}
}

func pauses() *backoff.ExponentialBackOff {
	b := backoff.NewExponentialBackOff()
	b.InitialInterval, b.MaxInterval, b.Multiplier, b.RandomizationFactor = firstPause, longestPause, 2, 0.5
	return b
}

// verdict says to the retrying what a failure asks for that ended the n-th
// attempt.
func (f *failure) verdict(n int) error {
	switch {
	case n >= f.attempts || f.after > longestWait:
		return backoff.Permanent(f)
	case f.after > 0:
		return errors.Join(f, &backoff.RetryAfterError{Duration: f.after})
	default:
		return f
	}
}

// attempt asks once.
func (c *Client) attempt(ctx context.Context, r Request, body []byte, out any) *failure {
	special := c.buckets[r.Bucket]
	for _, b := range []*bucket{&c.account, special} {
		if b == nil {
			continue
		}
		if err := b.wait(ctx); err != nil {
			return &failure{error: err}
		}
	}
	limited, cancel := context.WithTimeout(ctx, time.Duration(c.config.RequestTimeout))
	defer cancel()
	request, err := c.request(limited, r, body)
	if err != nil {
		return &failure{error: failed(sources.ReasonInternal, fmt.Errorf("%s: no request can be made of it", r.As))}
	}
	answer, err := c.http.Do(request)
	if err != nil {
		return transport(ctx, limited, r.As, err)
	}
	defer answer.Body.Close()
	c.learn(r, special, answer)
	if answer.StatusCode < 200 || answer.StatusCode > 299 {
		drain(answer)
		return status(answer.StatusCode, r.As, retryAfter(answer.Header, clock(answer.Header)))
	}
	if err := read(answer, out); err != nil {
		return garbled(ctx, limited, r.As, err)
	}
	return nil
}

// drain reads a short answer that nobody wants to its end, so that its
// connection can be used again.
func drain(answer *http.Response) { _, _ = io.CopyN(io.Discard, answer.Body, 64<<10) }

func (c *Client) request(ctx context.Context, r Request, body []byte) (*http.Request, error) {
	address := *c.base
	address.Path += r.Path
	address.RawPath = c.base.EscapedPath() + (&url.URL{Path: r.Path}).EscapedPath()
	address.RawQuery = r.Query.Encode()
	method := r.Method
	if method == "" {
		method = http.MethodGet
	}
	made, err := http.NewRequestWithContext(ctx, method, address.String(), bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	made.Header.Set("Accept", "application/json")
	made.Header.Set("Accept-Encoding", "gzip")
	if body != nil {
		made.Header.Set("Content-Type", "application/json")
	}
	maps.Copy(made.Header, c.desk.Header.Clone())
	return made, nil
}

// learn takes in what the desk says of its limits.
func (c *Client) learn(r Request, special *bucket, answer *http.Response) {
	now := clock(answer.Header)
	if a, ok := accountAllowance(answer.Header, now); ok {
		c.account.tell(a, c.config.RateReserve)
		if c.traffic != nil {
			c.traffic.Remaining(a.remaining)
		}
	}
	known := c.desk.Buckets[r.Bucket]
	if a, ok := endpointAllowance(answer.Header.Get(known.Header), now); ok && special != nil {
		special.tell(a, c.config.RateReserve)
	}
	if answer.StatusCode != http.StatusTooManyRequests {
		return
	}
	full := &c.account
	if special != nil {
		full = special
		full.slow(math.Floor(known.PerMinute*(1-c.config.RateReserve)), 1)
	}
	if after := retryAfter(answer.Header, now); after > 0 {
		full.hold(after) // the requests of others wait too
	}
}
