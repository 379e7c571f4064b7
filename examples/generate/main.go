// Command generate writes the example drops: five weeks of an invented help
// desk. The dice are seeded and time stands still, so each run writes the same
// bytes.
//
//	go run ./examples/generate
package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// The span of the examples. Something happens at its very first and at its
// very last second in each file, so that files that are shifted each by its own
// span stay aligned. A replay starts three quarters through: on a Tuesday
// morning at nine, half an hour into an outage.
var (
	begin = end.AddDate(0, 0, -35)
	end   = time.Date(2026, time.March, 5, 3, 0, 0, 0, time.UTC)
)

func main() {
	if err := write(filepath.Join("examples", "drops")); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

func write(directory string) error {
	for _, d := range drops() {
		if err := os.WriteFile(filepath.Join(directory, d.name), d.bytes(), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// drops makes every file.
func drops() []drop {
	tickets := liveTickets(newDice(1))
	return []drop{
		ticketDrop(tickets),
		callDrop(newDice(2)),
		surveyDrop(newDice(3), tickets),
	}
}

// drop is one file.
type drop struct {
	name   string
	header []string
	rows   []row
}

// row is a line, and when the desk would have written it.
type row struct {
	at    time.Time
	cells []string
}

// bytes returns the file, its rows in the order of their times.
func (d drop) bytes() []byte {
	slices.SortStableFunc(d.rows, func(a, b row) int { return a.at.Compare(b.at) })
	lines := [][]string{d.header}
	for _, r := range d.rows {
		lines = append(lines, r.cells)
	}
	var b bytes.Buffer
	// A buffer takes whatever is written to it.
	_ = csv.NewWriter(&b).WriteAll(lines)
	return b.Bytes()
}

// stamp writes a time, nothing for none.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339)
}
