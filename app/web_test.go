package app

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const oneSource = `
sources:
  - name: tickets
    desk: acme
    type: csv
    files: [tickets.csv]
    record: ticket
    settle: 0s
    time_format: "2006-01-02T15:04:05Z07:00"
    columns: {id: id, created_at: created, status: status}
`

const twoTickets = "id,created,status\n1,2026-03-01T10:00:00Z,open\n2,2026-03-01T11:00:00Z,nonsense\n"

// options are those of an exporter with one source, in memory.
func options(t *testing.T) Options {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"config.yml": oneSource, "tickets.csv": twoTickets} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return Options{
		ConfigFile: filepath.Join(dir, "config.yml"), TelemetryPath: "/metrics",
		Logger: slog.New(slog.DiscardHandler),
	}
}

func TestTheEndpoints(t *testing.T) {
	a, err := New(options(t), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	defer a.journal.Close()
	for _, r := range a.readers {
		if err := r.Poll(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	handler := a.handler()
	for _, c := range []struct {
		path, body string
		status     int
	}{
		{"/", "Help desk exporter", http.StatusOK},
		{"/metrics", `helpdesk_tickets_open{channel="none",desk="acme",priority="none",status="open",team="none"} 1`, http.StatusOK},
		{"/metrics", `helpdesk_source_rejects_total{desk="acme",reason="unknown_value",source="tickets"} 1`, http.StatusOK},
		{"/metrics", `helpdesk_source_up{desk="acme",source="tickets"} 1`, http.StatusOK},
		{"/", `href="./config"`, http.StatusOK},
		{"/config", "name: tickets", http.StatusOK},
		{"/-/healthy", "Healthy.", http.StatusOK},
		{"/-/ready", "Ready.", http.StatusOK},
		{"/nothing", "404", http.StatusNotFound},
	} {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, c.path, nil))
		if w.Code != c.status || !strings.Contains(w.Body.String(), c.body) {
			t.Errorf("%s: %d without %s:\n%s", c.path, w.Code, c.body, w.Body)
		}
	}
}

func TestCheckSourcesTellsHowEachFirstPageWent(t *testing.T) {
	var out bytes.Buffer
	if err := CheckSources(t.Context(), options(t), &out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"tickets: first page: 1 records, 1 rejects", "unknown_value", "values.status"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in:\n%s", want, &out)
		}
	}
	if strings.Contains(out.String(), "nonsense") {
		t.Errorf("a cell's value is shown:\n%s", &out)
	}
}

func TestAWindowLongerThanTheRetentionIsRefused(t *testing.T) {
	o := options(t)
	o.StorageRetention = 24 * time.Hour
	_, err := New(o, time.Now())
	if err == nil || !strings.Contains(err.Error(), "28d") || !strings.Contains(err.Error(), "--storage.retention") {
		t.Errorf("got %v, want the window and the flag named", err)
	}
}
