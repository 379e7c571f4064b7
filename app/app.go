// Package app is the exporter's life cycle: it builds everything, runs it,
// exchanges it when the configuration changes, and puts it away again.
package app

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/version"
	"github.com/prometheus/exporter-toolkit/web"

	"helpdesk_exporter/book"
	"helpdesk_exporter/journal"
	"helpdesk_exporter/poll"
	"helpdesk_exporter/sources"
	pages "helpdesk_exporter/web"
)

// Options is what the command line says.
type Options struct {
	ConfigFile       string
	StoragePath      string        // empty: memory only
	StorageRetention time.Duration // 0: as long as the windows need
	TelemetryPath    string
	EnableLifecycle  bool            // the configuration can be reloaded over HTTP
	EnableDueList    bool            // /due lists tickets to those who log in
	Web              *web.FlagConfig // nil: nothing is served
	Logger           *slog.Logger
	// Hangup asks for the configuration file to be read again. It may be nil.
	Hangup <-chan os.Signal
	// Dial opens the connections to help desks; nil: the system's own way.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Types are the types that sources can have; nil: those that are built in.
	Types map[string]func() sources.Config
}

func (o Options) durable() bool { return o.StoragePath != "" }

// App is an exporter that is ready to run. Its readers, and reloads, belong to
// the goroutine that is in Run.
type App struct {
	options Options
	started time.Time
	pages   *pages.Pages
	glance  glance
	journal *journal.Journal
	lasting *prometheus.Registry // what no reload exchanges
	metrics *metrics
	polls   *poll.Metrics
	gate    gate
	readers []*reader
	reloads chan chan<- error

	// mu guards what scrapes see of a reload. They hold it while they gather,
	// so that none sees a mixture.
	mu         sync.RWMutex
	generation *generation
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

// New builds the exporter: all that can fail at start does so here. now is when
// it starts.
func New(o Options, now time.Time) (*App, error) {
	a := &App{options: o, started: now, lasting: prometheus.NewRegistry(), reloads: make(chan chan<- error)}
	a.metrics, a.polls = newMetrics(a.lasting), poll.NewMetrics(a.lasting)
	var err error
	if a.pages, err = pages.New(); err != nil {
		return nil, err
	}
	p, err := newPlan(o, a.traffic)
	if err != nil {
		return nil, err
	}
	warnOfEmptyJournal(o)
	if a.journal, err = journal.Open(o.StoragePath); err != nil {
		return nil, err
	}
	a.metrics.registerStorage(a.lasting, a.journal)
	if a.gate.book, err = book.Open(a.bookOptions(p, now)); err != nil {
		return nil, errors.Join(err, a.journal.Close())
	}
	a.install(a.newGeneration(p.config, a.gate.book, nil, now), a.readersOf(p), nil)
	return a, nil
}

// traffic returns what a source tells of its requests to.
func (a *App) traffic(s *sources.Common) sources.Traffic { return a.polls.Traffic(s.Desk, s.Name) }

// warnOfEmptyJournal tells of a journal that was lost without a trace, as a
// power loss or a full disk may leave it. It is no error: a process that is
// killed while it makes the journal leaves the same.
func warnOfEmptyJournal(o Options) {
	file := filepath.Join(o.StoragePath, journal.FileName)
	if info, err := os.Stat(file); o.durable() && err == nil && info.Size() == 0 {
		o.Logger.Warn("The journal is empty: every counter starts anew; restore a backup if there was more", "file", file)
	}
}

// Run serves, polls and reloads until ctx ends or the server fails.
func (a *App) Run(ctx context.Context) error {
	served := make(chan error, 1)
	go func() { served <- a.serve(ctx) }()
	return a.run(ctx, served)
}

// run polls and reloads until the server has ended.
func (a *App) run(ctx context.Context, served <-chan error) error {
	start(ctx, a.readers)
	for {
		select {
		case err := <-served:
			halt(a.readers)
			return errors.Join(err, a.journal.Close())
		case <-a.options.Hangup:
			_ = a.reload(ctx, time.Now()) // it has logged why it failed
		case answer := <-a.reloads:
			answer <- a.reload(ctx, time.Now())
		}
	}
}
