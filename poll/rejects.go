package poll

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"helpdesk_exporter/desk"
)

// Rejects keeps what a source could not read, for a person to look at.
type Rejects struct {
	// File takes one JSON object a line; empty: nothing is kept, for there is
	// no storage path.
	File   string
	Logger *slog.Logger
}

// rejectsMax bounds the file: what would exceed it starts a new one, and one
// old one is kept.
const rejectsMax = 10 << 20

// rejectsLogged is how many of a page are told in the log.
const rejectsLogged = 5

type rejectLine struct {
	Time   time.Time   `json:"time"`
	Where  string      `json:"where"`
	Reason desk.Reason `json:"reason"`
	Detail string      `json:"detail"`
	Raw    string      `json:"raw,omitempty"`
}

// Keep writes rejects down. The log tells where they stood and why, never what
// they held.
func (r *Rejects) Keep(rejects []desk.Reject) {
	for _, reject := range filesFirst(rejects)[:min(len(rejects), rejectsLogged)] {
		what := "Rejected a record"
		if isFile(reject) {
			what = "Rejected a file"
		}
		r.Logger.Warn(what, "where", place(reject), "reason", reject.Reason, "detail", reject.Detail)
	}
	more := r.Logger
	if r.File != "" {
		if err := r.write(rejects); err != nil {
			r.Logger.Error("Rejected records could not be kept", "err", err)
		} else {
			more = more.With("kept_in", r.File)
		}
	}
	if n := len(rejects) - rejectsLogged; n > 0 {
		more.Warn("Rejected more records of the same page", "records", n)
	}
}

// place says where a reject stood, as the log may tell it: the file and the line,
// or the kind of the record, without its id.
func place(r desk.Reject) string {
	if last := strings.LastIndex(r.Where, " "); last > 0 && !isFile(r) && !strings.Contains(r.Where, ":") {
		return r.Where[:last]
	}
	return r.Where
}

// filesFirst returns rejects in the order in which they are worth telling: one
// file may be many records.
func filesFirst(rejects []desk.Reject) []desk.Reject {
	records := func(r desk.Reject) bool { return !isFile(r) }
	files := slices.DeleteFunc(slices.Clone(rejects), records)
	return append(files, slices.DeleteFunc(slices.Clone(rejects), isFile)...)
}

func isFile(r desk.Reject) bool { return r.Reason == desk.ReasonBadFile }

func (r *Rejects) write(rejects []desk.Reject) (err error) {
	var lines []byte
	now := time.Now().UTC()
	for _, reject := range rejects {
		line, err := json.Marshal(rejectLine{now, reject.Where, reject.Reason, reject.Detail, reject.Raw})
		if err != nil {
			return fmt.Errorf("write down a reject: %w", err)
		}
		lines = append(append(lines, line...), '\n')
	}
	if err := os.MkdirAll(filepath.Dir(r.File), 0o700); err != nil {
		return err
	}
	if err := r.rotate(int64(len(lines))); err != nil {
		return err
	}
	f, err := os.OpenFile(r.File, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(lines[:min(len(lines), rejectsMax)])
	return errors.Join(err, f.Close())
}

// rotate puts a full file aside.
func (r *Rejects) rotate(more int64) error {
	info, err := os.Stat(r.File)
	if errors.Is(err, fs.ErrNotExist) || err == nil && info.Size()+more <= rejectsMax {
		return nil
	}
	if err != nil {
		return err
	}
	return os.Rename(r.File, r.File+".1")
}
