package csv

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"gopkg.in/yaml.v3"

	"helpdesk_exporter/desk"
)

// shared is where real files lie on the machines of those who have them.
const shared = "../../../shared"

// sharedSources returns the csv sources of the example configuration.
func sharedSources(t *testing.T) map[string]*Config {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(shared, "contract.example.yml"))
	if err != nil {
		t.Skipf("needs the real files, which are not part of this repository: %v", err)
	}
	var file struct {
		Sources []yaml.Node `yaml:"sources"`
	}
	if err := yaml.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	out := map[string]*Config{}
	for _, node := range file.Sources {
		c := NewConfig().(*Config)
		var kind struct {
			Type string `yaml:"type"`
		}
		if err := node.Decode(&kind); err != nil || kind.Type != "csv" {
			continue
		}
		if err := node.Decode(c); err != nil {
			t.Fatal(err)
		}
		out[c.Shared().Name] = c
	}
	return out
}

// readShared reads one real file under a configuration.
func readShared(t *testing.T, c *Config, name string) desk.Page {
	t.Helper()
	path, err := filepath.Abs(filepath.Join(shared, "data", name))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Skipf("needs the real files, which are not part of this repository: %v", err)
	}
	c.Directory, c.Pattern, c.Files, c.After = "", "", []string{path}, afterKeep
	d := &desktop{t: t, config: c}
	d.restart()
	page := d.fetch(time.Date(2030, time.January, 1, 0, 0, 0, 0, time.UTC))
	if len(page.Rejects) > 0 {
		t.Errorf("%d rejects, such as %s", len(page.Rejects), faults(page)[0])
	}
	return page
}

func TestRealTickets(t *testing.T) {
	page := readShared(t, sharedSources(t)["tickets"], "technical_support_sla.csv")
	open, responded, solved, channels := 0, 0, 0, map[string]int{}
	var sum time.Duration
	for _, r := range page.Records {
		b := r.Body.(*desk.Ticket)
		channels[b.Channel]++
		if b.Status.Open() {
			open++
		}
		if d := b.FirstResponseAt.Sub(b.CreatedAt); !b.FirstResponseAt.IsZero() {
			responded++
			sum += max(0, d)
		}
		if !b.SolvedAt.IsZero() {
			solved++
		}
	}
	if len(page.Records) != 2330 || open != 418 || responded != 2312 || solved != 1912 {
		t.Errorf("tickets %d, open %d, responded %d, solved %d, want 2330, 418, 2312, 1912", len(page.Records), open, responded, solved)
	}
	if want := 3718217406 * time.Millisecond; sum != want {
		t.Errorf("first responses took %s together, want %s", sum, want)
	}
	if channels["email"] != 1234 || channels["chat"] != 850 || channels["phone"] != 246 {
		t.Errorf("channels %v, want email 1234, chat 850, phone 246", channels)
	}
}

func TestRealRatings(t *testing.T) {
	page := readShared(t, sharedSources(t)["ratings"], "technical_support_sla.csv")
	n, sum := 0, 0.0
	for _, r := range page.Records {
		b := r.Body.(*desk.Survey)
		if b.Score.Set {
			n++
			sum += b.Score.Value
		}
		if b.Survey != "after-ticket" || b.Ticket != r.ID {
			t.Fatalf("record %s: got %+v", r.ID, b)
		}
	}
	if len(page.Records) != 2330 || n != 1173 || sum != 4118 {
		t.Errorf("rows %d, answers %d, sum %v, want 2330, 1173, 4118", len(page.Records), n, sum)
	}
}

func TestRealCalls(t *testing.T) {
	page := readShared(t, sharedSources(t)["calls"], "call_center_calls_pwc.csv")
	outcomes, within20 := map[desk.Outcome]int{}, 0
	for _, r := range page.Records {
		b := r.Body.(*desk.Call)
		outcomes[b.Outcome]++
		if b.Outcome == desk.OutcomeAnswered && b.Wait.Set && b.Wait.Value <= 20*time.Second {
			within20++
		}
	}
	if len(page.Records) != 5000 || outcomes[desk.OutcomeAnswered] != 4054 || outcomes[desk.OutcomeAbandoned] != 946 || within20 != 374 {
		t.Errorf("calls %d, %v, within 20s %d, want 5000, 4054 answered, 946 abandoned, 374", len(page.Records), outcomes, within20)
	}
}

func TestRealScores(t *testing.T) {
	sharedSources(t)
	c := configured(t, `
record: survey
time_format: "2006-01-02 15:04:05"
columns: {id: response_id, survey: "=relation", responded_at: submitted_at, score: nps}
`)
	page := readShared(t, c, "nps_responses.csv")
	distinct, promoters := map[string]bool{}, 0
	for _, r := range page.Records {
		if score := r.Body.(*desk.Survey).Score.Value; score >= 9 && score <= 10 {
			promoters++
		}
		distinct[r.ID] = true
	}
	if len(page.Records) != 3145 || len(distinct) != 3144 || promoters != 630 {
		t.Errorf("rows %d, ids %d, promoters %d, want 3145, 3144, 630", len(page.Records), len(distinct), promoters)
	}
}
