package browser

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// exporter is a running exporter.
type exporter struct {
	t   *testing.T
	cmd *exec.Cmd
	log string
	url string
	end chan struct{}

	config string // its file
}

// start runs the exporter on a configuration until its sources are read, or
// fail.
func start(t *testing.T, config string, flags ...string) *exporter {
	t.Helper()
	dir := t.TempDir()
	file, log := filepath.Join(dir, "config.yml"), filepath.Join(dir, "log")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := os.Create(log)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	args := append([]string{"--config.file=" + file, "--storage.path=" + filepath.Join(dir, "data"), "--web.listen-address=127.0.0.1:0"}, flags...)
	e := &exporter{t: t, cmd: exec.Command(exporterBinary, args...), log: log, end: make(chan struct{}), config: file}
	e.cmd.Stdout, e.cmd.Stderr = out, out
	if err := e.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = e.cmd.Wait() // how it ended does not matter here
		close(e.end)
	}()
	t.Cleanup(e.stop)
	eventually(t, "listening", e.listens)
	return e
}

// stop ends the exporter.
func (e *exporter) stop() {
	_ = e.cmd.Process.Kill() // it may have ended already
	<-e.end
}

var listening = regexp.MustCompile(`msg="Listening on" address=(127\.0\.0\.1:\d+)`)

func (e *exporter) listens() bool {
	text, err := os.ReadFile(e.log)
	if err != nil {
		e.t.Fatal(err)
	}
	found := listening.FindSubmatch(text)
	if found == nil {
		return false
	}
	e.url = "http://" + string(found[1])
	return true
}

// serves reports whether a line of /metrics begins so.
func (e *exporter) serves(line string) bool {
	response, err := http.Get(e.url + "/metrics")
	if err != nil {
		return false
	}
	defer response.Body.Close()
	var text strings.Builder
	if err := response.Write(&text); err != nil {
		return false
	}
	return strings.Contains(text.String(), "\n"+line)
}

// example returns the example's configuration as it can be used from anywhere.
func example(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../config.example.yml")
	if err != nil {
		t.Fatal(err)
	}
	drops, err := filepath.Abs("../../examples/drops")
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(text), "examples/drops", drops)
}

// eventually waits until ok holds.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !ok(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within %s: %s", patience, what)
		}
	}
}
