// Package app is the exporter's life cycle: it builds everything, runs it, and
// puts it away again.
package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/version"
	"github.com/prometheus/exporter-toolkit/web"

	"helpdesk_exporter/book"
	"helpdesk_exporter/collector"
	"helpdesk_exporter/config"
	"helpdesk_exporter/journal"
	"helpdesk_exporter/kpi"
	"helpdesk_exporter/poll"
	"helpdesk_exporter/sources"
	"helpdesk_exporter/sources/builtin"
)

// Options is what the command line says.
type Options struct {
	ConfigFile       string
	StoragePath      string        // empty: memory only
	StorageRetention time.Duration // 0: as long as the windows need
	TelemetryPath    string
	Web              *web.FlagConfig
	Logger           *slog.Logger
}

// App is an exporter that is ready to run.
type App struct {
	options  Options
	config   *config.Config
	journal  *journal.Journal
	book     *book.Book
	runners  []*poll.Runner
	registry *prometheus.Registry
}

// Serve polls and serves until ctx ends.
func Serve(ctx context.Context, o Options) error {
	o.Logger.Info("Starting helpdesk_exporter", "version", version.Info(), "build", version.BuildContext())
	a, err := New(o, time.Now())
	if err != nil {
		return err
	}
	return a.Run(ctx)
}

// load reads the configuration and says how long records are kept under it.
func load(o Options) (*config.Config, time.Duration, error) {
	c, err := config.Load(o.ConfigFile, builtin.Types())
	if err != nil {
		return nil, 0, err
	}
	needed := c.Retention()
	if o.StorageRetention == 0 {
		return c, needed, nil
	}
	var longest config.Window
	for _, w := range c.Global.Windows {
		if w.Length > longest.Length {
			longest = w
		}
	}
	if longest.Length > o.StorageRetention {
		return nil, 0, fmt.Errorf("%s: global.windows: %s is longer than records are kept: "+
			"raise --storage.retention above it or take a shorter window", o.ConfigFile, longest.Name)
	}
	return c, o.StorageRetention, nil
}

// New builds the exporter: all that can fail at start does so here. now is when
// it starts.
func New(o Options, now time.Time) (*App, error) {
	c, retention, err := load(o)
	if err != nil {
		return nil, err
	}
	warnOfUnused(c, o.Logger)
	a := &App{options: o, config: c, registry: prometheus.NewRegistry()}
	metrics := newMetrics(a.registry, now)
	warnOfEmptyJournal(o)
	if a.journal, err = journal.Open(o.StoragePath); err != nil {
		return nil, err
	}
	a.book, err = book.Open(book.Options{
		Journal: a.journal, Catalogue: kpi.NewCatalogue(c.Definitions()), Sources: a.sourceConfigs(),
		Retention: retention, Logger: o.Logger, Now: now, Lag: metrics.observeLag,
	})
	if err != nil {
		return nil, errors.Join(err, a.journal.Close())
	}
	if err := a.addRunners(); err != nil {
		return nil, errors.Join(err, a.journal.Close())
	}
	metrics.registerStorage(a.registry, a.journal)
	a.registry.MustRegister(collector.New(a.book, forms(c.Global.Histograms), time.Now))
	return a, nil
}

// warnOfUnused says which parts of the configuration have no effect yet, so
// that nobody waits for their figures.
func warnOfUnused(c *config.Config, logger *slog.Logger) {
	for _, part := range []struct {
		key  string
		used bool
	}{
		{"sla_policies", len(c.SLAPolicies) > 0},
		{"calendars", len(c.Calendars) > 0},
		{"global.exemplars", c.Global.Exemplars},
	} {
		if part.used {
			logger.Warn("This version checks a part of the configuration and makes no figures of it", "key", part.key)
		}
	}
}

// warnOfEmptyJournal tells of a journal that was lost without a trace, as a
// power loss or a full disk may leave it. It is no error: a process that is
// killed while it makes the journal leaves the same.
func warnOfEmptyJournal(o Options) {
	file := filepath.Join(o.StoragePath, journal.FileName)
	if info, err := os.Stat(file); o.StoragePath != "" && err == nil && info.Size() == 0 {
		o.Logger.Warn("The journal is empty: every counter starts anew; restore a backup if there was more", "file", file)
	}
}

func forms(h config.Histograms) collector.Forms {
	return collector.Forms{
		Classic: h != config.HistogramsNative,
		Native:  h != config.HistogramsClassic,
	}
}

// sourceConfigs says of each source what the book must know.
func (a *App) sourceConfigs() []book.SourceConfig {
	var configs []book.SourceConfig
	for _, s := range a.config.Sources {
		common := s.Shared()
		configs = append(configs, book.SourceConfig{
			Name: common.Name, Desk: common.Desk, Type: common.Type, Feeds: s.Feeds(),
			History: a.history(s), RefersTo: common.RefersTo,
			StaleAfter: time.Duration(common.StaleAfter), ExpectEvery: time.Duration(common.ExpectEvery),
		})
	}
	return configs
}

func (a *App) history(s sources.Config) sources.History {
	if h := s.Shared().History; h != "" {
		return h
	}
	if d, ok := s.(sources.WithHistory); ok {
		return d.DefaultHistory(a.durable())
	}
	return sources.HistoryWindows
}

func (a *App) durable() bool { return a.options.StoragePath != "" }

// addRunners makes the sources and what reads them.
func (a *App) addRunners() error {
	metrics := poll.NewMetrics(a.registry)
	var errs []error
	for _, s := range a.config.Sources {
		common := s.Shared()
		logger := a.options.Logger.With("desk", common.Desk, "source_name", common.Name)
		source, err := s.New(sources.Options{
			Logger: logger, BaseDir: a.config.Dir,
			MaxSkew: time.Duration(a.config.Global.MaxSkew), Durable: a.durable(),
		})
		if err != nil {
			errs = append(errs, fmt.Errorf("source %q: %w", common.Name, err))
			continue
		}
		metrics.Expect(common.Desk, common.Name, s.Feeds())
		rejects := &poll.Rejects{Logger: logger}
		if a.durable() {
			rejects.File = filepath.Join(a.options.StoragePath, "rejects", common.Name, "rejects.jsonl")
		}
		a.runners = append(a.runners, &poll.Runner{
			Name: common.Name, Desk: common.Desk, Source: source, Interval: time.Duration(common.PollInterval),
			Book: a.book, Rejects: rejects, Metrics: metrics, Logger: logger,
		})
	}
	return errors.Join(errs...)
}

// Run serves and polls until ctx ends or the server fails.
func (a *App) Run(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var polling sync.WaitGroup
	for _, r := range a.runners {
		polling.Go(func() { r.Run(ctx) })
	}
	err := a.serve(ctx)
	stop()
	polling.Wait()
	return errors.Join(err, a.journal.Close())
}
