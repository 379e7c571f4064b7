package app

import (
	"errors"
	"log/slog"
	"testing"
	"time"

	"helpdesk_exporter/book"
	"helpdesk_exporter/config"
	"helpdesk_exporter/desk"
	"helpdesk_exporter/journal"
	"helpdesk_exporter/kpi"
	"helpdesk_exporter/sources"
)

// aBook returns the book of one source, or another one on the same journal.
func aBook(t *testing.T, j *journal.Journal) *book.Book {
	t.Helper()
	c := config.Default()
	b, err := book.Open(book.Options{
		Journal: j, Catalogue: kpi.NewCatalogue(c.Definitions()), Retention: c.Retention(),
		Logger: slog.New(slog.DiscardHandler), Now: time.Now(),
		Sources: []book.SourceConfig{{
			Name: "tickets", Desk: "acme", Type: "csv", Feeds: []desk.Kind{desk.KindTicket}, History: sources.HistoryCounters,
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestPagesWaitWhileBooksAreExchangedAndGoToTheNewOne(t *testing.T) {
	j, err := journal.Open("")
	if err != nil {
		t.Fatal(err)
	}
	g := &gate{book: aBook(t, j)}
	old := g.book
	committed := make(chan error)
	err = g.exchange(func(present *book.Book) (*book.Book, error) {
		if present != old {
			t.Error("another book is handed over than the present one")
		}
		if g.mu.TryRLock() {
			t.Error("pages are not held back")
		}
		go func() { committed <- g.Commit("tickets", desk.Page{Cursor: desk.Cursor("a")}, time.Now()) }()
		return aBook(t, j), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := <-committed; err != nil {
		t.Fatal(err)
	}
	if before, after := string(old.Cursor("tickets")), string(g.Cursor("tickets")); before != "" || after != "a" {
		t.Errorf("the old book has been read up to %q, the new one up to %q; want the page in the new one", before, after)
	}
}

func TestABookThatCannotBeExchangedGoesOn(t *testing.T) {
	j, err := journal.Open("")
	if err != nil {
		t.Fatal(err)
	}
	g := &gate{book: aBook(t, j)}
	full := errors.New("no space left on device")
	if err := g.exchange(func(*book.Book) (*book.Book, error) { return nil, full }); !errors.Is(err, full) {
		t.Errorf("got %v, want %v", err, full)
	}
	if err := g.Commit("tickets", desk.Page{Cursor: desk.Cursor("a")}, time.Now()); err != nil || string(g.Cursor("tickets")) != "a" {
		t.Errorf("a page after that: %v, read up to %q", err, g.Cursor("tickets"))
	}
}
