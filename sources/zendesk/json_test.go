package zendesk

import (
	"encoding/json"
	"testing"
	"time"

	"helpdesk_exporter/desk"
)

func TestIdents(t *testing.T) {
	for given, want := range map[string]ident{
		`12`: "12", `"12"`: "12", `" 12 "`: "12", `"01J1WB"`: "01J1WB", `null`: "", `0`: "", `-1`: "", `""`: "", `12.0`: "12", `1e3`: "1000", `true`: "",
		`39771868857245`: "39771868857245",
	} {
		var got ident
		if err := json.Unmarshal([]byte(given), &got); err != nil || got != want {
			t.Errorf("%s: got %q, %v; want %q", given, got, err, want)
		}
	}
	for _, given := range []string{`{}`, `[1]`} {
		var got ident
		if json.Unmarshal([]byte(given), &got) == nil {
			t.Errorf("%s is an id: %q", given, got)
		}
	}
}

func TestStamps(t *testing.T) {
	want := time.Date(2026, 11, 18, 9, 12, 4, 0, time.UTC)
	for _, given := range []string{
		`"2026-11-18T09:12:04Z"`, `"2026-11-18T10:12:04+01:00"`, `"2026-11-18T09:12:04.000Z"`, `"2026-11-18T10:12:04+0100"`,
		`1794993124`, `"1794993124"`, `1794993124.0`, `1794993124000`,
	} {
		var got stamp
		if err := json.Unmarshal([]byte(given), &got); err != nil || !got.Equal(want) || got.Location() != time.UTC {
			t.Errorf("%s: got %s, %v; want %s", given, got, err, want)
		}
	}
	for _, given := range []string{`null`, `""`, `0`} {
		var got stamp
		if err := json.Unmarshal([]byte(given), &got); err != nil || !got.IsZero() {
			t.Errorf("%s: got %s, %v; want none", given, got, err)
		}
	}
	for _, given := range []string{`"yesterday"`, `{}`, `-5`, `"NaN"`, `1e300`, `"9999-01-01T00:00:00Z"`, `true`} {
		var got stamp
		if json.Unmarshal([]byte(given), &got) == nil {
			t.Errorf("%s is a time: %s", given, got)
		}
	}
}

func TestNumbers(t *testing.T) {
	for given, want := range map[string]desk.Opt[time.Duration]{
		`5`: desk.Some(5 * time.Minute), `"5"`: desk.Some(5 * time.Minute), `0`: desk.Some(time.Duration(0)), `0.5`: desk.Some(30 * time.Second),
		`null`: {}, `-1`: {}, `1e12`: {}, `""`: {},
	} {
		var n number
		if err := json.Unmarshal([]byte(given), &n); err != nil || n.times(time.Minute) != want {
			t.Errorf("%s minutes: got %v, %v; want %v", given, n.times(time.Minute), err, want)
		}
	}
	for _, given := range []string{`"many"`, `{}`, `"Infinity"`} {
		var n number
		if json.Unmarshal([]byte(given), &n) == nil {
			t.Errorf("%s is a number", given)
		}
	}
}

// Whatever stands in a page of tickets, the page goes on, and what is told makes
// sense.
func FuzzTickets(f *testing.F) {
	for _, seed := range []string{
		aTicket, `{"id":"7","status":"waiting","custom_status_id":{},"via":[],"metric_set":{"replies":"x"}}`, `[]`, `null`, `"x"`,
		`{"id":1,"status":"solved","created_at":1e9,"metric_set":{"reply_time_in_minutes":{"calendar":1e18}}}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, given string) {
		if !json.Valid([]byte(given)) {
			return
		}
		r := &round{Source: &Source{config: NewConfig().(*Config), can: newCapabilities()}, cursor: begin(noon)}
		r.names.read(canStatuses, noon)
		r.Target = noon
		r.can.refused(canGroups, noon, errTime, retryRefused)
		if err := r.tell(t.Context(), []json.RawMessage{json.RawMessage(given)}, nil); err != nil {
			t.Fatal(err)
		}
		if len(r.page.Records)+len(r.page.Rejects) != 1 {
			t.Fatalf("%d records and %d rejects of one ticket", len(r.page.Records), len(r.page.Rejects))
		}
		for _, rec := range r.page.Records {
			k := rec.Body.(*desk.Ticket)
			if rec.ID == "" || k.Status == desk.StatusUnknown || k.FirstResponseAt.Before(k.CreatedAt) && !k.FirstResponseAt.IsZero() || k.Newest().Location() != time.UTC {
				t.Errorf("%+v", rec)
			}
		}
	})
}
