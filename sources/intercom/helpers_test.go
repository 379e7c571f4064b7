package intercom

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"time"

	"github.com/prometheus/common/config"
	"github.com/prometheus/common/model"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/sources"
)

const token = "t0ken"

// noon is when the tests read, on a day in the middle of the week.
var noon = time.Date(2026, 11, 18, 12, 0, 0, 0, time.UTC)

func at(seconds int64) time.Time { return time.Unix(seconds, 0).UTC() }

// source returns a source of a workspace.
func source(t *testing.T, h http.Handler, change ...func(*Config)) *Source {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	c := NewConfig().(*Config)
	c.API.URL, c.Start = server.URL, model.Duration(28*24*time.Hour)
	c.API.HTTP.Authorization = &config.Authorization{Type: "Bearer", Credentials: token}
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

func (d drained) tickets() map[string]*desk.Ticket {
	all := map[string]*desk.Ticket{}
	for _, r := range d.records {
		if ticket, ok := r.Body.(*desk.Ticket); ok {
			all[r.ID] = ticket
		}
	}
	return all
}

func drain(t *testing.T, s *Source, cursor desk.Cursor, until time.Time) drained {
	t.Helper()
	d := drained{cursor: cursor}
	for d.pages < 1000 {
		page, err := s.Fetch(t.Context(), d.cursor, until)
		if err != nil {
			t.Fatal(err)
		}
		d.pages++
		d.records = append(d.records, page.Records...)
		d.rejects = append(d.rejects, page.Rejects...)
		d.cursor, d.asOf = page.Cursor, page.AsOf
		if !page.More {
			return d
		}
	}
	t.Fatal("the round does not end")
	return d
}

// sample returns a documented answer's list.
func sample(t *testing.T, file, list string) []json.RawMessage {
	t.Helper()
	data, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	var answer map[string]json.RawMessage
	var items []json.RawMessage
	if err := json.Unmarshal(data, &answer); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(answer[list], &items); err != nil {
		t.Fatal(err)
	}
	return items
}

// shown returns a conversation with some fields changed.
func shown(t *testing.T, patch string) json.RawMessage {
	t.Helper()
	whole := map[string]json.RawMessage{
		"id": json.RawMessage(`"515"`), "created_at": json.RawMessage(`1000000`), "updated_at": json.RawMessage(`1009000`),
		"state": json.RawMessage(`"open"`), "open": json.RawMessage(`true`),
		"source": json.RawMessage(`{"type":"email","delivered_as":"customer_initiated","author":{"type":"user","id":"u1"}}`),
	}
	var changes map[string]json.RawMessage
	if err := json.Unmarshal([]byte(patch), &changes); err != nil {
		t.Fatalf("%s: %v", patch, err)
	}
	maps.Copy(whole, changes)
	data, err := json.Marshal(whole)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// read reads a conversation with some fields changed.
func read(t *testing.T, patch string) *conversation {
	t.Helper()
	v, err := conversationOf(shown(t, patch))
	if err != nil {
		t.Fatalf("%s: %v", patch, err)
	}
	return v
}

// nobody is a workspace that nothing is asked of.
var nobody = http.NotFoundHandler()
