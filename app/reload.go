package app

import (
	"context"
	"slices"
	"time"

	"helpdesk_exporter/book"
)

// reload puts in force what the configuration file says at now. Where that
// fails, everything stays as it was.
func (a *App) reload(ctx context.Context, now time.Time) error {
	err := a.replace(ctx, now)
	if err != nil {
		a.metrics.reloadFailed()
		a.options.Logger.Error("Reload failed: the configuration in force stays", "err", err)
	}
	return err
}

// replace first does what can fail without touching what runs. Then no page may
// go to a book whose journal is being turned to another configuration: readers
// that the new one lacks are halted, the pages of the others wait at the gate.
func (a *App) replace(ctx context.Context, now time.Time) error {
	p, err := newPlan(a.options, a.traffic)
	if err != nil {
		return err
	}
	next := a.readersOf(p)
	leaving := slices.DeleteFunc(slices.Clone(a.readers), func(r *reader) bool { return slices.Contains(next, r) })
	kept := len(a.readers) - len(leaving)
	halt(leaving)
	err = a.gate.exchange(func(present *book.Book) (*book.Book, error) {
		b, err := reopen(present, a.bookOptions(p, now))
		if err != nil {
			return nil, err
		}
		a.install(a.newGeneration(p.config, b, a.generation, now), next, leaving)
		return b, nil
	})
	if err != nil {
		start(ctx, leaving)
		return err
	}
	a.options.Logger.Info("Reloaded the configuration", "file", a.options.ConfigFile,
		"sources_started", len(next)-kept, "sources_stopped", len(leaving), "sources_kept", kept)
	start(ctx, next)
	return nil
}
