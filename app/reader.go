package app

import (
	"context"
	"path/filepath"
	"time"

	"helpdesk_exporter/config"
	"helpdesk_exporter/desk"
	"helpdesk_exporter/poll"
)

// reader is a source that is read for as long as the configuration has it.
type reader struct {
	*poll.Runner
	made  config.Digest // of what the source was made from
	feeds []desk.Kind

	cancel context.CancelFunc // nil: it does not run
	ended  chan struct{}
}

// readersOf returns the readers that a plan asks for. Those whose sources have
// not changed are the present ones.
func (a *App) readersOf(p *plan) []*reader {
	present := map[config.Digest]*reader{}
	for _, r := range a.readers {
		present[r.made] = r
	}
	var readers []*reader
	for i, s := range p.config.Sources {
		common, logger := s.Shared(), loggerOf(a.options, s)
		made := p.config.SourceDigest(i)
		if r := present[made]; r != nil {
			readers = append(readers, r)
			continue
		}
		rejects := &poll.Rejects{Logger: logger}
		if a.options.durable() {
			rejects.File = filepath.Join(a.options.StoragePath, "rejects", common.Name, "rejects.jsonl")
		}
		readers = append(readers, &reader{made: made, feeds: s.Feeds(), Runner: &poll.Runner{
			Name: common.Name, Desk: common.Desk, Source: p.sources[i], Interval: time.Duration(common.PollInterval),
			StaleAfter: time.Duration(common.StaleAfter), Book: &a.gate, Rejects: rejects, Metrics: a.polls, Logger: logger,
		}})
	}
	return readers
}

// sameSource reports whether both read the same source, differently perhaps.
func (r *reader) sameSource(other *reader) bool { return r.Desk == other.Desk && r.Name == other.Name }

// start lets those readers run that do not, until ctx ends or they are halted.
func start(ctx context.Context, readers []*reader) {
	for _, r := range readers {
		if r.cancel != nil {
			continue
		}
		running, cancel := context.WithCancel(ctx)
		r.cancel, r.ended = cancel, make(chan struct{})
		go func() {
			defer close(r.ended)
			r.Run(running)
		}()
	}
}

// halt ends the readers and waits until none of them does anything any more.
func halt(readers []*reader) {
	for _, r := range readers {
		if r.cancel != nil {
			r.cancel()
		}
	}
	for _, r := range readers {
		if r.cancel != nil {
			<-r.ended
			r.cancel = nil
		}
	}
}
