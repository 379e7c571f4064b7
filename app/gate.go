package app

import (
	"sync"
	"time"

	"helpdesk_exporter/book"
	"helpdesk_exporter/desk"
)

// gate is the way of the pages into the book in force. It implements
// [poll.Book] for runners that outlive the book: a page that comes while books
// are exchanged waits, and goes to the new one.
type gate struct {
	mu   sync.RWMutex // those who use the book hold it shared
	book *book.Book
}

// Cursor implements [poll.Book].
func (g *gate) Cursor(source string) desk.Cursor {
	g.mu.RLock()
	defer g.mu.RUnlock()
	return g.book.Cursor(source)
}

// Commit implements [poll.Book].
func (g *gate) Commit(source string, page desk.Page, now time.Time) error {
	g.mu.RLock()
	defer g.mu.RUnlock()
	return g.book.Commit(source, page, now)
}

// OpenTickets implements [poll.Book].
func (g *gate) OpenTickets(source string) (int, bool) {
	g.mu.RLock()
	defer g.mu.RUnlock()
	return g.book.OpenTickets(source)
}

// due returns the promises that are chosen, and the sources that there are.
func (g *gate) due(o book.DueOptions) ([]book.Due, []book.SourceConfig) {
	g.mu.RLock()
	defer g.mu.RUnlock()
	return g.book.Due(o), g.book.Sources
}

// health returns how the sources are doing.
func (g *gate) health(now time.Time) []book.SourceHealth {
	g.mu.RLock()
	defer g.mu.RUnlock()
	return g.book.Health(now)
}

// trends returns how the figures of the given families went over the last day.
func (g *gate) trends(now time.Time, families ...string) []book.Trend {
	g.mu.RLock()
	defer g.mu.RUnlock()
	return g.book.Trends(now, families...)
}

// exchange holds all pages back while open makes the next book of the present
// one. When it returns an error, the present one goes on.
func (g *gate) exchange(open func(present *book.Book) (*book.Book, error)) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	next, err := open(g.book)
	if err == nil {
		g.book = next
	}
	return err
}
