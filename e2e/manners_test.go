package e2e

import (
	"encoding/binary"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	bolt "go.etcd.io/bbolt"
)

// oneTicket is a site with as little as an exporter needs.
func oneTicket(t *testing.T) *site {
	t.Helper()
	s := newSite(t, configOf(ticketSource))
	s.drop("drops/tickets/a.csv", ticketHeader, ticketRow("T1", 1, "email"))
	return s
}

// refuses runs an exporter on the site and expects it to end with code 1 and a
// message that says all of these.
func (s *site) refuses(says ...string) {
	s.t.Helper()
	got := runToEnd(s.t, "--config.file="+s.path("config.yml"), "--storage.path="+s.storage, "--web.listen-address=127.0.0.1:0")
	if got.code != 1 {
		s.t.Errorf("exit code %d, want 1", got.code)
	}
	expectText(s.t, got.stderr, says...)
}

func expectText(t *testing.T, text string, says ...string) {
	t.Helper()
	for _, want := range says {
		if !strings.Contains(text, want) {
			t.Errorf("it says nothing of %q:\n%s", want, text)
		}
	}
}

func TestTwoExportersDoNotShareAStoragePath(t *testing.T) {
	t.Parallel()
	s := oneTicket(t)
	first := s.start()
	first.synced()
	s.refuses("journal.db is in use by another process", "give each its own")
	first.polled().expect(t, map[string]string{"helpdesk_tickets_opened_total": "1"})
	first.stop()
	s.start().stop() // it is free again
}

func TestAStoragePathThatCannotBeUsedIsRefused(t *testing.T) {
	t.Parallel()
	s := oneTicket(t)
	s.write("file", "no folder")
	s.storage = s.path("file/data")
	s.refuses("create storage path", s.path("file"), "--storage.path")
}

func TestAJournalOfANewerExporterIsRefusedAndLeftAlone(t *testing.T) {
	t.Parallel()
	s := oneTicket(t)
	e := s.start()
	e.synced()
	e.stop()
	s.setSchema(99)
	s.refuses("journal.db has schema 99", "run the version that wrote it")
	s.refuses("journal.db has schema 99")
}

// setSchema makes the journal say that an exporter with another schema wrote it.
func (s *site) setSchema(version uint64) {
	s.t.Helper()
	db, err := bolt.Open(filepath.Join(s.storage, "journal.db"), 0o600, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	defer db.Close()
	err = db.Update(func(tx *bolt.Tx) error {
		return tx.Bucket([]byte("meta")).Put([]byte("schema"), binary.AppendUvarint(nil, version))
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

func TestAFileThatIsNoJournalIsRefused(t *testing.T) {
	t.Parallel()
	s := oneTicket(t)
	s.write("data/journal.db", strings.Repeat("this was never a journal\n", 10_000))
	s.refuses("journal.db is no journal or is damaged", "restore a backup")
}

func TestMistakesInTheConfigurationAreToldAllAtOnceWithFileLineAndKey(t *testing.T) {
	t.Parallel()
	s := newSite(t, `
global:
  poll_interval: soon
  windws: [1d]
sources:
  - name: tickets
    type: csv
    directory: drops
    record: tickt
    columns: {id: id}
    settled: 10s
`)
	file := s.path("config.yml")
	mistakes := []string{
		file + ":3: ", "poll_interval",
		file + ":4: ", "windws", "windows",
		file + ":9: ", "record", "tickt",
		file + ":11: ", "settled",
	}
	s.refuses(mistakes...)
	for _, also := range []string{"--config.check", "check"} {
		got := runToEnd(t, "--config.file="+file, also)
		if got.code != 1 {
			t.Errorf("%s: exit code %d, want 1", also, got.code)
		}
		expectText(t, got.stderr, mistakes...)
	}
	if _, err := os.Stat(s.storage); err == nil {
		t.Error("a storage path was made for a configuration that does not load")
	}
}

func TestCheckReadsEachSourceOnceAndKeepsNothing(t *testing.T) {
	t.Parallel()
	s := newSite(t, configOf(ticketSource, callSource))
	s.drop("drops/tickets/a.csv", ticketHeader, ticketRow("T1", 1, "email"), "T2,yesterday,,,,,,,")
	check := []string{"--config.file=" + s.path("config.yml"), "--storage.path=" + s.storage, "check"}
	got := runToEnd(t, check...)
	if got.code != 1 {
		t.Errorf("exit code %d where a source cannot be read, want 1", got.code)
	}
	expectText(t, got.stdout, "tickets: first page: 1 records, 1 rejects", "a.csv:3: bad_time", "calls: unreadable: ", "drops/calls")
	expectText(t, got.stderr, `source "calls" cannot be read: unreadable`)

	s.drop("drops/calls/a.csv", callHeader, "C1,2026-03-03 10:00,answered,10,100,support")
	if got = runToEnd(t, check...); got.code != 0 {
		t.Errorf("exit code %d where all can be read, want 0: %s", got.code, got.stderr)
	}
	expectText(t, got.stdout, "calls: first page: 1 records, 0 rejects")
	if _, err := os.Stat(s.storage); err == nil {
		t.Error("check has made a storage path")
	}
}

func TestSignalsEndTheExporterInPeace(t *testing.T) {
	t.Parallel()
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		t.Run(signal.String(), func(t *testing.T) {
			t.Parallel()
			s := newSite(t, configOf(ticketSource))
			s.write("drops/tickets/bulk.csv", text(ticketHeader, newBulk(20_000, 0).tickets))
			e := s.start()
			if e.scrape().complete() {
				t.Fatal("all was read before the signal: make the drop larger")
			}
			if code := e.signal(signal); code != 0 {
				t.Errorf("exit code %d in the middle of a read, want 0", code)
			}
			if log := e.logged(); strings.Contains(log, "level=ERROR") {
				t.Errorf("a stop is no error:\n%s", log)
			}
		})
	}
}

// webConfig lets in one user; the hash is of the words "let me in".
const webConfig = `
basic_auth_users:
  prometheus: $2a$04$Z02CN/fmrzJc3.R8/6Pv5uZE681vnYkU6x15B8w1q5Mfx7EpfcuC.
`

func TestAWebConfigurationKeepsStrangersOut(t *testing.T) {
	t.Parallel()
	s := oneTicket(t)
	s.write("web.yml", webConfig)
	e := s.launch("--web.config.file=" + s.path("web.yml"))
	eventually(t, "listening", e.listens)
	as := func(user, password string) int {
		r, err := http.NewRequest(http.MethodGet, e.url, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.SetBasicAuth(user, password)
		return e.get("/metrics", r.Header).code
	}
	for _, path := range []string{"/metrics", "/", "/-/ready", "/config"} {
		if code := e.get(path, nil).code; code != http.StatusUnauthorized {
			t.Errorf("%s without a name: %d, want 401", path, code)
		}
	}
	if code := as("prometheus", "open sesame"); code != http.StatusUnauthorized {
		t.Errorf("with a wrong password: %d, want 401", code)
	}
	if code := as("prometheus", "let me in"); code != http.StatusOK {
		t.Errorf("with the right password: %d, want 200", code)
	}
}

func TestTheStatusPageLeadsToTheOthers(t *testing.T) {
	t.Parallel()
	e := oneTicket(t).start("--web.telemetry-path=/kpis")
	page := e.get("/", nil)
	if page.code != http.StatusOK {
		t.Fatalf("the status page answers %d", page.code)
	}
	for _, path := range []string{"/kpis", "/config", "/-/healthy", "/-/ready", "/docs/", "/static/page.css", "/static/page.js", "/static/icon.svg"} {
		expectText(t, string(page.body), `".`+path+`"`)
		if code := e.get(path, nil).code; code != http.StatusOK {
			t.Errorf("%s answers %d, want 200", path, code)
		}
	}
	if code := e.get("/metrics", nil).code; code != http.StatusNotFound {
		t.Errorf("/metrics answers %d though the metrics are elsewhere, want 404", code)
	}
}

func TestMetricsCanBeServedAtTheRoot(t *testing.T) {
	t.Parallel()
	e := oneTicket(t).start("--web.telemetry-path=/")
	eventually(t, "metrics", func() bool {
		return strings.Contains(string(e.get("/", nil).body), "helpdesk_tickets_opened_total{")
	})
}
