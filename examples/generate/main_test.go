package main

import (
	"bytes"
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const committed = "../drops"

func TestCommittedDropsAreWhatTheGeneratorWrites(t *testing.T) {
	for _, d := range drops() {
		got, err := os.ReadFile(filepath.Join(committed, d.name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, d.bytes()) {
			t.Errorf("%s differs from what the generator writes: run go run ./examples/generate", d.name)
		}
	}
}

// The replay shifts each file by its own span: were the spans not the same,
// answers would come before their tickets.
func TestEveryFileSpansTheSameTime(t *testing.T) {
	for _, d := range drops() {
		first, last := end, begin
		for _, r := range parse(t, d) {
			for name, cell := range r {
				if !strings.HasSuffix(name, "_at") || cell == "" {
					continue
				}
				at, err := time.Parse(time.RFC3339, cell)
				if err != nil {
					t.Fatal(err)
				}
				if at.Before(first) {
					first = at
				}
				if at.After(last) {
					last = at
				}
			}
		}
		if !first.Equal(begin) || !last.Equal(end) {
			t.Errorf("%s spans %s to %s, want %s to %s", d.name, stamp(first), stamp(last), stamp(begin), stamp(end))
		}
	}
}

func TestStatesOfATicketAreInOrderAndSurveysKnowTheirs(t *testing.T) {
	files := map[string][]map[string]string{}
	for _, d := range drops() {
		files[d.name] = parse(t, d)
	}
	newest := map[string]string{}
	for _, r := range files["tickets.csv"] {
		// Times of one zone and one form sort as text.
		if r["updated_at"] <= newest[r["ticket_id"]] {
			t.Errorf("ticket %s: state of %s comes after one of %s", r["ticket_id"], r["updated_at"], newest[r["ticket_id"]])
		}
		newest[r["ticket_id"]] = r["updated_at"]
		for _, name := range []string{"created_at", "first_response_at", "solved_at"} {
			if r[name] > r["updated_at"] {
				t.Errorf("ticket %s: %s %s lies after its update %s", r["ticket_id"], name, r[name], r["updated_at"])
			}
		}
	}
	for _, r := range files["surveys.csv"] {
		if id := r["ticket_id"]; id != "" && newest[id] == "" {
			t.Errorf("survey %s is about the unknown ticket %s", r["response_id"], id)
		}
		if r["responded_at"] != "" && r["responded_at"] <= r["sent_at"] {
			t.Errorf("survey %s is answered before it is sent", r["response_id"])
		}
	}
}

// parse returns the rows of a drop by the names of its header.
func parse(t *testing.T, d drop) []map[string]string {
	t.Helper()
	lines, err := csv.NewReader(bytes.NewReader(d.bytes())).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var rows []map[string]string
	for _, line := range lines[1:] {
		r := map[string]string{}
		for i, name := range lines[0] {
			r[name] = line[i]
		}
		rows = append(rows, r)
	}
	return rows
}
