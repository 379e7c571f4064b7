package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"helpdesk_exporter/sources"
)

// CheckConfig reads and checks the configuration, as far as that needs no help
// desk.
func CheckConfig(o Options) error {
	_, err := newPlan(o)
	return err
}

// CheckSources reads the first page of each source, keeps nothing of it, and
// writes how it went.
func CheckSources(ctx context.Context, o Options, w io.Writer) error {
	p, err := newPlan(o)
	if err != nil {
		return err
	}
	var errs []error
	for i, s := range p.config.Sources {
		if err := checkSource(ctx, s.Shared().Name, p.sources[i], w); err != nil {
			errs = append(errs, fmt.Errorf("source %q: %w", s.Shared().Name, err))
		}
	}
	return errors.Join(errs...)
}

func checkSource(ctx context.Context, name string, source sources.Source, w io.Writer) error {
	page, err := source.Fetch(ctx, nil, time.Now().UTC())
	if err != nil {
		return err
	}
	more := ""
	if page.More {
		more = ", and there is more"
	}
	_, err = fmt.Fprintf(w, "%s: first page: %d records, %d rejects%s\n", name, len(page.Records), len(page.Rejects), more)
	for _, r := range page.Rejects[:min(len(page.Rejects), 5)] {
		_, _ = fmt.Fprintf(w, "  %s: %s: %s\n", r.Where, r.Reason, r.Detail)
	}
	return err
}
