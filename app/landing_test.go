package app

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"helpdesk_exporter/book"
	"helpdesk_exporter/poll"
)

func TestTheLandingPageSaysHowTheReadingGoes(t *testing.T) {
	a, err := New(options(t), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	defer a.journal.Close()
	page := func() string {
		w := httptest.NewRecorder()
		a.handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
		return w.Body.String()
	}
	if got := page(); !strings.Contains(got, "<td>acme</td><td>tickets</td><td>first sync: nothing read yet</td>") {
		t.Errorf("before the first poll:\n%s", got)
	}
	for _, r := range a.readers {
		if err := r.Poll(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if got := page(); !strings.Contains(got, "<td>up to date</td>") {
		t.Errorf("after the first poll:\n%s", got)
	}
}

func TestTheStateOfASourceInWords(t *testing.T) {
	reached := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	for name, tt := range map[string]struct {
		health book.SourceHealth
		status poll.Status
		want   string
	}{
		"new":       {book.SourceHealth{}, poll.Status{}, "first sync: nothing read yet"},
		"reading":   {book.SourceHealth{}, poll.Status{Reading: true, Pages: 3}, "catching up: page 3"},
		"dated":     {book.SourceHealth{}, poll.Status{Reading: true, Pages: 3, Reached: reached}, "catching up: page 3, at 2026-03-02 08:00:00 UTC"},
		"synced":    {book.SourceHealth{Synced: true}, poll.Status{}, "up to date"},
		"stale":     {book.SourceHealth{Synced: true, Stale: true}, poll.Status{}, "stale: nothing new for too long"},
		"a failure": {book.SourceHealth{Synced: true}, poll.Status{Failure: errors.New("a secret")}, "the last poll failed: see the log"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := stateOf(tt.health, tt.status); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
