package rt

import (
	"testing"
	"time"
)

// One ticket that the desk dates a day ahead, or a server whose clock is late,
// must not hide what changes meanwhile.
func TestWhatIsDatedAheadMovesNothing(t *testing.T) {
	target := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	ahead := &ticket{number: 1}
	ahead.LastUpdated.Time = target.Add(24 * time.Hour)
	p := changes{Since: target.Add(-time.Hour), Told: told{}}
	for range 3 {
		if p.advance([]*ticket{ahead}, true, target) {
			break
		}
	}
	if want := target.Add(-changesOverlap); !p.Since.Equal(want) {
		t.Errorf("it goes on from %s, want %s", p.Since, want)
	}
}
