package app

import (
	"context"
	"crypto/tls"
	"fmt"
	"net/http"
	"time"
)

// healthTime bounds how long an exporter may take to answer.
const healthTime = 5 * time.Second

// CheckHealth asks the exporter that listens at the first address of the
// options whether it lives. Any answer says so, one that wants a password or a
// certificate too. It is for containers that have no other program to ask with.
func CheckHealth(ctx context.Context, o Options) error {
	ctx, cancel := context.WithTimeout(ctx, healthTime)
	defer cancel()
	address := (*o.Web.WebListenAddresses)[0]
	// A server without TLS says nothing of one who tries it, one with TLS logs
	// who comes without.
	if answers(ctx, "https", address) == nil {
		return nil
	}
	if err := answers(ctx, "http", address); err != nil {
		return fmt.Errorf("no exporter answers at %s: %w; is --web.listen-address the one that it was started with?", address, err)
	}
	return nil
}

// answers asks for the health of whoever listens at an address.
func answers(ctx context.Context, scheme, address string) error {
	// The certificate names the host as others know it, and nothing is told to
	// the server or taken from it.
	client := &http.Client{Transport: &http.Transport{
		TLSClientConfig:   &tls.Config{InsecureSkipVerify: true},
		DisableKeepAlives: true,
	}}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, scheme+"://"+address+"/-/healthy", nil)
	if err != nil {
		return err
	}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	return response.Body.Close()
}
