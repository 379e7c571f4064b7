package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// site is a folder with a configuration, drops, and a storage path: all that
// an exporter needs, and what it leaves behind for the next one.
type site struct {
	t       *testing.T
	dir     string
	storage string // path; empty: memory only
}

// newSite returns a site with the given configuration.
func newSite(t *testing.T, config string) *site {
	t.Helper()
	dir := t.TempDir()
	s := &site{t: t, dir: dir, storage: filepath.Join(dir, "data")}
	s.configure(config)
	return s
}

// configure writes the configuration.
func (s *site) configure(config string) {
	s.t.Helper()
	s.write("config.yml", config)
}

func (s *site) path(name string) string { return filepath.Join(s.dir, name) }

// write puts a file there in one step, as a careful program drops it.
func (s *site) write(name, text string) {
	s.t.Helper()
	path := s.path(name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		s.t.Fatal(err)
	}
	half := filepath.Join(filepath.Dir(path), ".half_written")
	if err := os.WriteFile(half, []byte(text), 0o644); err != nil {
		s.t.Fatal(err)
	}
	if err := os.Rename(half, path); err != nil {
		s.t.Fatal(err)
	}
}

// drop writes rows as a file.
func (s *site) drop(name string, rows ...string) {
	s.t.Helper()
	s.write(name, strings.Join(rows, "\n")+"\n")
}

// append adds rows to a file that is there.
func (s *site) append(name string, rows ...string) {
	s.t.Helper()
	f, err := os.OpenFile(s.path(name), os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		s.t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString(strings.Join(rows, "\n") + "\n"); err != nil {
		s.t.Fatal(err)
	}
}

// move renames a file.
func (s *site) move(from, to string) {
	s.t.Helper()
	if err := os.Rename(s.path(from), s.path(to)); err != nil {
		s.t.Fatal(err)
	}
}

// loseState removes all that exporters have stored.
func (s *site) loseState() {
	s.t.Helper()
	if err := os.RemoveAll(s.storage); err != nil {
		s.t.Fatal(err)
	}
}
