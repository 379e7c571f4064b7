package api

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/prometheus/common/config"
	"github.com/prometheus/common/version"

	"helpdesk_exporter/sources"
)

func TestWhatARequestIsMadeOf(t *testing.T) {
	p := newPlace(t)
	p.answers(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		h := r.Header
		says(fmt.Sprintf("%q", fmt.Sprintf("%s %s %s|%s|%s|%s|%s|%s", r.Method, r.RequestURI, body,
			h.Get("User-Agent"), h.Get("Accept"), h.Get("Accept-Encoding"), h.Get("Content-Type"), h.Get("Api-Version"))))(w, r)
	})
	agent := "helpdesk_exporter/" + version.Version
	desk := Desk{Header: http.Header{"Api-Version": {"2.13"}}}
	for _, c := range []struct {
		url     string
		request Request
		want    string
	}{
		{"http://desk.example", Request{Path: "/tickets", Query: url.Values{"q": {"a b&c"}}}, "GET /tickets?q=a+b%26c |" + agent + "|application/json|gzip||2.13"},
		{"http://desk.example/api/v2/", Request{Path: "/user/anna?b/50%"}, "GET /api/v2/user/anna%3Fb/50%25 |" + agent + "|application/json|gzip||2.13"},
		{"http://desk.example/a%2Fb", Request{Path: "/tickets"}, "GET /a%2Fb/tickets |" + agent + "|application/json|gzip||2.13"},
		{"http://desk.example", Request{Method: http.MethodPost, Path: "/search", Body: map[string]int{"page": 1}}, `POST /search {"page":1}|` + agent + "|application/json|gzip|application/json|2.13"},
	} {
		client := p.client(t, desk, func(conf *Config) { conf.URL = c.url })
		var got string
		if err := client.Do(t.Context(), c.request, &got); err != nil || got != c.want {
			t.Errorf("got %s and %v, want %s", got, err, c.want)
		}
	}
	desk = Desk{Header: http.Header{"Accept": {"application/vnd.desk+json"}}}
	var got string
	if err := p.client(t, desk, nil).Get(t.Context(), "/tickets", nil, &got); err != nil || !strings.Contains(got, "|application/vnd.desk+json|") {
		t.Errorf("an adapter's own Accept: got %s and %v", got, err)
	}
}

func TestARequestThatIsNoJSONFailsWithoutBeingSent(t *testing.T) {
	p := newPlace(t)
	err := p.client(t, Desk{}, nil).Do(t.Context(), Request{Path: "/search", Body: func() {}}, nil)
	expectError(t, err, sources.ReasonInternal, "/search")
}

func TestRedirectsWithinTheDeskAreFollowed(t *testing.T) {
	p := newPlace(t)
	p.HandleFunc("desk.example/old", fails(301, "Location", "/new?page=2"))
	p.HandleFunc("desk.example/new", func(w http.ResponseWriter, r *http.Request) {
		says(fmt.Sprintf("%q", r.Header.Get("Authorization")+" "+r.URL.RawQuery))(w, r)
	})
	var got string
	if err := p.client(t, Desk{}, bearer("hunter2")).Get(t.Context(), "/old", nil, &got); err != nil || got != "Bearer hunter2 page=2" {
		t.Errorf("got %q and %v", got, err)
	}
}

func TestRedirectsElsewhereAreRefusedAndTheCredentialsKept(t *testing.T) {
	for _, c := range []struct {
		name, method, location string
		code                   int
	}{
		{"another host", http.MethodGet, "http://thief.example/", 302},
		{"a host below", http.MethodGet, "http://thief.desk.example/", 302},
		{"another port", http.MethodGet, "http://desk.example:8080/stolen", 302},
		{"without TLS, or with it", http.MethodGet, "https://desk.example/stolen", 302},
		{"with the question", http.MethodPost, "http://thief.example/", 307},
		{"a question that becomes another one", http.MethodPost, "/stolen", 302},
		{"in a circle", http.MethodGet, "/", 302},
	} {
		for kind, set := range map[string]func(*Config){
			"bearer": bearer("hunter2"),
			"basic":  func(conf *Config) { conf.HTTP.BasicAuth = &config.BasicAuth{Username: "ann", Password: "hunter2"} },
			"header": func(conf *Config) {
				conf.HTTP.HTTPHeaders = &config.Headers{Headers: map[string]config.Header{"X-Key": {Secrets: []config.Secret{"hunter2"}}}}
			},
			"oauth2": oauth("s3cret"),
		} {
			t.Run(c.name+" "+kind, func(t *testing.T) {
				p := newPlace(t)
				p.Handle("login.example/tokens", &login{secret: "s3cret"})
				p.HandleFunc("/", func(_ http.ResponseWriter, r *http.Request) { t.Errorf("asked %s%s with %v", r.Host, r.URL, r.Header) })
				p.HandleFunc("desk.example/stolen", func(_ http.ResponseWriter, r *http.Request) { t.Errorf("asked %s%s", r.Host, r.URL) })
				p.answers(fails(c.code, "Location", c.location))
				err := p.client(t, Desk{}, set).Do(t.Context(), Request{Method: c.method, Path: "/tickets", Body: 1}, nil)
				expectError(t, err, sources.ReasonBadAnswer, "/tickets: the desk redirects elsewhere: correct url")
			})
		}
	}
}

func TestRedirectsCanBeSwitchedOff(t *testing.T) {
	p := newPlace(t)
	p.answers(fails(302, "Location", "/new"))
	err := p.client(t, Desk{}, func(c *Config) { c.HTTP.FollowRedirects = false }).Get(t.Context(), "/tickets", nil, nil)
	expectError(t, err, sources.ReasonBadAnswer, "302 Found: the desk answers elsewhere")
}

func packed(t *testing.T, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func sends(encoding string, body []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", encoding)
		_, _ = w.Write(body)
	}
}

func TestPackedAnswersAreUnpacked(t *testing.T) {
	whole := packed(t, []byte(`{"id":42}`))
	for _, c := range []struct {
		name, encoding string
		body           []byte
		says           string // empty: it is read
	}{
		{"gzip", "gzip", whole, ""},
		{"its old name", "X-GZIP", whole, ""},
		{"not packed", "", []byte(`{"id":42}`), ""},
		{"torn", "gzip", whole[:len(whole)-6], errTorn.Error()},
		{"not what it says", "gzip", []byte(`{"id":42}`), errTorn.Error()},
		{"a wrong sum", "gzip", append(whole[:len(whole)-8:len(whole)-8], 1, 2, 3, 4, 9, 0, 0, 0), errTorn.Error()},
		{"packed in another way", "br", whole, "not JSON"},
		{"a bomb", "gzip", bomb(t), "larger than 64 MB"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPlace(t)
			p.HandleFunc("desk.example/", sends(c.encoding, c.body))
			var out struct{ ID int }
			f := p.client(t, Desk{}, nil).attempt(t.Context(), Request{As: "/tickets"}, nil, &out)
			switch {
			case c.says == "" && (f != nil || out.ID != 42):
				t.Errorf("got %+v and %v", out, f)
			case c.says == "":
			case f == nil:
				t.Error("no error")
			default:
				expectError(t, f.error, sources.ReasonBadAnswer, c.says)
				if (f.error != nil && TooMuch(f.error)) != strings.Contains(c.says, "larger") {
					t.Errorf("asking for less would mend it: %t", TooMuch(f.error))
				}
			}
		})
	}
}

// bomb is small and unpacks to one byte more than an answer may have. Packed
// data may follow one another.
func bomb(t *testing.T) []byte {
	t.Helper()
	return append(bytes.Repeat(packed(t, make([]byte, maxBody/64)), 64), packed(t, []byte(" "))...)
}

func TestAnAnswerMayHave64MB(t *testing.T) {
	whole := bomb(t)
	whole = whole[:len(whole)-len(packed(t, []byte(" ")))]
	for _, c := range []struct {
		name, encoding string
		body           []byte
		says           string // empty: it is read
	}{
		{"just as much, packed", "gzip", whole, ""},
		{"as it is", "", make([]byte, maxBody), ""},
		{"one more", "", make([]byte, maxBody+1), "larger than 64 MB"},
	} {
		p := newPlace(t)
		p.HandleFunc("desk.example/", sends(c.encoding, c.body))
		f := p.client(t, Desk{}, nil).attempt(t.Context(), Request{As: "/tickets"}, nil, nil)
		if c.says == "" && f != nil {
			t.Errorf("%s: %v", c.name, f)
		}
		if c.says != "" && (f == nil || !strings.Contains(f.Error(), c.says)) {
			t.Errorf("%s: got %v, want %s", c.name, f, c.says)
		}
	}
}

func TestManyMayAskAtOnce(t *testing.T) {
	p, l := newPlace(t), &login{secret: "s3cret"}
	p.Handle("login.example/tokens", l)
	p.HandleFunc("desk.example/", l.asks(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ratelimit-limit", "1000000")
		w.Header().Set("ratelimit-remaining", "999999")
		w.Header().Set("zendesk-ratelimit-incremental-exports", "total=1000000; remaining=999999; resets=1")
		says(fmt.Sprintf("%q", r.URL.Query().Get("n")))(w, r)
	}))
	client := p.client(t, Desk{Header: http.Header{"X-A": {"b"}}, Buckets: exports(1e6).Buckets}, func(c *Config) {
		oauth("s3cret")(c)
		c.RateLimit = 1e9
		c.HTTP.HTTPHeaders = &config.Headers{Headers: map[string]config.Header{"X-A": {Values: []string{"c"}}}}
	})
	var asking sync.WaitGroup
	for i := range 16 {
		asking.Go(func() {
			for j := range 20 {
				if i == 0 && j%5 == 0 {
					l.set(func() { l.good = "revoked" })
				}
				n, got := fmt.Sprint(i, j), ""
				request := Request{Path: "/tickets", Query: url.Values{"n": {n}}, Bucket: []string{"", "exports"}[j%2]}
				// A token may be revoked between its renewal and its use.
				if err := client.Do(t.Context(), request, &got); (err != nil || got != n) && StatusOf(err) != http.StatusUnauthorized {
					t.Errorf("got %q and %v, want %q", got, err, n)
				}
			}
		})
	}
	asking.Wait()
}

func TestTLSAndProxy(t *testing.T) {
	desk := httptest.NewTLSServer(says(`"over TLS"`))
	defer desk.Close()
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: desk.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	var through atomic.Int64
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		through.Add(1)
		if r.Header.Get("Proxy-Authorization") != "Basic YW5uOmh1bnRlcjI=" { // ann:hunter2
			w.WriteHeader(http.StatusProxyAuthRequired)
			return
		}
		says(fmt.Sprintf("%q", "through the proxy to "+r.URL.Host))(w, r)
	}))
	defer proxy.Close()
	via := func(user string) func(*Config) {
		return func(c *Config) {
			at, err := url.Parse(strings.Replace(proxy.URL, "http://", "http://"+user+"@", 1))
			if err != nil {
				t.Fatal(err)
			}
			c.HTTP.ProxyURL = config.URL{URL: at}
		}
	}
	plain := strings.Replace(desk.URL, "https:", "http:", 1)
	for _, c := range []struct {
		name, url string
		set       func(*Config)
		want      string
		reason    sources.Reason
		says      string
	}{
		{"a certificate that is trusted", desk.URL, func(c *Config) { c.HTTP.TLSConfig.CAFile = ca }, "over TLS", "", ""},
		{"one that is not", desk.URL, func(*Config) {}, "", sources.ReasonUnreachable, "its certificate is not to be trusted: x509: "},
		{"another name", desk.URL, func(c *Config) { c.HTTP.TLSConfig.CAFile, c.HTTP.TLSConfig.ServerName = ca, "desk.invalid" }, "", sources.ReasonUnreachable, "not desk.invalid"},
		{"no check", desk.URL, func(c *Config) { c.HTTP.TLSConfig.InsecureSkipVerify = true }, "over TLS", "", ""},
		{"TLS forgotten", plain, func(*Config) {}, "", sources.ReasonBadAnswer, "400"},
		{"TLS where there is none", strings.Replace(proxy.URL, "http:", "https:", 1), func(*Config) {}, "", sources.ReasonUnreachable, "does not speak TLS"},
		{"a proxy", "http://desk.example", via("ann:hunter2"), "through the proxy to desk.example", "", ""},
		{"a proxy that wants a password", "http://desk.example", via("ann:s3cret"), "", sources.ReasonRefused, "407 Proxy Authentication Required: the proxy wants credentials"},
		{"the same before TLS", desk.URL, via("ann:s3cret"), "", sources.ReasonUnreachable, "the proxy answered 407 Proxy Authentication Required: check proxy_url"},
	} {
		t.Run(c.name, func(t *testing.T) {
			conf := DefaultConfig(c.url)
			c.set(&conf)
			client, err := New(conf, Desk{}, sources.Options{})
			if err != nil {
				t.Fatal(err)
			}
			var got string
			f := client.attempt(t.Context(), Request{As: "/tickets"}, nil, &got)
			switch {
			case c.says == "" && (f != nil || got != c.want):
				t.Errorf("got %q and %v, want %q", got, f, c.want)
			case c.says != "" && f == nil:
				t.Errorf("got %q and no error", got)
			case c.says != "":
				expectError(t, f.error, c.reason, c.says)
				if strings.Contains(f.Error(), "s3cret") {
					t.Errorf("the error tells the proxy's password: %v", f)
				}
			}
		})
	}
	if through.Load() == 0 {
		t.Error("nothing went through the proxy")
	}
}

func TestHostsThatAreNotThere(t *testing.T) {
	gone := httptest.NewServer(nil)
	gone.Close()
	conf := DefaultConfig(gone.URL)
	client, err := New(conf, Desk{}, sources.Options{})
	if err != nil {
		t.Fatal(err)
	}
	f := client.attempt(t.Context(), Request{As: "/tickets", Query: url.Values{"q": {"s3cret"}}}, nil, nil)
	expectError(t, f.error, sources.ReasonUnreachable, "connection refused")
	if strings.Contains(f.Error(), "s3cret") || f.attempts != attempts {
		t.Errorf("got %v and %d attempts", f, f.attempts)
	}
}

func TestNamesThatCannotBeLookedUp(t *testing.T) {
	for _, c := range []struct {
		err   net.DNSError
		says  string
		tries int
	}{
		{net.DNSError{Name: "acme.example", IsNotFound: true}, "no such host: acme.example: check url", 0},
		{net.DNSError{Name: "acme.example", IsTimeout: true}, "the name acme.example cannot be looked up", attempts},
	} {
		lost := &net.OpError{Op: "dial", Net: "tcp", Err: &c.err}
		client, err := New(DefaultConfig("http://acme.example"), Desk{}, sources.Options{Dial: func(context.Context, string, string) (net.Conn, error) { return nil, lost }})
		if err != nil {
			t.Fatal(err)
		}
		f := client.attempt(t.Context(), Request{As: "/tickets"}, nil, nil)
		expectError(t, f.error, sources.ReasonUnreachable, "/tickets: "+c.says)
		if f.attempts != c.tries {
			t.Errorf("%s: %d attempts, want %d", c.says, f.attempts, c.tries)
		}
	}
}

func TestCredentialsThatHTTPCannotSend(t *testing.T) {
	p := newPlace(t)
	p.answers(says(`{}`))
	err := p.client(t, Desk{}, bearer("two\nlines")).Get(t.Context(), "/tickets", nil, nil)
	expectError(t, err, sources.ReasonRefused, "characters that HTTP cannot send")
}

func TestAConnectionIsUsedAgainAfterAFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, dials := newPlace(t), 0
		long := func(w http.ResponseWriter, r *http.Request) { // longer than the buffers on its way
			w.WriteHeader(http.StatusServiceUnavailable)
			_, _ = w.Write(bytes.Repeat([]byte("x"), 20_000))
		}
		p.answers(long, long, says(`{}`))
		conf := DefaultConfig("http://desk.example")
		c, err := New(conf, Desk{}, sources.Options{Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
			dials++
			return p.dial(ctx, network, address)
		}})
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Get(t.Context(), "/tickets", nil, nil); err != nil || dials != 1 {
			t.Errorf("got %v over %d connections, want 1", err, dials)
		}
	})
}

// Relative paths begin where the configuration lies, however often a client is
// made of it.
func TestRelativePathsAreMovedOnce(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.MkdirAll("conf", 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("conf/token", []byte("hunter2"), 0o600); err != nil {
		t.Fatal(err)
	}
	p := newPlace(t)
	p.answers(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer hunter2" {
			w.WriteHeader(http.StatusUnauthorized)
		}
		says(`{}`)(w, r)
	})
	conf := DefaultConfig("http://desk.example")
	conf.HTTP.Authorization = &config.Authorization{Type: "Bearer", CredentialsFile: "token"}
	for range 2 {
		client, err := New(conf, Desk{}, sources.Options{Dial: p.dial, BaseDir: "conf"})
		if err != nil {
			t.Fatal(err)
		}
		if err := client.Get(t.Context(), "/tickets", nil, nil); err != nil {
			t.Error(err)
		}
	}
}

func TestGatedEndpointsAreToldFromFailures(t *testing.T) {
	for code, want := range map[int]bool{400: false, 401: false, 402: true, 403: true, 404: true, 410: true, 429: false, 500: false} {
		err := fmt.Errorf("fetch: %w", status(code, "/calls", 0).error)
		if Gated(err) != want || StatusOf(err) != code || TooMuch(err) != (code >= 500) {
			t.Errorf("%d: gated %t, status %d, too much %t", code, Gated(err), StatusOf(err), TooMuch(err))
		}
	}
	if err := context.Canceled; Gated(err) || StatusOf(err) != 0 || TooMuch(err) {
		t.Error("a cancellation is taken for an answer")
	}
}

func TestPathsInErrorsHaveNoIDs(t *testing.T) {
	for path, want := range map[string]string{
		"/api/v2/incremental/tickets/cursor": "/api/v2/incremental/tickets/cursor",
		"/api/v2/tickets/4711/comments.json": "/api/v2/tickets/{id}/comments.json",
		"/api/v2/tickets/4711.json":          "/api/v2/tickets/{id}",
		"/REST/2.0/user/ann@acme.example":    "/REST/2.0/user/{id}",
		"/conversations/5f2a8c01d3":          "/conversations/{id}",
		"/":                                  "/",
		"":                                   "",
	} {
		if got := withoutIDs(path); got != want {
			t.Errorf("%s: got %s, want %s", path, got, want)
		}
	}
	p := newPlace(t)
	p.answers(fails(403))
	c := p.client(t, Desk{}, nil)
	expectError(t, c.Do(t.Context(), Request{Path: "/user/ann", As: "/user/NAME"}, nil), sources.ReasonRefused, "/user/NAME: 403")
	expectError(t, c.Get(t.Context(), "/tickets/4711", nil, nil), sources.ReasonRefused, "/tickets/{id}: 403")
}

// Errors tell nothing that the desk wrote: it may repeat the request, and its
// answers hold what customers wrote.
func FuzzErrorsTellNoSecrets(f *testing.F) {
	const token, query, written = "tok_4f9c1a", "qry_77ab20", "wrt_c0ffee"
	mark := strings.NewReplacer("{T}", token, "{Q}", query, "{W}", written)
	head := "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
	for _, raw := range []string{
		"HTTP/1.1 401 {T} {Q}\r\nWww-Authenticate: {T}\r\n\r\n{W}",
		"HTTP/1.1 500 {W}\r\nContent-Length: 8\r\n\r\n{W}",
		"HTTP/1.1 429 {W}\r\nRetry-After: {T}\r\n\r\n{W}",
		"HTTP/1.1 302 Found\r\nLocation: http://thief.example/{T}?{Q}\r\n\r\n",
		"HTTP/1.1 302 Found\r\nLocation: http://[{T}]:{Q}/%zz\r\n\r\n",
		"HTTP/1.1 302 Found\r\nLocation: {T}://desk.example/{Q}\r\n\r\n",
		"{T} {Q} {W}\r\n\r\n", "HTTP/{T} 200 OK\r\n\r\n", "HTTP/1.1 {T} OK\r\n\r\n",
		"HTTP/1.1 200 OK\r\n{T}{Q}{W}\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: {T}\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: {W}\r\n\r\n", "HTTP/1.1 101 {W}\r\nUpgrade: {T}\r\n\r\n",
		head + "Transfer-Encoding: chunked\r\n\r\n{W}\r\n", head + "Content-Length: 900\r\n\r\n[\"{W}",
		head + "Content-Encoding: gzip\r\n\r\n{W}{T}", head + "\r\n<html>{W}</html>", head + "\r\n{W}", head + "\r\n{\"{W}\":\"{T}",
		head + "\r\n{\"count\":\"{W}\"}", head + "\r\n{\"count\":4711000000000000000000}", head + "\r\n{\"at\":\"{W}\"}",
		head + "\r\n{\"names\":{\"{W}\":\"{T}\"}}", head + "\r\n[\"{W}\"]", head + "\r\n\"{W}\"",
	} {
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		p := newPlace(t)
		p.HandleFunc("desk.example/", writes(mark.Replace(raw)))
		client := p.client(t, Desk{}, bearer(token))
		var out struct {
			Count int            `json:"count"`
			At    json.Number    `json:"at"`
			Names map[string]int `json:"names"`
		}
		request := Request{Path: "/tickets", As: "/tickets", Query: url.Values{"q": {query}}}
		failed := client.attempt(t.Context(), request, nil, &out)
		if failed == nil {
			return
		}
		for err := range chain(failed) {
			for _, secret := range []string{token, query, written, "4711"} {
				if strings.Contains(err.Error(), secret) {
					t.Errorf("%q has %q in it", err, secret)
				}
			}
		}
	})
}

// chain yields an error and all that it wraps: whoever unwraps may print each.
func chain(err error) func(yield func(error) bool) {
	return func(yield func(error) bool) {
		for err != nil && yield(err) {
			next, ok := err.(interface{ Unwrap() error })
			if !ok {
				return
			}
			err = next.Unwrap()
		}
	}
}
