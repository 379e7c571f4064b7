package e2e

import (
	"strings"
	"testing"
)

// A container has no other program to ask with.
func TestTheBinaryTellsWhetherAnExporterLives(t *testing.T) {
	t.Parallel()
	s := oneTicket(t)
	s.write("web.yml", webConfig)
	e := s.launch("--web.config.file=" + s.path("web.yml"))
	eventually(t, "listening", e.listens)
	ask := []string{"healthcheck", "--web.listen-address=" + strings.TrimPrefix(e.url, "http://")}
	if got := runToEnd(t, ask...); got.code != 0 || got.stdout+got.stderr != "" {
		t.Errorf("of one that lives: %+v, want code 0 and no word", got)
	}
	e.stop()
	got := runToEnd(t, ask...)
	if got.code != 1 {
		t.Errorf("exit code %d of one that has ended, want 1", got.code)
	}
	expectText(t, got.stderr, "no exporter answers at", "connection refused", "--web.listen-address")
}
