package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// prometheus is a running Prometheus with a storage of its own.
type prometheus struct {
	t     *testing.T
	log   string // the file that takes what it writes
	url   string
	done  chan struct{} // closed when it has ended
	since time.Time     // nothing that it holds is older
}

// scraping is how often it scrapes and evaluates: often enough for a test of
// minutes, seldom enough for a machine that runs others beside it.
const scraping = 5 * time.Second

const configOfPrometheus = `
global: {scrape_interval: %[1]s, evaluation_interval: %[1]s}
rule_files: [rules/*.yml]
scrape_configs:
  - job_name: helpdesk
    static_configs: [{targets: [%[2]q]}]
`

// nativeOnly has Prometheus take the native form of histograms alone.
const nativeOnly = "    scrape_native_histograms: true\n"

// startPrometheus runs a Prometheus over the exporter, with the rules of the
// repository. More is what its scrape configuration says beside the target.
func startPrometheus(t *testing.T, binary string, e *exporter, more string) *prometheus {
	t.Helper()
	dir := t.TempDir()
	copyRules(t, filepath.Join(dir, "rules"))
	config := fmt.Sprintf(configOfPrometheus, scraping, strings.TrimPrefix(e.url, "http://")) + more
	if err := os.WriteFile(filepath.Join(dir, "prometheus.yml"), []byte(config), 0o644); err != nil {
		t.Fatal(err)
	}
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	cmd := exec.Command(binary, "--config.file=prometheus.yml", "--storage.tsdb.path=data", "--web.listen-address=127.0.0.1:0",
		"--enable-feature=exemplar-storage")
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, log, log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &prometheus{t: t, log: log.Name(), done: make(chan struct{}), since: time.Now()}
	go func() {
		_ = cmd.Wait() // its log says why it ended
		close(p.done)
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it may have ended already
		<-p.done
	})
	eventually(t, "Prometheus listening", p.listens)
	eventually(t, "Prometheus being ready", p.ready)
	return p
}

// intervals are how often groups of rules are evaluated that say so themselves.
var intervals = regexp.MustCompile(`(?m)^    interval: .*$`)

// copyRules copies the rules, to be evaluated as often as the scrapes come.
func copyRules(t *testing.T, to string) {
	t.Helper()
	if err := os.CopyFS(to, os.DirFS("../prometheus/rules")); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(to, "*.yml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no rules: %v", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		text = intervals.ReplaceAll(text, fmt.Appendf(nil, "    interval: %s", scraping))
		if err := os.WriteFile(file, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

var prometheusListening = regexp.MustCompile(`msg="Listening on".* address=(127\.0\.0\.1:\d+)`)

// listens reports whether it listens, and notes where.
func (p *prometheus) listens() bool {
	p.t.Helper()
	text, err := os.ReadFile(p.log)
	if err != nil {
		p.t.Fatal(err)
	}
	select {
	case <-p.done:
		p.t.Fatalf("Prometheus ended instead of listening:\n%s", text)
	default:
	}
	found := prometheusListening.FindSubmatch(text)
	if found == nil {
		return false
	}
	p.url = "http://" + string(found[1])
	return true
}

func (p *prometheus) ready() bool {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, p.url+"/-/ready", nil)
	if err != nil {
		p.t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return false
	}
	response.Body.Close()
	return response.StatusCode == http.StatusOK
}

// reply is what the API of Prometheus answers to everything.
type reply struct {
	Status   string
	Data     json.RawMessage
	Error    string
	Warnings []string
	Infos    []string
}

// ask sends a request to the API and decodes the data of the answer. What
// Prometheus remarks on the way is an error too.
func (p *prometheus) ask(path string, form url.Values, data any) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, p.url+"/api/v1/"+path+"?"+form.Encode(), nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	var answer reply
	if err := json.Unmarshal(body, &answer); err != nil {
		return fmt.Errorf("status %d: %w", response.StatusCode, err)
	}
	if answer.Status != "success" {
		return fmt.Errorf("status %d: %s", response.StatusCode, answer.Error)
	}
	if remarks := append(answer.Warnings, answer.Infos...); len(remarks) > 0 {
		return fmt.Errorf("a remark of Prometheus: %s", strings.Join(remarks, "; "))
	}
	return json.Unmarshal(answer.Data, data)
}

// strings asks for a list of names or values.
func (p *prometheus) strings(path string, form url.Values) ([]string, error) {
	var list []string
	err := p.ask(path, form, &list)
	return list, err
}

// line is one series of an answer.
type line struct {
	labels map[string]string
	values []float64
	spread bool // it is of native histograms
}

// at asks for the answer to an expression at an instant.
func (p *prometheus) at(expr string, t time.Time) ([]line, error) {
	return p.query("query", url.Values{"query": {expr}, "time": {timestamp(t)}})
}

// over asks for the answers to an expression over a time.
func (p *prometheus) over(expr string, from, to time.Time, step time.Duration) ([]line, error) {
	return p.query("query_range", url.Values{
		"query": {expr}, "start": {timestamp(from)}, "end": {timestamp(to)},
		"step": {strconv.FormatFloat(step.Seconds(), 'f', -1, 64)},
	})
}

func timestamp(t time.Time) string {
	return strconv.FormatFloat(float64(t.UnixMilli())/1000, 'f', 3, 64)
}

// point is a time and a value, which is a text.
type point [2]any

func (p *prometheus) query(path string, form url.Values) ([]line, error) {
	var answer struct {
		ResultType string
		Result     json.RawMessage
	}
	if err := p.ask(path, form, &answer); err != nil {
		return nil, err
	}
	switch answer.ResultType {
	case "vector", "matrix":
	case "scalar":
		var one point
		if err := json.Unmarshal(answer.Result, &one); err != nil {
			return nil, err
		}
		return []line{{values: numbers(one)}}, nil
	default:
		return nil, fmt.Errorf("the answer is a %s, and no panel shows that", answer.ResultType)
	}
	var series []struct {
		Metric     map[string]string
		Value      *point
		Values     []point
		Histogram  json.RawMessage
		Histograms []json.RawMessage
	}
	if err := json.Unmarshal(answer.Result, &series); err != nil {
		return nil, err
	}
	var lines []line
	for _, s := range series {
		if s.Value != nil {
			s.Values = append(s.Values, *s.Value)
		}
		lines = append(lines, line{labels: s.Metric, values: numbers(s.Values...), spread: len(s.Histogram)+len(s.Histograms) > 0})
	}
	return lines, nil
}

func numbers(points ...point) []float64 {
	var all []float64
	for _, p := range points {
		text, _ := p[1].(string)
		value, err := strconv.ParseFloat(text, 64)
		if err != nil {
			value = math.NaN()
		}
		all = append(all, value)
	}
	return all
}
