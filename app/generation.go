package app

import (
	"reflect"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"

	"helpdesk_exporter/book"
	"helpdesk_exporter/collector"
	"helpdesk_exporter/config"
)

// generation is what one configuration makes of the figures. Each has a
// registry of its own: a registry does not let a family change its labels.
type generation struct {
	loaded    time.Time
	config    *config.Config
	collector *collector.Collector
	registry  *prometheus.Registry
}

// newGeneration lets the counters that no journal keeps go on from those of the
// generation before, nil at first.
func (a *App) newGeneration(c *config.Config, b *book.Book, before *generation, now time.Time) *generation {
	g := &generation{
		loaded: now, config: c, collector: collector.New(b, formsOf(c), time.Now), registry: prometheus.NewRegistry(),
	}
	if before != nil {
		g.collector.Follow(before.collector)
	}
	g.registry.MustRegister(a.lasting, g.collector)
	return g
}

// install puts a generation in force, with the health of its readers beside it
// and without that of sources that are gone.
func (a *App) install(g *generation, readers, leaving []*reader) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.generation, a.readers = g, readers
	a.metrics.reloaded(g.loaded)
	for _, r := range leaving {
		if !slices.ContainsFunc(readers, r.sameSource) {
			a.polls.Forget(r.Desk, r.Name)
			a.metrics.forget(r.Desk, r.Name)
		}
	}
	for _, r := range readers {
		a.polls.Expect(r.Desk, r.Name, r.feeds)
	}
}

// Gather implements [prometheus.Gatherer]: the figures of one generation, whole.
func (a *App) Gather() ([]*dto.MetricFamily, error) {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return a.generation.registry.Gather()
}

// inForce returns the configuration in force.
func (a *App) inForce() *config.Config {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return a.generation.config
}

// reopen returns a book with the given options on the journal of another one:
// the other one itself where it has them, so that a reload that is not about
// the figures does not touch them.
func reopen(b *book.Book, o book.Options) (*book.Book, error) {
	if reflect.DeepEqual(b.Catalogue.Definitions, o.Catalogue.Definitions) &&
		reflect.DeepEqual(b.Sources, o.Sources) && b.Retention == o.Retention && b.Exemplars == o.Exemplars {
		return b, nil
	}
	return book.Open(o)
}
