//go:build linux

package e2e

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// limitFiles bounds how large the files may grow that a running exporter
// writes: what lies beyond is refused, as on a disk that is full.
func (e *exporter) limitFiles(bound string) {
	e.t.Helper()
	out, err := exec.Command("prlimit", fmt.Sprintf("--pid=%d", e.cmd.Process.Pid), "--fsize="+bound+":").CombinedOutput()
	if err != nil {
		e.t.Fatalf("prlimit: %v: %s", err, out)
	}
}

func TestAFullDiskCostsThePollAloneAndNothingIsLost(t *testing.T) {
	t.Parallel()
	s := restartSite(t, configOf(ticketSource, callSource))
	s.drop("drops/calls/a.csv", callHeader, "C1,2026-03-03 10:00,answered,10,100,support")
	e := s.start()
	e.synced().expectTotals(t, "while there is room", 4, oldest)

	info, err := os.Stat(filepath.Join(s.storage, "journal.db"))
	if err != nil {
		t.Fatal(err)
	}
	e.limitFiles(fmt.Sprint(info.Size()))
	b := newBulk(20_000, 0)
	s.write("drops/tickets/bulk.csv", text(ticketHeader, b.tickets))
	full := e.await("a poll that cannot be kept", func(f figures) bool {
		return f.sum(polls, "source=tickets", "outcome=storage") > 1
	})
	full.expectTotals(t, "a full disk", 4, oldest)
	full.expect(t, map[string]string{
		"helpdesk_source_up{source=tickets}":                  "0",
		"helpdesk_source_up{source=calls}":                    "1",
		"helpdesk_tickets_open":                               "0",
		"helpdesk_tickets_opened_in_window{by=all,window=7d}": "4",
		"helpdesk_calls_total":                                "1",
	})
	e.await("the other source to be read still", func(f figures) bool {
		return f.sum(polls, "source=calls", "outcome=success") > full.sum(polls, "source=calls", "outcome=success")
	})
	expectText(t, e.logged(), "Poll failed", "file too large", "make room for "+s.storage+"/journal.db")

	e.limitFiles("unlimited")
	e.await("what had no room", func(f figures) bool {
		return f.sum("helpdesk_source_up", "source=tickets") == 1
	}).expect(t, map[string]string{
		"helpdesk_tickets_opened_total": fmt.Sprint(b.opened + 4),
		"helpdesk_tickets_solved_total": fmt.Sprint(b.solved + 4),
		"helpdesk_tickets_open":         fmt.Sprint(b.opened + b.reopened - b.solved - b.withdrawn),
	})

	e.stop()
	s.start().polled().expect(t, map[string]string{
		"helpdesk_tickets_opened_total": fmt.Sprint(b.opened + 4),
		"helpdesk_calls_total":          "1",
	})
}

func TestAStoragePathThatCannotBeWrittenIsRefused(t *testing.T) {
	t.Parallel()
	s := oneTicket(t)
	e := s.start()
	e.synced()
	e.stop()
	journal := filepath.Join(s.storage, "journal.db")
	for _, tt := range []struct {
		what    string
		prepare func() error
		says    []string
	}{
		{
			"a journal that cannot be written", func() error {
				return errors.Join(os.Chmod(s.storage, 0o755), os.Chmod(journal, 0o444))
			},
			[]string{"journal.db: permission denied", "give this user the right to read and write it"},
		},
		{"a folder without one, that cannot be written", func() error {
			if err := os.Remove(journal); err != nil {
				return err
			}
			return os.Chmod(s.storage, 0o555)
		}, []string{"journal.db: permission denied", "give this user the right to read and write it"}},
		{"a folder that cannot be made", func() error {
			s.storage = filepath.Join(s.storage, "deeper")
			return nil
		}, []string{"create storage path", "permission denied", "--storage.path"}},
	} {
		if err := tt.prepare(); err != nil {
			t.Fatal(err)
		}
		code, said := s.asNobody()
		if code != 1 {
			t.Errorf("%s: exit code %d, want 1", tt.what, code)
		}
		expectText(t, said, tt.says...)
		if strings.Contains(said, "Listening") {
			t.Errorf("%s: it listened before it gave up", tt.what)
		}
	}
}

// asNobody runs an exporter on the site as a user that may read all of it and
// write nothing that is not for everybody, until it ends by itself. It returns
// its exit code and what it said.
func (s *site) asNobody() (code int, said string) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, exporterBinary(s.t),
		"--config.file="+s.path("config.yml"), "--storage.path="+s.storage, "--web.listen-address=127.0.0.1:0")
	if os.Geteuid() == 0 { // root may write everything
		for _, folder := range []string{filepath.Dir(cmd.Path), filepath.Dir(s.dir)} {
			if err := os.Chmod(folder, 0o755); err != nil {
				s.t.Fatal(err)
			}
		}
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
	out, err := cmd.CombinedOutput()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		s.t.Fatal(err)
	}
	if ctx.Err() != nil {
		s.t.Fatalf("it did not end within %s:\n%s", patience, out)
	}
	return cmd.ProcessState.ExitCode(), string(out)
}
