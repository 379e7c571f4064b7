package rt

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"helpdesk_exporter/desk"
)

func TestTheTrapsOfTheFormat(t *testing.T) {
	var got struct {
		ID, Number, Float, Null, Forbidden text
		Owner, Effective, Listed, None     ref
		Set, Unset, Bare, Missing          instant
		Total                              json.RawMessage
	}
	err := json.Unmarshal([]byte(`{
		"ID": 17, "Number": "50", "Float": 0.0, "Null": null, "Forbidden": "",
		"Owner": {"id": "amy", "type": "user"}, "Effective": "17", "Listed": [{"id": 27, "Name": "zoe"}], "None": [],
		"Set": "2026-03-04T10:00:00.5+01:00", "Unset": "1970-01-01T00:00:00Z", "Bare": "2026-03-04 09:00:00", "Missing": ""
	}`), &got)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "id as a number", got.ID, "17")
	if n, ok := got.Number.number(); n != 50 || !ok {
		t.Errorf("number as text: got %d, %t", n, ok)
	}
	if n, ok := got.Float.number(); n != 0 || !ok {
		t.Errorf("0.0: got %d, %t", n, ok)
	}
	if _, ok := got.Null.number(); ok || got.Null != "" || got.Forbidden != "" {
		t.Errorf("nothing is %q and %q", got.Null, got.Forbidden)
	}
	equal(t, "owner", got.Owner, ref{ID: "amy"})
	equal(t, "effective", got.Effective, ref{ID: "17"})
	equal(t, "listed", got.Listed, ref{ID: "27", Name: "zoe"})
	equal(t, "none", got.None, ref{})
	equal(t, "set", got.Set.Time, now.Add(time.Second/2))
	equal(t, "bare", got.Bare.Time, now)
	if !got.Unset.IsZero() || !got.Missing.IsZero() {
		t.Errorf("unset times are %s and %s", got.Unset, got.Missing)
	}
	for total, want := range map[string]int{`null`: -1, ``: -1, `20`: 20, `"20"`: 20, `0.0`: 0, `{}`: -1} {
		n, ok := (&answer{Total: json.RawMessage(total)}).total()
		if !ok {
			n = -1
		}
		equal(t, "total "+total, n, want)
	}
}

func TestKeysDifferByTheirCase(t *testing.T) {
	got, err := decodeTransaction(json.RawMessage(`{"Type":"Status","type":"transaction","id":"7","ObjectId":"3","Created":"2026-03-04T09:00:00Z"}`))
	if err != nil || got.Type != typeStatus {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestAddressesAreNoIDs(t *testing.T) {
	zoe, same, other := ref{ID: "zoe@customer.test"}.opaque(), ref{ID: "Zoe@Customer.test"}.opaque(), ref{ID: "yan@customer.test"}.opaque()
	if strings.Contains(zoe, "zoe") || zoe == "" || zoe != same || zoe == other {
		t.Errorf("got %q, %q and %q", zoe, same, other)
	}
	equal(t, "an id", ref{ID: "27", Name: "zoe@customer.test"}.opaque(), "27")
}

func TestBadRecordsSayWhatIsWrong(t *testing.T) {
	const ticket = `"Created":"2026-03-04T09:00:00Z","LastUpdated":"2026-03-04T09:00:00Z","Status":"new"`
	for raw, want := range map[string]desk.Reason{
		`{"id":"1",` + ticket + `}`:   "",
		`{` + ticket + `}`:            desk.ReasonMissingField,
		`{"id":"one",` + ticket + `}`: desk.ReasonMissingField,
		`{"id":{},` + ticket + `}`:    desk.ReasonMalformed,
		`{"id":1,"Created":"yesterday","LastUpdated":"","Status":"new"}`:                 desk.ReasonBadTime,
		`{"id":1,"Created":[],"LastUpdated":"","Status":"new"}`:                          desk.ReasonBadTime,
		`{"id":1,"LastUpdated":"2026-03-04T09:00:00Z","Status":"new"}`:                   desk.ReasonMissingField,
		`{"id":1,"Created":"2026-03-04T09:00:00Z","Status":"new"}`:                       desk.ReasonMissingField,
		`{"id":1,"Created":"2026-03-04T09:00:00Z","LastUpdated":"2026-03-04T09:00:00Z"}`: desk.ReasonMissingField,
		`7`: desk.ReasonMalformed,
	} {
		_, err := decodeTicket(json.RawMessage(raw))
		var got desk.Reason
		if err != nil {
			r := rejected(where("ticket", idOf(json.RawMessage(raw))), json.RawMessage(raw), err)
			got = r.Reason
			if r.Detail == "" || r.Where == "" || r.Raw != raw || strings.Contains(r.Detail, "yesterday") {
				t.Errorf("%s: %+v", raw, r)
			}
		}
		equal(t, raw, got, want)
	}
}

// The answers of a real one, where they are at hand.
const samples = "../../../shared/rt/samples"

func TestTheAnswersOfARealDeskAreUnderstood(t *testing.T) {
	names, err := filepath.Glob(samples + "/*.json")
	if err != nil || len(names) == 0 {
		t.Skip("no recorded answers at hand")
	}
	tickets, transactions := 0, 0
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var a answer
		if json.Unmarshal(data, &a) != nil || a.Items == nil {
			continue
		}
		if n, ok := a.total(); ok && n < len(*a.Items) {
			t.Errorf("%s: %d of %d records", name, len(*a.Items), n)
		}
		for _, raw := range *a.Items {
			switch kind := filepath.Base(name); {
			case strings.HasPrefix(kind, "tickets-updated"):
				of, err := decodeTicket(raw)
				if err != nil || of.Queue.Name == "" || of.Owner.ID == "" || of.Requestor.ID == "" || of.Created.IsZero() {
					t.Errorf("%s: %+v, %v", name, of, err)
				}
				tickets++
			case strings.HasPrefix(kind, "transactions"), strings.Contains(kind, "history"):
				of, err := decodeTransaction(raw)
				if err != nil || of.Type == "" || of.Type == "transaction" || of.Creator.ID == "" {
					t.Errorf("%s: %+v, %v", name, of, err)
				}
				transactions++
			}
		}
	}
	if tickets < 5 || transactions < 20 {
		t.Errorf("only %d tickets and %d transactions were found", tickets, transactions)
	}
}

func FuzzRecords(f *testing.F) {
	f.Add(`{"id":17,"Type":"ticket","Status":"new","Created":"2026-03-04T09:00:00Z","LastUpdated":"2026-03-04T09:00:00Z","Owner":{"id":"amy"},"CustomFields":[{"id":"3","name":"CSAT","values":["4",5,null]}]}`)
	f.Add(`{"id":"7","Type":"AddLink","Field":"MergedInto","NewValue":"fsck.com-rt://example.test/ticket/2","ObjectId":"1","Created":"2026-03-04T09:00:00Z","Creator":{"id":1,"Name":"RT_System"}}`)
	f.Add(`{"id":"","Requestor":[[[{}]]],"EffectiveId":{"id":""},"Created":1e99,"CustomFields":""}`)
	f.Fuzz(func(t *testing.T, raw string) {
		if of, err := decodeTicket(json.RawMessage(raw)); err == nil {
			if of.Created.IsZero() || of.LastUpdated.Location() != time.UTC || of.Status == "" {
				t.Errorf("%s passes for %+v", raw, of)
			}
			of.CustomFields.value("CSAT")
		}
		if of, err := decodeTransaction(json.RawMessage(raw)); err == nil {
			if of.ObjectID == "" || of.Created.IsZero() || of.Created.Location() != time.UTC {
				t.Errorf("%s passes for %+v", raw, of)
			}
			of.merges()
		}
		rejected(where("ticket", idOf(json.RawMessage(raw))), json.RawMessage(raw), errTime)
		canonical(json.RawMessage(raw))
	})
}
