package csv

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"

	"helpdesk_exporter/sources"
)

// logbook is a log that a test reads while it is written.
type logbook struct {
	mu   sync.Mutex
	text strings.Builder
	more chan struct{} // a line came
}

func (l *logbook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	n, err := l.text.Write(p)
	select {
	case l.more <- struct{}{}:
	default:
	}
	return n, err
}

func (l *logbook) count(text string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Count(l.text.String(), text)
}

// await waits for a line with a text.
func (l *logbook) await(t *testing.T, text string) {
	t.Helper()
	for l.count(text) == 0 {
		awaitOne(t, l.more)
	}
}

// awaitOne waits until something is said, and fails when it never is.
func awaitOne(t *testing.T, said <-chan struct{}) {
	t.Helper()
	select {
	case <-said:
	case <-time.After(30 * time.Second):
		t.Fatal("nothing was said")
	}
}

// watched watches the drops of a desktop until the test ends. It returns what
// changed tells, and the log.
func watched(t *testing.T, d *desktop, system func() (*fsnotify.Watcher, error)) (changed chan struct{}, log *logbook) {
	t.Helper()
	log = &logbook{more: make(chan struct{}, 1)}
	source, err := d.config.New(sources.Options{
		BaseDir: d.dir, MaxSkew: 5 * time.Minute, Logger: slog.New(slog.NewTextHandler(log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	d.source = source
	w := newWatch(source.(*Source))
	w.check = 5 * time.Millisecond
	if system != nil {
		w.system = system
	}
	ctx, stop := context.WithCancel(t.Context())
	changed = make(chan struct{}, 100)
	var watching sync.WaitGroup
	watching.Go(func() { w.run(ctx, func() { changed <- struct{}{} }) })
	t.Cleanup(func() { stop(); watching.Wait() })
	return changed, log
}

// fetchNow reads what may be read by now.
func fetchNow(d *desktop) []string { return ids(d.fetch(time.Now())) }

func (d *desktop) write(name, text string) {
	d.t.Helper()
	if err := os.WriteFile(filepath.Join(d.dir, name), []byte(text), 0o600); err != nil {
		d.t.Fatal(err)
	}
}

func TestADropIsNoticedOnceItHasSettled(t *testing.T) {
	for name, place := range map[string]string{"a directory": "directory: .", "a file": "files: [a.csv]"} {
		t.Run(name, func(t *testing.T) {
			d := newDesktop(t, strings.Replace(ticketsYAML, "directory: .", place, 1)+"settle: 50ms\n")
			changed, log := watched(t, d, nil)
			awaitOne(t, changed) // it begins
			d.write("a.csv", goodText)
			awaitOne(t, changed)
			if got := fetchNow(d); len(got) != 2 {
				t.Errorf("read %v when told to", got)
			}
			// A file that is moved here has settled elsewhere.
			d.write(".a.tmp", goodText+"3,2026-03-01 10:00:00,new,A\n")
			old := time.Now().Add(-time.Hour)
			if err := os.Chtimes(filepath.Join(d.dir, ".a.tmp"), old, old); err != nil {
				t.Fatal(err)
			}
			if err := os.Rename(filepath.Join(d.dir, ".a.tmp"), filepath.Join(d.dir, "a.csv")); err != nil {
				t.Fatal(err)
			}
			awaitOne(t, changed)
			if got := fetchNow(d); len(got) != 1 {
				t.Errorf("read %v when told to", got)
			}
			if n := log.count("noticed"); n > 0 {
				t.Errorf("%d complaints", n)
			}
		})
	}
}

func TestADirectoryThatComesAndGoesIsToldOfOnce(t *testing.T) {
	d := newDesktop(t, strings.Replace(ticketsYAML, "directory: .", "directory: mount/drops", 1)+"settle: 0s\n")
	mount, away := filepath.Join(d.dir, "mount"), filepath.Join(d.dir, "away")
	prepare := func(name, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Join(away, "drops"), 0o700); err != nil {
			t.Fatal(err)
		}
		d.write(filepath.Join("away", "drops", name), text)
	}
	rename := func(from, to string) {
		t.Helper()
		if err := os.Rename(from, to); err != nil {
			t.Fatal(err)
		}
	}
	changed, log := watched(t, d, nil)
	const lost, back = "Drops are not noticed", "Drops are noticed again"
	log.await(t, lost)
	log.await(t, "create the directory, mount it, or correct directory")
	// It comes with a drop inside: that is news in itself.
	prepare("a.csv", goodText)
	rename(away, mount)
	awaitOne(t, changed)
	log.await(t, back)
	if got := fetchNow(d); len(got) != 2 {
		t.Errorf("read %v when told to", got)
	}
	if n := log.count(lost); n != 1 {
		t.Errorf("told %d times that the directory is not there", n)
	}
	// Another takes its place, as by a mount: nothing happens in the first.
	prepare("b.csv", ticketsHead+"3,2026-03-01 10:00:00,new,A\n")
	rename(mount, mount+".old")
	rename(away, mount)
	awaitOne(t, changed)
	if got := fetchNow(d); len(got) != 1 {
		t.Errorf("read %v when told to", got)
	}
	d.write(filepath.Join("mount", "drops", "c.csv"), ticketsHead+"4,2026-03-01 10:00:00,new,A\n")
	awaitOne(t, changed)
}

func TestWithoutAWatcherOfTheSystemItIsToldOnceAndTriedAgain(t *testing.T) {
	for fault, remedy := range map[error]string{
		syscall.EMFILE:        "fs.inotify.max_user_instances",
		syscall.ENOSPC:        "fs.inotify.max_user_watches",
		errors.ErrUnsupported: "leave it to poll_interval",
	} {
		d := newDesktop(t, ticketsYAML)
		tries := 0
		changed, log := watched(t, d, func() (*fsnotify.Watcher, error) {
			if tries++; tries < 4 {
				return nil, fault
			}
			return fsnotify.NewWatcher()
		})
		awaitOne(t, changed)
		if log.count("Drops are not noticed") != 1 || log.count(remedy) != 1 || log.count("Drops are noticed again") != 1 {
			t.Errorf("%v: got %s", fault, log.text.String())
		}
	}
}

func TestOnlyDropsAreNews(t *testing.T) {
	d := newDesktop(t, ticketsYAML)
	w := newWatch(d.source.(*Source))
	for _, name := range []string{"a.txt", ".a.csv", "archive", "sub/a.csv", "", "../a.csv"} {
		w.note(filepath.Join(d.dir, name), noon)
		if next := w.wakes.next(); !next.IsZero() {
			t.Errorf("%q is news, to be told at %s", name, next)
		}
	}
	d.drop("a.csv", goodText, noon)
	w.note(filepath.Join(d.dir, "a.csv"), noon)
	if next := w.wakes.next(); !next.Equal(noon.Add(10 * time.Second)) {
		t.Errorf("the drop may be read at %s, want ten seconds after noon", next)
	}
	d.drop("future.csv", goodText, noon.AddDate(1, 0, 0)) // whose time says nothing
	w.note(filepath.Join(d.dir, "future.csv"), noon)
	if next := w.wakes.next(); !next.Equal(noon) {
		t.Errorf("a drop from the future may be read at %s, want at once", next)
	}
	w.wakes.take(noon)
	w.note(filepath.Join(d.dir, "gone.csv"), noon.Add(time.Minute))
	if !w.wakes.take(noon.Add(time.Minute)) {
		t.Errorf("a drop that is gone is news at once")
	}
}

// A file that grows all the time is never ready under a settle, and without one
// it is told of once a second; a last line without an end needs its ten seconds.
func TestWakesComeWhenADropMayBeRead(t *testing.T) {
	told := func(settle string, grows time.Duration) []float64 {
		d := newDesktop(t, ticketsYAML+"settle: "+settle+"\n")
		w := newWatch(d.source.(*Source))
		var at []float64
		for after := time.Duration(0); after <= 40*time.Second; after += 100 * time.Millisecond {
			now := noon.Add(after)
			if after <= grows {
				d.drop("a.csv", goodText, now)
				w.note(filepath.Join(d.dir, "a.csv"), now)
			}
			if w.wakes.take(now) {
				at = append(at, after.Seconds())
			}
		}
		if next := w.wakes.next(); !next.IsZero() {
			t.Errorf("there is more to tell at %s", next)
		}
		return at
	}
	for _, test := range []struct {
		settle string
		grows  time.Duration
		want   []float64
	}{
		{"0s", 0, []float64{0, 10}},
		{"2s", 0, []float64{2, 10}},
		{"10s", 0, []float64{10}},
		{"30s", 0, []float64{30}},
		{"0s", 3 * time.Second, []float64{0, 1, 2, 3, 13}},
		{"10s", 20 * time.Second, []float64{30}},
		{"1s", 5 * time.Second, []float64{6, 15}},
	} {
		if got := told(test.settle, test.grows); !slices.Equal(got, test.want) {
			t.Errorf("settle %s, written for %s: told after %v seconds, want %v", test.settle, test.grows, got, test.want)
		}
	}
}
