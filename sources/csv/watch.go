package csv

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"github.com/fsnotify/fsnotify"
)

// folderCheck is how often the watching looks whether its folders are still
// the ones that the configuration means: a folder can be made, replaced,
// mounted over and moved away without a word of the system.
const folderCheck = 10 * time.Second

// Watch implements [sources.Watcher]. It says when a drop may be read, which is
// when it has rested; it reads nothing.
func (s *Source) Watch(ctx context.Context, changed func()) {
	newWatch(s).run(ctx, changed)
}

// watch follows the folders in which the drops of a source lie.
type watch struct {
	source *Source
	system func() (*fsnotify.Watcher, error)
	check  time.Duration // between two looks at the folders

	open    *fsnotify.Watcher      // nil while the system gives none
	seen    map[string]os.FileInfo // the folders that are watched, by path
	trouble string                 // as it was logged last
	wakes   wakes
}

func newWatch(s *Source) *watch {
	return &watch{
		source: s, system: fsnotify.NewWatcher, check: folderCheck,
		seen: map[string]os.FileInfo{}, wakes: wakes{due: map[string][]time.Time{}},
	}
}

func (w *watch) run(ctx context.Context, changed func()) {
	check := time.NewTicker(w.check)
	defer check.Stop()
	alarm := time.NewTimer(0)
	defer alarm.Stop()
	defer func() {
		if w.open != nil {
			w.open.Close()
		}
	}()
	w.look(time.Now())
	for {
		var events chan fsnotify.Event
		var errs chan error
		if w.open != nil {
			events, errs = w.open.Events, w.open.Errors
		}
		select {
		case <-ctx.Done():
			return
		case event := <-events:
			w.note(event.Name, time.Now())
		case <-errs:
			w.wakes.add("", time.Now()) // some of what happened was lost, so it may be anything
		case <-check.C:
			w.look(time.Now())
		case <-alarm.C:
		}
		if w.wakes.take(time.Now()) {
			changed()
		}
		if next := w.wakes.next(); !next.IsZero() {
			alarm.Reset(time.Until(next))
		}
	}
}

// look makes sure that every folder is watched. One that was not may hold
// anything by now.
func (w *watch) look(now time.Time) {
	var faults []error
	if w.open == nil {
		var err error
		if w.open, err = w.system(); err != nil {
			faults = append(faults, withRemedy(err))
		}
	}
	for _, folder := range w.source.folders() {
		if w.open == nil {
			break
		}
		info, err := os.Stat(folder)
		if err == nil && slices.Contains(w.open.WatchList(), folder) {
			if os.SameFile(info, w.seen[folder]) {
				continue
			}
			err = w.open.Remove(folder)
		}
		if err == nil {
			err = w.open.Add(folder)
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", folder, withRemedy(err)))
			continue
		}
		w.seen[folder] = info
		w.wakes.add("", now)
	}
	w.tell(errors.Join(faults...))
}

// tell logs what keeps the source from seeing its drops, once.
func (w *watch) tell(trouble error) {
	text := ""
	if trouble != nil {
		text = trouble.Error()
	}
	switch logger := w.source.opts.Logger; {
	case text == w.trouble:
		return
	case text == "":
		logger.Info("Drops are noticed again when they come")
	default:
		logger.Warn("Drops are not noticed when they come, but at the next poll", "err", trouble)
	}
	w.trouble = text
}

// withRemedy says what to do when a folder cannot be watched.
func withRemedy(err error) error {
	remedy := "leave it to poll_interval, or keep the drops on a local disk"
	switch {
	case errors.Is(err, os.ErrNotExist):
		remedy = "create the directory, mount it, or correct directory or files"
	case errors.Is(err, os.ErrPermission):
		remedy = "grant the exporter the right to read the directory"
	case errors.Is(err, syscall.ENOSPC):
		remedy = "raise the system's limit of watches, on Linux fs.inotify.max_user_watches"
	case errors.Is(err, syscall.EMFILE):
		remedy = "raise the system's limit of watchers, on Linux fs.inotify.max_user_instances, or that of open files"
	}
	return fmt.Errorf("%w; %s", err, remedy)
}

// note takes down that something happened to a file.
func (w *watch) note(path string, now time.Time) {
	s := w.source
	for _, name := range s.namesAt(filepath.Clean(path)) {
		due := []time.Time{now} // it is gone, or something to tell of
		for _, d := range s.list([]string{name}) {
			if d.err == nil && !s.rested(d, now, s.tornRest()) {
				// A last line without an end has to rest for longer.
				due = []time.Time{d.time.Add(time.Duration(s.config.Settle)), d.time.Add(s.tornRest())}
			}
		}
		w.wakes.add(name, due...)
	}
}

// wakes knows when drops may be read that were written to.
type wakes struct {
	due   map[string][]time.Time // by drop
	first time.Time              // not after any of due
	last  time.Time              // when some were taken
}

// wakesApart is how long the wakes of many drops are gathered.
const wakesApart = time.Second

// add sets when a drop may be read, in place of what was known of it.
func (w *wakes) add(name string, due ...time.Time) {
	w.due[name] = due
	for _, t := range due {
		if w.first.IsZero() || t.Before(w.first) {
			w.first = t
		}
	}
}

// next returns when to look for wakes, zero for not at all.
func (w *wakes) next() time.Time {
	if soon := w.last.Add(wakesApart); !w.first.IsZero() && w.first.Before(soon) {
		return soon
	}
	return w.first
}

// take removes the wakes that are due and reports whether there were any.
func (w *wakes) take(now time.Time) bool {
	if next := w.next(); next.IsZero() || now.Before(next) {
		return false
	}
	taken, rest := false, w.due
	w.due, w.first = map[string][]time.Time{}, time.Time{}
	for name, due := range rest {
		later := slices.DeleteFunc(due, func(t time.Time) bool { return !t.After(now) })
		taken = taken || len(later) < len(due)
		if len(later) > 0 {
			w.add(name, later...)
		}
	}
	if taken {
		w.last = now
	}
	return taken
}
