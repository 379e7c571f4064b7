package app

import (
	"sync"
	"time"
)

// glance is the status page as it was last made. Those who look at it in the
// same second share it: many who look at a large exporter must not keep it from
// its work.
type glance struct {
	mu   sync.Mutex // held while a page is made
	page []byte
	made time.Time // zero: what there is counts no more
}

// glanceTime is how long a page is shown before another is made.
const glanceTime = time.Second

// look returns the page of this second, which render makes if there is none.
func (g *glance) look(render func() ([]byte, error)) ([]byte, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.made.IsZero() && time.Since(g.made) < glanceTime {
		return g.page, nil
	}
	page, err := render()
	if err != nil {
		return nil, err
	}
	g.page, g.made = page, time.Now()
	return page, nil
}

// forget has the next one who looks see what is new.
func (g *glance) forget() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.made = time.Time{}
}
