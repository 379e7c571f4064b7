package zendesk

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	promconfig "github.com/prometheus/common/config"
	"github.com/prometheus/common/model"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/sources"
)

// noon is when the desks of these tests are read, and day how long they look
// back.
var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

const day = 24 * time.Hour

// answers are what a desk says to a question: a status code and a body.
type answers func(query url.Values) (int, string)

// says is a desk that always says the same.
func says(body string) answers { return func(url.Values) (int, string) { return http.StatusOK, body } }

// refuses is a desk that does not.
func refuses(code int) answers {
	return func(url.Values) (int, string) { return code, `{"error":"RecordNotFound"}` }
}

// quiet is what a desk says at which nothing happens.
func quiet() map[string]answers {
	return map[string]answers{
		eventsPath:         says(`{"ticket_metric_events":[],"count":0,"end_time":null,"next_page":null,"end_of_stream":true}`),
		searchPath:         says(`{"results":[],"meta":{"has_more":false,"after_cursor":null},"links":{"next":null}}`),
		showManyPath:       refuses(http.StatusNotFound),
		ticketsPath:        says(`{"tickets":[],"after_cursor":"end","end_of_stream":true}`),
		ratingsPath:        says(`{"satisfaction_ratings":[],"meta":{"has_more":false}}`),
		responsesPath:      says(`{"survey_responses":[],"meta":{"has_more":false}}`),
		callsPath:          says(`{"calls":[],"count":0,"end_time":null,"next_page":null}`),
		legsPath:           says(`{"legs":[],"count":0,"end_time":null,"next_page":null}`),
		queuePath:          refuses(http.StatusNotFound),
		"/groups":          says(`{"groups":[{"id":31,"name":"Billing"}],"meta":{"has_more":false}}`),
		"/custom_statuses": says(`{"custom_statuses":[{"id":77,"status_category":"hold"}]}`),
		countPath:          says(`{"count":137}`),
	}
}

// stub is a desk that says what its answers are.
type stub struct {
	address string
	mu      sync.Mutex
	answers map[string]answers
	asked   []string // the questions, as path?query, below /api/v2
}

// open opens a desk that is quiet but for what is said.
func open(t *testing.T, said map[string]answers) *stub {
	t.Helper()
	d := &stub{answers: quiet()}
	d.say(said)
	server := httptest.NewServer(d)
	t.Cleanup(server.Close)
	d.address = server.URL
	return d
}

// say changes what the desk says.
func (d *stub) say(said map[string]answers) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for path, a := range said {
		d.answers[path] = a
	}
}

// ServeHTTP implements [http.Handler].
func (d *stub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path, _ := strings.CutPrefix(r.URL.Path, "/api/v2")
	query, _ := url.QueryUnescape(r.URL.RawQuery)
	d.mu.Lock()
	a, known := d.answers[path]
	d.asked = append(d.asked, path+"?"+query)
	d.mu.Unlock()
	code, body := http.StatusNotFound, `{"error":"InvalidEndpoint"}`
	if known {
		code, body = a(r.URL.Query())
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_, _ = w.Write([]byte(body))
}

// questions returns what the desk was asked at a path, and forgets it.
func (d *stub) questions(path string) []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	var at []string
	for _, q := range d.asked {
		if p, query, _ := strings.Cut(q, "?"); p == path {
			at = append(at, query)
		}
	}
	d.asked = slices.DeleteFunc(d.asked, func(q string) bool { return strings.HasPrefix(q, path+"?") })
	return at
}

// source returns a source of the desk that looks back ten days.
func (d *stub) source(t *testing.T, change ...func(*Config)) *Source {
	t.Helper()
	c := NewConfig().(*Config)
	c.API.URL = d.address
	c.API.HTTP.Authorization = &promconfig.Authorization{Type: "Bearer", Credentials: "s3cret"}
	c.StartFrom(model.Duration(10 * day))
	for _, f := range change {
		f(c)
	}
	s, err := c.New(sources.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s.(*Source)
}

// drained is all that was read in one go.
type drained struct {
	records []desk.Record
	rejects []desk.Reject
	cursor  desk.Cursor
	asOf    time.Time
}

// drain reads to the end.
func drain(t *testing.T, s *Source, cursor desk.Cursor, until time.Time) drained {
	t.Helper()
	all := drained{cursor: cursor}
	for range 100 {
		page, err := s.Fetch(t.Context(), all.cursor, until)
		if err != nil {
			t.Fatal(err)
		}
		all.records = append(all.records, page.Records...)
		all.rejects = append(all.rejects, page.Rejects...)
		if all.cursor = page.Cursor; !page.More {
			all.asOf = page.AsOf
			return all
		}
	}
	t.Fatal("there is still more after 100 pages")
	return all
}

// ids returns the ids of the records of a kind.
func (d drained) ids(kind desk.Kind) []string {
	var ids []string
	for _, r := range d.records {
		if r.Body.Kind() == kind {
			ids = append(ids, r.ID)
		}
	}
	return ids
}

// body returns the last state of a record that was told.
func body[T desk.Body](t *testing.T, d drained, id string) T {
	t.Helper()
	for _, r := range slices.Backward(d.records) {
		if b, ok := r.Body.(T); ok && r.ID == id {
			return b
		}
	}
	t.Fatalf("there is no record %q among %d", id, len(d.records))
	panic("unreachable")
}

// recorded returns a recorded answer.
func recorded(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	if !json.Valid(text) {
		t.Fatalf("testdata/%s is not JSON", name)
	}
	return string(text)
}

// at returns an instant of the recorded days.
func at(t *testing.T, text string) time.Time {
	t.Helper()
	when, err := time.Parse("2006-01-02 15:04:05", text)
	if err != nil {
		t.Fatal(err)
	}
	return when
}

// capability returns what is known of a part.
func capability(t *testing.T, s *Source, name string) sources.Capability {
	t.Helper()
	for _, c := range s.Capabilities() {
		if c.Name == name {
			return c
		}
	}
	t.Fatalf("no capability %q", name)
	panic("unreachable")
}

// text writes out a value to be compared.
func text(v any) string { return fmt.Sprintf("%+v", v) }
