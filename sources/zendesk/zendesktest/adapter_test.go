package zendesktest_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/common/config"
	"github.com/prometheus/common/model"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/sources"
	"helpdesk_exporter/sources/sourcestest"
	"helpdesk_exporter/sources/zendesk"
	"helpdesk_exporter/sources/zendesk/zendesktest"
)

const token = "s3cret"

// today is when the adapter is set up, in the bubbles of the tests.
var today = time.Date(2026, time.March, 5, 12, 0, 0, 0, time.UTC)

const day = 24 * time.Hour

func configOf(address string) sources.Config {
	c := zendesk.NewConfig().(*zendesk.Config)
	c.Common.Name, c.Common.Type, c.API.URL = "acme", "zendesk", address
	c.API.HTTP.Authorization = &config.Authorization{Type: "Bearer", Credentials: token}
	return c
}

func TestConformance(t *testing.T) {
	for name, o := range accounts() {
		// At the still desk of this test two things go on all the same: clocks, which
		// breach, and the queue of today.
		o.SLA = zendesktest.Policy{}
		o.Gates = maps.Clone(o.Gates)
		if o.Gates == nil {
			o.Gates = map[string]zendesktest.Gate{}
		}
		o.Gates["channels/voice/stats/current_queue_activity"] = zendesktest.Coded
		t.Run(name, func(t *testing.T) {
			sourcestest.RunAPI(t, sourcestest.API{
				Fake: func(w *sourcestest.World, now func() time.Time) http.Handler {
					o.Now = now
					return zendesktest.New(w, o)
				},
				Config:  configOf,
				Secrets: []string{token},
				Status:  shown,
				// What changed within the last minute is left out of the export.
				Withholds: true,
				Needed:    []string{"/api/v2/incremental/tickets/cursor"},
				List:      "tickets", ID: "id",
			})
		})
	}
}

// accounts are ways in which desks differ.
func accounts() map[string]zendesktest.Options {
	return map[string]zendesktest.Options{
		"as documented": {Token: token, SLA: everyPriority(60, 120, 24*60)},
		"the other way": {
			Token: token, SLA: everyPriority(60, 120, 24*60), NewCSAT: true, NewRuns: true, WithoutEnd: true,
			Gates: map[string]zendesktest.Gate{
				"search/export": zendesktest.NotInPlan, "channels/voice/stats/incremental/calls": zendesktest.NoSuchEndpoint,
				"channels/voice/stats/incremental/legs": zendesktest.NoSuchRecord, "channels/voice/stats/current_queue_activity": zendesktest.Coded,
				"satisfaction_ratings": zendesktest.MissingScope,
			},
		},
	}
}

// everyPriority is a policy that promises every ticket the same, in minutes.
func everyPriority(first, next, resolution int) zendesktest.Policy {
	p := zendesktest.Policy{Title: "Standard"}
	for _, priority := range []string{"low", "normal", "high", "urgent"} {
		p.Targets = append(p.Targets,
			zendesktest.Target{Priority: priority, Metric: "first_reply_time", Minutes: first},
			zendesktest.Target{Priority: priority, Metric: "next_reply_time", Minutes: next},
			zendesktest.Target{Priority: priority, Metric: "total_resolution_time", Minutes: resolution})
	}
	return p
}

// shown is the status that a Zendesk lets see: spam is deleted there.
func shown(s sourcestest.State) desk.Status {
	if s.Status == desk.StatusSpam {
		return desk.StatusDeleted
	}
	return s.Status
}

// invent makes a desk at which nothing happens any more from end on.
func invent(seed uint64, tickets int, end time.Time) *sourcestest.World {
	w := sourcestest.Invent(seed, sourcestest.Invention{Tickets: tickets, From: today.Add(-20 * day), To: end, Old: tickets / 20})
	w.Tickets = slices.DeleteFunc(w.Tickets, func(t *sourcestest.Ticket) bool { return t.CreatedAt.After(end) })
	for _, t := range w.Tickets {
		t.Events = slices.DeleteFunc(t.Events, func(e sourcestest.Event) bool { return e.At.After(end) })
	}
	return w
}

// reader reads a desk as an exporter does, and holds what it is told.
type reader struct {
	*testing.T
	source sources.Source
	desk   *zendesktest.Desk
	cursor desk.Cursor
	held   map[string]*desk.Held   // nil: nothing is held
	rated  map[string]*desk.Survey // by ticket
	told   int
}

// read lets a reader read an account in a bubble, on the clock of today.
func read(t *testing.T, w *sourcestest.World, o zendesktest.Options, story func(*reader)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(today))
		d := zendesktest.New(w, o)
		c := configOf("http://desk.example")
		c.(sources.WithStart).StartFrom(model.Duration(28 * day))
		s, err := c.New(sources.Options{Dial: sourcestest.Serve(t, d)})
		if err != nil {
			t.Fatal(err)
		}
		story(&reader{T: t, source: s, desk: d, held: map[string]*desk.Held{}, rated: map[string]*desk.Survey{}})
	})
}

// poll reads all that there is to read, and returns how many requests it took.
func (r *reader) poll() int {
	r.Helper()
	before := r.requests()
	until := time.Now().Add(-r.source.(sources.HoldsBack).HoldBack())
	for more := true; more; {
		page, err := r.source.Fetch(r.Context(), slices.Clone(r.cursor), until)
		if err != nil {
			r.Fatalf("Fetch: %v", err)
		}
		for _, j := range page.Rejects {
			r.Errorf("a good record is rejected: %+v", j)
		}
		r.take(page.Records)
		r.cursor, more = page.Cursor, page.More
	}
	return r.requests() - before
}

func (r *reader) requests() int {
	n := 0
	for _, of := range r.desk.Requests() {
		n += of
	}
	return n
}

func (r *reader) take(records []desk.Record) {
	r.told += len(records)
	if r.held == nil {
		return
	}
	for _, of := range records {
		switch body := of.Body.(type) {
		case *desk.Ticket:
			r.held[of.ID] = desk.Merge(r.held[of.ID], of)
		case *desk.TicketEvents:
			r.held[body.Ticket] = desk.Attach(r.held[body.Ticket], body.Ticket, body)
		case *desk.Survey:
			if last := r.rated[body.Ticket]; last == nil || !body.RespondedAt.Before(last.RespondedAt) {
				r.rated[body.Ticket] = body
			}
		}
	}
}

// TestADayIsReadAsItWas reads a desk of some thousand tickets and a day of what
// goes on there, and compares all that was told with what was.
func TestADayIsReadAsItWas(t *testing.T) {
	tickets := 3000
	if testing.Short() {
		tickets = 500
	}
	for name, o := range accounts() {
		t.Run(name, func(t *testing.T) {
			o.PageSize = 200 // so that a few tickets fill many pages
			w := invent(3, tickets, today.Add(day))
			read(t, w, o, func(r *reader) {
				for time.Since(today) < day+time.Hour {
					r.poll()
					time.Sleep(5 * time.Minute)
				}
				r.poll() // of what is compared, nothing lies behind the last reading
				r.compare(w, o)
			})
		})
	}
}

// compare expects that what is held of each ticket is what became of it.
func (r *reader) compare(w *sourcestest.World, o zendesktest.Options) {
	r.Helper()
	wrong := map[string][]string{}
	expect := func(ok bool, what string, t *sourcestest.Ticket, got, want any) {
		if !ok {
			wrong[what] = append(wrong[what], fmt.Sprintf("ticket %d: got %v, want %v", t.ID, got, want))
		}
	}
	counts := map[string]int{}
	for _, t := range w.Tickets {
		s, h := w.At(t, time.Now()), r.held[strconv.FormatInt(t.ID, 10)]
		recent := t.CreatedAt.After(w.Start)
		if h == nil || len(h.States) == 0 {
			expect(s.Status.Withdrawn(), "reported", t, "nothing", s.Status)
			continue
		}
		got := h.Body.(*desk.Ticket)
		status := h.States[len(h.States)-1].Status
		expect(status == shown(s), "status", t, status, shown(s))
		if shown(s) == desk.StatusDeleted {
			continue
		}
		counts["tickets"]++
		expect(got.CreatedAt.Equal(t.CreatedAt), "creation", t, got.CreatedAt, t.CreatedAt)
		expect(got.Priority == s.Priority, "priority", t, got.Priority, s.Priority)
		expect(got.Channel == t.Channel, "channel", t, got.Channel, t.Channel)
		expect(got.Team == teamName(w, s.Group), "team", t, got.Team, teamName(w, s.Group))
		expect(got.Agent == number(s.Agent), "agent", t, got.Agent, s.Agent)
		expect(got.Requester == number(t.Requester), "requester", t, got.Requester, t.Requester)
		expect(got.Reopens == desk.Some(len(s.Reopens)), "reopens", t, got.Reopens, len(s.Reopens))
		if !recent {
			continue
		}
		replies := repliesOf(got)
		expect(slices.Equal(replies, s.Replies), "replies", t, replies, s.Replies)
		counts["replies"] += len(replies)
		if s.Status != desk.StatusMerged {
			solves, reopens := turnsOf(got)
			expect(slices.EqualFunc(solves, s.Solves, time.Time.Equal), "solves", t, solves, s.Solves)
			expect(slices.EqualFunc(reopens, s.Reopens, time.Time.Equal), "reopenings", t, reopens, s.Reopens)
			counts["solves"] += len(solves)
			counts["reopenings"] += len(reopens)
		}
		for clock, want := range breachesOf(t, s, o) {
			breaches := breached(got, clock)
			expect(slices.Equal(breaches, want), "breaches of clock "+strconv.Itoa(int(clock)), t, breaches, want)
			counts["breaches"] += len(breaches)
		}
		if o.Gates["satisfaction_ratings"] == 0 || o.NewCSAT {
			counts["ratings"] += r.compareRating(t, s, o, expect)
		}
	}
	for _, what := range slices.Sorted(maps.Keys(wrong)) {
		r.Errorf("%s: %d are wrong, such as %s", what, len(wrong[what]), wrong[what][0])
	}
	for _, what := range []string{"tickets", "replies", "solves", "reopenings", "breaches", "ratings"} {
		if counts[what] == 0 {
			r.Errorf("no %s: there is nothing to compare", what)
		}
	}
	r.Logf("compared %v", counts)
}

func (r *reader) compareRating(t *sourcestest.Ticket, s sourcestest.State, o zendesktest.Options, expect func(bool, string, *sourcestest.Ticket, any, any)) int {
	got := r.rated[number(t.ID)]
	if s.Score == 0 {
		expect(got == nil || !got.Score.Set, "ratings that nobody gave", t, got, "none")
		return 0
	}
	want := desk.Some[float64](0)
	switch {
	case o.NewCSAT:
		want = desk.Some(float64(s.Score))
	case s.Score > 3:
		want = desk.Some[float64](1)
	}
	if got == nil {
		expect(false, "ratings", t, "none", want)
		return 0
	}
	expect(got.Score == want && got.RespondedAt.Equal(s.RatedAt), "ratings", t, *got, want)
	return 1
}

// number writes an id as the adapter does; none is empty.
func number(id int64) string {
	if id == 0 {
		return ""
	}
	return strconv.FormatInt(id, 10)
}

func teamName(w *sourcestest.World, id int64) string {
	for _, g := range w.Groups {
		if g.ID == id {
			return g.Name
		}
	}
	return ""
}

// repliesOf pairs the customer's messages with the answers.
func repliesOf(t *desk.Ticket) []sourcestest.Reply {
	var all []sourcestest.Reply
	var asked time.Time
	for _, m := range t.Messages {
		switch {
		case m.Author == desk.RoleCustomer && asked.IsZero():
			asked = m.At
		case m.Author == desk.RoleAgent && !asked.IsZero():
			all = append(all, sourcestest.Reply{Asked: asked, Answered: m.At})
			asked = time.Time{}
		}
	}
	return all
}

// turnsOf returns when a ticket was solved and reopened, by its resolution
// clock.
func turnsOf(t *desk.Ticket) (solves, reopens []time.Time) {
	first := true
	for _, e := range t.Clocks {
		switch {
		case e.Clock != desk.ClockResolution || e.Undone:
		case e.Move == desk.MoveStop:
			solves = append(solves, e.At)
		case e.Move == desk.MoveStart && !first:
			reopens = append(reopens, e.At)
		case e.Move == desk.MoveStart:
			first = false
		}
	}
	return solves, reopens
}

// breached returns which runs of a clock were breached and when, in Unix time.
func breached(t *desk.Ticket, clock desk.Clock) []int64 {
	all := []int64{}
	for _, e := range t.Clocks {
		if e.Clock == clock && e.Move == desk.MoveBreach && !e.Undone {
			all = append(all, e.At.Unix())
		}
	}
	slices.Sort(all)
	return all
}

// breachesOf works out of the life of a ticket which of the promises to it were
// broken, and when.
func breachesOf(t *sourcestest.Ticket, s sourcestest.State, o zendesktest.Options) map[desk.Clock][]int64 {
	minutes := func(metric string) time.Duration {
		i := slices.IndexFunc(o.SLA.Targets, func(t zendesktest.Target) bool { return t.Metric == metric })
		return time.Duration(o.SLA.Targets[i].Minutes) * time.Minute
	}
	reply, resolution := []int64{}, []int64{}
	runs := slices.Clone(s.Replies)
	if !s.WaitingSince.IsZero() {
		runs = append(runs, sourcestest.Reply{Asked: s.WaitingSince, Answered: time.Now().Add(-time.Minute)})
	}
	for i, run := range runs {
		target := minutes("next_reply_time")
		if i == 0 {
			target = minutes("first_reply_time")
		}
		if due := run.Asked.Add(target); due.Before(run.Answered) {
			reply = append(reply, due.Unix())
		}
	}
	left := minutes("total_resolution_time")
	for i, from := range append([]time.Time{t.CreatedAt}, s.Reopens...) {
		to := time.Now().Add(-time.Minute)
		switch {
		case i < len(s.Solves):
			to = s.Solves[i]
		case s.Status == desk.StatusMerged:
			to = s.StatusAt
		}
		if o.NewRuns {
			left = minutes("total_resolution_time")
		}
		if due := from.Add(left); left > 0 && due.Before(to) {
			resolution = append(resolution, due.Unix())
			left = 0
			continue
		}
		left -= to.Sub(from)
	}
	return map[desk.Clock][]int64{desk.ClockReply: reply, desk.ClockResolution: resolution}
}

// TestForgottenCursorsCostNothing: a desk that does not know its own cursors any
// more is read on from the last change.
func TestForgottenCursorsCostNothing(t *testing.T) {
	o := accounts()["as documented"]
	w := invent(5, 300, today.Add(time.Hour))
	read(t, w, o, func(r *reader) {
		r.poll()
		r.desk.ForgetCursors()
		time.Sleep(2 * time.Hour)
		r.poll()
		r.compare(w, o)
	})
}

// TestRequestsThatItTakes tells how many requests a first sync takes, and a poll
// every five minutes afterwards.
func TestRequestsThatItTakes(t *testing.T) {
	tickets := 5000
	if testing.Short() {
		tickets = 1000
	}
	w := sourcestest.Invent(9, sourcestest.Invention{Tickets: tickets, From: today.Add(-28 * day), To: today.Add(day), Old: 500})
	read(t, w, accounts()["as documented"], func(r *reader) {
		r.held = nil
		first := r.poll()
		t.Logf("first sync of %d tickets: %d requests in %s, %d records, %v", tickets, first, time.Since(today).Round(time.Second), r.told, r.desk.Requests())
		r.told = 0
		polls, requests, most := 0, 0, 0
		for range 36 {
			time.Sleep(5 * time.Minute)
			n := r.poll()
			polls, requests, most = polls+1, requests+n, max(most, n)
		}
		t.Logf("a poll every five minutes: %.1f requests, at most %d; %d records in all", float64(requests)/float64(polls), most, r.told)
		if limit := tickets/15 + 200; first > limit {
			t.Errorf("the first sync took %d requests, want at most %d", first, limit)
		}
		if most > 25 {
			t.Errorf("a poll took %d requests, want at most 25", most)
		}
	})
}
