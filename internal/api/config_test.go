package api

import (
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/config"
	"github.com/prometheus/common/model"

	"helpdesk_exporter/sources"
)

func TestEachMistakeIsToldWithItsKey(t *testing.T) {
	for _, c := range []struct {
		name string
		set  func(*Config)
		want string // empty: it is right
	}{
		{"the defaults", func(*Config) {}, ""},
		{"an address with a port and a path", func(c *Config) { c.URL = "http://127.0.0.1:8080/rt/REST/2.0/" }, ""},
		{"no url", func(c *Config) { c.URL = "" }, "url: required"},
		{"no scheme", func(c *Config) { c.URL = "acme.example" }, "url: must be an http or https address"},
		{"another scheme", func(c *Config) { c.URL = "ftp://acme.example" }, "url: must be an http or https address"},
		{"no host", func(c *Config) { c.URL = "https://:443/x" }, "url: must be an http or https address"},
		{"no address", func(c *Config) { c.URL = "https://acme.example/%zz" }, "url: must be an http or https address"},
		{"a password", func(c *Config) { c.URL = "https://ann:hunter2@acme.example" }, "url: has a user or a password in it"},
		{"a query", func(c *Config) { c.URL = "https://acme.example?key=hunter2" }, "url: has a query"},
		{"an empty query", func(c *Config) { c.URL = "https://acme.example?" }, "url: has a query"},
		{"a fragment", func(c *Config) { c.URL = "https://acme.example#hunter2" }, "url: has a query or a fragment"},
		{"no time", func(c *Config) { c.RequestTimeout = 0 }, "request_timeout: 0s is out of bounds"},
		{"too long", func(c *Config) { c.RequestTimeout = model.Duration(11 * time.Minute) }, "request_timeout: 11m is out of bounds"},
		{"a rate below zero", func(c *Config) { c.RateLimit = -1 }, "rate_limit: -1 is out of bounds"},
		{"all for others", func(c *Config) { c.RateReserve = 1 }, "rate_reserve: 1 is out of bounds"},
		{"a share below zero", func(c *Config) { c.RateReserve = -0.1 }, "rate_reserve: -0.1 is out of bounds"},
		{"two kinds of credentials", func(c *Config) {
			bearer("hunter2")(c)
			c.HTTP.BasicAuth = &config.BasicAuth{Username: "ann", Password: "hunter2"}
		}, "at most one of basic_auth"},
		{"OAuth2", oauth("hunter2"), ""},
		{"its own name", func(c *Config) { oauth("hunter2")(c); c.HTTP.OAuth2.GrantType = "client_credentials" }, ""},
		{"another grant", func(c *Config) {
			oauth("hunter2")(c)
			c.HTTP.OAuth2.GrantType = "urn:ietf:params:oauth:grant-type:jwt-bearer"
		}, "oauth2: grant_type: only client_credentials"},
		{"a store of secrets", func(c *Config) { oauth("")(c); c.HTTP.OAuth2.ClientSecretRef = "hunter2" }, "oauth2: client_secret_ref: "},
	} {
		conf := DefaultConfig("https://acme.example")
		c.set(&conf)
		err := conf.Validate()
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", c.name, err)
		case c.want != "" && (err == nil || !strings.HasPrefix(err.Error(), c.want)):
			t.Errorf("%s: got %v, want %s", c.name, err, c.want)
		}
		if err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: the error tells a secret: %v", c.name, err)
		}
	}
}

func TestAllMistakesAreToldAtOnce(t *testing.T) {
	conf := Config{RateLimit: -1, RateReserve: 2}
	err := conf.Validate()
	for _, key := range []string{"url: ", "request_timeout: ", "rate_limit: ", "rate_reserve: "} {
		if err == nil || !strings.Contains("\n"+err.Error(), "\n"+key) {
			t.Errorf("nothing of %s in:\n%v", key, err)
		}
	}
}

func TestWhatCountsAsCredentials(t *testing.T) {
	for name, set := range map[string]func(*Config){
		"basic_auth":         func(c *Config) { c.HTTP.BasicAuth = &config.BasicAuth{} },
		"authorization":      bearer("hunter2"),
		"bearer_token":       func(c *Config) { c.HTTP.BearerToken = "hunter2" },
		"bearer_token_file":  func(c *Config) { c.HTTP.BearerTokenFile = "token" },
		"oauth2":             oauth("hunter2"),
		"http_headers":       func(c *Config) { c.HTTP.HTTPHeaders = &config.Headers{} },
		"a certificate":      func(c *Config) { c.HTTP.TLSConfig.CertFile = "cert.pem" },
		"one in the setting": func(c *Config) { c.HTTP.TLSConfig.Cert = "PEM" },
	} {
		conf := DefaultConfig("https://acme.example")
		if conf.Authenticates() {
			t.Fatal("the defaults have credentials")
		}
		set(&conf)
		if !conf.Authenticates() {
			t.Errorf("%s: not seen", name)
		}
	}
}

func TestTheHostIsToldWithoutItsPort(t *testing.T) {
	for address, want := range map[string]string{
		"https://acme.example": "acme.example", "http://127.0.0.1:8080/rt": "127.0.0.1", "http://[::1]:8080": "::1", "http://%zz": "",
	} {
		conf := DefaultConfig(address)
		if got := conf.Host(); got != want {
			t.Errorf("%s: got %q, want %q", address, got, want)
		}
	}
}

func TestAClientThatCannotBeMade(t *testing.T) {
	for name, set := range map[string]func(*Config){
		"no address":            func(c *Config) { c.URL = "http://%zz" },
		"no certificate":        func(c *Config) { c.HTTP.TLSConfig.CAFile = "nowhere.pem" },
		"none for the token":    func(c *Config) { oauth("hunter2")(c); c.HTTP.OAuth2.TLSConfig.CAFile = "nowhere.pem" },
		"a store of secrets":    func(c *Config) { c.HTTP.Authorization = &config.Authorization{Type: "Bearer", CredentialsRef: "x"} },
		"none for its password": func(c *Config) { c.HTTP.BasicAuth = &config.BasicAuth{PasswordRef: "x"} },
	} {
		conf := DefaultConfig("https://acme.example")
		set(&conf)
		if _, err := New(conf, Desk{}, sources.Options{}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
