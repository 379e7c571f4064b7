package freshdesk

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"helpdesk_exporter/desk"
)

// timeEntry is time that an agent noted.
type timeEntry struct {
	Running flag        `json:"timer_running"`
	Spent   text        `json:"time_spent"` // hours and minutes
	Seconds json.Number `json:"time_spent_in_seconds"`
}

// addTime adds the time that agents noted on a finished ticket. Until then it is
// not all of it.
func (f *fetching) addTime(ctx context.Context, t *ticket, body *desk.Ticket) error {
	if !f.config.TimeEntries || !body.Status.Finished() || !f.gates.open(capTimeEntries, f.now) {
		return nil
	}
	entries, err := f.entries(ctx, t, "/time_entries")
	if passed, err := f.passTicket(ctx, capTimeEntries, t, err); !passed {
		return err
	}
	var sum time.Duration
	for _, raw := range entries {
		spent, ok := f.spent(t, raw)
		if !ok {
			return nil // the sum would not be whole
		}
		sum += spent
	}
	body.HandleTime = desk.Some(sum)
	return nil
}

// spent reads a time entry, and rejects it where that cannot be done. A timer
// that still runs has no time yet.
func (f *fetching) spent(t *ticket, raw json.RawMessage) (time.Duration, bool) {
	var e timeEntry
	err := json.Unmarshal(raw, &e)
	if err == nil && e.Running.yes {
		return 0, true
	}
	if seconds, err := e.Seconds.Int64(); err == nil && seconds >= 0 {
		return time.Duration(seconds) * time.Second, true
	}
	if spent, ok := hoursAndMinutes(string(e.Spent)); ok {
		return spent, true
	}
	f.reject(row{id: string(t.ID), at: t.UpdatedAt.Time, raw: raw}, "time entry of ticket", desk.ReasonBadNumber,
		"neither time_spent_in_seconds nor time_spent says how long: the ticket's handle time is left out")
	return 0, false
}

// hoursAndMinutes reads a time that was noted as "1:25".
func hoursAndMinutes(text string) (time.Duration, bool) {
	h, m, ok := strings.Cut(text, ":")
	hours, err := strconv.ParseUint(h, 10, 16)
	if !ok || err != nil {
		return 0, false
	}
	minutes, err := strconv.ParseUint(m, 10, 6)
	if err != nil || minutes > 59 {
		return 0, false
	}
	return time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute, true
}
