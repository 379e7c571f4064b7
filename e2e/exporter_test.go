package e2e

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// exporter is a running exporter.
type exporter struct {
	t    *testing.T
	cmd  *exec.Cmd
	log  string // the file that takes what it writes
	url  string
	done chan struct{} // closed when it has ended
}

// start runs an exporter on the site until it listens.
func (s *site) start(flags ...string) *exporter {
	s.t.Helper()
	e := s.launch(flags...)
	eventually(s.t, "listening", e.listens)
	eventually(s.t, "/-/ready", func() bool { return e.get("/-/ready", nil).code == http.StatusOK })
	return e
}

// launch runs an exporter and does not wait for it.
func (s *site) launch(flags ...string) *exporter {
	s.t.Helper()
	log, err := os.CreateTemp(s.dir, "log")
	if err != nil {
		s.t.Fatal(err)
	}
	defer log.Close()
	args := append([]string{
		"--config.file=" + s.path("config.yml"), "--storage.path=" + s.storage,
		"--web.listen-address=127.0.0.1:0",
	}, flags...)
	e := &exporter{t: s.t, cmd: exec.Command(exporterBinary(s.t), args...), log: log.Name(), done: make(chan struct{})}
	e.cmd.Dir = s.dir
	e.cmd.Stdout, e.cmd.Stderr = log, log
	if err := e.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	go func() {
		_ = e.cmd.Wait() // the exit code stands in ProcessState
		close(e.done)
	}()
	s.t.Cleanup(func() {
		if s.t.Failed() && !e.ended() {
			s.t.Logf("log of the exporter:\n%s", e.logged())
		}
		e.kill()
	})
	return e
}

var listening = regexp.MustCompile(`msg="Listening on" address=(127\.0\.0\.1:\d+)`)

// listens reports whether the exporter listens, and notes where.
func (e *exporter) listens() bool {
	e.t.Helper()
	if e.ended() {
		e.t.Fatalf("the exporter ended with code %d instead of listening:\n%s", e.cmd.ProcessState.ExitCode(), e.logged())
	}
	found := listening.FindStringSubmatch(e.logged())
	if found == nil {
		return false
	}
	e.url = "http://" + found[1]
	return true
}

func (e *exporter) ended() bool {
	select {
	case <-e.done:
		return true
	default:
		return false
	}
}

func (e *exporter) logged() string {
	text, err := os.ReadFile(e.log)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// kill ends the exporter at once and gives it no chance to tidy up.
func (e *exporter) kill() {
	_ = e.cmd.Process.Kill() // it may have ended already
	<-e.done
}

// stop ends the exporter as an operator does, and expects it to go in peace.
func (e *exporter) stop() {
	e.t.Helper()
	if code := e.signal(syscall.SIGTERM); code != 0 {
		e.t.Fatalf("exit code %d after SIGTERM, want 0", code)
	}
}

// signal sends a signal and returns the exit code.
func (e *exporter) signal(s os.Signal) int {
	e.t.Helper()
	if err := e.cmd.Process.Signal(s); err != nil {
		e.t.Fatal(err)
	}
	within(e.t, 10*time.Second, "the end after "+s.String(), e.ended)
	return e.cmd.ProcessState.ExitCode()
}

// answer is what the exporter answered to a request.
type answer struct {
	code int // 0: nothing
	kind string
	body []byte
}

// get asks for a path.
func (e *exporter) get(path string, header http.Header) answer {
	return e.send(http.MethodGet, path, header)
}

// send sends a request without a body.
func (e *exporter) send(method, path string, header http.Header) answer {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, e.url+path, nil)
	if err != nil {
		e.t.Fatal(err)
	}
	for name, values := range header {
		r.Header[name] = values
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return answer{}
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return answer{}
	}
	return answer{code: response.StatusCode, kind: response.Header.Get("Content-Type"), body: body}
}

// result is how a run of the binary ended.
type result struct {
	code           int
	stdout, stderr string
}

// runToEnd runs the binary, with a bound, until it ends by itself.
func runToEnd(t *testing.T, args ...string) result {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, exporterBinary(t), args...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if ctx.Err() != nil {
		t.Fatalf("helpdesk_exporter %s did not end within %s", strings.Join(args, " "), patience)
	}
	return result{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()}
}
