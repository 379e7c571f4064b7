package freshdesk

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	promconfig "github.com/prometheus/common/config"
	"github.com/prometheus/common/model"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/sources"
)

// noon is when most tests read.
var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

func at(t *testing.T, text string) time.Time {
	t.Helper()
	v, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// source returns a source of a desk, whose first sync goes back 28 days.
func source(t *testing.T, h http.Handler, change ...func(*Config)) *Source {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	c := NewConfig().(*Config)
	c.API.URL, c.Start = server.URL, model.Duration(28*24*time.Hour)
	c.API.HTTP.BasicAuth = &promconfig.BasicAuth{Username: "key", Password: "X"}
	for _, f := range change {
		f(c)
	}
	made, err := c.New(sources.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return made.(*Source)
}

// drained is what a source told in a round.
type drained struct {
	records []desk.Record
	rejects []desk.Reject
	pages   int
	cursor  desk.Cursor
	asOf    time.Time
}

// tickets returns the tickets that were told, as they were told last.
func (d *drained) tickets() map[string]desk.Record {
	all := map[string]desk.Record{}
	for _, r := range d.records {
		if r.Body.Kind() == desk.KindTicket {
			all[r.ID] = r
		}
	}
	return all
}

// drain reads one round.
func drain(t interface {
	Helper()
	Fatalf(string, ...any)
}, s *Source, since desk.Cursor, until time.Time,
) drained {
	t.Helper()
	all := drained{cursor: since}
	for range 10_000 {
		page, err := s.Fetch(context.Background(), all.cursor, until)
		if err != nil {
			t.Fatalf("Fetch: %v", err)
		}
		all.records = append(all.records, page.Records...)
		all.rejects = append(all.rejects, page.Rejects...)
		all.cursor, all.asOf = page.Cursor, page.AsOf
		if all.pages++; !page.More {
			return all
		}
	}
	t.Fatalf("there is no end")
	return all
}

// scripted is a desk that answers by path, below /api/v2 and with the filter of
// a listing. A path without an answer is an empty list, one whose answer is a
// number that status.
type scripted struct {
	mu      sync.Mutex
	answers map[string]string
	asked   []string // with the query
}

func script(answers map[string]string) *scripted { return &scripted{answers: answers} }

func (s *scripted) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	path := strings.TrimPrefix(r.URL.Path, "/api/v2")
	s.asked = append(s.asked, path+"?"+r.URL.RawQuery)
	if filter := r.URL.Query().Get("filter"); filter != "" {
		path += "?" + filter
	}
	answer, ok := s.answers[path]
	if status, err := strconv.Atoi(answer); ok && err == nil {
		w.WriteHeader(status)
		return
	}
	if !ok || r.URL.Query().Get("page") > "1" {
		answer = "[]"
	}
	_, _ = w.Write([]byte(answer))
}

// say changes an answer.
func (s *scripted) say(path, answer string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answers[path] = answer
}

// forget returns how many requests there were for paths that begin so, and
// begins to count anew.
func (s *scripted) forget(path string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, asked := range s.asked {
		if strings.HasPrefix(asked, path) {
			n++
		}
	}
	s.asked = nil
	return n
}

// sample returns an answer as the vendor documents it.
func sample(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// ticketWith returns the list of one ticket, that of the documentation with some
// fields changed; a nil takes one away.
func ticketWith(t *testing.T, fields map[string]any) string {
	t.Helper()
	var list []map[string]any
	if err := json.Unmarshal([]byte(sample(t, "tickets")), &list); err != nil {
		t.Fatal(err)
	}
	stats := list[0]["stats"].(map[string]any)
	for name, value := range fields {
		of := list[0]
		if inner, ok := strings.CutPrefix(name, "stats."); ok {
			of, name = stats, inner
		}
		if of[name] = value; value == nil {
			delete(of, name)
		}
	}
	data, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// What the desk calls its groups and statuses.
const (
	groups = `[{"id":43000596433,"name":"Payments"}]`
	fields = `[{"name":"status","type":"default_status","choices":{"2":["Open","x"],"6":["Waiting on Customer","x"],"7":["Waiting on Third Party","x"]}}]`
)
