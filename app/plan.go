package app

import (
	"errors"
	"fmt"
	"log/slog"
	"time"

	"helpdesk_exporter/book"
	"helpdesk_exporter/collector"
	"helpdesk_exporter/config"
	"helpdesk_exporter/desk"
	"helpdesk_exporter/kpi"
	"helpdesk_exporter/sources"
	"helpdesk_exporter/sources/builtin"
)

// plan is a configuration that can be put in force, and its sources, of which
// none has done anything yet.
type plan struct {
	config    *config.Config
	retention time.Duration
	sources   []sources.Source // in the order of the configuration
}

// newPlan reads the configuration file and makes all that can be made of it
// without touching what runs. traffic returns what each source tells of its
// requests to.
func newPlan(o Options, traffic func(*sources.Common) sources.Traffic) (*plan, error) {
	c, retention, err := load(o)
	if err != nil {
		return nil, err
	}
	p := &plan{config: c, retention: retention}
	var errs []error
	for _, s := range c.Sources {
		source, err := s.New(sources.Options{
			Logger: loggerOf(o, s), BaseDir: c.Dir, MaxSkew: time.Duration(c.Global.MaxSkew), Durable: o.durable(),
			Traffic: traffic(s.Shared()), Dial: o.Dial,
		})
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: source %q: %w", o.ConfigFile, s.Shared().Name, err))
		}
		p.sources = append(p.sources, source)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return p, nil
}

// load reads the configuration and says how long records are kept under it.
func load(o Options) (*config.Config, time.Duration, error) {
	types := o.Types
	if types == nil {
		types = builtin.Types()
	}
	c, err := config.Load(o.ConfigFile, types)
	if err != nil {
		return nil, 0, err
	}
	if o.StorageRetention == 0 {
		return c, c.Retention(), nil
	}
	if err := c.CheckRetention(o.StorageRetention); err != nil {
		return nil, 0, err
	}
	return c, o.StorageRetention, nil
}

func loggerOf(o Options, s sources.Config) *slog.Logger {
	return o.Logger.With("desk", s.Shared().Desk, "source_name", s.Shared().Name)
}

func formsOf(c *config.Config) collector.Forms {
	return collector.Forms{
		Classic: c.Global.Histograms != config.HistogramsNative,
		Native:  c.Global.Histograms != config.HistogramsClassic,
	}
}

// bookOptions is what a book of the plan is made from.
func (a *App) bookOptions(p *plan, now time.Time) book.Options {
	o := book.Options{
		Journal: a.journal, Catalogue: kpi.NewCatalogue(p.config.Definitions()),
		Retention: p.retention, Logger: a.options.Logger, Now: now, Lag: a.metrics.observeLag,
		Exemplars: p.config.Global.Exemplars,
	}
	for _, s := range p.config.Sources {
		common := s.Shared()
		o.Sources = append(o.Sources, book.SourceConfig{
			Name: common.Name, Desk: common.Desk, Type: common.Type, Feeds: s.Feeds(),
			History: a.history(s), RefersTo: common.RefersTo,
			StaleAfter: time.Duration(common.StaleAfter), ExpectEvery: time.Duration(common.ExpectEvery),
			Calendar: common.Calendar, Told: businessTimes(s), OwnSLA: common.SLA == sources.SLAOwn,
			TicketURL: common.TicketURL, QueueURL: common.QueueURL, Host: hostOf(s),
		})
	}
	return o
}

// hostOf returns the host that a source asks, empty for one that asks none.
func hostOf(s sources.Config) string {
	if remote, ok := s.(sources.Remote); ok {
		return remote.Host()
	}
	return ""
}

// businessTimes returns which durations in business hours a source tells.
func businessTimes(s sources.Config) desk.BusinessTimes {
	if told, ok := s.(sources.WithBusinessTimes); ok {
		return told.BusinessTimes()
	}
	return 0
}

func (a *App) history(s sources.Config) sources.History {
	if h := s.Shared().History; h != "" {
		return h
	}
	if d, ok := s.(sources.WithHistory); ok {
		return d.DefaultHistory(a.options.durable())
	}
	return sources.HistoryWindows
}
