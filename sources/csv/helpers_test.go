package csv

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gopkg.in/yaml.v3"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/sources"
)

// noon is the time of most fetches; files are dropped an hour before it.
var noon = time.Date(2026, time.March, 10, 12, 0, 0, 0, time.UTC)

// at reads a time of a test.
func at(t testing.TB, text string) time.Time {
	t.Helper()
	when, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		t.Fatal(err)
	}
	return when
}

// configured returns the configuration that a YAML text gives.
func configured(t testing.TB, text string) *Config {
	t.Helper()
	c := NewConfig().(*Config)
	dec := yaml.NewDecoder(strings.NewReader(text))
	dec.KnownFields(true)
	if err := dec.Decode(c); err != nil && !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
	return c
}

// ticketsYAML is the mapping that most tests need.
const ticketsYAML = `
directory: .
record: ticket
columns: {id: id, created_at: created, status: status, team: team}
`

// desktop is a directory of drops and the source that reads it.
type desktop struct {
	t      testing.TB
	dir    string
	config *Config
	source sources.Source
	cursor desk.Cursor
	page   int // rows; 0 for the default
}

func newDesktop(t testing.TB, text string) *desktop {
	t.Helper()
	d := &desktop{t: t, dir: t.TempDir(), config: configured(t, text)}
	d.restart()
	return d
}

// restart replaces the source by a fresh one, which knows the cursor only.
func (d *desktop) restart() {
	d.t.Helper()
	if s, ok := d.source.(*Source); ok {
		s.close()
	}
	var err error
	d.source, err = d.config.New(sources.Options{BaseDir: d.dir, MaxSkew: 5 * time.Minute})
	if err != nil {
		d.t.Fatal(err)
	}
	if d.page > 0 {
		if s, ok := d.source.(*Source); ok {
			s.pageRows = d.page
		}
	}
}

// drop writes a file as of a time.
func (d *desktop) drop(name, text string, when time.Time) {
	d.t.Helper()
	path := filepath.Join(d.dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		d.t.Fatal(err)
	}
	if err := os.Chtimes(path, when, when); err != nil {
		d.t.Fatal(err)
	}
}

// fetch drains the source and keeps its cursor.
func (d *desktop) fetch(until time.Time) desk.Page {
	d.t.Helper()
	page, err := d.drain(until)
	if err != nil {
		d.t.Fatal(err)
	}
	return page
}

// drain fetches to the end, and gathers what came before an error.
func (d *desktop) drain(until time.Time) (desk.Page, error) {
	d.t.Helper()
	var all desk.Page
	for range 10_000 {
		page, err := d.source.Fetch(context.Background(), d.cursor, until)
		if err != nil {
			return all, err
		}
		d.cursor = page.Cursor
		all.Records = append(all.Records, page.Records...)
		all.Rejects = append(all.Rejects, page.Rejects...)
		all.Cursor = page.Cursor
		if page.Snapshot != (desk.Origin{}) {
			all.Snapshot = page.Snapshot
		}
		if !page.AsOf.IsZero() {
			all.AsOf = page.AsOf
		}
		if !page.More {
			return all, nil
		}
	}
	d.t.Fatal("the source never comes to an end")
	return all, nil
}

// ids lists the ids of a page's records, tombstones with a minus.
func ids(p desk.Page) []string {
	out := []string{}
	for _, r := range p.Records {
		if r.Deleted {
			out = append(out, "-"+r.ID)
			continue
		}
		out = append(out, r.ID)
	}
	return out
}

// faults lists the rejects of a page without what was read.
func faults(p desk.Page) []string {
	out := []string{}
	for _, r := range p.Rejects {
		out = append(out, fmt.Sprintf("%s %s: %s", r.Where, r.Reason, r.Detail))
	}
	return out
}

// formatted writes a value that was read, and nothing for one that was not.
func formatted(value any, ok bool) string {
	if !ok {
		return ""
	}
	return fmt.Sprint(value)
}
