package csv

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"helpdesk_exporter/desk"
)

// archiveDir is where files that were read are moved to, beside them.
const archiveDir = "archive"

// drop is a file as it lies there now.
type drop struct {
	name string // in the directory, or as the configuration lists it; keys the cursor
	path string
	size int64
	time time.Time // of its last change
	err  error     // why it cannot even be looked at
}

// origin tells where a row of the drop stands.
func (d drop) origin(row int64) desk.Origin {
	return desk.Origin{Dropped: d.time, Name: filepath.Base(d.path), Row: row}
}

// list returns the drops of these names, oldest first.
func (s *Source) list(names []string) []drop {
	var drops []drop
	for _, name := range names {
		d := drop{name: name, path: s.path(name)}
		info, err := os.Stat(d.path)
		switch {
		case errors.Is(err, fs.ErrNotExist) && isLink(d.path):
			d.err = errors.New("a link to a file that is not there; bring that back, or remove the link")
		case errors.Is(err, fs.ErrNotExist) && (s.config.Directory != "" || s.config.After != afterKeep):
			continue // taken away since, by us or by others
		case errors.Is(err, fs.ErrNotExist):
			d.err = errors.New("no such file; bring it back or correct files")
		case err != nil:
			d.err = plainly(err)
		case info.IsDir() && s.config.Directory != "":
			continue
		case !info.Mode().IsRegular():
			d.err = errNotRegular
		default:
			d.size, d.time = info.Size(), info.ModTime().UTC()
		}
		drops = append(drops, d)
	}
	slices.SortFunc(drops, func(a, b drop) int {
		return cmp.Or(a.time.Compare(b.time), strings.Compare(a.name, b.name))
	})
	return drops
}

// errNotRegular says that a drop is a pipe, a device or a directory. To open one
// of these may take forever.
var errNotRegular = errors.New("no regular file; correct files or pattern")

// isLink reports whether there is a link at a path, wherever that leads.
func isLink(path string) bool {
	info, err := os.Lstat(path)
	return err == nil && info.Mode()&fs.ModeSymlink != 0
}

// plainly puts what the system says of a file without its path, and with the
// remedy.
func plainly(err error) error {
	if errors.Is(err, fs.ErrPermission) {
		return errors.New("permission denied; grant the exporter the right to read it")
	}
	if said := (*fs.PathError)(nil); errors.As(err, &said) {
		err = said.Err
	}
	return fmt.Errorf("%w; mend the disk, the mount or the link", err)
}

// names returns what may be read: the names in the directory that fit the
// pattern, or the files that are listed.
func (s *Source) names() ([]string, error) {
	if s.config.Directory == "" {
		return s.config.Files, nil
	}
	dir := s.path("")
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("%w; create the directory, mount it, or correct directory", err)
	}
	var names []string
	for _, e := range entries {
		if s.fits(e.Name()) {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

// fits reports whether a name in the directory is that of a drop. Hidden files
// are those that are still being copied there.
func (s *Source) fits(name string) bool {
	pattern := s.config.pattern()
	fits, _ := filepath.Match(pattern, name)
	return fits && (!strings.HasPrefix(name, ".") || strings.HasPrefix(pattern, "."))
}

// folders lists the directories in which drops lie.
func (s *Source) folders() []string {
	if s.config.Directory != "" {
		return []string{s.path("")}
	}
	var folders []string
	for _, name := range s.config.Files {
		if folder := filepath.Dir(s.path(name)); !slices.Contains(folders, folder) {
			folders = append(folders, folder)
		}
	}
	return folders
}

// namesAt returns the names of the drops that lie at a path, one at most but for
// files that are listed in two ways.
func (s *Source) namesAt(path string) []string {
	if s.config.Directory != "" {
		if folder, name := filepath.Split(path); filepath.Clean(folder) == s.path("") && s.fits(name) {
			return []string{name}
		}
		return nil
	}
	return slices.DeleteFunc(slices.Clone(s.config.Files), func(name string) bool {
		return filepath.Clean(s.path(name)) != path
	})
}

// path returns where a drop lies.
func (s *Source) path(name string) string {
	path := filepath.Join(s.config.Directory, name)
	if s.config.Directory == "" {
		path = name
	}
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(s.opts.BaseDir, path)
}

// rested reports whether a file was left unchanged for a while. A time far
// ahead of the clock says nothing about that, so it holds nothing back.
func (s *Source) rested(d drop, until time.Time, while time.Duration) bool {
	age := until.Sub(d.time)
	return age >= while || age < -s.opts.MaxSkew
}

// retire archives or deletes a drop that was read to its end. The cursor that
// says so has come back from the caller, so nothing of it can be lost any more.
func (s *Source) retire(d drop) error {
	if s.config.After == afterDelete {
		if err := os.Remove(d.path); err != nil {
			return fmt.Errorf("after: delete: %w; grant the exporter the right to write there, or set after: keep", err)
		}
		return nil
	}
	dir := filepath.Join(filepath.Dir(d.path), archiveDir)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("after: archive: %w; grant the exporter the right to write there, or set after: keep", err)
	}
	if err := os.Rename(d.path, freeName(dir, filepath.Base(d.path))); err != nil {
		return fmt.Errorf("after: archive: %w; grant the exporter the right to write there, or set after: keep", err)
	}
	return nil
}

// freeName returns a path in dir that no file has, so that no archived file is
// ever overwritten: export.csv, export.2.csv, export.3.csv ...
func freeName(dir, base string) string {
	stem, ext, _ := strings.Cut(base, ".")
	path := filepath.Join(dir, base)
	for n := 2; ; n++ {
		if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
			return path
		}
		path = filepath.Join(dir, strings.TrimSuffix(fmt.Sprintf("%s.%d.%s", stem, n, ext), "."))
	}
}
