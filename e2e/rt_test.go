package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// These tests read a real Request Tracker. scripts/check_rt.sh brings one up,
// lets a planned life happen in it, and runs them; the plan tells the truth.

// requestTracker is a real one.
type requestTracker struct {
	t                       *testing.T
	home                    string // the folder of scripts/rt.sh
	url, token, agentsToken string
	truth                   []plannedTicket
}

// plannedTicket is what must be true of a ticket; see scripts/rt/plan.pl.
type plannedTicket struct {
	ID                                 int
	Created                            int64
	Opener, Queue, Status, Withdrawn   string
	Answered, Replies, Solves, Reopens []plannedFact
}

type plannedFact struct{ At, Seconds int64 }

// realRequestTracker returns the one that the environment names.
func realRequestTracker(t *testing.T) *requestTracker {
	t.Helper()
	rt := &requestTracker{
		t: t, home: os.Getenv("RT_HOME"), url: os.Getenv("RT_URL"),
		token: os.Getenv("RT_TOKEN"), agentsToken: os.Getenv("RT_AGENT_TOKEN"),
	}
	if rt.home == "" || rt.url == "" || rt.token == "" || rt.agentsToken == "" {
		t.Skip("no Request Tracker is running: make check-rt brings one up")
	}
	plan, err := os.ReadFile(os.Getenv("RT_TRUTH"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(plan, &rt.truth); err != nil {
		t.Fatal(err)
	}
	return rt
}

// site returns a site that reads it.
func (rt *requestTracker) site(more string) *site {
	s := newSite(rt.t, fmt.Sprintf(`
global: {poll_interval: 500ms, windows: [1d, 7d, 28d]}
sources:
  - name: rt
    type: request_tracker
    url: %s
    authorization: {type: token, credentials_file: token}
    stale_after: 1h
%s`, rt.url, more))
	s.write("token", rt.token)
	return s
}

func TestARealRequestTrackerGivesTheFiguresOfItsPlan(t *testing.T) {
	rt := realRequestTracker(t)
	e := rt.site("    history: windows\n").start()
	e.synced()
	f := e.polled()
	f.expect(t, rt.standing())
	for name, window := range map[string]time.Duration{"1d": 24 * time.Hour, "7d": 7 * 24 * time.Hour, "28d": 28 * 24 * time.Hour} {
		f.expect(t, rt.within(name, time.Now().Add(-window)))
	}
	f.expect(t, map[string]string{
		"helpdesk_tickets_opened_total":         "0", // what a first sync finds is no news
		"helpdesk_first_response_seconds_count": "0",
		"helpdesk_source_rejects_total":         "0",
		"helpdesk_source_up":                    "1",
	})
}

func TestTheHistoryOfARealRequestTrackerGivesTheTotalsOfItsPlan(t *testing.T) {
	rt := realRequestTracker(t)
	e := rt.site("    history: counters\n    start: 100d\n").start("--storage.retention=200d")
	e.synced()
	f := e.polled()
	f.expect(t, rt.standing())

	stayed := 0
	var solves, firstSolves, reopens, answers, replies []plannedFact
	for _, k := range rt.truth {
		if k.Withdrawn == "" {
			stayed++
		}
		solves = append(solves, k.Solves...)
		firstSolves = append(firstSolves, k.Solves[:min(1, len(k.Solves))]...)
		reopens = append(reopens, k.Reopens...)
		answers = append(answers, k.Answered...)
		replies = append(replies, k.Replies...)
	}
	f.expect(t, map[string]string{
		"helpdesk_tickets_solved_total":   strconv.Itoa(len(solves)),
		"helpdesk_tickets_reopened_total": strconv.Itoa(len(reopens)),
	})
	// Whether a ticket that was withdrawn before anyone looked ever came in is a
	// matter of taste. It cannot have gone without having come.
	if got, want := f.sum("helpdesk_tickets_opened_total")-f.sum("helpdesk_tickets_withdrawn_total"), float64(stayed); got != want {
		t.Errorf("opened less withdrawn is %v, want %v", got, want)
	}
	for family, facts := range map[string][]plannedFact{
		"helpdesk_first_response_seconds":   answers,
		"helpdesk_reply_seconds":            replies,
		"helpdesk_first_resolution_seconds": firstSolves,
		"helpdesk_full_resolution_seconds":  solves,
	} {
		want := map[string]string{
			family + "_count": strconv.Itoa(len(facts)),
			family + "_sum":   strconv.FormatInt(seconds(facts), 10),
		}
		for _, edge := range []int64{900, 3600, 14400, 86400} {
			want[fmt.Sprintf("%s_bucket{le=%d}", family, edge)] = strconv.Itoa(len(filter(facts, func(p plannedFact) bool { return p.Seconds <= edge })))
		}
		f.expect(t, want)
	}
}

// What happens in Request Tracker moves the counters by just that, whether it
// was running, stopped, or the exporter was. It comes last: what it does is not
// in the plan.
func TestWhatHappensInARealRequestTrackerIsCountedOnce(t *testing.T) {
	rt := realRequestTracker(t)
	s := rt.site("    history: windows\n")
	e := s.start()
	l := ledgerOf(e.synced())

	customer := "customer1@customers.example"
	rt.mail(customer, "The printer is on fire")
	l.settle(e, "a ticket by mail", ledger{ticketsOpened: 1, openNew: 1})
	fire, again, next := len(rt.truth)+1, len(rt.truth)+2, len(rt.truth)+3
	ticket := "/ticket/" + strconv.Itoa(fire)
	rt.ask(http.MethodPost, ticket+"/comment", map[string]string{"Content": "He called.", "ContentType": "text/plain"})
	rt.ask(http.MethodPost, ticket+"/correspond", map[string]string{"Content": "Use water.", "ContentType": "text/plain"})
	l.settle(e, "a note and an answer", ledger{openNew: -1, openOpen: 1, firstResponses: 1, replies: 1})
	rt.ask(http.MethodPost, ticket+"/correspond", map[string]string{"Content": "And a towel.", "ContentType": "text/plain"})
	rt.ask(http.MethodPut, ticket, map[string]string{"Status": "resolved"})
	l.settle(e, "a second answer and a solve", ledger{openOpen: -1, ticketsSolved: 1, resolutions: 1})
	rt.mail(customer, fmt.Sprintf("Re: [rt.example #%d] The printer is on fire", fire))
	l.settle(e, "a customer who comes back", ledger{openOpen: 1, ticketsReopened: 1})
	rt.ask(http.MethodPut, ticket, map[string]string{"Status": "stalled"})
	rt.mail(customer, "The printer is on fire, again")
	l.settle(e, "a ticket put off and another one", ledger{openOpen: -1, openPending: 1, ticketsOpened: 1, openNew: 1})

	rt.run("stop", nil)
	down := e.await("Request Tracker to be missed", func(f figures) bool {
		return f.sum("helpdesk_source_up") == 0 && f.sum(polls, "outcome=unreachable") > 0
	})
	l.expect(t, "while Request Tracker is down", down)
	untouched := filter(rt.truth, func(p plannedTicket) bool { return p.Status == "new" })[0].ID
	now := time.Now().Unix()
	rt.play([]map[string]any{
		{"at": now, "do": "merge", "ticket": again, "by": "anna", "into": fire},
		{"at": now + 1, "do": "reply", "ticket": fire, "by": "anna", "leaves": "stalled"},
		{"at": now + 1, "do": "status", "ticket": fire, "by": "anna", "status": "resolved"},
		{"at": now + 2, "do": "mail", "ticket": next, "by": customer, "new": true, "leaves": "new"},
		{"at": now + 3, "do": "reply", "ticket": next, "by": "boris", "leaves": "open"},
		{"at": now + 3, "do": "status", "ticket": next, "by": "boris", "status": "resolved"},
		{"at": now + 4, "do": "mail", "ticket": next, "by": customer, "leaves": "open"},
		{"at": now + 4, "do": "status", "ticket": untouched, "by": "chloe", "status": "deleted"},
	})
	e.kill()
	e = s.start()
	l.expect(t, "after a kill, while Request Tracker is down", e.await("the figures to be back", func(f figures) bool {
		return f.has("helpdesk_tickets_open")
	}))

	waited := down.sumOf("helpdesk_first_response_seconds")
	rt.run("start", nil)
	e.await("Request Tracker to be back", func(f figures) bool { return f.sum("helpdesk_source_up") == 1 })
	f := l.settle(e, "what happened meanwhile", ledger{
		openNew: -2, openOpen: 1, openPending: -1, ticketsOpened: 1, ticketsSolved: 2, ticketsReopened: 1, ticketsMerged: 1, ticketsDeleted: 1,
		firstResponses: 1, replies: 2, resolutions: 2,
	})
	if got := f.sumOf("helpdesk_first_response_seconds") - waited; got != 1 {
		t.Errorf("the first response took %vs, want 1s", got)
	}
	f.expect(t, map[string]string{"helpdesk_source_rejects_total": "0"})
	if text := e.logged() + string(e.get("/metrics", nil).body); strings.Contains(text, "@") || strings.Contains(text, rt.token) || strings.Contains(text, "printer") {
		t.Error("the log or the metrics tell an address, the token or a subject")
	}
}

// The figures that a ledger keeps.
const (
	ticketsOpened   = "helpdesk_tickets_opened_total"
	ticketsSolved   = "helpdesk_tickets_solved_total"
	ticketsReopened = "helpdesk_tickets_reopened_total"
	ticketsMerged   = "helpdesk_tickets_withdrawn_total{reason=merged}"
	ticketsDeleted  = "helpdesk_tickets_withdrawn_total{reason=deleted}"
	openNew         = "helpdesk_tickets_open{status=new}"
	openOpen        = "helpdesk_tickets_open{status=open}"
	openPending     = "helpdesk_tickets_open{status=pending}"
	firstResponses  = "helpdesk_first_response_seconds_count"
	replies         = "helpdesk_reply_seconds_count"
	resolutions     = "helpdesk_full_resolution_seconds_count"
)

// ledger says what figures are, or by how much they move.
type ledger map[string]float64

// ledgerOf returns the figures of a scrape.
func ledgerOf(f figures) ledger {
	l := ledger{}
	for _, figure := range []string{
		ticketsOpened, ticketsSolved, ticketsReopened, ticketsMerged, ticketsDeleted, openNew, openOpen, openPending, firstResponses, replies, resolutions,
	} {
		l[figure], _ = strconv.ParseFloat(f.text(figure, ""), 64) // absent is none yet
	}
	return l
}

// settle waits until the figures have moved by that, and wants that two more
// polls move them no further.
func (l ledger) settle(e *exporter, what string, moves ledger) figures {
	e.t.Helper()
	for figure, by := range moves {
		l[figure] += by
	}
	var got ledger
	for deadline := time.Now().Add(patience); time.Now().Before(deadline) && !maps.Equal(got, l); {
		got = ledgerOf(e.polled())
	}
	f := e.polled()
	l.expect(e.t, "after "+what, f)
	return f
}

func (l ledger) expect(t *testing.T, when string, f figures) {
	t.Helper()
	got := ledgerOf(f)
	for figure, want := range l {
		if got[figure] != want {
			t.Errorf("%s: %s is %v, want %v", when, figure, got[figure], want)
		}
	}
}

// sumOf adds up what the histograms of a family have measured.
func (f figures) sumOf(family string) float64 {
	var sum float64
	for _, m := range f.series(family) {
		sum += m.GetHistogram().GetSampleSum()
	}
	return sum
}

// standing returns the open tickets of the plan.
func (rt *requestTracker) standing() map[string]string {
	n := map[string]int{}
	for _, k := range rt.truth {
		status, ok := map[string]string{"new": "new", "open": "open", "stalled": "pending"}[k.Status]
		if !ok {
			continue
		}
		n["helpdesk_tickets_open"]++
		n["helpdesk_tickets_open{status="+status+"}"]++
		n["helpdesk_tickets_open{team="+k.Queue+"}"]++
		n["helpdesk_tickets_open{status="+status+",team="+k.Queue+"}"]++
		if len(k.Answered) == 0 && k.Opener == "customer" {
			n["helpdesk_tickets_unanswered"]++
		}
	}
	want := map[string]string{"helpdesk_source_drift_tickets": "0"}
	for selector, n := range n {
		want[selector] = strconv.Itoa(n)
	}
	return want
}

// within returns the figures of the plan in a window that began at from.
func (rt *requestTracker) within(window string, from time.Time) map[string]string {
	in := func(facts []plannedFact) []plannedFact {
		return filter(facts, func(p plannedFact) bool { return p.At >= from.Unix() })
	}
	count, length := map[string]int{}, map[string]int64{}
	for _, k := range rt.truth {
		if k.Withdrawn != "" {
			continue
		}
		for family, facts := range map[string][]plannedFact{
			"tickets_opened_in_window":   in([]plannedFact{{At: k.Created}}),
			"tickets_solved_in_window":   in(k.lastSolve()),
			"tickets_reopened_in_window": in(k.Reopens[max(0, len(k.Reopens)-1):]),
			"first_response":             in(k.Answered),
			"reply":                      in(k.Replies),
			"full_resolution":            in(k.lastSolve()),
		} {
			for _, level := range []string{"by=all", "by=team,team=" + k.Queue} {
				selector := "helpdesk_" + family + "|{window=" + window + "," + level + "}"
				count[selector] += len(facts)
				length[selector] += seconds(facts)
			}
		}
	}
	want := map[string]string{}
	for selector, n := range count {
		family, labels, _ := strings.Cut(selector, "|")
		switch {
		case n == 0:
		case strings.HasSuffix(family, "_in_window"):
			want[family+labels] = strconv.Itoa(n)
		default:
			want[family+"_observations"+labels] = strconv.Itoa(n)
			want[family+"_mean_seconds"+labels] = strconv.FormatFloat(float64(length[selector])/float64(n), 'f', 3, 64)
		}
	}
	return want
}

// lastSolve returns the solve that stands, if one does.
func (k *plannedTicket) lastSolve() []plannedFact {
	if k.Status != "resolved" && k.Status != "rejected" {
		return nil
	}
	return k.Solves[len(k.Solves)-1:]
}

func filter[T any](all []T, ok func(T) bool) []T {
	return slices.DeleteFunc(slices.Clone(all), func(x T) bool { return !ok(x) })
}

func seconds(facts []plannedFact) int64 {
	var sum int64
	for _, p := range facts {
		sum += p.Seconds
	}
	return sum
}

// mail hands a letter to the mail gateway.
func (rt *requestTracker) mail(from, subject string) {
	rt.t.Helper()
	letter := fmt.Sprintf("From: %s\nTo: desk@rt.example\nSubject: %s\nMessage-ID: <%d@customers.example>\n\nIt burns.\n", from, subject, time.Now().UnixNano())
	form := url.Values{"queue": {"Support"}, "action": {"correspond"}, "message": {letter}}
	rt.send(http.MethodPost, "/REST/1.0/NoAuth/mail-gateway", "application/x-www-form-urlencoded", form.Encode())
}

// ask has an agent do something over REST.
func (rt *requestTracker) ask(method, path string, body map[string]string) {
	rt.t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		rt.t.Fatal(err)
	}
	rt.send(method, "/REST/2.0"+path, "application/json", string(text))
}

func (rt *requestTracker) send(method, path, kind, body string) {
	rt.t.Helper()
	ctx, cancel := context.WithTimeout(rt.t.Context(), patience)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, rt.url+path, strings.NewReader(body))
	if err != nil {
		rt.t.Fatal(err)
	}
	r.Header.Set("Content-Type", kind)
	r.Header.Set("Authorization", "token "+rt.agentsToken)
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		rt.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode >= http.StatusBadRequest || strings.HasPrefix(string(text), "not ok") {
		rt.t.Fatalf("%s %s: %s: %s (%v)", method, path, response.Status, text, err)
	}
}

// play lets agents and customers act without a web server; see
// scripts/rt/play.pl.
func (rt *requestTracker) play(events []map[string]any) {
	rt.t.Helper()
	text, err := json.Marshal(events)
	if err != nil {
		rt.t.Fatal(err)
	}
	rt.run("play", text)
}

func (rt *requestTracker) run(command string, input []byte) {
	rt.t.Helper()
	cmd := exec.CommandContext(rt.t.Context(), "../scripts/rt.sh", command, rt.home)
	cmd.Stdin = bytes.NewReader(input)
	if out, err := cmd.CombinedOutput(); err != nil {
		rt.t.Fatalf("rt.sh %s: %v\n%s", command, err, out)
	}
}
