package poll

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"helpdesk_exporter/desk"
)

func someReject(raw string) desk.Reject {
	return desk.Reject{
		Where: "t.csv:7", Reason: desk.ReasonBadTime, Raw: raw,
		Detail: "created_at: no time format reads it: add its layout to time_format",
	}
}

func TestARejectIsKeptForThePersonAndItsCellsStayOutOfTheLog(t *testing.T) {
	var log bytes.Buffer
	r := &Rejects{
		File:   filepath.Join(t.TempDir(), "rejects", "tickets", "rejects.jsonl"),
		Logger: slog.New(slog.NewTextHandler(&log, nil)),
	}
	r.Keep([]desk.Reject{someReject("7,secret subject,tomorrow")})
	data, err := os.ReadFile(r.File)
	if err != nil {
		t.Fatal(err)
	}
	var line struct{ Where, Reason, Detail, Raw string }
	if err := json.Unmarshal(data, &line); err != nil {
		t.Fatalf("%v in %q", err, data)
	}
	if line.Where != "t.csv:7" || line.Reason != "bad_time" || line.Raw != "7,secret subject,tomorrow" {
		t.Errorf("kept %+v", line)
	}
	info, err := os.Stat(r.File)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("others may read the rejects: mode %v", info.Mode())
	}
	if strings.Contains(log.String(), "secret") || !strings.Contains(log.String(), "t.csv:7") {
		t.Errorf("logged %q", log.String())
	}
}

func TestTheLogTellsNoIDs(t *testing.T) {
	for where, want := range map[string]string{
		"ticket 22": "ticket", "ticket metric event 1079": "ticket metric event", "drops/my file.csv:7": "drops/my file.csv:7", "ticket": "ticket",
	} {
		var log bytes.Buffer
		r := &Rejects{Logger: slog.New(slog.NewJSONHandler(&log, nil))}
		r.Keep([]desk.Reject{{Where: where, Reason: desk.ReasonMalformed}})
		var line struct{ Where string }
		if err := json.Unmarshal(log.Bytes(), &line); err != nil || line.Where != want {
			t.Errorf("%q is told as %q (%v), want %q", where, line.Where, err, want)
		}
	}
}

func TestRejectsTakeABoundedRoom(t *testing.T) {
	r := &Rejects{
		File:   filepath.Join(t.TempDir(), "rejects.jsonl"),
		Logger: slog.New(slog.DiscardHandler),
	}
	big := someReject(strings.Repeat("x", 1<<20))
	for range 25 {
		r.Keep([]desk.Reject{big})
	}
	var total int64
	for _, name := range []string{r.File, r.File + ".1"} {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		total += info.Size()
	}
	if total > 2*rejectsMax {
		t.Errorf("rejects take %d bytes, want at most %d", total, 2*rejectsMax)
	}
}

func TestWithoutAStoragePathRejectsAreOnlyToldOf(t *testing.T) {
	var log bytes.Buffer
	r := &Rejects{Logger: slog.New(slog.NewTextHandler(&log, nil))}
	var many []desk.Reject
	for range 12 {
		many = append(many, someReject("secret"))
	}
	r.Keep(many)
	if n := strings.Count(log.String(), "bad_time"); n != rejectsLogged {
		t.Errorf("told of %d rejects one by one, want %d", n, rejectsLogged)
	}
	if !strings.Contains(log.String(), "records=7") || strings.Contains(log.String(), "secret") || strings.Contains(log.String(), "kept_in") {
		t.Errorf("logged %q", log.String())
	}
}

func TestTheLogSaysWhereTheRestOfThePageIs(t *testing.T) {
	var log bytes.Buffer
	r := &Rejects{File: filepath.Join(t.TempDir(), "rejects.jsonl"), Logger: slog.New(slog.NewTextHandler(&log, nil))}
	r.Keep(slices.Repeat([]desk.Reject{someReject("")}, rejectsLogged))
	if strings.Contains(log.String(), "more") {
		t.Errorf("there is no rest: %s", log.String())
	}
	r.Keep(slices.Repeat([]desk.Reject{someReject("")}, rejectsLogged+1))
	if want := "kept_in=" + r.File + " records=1"; !strings.Contains(log.String(), want) {
		t.Errorf("got %s\nwant %s", log.String(), want)
	}
	log.Reset()
	r.File = filepath.Join(r.File, "not a folder")
	r.Keep(slices.Repeat([]desk.Reject{someReject("")}, rejectsLogged+1))
	if !strings.Contains(log.String(), "could not be kept") || strings.Contains(log.String(), "kept_in") {
		t.Errorf("it is kept nowhere: %s", log.String())
	}
}

func TestAWholeFileIsNoRecordAndToldFirst(t *testing.T) {
	var log bytes.Buffer
	r := &Rejects{Logger: slog.New(slog.NewTextHandler(&log, nil))}
	file := desk.Reject{Where: "t.csv", Reason: desk.ReasonBadFile, Detail: "permission denied"}
	r.Keep(append(slices.Repeat([]desk.Reject{someReject("")}, rejectsLogged), file))
	if !strings.Contains(log.String(), `msg="Rejected a file" where=t.csv`) {
		t.Errorf("logged %q", log.String())
	}
}
