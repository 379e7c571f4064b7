package config_test

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"

	promconfig "github.com/prometheus/common/config"

	"helpdesk_exporter/config"
	"helpdesk_exporter/sources"
)

// httpConfig is what an adapter of a help desk's API takes: the settings of an
// HTTP client, a key of its own that does not mask itself, and checks that say
// more than they should.
type httpConfig struct {
	apiConfig `yaml:"-"`
	Common    sources.Common              `yaml:",inline"`
	URL       string                      `yaml:"url"`
	Key       string                      `yaml:"api_key,omitempty"`
	Pages     int                         `yaml:"pages,omitempty"`
	HTTP      promconfig.HTTPClientConfig `yaml:",inline"`
}

func (c *httpConfig) Shared() *sources.Common { return &c.Common }

func (c *httpConfig) Validate() error {
	var errs []error
	if u, err := url.Parse(c.URL); err != nil || u.User != nil {
		errs = append(errs, fmt.Errorf("url: %q holds a name or a password: use basic_auth", c.URL))
	}
	if strings.Contains(c.Key, " ") {
		errs = append(errs, fmt.Errorf("api_key: %q holds a blank", c.Key), fmt.Errorf("the key %s holds a blank", c.Key))
	}
	return errors.Join(append(errs, c.HTTP.Validate())...)
}

func httpTypes() map[string]func() sources.Config {
	return map[string]func() sources.Config{
		"http": func() sources.Config { return &httpConfig{HTTP: promconfig.DefaultHTTPClientConfig} },
	}
}

// Whatever begins with hunter is a secret.
const manySecrets = `
sources:
  - name: plain
    type: http
    url: https://acme.example/users/@me
    api_key: hunter_key
    basic_auth: {username: ann, password: hunter_password}
    tls_config: {ca: certificate, cert: certificate, key: hunter_tls_key}
    proxy_url: http://hunter_proxy_user:hunter_proxy_password@proxy.example:3128
    proxy_connect_header: {X-Proxy: [hunter_proxy_header]}
    http_headers:
      X-Values: {values: [hunter_header, hunter_header_2]}
      X.Dotted: {values: [hunter_dotted]}
      X-Secrets: {secrets: [hunter_header_secret]}
      X-Files: {files: [secrets/header]}
  - name: token
    type: http
    url: https://acme.example
    authorization: {type: Bearer, credentials: hunter_credentials}
  - name: oauth
    type: http
    url: https://acme.example
    oauth2:
      client_id: exporter
      client_secret: hunter_client_secret
      token_url: https://acme.example/token
      endpoint_params: {audience: hunter_audience, api_key: hunter_param}
      proxy_url: http://hunter_token@proxy.example
`

var aSecret = regexp.MustCompile(`hunter\w*`)

func TestNoSecretOfAnAdapterIsShown(t *testing.T) {
	c, err := config.Parse([]byte(manySecrets), "config.yml", httpTypes())
	if err != nil {
		t.Fatal(err)
	}
	text := c.String()
	if found := aSecret.FindAllString(text, -1); found != nil {
		t.Errorf("shown: %q in\n%s", found, text)
	}
	for _, open := range []string{
		"https://acme.example/users/@me", "username: ann", "secrets/header", "client_id: exporter",
		"token_url: https://acme.example/token", "http://<secret>@proxy.example:3128", "api_key: <secret>",
	} {
		if !strings.Contains(text, open) {
			t.Errorf("%s is no secret and not shown:\n%s", open, text)
		}
	}
}

// Whatever begins with hun is a secret.
func TestNoMistakeShowsASecret(t *testing.T) {
	for name, test := range map[string]struct{ source, says string }{
		"a form of its own":       {"proxy_url: 'http://hunter_user:hunter_2@[bad'", "proxy_url: the value does not fit here"},
		"a slash in the password": {"proxy_url: 'http://user:hun/hunter_2@proxy'", "proxy_url: the value does not fit here"},
		"a name in the address":   {"url: 'https://ann:hunter_2@acme.example'", "url: "},
		"a short password":        {"url: 'https://ann:hunter@acme.example'", "url: "},
		"a token in the address":  {"url: 'https://hunter_2@acme.example'", "url: "},
		"a key for a name":        {"url: 'https://hunter:X@acme.example'", "url: "},
		"a short key":             {"api_key: hun 2", "api_key: "},
		"a private key":           {"tls_config: {key: !!float hunter}", "tls_config.key: the value does not fit here"},
		"a check that tells":      {"api_key: hunter 2", "api_key: "},
		"quoted in the check":     {`api_key: "hunter\t \"2"`, "api_key: "},
		"a key that is a list":    {"api_key: [hunter]", "api_key: "},
		"a key that is a mapping": {"api_key: {hunter: 2}", "api_key: "},
		"a password for a login":  {"basic_auth: hunter", "basic_auth: a single value does not fit here"},
		"of another type":         {"api_key: !!float hunter", "api_key: the value does not fit here"},
		"headers without values":  {"http_headers: {X-Key: hunter}", "http_headers.X-Key: must be a mapping"},
		"a header's single value": {"http_headers: {X-Key: {values: hunter}}", "values: must be a list"},
		"an alias by accident":    {"api_key: *hunter", "begins with *"},
		"an alias on purpose":     {"desk: &pw hunter_2 x\n    api_key: *pw", "api_key: "},
		"by a mistake elsewhere":  {"api_key: hunter_2\n    pages: [many]", "pages: "},
		"doubled":                 {"api_key: hunter\n    api_key: hunter_2", "api_key: this key is already on line"},
	} {
		t.Run(name, func(t *testing.T) {
			text := "sources:\n  - name: acme\n    type: http\n    " + test.source + "\n"
			_, err := config.Parse([]byte(text), "config.yml", httpTypes())
			if err == nil {
				t.Fatal("no mistake was found")
			}
			if strings.Contains(err.Error(), "hun") {
				t.Errorf("a secret is told: %v", err)
			}
			if !strings.Contains(err.Error(), test.says) {
				t.Errorf("nothing is said of %q: %v", test.says, err)
			}
		})
	}
}

func TestADigestChangesWithAllThatASourceIsMadeFrom(t *testing.T) {
	digest := func(name, text string) config.Digest {
		t.Helper()
		c, err := config.Parse([]byte(text), name, httpTypes())
		if err != nil {
			t.Fatal(err)
		}
		return c.SourceDigest(1)
	}
	first := digest("config.yml", manySecrets)
	for what, text := range map[string]string{
		"a comment":                   "# The same.\n" + manySecrets,
		"the form":                    strings.Replace(manySecrets, "{type: Bearer, credentials: hunter_credentials}", "\n      credentials: \"hunter_credentials\"\n      type: Bearer", 1),
		"another source":              strings.Replace(manySecrets, "hunter_key", "hunter_other", 1),
		"what sources do not look at": "global: {windows: [2d]}" + manySecrets,
	} {
		if digest("config.yml", text) != first {
			t.Errorf("%s is told as a change of the source", what)
		}
	}
	for what, text := range map[string]string{
		"a secret":          strings.Replace(manySecrets, "hunter_credentials", "hunter_new", 1),
		"the name":          strings.Replace(manySecrets, "name: token", "name: tokens", 1),
		"the poll interval": "global: {poll_interval: 2m}" + manySecrets,
		"the skew":          "global: {max_skew: 1m}" + manySecrets,
	} {
		if digest("config.yml", text) == first {
			t.Errorf("%s has changed and nobody tells", what)
		}
	}
	if digest("other/config.yml", manySecrets) == first {
		t.Error("relative paths mean other files and nobody tells")
	}
}
