package freshdesk

import (
	"encoding/json"
	"net/url"
	"regexp"
	"testing"
	"time"
)

func TestIdsAndCodesComeAsNumbersOrTexts(t *testing.T) {
	for text, want := range map[string]string{
		`7`: "7", `"7"`: "7", `" 7 "`: "7", `43000596433`: "43000596433", `7.0`: "7", `4.3e10`: "43000000000", `null`: "", `""`: "", `-103`: "-103", `"open"`: "open",
	} {
		var w word
		if err := json.Unmarshal([]byte(text), &w); err != nil || string(w) != want {
			t.Errorf("%s: got %q, %v, want %q", text, w, err, want)
		}
	}
	for _, text := range []string{`true`, `{}`, `[7]`, `"../groups"`, `"a/b"`, `"7?x=1"`, `7.5`} {
		var w word
		if err := json.Unmarshal([]byte(text), &w); err == nil {
			t.Errorf("%s is taken for %q", text, w)
		}
	}
}

func TestTimesComeInManyForms(t *testing.T) {
	want := time.Date(2026, 11, 18, 9, 12, 4, 0, time.UTC)
	for _, text := range []string{
		`"2026-11-18T09:12:04Z"`, `"2026-11-18T10:12:04+01:00"`, `" 2026-11-18T09:12:04.000Z"`, `1794993124`, `1794993124.0`, `1794993124000`,
	} {
		var i instant
		if err := json.Unmarshal([]byte(text), &i); err != nil || !i.Equal(want) || i.Location() != time.UTC {
			t.Errorf("%s: got %s, %v", text, i.Time, err)
		}
	}
	for _, text := range []string{`null`, `""`} {
		i := instant{want}
		if err := json.Unmarshal([]byte(text), &i); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
	for _, text := range []string{`"yesterday"`, `true`, `{}`, `0`, `-5`, `1e20`, `"0001-01-01T00:00:00Z"`} {
		var i instant
		if err := json.Unmarshal([]byte(text), &i); err == nil {
			t.Errorf("%s is taken for %s", text, i.Time)
		}
	}
}

// plain is what may go into a path and a cursor.
var plain = regexp.MustCompile(`^[A-Za-z0-9_ -]{0,64}$`)

func FuzzTicket(f *testing.F) {
	f.Add(`{"id":1,"status":2,"created_at":"2026-11-18T09:12:04Z","updated_at":"2026-11-18T09:12:04Z","stats":{"reopened_at":1}}`)
	f.Add(`{"id":"a/b","spam":1,"deleted":"true","stats":null,"custom_fields":[]}`)
	f.Fuzz(func(t *testing.T, data string) {
		l := ticketListing(url.Values{})
		r := l.rowOf(json.RawMessage(data))
		got, reason, detail := readTicket(r)
		switch {
		case reason == "" && (got.ID == "" || got.CreatedAt.IsZero() || got.UpdatedAt.IsZero()):
			t.Errorf("a ticket without an id or its times passes: %+v", got)
		case reason != "" && detail == "":
			t.Error("nobody says what is wrong")
		}
		for _, w := range []word{got.ID, got.Status, got.Group, word(r.id)} {
			if !plain.MatchString(string(w)) {
				t.Errorf("%q would go into a path", w)
			}
		}
	})
}
