package app

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/sources"
)

// A booth is a source to be tried. By its mode it does well or badly; who else
// is tried meanwhile it counts.
type booth struct {
	Common sources.Common `yaml:",inline"`
	Mode   string         `yaml:"mode"`
	At     string         `yaml:"host,omitempty"`

	traffic sources.Traffic
	crowd   *crowd
}

// A crowd counts who is tried at one time.
type crowd struct {
	mu        sync.Mutex // guards all below
	now, most int
}

func (c *crowd) add(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now += n
	c.most = max(c.most, c.now)
}

func (b *booth) Shared() *sources.Common { return &b.Common }

func (b *booth) Validate() error { return nil }

func (b *booth) Feeds() []desk.Kind { return []desk.Kind{desk.KindTicket} }

func (b *booth) Host() string { return b.At }

func (b *booth) New(o sources.Options) (sources.Source, error) {
	b.traffic = o.Traffic
	switch b.Mode {
	case "file", "empty", "unreadable":
		return filed{b}, nil
	default:
		return probed{b}, nil
	}
}

// filed has a first page and nothing to probe.
type filed struct{ *booth }

func (f filed) Fetch(_ context.Context, since desk.Cursor, until time.Time) (desk.Page, error) {
	if since != nil {
		return desk.Page{}, errors.New("it is not the first page")
	}
	page := desk.Page{More: true, Cursor: desk.Cursor("1")}
	switch f.Mode {
	case "unreadable":
		return page, &sources.Error{Reason: sources.ReasonUnreadable, Err: errors.New("open drops: no such file or directory")}
	case "file":
		for _, age := range []time.Duration{72 * time.Hour, 50 * time.Hour, 100 * time.Hour} {
			page.Records = append(page.Records, desk.Record{Body: &desk.Ticket{CreatedAt: until.Add(-age)}})
		}
		for range 7 {
			page.Rejects = append(page.Rejects, desk.Reject{Where: "a.csv:3", Reason: desk.ReasonBadTime, Detail: "created_at: no time", Raw: "hunter2"})
		}
	}
	return page, nil
}

// probed tells of what it asks its desk for.
type probed struct{ *booth }

func (p probed) Fetch(context.Context, desk.Cursor, time.Time) (desk.Page, error) {
	return desk.Page{}, errors.New("it is fetched and not probed")
}

func (p probed) HoldBack() time.Duration { return time.Minute }

func (p probed) Capabilities() []sources.Capability {
	return []sources.Capability{
		{Name: "tickets", Available: true},
		{Name: "calls", Why: "/calls: 403 Forbidden: the plan lacks the feature"},
		{Name: "ratings", Available: true},
		{Name: "sla"},
	}
}

func (p probed) Probe(ctx context.Context, until time.Time) (time.Time, error) {
	p.crowd.add(1)
	defer p.crowd.add(-1)
	time.Sleep(time.Second)
	switch p.Mode {
	case "gone":
		p.traffic.Requested("error")
		return time.Time{}, &sources.Error{Reason: sources.ReasonUnreachable, Err: errors.New("/me: no such host: gone.example: check url")}
	case "secret":
		p.traffic.Requested("error")
		return time.Time{}, &sources.Error{Reason: sources.ReasonRefused, Err: &fs.PathError{Op: "open", Path: "secrets/key", Err: fs.ErrNotExist}}
	case "refused":
		p.traffic.Requested("401")
		return time.Time{}, &sources.Error{Reason: sources.ReasonRefused, Err: errors.New("/me: 401 Unauthorized: check them")}
	case "limited":
		p.traffic.Requested("429")
		p.traffic.Remaining(0)
		return time.Time{}, &sources.Error{Reason: sources.ReasonRateLimited, Err: errors.New("/me: 429 Too Many Requests"), After: time.Hour}
	case "slow":
		p.traffic.Requested("200")
		<-ctx.Done()
		return time.Time{}, ctx.Err()
	}
	for range 9 {
		p.traffic.Requested("200")
	}
	p.traffic.Remaining(698)
	return until.Add(-4 * time.Minute), nil // five before now
}

// tryAll tries the sources of a configuration in a bubble.
func tryAll(t *testing.T, ctx context.Context, c *crowd, config string) (string, error) {
	t.Helper()
	o := Options{
		ConfigFile: filepath.Join(t.TempDir(), "config.yml"), StoragePath: filepath.Join(t.TempDir(), "data"), Logger: slog.New(slog.DiscardHandler),
		Types: map[string]func() sources.Config{"booth": func() sources.Config { return &booth{crowd: c} }},
	}
	write(t, o.ConfigFile, config)
	var out strings.Builder
	err := CheckSources(ctx, o, &out)
	if _, missing := os.Stat(o.StoragePath); missing == nil {
		t.Error("check has made a storage path")
	}
	return out.String(), err
}

func TestCheckTellsHowEachSourceWent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)))
		start := time.Now()
		got, err := tryAll(t, t.Context(), &crowd{}, `
sources:
  - {name: acme, type: booth, mode: well, host: acme.example}
  - {name: chats, desk: acme, type: booth, mode: refused, host: chat.example}
  - {name: gone, type: booth, mode: gone, host: gone.example}
  - {name: secret, type: booth, mode: secret, host: acme.example}
  - {name: limited, type: booth, mode: limited, host: acme.example}
  - {name: slow, type: booth, mode: slow, host: slow.example}
  - {name: drops, desk: acme, type: booth, mode: file}
  - {name: nothing, desk: acme, type: booth, mode: empty}
  - {name: calls, desk: acme, type: booth, mode: unreadable}
`)
		if want := golden(t, "check.txt", got); got != want {
			t.Errorf("got:\n%s\nwant:\n%s", got, want)
		}
		for _, want := range []string{
			`source "chats" cannot be read: refused`, `source "gone" cannot be read: unreachable`, `source "limited" cannot be read: rate_limited`,
			`source "slow" cannot be read: unreachable`, `source "calls" cannot be read: unreadable`, `source "secret" cannot be read: refused`,
		} {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("nothing of %q in: %v", want, err)
			}
		}
		if lines := strings.Count(err.Error(), "\n") + 1; lines != 6 {
			t.Errorf("%d errors, want 6: %v", lines, err)
		}
		if took := time.Since(start); took != time.Minute {
			t.Errorf("took %s, want the minute that one source is given", took)
		}
	})
}

func TestCheckTriesSeveralSourcesAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var config strings.Builder
		config.WriteString("sources:\n")
		for _, letter := range "abcdefghijklmnopqrst" {
			config.WriteString("  - {name: " + string(letter) + ", type: booth, mode: well, host: acme.example}\n")
		}
		c, start := &crowd{}, time.Now()
		if _, err := tryAll(t, t.Context(), c, config.String()); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); c.most != 8 || took != 3*time.Second {
			t.Errorf("tried 20 sources of a second each, %d at a time in %s, want 8 in 3s", c.most, took)
		}
	})
}

func TestCheckEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer time.AfterFunc(5*time.Second, cancel).Stop()
		start := time.Now()
		got, err := tryAll(t, ctx, &crowd{}, "sources:\n  - {name: slow, type: booth, mode: slow, host: slow.example}\n")
		if err == nil || !strings.Contains(got, "slow: canceled: context canceled") || time.Since(start) != 5*time.Second {
			t.Errorf("got %v after %s:\n%s", err, time.Since(start), got)
		}
	})
}

func TestTheAgeOfTheNewestRecord(t *testing.T) {
	now := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	for ago, want := range map[time.Duration]string{
		0:                    "2026-03-04 12:00 UTC (0s ago)",
		119 * time.Second:    "2026-03-04 11:58 UTC (119s ago)",
		2 * time.Minute:      "2026-03-04 11:58 UTC (2m ago)",
		119 * time.Minute:    "2026-03-04 10:01 UTC (119m ago)",
		2 * time.Hour:        "2026-03-04 10:00 UTC (2h ago)",
		48 * time.Hour:       "2026-03-02 12:00 UTC (2d ago)",
		400 * 24 * time.Hour: "2025-01-28 12:00 UTC (400d ago)",
		-time.Second:         "2026-03-04 12:00 UTC (ahead of the clock)",
	} {
		if got := newestOf(now.Add(-ago), now); got != want {
			t.Errorf("%s ago: got %s, want %s", ago, got, want)
		}
	}
	if got := newestOf(time.Time{}, now); got != none {
		t.Errorf("no record at all: got %s, want %s", got, none)
	}
}

// golden returns what a file under testdata holds; with UPDATE_GOLDEN set it is
// written first.
func golden(t *testing.T, name, got string) string {
	t.Helper()
	path := filepath.Join("testdata", name)
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		write(t, path, got)
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(want)
}
