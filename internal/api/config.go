// Package api speaks JSON over HTTP to help desks, for adapters that read an
// API: credentials, time limits, pauses that the desk asks for, retries, and
// errors that say what to do and hold no secret.
package api

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/prometheus/common/config"
	"github.com/prometheus/common/model"
)

// Config is what the configuration of an adapter says of how its desk is
// reached. Adapters hold it in a named, inlined field, as they do what all
// sources share: an embedded one would lend them the decoding of its parts.
type Config struct {
	// URL is where the desk's API begins, without the path of any endpoint.
	URL string `yaml:"url"`
	// RequestTimeout is how long one request may take, its answer included.
	RequestTimeout model.Duration `yaml:"request_timeout,omitempty"`
	// RateLimit is how many requests a minute are made at most; 0 is as many as
	// the desk allows.
	RateLimit float64 `yaml:"rate_limit,omitempty"`
	// RateReserve is the share of the requests which the desk allows its account
	// that is left to others.
	RateReserve float64 `yaml:"rate_reserve,omitempty"`
	// HTTP is the client as Prometheus configures it.
	HTTP config.HTTPClientConfig `yaml:",inline"`
}

// DefaultConfig returns what a configuration starts from. address is where most
// desks of the type are, empty where each has its own.
func DefaultConfig(address string) Config {
	return Config{
		URL: address, RequestTimeout: model.Duration(time.Minute), RateReserve: 0.2,
		HTTP: config.DefaultHTTPClientConfig,
	}
}

// The bounds of a configuration.
const (
	longestTimeout = 10 * time.Minute
	mostReserve    = 0.9
)

// Validate reports every mistake, each beginning with its key.
func (c *Config) Validate() error {
	errs := []error{c.checkURL()}
	if t := time.Duration(c.RequestTimeout); t <= 0 || t > longestTimeout {
		errs = append(errs, fmt.Errorf("request_timeout: %s is out of bounds; write at most %s", c.RequestTimeout, model.Duration(longestTimeout)))
	}
	if !(c.RateLimit >= 0) {
		errs = append(errs, fmt.Errorf("rate_limit: %v is out of bounds; write how many requests a minute are allowed, or 0", c.RateLimit))
	}
	if !(c.RateReserve >= 0 && c.RateReserve <= mostReserve) {
		errs = append(errs, fmt.Errorf("rate_reserve: %v is out of bounds; write a share from 0 to %v", c.RateReserve, mostReserve))
	}
	return errors.Join(append(errs, c.checkOAuth2(), c.HTTP.Validate())...)
}

// checkOAuth2 refuses what prometheus/common has and this client has not.
func (c *Config) checkOAuth2() error {
	o := c.HTTP.OAuth2
	switch {
	case o == nil:
		return nil
	case o.GrantType != "" && o.GrantType != "client_credentials":
		return errors.New("oauth2: grant_type: only client_credentials is known")
	case o.ClientSecretRef != "":
		return errors.New("oauth2: client_secret_ref: there is no store of secrets here: write client_secret_file")
	default:
		return nil
	}
}

// checkURL says nothing of the address itself: it may hold a password.
func (c *Config) checkURL() error {
	u, err := url.Parse(c.URL)
	switch {
	case c.URL == "":
		return errors.New("url: required: write where the help desk is, as https://acme.example")
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "":
		return errors.New("url: must be an http or https address, as https://acme.example")
	case u.User != nil:
		return errors.New("url: has a user or a password in it: write them under basic_auth")
	case u.RawQuery != "" || u.Fragment != "" || strings.ContainsAny(c.URL, "?#"):
		return errors.New("url: has a query or a fragment: write the address only")
	default:
		return nil
	}
}

// Authenticates reports whether any credentials are configured.
func (c *Config) Authenticates() bool {
	h := &c.HTTP
	return h.BasicAuth != nil || h.Authorization != nil || h.OAuth2 != nil || h.BearerToken != "" || h.BearerTokenFile != "" ||
		h.HTTPHeaders != nil || h.TLSConfig.Cert != "" || h.TLSConfig.CertFile != ""
}

// Host returns the host that is asked, without a port.
func (c *Config) Host() string {
	u, err := url.Parse(c.URL)
	if err != nil {
		return ""
	}
	return u.Hostname()
}
