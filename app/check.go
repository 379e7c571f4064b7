package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"helpdesk_exporter/config"
	"helpdesk_exporter/sources"
)

// CheckConfig reads and checks the configuration.
func CheckConfig(o Options) error {
	_, _, err := load(o)
	return err
}

// CheckSources reads the first page of each source, keeps nothing of it, and
// writes how it went.
func CheckSources(ctx context.Context, o Options, w io.Writer) error {
	c, _, err := load(o)
	if err != nil {
		return err
	}
	var errs []error
	for _, s := range c.Sources {
		if err := checkSource(ctx, c, s, o, w); err != nil {
			errs = append(errs, fmt.Errorf("source %q: %w", s.Shared().Name, err))
		}
	}
	return errors.Join(errs...)
}

func checkSource(ctx context.Context, c *config.Config, s sources.Config, o Options, w io.Writer) error {
	source, err := s.New(sources.Options{
		Logger: o.Logger, BaseDir: c.Dir, MaxSkew: time.Duration(c.Global.MaxSkew),
	})
	if err != nil {
		return err
	}
	page, err := source.Fetch(ctx, nil, time.Now().UTC())
	if err != nil {
		return err
	}
	more := ""
	if page.More {
		more = ", and there is more"
	}
	_, err = fmt.Fprintf(w, "%s: first page: %d records, %d rejects%s\n", s.Shared().Name, len(page.Records), len(page.Rejects), more)
	for _, r := range page.Rejects[:min(len(page.Rejects), 5)] {
		_, _ = fmt.Fprintf(w, "  %s: %s: %s\n", r.Where, r.Reason, r.Detail)
	}
	return err
}
