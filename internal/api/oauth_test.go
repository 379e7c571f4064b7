package api

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/common/config"

	"helpdesk_exporter/sources"
)

func oauth(secret string) func(*Config) {
	return func(c *Config) {
		c.HTTP.OAuth2 = &config.OAuth2{
			ClientID: "exporter", ClientSecret: config.Secret(secret), TokenURL: "http://login.example/tokens?tenant=acme_tenant",
			Scopes: []string{"read"}, EndpointParams: map[string]string{"audience": "desk"},
		}
	}
}

// A login hands out tokens for one secret and knows those that are good.
type login struct {
	mu     sync.Mutex // guards all below
	secret string
	lasts  int // seconds; 0: it does not say
	issued int
	good   string
}

func (l *login) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	id, secret, _ := r.BasicAuth()
	if id != "exporter" || secret != l.secret || r.FormValue("grant_type") != "client_credentials" || r.FormValue("scope") != "read" || r.FormValue("audience") != "desk" {
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = w.Write([]byte(`{"error":"invalid_client","error_description":"` + secret + `"}`))
		return
	}
	l.issued++
	l.good = fmt.Sprintf("token_%d", l.issued)
	says(fmt.Sprintf(`{"access_token":%q,"token_type":"bearer","expires_in":%d}`, l.good, l.lasts))(w, r)
}

func (l *login) asks(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		l.mu.Lock()
		good := l.good
		l.mu.Unlock()
		if good == "" || r.Header.Get("Authorization") != "Bearer "+good {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		next(w, r)
	}
}

func (l *login) set(change func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	change()
}

func TestATokenIsRenewedWhenItExpires(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, l := newPlace(t), &login{secret: "s3cret", lasts: 3600}
		p.Handle("login.example/tokens", l)
		p.answers(l.asks(says(`{}`)))
		c := p.client(t, Desk{}, oauth("s3cret"))
		for range 4 { // at 0m, 40m, 80m, 120m: the first token ends at 60m, the second at 140m
			if err := c.Get(t.Context(), "/tickets", nil, nil); err != nil {
				t.Fatal(err)
			}
			time.Sleep(40 * time.Minute)
		}
		if l.issued != 2 || p.traffic["200"] != 4 || len(p.traffic) != 1 {
			t.Errorf("%d tokens and %v, want 2 and 4 times 200", l.issued, p.traffic)
		}
	})
}

func TestATokenThatIsTakenNoMoreIsRenewedAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, l := newPlace(t), &login{secret: "s3cret"} // its tokens never expire
		p.Handle("login.example/tokens", l)
		p.answers(l.asks(func(w http.ResponseWriter, r *http.Request) {
			var body [64]byte
			n, _ := r.Body.Read(body[:])
			says(fmt.Sprintf("%q", body[:n]))(w, r)
		}))
		c, start := p.client(t, Desk{}, oauth("s3cret")), time.Now()
		var echo string
		ask := func() error {
			return c.Do(t.Context(), Request{Method: http.MethodPost, Path: "/search", Body: []int{4, 2}}, &echo)
		}
		if err := ask(); err != nil {
			t.Fatal(err)
		}
		l.set(func() { l.good = "revoked" })
		if err := ask(); err != nil || echo != "[4,2]" {
			t.Fatalf("got %q and %v, want the same question with a new token", echo, err)
		}
		if l.issued != 2 || p.traffic["401"] != 1 || time.Since(start) != 0 {
			t.Errorf("%d tokens, %v, after %s, want 2, one 401 and no wait", l.issued, p.traffic, time.Since(start))
		}
	})
}

// A desk that takes none of its own tokens is not asked for ever more of them.
func TestTokensThatAreNeverTakenAreRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, l := newPlace(t), &login{secret: "s3cret"}
		p.Handle("login.example/tokens", l)
		p.answers(fails(401))
		c := p.client(t, Desk{}, oauth("s3cret"))
		for want := 1; want <= 2; want++ {
			expectError(t, c.Get(t.Context(), "/tickets", nil, nil), sources.ReasonRefused, "401")
			if l.issued != want {
				t.Errorf("%d tokens, want %d", l.issued, want)
			}
		}
	})
}

func TestManyWhoFindTheirTokenSpentShareTheNextOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, l := newPlace(t), &login{secret: "s3cret"}
		p.Handle("login.example/tokens", l)
		p.answers(l.asks(func(w http.ResponseWriter, r *http.Request) {
			time.Sleep(time.Second)
			says(`{}`)(w, r)
		}))
		c := p.client(t, Desk{}, oauth("s3cret"))
		if err := c.Get(t.Context(), "/tickets", nil, nil); err != nil {
			t.Fatal(err)
		}
		l.set(func() { l.good = "revoked" })
		var asking sync.WaitGroup
		for range 20 {
			asking.Go(func() {
				if err := c.Get(t.Context(), "/tickets", nil, nil); err != nil {
					t.Error(err)
				}
			})
		}
		asking.Wait()
		if l.issued != 2 {
			t.Errorf("%d tokens, want 2", l.issued)
		}
	})
}

func TestWhyThereIsNoToken(t *testing.T) {
	for _, c := range []struct {
		name   string
		answer http.HandlerFunc
		tries  int64
		reason sources.Reason
		says   string
	}{
		{"the secret is wrong", fails(401), 2, sources.ReasonRefused, "the token endpoint answered 401: check client_id"}, // in two forms
		{"it says so with 400", says400, 2, sources.ReasonRefused, "answered 400"},
		{"it says so with 200", says(`{"error":"invalid_scope","error_description":"s3cret"}`), 2, sources.ReasonRefused, "answered 200"},
		{"it is elsewhere", fails(307, "Location", "http://thief.example/"), 2, sources.ReasonRefused, "answered 307"},
		{"it is out of order", fails(503), 10, sources.ReasonUnreachable, "answered 503"},
		{"it has a limit", fails(429, "Retry-After", "2"), 10, sources.ReasonRateLimited, "answered 429"},
		{"it is silent", silent, 2, sources.ReasonUnreachable, "the token endpoint: no answer in time"},
		{"it is a page", says(`<html>`), 10, sources.ReasonUnreachable, "the token endpoint: "},
		{"it gives none", says(`{}`), 10, sources.ReasonUnreachable, "the token endpoint: "},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPlace(t)
				var tries atomic.Int64
				p.HandleFunc("login.example/", func(w http.ResponseWriter, r *http.Request) {
					tries.Add(1)
					c.answer(w, r)
				})
				p.HandleFunc("thief.example/", func(http.ResponseWriter, *http.Request) { t.Error("the secret went elsewhere") })
				p.answers(says(`{}`))
				err := p.client(t, Desk{}, oauth("s3cret")).Get(t.Context(), "/tickets", nil, nil)
				expectError(t, err, c.reason, c.says)
				if tries.Load() != c.tries || len(p.times()) != 0 {
					t.Errorf("asked for a token %d times, want %d, and the desk %d times", tries.Load(), c.tries, len(p.times()))
				}
				if strings.Contains(err.Error(), "s3cret") || strings.Contains(err.Error(), "acme_tenant") {
					t.Errorf("the error tells a secret: %v", err)
				}
			})
		})
	}
}

func says400(w http.ResponseWriter, _ *http.Request) {
	w.WriteHeader(http.StatusBadRequest)
	_, _ = w.Write([]byte(`{"error":"invalid_client","error_description":"s3cret"}`))
}

func TestASecretThatChangesInItsFileCountsWithoutARestart(t *testing.T) {
	dir := t.TempDir()
	put := func(text string) {
		if err := os.WriteFile(filepath.Join(dir, "secret"), []byte(text+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name string
		set  func(*config.HTTPClientConfig)
		sent func(*http.Request) string
	}{
		{"bearer token", func(h *config.HTTPClientConfig) {
			h.Authorization = &config.Authorization{Type: "Bearer", CredentialsFile: "secret"}
		}, func(r *http.Request) string { return strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ") }},
		{"password", func(h *config.HTTPClientConfig) {
			h.BasicAuth = &config.BasicAuth{Username: "ann", PasswordFile: "secret"}
		}, func(r *http.Request) string {
			_, password, _ := r.BasicAuth()
			return password
		}},
		{"header", func(h *config.HTTPClientConfig) {
			h.HTTPHeaders = &config.Headers{Headers: map[string]config.Header{"X-Key": {Files: []string{"secret"}}}}
		}, func(r *http.Request) string { return r.Header.Get("X-Key") }},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPlace(t)
			var sent []string
			p.answers(func(w http.ResponseWriter, r *http.Request) {
				sent = append(sent, c.sent(r))
				says(`{}`)(w, r)
			})
			conf := DefaultConfig("http://desk.example")
			c.set(&conf.HTTP)
			client, err := New(conf, Desk{}, sources.Options{Dial: p.dial, BaseDir: dir})
			if err != nil {
				t.Fatal(err)
			}
			for _, secret := range []string{"first", "second"} {
				put(secret)
				if err := client.Get(t.Context(), "/tickets", nil, nil); err != nil {
					t.Fatal(err)
				}
			}
			if fmt.Sprint(sent) != "[first second]" {
				t.Errorf("sent %v", sent)
			}
			if err := os.Remove(filepath.Join(dir, "secret")); err != nil {
				t.Fatal(err)
			}
			expectError(t, client.Get(t.Context(), "/tickets", nil, nil), sources.ReasonRefused, filepath.Join(dir, "secret"))
		})
	}
}

func TestAClientSecretThatChangesInItsFileGetsATokenOfItsOwn(t *testing.T) {
	file := filepath.Join(t.TempDir(), "secret")
	p, l := newPlace(t), &login{lasts: 3600}
	p.Handle("login.example/tokens", l)
	p.answers(l.asks(says(`{}`)))
	c := p.client(t, Desk{}, func(c *Config) {
		oauth("")(c)
		c.HTTP.OAuth2.ClientSecretFile = file
	})
	for _, secret := range []string{"first", "second"} {
		if err := os.WriteFile(file, []byte(secret+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		l.set(func() { l.secret = secret })
		if err := c.Get(t.Context(), "/tickets", nil, nil); err != nil {
			t.Fatal(err)
		}
	}
	if l.issued != 2 {
		t.Errorf("%d tokens, want one for each secret", l.issued)
	}
}

// Whoever waits for a token that another one asks for leaves when their own
// time is over.
func TestWaitingForOthersTokensEndsWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlace(t)
		p.HandleFunc("login.example/", silent)
		p.answers(says(`{}`))
		c := p.client(t, Desk{}, oauth("s3cret"))
		first, endFirst := context.WithCancel(t.Context())
		var asking sync.WaitGroup
		asking.Go(func() { _ = c.Get(first, "/tickets", nil, nil) })
		synctest.Wait()
		second, endSecond := context.WithTimeout(t.Context(), time.Second)
		defer endSecond()
		start := time.Now()
		_ = c.Get(second, "/tickets", nil, nil)
		if took := time.Since(start); took != time.Second {
			t.Errorf("waited %s, want 1s", took)
		}
		endFirst()
		asking.Wait()
	})
}
