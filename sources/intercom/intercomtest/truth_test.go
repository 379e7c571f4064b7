package intercomtest_test

import (
	"net/http/httptest"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/common/model"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/sources"
	"helpdesk_exporter/sources/intercom"
	"helpdesk_exporter/sources/intercom/intercomtest"
	"helpdesk_exporter/sources/sourcestest"
)

// told is what is known of a ticket, from the desk or from the world.
type told struct {
	Status                   desk.Status
	Team, Agent              string
	FirstReply               time.Time
	Replies                  []sourcestest.Reply
	Solves, Reopens          []time.Time
	Score                    float64
	Rated                    time.Time
	SLAMet, SLABroken, SLAOn bool
}

// A first sync and a day of changes tell what has happened, to the second.
func TestTheSourceTellsWhatHappened(t *testing.T) {
	const day = 24 * time.Hour
	world := sourcestest.Invent(4, sourcestest.Invention{
		Tickets: 1500, From: morning.Add(-7 * day), To: morning.Add(day), Old: 40, Without: intercomtest.Absent,
	})
	now := morning
	server := httptest.NewServer(intercomtest.New(world, intercomtest.Options{
		Now: func() time.Time { return now }, Token: token, IndexLag: 110 * time.Second,
	}))
	defer server.Close()
	c := configured(server.URL)
	c.Parts = intercom.PartsAll
	c.StartFrom(model.Duration(7 * day))
	source, err := c.New(sources.Options{})
	if err != nil {
		t.Fatal(err)
	}
	held := map[string]*desk.Held{}
	var cursor desk.Cursor
	for ; now.Before(morning.Add(day)); now = now.Add(10 * time.Minute) {
		cursor = take(t, source, cursor, now, held)
	}
	now = now.Add(5 * time.Minute) // so that the search has shown all, and nothing more happens
	seen := now.Add(-5 * time.Minute)
	cut(world, seen)
	take(t, source, cursor, now, held)

	names := map[int64]string{0: ""}
	for _, g := range world.Groups {
		names[g.ID] = g.Name
	}
	checked := 0
	for _, ticket := range world.Tickets {
		was := world.At(ticket, seen)
		h := held["ticket/"+strconv.FormatInt(ticket.ID, 10)]
		recent := was.UpdatedAt.After(morning.Add(-7 * day))
		if !was.Exists || h == nil && was.Status.Withdrawn() || h == nil && !recent && was.Status.Finished() {
			continue
		}
		if h == nil {
			t.Fatalf("ticket %d is missing", ticket.ID)
		}
		if was.Status.Withdrawn() {
			if !h.Deleted {
				t.Errorf("ticket %d is deleted, and nobody says so", ticket.ID)
			}
			continue
		}
		checked++
		if diff := cmp.Diff(truthOf(ticket, was, seen, names), tellingOf(h, held["survey/rating/"+strconv.FormatInt(ticket.ID, 10)])); diff != "" {
			t.Errorf("ticket %d (-truth +told):\n%s", ticket.ID, diff)
		}
	}
	if checked < 1400 {
		t.Errorf("only %d tickets were compared", checked)
	}
}

// cut ends a world at an instant.
func cut(w *sourcestest.World, at time.Time) {
	for _, t := range w.Tickets {
		t.Events = slices.DeleteFunc(t.Events, func(e sourcestest.Event) bool { return e.At.After(at) })
	}
}

// take reads a round and holds what it tells, as the exporter does.
func take(t *testing.T, source sources.Source, cursor desk.Cursor, now time.Time, held map[string]*desk.Held) desk.Cursor {
	t.Helper()
	for {
		page, err := source.Fetch(t.Context(), cursor, now.Add(-source.(sources.HoldsBack).HoldBack()))
		if err != nil {
			t.Fatal(err)
		}
		for _, j := range page.Rejects {
			t.Errorf("rejected: %+v", j)
		}
		for _, r := range page.Records {
			key := r.Body.Kind().String() + "/" + r.ID
			held[key] = desk.Merge(held[key], r)
		}
		if cursor = page.Cursor; !page.More {
			return cursor
		}
	}
}

func truthOf(ticket *sourcestest.Ticket, was sourcestest.State, seen time.Time, names map[int64]string) told {
	truth := told{
		Status: statusOf(was), Team: names[was.Group], Replies: was.Replies,
		Solves: was.Solves, Reopens: was.Reopens, Score: float64(was.Score), Rated: was.RatedAt,
	}
	if was.Agent != 0 {
		truth.Agent = strconv.FormatInt(was.Agent, 10)
	}
	if was.CustomerMessages > 0 {
		truth.FirstReply = was.FirstReplyAt
	}
	if ticket.Priority == "urgent" && !ticket.ByAgent {
		due, answered := ticket.CreatedAt.Add(time.Hour), was.FirstReplyAt
		truth.SLAOn = true
		truth.SLABroken = answered.After(due) || answered.IsZero() && !seen.Before(due)
		truth.SLAMet = !answered.IsZero() && !truth.SLABroken
	}
	return truth
}

// tellingOf works out of what is held what the exporter would.
func tellingOf(h, rating *desk.Held) told {
	t := h.Body.(*desk.Ticket)
	tells := told{Status: t.Status, Team: t.Team, Agent: t.Agent, FirstReply: t.FirstResponseAt}
	var asked time.Time
	for _, m := range t.Messages {
		switch {
		case !m.Public:
		case m.Author == desk.RoleCustomer && asked.IsZero():
			asked = m.At
		case m.Author == desk.RoleAgent && !asked.IsZero():
			tells.Replies = append(tells.Replies, sourcestest.Reply{Asked: asked, Answered: m.At})
			asked = time.Time{}
		}
	}
	closed := false
	for _, c := range t.StatusChanges {
		switch finished := c.Status.Finished(); {
		case finished && !closed:
			tells.Solves = append(tells.Solves, c.At)
		case closed && !finished:
			tells.Reopens = append(tells.Reopens, c.At)
		}
		closed = c.Status.Finished()
	}
	if rating != nil {
		s := rating.Body.(*desk.Survey)
		tells.Score, tells.Rated = s.Score.Value, s.RespondedAt
	}
	for _, e := range t.SLA {
		tells.SLAOn, tells.SLAMet, tells.SLABroken = true, !e.MetAt.IsZero(), !e.BreachedAt.IsZero()
	}
	return tells
}
