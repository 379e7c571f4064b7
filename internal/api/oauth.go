package api

import (
	"context"
	"net/http"
	"net/url"

	"github.com/prometheus/common/config"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

// tokens authorises requests by OAuth2 client credentials, as the round tripper
// of prometheus/common does, with two differences: a token endpoint that does not
// answer holds nobody up for longer than their request may take, and a token that
// the desk takes no longer is renewed, though it has not expired or never does.
type tokens struct {
	secret config.SecretReader
	client *http.Client // asks the token endpoint
	next   http.RoundTripper

	turn  chan struct{} // has room for one, who alone may touch what is below
	grant clientcredentials.Config
	token *oauth2.Token
}

func newTokens(c *config.OAuth2, next http.RoundTripper, options []config.HTTPClientOption) (*tokens, error) {
	// Redirects are not followed: the secret is for the token endpoint alone.
	client, err := config.NewClientFromConfig(config.HTTPClientConfig{
		TLSConfig: c.TLSConfig, ProxyConfig: c.ProxyConfig, EnableHTTP2: true,
	}, "helpdesk_token", options...)
	if err != nil {
		return nil, err
	}
	t := &tokens{
		secret: config.NewInlineSecret(string(c.ClientSecret)), client: client, next: next, turn: make(chan struct{}, 1),
		grant: clientcredentials.Config{ClientID: c.ClientID, TokenURL: c.TokenURL, Scopes: c.Scopes, EndpointParams: url.Values{}},
	}
	if c.ClientSecretFile != "" {
		t.secret = config.NewFileSecret(c.ClientSecretFile)
	}
	for name, value := range c.EndpointParams {
		t.grant.EndpointParams.Set(name, value)
	}
	return t, nil
}

// tokenError is a token that could not be had.
type tokenError struct{ error }

func (e *tokenError) Unwrap() error { return e.error }

// RoundTrip implements [http.RoundTripper].
func (t *tokens) RoundTrip(r *http.Request) (*http.Response, error) {
	token, fresh, err := t.valid(r.Context(), nil)
	if err != nil {
		return nil, &tokenError{err}
	}
	answer, err := t.next.RoundTrip(authorised(r, token))
	sentOnce := r.Body != nil && r.GetBody == nil
	if err != nil || answer.StatusCode != http.StatusUnauthorized || fresh || sentOnce {
		return answer, err
	}
	drain(answer)
	_ = answer.Body.Close()
	if token, _, err = t.valid(r.Context(), token); err != nil {
		return nil, &tokenError{err}
	}
	again := authorised(r, token)
	if r.Body != nil {
		if again.Body, err = r.GetBody(); err != nil {
			return nil, err
		}
	}
	return t.next.RoundTrip(again)
}

func authorised(r *http.Request, token *oauth2.Token) *http.Request {
	with := r.Clone(r.Context())
	token.SetAuthHeader(with)
	return with
}

// valid returns a token other than the one that is spent, and whether it was
// asked for just now. A secret that has changed in its file asks for a new one.
func (t *tokens) valid(ctx context.Context, spent *oauth2.Token) (token *oauth2.Token, fresh bool, err error) {
	select {
	case t.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, false, ctx.Err()
	}
	defer func() { <-t.turn }()
	secret, err := t.secret.Fetch(ctx)
	if err != nil {
		return nil, false, err
	}
	if t.token.Valid() && t.token != spent && t.grant.ClientSecret == secret {
		return t.token, false, nil
	}
	t.grant.ClientSecret = secret
	t.token, err = t.grant.Token(context.WithValue(ctx, oauth2.HTTPClient, t.client))
	return t.token, true, err
}
