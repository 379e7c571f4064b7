package app

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/sources"
)

// diary is a help desk to which happens what is written in it, at its time. It
// tells of its tickets as a desk with an API does: where they stand, with their
// messages and changes of status.
type diary struct {
	entries []entry

	mu   sync.Mutex // guards all below
	lag  time.Duration
	down bool
}

// entry is something that happens to a ticket.
type entry struct {
	at     time.Time
	ticket string
	change func(*desk.Ticket)
}

// newDiary reads lines of a time, a ticket and what happens to it.
func newDiary(t *testing.T, text string) *diary {
	t.Helper()
	d := &diary{}
	for line := range strings.Lines(strings.TrimSpace(text)) {
		words := strings.Fields(line)
		e := entry{at: timeOf(t, words[0]+" "+words[1]), ticket: words[2]}
		e.change = changeOf(t, e.at, words[3], strings.Join(words[4:], " "))
		d.entries = append(d.entries, e)
	}
	return d
}

// changeOf returns what an entry does to the ticket.
func changeOf(t *testing.T, at time.Time, verb, what string) func(*desk.Ticket) {
	t.Helper()
	say := func(r desk.Role) func(*desk.Ticket) {
		return func(k *desk.Ticket) {
			k.Messages = append(k.Messages, desk.Message{At: at, Author: r, Public: true})
		}
	}
	switch verb + " " + what {
	case "is answered":
		return say(desk.RoleAgent)
	case "is asked":
		return say(desk.RoleCustomer)
	}
	switch verb {
	case "opens":
		return func(k *desk.Ticket) { k.CreatedAt, k.Priority, k.Status = at, what, desk.StatusNew }
	case "priority":
		return func(k *desk.Ticket) { k.Priority = what }
	case "first_response_due":
		due := timeOf(t, what)
		return func(k *desk.Ticket) { k.FirstResponseDueAt = due }
	case "resolution_due":
		due := timeOf(t, what)
		return func(k *desk.Ticket) { k.ResolutionDueAt = due }
	}
	status, ok := desk.ParseStatus(what)
	if verb != "becomes" || !ok {
		t.Fatalf("what does a ticket do that %s %s?", verb, what)
	}
	return func(k *desk.Ticket) {
		k.Status = status
		k.StatusChanges = append(k.StatusChanges, desk.StatusChange{At: at, Status: status})
		if k.SolvedAt = (time.Time{}); status == desk.StatusSolved {
			k.SolvedAt = at
		}
	}
}

// setLag lets the desk tell only of what happened some time ago.
func (d *diary) setLag(lag time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lag = lag
}

// setDown lets the desk answer nothing, or answer again.
func (d *diary) setDown(down bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.down = down
}

// Fetch implements [sources.Source]: all tickets to which something happened
// since the cursor, as they stand at its end.
func (d *diary) Fetch(_ context.Context, since desk.Cursor, until time.Time) (desk.Page, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.down {
		return desk.Page{}, &sources.Error{Reason: sources.ReasonUnreachable, Err: errors.New("nobody answers")}
	}
	seen, _ := time.Parse(time.RFC3339, string(since)) // none: from the beginning
	if until = until.Add(-d.lag); until.Before(seen) {
		until = seen
	}
	page := desk.Page{Cursor: desk.Cursor(until.Format(time.RFC3339)), AsOf: until}
	var told []string
	for _, e := range d.entries {
		if e.at.After(seen) && !e.at.After(until) && !slices.Contains(told, e.ticket) {
			told = append(told, e.ticket)
			page.Records = append(page.Records, desk.Record{ID: e.ticket, Body: d.ticket(e.ticket, until)})
		}
	}
	return page, nil
}

// ticket returns a ticket as it stands at an instant.
func (d *diary) ticket(id string, until time.Time) *desk.Ticket {
	k := &desk.Ticket{}
	for _, e := range d.entries {
		if e.ticket == id && !e.at.After(until) {
			k.UpdatedAt = e.at
			e.change(k)
		}
	}
	return k
}

// types are those of a configuration whose source is the diary.
func (d *diary) types() map[string]func() sources.Config {
	return map[string]func() sources.Config{"diary": func() sources.Config { return &diaryConfig{diary: d} }}
}

// diaryConfig is the configuration of a source that is a diary.
type diaryConfig struct {
	Common sources.Common `yaml:",inline"`
	diary  *diary
}

func (c *diaryConfig) Shared() *sources.Common { return &c.Common }

func (c *diaryConfig) Validate() error { return nil }

func (c *diaryConfig) Feeds() []desk.Kind { return []desk.Kind{desk.KindTicket} }

func (c *diaryConfig) New(sources.Options) (sources.Source, error) { return c.diary, nil }

// timeOf reads a time of the Monday and the Tuesday on which the diary is kept.
func timeOf(t *testing.T, text string) time.Time {
	t.Helper()
	weekday, clock, _ := strings.Cut(text, " ")
	date, ok := map[string]string{"mon": "2026-03-02 ", "tue": "2026-03-03 "}[weekday]
	if strings.Count(clock, ":") == 1 {
		clock += ":00"
	}
	at, err := time.Parse(time.DateTime, date+clock)
	if !ok || err != nil {
		t.Fatalf("%q is no time of the diary", text)
	}
	return at
}

// clock writes a time as the diary does.
func clock(at time.Time) string {
	return strings.ToLower(at.Format("Mon ")) + strings.TrimSuffix(at.Format(time.TimeOnly), ":00")
}
